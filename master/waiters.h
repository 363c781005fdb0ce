// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/base/scheduler.h"

#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace replog {

// How the wait for a concern ended.
enum class WaitEnd { Satisfied, TimedOut, Released, ShuttingDown, StoreFailed };

// The clients that wait for concerns. Each is completed exactly once: satisfied, timed out, released,
// shutting down, store failed; or cancelled by the client's hang-up, after which nothing is called.
//
// They stand in the order of the entries that they wait for, which nearly all come in, too: to add one and to
// complete it costs no search, and the places of cancelled ones are cleared away when they are many.
class Waiters
{
public:
    // Serial 0 is nobody.
    struct Ticket
    {
        quint64 last = 0;
        quint64 serial = 0;
        friend bool operator==(const Ticket &, const Ticket &) = default;
    };
    using Done = std::function<void(WaitEnd)>;

    explicit Waiters(Scheduler &scheduler) : m_scheduler(scheduler) {}
    ~Waiters();

    // Waits for entries first..last (one append), which are satisfied when `last` is. No timeout: as long as
    // it takes. What cannot be satisfied any more (shut down, or beyond what a failed store holds) is
    // completed at once: nobody's ticket.
    Ticket add(quint64 first, quint64 last, std::optional<qint64> timeoutMs, Done done);
    void cancel(const Ticket &ticket);

    void satisfy(quint64 first, quint64 last);
    // Ends the waits whose append holds `id`.
    void release(quint64 id);
    // Ends the waits for anything beyond `id`.
    void failBeyond(quint64 id);
    void shutDown();

    int count() const { return static_cast<int>(m_waiting.size() - m_gone); }
    // Clients whose append holds `id`.
    int clientsOf(quint64 id) const;

private:
    struct Waiter
    {
        quint64 last;
        quint64 first;
        quint64 serial; // 0: gone
        Scheduler::TimerId timer;
        Done done;
    };
    using Waiting = std::deque<Waiter>;
    using Group = std::vector<Waiter>;

    Waiting::iterator from(quint64 last);
    Waiting::iterator find(const Ticket &ticket);
    void leave(Waiter &waiter, Group &group);
    void tidy();
    Group take(Waiting::iterator begin, Waiting::iterator end);
    void complete(Group group, WaitEnd end);

    Scheduler &m_scheduler;
    Waiting m_waiting;      // by `last`, then by serial
    std::size_t m_gone = 0; // of them
    quint64 m_lastSerial = 0;
    quint64 m_widest = 0; // the most that `last` of a wait was ever beyond `first`
    quint64 m_failedBeyond = ~quint64(0);
    bool m_shutDown = false;
};

} // namespace replog
