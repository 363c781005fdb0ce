// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/tlschannel.h"

#include <QScopedValueRollback>

#include <algorithm>
#include <utility>

#include <unistd.h>

namespace replog {

using namespace Qt::StringLiterals;

namespace {
constexpr qint64 UnreadBytes = 32 * 1024; // decrypted and not read yet, before the socket reads no more
constexpr qint64 DecryptedPiece =
    4 * 1024;                              // Qt signals each: those of this size belong to more that has come
constexpr qsizetype SentPiece = 16 * 1024; // given to the socket at once: two records of TLS
// What a client takes: sockets, session and certificates, and what was sent and read in four buffers of Qt
// and OpenSSL, which keep the largest size that there ever was. The least of it is that of one who sends
// nothing but an unfinished record, of which nobody here sees anything.
constexpr qint64 OwnBytes = 72 * 1024;
constexpr int Buffers = 4;
constexpr qint64 LeastBytes = 128 * 1024;
} // namespace

TlsChannel::TlsChannel(qintptr descriptor, const QSslConfiguration &configuration, QObject *parent)
    : Channel(parent)
{
    if (!m_socket.setSocketDescriptor(descriptor)) {
        ::close(int(descriptor));
        fail();
        return;
    }
    m_socket.setSslConfiguration(configuration);
    m_socket.setReadBufferSize(UnreadBytes);
    connect(&m_socket, &QSslSocket::readyRead, this, &TlsChannel::handleReadable);
    connect(&m_socket, &QSslSocket::disconnected, this, &TlsChannel::handleEnded);
    connect(&m_socket, &QSslSocket::errorOccurred, this, &TlsChannel::handleError);
    connect(&m_socket, &QSslSocket::encryptedBytesWritten, this, &TlsChannel::handleSent);
    m_socket.startServerEncryption();
}

TlsChannel::~TlsChannel()
{
    close();
}

// The socket signals bytes once, when they come; the caller may have left some unread then.
void TlsChannel::setReading(bool isOn)
{
    m_isReading = isOn;
    if (isOn && !m_isClosed && m_socket.bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &TlsChannel::handleReadable, Qt::QueuedConnection);
}

qint64 TlsChannel::footprint() const
{
    return std::max(LeastBytes, OwnBytes + Buffers * (m_largestSent + m_largestRead));
}

void TlsChannel::handleReadable()
{
    if (m_isReading && !m_isClosed && m_socket.isEncrypted())
        tellReadable();
}

void TlsChannel::handleError(QAbstractSocket::SocketError error)
{
    if (!m_socket.isEncrypted() && !m_isFailed && error != QAbstractSocket::RemoteHostClosedError) {
        QStringList reasons;
        for (const QSslError &each : m_socket.sslHandshakeErrors())
            reasons.append(each.errorString());
        if (reasons.isEmpty())
            reasons.append(m_socket.errorString());
        emit handshakeFailed(reasons.join(u", "_s).simplified());
    }
    handleEnded();
}

void TlsChannel::handleEnded()
{
    if (m_isReading && m_socket.isEncrypted())
        tellReadable(); // what is left to be read, and then the end
    if (endAhead() == End::HungUp)
        fail();
}

qsizetype TlsChannel::read(char *to, qsizetype room)
{
    if (m_isClosed || !m_socket.isEncrypted())
        return 0;
    const qint64 got = std::max<qint64>(m_socket.read(to, room), 0);
    m_burst = std::min(m_burst + got, UnreadBytes);
    m_largestRead = std::max(m_largestRead, m_burst);
    if (got < DecryptedPiece)
        m_burst = 0;
    return got;
}

Channel::End TlsChannel::endAhead() const
{
    const bool isConnected = m_socket.state() == QAbstractSocket::ConnectedState ||
                             m_socket.state() == QAbstractSocket::ClosingState;
    return m_isClosed || !isConnected ? End::HungUp : End::None;
}

void TlsChannel::write(const QByteArray &first, const QByteArray &second, const QByteArray &third)
{
    if (m_isClosed || m_isFailed)
        return;
    keep(first);
    keep(second);
    keep(third);
    send();
}

void TlsChannel::keep(const QByteArray &bytes)
{
    if (bytes.isEmpty())
        return;
    m_queue.push_back(bytes);
    m_queued += bytes.size();
}

// Gives the socket piece after piece, until the kernel takes no more.
void TlsChannel::send()
{
    if (m_isSending)
        return;
    const QScopedValueRollback sending(m_isSending, true);
    while (m_queued > 0 && !m_isClosed && !m_isFailed && m_socket.encryptedBytesToWrite() == 0 &&
           m_socket.bytesToWrite() == 0) {
        const QByteArray &front = m_queue.front();
        const qsizetype size = std::min(SentPiece, front.size() - m_sentOfFront);
        m_largestSent = std::max<qint64>(m_largestSent, size);
        if (m_socket.write(front.constData() + m_sentOfFront, size) != size) {
            fail();
            return;
        }
        m_queued -= size;
        m_sentOfFront += size;
        if (m_sentOfFront == front.size()) {
            m_queue.pop_front();
            m_sentOfFront = 0;
        }
        m_socket.flush();
    }
}

void TlsChannel::handleSent()
{
    if (m_isSending)
        return;
    send();
    if (!m_isClosed && !m_isFailed)
        emit written();
}

qsizetype TlsChannel::pending() const
{
    return m_isClosed || m_isFailed ? 0
                                    : m_queued + m_socket.bytesToWrite() + m_socket.encryptedBytesToWrite();
}

void TlsChannel::shutdown()
{
    if (!m_isClosed)
        m_socket.disconnectFromHost();
}

void TlsChannel::close()
{
    if (std::exchange(m_isClosed, true))
        return;
    m_socket.disconnect(this);
    m_socket.abort();
    m_queue.clear();
    m_queued = 0;
}

void TlsChannel::fail()
{
    if (std::exchange(m_isFailed, true))
        return;
    QMetaObject::invokeMethod(this, &Channel::failed, Qt::QueuedConnection);
}

} // namespace replog
