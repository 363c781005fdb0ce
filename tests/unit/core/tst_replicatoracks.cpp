// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/replicatorsuite.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;

namespace replog {

// What a node's answer proves about its log: an ack, fewer entries than it acked before, or a conflict.
class TestReplicatorAcks : public ReplicatorSuite
{
    Q_OBJECT
private slots:
    void acksOnlyWhatTheDeliveryProved()
    {
        m_log->m_flushedId = 3;
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
        m_log->m_flushedId = 12;
        m_replicator->handleAppended();
        m_transport->accept({4, 1});
        QCOMPARE(state(), Replicator::State::Probe);
        QCOMPARE(m_transport->last().prev, (Position{4, 1}));
        QCOMPARE(m_transport->last().batch.first, 5u);
        // The node lost entries that it had acked.
        QCOMPARE(m_replicator->ackedId(), 4u);
        QCOMPARE(acked.size(), 1);
    }

    void gapBehindAnEpochThatIsNotOurs()
    {
        m_log->m_flushedId = 12;
        m_log->m_epoch = 3;
        m_log->m_epochFrom = 4;
        m_replicator->start(12);
        m_transport->accept({8, 1}, 2); // our entry there has epoch 3
        QCOMPARE(m_transport->last().prev, (Position{2, 1}));
    }

    // The same epoch number with another start.
    void gapBehindAStartThatIsNotOurs()
    {
        m_log->m_flushedId = 12;
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
        m_log->m_flushedId = 12;
        m_replicator->start(10);
        answer(ReplicateAnswer::Kind::Mismatch, {12, 7}, 5, 1, "held");
        QCOMPARE(m_replicator->ackedId(), 5u);
    }

    void divergedNodeHasAckedNothing()
    {
        m_log->m_flushedId = 12;
        m_replicator->start(10);
        answer(ReplicateAnswer::Kind::Diverged, {12, 7}, 12, 1, "differs");
        QCOMPARE(m_replicator->ackedId(), 0u);
    }

    void mismatchGoesBackToTheCommittedId()
    {
        m_log->m_flushedId = 12;
        m_replicator->start(12);
        answer(ReplicateAnswer::Kind::Mismatch, {12, 7}, 5, 1, "held");
        QCOMPARE(state(), Replicator::State::Probe);
        QCOMPARE(m_transport->last().prev.id, 5u);
        QCOMPARE(m_transport->last().batch.first, 6u);
    }

    void mismatchOfWhatIsCommittedIsDivergence()
    {
        m_log->m_flushedId = 12;
        m_replicator->start(12);
        answer(ReplicateAnswer::Kind::Mismatch, {12, 7}, 12, 1, "held");
        QCOMPARE(state(), Replicator::State::Diverged);
        QCOMPARE(m_replicator->healthWord(), "diverged"_ba);
    }

    void divergedStaysUntilTheNodeHoldsAnotherLog()
    {
        m_log->m_flushedId = 12;
        m_replicator->start(0);
        answer(ReplicateAnswer::Kind::Diverged, {8, 1}, 8, 1, "differs");
        const auto sent = m_transport->sent.size();
        m_scheduler->advance(10000);
        m_replicator->handleAppended();
        m_replicator->handleCommitted();
        m_replicator->handleRegistered({{8, 1}, 8});
        QCOMPARE(m_transport->sent.size(), sent);
        QCOMPARE(m_replicator->healthWord(), "diverged"_ba);
        m_replicator->handleRegistered({{0, 0}, 0}); // reset by an operator
        QCOMPARE(state(), Replicator::State::Probe);
        QCOMPARE(m_transport->last().batch.first, 1u);
    }

    // The node joined another log without entries, and then registers here.
    void whoHoldsNothingOfAnotherLogJoins()
    {
        m_replicator->start(0);
        ReplicateAnswer given = scriptedAnswer(ReplicateAnswer::Kind::Mismatch, {}, 0);
        given.node.logId = {9, 9};
        m_transport->answer(given);
        QCOMPARE(m_replicator->healthWord(), "diverged"_ba);
        m_replicator->handleRegistered({{0, 0}, 0});
        QCOMPARE(state(), Replicator::State::Probe);
    }

    // A registration says where to begin; only answers ack, withdraw acks or fence.
    void registrationIsNoEvidence_data()
    {
        QTest::addColumn<Position>("last");
        QTest::addColumn<quint64>("committed");
        QTest::addColumn<quint64>("asksAfter");
        QTest::newRow("level") << Position{12, 1} << quint64(12) << quint64(12);
        QTest::newRow("behind") << Position{9, 1} << quint64(3) << quint64(9);
        QTest::newRow("empty") << Position{} << quint64(0) << quint64(0);
        QTest::newRow("of another epoch there") << Position{8, 9} << quint64(4) << quint64(4);
        QTest::newRow("of another start there") << Position{8, {1, 5}} << quint64(4) << quint64(8);
        QTest::newRow("beyond this log") << Position{20, 1} << quint64(5) << quint64(5);
        QTest::newRow("has committed more") << Position{20, 1} << quint64(20) << quint64(0);
    }

    void registrationIsNoEvidence()
    {
        QFETCH(Position, last);
        QFETCH(quint64, committed);
        QFETCH(quint64, asksAfter);
        QSignalSpy acked(m_replicator.get(), &Replicator::acked);
        QSignalSpy fenced(m_replicator.get(), &Replicator::fencedBy);
        stream(10);
        m_log->m_flushedId = 12;
        acked.clear();
        const auto sent = m_transport->sent.size();
        m_replicator->handleRegistered({last, committed});
        QCOMPARE(m_replicator->ackedId(), 10u);
        QCOMPARE(acked.size(), 0);
        QCOMPARE(fenced.size(), 0);
        QCOMPARE(m_transport->sent.size(), sent + 1);
        QCOMPARE(m_transport->last().prev.id, asksAfter);
        QVERIFY(m_replicator->nodeHealth() != NodeHealth::Diverged);
    }

    void answerAfterARegistrationAcksOrWithdraws()
    {
        stream(10);
        m_replicator->handleRegistered({{0, 0}, 0});
        m_transport->accept({2, 1});
        QCOMPARE(m_replicator->ackedId(), 2u); // all that it has; the rest is lost
        m_transport->accept({10, 1});
        m_replicator->handleRegistered({{6, 1}, 2});
        QCOMPARE(m_transport->last().prev.id, 6u);
        m_transport->accept({4, 1}, 2);
        QCOMPARE(m_replicator->ackedId(), 4u);
    }

    // A registration must not restart a delivery that takes longer than --register-after.
    void registrationLeavesADeliveryInFlightAlone()
    {
        stream(3);
        m_log->m_flushedId = 9;
        m_replicator->handleAppended();
        const auto sent = m_transport->sent.size();
        const int aborts = m_transport->aborts;
        for (int i = 0; i < 5; ++i)
            m_replicator->handleRegistered({{3, 1}, 3});
        QCOMPARE(m_transport->sent.size(), sent);
        QCOMPARE(m_transport->aborts, aborts);
        m_transport->accept({9, 1});
        QCOMPARE(m_replicator->ackedId(), 9u);
    }

    void registrationOfAnotherProcessBeginsAnew()
    {
        stream(3);
        m_log->m_flushedId = 9;
        m_replicator->handleAppended();
        const auto sent = m_transport->sent.size();
        m_replicator->handleRegistered({{3, 1}, 3, true});
        QCOMPARE(m_transport->sent.size(), sent + 1);
        QCOMPARE(m_transport->last().prev.id, 3u);
    }

    // Answers from different nodes and logs, and which parts of them count.
    void evidence_data()
    {
        using Kind = ReplicateAnswer::Kind;
        QTest::addColumn<ReplicateAnswer>("given");
        QTest::addColumn<quint64>("acked"); // it was 5 before
        QTest::addColumn<bool>("fences");
        QTest::addColumn<NodeHealth>("health");
        const auto by = [](ReplicateAnswer given, const Id128 &node, const Id128 &log) {
            given.node.nodeId = node;
            given.node.logId = log;
            return given;
        };
        const Id128 other{9, 9};
        const ReplicateAnswer accepted = scriptedAnswer(Kind::Accepted, {7, 1}, 0);
        const ReplicateAnswer more = scriptedAnswer(Kind::Accepted, {12, 1}, 12);
        const ReplicateAnswer less = scriptedAnswer(Kind::Accepted, {2, 1}, 0);
        const ReplicateAnswer stale = scriptedAnswer(Kind::StaleEpoch, {7, 2}, 0, 2);
        const ReplicateAnswer diverged = scriptedAnswer(Kind::Diverged, {7, 1}, 7);
        const ReplicateAnswer foreign{Kind::Unavailable, {}, "HTTP 412", {}};
        QTest::newRow("accepted") << accepted << quint64(7) << false << NodeHealth::Healthy;
        QTest::newRow("has committed more") << more << quint64(5) << true << NodeHealth::Suspected;
        QTest::newRow("lost entries") << less << quint64(2) << false << NodeHealth::Healthy;
        QTest::newRow("stale") << stale << quint64(5) << true << NodeHealth::Suspected;
        QTest::newRow("stale, of our own epoch") << scriptedAnswer(Kind::StaleEpoch, {7, 1}, 0, {1, 10})
                                                 << quint64(5) << false << NodeHealth::Suspected;
        QTest::newRow("stale, of a lower epoch") << scriptedAnswer(Kind::StaleEpoch, {}, 0, Epoch())
                                                 << quint64(5) << false << NodeHealth::Suspected;
        QTest::newRow("stale, of another start") << scriptedAnswer(Kind::StaleEpoch, {7, 1}, 0, {1, 11})
                                                 << quint64(5) << true << NodeHealth::Suspected;
        QTest::newRow("diverged") << diverged << quint64(0) << false << NodeHealth::Diverged;
        QTest::newRow("diverged, and has committed more")
            << scriptedAnswer(Kind::Diverged, {12, 1}, 12) << quint64(5) << true << NodeHealth::Suspected;
        QTest::newRow("no document of ours") << foreign << quint64(5) << false << NodeHealth::Suspected;
        for (const Id128 &log : {ScriptedLogId, other}) {
            const char *const of = log == other ? "of another log" : "of this log";
            QTest::addRow("another node %s: accepted", of)
                << by(accepted, other, log) << quint64(5) << false << NodeHealth::Misdirected;
            QTest::addRow("another node %s: has committed more", of)
                << by(more, other, log) << quint64(5) << false << NodeHealth::Misdirected;
            QTest::addRow("another node %s: less", of)
                << by(less, other, log) << quint64(5) << false << NodeHealth::Misdirected;
            QTest::addRow("another node %s: stale", of)
                << by(stale, other, log) << quint64(5) << false << NodeHealth::Misdirected;
            QTest::addRow("another node %s: diverged", of)
                << by(diverged, other, log) << quint64(5) << false << NodeHealth::Misdirected;
            QTest::addRow("another node %s: misdirected", of)
                << by(scriptedAnswer(Kind::Misdirected, {}, 0), other, log) << quint64(5) << false
                << NodeHealth::Misdirected;
        }
        // It holds no entry of this log: its acks are withdrawn.
        QTest::newRow("another log: accepted")
            << by(accepted, ScriptedNode, other) << quint64(0) << false << NodeHealth::Diverged;
        QTest::newRow("another log: has committed more")
            << by(more, ScriptedNode, other) << quint64(0) << false << NodeHealth::Diverged;
        QTest::newRow("another log: stale")
            << by(stale, ScriptedNode, other) << quint64(0) << false << NodeHealth::Diverged;
        QTest::newRow("no log: accepted")
            << by(scriptedAnswer(Kind::Accepted, {}, 0, Epoch()), ScriptedNode, {}) << quint64(0) << false
            << NodeHealth::Healthy;
        QTest::newRow("no log: another's master named another one")
            << by(scriptedAnswer(Kind::Mismatch, {}, 0), ScriptedNode, {}) << quint64(5) << false
            << NodeHealth::Suspected;
        QTest::newRow("no log: stale")
            << by(stale, ScriptedNode, {}) << quint64(5) << false << NodeHealth::Suspected;
        QTest::newRow("no log: speaks a lower version")
            << by(scriptedAnswer(Kind::RefusedWire, {}, 0), ScriptedNode, {}) << quint64(5) << false
            << NodeHealth::Incompatible;
        QTest::newRow("rejected") << scriptedAnswer(Kind::Rejected, {7, 1}, 0) << quint64(5) << false
                                  << NodeHealth::Suspected;
        QTest::newRow("unavailable") << scriptedAnswer(Kind::Unavailable, {7, 1}, 0) << quint64(5) << false
                                     << NodeHealth::Suspected;
    }

    void evidence()
    {
        QFETCH(ReplicateAnswer, given);
        QSignalSpy fenced(m_replicator.get(), &Replicator::fencedBy);
        m_log->m_epoch = {1, 10};
        m_log->m_flushedId = 10;
        m_replicator->start(5);
        m_transport->answer(given);
        QTEST(m_replicator->ackedId(), "acked");
        QTEST(!fenced.isEmpty(), "fences");
        QTEST(m_replicator->nodeHealth(), "health");
    }

    void misdirectedUntilTheRightNodeAnswers()
    {
        m_log->m_flushedId = 3;
        m_replicator->start(0);
        ReplicateAnswer given = scriptedAnswer(ReplicateAnswer::Kind::Misdirected, {}, 0);
        given.node.nodeId = {9, 9};
        given.node.name = "t1";
        m_transport->answer(given);
        QCOMPARE(m_replicator->healthWord(), "misdirected"_ba);
        QVERIFY(m_replicator->counters().lastError.contains(u"t1"_s));
        QVERIFY(m_replicator->counters().lastError.contains(QString::fromLatin1(Id128{9, 9}.toHex())));
        m_scheduler->advance(10000);
        QCOMPARE(m_replicator->healthWord(), "misdirected"_ba);
        m_transport->accept({3, 1});
        QCOMPARE(m_replicator->healthWord(), "healthy"_ba);
    }

    // The same process registers repeatedly, because it accepts no delivery.
    void incompatibleUntilItAnswersAnew()
    {
        m_replicator->start(0);
        answer(ReplicateAnswer::Kind::RefusedWire, {}, 0);
        QSignalSpy health(m_replicator.get(), &Replicator::healthChanged);
        for (int i = 0; i < 3; ++i) {
            m_replicator->handleRegistered({{0, 0}, 0});
            QCOMPARE(m_replicator->healthWord(), "incompatible"_ba);
            answer(ReplicateAnswer::Kind::RefusedWire, {}, 0);
        }
        QCOMPARE(health.size(), 0);
        m_replicator->handleRegistered({{0, 0}, 0});
        m_transport->fail();
        QVERIFY(m_replicator->healthWord() != "incompatible"_ba);
    }

    // Its health never changed, so only this signal tells the quorum that it counts again.
    void healthIsToldAsSoonAsItSpeaksOurVersion()
    {
        stream(10);
        QCOMPARE(m_replicator->healthWord(), "healthy"_ba);
        QSignalSpy health(m_replicator.get(), &Replicator::healthChanged);
        m_scheduler->advance(500);
        answer(ReplicateAnswer::Kind::RefusedWire, {10, 1}, 10);
        QCOMPARE(m_replicator->healthWord(), "incompatible"_ba);
        QCOMPARE(health.size(), 1);
        m_replicator->handleRegistered({{10, 1}, 10});
        m_transport->accept({10, 1});
        QCOMPARE(m_replicator->healthWord(), "healthy"_ba);
        QCOMPARE(health.size(), 2);
    }

    void incompatibleUntilItRegistersAnew()
    {
        m_replicator->start(0);
        answer(ReplicateAnswer::Kind::RefusedWire, {}, 0);
        const auto sent = m_transport->sent.size();
        m_scheduler->advance(100000);
        m_replicator->handleAppended();
        QCOMPARE(m_transport->sent.size(), sent);
        m_replicator->handleRegistered({{0, 0}, 0});
        QCOMPARE(m_transport->sent.size(), sent + 1);
        m_transport->accept({0, 0});
        QCOMPARE(m_replicator->healthWord(), "healthy"_ba);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicatorAcks)
#include "tst_replicatoracks.moc"
