// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/logstore.h"
#include "shared/store/record.h"
#include "shared/store/storedatabase.h"
#include "shared/store/storekeys.h"

#include <rocksdb/write_batch.h>

#include <QHash>

#include <string_view>

namespace replog {

// Collects what is committed next, and makes records of the database from writes: records of entries, keys
// with the run of entries that carries them, small values. Belongs to the writer thread. After a status that
// is not ok it must not be used again.
class LogBatch
{
public:
    using Status = rocksdb::Status;

    explicit LogBatch(StoreDatabase &database);

    std::size_t size() const { return m_batch.GetDataSize() + m_record.size(); }
    // The last entry in the database or in this batch.
    quint64 lastId() const { return m_lastId; }

    // Their ids must follow on from lastId().
    Status append(const Entries &entries);
    // Drops every entry from `id` on. First commits what the batch holds, since it reads what it drops or
    // cuts.
    Status truncateFrom(quint64 id);
    // Gives up every entry below `firstId`. firstId <= the committed id.
    Status trimTo(quint64 firstId);
    // Gives up every entry; the next one follows `base`. base.at.id >= lastId().
    Status beginAt(const StoredBase &base);
    Status put(std::string_view name, const QByteArray &value);
    Status remove(std::string_view name);
    // Makes all of it durable with one sync, together with this committed id if it is a new one.
    Status commit(quint64 committedId);

private:
    Status noteJoined();
    Status findBase(quint64 id, StoredBase &base);
    Status putRecord();
    Status noteKey(const Entry &entry);
    Status putRun();
    Status cutRuns(const QByteArray &key, quint64 from);
    Status findRuns(const QByteArray &key, KeyRuns &runs);
    Status goesOn(const Entry &entry, const KeyRuns &before, bool &isOne);

    StoreDatabase &m_database;
    rocksdb::WriteBatch m_batch;
    RecordBuilder m_record; // entries that are not in m_batch yet
    quint64 m_firstId = 1;
    quint64 m_lastId = 0;
    quint64 m_committedId = 0;    // in the database
    bool m_previousKnown = false; // the next three are valid
    QByteArray m_runKey;          // idempotency key of the last entry, may be empty…
    quint64 m_runEpoch = 0;       // …its epoch…
    KeyRuns m_runs;               // …and the key's runs, the first of which the entry is in
    bool m_runIsNews = false;     // it is not in m_batch yet
    // Whether an append may find its key in an older run that is still kept: a master never lets it.
    const bool m_mayFindOlder;
    QByteArray m_joinedMark;            // see StoreDatabase::joinedMark()
    QHash<QByteArray, KeyRuns> m_noted; // what m_batch has of keys that may be found
};

} // namespace replog
