// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/eventloopscheduler.h"

#include <algorithm>

namespace replog {

EventLoopScheduler::EventLoopScheduler(QObject *parent) : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &EventLoopScheduler::handleTimeout);
}

Scheduler::TimerId EventLoopScheduler::schedule(qint64 delayMs, std::function<void()> fire)
{
    const qint64 due = nowMs() + std::max<qint64>(delayMs, 0);
    const TimerId id = ++m_lastId;
    m_due.emplace(std::pair(due, id), std::move(fire));
    m_dueOf.insert(id, due);
    if (m_armedFor < 0 || due < m_armedFor)
        arm();
    return id;
}

void EventLoopScheduler::defer(std::function<void()> run)
{
    QMetaObject::invokeMethod(this, std::move(run), Qt::QueuedConnection);
}

void EventLoopScheduler::cancel(TimerId id)
{
    const auto it = m_dueOf.constFind(id);
    if (it == m_dueOf.cend())
        return;
    m_due.erase({*it, id});
    m_dueOf.erase(it);
}

void EventLoopScheduler::handleTimeout()
{
    m_armedFor = -1;
    const qint64 now = nowMs();
    const TimerId newest = m_lastId; // timers scheduled by callbacks wait for the next turn
    while (!m_due.empty() && m_due.begin()->first.first <= now) {
        const auto first = m_due.begin();
        if (first->first.second > newest)
            break;
        const auto fire = std::move(first->second);
        m_dueOf.remove(first->first.second);
        m_due.erase(first);
        fire();
    }
    arm();
}

void EventLoopScheduler::arm()
{
    if (m_due.empty())
        return;
    m_armedFor = m_due.begin()->first.first;
    m_timer.start(static_cast<int>(std::clamp<qint64>(m_armedFor - nowMs(), 0, 1 << 30)));
}

} // namespace replog
