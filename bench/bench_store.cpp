// SPDX-License-Identifier: GPL-3.0-or-later
// The store alone: group commit from call to durable(), scan, and the disk's own sync beside them.
//
// REPLOG_BENCH_DIR names the folder to work in (default: a temporary one); it must lie on the disk to be
// measured.
#include "shared/store/rockslogstore.h"

#include <benchmark/benchmark.h>

#include <QCoreApplication>
#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QTemporaryDir>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace replog;

constexpr int MessageSize = 100;

QString benchFolder()
{
    return qEnvironmentVariable("REPLOG_BENCH_DIR", QDir::tempPath()) +
           QStringLiteral("/replog-bench-XXXXXX");
}

std::unique_ptr<RocksLogStore> openIn(const QString &path)
{
    auto store = RocksLogStore::open({.dataDir = path, .role = "master", .name = "bench"});
    if (!store)
        qFatal("%s", qPrintable(store.error().text));
    return std::move(*store);
}

Entries makeEntries(quint64 from, quint64 count, const QByteArray &message)
{
    Entries entries;
    entries.reserve(count);
    for (quint64 id = from; id < from + count; ++id)
        entries.push_back({id, 1, 1, {}, message});
    return entries;
}

void fill(const QString &path, quint64 count)
{
    auto store = openIn(path);
    const QByteArray message(MessageSize, 'x');
    for (quint64 id = 1; id <= count; id += 10000)
        store->append(makeEntries(id, std::min<quint64>(10000, count + 1 - id), message));
}

// Appends group after group, and waits while more than `underWay` of them are not durable.
void appendGroups(benchmark::State &state, quint64 underWay)
{
    QTemporaryDir dir(benchFolder());
    auto store = openIn(dir.path());
    const auto group = quint64(state.range(0));
    const QByteArray message(MessageSize, 'x');
    quint64 last = 0;
    quint64 durableId = 0;
    QEventLoop loop;
    QObject::connect(store.get(), &LogStore::durable, &loop, [&](quint64 id) { durableId = id; });
    for (auto _ : state) {
        store->append(makeEntries(last + 1, group, message));
        last += group;
        while (durableId + underWay * group < last)
            loop.processEvents(QEventLoop::WaitForMoreEvents);
    }
    while (durableId < last)
        loop.processEvents(QEventLoop::WaitForMoreEvents);
    state.SetItemsProcessed(qint64(last));
}

// One group after the other. Argument: entries in a group.
void append(benchmark::State &state)
{
    appendGroups(state, 0);
}
BENCHMARK(append)->Arg(1)->Arg(16)->Arg(64)->Arg(1000)->Arg(10000)->UseRealTime();

// As fast as the store accepts them.
void appendStream(benchmark::State &state)
{
    appendGroups(state, 4);
}
BENCHMARK(appendStream)->Arg(1)->Arg(64)->Arg(1000)->Arg(10000)->UseRealTime();

// Reads the whole log in pieces of 1 MiB, as an HTTP answer does. Argument: entries in the log.
void scan(benchmark::State &state)
{
    QTemporaryDir dir(benchFolder());
    const auto count = quint64(state.range(0));
    fill(dir.path(), count);
    auto store = openIn(dir.path());
    QEventLoop loop;
    qint64 visited = 0;
    for (auto _ : state) {
        quint64 next = 1;
        qsizetype bytes = 0;
        while (next <= count) {
            bool answered = false;
            store->scan(
                next, count, 1 << 20, [&](const EntryView &e) { bytes += e.message.size(); },
                [&](const Result<quint64> &last) {
                    if (!last)
                        qFatal("%s", qPrintable(last.error().text));
                    answered = true;
                    next = *last + 1;
                });
            while (!answered)
                loop.processEvents(QEventLoop::WaitForMoreEvents);
        }
        benchmark::DoNotOptimize(bytes);
        visited += qint64(count);
    }
    state.SetItemsProcessed(visited);
}
BENCHMARK(scan)->Arg(1000000)->UseRealTime()->Unit(benchmark::kMillisecond);

void open(benchmark::State &state)
{
    QTemporaryDir dir(benchFolder());
    const auto count = quint64(state.range(0));
    fill(dir.path(), count);
    for (auto _ : state)
        benchmark::DoNotOptimize(openIn(dir.path()));
}
BENCHMARK(open)->Arg(10000)->Arg(1000000)->UseRealTime()->Unit(benchmark::kMillisecond);

// The disk alone: writes 128 bytes with fdatasync. Argument 0: appends; 1: overwrites blocks written before.
void rawSync(benchmark::State &state)
{
    QTemporaryDir dir(benchFolder());
    QFile file(dir.filePath(QStringLiteral("raw")));
    if (!file.open(QIODevice::ReadWrite))
        qFatal("%s", qPrintable(file.errorString()));
    const QByteArray block(128, 'x');
    constexpr qint64 Prepared = 16 << 20;
    if (state.range(0) == 1) {
        file.write(QByteArray(Prepared, '\0'));
        file.flush();
        ::fsync(file.handle());
    }
    qint64 at = 0;
    for (auto _ : state) {
        if (::pwrite(file.handle(), block.constData(), std::size_t(block.size()), at) != block.size() ||
            ::fdatasync(file.handle()) != 0)
            qFatal("cannot write");
        at = (at + block.size()) % Prepared;
    }
    state.SetItemsProcessed(qint64(state.iterations()));
}
BENCHMARK(rawSync)->Arg(0)->Arg(1)->UseRealTime();

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
