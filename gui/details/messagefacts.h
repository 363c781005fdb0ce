// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clientoptions.h"

#include <QByteArray>
#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QList>
#include <QPair>
#include <QString>
#include <QUrl>

#include <optional>

namespace replog {

// One message from GET /api/v1/messages/{id}, prepared for display.
class MessageFacts
{
    Q_DECLARE_TR_FUNCTIONS(MessageFacts)
public:
    static constexpr qsizetype HexBytes = 64 * 1024;        // bytes of a message that are shown
    static constexpr qsizetype JsonBytes = 2 * 1024 * 1024; // a longer message is not parsed

    static MessageFacts read(const QJsonObject &document);

    quint64 id = 0;
    QByteArray bytes;
    QString type;
    QList<QPair<QString, QString>> headers;
    qint64 timeMs = -1;
    quint64 epoch = 0;
    quint32 w = 0;               // 0: not known
    std::optional<quint32> acks; // the master alone knows them
    // false, from a secondary: it does not know. From a new master of a message that the one before
    // committed: it has not been told yet that so many nodes hold it.
    bool satisfied = false;
    bool released = false; // an operator has given its wait up

    bool isText() const; // whether it is UTF-8
    QString text() const;
    // The parsed message, if it is JSON of at most JsonBytes.
    QJsonDocument json() const;
    QString hex() const;
    // Names and values, for a line each. `committedId`: of the cluster; nobody waits for what is committed.
    QList<QPair<QString, QString>> lines(quint64 committedId) const;
    // A curl command for a POSIX shell that appends the same message to that node. A message too long for an
    // argument of a command is given on its standard input.
    QString curl(const QUrl &node, const ClientOptions &options = {}) const;

private:
    QString acksLine(quint64 committedId) const;
};

} // namespace replog
