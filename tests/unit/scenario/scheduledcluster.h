// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/clusterinvariants.h"
#include "tests/support/simulatedcluster.h"

#include <vector>

namespace replog {

// The cluster of a random schedule and the identities in it, shared by the schedule's steps and the healing
// at its end.
class ScheduledCluster
{
public:
    ScheduledCluster(const SimulatedCluster::Config &config, bool trace);

    // Starts a node unless it is up or another node has its address.
    void start(const QByteArray &name);
    // Crashes the master and starts it again.
    void restart();
    // The operator resets a node.
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
    QByteArray oldMaster;                       // set when another node was promoted
    std::vector<QByteArray> names;              // the secondaries
    QByteArray foreign;                         // address of something that is no node
    std::map<QByteArray, PeerVersion> versions; // nodes whose version is not ours
    bool identitiesMix = false;
    bool wasPutBack = false; // the master was replaced by a copy or a backup
};

} // namespace replog
