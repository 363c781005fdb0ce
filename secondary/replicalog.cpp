// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/replicalog.h"

#include <QPointer>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr char DivergedKey[] = "diverged";
constexpr char EpochMasterKey[] = "epoch-master";
}

ReplicaLog::ReplicaLog(LogStore &store, const StoreState &state, const Config &config, QObject *parent)
    : QObject(parent), m_store(store), m_config(config), m_epoch(state.epoch),
      m_epochMaster(state.meta.value(EpochMasterKey)), m_heldId(state.last.id),
      m_committedHeard(state.committedId), m_epochs(EpochIndex::fromMeta(state.meta)), m_logId(state.meta.value(LogIdKey).toULongLong())
{
    m_visible.setDurableId(state.last.id);
    m_visible.setCommittedId(state.committedId);
    if (const auto it = state.meta.constFind(DivergedKey); it != state.meta.cend()) {
        m_mode = Mode::Diverged;
        m_modeReason = QString::fromUtf8(*it);
    }
    connect(&m_store, &LogStore::durable, this, &ReplicaLog::handleDurable);
    connect(&m_store, &LogStore::failed, this, [this](const Error &error) {
        become(Mode::Failed, error.text);
        for (Open &open : std::exchange(m_open, {}))
            open.answer(answer(ReplicateAnswer::Kind::Unavailable, "the store failed: " + error.text.toUtf8()));
    });
}

void ReplicaLog::handleReplicate(ReplicateRequest request, Answer reply)
{
    using Kind = ReplicateAnswer::Kind;
    if (m_mode == Mode::Failed) {
        reply(answer(Kind::Unavailable, "the store failed: " + m_modeReason.toUtf8()));
        return;
    }
    if (m_shuttingDown) {
        reply(answer(Kind::Unavailable, "the secondary is shutting down"));
        return;
    }
    if (request.epoch < m_epoch) {
        reply(answer(Kind::StaleEpoch, "epoch " + QByteArray::number(m_epoch) + " has been seen, this is "
                                           + QByteArray::number(request.epoch)));
        return;
    }
    // Two secondaries promoted apart raise their epochs to the same number: entries of that epoch are the first's.
    if (request.epoch == m_epoch && !m_epochMaster.isEmpty() && request.master != m_epochMaster) {
        reply(answer(Kind::StaleEpoch, "epoch " + QByteArray::number(m_epoch) + " is that of the master " + m_epochMaster));
        return;
    }
    // Ids and epochs say nothing of a log that began anew: that of an emptied master, or of another cluster.
    if (m_heldId > 0 && m_logId != 0 && request.logId != 0 && request.logId != m_logId) {
        reply(answer(Kind::Diverged, "this node holds another log than the master's"));
        return;
    }
    if (request.master != m_epochMaster)
        followMaster(request.master);
    if (request.epoch > m_epoch)
        raiseEpoch(request.epoch);
    if (request.logId != 0 && request.logId != m_logId) {
        m_logId = request.logId;
        m_store.putMeta(LogIdKey, QByteArray::number(m_logId), {});
    }
    emit heardFromMaster(request.master);
    if (m_mode == Mode::Diverged) {
        reply(answer(Kind::Diverged, m_modeReason.toUtf8()));
        return;
    }

    const quint64 end = request.prev.id + request.entries.size();
    if (request.prev.id > m_heldId) {
        keepAhead(std::move(request.entries));
        reply(answer(Kind::Accepted));
        return;
    }
    if (m_epochs.epochAt(request.prev.id) != request.prev.epoch) {
        if (request.prev.id <= m_visible.committedId()) {
            diverge(u"entry %1 is committed here with epoch %2, the master has it with epoch %3"_s.arg(request.prev.id)
                        .arg(m_epochs.epochAt(request.prev.id)).arg(request.prev.epoch));
            reply(answer(Kind::Diverged, m_modeReason.toUtf8()));
        } else {
            reply(answer(Kind::Mismatch, "entry " + QByteArray::number(request.prev.id) + " is held with epoch "
                                             + QByteArray::number(m_epochs.epochAt(request.prev.id))));
        }
        return;
    }

    // Entries already held with the same epoch are the same entries; the first that differs, and all behind it, are
    // of a tail that was never committed.
    const auto held = std::find_if(request.entries.begin(), request.entries.end(), [this](const Entry &entry) {
        return entry.id > m_heldId || m_epochs.epochAt(entry.id) != entry.epoch;
    });
    if (held != request.entries.end()) {
        if (held->id <= m_heldId) {
            if (held->id <= m_committedHeard) {
                diverge(u"entry %1 is committed here with epoch %2, the master sends it with epoch %3"_s.arg(held->id)
                            .arg(m_epochs.epochAt(held->id)).arg(held->epoch));
                reply(answer(Kind::Diverged, m_modeReason.toUtf8()));
                return;
            }
            truncateFrom(held->id);
        }
        request.entries.erase(request.entries.begin(), held);
        store(std::move(request.entries));
        takeAhead();
    }
    learnCommitted(std::min(request.committedId, end));
    answerWhenDurable(end, std::move(reply));
}

void ReplicaLog::shutDown()
{
    m_shuttingDown = true;
    for (Open &open : std::exchange(m_open, {}))
        open.answer(answer(ReplicateAnswer::Kind::Unavailable, "the secondary is shutting down"));
}

QByteArray ReplicaLog::modeWord() const
{
    switch (m_mode) {
    case Mode::Following: return "following";
    case Mode::Diverged: return "diverged";
    case Mode::Failed: return "failed";
    }
    Q_UNREACHABLE();
}

void ReplicaLog::followMaster(const QByteArray &master)
{
    m_epochMaster = master;
    m_store.putMeta(EpochMasterKey, master, {});
}

void ReplicaLog::raiseEpoch(quint64 epoch)
{
    m_epoch = epoch;
    // A master that has been superseded gets no more acks.
    for (Open &open : std::exchange(m_open, {}))
        open.answer(answer(ReplicateAnswer::Kind::StaleEpoch, "epoch " + QByteArray::number(epoch) + " has begun"));
    // What an older master sent ahead may not be in the new one's log.
    m_ahead.clear();
    m_aheadBytes = 0;
    m_epochDurable = false;
    m_store.setEpoch(epoch, [this, alive = QPointer<ReplicaLog>(this), epoch](const Result<void> &stored) {
        if (!alive || !stored || epoch != m_epoch)
            return;
        m_epochDurable = true;
        handleDurable(m_visible.durableId());
    });
    emit epochRaised(epoch);
}

void ReplicaLog::store(Entries entries)
{
    for (const Entry &entry : entries) {
        if (m_epochs.append(entry.id, entry.epoch))
            m_store.putMeta(EpochIndex::metaKey(entry.id), QByteArray::number(entry.epoch), {});
    }
    m_heldId = entries.back().id;
    m_store.append(std::move(entries));
}

void ReplicaLog::takeAhead()
{
    Entries entries;
    quint64 next = m_heldId + 1;
    for (auto it = m_ahead.begin(); it != m_ahead.end() && it->first <= next; it = m_ahead.erase(it)) {
        m_aheadBytes -= it->second.cost();
        if (it->first < next)
            continue;
        entries.push_back(std::move(it->second));
        ++next;
    }
    if (!entries.empty())
        store(std::move(entries));
}

void ReplicaLog::keepAhead(Entries entries)
{
    for (Entry &entry : entries) {
        if (m_aheadBytes + entry.cost() > m_config.aheadBytes)
            return;
        const qsizetype cost = entry.cost();
        if (m_ahead.emplace(entry.id, std::move(entry)).second)
            m_aheadBytes += cost;
    }
}

void ReplicaLog::truncateFrom(quint64 id)
{
    for (quint64 first : m_epochs.truncateFrom(id))
        m_store.removeMeta(EpochIndex::metaKey(first), {});
    m_heldId = id - 1;
    m_store.truncateFrom(id, {});
    m_visible.setDurableId(std::min(m_visible.durableId(), m_heldId));
    // Deliveries of before that wait for what is dropped were of an older epoch.
    std::deque<Open> dropped;
    for (auto it = m_open.begin(); it != m_open.end();) {
        if (it->needed >= id) {
            dropped.push_back(std::move(*it));
            it = m_open.erase(it);
        } else {
            ++it;
        }
    }
    for (Open &open : dropped)
        open.answer(answer(ReplicateAnswer::Kind::StaleEpoch, "a newer master replaced these entries"));
    emit truncated(id);
}

void ReplicaLog::learnCommitted(quint64 id)
{
    m_committedHeard = std::max(m_committedHeard, std::min(id, m_heldId));
    const quint64 committed = std::min(m_committedHeard, m_visible.durableId());
    if (committed <= m_visible.committedId())
        return;
    m_store.setCommittedId(committed);
    m_visible.setCommittedId(committed);
}

void ReplicaLog::handleDurable(quint64 id)
{
    m_visible.setDurableId(id);
    learnCommitted(m_committedHeard);
    while (!m_open.empty() && m_epochDurable && m_open.front().needed <= m_visible.durableId()) {
        const Open open = std::move(m_open.front());
        m_open.pop_front();
        open.answer(answer(ReplicateAnswer::Kind::Accepted));
    }
}

void ReplicaLog::answerWhenDurable(quint64 needed, Answer reply)
{
    if (m_epochDurable && needed <= m_visible.durableId()) {
        reply(answer(ReplicateAnswer::Kind::Accepted));
        return;
    }
    const auto behind = std::upper_bound(m_open.begin(), m_open.end(), needed,
                                         [](quint64 wanted, const Open &open) { return wanted < open.needed; });
    m_open.insert(behind, {needed, std::move(reply)});
}

void ReplicaLog::diverge(const QString &why)
{
    m_store.putMeta(DivergedKey, why.toUtf8(), {});
    become(Mode::Diverged, why);
}

void ReplicaLog::become(Mode mode, const QString &reason)
{
    if (m_mode == mode || m_mode == Mode::Failed)
        return;
    m_mode = mode;
    m_modeReason = reason;
    emit modeChanged(mode, reason);
}

ReplicateAnswer ReplicaLog::answer(ReplicateAnswer::Kind kind, const QByteArray &text) const
{
    return {kind, last(), m_visible.committedId(), m_epoch, text};
}

} // namespace replog
