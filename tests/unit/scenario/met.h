// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/simulatedcluster.h"

#include <array>

namespace replog {

// How often what happened: a schedule in which nothing happens proves nothing.
struct Met
{
    int truncated = 0;
    int fenced = 0;
    int strangers = 0; // refused, of another log
    int doubled = 0;   // refused, a copied folder
    int namesakes = 0; // refused, of a held name
    int misdirected = 0;
    int moved = 0;
    int renamed = 0;
    int replaced = 0;
    int trimmed = 0;
    int begunBehind = 0;
    int restored = 0;        // a secondary
    int restoredLeads = 0;   // the master
    int outgrown = 0;        // fenced: a member holds more than the backup
    int nextVersion = 0;     // secondaries that speak it, too
    int incompatible = 0;    // secondaries that do not speak ours
    int deliveredInNext = 0; // deliveries, as of a master that speaks it

    Met() = default;
    // Counts what happens there; the schedule adds what it does itself.
    explicit Met(SimulatedCluster &cluster);
    void add(const Met &other);

    struct Count
    {
        const char *name;
        int Met::*count;
    };
    static const std::array<Count, 17> All;

    Q_DISABLE_COPY_MOVE(Met)
};

} // namespace replog
