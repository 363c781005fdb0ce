// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>

namespace replog {

// The machine's disk, on which reads of content, names and sizes can fail. Any thread.
class FailingReads final : public rocksdb::FileSystemWrapper
{
public:
    FailingReads() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

    // Of the reads from now on the nth fails; 0: none.
    void failAt(int number, int failure = EIO)
    {
        m_failure = failure;
        m_left = number;
    }
    bool hasFailed() const { return m_left < 0; }

    const char *Name() const override { return "FailingReads"; }
    using Options = rocksdb::IOOptions;
    using Debug = rocksdb::IODebugContext;
    rocksdb::IOStatus NewSequentialFile(const std::string &name, const rocksdb::FileOptions &options,
                                        std::unique_ptr<rocksdb::FSSequentialFile> *result,
                                        Debug *debug) override
    {
        if (isNext())
            return failed(name);
        rocksdb::IOStatus status = target()->NewSequentialFile(name, options, result, debug);
        if (status.ok())
            *result = std::make_unique<Sequential>(std::move(*result), *this);
        return status;
    }
    rocksdb::IOStatus NewRandomAccessFile(const std::string &name, const rocksdb::FileOptions &options,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile> *result,
                                          Debug *debug) override
    {
        if (isNext())
            return failed(name);
        rocksdb::IOStatus status = target()->NewRandomAccessFile(name, options, result, debug);
        if (status.ok())
            *result = std::make_unique<RandomAccess>(std::move(*result), *this);
        return status;
    }
    rocksdb::IOStatus FileExists(const std::string &name, const Options &options, Debug *debug) override
    {
        // If this fails for the folder of old logs, RocksDB ends the process (it asserts another status).
        return !name.ends_with("/archive") && isNext() ? failed(name)
                                                       : target()->FileExists(name, options, debug);
    }
    rocksdb::IOStatus GetChildren(const std::string &folder, const Options &options,
                                  std::vector<std::string> *result, Debug *debug) override
    {
        return isNext() ? failed(folder) : target()->GetChildren(folder, options, result, debug);
    }
    rocksdb::IOStatus GetChildrenFileAttributes(const std::string &folder, const Options &options,
                                                std::vector<rocksdb::FileAttributes> *result,
                                                Debug *debug) override
    {
        return isNext() ? failed(folder)
                        : target()->GetChildrenFileAttributes(folder, options, result, debug);
    }
    rocksdb::IOStatus GetFileSize(const std::string &name, const Options &options, std::uint64_t *size,
                                  Debug *debug) override
    {
        return isNext() ? failed(name) : target()->GetFileSize(name, options, size, debug);
    }
    // Counts as a read.
    rocksdb::IOStatus LockFile(const std::string &name, const Options &options, rocksdb::FileLock **lock,
                               Debug *debug) override
    {
        return isNext() ? rocksdb::IOStatus::IOError("While lock file: " + name, std::strerror(m_failure))
                        : target()->LockFile(name, options, lock, debug);
    }

private:
    class Sequential final : public rocksdb::FSSequentialFileOwnerWrapper
    {
    public:
        Sequential(std::unique_ptr<rocksdb::FSSequentialFile> file, FailingReads &disk)
            : FSSequentialFileOwnerWrapper(std::move(file)), m_disk(disk)
        {
        }
        rocksdb::IOStatus Read(size_t count, const Options &options, rocksdb::Slice *result, char *scratch,
                               Debug *debug) override
        {
            *result = {};
            return m_disk.isNext() ? m_disk.failed("a file")
                                   : target()->Read(count, options, result, scratch, debug);
        }

    private:
        FailingReads &m_disk;
    };

    class RandomAccess final : public rocksdb::FSRandomAccessFileOwnerWrapper
    {
    public:
        RandomAccess(std::unique_ptr<rocksdb::FSRandomAccessFile> file, FailingReads &disk)
            : FSRandomAccessFileOwnerWrapper(std::move(file)), m_disk(disk)
        {
        }
        rocksdb::IOStatus Read(std::uint64_t at, size_t count, const Options &options, rocksdb::Slice *result,
                               char *scratch, Debug *debug) const override
        {
            *result = {};
            return m_disk.isNext() ? m_disk.failed("a table")
                                   : target()->Read(at, count, options, result, scratch, debug);
        }

    private:
        FailingReads &m_disk;
    };

    bool isNext()
    {
        int left = m_left;
        while (left > 0 && !m_left.compare_exchange_weak(left, left == 1 ? -1 : left - 1)) {
        }
        return left == 1;
    }

    rocksdb::IOStatus failed(const std::string &name) const
    {
        return rocksdb::IOStatus::IOError("While reading " + name, std::strerror(m_failure));
    }

    std::atomic_int m_left = 0;
    std::atomic_int m_failure = EIO;
};

} // namespace replog
