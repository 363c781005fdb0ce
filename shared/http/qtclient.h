// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHostAddress>
#include <QPointer>

#include <memory>

namespace replog {

class Exchange;
class Front;
struct HttpServerState;

// One client as Qt's server sees it: a connection of its own, from its first request by Qt's lane on.
class QtClient
{
public:
    QtClient(HttpServerState &state, const QHostAddress &address);

    // Has Qt serve one request. False if Qt has read it in another way than the gate; call end() then.
    bool serve(const QByteArray &request, const std::shared_ptr<Exchange> &exchange);
    // Qt releases the client; the next request makes a new connection.
    void end();
    // Bytes that Qt and we keep for it.
    qint64 held() const;

private:
    HttpServerState &m_state;
    const QHostAddress m_address;
    QPointer<Front> m_front;
};

} // namespace replog
