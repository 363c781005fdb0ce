// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/logbatch.h"

#include <algorithm>
#include <utility>

namespace replog {

using rocksdb::Status;

namespace {

constexpr std::size_t KeptBytes = 4 * 1024 * 1024; // a larger batch's memory is given back

} // namespace

LogBatch::LogBatch(StoreDatabase &database)
    : m_database(database), m_record(database.digest()), m_firstId(database.state().firstId),
      m_lastId(database.state().last.id), m_committedId(database.state().committedId),
      m_mayFindOlder(!database.isMasters()), m_joinedMark(database.joinedMark())
{
}

Status LogBatch::append(const Entries &entries)
{
    if (!m_joinedMark.isEmpty() && !entries.empty()) {
        if (Status s = noteJoined(); !s.ok())
            return s;
    }
    for (const Entry &entry : entries) {
        if (entry.id != m_lastId + 1)
            return Status::InvalidArgument("entry " + std::to_string(entry.id) + " does not follow on " +
                                           std::to_string(m_lastId));
        const EntryView view = viewOf(entry);
        if (m_record.isFullFor(view)) {
            if (Status s = putRecord(); !s.ok())
                return s;
        }
        m_record.add(view);
        m_lastId = entry.id;
        if (Status s = noteKey(entry); !s.ok())
            return s;
    }
    return Status::OK();
}

Status LogBatch::trimTo(quint64 firstId)
{
    if (firstId <= m_firstId)
        return Status::OK();
    StoredBase base;
    Status s = findBase(firstId - 1, base);
    if (s.IsNotFound()) {
        // It is in this batch.
        s = commit(0);
        if (s.ok())
            s = findBase(firstId - 1, base);
    }
    if (!s.ok())
        return s;
    m_firstId = firstId;
    return put(storekeys::Base, encodeBase(base));
}

// The place of an entry in the database.
Status LogBatch::findBase(quint64 id, StoredBase &base)
{
    std::unique_ptr<rocksdb::Iterator> it(m_database.db().NewIterator({}, m_database.entries()));
    it->Seek(toSlice(RecordKey(id).view()));
    if (!it->Valid())
        return it->status().ok() ? Status::NotFound() : it->status();
    RecordReader record(RecordKey::idOf(it->key().ToStringView()), it->value().ToStringView());
    base.digest = record.digestBefore();
    for (EntryView entry; base.id < id && record.next(entry);) {
        base.id = entry.id;
        base.epoch = entry.epoch;
        base.timeMs = entry.timeMs;
        base.digest = base.digest.with(entry);
    }
    return record.isIntact() && base.id == id
               ? Status::OK()
               : Status::Corruption("entry " + std::to_string(id) + " is damaged");
}

Status LogBatch::beginAt(const StoredBase &base)
{
    if (base.id < m_lastId)
        return Status::InvalidArgument("entry " + std::to_string(m_lastId) + " is beyond the base " +
                                       std::to_string(base.id));
    if (Status s = commit(0); !s.ok())
        return s;
    m_firstId = base.id + 1;
    m_lastId = base.id;
    m_record = RecordBuilder(base.digest);
    m_previousKnown = false;
    if (Status s = noteJoined(); !s.ok())
        return s;
    return put(storekeys::Base, encodeBase(base));
}

// From here on the log is that of the cluster again, as on any secondary.
Status LogBatch::noteJoined()
{
    const QByteArray mark = std::exchange(m_joinedMark, {});
    return mark.isEmpty() ? Status::OK() : put(storekeys::Restored, mark);
}

Status LogBatch::put(std::string_view name, const QByteArray &value)
{
    return m_batch.Put(m_database.meta(), toSlice(name), toSlice(value));
}

Status LogBatch::remove(std::string_view name)
{
    return m_batch.Delete(m_database.meta(), toSlice(name));
}

Status LogBatch::commit(quint64 committedId)
{
    if (Status s = putRecord(); !s.ok())
        return s;
    if (Status s = putRun(); !s.ok())
        return s;
    // Never beyond the log that it is written with: after a crash cuts entries off, others may take their
    // ids.
    committedId = std::min(committedId, m_lastId);
    if (committedId > m_committedId) {
        if (Status s = m_batch.Put(m_database.meta(), storekeys::Committed, encodeNumber(committedId));
            !s.ok())
            return s;
    }
    if (m_batch.Count() == 0)
        return m_database.writePosition(); // what could not be written before
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const Status status = m_database.db().Write(synced, &m_batch);
    if (m_batch.GetDataSize() > KeptBytes)
        m_batch = rocksdb::WriteBatch();
    else
        m_batch.Clear();
    if (!status.ok())
        return status;
    m_noted.clear();
    m_committedId = std::max(m_committedId, committedId);
    m_database.position().setDurable({m_lastId, m_database.db().GetLatestSequenceNumber()});
    return m_database.writePosition();
}

Status LogBatch::putRecord()
{
    if (m_record.isEmpty())
        return Status::OK();
    const RecordKey key(m_record.lastId());
    const Status status = m_batch.Put(m_database.entries(), toSlice(key.view()), toSlice(m_record.finish()));
    m_record.clear();
    return status;
}

// One record of a key for all of a run that is in the batch, however long.
Status LogBatch::noteKey(const Entry &entry)
{
    if (m_previousKnown && entry.key == m_runKey && entry.epoch == m_runEpoch) {
        if (!entry.key.isEmpty()) {
            m_runs.front().last = entry.id;
            m_runIsNews = true;
        }
        return Status::OK();
    }
    if (Status s = putRun(); !s.ok())
        return s;
    const bool previousKnown = std::exchange(m_previousKnown, true);
    m_runKey = entry.key;
    m_runEpoch = entry.epoch;
    m_runs.clear();
    m_runIsNews = !entry.key.isEmpty();
    if (!m_runIsNews)
        return Status::OK();
    bool isOne = false;
    if (m_mayFindOlder || !previousKnown) {
        if (Status s = findRuns(entry.key, m_runs); !s.ok())
            return s;
    }
    // The first entry after an opening or a truncation: its run may have begun before.
    if (!previousKnown) {
        if (Status s = goesOn(entry, m_runs, isOne); !s.ok())
            return s;
    }
    if (isOne) {
        m_runs.front().last = entry.id;
        return Status::OK();
    }
    std::erase_if(m_runs, [this](const LogStore::KeyRange &run) { return run.first < m_firstId; });
    m_runs.insert(m_runs.begin(), {entry.id, entry.id});
    return Status::OK();
}

// Whether the entry goes on with the newest of its key's runs.
Status LogBatch::goesOn(const Entry &entry, const KeyRuns &before, bool &isOne)
{
    isOne = false;
    if (before.empty() || before.front().last + 1 < entry.id || entry.id <= m_firstId)
        return Status::OK();
    StoredBase previous;
    if (Status s = findBase(entry.id - 1, previous); !s.ok())
        return s;
    isOne = previous.epoch == entry.epoch;
    return Status::OK();
}

Status LogBatch::putRun()
{
    if (!std::exchange(m_runIsNews, false))
        return Status::OK();
    if (m_mayFindOlder)
        m_noted.insert(m_runKey, m_runs);
    return m_batch.Put(m_database.keys(), toSlice(m_runKey), encodeRuns(m_runs));
}

Status LogBatch::findRuns(const QByteArray &key, KeyRuns &runs)
{
    runs.clear();
    if (const auto noted = m_noted.constFind(key); noted != m_noted.cend()) {
        runs = *noted;
        return Status::OK();
    }
    std::string found;
    const Status s = m_database.db().Get({}, m_database.keys(), toSlice(key), &found);
    if (s.IsNotFound())
        return Status::OK();
    if (!s.ok())
        return s;
    runs = decodeRuns(found);
    if (runs.empty())
        return Status::Corruption("damaged record of an idempotency key");
    return s;
}

Status LogBatch::truncateFrom(quint64 from)
{
    if (Status s = commit(0); !s.ok())
        return s;
    m_previousKnown = false;
    if (from > m_lastId)
        return Status::OK();

    std::unique_ptr<rocksdb::Iterator> it(m_database.db().NewIterator({}, m_database.entries()));
    QByteArray runKey;
    quint64 next = from;
    for (it->Seek(toSlice(RecordKey(from).view())); it->Valid(); it->Next()) {
        RecordReader record(RecordKey::idOf(it->key().ToStringView()), it->value().ToStringView());
        if (record.isIntact() && (next == from ? record.firstId() > from : record.firstId() != next))
            return Status::Corruption("entry " + std::to_string(next) + " is missing");
        if (next == from)
            m_record = RecordBuilder(record.digestBefore());
        for (EntryView entry; record.next(entry);) {
            if (entry.id < from) {
                m_record.add(entry); // stays, in a record that ends with it
                continue;
            }
            if (entry.key != runKey) {
                if (Status s = cutRuns(runKey, from); !s.ok())
                    return s;
                runKey = entry.key.toByteArray();
            }
            ++next;
        }
        if (!record.isIntact())
            return Status::Corruption("damaged entry");
    }
    if (Status s = it->status(); !s.ok())
        return s;
    if (next != m_lastId + 1)
        return Status::Corruption("entry " + std::to_string(next) + " is missing");
    if (Status s = cutRuns(runKey, from); !s.ok())
        return s;
    const RecordKey first(from);
    const RecordKey end(m_lastId + 1);
    if (Status s = putRecord(); !s.ok())
        return s;
    if (Status s = m_batch.DeleteRange(m_database.entries(), toSlice(first.view()), toSlice(end.view()));
        !s.ok())
        return s;
    m_lastId = from - 1;
    // Synced before the entries go: after a power loss in between, the log must not seem to have lost them.
    m_database.position().setDurable({m_lastId, m_database.position().durable().sequence});
    return m_database.syncPosition();
}

// Of a key's runs only the part before `from` is left.
Status LogBatch::cutRuns(const QByteArray &key, quint64 from)
{
    if (key.isEmpty())
        return Status::OK();
    KeyRuns runs;
    if (Status s = findRuns(key, runs); !s.ok())
        return s;
    std::erase_if(runs, [from](const LogStore::KeyRange &run) { return run.first >= from; });
    if (!runs.empty())
        runs.front().last = std::min(runs.front().last, from - 1);
    m_noted.insert(key, runs);
    return runs.empty() ? m_batch.Delete(m_database.keys(), toSlice(key))
                        : m_batch.Put(m_database.keys(), toSlice(key), encodeRuns(runs));
}

} // namespace replog
