// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/readwatch.h"

namespace replog {

using rocksdb::FSRandomAccessFile;
using rocksdb::FSSequentialFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

class WatchedSequential final : public rocksdb::FSSequentialFileOwnerWrapper
{
public:
    WatchedSequential(std::unique_ptr<FSSequentialFile> file, ReadWatch &watch)
        : FSSequentialFileOwnerWrapper(std::move(file)), m_watch(watch)
    {
    }

    IOStatus Read(size_t count, const IOOptions &options, Slice *result, char *scratch,
                  IODebugContext *debug) override
    {
        return m_watch.noted(target()->Read(count, options, result, scratch, debug));
    }

    IOStatus Skip(std::uint64_t count) override { return m_watch.noted(target()->Skip(count)); }

    IOStatus PositionedRead(std::uint64_t at, size_t count, const IOOptions &options, Slice *result,
                            char *scratch, IODebugContext *debug) override
    {
        return m_watch.noted(target()->PositionedRead(at, count, options, result, scratch, debug));
    }

private:
    ReadWatch &m_watch;
};

class WatchedRandomAccess final : public rocksdb::FSRandomAccessFileOwnerWrapper
{
public:
    WatchedRandomAccess(std::unique_ptr<FSRandomAccessFile> file, ReadWatch &watch)
        : FSRandomAccessFileOwnerWrapper(std::move(file)), m_watch(watch)
    {
    }

    IOStatus Read(std::uint64_t at, size_t count, const IOOptions &options, Slice *result, char *scratch,
                  IODebugContext *debug) const override
    {
        return m_watch.noted(target()->Read(at, count, options, result, scratch, debug));
    }

    IOStatus MultiRead(rocksdb::FSReadRequest *requests, size_t count, const IOOptions &options,
                       IODebugContext *debug) override
    {
        IOStatus status = m_watch.noted(target()->MultiRead(requests, count, options, debug));
        for (size_t i = 0; status.ok() && i < count; ++i)
            m_watch.noted(requests[i].status).PermitUncheckedError();
        return status;
    }

private:
    ReadWatch &m_watch;
};

} // namespace

IOStatus ReadWatch::noted(IOStatus status)
{
    if (status.IsIOError() && !status.IsPathNotFound()) {
        const std::lock_guard lock(m_mutex);
        if (m_failure.ok())
            m_failure = status;
    }
    return status;
}

IOStatus ReadWatch::failure() const
{
    const std::lock_guard lock(m_mutex);
    return m_failure;
}

IOStatus ReadWatch::NewSequentialFile(const std::string &name, const rocksdb::FileOptions &options,
                                      std::unique_ptr<FSSequentialFile> *result, Debug *debug)
{
    IOStatus status = noted(target()->NewSequentialFile(name, options, result, debug));
    if (status.ok())
        *result = std::make_unique<WatchedSequential>(std::move(*result), *this);
    return status;
}

IOStatus ReadWatch::NewRandomAccessFile(const std::string &name, const rocksdb::FileOptions &options,
                                        std::unique_ptr<FSRandomAccessFile> *result, Debug *debug)
{
    IOStatus status = noted(target()->NewRandomAccessFile(name, options, result, debug));
    if (status.ok())
        *result = std::make_unique<WatchedRandomAccess>(std::move(*result), *this);
    return status;
}

IOStatus ReadWatch::FileExists(const std::string &name, const Options &options, Debug *debug)
{
    return noted(target()->FileExists(name, options, debug));
}

IOStatus ReadWatch::GetChildren(const std::string &folder, const Options &options,
                                std::vector<std::string> *result, Debug *debug)
{
    return noted(target()->GetChildren(folder, options, result, debug));
}

IOStatus ReadWatch::GetChildrenFileAttributes(const std::string &folder, const Options &options,
                                              std::vector<rocksdb::FileAttributes> *result, Debug *debug)
{
    return noted(target()->GetChildrenFileAttributes(folder, options, result, debug));
}

IOStatus ReadWatch::GetFileSize(const std::string &name, const Options &options, std::uint64_t *size,
                                Debug *debug)
{
    return noted(target()->GetFileSize(name, options, size, debug));
}

} // namespace replog
