// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/alarms/alarms.h"

#include "gui/cluster/clustermodel.h"
#include "gui/cluster/clustertext.h"

#include <QSettings>

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int TickMs = 1000;
}

AlarmLimits AlarmLimits::stored()
{
    const QSettings settings;
    AlarmLimits limits;
    limits.waitSeconds = settings.value("alarms/wait_seconds"_L1, limits.waitSeconds).toInt();
    limits.lag = settings.value("alarms/lag"_L1, limits.lag).toInt();
    limits.unhealthy = settings.value("alarms/unhealthy"_L1, limits.unhealthy).toBool();
    limits.failedStore = settings.value("alarms/failed_store"_L1, limits.failedStore).toBool();
    return limits;
}

void AlarmLimits::store() const
{
    QSettings settings;
    settings.setValue("alarms/wait_seconds"_L1, waitSeconds);
    settings.setValue("alarms/lag"_L1, lag);
    settings.setValue("alarms/unhealthy"_L1, unhealthy);
    settings.setValue("alarms/failed_store"_L1, failedStore);
}

Alarms::Alarms(const ClusterModel &cluster, const AlarmLimits &limits, QObject *parent)
    : QObject(parent), m_cluster(cluster), m_limits(limits)
{
    m_tick.setInterval(TickMs);
    connect(&m_tick, &QTimer::timeout, this, &Alarms::look);
    connect(&cluster, &ClusterModel::nodeStateChanged, this, &Alarms::look);
    connect(&cluster, &ClusterModel::cleared, this, &Alarms::look);
    m_tick.start();
}

void Alarms::setLimits(const AlarmLimits &limits)
{
    m_limits = limits;
    look();
}

QHash<QString, QString> Alarms::current() const
{
    QHash<QString, QString> found;
    qint64 oldest = -1;
    quint64 id = 0;
    const NodeInfo *master = m_cluster.master();
    for (const WaitInfo &wait : m_cluster.waits()) {
        const qint64 waited = m_cluster.nowMs() - wait.sinceMs;
        if (waited > oldest) {
            oldest = waited;
            id = wait.id;
        }
    }
    // The last figures of a silent master are too old to raise an alarm.
    if (m_limits.waitSeconds > 0 && master && master->isHeard() &&
        oldest >= m_limits.waitSeconds * qint64(1000))
        found.insert(u"wait"_s, tr("Message %1 has been waiting for more than %2.")
                                    .arg(id)
                                    .arg(ClusterText::elapsed(m_limits.waitSeconds * qint64(1000))));
    for (const NodeInfo &node : m_cluster.nodes()) {
        const quint64 lag = m_cluster.lagOf(node);
        if (m_limits.lag > 0 && node.known && lag >= quint64(m_limits.lag))
            found.insert(u"lag-"_s + node.name,
                         tr("%1 lags by more than %L2 message(s).", nullptr, m_limits.lag)
                             .arg(node.name)
                             .arg(m_limits.lag));
        switch (node.state()) {
        case NodeState::Failed:
            if (m_limits.failedStore)
                found.insert(
                    u"store-"_s + node.name,
                    tr("The store of %1 has failed: %2").arg(node.name, ClusterText::stateExplained(node)));
            break;
        case NodeState::Unhealthy:
        case NodeState::GaveUp:
        case NodeState::Unreachable:
        case NodeState::Silent:
        case NodeState::Fenced:
        case NodeState::Refused:
        case NodeState::Diverged:
        case NodeState::Misdirected:
        case NodeState::Incompatible:
            if (m_limits.unhealthy && node.known)
                found.insert(u"node-"_s + node.name,
                             tr("%1 is %2.").arg(node.name, ClusterText::state(node.state())));
            break;
        default:
            break;
        }
    }
    return found;
}

void Alarms::look()
{
    const QHash<QString, QString> now = current();
    const QHash<QString, QString> before = std::exchange(m_raised, now);
    for (auto it = before.begin(); it != before.end(); ++it) {
        if (!now.contains(it.key()))
            emit over(it.key());
    }
    for (auto it = now.begin(); it != now.end(); ++it) {
        const auto earlier = before.constFind(it.key());
        if (earlier == before.cend() || *earlier != it.value())
            emit alarm(it.key(), it.value(), earlier == before.cend());
    }
}

} // namespace replog
