// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QTcpServer>
#include <QUrl>

class QTcpSocket;

namespace replog::test {

// A bad network between a master and one secondary: a TCP proxy in the event loop of the test. Start the
// secondary with `--advertise` url(), so that the master's deliveries go through the proxy.
class FaultProxy : public QObject
{
    Q_OBJECT
public:
    FaultProxy();

    QUrl url() const;
    void setTarget(const QUrl &target) { m_target = target; }

    void setRefusing(bool refusing);                                 // resets new and existing connections
    void setLosingAnswers(bool losing) { m_losingAnswers = losing; } // requests pass, answers do not
    void setDelay(int ms); // in each direction; cuts existing connections, so that order is kept
    // Limits requests to so many bytes per second; 0: no limit.
    void setRate(qint64 bytesPerSecond) { m_bytesPerSecond = bytesPerSecond; }
    // Resets a connection after so many bytes of requests; 0: never.
    void setResetAfter(qint64 bytes) { m_resetAfter = bytes; }
    void cut(); // resets all connections
    qint64 resets() const { return m_resets; }

    // Complete requests that passed, oldest first, for replaying them later.
    const QList<QByteArray> &recorded() const { return m_recorded; }

private:
    struct Pair;
    void handleConnection();
    void trickle(Pair *pair);
    void forward(Pair *pair, bool toTarget, const QByteArray &bytes);
    void record(Pair *pair, const QByteArray &bytes);
    void end(Pair *pair);

    QTcpServer m_server;
    QUrl m_target;
    QList<Pair *> m_pairs;
    QList<QByteArray> m_recorded;
    bool m_refusing = false;
    bool m_losingAnswers = false;
    int m_delayMs = 0;
    qint64 m_bytesPerSecond = 0;
    qint64 m_resetAfter = 0;
    qint64 m_resets = 0;
};

} // namespace replog::test
