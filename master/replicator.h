// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/catchuppace.h"
#include "master/healthmonitor.h"
#include "master/logsource.h"
#include "master/peertransport.h"
#include "master/retrypolicy.h"
#include "shared/base/scheduler.h"

#include <QObject>
#include <QPointer>

#include <deque>
#include <optional>

namespace replog {

// Brings one secondary up to the master's log and keeps it there: sends deliveries in id order, one with
// entries at a time (with all that has collected meanwhile, up to a byte limit), retries, heartbeats, and
// news of the committed id. Pure: time, chance, log and transport are handed in.
//
//              answered, in step                 answered
//     Probe ----------------------> Stream -----------------+
//      ^  ^                         |   ^                    |
//      |  |  mismatch, or a gap     |   +--------------------+
//      |  +-------------------------+
//      |                            | failure, or another node answers (from Probe, too)
//      | retry due, registered,     v
//      | or asked by the operator  Backoff --limit reached--> GaveUp --registered, asked--> Probe
//      +----------------------------+
//     committed history differs (from anywhere) --> Diverged --registered anew--> Probe
//     speaks no wire version of ours (from anywhere) --> Incompatible --registered anew--> Probe
//
// Probe sends one small delivery to learn where the secondary stands; Stream sends whole batches.
//
// A node whose log ends below the oldest entry kept, on an entry of this log, is sent the place before the
// oldest entry, the base, and its log goes on after that. Before, it is asked where its log ends, with a
// delivery that proves nothing. If its log ends on anything else, it is diverged.
//
// An answer is believed only if the node that the delivery was for gave it, and for this log: see
// judgeAnswer(). Any other answer is a failed attempt: it neither gives nor withdraws an ack.
class Replicator : public QObject
{
    Q_OBJECT
public:
    enum class State { Probe, Stream, Backoff, GaveUp, Diverged, Incompatible };
    Q_ENUM(State)

    struct Config
    {
        RetryPolicy retry;
        qint64 heartbeatMs = 500;
        qsizetype batchBytes = 1024 * 1024;
        qsizetype probeBytes = 16 * 1024;
    };

    struct Counters
    {
        quint64 attempts = 0; // deliveries sent, heartbeats included
        quint64 retries = 0;  // of these, the ones sent because one had failed
        int consecutiveFailures = 0;
        QString lastError;           // kept after recovery; see hasRecentError()
        qint64 lastErrorAtMs = 0;    // since 1970, UTC
        qint64 lastErrorSinceMs = 0; // the same on the scheduler's clock
    };

    // Where a node says that it stands, as it registers.
    struct Standing
    {
        Position last;
        quint64 committedId = 0;
        bool isElsewhere = false; // another process than before, or it moved: deliveries in progress are lost
    };

    // `node` is the member's id, `place` what texts call it: its name, and where it is. Everything handed in
    // must outlive the replicator.
    Replicator(QByteArray master, const Id128 &node, QByteArray place, const Config &config, LogSource &log,
               PeerTransport &transport, Scheduler &scheduler, RandomSource &random,
               QObject *parent = nullptr);
    ~Replicator() override;

    // Begins; `acked` is what the node had acked in an earlier run. A node that registers for the first time
    // needs no start.
    void start(quint64 acked);
    // The log has grown.
    void handleAppended();
    // The committed id has moved on.
    void handleCommitted();
    // The node said where it stands: the next delivery begins there, at once. A registration neither acks nor
    // withdraws anything, and a delivery in progress goes on.
    void handleRegistered(const Standing &standing);
    void setPlace(const QByteArray &place) { m_place = place; }
    // An operator asks to try now.
    void retryNow();
    // For good: nothing is sent any more, and no answer counts. Health stays as it was last known.
    void stop();

    State state() const { return m_state; }
    // Why the node is diverged, if its own answers do not say so, and its log still ends there. Else empty.
    QString divergenceUnknownThere(const Position &last) const;
    quint64 ackedId() const { return m_acked; }
    const Counters &counters() const { return m_counters; }
    // Whether the last error is still worth showing: some minutes after recovery it is not.
    bool hasRecentError() const;
    const HealthMonitor &health() const { return m_health; }
    // The node's health as status documents have it.
    NodeHealth nodeHealth() const;
    QByteArray healthWord() const { return toWord(nodeHealth()); }
    std::optional<qint64> nextRetryAtMs() const; // on the scheduler's clock

signals:
    // A delivery with entries or news of the committed id went out; without entries last is first - 1.
    // `again`: the delivery before it had failed.
    void sent(quint64 first, quint64 last, quint64 committedId, bool again);
    void acked(quint64 id);                         // lower than before: withdrawn
    void answeredBy(const replog::Id128 &instance); // a process of this node, by an answer that is believed
    void healthChanged();                           // nodeHealth() is another
    void failedAttempt(const QString &error, int consecutiveFailures);
    void recovered(int failures);      // answered again after that many failures
    void fencedBy(const QString &why); // this master is stale

private:
    struct InFlight
    {
        quint64 ticket;
        Position prev;
        quint64 count;
        qint64 sentMs;
        bool hasBase;
        bool isQuestion;
    };

    void handleAnswered(quint64 ticket, const ReplicateAnswer &answer);
    void handleBelieved(const InFlight &delivery, const ReplicateAnswer &answer);
    void handleAccepted(const InFlight &delivery, const ReplicateAnswer &answer);
    void handleMismatch(const InFlight &delivery, const ReplicateAnswer &answer);
    void handleStaleEpoch(const ReplicateAnswer &answer);
    void tellFenced(const ReplicateAnswer &answer, const QString &why);
    bool isTakenOver(const ReplicateAnswer &answer) const;
    void handleQuestioned(const ReplicateAnswer &answer);
    bool holdsMore(const ReplicateAnswer &answer);
    bool outgrewBackup(const Position &last) const;
    bool isInBackup(const Position &last) const;
    void handleFailed(quint64 ticket, const Error &error);
    void handleHeartbeatDue();
    void handleRead(quint64 generation, const Result<WireBatch> &batch);
    void handleBaseRead(quint64 generation, const Result<LogBase> &base);

    void becomeProbe(quint64 next, const std::optional<Position> &end = {});
    void resumeAt(const Position &last, quint64 committedId);
    void becomeStream();
    void becomeBackoff(const QString &why);
    void becomeGaveUp();
    void becomeDiverged(Position at, const QString &why);
    void becomeIncompatible(const QString &why);

    void beat();
    void pump();
    void pace(quint64 count);
    void sendBatch(WireBatch batch);
    void sendEmpty();
    void ask();
    bool isBehind() const;
    void catchUpToBase();
    void deliver(const Position &prev, WireBatch batch, const std::optional<LogBase> &base = {});
    void send(Delivery delivery);
    void forgetInFlight();
    void setAcked(quint64 id);
    void noteAlive();
    void noteError(const QString &why);
    void judgeHealth();
    bool isDivergedAt(const Position &last) const;
    bool active() const { return !m_isStopped && (m_state == State::Probe || m_state == State::Stream); }

    const QByteArray m_master;
    const Id128 m_node;
    QByteArray m_place;
    const Config m_config;
    LogSource &m_log;
    PeerTransport &m_transport;
    Scheduler &m_scheduler;
    RandomSource &m_random;

    State m_state = State::Probe;
    HealthMonitor m_health;
    Counters m_counters;
    bool m_isStopped = false;
    bool m_isMisdirected = false;  // another node answered last
    bool m_isIncompatible = false; // it refused our wire version last
    bool m_isCompared = false;   // it has said whom it follows and what it holds; nothing is sent before that
    bool m_isLed = false;        // it has accepted a delivery of this run: it follows no lower epoch any more
    int m_failuresAtRestart = 0; // consecutive failures that --retry-limit does not count: those before the
                                 // last registration or retryNow()
    Position m_divergedAt;       // where the node stood then
    bool m_saysDiverged = false; // it was the node that said so
    NodeHealth m_lastHealth = NodeHealth::Unknown;

    quint64 m_next = 1;  // the next entry to send; the one before is in the secondary's log as far as we know
    quint64 m_acked = 0; // proven durable there
    std::optional<Position>
        m_end; // where the node said that its log ends, on an entry of this log: m_next - 1
    quint64 m_committedSent = 0;
    bool m_dataInFlight = false;
    bool m_reading = false; // the store is reading a batch
    CatchUpPace m_pace;
    Scheduler::TimerId m_paceTimer = 0;
    quint64 m_generation = 0; // raised whenever earlier reads do not count any more
    std::deque<InFlight> m_inFlight;
    quint64 m_lastTicket = 0;
    qint64 m_lastSentMs = 0;
    qint64 m_lastHeardMs = 0;
    Scheduler::TimerId m_heartbeatTimer = 0;
    Scheduler::TimerId m_retryTimer = 0;
    qint64 m_retryAtMs = 0;
};

} // namespace replog
