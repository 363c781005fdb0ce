// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/replicatorsuite.h"

namespace replog {

// Deliveries to a node that answers: contents and times.
class TestReplicator : public ReplicatorSuite
{
    Q_OBJECT
private slots:
    void probesFirstThenStreams()
    {
        m_log->m_flushedId = 100;
        m_replicator->start(10);
        QCOMPARE(state(), Replicator::State::Probe);
        QCOMPARE(m_transport->last().prev, (Position{10, 1}));
        QCOMPARE(m_transport->last().batch.count(), 2u); // probeBytes
        QCOMPARE(m_transport->last().logId, ScriptedLogId);
        QCOMPARE(m_transport->last().to, ScriptedNode);
        m_transport->accept({12, 1});
        QCOMPARE(state(), Replicator::State::Stream);
        QCOMPARE(m_replicator->ackedId(), 12u);
        QCOMPARE(m_transport->last().batch.first, 13u);
        QCOMPARE(m_transport->last().batch.count(), 50u); // batchBytes
        QCOMPARE(m_replicator->counters().attempts, 2u);
    }

    void probeOfANodeWithNothingToSendIsEmpty()
    {
        m_replicator->start(0);
        QCOMPARE(m_transport->sent.size(), 1u);
        QCOMPARE(m_transport->last().batch.count(), 0u);
        QCOMPARE(m_transport->last().prev, (Position{0, 0}));
    }

    void oneBatchWithEntriesAtATime()
    {
        stream(10);
        m_log->m_flushedId = 11;
        m_replicator->handleAppended();
        const auto sent = m_transport->sent.size();
        for (int i = 0; i < 5; ++i) {
            ++m_log->m_flushedId;
            m_replicator->handleAppended();
        }
        QCOMPARE(m_transport->sent.size(), sent);
        m_transport->accept({11, 1});
        QCOMPARE(m_transport->last().batch.first, 12u);
        QCOMPARE(m_transport->last().batch.last, 16u); // everything that arrived meanwhile
    }

    void catchingUpLeavesRoomForAppends()
    {
        m_log->m_flushedId = 1000;
        m_log->m_recentFrom = 900;
        m_replicator->start(0);
        const auto readAndAck = [this](qint64 tookMs) {
            m_log->m_reads.back()();
            m_scheduler->advance(tookMs);
            const WireBatch &batch = m_transport->last().batch;
            m_transport->accept({batch.last, 1});
            return batch.last;
        };
        readAndAck(10); // without appends the next batch is read at once
        QCOMPARE(m_log->m_reads.size(), 2u);
        m_log->m_flushedId += 5;
        const quint64 acked = readAndAck(10);
        QCOMPARE(m_replicator->ackedId(), acked);
        QCOMPARE(m_log->m_reads.size(), 2u);
        m_scheduler->advance(19);
        m_replicator->handleAppended();
        QCOMPARE(m_log->m_reads.size(), 2u); // twice as long as the batch took
        m_scheduler->advance(1);
        QCOMPARE(m_log->m_reads.size(), 3u);
        m_log->m_flushedId += 25; // half of a batch: it would never catch up at this pace
        readAndAck(10);
        QCOMPARE(m_log->m_reads.size(), 4u);
        m_log->m_flushedId += 5;
        readAndAck(10);
        m_replicator->handleRegistered({{acked, 1}, 0}); // a restarted node does not wait for the old pause
        QCOMPARE(m_log->m_reads.size(), 5u);
        m_log->m_reads.back()();
        QCOMPARE(m_transport->last().batch.first, acked + 1);
    }

    void readsOldEntriesFromTheStore()
    {
        m_log->m_flushedId = 100;
        m_log->m_recentFrom = 90;
        m_replicator->start(0);
        QVERIFY(m_transport->sent.empty());
        QCOMPARE(m_log->m_reads.size(), 1u);
        m_replicator->handleAppended();
        QCOMPARE(m_log->m_reads.size(), 1u);
        m_log->m_reads[0]();
        QCOMPARE(m_transport->last().batch.first, 1u);
    }

    void readOfBeforeARegistrationCountsForNothing()
    {
        m_log->m_flushedId = 100;
        m_log->m_recentFrom = 90;
        m_replicator->start(0);
        m_replicator->handleRegistered({{95, 1}, 0, true});
        QCOMPARE(m_transport->last().batch.first, 96u);
        const auto sent = m_transport->sent.size();
        m_log->m_reads[0]();
        QCOMPARE(m_transport->sent.size(), sent);
    }

    void tellsTheEpochsThatItSpeaksOf()
    {
        m_log->m_flushedId = 5;
        m_log->m_firstEpoch = {1, 10};
        m_log->m_epoch = {3, 30};
        m_log->m_epochFrom = 4;
        m_replicator->start(3);
        QCOMPARE(m_transport->last().epoch, Epoch(3, 30));
        QCOMPARE(m_transport->last().prev, (Position{3, {1, 10}}));
        QCOMPARE(m_transport->last().epochs, (Epochs{{1, 10}, {3, 30}}));
        m_transport->accept({5, {3, 30}});
        m_scheduler->advance(500); // a heartbeat
        QCOMPARE(m_transport->last().epochs, (Epochs{{3, 30}}));
    }

    void heartbeatsWhenQuiet()
    {
        stream(3);
        const auto sent = m_transport->sent.size();
        m_scheduler->advance(499);
        QCOMPARE(m_transport->sent.size(), sent);
        m_scheduler->advance(1);
        QCOMPARE(m_transport->sent.size(), sent + 1);
        QCOMPARE(m_transport->last().batch.count(), 0u);
        QCOMPARE(m_transport->last().prev, (Position{3, 1}));
    }

    void newsOfTheCommittedIdGoesOutAlone()
    {
        stream(3);
        const auto sent = m_transport->sent.size();
        m_log->m_committedId = 3;
        m_replicator->handleCommitted();
        QCOMPARE(m_transport->sent.size(), sent + 1);
        QCOMPARE(m_transport->last().committedId, 3u);
        QCOMPARE(m_transport->last().batch.count(), 0u);
        m_replicator->handleCommitted();
        QCOMPARE(m_transport->sent.size(), sent + 1); // sent only once
    }

    void newsOvertakesABatchThatIsBeingStored()
    {
        stream(3);
        m_log->m_flushedId = 4;
        m_replicator->handleAppended();
        m_log->m_committedId = 3;
        m_replicator->handleCommitted();
        QCOMPARE(m_transport->last().batch.count(), 0u);
        QCOMPARE(m_transport->last().prev.id, 4u); // pipelined
        const auto news = m_transport->sent.back().ticket;
        m_transport->accept(news - 1, {4, 1}, 3);
        m_transport->accept(news, {4, 1}, 3);
        QCOMPARE(m_replicator->ackedId(), 4u);
        QCOMPARE(state(), Replicator::State::Stream);
    }

    void newsIsPipelinedOnlySoFar()
    {
        stream(100);
        m_log->m_flushedId = 101;
        m_replicator->handleAppended();
        for (quint64 id = 1; id <= 100; ++id) {
            m_log->m_committedId = id;
            m_replicator->handleCommitted();
        }
        QVERIFY(m_transport->sent.size() < 50);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicator)
#include "tst_replicator.moc"
