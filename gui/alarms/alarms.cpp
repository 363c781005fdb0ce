// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/alarms/alarms.h"

#include "gui/cluster/clustermodel.h"
#include "gui/cluster/clustertext.h"

#include <QLocale>
#include <QSettings>
#include <QStringList>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int TickMs = 1000;
constexpr qsizetype MostNamed = 6;

bool isIll(NodeState state)
{
    switch (state) {
    case NodeState::Unhealthy:
    case NodeState::GaveUp:
    case NodeState::Unreachable:
    case NodeState::Silent:
    case NodeState::Fenced:
    case NodeState::Refused:
    case NodeState::Diverged:
    case NodeState::Misdirected:
    case NodeState::Incompatible:
        return true;
    default:
        return false;
    }
}

// Of a master; one whose store has failed has an alarm of its own.
bool takesNothing(NodeState state)
{
    return state == NodeState::ReadOnly || state == NodeState::Fenced;
}

// Such a node answers, and is no part of the cluster that is shown, whether or not a master lists it.
bool isOutside(NodeState state)
{
    return state == NodeState::Refused || state == NodeState::Diverged || state == NodeState::Misdirected ||
           state == NodeState::Incompatible;
}

QString listed(const QStringList &names)
{
    const QString some = names.first(std::min(names.size(), MostNamed)).join(u", "_s);
    return names.size() > MostNamed ? some + u", …"_s : some;
}

} // namespace

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
    connect(&cluster, &ClusterModel::logReplaced, this, &Alarms::handleLogReplaced);
    connect(&cluster, &ClusterModel::cleared, this, [this] {
        m_logBefore.clear();
        look();
    });
    m_tick.start();
}

void Alarms::setLimits(const AlarmLimits &limits)
{
    m_limits = limits;
    look();
}

QString Alarms::masterTopic()
{
    return u"master"_s;
}

// Not where the window had been led to another node's log first, and now hears the one that the user named.
void Alarms::handleLogReplaced(const QString &name)
{
    const NodeInfo *const node = m_cluster.node(name);
    if (!node || node->logId.isEmpty())
        return;
    if (m_logBefore.isEmpty())
        m_logBefore = node->logId;
    m_replacedAt = name;
    look();
}

QString Alarms::waitAlarm() const
{
    qint64 oldest = -1;
    quint64 id = 0;
    for (const WaitInfo &wait : m_cluster.waits()) {
        const qint64 waited = m_cluster.nowMs() - wait.sinceMs;
        if (waited > oldest) {
            oldest = waited;
            id = wait.id;
        }
    }
    // The last figures of a silent master are too old to raise an alarm.
    const NodeInfo *const master = m_cluster.master();
    const qint64 limitMs = m_limits.waitSeconds * qint64(1000);
    if (limitMs <= 0 || !master || !master->isHeard() || oldest < limitMs)
        return {};
    return tr("Message %1 has been waiting for more than %2.").arg(id).arg(ClusterText::elapsed(limitMs));
}

QMap<QString, QString> Alarms::current() const
{
    QMap<QString, QString> found;
    if (const QString text = waitAlarm(); !text.isEmpty())
        found.insert(u"wait"_s, text);
    if (!m_logBefore.isEmpty() && m_cluster.logId() != m_logBefore)
        found.insert(u"log"_s,
                     tr("Another log is at the address of %1 now. The one before is not shown any more, "
                        "and its nodes do not belong to the new one.")
                         .arg(m_replacedAt));
    QStringList lagging;
    QStringList failed;
    QString why;
    QMap<NodeState, QStringList> ill;
    for (const NodeInfo &node : m_cluster.nodes()) {
        if (m_limits.lag > 0 && node.known && m_cluster.lagOf(node) > quint64(m_limits.lag))
            lagging.append(node.name);
        const NodeState state = node.state();
        if (state == NodeState::Failed) {
            failed.append(node.name);
            why = ClusterText::stateExplained(node);
        } else if (&node == m_cluster.master() && takesNothing(state) && m_limits.unhealthy) {
            found.insert(u"appends"_s,
                         tr("%1 is %2. %3")
                             .arg(node.name, ClusterText::state(state), ClusterText::stateExplained(node)));
        } else if (isIll(state) && (node.known || isOutside(state)) && m_limits.unhealthy) {
            if (node.role == NodeRole::Master &&
                (state == NodeState::Unreachable || state == NodeState::Silent))
                found.insert(masterTopic(), tr("%1 is %2.").arg(node.name, ClusterText::state(state)));
            else
                ill[state].append(node.name);
        }
    }
    if (!lagging.isEmpty())
        found.insert(u"lag"_s,
                     lagging.size() == 1
                         ? tr("%1 lags by more than %L2 message(s).", nullptr, m_limits.lag)
                               .arg(lagging[0], QLocale().toString(m_limits.lag))
                         : tr("%1 nodes lag by more than %L2 message(s): %3.", nullptr, m_limits.lag)
                               .arg(lagging.size())
                               .arg(m_limits.lag)
                               .arg(listed(lagging)));
    if (!failed.isEmpty() && m_limits.failedStore)
        found.insert(
            u"store"_s,
            failed.size() == 1
                ? tr("The store of %1 has failed: %2").arg(failed[0], why)
                : tr("The stores of %1 nodes have failed: %2.").arg(failed.size()).arg(listed(failed)));
    for (auto it = ill.cbegin(); it != ill.cend(); ++it)
        found.insert(
            u"node-%1"_s.arg(int(it.key())),
            it.key() == NodeState::GaveUp
                ? (it->size() == 1 ? tr("The master gave up delivering to %1.").arg(it->first())
                                   : tr("The master gave up delivering to %1 nodes: %2.")
                                         .arg(it->size())
                                         .arg(listed(*it)))
            : it->size() == 1
                ? tr("%1 is %2.").arg(it->first(), ClusterText::state(it.key()))
                : tr("%1 nodes are %2: %3.").arg(it->size()).arg(ClusterText::state(it.key()), listed(*it)));
    return found;
}

void Alarms::look()
{
    const QMap<QString, QString> now = current();
    const QMap<QString, QString> before = std::exchange(m_raised, now);
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
