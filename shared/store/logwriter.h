// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/commitdelay.h"
#include "shared/store/logbatch.h"
#include "shared/store/logstore.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace replog {

// One write that was handed to the store.
struct LogWrite
{
    enum class Kind { Append, Truncate, Trim, Begin, Put, Remove };

    Kind kind = Kind::Append;
    quint64 number = 0;    // counts up by one from 1 with each write handed in
    Entries entries = {};  // Append
    quint64 value = 0;     // Truncate, Trim: the id
    StoredBase base = {};  // Begin
    std::string name = {}; // Put, Remove: the key in the database
    QByteArray bytes = {}; // Put
    LogStore::Done done = {};
};

// The store's one writing thread: takes all that was submitted while the last sync ran, commits it with one
// sync (LogBatch says how), and tells by `notify` (called on the writer thread, once until collect() is
// called) that there are outcomes. submit(), collect(), fail() and close(): owner's thread; fail() any
// thread.
class LogWriter
{
public:
    // What became of the writes since the last collect().
    struct Outcome
    {
        struct Call
        {
            LogStore::Done done;
            std::optional<Error> error;
        };

        // One sync.
        struct Group
        {
            std::size_t entries;
            std::chrono::nanoseconds took;
        };

        quint64 upTo = 0;             // number of the last write that this covers
        quint64 durableId = 0;        // last durable entry; 0: nothing was appended
        std::vector<Call> calls;      // in the order of the writes
        std::vector<Group> groups;    // synced
        std::optional<Error> failure; // only in the first outcome after the failure
    };

    LogWriter(StoreDatabase &database, bool commitDelay, std::function<void()> notify);
    ~LogWriter();

    void submit(LogWrite write);
    // The committed id of the log as submitted so far; committed with the next group.
    void setCommitted(quint64 id) { m_committed.store(id, std::memory_order_release); }
    Outcome collect();
    // From now on nothing becomes durable.
    void fail(const Error &error);
    // Commits what was submitted and ends the thread.
    void close();

private:
    using Writes = std::vector<LogWrite>;
    // Writes of this many bytes go into one commit at most: it bounds memory and the time of a sync.
    static constexpr std::size_t MaxBatchBytes = 4 * 1024 * 1024;

    void run();
    void awaitSiblings(std::unique_lock<std::mutex> &lock);
    void commit(Writes &writes);
    rocksdb::Status apply(const LogWrite &write);
    rocksdb::Status sync(quint64 committedId);
    void publish(Writes &writes, std::size_t from, std::size_t to, const std::optional<Error> &error);
    std::optional<Error> failure();

    std::function<void()> m_notify;
    std::atomic<quint64> m_committed;

    std::mutex m_mutex;
    std::condition_variable m_wake;
    Writes m_submitted; // guarded by m_mutex, as are the next seven
    std::size_t m_submittedEntries = 0;
    std::size_t m_wakeAt = 0; // entries that wake the thread if it is asleep
    bool m_closing = false;
    bool m_sleeping = false;
    std::optional<Error> m_failure;
    bool m_failureTold = false;
    Outcome m_outcome;
    bool m_notified = false;

    // The following members belong to the writer thread.
    const bool m_mayDelay;
    CommitDelay m_delay;
    std::size_t m_groupEntries = 0;
    bool m_groupNeedsOthers = false; // an entry of the group needs the acks of other nodes, too
    LogBatch m_batch;
    bool m_appended = false;              // what is published next has entries
    std::size_t m_unsyncedEntries = 0;    // in the batch
    std::vector<Outcome::Group> m_groups; // synced, to be published next
    quint64 m_groupCommitted = 0;         // committed id of the log as of the last write of the group
    std::thread m_thread;
};

} // namespace replog
