// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QString>

namespace replog {

class StoreDatabase;

// A backup that was made. It is a folder like a node's own: log/ and position.
struct Backup
{
    QString path;
    quint64 firstId = 1;
    quint64 lastId = 0;
    quint64 epoch = 0;
    QByteArray digest; // of the entries up to lastId, in hex
};

// Makes a backup of an open store in the folder `name` of `dir`, which is made if it is missing; its parent
// must be there. Holds all that was durable at the call, and may hold more. Table files on the same file
// system are shared (hard links), all else is copied. Appends go on meanwhile.
//
// The backup is durable when this returns. Until then it has another name, beginning with a dot, under which
// a crash leaves it; the next backup of this node removes what was left so.
//
// `committedId`: that of the store, as of the call. Blocks for as long as the copying takes; any thread, one
// at a time for a store. Errors: Conflict (there already), Io, Corrupt.
Result<Backup> makeBackup(StoreDatabase &database, const QString &dir, const QString &name,
                          quint64 committedId);

} // namespace replog
