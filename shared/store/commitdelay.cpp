// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/commitdelay.h"

#include <algorithm>

namespace replog {

std::size_t CommitDelay::entriesToAwait(std::size_t committed, std::size_t queued)
{
    if (committed < 2 || committed > MostCommitted)
        return 0;
    if (m_pause > 0) {
        --m_pause;
        return 0;
    }
    m_enough = queued + (committed + 1) / 2;
    return queued + committed;
}

void CommitDelay::noteWaited(std::size_t queued)
{
    if (queued >= m_enough) {
        m_nextPause = 1;
    } else {
        m_pause = m_nextPause;
        m_nextPause = std::min(2 * m_nextPause + 1, LongestPause);
    }
}

} // namespace replog
