// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/storefilesystem.h"

#include "shared/store/walfilesystem.h"

#include <sys/stat.h>

namespace replog {

using rocksdb::DataVerificationInfo;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

class PatientFile final : public rocksdb::FSWritableFileOwnerWrapper
{
public:
    PatientFile(std::unique_ptr<FSWritableFile> file, Patience &patience)
        : FSWritableFileOwnerWrapper(std::move(file)), m_patience(patience)
    {
    }

    // Write at an explicit offset: a write that stopped halfway begins there again.
    IOStatus Append(const Slice &data, const IOOptions &options, IODebugContext *debug) override
    {
        IOStatus status =
            m_patience.repeat([&] { return target()->PositionedAppend(data, m_size, options, debug); });
        if (status.ok())
            m_size += data.size();
        return status;
    }

    IOStatus Append(const Slice &data, const IOOptions &options, const DataVerificationInfo &,
                    IODebugContext *debug) override
    {
        return Append(data, options, debug);
    }

    IOStatus Truncate(std::uint64_t size, const IOOptions &options, IODebugContext *debug) override
    {
        m_size = size;
        return target()->Truncate(size, options, debug);
    }

private:
    Patience &m_patience;
    std::uint64_t m_size = 0;
};

// The folder is for its owner alone; this protects copies of its files. A simulated disk has no such file.
void keepPrivate(const std::string &name)
{
    ::chmod(name.c_str(), 0600);
}

} // namespace

StoreFileSystem::StoreFileSystem(const std::shared_ptr<rocksdb::FileSystem> &disk, const std::string &folder)
    : StoreFileSystem(std::make_shared<ReadWatch>(disk), folder)
{
}

StoreFileSystem::StoreFileSystem(const std::shared_ptr<ReadWatch> &disk, const std::string &folder)
    : FileSystemWrapper(std::make_shared<WalFileSystem>(disk)), m_disk(disk), m_folder(folder + '/')
{
}

std::string StoreFileSystem::writeAheadLog() const
{
    const std::lock_guard lock(m_mutex);
    return m_writeAheadLog;
}

IOStatus StoreFileSystem::NewWritableFile(const std::string &name, const Options &options,
                                          std::unique_ptr<FSWritableFile> *result, Debug *debug)
{
    if (!isOurs(name)) {
        IOStatus made = m_disk->NewWritableFile(name, options, result, debug);
        if (made.ok())
            keepPrivate(name);
        return made;
    }
    IOStatus status =
        m_patience.repeat([&] { return target()->NewWritableFile(name, options, result, debug); });
    if (!status.ok())
        return status;
    keepPrivate(name);
    if (name.ends_with(".log")) {
        const std::lock_guard lock(m_mutex);
        m_writeAheadLog = name;
    }
    *result = std::make_unique<PatientFile>(std::move(*result), m_patience);
    if (const quint64 number = ManifestGuard::numberOf(name))
        *result = ManifestGuard::watch(m_manifests, number, std::move(*result));
    return status;
}

IOStatus StoreFileSystem::NewSequentialFile(const std::string &name, const Options &options,
                                            std::unique_ptr<rocksdb::FSSequentialFile> *result, Debug *debug)
{
    return m_patience.repeat([&] { return target()->NewSequentialFile(name, options, result, debug); });
}

IOStatus StoreFileSystem::NewRandomAccessFile(const std::string &name, const Options &options,
                                              std::unique_ptr<rocksdb::FSRandomAccessFile> *result,
                                              Debug *debug)
{
    return m_patience.repeat([&] { return target()->NewRandomAccessFile(name, options, result, debug); });
}

IOStatus StoreFileSystem::LockFile(const std::string &name, const IOOptions &options,
                                   rocksdb::FileLock **lock, Debug *debug)
{
    IOStatus status = target()->LockFile(name, options, lock, debug);
    if (status.ok())
        keepPrivate(name);
    return status;
}

} // namespace replog
