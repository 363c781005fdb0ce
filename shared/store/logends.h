// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/log/entry.h"
#include "shared/store/logdigest.h"

#include <rocksdb/db.h>

#include <QString>

namespace replog {

// Where a stored log ends.
struct LogEnds
{
    Position last;
    qint64 lastTimeMs = 0; // of that entry
    LogDigest digest;      // of all entries
};

// Whether the log begins and ends where it must, without a scan. There may be entries below the first id,
// which nobody reads any more, and there need not be any at or above it.
// `entries` is the column family of the entries in `db`, `base` the place before the first one, `stored` the
// last id that was noted as durable, `folder` what texts call the log. `ends` is filled in as far as it was
// found, with an error, too: Corrupt, Io.
Result<void> findLogEnds(rocksdb::DB &db, rocksdb::ColumnFamilyHandle *entries, const LogBase &base,
                         quint64 stored, const QString &folder, LogEnds &ends);

} // namespace replog
