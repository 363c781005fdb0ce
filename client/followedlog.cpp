// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/followedlog.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

quint64 idOf(const QJsonObject &object, QLatin1StringView member)
{
    return quint64(std::max<qint64>(0, object.value(member).toInteger()));
}

// By these alone: a node of a later version may list more.
bool isSameEntry(const QJsonObject &a, const QJsonObject &b)
{
    for (QLatin1StringView member : {"id"_L1, "epoch"_L1, "time"_L1, "message"_L1, "message_base64"_L1}) {
        if (a.value(member) != b.value(member))
            return false;
    }
    return true;
}

} // namespace

quint64 FollowedLog::lastRead() const
{
    return idOf(m_last, "id"_L1);
}

quint64 FollowedLog::askFrom() const
{
    return m_last.isEmpty() ? m_next : lastRead();
}

bool FollowedLog::goesOn(const QJsonArray &page, quint64 from, qsizetype most)
{
    quint64 wanted = from;
    for (const QJsonValue &value : page) {
        const quint64 id = idOf(value.toObject(), "id"_L1);
        if (id == 0 || (wanted > 0 && id != wanted))
            return false;
        wanted = id + 1;
    }
    return page.size() <= most;
}

std::optional<QJsonArray> FollowedLog::take(const QUrl &node, const QJsonArray &page)
{
    QJsonArray fresh;
    for (const QJsonValue &value : page) {
        const QJsonObject entry = value.toObject();
        const quint64 id = idOf(entry, "id"_L1);
        if (id > 0 && id == lastRead() && !isSameEntry(entry, m_last))
            return {};
        if (id < m_next || id == 0)
            continue;
        m_next = id + 1;
        m_last = entry;
        fresh.append(entry);
    }
    if (!fresh.isEmpty())
        m_shown[node].last = std::max(m_shown[node].last, lastRead());
    return fresh;
}

QString FollowedLog::fault(const QUrl &node, const QJsonObject &status)
{
    const QString logId = status.value("log_id"_L1).toString();
    if (!logId.isEmpty() && !m_logId.isEmpty() && logId != m_logId)
        return u"the log was replaced by another: its log_id is %1 now, %2 was read"_s.arg(logId.left(32),
                                                                                           m_logId);
    if (m_logId.isEmpty())
        m_logId = logId.left(32);

    Shown &shown = m_shown[node];
    const QString nodeId = status.value("node_id"_L1).toString().left(32);
    const quint64 last = idOf(status, "last_id"_L1);
    const bool isMaster = status.value("role"_L1).toString() == "master"_L1;
    const bool isSameNode = nodeId == shown.nodeId;
    shown.nodeId = nodeId;
    if (last >= shown.last)
        return {};
    if (isMaster || isSameNode)
        return u"the log is shorter than what was read: %1 now, %2 read; it was restored or replaced"_s
            .arg(last)
            .arg(shown.last);
    shown.last = 0; // another node, which fills up
    return {};
}

} // namespace replog
