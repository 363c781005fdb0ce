// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"

#include <QHash>
#include <QTimer>

#include <map>

namespace replog {

// Timers on the current thread's event loop: any number of them on one QTimer.
class EventLoopScheduler final : public QObject, public Scheduler
{
    Q_OBJECT
public:
    explicit EventLoopScheduler(QObject *parent = nullptr);

    qint64 nowMs() const override { return m_clock.nowMs(); }
    TimerId schedule(qint64 delayMs, std::function<void()> fire) override;
    void defer(std::function<void()> run) override;
    void cancel(TimerId id) override;

private:
    void handleTimeout();
    void arm();

    SteadyClock m_clock;
    QTimer m_timer;
    TimerId m_lastId = 0;
    qint64 m_armedFor = -1;
    std::map<std::pair<qint64, TimerId>, std::function<void()>> m_due;
    QHash<TimerId, qint64> m_dueOf;
};

} // namespace replog
