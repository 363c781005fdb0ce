// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/keyfilter.h"

#include <rocksdb/db.h>

#include <mutex>

namespace replog {

// Gives the disk the files back that hold nothing but entries which retention gave up. Any thread.
class TrimmedFiles
{
public:
    // `entries` is the column family of the entries in `db`; all three outlive this.
    TrimmedFiles(rocksdb::DB &db, rocksdb::ColumnFamilyHandle *entries, KeyFilter &keys)
        : m_db(db), m_entries(entries), m_keys(keys)
    {
    }

    // Removes the files that hold nothing but entries below `firstId`, whose giving up is durable. Nobody
    // reads such entries in other files. Waits for the disk.
    void dropBelow(quint64 firstId);
    // While `keep` is true dropBelow() removes no file, so that RocksDB's list of its files stays true for a
    // backup; afterwards it removes what it has put off.
    void keep(bool keep);

private:
    void drop(quint64 firstId);

    rocksdb::DB &m_db;
    rocksdb::ColumnFamilyHandle *const m_entries;
    KeyFilter &m_keys;
    std::mutex m_mutex; // guards what follows
    bool m_isKept = false;
    quint64 m_dropBelow = 1;
    quint64 m_droppedBelow = 0;
};

} // namespace replog
