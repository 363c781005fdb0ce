// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/simulatedcluster.h"

#include <array>

namespace replog {

// Counts events of schedules: without them a passing schedule proves nothing.
struct Met
{
    int truncated = 0;
    int fenced = 0;
    int strangers = 0; // registrations refused: another log
    int doubled = 0;   // registrations refused: a copied folder
    int namesakes = 0; // registrations refused: the name is held
    int misdirected = 0;
    int moved = 0;
    int renamed = 0;
    int replaced = 0;
    int trimmed = 0;
    int begunBehind = 0;
    int restored = 0;        // secondaries restored from a backup
    int restoredLeads = 0;   // masters restored from a backup
    int outgrown = 0;        // masters fenced because a member holds more than the backup
    int nextVersion = 0;     // secondaries that speak ours and the next version
    int incompatible = 0;    // secondaries that speak only the next version
    int deliveredInNext = 0; // deliveries in the next version

    Met() = default;
    // Counts events of the cluster; the schedule adds its own actions.
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
