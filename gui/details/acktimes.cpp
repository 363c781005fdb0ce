// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/details/acktimes.h"

#include "gui/cluster/clustermodel.h"

#include <algorithm>
#include <utility>

namespace replog {

AckTimes::AckTimes(const ClusterModel &cluster, QObject *parent)
    : QObject(parent), m_cluster(cluster), m_replaced(cluster)
{
    connect(&cluster, &ClusterModel::nodeHeldChanged, this, &AckTimes::handleHeld);
    connect(&cluster, &ClusterModel::epochChanged, this, &AckTimes::handleEpoch);
    connect(&cluster, &ClusterModel::cleared, this, [this] {
        m_steps.clear();
        m_leader.clear();
    });
    connect(&cluster, &ClusterModel::nodeRemoved, this,
            [this](const QString &node) { m_steps.remove(node); });
    connect(&m_replaced, &ReplacedNodes::replaced, this,
            [this](const QString &node) { m_steps.remove(node); });
    connect(&cluster, &ClusterModel::nodeRenamed, this, [this](const QString &from, const QString &to) {
        m_steps.insert(to, m_steps.take(from));
        if (m_leader == from)
            m_leader = to;
    });
}

void AckTimes::handleHeld(const QString &node, quint64 from, quint64 to)
{
    QList<Step> &steps = m_steps[node];
    if (to < from) {
        cut(steps, to); // its log was truncated
        return;
    }
    // A node's first status tells what it held before; since when is unknown.
    steps.append({to, steps.isEmpty() ? QDateTime() : QDateTime::currentDateTime()});
    while (steps.size() > MostSpans) {
        steps.removeFirst();
        steps.first().time = {}; // it stands for what was forgotten, too
    }
}

// What is left has been held since then all the same.
void AckTimes::cut(QList<Step> &steps, quint64 to)
{
    while (!steps.isEmpty() && steps.last().upTo > to) {
        const Step last = steps.takeLast();
        if (to > (steps.isEmpty() ? 0 : steps.last().upTo))
            steps.append({to, last.time});
    }
}

// Of another master's log this is the same: what was committed before, as far as that one holds it. Beyond it
// whoever has told nothing since may hold messages that were lost.
void AckTimes::handleEpoch()
{
    const NodeInfo *const master = m_cluster.master();
    if (!master)
        return;
    const QString before = std::exchange(m_leader, master->name);
    const bool leadsAgain = before.isEmpty() || before == master->name;
    const quint64 kept = leadsAgain ? master->lastId : std::min(master->lastId, m_cluster.committedId());
    for (auto it = m_steps.begin(); it != m_steps.end(); ++it) {
        const NodeInfo *const node = m_cluster.node(it.key());
        if (!node || node->epoch >= master->epoch || it->isEmpty() || it->last().upTo <= kept)
            continue;
        const quint64 held = it->last().upTo;
        cut(*it, kept);
        it->append(Step{held, {}}); // it is not known since when it holds these
    }
}

QDateTime AckTimes::heldSince(const QString &node, quint64 id) const
{
    const auto steps = m_steps.constFind(node);
    if (steps == m_steps.cend())
        return {};
    const auto step = std::lower_bound(steps->begin(), steps->end(), id,
                                       [](const Step &one, quint64 wanted) { return one.upTo < wanted; });
    return step == steps->end() ? QDateTime() : step->time;
}

} // namespace replog
