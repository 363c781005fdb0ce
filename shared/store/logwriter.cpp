// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/logwriter.h"

#include <algorithm>
#include <utility>

#include <pthread.h>

namespace replog {

using rocksdb::Status;

LogWriter::LogWriter(StoreDatabase &database, bool commitDelay, std::function<void()> notify)
    : m_notify(std::move(notify)), m_committed(database.state().committedId), m_mayDelay(commitDelay),
      m_batch(database)
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
            if (m_mayDelay && !m_groupNeedsOthers)
                awaitSiblings(lock);
            while (m_submitted.empty() && !m_closing) {
                m_sleeping = true;
                m_wake.wait(lock);
            }
            m_sleeping = false;
            // Before the swap: the entries up to this id are in the database or in these writes.
            m_groupCommitted = m_committed.load(std::memory_order_acquire);
            writes.swap(m_submitted);
            m_groupEntries = std::exchange(m_submittedEntries, 0);
            m_groupNeedsOthers = false;
            if (writes.empty())
                break;
        }
        commit(writes);
        writes.clear();
    }
    // The latest committed id. If this fails, the position file has it, or was told that it cannot.
    if (!failure())
        m_batch.commit(m_groupCommitted).PermitUncheckedError();
}

// The clients of the group that was just committed are being answered.
void LogWriter::awaitSiblings(std::unique_lock<std::mutex> &lock)
{
    m_wakeAt = m_delay.entriesToAwait(std::exchange(m_groupEntries, 0), m_submittedEntries);
    if (m_wakeAt == 0)
        return;
    const auto until = std::chrono::steady_clock::now() + CommitDelay::Limit;
    while (m_submittedEntries < m_wakeAt && !m_closing) {
        m_sleeping = true;
        if (m_wake.wait_until(lock, until) == std::cv_status::timeout)
            break;
    }
    m_delay.noteWaited(m_submittedEntries);
    m_wakeAt = 0;
}

void LogWriter::commit(Writes &writes)
{
    std::size_t from = 0;
    std::optional<Error> error = failure();
    for (std::size_t i = 0; i < writes.size() && !error; ++i) {
        Status status = apply(writes[i]);
        const bool last = i + 1 == writes.size();
        if (status.ok() && (last || m_batch.size() >= MaxBatchBytes)) {
            status = sync(last ? m_groupCommitted : 0);
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

Status LogWriter::sync(quint64 committedId)
{
    const auto begun = std::chrono::steady_clock::now();
    Status status = m_batch.commit(committedId);
    if (m_unsyncedEntries > 0 && status.ok())
        m_groups.push_back({m_unsyncedEntries, std::chrono::steady_clock::now() - begun});
    m_unsyncedEntries = 0;
    return status;
}

Status LogWriter::apply(const LogWrite &write)
{
    switch (write.kind) {
    case LogWrite::Kind::Append:
        m_appended = true;
        m_unsyncedEntries += write.entries.size();
        m_groupNeedsOthers =
            m_groupNeedsOthers || std::any_of(write.entries.begin(), write.entries.end(),
                                              [](const Entry &entry) { return needsOthers(entry.w); });
        return m_batch.append(write.entries);
    case LogWrite::Kind::Truncate:
        return m_batch.truncateFrom(write.value);
    case LogWrite::Kind::Trim:
        return m_batch.trimTo(write.value);
    case LogWrite::Kind::Begin:
        m_appended = true;
        return m_batch.beginAt(write.base);
    case LogWrite::Kind::Put:
        return m_batch.put(write.name, write.bytes);
    case LogWrite::Kind::Remove:
        return m_batch.remove(write.name);
    }
    Q_UNREACHABLE();
}

void LogWriter::publish(Writes &writes, std::size_t from, std::size_t to, const std::optional<Error> &error)
{
    bool notify = false;
    {
        const std::lock_guard lock(m_mutex);
        m_outcome.upTo = writes[to - 1].number;
        if (!error) {
            // A truncation in an outcome that is not collected yet revokes what the outcome reported before
            // it.
            m_outcome.durableId =
                m_appended ? m_batch.lastId() : std::min(m_outcome.durableId, m_batch.lastId());
        }
        m_outcome.groups.insert(m_outcome.groups.end(), m_groups.begin(), m_groups.end());
        for (std::size_t i = from; i < to; ++i) {
            if (writes[i].done)
                m_outcome.calls.push_back({std::move(writes[i].done), error});
        }
        notify = !std::exchange(m_notified, true);
    }
    m_appended = false;
    m_groups.clear();
    if (notify)
        m_notify();
}

} // namespace replog
