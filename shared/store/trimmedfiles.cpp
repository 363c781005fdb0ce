// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/trimmedfiles.h"

#include "shared/store/record.h"
#include "shared/store/storekeys.h"

#include <rocksdb/convenience.h>

#include <algorithm>
#include <utility>

namespace replog {

void TrimmedFiles::dropBelow(quint64 firstId)
{
    const std::lock_guard lock(m_mutex);
    if (m_isKept)
        m_dropBelow = std::max(m_dropBelow, firstId);
    else
        drop(firstId);
}

void TrimmedFiles::keep(bool keep)
{
    const std::lock_guard lock(m_mutex);
    m_isKept = keep;
    if (!keep)
        drop(std::exchange(m_dropBelow, 1));
}

// Only for entries whose giving up is durable.
void TrimmedFiles::drop(quint64 firstId)
{
    if (firstId < m_droppedBelow)
        return;
    m_droppedBelow = firstId;
    m_keys.setFirstId(firstId);
    if (firstId <= 1)
        return;
    const RecordKey first(0);
    const RecordKey last(firstId - 1);
    const rocksdb::Slice from = toSlice(first.view());
    const rocksdb::Slice to = toSlice(last.view());
    // A failure costs only room: the next call removes these files.
    rocksdb::DeleteFilesInRange(&m_db, m_entries, &from, &to).PermitUncheckedError();
}

} // namespace replog
