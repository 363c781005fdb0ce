// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <functional>

namespace replog {

// Time and timers, handed to the state machines; tests hand in one that they move by hand.
class Scheduler : public Clock
{
public:
    using TimerId = quint64; // 0 is no timer

    // Calls `fire` once from the event loop, `delayMs` (>= 0) from now, never from inside this call.
    virtual TimerId schedule(qint64 delayMs, std::function<void()> fire) = 0;
    // Calls `run` once at the end of this turn of the event loop, for work that is done once for all that
    // came in it.
    virtual void defer(std::function<void()> run) = 0;
    // A timer that has fired, or 0, is ignored.
    virtual void cancel(TimerId id) = 0;
};

} // namespace replog
