// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/vocabulary.h"

#include <QObject>

namespace replog {

// The health of one node, by its answers. Pure: answers and misses come in, changes of health go out. A miss
// is a failed attempt, or a heartbeat interval at whose end a delivery has been open for that long and
// nothing was heard.
//
//     Healthy --miss--> Suspected --two more--> Unhealthy        (any) --heard--> Healthy
class HealthMonitor : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    NodeHealth health() const { return m_health; }
    void handleHeard();
    void handleMiss();

signals:
    void healthChanged(replog::NodeHealth health);

private:
    void become(NodeHealth health);

    static constexpr int UnhealthyMisses = 3;
    NodeHealth m_health = NodeHealth::Suspected; // until first heard of
    int m_misses = 1;
};

} // namespace replog
