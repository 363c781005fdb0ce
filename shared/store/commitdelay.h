// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>

namespace replog {

// Whether the next group commit is to wait a moment for the clients that the last one has answered. Clients
// that send their next message once the last is answered would else fall into two halves, each of which waits
// for the other's sync: twice as many syncs, of half the size, as are needed. PostgreSQL's commit_delay and
// commit_siblings are after the same, as settings; here the wait is given up for a while when the clients do
// not come back, and one client, whose next message is all that there is to wait for, never waits. Pure.
class CommitDelay
{
public:
    static constexpr std::chrono::microseconds Limit{250}; // about one sync: more than that cannot be gained

    // A group of `committed` entries was committed while `queued` others arrived: how many there should be
    // before the next commit begins; 0 if it is not to wait. noteWaited() follows unless that is 0.
    std::size_t entriesToAwait(std::size_t committed, std::size_t queued);
    // The wait is over, since all had come or the time was up.
    void noteWaited(std::size_t queued);

private:
    static constexpr std::size_t MostCommitted = 64; // larger groups gain nothing that is worth an idle disk
    static constexpr int LongestPause = 63;

    std::size_t m_enough = 0; // what makes the wait worth its time: half of those that were waited for
    int m_pause = 0;          // commits that do not wait, after a wait that was in vain
    int m_nextPause = 1;
};

} // namespace replog
