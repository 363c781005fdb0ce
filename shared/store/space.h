// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QString>
#include <QtGlobal>

namespace replog {

// What a data folder takes of its disk, and what that has left, in bytes.
struct Space
{
    qint64 storeBytes = 0;    // blocks of all files in the folder
    qint64 freeBytes = 0;     // for this user
    qint64 capacityBytes = 0; // of the disk
};

// Looks at each file's size: a few hundred at most, whatever the log's length. Any thread. Error: Io.
Result<Space> measureSpace(const QString &dataDir);

} // namespace replog
