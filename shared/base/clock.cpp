// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/clock.h"

#include <QDateTime>

#include <chrono>

namespace replog {

qint64 Clock::utcMs() const
{
    return QDateTime::currentMSecsSinceEpoch();
}

qint64 SteadyClock::nowMs() const
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

} // namespace replog
