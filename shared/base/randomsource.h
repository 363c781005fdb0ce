// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/id128.h"

#include <QRandomGenerator>
#include <QtGlobal>

#include <random>

namespace replog {

// Chance, handed to what jitters, injects faults or draws an identity; tests hand in a seeded or scripted
// one.
class RandomSource
{
public:
    virtual ~RandomSource() = default;
    virtual double uniform() = 0; // in [0, 1)
    virtual quint64 bits() = 0;   // 64 of them

    // What tells one start of a master from all others; never 0.
    quint64 start()
    {
        const quint64 drawn = bits();
        return drawn != 0 ? drawn : 1;
    }
    // What tells one node, log or run of a process from all others; never null.
    Id128 id128()
    {
        const quint64 high = bits();
        const quint64 low = bits();
        return {high, high == 0 && low == 0 ? 1 : low};
    }
};

// The operating system's: what is drawn here is drawn nowhere else.
class SystemRandom final : public RandomSource
{
public:
    double uniform() override { return QRandomGenerator::system()->generateDouble(); }
    quint64 bits() override { return QRandomGenerator::system()->generate64(); }
};

class SeededRandom final : public RandomSource
{
public:
    explicit SeededRandom(quint64 seed) : m_engine(seed) {}
    double uniform() override { return std::uniform_real_distribution<double>(0.0, 1.0)(m_engine); }
    quint64 bits() override { return m_engine(); }

private:
    std::mt19937_64 m_engine;
};

} // namespace replog
