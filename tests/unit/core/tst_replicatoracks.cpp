// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/replicatorsuite.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;

namespace replog {

// What the word of a node proves of its log: an ack, less than it acked before, or that the logs differ.
class TestReplicatorAcks : public ReplicatorSuite
{
    Q_OBJECT
private slots:
    void acksOnlyWhatTheDeliveryProved()
    {
        m_log->m_lastId = 3;
        m_replicator->start(0);
        m_transport->accept({9, 1});           // a leftover tail
        QCOMPARE(m_replicator->ackedId(), 2u); // the probe's two entries
        m_transport->accept({9, 1});
        QCOMPARE(m_replicator->ackedId(), 3u);
    }

    void ackNeverGoesBackByAnAnswerInStep()
    {
        stream(10);
        QCOMPARE(m_replicator->ackedId(), 10u);
        m_scheduler->advance(500);
        m_transport->accept({10, 1});
        QCOMPARE(m_replicator->ackedId(), 10u);
    }

    void gapIsProbedFromWhereTheNodeStands()
    {
        stream(10);
        QSignalSpy acked(m_replicator.get(), &Replicator::acked);
        m_log->m_lastId = 12;
        m_replicator->handleAppended();
        m_transport->accept({4, 1});
        QCOMPARE(state(), Replicator::State::Probe);
        QCOMPARE(m_transport->last().prev, (Position{4, 1}));
        QCOMPARE(m_transport->last().batch.first, 5u);
        // It lost what it had acked.
        QCOMPARE(m_replicator->ackedId(), 4u);
        QCOMPARE(acked.size(), 1);
    }

    void gapBehindAnEpochThatIsNotOurs()
    {
        m_log->m_lastId = 12;
        m_log->m_epoch = 3;
        m_log->m_epochFrom = 4;
        m_replicator->start(12);
        m_transport->accept({8, 1}, 2); // ours is of epoch 3 there
        QCOMPARE(m_transport->last().prev, (Position{2, 1}));
    }

    // Of the same number, but appended by another start of a master.
    void gapBehindAStartThatIsNotOurs()
    {
        m_log->m_lastId = 12;
        m_log->m_epoch = {3, 30};
        m_log->m_epochFrom = 4;
        m_replicator->start(12);
        m_transport->accept({8, {3, 31}}, 2);
        QCOMPARE(m_transport->last().prev, (Position{2, 1}));
        QCOMPARE(m_replicator->ackedId(), 2u);
        m_replicator->start(12);
        m_transport->accept({8, {3, 30}}, 2);
        QCOMPARE(m_transport->last().prev, (Position{8, {3, 30}}));
    }

    void mismatchAtAnAckedPlaceWithdraws()
    {
        m_log->m_lastId = 12;
        m_replicator->start(10);
        m_transport->answer(answerOf(ReplicateAnswer::Kind::Mismatch, {12, 7}, 5, "held", 1));
        QCOMPARE(m_replicator->ackedId(), 5u);
    }

    void divergedNodeHasAckedNothing()
    {
        m_log->m_lastId = 12;
        m_replicator->start(10);
        m_transport->answer(answerOf(ReplicateAnswer::Kind::Diverged, {12, 7}, 12, "differs", 1));
        QCOMPARE(m_replicator->ackedId(), 0u);
    }

    void mismatchGoesBackToTheCommittedId()
    {
        m_log->m_lastId = 12;
        m_replicator->start(12);
        m_transport->answer(answerOf(ReplicateAnswer::Kind::Mismatch, {12, 7}, 5, "held", 1));
        QCOMPARE(state(), Replicator::State::Probe);
        QCOMPARE(m_transport->last().prev.id, 5u);
        QCOMPARE(m_transport->last().batch.first, 6u);
    }

    void mismatchOfWhatIsCommittedIsDivergence()
    {
        m_log->m_lastId = 12;
        m_replicator->start(12);
        m_transport->answer(answerOf(ReplicateAnswer::Kind::Mismatch, {12, 7}, 12, "held", 1));
        QCOMPARE(state(), Replicator::State::Diverged);
        QCOMPARE(m_replicator->healthWord(), "diverged"_ba);
    }

    void divergedStaysUntilTheNodeHoldsAnotherLog()
    {
        m_log->m_lastId = 12;
        m_replicator->start(0);
        m_transport->answer(answerOf(ReplicateAnswer::Kind::Diverged, {8, 1}, 8, "differs", 1));
        const auto sent = m_transport->sent.size();
        m_scheduler->advance(10000);
        m_replicator->handleAppended();
        m_replicator->handleCommitted();
        m_replicator->handleRegistered({8, 1}, 8, {});
        QCOMPARE(m_transport->sent.size(), sent);
        QCOMPARE(m_replicator->healthWord(), "diverged"_ba);
        m_replicator->handleRegistered({0, 0}, 0, {}); // reset by an operator
        QCOMPARE(state(), Replicator::State::Probe);
        QCOMPARE(m_transport->last().batch.first, 1u);
    }

    void registrationOfAnotherLogProvesNothing()
    {
        m_log->m_lastId = 12;
        m_replicator->handleRegistered({12, 1}, 3, {0, 4711});
        QCOMPARE(m_replicator->ackedId(), 0u);
        QCOMPARE(state(), Replicator::State::Diverged);
    }

    void registrationTeachesAnAck()
    {
        m_log->m_lastId = 12;
        QSignalSpy acked(m_replicator.get(), &Replicator::acked);
        m_replicator->start(0);
        m_replicator->handleRegistered({9, 1}, 3, {0, 77});
        QCOMPARE(m_replicator->ackedId(), 9u);
        QCOMPARE(acked.size(), 1);
        QCOMPARE(m_transport->last().prev, (Position{9, 1}));
    }

    void registrationBeyondOurLogTeachesNothing()
    {
        m_log->m_lastId = 5;
        m_replicator->start(3);
        m_replicator->handleRegistered({9, 1}, 3, {0, 77});
        QCOMPARE(m_replicator->ackedId(), 3u);
    }

    void registrationProvesNothingOfAnotherStart()
    {
        m_log->m_lastId = 12;
        m_log->m_epoch = {3, 30};
        m_log->m_epochFrom = 4;
        m_replicator->handleRegistered({8, {3, 31}}, 2, {0, 77});
        QCOMPARE(m_replicator->ackedId(), 0u);
        m_replicator->handleRegistered({8, {3, 30}}, 2, {0, 77});
        QCOMPARE(m_replicator->ackedId(), 8u);
        m_replicator->handleRegistered({9, 3}, 2, {0, 77}); // not told: it may be ours
        QCOMPARE(m_replicator->ackedId(), 9u);
    }

    void registrationWithAShorterLogWithdraws()
    {
        stream(10);
        m_replicator->handleRegistered({0, 0}, 0, {});
        QCOMPARE(m_replicator->ackedId(), 0u);
        stream(10);
        m_log->m_epoch = 3;
        m_log->m_epochFrom = 4;
        m_replicator->handleRegistered({6, 1}, 2, {}); // ours is of epoch 3 there
        QCOMPARE(m_replicator->ackedId(), 2u);
    }

    void fencedByAHigherEpoch()
    {
        QSignalSpy fenced(m_replicator.get(), &Replicator::fencedBy);
        m_replicator->start(0);
        m_transport->answer(
            answerOf(ReplicateAnswer::Kind::StaleEpoch, {}, 0, "HTTP 412: epoch 9 has been seen", 9));
        QCOMPARE(fenced.size(), 1);
        QCOMPARE(fenced[0][0].toULongLong(), 9u);
    }

    void fencedByCommittedEntriesThatAreNotHere_data()
    {
        QTest::addColumn<int>("how");
        QTest::newRow("answer") << 0;
        QTest::newRow("registration") << 1;
        QTest::newRow("registration of a newer epoch") << 2;
    }

    void fencedByCommittedEntriesThatAreNotHere()
    {
        QFETCH(int, how);
        QSignalSpy fenced(m_replicator.get(), &Replicator::fencedBy);
        m_log->m_lastId = 5;
        m_replicator->start(5);
        if (how == 0)
            m_transport->accept({8, 1}, 6);
        else if (how == 1)
            m_replicator->handleRegistered({8, 1}, 6, {});
        else
            m_replicator->handleRegistered({2, 2}, 0, {});
        QCOMPARE(fenced.size(), 1);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicatorAcks)
#include "tst_replicatoracks.moc"
