// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"

#include <QByteArray>
#include <QProcessEnvironment>
#include <QString>

#include <functional>
#include <memory>

namespace replog {

// Reports the state of this process to the service manager that started it, in the protocol of systemd's
// sd_notify(3): a datagram to the socket that NOTIFY_SOCKET names. Sends nothing without that variable.
//
// The watchdog (WATCHDOG_USEC) gets a signal only after a round through the event loop and the store's
// writer: a timer asks the writer three times a period, and its answer makes the signal. A writer that
// answers with the store's failure is alive, and so is one that says that it waits for its disk: a restart
// makes no room. Event loop's thread.
class ServiceNotifier
{
public:
    // Calls the function that it gets once the writer has done all that came before; never from inside the
    // call.
    using Probe = std::function<void(std::function<void()> answered)>;

    ServiceNotifier(Scheduler &scheduler, Probe probe,
                    const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment());
    ~ServiceNotifier();
    Q_DISABLE_COPY_MOVE(ServiceNotifier)

    // The node serves. `status` is the line that `systemctl status` shows. Starts signalling the watchdog.
    void ready(const QString &status);
    // Whether the store waits for its disk (LogStore::stalled), so that its writer does not answer.
    void setWriterWaits(bool waits) { m_writerWaits = waits; }
    // The node accepts nothing any more. Goes on signalling the watchdog until the end.
    void stopping();

private:
    void send(const QByteArray &state);
    void watch();

    Scheduler &m_scheduler;
    Probe m_probe;
    QByteArray m_socket;  // empty: nobody asked
    qint64 m_watchMs = 0; // 0: no watchdog
    Scheduler::TimerId m_timer = 0;
    bool m_asked = false; // the writer has not answered yet
    bool m_writerWaits = false;
    bool m_failed = false; // a failure to send was logged
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace replog
