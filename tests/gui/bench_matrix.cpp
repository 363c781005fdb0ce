// SPDX-License-Identifier: GPL-3.0-or-later
// Scrolls the log matrix over long logs and prints the time of a frame. A benchmark to run by hand, not a
// test: bench_matrix [messages[xSECONDARIES]…]
#include "gui/cluster/clustersession.h"
#include "gui/matrix/logmodel.h"
#include "gui/matrix/logtable.h"
#include "gui/matrix/logview.h"
#include "gui/widgets/longtextview.h"
#include "gui/window/dashboard.h"
#include "gui/window/mainwindow.h"
#include "gui/window/panels.h"
#include "tests/gui/fakecluster.h"
#include "tests/gui/guitest.h"

#include <QElapsedTimer>
#include <QFile>
#include <QScrollBar>
#include <QThread>

#include <algorithm>
#include <cstdio>
#include <ctime>

using namespace Qt::StringLiterals;
using namespace replog;

namespace {

// The simulated nodes run in a thread of their own, so that their time does not count as the window's.
class Nodes
{
public:
    Nodes(quint64 messages, int secondaries)
    {
        m_thread.start();
        m_keeper.moveToThread(&m_thread);
        run([this, messages, secondaries] {
            QStringList names;
            for (int i = 1; i <= secondaries; ++i)
                names.append(u"s%1"_s.arg(i));
            m_fake = std::make_unique<test::FakeCluster>(names);
            m_fake->fill(messages);
        });
    }
    ~Nodes()
    {
        run([this] { m_fake.reset(); });
        m_thread.quit();
        m_thread.wait();
    }
    // Message `id` has the greatest length and the most expensive layout.
    void makeLong(quint64 id)
    {
        run([this, id] {
            m_fake->setText([id](quint64 one) {
                return one == id ? QString(1'000'000, u'w') : u"message %1"_s.arg(one);
            });
        });
    }
    void fill(quint64 messages)
    {
        run([this, messages] { m_fake->fill(messages); });
    }
    ClusterDescription description()
    {
        ClusterDescription description;
        run([&] { description = m_fake->description(); });
        return description;
    }

private:
    void run(const std::function<void()> &what)
    {
        QMetaObject::invokeMethod(&m_keeper, what, Qt::BlockingQueuedConnection);
    }
    QThread m_thread;
    QObject m_keeper;
    std::unique_ptr<test::FakeCluster> m_fake;
};

struct Frames
{
    const char *what;
    std::vector<double> wall;
    std::vector<double> cpu; // CPU time of the GUI thread: the time of a frame on an idle machine

    void print()
    {
        const auto row = [](const char *name, std::vector<double> &ms) {
            std::sort(ms.begin(), ms.end());
            const auto at = [&](double part) { return ms[size_t(part * double(ms.size() - 1))]; };
            std::printf("   %s p50 %6.2f p99 %6.2f max %6.2f ms", name, at(0.5), at(0.99), ms.back());
        };
        std::printf("  %-36s %4zu frames", what, wall.size());
        row("elapsed", wall);
        row("CPU", cpu);
        std::printf("\n");
    }
};

double threadCpuMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

long residentKiB()
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    const QList<QByteArray> lines = status.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toLong();
    }
    return 0;
}

void measure(quint64 messages, int secondaries)
{
    Nodes nodes(messages, secondaries);
    const QTemporaryDir state;
    Dashboard dashboard(state.path());
    dashboard.window().resize(1400, 900);
    dashboard.window().show();
    QElapsedTimer timer;
    timer.start();
    dashboard.session().open(nodes.description(), nullptr);
    LogView *log = dashboard.panels().log();
    QScrollBar *bar = log->table()->verticalScrollBar();
    const auto loaded = [&](int row) {
        return log->model()->index(row, LogModel::TextColumn).data(LogModel::LoadedRole).toBool();
    };
    if (!QTest::qWaitFor(
            [&] { return log->model()->rowCount() == int(messages) && loaded(int(messages) - 1); }, 60000))
        qFatal("the log did not come");
    std::printf("%llu messages, %d nodes: %lld ms from opening to the end in view\n", messages,
                secondaries + 1, timer.elapsed());

    // A frame: scroll, process all pending events, paint.
    const auto frame = [&](Frames &frames, auto move) {
        QElapsedTimer one;
        one.start();
        const double cpu = threadCpuMs();
        move();
        log->table()->viewport()->repaint();
        QCoreApplication::processEvents();
        frames.wall.push_back(double(one.nsecsElapsed()) / 1e6);
        frames.cpu.push_back(threadCpuMs() - cpu);
    };
    Frames wheel{"wheel, three rows a frame", {}, {}};
    bar->setValue(bar->maximum() / 3);
    for (int i = 0; i < 600; ++i)
        frame(wheel, [&] { bar->setValue(bar->value() + 3 * log->table()->rowHeight(0)); });
    wheel.print();
    Frames page{"page by page", {}, {}};
    for (int i = 0; i < 300; ++i)
        frame(page, [&] { bar->setValue(bar->value() + bar->pageStep()); });
    page.print();
    Frames drag{"the slider dragged, all over the log", {}, {}};
    for (int i = 0; i < 300; ++i)
        frame(drag, [&] { bar->setValue(int(double(bar->maximum()) * ((i * 37) % 300) / 300)); });
    drag.print();
    // With the message selected and its details visible.
    Frames details{"the details of a message of 1 MB", {}, {}};
    nodes.makeLong(messages / 2);
    dashboard.window().showPanel(u"message"_s);
    const auto *const text = dashboard.window().findChild<LongTextView *>(u"messageText"_s);
    frame(details, [&] { log->goTo(messages / 2); });
    for (int i = 0; i < 2000 && (i < 200 || !text->isComplete()); ++i)
        frame(details, [] {});
    if (text->document()->characterCount() < 1'000'000)
        qFatal("the message did not come");
    details.print();
    Frames follow{"following while messages arrive", {}, {}};
    log->table()->setFollowing(true);
    quint64 last = messages;
    for (int i = 0; i < 60; ++i) {
        last += 500;
        nodes.fill(last);
        QElapsedTimer patience;
        patience.start();
        while (log->model()->rowCount() != int(last) && patience.elapsed() < 10000)
            frame(follow, [] {});
    }
    follow.print();
    std::printf("  pages kept: %d of %d at most; resident memory %ld MiB\n", log->pages().pageCount(),
                MessagePages::PageLimit, residentKiB() / 1024);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    const test::GuiProgram program(argc, argv);
    QStringList counts = QApplication::arguments().mid(1);
    if (counts.isEmpty())
        counts = {u"300000x10"_s, u"1000000x3"_s};
    for (const QString &count : std::as_const(counts))
        measure(count.section(u'x', 0, 0).toULongLong(),
                count.contains(u'x') ? count.section(u'x', 1).toInt() : 3);
    return 0;
}
