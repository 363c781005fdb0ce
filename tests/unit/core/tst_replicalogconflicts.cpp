// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/replicalogsuite.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;

namespace replog {

// A master of another epoch, or of another log: whose entries stay.
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
        QCOMPARE(m_log->visible().durableId(), 2u); // until the new ones are durable
        m_store->syncAll();
        accepted(4);
        QCOMPARE(m_answers.back().node.last, (Position{4, 2}));
        QCOMPARE(log(), "ABXY"_ba);
        restart();
        QCOMPARE(m_log->last(), (Position{4, 2}));
        deliver(2, {4, 2}, "Z");
        m_store->syncAll();
        accepted(5);
    }

    // durable() of writes of before a truncation must not count for what comes after it.
    void tailIsReplacedWhileItIsBeingStored()
    {
        deliver(1, {0, 0}, "ABCD", 1);
        const auto older = m_store->unsyncedCount();
        deliver(2, {1, 1}, "X");
        QCOMPARE(m_answers.size(), 1u); // the older master's delivery
        refused(Kind::StaleEpoch);
        m_store->sync(older);
        QCOMPARE(m_answers.size(), 1u);
        QCOMPARE(m_log->visible().durableId(), 1u);
        while (m_store->sync(1)) {
        }
        accepted(2);
        QCOMPARE(log(), "AX"_ba);
    }

    void committedIsNeverDropped()
    {
        store(1, {0, 0}, "ABC", 2);
        deliver(2, {1, 1}, "X");
        refused(Kind::Diverged);
        QCOMPARE(log(), "ABC"_ba);
        m_store->syncAll();
        restart(); // it stays so until it is reset
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Diverged);
        deliver(2, {3, 1}, "D");
        refused(Kind::Diverged);
    }

    void committedAndNotYetDurableIsNeverDropped()
    {
        deliver(1, {0, 0}, "ABC", 3);
        deliver(2, {1, 1}, "X");
        refused(Kind::Diverged);
        m_store->syncAll();
        QCOMPARE(log(), "ABC"_ba);
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
        deliver(1, {0, 0}, "A", 0, {0, 11});
        m_store->syncAll();
        deliver(9, {0, 0}, "X", 0, {0, 22});
        refused(Kind::Diverged);
        QCOMPARE(m_log->epoch(), 1u);
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Following);
        restart();
        QCOMPARE(m_log->logId().low, 11u);
        deliver(1, {0, 0}, "X", 0, {0, 22});
        refused(Kind::Diverged);
        deliver(1, {1, 1}, "B", 0, {0, 11});
        m_store->syncAll();
        accepted(2);
    }

    void emptyNodeTakesUpAnyLog()
    {
        deliver(1, {0, 0}, "", 0, {0, 11});
        deliver(1, {0, 0}, "X", 0, {0, 22});
        m_store->syncAll();
        accepted(1);
        QCOMPARE(m_log->logId().low, 22u);
    }

    // What came ahead of a log that began anew must not be taken for a part of it.
    void keptEntriesOfAnotherLogAreForgotten()
    {
        deliver({1, 10}, {2, {1, 10}}, "CD", 0, {0, 11});
        deliver({1, 12}, {0, 0}, "XY", 0, {0, 22});
        m_store->syncAll();
        accepted(2);
        QCOMPARE(log(), "XY"_ba);
        QCOMPARE(m_log->epoch(), Epoch(1, 12));
    }

    // The line of an epoch may have become durable and its first entry not.
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

    // Of a tail that is being dropped the entries must not be left behind as those of the epoch before.
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
            m_store->sync(writes);
            restart();
            const Entries &held = m_store->entries();
            QCOMPARE(m_log->last(), (Position{held.back().id, held.back().epoch}));
            // A master in whose log the first epoch went on.
            send(5, {1, 1}, {{2, 1, 1, {}, "P"}, {3, 1, 1, {}, "Q"}, {4, 1, 1, {}, "R"}, {5, 1, 1, {}, "S"}});
            m_store->syncAll();
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
