// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/clustermodel.h"

#include <QCollator>
#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

quint64 number(const QJsonObject &object, QLatin1StringView key)
{
    return quint64(std::max<qint64>(0, object.value(key).toInteger()));
}

NodeMode modeOf(const QString &text)
{
    if (text == "read-write"_L1)
        return NodeMode::ReadWrite;
    if (text == "read-only"_L1)
        return NodeMode::ReadOnly;
    if (text == "fenced"_L1)
        return NodeMode::Fenced;
    if (text == "following"_L1)
        return NodeMode::Following;
    if (text == "diverged"_L1)
        return NodeMode::Diverged;
    if (text == "failed"_L1)
        return NodeMode::Failed;
    return NodeMode::Unknown;
}

NodeHealth healthOf(const QString &text)
{
    if (text == "healthy"_L1)
        return NodeHealth::Healthy;
    if (text == "suspected"_L1)
        return NodeHealth::Suspected;
    if (text == "unhealthy"_L1)
        return NodeHealth::Unhealthy;
    if (text == "gave-up"_L1)
        return NodeHealth::GaveUp;
    return NodeHealth::Unknown;
}

bool before(const NodeInfo &a, const NodeInfo &b)
{
    const bool masterA = a.role == NodeRole::Master;
    const bool masterB = b.role == NodeRole::Master;
    if (masterA != masterB)
        return masterA;
    static const QCollator order = [] {
        QCollator collator{QLocale(QLocale::English)}; // the C locale has no order of numbers
        collator.setNumericMode(true);
        return collator;
    }();
    const int compared = order.compare(a.name, b.name);
    return compared != 0 ? compared < 0 : a.name < b.name;
}

} // namespace

ClusterModel::ClusterModel(const Clock &clock, QObject *parent) : QObject(parent), m_clock(clock) {}

const NodeInfo *ClusterModel::node(const QString &name) const
{
    const int index = indexOf(name);
    return index < 0 ? nullptr : &m_nodes[index];
}

const NodeInfo *ClusterModel::master() const
{
    // A fenced master may stand beside the one that took over: the higher epoch is the master.
    const NodeInfo *found = nullptr;
    for (const NodeInfo &node : m_nodes) {
        if (node.role == NodeRole::Master && (!found || node.epoch > found->epoch))
            found = &node;
    }
    return found;
}

const WaitInfo *ClusterModel::wait(quint64 id) const
{
    const auto it = std::lower_bound(m_waits.begin(), m_waits.end(), id,
                                     [](const WaitInfo &wait, quint64 wanted) { return wait.id < wanted; });
    return it != m_waits.end() && it->id == id ? &*it : nullptr;
}

quint32 ClusterModel::majority() const
{
    const auto known =
        std::count_if(m_nodes.begin(), m_nodes.end(), [](const NodeInfo &node) { return node.known; });
    return quint32(known) / 2 + 1;
}

void ClusterModel::clear()
{
    m_nodes.clear();
    m_waits.clear();
    m_waitsTotal = 0;
    m_lastId = 0;
    m_committedId = 0;
    m_epoch = 0;
    emit cleared();
}

void ClusterModel::handleNodeDeclared(const KnownNode &declared)
{
    const QString name = declared.name.isEmpty() ? declared.url.authority() : declared.name;
    const int index = indexOf(name);
    if (index < 0) {
        NodeInfo node;
        node.name = name;
        node.role = declared.role;
        node.url = declared.url;
        addNode(node);
        return;
    }
    NodeInfo after = m_nodes[index];
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
    const QString ownName = document.value("name"_L1).toString();
    if (!ownName.isEmpty() && ownName != name) {
        if (indexOf(ownName) >= 0) {
            // Two addresses of one node: keep the one that the others know.
            removeNode(index);
            index = indexOf(ownName);
        } else {
            index = renameNode(index, ownName);
        }
    }
    NodeInfo after = m_nodes[index];
    const QString role = document.value("role"_L1).toString();
    if (role == "master"_L1)
        after.role = NodeRole::Master;
    else if (role == "secondary"_L1)
        after.role = NodeRole::Secondary;
    after.mode = modeOf(document.value("mode"_L1).toString());
    after.epoch = number(document, "epoch"_L1);
    after.lastId = number(document, "last_id"_L1);
    after.committedId = number(document, "committed_id"_L1);
    after.uptimeMs = document.value("uptime_ms"_L1).toInteger(-1);
    if (after.role == NodeRole::Master) {
        after.known = true;
        after.ackedId = after.lastId;
        after.health = NodeHealth::Unknown;
    }
    const QString now = after.name;
    replaceNode(index, after);
    const NodeInfo *leader = master();
    if (leader && leader->name == now)
        applyMasterView(document);
}

void ClusterModel::applyMasterView(const QJsonObject &document)
{
    const quint64 epoch = number(document, "epoch"_L1);
    const quint64 lastId = number(document, "last_id"_L1);
    const quint64 committedId = number(document, "committed_id"_L1);
    if (epoch != m_epoch) {
        m_epoch = epoch;
        emit epochChanged(epoch);
    }

    QStringList members;
    const QJsonArray nodes = document.value("nodes"_L1).toArray();
    for (const QJsonValue &value : nodes) {
        const QJsonObject member = value.toObject();
        const QString name = member.value("name"_L1).toString();
        if (name.isEmpty())
            continue;
        members.append(name);
        int index = indexOf(name);
        if (index < 0) {
            NodeInfo node;
            node.name = name;
            node.role = NodeRole::Secondary;
            node.url = QUrl(member.value("url"_L1).toString());
            index = addNode(node);
        }
        NodeInfo after = m_nodes[index];
        after.known = true;
        if (after.role == NodeRole::Unknown)
            after.role = NodeRole::Secondary;
        const QUrl url(member.value("url"_L1).toString());
        if (url.isValid() && !url.isEmpty())
            after.url = url;
        after.health = healthOf(member.value("health"_L1).toString());
        after.ackedId = number(member, "acked_id"_L1);
        after.lag = number(member, "lag"_L1);
        after.attempts = number(member, "attempts"_L1);
        after.retries = number(member, "retries"_L1);
        after.consecutiveFailures = number(member, "consecutive_failures"_L1);
        after.lastError = member.value("last_error"_L1).toString();
        const QJsonValue next = member.value("next_retry_ms"_L1);
        const bool planned = next.isDouble() && next.toInteger() >= 0 && after.consecutiveFailures > 0;
        after.nextRetryAtMs = planned ? nowMs() + next.toInteger() : -1;
        replaceNode(index, after);
    }
    // Gone from the list: forgotten by the master. One whose process runs here stays, as not a member.
    QStringList forgotten;
    for (const NodeInfo &node : std::as_const(m_nodes)) {
        if (node.known && node.role != NodeRole::Master && !members.contains(node.name))
            forgotten.append(node.name);
    }
    for (const QString &name : std::as_const(forgotten))
        handleNodeForgotten(name);

    if (lastId > m_lastId) {
        const quint64 first = m_lastId + 1;
        m_lastId = lastId;
        emit messagesAppended(first, lastId);
    } else if (lastId < m_lastId) {
        m_lastId = lastId;
        emit logReset(lastId);
    }
    if (committedId != m_committedId) {
        m_committedId = committedId;
        emit committedChanged(committedId);
    }
    applyWaits(document);
}

void ClusterModel::applyWaits(const QJsonObject &document)
{
    QList<WaitInfo> after;
    const QJsonArray list = document.value("waits"_L1).toArray();
    after.reserve(list.size());
    for (const QJsonValue &value : list) {
        const QJsonObject object = value.toObject();
        WaitInfo wait;
        wait.id = number(object, "id"_L1);
        wait.w = quint32(number(object, "w"_L1));
        wait.acks = quint32(number(object, "acks"_L1));
        wait.clients = object.value("clients"_L1).toInt();
        wait.unreachable = object.value("unreachable"_L1).toBool();
        const QJsonArray missing = object.value("missing"_L1).toArray();
        for (const QJsonValue &name : missing)
            wait.missing.append(name.toString());
        const WaitInfo *known = this->wait(wait.id);
        // Kept from the first time, so that a report's delay does not make the waiting time jump about.
        wait.sinceMs = known ? known->sinceMs : nowMs() - object.value("waited_ms"_L1).toInteger();
        after.append(wait);
    }
    std::sort(after.begin(), after.end(), [](const WaitInfo &a, const WaitInfo &b) { return a.id < b.id; });

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
    const quint64 total = std::max<quint64>(number(document, "waits_total"_L1), quint64(m_waits.size()));
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
    NodeInfo after = m_nodes[index];
    const Contact earlier = after.contact;
    after.contact = contact;
    after.contactError = error;
    if (contact != Contact::Connected)
        after.mode = NodeMode::Unknown;
    replaceNode(index, after);
    // What a master said is worth nothing once it is gone.
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
    after.process = state;
    replaceNode(index, after);
}

void ClusterModel::handleNodeForgotten(const QString &name)
{
    const int index = indexOf(name);
    if (index < 0)
        return;
    if (m_nodes[index].process == ProcessState::Unknown) {
        removeNode(index);
        return;
    }
    NodeInfo after = m_nodes[index];
    after.known = false;
    after.health = NodeHealth::Unknown;
    after.nextRetryAtMs = -1;
    replaceNode(index, after);
}

int ClusterModel::indexOf(const QString &name) const
{
    for (int i = 0; i < m_nodes.size(); ++i) {
        if (m_nodes[i].name == name)
            return i;
    }
    return -1;
}

int ClusterModel::addNode(NodeInfo node)
{
    const QString name = node.name;
    const auto place = std::upper_bound(m_nodes.begin(), m_nodes.end(), node, before);
    m_nodes.insert(place, std::move(node));
    emit nodeAdded(name);
    return indexOf(name);
}

int ClusterModel::renameNode(int index, const QString &name)
{
    const QString from = m_nodes[index].name;
    m_nodes[index].name = name;
    emit nodeRenamed(from, name);
    if (!std::is_sorted(m_nodes.begin(), m_nodes.end(), before)) {
        std::stable_sort(m_nodes.begin(), m_nodes.end(), before);
        emit nodesReordered();
    }
    return indexOf(name);
}

void ClusterModel::removeNode(int index)
{
    const QString name = m_nodes[index].name;
    m_nodes.removeAt(index);
    emit nodeRemoved(name);
}

void ClusterModel::replaceNode(int index, const NodeInfo &after)
{
    const NodeInfo earlier = std::exchange(m_nodes[index], after);
    if (earlier == after)
        return;
    const QString name = after.name;
    if (earlier.role != after.role && !std::is_sorted(m_nodes.begin(), m_nodes.end(), before)) {
        std::stable_sort(m_nodes.begin(), m_nodes.end(), before);
        emit nodesReordered();
    }
    emit nodeChanged(name);
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
