// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QPointer>
#include <QTcpSocket>

namespace replog {

// What a client has sent and nobody has taken yet. To be read in the socket's readyRead, before Qt's server reads the
// same socket; see QtHttpFrontend.
class HttpInput
{
public:
    explicit HttpInput(QTcpSocket *socket);

    bool isOpen() const { return m_socket; }      // false after close(), or once the socket is gone
    QByteArrayView bytes() const { return QByteArrayView(m_bytes).sliced(m_at); }
    void consume(qsizetype bytes) { m_at += bytes; }
    // Appends to bytes() what the socket holds; false if that is nothing.
    bool fill();
    // Moves up to `limit` bytes from the socket to the end of `out`, past bytes(), which must be empty. Returns how many.
    qsizetype readInto(QByteArray &out, qint64 limit);
    // Forgets bytes().
    void drop();
    // Ends a turn of reading: hides from Qt's server what was not read.
    void settle();
    void close();

private:
    QPointer<QTcpSocket> m_socket;
    QByteArray m_bytes;
    qsizetype m_at = 0;          // consumed of m_bytes
};

} // namespace replog
