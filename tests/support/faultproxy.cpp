// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/faultproxy.h"

#include <QTcpSocket>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog::test {

constexpr int TicksPerSecond = 50;

// The two ends of one connection; parent of both sockets.
struct FaultProxy::Pair : public QObject
{
    explicit Pair(QObject *parent) : QObject(parent) {}
    QTcpSocket *client = nullptr;
    QTcpSocket *target = nullptr;
    QByteArray request; // the incomplete request
    QByteArray waiting; // bytes that wait for the connection to the target
    QTimer tick;        // runs while requests are throttled
    qint64 requestBytes = 0;
    bool ended = false;
};

FaultProxy::FaultProxy()
{
    connect(&m_server, &QTcpServer::newConnection, this, &FaultProxy::handleConnection);
    if (!m_server.listen(QHostAddress::LocalHost))
        qFatal("no port for the proxy");
}

QUrl FaultProxy::url() const
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(m_server.serverPort()));
}

void FaultProxy::setRefusing(bool refusing)
{
    m_refusing = refusing;
    if (refusing)
        cut();
}

void FaultProxy::setDelay(int ms)
{
    m_delayMs = ms;
    cut();
}

void FaultProxy::cut()
{
    const QList<Pair *> all = m_pairs;
    for (Pair *pair : all)
        end(pair);
}

void FaultProxy::handleConnection()
{
    while (QTcpSocket *client = m_server.nextPendingConnection()) {
        if (m_refusing) {
            client->abort();
            client->deleteLater();
            ++m_resets;
            continue;
        }
        auto *pair = new Pair(this);
        pair->client = client;
        client->setParent(pair);
        pair->target = new QTcpSocket(pair);
        m_pairs.append(pair);
        if (m_bytesPerSecond > 0) {
            // Bytes that are not read stay in the socket, so that TCP throttles the sender.
            client->setReadBufferSize(m_bytesPerSecond / TicksPerSecond);
            connect(&pair->tick, &QTimer::timeout, pair, [this, pair] { trickle(pair); });
            pair->tick.start(1000 / TicksPerSecond);
        }
        connect(client, &QTcpSocket::readyRead, pair, [this, pair] {
            if (pair->tick.isActive())
                return;
            const QByteArray bytes = pair->client->readAll();
            record(pair, bytes);
            forward(pair, true, bytes);
        });
        connect(pair->target, &QTcpSocket::readyRead, pair, [this, pair] {
            const QByteArray bytes = pair->target->readAll();
            if (!m_losingAnswers)
                forward(pair, false, bytes);
        });
        connect(pair->target, &QTcpSocket::connected, pair, [pair] { pair->target->write(pair->waiting); });
        connect(client, &QTcpSocket::disconnected, pair, [this, pair] { end(pair); });
        connect(pair->target, &QTcpSocket::disconnected, pair, [this, pair] { end(pair); });
        connect(pair->target, &QTcpSocket::errorOccurred, pair, [this, pair] { end(pair); });
        pair->target->connectToHost(m_target.host(), quint16(m_target.port()));
    }
}

void FaultProxy::trickle(Pair *pair)
{
    const QByteArray bytes = pair->client->read(m_bytesPerSecond / TicksPerSecond);
    if (!bytes.isEmpty())
        forward(pair, true, bytes);
}

void FaultProxy::forward(Pair *pair, bool toTarget, const QByteArray &bytes)
{
    if (m_delayMs > 0) {
        QTimer::singleShot(m_delayMs, Qt::PreciseTimer, pair, [pair, toTarget, bytes] {
            if (pair->ended)
                return;
            if (!toTarget)
                pair->client->write(bytes);
            else if (pair->target->state() == QAbstractSocket::ConnectedState)
                pair->target->write(bytes);
            else
                pair->waiting += bytes;
        });
        return;
    }
    if (!toTarget) {
        pair->client->write(bytes);
        return;
    }
    QByteArray piece = bytes;
    const bool reset = m_resetAfter > 0 && pair->requestBytes + bytes.size() >= m_resetAfter;
    if (reset)
        piece.truncate(std::max<qint64>(0, m_resetAfter - pair->requestBytes));
    pair->requestBytes += bytes.size();
    if (pair->target->state() == QAbstractSocket::ConnectedState)
        pair->target->write(piece);
    else
        pair->waiting += piece;
    if (reset) {
        pair->target->flush();
        end(pair);
    }
}

void FaultProxy::record(Pair *pair, const QByteArray &bytes)
{
    pair->request += bytes;
    for (;;) {
        const qsizetype head = pair->request.indexOf("\r\n\r\n");
        if (head < 0)
            return;
        const qsizetype at = pair->request.left(head).toLower().indexOf("content-length:");
        qsizetype length = 0;
        if (at >= 0) {
            const qsizetype line = pair->request.indexOf("\r\n", at);
            length = pair->request.mid(at + 15, line - at - 15).trimmed().toLongLong();
        }
        if (pair->request.size() < head + 4 + length)
            return;
        m_recorded.append(pair->request.left(head + 4 + length));
        pair->request.remove(0, head + 4 + length);
    }
}

void FaultProxy::end(Pair *pair)
{
    if (pair->ended)
        return;
    pair->ended = true;
    ++m_resets;
    m_pairs.removeOne(pair);
    pair->client->disconnect(pair);
    pair->target->disconnect(pair);
    pair->client->abort();
    pair->target->abort();
    pair->deleteLater();
}

} // namespace replog::test
