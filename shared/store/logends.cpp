// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/logends.h"

#include "shared/store/record.h"
#include "shared/store/storeerror.h"
#include "shared/store/storekeys.h"

#include <memory>

namespace replog {

Result<void> findLogEnds(rocksdb::DB &db, rocksdb::ColumnFamilyHandle *entries, const LogBase &base,
                         quint64 stored, const QString &folder, LogEnds &ends)
{
    const quint64 firstId = base.at.id + 1;
    std::unique_ptr<rocksdb::Iterator> it(db.NewIterator({}, entries));
    const auto recordHere = [&it] {
        return RecordReader(RecordKey::idOf(it->key().ToStringView()), it->value().ToStringView());
    };
    ends.last = base.at;
    ends.lastTimeMs = base.timeMs;
    ends.digest = toStored(base).digest;
    it->Seek(toSlice(RecordKey(firstId).view()));
    if (it->Valid()) {
        const RecordReader first = recordHere();
        if (!first.isIntact() || first.firstId() > firstId)
            return Error{Errc::Corrupt, QStringLiteral("the log in %1 does not begin with an intact entry %2")
                                            .arg(folder)
                                            .arg(firstId)};
    } else if (!it->status().ok()) {
        return storeError(it->status(), QStringLiteral("cannot read %1").arg(folder));
    }
    if (it->Valid()) {
        it->SeekToLast();
        if (!it->Valid())
            return storeError(it->status(), QStringLiteral("cannot read %1").arg(folder));
        RecordReader record = recordHere();
        ends.digest = record.digestBefore();
        for (EntryView entry; record.next(entry);) {
            ends.last = {entry.id, entry.epoch};
            ends.lastTimeMs = entry.timeMs;
            ends.digest = ends.digest.with(entry);
        }
        if (!record.isIntact())
            return Error{Errc::Corrupt,
                         QStringLiteral("the last entry of the log in %1 is damaged").arg(folder)};
    }
    if (!it->status().ok())
        return storeError(it->status(), QStringLiteral("cannot read %1").arg(folder));
    if (stored > ends.last.id)
        return Error{Errc::Corrupt,
                     QStringLiteral("the log in %1 ends with entry %2, but entry %3 was stored")
                         .arg(folder)
                         .arg(ends.last.id)
                         .arg(stored)};
    // What came after it may be there without it: a write that was cut off by a crash can be in a newer
    // write-ahead log before RocksDB has listed the one that ended.
    if (stored >= firstId) {
        it->Seek(toSlice(RecordKey(stored).view()));
        if (!it->Valid() && !it->status().ok())
            return storeError(it->status(), QStringLiteral("cannot read %1").arg(folder));
        if (!it->Valid() || recordHere().firstId() > stored)
            return Error{
                Errc::Corrupt,
                QStringLiteral("the log in %1 lacks entry %2, which was stored").arg(folder).arg(stored)};
    }
    return {};
}

} // namespace replog
