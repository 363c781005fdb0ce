// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/details/acktimes.h"

#include "gui/cluster/clustermodel.h"

#include <algorithm>

namespace replog {

AckTimes::AckTimes(const ClusterModel &cluster, QObject *parent) : QObject(parent)
{
    connect(&cluster, &ClusterModel::nodeHeldChanged, this, &AckTimes::handleHeld);
    connect(&cluster, &ClusterModel::cleared, this, [this] { m_steps.clear(); });
    connect(&cluster, &ClusterModel::nodeRemoved, this,
            [this](const QString &node) { m_steps.remove(node); });
    connect(&cluster, &ClusterModel::nodeRenamed, this,
            [this](const QString &from, const QString &to) { m_steps.insert(to, m_steps.take(from)); });
}

void AckTimes::handleHeld(const QString &node, quint64 from, quint64 to)
{
    QList<Step> &steps = m_steps[node];
    if (to < from) {
        // Its log was truncated. What is left has been held since then all the same.
        while (!steps.isEmpty() && steps.last().upTo > to) {
            const Step cut = steps.takeLast();
            if (to > (steps.isEmpty() ? 0 : steps.last().upTo))
                steps.append({to, cut.time});
        }
        return;
    }
    // A node's first status tells what it held before; since when is unknown.
    steps.append({to, steps.isEmpty() ? QDateTime() : QDateTime::currentDateTime()});
    if (steps.size() > MostSpans) {
        steps.removeFirst();
        steps.first().time = {}; // it stands for what was forgotten, too
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
