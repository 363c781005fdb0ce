// SPDX-License-Identifier: GPL-3.0-or-later
// The cost of the master's state machines, from an append's id to its answer, without HTTP, disk and network.
#include "master/masternode.h"

#include <benchmark/benchmark.h>

#include <utility>

namespace {

using namespace replog;

class TurnScheduler final : public Scheduler
{
public:
    qint64 nowMs() const override { return 0; }
    TimerId schedule(qint64, std::function<void()>) override { return ++m_last; }
    void defer(std::function<void()> run) override { m_deferred.push_back(std::move(run)); }
    void cancel(TimerId) override {}
    void endTurn()
    {
        for (const auto &run : std::exchange(m_deferred, {}))
            run();
    }

private:
    TimerId m_last = 0;
    std::vector<std::function<void()>> m_deferred;
};

// A store in which sync() makes everything durable.
class InstantStore final : public LogStore
{
public:
    void append(Entries entries) override { m_last = entries.back().id; }
    void truncateFrom(quint64, Done done) override { done({}); }
    void putMeta(const QByteArray &, const QByteArray &, Done done) override { call(done); }
    void removeMeta(const QByteArray &, Done done) override { call(done); }
    void trimTo(quint64, Done done) override { call(done); }
    void beginAt(const LogBase &, Done done) override { call(done); }
    void setEpoch(quint64, Done done) override { call(done); }
    void setCommittedId(quint64) override {}
    void scan(quint64 from, quint64, qsizetype, Visit, ScanDone done) override { done(from - 1); }
    void findTime(qint64, IdFound done) override { done(m_last + 1); }
    void findKey(const QByteArray &, KeyFound done) override { done(KeyRange{}); }
    void readBase(BaseRead done) override { done(LogBase()); }
    void digest(quint64, DigestRead done) override { done(QByteArray()); }
    void sync() { emit durable(m_last); }

private:
    static void call(const Done &done)
    {
        if (done)
            done({});
    }
    quint64 m_last = 0;
};

// A secondary that acknowledges deliveries when the benchmark says so.
class InstantPeer final : public PeerTransport
{
public:
    explicit InstantPeer(std::vector<InstantPeer *> &peers) { peers.push_back(this); }
    void setUrl(const QUrl &) override {}
    void send(quint64 ticket, const Delivery &delivery) override
    {
        ReplicateAnswer answer;
        answer.node.nodeId = delivery.to;
        answer.node.logId = delivery.logId;
        answer.node.epoch = delivery.epoch;
        answer.node.last = {delivery.prev.id + delivery.batch.count(), delivery.epoch};
        m_open.emplace_back(ticket, answer);
    }
    void abort() override { m_open.clear(); }
    bool answerAll()
    {
        const auto open = std::exchange(m_open, {});
        for (const auto &[ticket, answer] : open)
            emit answered(ticket, answer);
        return !open.empty();
    }

private:
    std::vector<std::pair<quint64, ReplicateAnswer>> m_open;
};

// So many clients append one message each in a turn of the event loop; store and secondaries hold them in the
// next turn.
void BM_AppendToAnswer(benchmark::State &state)
{
    const auto clients = static_cast<int>(state.range(0));
    const auto w = static_cast<quint32>(state.range(1));
    InstantStore store;
    TurnScheduler scheduler;
    SeededRandom random(1);
    std::vector<InstantPeer *> peers;
    MasterNode node(
        {}, store, {}, [&peers] { return std::make_unique<InstantPeer>(peers); }, scheduler, random);
    node.start();
    for (int i = 1; i <= 2; ++i) {
        Registration registration;
        registration.node.nodeId = {0, static_cast<quint64>(i)};
        registration.node.name = "s" + QByteArray::number(i);
        registration.url = QUrl(QStringLiteral("http://127.0.0.1:1"));
        node.members().admit(registration, {});
    }
    const QByteArray message(50, 'x');
    qint64 answered = 0;
    for (auto _ : state) {
        for (int i = 0; i < clients; ++i) {
            AppendRequest request;
            request.messages.push_back(message);
            request.concern = {Asked::Number, w};
            node.appender().submit(std::move(request), 3, [&answered](const Result<AppendOutcome> &outcome) {
                answered += outcome ? 1 : 0;
            });
        }
        scheduler.endTurn();
        store.sync();
        for (bool any = true; any;) {
            any = false;
            for (InstantPeer *peer : peers)
                any |= peer->answerAll();
        }
    }
    if (answered != state.iterations() * clients)
        state.SkipWithError("not every append was answered");
    state.SetItemsProcessed(answered);
}
BENCHMARK(BM_AppendToAnswer)->ArgsProduct({{1, 16, 64, 256}, {1, 3}});

} // namespace

BENCHMARK_MAIN();
