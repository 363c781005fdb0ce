// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/registrar.h"

#include <algorithm>
#include <utility>

namespace replog {

Registrar::Registrar(const Config &config, Scheduler &scheduler, RandomSource &random, QObject *parent)
    : QObject(parent), m_config(config), m_scheduler(scheduler), m_random(random)
{
}

Registrar::~Registrar()
{
    m_scheduler.cancel(m_timer);
}

void Registrar::start()
{
    wakeIn(0);
}

void Registrar::handleHeardFromMaster()
{
    m_lastHeardMs = m_scheduler.nowMs();
}

void Registrar::handleDeliveryHead()
{
    m_comingMs = m_scheduler.nowMs();
}

void Registrar::handleDeliveryBegun()
{
    m_comingMs = -1;
    ++m_underWay;
}

void Registrar::handleDeliveryEnded()
{
    Q_ASSERT(m_underWay > 0);
    --m_underWay;
    if (m_underWay == 0 && std::exchange(m_isDue, false))
        wakeIn(0);
}

void Registrar::handleRegistered()
{
    m_asking = false;
    m_registered = true;
    m_failures = 0;
    m_lastHeardMs = m_scheduler.nowMs();
    // By chance: the nodes of a cluster that started together shall not ask together for ever.
    m_againAtMs = m_lastHeardMs + m_config.againMs +
                  static_cast<qint64>(m_random.uniform() * static_cast<double>(m_config.againMs) / 2);
    setRefusal({});
    wakeIn(m_config.silenceMs);
}

void Registrar::handleRefused(const QString &why)
{
    m_asking = false;
    m_registered = false;
    m_failures = 0;
    setRefusal(why);
    wakeIn(m_config.silenceMs);
}

void Registrar::handleFailure()
{
    m_asking = false;
    ++m_failures;
    const qint64 ceiling =
        std::min(m_config.retryMaxMs, m_config.retryBaseMs << std::min(m_failures - 1, 20));
    // Half of the pause is fixed: an unreachable master is asked often, but never in a tight loop.
    wakeIn(ceiling / 2 + static_cast<qint64>(m_random.uniform() * static_cast<double>(ceiling / 2 + 1)));
}

void Registrar::wakeIn(qint64 ms)
{
    m_scheduler.cancel(m_timer);
    m_timer = m_scheduler.schedule(ms, [this] { handleWake(); });
}

void Registrar::handleWake()
{
    m_timer = 0;
    if (const qint64 pauseMs = pauseBeforeAskingMs(); pauseMs > 0) {
        wakeIn(pauseMs);
        return;
    }
    m_isDue = false;
    if (m_asking)
        return;
    m_asking = true;
    emit registerWanted();
}

// 0: it is time.
qint64 Registrar::pauseBeforeAskingMs()
{
    const qint64 now = m_scheduler.nowMs();
    if (!m_registered || now >= m_againAtMs)
        return 0;
    const qint64 atMostMs = m_againAtMs - now;
    const qint64 quietMs = now - m_lastHeardMs;
    if (quietMs < m_config.silenceMs)
        return std::min(m_config.silenceMs - quietMs, atMostMs);
    if (m_underWay > 0) {
        m_isDue = true; // as soon as it ends
        return atMostMs;
    }
    if (m_comingMs >= 0 && now - m_comingMs < m_config.comingMs)
        return std::min(m_config.silenceMs, atMostMs);
    return 0;
}

void Registrar::setRefusal(const QString &why)
{
    if (why == m_refusal)
        return;
    m_refusal = why;
    emit refusalChanged();
}

} // namespace replog
