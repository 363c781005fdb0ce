// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entry.h"

#include <string_view>

namespace replog {

// Goes through the entries of a record (see recordformat.h), first to last. The views point into `value`.
class RecordReader
{
public:
    RecordReader(quint64 lastId, std::string_view value);

    // False from the start or from some entry on if the record is damaged; there are no further entries then.
    bool isIntact() const { return m_intact; }
    // Id of the first entry, of an intact record.
    quint64 firstId() const { return m_firstId; }
    // False after the last one.
    bool next(EntryView &entry);

private:
    const char *m_at = nullptr;
    const char *m_end = nullptr;
    quint64 m_firstId = 0;
    quint64 m_nextId = 0;
    quint32 m_left = 0;
    bool m_intact = false;
};

} // namespace replog
