// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/randomsource.h"

#include <algorithm>

namespace replog {

// Exponential backoff with full jitter: the delay before retry n is uniform in [0, min(max, base * 2^(n-1))],
// so that nodes that failed together do not come back together (M. Brooker, "Exponential Backoff And Jitter",
// AWS 2015).
struct RetryPolicy
{
    qint64 baseMs = 50;
    qint64 maxMs = 5000;
    int limit = 0; // retries in a row before giving up; 0: never

    // `failures` in a row so far, at least 1.
    qint64 ceilingMs(int failures) const
    {
        const int doublings = std::min(failures - 1, 40);
        return baseMs > (maxMs >> doublings) ? maxMs : std::min(maxMs, baseMs << doublings);
    }
    qint64 delayMs(int failures, RandomSource &random) const
    {
        return static_cast<qint64>(random.uniform() * static_cast<double>(ceilingMs(failures) + 1));
    }
    bool exhausted(int failures) const { return limit > 0 && failures > limit; }
};

} // namespace replog
