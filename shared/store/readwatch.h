// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rocksdb/file_system.h>

#include <memory>
#include <mutex>

namespace replog {

// Notices reads that fail, of content as of names and sizes. RocksDB takes some of them for damage: a file
// that it cannot open is "not supported", one whose size it cannot get is missing. Only what was read can
// show damage. That there is no such file is no failure. Any thread.
class ReadWatch final : public rocksdb::FileSystemWrapper
{
public:
    explicit ReadWatch(const std::shared_ptr<rocksdb::FileSystem> &disk) : FileSystemWrapper(disk) {}

    // The first one; ok: there was none.
    rocksdb::IOStatus failure() const;

    const char *Name() const override { return "ReadWatch"; }
    using Options = rocksdb::IOOptions;
    using Debug = rocksdb::IODebugContext;
    rocksdb::IOStatus NewSequentialFile(const std::string &name, const rocksdb::FileOptions &options,
                                        std::unique_ptr<rocksdb::FSSequentialFile> *result,
                                        Debug *debug) override;
    rocksdb::IOStatus NewRandomAccessFile(const std::string &name, const rocksdb::FileOptions &options,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile> *result,
                                          Debug *debug) override;
    rocksdb::IOStatus FileExists(const std::string &name, const Options &options, Debug *debug) override;
    rocksdb::IOStatus GetChildren(const std::string &folder, const Options &options,
                                  std::vector<std::string> *result, Debug *debug) override;
    rocksdb::IOStatus GetChildrenFileAttributes(const std::string &folder, const Options &options,
                                                std::vector<rocksdb::FileAttributes> *result,
                                                Debug *debug) override;
    rocksdb::IOStatus GetFileSize(const std::string &name, const Options &options, std::uint64_t *size,
                                  Debug *debug) override;

    // Notes it if it is a failure, and returns it.
    rocksdb::IOStatus noted(rocksdb::IOStatus status);

private:
    mutable std::mutex m_mutex;
    rocksdb::IOStatus m_failure; // guarded by m_mutex
};

} // namespace replog
