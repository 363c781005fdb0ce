// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <random>

namespace replog {

// Chance, handed to what jitters or injects faults; tests hand in a seeded or scripted one.
class RandomSource
{
public:
    virtual ~RandomSource() = default;
    virtual double uniform() = 0; // in [0, 1)

    // What tells one thing apart from all others: from 1 to 2^53, as JSON can tell it.
    quint64 identity() { return static_cast<quint64>(uniform() * 9007199254740991.0) + 1; }
};

class SeededRandom final : public RandomSource
{
public:
    explicit SeededRandom(quint64 seed) : m_engine(seed) {}
    double uniform() override { return std::uniform_real_distribution<double>(0.0, 1.0)(m_engine); }

private:
    std::mt19937_64 m_engine;
};

} // namespace replog
