// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/logsource.h"
#include "master/sendgate.h"
#include "shared/log/epochindex.h"
#include "shared/log/visiblelog.h"
#include "shared/store/logstore.h"

#include <QObject>

#include <deque>

namespace replog {

// What a client appends: one message.
struct Message
{
    QByteArray body = {};    // any bytes
    QByteArray type = {};    // its media type, empty if none
    QByteArray headers = {}; // packed, empty if none

    Message() = default;
    Message(QByteArray itsBody, QByteArray itsType = {}, QByteArray itsHeaders = {})
        : body(std::move(itsBody)), type(std::move(itsType)), headers(std::move(itsHeaders))
    {
    }
    Message(const char *text) : body(text) {}

    friend bool operator==(const Message &, const Message &) = default;
};

// The master's log: gives entries their ids, hands them to the store and, from memory, to the replicators.
// What arrives within one turn of the event loop goes to the store together (flush()); SendGate says what may
// go to the secondaries. Pure but for the store that it is handed.
//
// assigned ≥ flushed ≥ sendable; durable ≤ flushed; committed ≤ durable.
class MasterLog : public QObject, public LogSource
{
    Q_OBJECT
public:
    // `state` is what the store held; `epoch` the one raised for this run.
    MasterLog(LogStore &store, const StoreState &state, const Epoch &epoch, const Id128 &logId,
              Scheduler &scheduler, QObject *parent = nullptr);

    // Of so many runs the epoch is remembered.
    static constexpr size_t MostLed = 10'000;
    // How much memory a message takes beside its own bytes until it is durable.
    static constexpr qsizetype MessageOverhead = 256;

    // Gives the next ids to `messages`, all with the same w and key, and the time of the clock, but never
    // less than that of the entry before. Returns the first id. flush() hands them on.
    quint64 append(std::vector<Message> messages, quint32 w, Asked asked, const QByteArray &key);
    // Hands on what was appended since the last flush.
    void flush();

    VisibleLog &visible() { return m_visible; }
    const VisibleLog &visible() const { return m_visible; }
    void setCommittedId(quint64 id);
    // Gives up every entry below `firstId`, firstId <= committedId(): here at once; the secondaries are told
    // once it is durable here.
    void trimTo(quint64 firstId);
    // The last id given.
    quint64 assignedId() const { return m_assignedId; }
    // Bytes of memory that wait for the store; admission is limited by this.
    qsizetype undurableBytes() const { return m_undurableBytes; }

    Epoch epoch() const override { return m_epoch; }
    const Id128 &logId() const override { return m_logId; }
    quint64 flushedId() const override { return m_flushedId; }
    quint64 restoredTo() const override { return m_restoredTo; }
    bool hasLed(const Epoch &epoch) const override;
    bool mustCompare() const override { return m_restoredTo > 0 || m_hasLedBefore; }
    bool wasTakenOver(const Epoch &followed) const override;
    Epoch questionEpoch() const override { return m_questionEpoch; }
    // Notes this run's epoch among those that the folder has led; `isFirst`: it was no master's before.
    // Durable with what the store is given next.
    void noteLeads(bool isFirst);
    quint64 sendableId() const override { return m_gate.sendableId(); }
    Epoch epochAt(quint64 id) const override { return m_epochs.epochAt(id); }
    Epochs epochsOf(quint64 first, quint64 last) const override { return m_epochs.epochsOf(first, last); }
    quint64 committedId() const override { return m_visible.committedId(); }
    std::optional<WireBatch> recent(quint64 from, qsizetype maxBytes) const override;
    void read(quint64 from, qsizetype maxBytes, BatchRead done) override;
    quint64 firstId() const override { return m_visible.firstId(); }
    quint64 durableFirstId() const override { return m_durableFirstId; }
    void readBase(BaseRead done) override { m_store.readBase(std::move(done)); }

signals:
    void sendable(quint64 sendableId); // replicators may send up to it
    void flushed(quint64 lastId,
                 quint64 bytes); // entries up to lastId went to the store; bytes: Entry::cost()

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

    static constexpr qsizetype RecentBytes = 16 * 1024 * 1024;

    LogStore &m_store;
    Scheduler &m_scheduler;
    const Epoch m_epoch;
    const Id128 m_logId;
    EpochIndex m_epochs;
    VisibleLog m_visible;
    quint64 m_assignedId = 0;
    quint64 m_flushedId = 0;
    const quint64 m_restoredTo;
    Epoch m_questionEpoch;      // what is appended in this run does not change it
    std::vector<Epoch> m_led;   // by earlier runs, ascending, the last MostLed
    const quint64 m_foundEpoch; // the highest that the folder had before this run
    bool m_hasLedBefore = false;
    quint64 m_leadsFrom; // the number of the first epoch that this folder has led; 0: not noted yet
    quint64 m_durableFirstId = 1;
    SendGate m_gate;
    Entries m_unflushed;
    std::deque<Chunk> m_recent;
    qsizetype m_recentBytes = 0;
    qint64 m_lastTimeMs; // of the last entry assigned
    qsizetype m_undurableBytes = 0;
    qsizetype m_unflushedBytes = 0;                        // of these
    std::deque<std::pair<quint64, qsizetype>> m_undurable; // last id and bytes of each flush
};

} // namespace replog
