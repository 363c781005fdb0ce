// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/channel.h"

#include <QSslConfiguration>
#include <QSslSocket>

#include <deque>

namespace replog {

// TLS on an accepted descriptor. A client that ends its half (close_notify) has hung up. Nothing can be read
// before the handshake is done; one that fails ends with failed().
//
// The socket gets the next piece of what is to be sent when the one before is out: it copies what it is
// given, encrypts all of it at once, and OpenSSL keeps a buffer of the largest size that there ever was.
// (What OpenSSL itself buffers, Qt has it release after each record.)
class TlsChannel final : public Channel
{
    Q_OBJECT
public:
    // Takes the descriptor over.
    TlsChannel(qintptr descriptor, const QSslConfiguration &configuration, QObject *parent = nullptr);
    ~TlsChannel() override;

    void setReading(bool isOn) override;
    qsizetype read(char *to, qsizetype room) override;
    End end() const override { return endAhead(); }
    End endAhead() const override;
    void write(const QByteArray &first, const QByteArray &second = {}, const QByteArray &third = {}) override;
    qsizetype pending() const override;
    void shutdown() override;
    void close() override;
    bool isTls() const override { return true; }
    qint64 footprint() const override;
    bool isReady() const override { return m_socket.isEncrypted(); }

signals:
    // The client offered no certificate that is believed, or tells by an alert that it does not believe ours,
    // or speaks no TLS: text of OpenSSL or Qt on one line. Not for a client that merely goes before the
    // handshake is done.
    void handshakeFailed(const QString &why);

private:
    void handleReadable();
    void handleError(QAbstractSocket::SocketError error);
    void handleEnded();
    void handleSent();
    void keep(const QByteArray &bytes);
    void send();
    void fail();

    QSslSocket m_socket;
    std::deque<QByteArray> m_queue;
    qsizetype m_queued = 0;      // bytes of m_queue that the socket has not been given
    qsizetype m_sentOfFront = 0; // what it has been given of the first one
    qint64 m_largestSent = 0;    // of the pieces given to the socket
    qint64 m_burst = 0;          // what was read of what came together
    qint64 m_largestRead = 0;    // of these
    bool m_isReading = true;
    bool m_isSending = false; // inside send(): what goes out at once is not signalled
    bool m_isClosed = false;
    bool m_isFailed = false;
};

} // namespace replog
