// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QString>

#include <functional>

namespace replog {

class StoreDatabase;

// A backup that was made. It is a folder like a node's own (log/ and position), with a mark:
// no node runs on it.
struct Backup
{
    QString path;        // of the folder
    quint64 firstId = 1; // oldest entry in it; lastId + 1 if it has none
    quint64 lastId = 0;
    quint64 epoch = 0; // number of the highest epoch that the node had seen
    QByteArray digest; // of the log up to lastId, as LogDigest::toHex() gives it
};

// A file in the folder of a backup, and of nothing else.
inline constexpr char BackupMark[] = "backup";

// Makes a backup of an open store in the folder `name` of `dir`. Creates `dir` if it is missing; its parent
// must exist. The backup holds all that was durable at the call, and may hold more. It shares table files on
// the same file system (hard links), and copies all else. Appends go on meanwhile.
//
// The backup is durable when this returns. Until then its name begins with a dot; if a crash leaves such a
// folder, the next backup of this node removes it.
//
// `committedId` is the store's at the call. `mayFinish` is called before the backup gets its name; if it says
// no, what was made is removed. Blocks until everything is copied, and while the node's own disk is full; any
// thread, one at a time for a store. Errors: Conflict (the folder exists), NoSpace, Io, Corrupt, Unavailable
// (it may not finish).
Result<Backup> makeBackup(StoreDatabase &database, const QString &dir, const QString &name,
                          quint64 committedId, const std::function<bool()> &mayFinish);

} // namespace replog
