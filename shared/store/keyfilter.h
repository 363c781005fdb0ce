// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/storekeys.h"

#include <rocksdb/compaction_filter.h>

#include <atomic>

namespace replog {

// When RocksDB rewrites its files, drops the idempotency keys whose newest run begins below the log's first
// entry.
class KeyFilter final : public rocksdb::CompactionFilter
{
public:
    void setFirstId(quint64 id) { m_firstId.store(id, std::memory_order_relaxed); }

    const char *Name() const override { return "KeyFilter"; }
    bool Filter(int, const rocksdb::Slice &, const rocksdb::Slice &value, std::string *,
                bool *) const override
    {
        const KeyRuns runs = decodeRuns(value);
        return !runs.empty() && runs.front().first < m_firstId.load(std::memory_order_relaxed);
    }

private:
    std::atomic<quint64> m_firstId = 1;
};

} // namespace replog
