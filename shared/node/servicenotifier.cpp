// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/servicenotifier.h"

#include "shared/base/log.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

Q_LOGGING_CATEGORY(lcService, "replog.service")

// How often the watchdog is fed in one of its periods.
constexpr qint64 FeedsPerPeriod = 3;

qint64 watchMsOf(const QProcessEnvironment &environment)
{
    const QString pid = environment.value(u"WATCHDOG_PID"_s);
    if (!pid.isEmpty() && pid.toLongLong() != QCoreApplication::applicationPid())
        return 0; // meant for our parent
    const qint64 periodMs = environment.value(u"WATCHDOG_USEC"_s).toLongLong() / 1000;
    return periodMs > 0 ? std::max<qint64>(periodMs / FeedsPerPeriod, 1) : 0;
}

} // namespace

ServiceNotifier::ServiceNotifier(Scheduler &scheduler, Probe probe, const QProcessEnvironment &environment)
    : m_scheduler(scheduler), m_probe(std::move(probe)),
      m_socket(environment.value(u"NOTIFY_SOCKET"_s).toLocal8Bit())
{
    if (!m_socket.isEmpty())
        m_watchMs = watchMsOf(environment);
}

ServiceNotifier::~ServiceNotifier()
{
    *m_alive = false;
    if (m_timer)
        m_scheduler.cancel(m_timer);
}

void ServiceNotifier::ready(const QString &status)
{
    QString line = status;
    line.replace(u'\n', u' ');
    send("READY=1\nSTATUS=" + line.toUtf8());
    if (m_watchMs > 0 && !m_timer)
        watch();
}

void ServiceNotifier::stopping()
{
    send("STOPPING=1");
}

void ServiceNotifier::watch()
{
    if (m_writerWaits) {
        send("WATCHDOG=1");
    } else if (!m_asked) {
        m_asked = true;
        m_probe([this, alive = m_alive] {
            if (!*alive)
                return;
            m_asked = false;
            send("WATCHDOG=1");
        });
    }
    m_timer = m_scheduler.schedule(m_watchMs, [this] { watch(); });
}

void ServiceNotifier::send(const QByteArray &state)
{
    if (m_socket.isEmpty())
        return;
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    bool sent = false;
    if (static_cast<std::size_t>(m_socket.size()) < sizeof address.sun_path) {
        std::memcpy(address.sun_path, m_socket.constData(), static_cast<std::size_t>(m_socket.size()));
        if (m_socket.startsWith('@'))
            address.sun_path[0] = '\0'; // Linux's abstract names
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) +
                                                   static_cast<std::size_t>(m_socket.size()));
        const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0) {
            sent = ::sendto(fd, state.constData(), static_cast<std::size_t>(state.size()), MSG_NOSIGNAL,
                            reinterpret_cast<const sockaddr *>(&address), length) == state.size();
            ::close(fd);
        }
    }
    if (!sent && !std::exchange(m_failed, true))
        qCWarning(lcService).noquote() << "the service manager does not hear of this node"
                                       << logField(u"socket", QString::fromLocal8Bit(m_socket));
}

} // namespace replog
