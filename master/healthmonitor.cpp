// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/healthmonitor.h"

namespace replog {

void HealthMonitor::handleHeard()
{
    m_misses = 0;
    become(NodeHealth::Healthy);
}

void HealthMonitor::handleMiss()
{
    if (m_misses < UnhealthyMisses)
        ++m_misses;
    become(m_misses >= UnhealthyMisses ? NodeHealth::Unhealthy : NodeHealth::Suspected);
}

void HealthMonitor::become(NodeHealth health)
{
    if (health == m_health)
        return;
    m_health = health;
    emit healthChanged(health);
}

} // namespace replog
