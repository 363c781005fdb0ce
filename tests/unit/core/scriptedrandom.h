// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/randomsource.h"

#include <deque>

namespace replog {

// Returns the given values, then `rest` for ever.
class ScriptedRandom final : public RandomSource
{
public:
    explicit ScriptedRandom(std::deque<double> values = {}, double rest = 0.5)
        : m_values(std::move(values)), m_rest(rest)
    {
    }
    double uniform() override
    {
        ++m_asked;
        if (m_values.empty())
            return m_rest;
        const double value = m_values.front();
        m_values.pop_front();
        return value;
    }
    // Counts up, so values never repeat.
    quint64 bits() override { return static_cast<quint64>(++m_drawn) << 32; }
    int asked() const { return m_asked; }

private:
    std::deque<double> m_values;
    double m_rest;
    int m_asked = 0;
    int m_drawn = 0;
};

} // namespace replog
