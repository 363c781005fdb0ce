// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/store/datafolder.h"
#include "shared/store/folderwatch.h"
#include "shared/store/keyfilter.h"
#include "shared/store/logdigest.h"
#include "shared/store/logstore.h"
#include "shared/store/ownerfile.h"
#include "shared/store/patience.h"
#include "shared/store/positionfile.h"
#include "shared/store/storeerror.h"
#include "shared/store/storeoptions.h"
#include "shared/store/trimmedfiles.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <functional>
#include <memory>
#include <optional>

namespace replog {

class FailureListener;
class StoreFileSystem;

// The opened database and position file of a node, and what they hold. Layout of the data folder:
//   log/       a RocksDB with three column families:
//     entries  id → the record of entries that ends with it (see record.h); dense from 1
//     keys     idempotency key → first and last id of each run of entries that carry it, newest first
//     default  format, role, name, node, epoch, base, committed, restored, taken over, and "m/" + key for
//     what putMeta stored
//   position   see positionfile.h
//   owner      see ownerfile.h
// Any thread may use what is public here as RocksDB allows; opening and destruction belong to one thread.
class StoreDatabase
{
public:
    using FailureHandler = std::function<void(const Error &)>;

    static Result<std::unique_ptr<StoreDatabase>> open(const StoreOptions &options);
    // Opens `folder`, a closed store or a backup, for reading; nothing in it changes. Calls
    // `finding` with each reason for which open() would refuse it. Returns null if it cannot be read at all.
    // state() says whose it is.
    static std::unique_ptr<StoreDatabase>
    inspect(const QString &folder, const FailureHandler &finding,
            const std::shared_ptr<rocksdb::FileSystem> &fileSystem = {});
    ~StoreDatabase();

    // Why something in the folder could not be read; null: all reads succeeded.
    std::optional<Error> readFailure() const;

    // `handler` is called on a thread of RocksDB when RocksDB fails in the background; at once if it has
    // failed already. Set it to null to end that.
    void setFailureHandler(FailureHandler handler);

    // From now on writes wait while the disk is full, see Patience; null ends that.
    void setStallHandler(Patience::Tell handler);

    rocksdb::DB &db() { return *m_db; }
    rocksdb::ColumnFamilyHandle *entries() const { return m_entries; }
    rocksdb::ColumnFamilyHandle *keys() const { return m_keys; }
    rocksdb::ColumnFamilyHandle *meta() const { return m_meta; }
    PositionFile &position() { return *m_position; }
    // Writes what was set there; waits while the disk is full, see Patience.
    rocksdb::IOStatus writePosition();
    rocksdb::IOStatus syncPosition();
    TrimmedFiles &trimmedFiles() { return *m_trimmedFiles; }
    StoreFileSystem &files() { return *m_files; }
    const QString &dataDir() const { return m_folder->path(); }
    // Whether files of the open store were removed or replaced. Any thread.
    std::optional<Error> lost() const { return m_watch->lost(); }
    // The layer below; null: the machine's own.
    const std::shared_ptr<rocksdb::FileSystem> &fileSystem() const { return m_options.fileSystem; }
    // Makes this the store of a new node that holds the same log, without the members, and notes which backup
    // it came from. Call it before state() is read.
    Result<void> becomeNewNode(const QByteArray &backup);
    // The backup that this was made of; empty: none.
    const QByteArray &restoredFrom() const { return m_restoredFrom; }
    // What to store as `restored` with the first entries that come from a master; empty: they change nothing
    // there.
    QByteArray joinedMark() const;
    // The next epoch to be stored is the first of a master that was made of this folder.
    bool isTakenOver() const { return m_isTakenOver; }
    bool isMasters() const { return m_options.role == "master"; }
    // As found at opening; so is digest().
    const StoreState &state() const { return m_state; }
    // Of all entries.
    const LogDigest &digest() const { return m_digest; }

private:
    explicit StoreDatabase(const StoreOptions &options);

    Result<void> openFolder();
    Error judged(const Error &error) const;
    Error withAdvice(Error error, const Result<void> &owned) const;
    Result<void> checkOwnerFile() const;
    Result<void> openPosition(bool hasLog);
    Result<void> readPosition();
    enum class Access { Read, Write, Create };
    Result<void> openDatabase(Access access);
    Result<void> load();
    Result<void> checkOwner(const QByteArray &role, const QByteArray &name) const;
    Result<void> noteOwner();
    Result<void> checkWrites();
    Result<void> checkEntries();
    void readRestored(const QByteArray &value);
    Result<void> checkLeader() const;
    Result<void> takeOver();
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
    std::unique_ptr<TrimmedFiles> m_trimmedFiles;
    std::unique_ptr<FolderWatch> m_watch;
    StoreState m_state;
    LogDigest m_digest;
    QByteArray m_restoredFrom;
    bool m_hasJoined = false; // entries of a master came since the restoration
    bool m_isTakenOver = false;
};

} // namespace replog
