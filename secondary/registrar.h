// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/randomsource.h"
#include "shared/base/scheduler.h"

#include <QObject>

namespace replog {

// Decides when a secondary makes itself known to its master: at the start, and again whenever it has not
// heard from it for a while, with growing pauses while the master cannot be reached. Pure: time and chance
// are handed in.
class Registrar : public QObject
{
    Q_OBJECT
public:
    struct Config
    {
        qint64 silenceMs = 2000; // heard nothing for that long: register again
        qint64 retryBaseMs = 100;
        qint64 retryMaxMs = 2000;
    };

    Registrar(const Config &config, Scheduler &scheduler, RandomSource &random, QObject *parent = nullptr);
    ~Registrar() override;

    void start();
    void handleHeardFromMaster();
    void handleRegistered();
    void handleFailure();

    bool isRegistered() const { return m_registered; }
    int failures() const { return m_failures; }

signals:
    void registerWanted(); // answered by handleRegistered() or handleFailure()

private:
    void wakeIn(qint64 ms);
    void handleWake();

    const Config m_config;
    Scheduler &m_scheduler;
    RandomSource &m_random;
    Scheduler::TimerId m_timer = 0;
    bool m_registered = false;
    bool m_asking = false;
    int m_failures = 0;
    qint64 m_lastHeardMs = 0;
};

} // namespace replog
