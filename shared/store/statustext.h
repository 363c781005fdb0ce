// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rocksdb/status.h>

#include <QString>

namespace replog {

// What RocksDB says of a failure, on one line: some of its texts have several, and name paths. Without a full
// stop, since advice may follow.
inline QString statusText(const rocksdb::Status &status)
{
    QString text = QString::fromStdString(status.ToString()).simplified();
    if (text.endsWith(u'.'))
        text.chop(1);
    return text;
}

} // namespace replog
