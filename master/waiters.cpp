// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/waiters.h"

#include <algorithm>
#include <iterator>

namespace replog {

Waiters::~Waiters()
{
    for (const auto &[last, group] : m_byLast) {
        for (const Waiter &waiter : group)
            m_scheduler.cancel(waiter.timer);
    }
}

Waiters::Ticket Waiters::add(quint64 first, quint64 last, std::optional<qint64> timeoutMs, Done done)
{
    if (m_shutDown || last > m_failedBeyond) {
        done(m_shutDown ? WaitEnd::ShuttingDown : WaitEnd::StoreFailed);
        return 0;
    }
    m_widest = std::max(m_widest, last - first);
    const Ticket ticket = ++m_lastTicket;
    Scheduler::TimerId timer = 0;
    if (timeoutMs) {
        timer = m_scheduler.schedule(*timeoutMs, [this, ticket, last] {
            Group &group = m_byLast[last];
            const auto it = std::find_if(group.begin(), group.end(), [ticket](const Waiter &w) { return w.ticket == ticket; });
            Group expired;
            expired.push_back(std::move(*it));
            group.erase(it);
            if (group.empty())
                m_byLast.erase(last);
            expired.front().timer = 0;
            complete(std::move(expired), WaitEnd::TimedOut);
        });
    }
    m_byLast[last].push_back({ticket, first, timer, std::move(done)});
    m_lastOf.insert(ticket, last);
    return ticket;
}

void Waiters::cancel(Ticket ticket)
{
    const auto last = m_lastOf.constFind(ticket);
    if (last == m_lastOf.cend())
        return;
    const auto at = m_byLast.find(*last);
    Group &group = at->second;
    const auto it = std::find_if(group.begin(), group.end(), [ticket](const Waiter &w) { return w.ticket == ticket; });
    m_scheduler.cancel(it->timer);
    group.erase(it);
    if (group.empty())
        m_byLast.erase(at);
    m_lastOf.erase(last);
}

void Waiters::satisfy(quint64 first, quint64 last)
{
    // Looked up anew each time: what a completion does may come back here.
    for (auto it = m_byLast.lower_bound(first); it != m_byLast.end() && it->first <= last; it = m_byLast.lower_bound(first)) {
        Group group = std::move(it->second);
        m_byLast.erase(it);
        complete(std::move(group), WaitEnd::Satisfied);
    }
}

void Waiters::release(quint64 id)
{
    Group released;
    for (auto it = m_byLast.lower_bound(id); it != m_byLast.end() && it->first - id <= m_widest;) {
        Group &group = it->second;
        const auto kept = std::stable_partition(group.begin(), group.end(), [id](const Waiter &w) { return w.first > id; });
        std::move(kept, group.end(), std::back_inserter(released));
        group.erase(kept, group.end());
        it = group.empty() ? m_byLast.erase(it) : std::next(it);
    }
    complete(std::move(released), WaitEnd::Released);
}

void Waiters::failBeyond(quint64 id)
{
    m_failedBeyond = id;
    for (auto it = m_byLast.upper_bound(id); it != m_byLast.end(); it = m_byLast.upper_bound(id)) {
        Group group = std::move(it->second);
        m_byLast.erase(it);
        complete(std::move(group), WaitEnd::StoreFailed);
    }
}

void Waiters::shutDown()
{
    m_shutDown = true;
    while (!m_byLast.empty()) {
        Group group = std::move(m_byLast.begin()->second);
        m_byLast.erase(m_byLast.begin());
        complete(std::move(group), WaitEnd::ShuttingDown);
    }
}

int Waiters::clientsOf(quint64 id) const
{
    qsizetype clients = 0;
    for (auto it = m_byLast.lower_bound(id); it != m_byLast.end() && it->first - id <= m_widest; ++it)
        clients += std::count_if(it->second.begin(), it->second.end(), [id](const Waiter &w) { return w.first <= id; });
    return static_cast<int>(clients);
}

void Waiters::complete(Group group, WaitEnd end)
{
    for (const Waiter &waiter : group) {
        m_scheduler.cancel(waiter.timer);
        m_lastOf.remove(waiter.ticket);
    }
    for (const Waiter &waiter : group)
        waiter.done(end);
}

} // namespace replog
