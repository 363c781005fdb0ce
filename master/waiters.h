// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/base/scheduler.h"

#include <QObject>

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace replog {

// How the wait for a concern ended.
enum class WaitEnd { Satisfied, TimedOut, Released, ShuttingDown, StoreFailed, Fenced, NotSynced };

// The clients that wait for concerns. Each is completed exactly once: satisfied, timed out, released,
// shutting down, store failed, fenced, not synced; or cancelled by the client's hang-up, after which nothing
// is called.
//
// They are kept in the order of the entries that they wait for. Nearly all come in that order, too: to add or
// to complete one needs no search, to cancel one a binary search. The places of cancelled ones are removed
// when there are many.
//
// Timeout, release and shutdown end the wait for other nodes only. The master's own durability is waited for
// all the same, so that a client that is told of one of them knows that its entries are in the log.
class Waiters : public QObject
{
    Q_OBJECT
public:
    // A default ticket (serial 0) refers to no waiter.
    struct Ticket
    {
        quint64 last = 0;
        quint64 serial = 0;
        friend bool operator==(const Ticket &, const Ticket &) = default;
    };
    using Done = std::function<void(WaitEnd)>;
    // Who waits: the client of an append, or a client that came later (a repeat, or GET …?wait_ms=).
    enum Kind { Append, Watcher, Kinds };

    explicit Waiters(Scheduler &scheduler) : m_scheduler(scheduler) {}
    ~Waiters() override;

    // Waits for entries first..last (one append), which are satisfied when `last` is. Without a timeout it
    // waits as long as it takes. A wait that cannot be satisfied any more (after shutDown(), or one that
    // endBeyond() covers) is completed at once; the ticket then refers to no waiter.
    Ticket add(Kind kind, quint64 first, quint64 last, std::optional<qint64> timeoutMs, Done done);
    void cancel(const Ticket &ticket);

    void satisfy(quint64 first, quint64 last);
    // The master holds everything up to `id`. Call satisfy() for what that satisfies first.
    void handleDurable(quint64 id);
    // Ends the waits whose append holds one of the entries first..last.
    void release(quint64 first, quint64 last);
    // Ends the waits for anything beyond `id`, and those that come later. Called again with a higher id it
    // changes nothing.
    void endBeyond(quint64 id, WaitEnd end);
    // How endBeyond() has ended all waits for this entry, if it has.
    std::optional<WaitEnd> endOf(quint64 id) const
    {
        return id > m_endsBeyond ? std::optional(m_end) : std::nullopt;
    }
    // Ends all waits, and those that come later.
    void shutDown();

    int count() const { return m_counts[Append] + m_counts[Watcher]; }
    int count(Kind kind) const { return m_counts[kind]; }
    // Clients whose append holds `id`.
    int clientsOf(quint64 id) const;

signals:
    // Somebody joined a wait, or left one that goes on: what no other signal tells.
    void clientsChanged();

private:
    struct Waiter
    {
        quint64 last;
        quint64 first;
        quint64 serial;
        Scheduler::TimerId timer;
        Kind kind;
        Done done; // none: the waiter is gone
    };
    using Waiting = std::deque<Waiter>;
    using Group = std::vector<Waiter>;

    Waiting::iterator from(quint64 last);
    Waiting::iterator find(const Ticket &ticket);
    void end(const Ticket &ticket, WaitEnd end);
    void leave(Waiter &waiter, Group &group);
    void tidy();
    Group take(Waiting::iterator begin, Waiting::iterator end);
    void complete(Group group, WaitEnd end);

    Scheduler &m_scheduler;
    Waiting m_waiting;                 // by `last`, then by serial
    std::size_t m_gone = 0;            // how many in m_waiting are gone
    std::array<int, Kinds> m_counts{}; // how many in m_waiting are not
    // By `last` and serial: waits that end so once their entries are durable here.
    std::map<std::pair<quint64, quint64>, WaitEnd> m_endings;
    quint64 m_durableId = 0;
    quint64 m_lastSerial = 0;
    quint64 m_widest = 0;               // the most that `last` of a wait was ever beyond `first`
    quint64 m_endsBeyond = ~quint64(0); // waits beyond it end at once, with m_end
    WaitEnd m_end = WaitEnd::StoreFailed;
    bool m_shutDown = false;
};

} // namespace replog
