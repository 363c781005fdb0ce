// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QCborValue>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>

// Valid documents between nodes, for tests to damage or to send by hand.
namespace replog::test {

inline QString hexId(int n)
{
    return QStringLiteral("%1").arg(n, 32, 16, QLatin1Char('0'));
}

inline QString hexStart(int n)
{
    return QStringLiteral("%1").arg(n, 16, 16, QLatin1Char('0'));
}

inline QJsonObject entryDocument(int id, int epoch, const QString &message)
{
    return {{QStringLiteral("id"), id},
            {QStringLiteral("epoch"), epoch},
            {QStringLiteral("w"), 1},
            {QStringLiteral("time"), qint64(1795699580072) + id},
            {QStringLiteral("message"), message}};
}

// From a master of the log 11 to the node 22, of epoch 1 and start 7, with no entries.
inline QJsonObject deliveryDocument()
{
    return {{QStringLiteral("wire"), 1},
            {QStringLiteral("log_id"), hexId(11)},
            {QStringLiteral("to"), hexId(22)},
            {QStringLiteral("master"), QStringLiteral("m")},
            {QStringLiteral("epoch"), 1},
            {QStringLiteral("prev_id"), 0},
            {QStringLiteral("prev_epoch"), 0},
            {QStringLiteral("committed_id"), 0},
            {QStringLiteral("first_id"), 1},
            {QStringLiteral("starts"),
             QJsonArray{QJsonObject{{QStringLiteral("epoch"), 1}, {QStringLiteral("start"), hexStart(7)}}}},
            {QStringLiteral("entries"), QJsonArray()}};
}

// The registration of a node without entries.
inline QJsonObject standingDocument(const QString &name, int nodeId)
{
    return {{QStringLiteral("node_id"), hexId(nodeId)},
            {QStringLiteral("name"), name},
            {QStringLiteral("instance"), hexId(nodeId + 1000)},
            {QStringLiteral("log_id"), QJsonValue::Null},
            {QStringLiteral("wire"), 1},
            {QStringLiteral("epoch"), 0},
            {QStringLiteral("start"), QJsonValue::Null},
            {QStringLiteral("last_id"), 0},
            {QStringLiteral("last_epoch"), 0},
            {QStringLiteral("last_start"), QJsonValue::Null},
            {QStringLiteral("committed_id"), 0}};
}

inline QJsonObject registrationDocument(const QString &name, int nodeId, const QString &url)
{
    QJsonObject registration = standingDocument(name, nodeId);
    registration.insert(QStringLiteral("url"), url);
    return registration;
}

inline QByteArray toJson(const QJsonObject &document)
{
    return QJsonDocument(document).toJson(QJsonDocument::Compact);
}

inline QByteArray toCbor(const QJsonObject &document)
{
    return QCborValue::fromJsonValue(document).toCbor();
}

} // namespace replog::test
