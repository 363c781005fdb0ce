// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/scenario/scheduledcluster.h"

#include <algorithm>
#include <cstdio>

namespace replog {

ScheduledCluster::ScheduledCluster(const SimulatedCluster::Config &config, bool itsTrace)
    : trace(itsTrace), cluster(config), invariants(cluster)
{
    if (trace)
        QObject::connect(&cluster, &SimulatedCluster::happened, &cluster,
                         [](const QByteArray &event) { fprintf(stderr, "    %s\n", event.constData()); });
}

void ScheduledCluster::say(const QByteArray &what) const
{
    if (trace)
        fprintf(stderr, "%s\n", what.constData());
}

void ScheduledCluster::start(const QByteArray &name)
{
    say("start " + name);
    if (!cluster.isFree(name))
        return; // another node has its address
    if (name == master || name == oldMaster || name == "b") {
        cluster.startMaster(name);
        return;
    }
    SimulatedCluster::Told told;
    if (const auto version = versions.find(name); version != versions.end())
        told.version = version->second;
    cluster.startSecondary(name, master, told);
}

void ScheduledCluster::restart()
{
    say("restart " + master);
    cluster.crash(master);
    if (!cluster.isFree(master))
        return;
    // If a node of another log holds more entries than this log, the operator starts the master with
    // --new-log, since its folder was not emptied.
    SimulatedCluster::Told told;
    told.newLog = identitiesMix;
    cluster.startMaster(master, false, told);
}

void ScheduledCluster::reset(const QByteArray &name)
{
    say("reset " + name);
    if (node(name).isUp())
        cluster.crash(name);
    cluster.wipe(name);
    start(name);
}

bool ScheduledCluster::isFenced()
{
    return theMaster().serving && theMaster().master->mode() == MasterNode::Mode::Fenced;
}

bool ScheduledCluster::isDiverged(const QByteArray &name)
{
    const auto &members = theMaster().master->members().members();
    const auto member = members.find(name);
    return member != members.end() && member->second.replicator->healthWord() == "diverged";
}

bool ScheduledCluster::isOurs(const QByteArray &name) const
{
    return name == master || std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace replog
