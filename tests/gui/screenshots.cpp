// SPDX-License-Identifier: GPL-3.0-or-later
// Drives the dashboard on real nodes and takes the pictures for README and docs; see scripts/screenshots. It
// is no test, but drives the window with the same helpers.
#include "gui/charts/timechart.h"
#include "gui/cluster/clustersession.h"
#include "gui/control/clusterlauncher.h"
#include "gui/control/connectdialog.h"
#include "gui/matrix/logmodel.h"
#include "gui/matrix/logtable.h"
#include "gui/matrix/logview.h"
#include "gui/nodes/nodesview.h"
#include "gui/sequence/sequencepanel.h"
#include "gui/sequence/sequenceview.h"
#include "gui/theme/theme.h"
#include "gui/walk/walkpanel.h"
#include "gui/window/dashboard.h"
#include "gui/window/mainwindow.h"
#include "gui/window/panels.h"
#include "tests/gui/fewcolours.h"
#include "tests/gui/guitest.h"

#include <QAbstractButton>
#include <QDeadlineTimer>
#include <QDir>
#include <QDockWidget>
#include <QLineEdit>
#include <QScrollBar>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace replog;

namespace {

constexpr int limitMs = 120000;
constexpr int ChartPoints =
    int(TimeChart::firstSpanMs / 1000); // one a second: the shortest span that a chart shows

const QString S1 = u"secondary-1"_s;
const QString S2 = u"secondary-2"_s;

class Photographer
{
public:
    Photographer(Dashboard &dashboard, const QDir &folder)
        : m_dashboard(dashboard), m_window(dashboard.window()), m_session(dashboard.session()),
          m_model(dashboard.session().model()), m_folder(folder), m_walk(m_window.findChild<WalkPanel *>())
    {
        m_window.theme().setChoice(Theme::Choice::Light);
        m_window.resize(1440, 900);
        m_window.show();
    }

    bool takeAll()
    {
        if (!connecting(u"connect"_s) || !openLocal() || !sequence(u"sequence"_s))
            return false;
        if (!walk(u"walk"_s))
            return false;
        m_window.showPanel(u"append"_s);
        if (!openLocal() || !waitingForADeadNode(u"matrix"_s) || !timeline() || !catchUp() || !charts())
            return false;
        m_window.theme().setChoice(Theme::Choice::Dark);
        if (!openLocal() || !waitingForADeadNode(u"dark"_s))
            return false;
        m_window.theme().setChoice(Theme::Choice::Light);
        m_dashboard.language().choose(Language::Choice::Ukrainian);
        return walk(u"ukrainian"_s);
    }

private:
    // The dialog for connecting to a cluster with TLS and tokens.
    bool connecting(const QString &name)
    {
        m_window.findChild<QAction *>(u"connect"_s)->trigger();
        auto *const dialog = m_window.findChild<ConnectDialog *>();
        if (!dialog)
            return false;
        const auto fill = [dialog](const QString &field, const QString &text) {
            dialog->findChild<QLineEdit *>(field)->setText(text);
        };
        dialog->findChild<QAbstractButton *>(u"security"_s)->setChecked(true);
        fill(u"address"_s, u"https://10.0.0.1:30000, https://10.0.0.2:20000"_s);
        fill(u"caFile"_s, u"/etc/replog/ca.pem"_s);
        fill(u"token"_s, u"a secret"_s);
        const bool taken = take(name, *dialog);
        dialog->reject();
        return taken;
    }

    // Until one message waits and the message after it does not.
    bool walk(const QString &name)
    {
        constexpr int steps = 6;
        WalkEngine &engine = m_walk->engine();
        m_window.findChild<QAction *>(u"walk0"_s)->trigger();
        if (auto *const stop = m_window.findChild<QAbstractButton *>(u"stopNodes"_s))
            stop->click(); // stops the cluster that is open
        if (!waitFor("a walk that begins",
                     [&] { return engine.state() == WalkEngine::State::Ready && engine.current() == 0; }))
            return false;
        while (engine.current() < steps) {
            const int before = engine.current();
            engine.next();
            if (!waitFor("a step of the walk", [&] {
                    return engine.current() > before || engine.state() == WalkEngine::State::Failed;
                }))
                return false;
            if (engine.state() == WalkEngine::State::Failed) {
                qCritical("step %d: %s", before + 1, qPrintable(engine.finding(before)));
                return false;
            }
        }
        return waitFor("a wait of a second", [&] { return hasWaited(3, 1000); }) && take(name);
    }

    bool waitingForADeadNode(const QString &name)
    {
        for (quint64 i = 1; i <= 12; ++i) {
            append(u"Order %1: %2 pieces"_s.arg(1000 + i).arg(i * 3 % 7 + 1), u"all"_s);
            if (!waitFor("a message on every node", [&] { return m_model.committedId() == i; }))
                return false;
        }
        if (!waitFor("news of the last one", [&] { return m_model.node(S2)->committedId == 12; }))
            return false;
        perform(S2, NodeControl::Action::Kill);
        if (!waitFor("a dead node", [&] { return isState(S2, NodeState::Stopped); }))
            return false;
        append(u"Order 1013: paid, must be safe everywhere"_s, u"3"_s);
        if (!waitFor("a message that waits", [&] { return m_model.wait(13) != nullptr; }))
            return false;
        append(u"Order 1014: browsing, one node is enough"_s, u"1"_s);
        if (!waitFor("one that passes", [&] { return m_model.lastId() == 14; }))
            return false;
        append(u"Order 1015: paid, two nodes will do"_s, u"majority"_s);
        m_window.showPanel(u"nodes"_s);
        m_dashboard.panels().nodes()->selectNode(S2);
        return waitFor("retries and a wait of some seconds",
                       [&] {
                           return m_model.lastId() == 15 && m_model.node(S2)->retries >= 4 &&
                                  m_model.node(S2)->nextRetryAtMs >= m_model.nowMs() + 300 &&
                                  hasWaited(13, 2000);
                       }) &&
               take(name);
    }

    // A message with w=3 while one of the nodes is slow, followed by one with w=1.
    bool sequence(const QString &name)
    {
        giveHeight(u"sequence"_s, 690);
        bool slow = false;
        m_session.writeFaults(S2, {{u"delay_ms"_s, 250}}, &m_window,
                              [&](const CallResult &result) { slow = result.ok(); });
        if (!waitFor("a slow node", [&] { return slow; }))
            return false;
        auto *const panel = m_window.findChild<SequencePanel *>();
        panel->model().clear();
        append(u"Order 1: three nodes must hold it"_s, u"3"_s);
        if (!waitFor("a message", [&] { return m_model.lastId() == 1; }))
            return false;
        append(u"Order 2: one node is enough"_s, u"1"_s);
        const bool taken = waitFor("two messages on every node",
                                   [&] {
                                       return m_model.committedId() == 2 &&
                                              m_model.node(S2)->committedId == 2 &&
                                              !panel->view()->scene().isEmpty();
                                   }) &&
                           scrollUp(*panel->view()) && take(name);
        giveHeight(u"sequence"_s, 270);
        return taken;
    }

    bool timeline()
    {
        giveHeight(u"timeline"_s, 480);
        const bool taken = take(u"timeline"_s);
        giveHeight(u"timeline"_s, 270);
        return taken;
    }

    bool catchUp()
    {
        // secondary-2 returns far behind and then delays each batch; secondary-1 follows without delay.
        if (!appendOrders(16, 60))
            return false;
        perform(S2, NodeControl::Action::Start);
        if (!waitFor("a node that has caught up",
                     [&] { return m_model.committedId() == 60 && m_model.node(S2)->heldId() == 60; }))
            return false;
        bool slow = false;
        m_session.writeFaults(S2, {{u"delay_ms"_s, 1500}}, &m_window,
                              [&](const CallResult &result) { slow = result.ok(); });
        if (!waitFor("a slow node", [&] { return slow; }))
            return false;
        // On a busy machine the appends may take longer than the slow node: then repeat.
        int end = 60;
        bool taken = false;
        while (!taken && end < 200) {
            // The first batch is one message. Messages that arrive meanwhile are the second batch, and those
            // that arrive during that one are on their way.
            const int first = end + 1, second = end + 5;
            end += 10;
            if (!appendOrders(first, first) || !appendOrders(first + 1, second) ||
                !waitFor("one slow batch", [&] { return m_model.node(S2)->heldId() >= quint64(first); }) ||
                !appendOrders(second + 1, end) || !waitFor("another", [&] {
                    return m_model.node(S2)->heldId() >= quint64(second) &&
                           m_model.node(S1)->heldId() == quint64(end);
                }))
                return false;
            const auto lags = [&] { return m_model.node(S2)->heldId() == quint64(second); };
            taken = lags() && take(u"catch-up"_s) && lags();
            if (!taken && !waitFor("all there", [&] { return m_model.committedId() == quint64(end); }))
                return false;
        }
        m_session.writeFaults(S2, {{u"delay_ms"_s, 0}}, &m_window, [](const CallResult &) {});
        if (!taken)
            qCritical("what the next picture should show did not come: a node that lags by a few messages");
        return taken && waitFor("all there", [&] { return m_model.committedId() == quint64(end); });
    }

    bool charts()
    {
        giveHeight(u"charts"_s, 480);
        // Load while one node is killed and restarted and another is frozen.
        QTimer load;
        int turn = 0;
        QObject::connect(&load, &QTimer::timeout, &m_window, [&] {
            const int burst = 3 + 2 * (turn / 40 % 3);
            for (int i = 0; i < burst; ++i)
                append(u"Order %1"_s.arg(2000 + turn * 10 + i), i % 2 == 0 ? u"majority"_s : u"1"_s);
            ++turn;
        });
        load.start(100);
        const int begin = points();
        const auto more = [&](int count) {
            return waitFor("more points in the charts", [&] { return points() >= begin + count; });
        };
        if (!more(8))
            return false;
        perform(S2, NodeControl::Action::Kill);
        if (!more(20))
            return false;
        perform(S2, NodeControl::Action::Start);
        if (!more(32))
            return false;
        perform(S1, NodeControl::Action::Freeze);
        if (!more(37))
            return false;
        perform(S1, NodeControl::Action::Thaw);
        if (!more(45) || !waitFor("charts that are full", [&] { return points() >= ChartPoints; }))
            return false;
        load.stop();
        const bool taken =
            waitFor("every answer",
                    [&] { return m_model.waits().isEmpty() && m_model.committedId() == m_model.lastId(); }) &&
            take(u"charts"_s);
        giveHeight(u"charts"_s, 270);
        return taken;
    }

    bool openLocal()
    {
        m_walk->engine().stop();
        if (const Result<void> opened = m_dashboard.launcher().openLocal({}); !opened) {
            qCritical("%s", qPrintable(opened.error().text));
            return false;
        }
        return waitFor("three nodes",
                       [&] { return isState(S1, NodeState::Healthy) && isState(S2, NodeState::Healthy); });
    }

    void append(const QString &text, const QString &w) { m_session.append({text.toUtf8(), w, 0}); }

    // One after the other, so that the log has them in the order of their numbers.
    bool appendOrders(int first, int last)
    {
        for (int i = first; i <= last; ++i) {
            append(u"Order %1"_s.arg(1000 + i), i >= 65 && i % 5 == 0 ? u"all"_s : u"1"_s);
            if (!waitFor("a message in the log", [&] { return m_model.lastId() == quint64(i); }))
                return false;
        }
        return true;
    }

    static bool scrollUp(SequenceView &view)
    {
        view.verticalScrollBar()->setValue(0);
        return true;
    }

    void giveHeight(const QString &panel, int height)
    {
        m_window.showPanel(panel);
        m_window.resizeDocks({m_window.findChild<QDockWidget *>(panel)}, {height}, Qt::Vertical);
    }

    int points() const
    {
        int most = 0;
        const auto all = m_window.findChildren<TimeChart *>();
        for (const TimeChart *chart : all)
            most = std::max(most, chart->pointCount(S1));
        return most;
    }

    bool hasWaited(quint64 id, qint64 ms) const
    {
        const WaitInfo *const wait = m_model.wait(id);
        return wait && m_model.nowMs() - wait->sinceMs >= ms;
    }

    bool isState(const QString &node, NodeState state) const
    {
        const NodeInfo *const info = m_model.node(node);
        return info && info->state() == state;
    }

    void perform(const QString &node, NodeControl::Action action)
    {
        m_session.control()->perform(node, action);
    }

    static bool waitFor(const char *what, const std::function<bool()> &condition)
    {
        // Checks after every event: a sleeping loop would show in the displayed times.
        QTimer wake;
        wake.start(20);
        const QDeadlineTimer deadline(limitMs);
        bool met = condition();
        while (!met && !deadline.hasExpired()) {
            QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
            met = condition();
        }
        if (!met)
            qCritical("what the next picture should show did not come: %s", what);
        return met;
    }

    bool allTextsHere() const
    {
        const LogTable *const table = m_dashboard.panels().log()->table();
        const int last = table->rowAt(table->viewport()->height() - 1);
        const LogModel *const log = m_dashboard.panels().log()->model();
        for (int row = std::max(0, table->rowAt(0)); row < log->rowCount() && (last < 0 || row <= last);
             ++row) {
            if (!log->index(row, LogModel::TextColumn).data(LogModel::LoadedRole).toBool())
                return false;
        }
        return true;
    }

    // When the window is stable: all pending events are processed, and two grabs of it are equal.
    bool take(const QString &name) { return take(name, m_window); }
    bool take(const QString &name, QWidget &shown)
    {
        QImage image, before;
        const auto rests = [&] {
            before = std::exchange(image, shown.grab().toImage().convertToFormat(QImage::Format_RGB32));
            return image == before && allTextsHere();
        };
        if (!waitFor("a window at rest", rests))
            return false;
        const QString path = m_folder.filePath(name + u".png"_s);
        if (!fewColours(image).save(path, "PNG", 0)) {
            qCritical("cannot write %s", qPrintable(path));
            return false;
        }
        qInfo("%s", qPrintable(path));
        return true;
    }

    Dashboard &m_dashboard;
    MainWindow &m_window;
    ClusterSession &m_session;
    const ClusterModel &m_model;
    const QDir m_folder;
    WalkPanel *m_walk;
};

} // namespace

int main(int argc, char **argv)
{
    const test::GuiProgram program(argc, argv);
    QFont font = QApplication::font();
    font.setStyleStrategy(QFont::NoSubpixelAntialias); // pictures are scaled
    QApplication::setFont(font);
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() != 2) {
        qCritical("usage: replog-screenshots FOLDER");
        return 2;
    }
    Dashboard dashboard(program.filePath(u"state"_s), Language::Choice::English);
    return Photographer(dashboard, QDir(arguments[1])).takeAll() ? 0 : 1;
}
