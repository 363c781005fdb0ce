// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/scenario/healing.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

// Starts everything on a good network and waits until the cluster is healthy.
QString Healing::heal()
{
    m_all.say("heal");
    if (m_all.identitiesMix)
        sortIdentities();
    upgrade();
    std::vector<QByteArray> all = m_all.names;
    all.push_back(m_all.master);
    for (const QByteArray &name : all) {
        if (!m_all.node(name).isUp())
            m_all.start(name);
    }
    for (int i = 0; i < 100; ++i) {
        // An uncommitted tail that a crash of the master left on a secondary is replaced by the next entry.
        if (i == 49 && m_all.node(m_all.master).master->mode() == MasterNode::Mode::ReadWrite) {
            AppendRequest request{{"the last one"}, {Asked::All, 0}};
            m_all.invariants.handleSubmitted(m_all.master, request);
            m_all.cluster.submit(m_all.master, std::move(request));
        }
        if (!m_all.cluster.run(200))
            return u"healing: it never comes to rest"_s;
        if (const QString &violation = m_all.invariants.check(); !violation.isEmpty())
            return u"healing: %1"_s.arg(violation);
        if (i >= 50 && unhealed().isEmpty())
            return {};
        if (m_all.wasPutBack && (i == 20 || i == 40))
            resetStrangers();
        if (i == 35 || i == 45)
            resetWhoOutgrewTheBackup();
        if (i == 60 && m_all.cluster.config().master.retention.isLimited())
            resetDiverged();
        // A restored copy is fenced repeatedly while other nodes hold more than it does.
        if (m_all.identitiesMix && i % 10 == 9 && i < 40)
            forgetStrays();
        if ((m_all.wasPutBack || m_all.identitiesMix) && i == 30 &&
            m_all.node(m_all.master).master->mode() == MasterNode::Mode::Fenced)
            m_all.restart();
    }
    return u"not healed: %1%2"_s.arg(unhealed(), members());
}

// Upgrades nodes that do not speak the master's wire version.
void Healing::upgrade()
{
    for (const auto &[name, version] : std::exchange(m_all.versions, {})) {
        if (version == PeerVersion::Other && m_all.node(name).isUp())
            m_all.cluster.crash(name);
    }
}

// A restored master is fenced while members hold entries that its backup lacks: the operator resets these
// members.
void Healing::resetWhoOutgrewTheBackup()
{
    if (!m_all.isFenced() || m_all.theMaster().store->state().restoredTo == 0)
        return;
    for (const QByteArray &name : m_all.names) {
        if (m_all.isOurs(name) && name != m_all.master)
            m_all.reset(name);
    }
    m_all.restart();
}

// Describes the state for the developer who looks into the failure.
QString Healing::members()
{
    QString text;
    for (const auto &[key, node] : m_all.cluster.nodes()) {
        if (!node.serving)
            continue;
        for (const auto &[name, member] : node.master->members().members()) {
            const Replicator &replicator = *member.replicator;
            text += u"; to %1 %2 is %3, acked %4: %5"_s
                        .arg(QString::fromUtf8(key), QString::fromUtf8(name),
                             QString::fromUtf8(replicator.healthWord()))
                        .arg(replicator.ackedId())
                        .arg(replicator.counters().lastError);
        }
    }
    return text;
}

QString Healing::unhealed()
{
    SimulatedCluster::Node &master = m_all.node(m_all.master);
    if (!master.serving)
        return u"the master does not serve"_s;
    if (m_all.wasPutBack && m_all.isFenced())
        return {};
    if (m_all.wasPutBack && anyDiverged())
        return restUnhealed();
    if (master.master->mode() != MasterNode::Mode::ReadWrite)
        return u"the master is %1: %2"_s.arg(QString::fromUtf8(master.master->modeWord()),
                                             master.master->modeReason());
    const Entries &log = master.store->entries();
    if (master.master->log().committedId() != log.size())
        return u"the master has committed up to %1 of %2"_s.arg(master.master->log().committedId())
            .arg(log.size());
    for (const auto &[name, node] : m_all.cluster.nodes()) {
        if (m_all.identitiesMix && !m_all.isOurs(name))
            continue;
        if (name == m_all.oldMaster) {
            // If the promoted node had joined no log yet, it began another one.
            if (node.serving && node.logId() == master.logId() && node.master->members().size() > 1 &&
                node.master->mode() != MasterNode::Mode::Fenced)
                return u"the old master is %1"_s.arg(QString::fromUtf8(node.master->modeWord()));
            continue;
        }
        if (!isSame(*node.store, *master.store))
            return u"the log of %1 ends at %2, the master's at %3"_s.arg(QString::fromUtf8(name))
                .arg(node.store->entries().size())
                .arg(log.size());
        if (node.visible()->committedId() != log.size())
            return u"%1 has committed up to %2 of %3"_s.arg(QString::fromUtf8(name))
                .arg(node.visible()->committedId())
                .arg(log.size());
        if (const QByteArray key = differingKey(*node.store, *master.store); !key.isEmpty())
            return u"%1 finds key %2 elsewhere than the master"_s.arg(QString::fromUtf8(name),
                                                                      QString::fromUtf8(key));
    }
    for (const auto &[name, member] : master.master->members().members()) {
        if (member.replicator->healthWord() != "healthy")
            return u"%1 is %2"_s.arg(QString::fromUtf8(name),
                                     QString::fromUtf8(member.replicator->healthWord()));
    }
    for (const auto &client : m_all.cluster.clients()) {
        if (client->node == m_all.master && client->state == SimulatedCluster::Client::State::Waiting &&
            (!client->handle || *client->handle != Waiters::Ticket{0, ~quint64(0)}))
            return u"client %1 still waits"_s.arg(client->number);
    }
    return {};
}

// Equal digests mean equal logs, whatever was trimmed.
bool Healing::isSame(const MemoryLogStore &one, const MemoryLogStore &other)
{
    return one.entries().size() == other.entries().size() && one.digestNow() == other.digestNow();
}

// A key that the master honours and the node would not honour alike once it is promoted; empty if there is
// none.
QByteArray Healing::differingKey(const MemoryLogStore &node, const MemoryLogStore &master)
{
    for (const Entry &entry : master.entries()) {
        if (entry.key.isEmpty())
            continue;
        const LogStore::KeyRange held = master.keyNow(entry.key);
        const LogStore::KeyRange there = node.keyNow(entry.key);
        if (held.first >= node.state().firstId && (there.first != held.first || there.last != held.last))
            return entry.key;
    }
    return {};
}

// A node returned with entries of another history whose place the others have trimmed, so nobody can compare
// them: it waits until the operator resets it.
void Healing::resetDiverged()
{
    for (const QByteArray &name : m_all.names) {
        if (!m_all.isDiverged(name) || m_all.wasPutBack)
            continue;
        m_all.reset(name);
    }
}

// The operator's part: starts every node with its own name and address, stops copies and the other cluster,
// and resets nodes that joined the other cluster.
void Healing::sortIdentities()
{
    if (!m_all.foreign.isEmpty())
        m_all.cluster.stopForeign(std::exchange(m_all.foreign, {}));
    for (const auto &[key, node] : m_all.cluster.nodes()) {
        if (node.isUp() && key != m_all.master)
            m_all.cluster.crash(key);
    }
    const Id128 ours = m_all.node(m_all.master).logId();
    for (const QByteArray &name : m_all.names) {
        const Id128 theirs = m_all.node(name).logId();
        if (!theirs.isNull() && theirs != ours && m_all.node(name).store->state().last.id > 0) {
            m_all.say("wipe " + name);
            m_all.cluster.wipe(name);
        }
    }
}

// A copy of an empty disk was put back: the master began another log and refuses nodes with the former one.
// If it serves all the same, the operator resets them.
void Healing::resetStrangers()
{
    SimulatedCluster::Node &master = m_all.node(m_all.master);
    if (!master.serving || master.master->mode() == MasterNode::Mode::Fenced)
        return;
    for (const QByteArray &name : m_all.names) {
        const SimulatedCluster::Node &node = m_all.node(name);
        if (name == m_all.master || node.store->state().last.id == 0 || node.logId() == master.logId())
            continue;
        m_all.reset(name);
    }
}

// Removes members that are not nodes of this cluster, and releases waits for more nodes than exist.
void Healing::forgetStrays()
{
    MasterNode &master = *m_all.node(m_all.master).master;
    std::vector<QByteArray> strays;
    for (const auto &[name, member] : master.members().members()) {
        // Two nodes that have each other's names, and so refuse each other, are removed, too.
        if (!m_all.isOurs(name) || member.nodeId != m_all.node(name).nodeId())
            strays.push_back(name);
    }
    for (const QByteArray &name : strays) {
        m_all.say("forget " + name);
        master.members().forget(name, [](const Result<void> &) {});
    }
    for (const auto &pending : master.concerns().oldestPending(10000)) {
        if (pending.w > m_all.names.size() + 1)
            master.appender().release(pending.id, pending.id, [](const auto &) {});
    }
}

bool Healing::anyDiverged()
{
    return std::any_of(m_all.cluster.nodes().begin(), m_all.cluster.nodes().end(),
                       [this](const auto &each) { return m_all.isDiverged(each.first); });
}

// All nodes except those that wait for an operator hold the master's log; waits for more nodes go on.
QString Healing::restUnhealed()
{
    const SimulatedCluster::Node &master = m_all.node(m_all.master);
    for (const auto &[name, node] : m_all.cluster.nodes()) {
        if (!m_all.isDiverged(name) && !isSame(*node.store, *master.store))
            return u"beside a diverged node the log of %1 ends at %2, the master's at %3"_s
                .arg(QString::fromUtf8(name))
                .arg(node.store->entries().size())
                .arg(master.store->entries().size());
    }
    for (const auto &[name, member] : master.master->members().members()) {
        const QByteArray word = member.replicator->healthWord();
        if (word != "healthy" && word != "diverged")
            return u"%1 is %2"_s.arg(QString::fromUtf8(name), QString::fromUtf8(word));
    }
    return {};
}

} // namespace replog
