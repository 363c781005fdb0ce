// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/channel.h"

#include <QSslConfiguration>
#include <QSslSocket>

namespace replog {

// TLS on an accepted descriptor. A client that ends its half (close_notify) has hung up. Nothing can be read
// before the handshake is done; one that fails ends with failed().
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
    void write(const QByteArray &first, const QByteArray &second = {}) override;
    qsizetype pending() const override;
    void shutdown() override;
    void close() override;
    bool isTls() const override { return true; }
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
    void fail();

    QSslSocket m_socket;
    bool m_isReading = true;
    bool m_isWriting = false; // inside write(): what it sends at once is not signalled
    bool m_isClosed = false;
    bool m_isFailed = false;
};

} // namespace replog
