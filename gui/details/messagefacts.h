// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QList>
#include <QPair>
#include <QString>
#include <QUrl>

namespace replog {

// One message as GET /api/v1/messages/{id} tells it, made ready to be shown.
class MessageFacts
{
    Q_DECLARE_TR_FUNCTIONS(MessageFacts)
public:
    static constexpr qsizetype HexBytes = 64 * 1024;        // shown; the rest of a longer message is not
    static constexpr qsizetype JsonBytes = 2 * 1024 * 1024; // a longer one is not looked into

    static MessageFacts read(const QJsonObject &document);

    quint64 id = 0;
    QByteArray bytes;
    QString type;
    QList<QPair<QString, QString>> headers;
    qint64 timeMs = -1;
    quint64 epoch = 0;
    quint32 w = 0;
    quint32 acks = 0;
    QString key;
    QStringList nodes; // that hold it
    bool satisfied = false;
    bool hasWaits = false; // w, acks, nodes and satisfied were told

    bool isText() const; // it is UTF-8
    QString text() const;
    // The document that it is, if it is JSON of no more than JsonBytes.
    QJsonDocument json() const;
    QString hex() const;
    // A name and what it is, a line each.
    QList<QPair<QString, QString>> lines() const;
    // A command for a shell that appends the same message to that node.
    QString curl(const QUrl &node) const;
};

} // namespace replog
