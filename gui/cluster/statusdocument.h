// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"

class QJsonObject;

namespace replog {

// Reads the documents of GET /api/v1/status. A field that is missing or malformed keeps its default, texts
// are made fit to be shown (see PlainText::oneLine), and lists have at most MostMembers and MostWaits
// elements.
class StatusDocument
{
public:
    static constexpr qsizetype NameCharacters = 128;
    static constexpr qsizetype TextCharacters = 500;
    static constexpr int MostMembers = 1000;
    static constexpr int MostWaits = 1000;

    static QString name(const QJsonObject &document);
    // What a node is spoken to by, without what an address may have besides, such as a path, which is shown
    // as the characters that it stands for. Empty if it is not valid.
    static QUrl address(const QString &text);
    static QString nodeId(const QJsonObject &document); // empty: none
    static QString logId(const QJsonObject &document);  // empty: none
    static NodeRole role(const QJsonObject &document);
    static NodeMode mode(const QJsonObject &document);
    static QString modeReason(const QJsonObject &document);
    // What the document says of the node itself.
    static void readOwn(const QJsonObject &document, NodeInfo &node);
    // What the master's document says of one member.
    static void readMember(const QJsonObject &member, qint64 nowMs, NodeInfo &node);
    static QUrl memberAddress(const QJsonObject &member); // empty: not told
    static QList<QJsonObject> members(const QJsonObject &document);
    // Ascending by id. `sinceMs` is `nowMs` minus the reported waiting time.
    static QList<WaitInfo> waits(const QJsonObject &document, qint64 nowMs);
    static quint64 waitsTotal(const QJsonObject &document);
};

} // namespace replog
