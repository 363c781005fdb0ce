// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <memory>

namespace rocksdb {
class FileSystem;
}

namespace replog {

// File descriptors that an open store uses at most. Who bounds the connections of a process keeps them apart.
inline constexpr int StoreDescriptors = 320;

// How to open a store.
struct StoreOptions
{
    QString dataDir;      // created if missing
    QByteArray role;      // "master" or "secondary"
    QByteArray name;      // the node's name
    bool promote = false; // take over the folder whoever wrote it last, and make it this role's and name's
    QString restoreFrom = {}; // a backup that an empty folder is made of first, see restoreStore()
    bool reset = false;       // drop everything that this role and name stored, readable or not
    // A commit may wait a moment for more (CommitDelay). For a node whose clients wait for its own sync
    // alone.
    bool commitDelay = false;
    // The file layer under RocksDB; the machine's own if null.
    std::shared_ptr<rocksdb::FileSystem> fileSystem = {};
};

} // namespace replog
