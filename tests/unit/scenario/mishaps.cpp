// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/scenario/schedule.h"

#include "tests/support/nextversion.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

// Restarts a node with another name or address, or starts a copy beside it.
void Schedule::mixIdentities()
{
    const std::vector<QByteArray> all{"s1", "s2", "s3", "t1", "c1"};
    const auto any = [this, &all] {
        return all[static_cast<size_t>(pick(0, static_cast<int>(all.size()) - 1))];
    };
    const int what = pick(0, 9);
    const QByteArray key = what < 7 ? anySecondary() : what < 9 ? QByteArray("c1") : QByteArray("t1");
    if (what == 9 && chance(0.3)) {
        const QByteArray address = any();
        if (m_all.foreign.isEmpty() && m_all.cluster.isFree(address)) {
            m_all.say("foreign at " + address);
            m_all.foreign = address;
            m_all.cluster.startForeign(address, chance(0.5) ? 412 : 200, "{\"epoch\": 4611686018427387904}");
        } else if (!m_all.foreign.isEmpty()) {
            m_all.say("foreign gone");
            m_all.cluster.stopForeign(std::exchange(m_all.foreign, {}));
        }
        return;
    }
    if (m_all.node(key).isUp()) {
        if (!chance(0.5))
            return;
        m_all.say("crash " + key);
        m_all.cluster.crash(key);
    }
    if (key == "c1" && (m_all.node(key).starts == 0 || chance(0.3))) {
        const QByteArray original = chance(0.8) ? anySecondary() : m_all.master;
        m_all.say("copy " + original + " to c1");
        m_all.cluster.putBack(key, m_all.cluster.copyDisk(original));
    }
    SimulatedCluster::Told told;
    if (chance(0.4))
        told.name = any();
    if (chance(0.4))
        told.address = any();
    if (chance(0.15))
        told.advertise = any();
    const QByteArray address = told.address.isEmpty() ? key : told.address;
    if (!m_all.cluster.isFree(address))
        return;
    const QByteArray master = chance(0.85) ? m_all.master : QByteArray("b");
    m_all.say("start " + key + " of " + master + " as " + told.name + " at " + told.address +
              " advertising " + told.advertise);
    m_all.cluster.startSecondary(key, master, told);
}

// Sometimes copies the master's folder, and later puts the copy back while the master is down, whatever was
// acknowledged since. Often the secondaries are down then, so that the master takes appends alone.
void Schedule::copyOrPutBack()
{
    if (m_copies.empty() || chance(0.5)) {
        if (m_all.node(m_all.master).logId().isNull())
            return; // an empty copy would begin another log
        m_all.say("copy " + m_all.master + " as " + QByteArray::number(m_copies.size()));
        m_copies.push_back(m_all.cluster.copyDisk(m_all.master));
        return;
    }
    const auto which = static_cast<size_t>(pick(0, static_cast<int>(m_copies.size()) - 1));
    const bool isBackup = !m_backups.empty() && m_own.chance(0.4);
    if (isBackup)
        m_all.say("lose " + m_all.master);
    else
        m_all.say("put back " + m_all.master + " from " + QByteArray::number(which));
    if (m_all.node(m_all.master).isUp())
        m_all.cluster.crash(m_all.master);
    if (chance(0.5)) {
        for (const QByteArray &name : m_all.names) {
            if (m_all.node(name).isUp())
                m_all.cluster.crash(name);
        }
    }
    m_all.wasPutBack = true;
    if (isBackup) {
        restore(m_all.master);
        m_all.cluster.startMaster(m_all.master, true);
        ++m_met.restoredLeads;
        return;
    }
    m_all.cluster.putBack(m_all.master, m_copies[which]);
    m_all.start(m_all.master);
}

// Backs up a running node, as POST /api/v1/backup does.
void Schedule::backUp()
{
    const QByteArray name = m_own.chance(0.3) ? m_all.master : m_all.names[m_own.below(m_all.names.size())];
    const SimulatedCluster::Node &node = m_all.node(name);
    const StoreState &state = node.store->state();
    if (!node.isUp() || state.last.id == 0 || state.meta.contains("diverged"))
        return;
    m_all.say("back up " + name + " to " + QByteArray::number(state.last.id));
    if (m_backups.size() == MaxBackups)
        m_backups.erase(m_backups.begin());
    m_backups.push_back(m_all.cluster.copyDisk(name));
}

// Replaces that node by a new one restored from a backup.
void Schedule::restore(const QByteArray &name)
{
    const MemoryLogStore::Content &backup = m_backups[m_own.below(m_backups.size())];
    m_all.say("restore " + name + " to " + QByteArray::number(backup.entries.size()));
    m_all.cluster.restore(name, backup);
}

// The disk of a secondary was lost: its new disk is empty or restored from a backup.
void Schedule::replaceDisk(const QByteArray &name)
{
    if (m_backups.empty() || m_own.chance(0.5)) {
        m_all.say("wipe " + name);
        m_all.cluster.wipe(name);
        return;
    }
    restore(name);
    ++m_met.restored;
}

// Upgrades nodes to the next wire version and downgrades them, one at a time.
void Schedule::changeVersion(const QByteArray &name)
{
    const auto what = m_own.below(10);
    m_all.versions[name] = what < 3 ? PeerVersion::Next : what < 5 ? PeerVersion::Other : PeerVersion::Ours;
}

// A delivery that a master of the next version sends before it knows the secondary's version: nothing of it
// may be stored.
void Schedule::deliverInNextVersion(size_t at)
{
    MemoryNetwork &network = m_all.cluster.network();
    const MemoryNetwork::Message &message = network.messages()[at];
    const auto &nodes = m_all.cluster.nodes();
    const auto receiver = std::find_if(nodes.begin(), nodes.end(), [&message](const auto &each) {
        return each.second.replica && each.second.address == message.to;
    });
    if (receiver == nodes.end())
        return;
    const QByteArray name = receiver->first;
    const SimulatedCluster::Node &node = receiver->second;
    m_all.say("deliver in the next version " + message.from + "->" + message.to + " #" +
              QByteArray::number(message.number));
    const auto unsynced = node.store->unsyncedCount();
    const quint64 ahead = node.replica->aheadCount();
    network.rewrite(at, inNextVersion(message.body));
    network.deliver(at);
    if (node.store->unsyncedCount() != unsynced || node.replica->aheadCount() != ahead)
        m_wrong = u"%1 took something of a delivery of the next version"_s.arg(QString::fromUtf8(name));
    ++m_met.deliveredInNext;
}

// The master is lost: the operator promotes the secondary with the longest log and makes the others follow
// it.
void Schedule::failOver()
{
    if (std::any_of(m_all.names.begin(), m_all.names.end(),
                    [this](const QByteArray &name) { return m_all.node(name).starts == 0; }))
        return;
    const auto position = [this](const QByteArray &name) {
        const Position last = m_all.node(name).store->state().last;
        return std::pair(last.epoch.number, last.id);
    };
    m_all.names.push_back(m_all.master);
    for (const QByteArray &name : m_all.names) {
        if (m_all.node(name).isUp())
            m_all.cluster.crash(name);
    }
    m_all.names.pop_back();
    // The old master's last deliveries must have arrived or be lost by then: a late one could commit its
    // entries.
    MemoryNetwork &network = m_all.cluster.network();
    while (!network.messages().empty())
        network.drop(0);
    const auto longest =
        std::max_element(m_all.names.begin(), m_all.names.end(),
                         [&](const QByteArray &a, const QByteArray &b) { return position(a) < position(b); });
    m_all.oldMaster = std::exchange(m_all.master, *longest);
    m_all.names.erase(longest);
    m_all.names.push_back("s9"); // a new machine in place of the lost one
    m_all.say("promote " + m_all.master);
    m_all.invariants.handlePromotion(m_all.master, m_all.oldMaster);
    m_all.cluster.startMaster(m_all.master, true);
    for (const QByteArray &name : m_all.names)
        m_all.start(name);
}

// Whether all nodes have the new epoch: from then on the old master must never get an ack.
bool Schedule::everybodyKnowsTheNewMaster()
{
    return std::all_of(m_all.names.begin(), m_all.names.end(), [this](const QByteArray &name) {
        return m_all.node(name).store->state().epoch >= 1000;
    });
}

} // namespace replog
