// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/logwriter.h"

#include "shared/store/recordformat.h"
#include "shared/store/recordreader.h"
#include "shared/store/storekeys.h"

#include <algorithm>
#include <utility>

#include <pthread.h>

namespace replog {

using rocksdb::Status;

LogWriter::LogWriter(StoreDatabase &database, bool commitDelay, std::function<void()> notify)
    : m_database(database), m_notify(std::move(notify)), m_committed(database.state().committedId),
      m_mayDelay(commitDelay), m_last(database.state().last.id),
      m_committedWritten(database.state().committedId)
{
    m_thread = std::thread([this] { run(); });
}

LogWriter::~LogWriter()
{
    close();
}

void LogWriter::submit(LogWrite write)
{
    bool wake = false;
    {
        const std::lock_guard lock(m_mutex);
        m_submittedEntries += write.entries.size();
        m_submitted.push_back(std::move(write));
        wake = m_submittedEntries >= m_wakeAt && std::exchange(m_sleeping, false);
    }
    if (wake)
        m_wake.notify_one();
}

LogWriter::Outcome LogWriter::collect()
{
    const std::lock_guard lock(m_mutex);
    m_notified = false;
    if (m_failure && !std::exchange(m_failureTold, true))
        m_outcome.failure = m_failure;
    return std::exchange(m_outcome, {});
}

void LogWriter::fail(const Error &error)
{
    bool notify = false;
    {
        const std::lock_guard lock(m_mutex);
        if (m_failure)
            return;
        m_failure = error;
        notify = !std::exchange(m_notified, true);
    }
    if (notify)
        m_notify();
}

void LogWriter::close()
{
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    m_wake.notify_one();
    if (m_thread.joinable())
        m_thread.join();
}

std::optional<Error> LogWriter::failure()
{
    const std::lock_guard lock(m_mutex);
    return m_failure;
}

void LogWriter::run()
{
    ::pthread_setname_np(::pthread_self(), "log-writer");
    Writes writes;
    for (;;) {
        {
            std::unique_lock lock(m_mutex);
            if (m_mayDelay && !m_groupAwaited)
                awaitSiblings(lock);
            while (m_submitted.empty() && !m_closing) {
                m_sleeping = true;
                m_wake.wait(lock);
            }
            m_sleeping = false;
            // Before the swap: the log that this id was said of is in the database or in these writes.
            m_groupCommitted = m_committed.load(std::memory_order_acquire);
            writes.swap(m_submitted);
            m_groupEntries = std::exchange(m_submittedEntries, 0);
            m_groupAwaited = false;
            if (writes.empty())
                break;
        }
        commit(writes);
        writes.clear();
    }
    // The committed id of the last moment; without it the position file still has it.
    if (!failure())
        flush(m_groupCommitted).PermitUncheckedError();
}

// The clients of the group that was just committed are being answered.
void LogWriter::awaitSiblings(std::unique_lock<std::mutex> &lock)
{
    m_wakeAt = m_delay.wanted(std::exchange(m_groupEntries, 0), m_submittedEntries);
    if (m_wakeAt == 0)
        return;
    const auto until = std::chrono::steady_clock::now() + CommitDelay::Limit;
    while (m_submittedEntries < m_wakeAt && !m_closing) {
        m_sleeping = true;
        if (m_wake.wait_until(lock, until) == std::cv_status::timeout)
            break;
    }
    m_delay.ended(m_submittedEntries);
    m_wakeAt = 0;
}

void LogWriter::commit(Writes &writes)
{
    std::size_t from = 0;
    std::optional<Error> error = failure();
    for (std::size_t i = 0; i < writes.size() && !error; ++i) {
        Status status = apply(writes[i]);
        const bool last = i + 1 == writes.size();
        if (status.ok() && (last || m_batch.GetDataSize() + m_record.size() >= MaxBatchBytes)) {
            status = flush(last ? m_groupCommitted : 0);
            if (status.ok()) {
                publish(writes, from, i + 1, {});
                from = i + 1;
            }
        }
        if (!status.ok())
            fail(writeError(status));
        error = failure();
    }
    if (from < writes.size())
        publish(writes, from, writes.size(), error);
}

Status LogWriter::apply(LogWrite &write)
{
    switch (write.kind) {
    case LogWrite::Kind::Append:
        return append(write.entries);
    case LogWrite::Kind::Truncate:
        return truncate(write.value);
    case LogWrite::Kind::PutMeta:
        return m_batch.Put(m_database.meta(), storekeys::MetaPrefix + write.key.toStdString(),
                           toSlice(write.bytes));
    case LogWrite::Kind::RemoveMeta:
        return m_batch.Delete(m_database.meta(), storekeys::MetaPrefix + write.key.toStdString());
    case LogWrite::Kind::Epoch:
        return m_batch.Put(m_database.meta(), storekeys::Epoch, encodeNumber(write.value));
    }
    Q_UNREACHABLE();
}

Status LogWriter::append(const Entries &entries)
{
    for (const Entry &entry : entries) {
        if (entry.id != m_last + 1)
            return Status::InvalidArgument("entry " + std::to_string(entry.id) + " does not follow on " +
                                           std::to_string(m_last));
        const EntryView view = viewOf(entry);
        if (m_record.isFullFor(view)) {
            if (Status s = putRecord(); !s.ok())
                return s;
        }
        m_record.add(view);
        m_last = entry.id;
        m_appended = true;
        m_groupAwaited = m_groupAwaited || entry.w > 1;
        if (entry.key.isEmpty())
            m_runKey.clear();
        else if (Status s = noteKey(entry); !s.ok())
            return s;
        m_previousKnown = true;
    }
    return Status::OK();
}

Status LogWriter::putRecord()
{
    if (m_record.isEmpty())
        return Status::OK();
    const RecordKey key(m_record.lastId());
    const Status status = m_batch.Put(m_database.entries(), toSlice(key.view()), toSlice(m_record.finish()));
    m_record.clear();
    return status;
}

Status LogWriter::noteKey(const Entry &entry)
{
    if (!m_previousKnown) {
        // The first entry after an opening or a truncation: the run may have begun before.
        m_runKey = entry.key;
        m_run = {entry.id, entry.id};
        std::string found;
        const Status s = m_database.db().Get({}, m_database.keys(), toSlice(entry.key), &found);
        if (!s.ok() && !s.IsNotFound())
            return s;
        if (s.ok()) {
            const auto range = decodeRange(found);
            if (!range)
                return Status::Corruption("damaged record of an idempotency key");
            if (range->first < entry.id && range->last + 1 >= entry.id)
                m_run.first = range->first;
        }
    } else if (m_runKey != entry.key) {
        m_runKey = entry.key;
        m_run.first = entry.id;
    }
    m_run.last = entry.id;
    return m_batch.Put(m_database.keys(), toSlice(entry.key), encodeRange(m_run));
}

// Commits what is in the batch first: it reads the records that it drops or cuts.
Status LogWriter::truncate(quint64 from)
{
    if (Status s = flush(0); !s.ok())
        return s;
    m_previousKnown = false;
    if (from > m_last)
        return Status::OK();

    std::unique_ptr<rocksdb::Iterator> it(m_database.db().NewIterator({}, m_database.entries()));
    QByteArray runKey;
    const auto dropRun = [&]() -> Status {
        if (runKey.isEmpty())
            return Status::OK();
        std::string found;
        const Status s = m_database.db().Get({}, m_database.keys(), toSlice(runKey), &found);
        if (s.IsNotFound())
            return Status::OK();
        const auto range = decodeRange(found);
        if (!s.ok() || !range)
            return s.ok() ? Status::Corruption("damaged record of an idempotency key") : s;
        if (range->first >= from)
            return m_batch.Delete(m_database.keys(), toSlice(runKey));
        return m_batch.Put(m_database.keys(), toSlice(runKey), encodeRange({range->first, from - 1}));
    };
    quint64 next = from;
    for (it->Seek(toSlice(RecordKey(from).view())); it->Valid(); it->Next()) {
        RecordReader record(RecordKey::idOf(it->key().ToStringView()), it->value().ToStringView());
        if (record.isIntact() && (next == from ? record.firstId() > from : record.firstId() != next))
            return Status::Corruption("entry " + std::to_string(next) + " is missing");
        for (EntryView entry; record.next(entry);) {
            if (entry.id < from) {
                m_record.add(entry); // stays, in a record that ends with it
                continue;
            }
            if (entry.key != runKey) {
                if (Status s = dropRun(); !s.ok())
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
    if (next != m_last + 1)
        return Status::Corruption("entry " + std::to_string(next) + " is missing");
    if (Status s = dropRun(); !s.ok())
        return s;
    const RecordKey first(from);
    const RecordKey end(m_last + 1);
    if (Status s = putRecord(); !s.ok())
        return s;
    if (Status s = m_batch.DeleteRange(m_database.entries(), toSlice(first.view()), toSlice(end.view()));
        !s.ok())
        return s;
    m_last = from - 1;
    // Before the entries go, and synced: after a power loss in between, the log must not seem to have lost
    // them.
    m_database.position().setDurable({m_last, m_database.position().durable().sequence});
    if (auto synced = m_database.position().sync(); !synced)
        return Status::IOError(synced.error().text.toStdString());
    return Status::OK();
}

Status LogWriter::flush(quint64 committed)
{
    if (Status s = putRecord(); !s.ok())
        return s;
    // Never beyond the log that it is written with: what a crash cuts off, other entries may take the place
    // of.
    committed = std::min(committed, m_last);
    if (committed > m_committedWritten) {
        if (Status s = m_batch.Put(m_database.meta(), storekeys::Committed, encodeNumber(committed)); !s.ok())
            return s;
    }
    if (m_batch.Count() == 0)
        return Status::OK();
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const Status status = m_database.db().Write(synced, &m_batch);
    if (m_batch.GetDataSize() > MaxBatchBytes)
        m_batch = rocksdb::WriteBatch(); // a large message's memory is not kept
    else
        m_batch.Clear();
    if (!status.ok())
        return status;
    m_committedWritten = std::max(m_committedWritten, committed);
    m_database.position().setDurable({m_last, m_database.db().GetLatestSequenceNumber()});
    return status;
}

void LogWriter::publish(Writes &writes, std::size_t from, std::size_t to, const std::optional<Error> &error)
{
    bool notify = false;
    {
        const std::lock_guard lock(m_mutex);
        m_outcome.upTo = writes[to - 1].number;
        if (!error) {
            // A truncation in an outcome not collected yet takes back what was told before it.
            m_outcome.durableId = m_appended ? m_last : std::min(m_outcome.durableId, m_last);
        }
        for (std::size_t i = from; i < to; ++i) {
            if (writes[i].done)
                m_outcome.calls.push_back({std::move(writes[i].done), error});
        }
        notify = !std::exchange(m_notified, true);
    }
    m_appended = false;
    if (notify)
        m_notify();
}

} // namespace replog
