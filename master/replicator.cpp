// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/replicator.h"

#include "master/evidence.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
// News of the committed id may be pipelined after a batch that is being stored, but only so many.
constexpr size_t MaxInFlight = 32;
// After recovery an error is shown for so long.
constexpr qint64 ErrorToldMs = 10 * 60 * 1000;

QString asText(const Id128 &id)
{
    return QString::fromLatin1(id.toHex());
}
} // namespace

Replicator::Replicator(QByteArray master, const Id128 &node, QByteArray place, const Config &config,
                       LogSource &log, PeerTransport &transport, Scheduler &scheduler, RandomSource &random,
                       QObject *parent)
    : QObject(parent), m_master(std::move(master)), m_node(node), m_place(std::move(place)), m_config(config),
      m_log(log), m_transport(transport), m_scheduler(scheduler), m_random(random)
{
    connect(&m_transport, &PeerTransport::answered, this, &Replicator::handleAnswered);
    connect(&m_transport, &PeerTransport::failed, this, &Replicator::handleFailed);
    connect(&m_health, &HealthMonitor::healthChanged, this, &Replicator::judgeHealth);
}

Replicator::~Replicator()
{
    m_scheduler.cancel(m_heartbeatTimer);
    m_scheduler.cancel(m_retryTimer);
    m_scheduler.cancel(m_paceTimer);
}

void Replicator::start(quint64 ackedBefore)
{
    m_acked = std::min(ackedBefore, m_log.flushedId());
    beat();
    becomeProbe(m_acked + 1);
}

void Replicator::handleAppended()
{
    pump();
}

void Replicator::handleCommitted()
{
    pump();
}

void Replicator::handleRegistered(const Standing &standing)
{
    if (m_isStopped)
        return;
    if (m_heartbeatTimer == 0)
        beat();
    const Position &last = standing.last;
    // A registration alone does not mend what differs: it takes another log. Whoever holds nothing joins any.
    if (isDivergedAt(last))
        return;
    if (active() && (!m_inFlight.empty() || m_reading) && !standing.isElsewhere)
        return; // the answer to that delivery says more
    m_failuresAtRestart = m_counters.consecutiveFailures;
    if (standing.isElsewhere)
        m_isCompared = m_isLed = false;
    if (standing.committedId > m_log.flushedId() || outgrewBackup(last)) {
        // This may be an old data folder.
        m_scheduler.cancel(m_retryTimer);
        m_state = State::Probe;
        forgetInFlight();
        m_next = 1;
        m_end.reset();
        judgeHealth();
        ask();
        return;
    }
    if (last.id <= m_log.flushedId() && m_log.epochAt(last.id).matches(last.epoch))
        becomeProbe(last.id + 1, last);
    else
        becomeProbe(std::min(standing.committedId, m_log.flushedId()) + 1);
}

void Replicator::retryNow()
{
    if (m_isStopped || active())
        return;
    m_failuresAtRestart = m_counters.consecutiveFailures;
    becomeProbe(m_acked + 1);
}

void Replicator::stop()
{
    m_isStopped = true;
    m_scheduler.cancel(m_heartbeatTimer);
    m_scheduler.cancel(m_retryTimer);
    forgetInFlight();
}

QString Replicator::divergenceUnknownThere(const Position &last) const
{
    return isDivergedAt(last) && !m_saysDiverged ? m_counters.lastError : QString();
}

bool Replicator::isDivergedAt(const Position &last) const
{
    return m_state == State::Diverged && last == m_divergedAt && last.id > 0;
}

NodeHealth Replicator::nodeHealth() const
{
    if (m_state == State::GaveUp)
        return NodeHealth::GaveUp;
    if (m_state == State::Diverged)
        return NodeHealth::Diverged;
    if (m_isIncompatible)
        return NodeHealth::Incompatible;
    if (m_isMisdirected)
        return NodeHealth::Misdirected;
    return m_health.health();
}

bool Replicator::hasRecentError() const
{
    if (m_counters.lastError.isEmpty())
        return false;
    const bool isOver = active() && m_counters.consecutiveFailures == 0;
    return !isOver || m_scheduler.nowMs() - m_counters.lastErrorSinceMs <= ErrorToldMs;
}

std::optional<qint64> Replicator::nextRetryAtMs() const
{
    if (m_isStopped || m_state != State::Backoff)
        return std::nullopt;
    return m_retryAtMs;
}

void Replicator::handleAnswered(quint64 ticket, const ReplicateAnswer &answer)
{
    const auto it = std::find_if(m_inFlight.begin(), m_inFlight.end(),
                                 [ticket](const InFlight &each) { return each.ticket == ticket; });
    if (it == m_inFlight.end())
        return;
    const InFlight delivery = *it;
    m_inFlight.erase(it);
    if (delivery.count > 0)
        m_dataInFlight = false;

    const Believed believed = judgeAnswer(answer, m_node, m_log.logId());
    m_isMisdirected = believed == Believed::AnotherNode;
    m_isIncompatible = believed == Believed::Everything && answer.kind == ReplicateAnswer::Kind::RefusedWire;
    switch (believed) {
    case Believed::Nothing:
        becomeBackoff(QString::fromUtf8(answer.text));
        return;
    case Believed::AnotherNode:
        becomeBackoff(u"answered by %1, node %2"_s.arg(QString::fromUtf8(answer.node.name),
                                                       asText(answer.node.nodeId)));
        return;
    case Believed::AnotherLog:
        becomeDiverged(answer.node.last, u"holds another log, %1"_s.arg(asText(answer.node.logId)));
        return;
    case Believed::Everything:
        handleBelieved(delivery, answer);
        return;
    }
}

void Replicator::handleBelieved(const InFlight &delivery, const ReplicateAnswer &answer)
{
    emit answeredBy(answer.node.instance);
    using Kind = ReplicateAnswer::Kind;
    switch (answer.kind) {
    case Kind::Accepted:
        if (delivery.isQuestion)
            handleQuestioned(answer);
        else
            handleAccepted(delivery, answer);
        return;
    case Kind::Mismatch:
        handleMismatch(delivery, answer);
        return;
    case Kind::Diverged:
        if (holdsMore(answer))
            return;
        becomeDiverged(answer.node.last, QString::fromUtf8(answer.text));
        m_saysDiverged = true;
        return;
    case Kind::StaleEpoch:
        if (delivery.isQuestion)
            handleQuestioned(answer); // it may follow an epoch between that of the question and this master's
        else
            handleStaleEpoch(answer);
        return;
    case Kind::RefusedWire:
        becomeIncompatible(u"speaks wire version %1, this master %2: %3"_s.arg(answer.node.wire)
                               .arg(WireVersion)
                               .arg(QString::fromUtf8(answer.text)));
        return;
    case Kind::Rejected:
    case Kind::Misdirected:
    case Kind::Unavailable:
        becomeBackoff(QString::fromUtf8(answer.text));
        return;
    }
}

// Whether a node that stands there holds entries of an earlier master that the backup, from which this log
// was restored, lacks.
bool Replicator::outgrewBackup(const Position &last) const
{
    return m_log.restoredTo() > 0 && !isInBackup(last) && !m_log.hasLed(last.epoch);
}

bool Replicator::isInBackup(const Position &last) const
{
    return last.id == 0 || (last.id <= m_log.restoredTo() && m_log.epochAt(last.id).matches(last.epoch));
}

// Whether a node of this log holds, or has committed, more than this log: then this is a restored or an old
// data folder.
bool Replicator::holdsMore(const ReplicateAnswer &answer)
{
    if (outgrewBackup(answer.node.last)) {
        emit fencedBy(
            u"%1 holds entries up to %2, and the backup that this log was restored from ends at %3: "
            "promote it instead (replog-master --promote), or start it with --reset to give them up"_s
                .arg(QString::fromUtf8(m_place))
                .arg(answer.node.last.id)
                .arg(m_log.restoredTo()));
        return true;
    }
    m_isCompared = true;
    if (answer.node.committedId <= m_log.flushedId())
        return false;
    emit fencedBy(
        u"%1 holds committed entries up to %2, this log ends at %3"_s.arg(QString::fromUtf8(m_place))
            .arg(answer.node.committedId)
            .arg(m_log.flushedId()));
    return true;
}

void Replicator::handleAccepted(const InFlight &delivery, const ReplicateAnswer &answer)
{
    if (holdsMore(answer))
        return;
    m_isLed = true;
    noteAlive();
    const Position &last = answer.node.last;
    if (last.id < delivery.prev.id) {
        resumeAt(last, answer.node.committedId);
        return;
    }
    // What a node holds durably never shrinks, unless it lost something: then only what this answer proves
    // counts.
    const quint64 proven = std::min(last.id, delivery.prev.id + delivery.count);
    setAcked(last.id < m_acked ? proven : std::max(m_acked, proven));
    if (delivery.hasBase && last == delivery.prev) {
        becomeBackoff(u"does not begin behind entry %1"_s.arg(m_log.firstId() - 1));
        return;
    }
    if (delivery.hasBase || (isBehind() && !m_end)) {
        resumeAt(last, answer.node.committedId);
        return;
    }
    becomeStream();
    if (delivery.count > 0)
        pace(delivery.count);
    pump();
}

// A node without a log of its own follows nobody yet, whatever epoch it has seen.
bool Replicator::isTakenOver(const ReplicateAnswer &answer) const
{
    if (answer.node.logId != m_log.logId())
        return false;
    const Epoch &followed = answer.node.epoch;
    const Epoch own = m_log.epoch();
    if (followed.number >= own.number && !followed.matches(own))
        return true;
    // Whoever holds no more than the backup may have been led by a master that was restored from it before.
    const bool mayBeLed = m_log.restoredTo() > 0 && isInBackup(answer.node.last);
    return !mayBeLed && m_log.wasTakenOver(followed);
}

// The node may be led from now on, unless it follows another master, or holds what this log lacks.
void Replicator::handleQuestioned(const ReplicateAnswer &answer)
{
    if (holdsMore(answer))
        return;
    const Epoch &followed = answer.node.epoch;
    if (isTakenOver(answer)) {
        tellFenced(answer,
                   u"%1 follows epoch %2 of another master: it took over from this one, or one of the two "
                   "runs on a copy of an older folder"_s.arg(QString::fromUtf8(m_place),
                                                             QString::number(followed.number)));
        return;
    }
    noteAlive();
    resumeAt(answer.node.last, answer.node.committedId);
}

// Decides where to go on with a node, by its answer.
void Replicator::resumeAt(const Position &last, quint64 committedId)
{
    const quint64 first = m_log.firstId();
    const bool isKnown = last.id <= m_log.flushedId() && m_log.epochAt(last.id).matches(last.epoch);
    const quint64 agreed = isKnown ? last.id : committedId;
    if (agreed < m_acked)
        setAcked(agreed); // it lost what it had
    if (isKnown)
        becomeProbe(last.id + 1, last);
    else if (committedId + 1 >= first)
        becomeProbe(committedId + 1);
    else if (last.id + 1 >= first)
        becomeProbe(first); // does it hold the entry before that?
    else
        becomeDiverged(
            last, u"ends with entry %1 of epoch %2, which %3"_s.arg(last.id)
                      .arg(last.epoch.number)
                      .arg(m_log.epochAt(last.id).number > 0
                               ? u"is another one here and was given up"_s
                               : u"was given up before this log began: nobody here knows whether it was the "
                                 "same"_s));
}

void Replicator::handleMismatch(const InFlight &delivery, const ReplicateAnswer &answer)
{
    if (holdsMore(answer))
        return;
    noteAlive();
    // Logs that agree at an entry agree before it: the node only does not keep the entry any more.
    const Position &last = answer.node.last;
    if (last.id > delivery.prev.id && last.id <= m_log.flushedId() &&
        m_log.epochAt(last.id).matches(last.epoch)) {
        becomeProbe(last.id + 1, last);
        return;
    }
    // A node whose own committed entry it contradicted had answered so: it keeps nothing there any more.
    if (answer.node.committedId > delivery.prev.id) {
        resumeAt(last, answer.node.committedId);
        return;
    }
    // Up to its committed id both logs must agree: what comes after is sent again.
    if (answer.node.committedId == delivery.prev.id) {
        becomeDiverged(
            answer.node.last,
            u"refuses entry %1 of epoch %2"_s.arg(delivery.prev.id).arg(delivery.prev.epoch.number));
        return;
    }
    const quint64 agreed = answer.node.committedId;
    if (delivery.prev.id <= m_acked)
        setAcked(agreed); // another master replaced what it had
    const quint64 first = m_log.firstId();
    if (agreed + 1 >= first)
        becomeProbe(agreed + 1);
    else if (delivery.prev.id >= first)
        becomeProbe(first);
    else if (delivery.prev.id + 1 == first)
        becomeDiverged(answer.node.last, u"holds another entry %1, which was given up here"_s.arg(first - 1));
    else
        becomeProbe(1); // ask again where it stands
}

// A delivery was refused: of a master that was raised above this one, or beside it.
void Replicator::handleStaleEpoch(const ReplicateAnswer &answer)
{
    const Epoch own = m_log.epoch();
    const Epoch &followed = answer.node.epoch;
    if (followed.number < own.number || followed.matches(own)) {
        becomeBackoff(QString::fromUtf8(answer.text));
        return;
    }
    tellFenced(answer, u"%1 refuses this master, epoch %2: %3"_s.arg(QString::fromUtf8(m_place),
                                                                     QString::number(own.number),
                                                                     QString::fromUtf8(answer.text)));
}

// Adds the way out.
void Replicator::tellFenced(const ReplicateAnswer &answer, const QString &why)
{
    if (m_log.restoredTo() > 0 && isInBackup(answer.node.last))
        // A master that was restored from the backup before may have led it.
        emit fencedBy(why + u". It holds nothing that the backup lacks: if no other master leads it, start "
                            "this one again, in a higher epoch"_s);
    else
        emit fencedBy(
            why +
            u". If that master has taken over, this folder is to become a secondary's. If the node is one of "
            "another cluster, which was restored from a backup of this log, give it its own master, forget "
            "it here, and start this master again. If that master is given up for good, empty the node "
            "(replog-secondary --reset), and start this master again"_s);
}

void Replicator::handleFailed(quint64 ticket, const Error &error)
{
    const bool known = std::any_of(m_inFlight.cbegin(), m_inFlight.cend(),
                                   [ticket](const InFlight &each) { return each.ticket == ticket; });
    if (!known)
        return;
    m_isMisdirected = false;
    m_isIncompatible = false;
    becomeBackoff(error.text);
}

void Replicator::beat()
{
    m_heartbeatTimer = m_scheduler.schedule(m_config.heartbeatMs, [this] { handleHeartbeatDue(); });
}

void Replicator::handleHeartbeatDue()
{
    beat();
    const qint64 now = m_scheduler.nowMs();
    if (m_inFlight.empty()) {
        if (m_state == State::Stream && !m_reading && now - m_lastSentMs >= m_config.heartbeatMs)
            sendEmpty();
    } else if (now - std::max(m_inFlight.front().sentMs, m_lastHeardMs) >= m_config.heartbeatMs) {
        m_health.handleMiss();
    }
}

void Replicator::handleRead(quint64 generation, const Result<WireBatch> &batch)
{
    if (generation != m_generation)
        return;
    m_reading = false;
    if (!batch && isBehind())
        pump(); // given up meanwhile
    else if (!batch)
        becomeBackoff(u"cannot read own log: %1"_s.arg(batch.error().text));
    else if (batch->count() > 0)
        sendBatch(*batch);
}

void Replicator::handleBaseRead(quint64 generation, const Result<LogBase> &base)
{
    if (generation != m_generation)
        return;
    m_reading = false;
    if (!base) {
        becomeBackoff(u"cannot read own log: %1"_s.arg(base.error().text));
        return;
    }
    if (base->at.id <= m_end->id) {
        sendEmpty(); // the base that it needs is not durable yet: read it again after the answer
        return;
    }
    LogBase told = *base;
    told.at.epoch = m_log.epochAt(told.at.id);
    deliver(*m_end, {m_next, m_next - 1, {}}, told);
}

void Replicator::becomeProbe(quint64 next, const std::optional<Position> &end)
{
    m_scheduler.cancel(m_retryTimer);
    m_state = State::Probe;
    forgetInFlight();
    m_next = next;
    m_end = end;
    m_committedSent = 0;
    judgeHealth();
    pump();
}

void Replicator::becomeStream()
{
    m_state = State::Stream;
}

void Replicator::becomeBackoff(const QString &why)
{
    forgetInFlight();
    m_isCompared = m_isCompared && m_isLed; // another master may lead it until it is heard again
    ++m_counters.consecutiveFailures;
    noteError(why);
    m_health.handleMiss();
    judgeHealth();
    const int failures = m_counters.consecutiveFailures - m_failuresAtRestart;
    if (m_config.retry.exhausted(failures)) {
        becomeGaveUp();
    } else {
        m_state = State::Backoff;
        const qint64 delay = m_config.retry.delayMs(failures, m_random);
        m_retryAtMs = m_scheduler.nowMs() + delay;
        m_retryTimer = m_scheduler.schedule(delay, [this] { becomeProbe(m_acked + 1); });
    }
    emit failedAttempt(why, m_counters.consecutiveFailures);
}

void Replicator::becomeGaveUp()
{
    m_state = State::GaveUp;
    judgeHealth();
}

void Replicator::becomeDiverged(Position at, const QString &why)
{
    forgetInFlight();
    setAcked(0); // nobody knows which entries of this log it holds
    m_state = State::Diverged;
    m_saysDiverged = false;
    m_divergedAt = at;
    noteError(why);
    judgeHealth();
}

void Replicator::becomeIncompatible(const QString &why)
{
    forgetInFlight();
    m_state = State::Incompatible;
    noteError(why);
    judgeHealth();
}

void Replicator::pump()
{
    if (!active() || m_reading || m_paceTimer != 0)
        return;
    if (m_state == State::Probe && !m_inFlight.empty())
        return;
    if (m_log.mustCompare() && !m_isCompared) {
        if (m_inFlight.empty())
            ask();
        return;
    }
    if (!m_dataInFlight && m_next <= m_log.sendableId()) {
        const qsizetype bytes = m_state == State::Probe ? m_config.probeBytes : m_config.batchBytes;
        if (auto batch = m_log.recent(m_next, bytes)) {
            sendBatch(std::move(*batch));
            return;
        }
        if (m_next < m_log.firstId()) {
            catchUpToBase();
            return;
        }
        m_reading = true;
        m_pace.begin(m_scheduler.nowMs(), m_log.flushedId());
        m_log.read(m_next, bytes,
                   [this, alive = QPointer<Replicator>(this),
                    generation = m_generation](const Result<WireBatch> &batch) {
                       if (alive)
                           handleRead(generation, batch);
                   });
        return;
    }
    // News about entries that are still on their way waits for their ack: they are not visible there before,
    // and the next delivery often carries the news.
    const bool news = std::min(m_log.committedId(), m_acked) > m_committedSent;
    if (m_state == State::Probe || (news && m_inFlight.size() < MaxInFlight))
        sendEmpty();
}

// Whether the next entry for the node was given up here.
bool Replicator::isBehind() const
{
    return m_next < m_log.firstId() && m_next <= m_log.sendableId() && !m_log.recent(m_next, 1);
}

void Replicator::catchUpToBase()
{
    if (!m_inFlight.empty())
        return; // their answers call this again
    m_state = State::Probe;
    if (!m_end) {
        // A delivery after entry 0 fits every log: the answer says where this one ends, and proves nothing.
        deliver({}, {1, 0, {}});
        return;
    }
    m_reading = true;
    m_log.readBase(
        [this, alive = QPointer<Replicator>(this), generation = m_generation](const Result<LogBase> &base) {
            if (alive)
                handleBaseRead(generation, base);
        });
}

void Replicator::pace(quint64 count)
{
    const qint64 pauseMs = m_pace.endedMs(m_scheduler.nowMs(), m_log.flushedId(), count);
    if (pauseMs <= 0)
        return;
    m_paceTimer = m_scheduler.schedule(pauseMs, [this] {
        m_paceTimer = 0;
        pump();
    });
}

void Replicator::sendBatch(WireBatch batch)
{
    Q_ASSERT(batch.first == m_next && batch.count() > 0);
    const Position prev{m_next - 1, m_log.epochAt(m_next - 1)};
    m_next = batch.last + 1;
    m_end.reset();
    m_dataInFlight = true;
    deliver(prev, std::move(batch));
}

void Replicator::sendEmpty()
{
    // Earlier deliveries on this connection arrive first, so that this one may name entries that are still on
    // their way.
    deliver({m_next - 1, m_log.epochAt(m_next - 1)}, {m_next, m_next - 1, {}});
}

// Asks what the node holds, before it is led: if this is an old data folder, the node goes on with the master
// that it has. What comes after entry 0 fits every log.
void Replicator::ask()
{
    Delivery question;
    question.epoch = m_log.questionEpoch();
    question.epochs = {question.epoch};
    question.firstId = m_log.durableFirstId();
    m_committedSent = 0;
    m_inFlight.push_back({++m_lastTicket, {}, 0, m_scheduler.nowMs(), false, true});
    send(std::move(question));
}

void Replicator::deliver(const Position &prev, WireBatch batch, const std::optional<LogBase> &base)
{
    const quint64 count = batch.count();
    const quint64 committedBefore =
        std::exchange(m_committedSent, std::min(m_log.committedId(), prev.id + count));
    const bool isAgain = m_counters.consecutiveFailures > 0;
    m_inFlight.push_back({++m_lastTicket, prev, count, m_scheduler.nowMs(), base.has_value(), false});
    Delivery delivery;
    delivery.epoch = m_log.epoch();
    delivery.prev = prev;
    delivery.batch = std::move(batch);
    delivery.epochs = m_log.epochsOf(prev.id, prev.id + count);
    delivery.firstId = base ? base->at.id + 1 : m_log.durableFirstId();
    delivery.base = base;
    send(std::move(delivery));
    if (count > 0 || m_committedSent > committedBefore)
        emit sent(prev.id + 1, prev.id + count, m_committedSent, isAgain);
}

// Sends what was noted last.
void Replicator::send(Delivery delivery)
{
    ++m_counters.attempts;
    if (m_counters.consecutiveFailures > 0)
        ++m_counters.retries;
    m_lastSentMs = m_inFlight.back().sentMs;
    delivery.logId = m_log.logId();
    delivery.to = m_node;
    delivery.master = m_master;
    delivery.committedId = m_log.committedId();
    m_transport.send(m_lastTicket, delivery);
}

void Replicator::forgetInFlight()
{
    ++m_generation;
    m_reading = false;
    m_pace.reset();
    m_scheduler.cancel(std::exchange(m_paceTimer, 0));
    m_dataInFlight = false;
    if (std::exchange(m_inFlight, {}).empty())
        return;
    m_transport.abort();
}

void Replicator::setAcked(quint64 id)
{
    if (id == m_acked)
        return;
    m_acked = id;
    emit acked(id);
}

void Replicator::noteError(const QString &why)
{
    m_counters.lastError = why;
    m_counters.lastErrorAtMs = m_scheduler.utcMs();
    m_counters.lastErrorSinceMs = m_scheduler.nowMs();
}

void Replicator::noteAlive()
{
    m_lastHeardMs = m_scheduler.nowMs();
    m_health.handleHeard();
    m_failuresAtRestart = 0;
    if (const int failures = std::exchange(m_counters.consecutiveFailures, 0))
        emit recovered(failures);
    judgeHealth(); // it may have been misdirected or incompatible while it was heard
}

void Replicator::judgeHealth()
{
    const NodeHealth health = nodeHealth();
    if (health == m_lastHealth)
        return;
    m_lastHealth = health;
    emit healthChanged();
}

} // namespace replog
