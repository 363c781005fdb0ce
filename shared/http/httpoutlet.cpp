// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httpoutlet.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace replog {

namespace {

// Bytes sent, 0 if the kernel has no room, -1 on failure.
qsizetype sendParts(int descriptor, std::span<iovec> parts)
{
    constexpr int Flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    while (true) {
        // The usual answer is of one part: without a list for the kernel to copy.
        const ssize_t sent = parts.size() == 1
                                 ? ::send(descriptor, parts[0].iov_base, parts[0].iov_len, Flags)
                                 : ::sendmsg(descriptor, &message, Flags);
        if (sent >= 0)
            return sent;
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
            return 0;
        if (errno != EINTR)
            return -1;
    }
}

iovec partOf(const QByteArray &bytes, qsizetype from = 0)
{
    return {const_cast<char *>(bytes.constData()) + from, std::size_t(bytes.size() - from)};
}

} // namespace

HttpOutlet::HttpOutlet(int descriptor, QObject *parent)
    : QObject(parent), m_descriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0))
{
    if (m_descriptor < 0)
        fail();
}

HttpOutlet::~HttpOutlet()
{
    close();
}

void HttpOutlet::write(const QByteArray &first, const QByteArray &second)
{
    if (m_descriptor < 0 || m_isFailed)
        return;
    qsizetype sent = 0;
    if (m_pending == 0) {
        std::array<iovec, 2> parts{partOf(first), partOf(second)};
        sent = sendParts(m_descriptor, std::span(parts).first(second.isEmpty() ? 1 : 2));
        if (sent < 0) {
            fail();
            return;
        }
    }
    if (sent < first.size())
        keep(first, sent);
    if (sent < first.size() + second.size())
        keep(second, std::max<qsizetype>(sent - first.size(), 0));
}

void HttpOutlet::keep(const QByteArray &bytes, qsizetype from)
{
    if (bytes.size() == from)
        return;
    if (m_queue.empty())
        m_sentOfFront = from;
    Q_ASSERT(m_queue.empty() || from == 0);
    m_queue.push_back(bytes);
    m_pending += bytes.size() - from;
    watch();
}

void HttpOutlet::watch()
{
    if (m_notifier == nullptr) {
        m_notifier = new QSocketNotifier(m_descriptor, QSocketNotifier::Write, this);
        connect(m_notifier, &QSocketNotifier::activated, this, &HttpOutlet::handleWritable);
    }
    m_notifier->setEnabled(true);
}

// May run inside the notifier's own signal.
void HttpOutlet::unwatch()
{
    if (m_notifier == nullptr)
        return;
    m_notifier->setEnabled(false);
    std::exchange(m_notifier, nullptr)->deleteLater();
}

void HttpOutlet::handleWritable()
{
    std::array<iovec, 16> parts;
    while (m_pending > 0) {
        std::size_t count = 0;
        for (const QByteArray &bytes : m_queue) {
            if (count == parts.size())
                break;
            parts[count] = partOf(bytes, count == 0 ? m_sentOfFront : 0);
            ++count;
        }
        qsizetype sent = sendParts(m_descriptor, std::span(parts).first(count));
        if (sent < 0) {
            fail();
            return;
        }
        if (sent == 0)
            break;
        m_pending -= sent;
        while (!m_queue.empty() && sent >= m_queue.front().size() - m_sentOfFront) {
            sent -= m_queue.front().size() - m_sentOfFront;
            m_queue.pop_front();
            m_sentOfFront = 0;
        }
        m_sentOfFront += sent;
    }
    if (m_pending == 0)
        m_notifier->setEnabled(false);
    emit written();
}

void HttpOutlet::shutdown()
{
    if (m_descriptor >= 0)
        ::shutdown(m_descriptor, SHUT_WR);
}

void HttpOutlet::close()
{
    drop();
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

void HttpOutlet::watchForReset()
{
    for (const auto &[level, option, value] : {std::array{SOL_SOCKET, SO_KEEPALIVE, 1},
                                               {IPPROTO_TCP, TCP_KEEPIDLE, 5},
                                               {IPPROTO_TCP, TCP_KEEPINTVL, 5},
                                               {IPPROTO_TCP, TCP_KEEPCNT, 3}})
        ::setsockopt(m_descriptor, level, option, &value, sizeof value);
}

bool HttpOutlet::isReset() const
{
    pollfd entry{m_descriptor, 0, 0};
    return m_descriptor < 0 ||
           (::poll(&entry, 1, 0) > 0 && (entry.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0);
}

void HttpOutlet::drop()
{
    unwatch();
    m_queue.clear();
    m_pending = 0;
}

void HttpOutlet::fail()
{
    m_isFailed = true;
    drop();
    QMetaObject::invokeMethod(this, &HttpOutlet::failed, Qt::QueuedConnection);
}

} // namespace replog
