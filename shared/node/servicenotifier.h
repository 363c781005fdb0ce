// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"

#include <QByteArray>
#include <QProcessEnvironment>
#include <QString>

#include <functional>
#include <memory>

namespace replog {

// Tells the service manager that started this process how it does, as systemd's sd_notify(3) has it: a
// datagram to the socket that NOTIFY_SOCKET names. Without that variable nothing is sent.
//
// The watchdog (WATCHDOG_USEC) is fed only by a round through the event loop and the store's writer: a timer
// asks the writer for a sign of life three times a period, and its answer feeds the watchdog. A writer that
// answers with the store's failure is alive. Thread: the event loop's.
class ServiceNotifier
{
public:
    // Calls what it is handed once the writer has done all that came before; never from inside the call.
    using Probe = std::function<void(std::function<void()> answered)>;

    ServiceNotifier(Scheduler &scheduler, Probe probe,
                    const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment());
    ~ServiceNotifier();
    Q_DISABLE_COPY_MOVE(ServiceNotifier)

    // The node serves. `status` is the line that `systemctl status` shows. Begins to feed the watchdog.
    void ready(const QString &status);
    // The node accepts nothing any more. The watchdog goes on being fed until the end.
    void stopping();

private:
    void send(const QByteArray &state);
    void watch();

    Scheduler &m_scheduler;
    Probe m_probe;
    QByteArray m_socket;  // empty: nobody asked
    qint64 m_watchMs = 0; // 0: no watchdog
    Scheduler::TimerId m_timer = 0;
    bool m_asked = false;  // the writer owes an answer
    bool m_failed = false; // a failure to send was told
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace replog
