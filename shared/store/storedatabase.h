// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/store/datafolder.h"
#include "shared/store/keyfilter.h"
#include "shared/store/logdigest.h"
#include "shared/store/logstore.h"
#include "shared/store/patience.h"
#include "shared/store/positionfile.h"
#include "shared/store/storeoptions.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <functional>
#include <memory>
#include <mutex>

namespace replog {

class FailureListener;
class StoreFileSystem;

// The opened database and position file of a node, and what they hold. Layout of the data folder:
//   log/       a RocksDB with three column families:
//     entries  id → the record of entries that ends with it (see record.h); dense from 1
//     keys     idempotency key → first and last id of the run of entries that carry it
//     default  format, role, name, node, epoch, base, committed, restored, taken over, and "m/" + key for
//     what putMeta stored
//   position   see positionfile.h
// Any thread may use what is public here as RocksDB allows; opening and destruction belong to one thread.
class StoreDatabase
{
public:
    using FailureHandler = std::function<void(const Error &)>;

    static Result<std::unique_ptr<StoreDatabase>> open(const StoreOptions &options);
    // Opens what lies in `folder`, a store that nobody has open or a backup, to be read alone; nothing in it
    // changes. `finding` is called with each thing for which open() would refuse it; null if it cannot be
    // read at all. It belongs to whoever state() says.
    static std::unique_ptr<StoreDatabase>
    inspect(const QString &folder, const FailureHandler &finding,
            const std::shared_ptr<rocksdb::FileSystem> &fileSystem = {});
    ~StoreDatabase();

    // Called, on a thread of RocksDB, when it fails in the background; at once if it has failed already. Not
    // called any more after it was set to null.
    void setFailureHandler(FailureHandler handler);

    // From now on a full disk is waited out, see Patience; null: not any more.
    void setStallHandler(Patience::Tell handler);

    rocksdb::DB &db() { return *m_db; }
    rocksdb::ColumnFamilyHandle *entries() const { return m_entries; }
    rocksdb::ColumnFamilyHandle *keys() const { return m_keys; }
    rocksdb::ColumnFamilyHandle *meta() const { return m_meta; }
    PositionFile &position() { return *m_position; }
    // Removes the files that hold entries below `firstId` alone. What is left of them in other files nobody
    // reads. Waits for the disk.
    void dropFilesBelow(quint64 firstId);
    // While `keep` no file goes below a log's first entry, so that what RocksDB lists of its files is of one
    // moment; afterwards those go that were to.
    void keepFiles(bool keep);
    StoreFileSystem &files() { return *m_files; }
    const QString &dataDir() const { return m_folder->path(); }
    // The layer below; null: the machine's own.
    const std::shared_ptr<rocksdb::FileSystem> &fileSystem() const { return m_options.fileSystem; }
    // Makes it another node that holds the same log, with the members forgotten, and notes which backup this
    // was. Nobody has read state() yet.
    Result<void> becomeNewNode(const QByteArray &backup);
    // The backup that this was made of; empty: none.
    const QByteArray &restoredFrom() const { return m_restoredFrom; }
    // The next epoch to be stored is the first of a master that was made of this folder.
    bool isTakenOver() const { return m_isTakenOver; }
    // As found at opening, as is the next.
    const StoreState &state() const { return m_state; }
    // Of all entries.
    const LogDigest &digest() const { return m_digest; }

private:
    explicit StoreDatabase(const StoreOptions &options);

    Result<void> openFolder();
    Result<void> openPosition(bool hasLog);
    Result<void> readPosition();
    enum class Access { Read, Write, Create };
    Result<void> openDatabase(Access access);
    Result<void> load();
    Result<void> checkOwner();
    Result<void> checkWrites();
    Result<void> checkEntries();
    void readRestored(const QByteArray &value);
    Result<void> takeOver();
    void drop(quint64 firstId);
    Result<void> dropAll();

    StoreOptions m_options;
    std::unique_ptr<DataFolder> m_folder;
    std::shared_ptr<FailureListener> m_listener;
    std::shared_ptr<StoreFileSystem> m_files;
    std::unique_ptr<rocksdb::Env> m_env;
    std::unique_ptr<PositionFile> m_position;
    KeyFilter m_keyFilter;
    std::unique_ptr<rocksdb::DB> m_db;
    rocksdb::ColumnFamilyHandle *m_meta = nullptr;
    rocksdb::ColumnFamilyHandle *m_entries = nullptr;
    rocksdb::ColumnFamilyHandle *m_keys = nullptr;
    StoreState m_state;
    LogDigest m_digest;
    QByteArray m_restoredFrom;
    bool m_isTakenOver = false;
    std::mutex m_keepMutex;
    bool m_isKept = false; // guarded by m_keepMutex, as are the next two
    quint64 m_dropBelow = 1;
    quint64 m_droppedBelow = 0;
};

// What a failed call of RocksDB comes to. `what` is what was being done.
Error storeError(const rocksdb::Status &status, const QString &what);
// The same of a write, after which the store takes no more.
Error writeError(const rocksdb::Status &status);

} // namespace replog
