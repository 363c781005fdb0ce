// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/servingturns.h"

#include "shared/http/requestreader.h"

namespace replog {

namespace {
constexpr qint64 TurnMs = 5;
}

bool ServingTurns::isTimeLeft()
{
    beginTurn();
    return m_clock.nowMs() - *m_since < TurnMs;
}

void ServingTurns::wait(RequestReader *reader)
{
    m_waiting.emplace_back(reader);
    beginTurn();
}

void ServingTurns::beginTurn()
{
    if (m_since)
        return;
    m_since = m_clock.nowMs();
    QMetaObject::invokeMethod(this, &ServingTurns::endTurn, Qt::QueuedConnection);
}

// Each of those in line once at most; what has come from other clients is seen before the next turn.
void ServingTurns::endTurn()
{
    m_since.reset();
    if (m_waiting.empty())
        return;
    beginTurn();
    for (auto left = m_waiting.size(); left > 0; --left) {
        const QPointer<RequestReader> reader = m_waiting.front();
        m_waiting.pop_front();
        if (!reader)
            continue;
        reader->takeTurn();
        if (!isTimeLeft())
            break;
    }
}

} // namespace replog
