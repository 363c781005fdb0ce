// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QTcpSocket>
#include <QtTest>

namespace replog {

// A client that sends exactly the bytes it is told to and keeps what comes back.
class RawClient : public QObject
{
public:
    explicit RawClient(quint16 port)
    {
        connect(&socket, &QTcpSocket::readyRead, this, [this] { received += socket.readAll(); });
        socket.connectToHost(QHostAddress::LocalHost, port);
    }
    void send(const QByteArray &bytes)
    {
        socket.write(bytes);
        if (socket.state() == QAbstractSocket::ConnectedState)
            socket.flush();
    }
    bool isClosed() const { return socket.state() == QAbstractSocket::UnconnectedState; }

    QByteArray received;
    QTcpSocket socket;
};

} // namespace replog
