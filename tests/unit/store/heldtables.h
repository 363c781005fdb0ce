// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/store/storefixture.h"

#include <rocksdb/file_system.h>

#include <QDir>

#include <condition_variable>
#include <mutex>

namespace replog {

// A disk on which no table file can be begun until release(): RocksDB keeps the write-ahead logs of what it
// has not put into tables yet.
class HeldTables final : public rocksdb::FileSystemWrapper
{
public:
    HeldTables() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

    void hold()
    {
        const std::lock_guard lock(m_mutex);
        m_isHeld = true;
    }

    void release()
    {
        const std::lock_guard lock(m_mutex);
        m_isHeld = m_isAwaited = false;
        m_changed.notify_all();
    }

    // Blocks until some table waits to be begun.
    void awaitTable()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_isAwaited; });
    }

    const char *Name() const override { return "HeldTables"; }
    rocksdb::IOStatus NewWritableFile(const std::string &name, const rocksdb::FileOptions &options,
                                      std::unique_ptr<rocksdb::FSWritableFile> *result,
                                      rocksdb::IODebugContext *debug) override
    {
        if (name.ends_with(".sst")) {
            std::unique_lock lock(m_mutex);
            m_isAwaited = m_isHeld;
            m_changed.notify_all();
            m_changed.wait(lock, [this] { return !m_isHeld; });
        }
        return target()->NewWritableFile(name, options, result, debug);
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_isHeld = false;
    bool m_isAwaited = false;
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
