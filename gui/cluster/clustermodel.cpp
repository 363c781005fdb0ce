// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/clustermodel.h"

#include "gui/cluster/statusdocument.h"

#include <QCollator>
#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// What is left of a node when all that it told is forgotten: who it is, and how it is reached.
NodeInfo forgotten(const NodeInfo &before)
{
    NodeInfo after;
    after.name = before.name;
    after.url = before.url;
    after.process = before.process;
    after.ownId = before.ownId;
    after.declared = before.declared;
    after.contact = before.contact;
    after.contactError = before.contactError;
    after.lostAtMs = before.lostAtMs;
    return after;
}

bool before(const NodeInfo &a, const NodeInfo &b)
{
    const bool masterA = a.role == NodeRole::Master;
    const bool masterB = b.role == NodeRole::Master;
    if (masterA != masterB)
        return masterA;
    static const QCollator order = [] {
        QCollator collator{QLocale(QLocale::English)}; // the C locale cannot sort numbers by value
        collator.setNumericMode(true);
        return collator;
    }();
    const int compared = order.compare(a.name, b.name);
    return compared != 0 ? compared < 0 : a.name < b.name;
}

bool holdsOtherLog(const NodeInfo &node, const QJsonObject &document)
{
    const QString logId = StatusDocument::logId(document);
    return !logId.isEmpty() && !node.logId.isEmpty() && logId != node.logId;
}

// Nobody but the user has said its name yet. That of a process that is run from here is its own.
bool hasGivenName(const NodeInfo &node)
{
    return node.declared && !node.told && !node.known && node.process == ProcessState::Unknown;
}

bool isSameAddress(const QUrl &a, const QUrl &b)
{
    const auto host = [](const QUrl &url) {
        return url.host() == "localhost"_L1 ? u"127.0.0.1"_s : url.host();
    };
    const auto port = [](const QUrl &url) { return url.port(url.scheme() == "https"_L1 ? 443 : 80); };
    return !a.host().isEmpty() && host(a) == host(b) && port(a) == port(b);
}

} // namespace

ClusterModel::ClusterModel(const Clock &clock, QObject *parent) : QObject(parent), m_clock(clock)
{
    connect(&m_end, &LogEnd::messagesAppended, this, &ClusterModel::messagesAppended);
    connect(&m_end, &LogEnd::logReset, this, &ClusterModel::logReset);
    connect(&m_end, &LogEnd::firstIdChanged, this, &ClusterModel::firstIdChanged);
    connect(&m_end, &LogEnd::committedChanged, this, &ClusterModel::committedChanged);
    connect(&m_end, &LogEnd::epochChanged, this, &ClusterModel::epochChanged);
    connect(&m_end, &LogEnd::readerChanged, this, &ClusterModel::readerChanged);
}

const NodeInfo *ClusterModel::node(const QString &name) const
{
    const int index = indexOf(name);
    return index < 0 ? nullptr : &m_nodes[index];
}

const NodeInfo *ClusterModel::master() const
{
    return LogEnd::leader(m_nodes);
}

const WaitInfo *ClusterModel::wait(quint64 id) const
{
    const auto it = std::lower_bound(m_waits.begin(), m_waits.end(), id,
                                     [](const WaitInfo &wait, quint64 wanted) { return wait.id < wanted; });
    return it != m_waits.end() && it->id == id ? &*it : nullptr;
}

bool ClusterModel::areWaitsCurrent() const
{
    const NodeInfo *leader = master();
    return leader && leader->told && leader->isHeard();
}

qint64 ClusterModel::waitsAtMs() const
{
    const NodeInfo *leader = master();
    return leader && leader->lostAtMs >= 0 ? leader->lostAtMs : nowMs();
}

bool ClusterModel::isTold() const
{
    return std::any_of(m_nodes.begin(), m_nodes.end(), [](const NodeInfo &node) { return node.told; });
}

quint32 ClusterModel::majority() const
{
    const auto known =
        std::count_if(m_nodes.begin(), m_nodes.end(), [](const NodeInfo &node) { return node.known; });
    return quint32(known) / 2 + 1;
}

void ClusterModel::clear()
{
    m_identity.clear();
    m_nodes.clear();
    m_waits.clear();
    m_waitsTotal = 0;
    m_waitsEpoch = 0;
    m_provenEpoch = 0;
    m_provenId = 0;
    m_end.clear();
    emit cleared();
}

void ClusterModel::handleNodeDeclared(const KnownNode &declared)
{
    const QString name = declared.name.isEmpty() ? declared.url.authority() : declared.name;
    m_identity.handleDeclared(name, declared.role);
    const int index = indexOf(name);
    if (index < 0) {
        NodeInfo node;
        node.name = name;
        node.role = declared.role;
        node.url = declared.url;
        node.declared = true;
        addNode(node);
        return;
    }
    NodeInfo after = m_nodes[index];
    after.declared = true;
    if (declared.role != NodeRole::Unknown)
        after.role = declared.role;
    if (!declared.url.isEmpty())
        after.url = declared.url;
    replaceNode(index, after);
}

void ClusterModel::handleStatus(const QString &name, const QJsonObject &document)
{
    int index = indexOf(name);
    if (index < 0)
        return;
    // The master names its members, whatever a node at their address calls itself, and who runs a process
    // here has named it.
    const QString ownName = StatusDocument::name(document);
    const NodeInfo &asked = m_nodes[index];
    const bool isNamedHere = asked.process == ProcessState::Unknown &&
                             (!asked.known || (asked.role == NodeRole::Master &&
                                               StatusDocument::role(document) == NodeRole::Master));
    bool takesName = isNamedHere && !ownName.isEmpty() && ownName != name;
    int namesake = takesName ? indexOf(ownName) : -1;
    if (namesake >= 0 && givesWay(m_nodes[namesake]))
        namesake = -1;
    const int member = isNamedHere && !asked.known ? indexOfId(StatusDocument::nodeId(document)) : -1;
    // Where the master's address for it leads nowhere from here, the one that answers is kept beside it.
    const bool isAway = member >= 0 && (m_nodes[member].contact == Contact::Lost ||
                                        m_nodes[member].contact == Contact::Silent);
    if (member >= 0 && member != index && !isAway)
        namesake = member;
    if (namesake >= 0 && holdsOtherLog(m_nodes[namesake], document)) {
        takesName = false; // two nodes of one name, of different clusters
        namesake = -1;
    }
    const StatusVerdict verdict =
        m_identity.judge(namesake >= 0 ? m_nodes[namesake] : asked, document, master());
    if (!verdict.whyNot.isEmpty()) {
        setStranger(index, verdict, StatusDocument::mode(document));
        return;
    }
    if (namesake >= 0) {
        // One node was reached by two addresses: keep the entry that has its own name, or its master's for
        // it.
        NodeInfo kept = m_nodes[namesake];
        kept.declared = kept.declared || m_nodes[index].declared;
        m_identity.handleRenamed(name, kept.name);
        replaceNode(namesake, kept);
        emit nodeMerged(name, kept.name);
        removeNode(indexOf(name));
        index = indexOf(kept.name);
    } else if (takesName) {
        freeName(ownName);
        index = renameNode(indexOf(name), ownName);
    }
    const QString now = m_nodes[index].name;
    if (m_identity.take(m_nodes[index], document))
        beginLog(now);
    index = indexOf(now);
    if (m_nodes[index].contact != Contact::Connected || !m_nodes[index].stranger.isEmpty())
        setContact(index, Contact::Connected, {});
    NodeInfo after = m_nodes[indexOf(now)];
    StatusDocument::readOwn(document, after);
    // What a master had said of it before it fell silent is older than this.
    if (const NodeInfo *told = master(); after.role != NodeRole::Master && !(told && told->isHeard()))
        after.ackedId = std::min(after.ackedId, after.lastId);
    replaceNode(indexOf(now), after);
    const NodeInfo *leader = master();
    if (leader && leader->name == now)
        applyMasterView(document);
    else
        m_end.update(m_nodes);
}

// What was known of the log before is forgotten: none of it is true of the new one.
void ClusterModel::beginLog(const QString &leader)
{
    m_provenEpoch = 0;
    m_provenId = 0;
    emit logReplaced(leader);
    QStringList names;
    for (const NodeInfo &node : std::as_const(m_nodes))
        names.append(node.name);
    for (const QString &name : std::as_const(names)) {
        const int index = indexOf(name);
        if (index < 0 || m_nodes[index].logId == m_identity.logId())
            continue;
        const NodeInfo before = m_nodes[index];
        NodeInfo after = forgotten(before);
        if (name == leader || before.role == NodeRole::Secondary)
            after.role = before.role;
        replaceNode(index, after);
        if (name != leader && !before.logId.isEmpty() && before.isHeard())
            setStranger(indexOf(name), LogIdentity::otherLog({}), NodeMode::Unknown);
    }
    applyWaits({});
    m_end.restart();
    m_end.update(m_nodes);
}

void ClusterModel::applyMasterView(const QJsonObject &document)
{
    const NodeInfo leader = *master();
    m_end.handleMaster(leader);
    const auto isMaster = [&leader](const QJsonObject &member) {
        const QString nodeId = StatusDocument::nodeId(member);
        return StatusDocument::name(member) == leader.name || (!nodeId.isEmpty() && nodeId == leader.nodeId);
    };
    QStringList members;
    for (const QJsonObject &member : StatusDocument::members(document)) {
        const QString name = StatusDocument::name(member);
        // Of itself it tells elsewhere in the status; the list is of those that follow it.
        if (isMaster(member))
            continue;
        members.append(name);
        int index = indexOfMember(member);
        if (index < 0) {
            NodeInfo node;
            node.name = name;
            node.role = NodeRole::Secondary;
            node.url = StatusDocument::memberAddress(member);
            index = addNode(node);
        }
        NodeInfo after = m_nodes[index];
        StatusDocument::readMember(member, nowMs(), after);
        // What was heard under this name was another node's.
        const bool wasOther = after.told && !after.memberId.isEmpty() && !after.nodeId.isEmpty() &&
                              after.nodeId != after.memberId;
        if (wasOther) {
            after = forgotten(m_nodes[index]);
            after.role = NodeRole::Secondary;
            StatusDocument::readMember(member, nowMs(), after);
        }
        replaceNode(index, after);
    }
    // Nodes that left the list were forgotten by the master. What the user named stays, as no member.
    QStringList left;
    for (const NodeInfo &node : std::as_const(m_nodes)) {
        if (node.known && node.role != NodeRole::Master && !members.contains(node.name))
            left.append(node.name);
    }
    for (const QString &name : std::as_const(left))
        handleNodeForgotten(name);

    m_end.update(m_nodes);
    applyWaits(document);
}

quint64 ClusterModel::provenAt(const NodeInfo &node) const
{
    const NodeInfo *const leader = master();
    const bool isProven = leader && leader->name == node.name && node.epoch == m_provenEpoch;
    return isProven ? std::max(node.heldId(), m_provenId) : node.heldId();
}

quint64 ClusterModel::lagOf(const NodeInfo &node) const
{
    return lastId() > node.heldId() ? lastId() - node.heldId() : 0;
}

void ClusterModel::applyWaits(const QJsonObject &document)
{
    QList<WaitInfo> after = StatusDocument::waits(document, nowMs());
    // A master that has started counts from when it has taken the waits up.
    const bool isSameMaster = std::exchange(m_waitsEpoch, epoch()) == epoch();
    for (WaitInfo &wait : after) {
        // Keep the first start time: each report is delayed differently, so that later ones would make the
        // waiting time jump.
        const WaitInfo *known = this->wait(wait.id);
        if (known && isSameMaster)
            wait.sinceMs = known->sinceMs;
    }
    const QList<WaitInfo> previous = std::exchange(m_waits, after);
    QList<quint64> opened, changed;
    QList<WaitInfo> closed;
    auto was = previous.begin();
    auto is = after.cbegin();
    while (was != previous.end() || is != after.cend()) {
        if (is == after.cend() || (was != previous.end() && was->id < is->id)) {
            closed.append(*was++);
        } else if (was == previous.end() || is->id < was->id) {
            opened.append((is++)->id);
        } else {
            if (*was != *is)
                changed.append(is->id);
            ++was;
            ++is;
        }
    }
    for (const WaitInfo &wait : std::as_const(closed))
        emit waitClosed(wait);
    for (quint64 id : std::as_const(opened))
        emit waitOpened(id);
    for (quint64 id : std::as_const(changed))
        emit waitChanged(id);
    const quint64 total = std::max<quint64>(StatusDocument::waitsTotal(document), quint64(m_waits.size()));
    if (total != m_waitsTotal) {
        m_waitsTotal = total;
        emit waitsTotalChanged(total);
    }
}

void ClusterModel::handleContact(const QString &name, Contact contact, const QString &error)
{
    const int index = indexOf(name);
    if (index < 0)
        return;
    // As long as something answers there, the next status tells whether it is still a stranger.
    if (!m_nodes[index].stranger.isEmpty() && contact != Contact::Lost)
        return;
    setContact(index, contact, error);
    m_end.update(m_nodes);
}

void ClusterModel::setStranger(int index, const StatusVerdict &verdict, NodeMode mode)
{
    const NodeMode shown = verdict.isOtherNode ? NodeMode::Unknown : mode;
    if (m_nodes[index].stranger == verdict.whyNot && m_nodes[index].mode == shown)
        return;
    setContact(index, Contact::Lost, verdict.whyNot, verdict.whyNot, shown);
    m_end.update(m_nodes);
}

void ClusterModel::setContact(int index, Contact contact, const QString &error, const QString &stranger,
                              NodeMode mode)
{
    const QString name = m_nodes[index].name;
    NodeInfo after = m_nodes[index];
    const Contact earlier = after.contact;
    after.contact = contact;
    after.contactError = error;
    after.stranger = stranger;
    if (contact == Contact::Connected)
        after.lostAtMs = -1;
    else if (earlier == Contact::Connected)
        after.lostAtMs = nowMs();
    if (contact != Contact::Connected)
        after.mode = mode;
    replaceNode(index, after);
    // Without its master nothing is known of a member's health and retries.
    const NodeInfo *leader = master();
    if (contact != Contact::Connected && leader && leader->name == name) {
        for (int i = 0; i < m_nodes.size(); ++i) {
            NodeInfo member = m_nodes[i];
            member.health = NodeHealth::Unknown;
            member.nextRetryAtMs = -1;
            replaceNode(i, member);
        }
    }
    const bool heard = earlier == Contact::Connected;
    if (heard && (contact == Contact::Silent || contact == Contact::Lost))
        emit connectionLost(name, error);
    else if (!heard && contact == Contact::Connected)
        emit connectionRestored(name);
}

void ClusterModel::handleProcessState(const QString &name, ProcessState state)
{
    const int index = indexOf(name);
    if (index < 0)
        return;
    NodeInfo after = m_nodes[index];
    const ProcessState earlier = std::exchange(after.process, state);
    // It was lost before it listened; now it is asked again.
    if (earlier == ProcessState::Starting && state == ProcessState::Running &&
        after.contact == Contact::Lost && after.stranger.isEmpty()) {
        after.contact = Contact::Connecting;
        after.contactError.clear();
    }
    replaceNode(index, after);
}

void ClusterModel::handleOwnId(const QString &name, const QString &nodeId)
{
    const int index = indexOf(name);
    if (index < 0)
        return;
    NodeInfo after = m_nodes[index];
    after.ownId = nodeId;
    replaceNode(index, after);
}

void ClusterModel::handleNodeForgotten(const QString &name)
{
    const int index = indexOf(name);
    if (index < 0)
        return;
    if (m_nodes[index].process == ProcessState::Unknown && !m_nodes[index].declared) {
        removeNode(index);
        emit nodeForgotten(name);
        return;
    }
    NodeInfo after = m_nodes[index];
    after.known = false;
    after.memberId.clear();
    after.health = NodeHealth::Unknown;
    after.nextRetryAtMs = -1;
    replaceNode(index, after);
    emit nodeForgotten(name);
}

int ClusterModel::indexOf(const QString &name) const
{
    for (int i = 0; i < m_nodes.size(); ++i) {
        if (m_nodes[i].name == name)
            return i;
    }
    return -1;
}

int ClusterModel::indexOfId(const QString &memberId) const
{
    const auto found = std::find_if(m_nodes.cbegin(), m_nodes.cend(), [&memberId](const NodeInfo &node) {
        return !memberId.isEmpty() && node.memberId == memberId;
    });
    return found == m_nodes.cend() ? -1 : int(found - m_nodes.cbegin());
}

int ClusterModel::addNode(NodeInfo node)
{
    const QString name = node.name;
    const auto place = std::upper_bound(m_nodes.cbegin(), m_nodes.cend(), node, before);
    m_nodes.insert(place, std::move(node));
    emit nodeAdded(name);
    return indexOf(name);
}

int ClusterModel::renameNode(int index, const QString &name)
{
    const QString from = m_nodes[index].name;
    m_nodes[index].name = name;
    m_identity.handleRenamed(from, name);
    m_end.handleRenamed(from, name);
    emit nodeRenamed(from, name);
    if (!std::is_sorted(m_nodes.begin(), m_nodes.end(), before)) {
        std::stable_sort(m_nodes.begin(), m_nodes.end(), before);
        emit nodesReordered();
    }
    return indexOf(name);
}

// A name that only the user gave may be another node's own: then the node is called by its address.
bool ClusterModel::givesWay(const NodeInfo &node) const
{
    const QString address = node.url.authority();
    return hasGivenName(node) && !address.isEmpty() && indexOf(address) < 0;
}

// False if there is a node of that name still.
bool ClusterModel::freeName(const QString &name)
{
    const int index = indexOf(name);
    if (index >= 0 && givesWay(m_nodes[index]))
        renameNode(index, m_nodes[index].url.authority());
    return indexOf(name) < 0;
}

// A node that the user named is found by its address until it is heard, and then by its id, whatever it is
// called.
int ClusterModel::indexOfMember(const QJsonObject &member)
{
    const QString name = StatusDocument::name(member);
    const QString nodeId = StatusDocument::nodeId(member);
    const QUrl url = StatusDocument::memberAddress(member);
    const auto found = std::find_if(m_nodes.cbegin(), m_nodes.cend(), [&](const NodeInfo &node) {
        const bool isIt = !nodeId.isEmpty() && node.nodeId == nodeId;
        return hasGivenName(node) ? isSameAddress(node.url, url)
                                  : isIt && !node.known && node.process == ProcessState::Unknown;
    });
    if (found == m_nodes.cend() || found->name == name)
        return indexOf(name);
    const QString given = found->name;
    return freeName(name) ? renameNode(indexOf(given), name) : indexOf(name);
}

void ClusterModel::removeNode(int index)
{
    const QString name = m_nodes[index].name;
    m_nodes.removeAt(index);
    emit nodeRemoved(name);
    m_end.updateReader(m_nodes);
}

void ClusterModel::replaceNode(int index, const NodeInfo &after)
{
    const NodeInfo earlier = std::exchange(m_nodes[index], after);
    if (earlier == after)
        return;
    if (earlier.epoch == after.epoch && earlier.committedId < after.committedId &&
        after.epoch >= m_provenEpoch) {
        m_provenId =
            after.epoch == m_provenEpoch ? std::max(m_provenId, after.committedId) : after.committedId;
        m_provenEpoch = after.epoch;
    }
    const QString name = after.name;
    if (earlier.role != after.role && !std::is_sorted(m_nodes.begin(), m_nodes.end(), before)) {
        std::stable_sort(m_nodes.begin(), m_nodes.end(), before);
        emit nodesReordered();
    }
    emit nodeChanged(name);
    if (earlier.told != after.told)
        emit nodeToldChanged(name);
    if (earlier.epoch != after.epoch)
        emit nodeEpochChanged(name);
    if (earlier.url != after.url)
        emit nodeUrlChanged(name, after.url);
    if (!earlier.known && after.known)
        emit nodeRegistered(name);
    if (earlier.state() != after.state())
        emit nodeStateChanged(name, earlier.state(), after.state());
    if (earlier.heldId() != after.heldId())
        emit nodeHeldChanged(name, earlier.heldId(), after.heldId());
    if (earlier.committedId != after.committedId)
        emit nodeCommittedChanged(name, earlier.committedId, after.committedId);
    if (after.retries > earlier.retries)
        emit nodeRetried(name, after.retries, after.lastError);
}

} // namespace replog
