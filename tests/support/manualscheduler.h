// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"

#include <QHash>

#include <deque>
#include <map>
#include <optional>

namespace replog {

// A scheduler whose time the test moves. Callbacks run only in runDeferred() and advance().
class ManualScheduler final : public Scheduler
{
public:
    qint64 nowMs() const override { return m_nowMs; }
    qint64 utcMicros() const override { return (UtcStartMs + m_nowMs + m_utcShiftMs) * 1000; }
    // Sets the calendar clock forward or back.
    void shiftUtc(qint64 ms) { m_utcShiftMs += ms; }
    TimerId schedule(qint64 delayMs, std::function<void()> fire) override
    {
        const TimerId id = ++m_lastId;
        const qint64 due = m_nowMs + std::max<qint64>(delayMs, 0);
        m_due.emplace(std::pair(due, id), std::move(fire));
        m_dueOf.insert(id, due);
        return id;
    }
    void defer(std::function<void()> run) override { m_deferred.push_back(std::move(run)); }
    void cancel(TimerId id) override
    {
        if (const auto it = m_dueOf.constFind(id); it != m_dueOf.cend()) {
            m_due.erase({*it, id});
            m_dueOf.erase(it);
        }
    }

    // Ends the turn of the event loop: runs deferred callbacks. False if there were none.
    bool runDeferred()
    {
        bool any = false;
        while (!m_deferred.empty()) {
            any = true;
            const auto run = std::move(m_deferred.front());
            m_deferred.pop_front();
            run();
        }
        return any;
    }
    // Advances by `ms` and fires timers in the order in which they become due, each in a turn of its own.
    void advance(qint64 ms)
    {
        const qint64 until = m_nowMs + ms;
        runDeferred();
        while (!m_due.empty() && m_due.begin()->first.first <= until) {
            const auto first = m_due.begin();
            m_nowMs = first->first.first;
            const auto fire = std::move(first->second);
            m_dueOf.remove(first->first.second);
            m_due.erase(first);
            fire();
            runDeferred();
        }
        m_nowMs = until;
    }
    // Milliseconds until the next timer.
    std::optional<qint64> nextDueMs() const
    {
        if (m_due.empty())
            return std::nullopt;
        return m_due.begin()->first.first - m_nowMs;
    }
    int timers() const { return static_cast<int>(m_due.size()); }

    static constexpr qint64 UtcStartMs = 1700000000000;

private:
    qint64 m_nowMs = 1000;
    qint64 m_utcShiftMs = 0;
    TimerId m_lastId = 0;
    std::map<std::pair<qint64, TimerId>, std::function<void()>> m_due;
    QHash<TimerId, qint64> m_dueOf;
    std::deque<std::function<void()>> m_deferred;
};

} // namespace replog
