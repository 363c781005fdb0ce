// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/replicalogsuite.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;

namespace replog {

// Deliveries of another epoch or another log: which entries are kept.
class TestReplicaLogConflicts : public ReplicaLogSuite
{
    Q_OBJECT
private slots:
    void keptEntriesOfAnOlderMasterAreForgotten()
    {
        deliver(1, {2, 1}, "CD");
        deliver(2, {0, 0}, "XY");
        QCOMPARE(m_log->aheadCount(), 0u);
        m_store->syncAll();
        QCOMPARE(log(), "XY"_ba);
    }

    void otherEpochAtPrevIsAMismatch()
    {
        store(1, {0, 0}, "ABC", 1);
        deliver(3, {3, 2}, "D");
        refused(Kind::Mismatch);
        QCOMPARE(m_answers.back().node.last, (Position{3, 1}));
        QCOMPARE(m_answers.back().node.committedId, 1u);
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Following);
    }

    void otherEpochAtACommittedPrevIsDivergence()
    {
        store(1, {0, 0}, "ABC", 3);
        deliver(3, {3, 2}, "D");
        m_store->syncAll();
        refused(Kind::Diverged);
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Diverged);
        QCOMPARE(log(), "ABC"_ba);
    }

    void uncommittedTailIsReplaced()
    {
        store(1, {0, 0}, "ABCD", 2);
        QSignalSpy truncated(m_log.get(), &ReplicaLog::truncated);
        deliver(2, {2, 1}, "XY", 2);
        QCOMPARE(truncated.size(), 1);
        QCOMPARE(truncated[0][0].toULongLong(), 3u);
        QCOMPARE(m_log->visible().durableId(), 2u); // stays until the new entries are durable
        m_store->pump();
        accepted(4);
        QCOMPARE(m_answers.back().node.last, (Position{4, 2}));
        QCOMPARE(log(), "ABXY"_ba);
        restart();
        QCOMPARE(m_log->last(), (Position{4, 2}));
        deliver(2, {4, 2}, "Z");
        m_store->syncAll();
        accepted(5);
    }

    // durable() of writes from before a truncation must not count for entries after it.
    void tailIsReplacedWhileItIsBeingStored()
    {
        deliver(1, {0, 0}, "ABCD", 1);
        const auto older = m_store->unsyncedCount();
        deliver(2, {1, 1}, "X");
        QCOMPARE(m_answers.size(), 1u); // the answer to the older master's delivery
        refused(Kind::StaleEpoch);
        m_store->sync(older);
        QCOMPARE(m_answers.size(), 1u);
        QCOMPARE(m_log->visible().durableId(), 1u);
        m_store->answerReads();
        while (m_store->sync(1)) {
        }
        accepted(2);
        QCOMPARE(log(), "AX"_ba);
    }

    void committedIsNeverDropped()
    {
        store(1, {0, 0}, "ABC", 2);
        deliver(2, {1, 1}, "X");
        m_store->syncAll();
        refused(Kind::Diverged);
        QCOMPARE(log(), "ABC"_ba);
        m_store->syncAll();
        restart(); // diverged until it is reset
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Diverged);
        deliver(2, {3, 1}, "D");
        refused(Kind::Diverged);
    }

    void committedAndNotYetDurableIsNeverDropped()
    {
        deliver(1, {0, 0}, "ABC", 3);
        deliver(2, {1, 1}, "X");
        m_store->syncAll();
        refused(Kind::Diverged);
        QCOMPARE(log(), "ABC"_ba);
    }

    // After a crash before that, the node would not know what it had told its master.
    void divergenceIsToldOnceItIsDurable()
    {
        store(1, {0, 0}, "ABC", 3);
        m_answers.clear();
        deliver(3, {3, 2}, "D");
        QVERIFY(m_answers.empty());
        restart();
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Following);
        QVERIFY(m_answers.empty());
        deliver(3, {2, 1}, "X");
        deliver(3, {2, 1}, "X");
        QVERIFY(m_answers.empty());
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 2u);
        refused(Kind::Diverged);
        restart();
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Diverged);
        deliver(3, {2, 1}, "X");
        QCOMPARE(m_answers.size(), 3u);
        refused(Kind::Diverged);
    }

    void divergenceThatCannotBeStoredIsNotTold()
    {
        store(1, {0, 0}, "ABC", 3);
        m_answers.clear();
        deliver(3, {3, 2}, "D");
        m_store->fail({Errc::Io, u"input/output error"_s});
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 1u);
        refused(Kind::Unavailable);
    }

    void lowerEpochIsRefused()
    {
        deliver(5, {0, 0}, "A");
        QSignalSpy heard(m_log.get(), &ReplicaLog::heardFromMaster);
        deliver(4, {0, 0}, "");
        refused(Kind::StaleEpoch);
        QCOMPARE(m_answers.back().node.epoch.number, 5u);
        QCOMPARE(heard.size(), 0);
        m_store->syncAll();
        restart();
        deliver(4, {0, 0}, "");
        refused(Kind::StaleEpoch);
    }

    void nothingIsAckedBeforeTheEpochIsDurable()
    {
        store(1, {0, 0}, "A");
        m_answers.clear();
        deliver(2, {1, 1}, "");
        QVERIFY(m_answers.empty());
        m_store->syncAll();
        accepted(1);
    }

    void epochsRaisedInARow()
    {
        deliver(2, {0, 0}, "");
        deliver(3, {0, 0}, "");
        refused(Kind::StaleEpoch);
        m_store->sync(1);
        QCOMPARE(m_answers.size(), 1u);
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 2u);
        accepted(0);
        QCOMPARE(m_log->epoch(), 3u);
    }

    void anotherLogIsRefusedAndChangesNothing()
    {
        deliver(1, {0, 0}, "A");
        m_store->syncAll();
        QSignalSpy heard(m_log.get(), &ReplicaLog::heardFromMaster);
        deliver(9, {0, 0}, "X", 0, OtherLog);
        refused(Kind::Mismatch);
        QCOMPARE(m_answers.back().node.logId, LogId);
        QCOMPARE(heard.size(), 0);
        QCOMPARE(m_log->epoch(), 1u);
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Following);
        restart();
        QCOMPARE(m_log->logId(), LogId);
        deliver(1, {0, 0}, "X", 0, OtherLog);
        refused(Kind::Mismatch);
        deliver(1, {1, 1}, "B");
        m_store->syncAll();
        accepted(2);
    }

    void anotherNodesDeliveryIsRefusedAndChangesNothing()
    {
        QSignalSpy heard(m_log.get(), &ReplicaLog::heardFromMaster);
        send(3, {0, 0}, {{1, 3, 1, {}, "A"}}, {}, 1, LogId, {5, 5});
        refused(Kind::Misdirected);
        QCOMPARE(m_answers.back().node.nodeId, NodeId);
        QCOMPARE(m_answers.back().node.name, "s1"_ba);
        QVERIFY(!m_answers.back().node.instance.isNull());
        QVERIFY(m_answers.back().node.logId.isNull());
        QCOMPARE(heard.size(), 0);
        m_store->syncAll();
        QCOMPARE(log(), ""_ba);
        QCOMPARE(m_log->epoch(), Epoch());
        // The addressee is checked first: the refusal says nothing about epoch or log.
        store(5, {0, 0}, "A");
        send(4, {0, 0}, {}, {}, 0, OtherLog, {5, 5});
        refused(Kind::Misdirected);
    }

    // An epoch that no master reaches by starting: it would fence every other master for ever.
    void epochThatJumpsIsRefused_data()
    {
        QTest::addColumn<quint64>("epoch");
        QTest::addColumn<bool>("taken");
        QTest::newRow("a promotion") << quint64(1000) << true;
        QTest::newRow("as far as may be") << quint64(1000005) << true;
        QTest::newRow("further") << quint64(1000006) << false;
        QTest::newRow("the highest there is") << (quint64(1) << 53) - 1 << false;
        QTest::newRow("beyond") << std::numeric_limits<quint64>::max() << false;
    }

    void epochThatJumpsIsRefused()
    {
        QFETCH(quint64, epoch);
        QFETCH(bool, taken);
        store(5, {0, 0}, "A");
        deliver(epoch, {1, 5}, "");
        m_store->syncAll();
        if (taken) {
            accepted(1);
            return;
        }
        refused(Kind::Rejected);
        QCOMPARE(m_answers.back().field, u"epoch"_s);
        QCOMPARE(m_log->epoch(), 5u);
    }

    // The node has seen no epoch of this log yet.
    void newNodeTakesAnyEpoch()
    {
        deliver(5000000, {0, 0}, "");
        m_store->syncAll();
        accepted(0);
        deliver(6000001, {0, 0}, "");
        refused(Kind::Rejected);
    }

    // Entries buffered before the log began anew must not become a part of it.
    void keptEntriesOfAnotherLogAreForgotten()
    {
        deliver({1, 10}, {2, {1, 10}}, "CD", 0, LogId);
        m_log->handleRegistered(OtherLog);
        deliver({1, 12}, {0, 0}, "XY", 0, OtherLog);
        m_store->syncAll();
        accepted(2);
        QCOMPARE(log(), "XY"_ba);
        QCOMPARE(m_log->epoch(), Epoch(1, 12));
    }

    // The line of an epoch may be durable while its first entry is not.
    void epochLineWithoutItsEntry()
    {
        store(1, {0, 0}, "AB");
        deliver(2, {2, 1}, "C");
        while (m_store->unsyncedCount() > 1)
            m_store->sync(1);
        restart();
        QCOMPARE(log(), "AB"_ba);
        QCOMPARE(m_log->last(), (Position{2, 1}));
        deliver(5, {2, 1}, "XY");
        m_store->syncAll();
        accepted(4);
        QCOMPARE(m_answers.back().node.last, (Position{4, 5}));
        restart();
        QCOMPARE(m_log->last(), (Position{4, 5}));
    }

    // Entries of a tail that is being dropped must not remain as entries of the epoch before.
    void crashWhileATailIsDropped()
    {
        for (size_t writes = 0; writes < 8; ++writes) {
            m_log.reset();
            m_store = std::make_unique<MemoryLogStore>("secondary"_ba, "s1"_ba);
            restart();
            store(1, {0, 0}, "A", 1);
            store(2, {1, 1}, "B");
            store(3, {2, 2}, "CD");
            deliver(4, {1, 1}, "X");
            m_store->answerReads();
            m_store->sync(writes);
            restart();
            const Entries &held = m_store->entries();
            QCOMPARE(m_log->last(), (Position{held.back().id, held.back().epoch}));
            // A master whose log continued the first epoch.
            send(5, {1, 1}, {{2, 1, 1, {}, "P"}, {3, 1, 1, {}, "Q"}, {4, 1, 1, {}, "R"}, {5, 1, 1, {}, "S"}});
            m_store->pump();
            accepted(5);
            QCOMPARE(log(), "APQRS"_ba);
            restart();
            QCOMPARE(m_log->last(), (Position{5, 1}));
        }
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicaLogConflicts)
#include "tst_replicalogconflicts.moc"
