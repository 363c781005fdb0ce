// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/nodeprocess.h"

#include <QElapsedTimer>
#include <QFile>
#include <QtTest>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

// Helpers for suites that measure how much one peer can cost a node.
namespace replog::test {

inline constexpr qint64 MiB = 1024 * 1024;
inline constexpr qint64 NodeMemory = 1024 * MiB; // the most that a node may need at its limits
inline constexpr int AimMs = 100;                // time for /health and an append under that load
// Factor for AimMs that a test asserts, because other processes use the machine, too.
inline constexpr int Judged = 10;

// A client on a plain socket, without an event loop, that need not follow any protocol.
class RudeClient
{
public:
    explicit RudeClient(const QUrl &url) : m_descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(quint16(url.port()));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_isConnected =
            ::connect(m_descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    }
    ~RudeClient() { ::close(m_descriptor); }
    Q_DISABLE_COPY_MOVE(RudeClient)

    bool isConnected() const { return m_isConnected; }
    // Sends until everything is sent, or nothing is accepted for `patienceMs`. Returns the number of bytes
    // sent.
    qsizetype send(const QByteArray &bytes, int patienceMs = 1000)
    {
        qsizetype sent = 0;
        while (sent < bytes.size()) {
            const ssize_t went = ::send(m_descriptor, bytes.constData() + sent,
                                        std::size_t(bytes.size() - sent), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (went > 0) {
                sent += went;
                continue;
            }
            pollfd entry{m_descriptor, POLLOUT, 0};
            if ((errno != EAGAIN && errno != EWOULDBLOCK) || ::poll(&entry, 1, patienceMs) <= 0 ||
                (entry.revents & (POLLERR | POLLHUP)) != 0)
                break;
        }
        return sent;
    }
    // Sends one request on a connection without open requests. Returns the status; 0 without an answer.
    int ask(const QByteArray &request)
    {
        if (send(request, PatienceMs) < request.size())
            return 0;
        QByteArray answer;
        while (!answer.contains("\r\n\r\n")) {
            const QByteArray piece = receive(PatienceMs);
            if (piece.isEmpty())
                return 0;
            answer += piece;
        }
        return answer.mid(9, 3).toInt();
    }
    // Waits for data and returns it.
    QByteArray receive(int patienceMs)
    {
        QByteArray piece(64 * 1024, Qt::Uninitialized);
        pollfd entry{m_descriptor, POLLIN, 0};
        const ssize_t got = ::poll(&entry, 1, patienceMs) > 0
                                ? ::recv(m_descriptor, piece.data(), std::size_t(piece.size()), MSG_DONTWAIT)
                                : 0;
        piece.truncate(std::max<ssize_t>(got, 0));
        return piece;
    }

private:
    static constexpr int PatienceMs = 30000;
    int m_descriptor;
    bool m_isConnected = false;
};

// Peak memory of this run of the node; -1 if unknown.
inline qint64 peakBytes(const NodeProcess &node)
{
    QFile status(QStringLiteral("/proc/%1/status").arg(node.pid()));
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    const QByteArray text = status.readAll();
    const qsizetype at = text.indexOf("VmHWM:");
    return at < 0 ? -1 : text.mid(at + 6, text.indexOf("kB", at) - at - 6).trimmed().toLongLong() * 1024;
}

// Checks that an ordinary client is answered under this load, and that the node's memory is within its bound.
inline void checkOthersAreServed(const NodeProcess &node)
{
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(node.http().getNow("/health").status, 200);
    const qint64 healthMs = timer.restart();
    qint64 appendMs = 0;
    if (node.role() == NodeProcess::Role::Master) {
        QCOMPARE(node.http().appendNow("beside it", 1).status, 201);
        appendMs = timer.elapsed();
    }
    qInfo("%s: peak memory %lld MiB, /health after %lld ms, an append after %lld ms",
          QTest::currentTestFunction(), (long long)(peakBytes(node) / MiB), (long long)healthMs,
          (long long)appendMs);
    QVERIFY2(peakBytes(node) < NodeMemory, QByteArray::number(peakBytes(node)).constData());
    QVERIFY(healthMs <= AimMs * Judged && appendMs <= AimMs * Judged);
}

} // namespace replog::test
