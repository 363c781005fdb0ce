// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/replicatorsuite.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;

namespace replog {

// A node whose log ends below the oldest entry that the master keeps.
class TestReplicatorBase : public ReplicatorSuite
{
    Q_OBJECT

    // Entries 1 to 100; those up to 49 are trimmed. 1 to 29 have epoch 2, the others epoch 3.
    void keep(quint64 firstId = 50)
    {
        m_log->m_firstEpoch = {2, 20};
        m_log->m_epoch = {3, 30};
        m_log->m_epochFrom = 30;
        m_log->m_flushedId = 100;
        m_log->m_committedId = 100;
        m_log->m_recentFrom = 95;
        m_log->m_firstId = firstId;
    }
    void read()
    {
        const auto reads = std::exchange(m_log->m_reads, {});
        QVERIFY(!reads.empty());
        for (const auto &each : reads)
            each();
    }
    void answered(const Position &last, quint64 committedId = 0)
    {
        answer(ReplicateAnswer::Kind::Accepted, last, committedId, {3, 30});
    }
    const Delivery &last() const { return m_transport->last(); }
    void asksWhereItEnds()
    {
        QCOMPARE(last().prev, Position());
        QCOMPARE(last().batch.count(), 0U);
        QVERIFY(!last().base);
        QCOMPARE(last().firstId, m_log->m_firstId);
    }
    void sendsTheBase(const Position &end)
    {
        read();
        QCOMPARE(last().prev, end);
        QCOMPARE(last().batch.count(), 0U);
        QVERIFY(last().base);
        QCOMPARE(last().base->at, (Position{m_log->m_firstId - 1, m_log->epochAt(m_log->m_firstId - 1)}));
        QCOMPARE(last().firstId, m_log->m_firstId);
    }

private slots:
    void anEmptyNodeBeginsBehindTheBase()
    {
        keep();
        m_replicator->handleRegistered({});
        QVERIFY(m_transport->sent.empty());
        sendsTheBase({});
        answered({49, {3, 30}}, 49);
        QCOMPARE(m_replicator->ackedId(), 0U); // sending a base proves nothing
        read();
        QCOMPARE(last().prev, (Position{49, {3, 30}}));
        QCOMPARE(last().batch.first, 50U);
        QVERIFY(!last().base);
        answered({51, {3, 30}}, 49);
        QCOMPARE(m_replicator->ackedId(), 51U);
        QCOMPARE(state(), Replicator::State::Stream);
    }

    void aNodeOfBeforeIsAskedWhereItEnds()
    {
        keep();
        m_replicator->start(10);
        asksWhereItEnds();
        answered({12, {2, 20}}, 12);
        QCOMPARE(m_replicator->ackedId(), 10U);
        sendsTheBase({12, {2, 20}});
        answered({49, {3, 30}}, 49);
        read();
        QCOMPARE(last().batch.first, 50U);
    }

    void aNodeThatEndsWhereEntriesAreKeptNeedsNone()
    {
        keep();
        m_replicator->start(10);
        asksWhereItEnds();
        answered({60, {3, 30}}, 40);
        QCOMPARE(m_replicator->ackedId(), 10U); // the question proves nothing
        read();
        QCOMPARE(last().prev, (Position{60, {3, 30}}));
        QCOMPARE(last().batch.first, 61U);
        answered({62, {3, 30}}, 40);
        QCOMPARE(m_replicator->ackedId(), 62U);
    }

    // It began at a base, and keeps fewer entries than this log.
    void aNodeThatKeepsLessGoesOnWhereItEnds()
    {
        keep(1);
        m_replicator->start(0);
        read();
        QCOMPARE(last().batch.first, 1U);
        answer(ReplicateAnswer::Kind::Mismatch, {60, {3, 30}}, 60, {3, 30}, "not kept here");
        QVERIFY(m_replicator->nodeHealth() != NodeHealth::Diverged);
        QCOMPARE(m_replicator->ackedId(), 0U); // a refusal proves nothing
        read();
        QCOMPARE(last().prev, (Position{60, {3, 30}}));
        QCOMPARE(last().batch.first, 61U);
        answered({62, {3, 30}}, 60);
        QCOMPARE(m_replicator->ackedId(), 62U);
    }

    // It trimmed as it was told, and holds an uncommitted tail: that is no divergence.
    void aNodeThatKeepsNothingThereGoesOnWhereItCommitted()
    {
        keep(1);
        m_replicator->start(0);
        read();
        QCOMPARE(last().batch.first, 1U);
        answer(ReplicateAnswer::Kind::Mismatch, {99, {2, 20}}, 90, {3, 30}, "not kept here");
        QCOMPARE(m_replicator->nodeHealth(), NodeHealth::Healthy);
        QCOMPARE(m_replicator->ackedId(), 0U);
        read();
        QCOMPARE(last().prev, (Position{90, {3, 30}}));
        QCOMPARE(last().batch.first, 91U);
    }

    void aRestoredLogIsFencedByWhatWasAppendedBehindItsBackup_data()
    {
        QTest::addColumn<quint64>("id");
        QTest::addColumn<quint64>("number");
        QTest::addColumn<quint64>("start");
        QTest::addColumn<bool>("isFenced");
        QTest::newRow("at its end") << quint64(60) << quint64(2) << quint64(20) << false;
        QTest::newRow("by the master before") << quint64(61) << quint64(2) << quint64(20) << true;
        QTest::newRow("by one promoted meanwhile, of the same number")
            << quint64(61) << quint64(1000) << quint64(1) << true;
        QTest::newRow("by one promoted meanwhile, of a higher number")
            << quint64(61) << quint64(2000) << quint64(1) << true;
        QTest::newRow("by this run") << quint64(101) << quint64(1001) << quint64(3) << false;
        QTest::newRow("by an earlier run of this folder, lost here")
            << quint64(101) << quint64(1000) << quint64(2) << false;
    }
    void aRestoredLogIsFencedByWhatWasAppendedBehindItsBackup()
    {
        QFETCH(quint64, id);
        QFETCH(quint64, number);
        QFETCH(quint64, start);
        const Position end{id, {number, start}};
        QFETCH(bool, isFenced);
        m_log->m_firstEpoch = {2, 20};
        m_log->m_epoch = {1001, 3};
        m_log->m_epochFrom = 61;
        m_log->m_flushedId = m_log->m_committedId = 100;
        m_log->m_restoredTo = 60;
        m_log->m_led = {{1000, 2}};
        QSignalSpy fenced(m_replicator.get(), &Replicator::fencedBy);
        m_replicator->handleRegistered({end, 60, false});
        // Asks in an epoch that the node has seen: it must not adopt that of a master which cannot lead it.
        QCOMPARE(last().epoch.number, 2U);
        answer(ReplicateAnswer::Kind::StaleEpoch, end, 60, {number, start});
        QCOMPARE(fenced.size(), isFenced ? 1 : 0);
    }

    void endsRightBeforeTheFirst()
    {
        keep();
        m_replicator->handleRegistered({{49, {3, 30}}, 49});
        read();
        QVERIFY(!last().base);
        QCOMPARE(last().batch.first, 50U);
    }

    void aNodeThatEndsElsewhereIsNeverJumpedOver()
    {
        keep();
        m_replicator->handleRegistered({{12, {2, 21}}, 5});
        asksWhereItEnds();
        answered({12, {2, 21}}, 5);
        QCOMPARE(state(), Replicator::State::Diverged);
        QCOMPARE(m_replicator->healthWord(), "diverged"_ba);
        QVERIFY(m_replicator->counters().lastError.contains(u"entry 12 of epoch 2"_s));
        QVERIFY(m_log->m_reads.empty());
    }

    // This master joined as a secondary behind a base, and knows of no epoch before.
    void aNodeThatEndsBeforeThisLogBegan()
    {
        keep();
        m_log->m_firstEpoch = {};
        m_replicator->handleRegistered({{12, {2, 20}}, 12});
        asksWhereItEnds();
        answered({12, {2, 20}}, 12);
        QCOMPARE(state(), Replicator::State::Diverged);
        QVERIFY(m_replicator->counters().lastError.contains(u"before this log began"_s));
        QVERIFY(m_log->m_reads.empty());
    }

    // A conflicting tail reaches into the entries that we keep.
    void aTailThatIsNotOurs()
    {
        keep();
        m_replicator->handleRegistered({{60, {3, 31}}, 20});
        asksWhereItEnds();
        answered({60, {3, 31}}, 20);
        read();
        QCOMPARE(last().prev, (Position{49, {3, 30}})); // asks whether it holds that entry
        answer(ReplicateAnswer::Kind::Mismatch, {60, {3, 31}}, 20, {3, 30}, "held");
        QCOMPARE(state(), Replicator::State::Diverged);
        // The other case: it does hold it.
        m_replicator->handleRegistered({{61, {3, 31}}, 20});
        answered({61, {3, 31}}, 20);
        read();
        answered({51, {3, 30}}, 20);
        QCOMPARE(state(), Replicator::State::Stream);
        QCOMPARE(m_replicator->ackedId(), 51U);
    }

    void aMismatchBelowIsAskedAbout()
    {
        keep();
        m_replicator->start(70);
        read();
        QCOMPARE(last().prev.id, 70U);
        answer(ReplicateAnswer::Kind::Mismatch, {80, {3, 31}}, 20, {3, 30}, "held");
        QCOMPARE(m_replicator->ackedId(), 20U);
        read();
        QCOMPARE(last().prev.id, 49U);
        answered({51, {3, 30}}, 20);
        QCOMPARE(state(), Replicator::State::Stream);
    }

    // Trimmed during the delivery (--retain-force).
    void isOvertaken()
    {
        keep(1);
        m_replicator->start(10);
        read();
        answered({12, {2, 20}}, 12);
        QCOMPARE(state(), Replicator::State::Stream);
        m_log->m_firstId = 90;
        read(); // fails
        asksWhereItEnds();
        answered({12, {2, 20}}, 12);
        sendsTheBase({12, {2, 20}});
        // Meanwhile replication goes on.
        m_log->m_firstId = 92;
        answered({89, {3, 30}}, 89);
        sendsTheBase({89, {3, 30}});
        answered({91, {3, 30}}, 91);
        read();
        QCOMPARE(last().batch.first, 92U);
    }

    void whatIsInMemoryIsSentAllTheSame()
    {
        keep(99);
        m_replicator->start(95);
        QCOMPARE(last().batch.first, 96U);
        QCOMPARE(last().firstId, 99U);
    }

    void aNodeThatLostWhatItHad()
    {
        keep();
        m_replicator->start(70);
        read();
        answered({20, {2, 20}}, 20);
        QCOMPARE(m_replicator->ackedId(), 20U);
        sendsTheBase({20, {2, 20}});
    }

    // The master must not repeat the question at the speed of the network.
    void aNodeThatDoesNotTakeIt()
    {
        keep();
        m_replicator->handleRegistered({});
        sendsTheBase({});
        answered({});
        QCOMPARE(state(), Replicator::State::Backoff);
        m_scheduler->advance(10000);
        asksWhereItEnds();
        answered({});
        sendsTheBase({});
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicatorBase)
#include "tst_replicatorbase.moc"
