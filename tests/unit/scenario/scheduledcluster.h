// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/clusterinvariants.h"
#include "tests/support/simulatedcluster.h"

#include <vector>

namespace replog {

// The cluster of a random schedule, and who is who in it: what the schedule's steps and those that put
// everything right at its end have in common.
class ScheduledCluster
{
public:
    ScheduledCluster(const SimulatedCluster::Config &config, bool trace);

    // Unless it is started already, or somebody else is at its address.
    void start(const QByteArray &name);
    // Crashes the master and starts it again.
    void restart();
    // An operator has a node begin anew.
    void reset(const QByteArray &name);
    void say(const QByteArray &what) const;

    SimulatedCluster::Node &node(const QByteArray &name) { return cluster.node(name); }
    SimulatedCluster::Node &theMaster() { return cluster.node(master); }
    bool isFenced();
    bool isDiverged(const QByteArray &name);
    bool isOurs(const QByteArray &name) const;

    const bool trace;
    SimulatedCluster cluster;
    ClusterInvariants invariants;
    QByteArray master = "m";
    QByteArray oldMaster;                       // since another one was promoted
    std::vector<QByteArray> names;              // the secondaries
    QByteArray foreign;                         // the address of something that is no node
    std::map<QByteArray, PeerVersion> versions; // of nodes that speak another one than ours
    bool identitiesMix = false;
    bool wasPutBack = false; // the master, from a copy or a backup
};

} // namespace replog
