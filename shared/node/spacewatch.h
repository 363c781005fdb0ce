// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/metrics.h"
#include "shared/base/scheduler.h"
#include "shared/node/spacemeter.h"

#include <QJsonObject>
#include <QObject>

#include <functional>

namespace replog {

// Measures a node's room on its disk every few seconds, more often when little is left, off the event loop.
class SpaceWatch : public QObject
{
    Q_OBJECT
public:
    using Measured = std::function<void(const Result<Space> &)>;
    // Measures on another thread and calls back in the event loop.
    using Measure = std::function<void(Measured)>;

    SpaceWatch(const MinFree &minFree, Measure measure, Scheduler &scheduler, QObject *parent = nullptr);
    ~SpaceWatch() override;

    // With what was measured before the node serves.
    void start(const Result<Space> &space);
    const SpaceMeter &meter() const { return m_meter; }
    // Why nothing may be appended; empty while there is room.
    QString lowReason() const;
    // store_bytes, free_bytes, bytes_per_day, full_in_ms; null where it is not known.
    void addTo(QJsonObject &status) const;
    void declareMetrics(MetricsRegistry &metrics);

signals:
    void lowChanged(bool isLow);

private:
    void handleMeasured(const Result<Space> &space);
    void again();

    const Measure m_measure;
    Scheduler &m_scheduler;
    SpaceMeter m_meter;
    Scheduler::TimerId m_timer = 0;
    bool m_failureTold = false;
};

} // namespace replog
