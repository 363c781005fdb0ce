// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masterlog.h"

#include "shared/log/replicatecodec.h"

#include <QPointer>

#include <algorithm>
#include <memory>
#include <utility>

namespace replog {

namespace {
// "led/NUMBER" holds the start of an epoch that was raised on this folder, also where no entry of it is kept:
// a member may hold one, or follow it. "leads-from" holds the number of the first.
constexpr char LedPrefix[] = "led/";
constexpr char LeadsFromKey[] = "leads-from";

QByteArray ledKey(quint64 number)
{
    return LedPrefix + QByteArray::number(number);
}
} // namespace

MasterLog::MasterLog(LogStore &store, const StoreState &state, const Epoch &epoch, const Id128 &logId,
                     Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_store(store), m_scheduler(scheduler), m_epoch(epoch), m_logId(logId),
      m_epochs(EpochIndex::fromMeta(state.meta)), m_assignedId(state.last.id), m_flushedId(state.last.id),
      m_restoredTo(state.restoredTo), m_foundEpoch(state.epoch),
      m_leadsFrom(state.meta.value(LeadsFromKey).toULongLong()), m_gate(state.last.id, scheduler),
      m_lastTimeMs(state.lastTimeMs)
{
    m_durableFirstId = state.firstId;
    m_visible.setFirstId(state.firstId);
    m_visible.setDurableId(state.last.id);
    m_visible.setCommittedId(state.committedId);
    // A crash may have left the lines of entries that were dropped, or not stored yet.
    for (const quint64 first : m_epochs.truncateFrom(m_flushedId + 1))
        m_store.removeMeta(EpochIndex::metaKey(first), {});
    for (auto it = state.meta.cbegin(); it != state.meta.cend(); ++it) {
        if (it.key().startsWith(LedPrefix))
            m_led.emplace_back(it.key().mid(sizeof(LedPrefix) - 1).toULongLong(), it->toULongLong());
    }
    std::sort(m_led.begin(), m_led.end(), [](const Epoch &a, const Epoch &b) { return a.number < b.number; });
    m_questionEpoch = m_epochs.first();
    if (m_questionEpoch.number == 0)
        m_questionEpoch = m_led.empty() ? m_epoch : m_led.front();
    connect(&m_store, &LogStore::durable, this, &MasterLog::handleDurable);
    connect(&m_gate, &SendGate::sendable, this, &MasterLog::sendable);
}

bool MasterLog::hasLed(const Epoch &epoch) const
{
    return epoch.matches(m_epoch) ||
           std::any_of(m_led.begin(), m_led.end(), [&epoch](const Epoch &led) { return epoch.matches(led); });
}

// What is not remembered any longer counts as another's: a member that was away for more than MostLed runs
// stops a master, which can be made good; to lead a member of another master cannot.
bool MasterLog::wasTakenOver(const Epoch &followed) const
{
    if (hasLed(followed))
        return false;
    const Epoch held = m_epochs.ofNumber(followed.number);
    return held.number > 0 ? !held.matches(followed) : followed.number >= m_leadsFrom;
}

void MasterLog::noteLeads(bool isFirst)
{
    m_hasLedBefore = !isFirst;
    // A version of this program that noted nothing has led the folder last.
    const bool hasGap = m_led.empty() || m_led.back().number < m_foundEpoch;
    if (isFirst || hasGap || m_leadsFrom == 0) {
        m_leadsFrom = m_epoch.number;
        m_store.putMeta(LeadsFromKey, QByteArray::number(m_leadsFrom), {});
    }
    m_store.putMeta(ledKey(m_epoch.number), QByteArray::number(m_epoch.start), {});
    while (m_led.size() >= MostLed) {
        m_store.removeMeta(ledKey(m_led.front().number), {});
        m_led.erase(m_led.begin());
    }
}

quint64 MasterLog::append(std::vector<Message> messages, quint32 w, Asked asked, const QByteArray &key)
{
    const quint64 first = m_assignedId + 1;
    m_lastTimeMs = std::max(m_lastTimeMs, m_scheduler.utcMs());
    qsizetype bytes = 0;
    for (Message &message : messages) {
        const Entry &entry = m_unflushed.emplace_back(Entry{
            .id = ++m_assignedId,
            .epoch = m_epoch.number,
            .w = w,
            .key = key,
            .message = std::move(message.body),
            .type = std::move(message.type),
            .headers = std::move(message.headers),
            .timeMs = m_lastTimeMs,
            .asked = asked,
        });
        bytes += entry.cost() + MessageOverhead;
    }
    m_unflushedBytes += bytes;
    m_undurableBytes += bytes;
    return first;
}

void MasterLog::flush()
{
    if (m_unflushed.empty())
        return;
    constexpr size_t MaxReserved = 256;
    Entries entries = std::exchange(m_unflushed, {});
    m_unflushed.reserve(std::min(entries.size(), MaxReserved)); // the next turn brings about as many
    Chunk chunk{entries.front().id, entries.back().id, {}, {}};
    qsizetype bytes = 0;
    bool others = false;
    for (const Entry &entry : entries) {
        bytes += entry.cost();
        others = others || needsOthers(entry.w);
    }
    chunk.bytes.reserve(bytes);
    chunk.starts.reserve(entries.size());
    for (const Entry &entry : entries) {
        chunk.starts.push_back(chunk.bytes.size());
        appendWireEntry(chunk.bytes, viewOf(entry));
    }
    m_flushedId = chunk.last;
    m_recentBytes += chunk.bytes.size();
    m_undurable.emplace_back(chunk.last, std::exchange(m_unflushedBytes, 0));
    const quint64 first = chunk.first;
    m_recent.push_back(std::move(chunk));

    if (m_epochs.append(first, m_epoch))
        m_store.putMeta(EpochIndex::metaKey(first), EpochIndex::metaValue(m_epoch), {});
    m_store.append(std::move(entries));
    trim();
    m_gate.handleFlushed(m_flushedId, others);
    emit flushed(m_flushedId, static_cast<quint64>(bytes));
}

void MasterLog::setCommittedId(quint64 id)
{
    m_store.setCommittedId(id);
    m_visible.setCommittedId(id);
}

void MasterLog::trimTo(quint64 firstId)
{
    m_store.trimTo(firstId, [this, alive = QPointer<MasterLog>(this), firstId](const Result<void> &stored) {
        if (alive && stored)
            m_durableFirstId = std::max(m_durableFirstId, firstId);
    });
    // Behind it in the store comes what listeners take out: what is known of entries goes after they do.
    m_visible.setFirstId(firstId);
}

std::optional<WireBatch> MasterLog::recent(quint64 from, qsizetype maxBytes) const
{
    const quint64 end = m_gate.sendableId();
    if (m_recent.empty() || from < m_recent.front().first || from > end)
        return std::nullopt;
    auto chunk = std::upper_bound(m_recent.begin(), m_recent.end(), from,
                                  [](quint64 id, const Chunk &each) { return id < each.first; });
    --chunk;
    const bool isLast = chunk + 1 == m_recent.end() || (chunk + 1)->first > end;
    if (from == chunk->first && (isLast || chunk->bytes.size() >= maxBytes) &&
        chunk->bytes.size() <= 2 * maxBytes)
        return WireBatch{chunk->first, chunk->last, chunk->bytes}; // shared, not copied

    WireBatch batch{from, from - 1, {}};
    for (; chunk != m_recent.end() && chunk->first <= end; ++chunk) {
        const auto index = static_cast<size_t>(batch.last + 1 - chunk->first);
        const qsizetype start = chunk->starts[index];
        const qsizetype room = maxBytes - batch.bytes.size();
        if (chunk->bytes.size() - start <= room) {
            batch.bytes.append(QByteArrayView(chunk->bytes).sliced(start));
            batch.last = chunk->last;
            continue;
        }
        // Whole entries that still fit, but at least one in all.
        auto stopAt = std::upper_bound(chunk->starts.begin() + static_cast<qsizetype>(index),
                                       chunk->starts.end(), start + room);
        auto taken = static_cast<size_t>(stopAt - chunk->starts.begin()) - 1;
        if (taken <= index) {
            if (batch.count() > 0)
                break;
            taken = index + 1;
        }
        const qsizetype stop = taken < chunk->starts.size() ? chunk->starts[taken] : chunk->bytes.size();
        batch.bytes.append(QByteArrayView(chunk->bytes).sliced(start, stop - start));
        batch.last = chunk->first + taken - 1;
        break;
    }
    return batch;
}

void MasterLog::read(quint64 from, qsizetype maxBytes, BatchRead done)
{
    // Encoded on the store's reader thread, ahead of the answer.
    auto batch = std::make_shared<WireBatch>(WireBatch{from, from - 1, {}});
    batch->bytes.reserve(maxBytes + maxBytes / 8);
    m_store.scan(
        from, m_gate.sendableId(), maxBytes,
        [batch](const EntryView &entry) {
            appendWireEntry(batch->bytes, entry);
            batch->last = entry.id;
        },
        [batch, done = std::move(done)](const Result<quint64> &last) {
            if (last)
                done(std::move(*batch));
            else
                done(last.error());
        });
}

void MasterLog::handleDurable(quint64 lastId)
{
    while (!m_undurable.empty() && m_undurable.front().first <= lastId) {
        m_undurableBytes -= m_undurable.front().second;
        m_undurable.pop_front();
    }
    m_gate.handleDurable(lastId);
    m_visible.setDurableId(lastId);
    trim();
}

void MasterLog::trim()
{
    // Entries that are not durable cannot be read from the store: they stay in memory.
    while (m_recentBytes > RecentBytes && m_recent.size() > 1 &&
           m_recent.front().last <= m_visible.durableId()) {
        m_recentBytes -= m_recent.front().bytes.size();
        m_recent.pop_front();
    }
}

} // namespace replog
