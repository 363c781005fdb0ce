// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/replicatorsuite.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;

namespace replog {

// A node that does not answer, or answers with errors.
class TestReplicatorRetries : public ReplicatorSuite
{
    Q_OBJECT
private slots:
    void retriesWithFullJitter()
    {
        make({{100, 800, 0}, 500, 50, 2});
        m_log->m_flushedId = 5;
        m_replicator->start(0);
        qint64 ceiling = 100;
        for (int failures = 1; failures <= 6; ++failures) {
            m_transport->fail();
            QCOMPARE(state(), Replicator::State::Backoff);
            QCOMPARE(m_replicator->counters().consecutiveFailures, failures);
            const qint64 delay = ceiling / 2; // the random number is 0.5
            QCOMPARE(m_replicator->nextRetryAtMs().value(), m_scheduler->nowMs() + delay);
            const auto sent = m_transport->sent.size();
            m_scheduler->advance(delay - 1);
            QCOMPARE(m_transport->sent.size(), sent);
            m_scheduler->advance(1);
            QCOMPARE(m_transport->sent.size(), sent + 1);
            QVERIFY(!m_replicator->nextRetryAtMs());
            ceiling = std::min<qint64>(ceiling * 2, 800);
        }
        QCOMPARE(m_replicator->counters().attempts, 7u);
        QCOMPARE(m_replicator->counters().retries, 6u);
        QSignalSpy recovered(m_replicator.get(), &Replicator::recovered);
        m_transport->accept({2, 1});
        QCOMPARE(recovered.size(), 1);
        QCOMPARE(recovered[0][0].toInt(), 6);
        QCOMPARE(m_replicator->counters().consecutiveFailures, 0);
        QCOMPARE(m_replicator->counters().lastError, u"refused"_s);
    }

    void anyFailureIsRetried_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("transport") << -1;
        QTest::newRow("5xx") << int(ReplicateAnswer::Kind::Unavailable);
        QTest::newRow("400") << int(ReplicateAnswer::Kind::Rejected);
    }

    void anyFailureIsRetried()
    {
        QFETCH(int, kind);
        m_replicator->start(0);
        if (kind < 0)
            m_transport->fail();
        else
            answer(static_cast<ReplicateAnswer::Kind>(kind), {}, 0, 1, "no");
        QCOMPARE(state(), Replicator::State::Backoff);
        m_scheduler->advance(10000);
        QVERIFY(m_transport->sent.size() > 1);
    }

    void givesUpAtTheLimitUntilAskedOrRegistered()
    {
        make({{100, 800, 2}, 500, 50, 2});
        m_replicator->start(0);
        const auto failAll = [this] {
            for (int i = 0; i < 10 && state() != Replicator::State::GaveUp; ++i) {
                m_transport->fail();
                m_scheduler->advance(800);
            }
        };
        failAll();
        QCOMPARE(m_replicator->healthWord(), "gave-up"_ba);
        QCOMPARE(m_replicator->counters().attempts, 3u);
        const auto sent = m_transport->sent.size();
        m_log->m_flushedId = 1;
        m_replicator->handleAppended();
        m_scheduler->advance(100000);
        QCOMPARE(m_transport->sent.size(), sent);

        m_replicator->retryNow(); // the limit counts from here again
        QCOMPARE(m_transport->sent.size(), sent + 1);
        failAll();
        QCOMPARE(m_replicator->counters().attempts, 6u);
        QCOMPARE(m_replicator->counters().consecutiveFailures, 6);

        m_replicator->handleRegistered({{0, 0}, 0});
        QCOMPARE(state(), Replicator::State::Probe);
        m_transport->accept({0, 0});
        QCOMPARE(m_replicator->healthWord(), "healthy"_ba);
        QCOMPARE(m_replicator->counters().consecutiveFailures, 0);
    }

    void registrationIsRetriedAtOnce()
    {
        m_replicator->start(0);
        m_transport->fail();
        const auto sent = m_transport->sent.size();
        m_replicator->handleRegistered({{0, 0}, 0});
        QCOMPARE(m_transport->sent.size(), sent + 1);
        m_transport->accept({0, 0});
        m_scheduler->advance(0);
        QVERIFY(!m_replicator->nextRetryAtMs());
    }

    void answersOfBeforeAFailureCountForNothing()
    {
        stream(3);
        m_log->m_flushedId = 9;
        m_replicator->handleAppended();
        const auto old = m_transport->sent.back().ticket;
        m_transport->fail();
        m_transport->accept(old, {9, 1}, 0);
        QCOMPARE(m_replicator->ackedId(), 3u);
        QCOMPARE(state(), Replicator::State::Backoff);
        QVERIFY(m_transport->aborts > 0);
    }

    void quietNodeThatAnswersStaysHealthy()
    {
        stream(3);
        QSignalSpy changes(m_replicator.get(), &Replicator::healthChanged);
        for (int i = 0; i < 50; ++i) {
            const auto sent = m_transport->sent.size();
            m_scheduler->advance(i % 7 == 0 ? 333 : 250);
            if (m_transport->sent.size() > sent)
                m_transport->accept({3, 1});
        }
        QCOMPARE(changes.size(), 0);
    }

    void silentNodeBecomesSuspectedThenUnhealthy()
    {
        stream(3);
        m_scheduler->advance(500);
        QCOMPARE(m_replicator->healthWord(), "healthy"_ba);
        m_scheduler->advance(500);
        QCOMPARE(m_replicator->healthWord(), "suspected"_ba);
        m_scheduler->advance(1000);
        QCOMPARE(m_replicator->healthWord(), "unhealthy"_ba);
        m_transport->accept({3, 1});
        QCOMPARE(m_replicator->healthWord(), "healthy"_ba);
    }

    void lastErrorHasATimeAndGoesSomeMinutesAfterRecovery()
    {
        QVERIFY(!m_replicator->hasRecentError());
        m_replicator->start(0);
        m_transport->fail();
        const qint64 at = m_scheduler->utcMs();
        QVERIFY(m_replicator->hasRecentError());
        QCOMPARE(m_replicator->counters().lastErrorAtMs, at);
        m_scheduler->advance(3600 * 1000); // it does not answer
        QVERIFY(m_replicator->hasRecentError());
        m_transport->fail();
        m_scheduler->advance(5000);
        const auto heartbeats = [this](qint64 ms) {
            for (; ms > 0; ms -= 500) {
                m_transport->accept({0, 0});
                m_scheduler->advance(500);
            }
        };
        heartbeats(5 * 60 * 1000);
        QVERIFY(m_replicator->hasRecentError());
        heartbeats(6 * 60 * 1000);
        QVERIFY(!m_replicator->hasRecentError());
    }

    // Whatever state it is in, and whoever asks.
    void stopsForGood_data()
    {
        using State = Replicator::State;
        QTest::addColumn<State>("before");
        QTest::newRow("probe") << State::Probe;
        QTest::newRow("stream") << State::Stream;
        QTest::newRow("backoff") << State::Backoff;
        QTest::newRow("gave up") << State::GaveUp;
    }
    void stopsForGood()
    {
        using State = Replicator::State;
        QFETCH(State, before);
        make({{100, 800, before == State::GaveUp ? 1 : 0}, 500, 50, 2});
        m_log->m_flushedId = 5;
        if (before == State::Stream) {
            stream(5);
            m_log->m_recentFrom = 100;
            m_log->m_flushedId = 6;
            m_replicator->handleAppended(); // reads
            QCOMPARE(m_log->m_reads.size(), 1u);
        } else {
            m_replicator->start(0);
        }
        for (int i = 0; i < 3 && state() != before; ++i) {
            m_transport->fail();
            if (state() != before)
                m_scheduler->advance(800);
        }
        QCOMPARE(state(), before);
        const QByteArray health = m_replicator->healthWord();
        const auto sent = m_transport->sent.size();
        QSignalSpy acked(m_replicator.get(), &Replicator::acked);

        m_replicator->stop();
        QCOMPARE(m_scheduler->timers(), 0);
        QVERIFY(!m_replicator->nextRetryAtMs());
        m_transport->accept({5, 1}); // too late
        for (const auto &read : m_log->m_reads)
            read();
        m_log->m_flushedId = 7;
        m_log->m_committedId = 7;
        m_replicator->handleAppended();
        m_replicator->handleCommitted();
        m_replicator->retryNow();
        m_replicator->handleRegistered({{3, 1}, 3, true});
        m_scheduler->advance(100'000);
        QCOMPARE(m_transport->sent.size(), sent);
        QCOMPARE(acked.size(), 0);
        QCOMPARE(m_replicator->healthWord(), health);
        QCOMPARE(m_scheduler->timers(), 0);
    }

    void leavesNoTimerBehind()
    {
        m_replicator->start(0);
        m_transport->fail();
        m_replicator.reset();
        QCOMPARE(m_scheduler->timers(), 0);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicatorRetries)
#include "tst_replicatorretries.moc"
