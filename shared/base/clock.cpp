// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/clock.h"

#include <chrono>

namespace replog {

qint64 Clock::utcMicros() const
{
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

qint64 SteadyClock::nowMs() const
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

} // namespace replog
