// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/qtclient.h"

#include "shared/http/exchange.h"
#include "shared/http/front.h"
#include "shared/http/httpserverstate.h"
#include "shared/http/qtlane.h"

#include <utility>

namespace replog {

namespace {
constexpr qint64 FrontBytes =

    40 * 1024; // what Qt and we keep for one client: 24 KiB, measured with a thousand, and its last request
}

QtClient::QtClient(HttpServerState &state, const QHostAddress &address)
    : m_state(state), m_address(address), m_memory(state.budget)
{
}

bool QtClient::serve(const QByteArray &request, const std::shared_ptr<Exchange> &exchange)
{
    if (!m_front) {
        m_front = m_state.qtLane->connectClient(m_address);
        m_memory.set(FrontBytes);
    }
    const QPointer<Front> front = m_front; // the handler may end it
    exchange->front = front;
    return m_state.qtLane->serve(*front, request, exchange);
}

void QtClient::end()
{
    if (const QPointer<Front> front = std::exchange(m_front, {}))
        front->end();
    m_memory.set(0);
}

} // namespace replog
