// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/memorybudget.h"

#include <QByteArray>
#include <QHash>

namespace replog {

// The large pieces that wait for sockets, however many clients each is for: it is in memory once, and counts
// once.
class SharedPieces
{
public:
    explicit SharedPieces(MemoryBudget &budget) : m_share(budget, MemoryBudget::Part::Readers) {}

    // Whoever holds a piece keeps the very bytes, and releases them before they go.
    void hold(const QByteArray &piece)
    {
        if (++m_holders[piece.constData()] == 1)
            m_share.set(m_share.bytes() + piece.size());
    }
    void release(const QByteArray &piece)
    {
        const auto holders = m_holders.find(piece.constData());
        if (--*holders > 0)
            return;
        m_holders.erase(holders);
        m_share.set(m_share.bytes() - piece.size());
    }

private:
    QHash<const char *, int> m_holders;
    MemoryBudget::Share m_share;
};

} // namespace replog
