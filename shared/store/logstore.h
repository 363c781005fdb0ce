// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/id128.h"
#include "shared/base/result.h"
#include "shared/log/entry.h"

#include <QHash>
#include <QList>
#include <QObject>

#include <functional>

namespace replog {

// What a store held when it was opened.
struct StoreState
{
    QByteArray role;         // "master" or "secondary": the role that wrote it last
    QByteArray name;         // the node's name
    Id128 nodeId;            // made with the data folder, never changes
    quint64 epoch = 0;       // number of the highest epoch seen or raised
    quint64 firstId = 1;     // oldest entry kept
    LogBase base;            // the place before it; starts of epochs are in the EpochIndex of meta
    Position last;           // last entry held; base.at if there is none
    qint64 lastTimeMs = 0;   // time of the entry at `last`
    quint64 committedId = 0; // firstId - 1 <= committedId <= last.id
    // Last entry of the backup that the folder was restored from; 0: of none, or a master's entries came
    // since.
    quint64 restoredTo = 0;
    bool isFreshlyRestored = false;     // no node has run on it since the restoration
    QHash<QByteArray, QByteArray> meta; // everything put with putMeta, e.g. "member/s1", "released/17"
};

// A node's durable log. Owned by and called from the event loop's thread; it works on threads of its own and
// answers by signals and callbacks in the event loop, never from inside the call. No call ever waits for a
// disk.
//
// Writes (append, truncateFrom, putMeta, removeMeta) take effect in the order of the calls and are committed
// in groups: all that was handed in while the last sync ran goes into the next one. A crash loses only what
// no durable() or callback has told of yet. The callbacks of a group come after its durable(), in the order
// of the calls. After failed() every later write is refused: nothing more becomes durable; reads may go on.
class LogStore : public QObject
{
    Q_OBJECT
public:
    using Done = std::function<void(const Result<void> &)>;
    using EntriesRead = std::function<void(Result<Entries>)>;
    // Called on a reader thread, in id order; the views are valid during the call only.
    using Visit = std::function<void(const EntryView &)>;
    // The last id visited; `from - 1` if there was none.
    using ScanDone = std::function<void(Result<quint64>)>;
    using IdFound = std::function<void(Result<quint64>)>;
    using DigestRead = std::function<void(Result<QByteArray>)>;
    using BaseRead = std::function<void(Result<LogBase>)>;
    // A run: entries of one epoch that follow each other and carry one idempotency key. Of a key's runs the
    // newest one holds it. first == 0: the key is not held.
    struct KeyRange
    {
        quint64 first = 0;
        quint64 last = 0; // >= first
    };
    using KeyFound = std::function<void(Result<KeyRange>)>;

    using QObject::QObject;

    // Appends entries whose ids follow on from the last one handed in. durable() tells when they are. A crash
    // keeps the entries of one call together: all or none.
    virtual void append(Entries entries) = 0;
    // Drops every entry with an id >= `id`, and the keys they carried. `done` when durable. What is committed
    // cannot be dropped: such a call fails the store.
    virtual void truncateFrom(quint64 id, Done done) = 0;
    // Gives up every entry below `firstId`, but never the last committed one or what comes after it. Their
    // room on the disk comes back in whole files; an idempotency key goes with the first entry of the run
    // that holds it.
    // Digests stay. `done` (may be empty) when durable.
    virtual void trimTo(quint64 firstId, Done done) = 0;
    // Gives up every entry, as trimTo() does, and begins anew behind `base`, which lies at or beyond the last
    // entry handed in: what is appended next follows on it, in the ids, in the times and in the digest.
    // durable() tells of its id as of an entry's, then `done` (may be empty). A crash keeps all of the log
    // before, or none of it.
    virtual void beginAt(const LogBase &base, Done done) = 0;
    // Stores a small named value (members, released concerns, epoch). `done` (may be empty) when durable.
    virtual void putMeta(const QByteArray &key, const QByteArray &value, Done done) = 0;
    virtual void removeMeta(const QByteArray &key, Done done) = 0;
    // Raises the stored epoch. `done` when durable.
    virtual void setEpoch(quint64 epoch, Done done) = 0;
    // Notes the committed id, of the log as handed in so far: at once in a way that survives the end of the
    // process, and with the next group commit in one that survives the end of the machine. Never lowers it.
    // Costs no sync.
    virtual void setCommittedId(quint64 id) = 0;

    // Visits entries from `from` on, in order, up to `to` (inclusive) and about `maxBytes` of Entry::cost()
    // (at least one entry when there is one). Sees only what is durable. Beyond the end: none. Formatting for
    // an answer belongs into `visit`, which keeps it off the event loop. Error: NotFound below firstId.
    virtual void scan(quint64 from, quint64 to, qsizetype maxBytes, Visit visit, ScanDone done) = 0;
    // The same, as a list.
    void read(quint64 from, quint64 to, qsizetype maxBytes, EntriesRead done);
    // The first entry of this time or a later one; the id that comes next if there is none.
    virtual void findTime(qint64 timeMs, IdFound done) = 0;
    // Where an idempotency key was used; sees what is durable.
    virtual void findKey(const QByteArray &key, KeyFound done) = 0;
    // The place before the oldest entry kept, its epoch without the start; sees what is durable.
    virtual void readBase(BaseRead done) = 0;
    // The LogDigest of the log up to this id, in hex; cheap whatever the length. Error: NotFound beyond the
    // end and below firstId - 1.
    virtual void digest(quint64 to, DigestRead done) = 0;

signals:
    // Every entry handed in up to lastId is synced. Comes before the callbacks of the same group. After
    // truncateFrom(id) was called it tells of nothing at or beyond `id` but what was appended since.
    void durable(quint64 lastId);
    void failed(const replog::Error &error); // once; the node must stop accepting
    // Writes wait for room on the disk or for a file descriptor, and go on by themselves once there is some.
    // Until resumed() the node should accept nothing more; what was handed in is kept, and reads go on.
    void stalled(const replog::Error &reason);
    void resumed();
};

} // namespace replog
