// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/qtclient.h"

#include "shared/http/exchange.h"
#include "shared/http/front.h"
#include "shared/http/httpserverstate.h"
#include "shared/http/qtlane.h"

#include <utility>

namespace replog {

namespace {
constexpr qint64 FrontBytes = 40 * 1024; // 24 KiB, measured with a thousand clients, and the last request
}

QtClient::QtClient(HttpServerState &state, const QHostAddress &address) : m_state(state), m_address(address)
{
}

bool QtClient::serve(const QByteArray &request, const std::shared_ptr<Exchange> &exchange)
{
    if (!m_front)
        m_front = m_state.qtLane->connectClient(m_address);
    const QPointer<Front> front = m_front; // the handler may end it
    exchange->front = front;
    return m_state.qtLane->serve(*front, request, exchange);
}

void QtClient::end()
{
    if (const QPointer<Front> front = std::exchange(m_front, {}))
        front->end();
}

qint64 QtClient::held() const
{
    return m_front ? FrontBytes : 0;
}

} // namespace replog
