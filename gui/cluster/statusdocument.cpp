// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/statusdocument.h"

#include "gui/widgets/plaintext.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

quint64 number(const QJsonObject &object, QLatin1StringView key)
{
    return quint64(std::max<qint64>(0, object.value(key).toInteger()));
}

QString text(const QJsonObject &object, QLatin1StringView key,
             qsizetype limit = StatusDocument::TextCharacters)
{
    return PlainText::oneLine(object.value(key).toString(), limit - 1);
}

// In ms since 1970, UTC, from a number or an RFC 3339 text; -1: neither.
qint64 timeOf(const QJsonValue &value)
{
    if (value.isDouble())
        return value.toInteger(-1);
    const QDateTime time = QDateTime::fromString(value.toString(), Qt::ISODateWithMs);
    return time.isValid() ? time.toMSecsSinceEpoch() : -1;
}

} // namespace

QString StatusDocument::name(const QJsonObject &document)
{
    return text(document, "name"_L1, NameCharacters);
}

QString StatusDocument::nodeId(const QJsonObject &document)
{
    return text(document, "node_id"_L1, NameCharacters);
}

QString StatusDocument::logId(const QJsonObject &document)
{
    return text(document, "log_id"_L1, NameCharacters);
}

NodeRole StatusDocument::role(const QJsonObject &document)
{
    const QString role = document.value("role"_L1).toString();
    return role == "master"_L1      ? NodeRole::Master
           : role == "secondary"_L1 ? NodeRole::Secondary
                                    : NodeRole::Unknown;
}

NodeMode StatusDocument::mode(const QJsonObject &document)
{
    return modeFromWord(document.value("mode"_L1).toString().toUtf8());
}

QString StatusDocument::modeReason(const QJsonObject &document)
{
    return text(document, "mode_reason"_L1);
}

void StatusDocument::readOwn(const QJsonObject &document, NodeInfo &node)
{
    node.told = true;
    if (role(document) != NodeRole::Unknown)
        node.role = role(document);
    node.mode = mode(document);
    node.modeReason = modeReason(document);
    node.nodeId = nodeId(document);
    node.logId = logId(document);
    node.version = text(document, "version"_L1, NameCharacters);
    node.epoch = number(document, "epoch"_L1);
    node.firstId = std::max<quint64>(1, number(document, "first_id"_L1));
    node.lastId = number(document, "last_id"_L1);
    node.committedId = number(document, "committed_id"_L1);
    node.uptimeMs = document.value("uptime_ms"_L1).toInteger(-1);
    node.storeBytes = document.value("store_bytes"_L1).toInteger(-1);
    node.freeBytes = document.value("free_bytes"_L1).toInteger(-1);
    node.bytesPerDay = std::max<qint64>(0, document.value("bytes_per_day"_L1).toInteger(0));
    node.fullInMs = document.value("full_in_ms"_L1).toInteger(-1);
    const QJsonObject faults = document.value("faults"_L1).toObject();
    node.faults = {};
    for (const QLatin1StringView name :
         {"delay_ms"_L1, "fail_before"_L1, "fail_after"_L1, "drop"_L1, "block"_L1}) {
        if (faults.contains(name))
            node.faults.insert(name, faults.value(name));
    }
    if (node.role == NodeRole::Master) {
        node.known = true;
        node.ackedId = node.lastId;
        node.health = NodeHealth::Unknown;
    }
}

QUrl StatusDocument::address(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid())
        return {};
    return url.adjusted(QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment);
}

QUrl StatusDocument::memberAddress(const QJsonObject &member)
{
    return address(text(member, "url"_L1));
}

void StatusDocument::readMember(const QJsonObject &member, qint64 nowMs, NodeInfo &node)
{
    node.known = true;
    if (node.role == NodeRole::Unknown)
        node.role = NodeRole::Secondary;
    node.memberId = nodeId(member);
    if (const QUrl url = memberAddress(member); !url.isEmpty())
        node.url = url;
    node.health = healthFromWord(member.value("health"_L1).toString().toUtf8());
    node.ackedId = number(member, "acked_id"_L1);
    node.attempts = number(member, "attempts"_L1);
    node.retries = number(member, "retries"_L1);
    node.consecutiveFailures = number(member, "consecutive_failures"_L1);
    node.lastError = text(member, "last_error"_L1);
    node.lastErrorAtMs = node.lastError.isEmpty() ? -1 : timeOf(member.value("last_error_at"_L1));
    const QJsonValue next = member.value("next_retry_ms"_L1);
    const bool planned = next.isDouble() && next.toInteger() >= 0 && node.consecutiveFailures > 0;
    node.nextRetryAtMs = planned ? nowMs + next.toInteger() : -1;
}

QList<QJsonObject> StatusDocument::members(const QJsonObject &document)
{
    QList<QJsonObject> members;
    const QJsonArray nodes = document.value("nodes"_L1).toArray();
    for (const QJsonValue &value : nodes) {
        if (members.size() >= MostMembers)
            break;
        if (!name(value.toObject()).isEmpty())
            members.append(value.toObject());
    }
    return members;
}

QList<WaitInfo> StatusDocument::waits(const QJsonObject &document, qint64 nowMs)
{
    QList<WaitInfo> waits;
    const QJsonArray list = document.value("waits"_L1).toArray();
    for (const QJsonValue &value : list) {
        if (waits.size() >= MostWaits)
            break;
        const QJsonObject object = value.toObject();
        WaitInfo wait;
        wait.id = number(object, "id"_L1);
        wait.w = quint32(number(object, "w"_L1));
        wait.acks = quint32(number(object, "acks"_L1));
        wait.clients = object.value("clients"_L1).toInt();
        wait.unreachable = object.value("unreachable"_L1).toBool();
        wait.sinceMs = nowMs - object.value("waited_ms"_L1).toInteger();
        const QJsonArray missing = object.value("missing"_L1).toArray();
        for (const QJsonValue &missed : missing) {
            if (wait.missing.size() >= MostMembers)
                break;
            wait.missing.append(PlainText::oneLine(missed.toString(), NameCharacters - 1));
        }
        waits.append(wait);
    }
    std::sort(waits.begin(), waits.end(), [](const WaitInfo &a, const WaitInfo &b) { return a.id < b.id; });
    return waits;
}

quint64 StatusDocument::waitsTotal(const QJsonObject &document)
{
    return number(document, "waits_total"_L1);
}

} // namespace replog
