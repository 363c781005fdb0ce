// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/reply.h"

#include <QTcpSocket>

#include <memory>

namespace replog {

// How Qt's server answers the request that it was shown.
class QtResponder
{
public:
    virtual ~QtResponder() = default;
    virtual void send(int status, const QByteArray &contentType, const QByteArray &body,
                      const HttpHeaders &headers) = 0;
};

// A socket without a descriptor: what Qt's server takes for a client's connection. Each feed() shows it one
// whole, checked request, which it parses, routes and has answered as any other; what it writes is collected.
// The client's real connection is the Channel's, and Qt never learns of it.
//
// Ended by end(), after which Qt deletes it. The responder is destroyed before that, as Qt 6.4 wants it; and
// never within a feed, as 6.8 does.
class Front final : public QTcpSocket
{
    Q_OBJECT
public:
    Front(const QHostAddress &peer, QObject *parent);
    ~Front() override;

    // Shows Qt one request. False if Qt has not taken exactly that, and handed it to a handler.
    bool feed(const QByteArray &request);
    // From QtLane, within a feed.
    void setResponder(std::unique_ptr<QtResponder> responder);
    // Whether the request that was fed is still to be answered.
    bool isBusy() const { return m_responder != nullptr && !m_isAnswered; }
    // The answer as Qt writes it.
    QByteArray answer(int status, const QByteArray &contentType, const QByteArray &body,
                      const HttpHeaders &headers);
    // The connection is over, or no use to Qt any more.
    void end();

    qint64 bytesAvailable() const override;
    qint64 bytesToWrite() const override { return 0; }
    bool isSequential() const override { return true; }
    void disconnectFromHost() override { m_isRefused = true; }
    void close() override { m_isRefused = true; }

protected:
    qint64 readData(char *to, qint64 room) override;
    qint64 skipData(qint64 bytes) override;
    qint64 writeData(const char *bytes, qint64 count) override;

private:
    QByteArray m_request;
    qsizetype m_read = 0; // of the request
    QByteArray m_written;
    std::unique_ptr<QtResponder> m_responder;
    bool m_isFeeding = false;
    bool m_isAnswered = false;
    bool m_isRefused = false; // Qt wants to close
    bool m_isEnding = false;
};

} // namespace replog
