// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/randomsource.h"

#include <QtGlobal>

namespace replog {

// What a secondary does to the deliveries that reach it, for tests and for teaching.
struct Faults
{
    qint64 delayMs = 0;      // each delivery is taken up that much later
    double failBefore = 0.0; // probability of 500 before anything is stored
    double failAfter = 0.0;  // probability of 500 after it was stored
    double drop = 0.0;       // probability of no answer, nothing stored
    bool block = false;      // refuses everything

    friend bool operator==(const Faults &, const Faults &) = default;
};

class FaultInjector
{
public:
    enum class Fate { Pass, FailBefore, FailAfter, Drop, Refuse };

    explicit FaultInjector(RandomSource &random) : m_random(random) {}

    const Faults &faults() const { return m_faults; }
    void setFaults(const Faults &faults) { m_faults = faults; }

    // The fate of the next delivery.
    Fate decide()
    {
        if (m_faults.block)
            return Fate::Refuse;
        if (happens(m_faults.drop))
            return Fate::Drop;
        if (happens(m_faults.failBefore))
            return Fate::FailBefore;
        if (happens(m_faults.failAfter))
            return Fate::FailAfter;
        return Fate::Pass;
    }

private:
    bool happens(double probability) { return probability > 0.0 && m_random.uniform() < probability; }

    RandomSource &m_random;
    Faults m_faults;
};

} // namespace replog
