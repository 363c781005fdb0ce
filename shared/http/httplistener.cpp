// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httplistener.h"

#include <QTimer>

#include <algorithm>
#include <array>
#include <limits>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace replog {

using namespace Qt::StringLiterals;

namespace {
constexpr int AcceptedInTurn = 64;
constexpr int AnyNumberPending = 1 << 20;

// How many descriptors the process may open, after it has raised its limit.
DescriptorRoom descriptorRoom(int wanted)
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return {wanted, std::numeric_limits<int>::max()};
    const rlim_t needed = rlim_t(wanted) + DescriptorRoom::Reserved;
    if (limit.rlim_cur < needed) {
        limit.rlim_cur = std::min(needed, limit.rlim_max);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    return DescriptorRoom::within(std::min<rlim_t>(limit.rlim_cur, std::numeric_limits<int>::max()), wanted);
}

QHostAddress peerOf(int descriptor)
{
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr *>(&address), &length) != 0)
        return {};
    QHostAddress peer(reinterpret_cast<const sockaddr *>(&address));
    bool isIPv4 = false;
    const quint32 ipv4 = peer.toIPv4Address(&isIPv4); // also of ::ffff:a.b.c.d
    return isIPv4 ? QHostAddress(ipv4) : peer;
}

// Accepted sockets inherit these: packets are sent at once, and a peer that has vanished is noticed within a
// minute, whether or not there is something to send to it.
void setOptions(int descriptor)
{
    for (const auto &[level, option, value] : {std::array{int(IPPROTO_TCP), TCP_NODELAY, 1},
                                               {SOL_SOCKET, SO_KEEPALIVE, 1},
                                               {IPPROTO_TCP, TCP_KEEPIDLE, 20},
                                               {IPPROTO_TCP, TCP_KEEPINTVL, 10},
                                               {IPPROTO_TCP, TCP_KEEPCNT, 3},
                                               {IPPROTO_TCP, TCP_USER_TIMEOUT, 50000}})
        ::setsockopt(descriptor, level, option, &value, sizeof value);
}
} // namespace

HttpListener::HttpListener(QObject *parent) : QTcpServer(parent)
{
    setListenBacklogSize(4096);
    setMaxPendingConnections(AnyNumberPending);
    // Out of descriptors, Qt stops accepting for good if that is the listener's first failure (it keeps to
    // the first one it meets: after any other it tries again at each turn of the event loop). Connections
    // that close make room again.
    connect(this, &QTcpServer::acceptError, this,
            [this] { QTimer::singleShot(100, this, [this] { resumeAccepting(); }); });
}

Result<void> HttpListener::open(const QHostAddress &host, quint16 port, const Limits &limits, Accept accept)
{
    m_isTls = limits.isTls;
    m_accept = std::move(accept);
    const DescriptorRoom room = descriptorRoom(limits.connections);
    m_admission = ConnectionAdmission(room.connections, limits.perAddress);
    m_maxDescriptor = room.maxDescriptor;
    if (!listen(host, port)) {
        const Errc code =
            serverError() == QAbstractSocket::AddressInUseError ? Errc::InUse : Errc::InvalidArgument;
        return Error{code,
                     u"cannot listen on %1 port %2: %3"_s.arg(host.toString()).arg(port).arg(errorString())};
    }
    setOptions(int(socketDescriptor()));
    return {};
}

void HttpListener::incomingConnection(qintptr descriptor)
{
    endTurnAfterBurst();
    const int accepted = int(descriptor);
    const QHostAddress peer = peerOf(accepted);
    if (accepted < m_maxDescriptor && m_admission.enter(peer)) {
        if (m_accept(accepted, peer))
            return;
        m_admission.leave(peer);
    }
    refuse(accepted);
}

void HttpListener::refuse(int descriptor)
{
    static constexpr char Answer[] = "HTTP/1.1 503 Service Unavailable\r\n"
                                     "Content-Type: application/problem+json\r\n"
                                     "Content-Length: 105\r\n"
                                     "Retry-After: 1\r\n"
                                     "Connection: close\r\n"
                                     "\r\n"
                                     R"({"detail":"no room for more connections","status":503,)"
                                     R"("title":"Service Unavailable","type":"about:blank"})";
    ++m_refused;
    if (!m_isTls) {
        ::send(descriptor, Answer, sizeof Answer - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        // If anything stays unread, the kernel resets the connection, and the answer is lost.
        std::array<char, 4096> unread;
        for (int i = 0; i < 4; ++i) {
            if (::recv(descriptor, unread.data(), unread.size(), MSG_DONTWAIT) < ssize_t(unread.size()))
                break;
        }
    }
    ::close(descriptor);
}

// Qt accepts all that has come in one turn of the event loop, unless too many connections are pending.
void HttpListener::endTurnAfterBurst()
{
    if (++m_inTurn == 1) {
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_inTurn = 0;
                if (maxPendingConnections() == 0) {
                    setMaxPendingConnections(AnyNumberPending);
                    resumeAccepting();
                }
            },
            Qt::QueuedConnection);
    } else if (m_inTurn == AcceptedInTurn) {
        setMaxPendingConnections(0);
    }
}

} // namespace replog
