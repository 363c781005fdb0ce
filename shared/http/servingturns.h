// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <QObject>
#include <QPointer>

#include <deque>
#include <optional>

namespace replog {

class RequestReader;

// How the connections of one server share the event loop. Whatever an answer costs: once the requests of a
// turn of the loop have taken their time, a connection that has sent more of them waits in line. Those in
// line are served one after the other in turns to come; a client that has only now sent something is served
// before, with its first request.
class ServingTurns : public QObject
{
    Q_OBJECT
public:
    explicit ServingTurns(const Clock &clock) : m_clock(clock) {}

    // Whether one more request may be served in this turn.
    bool isTimeLeft();
    // The reader has more requests; takeTurn() follows, unless it is gone by then.
    void wait(RequestReader *reader);

private:
    void beginTurn();
    void endTurn();

    const Clock &m_clock;
    std::deque<QPointer<RequestReader>> m_waiting;
    std::optional<qint64> m_since; // when this turn began; null: it has not been asked about
};

} // namespace replog
