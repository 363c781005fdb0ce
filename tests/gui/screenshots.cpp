// SPDX-License-Identifier: GPL-3.0-or-later
// Plays the dashboard on real nodes and takes the pictures that the README and the documents show; see
// scripts/screenshots. Not a test: it is here because it drives the window the way the suites do.
#include "gui/cluster/clustersession.h"
#include "gui/control/clusterlauncher.h"
#include "gui/walk/walkpanel.h"
#include "gui/window/dashboard.h"
#include "gui/window/language.h"
#include "gui/window/mainwindow.h"
#include "gui/window/theme.h"

#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QHash>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace Qt::StringLiterals;
using namespace replog;

namespace {

constexpr int limitMs = 60000;

int distance(QRgb one, QRgb other)
{
    const int red = qRed(one) - qRed(other), green = qGreen(one) - qGreen(other), blue = qBlue(one) - qBlue(other);
    return red * red + green * green + blue * blue;
}

// With a table of 256 colours, which a window without photographs hardly notices, a picture is a quarter of the size. Half
// of the table are the most frequent ones; each further one is that which would miss most, by frequency and distance.
QImage fewColours(const QImage &picture)
{
    struct Colour
    {
        QRgb value;
        int count;
        int toTable;   // distance to the nearest one in the table
    };
    QHash<QRgb, int> counts;
    for (int y = 0; y < picture.height(); ++y) {
        const auto *line = reinterpret_cast<const QRgb *>(picture.constScanLine(y));
        for (int x = 0; x < picture.width(); ++x)
            ++counts[line[x]];
    }
    std::vector<Colour> colours;
    for (auto it = counts.cbegin(); it != counts.cend(); ++it)
        colours.push_back({it.key(), it.value(), std::numeric_limits<int>::max()});
    std::sort(colours.begin(), colours.end(), [](const Colour &a, const Colour &b) { return std::pair(b.count, a.value) < std::pair(a.count, b.value); });
    QList<QRgb> table;
    while (table.size() < 256 && table.size() < qsizetype(colours.size())) {
        const auto missed = [](const Colour &colour) { return double(colour.toTable) * std::sqrt(double(colour.count)); };
        const auto next = table.size() < 128 ? colours.begin() + table.size()
                                             : std::max_element(colours.begin(), colours.end(), [&](const Colour &a, const Colour &b) { return missed(a) < missed(b); });
        table.append(next->value);
        for (Colour &colour : colours)
            colour.toTable = qMin(colour.toTable, distance(colour.value, table.last()));
    }
    QHash<QRgb, uchar> places;
    const auto placeOf = [&](QRgb colour) {
        if (const auto known = places.constFind(colour); known != places.constEnd())
            return *known;
        const auto nearest = std::min_element(table.begin(), table.end(), [&](QRgb a, QRgb b) { return distance(a, colour) < distance(b, colour); });
        return *places.insert(colour, uchar(nearest - table.begin()));
    };
    QImage indexed(picture.size(), QImage::Format_Indexed8);
    indexed.setColorTable(table);
    for (int y = 0; y < picture.height(); ++y) {
        const auto *from = reinterpret_cast<const QRgb *>(picture.constScanLine(y));
        uchar *to = indexed.scanLine(y);
        for (int x = 0; x < picture.width(); ++x)
            to[x] = placeOf(from[x]);
    }
    return indexed;
}

class Photographer
{
public:
    Photographer(Dashboard &dashboard, const QDir &folder)
        : m_dashboard(dashboard), m_window(dashboard.window()), m_folder(folder), m_walk(m_window.findChild<WalkPanel *>())
    {
        m_window.resize(1440, 900);
        m_window.show();
        settle();
    }

    bool everythingInEnglish()
    {
        m_window.findChild<QAction *>(u"walk0"_s)->trigger();
        settle();
        // Up to the message that waits, and the one behind it that does not.
        if (!walkTo(6))
            return false;
        settle(1500);   // the ages and bars of the wait
        take(u"walk"_s);
        m_window.showPanel(u"append"_s);

        // A message waits for a node that is dead; another is frozen and falls behind.
        return openLocal() && waitingForADeadNode() && timeline() && catchUp() && charts();
    }

    bool waitingForADeadNode()
    {
        ClusterSession &session = m_dashboard.session();
        for (quint64 i = 1; i <= 12; ++i) {
            session.append({u"Order %1: %2 pieces"_s.arg(1000 + i).arg(i * 3 % 7 + 1), u"all"_s, 0});
            if (!waitFor([&] { return session.model().committedId() == i; }))
                return false;
        }
        perform(u"secondary-2"_s, NodeControl::Action::Kill);
        if (!waitFor([&] { return isState(u"secondary-2"_s, NodeState::Stopped); }))
            return false;
        session.append({u"Order 1013: paid, must be safe everywhere"_s, u"3"_s, 0});
        if (!waitFor([&] { return session.model().wait(13) != nullptr; }))
            return false;
        session.append({u"Order 1014: browsing, one node is enough"_s, u"1"_s, 0});
        if (!waitFor([&] { return session.model().lastId() == 14; }))
            return false;
        session.append({u"Order 1015: paid, two nodes will do"_s, u"majority"_s, 0});
        if (!waitFor([&] { return session.model().lastId() == 15; }))
            return false;
        m_window.showPanel(u"nodes"_s);
        settle(2500);   // retries count up
        take(m_dark ? u"dark"_s : u"matrix"_s);
        return true;
    }

    bool timeline()
    {
        m_window.showPanel(u"timeline"_s);
        m_window.resizeDocks({m_window.findChild<QDockWidget *>(u"timeline"_s)}, {480}, Qt::Vertical);
        settle();
        take(u"timeline"_s);
        m_window.resizeDocks({m_window.findChild<QDockWidget *>(u"timeline"_s)}, {270}, Qt::Vertical);
        return true;
    }

    bool catchUp()
    {
        ClusterSession &session = m_dashboard.session();
        // secondary-2 comes back far behind and takes its time over each batch; secondary-1 follows.
        session.append({QString(), u"1"_s, 0});
        for (int i = 17; i <= 60; ++i)
            session.append({u"Order %1"_s.arg(1000 + i), u"1"_s, 0});
        if (!waitFor([&] { return session.model().lastId() >= 60; }))
            return false;
        perform(u"secondary-2"_s, NodeControl::Action::Start);
        if (!waitFor([&] { return session.model().committedId() >= 60; }))
            return false;
        session.writeFaults(u"secondary-2"_s, {{u"delay_ms"_s, 1500}}, &m_window, [](const CallResult &) {});
        settle(1000);
        for (int i = 61; i <= 70; ++i) {
            session.append({u"Order %1"_s.arg(1000 + i), i % 5 == 0 ? u"all"_s : u"1"_s, 0});
            settle(250);
        }
        m_window.showPanel(u"timeline"_s);
        settle(100);
        take(u"catch-up"_s);
        session.writeFaults(u"secondary-2"_s, {{u"delay_ms"_s, 0}}, &m_window, [](const CallResult &) {});
        return waitFor([&] { return session.model().committedId() >= 70; });
    }

    bool charts()
    {
        ClusterSession &session = m_dashboard.session();
        m_window.showPanel(u"charts"_s);
        m_window.resizeDocks({m_window.findChild<QDockWidget *>(u"charts"_s)}, {480}, Qt::Vertical);
        // Some minutes of load with a node that dies and comes back.
        QTimer load;
        int turn = 0;
        QObject::connect(&load, &QTimer::timeout, &m_window, [&] {
            const int burst = 3 + 2 * (turn / 40 % 3);
            for (int i = 0; i < burst; ++i)
                session.append({u"Order %1"_s.arg(2000 + turn * 10 + i), i % 2 == 0 ? u"majority"_s : u"1"_s, 0});
            ++turn;
        });
        load.start(100);
        const int part = m_chartSeconds * 1000 / 4;
        settle(part);
        perform(u"secondary-2"_s, NodeControl::Action::Kill);
        settle(part);
        perform(u"secondary-2"_s, NodeControl::Action::Start);
        settle(part);
        perform(u"secondary-1"_s, NodeControl::Action::Freeze);
        settle(part / 3);
        perform(u"secondary-1"_s, NodeControl::Action::Thaw);
        settle(part * 2 / 3);
        take(u"charts"_s);
        load.stop();
        m_window.resizeDocks({m_window.findChild<QDockWidget *>(u"charts"_s)}, {270}, Qt::Vertical);
        return true;
    }

    bool dark()
    {
        m_dark = true;
        m_window.theme().setChoice(Theme::Choice::Dark);
        const bool done = openLocal() && waitingForADeadNode();
        m_window.theme().setChoice(Theme::Choice::Light);
        return done;
    }

    bool ukrainian()
    {
        m_window.findChild<QAction *>(u"walk0"_s)->trigger();
        settle();
        if (!walkTo(6))
            return false;
        settle(1500);
        take(u"ukrainian"_s);
        return true;
    }

    void setChartSeconds(int seconds) { m_chartSeconds = seconds; }

private:
    bool openLocal()
    {
        m_walk->engine().stop();
        LocalCluster::Options options;
        if (const Result<void> opened = m_dashboard.launcher().openLocal(options); !opened) {
            qCritical("%s", qPrintable(opened.error().text));
            return false;
        }
        return waitFor([&] { return isState(u"secondary-1"_s, NodeState::Healthy) && isState(u"secondary-2"_s, NodeState::Healthy); });
    }

    bool walkTo(int step)
    {
        WalkEngine &engine = m_walk->engine();
        while (engine.current() < step) {
            const int before = engine.current();
            engine.next();
            if (!waitFor([&] { return engine.current() > before || engine.state() == WalkEngine::State::Failed; })
                || engine.state() == WalkEngine::State::Failed) {
                qCritical("step %d: %s", before + 1, qPrintable(engine.finding(before)));
                return false;
            }
        }
        return true;
    }

    bool waitFor(const std::function<bool()> &condition)
    {
        const bool met = QTest::qWaitFor(condition, limitMs);
        if (!met)
            qCritical("what the next picture should show did not happen");
        return met;
    }

    bool isState(const QString &node, NodeState state) const
    {
        const NodeInfo *const info = m_dashboard.session().model().node(node);
        return info && info->state() == state;
    }

    void perform(const QString &node, NodeControl::Action action) { m_dashboard.session().control()->perform(node, action); }

    void settle(int ms = 400) { QTest::qWait(ms); }   // what a viewer would see once it has come to rest

    void take(const QString &name)
    {
        const QImage image = fewColours(m_window.grab().toImage().convertToFormat(QImage::Format_RGB32));
        const QString path = m_folder.filePath(name + u".png"_s);
        if (!image.save(path, "PNG", 0))
            qCritical("cannot write %s", qPrintable(path));
        else
            qInfo("%s", qPrintable(path));
    }

    Dashboard &m_dashboard;
    MainWindow &m_window;
    const QDir m_folder;
    WalkPanel *m_walk;
    bool m_dark = false;
    int m_chartSeconds = 120;
};

} // namespace

int main(int argc, char **argv)
{
    const QTemporaryDir settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    QApplication app(argc, argv);
    QApplication::setOrganizationName(u"replog"_s);
    QApplication::setApplicationName(u"screenshots"_s);
    QFont font = QApplication::font();
    font.setStyleStrategy(QFont::NoSubpixelAntialias);   // pictures are scaled
    QApplication::setFont(font);
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() < 2 || arguments.size() > 3) {
        qCritical("usage: replog-screenshots FOLDER [SECONDS-OF-CHARTS]");
        return 2;
    }
    const QDir folder(arguments[1]);
    bool done = false;
    {
        Language language(Language::Choice::English);
        Dashboard dashboard(settings.filePath(u"state"_s));
        dashboard.window().theme().setChoice(Theme::Choice::Light);
        Photographer photographer(dashboard, folder);
        if (arguments.size() == 3)
            photographer.setChartSeconds(arguments[2].toInt());
        done = photographer.everythingInEnglish() && photographer.dark();
    }
    if (done) {
        Language language(Language::Choice::Ukrainian);
        Dashboard dashboard(settings.filePath(u"state"_s));
        Photographer photographer(dashboard, folder);
        done = photographer.ukrainian();
    }
    return done ? 0 : 1;
}
