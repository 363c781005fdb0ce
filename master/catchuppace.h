// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <algorithm>

namespace replog {

// The pause between two batches for a node that is catching up, so that the clients that append meanwhile
// keep most of the disk and the cores: twice as long as the batch took, but at most MaxPauseMs, since a batch
// that took long did so for its link or its node, and clients may wait for the next one. There is no pause if
// nobody appends, or if the log grows so fast that the node would fall behind for good. Pure.
class CatchUpPace
{
public:
    static constexpr qint64 MaxPauseMs = 500;

    // A batch is about to be read, at `nowMs`, with the log ending at `lastId`.
    void begin(qint64 nowMs, quint64 lastId)
    {
        m_sinceMs = nowMs;
        m_lastId = lastId;
        m_isRunning = true;
    }
    // The batch of `count` entries was acked: the pause before the next one. 0 if no batch was begun.
    qint64 endedMs(qint64 nowMs, quint64 lastId, quint64 count)
    {
        if (!m_isRunning)
            return 0;
        m_isRunning = false;
        const quint64 grown = lastId - m_lastId;
        return grown == 0 || 2 * grown >= count ? 0 : std::min(2 * (nowMs - m_sinceMs), MaxPauseMs);
    }
    void reset() { m_isRunning = false; }

private:
    qint64 m_sinceMs = 0;
    quint64 m_lastId = 0;
    bool m_isRunning = false;
};

} // namespace replog
