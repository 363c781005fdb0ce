// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <utility>

namespace replog {

// How many bytes all peers together make this process hold. Whoever keeps something for a peer has a Share
// and keeps it up to date; whoever takes new work in asks hasRoom() first. One thread.
class MemoryBudget
{
public:
    explicit MemoryBudget(qint64 limit) : m_limit(limit) {}
    Q_DISABLE_COPY_MOVE(MemoryBudget)

    qint64 used() const { return m_used; }
    qint64 limit() const { return m_limit; }
    // A quarter is kept for the other nodes of the cluster, so that clients cannot crowd deliveries out.
    bool hasRoom() const { return m_used < m_limit - m_limit / 4; }
    bool hasRoomForCluster() const { return m_used < m_limit; }

    // What one holder has of the budget; gives it back when it goes. The budget outlives it.
    class Share
    {
    public:
        explicit Share(MemoryBudget &budget) : m_budget(budget) {}
        ~Share() { set(0); }
        Q_DISABLE_COPY_MOVE(Share)

        void set(qint64 bytes) { m_budget.m_used += bytes - std::exchange(m_bytes, bytes); }
        qint64 bytes() const { return m_bytes; }

    private:
        MemoryBudget &m_budget;
        qint64 m_bytes = 0;
    };

private:
    qint64 m_limit;
    qint64 m_used = 0;
};

} // namespace replog
