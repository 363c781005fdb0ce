// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masterlog.h"
#include "master/membership.h"
#include "shared/log/replicatecodec.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/memorylogstore.h"
#include "tests/support/memorynetwork.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

class TestMembership : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_members.reset();
        m_network = std::make_unique<MemoryNetwork>(m_scheduler);
        m_store = std::make_unique<MemoryLogStore>("master"_ba, "m"_ba);
        m_log = std::make_unique<MasterLog>(*m_store, m_store->state(), Epoch(1, 10), LogId, m_scheduler);
        m_log->append({"A", "B", "C"}, 1, Asked::Number, {});
        m_log->flush();
        m_store->syncAll();
        m_scheduler.advance(1); // the entry becomes sendable
        start();
    }
    void cleanup() { m_members.reset(); }

    void registrationIsAnsweredWhenItIsDurable()
    {
        QSignalSpy added(m_members.get(), &Membership::memberAdded);
        bool done = false;
        registerNode("s1", {0, 0}, &done);
        QCOMPARE(added.size(), 1);
        QVERIFY(!done);
        m_store->syncAll();
        QVERIFY(done);
        QCOMPARE(added.size(), 1);
        QCOMPARE(m_members->size(), 1);
    }

    // What the first registration stored may not be durable when the same process asks again.
    void aRepeatIsAnsweredWhenTheFirstIsDurable()
    {
        bool first = false;
        bool second = false;
        registerNode("s1", {0, 0}, &first);
        registerNode("s1", {0, 0}, &second);
        QVERIFY(!first && !second);
        m_store->syncAll();
        QVERIFY(first && second);
        QCOMPARE(m_members->size(), 1);
    }

    void newMemberIsSentOneProbe()
    {
        registerNode("s1", {0, 0});
        QCOMPARE(m_network->messages().size(), 1u);
        QCOMPARE(m_members->members().at("s1").replicator->counters().attempts, 1u);
    }

    void registrationAcksNothing()
    {
        QSignalSpy acked(m_members.get(), &Membership::acked);
        registerNode("s1", {2, 1});
        QCOMPARE(acked.back()[0].value<Id128>(), idOf("s1"));
        QCOMPARE(acked.back()[1].toULongLong(), 0u);
        QVERIFY(!m_members->wasEverAcked());
        answer("s1", {2, 1});
        QCOMPARE(acked.back()[1].toULongLong(), 2u);
        QVERIFY(m_members->wasEverAcked());
    }

    void membersAndTheirAcksSurviveRestarts()
    {
        registerNode("s1", {2, 1});
        registerNode("s2", {0, 0});
        answer("s1", {2, 1});
        m_store->syncAll();
        m_scheduler.advance(1000); // acks are stored at intervals
        m_store->syncAll();
        restart();
        QCOMPARE(m_members->size(), 2);
        QCOMPARE(m_members->members().at("s1").replicator->ackedId(), 2u);
        QCOMPARE(m_members->members().at("s1").url, urlOf("s1"));
        QCOMPARE(m_members->members().at("s1").nodeId, idOf("s1"));
        QCOMPARE(m_members->members().at("s2").replicator->ackedId(), 0u);
        QVERIFY(m_members->wasEverAcked());
        m_members->forget("s1", {});
        m_members->forget("s2", {});
        m_store->syncAll();
        restart();
        QCOMPARE(m_members->size(), 0);
        QVERIFY(m_members->wasEverAcked()); // this is never undone
    }

    void storedAckBeyondTheLogIsCut()
    {
        m_store->putMeta("member/" + idOf("s9").toHex(), "900 s9 http://s9:1", {});
        m_store->syncAll();
        restart();
        QCOMPARE(m_members->members().at("s9").replicator->ackedId(), 3u);
    }

    // The next run may count no more acks than this one knows.
    void aWithdrawnAckIsStoredAtOnce()
    {
        registerNode("s1", {0, 0});
        answer("s1", {3, 1});
        m_scheduler.advance(1000);
        m_store->syncAll();
        m_members->retryNow("s1");
        answer("s1", {1, 1});
        m_store->syncAll();
        restart();
        QCOMPARE(m_members->members().at("s1").replicator->ackedId(), 1u);
    }

    void memberThatMovedIsCalledAtItsNewPlace()
    {
        registerNode("s1", {0, 0});
        m_store->syncAll();
        bool done = false;
        m_members->admit({standing("s1", {0, 0}), urlOf("elsewhere")},
                         [&done](const Result<void> &) { done = true; });
        QCOMPARE(m_network->messages().back().to, "elsewhere"_ba);
        QVERIFY(!done);
        m_store->syncAll();
        QVERIFY(done);
        restart();
        QCOMPARE(m_members->members().at("s1").url, urlOf("elsewhere"));
    }

    void memberThatIsRenamedKeepsItsAck()
    {
        QSignalSpy dropped(m_members.get(), &Membership::dropped);
        registerNode("s1", {0, 0});
        answer("s1", {2, 1});
        NodeStanding renamed = standing("s1", {2, 1});
        renamed.name = "t1";
        m_members->admit({renamed, urlOf("s1")}, {});
        m_store->syncAll();
        QCOMPARE(m_members->size(), 1);
        QCOMPARE(m_members->byName("t1")->replicator->ackedId(), 2u);
        QCOMPARE(dropped.size(), 0);
        restart();
        QCOMPARE(m_members->size(), 1);
        QCOMPARE(m_members->byName("t1")->nodeId, idOf("s1"));
        QCOMPARE(m_members->byName("t1")->replicator->ackedId(), 2u);
    }

    // Acks of the former holder of the name no longer count.
    void replacedByAnotherNodeOfTheName()
    {
        QSignalSpy dropped(m_members.get(), &Membership::dropped);
        registerNode("s1", {0, 0});
        answer("s1", {2, 1});
        NodeStanding other = standing("s2", {0, 0});
        other.name = "s1";
        m_members->admit({other, urlOf("s2")}, {});
        QCOMPARE(dropped.size(), 1);
        QCOMPARE(dropped[0][0].value<Id128>(), idOf("s1"));
        QCOMPARE(m_members->size(), 1);
        QCOMPARE(m_members->byName("s1")->nodeId, idOf("s2"));
        QCOMPARE(m_members->byName("s1")->replicator->ackedId(), 0u);
        m_store->syncAll();
        restart();
        QCOMPARE(m_members->size(), 1);
        QCOMPARE(m_members->byName("s1")->nodeId, idOf("s2"));
    }

    void forgottenForGood()
    {
        QSignalSpy removed(m_members.get(), &Membership::memberRemoved);
        registerNode("s1", {0, 0});
        m_store->syncAll();
        QVERIFY(m_members->forget("s1", {}));
        QVERIFY(!m_members->forget("s1", {}));
        QCOMPARE(removed.size(), 1);
        QVERIFY(!m_members->retryNow("s1"));
        m_store->syncAll();
        m_scheduler.advance(10000);
        restart();
        QCOMPARE(m_members->size(), 0);
    }

    void leavesNoTimerBehind()
    {
        registerNode("s1", {2, 1});
        m_members.reset();
        QCOMPARE(m_scheduler.timers(), 0);
    }

private:
    void start()
    {
        m_members = std::make_unique<Membership>(
            "m"_ba, Replicator::Config{}, *m_log, *m_store, [this] { return m_network->makeTransport("m"); },
            m_scheduler, m_random);
        m_members->start(m_store->state().meta);
    }
    void restart()
    {
        m_members.reset();
        m_store->crash();
        start();
    }
    static constexpr Id128 LogId{7, 7};
    static Id128 idOf(const QByteArray &name) { return {1, qHash(name)}; }
    static QUrl urlOf(const QByteArray &host) { return QUrl(u"http://%1:1"_s.arg(QLatin1StringView(host))); }
    static NodeStanding standing(const QByteArray &name, const Position &last)
    {
        return {idOf(name), name, {2, qHash(name)}, last.id > 0 ? LogId : Id128{}, WireVersion, last.epoch,
                last,       0};
    }
    void registerNode(const QByteArray &name, Position last, bool *done = nullptr)
    {
        m_members->admit({standing(name, last), urlOf(name)}, [done](const Result<void> &stored) {
            if (done)
                *done = bool(stored);
        });
    }
    // Answers all deliveries to the node.
    void answer(const QByteArray &name, const Position &last)
    {
        NodeStanding node = standing(name, last);
        node.logId = LogId;
        node.epoch = {1, 10};
        const ReplicateAnswer accepted{ReplicateAnswer::Kind::Accepted, node, {}, {}};
        m_network->attach(
            name, {[accepted](const QByteArray &, const MemoryNetwork::Endpoint::Answer &reply) {
                       reply(200, "application/cbor", encodeAnswer(accepted, WireForm::Cbor, 200, "OK"));
                   },
                   {}});
        for (int i = 0; i < 10 && !m_network->messages().empty(); ++i)
            m_network->deliver(0);
        m_network->detach(name);
    }

    ManualScheduler m_scheduler;
    SeededRandom m_random{1};
    std::unique_ptr<MemoryNetwork> m_network;
    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<MasterLog> m_log;
    std::unique_ptr<Membership> m_members;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestMembership)
#include "tst_membership.moc"
