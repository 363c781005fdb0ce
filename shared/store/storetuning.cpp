// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/storetuning.h"

#include "shared/store/storeoptions.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace replog {

namespace {

constexpr std::size_t MiB = 1024 * 1024;
constexpr std::size_t CacheSize = 16 * MiB;
constexpr std::size_t EntriesBufferSize = 16 * MiB;
constexpr std::size_t SmallBufferSize = 4 * MiB;
constexpr std::uint64_t KeysAgeSeconds = 24 * 3600; // trimmed keys are gone a day later at the latest
constexpr int OtherDescriptors = 64; // write-ahead logs, tables being written, the folder and so on

class NoLogger final : public rocksdb::Logger
{
public:
    using Logger::Logv;
    void Logv(const char *, va_list) override {}
};

rocksdb::BlockBasedTableOptions tableOptions(const std::shared_ptr<rocksdb::Cache> &cache)
{
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.cache_index_and_filter_blocks = true;
    table.format_version = 5;
    return table;
}

rocksdb::ColumnFamilyOptions familyOptions(const rocksdb::BlockBasedTableOptions &table,
                                           std::size_t bufferSize)
{
    rocksdb::ColumnFamilyOptions options;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.write_buffer_size = bufferSize;
    options.max_write_buffer_number = 3;
    // The same on every level, so that a file of later ids is moved down a level without being written again.
    options.compression = rocksdb::kNoCompression;
    return options;
}

} // namespace

StoreTuning::StoreTuning() : m_cache(rocksdb::NewLRUCache(CacheSize)) {}

rocksdb::DBOptions StoreTuning::database() const
{
    rocksdb::DBOptions options;
    // A write that a crash interrupted is at the end of the write-ahead log and was never acknowledged: open
    // without it. PositionFile::last() shows if acknowledged data are missing, too.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    // While a table is being written there is an older write-ahead log, too. What it loses would be missed
    // nowhere: the numbers of the writes go on in the next one. So RocksDB lists how long each was when it
    // ended, and opens nothing if one is missing or shorter. A log without such a list (of an older version)
    // opens as it did.
    options.track_and_verify_wals_in_manifest = true;
    // One flush for all families, so that none keeps old write-ahead logs from being removed.
    options.atomic_flush = true;
    options.allow_concurrent_memtable_write = false; // there is one writer
    options.enable_write_thread_adaptive_yield = false;
    options.max_background_jobs = 2;
    options.max_open_files = StoreDescriptors - OtherDescriptors;
    // RocksDB starts so many threads for every family, however few files there are: 16 took longer to start
    // than a quarter of max_open_files take to open.
    options.max_file_opening_threads = 1;
    // Write a table file to the disk bit by bit while it grows, so that syncs of the log need not wait for
    // all of it.
    options.bytes_per_sync = 512 * 1024;
    options.max_bgerror_resume_count = 0;
    // RocksDB's info log says nothing that the errors of its calls do not, and a full disk aborts the process
    // there.
    options.info_log = std::make_shared<NoLogger>();
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    return options;
}

rocksdb::ColumnFamilyOptions StoreTuning::entries() const
{
    rocksdb::BlockBasedTableOptions table = tableOptions(m_cache);
    table.block_size = 32 * 1024;
    return familyOptions(table, EntriesBufferSize);
}

rocksdb::ColumnFamilyOptions StoreTuning::keys(const rocksdb::CompactionFilter &filter) const
{
    rocksdb::BlockBasedTableOptions table = tableOptions(m_cache);
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    rocksdb::ColumnFamilyOptions options = familyOptions(table, EntriesBufferSize);
    options.compaction_filter = &filter;
    options.periodic_compaction_seconds = KeysAgeSeconds;
    return options;
}

rocksdb::ColumnFamilyOptions StoreTuning::meta() const
{
    return familyOptions(tableOptions(m_cache), SmallBufferSize);
}

} // namespace replog
