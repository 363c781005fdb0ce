// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"

class QJsonObject;

namespace replog {

// Reads what nodes say in GET /api/v1/status. Whatever is missing or makes no sense keeps its default, texts
// are cut to what can be shown, and lists to MostMembers and MostWaits.
class StatusDocument
{
public:
    static constexpr qsizetype NameCharacters = 128;
    static constexpr qsizetype TextCharacters = 500;
    static constexpr int MostMembers = 1000;
    static constexpr int MostWaits = 1000;

    static QString name(const QJsonObject &document);
    // What a node says of itself.
    static void readOwn(const QJsonObject &document, NodeInfo &node);
    // A line of the master's about one of its members.
    static void readMember(const QJsonObject &member, qint64 nowMs, NodeInfo &node);
    static QList<QJsonObject> members(const QJsonObject &document);
    // By id. Waiting times are counted back from `nowMs`.
    static QList<WaitInfo> waits(const QJsonObject &document, qint64 nowMs);
    static quint64 waitsTotal(const QJsonObject &document);
};

} // namespace replog
