// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

namespace replog {

// A file layer under RocksDB that makes the syncs of small commits cheaper: the write-ahead log is extended
// with zeros some way ahead, so that the next commits overwrite blocks which exist already, and their sync
// need not write the file's size and block map too (a journal commit, about a third of its time).
//
// So a log that was not closed ends in zeros. RocksDB's reader skips zeros without an error, as at the end of
// a log that was mapped into memory. It reports a torn record followed by zeros as damage; point-in-time
// recovery stops there. The other recovery modes do not work with this layer.
class WalFileSystem final : public rocksdb::FileSystemWrapper
{
public:
    explicit WalFileSystem(const std::shared_ptr<rocksdb::FileSystem> &target) : FileSystemWrapper(target) {}

    const char *Name() const override { return "WalFileSystem"; }
    rocksdb::IOStatus NewWritableFile(const std::string &name, const rocksdb::FileOptions &options,
                                      std::unique_ptr<rocksdb::FSWritableFile> *result,
                                      rocksdb::IODebugContext *debug) override;
};

} // namespace replog
