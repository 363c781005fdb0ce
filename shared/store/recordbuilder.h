// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entry.h"

#include <string>
#include <string_view>

namespace replog {

// Gathers entries into the value of a record (see recordformat.h).
class RecordBuilder
{
public:
    bool isEmpty() const { return m_count == 0; }
    std::size_t size() const { return m_value.size(); }
    // Whether it is better put before this entry: one message is read and checked with all of its record.
    bool isFullFor(const EntryView &entry) const;
    // The entry must follow on the one before it.
    void add(const EntryView &entry);

    quint64 lastId() const { return m_lastId; }
    // The value; valid until clear(). Nothing can be added after it.
    std::string_view finish();
    void clear();

private:
    std::string m_value;
    quint32 m_count = 0;
    quint64 m_lastId = 0;
};

} // namespace replog
