// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QObject>
#include <QPointer>

#include <functional>
#include <memory>

class QTcpSocket;

namespace replog {

// The receiving half of a TCP connection: what the client has sent and nobody has taken yet. Reads from the
// descriptor itself, one system call for what has come, into a buffer that all connections share and that
// holds it until settle(). The socket object, which Qt's server watches, is left the first byte to read and
// hidden even that: see QtHttpFrontend.
class HttpInput : public QObject
{
    Q_OBJECT
public:
    // `descriptor` is a duplicate of the socket's, open until close() was called. `shared` is the buffer, of
    // the size that is read at once.
    HttpInput(QTcpSocket *socket, int descriptor, QByteArray &shared);
    ~HttpInput() override;

    // What is called, in the event loop, when there may be something to read. No signal: it is a request's,
    // each time.
    void onReadable(std::function<void()> call) { m_onReadable = std::move(call); }
    bool isOpen() const { return m_isOpen; } // false after close()
    QByteArrayView bytes() const { return m_bytes; }
    void consume(qsizetype bytes) { m_bytes = m_bytes.sliced(bytes); }
    // Appends to bytes() what has come; false if that is nothing.
    bool fill();
    // Moves up to `limit` bytes to the end of `out`, past bytes(), which must be empty. Returns how many.
    qsizetype readInto(QByteArray &out, qint64 limit);
    // Forgets bytes().
    void drop();
    // Begins a turn of reading: something may have come since fill() found nothing.
    void wake()
    {
        m_isDrained = false;
        m_turnBytes = 0;
    }
    // Ends a turn of reading: keeps what was not taken. If that is much, nothing is read until the next
    // wake(). Says ended() if the client has.
    void settle();
    void close();

signals:
    void ended(bool isReset); // the client ended its half, or the whole connection; once, and nothing can be
                              // read after it

private:
    class Notifier;

    void start();
    bool mayReceive() const;
    qsizetype receive(char *to, qsizetype room);

    std::function<void()> m_onReadable;
    const int m_descriptor;
    QByteArray &m_shared;
    QPointer<QTcpSocket> m_socket;
    std::unique_ptr<Notifier> m_notifier; // once the socket object has its byte
    QByteArray m_kept;                    // what bytes() shows unless that is in m_shared
    QByteArrayView m_bytes;
    qsizetype m_turnBytes = 0; // received in this turn: a fast client is not to hold up the others
    bool m_isOpen = true;
    bool m_isDrained = false; // all that had come was read
    bool m_hasEnded = false;
    bool m_isReset = false;
};

} // namespace replog
