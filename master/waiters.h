// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/base/scheduler.h"

#include <QHash>

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace replog {

// How the wait for a concern ended.
enum class WaitEnd { Satisfied, TimedOut, Released, ShuttingDown, StoreFailed };

// The clients that wait for concerns. Each is completed exactly once: satisfied, timed out, released, shutting down,
// store failed; or cancelled by the client's hang-up, after which nothing is called.
class Waiters
{
public:
    using Ticket = quint64;
    using Done = std::function<void(WaitEnd)>;

    explicit Waiters(Scheduler &scheduler) : m_scheduler(scheduler) {}
    ~Waiters();

    // Waits for entries first..last (one append), which are satisfied when `last` is. No timeout: as long as it takes.
    // What cannot be satisfied any more (shut down, or beyond what a failed store holds) is completed at once: ticket 0.
    Ticket add(quint64 first, quint64 last, std::optional<qint64> timeoutMs, Done done);
    void cancel(Ticket ticket);

    void satisfy(quint64 first, quint64 last);
    // Ends the waits whose append holds `id`.
    void release(quint64 id);
    // Ends the waits for anything beyond `id`.
    void failBeyond(quint64 id);
    void shutDown();

    int count() const { return static_cast<int>(m_lastOf.size()); }
    // Clients whose append holds `id`.
    int clientsOf(quint64 id) const;

private:
    struct Waiter
    {
        Ticket ticket;
        quint64 first;
        Scheduler::TimerId timer;
        Done done;
    };
    using Group = std::vector<Waiter>;

    void complete(Group group, WaitEnd end);

    Scheduler &m_scheduler;
    std::map<quint64, Group> m_byLast;
    QHash<Ticket, quint64> m_lastOf;
    Ticket m_lastTicket = 0;
    quint64 m_widest = 0;              // the most that `last` of a wait was ever beyond `first`
    quint64 m_failedBeyond = ~quint64(0);
    bool m_shutDown = false;
};

} // namespace replog
