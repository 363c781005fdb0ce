// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masterstatus.h"

#include "master/masternode.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// So much of a text that a peer sent is shown.
QString shown(const QString &text)
{
    constexpr qsizetype ShownChars = 500;
    return text.size() <= ShownChars ? text : QString(text.left(ShownChars - 1) + u'…');
}

QJsonObject nodeStatus(const QByteArray &name, const Membership::Member &member, const MasterNode &master,
                       quint64 lastId, qint64 nowMs)
{
    const Replicator &replicator = *member.replicator;
    const Replicator::Counters &counters = replicator.counters();
    QJsonObject node{{u"name"_s, QString::fromUtf8(name)},
                     {u"node_id"_s, QString::fromLatin1(member.nodeId.toHex())},
                     {u"url"_s, member.url.toString()},
                     {u"health"_s, QString::fromUtf8(replicator.healthWord())},
                     {u"acked_id"_s, static_cast<qint64>(replicator.ackedId())},
                     {u"lag"_s, static_cast<qint64>(lastId - std::min(lastId, replicator.ackedId()))},
                     {u"lag_ms"_s, master.durableTimes().lagMs(replicator.ackedId(), nowMs)},
                     {u"attempts"_s, static_cast<qint64>(counters.attempts)},
                     {u"retries"_s, static_cast<qint64>(counters.retries)},
                     {u"consecutive_failures"_s, counters.consecutiveFailures},
                     {u"next_retry_ms"_s, QJsonValue::Null},
                     {u"last_error"_s, QJsonValue::Null},
                     {u"last_error_at"_s, QJsonValue::Null}};
    if (replicator.hasRecentError()) {
        node[u"last_error"_s] = shown(counters.lastError);
        node[u"last_error_at"_s] = counters.lastErrorAtMs;
    }
    if (const auto at = replicator.nextRetryAtMs())
        node[u"next_retry_ms"_s] = std::max<qint64>(*at - nowMs, 0);
    return node;
}

} // namespace

QJsonObject masterStatus(MasterNode &node, qint64 nowMs, qint64 uptimeMs, int maxWaits)
{
    const quint64 lastId = node.log().visible().durableId();
    QJsonArray nodes;
    for (const auto &[name, member] : node.members().members())
        nodes.append(nodeStatus(name, member, node, lastId, nowMs));

    QJsonArray refused;
    for (const Refusal &refusal : node.admission().refused())
        refused.append(QJsonObject{{u"name"_s, QString::fromUtf8(refusal.name)},
                                   {u"node_id"_s, QString::fromLatin1(refusal.nodeId.toHex())},
                                   {u"url"_s, refusal.url.toString()},
                                   {u"reason"_s, refusal.reason},
                                   {u"at"_s, refusal.atMs}});

    QJsonArray waits;
    qint64 oldestMs = 0;
    for (const ConcernTracker::Pending &pending : node.appender().oldestWaits(maxWaits)) {
        QJsonArray missing;
        if (node.concerns().localDurable() < pending.id)
            missing.append(QString::fromUtf8(node.name()));
        for (const auto &[name, member] : node.members().members()) {
            if (member.replicator->ackedId() < pending.id)
                missing.append(QString::fromUtf8(name));
        }
        const qint64 waitedMs = nowMs - pending.sinceMs;
        oldestMs = std::max(oldestMs, waitedMs);
        waits.append(QJsonObject{{u"id"_s, static_cast<qint64>(pending.id)},
                                 {u"w"_s, static_cast<qint64>(pending.w)},
                                 {u"acks"_s, node.concerns().acks(pending.id)},
                                 {u"missing"_s, missing},
                                 {u"waited_ms"_s, waitedMs},
                                 {u"clients"_s, node.waiters().clientsOf(pending.id)},
                                 {u"unreachable"_s, pending.w > static_cast<quint32>(node.knownNodes())}});
    }

    QJsonObject status{{u"role"_s, u"master"_s},
                       {u"name"_s, QString::fromUtf8(node.name())},
                       {u"node_id"_s, QString::fromLatin1(node.nodeId().toHex())},
                       {u"log_id"_s, QString::fromLatin1(node.log().logId().toHex())},
                       {u"wire"_s, static_cast<int>(WireVersion)},
                       {u"version"_s, QStringLiteral(REPLOG_VERSION)},
                       {u"epoch"_s, static_cast<qint64>(node.log().epoch().number)},
                       {u"first_id"_s, static_cast<qint64>(node.log().visible().firstId())},
                       {u"last_id"_s, static_cast<qint64>(lastId)},
                       {u"committed_id"_s, static_cast<qint64>(node.log().committedId())},
                       {u"mode"_s, QString::fromUtf8(node.modeWord())},
                       {u"uptime_ms"_s, uptimeMs},
                       {u"nodes"_s, nodes},
                       {u"refused"_s, refused},
                       {u"waits"_s, waits},
                       {u"waits_total"_s, static_cast<qint64>(node.appender().waitCount())},
                       {u"oldest_wait_ms"_s, oldestMs}};
    const QString retainedBy = node.retainedBy();
    status[u"retained_by"_s] = retainedBy.isEmpty() ? QJsonValue() : QJsonValue(shown(retainedBy));
    if (!node.modeReason().isEmpty())
        status[u"mode_reason"_s] = shown(node.modeReason());
    return status;
}

QJsonArray masterHealth(MasterNode &node)
{
    QJsonArray nodes;
    for (const auto &[name, member] : node.members().members())
        nodes.append(QJsonObject{{u"name"_s, QString::fromUtf8(name)},
                                 {u"health"_s, QString::fromUtf8(member.replicator->healthWord())}});
    return nodes;
}

} // namespace replog
