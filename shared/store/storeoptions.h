// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <memory>

namespace rocksdb {
class FileSystem;
class SystemClock;
} // namespace rocksdb

namespace replog {

// The most file descriptors that an open store uses. The limit of connections leaves them free.
inline constexpr int StoreDescriptors = 320;

// How to open a store.
struct StoreOptions
{
    QString dataDir;          // created if missing
    QByteArray role;          // "master" or "secondary"
    QByteArray name;          // the node's name
    bool promote = false;     // take over the folder, whoever wrote it last, for this role and name
    QString restoreFrom = {}; // a backup that an empty folder is filled from first, see restoreStore()
    bool reset = false;       // drop everything that this role and name stored, readable or not
    // A commit may wait a moment for more entries (CommitDelay). For a node whose clients wait for its own
    // sync alone.
    bool commitDelay = false;
    // The file layer under RocksDB; the machine's own if null.
    std::shared_ptr<rocksdb::FileSystem> fileSystem = {};
    // RocksDB's clock, by which it also sleeps; the machine's if null.
    std::shared_ptr<rocksdb::SystemClock> clock = {};
};

} // namespace replog
