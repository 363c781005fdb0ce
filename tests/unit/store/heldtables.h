// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/store/storefixture.h"

#include <rocksdb/file_system.h>

#include <QDir>

#include <condition_variable>
#include <mutex>

namespace replog {

// A disk on which no table is begun until release(), so that RocksDB keeps the write-ahead logs of what it
// has not put into tables yet. With TablesAndSyncs no log that is begun meanwhile is synced, either.
class HeldTables final : public rocksdb::FileSystemWrapper
{
public:
    enum class Hold { Nothing, Tables, TablesAndSyncs };

    HeldTables() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

    void hold(Hold what = Hold::Tables)
    {
        const std::lock_guard lock(m_mutex);
        m_held = what;
    }

    void release()
    {
        const std::lock_guard lock(m_mutex);
        m_held = Hold::Nothing;
        m_isTableWaiting = m_isSyncWaiting = false;
        m_changed.notify_all();
    }

    // Block until some table, or a sync, waits.
    void awaitTable() { await(m_isTableWaiting); }
    void awaitSync() { await(m_isSyncWaiting); }

    const char *Name() const override { return "HeldTables"; }
    rocksdb::IOStatus NewWritableFile(const std::string &name, const rocksdb::FileOptions &options,
                                      std::unique_ptr<rocksdb::FSWritableFile> *result,
                                      rocksdb::IODebugContext *debug) override
    {
        if (name.ends_with(".sst"))
            waitWhileHeld(Hold::Tables, m_isTableWaiting);
        rocksdb::IOStatus status = target()->NewWritableFile(name, options, result, debug);
        if (status.ok() && name.ends_with(".log") && isHeld())
            *result = std::make_unique<Log>(std::move(*result), *this);
        return status;
    }

private:
    class Log final : public rocksdb::FSWritableFileOwnerWrapper
    {
    public:
        Log(std::unique_ptr<rocksdb::FSWritableFile> file, HeldTables &disk)
            : FSWritableFileOwnerWrapper(std::move(file)), m_disk(disk)
        {
        }
        rocksdb::IOStatus Sync(const rocksdb::IOOptions &options, rocksdb::IODebugContext *debug) override
        {
            m_disk.waitWhileHeld(Hold::TablesAndSyncs, m_disk.m_isSyncWaiting);
            return target()->Sync(options, debug);
        }

    private:
        HeldTables &m_disk;
    };

    bool isHeld()
    {
        const std::lock_guard lock(m_mutex);
        return m_held != Hold::Nothing;
    }

    void waitWhileHeld(Hold least, bool &isWaiting)
    {
        std::unique_lock lock(m_mutex);
        isWaiting = m_held >= least;
        m_changed.notify_all();
        m_changed.wait(lock, [this, least] { return m_held < least; });
    }

    void await(const bool &isWaiting)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&isWaiting] { return isWaiting; });
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    Hold m_held = Hold::Nothing;
    bool m_isTableWaiting = false;
    bool m_isSyncWaiting = false;
};

// The write-ahead logs of a store, the oldest first.
inline QStringList writeAheadLogs(const StoreFixture &f)
{
    return QDir(f.path(QStringLiteral("log"))).entryList({QStringLiteral("*.log")}, QDir::Files, QDir::Name);
}

// Appends until RocksDB has begun another write-ahead log, and some more. `next`: the id of the next entry.
inline bool fillWriteAheadLog(StoreFixture &f, quint64 &next)
{
    const QStringList before = writeAheadLogs(f);
    for (int more = 2; more > 0; more -= writeAheadLogs(f) == before ? 0 : 1) {
        f.store->append({StoreFixture::entry(next, QByteArray(1024 * 1024, 'm'))});
        if (!f.waitDurable(next++))
            return false;
    }
    return true;
}

} // namespace replog
