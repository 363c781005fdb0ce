// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/replicalogsuite.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;

namespace replog {

// A node without entries: which log it joins, and its answers before.
class TestReplicaLogJoining : public ReplicaLogSuite
{
    Q_OBJECT
private slots:
    void emptyNodeTakesNoOtherLog_data()
    {
        QTest::addColumn<QByteArray>("letters");
        QTest::newRow("entries") << "XY"_ba;
        QTest::newRow("a heartbeat") << ""_ba;
    }

    void emptyNodeTakesNoOtherLog()
    {
        QFETCH(QByteArray, letters);
        QSignalSpy heard(m_log.get(), &ReplicaLog::heardFromMaster);
        deliver(9, {0, 0}, letters, 0, OtherLog);
        refused(Kind::Mismatch);
        QVERIFY(m_answers.back().node.logId.isNull());
        QVERIFY(m_answers.back().text.contains(LogId.toHex()));
        m_store->syncAll();
        QCOMPARE(log(), ""_ba);
        QCOMPARE(heard.size(), 0);
        QVERIFY(m_log->logId().isNull());
        QCOMPARE(m_log->epoch(), Epoch());
        store(1, {0, 0}, "A");
        QCOMPARE(log(), "A"_ba);
    }

    void entriesWaitUntilTheMasterNamesItsLog()
    {
        restart({}, {});
        deliver(1, {0, 0}, "AB");
        m_store->syncAll();
        QVERIFY(m_answers.empty());
        QVERIFY(m_log->logId().isNull());
        m_log->handleRegistered(LogId);
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 1u);
        accepted(2);
        QCOMPARE(log(), "AB"_ba);
    }

    // An answer at once would say that the node does not begin there.
    void baseWaitsUntilTheMasterNamesItsLog()
    {
        restart({}, {});
        m_log->handleReplicate(
            {"m", {1}, {}, 4, {}, LogId, {}, NodeId, 5, LogBase{{4, 1}, 2000, QByteArray(32, '0')}},
            [this](const ReplicateAnswer &answer) { m_answers.push_back(answer); });
        m_store->pump();
        QVERIFY(m_answers.empty());
        m_log->handleRegistered(LogId);
        m_store->pump();
        QCOMPARE(m_answers.size(), 1u);
        accepted(4);
        QCOMPARE(m_log->visible().firstId(), 5u);
    }

    void whatWaitedIsRefusedWhereTheMasterHasAnotherLog()
    {
        restart({}, {});
        deliver(1, {0, 0}, "AB", 0, OtherLog);
        m_log->handleRegistered(LogId);
        QCOMPARE(m_answers.size(), 1u);
        refused(Kind::Mismatch);
        m_store->syncAll();
        QCOMPARE(log(), ""_ba);
    }

    // The master may ask the node for its identity before it answers the registration.
    void questionIsAnsweredAtOnce()
    {
        restart({}, {});
        QSignalSpy heard(m_log.get(), &ReplicaLog::heardFromMaster);
        deliver(3, {0, 0}, "");
        accepted(0);
        QVERIFY(m_answers.back().node.logId.isNull());
        QCOMPARE(m_answers.back().node.nodeId, NodeId);
        QCOMPARE(heard.size(), 0);
        QCOMPARE(m_log->epoch(), Epoch());
        // An empty delivery behind entries that wait for the log id waits, too.
        deliver(3, {0, 0}, "A");
        deliver(3, {0, 0}, "");
        QCOMPARE(m_answers.size(), 2u);
        m_log->handleRegistered(LogId);
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 3u);
        accepted(1);
    }

    // The delivery need not be repeated.
    void questionJoinsOnceTheLogIsNamed()
    {
        restart({}, {});
        deliver(3, {0, 0}, "");
        m_log->handleRegistered(LogId);
        QCOMPARE(m_log->logId(), LogId);
        QCOMPARE(m_log->epoch(), 3u);
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 1u);
    }

    void questionOfAnotherLogJoinsNothing()
    {
        restart({}, {});
        deliver(3, {0, 0}, "", 0, OtherLog);
        m_log->handleRegistered(LogId);
        QVERIFY(m_log->logId().isNull());
        QCOMPARE(m_log->epoch(), Epoch());
        QCOMPARE(m_answers.size(), 1u);
    }

    void oneDeliveryWaitsAtATime()
    {
        restart({}, {});
        deliver(1, {0, 0}, "X", 0, OtherLog);
        deliver(1, {0, 0}, "AB");
        QCOMPARE(m_answers.size(), 1u);
        refused(Kind::Unavailable);
        QVERIFY(m_answers.back().node.logId.isNull());
        m_log->handleRegistered(LogId);
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 2u);
        QCOMPARE(log(), "AB"_ba);
    }

    void noMoreWaitsThanIsKeptAheadOfAGap()
    {
        ReplicaLog::Config config;
        config.aheadBytes = 100;
        restart(config, {});
        deliver(1, {0, 0}, "ABC");
        refused(Kind::Unavailable);
        m_log->handleRegistered(LogId);
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 1u);
        QCOMPARE(log(), ""_ba);
    }

    void whatWaitsIsAnsweredAtTheEnd()
    {
        restart({}, {});
        deliver(1, {0, 0}, "A");
        m_log->shutDown();
        QCOMPARE(m_answers.size(), 1u);
        refused(Kind::Unavailable);
        restart({}, {});
        deliver(1, {0, 0}, "A");
        m_store->fail({Errc::Io, u"input/output error"_s});
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 2u);
        refused(Kind::Unavailable);
        QVERIFY(m_answers.back().node.logId.isNull());
    }

    // The node joined before anything was appended, and now follows another master.
    void emptyNodeGoesOverToAnotherMastersLog()
    {
        deliver(900, {0, 0}, "");
        m_store->syncAll();
        QCOMPARE(m_log->logId(), LogId);
        restart({}, {});
        QVERIFY(m_log->registration({}).node.logId.isNull());
        deliver(900, {0, 0}, "A"); // the former master still delivers
        deliver(1, {0, 0}, "", 0, OtherLog);
        QCOMPARE(m_answers.back().kind, Kind::Accepted);
        QVERIFY(m_answers.back().node.logId.isNull());
        deliver(899, {0, 0}, ""); // a master that was stale before still is
        refused(Kind::StaleEpoch);
        QCOMPARE(m_answers.back().node.logId, LogId);
        m_log->handleRegistered(OtherLog);
        refused(Kind::Mismatch);
        deliver(1, {0, 0}, "X", 0, OtherLog);
        m_store->syncAll();
        accepted(1);
        QCOMPARE(m_log->registration({}).node.logId, OtherLog);
        QCOMPARE(m_log->epoch(), 1u);
        deliver(900, {0, 0}, "A");
        refused(Kind::Mismatch);
        QCOMPARE(log(), "X"_ba);
    }

    // Its master began a new log while this node was up.
    void mastersLogMayBeAnotherLater()
    {
        deliver(5, {0, 0}, "");
        m_log->handleRegistered(OtherLog);
        deliver(1, {0, 0}, "X", 0, OtherLog);
        m_store->syncAll();
        accepted(1);
        QCOMPARE(log(), "X"_ba);
    }

    // A node with entries keeps its log, whatever log a master names.
    void nodeWithEntriesStaysWithThem()
    {
        store(1, {0, 0}, "A");
        restart({}, {});
        deliver(1, {1, 1}, "B");
        m_store->syncAll();
        accepted(2);
        m_log->handleRegistered(OtherLog);
        deliver(1, {0, 0}, "X", 0, OtherLog);
        refused(Kind::Mismatch);
        QCOMPARE(m_answers.back().node.logId, LogId);
        deliver(1, {2, 1}, "C");
        m_store->syncAll();
        accepted(3);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicaLogJoining)
#include "tst_replicalogjoining.moc"
