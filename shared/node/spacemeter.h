// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/space.h"

#include <QtGlobal>

#include <deque>
#include <optional>

namespace replog {

// How much room is to be left on the disk: --min-free. 0 bytes and no share: none.
struct MinFree
{
    qint64 bytes = 0;
    double share = 0; // of the disk's size, 0 to 1

    qint64 of(qint64 capacityBytes) const { return bytes + qint64(share * double(capacityBytes)); }
};

// How much room a store takes, how fast it grows, when the disk is full at that rate, and whether room is
// low: it becomes low below the limit, and stays so until a tenth more than the limit is free. Pure:
// measurements and the clock (ms, any origin, never going back) are handed in.
class SpaceMeter
{
public:
    explicit SpaceMeter(const MinFree &minFree = {}) : m_minFree(minFree) {}

    void add(const Space &space, qint64 nowMs);

    const std::optional<Space> &space() const { return m_space; }
    // Growth over the last day, or since the first minute if that is later; nothing within the first ten
    // minutes. Negative if the store shrinks.
    std::optional<qint64> bytesPerDay() const;
    // The time until the disk is full at that rate; nothing if the store does not grow.
    std::optional<qint64> fullInMs() const;
    bool isLow() const { return m_isLow; }
    // How many bytes must stay free on this disk.
    qint64 minFreeBytes() const { return m_space ? m_minFree.of(m_space->capacityBytes) : m_minFree.bytes; }

private:
    struct Sample
    {
        qint64 atMs = 0;
        qint64 bytes = 0;
    };
    // A store that was opened takes some MB more within seconds, for files that it fills later.
    static constexpr qint64 SettlingMs = 60 * 1000;
    static constexpr qint64 LeastSpanMs = 9 * 60 * 1000;
    static constexpr qint64 DayMs = 24LL * 3600 * 1000;
    static constexpr qint64 StepMs = DayMs / 96; // between samples that are kept

    std::optional<double> growthPerMs() const;

    const MinFree m_minFree;
    std::optional<Space> m_space;
    std::optional<qint64> m_begunMs; // first measurement
    qint64 m_nowMs = 0;
    bool m_isLow = false;
    std::deque<Sample> m_samples; // oldest first, of the last day, none of the first minute
};

} // namespace replog
