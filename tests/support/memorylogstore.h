// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/logdigest.h"
#include "shared/store/logstore.h"

#include <deque>

namespace replog {

// A LogStore without disk and threads, driven by the test: nothing becomes durable and no read is answered
// before the test says so. It outlives the node that uses it: call crash(), destroy the node, and give
// state() to the next one.
class MemoryLogStore final : public LogStore
{
    Q_OBJECT
public:
    enum class Crash {
        Process, // kill -9: the committed id in the position file survives
        Machine, // power loss: the committed id goes back to that of the last sync
    };

    explicit MemoryLogStore(QByteArray role = {}, QByteArray name = {}, QObject *parent = nullptr);

    // The state that opening a store with this durable content gives.
    StoreState state() const;
    // The durable content from id 1 on; trimmed entries have only an id.
    const Entries &entries() const { return m_entries; }
    // The digest of the durable log.
    QByteArray digestNow() const { return digestTo(m_entries.size()).toHex(); }
    // What findKey() finds now.
    KeyRange keyNow(const QByteArray &key) const;
    bool hasUnsynced() const { return !m_writes.empty(); }

    // Makes all writes handed in before the call durable. Then emits durable() once if they had entries, and
    // runs the callbacks in order. False if there was nothing.
    bool syncAll() { return sync(m_writes.size()); }
    // The same for the first `writes` only, like a writer that woke up after them.
    bool sync(size_t writes);
    // Incremented by each sync that changes the durable content.
    quint64 revision() const { return m_revision; }
    size_t unsyncedCount() const { return m_writes.size(); }
    bool hasReads() const { return !m_reads.empty(); }
    // Answers the reads requested before the call, or the first `count` of them. False if there were none.
    bool answerReads(size_t count = ~size_t(0));
    // Answers the read requested last: several readers may answer in any order.
    void answerLastRead();
    // Repeats both until nothing is left to do. False if there was nothing.
    bool pump();
    // From now on pump() runs from the event loop.
    void setAutomatic(bool automatic);

    // Drops everything that is not durable, and all pending callbacks.
    void crash(Crash kind = Crash::Process);
    // The content of the disk, as in a copy of the data folder.
    struct Content
    {
        Entries entries;
        QHash<QByteArray, QByteArray> meta;
        quint64 epoch = 0;
        quint64 committedId = 0;
        Id128 nodeId = {};
        LogBase base = {};
        QByteArray baseKey = {};
        quint64 restoredTo = 0;
    };
    Content content() const
    {
        return {m_entries, m_meta, m_epoch, state().committedId, m_nodeId, m_base, m_baseKey, m_restoredTo};
    }
    // Sets the node id of the disk; only the first call has an effect.
    void identify(const Id128 &nodeId)
    {
        if (m_nodeId.isNull())
            m_nodeId = nodeId;
    }
    // Replaces the content; only for a store that no node uses.
    void setContent(const Content &content);
    // Replaces the content as a restoration does: the disk of a new node without members.
    void restore(const Content &backup, const Id128 &nodeId);
    // Whether a master was restored to it and has not stored an epoch of its own yet.
    bool isTakenOver() const { return m_isTakenOver; }
    // Sets the node that uses it from now on.
    void setOwner(const QByteArray &role, const QByteArray &name);
    // Makes the disk fail: the next sync emits failed(), and nothing becomes durable from now on.
    void fail(const Error &error);

    void append(Entries entries) override;
    void truncateFrom(quint64 id, Done done) override;
    void trimTo(quint64 firstId, Done done) override;
    void beginAt(const LogBase &base, Done done) override;
    void putMeta(const QByteArray &key, const QByteArray &value, Done done) override;
    void removeMeta(const QByteArray &key, Done done) override;
    void setEpoch(quint64 epoch, Done done) override;
    void setCommittedId(quint64 id) override;
    void scan(quint64 from, quint64 to, qsizetype maxBytes, Visit visit, ScanDone done) override;
    void findTime(qint64 timeMs, IdFound done) override;
    void findKey(const QByteArray &key, KeyFound done) override;
    void readBase(BaseRead done) override;
    void digest(quint64 to, DigestRead done) override;

private:
    struct Write
    {
        std::function<void()> apply;
        Done done;
        quint64 appendedTo = 0;    // last id of an append; 0: no append
        quint64 truncatedFrom = 0; // first id of a truncation; 0: no truncation
    };

    quint64 firstId() const { return m_base.at.id + 1; }
    void noteJoined();
    void giveUpTo(const LogBase &base, const QByteArray &key);
    LogDigest digestTo(quint64 id) const;
    void write(Write write);
    void ask(std::function<void()> read);
    void wake();

    QByteArray m_role;
    QByteArray m_name;
    Id128 m_nodeId;
    Entries m_entries;
    LogBase m_base;
    QByteArray m_baseKey; // key of the entry at the base
    QHash<QByteArray, QByteArray> m_meta;
    quint64 m_epoch = 0;
    quint64 m_restoredTo = 0;
    bool m_isFreshlyRestored = false;
    bool m_isTakenOver = false;
    quint64 m_notedCommittedId = 0;
    quint64 m_syncedCommittedId = 0;
    quint64 m_handedInLast = 0;
    std::deque<Write> m_writes;
    std::deque<std::function<void()>> m_reads;
    quint64 m_revision = 0;
    Error m_error;
    bool m_failing = false;
    bool m_failedTold = false;
    bool m_automatic = false;
    bool m_wakePending = false;
};

} // namespace replog
