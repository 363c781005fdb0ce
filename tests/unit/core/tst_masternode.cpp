// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/simulatedcluster.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <memory>
#include <set>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
// Delivers what is on its way to this node.
void deliver(SimulatedCluster &cluster, const QByteArray &to)
{
    const auto &messages = cluster.network().messages();
    const auto isTo = [&to](const MemoryNetwork::Message &message) { return message.to == to; };
    for (auto it = messages.begin();
         (it = std::find_if(messages.begin(), messages.end(), isTo)) != messages.end();)
        cluster.network().deliver(static_cast<size_t>(it - messages.begin()));
}
} // namespace

// The parts of a master together; histories of whole clusters are in tests/unit/scenario.
class TestMasterNode : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void servesOnlyWhenItsEpochIsDurable()
    {
        SimulatedCluster cluster({});
        cluster.startMaster("m");
        QVERIFY(!cluster.node("m").serving);
        QVERIFY(cluster.settle());
        QVERIFY(cluster.node("m").serving);
        QCOMPARE(cluster.node("m").store->state().epoch, 1u);
        cluster.crash("m");
        cluster.startMaster("m");
        cluster.crash("m"); // before its next epoch was durable
        cluster.startMaster("m");
        QVERIFY(cluster.settle());
        QCOMPARE(cluster.node("m").store->state().epoch, 2u);
    }

    void logIdIsGivenOnce()
    {
        SimulatedCluster cluster({});
        cluster.startMaster("m");
        QVERIFY(cluster.settle());
        const Id128 id = cluster.node("m").master->logId();
        QVERIFY(!id.isNull());
        cluster.crash("m");
        cluster.startMaster("m");
        QCOMPARE(cluster.node("m").master->logId(), id);
        SimulatedCluster::Config other;
        other.seed = 2;
        SimulatedCluster another(other);
        another.startMaster("m");
        QVERIFY(another.node("m").master->logId() != id);
    }

    void everyStartDrawsANumber()
    {
        SimulatedCluster cluster({});
        std::set<quint64> starts;
        for (int i = 1; i <= 20; ++i) {
            cluster.startMaster("m");
            QVERIFY(cluster.settle());
            starts.insert(cluster.node("m").master->log().epoch().start);
            QVERIFY(!starts.contains(0));
            QCOMPARE(static_cast<int>(starts.size()), i);
            cluster.crash("m");
        }
        cluster.startMaster("m");
        QVERIFY(cluster.settle());
        cluster.submit("m", {{"A"}, {Asked::Number, 1}});
        QVERIFY(cluster.settle());
        const Epoch epoch = cluster.node("m").master->log().epoch();
        cluster.crash("m");
        cluster.startMaster("m");
        QCOMPARE(cluster.node("m").master->log().epochAt(1), epoch);
    }

    // A new committed_id goes to the network before the client is answered.
    void newsGoesOutBeforeTheAnswer()
    {
        SimulatedCluster cluster({});
        cluster.startMaster("m");
        cluster.startSecondary("s1", "m");
        QVERIFY(cluster.settle());
        size_t messagesAtAnswer = 0;
        connect(&cluster, &SimulatedCluster::answered, this,
                [&] { messagesAtAnswer = cluster.network().messages().size(); });
        cluster.submit("m", {{"A"}, {Asked::Number, 2}});
        cluster.scheduler().advance(0);
        cluster.node("m").store->syncAll();
        cluster.network().deliver(0);
        cluster.node("s1").store->syncAll();
        cluster.network().deliver(0);
        QCOMPARE(messagesAtAnswer, 1u);
        cluster.network().deliver(0);
        QCOMPARE(cluster.node("s1").visible()->committedId(), 1u);
    }

    // A full disk: appends are refused, waits go on, and acks received meanwhile count.
    void aStalledStoreIsFailedForAWhile()
    {
        SimulatedCluster cluster({});
        cluster.startMaster("m");
        QVERIFY(cluster.settle());
        const auto &node = cluster.node("m");
        auto &waiting = cluster.submit("m", {{"A"}, {Asked::Number, 1}, {}, {}});
        emit node.store->stalled({Errc::Exhausted, u"no room"_s});
        QCOMPARE(node.master->modeWord(), "failed"_ba);
        QCOMPARE(node.master->modeReason(), u"no room"_s);
        auto &refused = cluster.submit("m", {{"B"}, {Asked::Number, 1}, {}, {}});
        QCOMPARE(refused.state, SimulatedCluster::Client::State::Refused);
        emit node.store->resumed();
        QCOMPARE(node.master->modeWord(), "read-write"_ba);
        QVERIFY(cluster.settle());
        QCOMPARE(waiting.outcome.end, WaitEnd::Satisfied);
        auto &later = cluster.submit("m", {{"C"}, {Asked::Number, 1}, {}, {}});
        QVERIFY(cluster.settle());
        QCOMPARE(later.outcome.end, WaitEnd::Satisfied);
    }

    // An ack from before it was fenced, and one that another node would give now, satisfy nobody any more:
    // the entry may be another one at the newer master.
    void aFencedMasterSatisfiesNobody()
    {
        SimulatedCluster cluster({});
        cluster.startMaster("m");
        cluster.startSecondary("s1", "m");
        cluster.startSecondary("s2", "m");
        QVERIFY(cluster.run(100));
        auto &waiting = cluster.submit("m", {{"A"}, {Asked::Number, 3}});
        cluster.scheduler().advance(0);
        cluster.node("m").store->syncAll();
        deliver(cluster, "s1"); // not to s2
        cluster.node("s1").store->syncAll();
        deliver(cluster, "m");
        MasterNode &master = *cluster.node("m").master;
        QCOMPARE(master.concerns().acks(1), 2);
        // This one is not durable on the master when it is fenced.
        auto &unsynced = cluster.submit("m", {{"B"}, {Asked::Number, 1}});
        std::optional<WaitEnd> watched;
        QVERIFY(master.appender().watch(1, 60000, [&watched](WaitEnd end) { watched = end; }));

        emit master.members().fencedBy(u"s1 follows another master"_s);
        for (const auto *client : {&waiting, &unsynced}) {
            QCOMPARE(client->state, SimulatedCluster::Client::State::Answered);
            QCOMPARE(client->outcome.end, WaitEnd::Fenced);
        }
        QCOMPARE(watched, std::optional(WaitEnd::Fenced));
        const auto attempts = [&master] {
            quint64 sum = 0;
            for (const auto &[name, member] : master.members().members())
                sum += member.replicator->counters().attempts;
            return sum;
        };
        const quint64 attemptsBefore = attempts();
        QVERIFY(cluster.run(60000));
        QVERIFY(!master.members().retryNow("none"));
        QVERIFY(master.members().retryNow("s2"));
        QVERIFY(cluster.run(1000));
        cluster.startSecondary("s3", "m"); // registers, and gets nothing either
        QVERIFY(cluster.run(1000));
        QCOMPARE(attempts(), attemptsBefore);
        QCOMPARE(master.log().committedId(), 0u);
        QCOMPARE(cluster.node("s2").visible()->committedId(), 0u);
        QVERIFY(!master.appender().isSatisfied(2, 1));
        QVERIFY(master.appender().watch(1, 60000, [&watched](WaitEnd) { watched.reset(); }));
        QVERIFY(!watched); // at once
        // What an operator gives up is not committed either.
        QVERIFY(master.appender().release(1, 2, {}));
        QVERIFY(cluster.settle());
        QCOMPARE(master.log().committedId(), 0u);
    }

    // A failed store does not keep a master from being fenced: what it holds durably waited for acks.
    void aFailedMasterIsFenced()
    {
        SimulatedCluster cluster({});
        cluster.startMaster("m");
        QVERIFY(cluster.settle());
        auto &waiting = cluster.submit("m", {{"A"}, {Asked::Number, 2}});
        QVERIFY(cluster.settle());
        MasterNode &master = *cluster.node("m").master;
        emit cluster.node("m").store->failed({Errc::Io, u"broken"_s});
        QCOMPARE(waiting.state, SimulatedCluster::Client::State::Waiting);
        emit master.members().fencedBy(u"s1 follows another master"_s);
        QCOMPARE(waiting.outcome.end, WaitEnd::Fenced);
        QCOMPARE(master.modeWord(), "failed"_ba);
        cluster.startSecondary("s1", "m");
        QVERIFY(cluster.run(1000));
        QCOMPARE(master.log().committedId(), 0u);
    }

    void shutDownAnswersWaitersAndStaysShut()
    {
        SimulatedCluster::Config config;
        config.master.quorumAppend = true;
        SimulatedCluster cluster(config);
        cluster.startMaster("m");
        cluster.startSecondary("s1", "m");
        cluster.startSecondary("s2", "m");
        QVERIFY(cluster.run(100));
        auto &waiting = cluster.submit("m", {{"A"}, {Asked::Number, 9}});
        auto &looking = cluster.submit("m", {{"B"}, {Asked::Number, 9}, "K"});
        cluster.node("m").master->shutDown();
        QCOMPARE(waiting.state, SimulatedCluster::Client::State::Waiting); // not durable yet
        QVERIFY(cluster.settle());
        QCOMPARE(waiting.outcome.end, WaitEnd::ShuttingDown);
        cluster.crash("s1");
        cluster.crash("s2");
        QVERIFY(cluster.run(5000));
        QCOMPARE(looking.state, SimulatedCluster::Client::State::Refused);
        cluster.startSecondary("s1", "m");
        QVERIFY(cluster.run(5000));
        const auto &late = cluster.submit("m", {{"C"}, {Asked::Number, 1}});
        QCOMPARE(late.state, SimulatedCluster::Client::State::Refused);
    }

    // How many are missing is what an operator acts on.
    void reasonOfAMissingMajorityIsKeptCurrent()
    {
        SimulatedCluster::Config config;
        config.master.quorumAppend = true;
        SimulatedCluster cluster(config);
        cluster.startMaster("m");
        cluster.startSecondary("s1", "m");
        cluster.startSecondary("s2", "m");
        QVERIFY(cluster.run(100));
        cluster.crash("s1");
        cluster.crash("s2");
        QVERIFY(cluster.run(5000));
        const MasterNode &master = *cluster.node("m").master;
        QVERIFY2(master.modeReason().startsWith(u"1 of 3"_s), qPrintable(master.modeReason()));
        const QSignalSpy changed(&master, &MasterNode::modeChanged);
        cluster.startSecondary("s3", "m");
        QVERIFY(cluster.run(100));
        QCOMPARE(master.modeWord(), "read-only"_ba);
        QVERIFY2(master.modeReason().startsWith(u"2 of 4"_s), qPrintable(master.modeReason()));
        QCOMPARE(changed.constLast()[1].toString(), master.modeReason());
        const auto &refused = cluster.submit("m", {{"A"}, {Asked::Number, 1}});
        QVERIFY(refused.state == SimulatedCluster::Client::State::Refused);
    }

    // A full or slow disk: nobody is told that what was not synced is in the log.
    void shutDownWaitsForTheStore_data()
    {
        QTest::addColumn<bool>("fails");
        QTest::addColumn<WaitEnd>("end");
        QTest::newRow("does not sync") << false << WaitEnd::NotSynced;
        QTest::newRow("fails") << true << WaitEnd::StoreFailed;
    }
    void shutDownWaitsForTheStore()
    {
        QFETCH(bool, fails);
        QFETCH(WaitEnd, end);
        SimulatedCluster cluster({});
        cluster.startMaster("m");
        QVERIFY(cluster.settle());
        const auto &node = cluster.node("m");
        auto &held = cluster.submit("m", {{"A"}, {Asked::Number, 2}});
        QVERIFY(cluster.settle());
        auto &one = cluster.submit("m", {{"B"}, {Asked::Number, 1}});
        auto &two = cluster.submit("m", {{"C"}, {Asked::Number, 2}});
        node.master->shutDown();
        QCOMPARE(held.outcome.end, WaitEnd::ShuttingDown);
        cluster.scheduler().advance(3999);
        QCOMPARE(one.state, SimulatedCluster::Client::State::Waiting);
        QCOMPARE(two.state, SimulatedCluster::Client::State::Waiting);
        if (fails)
            emit node.store->failed({Errc::Io, u"no disk"_s});
        cluster.scheduler().advance(1);
        QCOMPARE(one.outcome.end, end);
        QCOMPARE(two.outcome.end, end);
    }

    void repeatThatFindsItsKeyAfterAShutdownIsAnswered()
    {
        SimulatedCluster cluster({});
        cluster.startMaster("m");
        QVERIFY(cluster.settle());
        cluster.submit("m", {{"A"}, {Asked::Number, 2}, "K"});
        QVERIFY(cluster.settle());
        const auto &repeat = cluster.submit("m", {{"A"}, {Asked::Number, 2}, "K"});
        cluster.node("m").master->shutDown();
        QVERIFY(cluster.settle());
        QCOMPARE(repeat.state, SimulatedCluster::Client::State::Answered);
        QCOMPARE(repeat.outcome.end, WaitEnd::ShuttingDown);
    }

    void damagedLogIsAnError()
    {
        SimulatedCluster cluster({});
        SimulatedCluster::Node &node = cluster.node("m");
        StoreState state = node.store->state();
        state.last = {5, 1}; // the store has none of these entries
        ManualScheduler scheduler;
        SeededRandom random(1);
        MasterNode master(
            {}, *node.store, state, [&cluster] { return cluster.network().makeTransport("m"); }, scheduler,
            random);
        QSignalSpy failed(&master, &MasterNode::failed);
        QSignalSpy started(&master, &MasterNode::started);
        master.start();
        node.store->pump();
        QCOMPARE(failed.size(), 1);
        QCOMPARE(started.size(), 0);
    }

    // Who held what was committed before the backup is not in it: a repeat waits for nodes that hold it now.
    void aRestoredMasterCountsAcksAnew()
    {
        using State = SimulatedCluster::Client::State;
        SimulatedCluster cluster({});
        cluster.startMaster("m");
        cluster.startSecondary("s1", "m");
        cluster.startSecondary("s2", "m");
        QVERIFY(cluster.run(100));
        const AppendRequest request{{"A"}, {Asked::Number, 3}, "K"};
        const auto &first = cluster.submit("m", request);
        QVERIFY(cluster.run(100));
        QCOMPARE(first.outcome.end, WaitEnd::Satisfied);
        const auto backup = cluster.copyDisk("m");
        for (const char *const node : {"m", "s1", "s2"}) {
            cluster.crash(node);
            cluster.wipe(node);
        }
        cluster.restore("m", backup);
        for (int start = 0; start < 2; ++start) {
            cluster.startMaster("m");
            QVERIFY(cluster.settle());
            QVERIFY(!cluster.node("m").master->appender().isSatisfied(1, 3));
            const auto &repeat = cluster.submit("m", request);
            QVERIFY(cluster.settle());
            QVERIFY(repeat.state == State::Waiting);
            if (start == 0)
                cluster.crash("m");
        }
        const auto &repeat = *cluster.clients().back();
        cluster.startSecondary("s1", "m");
        QVERIFY(cluster.run(1000));
        QVERIFY(repeat.state == State::Waiting);
        cluster.startSecondary("s2", "m");
        QVERIFY(cluster.run(1000));
        QVERIFY(repeat.state == State::Answered);
        QVERIFY(repeat.outcome.end == WaitEnd::Satisfied && repeat.outcome.repeated);
        QCOMPARE(repeat.outcome.acks, 3);
    }

    void aRestoredSecondaryLeads_data()
    {
        QTest::addColumn<bool>("meets");
        QTest::newRow("before it met a master") << false;
        QTest::newRow("having got entries from one") << true;
    }

    // It holds what the backup holds: the members may hold more, and must not drop it. Once it has followed,
    // it is a secondary like the others.
    void aRestoredSecondaryLeads()
    {
        QFETCH(bool, meets);
        SimulatedCluster cluster({});
        cluster.startMaster("m");
        cluster.startSecondary("s1", "m");
        QVERIFY(cluster.run(100));
        cluster.submit("m", {{"A"}, {Asked::Number, 2}});
        QVERIFY(cluster.run(100));
        const auto backup = cluster.copyDisk("m");
        cluster.submit("m", {{"waits"}, {Asked::Number, 9}});
        cluster.submit("m", {{"acknowledged, but not committed"}, {Asked::Number, 2}});
        QVERIFY(cluster.run(100));
        if (!meets)
            cluster.crash("m");
        cluster.restore("s2", backup);
        cluster.startSecondary("s2", "m");
        QVERIFY(cluster.run(1000));
        cluster.crash("s2");
        if (meets)
            cluster.crash("m");
        cluster.crash("s1");
        cluster.startMaster("s2", true);
        cluster.startSecondary("s1", "s2");
        QVERIFY(cluster.run(1000));
        QCOMPARE(cluster.node("s2").master->modeWord(), meets ? "read-write"_ba : "fenced"_ba);
        QCOMPARE(cluster.node("s1").store->entries().size(), 3);
    }

    // An epoch never wraps: it is <= 2^53 - 1, which JSON represents exactly.
    void epochsEnd_data()
    {
        QTest::addColumn<quint64>("seen");
        QTest::addColumn<bool>("secondary");
        QTest::addColumn<quint64>("next"); // 0: the master refuses to start
        const quint64 highest = (quint64(1) << 53) - 1;
        QTest::newRow("restart") << highest - 1 << false << highest;
        QTest::newRow("restart at the end") << highest << false << quint64(0);
        QTest::newRow("promotion") << quint64(5) << true << quint64(1000);
        QTest::newRow("promotion at the end") << highest << true << quint64(0);
        QTest::newRow("restart, damaged") << std::numeric_limits<quint64>::max() << false << quint64(0);
        QTest::newRow("promotion, damaged") << std::numeric_limits<quint64>::max() << true << quint64(0);
    }

    void epochsEnd()
    {
        QFETCH(quint64, seen);
        QFETCH(bool, secondary);
        QFETCH(quint64, next);
        SimulatedCluster cluster({});
        SimulatedCluster::Node &node = cluster.node("m");
        StoreState state = node.store->state();
        state.epoch = seen;
        state.role = secondary ? "secondary" : "master";
        ManualScheduler scheduler;
        SeededRandom random(1);
        MasterNode master(
            {}, *node.store, state, [&cluster] { return cluster.network().makeTransport("m"); }, scheduler,
            random);
        QSignalSpy failed(&master, &MasterNode::failed);
        QSignalSpy started(&master, &MasterNode::started);
        master.start();
        node.store->pump();
        QCOMPARE(failed.size(), next == 0 ? 1 : 0);
        QCOMPARE(started.size(), next == 0 ? 0 : 1);
        if (next > 0)
            QCOMPARE(master.log().epoch().number, next);
    }

    void longUnfinishedTailIsTakenUpInPieces()
    {
        SimulatedCluster cluster({});
        cluster.startMaster("m");
        QVERIFY(cluster.settle());
        for (int i = 0; i < 60; ++i)
            cluster.submit("m", {{QByteArray(100 * 1024, 'x')}, {Asked::Number, 2}});
        QVERIFY(cluster.settle());
        cluster.crash("m");
        cluster.startMaster("m");
        QVERIFY(cluster.settle());
        QCOMPARE(cluster.node("m").master->concerns().pendingCount(), 60u);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestMasterNode)
#include "tst_masternode.moc"
