// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masterlog.h"
#include "master/membership.h"
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
        m_log = std::make_unique<MasterLog>(*m_store, m_store->state(), Epoch(1, 10), LogId);
        m_log->append({"A", "B", "C"}, 1, {});
        m_log->flush();
        m_store->syncAll();
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
        done = false;
        registerNode("s1", {0, 0}, &done); // again: nothing to store
        QVERIFY(done);
        QCOMPARE(added.size(), 1);
        QCOMPARE(m_members->size(), 1);
    }

    void newMemberIsSentOneProbe()
    {
        registerNode("s1", {0, 0});
        QCOMPARE(m_network->messages().size(), 1u);
        QCOMPARE(m_members->members().at("s1").replicator->counters().attempts, 1u);
    }

    void ackOfARegistration()
    {
        QSignalSpy acked(m_members.get(), &Membership::acked);
        registerNode("s1", {2, 1});
        QCOMPARE(acked.back()[0].toByteArray(), "s1"_ba);
        QCOMPARE(acked.back()[1].toULongLong(), 2u);
    }

    // The epoch of this run, as the node has seen it.
    void anotherStartOfTheEpochFences_data()
    {
        QTest::addColumn<quint64>("number");
        QTest::addColumn<quint64>("start");
        QTest::addColumn<quint64>("log");
        QTest::addColumn<bool>("fences");
        QTest::newRow("this one") << quint64(1) << quint64(10) << quint64(77) << false;
        QTest::newRow("not told") << quint64(1) << quint64(0) << quint64(0) << false;
        QTest::newRow("another") << quint64(1) << quint64(11) << quint64(77) << true;
        QTest::newRow("another, the log not told") << quint64(1) << quint64(11) << quint64(0) << true;
        QTest::newRow("of another log") << quint64(1) << quint64(11) << quint64(78) << false;
        QTest::newRow("of a higher epoch") << quint64(2) << quint64(0) << quint64(77) << true;
        QTest::newRow("of a lower epoch") << quint64(0) << quint64(11) << quint64(77) << false;
    }

    void anotherStartOfTheEpochFences()
    {
        QFETCH(quint64, number);
        QFETCH(quint64, start);
        QFETCH(quint64, log);
        QFETCH(bool, fences);
        QSignalSpy fenced(m_members.get(), &Membership::fencedBy);
        Registration registration = registrationOf("s1", {0, 0});
        registration.node.logId = log == 0 ? Id128{} : Id128{0, log};
        registration.node.epoch = {number, start};
        m_members->registerNode(registration, [](const Result<void> &) {});
        QCOMPARE(fenced.size(), fences ? 1 : 0);
        if (fences && number == 1)
            QVERIFY(fenced[0][2].toString().contains(u"another start"_s));
    }

    void membersAndTheirAcksSurviveRestarts()
    {
        registerNode("s1", {2, 1});
        registerNode("s2", {0, 0});
        m_store->syncAll();
        m_scheduler.advance(1000); // acks are stored every so often
        m_store->syncAll();
        restart();
        QCOMPARE(m_members->size(), 2);
        QCOMPARE(m_members->members().at("s1").replicator->ackedId(), 2u);
        QCOMPARE(m_members->members().at("s1").url, QUrl(u"mem://s1"_s));
        QCOMPARE(m_members->members().at("s2").replicator->ackedId(), 0u);
    }

    void storedAckBeyondTheLogIsCut()
    {
        m_store->putMeta("member/s9", "900 00000000000000000000000000000009 mem://s9", {});
        m_store->syncAll();
        restart();
        QCOMPARE(m_members->members().at("s9").replicator->ackedId(), 3u);
    }

    void memberThatMovedIsCalledAtItsNewPlace()
    {
        registerNode("s1", {0, 0});
        m_store->syncAll();
        bool done = false;
        Registration registration = registrationOf("s1", {0, 0});
        registration.url = QUrl(u"mem://elsewhere"_s);
        m_members->registerNode(registration, [&done](const Result<void> &) { done = true; });
        QCOMPARE(m_network->messages().back().to, "elsewhere"_ba);
        QVERIFY(!done);
        m_store->syncAll();
        QVERIFY(done);
        restart();
        QCOMPARE(m_members->members().at("s1").url, QUrl(u"mem://elsewhere"_s));
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
    static Registration registrationOf(const QByteArray &name, Position last)
    {
        Registration registration;
        registration.node.nodeId = {0, qHash(name)};
        registration.node.name = name;
        registration.node.last = last;
        registration.url = QUrl(u"mem://%1"_s.arg(QLatin1StringView(name)));
        return registration;
    }
    void registerNode(const QByteArray &name, Position last, bool *done = nullptr)
    {
        m_members->registerNode(registrationOf(name, last), [done](const Result<void> &stored) {
            if (done)
                *done = bool(stored);
        });
    }

    static constexpr Id128 LogId{0, 77};

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
