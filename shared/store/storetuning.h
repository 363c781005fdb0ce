// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rocksdb/options.h>

#include <memory>

namespace rocksdb {
class Cache;
}

namespace replog {

// RocksDB's options for a log: ids come in order, nothing is overwritten, memory is bounded whatever the
// length.
class StoreTuning
{
public:
    StoreTuning();

    rocksdb::DBOptions database() const;
    rocksdb::ColumnFamilyOptions entries() const;
    // The filter must outlive the database.
    rocksdb::ColumnFamilyOptions keys(const rocksdb::CompactionFilter &filter) const;
    rocksdb::ColumnFamilyOptions meta() const;

private:
    std::shared_ptr<rocksdb::Cache> m_cache; // shared by all column families
};

} // namespace replog
