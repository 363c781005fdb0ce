// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>

namespace replog {

// Decides whether the next group commit waits a moment for the clients that the last one has answered.
// Without that wait, clients that send their next message once the last is answered fall into two halves,
// each of which waits for the other's sync: twice as many syncs, of half the size, as are needed. PostgreSQL
// has the settings commit_delay and commit_siblings for this. Here commits stop waiting for a while when the
// clients do not come back. A lone client never waits, since there is nobody else to wait for. Pure.
class CommitDelay
{
public:
    static constexpr std::chrono::microseconds Limit{250}; // about one sync, which is all that can be gained

    // A group of `committed` entries was committed while `queued` others arrived. Returns how many there
    // should be before the next commit begins; 0 if it does not wait. Unless it is 0, call noteWaited() next.
    std::size_t entriesToAwait(std::size_t committed, std::size_t queued);
    // The wait is over: all have come, or the time is over.
    void noteWaited(std::size_t queued);

private:
    static constexpr std::size_t MostCommitted = 64; // larger groups gain nothing that is worth an idle disk
    static constexpr int LongestPause = 63;

    std::size_t m_enough = 0; // so many make the wait worth its time: half of those that it was for
    int m_pause = 0;          // so many commits do not wait, after a wait for which too few came
    int m_nextPause = 1;
};

} // namespace replog
