// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/sequence/sequencemodel.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace replog {

namespace {

constexpr std::size_t MostAnswers = 64;  // of one node: answers that wait for the master's Acked event
constexpr std::size_t MostArrivals = 64; // of one node: arrivals that wait for the master's Sent event
constexpr double ClockSlackMs = 0.05;    // differences up to this are no sign that clocks disagree
constexpr double SetBackMs = 2000;       // no event takes that long to be told

// The first message of a step up to `last`, given the step before (0: unknown) and the first message that was
// appended while we listened (0: none). If neither tells, the step has the last id only.
quint64 firstOf(quint64 before, quint64 since, quint64 last)
{
    if (before > 0)
        return before < last ? before + 1 : last;
    return since > 0 ? std::min(since, last) : last;
}

bool isTimeout(const QString &end)
{
    return end == QLatin1StringView("timed-out");
}

} // namespace

void SequenceModel::clear()
{
    m_steps.clear();
    for (Peer &peer : m_peers)
        peer = {};
    m_master.clear();
    m_isLedAnew = false;
    m_silent.clear();
    m_located.clear();
    emit changed();
}

void SequenceModel::handleCleared()
{
    m_peers.clear();
    clear();
}

SequenceModel::Peer *SequenceModel::peerOf(const QString &node)
{
    const auto peer = m_peers.find(node);
    return peer == m_peers.end() ? nullptr : &*peer;
}

void SequenceModel::push(SequenceStep step)
{
    step.reign = m_reign;
    m_steps.push_back(std::move(step));
    while (m_steps.size() > std::size_t(MostSteps))
        m_steps.pop_front();
}

// Who led before tells no more of its deliveries, and what the next one's acks prove is not about them.
void SequenceModel::lead(const QString &master)
{
    if (master == m_master)
        return;
    for (SequenceStep &step : m_steps) {
        if (step.isUnderWay() && step.from != master)
            step.unknown = true;
    }
    m_isLedAnew = !m_master.isEmpty();
    m_master = master;
    ++m_reign;
}

void SequenceModel::handleCut(const QString &master, quint64 lastId, quint64 committedId)
{
    const bool leadsAgain = master == m_master && !m_isLedAnew;
    const quint64 kept = leadsAgain ? lastId : std::min(lastId, committedId);
    // Its own events may have been read before its status: those are about what follows the cut.
    const bool isLedAnew = std::exchange(m_isLedAnew, false) && master == m_master;
    lead(master);
    m_isLedAnew = false;
    for (SequenceStep &step : m_steps) {
        if (!isLedAnew || step.reign < m_reign)
            step.kept = std::min(step.kept, kept);
    }
    if (!isLedAnew) {
        for (Peer &peer : m_peers) {
            peer.durable = std::min(peer.durable, kept);
            peer.committed = std::min(peer.committed, kept);
            peer.acked = std::min(peer.acked, kept);
            std::erase_if(peer.answers, [kept](const TraceEvent &event) { return event.last > kept; });
            std::erase_if(peer.arrivals, [kept](const TraceEvent &event) { return event.last > kept; });
        }
    }
    emit changed();
}

void SequenceModel::handleLost(const QString &node, double ms)
{
    const std::optional<double> ahead = m_peers.value(node).aheadOfUs;
    if (!ahead || m_silent.contains(node))
        return;
    m_silent.insert(node, ms + *ahead);
    for (SequenceStep &step : m_steps) {
        if (step.isUnderWay() && step.from == node)
            step.unknown = true;
    }
    emit changed();
}

void SequenceModel::handleHeard(const QString &node)
{
    if (m_silent.remove(node))
        emit changed();
}

void SequenceModel::handleAdded(const QString &node)
{
    if (!m_peers.contains(node))
        m_peers.insert(node, {});
}

void SequenceModel::handleRemoved(const QString &node)
{
    m_peers.remove(node);
    forgetWay(node);
    m_silent.remove(node);
    emit changed();
}

void SequenceModel::handleRenamed(const QString &from, const QString &to)
{
    m_peers.insert(to, m_peers.take(from));
    if (!m_silent.contains(from))
        return;
    m_silent.insert(to, m_silent.take(from));
    emit changed();
}

void SequenceModel::handleReplaced(const QString &node)
{
    if (Peer *const peer = peerOf(node))
        *peer = {};
    forgetWay(node);
    m_silent.remove(node);
    emit changed();
}

// It has been seen, but is no longer what was done to any message that is there.
void SequenceModel::forgetWay(const QString &node)
{
    for (SequenceStep &step : m_steps) {
        if (step.from == node || step.to == node)
            step.kept = 0;
        if (step.isUnderWay() && step.to == node)
            step.unknown = true;
    }
}

// Follows the node's clock.
void SequenceModel::follow(const TraceEvent &event, Peer &peer)
{
    const double ahead = event.timeMs - m_now;
    const bool isSet = peer.aheadOfUs && ahead < *peer.aheadOfUs - SetBackMs; // its clock or ours
    const bool isAnother = std::exchange(peer.isGap, false) || !peer.aheadOfUs || isSet;
    peer.aheadOfUs = isAnother ? ahead : std::max(*peer.aheadOfUs, ahead);
    if (!isSet)
        return;
    // By how much the clocks disagree now, the next acks tell.
    for (auto it = m_peers.begin(); it != m_peers.end(); ++it) {
        if (it.key() == event.node || event.node == m_master) {
            it->ahead = 0;
            it->hasThere = false;
        }
    }
    // A node tells its events in their order: what is later than this one was told by the clock before.
    for (SequenceStep &step : m_steps) {
        const bool begins = step.from == event.node || (step.from.isEmpty() && step.to == event.node);
        const bool ends = step.to == event.node;
        step.outdated |= (begins && step.begin > event.timeMs) || (ends && step.end > event.timeMs);
    }
}

void SequenceModel::add(const TraceEvent &event)
{
    Peer *const teller = peerOf(event.node);
    if (!teller)
        return;
    if (m_now > 0)
        follow(event, *teller);
    using What = TraceEvent::What;
    using Kind = SequenceStep::Kind;
    SequenceStep step;
    step.from = step.to = event.node;
    step.begin = step.end = event.timeMs;
    step.first = event.first;
    step.last = event.last;
    switch (event.what) {
    case What::Appended:
        lead(event.node);
        for (Peer &peer : m_peers) {
            if (peer.since == 0)
                peer.since = event.first;
        }
        step.kind = Kind::Append;
        step.from.clear();
        step.w = event.w;
        push(step);
        break;
    case What::Sent:
    case What::Retried:
        handleSent(event);
        break;
    case What::Received:
        handleReceived(event);
        break;
    case What::Acked:
        handleAcked(event);
        break;
    case What::Answered:
        handleAnswered(event);
        break;
    case What::Durable:
    case What::Committed: {
        quint64 &before = event.what == What::Durable ? teller->durable : teller->committed;
        step.first = firstOf(before, teller->since, event.last);
        before = std::max(before, event.last);
        step.kind = event.what == What::Durable ? Kind::Durable : Kind::Committed;
        push(step);
        break;
    }
    case What::Missed:
        step.kind = Kind::Missed;
        step.missed = event.missed;
        push(step);
        handleGap(event.node);
        break;
    }
    emit changed();
}

void SequenceModel::handleGap(const QString &node)
{
    if (node == m_master) {
        for (Peer &peer : m_peers)
            peer.acked = 0;
    }
    Peer *const peer = peerOf(node);
    if (!peer)
        return;
    peer->durable = 0;
    peer->committed = 0;
    peer->since = 0;
    peer->isGap = true;
}

void SequenceModel::handleSent(const TraceEvent &event)
{
    lead(event.node);
    if (event.last == 0 || event.first == 0)
        return; // a heartbeat
    const bool again = event.what == TraceEvent::What::Retried;
    for (SequenceStep &step : m_steps) {
        const bool isOpen = step.end < 0 && !step.lost && step.from == event.node && step.to == event.peer;
        if (again && isOpen && step.first <= event.last && event.first <= step.last)
            step.lost = true;
    }
    SequenceStep step;
    step.kind = again ? SequenceStep::Kind::Retry : SequenceStep::Kind::Delivery;
    step.from = event.node;
    step.to = event.peer;
    step.begin = event.timeMs;
    step.end = -1;
    step.first = event.first;
    step.last = event.last;
    push(step);
    Peer *const peer = peerOf(event.peer);
    if (!peer)
        return;
    std::deque<TraceEvent> &arrivals = peer->arrivals;
    const auto early = std::find_if(arrivals.begin(), arrivals.end(), [&](const TraceEvent &one) {
        return one.first == event.first && one.last == event.last;
    });
    if (early != arrivals.end()) {
        matchArrival(*early);
        arrivals.erase(arrivals.begin(), early + 1);
    }
}

void SequenceModel::handleReceived(const TraceEvent &event)
{
    if (event.last == 0 || event.first == 0 || matchArrival(event))
        return;
    // The secondary's stream may be read before the master's.
    std::deque<TraceEvent> &arrivals = m_peers[event.node].arrivals;
    arrivals.push_back(event);
    if (arrivals.size() > MostArrivals)
        arrivals.pop_front();
}

bool SequenceModel::matchArrival(const TraceEvent &event)
{
    const auto find = [&](bool lost) {
        return std::find_if(m_steps.begin(), m_steps.end(), [&](const SequenceStep &step) {
            return (step.end < 0 || step.endFromAck) && step.lost == lost && step.to == event.node &&
                   step.first == event.first && step.last == event.last && step.last <= step.kept &&
                   !step.isMark();
        });
    };
    auto arrived = find(false);
    if (arrived == m_steps.end())
        arrived = find(true); // it was late, not lost
    if (arrived == m_steps.end())
        return false;
    arrived->end = event.timeMs;
    arrived->lost = false;
    arrived->unknown = false;
    arrived->endFromAck = false;
    Peer &peer = m_peers[event.node];
    peer.there = event.timeMs - arrived->begin;
    peer.hasThere = true;
    return true;
}

void SequenceModel::handleAnswered(const TraceEvent &event)
{
    SequenceStep step;
    step.from = event.node;
    step.begin = event.timeMs;
    step.end = event.timeMs;
    step.first = event.first;
    step.last = event.last;
    if (isTimeout(event.end) && m_located.remove(event.last))
        return;
    if (!event.end.isEmpty()) {
        step.kind = SequenceStep::Kind::Answer;
        step.how = event.end;
        push(step);
        return;
    }
    if (!event.accepted) {
        step.kind = SequenceStep::Kind::Refusal;
        step.to = m_master;
        step.first = step.last;
        push(step);
        return;
    }
    // Most answers are to heartbeats. Draw one only when the master reports that it brought an ack.
    std::deque<TraceEvent> &answers = m_peers[event.node].answers;
    answers.push_back(event);
    if (answers.size() > MostAnswers)
        answers.pop_front();
}

void SequenceModel::handleLocated(quint64 id)
{
    const auto told = std::find_if(m_steps.rbegin(), m_steps.rend(), [id](const SequenceStep &step) {
        return step.kind == SequenceStep::Kind::Answer && step.last == id && isTimeout(step.how);
    });
    if (told == m_steps.rend()) {
        m_located.insert(id);
        return;
    }
    m_steps.erase(std::next(told).base());
    emit changed();
}

void SequenceModel::handleAcked(const TraceEvent &event)
{
    lead(event.node);
    Peer unlisted; // the master tells of it before it lists it
    Peer *const listed = peerOf(event.peer);
    Peer &peer = listed ? *listed : unlisted;
    SequenceStep step;
    step.kind = SequenceStep::Kind::Ack;
    step.from = event.peer;
    step.to = event.node;
    step.begin = step.end = event.timeMs;
    step.first = firstOf(peer.acked, peerOf(event.node)->since, event.last);
    step.last = event.last;
    peer.acked = std::max(peer.acked, event.last);
    const auto answer = std::find_if(peer.answers.begin(), peer.answers.end(),
                                     [&](const TraceEvent &given) { return given.last >= event.last; });
    if (answer != peer.answers.end()) {
        step.begin = answer->timeMs;
        peer.answers.erase(peer.answers.begin(), answer + 1);
        setClock(peer, step.end - step.begin);
    }
    // What it proves has arrived, even if the node's own trace does not tell when.
    for (SequenceStep &delivery : m_steps) {
        if (delivery.end < 0 && !delivery.lost && delivery.from == event.node && delivery.to == event.peer &&
            delivery.last <= event.last) {
            delivery.unknown = false;
            delivery.end = step.begin;
            delivery.endFromAck = true;
        }
    }
    push(step);
}

// `there` and `back` are the times of a delivery and of its ack, each measured with both clocks: the true
// time plus and minus the clocks' difference. The clock is corrected only if something would arrive before it
// was sent.
void SequenceModel::setClock(Peer &peer, double back)
{
    if (!peer.hasThere)
        return;
    const double there = peer.there - peer.ahead;
    if (there < -ClockSlackMs || back + peer.ahead < -ClockSlackMs)
        peer.ahead = (peer.there - back) / 2;
}

QList<SequenceStep> SequenceModel::corrected(QList<SequenceStep> steps) const
{
    QHash<QString, double> ahead;
    for (auto it = m_peers.cbegin(); it != m_peers.cend(); ++it)
        ahead.insert(it.key(), it.key() == m_master ? 0 : it->ahead);
    for (SequenceStep &step : steps) {
        step.begin -= ahead.value(step.from);
        if (step.end >= 0)
            step.end = std::max(step.begin, step.end - ahead.value(step.to));
    }
    std::stable_sort(steps.begin(), steps.end(),
                     [](const SequenceStep &a, const SequenceStep &b) { return a.begin < b.begin; });
    return steps;
}

QList<SequenceStep> SequenceModel::lastMs(double ms) const
{
    QList<SequenceStep> all(m_steps.begin(), m_steps.end());
    for (auto it = m_silent.cbegin(); it != m_silent.cend(); ++it) {
        SequenceStep step;
        step.kind = SequenceStep::Kind::Silent;
        step.from = step.to = it.key();
        step.begin = step.end = it.value();
        all.append(step);
    }
    const QList<SequenceStep> steps = corrected(all);
    const double from = now() - ms;
    qsizetype room = MostShown;
    QList<SequenceStep> shown;
    for (auto step = steps.crbegin(); step != steps.crend(); ++step) {
        if (step->kind == SequenceStep::Kind::Silent) {
            shown.append(*step);
        } else if (step->begin >= from && !step->outdated && room > 0) {
            shown.append(*step);
            --room;
        }
    }
    std::reverse(shown.begin(), shown.end());
    return shown;
}

// By the master's clock: that of another node may not be corrected yet.
double SequenceModel::now() const
{
    const auto master = m_peers.constFind(m_master);
    if (m_now > 0 && master != m_peers.cend() && master->aheadOfUs)
        return m_now + *master->aheadOfUs;
    double all = 0, masters = 0;
    for (const SequenceStep &step : m_steps) {
        if (step.outdated)
            continue;
        all = std::max(all, step.begin);
        if (step.from.isEmpty() || step.from == m_master)
            masters = std::max(masters, step.begin);
    }
    return masters > 0 ? masters : all;
}

QList<SequenceStep> SequenceModel::ofMessage(quint64 id) const
{
    QList<SequenceStep> found;
    for (const SequenceStep &step : m_steps) {
        if (step.kind != SequenceStep::Kind::Missed && step.concerns(id))
            found.append(step);
    }
    return corrected(found);
}

QHash<QString, double> SequenceModel::durableTimes(quint64 id) const
{
    QHash<QString, double> times;
    for (const SequenceStep &step : m_steps) {
        if (step.kind == SequenceStep::Kind::Durable && step.concerns(id))
            times.insert(step.from, step.begin);
    }
    return times;
}

} // namespace replog
