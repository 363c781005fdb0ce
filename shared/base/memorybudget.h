// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <algorithm>
#include <utility>

namespace replog {

// How many bytes all peers together make this process hold. Whoever keeps something for a peer has a Share
// and keeps it up to date; whoever takes new work in asks for room first. One thread.
class MemoryBudget
{
public:
    // Whom these bytes may keep out.
    enum class Part : quint8 {
        Idle,    // nobody: of connections that asked for nothing yet or are about to close, and can be closed
        Readers, // other readers, of half of the budget
        Others,  // all clients
    };

    explicit MemoryBudget(qint64 limit) : m_limit(limit) {}
    Q_DISABLE_COPY_MOVE(MemoryBudget)

    class Share;

    qint64 used() const { return m_used; }
    qint64 readers() const { return m_readers; }
    qint64 limit() const { return m_limit; }
    // A quarter is kept for the other nodes of the cluster, so that clients cannot crowd deliveries out.
    // Whatever readers hold beyond their half crowds nobody out but readers.
    bool hasRoom() const { return m_others + std::min(m_readers, readersLimit()) < m_limit - m_limit / 4; }
    bool hasRoomForCluster() const { return withoutExcess() < m_limit; }
    // What is held, without what readers hold beyond their half: that is taken from them, from nobody else.
    qint64 withoutExcess() const { return m_used - m_readers + std::min(m_readers, readersLimit()); }
    // What the asking one has already does not count against it.
    bool hasRoomForReader(const Share &asking) const;
    bool hasRoomForReaders() const { return m_readers < readersLimit(); }
    // More is held than clients may have: what can be given up should be.
    bool isShort() const { return m_used >= m_limit - m_limit / 4; }

private:
    qint64 readersLimit() const { return m_limit / 2; }
    void add(Part part, qint64 bytes)
    {
        m_used += bytes;
        if (part == Part::Readers)
            m_readers += bytes;
        else if (part == Part::Others)
            m_others += bytes;
    }

    const qint64 m_limit;
    qint64 m_used = 0;
    qint64 m_readers = 0;
    qint64 m_others = 0;
};

// What one holder has of the budget; gives it back when it goes. The budget outlives it.
class MemoryBudget::Share
{
public:
    Share(MemoryBudget &budget, Part part) : m_budget(budget), m_part(part) {}
    ~Share() { set(0); }
    Q_DISABLE_COPY_MOVE(Share)

    void set(qint64 bytes) { m_budget.add(m_part, bytes - std::exchange(m_bytes, bytes)); }
    qint64 bytes() const { return m_bytes; }
    void setPart(Part part)
    {
        if (part == m_part)
            return;
        m_budget.add(m_part, -m_bytes);
        m_budget.add(part, m_bytes);
        m_part = part;
    }
    Part part() const { return m_part; }

private:
    MemoryBudget &m_budget;
    qint64 m_bytes = 0;
    Part m_part;
};

inline bool MemoryBudget::hasRoomForReader(const Share &asking) const
{
    const qint64 own = asking.part() == Part::Readers ? asking.bytes() : 0;
    return m_readers - own < readersLimit() && hasRoom();
}

} // namespace replog
