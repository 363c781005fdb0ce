// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/scenario/scheduledcluster.h"

namespace replog {

// The end of a random schedule: all nodes run, the network is good, and an operator does what nodes ask for.
// Then all logs must become equal and all waiting clients must be answered.
class Healing
{
public:
    explicit Healing(ScheduledCluster &all) : m_all(all) {}

    // Heals the cluster; returns what remained wrong, empty if nothing.
    QString heal();

private:
    void upgrade();
    void resetWhoOutgrewTheBackup();
    void resetDiverged();
    void sortIdentities();
    void resetStrangers();
    void forgetStrays();
    bool anyDiverged();
    QString members();
    QString unhealed();
    QString restUnhealed();
    static bool isSame(const MemoryLogStore &one, const MemoryLogStore &other);
    static QByteArray differingKey(const MemoryLogStore &node, const MemoryLogStore &master);

    ScheduledCluster &m_all;
};

} // namespace replog
