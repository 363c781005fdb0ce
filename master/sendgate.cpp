// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/sendgate.h"

#include <algorithm>

namespace replog {

namespace {
constexpr qint64 IntervalMs = 1; // between deliveries that nobody waits for
}

SendGate::SendGate(quint64 flushedId, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_scheduler(scheduler), m_sendableId(flushedId), m_durableId(flushedId)
{
}

SendGate::~SendGate()
{
    m_scheduler.cancel(m_timer);
}

void SendGate::handleFlushed(quint64 flushedId, bool needsOthers)
{
    if (needsOthers)
        open(flushedId);
}

void SendGate::handleDurable(quint64 durableId)
{
    m_durableId = std::max(m_durableId, durableId);
    if (m_timer != 0)
        return;
    const qint64 since = m_scheduler.nowMs() - m_openedMs;
    m_timer = m_scheduler.schedule(std::max<qint64>(IntervalMs - since, 0), [this] {
        m_timer = 0;
        m_openedMs = m_scheduler.nowMs();
        open(m_durableId);
    });
}

void SendGate::open(quint64 upTo)
{
    if (upTo <= m_sendableId)
        return;
    m_sendableId = upTo;
    emit sendable(upTo);
}

} // namespace replog
