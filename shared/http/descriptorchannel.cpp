// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/descriptorchannel.h"

#include <QEvent>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>

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

// Calls onReadable directly, without a signal in between.
class DescriptorChannel::ReadNotifier final : public QSocketNotifier
{
public:
    explicit ReadNotifier(DescriptorChannel &channel)
        : QSocketNotifier(channel.m_descriptor, QSocketNotifier::Read, &channel), m_channel(channel)
    {
    }

protected:
    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::SockAct)
            return QSocketNotifier::event(event);
        m_channel.tellReadable();
        return true;
    }

private:
    DescriptorChannel &m_channel;
};

DescriptorChannel::DescriptorChannel(int descriptor, QObject *parent)
    : Channel(parent), m_descriptor(descriptor), m_readNotifier(new ReadNotifier(*this))
{
}

DescriptorChannel::~DescriptorChannel()
{
    close();
}

void DescriptorChannel::setReading(bool isOn)
{
    m_readNotifier->setEnabled(isOn && m_descriptor >= 0 && m_end == End::None);
}

qsizetype DescriptorChannel::read(char *to, qsizetype room)
{
    if (m_descriptor < 0 || m_end != End::None)
        return 0;
    ssize_t got = 0;
    do
        got = ::recv(m_descriptor, to, std::size_t(room), MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        return got;
    if (got == 0)
        m_end = End::HalfClosed;
    else if (errno != EAGAIN && errno != EWOULDBLOCK)
        m_end = End::HungUp;
    return 0;
}

Channel::End DescriptorChannel::endAhead() const
{
    pollfd entry{m_descriptor, POLLRDHUP, 0};
    if (m_descriptor < 0)
        return End::HungUp;
    if (::poll(&entry, 1, 0) <= 0)
        return End::None;
    if ((entry.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
        return End::HungUp;
    return (entry.revents & POLLRDHUP) != 0 ? End::HalfClosed : End::None;
}

void DescriptorChannel::write(const QByteArray &first, const QByteArray &second, const QByteArray &third)
{
    if (m_descriptor < 0 || m_isFailed)
        return;
    qsizetype sent = 0;
    if (m_pending == 0) {
        std::array<iovec, 3> parts{partOf(first), partOf(second), partOf(third)};
        const std::size_t count = !third.isEmpty() ? 3 : !second.isEmpty() ? 2 : 1;
        sent = sendParts(m_descriptor, std::span(parts).first(count));
        if (sent < 0) {
            fail();
            return;
        }
    }
    for (const QByteArray *part : {&first, &second, &third}) {
        const qsizetype sentOfIt = std::min(sent, part->size());
        keep(*part, sentOfIt);
        sent -= sentOfIt;
    }
}

void DescriptorChannel::keep(const QByteArray &bytes, qsizetype from)
{
    if (bytes.size() == from)
        return;
    if (m_queue.empty())
        m_sentOfFront = from;
    Q_ASSERT(m_queue.empty() || from == 0);
    m_queue.push_back(bytes);
    m_pending += bytes.size() - from;
    watchWritable();
}

void DescriptorChannel::watchWritable()
{
    if (m_writeNotifier == nullptr) {
        m_writeNotifier = new QSocketNotifier(m_descriptor, QSocketNotifier::Write, this);
        connect(m_writeNotifier, &QSocketNotifier::activated, this, &DescriptorChannel::handleWritable);
    }
    m_writeNotifier->setEnabled(true);
}

void DescriptorChannel::handleWritable()
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
        m_writeNotifier->setEnabled(false);
    emit written();
}

void DescriptorChannel::shutdown()
{
    if (m_descriptor >= 0)
        ::shutdown(m_descriptor, SHUT_WR);
}

// May run inside a notifier's own call.
void DescriptorChannel::close()
{
    drop();
    if (m_readNotifier != nullptr) {
        m_readNotifier->setEnabled(false);
        std::exchange(m_readNotifier, nullptr)->deleteLater();
    }
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

void DescriptorChannel::drop()
{
    if (m_writeNotifier != nullptr) {
        m_writeNotifier->setEnabled(false);
        std::exchange(m_writeNotifier, nullptr)->deleteLater();
    }
    m_queue.clear();
    m_pending = 0;
}

void DescriptorChannel::fail()
{
    if (std::exchange(m_isFailed, true))
        return;
    drop();
    QMetaObject::invokeMethod(this, &Channel::failed, Qt::QueuedConnection);
}

} // namespace replog
