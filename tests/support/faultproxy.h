// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QTcpServer>
#include <QUrl>

class QTcpSocket;

namespace replog::test {

// A bad network between a master and one secondary: a TCP proxy in the test's own event loop. The secondary
// is started with `--advertise` of url(), so that the master's deliveries come through here.
class FaultProxy : public QObject
{
    Q_OBJECT
public:
    FaultProxy();

    QUrl url() const;
    void setTarget(const QUrl &target) { m_target = target; }

    void setRefusing(bool refusing); // new connections are reset, those there are cut
    void setLosingAnswers(bool losing) { m_losingAnswers = losing; } // requests arrive, answers do not
    void setDelay(int ms); // in each direction; cuts what is there, so that order is kept
    // Requests go through no faster than that, bytes a second; 0: as fast as they come.
    void setRate(qint64 bytesPerSecond) { m_bytesPerSecond = bytesPerSecond; }
    // Resets a connection once that many bytes of requests have gone through it; 0: never.
    void setResetAfter(qint64 bytes) { m_resetAfter = bytes; }
    void cut(); // resets all connections
    qint64 resets() const { return m_resets; }

    // Whole requests that went through, the oldest first; for late replays.
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
