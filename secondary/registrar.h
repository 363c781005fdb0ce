// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/randomsource.h"
#include "shared/base/scheduler.h"

#include <QObject>
#include <QString>

namespace replog {

// Decides when a secondary registers with its master: at the start, and again whenever it has not heard from
// the master for a while, with growing pauses while the master cannot be reached. During a delivery, from its
// first byte on, the secondary counts as hearing from its master, however long the delivery takes. Pure: time
// and chance are handed in.
//
// Who delivers need not be who answers at the master's address: that may lead to another master by now, which
// took over, while the one before goes on delivering. Neither master learns of the other unless this node
// registers. So it does from time to time whatever it hears, also during deliveries, which a registration
// does not disturb.
//
//                   registered
//     Asking ---------------------> Registered --silent for silenceMs, or for againMs in any case--> Asking
//       |  ^  |
//       |  |  +--failed: after a growing pause--> Asking
//       |  +-----after silenceMs-----+
//       +--------refused-----------> Refused
class Registrar : public QObject
{
    Q_OBJECT
public:
    struct Config
    {
        qint64 silenceMs = 2000; // heard nothing for that long, or refused that long ago: register again
        qint64 againMs = 20000;  // registered that long ago, and up to half as long again: register again
        qint64 comingMs = 30000; // a delivery whose head has come may take that long to come whole
        qint64 retryBaseMs = 100;
        qint64 retryMaxMs = 2000;
    };

    Registrar(const Config &config, Scheduler &scheduler, RandomSource &random, QObject *parent = nullptr);
    ~Registrar() override;

    void start();
    // A delivery was accepted. A refused one (of a stale master, or for another node) does not count.
    void handleHeardFromMaster();
    // The head of a delivery has come; it may never come whole.
    void handleDeliveryHead();
    // A delivery came in whole; it was answered, or will never be. Each Begun is followed by one Ended.
    void handleDeliveryBegun();
    void handleDeliveryEnded();
    // One of these three follows each registerWanted().
    void handleRegistered();
    void handleRefused(const QString &why); // the master will not take this node in as it is
    void handleFailure();

    bool isRegistered() const { return m_registered; }
    int failures() const { return m_failures; }
    // Why the master refused this node when it last answered; empty if it did not.
    const QString &refusal() const { return m_refusal; }

signals:
    void registerWanted();
    void refusalChanged(); // it is another, or gone

private:
    void wakeIn(qint64 ms);
    void handleWake();
    qint64 pauseBeforeAskingMs();
    void setRefusal(const QString &why);

    const Config m_config;
    Scheduler &m_scheduler;
    RandomSource &m_random;
    Scheduler::TimerId m_timer = 0;
    bool m_registered = false;
    bool m_asking = false;
    bool m_isDue = false; // it was silent for long enough but for a delivery under way
    int m_failures = 0;
    int m_underWay = 0;     // deliveries that are whole and not answered yet
    qint64 m_comingMs = -1; // since when a delivery has been coming in; -1: none is
    qint64 m_lastHeardMs = 0;
    qint64 m_againAtMs = 0; // to register again then, whatever was heard
    QString m_refusal;
};

} // namespace replog
