// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/manifestguard.h"
#include "shared/store/patience.h"
#include "shared/store/readwatch.h"

#include <rocksdb/file_system.h>

#include <memory>
#include <mutex>
#include <string>

namespace replog {

// The file layer between RocksDB and a node's disk: files are for their owner alone, calls wait for room and
// descriptors (Patience), the list of files is watched (ManifestGuard), the write-ahead log is extended ahead
// (WalFileSystem, below this layer), and failed reads are noticed (ReadWatch, the lowest). Files outside the
// log's folder, such as those of a backup, go straight to the disk: if that is full, the backup fails and
// nothing waits.
class StoreFileSystem final : public rocksdb::FileSystemWrapper
{
public:
    // `folder`: the log's.
    StoreFileSystem(const std::shared_ptr<rocksdb::FileSystem> &disk, const std::string &folder);

    Patience &patience() { return m_patience; }
    ManifestGuard &manifests() { return *m_manifests; }
    const ReadWatch &reads() const { return *m_disk; }
    rocksdb::FileSystem &disk() { return *m_disk; }
    // The path of the one that was begun last, which is written to; empty: none was.
    std::string writeAheadLog() const;

    const char *Name() const override { return "StoreFileSystem"; }
    using Options = rocksdb::FileOptions;
    using Debug = rocksdb::IODebugContext;
    rocksdb::IOStatus NewWritableFile(const std::string &name, const Options &options,
                                      std::unique_ptr<rocksdb::FSWritableFile> *result,
                                      Debug *debug) override;
    rocksdb::IOStatus NewSequentialFile(const std::string &name, const Options &options,
                                        std::unique_ptr<rocksdb::FSSequentialFile> *result,
                                        Debug *debug) override;
    rocksdb::IOStatus NewRandomAccessFile(const std::string &name, const Options &options,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile> *result,
                                          Debug *debug) override;
    rocksdb::IOStatus LockFile(const std::string &name, const rocksdb::IOOptions &options,
                               rocksdb::FileLock **lock, Debug *debug) override;

private:
    bool isOurs(const std::string &name) const { return name.starts_with(m_folder); }

    StoreFileSystem(const std::shared_ptr<ReadWatch> &disk, const std::string &folder);

    const std::shared_ptr<ReadWatch> m_disk;
    const std::string m_folder; // with a slash at its end
    mutable std::mutex m_mutex;
    std::string m_writeAheadLog; // guarded by m_mutex
    Patience m_patience;
    const std::shared_ptr<ManifestGuard> m_manifests = std::make_shared<ManifestGuard>(m_patience);
};

} // namespace replog
