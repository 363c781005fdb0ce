// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <rocksdb/status.h>

#include <QString>

namespace replog {

// The error for a failed call of RocksDB. `what` says what was being done.
Error storeError(const rocksdb::Status &status, const QString &what);
// Adds what an operator can do about an error of code Io at a start: it says nothing of the log.
Error withDiskAdvice(Error error);
// The error for a failed write, after which the store accepts no more writes.
Error writeError(const rocksdb::Status &status);

} // namespace replog
