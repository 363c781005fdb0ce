// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHostAddress>
#include <QTcpSocket>

namespace replog {

// A client that sends exactly the given bytes and stores everything it receives.
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
    // The status of each answer; bodies must not look like status lines.
    QList<int> statuses() const
    {
        QList<int> found;
        const QByteArray start = "HTTP/1.1 ";
        for (qsizetype at = received.indexOf(start); at >= 0; at = received.indexOf(start, at + 1))
            found.append(received.mid(at + start.size(), 3).toInt());
        return found;
    }
    // Whether a complete answer with a Content-Length has arrived.
    bool isAnswered() const
    {
        const qsizetype length = received.toLower().indexOf("content-length: ");
        const qsizetype end = received.indexOf("\r\n\r\n");
        if (length < 0 || end < length)
            return false;
        const qsizetype digits = length + qsizetype(sizeof "Content-Length: ") - 1;
        return received.size() - end - 4 >=
               received.mid(digits, received.indexOf('\r', digits) - digits).toLongLong();
    }
    QByteArray body() const { return received.mid(received.indexOf("\r\n\r\n") + 4); }

    QByteArray received;
    QTcpSocket socket;
};

} // namespace replog
