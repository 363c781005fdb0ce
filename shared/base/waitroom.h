// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <functional>
#include <vector>

namespace replog {

// How many clients may wait on a node at once (--max-waits), whatever they wait for: appends, their repeats,
// watchers of an entry, long polls and event streams together. All but appends may take half of it, so that
// none of them keeps appends out. Each part that lets clients wait says how many do; nothing is counted
// twice. Event loop's thread.
class WaitRoom
{
public:
    using Count = std::function<int()>;

    explicit WaitRoom(int limit) : m_limit(limit) {}

    // For the life of the room.
    void countAppends(Count count) { m_appends = std::move(count); }
    void countOthers(Count count) { m_others.push_back(std::move(count)); }

    int others() const;
    int taken() const { return others() + (m_appends ? m_appends() : 0); }
    // Whether one more may wait; else Errc::Exhausted.
    Result<void> forAppend() const;
    Result<void> forOther() const;

private:
    const int m_limit;
    Count m_appends;
    std::vector<Count> m_others;
};

} // namespace replog
