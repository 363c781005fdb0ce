// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/waiters.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace replog {

namespace {
constexpr std::size_t GoneKept = 64; // so many places of cancelled waiters may stay before they are removed
}

Waiters::~Waiters()
{
    for (const Waiter &waiter : m_waiting)
        m_scheduler.cancel(waiter.timer);
}

Waiters::Ticket Waiters::add(Kind kind, quint64 first, quint64 last, std::optional<qint64> timeoutMs,
                             Done done)
{
    if (last > m_endsBeyond || (m_shutDown && last <= m_durableId)) {
        done(last > m_endsBeyond ? m_end : WaitEnd::ShuttingDown);
        return {};
    }
    m_widest = std::max(m_widest, last - first);
    const Ticket ticket{last, ++m_lastSerial};
    Scheduler::TimerId timer = 0;
    if (timeoutMs) {
        timer = m_scheduler.schedule(*timeoutMs, [this, ticket] {
            find(ticket)->timer = 0;
            if (ticket.last <= m_durableId)
                end(ticket, WaitEnd::TimedOut);
            else
                m_endings.emplace(std::pair(ticket.last, ticket.serial), WaitEnd::TimedOut);
        });
    }
    ++m_counts[kind];
    Waiter waiter{last, first, ticket.serial, timer, kind, std::move(done)};
    if (m_waiting.empty() || m_waiting.back().last <= last)
        m_waiting.push_back(std::move(waiter));
    else
        m_waiting.insert(from(last + 1), std::move(waiter));
    if (kind == Watcher)
        emit clientsChanged();
    return ticket;
}

void Waiters::cancel(const Ticket &ticket)
{
    const auto it = find(ticket);
    if (it == m_waiting.end())
        return;
    Group cancelled; // destroyed last: its callbacks may call this object
    leave(*it, cancelled);
    m_scheduler.cancel(cancelled.front().timer);
    tidy();
    emit clientsChanged();
}

void Waiters::handleDurable(quint64 id)
{
    m_durableId = id;
    while (!m_endings.empty() && m_endings.begin()->first.first <= id) {
        const auto [place, how] = *m_endings.begin();
        m_endings.erase(m_endings.begin());
        end({place.first, place.second}, how);
    }
    if (m_shutDown)
        complete(take(m_waiting.begin(), from(id + 1)), WaitEnd::ShuttingDown);
}

void Waiters::end(const Ticket &ticket, WaitEnd end)
{
    const auto it = find(ticket);
    if (it == m_waiting.end())
        return; // completed, or gone, meanwhile
    Group ended;
    leave(*it, ended);
    tidy();
    complete(std::move(ended), end);
    emit clientsChanged();
}

void Waiters::satisfy(quint64 first, quint64 last)
{
    // Look it up each time: a completion may call back into this object.
    for (auto begin = from(first); begin != m_waiting.end() && begin->last <= last; begin = from(first))
        complete(take(begin, from(last + 1)), WaitEnd::Satisfied);
}

void Waiters::release(quint64 first, quint64 last)
{
    Group released;
    for (auto it = from(first); it != m_waiting.end() && (it->last <= last || it->last - last <= m_widest);
         ++it) {
        if (!it->done || it->first > last)
            continue;
        if (it->last <= m_durableId)
            leave(*it, released);
        else
            m_endings.emplace(std::pair(it->last, it->serial), WaitEnd::Released);
    }
    tidy();
    complete(std::move(released), WaitEnd::Released);
}

void Waiters::endBeyond(quint64 id, WaitEnd end)
{
    if (id >= m_endsBeyond)
        return;
    m_endsBeyond = id;
    m_end = end;
    complete(take(from(id + 1), m_waiting.end()), end);
}

void Waiters::shutDown()
{
    m_shutDown = true;
    complete(take(m_waiting.begin(), from(m_durableId + 1)), WaitEnd::ShuttingDown);
}

int Waiters::clientsOf(quint64 id) const
{
    const auto begin =
        std::lower_bound(m_waiting.begin(), m_waiting.end(), id,
                         [](const Waiter &each, quint64 wanted) { return each.last < wanted; });
    int clients = 0;
    for (auto it = begin; it != m_waiting.end() && it->last - id <= m_widest; ++it)
        clients += it->done && it->first <= id;
    return clients;
}

// The first that waits for `last` or beyond.
Waiters::Waiting::iterator Waiters::from(quint64 last)
{
    return std::lower_bound(m_waiting.begin(), m_waiting.end(), last,
                            [](const Waiter &each, quint64 wanted) { return each.last < wanted; });
}

Waiters::Waiting::iterator Waiters::find(const Ticket &ticket)
{
    if (ticket.serial == 0)
        return m_waiting.end();
    const auto it = std::lower_bound(
        m_waiting.begin(), m_waiting.end(), ticket, [](const Waiter &each, const Ticket &wanted) {
            return std::pair(each.last, each.serial) < std::pair(wanted.last, wanted.serial);
        });
    const bool found = it != m_waiting.end() && it->last == ticket.last && it->serial == ticket.serial;
    return found && it->done ? it : m_waiting.end();
}

// Moves it into the group; its place stays, without `done`, until tidy().
void Waiters::leave(Waiter &waiter, Group &group)
{
    group.push_back({waiter.last, waiter.first, waiter.serial, waiter.timer, waiter.kind,
                     std::exchange(waiter.done, {})});
    --m_counts[waiter.kind];
    ++m_gone;
}

void Waiters::tidy()
{
    if (m_gone <= GoneKept || m_gone <= m_waiting.size() / 2)
        return;
    std::erase_if(m_waiting, [](const Waiter &each) { return !each.done; });
    m_gone = 0;
}

Waiters::Group Waiters::take(Waiting::iterator begin, Waiting::iterator end)
{
    Group group;
    group.reserve(static_cast<std::size_t>(end - begin));
    for (auto it = begin; it != end; ++it) {
        if (it->done) {
            --m_counts[it->kind];
            group.push_back(std::move(*it));
        } else {
            --m_gone;
        }
    }
    m_waiting.erase(begin, end);
    return group;
}

void Waiters::complete(Group group, WaitEnd end)
{
    for (const Waiter &waiter : group)
        m_scheduler.cancel(waiter.timer);
    for (const Waiter &waiter : group)
        waiter.done(end);
}

} // namespace replog
