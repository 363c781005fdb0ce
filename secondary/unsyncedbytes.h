// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <deque>
#include <utility>

namespace replog {

// The bytes of entries that a store was handed and has not told durable.
class UnsyncedBytes
{
public:
    qsizetype bytes() const { return m_bytes; }
    // Entries up to `last` were handed to the store, in ascending order.
    void add(quint64 last, qsizetype bytes)
    {
        m_parts.emplace_back(last, bytes);
        m_bytes += bytes;
    }
    void noteDurable(quint64 id)
    {
        for (; !m_parts.empty() && m_parts.front().first <= id; m_parts.pop_front())
            m_bytes -= m_parts.front().second;
    }
    // Entries from `id` on are replaced. Returns the bytes of what held them: they count until noteDropped().
    qsizetype drop(quint64 id)
    {
        qsizetype bytes = 0;
        for (; !m_parts.empty() && m_parts.back().first >= id; m_parts.pop_back())
            bytes += m_parts.back().second;
        return bytes;
    }
    // The store has come to the dropping of these.
    void noteDropped(qsizetype bytes) { m_bytes -= bytes; }

private:
    std::deque<std::pair<quint64, qsizetype>> m_parts; // the last id of each and its bytes
    qsizetype m_bytes = 0;
};

} // namespace replog
