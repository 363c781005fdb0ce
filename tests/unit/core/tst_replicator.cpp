// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/replicator.h"
#include "shared/log/replicatecodec.h"
#include "tests/support/manualscheduler.h"
#include "tests/unit/core/scriptedrandom.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

// Deliveries as they were sent; the test answers them.
class ScriptedTransport final : public PeerTransport
{
    Q_OBJECT
public:
    struct Sent
    {
        quint64 ticket;
        Delivery delivery;
    };

    void setUrl(const QUrl &) override {}
    void send(quint64 ticket, const Delivery &delivery) override { sent.push_back({ticket, delivery}); }
    void abort() override { ++aborts; }

    const Delivery &last() const { return sent.back().delivery; }
    void accept(Position at, quint64 committedId = 0) { accept(sent.back().ticket, at, committedId); }
    void accept(quint64 ticket, Position at, quint64 committedId) { answer(ticket, {ReplicateAnswer::Kind::Accepted, at, committedId, 0, {}}); }
    void answer(quint64 ticket, const ReplicateAnswer &given) { emit answered(ticket, given); }
    void answer(const ReplicateAnswer &given) { answer(sent.back().ticket, given); }
    void fail() { emit failed(sent.back().ticket, {Errc::Unavailable, u"refused"_s}); }

    std::vector<Sent> sent;
    int aborts = 0;
};

// A log of entries of 1 byte, of which the newest are in memory.
class ScriptedLog final : public LogSource
{
public:
    Epoch epoch() const override { return m_epoch; }
    quint64 logId() const override { return 77; }
    quint64 lastId() const override { return m_lastId; }
    Epoch epochAt(quint64 id) const override { return id == 0 ? Epoch() : id < m_epochFrom ? m_firstEpoch : m_epoch; }
    Epochs epochsOf(quint64 first, quint64 last) const override
    {
        Epochs epochs;
        for (quint64 id = std::max<quint64>(first, 1); id <= last; ++id) {
            if (epochs.isEmpty() || epochs.back() != epochAt(id))
                epochs.append(epochAt(id));
        }
        return epochs;
    }
    quint64 committedId() const override { return m_committedId; }
    std::optional<WireBatch> recent(quint64 from, qsizetype maxBytes) const override
    {
        if (from < m_recentFrom)
            return std::nullopt;
        return batch(from, maxBytes);
    }
    void read(quint64 from, qsizetype maxBytes, BatchRead done) override
    {
        m_reads.push_back([this, from, maxBytes, done = std::move(done)] { done(batch(from, maxBytes)); });
    }
    // One unit of maxBytes is one entry.
    WireBatch batch(quint64 from, qsizetype maxBytes) const
    {
        const quint64 last = std::min(m_lastId, from + static_cast<quint64>(maxBytes) - 1);
        return {from, last, QByteArray(static_cast<qsizetype>(last + 1 - from), 'x')};
    }

    Epoch m_firstEpoch = 1;
    Epoch m_epoch = 1;
    quint64 m_epochFrom = 1;
    quint64 m_lastId = 0;
    quint64 m_committedId = 0;
    quint64 m_recentFrom = 1;
    std::vector<std::function<void()>> m_reads;
};

class TestReplicator : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_log = std::make_unique<ScriptedLog>();
        m_transport = std::make_unique<ScriptedTransport>();
        m_scheduler = std::make_unique<ManualScheduler>();
        m_random = std::make_unique<ScriptedRandom>(std::deque<double>{}, 0.5);
        make({});
    }
    void cleanup() { m_replicator.reset(); }

    void probesFirstThenStreams()
    {
        m_log->m_lastId = 100;
        m_replicator->start(10);
        QCOMPARE(state(), Replicator::State::Probe);
        QCOMPARE(m_transport->last().prev, (Position{10, 1}));
        QCOMPARE(m_transport->last().batch.count(), 2u);            // probeBytes
        QCOMPARE(m_transport->last().logId, 77u);
        m_transport->accept({12, 1});
        QCOMPARE(state(), Replicator::State::Stream);
        QCOMPARE(m_replicator->ackedId(), 12u);
        QCOMPARE(m_transport->last().batch.first, 13u);
        QCOMPARE(m_transport->last().batch.count(), 50u);           // batchBytes
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
        m_log->m_lastId = 11;
        m_replicator->handleAppended();
        const auto sent = m_transport->sent.size();
        for (int i = 0; i < 5; ++i) {
            ++m_log->m_lastId;
            m_replicator->handleAppended();
        }
        QCOMPARE(m_transport->sent.size(), sent);
        m_transport->accept({11, 1});
        QCOMPARE(m_transport->last().batch.first, 12u);
        QCOMPARE(m_transport->last().batch.last, 16u);              // all that piled up
    }

    void catchingUpLeavesRoomForAppends()
    {
        m_log->m_lastId = 1000;
        m_log->m_recentFrom = 900;
        m_replicator->start(0);
        const auto readAndAck = [this](qint64 tookMs) {
            m_log->m_reads.back()();
            m_scheduler->advance(tookMs);
            const WireBatch &batch = m_transport->last().batch;
            m_transport->accept({batch.last, 1});
            return batch.last;
        };
        readAndAck(10);                                  // nobody appends: the next one is read at once
        QCOMPARE(m_log->m_reads.size(), 2u);
        m_log->m_lastId += 5;
        const quint64 acked = readAndAck(10);
        QCOMPARE(m_replicator->ackedId(), acked);
        QCOMPARE(m_log->m_reads.size(), 2u);
        m_scheduler->advance(9);
        m_replicator->handleAppended();
        QCOMPARE(m_log->m_reads.size(), 2u);             // as long as the batch took
        m_scheduler->advance(1);
        QCOMPARE(m_log->m_reads.size(), 3u);
        m_log->m_lastId += 25;                           // half of a batch: it would never catch up
        readAndAck(10);
        QCOMPARE(m_log->m_reads.size(), 4u);
        m_log->m_lastId += 5;
        readAndAck(10);
        m_replicator->handleRegistered({acked, 1}, 0, 77);   // a new start does not wait for the old pause
        QCOMPARE(m_log->m_reads.size(), 5u);
        m_log->m_reads.back()();
        QCOMPARE(m_transport->last().batch.first, acked + 1);
    }

    void readsOldEntriesFromTheStore()
    {
        m_log->m_lastId = 100;
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
        m_log->m_lastId = 100;
        m_log->m_recentFrom = 90;
        m_replicator->start(0);
        m_replicator->handleRegistered({95, 1}, 0, 0);
        QCOMPARE(m_transport->last().batch.first, 96u);
        const auto sent = m_transport->sent.size();
        m_log->m_reads[0]();
        QCOMPARE(m_transport->sent.size(), sent);
    }

    void acksOnlyWhatTheDeliveryProved()
    {
        m_log->m_lastId = 3;
        m_replicator->start(0);
        m_transport->accept({9, 1});                                // a leftover tail
        QCOMPARE(m_replicator->ackedId(), 2u);                      // the probe's two entries
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
        m_transport->accept({8, 1}, 2);                             // ours is of epoch 3 there
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

    void tellsTheEpochsThatItSpeaksOf()
    {
        m_log->m_lastId = 5;
        m_log->m_firstEpoch = {1, 10};
        m_log->m_epoch = {3, 30};
        m_log->m_epochFrom = 4;
        m_replicator->start(3);
        QCOMPARE(m_transport->last().epoch, Epoch(3, 30));
        QCOMPARE(m_transport->last().prev, (Position{3, {1, 10}}));
        QCOMPARE(m_transport->last().epochs, (Epochs{{1, 10}, {3, 30}}));
        m_transport->accept({5, {3, 30}});
        m_scheduler->advance(500);                                  // a heartbeat
        QCOMPARE(m_transport->last().epochs, (Epochs{{3, 30}}));
    }

    void mismatchAtAnAckedPlaceWithdraws()
    {
        m_log->m_lastId = 12;
        m_replicator->start(10);
        m_transport->answer({ReplicateAnswer::Kind::Mismatch, {12, 7}, 5, 1, "held"});
        QCOMPARE(m_replicator->ackedId(), 5u);
    }

    void divergedNodeHasAckedNothing()
    {
        m_log->m_lastId = 12;
        m_replicator->start(10);
        m_transport->answer({ReplicateAnswer::Kind::Diverged, {12, 7}, 12, 1, "differs"});
        QCOMPARE(m_replicator->ackedId(), 0u);
    }

    void mismatchGoesBackToTheCommittedId()
    {
        m_log->m_lastId = 12;
        m_replicator->start(12);
        m_transport->answer({ReplicateAnswer::Kind::Mismatch, {12, 7}, 5, 1, "held"});
        QCOMPARE(state(), Replicator::State::Probe);
        QCOMPARE(m_transport->last().prev.id, 5u);
        QCOMPARE(m_transport->last().batch.first, 6u);
    }

    void mismatchOfWhatIsCommittedIsDivergence()
    {
        m_log->m_lastId = 12;
        m_replicator->start(12);
        m_transport->answer({ReplicateAnswer::Kind::Mismatch, {12, 7}, 12, 1, "held"});
        QCOMPARE(state(), Replicator::State::Diverged);
        QCOMPARE(m_replicator->healthWord(), "diverged"_ba);
    }

    void divergedStaysUntilTheNodeHoldsAnotherLog()
    {
        m_log->m_lastId = 12;
        m_replicator->start(0);
        m_transport->answer({ReplicateAnswer::Kind::Diverged, {8, 1}, 8, 1, "differs"});
        const auto sent = m_transport->sent.size();
        m_scheduler->advance(10000);
        m_replicator->handleAppended();
        m_replicator->handleCommitted();
        m_replicator->handleRegistered({8, 1}, 8, 0);
        QCOMPARE(m_transport->sent.size(), sent);
        QCOMPARE(m_replicator->healthWord(), "diverged"_ba);
        m_replicator->handleRegistered({0, 0}, 0, 0);               // reset by an operator
        QCOMPARE(state(), Replicator::State::Probe);
        QCOMPARE(m_transport->last().batch.first, 1u);
    }

    void registrationOfAnotherLogProvesNothing()
    {
        m_log->m_lastId = 12;
        m_replicator->handleRegistered({12, 1}, 3, 4711);
        QCOMPARE(m_replicator->ackedId(), 0u);
        QCOMPARE(state(), Replicator::State::Diverged);
    }

    void fencedByAHigherEpoch()
    {
        QSignalSpy fenced(m_replicator.get(), &Replicator::fencedBy);
        m_replicator->start(0);
        m_transport->answer({ReplicateAnswer::Kind::StaleEpoch, {}, 0, 9, "HTTP 412: epoch 9 has been seen"});
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
            m_replicator->handleRegistered({8, 1}, 6, 0);
        else
            m_replicator->handleRegistered({2, 2}, 0, 0);
        QCOMPARE(fenced.size(), 1);
    }

    void retriesWithFullJitter()
    {
        make({{100, 800, 0}, 500, 50, 2});
        m_log->m_lastId = 5;
        m_replicator->start(0);
        qint64 ceiling = 100;
        for (int failures = 1; failures <= 6; ++failures) {
            m_transport->fail();
            QCOMPARE(state(), Replicator::State::Backoff);
            QCOMPARE(m_replicator->counters().consecutiveFailures, failures);
            const qint64 delay = ceiling / 2;                       // chance says 0.5
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
            m_transport->answer({static_cast<ReplicateAnswer::Kind>(kind), {}, 0, 0, "no"});
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
        m_log->m_lastId = 1;
        m_replicator->handleAppended();
        m_scheduler->advance(100000);
        QCOMPARE(m_transport->sent.size(), sent);

        m_replicator->retryNow();                                   // a new row of attempts
        QCOMPARE(m_transport->sent.size(), sent + 1);
        failAll();
        QCOMPARE(m_replicator->counters().attempts, 6u);
        QCOMPARE(m_replicator->counters().consecutiveFailures, 6);

        m_replicator->handleRegistered({0, 0}, 0, 0);
        QCOMPARE(state(), Replicator::State::Probe);
        QCOMPARE(m_replicator->healthWord(), "healthy"_ba);
        QCOMPARE(m_replicator->counters().consecutiveFailures, 0);
    }

    void registrationIsRetriedAtOnce()
    {
        m_replicator->start(0);
        m_transport->fail();
        const auto sent = m_transport->sent.size();
        m_replicator->handleRegistered({0, 0}, 0, 0);
        QCOMPARE(m_transport->sent.size(), sent + 1);
        m_transport->accept({0, 0});
        m_scheduler->advance(0);
        QVERIFY(!m_replicator->nextRetryAtMs());
    }

    void registrationTeachesAnAck()
    {
        m_log->m_lastId = 12;
        QSignalSpy acked(m_replicator.get(), &Replicator::acked);
        m_replicator->start(0);
        m_replicator->handleRegistered({9, 1}, 3, 77);
        QCOMPARE(m_replicator->ackedId(), 9u);
        QCOMPARE(acked.size(), 1);
        QCOMPARE(m_transport->last().prev, (Position{9, 1}));
    }

    void registrationBeyondOurLogTeachesNothing()
    {
        m_log->m_lastId = 5;
        m_replicator->start(3);
        m_replicator->handleRegistered({9, 1}, 3, 77);
        QCOMPARE(m_replicator->ackedId(), 3u);
    }

    void registrationProvesNothingOfAnotherStart()
    {
        m_log->m_lastId = 12;
        m_log->m_epoch = {3, 30};
        m_log->m_epochFrom = 4;
        m_replicator->handleRegistered({8, {3, 31}}, 2, 77);
        QCOMPARE(m_replicator->ackedId(), 0u);
        m_replicator->handleRegistered({8, {3, 30}}, 2, 77);
        QCOMPARE(m_replicator->ackedId(), 8u);
        m_replicator->handleRegistered({9, 3}, 2, 77);              // not told: it may be ours
        QCOMPARE(m_replicator->ackedId(), 9u);
    }

    void registrationWithAShorterLogWithdraws()
    {
        stream(10);
        m_replicator->handleRegistered({0, 0}, 0, 0);
        QCOMPARE(m_replicator->ackedId(), 0u);
        stream(10);
        m_log->m_epoch = 3;
        m_log->m_epochFrom = 4;
        m_replicator->handleRegistered({6, 1}, 2, 0);               // ours is of epoch 3 there
        QCOMPARE(m_replicator->ackedId(), 2u);
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
        QCOMPARE(m_transport->sent.size(), sent + 1);               // told once
    }

    void newsOvertakesABatchThatIsBeingStored()
    {
        stream(3);
        m_log->m_lastId = 4;
        m_replicator->handleAppended();
        m_log->m_committedId = 3;
        m_replicator->handleCommitted();
        QCOMPARE(m_transport->last().batch.count(), 0u);
        QCOMPARE(m_transport->last().prev.id, 4u);                  // pipelined behind it
        const auto news = m_transport->sent.back().ticket;
        m_transport->accept(news - 1, {4, 1}, 3);
        m_transport->accept(news, {4, 1}, 3);
        QCOMPARE(m_replicator->ackedId(), 4u);
        QCOMPARE(state(), Replicator::State::Stream);
    }

    void newsIsPipelinedOnlySoFar()
    {
        stream(100);
        m_log->m_lastId = 101;
        m_replicator->handleAppended();
        for (quint64 id = 1; id <= 100; ++id) {
            m_log->m_committedId = id;
            m_replicator->handleCommitted();
        }
        QVERIFY(m_transport->sent.size() < 50);
    }

    void answersOfBeforeAFailureCountForNothing()
    {
        stream(3);
        m_log->m_lastId = 9;
        m_replicator->handleAppended();
        const auto old = m_transport->sent.back().ticket;
        m_transport->fail();
        m_transport->accept(old, {9, 1}, 0);
        QCOMPARE(m_replicator->ackedId(), 3u);
        QCOMPARE(state(), Replicator::State::Backoff);
        QVERIFY(m_transport->aborts > 0);
    }

    void leavesNoTimerBehind()
    {
        m_replicator->start(0);
        m_transport->fail();
        m_replicator.reset();
        QCOMPARE(m_scheduler->timers(), 0);
    }

private:
    void make(const Replicator::Config &given)
    {
        Replicator::Config config = given;
        config.batchBytes = 50;
        config.probeBytes = 2;
        m_replicator = std::make_unique<Replicator>("m"_ba, "s1"_ba, config, *m_log, *m_transport, *m_scheduler, *m_random);
    }
    Replicator::State state() const { return m_replicator->state(); }
    // In Stream, with everything up to `id` acked.
    void stream(quint64 id)
    {
        m_log->m_lastId = id;
        if (m_transport->sent.empty())
            m_replicator->start(id);
        for (int i = 0; i < 20 && (m_replicator->ackedId() < id || state() != Replicator::State::Stream); ++i)
            m_transport->accept({id, m_log->epochAt(id)});
        QCOMPARE(state(), Replicator::State::Stream);
    }

    std::unique_ptr<ScriptedLog> m_log;
    std::unique_ptr<ScriptedTransport> m_transport;
    std::unique_ptr<ManualScheduler> m_scheduler;
    std::unique_ptr<ScriptedRandom> m_random;
    std::unique_ptr<Replicator> m_replicator;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicator)
#include "tst_replicator.moc"
