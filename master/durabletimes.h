// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <algorithm>
#include <vector>

namespace replog {

// Remembers when the master's log became durable up to which id, so that a member's lag can be given as a
// time. Times are those of the scheduler, in ms. Memory is bounded: older times are coarser. lag <= lagMs()
// <= lag * 33/32 + ResolutionMs; for entries from before this run, the lag begins with the run.
class DurableTimes
{
public:
    static constexpr std::size_t Capacity = 2048;
    static constexpr qint64 ResolutionMs = 20;

    // The log is durable up to `id`, which never goes back, since now.
    void note(quint64 id, qint64 nowMs)
    {
        if (!m_marks.empty() && nowMs - m_marks.back().sinceMs < ResolutionMs) {
            m_marks.back().id = id;
            return;
        }
        if (m_marks.size() == Capacity)
            thinOut(nowMs);
        m_marks.push_back({id, nowMs});
    }

    // How long the first entry beyond `ackedId` has been durable; 0 if there is none.
    qint64 lagMs(quint64 ackedId, qint64 nowMs) const
    {
        const auto first = std::upper_bound(m_marks.begin(), m_marks.end(), ackedId,
                                            [](quint64 id, const Mark &mark) { return id < mark.id; });
        return first == m_marks.end() ? 0 : nowMs - first->sinceMs;
    }

private:
    struct Mark
    {
        quint64 id; // entries up to this one, and beyond that of the mark before
        qint64 sinceMs;
    };

    // Merges a mark with the next one where the times of its entries stay exact enough. That leaves some 64
    // marks for each e-fold of age.
    void thinOut(qint64 nowMs)
    {
        std::size_t kept = 0;
        for (std::size_t i = 1; i < m_marks.size(); ++i) {
            const qint64 endMs = i + 1 < m_marks.size() ? m_marks[i + 1].sinceMs : nowMs;
            if (endMs - m_marks[kept].sinceMs <= (nowMs - endMs) / 32)
                m_marks[kept].id = m_marks[i].id;
            else
                m_marks[++kept] = m_marks[i];
        }
        m_marks.resize(kept + 1);
        if (m_marks.size() == Capacity) {
            m_marks[1].sinceMs = m_marks[0].sinceMs;
            m_marks.erase(m_marks.begin());
        }
    }

    std::vector<Mark> m_marks; // by id and by time
};

} // namespace replog
