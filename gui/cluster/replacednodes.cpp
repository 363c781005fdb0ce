// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/replacednodes.h"

#include "gui/cluster/clustermodel.h"

#include <utility>

namespace replog {

ReplacedNodes::ReplacedNodes(const ClusterModel &cluster, QObject *parent)
    : QObject(parent), m_cluster(cluster)
{
    connect(&cluster, &ClusterModel::nodeChanged, this, &ReplacedNodes::handleChanged);
    connect(&cluster, &ClusterModel::nodeRemoved, this, [this](const QString &node) { m_ids.remove(node); });
    connect(&cluster, &ClusterModel::nodeRenamed, this,
            [this](const QString &from, const QString &to) { m_ids.insert(to, m_ids.take(from)); });
    connect(&cluster, &ClusterModel::cleared, this, [this] { m_ids.clear(); });
}

void ReplacedNodes::handleChanged(const QString &node)
{
    const NodeInfo *const info = m_cluster.node(node);
    // Its master names it first; until then what the node itself said last holds.
    const QString id = !info ? QString() : info->memberId.isEmpty() ? info->nodeId : info->memberId;
    if (id.isEmpty())
        return;
    const QString before = std::exchange(m_ids[node], id);
    if (!before.isEmpty() && before != id)
        emit replaced(node);
}

} // namespace replog
