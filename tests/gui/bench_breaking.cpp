// SPDX-License-Identifier: GPL-3.0-or-later
// Appends a message, clicks Kill and Start on each node of a real local cluster, and prints the time from
// each until the window shows the effects. A benchmark to run by hand, not a test: bench_breaking [rounds]
#include "gui/matrix/logtable.h"
#include "tests/gui/breakingfixture.h"

#include <QElapsedTimer>
#include <QTableView>
#include <QTimer>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

namespace {

constexpr int DelayMs = 10000; // longer than from the append to the click

struct Sight
{
    const char *what;
    std::function<bool()> seen;
};

class Bench
{
public:
    bool run(int rounds)
    {
        if (!m_window.openLocal(2))
            return false;
        await("a healthy cluster", [this] { return healthy(); });
        append(u"held everywhere"_s, u"all"_s);
        await("the first message", [this] { return waits()->rowCount() == 0 && log()->rowCount() == 1; });
        for (int round = 0; round < rounds; ++round) {
            addRow();
            breakSecondary(S1);
            breakSecondary(S2);
            breakMaster();
        }
        print();
        return true;
    }

private:
    // On a cluster that was quiet for a while. The answer comes once the message is durable, so the
    // difference of the two is how long the row and its text took from then on.
    void addRow()
    {
        QElapsedTimer quiet;
        quiet.start();
        QTimer wakeUp;
        wakeUp.start(50);
        await("a quiet cluster", [&] { return quiet.elapsed() > 500; });
        wakeUp.stop();
        const QString text = u"row %1"_s.arg(log()->rowCount() + 1);
        m_clicked.start();
        append(text, u"1"_s);
        follow(u"Append"_s, {{"append: answered", [&] { return request().startsWith(u"OK"_s); }},
                             {"matrix: a row with its text", [&] {
                                  const int row = log()->rowCount() - 1;
                                  return log()->index(row, LogModel::TextColumn).data() == text;
                              }}});
    }

    // The node delays a message, so its cell shows "on its way". When the node is dead the cell shows
    // "missing". When the node runs again without faults the message arrives and its client is answered. (A
    // node that refused the message would soon be unhealthy, and the cell "missing" before the click.)
    void breakSecondary(const QString &node)
    {
        bool delays = false;
        m_window.session().writeFaults(node, {{u"delay_ms"_s, DelayMs}}, &m_window.window(),
                                       [&](const CallResult &result) { delays = result.ok(); });
        await("the fault", [&] { return delays; });
        append(u"waits for %1"_s.arg(node), u"3"_s);
        await("a message on its way",
              [&] { return cell(node) == CellState::OnItsWay && acks() == u"2 of 3"_s; });
        click(node, u"kill"_s);
        follow(u"Kill "_s + node,
               {{"nodes: stopped", [&] { return state(node) == u"stopped"_s; }},
                {"matrix: missing there", [&] { return cell(node) == CellState::Missing; }},
                {"counters: one more failure",
                 [&, before = failures(node)] { return failures(node) > before; }}});
        click(node, u"start"_s);
        follow(u"Start "_s + node,
               {{"nodes: healthy", [&] { return state(node) == u"healthy"_s; }},
                {"waits: nobody waits", [&] { return waits()->rowCount() == 0; }},
                {"matrix: committed there", [&] { return cell(node) == CellState::Committed; }},
                {"counters: no failure in a row", [&] { return failures(node) == 0; }}});
        await("a healthy cluster", [this] { return healthy(); });
    }

    void breakMaster()
    {
        append(u"waits for a fourth node"_s, u"4"_s);
        await("the third ack", [&] { return acks() == u"3 of 4"_s; });
        const quint64 epoch = m_window.model().epoch();
        click(Master, u"kill"_s);
        follow(u"Kill master"_s,
               {{"nodes: stopped", [&] { return state(Master) == u"stopped"_s; }},
                {"matrix: stopped, in its header", [&] { return headerState(Master) == NodeState::Stopped; }},
                {"append: its outcome is unknown",
                 [&] { return request() == u"outcome unknown, asking again"_s; }}});
        const auto begun = [&] { return state(Master) == u"running"_s && m_window.model().epoch() > epoch; };
        click(Master, u"start"_s);
        follow(u"Start master"_s, {{"nodes: running, with a new epoch", begun},
                                   {"waits: taken up, its client asks again",
                                    [&] { return begun() && acks() == u"3 of 4"_s && clients() == 1; }},
                                   {"nodes: both secondaries healthy", [&] { return healthy(); }}});
        // Releases the message, so that the next round begins without waits.
        m_window.session().releaseWait(quint64(log()->rowCount()), &m_window.window(),
                                       [](const CallResult &) {});
        await("the end of the wait", [this] { return waits()->rowCount() == 0; });
    }

    void follow(const QString &click, const QList<Sight> &sights)
    {
        QList<double> seen(sights.size(), -1);
        await(qPrintable(click), [&] {
            bool all = true;
            for (qsizetype i = 0; i < sights.size(); ++i) {
                if (seen[i] < 0 && sights[i].seen()) {
                    // The user sees a change only when it is painted.
                    m_window.log()->table()->viewport()->repaint();
                    m_window.nodes()->table()->viewport()->repaint();
                    seen[i] = double(m_clicked.nsecsElapsed()) / 1e6;
                }
                all = all && seen[i] >= 0;
            }
            return all;
        });
        for (qsizetype i = 0; i < sights.size(); ++i) {
            const QString name =
                u"%1 → %2"_s.arg(click.leftJustified(18), QString::fromLatin1(sights[i].what));
            if (!m_figures.contains(name))
                m_order.append(name);
            m_figures[name].append(seen[i]);
        }
    }

    void click(const QString &node, const QString &button)
    {
        m_window.nodes()->selectNode(node);
        await("a button that can be clicked",
              [&] { return m_window.child<QAbstractButton>(button + u"Button"_s)->isEnabled(); });
        m_clicked.start();
        m_window.click(button + u"Button"_s);
    }

    // Checks after each turn of the event loop, so that no polling interval adds to the times.
    static void await(const char *what, const std::function<bool()> &condition)
    {
        QElapsedTimer patience;
        patience.start();
        while (!condition()) {
            if (patience.elapsed() > limitMs)
                qFatal("%s did not happen", what);
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
    }

    void append(const QString &text, const QString &w) { m_window.session().append({text.toUtf8(), w, 0}); }
    LogModel *log() { return m_window.log()->model(); }
    WaitsModel *waits() { return m_window.waits()->model(); }
    QString request() // the newest
    {
        const RequestsModel *const requests = m_window.append()->requests();
        return requests->index(0, RequestsModel::StateColumn).data().toString();
    }
    QString acks() { return waits()->index(0, WaitsModel::AcksColumn).data().toString(); }
    int clients() { return waits()->index(0, WaitsModel::ClientsColumn).data().toInt(); }
    bool healthy()
    {
        return state(Master) == u"running"_s && state(S1) == u"healthy"_s && state(S2) == u"healthy"_s;
    }
    CellState cell(const QString &node)
    {
        const int column = LogModel::FirstNodeColumn + int(log()->nodes().indexOf(node));
        return CellState(log()->index(log()->rowCount() - 1, column).data(LogModel::CellRole).toInt());
    }
    NodeState headerState(const QString &node)
    {
        const int column = LogModel::FirstNodeColumn + int(log()->nodes().indexOf(node));
        return NodeState(log()->headerData(column, Qt::Horizontal, LogModel::StateRole).toInt());
    }
    QString nodeCell(const QString &node, int column)
    {
        const NodesModel *nodes = m_window.nodes()->model();
        return nodes->index(nodes->rowOf(node), column).data().toString();
    }
    QString state(const QString &node) { return nodeCell(node, NodesModel::StateColumn); }
    int failures(const QString &node) { return nodeCell(node, NodesModel::FailuresColumn).toInt(); }

    void print()
    {
        std::printf("%-58s %9s %9s %9s\n", "from the click", "p50", "p90", "max");
        for (const QString &name : std::as_const(m_order)) {
            QList<double> &ms = m_figures[name];
            std::sort(ms.begin(), ms.end());
            const auto at = [&](double part) { return ms[qsizetype(part * double(ms.size() - 1) + 0.5)]; };
            std::printf("%-58s %6.0f ms %6.0f ms %6.0f ms\n", qPrintable(name), at(0.5), at(0.9), ms.last());
        }
    }

    BreakingFixture m_window;
    QElapsedTimer m_clicked;
    QStringList m_order;
    QHash<QString, QList<double>> m_figures;
};

} // namespace

int main(int argc, char **argv)
{
    const GuiProgram program(argc, argv);
    const QStringList arguments = QApplication::arguments();
    const int rounds = arguments.size() > 1 ? arguments[1].toInt() : 10;
    if (rounds < 1) {
        std::fprintf(stderr, "usage: bench_breaking [rounds]\n");
        return 2;
    }
    return Bench().run(rounds) ? 0 : 1;
}
