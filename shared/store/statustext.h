// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rocksdb/status.h>

#include <QString>

namespace replog {

// What RocksDB says of a failure, on one line: some of its texts have several, and name paths.
inline QString statusText(const rocksdb::Status &status)
{
    return QString::fromStdString(status.ToString()).simplified();
}

} // namespace replog
