// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/store/logstore.h"
#include "shared/store/positionfile.h"
#include "shared/store/storeoptions.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <functional>
#include <memory>

namespace replog {

class FailureListener;

// The opened database and position file of a node, and what they hold. Layout of the data folder:
//   log/       a RocksDB with three column families:
//     entries  id → the record of entries that ends with it (see recordformat.h); dense from 1
//     keys     idempotency key → first and last id of the run of entries that carry it
//     default  format, role, name, epoch, committed, and "m/" + key for what putMeta stored
//   position   see positionfile.h
// Any thread may use what is public here as RocksDB allows; opening and destruction belong to one thread.
class StoreDatabase
{
public:
    using FailureHandler = std::function<void(const Error &)>;

    static Result<std::unique_ptr<StoreDatabase>> open(const StoreOptions &options);
    ~StoreDatabase();

    // Called, on a thread of RocksDB, when it fails in the background; at once if it has failed already. Not
    // called any more after it was set to null.
    void setFailureHandler(FailureHandler handler);

    rocksdb::DB &db() { return *m_db; }
    rocksdb::ColumnFamilyHandle *entries() const { return m_entries; }
    rocksdb::ColumnFamilyHandle *keys() const { return m_keys; }
    rocksdb::ColumnFamilyHandle *meta() const { return m_meta; }
    PositionFile &position() { return *m_position; }
    const StoreState &state() const { return m_state; }

private:
    explicit StoreDatabase(const StoreOptions &options);

    Result<void> openFolder();
    Result<void> openDatabase(bool fresh);
    Result<void> load();
    Result<void> checkOwner();
    Result<void> checkEntries();
    Result<void> takeOver();
    Result<void> drop();
    QString logFolder() const;
    QString positionPath() const;

    StoreOptions m_options;
    std::shared_ptr<FailureListener> m_listener;
    std::unique_ptr<rocksdb::Env> m_env;
    std::unique_ptr<rocksdb::DB> m_db;
    rocksdb::ColumnFamilyHandle *m_meta = nullptr;
    rocksdb::ColumnFamilyHandle *m_entries = nullptr;
    rocksdb::ColumnFamilyHandle *m_keys = nullptr;
    std::unique_ptr<PositionFile> m_position;
    StoreState m_state;
};

// What a failed call of RocksDB comes to. `what` is what was being done.
Error storeError(const rocksdb::Status &status, const QString &what);

} // namespace replog
