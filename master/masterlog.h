// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/logsource.h"
#include "shared/log/epochindex.h"
#include "shared/log/visiblelog.h"
#include "shared/store/logstore.h"

#include <QObject>

#include <deque>

namespace replog {

// The master's log: gives entries their ids, hands them to the store and, from memory, to the replicators, at
// the same time. What arrives within one turn of the event loop goes out together (flush()). Where nobody
// waits for a secondary (w = 1 in the whole flush) the replicators get it by offerDurable(), once it is
// durable here: it then carries its own committed id, one delivery where there would be two. Pure but for the
// store that it is handed.
class MasterLog : public QObject, public LogSource
{
    Q_OBJECT
public:
    // `state` is what the store held; `epoch` the one raised for this run.
    MasterLog(LogStore &store, const StoreState &state, const Epoch &epoch, const Id128 &logId,
              QObject *parent = nullptr);

    // Gives the next ids to `messages`, all with the same w and key; returns the first id. They leave with
    // flush().
    quint64 append(std::vector<QByteArray> messages, quint32 w, const QByteArray &key);
    // Hands on what was appended since the last flush.
    void flush();
    // Gives the replicators what is durable here.
    void offerDurable() { offer(m_visible.durableId()); }

    VisibleLog &visible() { return m_visible; }
    const VisibleLog &visible() const { return m_visible; }
    void setCommittedId(quint64 id);
    // The last id given, flushed or not.
    quint64 assignedId() const { return m_assignedId; }
    // Bytes given to the store that are not durable yet: what admission is limited by.
    qsizetype undurableBytes() const { return m_undurableBytes; }

    Epoch epoch() const override { return m_epoch; }
    Id128 logId() const override { return m_logId; }
    quint64 lastId() const override { return m_flushedId; }
    quint64 offeredId() const override { return m_offeredId; }
    Epoch epochAt(quint64 id) const override { return m_epochs.epochAt(id); }
    Epochs epochsOf(quint64 first, quint64 last) const override { return m_epochs.epochsOf(first, last); }
    quint64 committedId() const override { return m_visible.committedId(); }
    std::optional<WireBatch> recent(quint64 from, qsizetype maxBytes) const override;
    void read(quint64 from, qsizetype maxBytes, BatchRead done) override;

signals:
    void offered(quint64 offeredId); // replicators should send up to it

private:
    // Entries of one flush in wire form; starts[i] is where entry first + i begins in bytes.
    struct Chunk
    {
        quint64 first = 1;
        quint64 last = 0;
        QByteArray bytes;
        std::vector<qsizetype> starts;
    };

    void handleDurable(quint64 lastId);
    void trim();
    void offer(quint64 id);

    static constexpr qsizetype RecentBytes = 16 * 1024 * 1024;

    LogStore &m_store;
    const Epoch m_epoch;
    const Id128 m_logId;
    EpochIndex m_epochs;
    VisibleLog m_visible;
    quint64 m_assignedId = 0;
    quint64 m_flushedId = 0;
    quint64 m_offeredId = 0;
    Entries m_unflushed;
    std::deque<Chunk> m_recent;
    qsizetype m_recentBytes = 0;
    qsizetype m_undurableBytes = 0;
    std::deque<std::pair<quint64, qsizetype>> m_undurable; // last id and bytes of each flush
};

} // namespace replog
