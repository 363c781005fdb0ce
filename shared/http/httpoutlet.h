// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>

#include <deque>

namespace replog {

// The sending half of a TCP connection. Writes to the descriptor at once, without a turn of the event loop,
// and keeps what the kernel does not take until it does. It has a descriptor of its own, which HttpInput
// reads from: QTcpSocket would close the connection once the client has ended its half, though the client may
// be waiting for its answer.
class HttpOutlet : public QObject
{
    Q_OBJECT
public:
    // Duplicates the descriptor; if there are none left, failed() follows.
    explicit HttpOutlet(int descriptor, QObject *parent = nullptr);
    ~HttpOutlet() override;

    int descriptor() const { return m_descriptor; } // -1 once closed
    // Sends both, one behind the other, in one system call if the kernel takes them.
    void write(const QByteArray &first, const QByteArray &second = {});
    qsizetype pending() const { return m_pending; }
    // Tells the client that nothing follows.
    void shutdown();
    // Drops what is pending.
    void close();
    // To be called when nothing is read from the client any more: has the kernel find out in about a minute
    // if the client is gone.
    void watchForReset();
    // Whether the client has torn the whole connection down (known only once something was sent to it).
    bool isReset() const;

signals:
    void written(); // some of what was pending; not for what write() could send at once
    void failed();  // the connection is gone; from the event loop

private:
    void keep(const QByteArray &bytes, qsizetype from);
    void watch();
    void unwatch();
    void handleWritable();
    void drop();
    void fail();

    int m_descriptor;
    bool m_isFailed = false; // takes nothing more
    std::deque<QByteArray> m_queue;
    qsizetype m_sentOfFront = 0;
    qsizetype m_pending = 0;
    QSocketNotifier *m_notifier = nullptr; // child
};

} // namespace replog
