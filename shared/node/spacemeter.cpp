// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/spacemeter.h"

#include <cmath>

namespace replog {

void SpaceMeter::add(const Space &space, qint64 nowMs)
{
    m_space = space;
    m_nowMs = nowMs;
    if (!m_begunMs)
        m_begunMs = nowMs;
    while (m_samples.size() > 1 && nowMs - m_samples[1].atMs >= DayMs)
        m_samples.pop_front();
    const bool isDue =
        m_samples.empty() ? nowMs - *m_begunMs >= SettlingMs : nowMs - m_samples.back().atMs >= StepMs;
    if (isDue)
        m_samples.push_back({nowMs, space.storeBytes});
    const qint64 limit = minFreeBytes();
    if (space.freeBytes < limit)
        m_isLow = true;
    else if (space.freeBytes >= limit + limit / 10)
        m_isLow = false;
}

std::optional<double> SpaceMeter::growthPerMs() const
{
    if (m_samples.empty() || m_nowMs - m_samples.front().atMs < LeastSpanMs)
        return std::nullopt;
    const Sample &oldest = m_samples.front();
    return double(m_space->storeBytes - oldest.bytes) / double(m_nowMs - oldest.atMs);
}

std::optional<qint64> SpaceMeter::bytesPerDay() const
{
    const auto growth = growthPerMs();
    return growth ? std::optional(std::llround(*growth * double(DayMs))) : std::nullopt;
}

std::optional<qint64> SpaceMeter::fullInMs() const
{
    constexpr double Longest = double(qint64(1) << 53); // what JSON tells exactly
    const auto growth = growthPerMs();
    if (!growth || *growth <= 0)
        return std::nullopt;
    const double ms = double(m_space->freeBytes) / *growth;
    return ms < Longest ? std::optional(std::llround(ms)) : std::nullopt;
}

} // namespace replog
