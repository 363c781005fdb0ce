// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/reply.h"

#include <QTcpSocket>

#include <memory>

namespace replog {

// What Qt's server answered to the request that it was shown.
class QtResponder
{
public:
    virtual ~QtResponder() = default;
    virtual void send(int status, const QByteArray &contentType, const QByteArray &body,
                      const HttpHeaders &headers) = 0;
};

// A socket without a descriptor, which Qt's server takes for a client's connection. Each feed() shows Qt one
// whole, checked request, which it parses, routes and answers as any other; what it writes is collected. The
// client's real connection is the Channel's; Qt does not know it.
//
// end() ends it, and then Qt deletes it. The responder is destroyed before that, as Qt 6.4 requires; and
// never within a feed, as 6.8 requires.
class Front final : public QTcpSocket
{
    Q_OBJECT
public:
    Front(const QHostAddress &peer, QObject *parent);
    ~Front() override;

    // Shows Qt one request. False if Qt has not taken exactly that, and handed it to a handler.
    bool feed(const QByteArray &request);
    // Called by QtLane, within a feed.
    void setResponder(std::unique_ptr<QtResponder> responder);
    // Whether the request that was fed has no answer yet.
    bool isBusy() const { return m_responder != nullptr && !m_isAnswered; }
    // The answer as Qt writes it.
    QByteArray answer(int status, const QByteArray &contentType, const QByteArray &body,
                      const HttpHeaders &headers);
    // The connection is over, or Qt cannot use it any more.
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
