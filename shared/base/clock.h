// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace replog {

// Monotonic time, handed to everything that measures or schedules; tests hand in one that they move by hand.
class Clock
{
public:
    virtual ~Clock() = default;
    virtual qint64 nowMs() const = 0; // milliseconds since an arbitrary start, never going back
    // Microseconds since 1970, UTC: the machine's calendar clock, to be told and never to be measured with.
    // It may be set, back as well.
    virtual qint64 utcMicros() const;
    qint64 utcMs() const { return utcMicros() / 1000; }
};

// The steady clock of the machine. Any thread.
class SteadyClock final : public Clock
{
public:
    qint64 nowMs() const override;
};

} // namespace replog
