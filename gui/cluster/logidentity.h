// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"

#include <QCoreApplication>

class QJsonObject;

namespace replog {

// Whether a status is of the node that was asked, and of the log that the window shows.
struct StatusVerdict
{
    QString whyNot;           // empty: it is
    bool isOtherNode = false; // another node answers at the address
};

// Which log the window shows: that of the master at the address that the user named, or as long as that has
// not told, the log of the first node that has. Ids that a status does not have contradict nothing.
class LogIdentity
{
    Q_DECLARE_TR_FUNCTIONS(LogIdentity)
public:
    void clear() { *this = {}; }
    void handleDeclared(const QString &name, NodeRole role);
    void handleRenamed(const QString &from, const QString &to);

    // `leader` is the node that counts as the master; nullptr while none is known.
    StatusVerdict judge(const NodeInfo &node, const QJsonObject &document, const NodeInfo *leader) const;
    // Takes in a status that judge() has found to be right. True if the window showed another log before.
    bool take(const NodeInfo &node, const QJsonObject &document);
    QString logId() const { return m_logId; } // empty: not known yet
    static StatusVerdict otherLog(const QString &more);
    static StatusVerdict otherNode(const QString &name, bool hasOtherLog);

private:
    enum class Word { Nobodys, Secondarys, Masters, NamedMasters };

    bool decides(const NodeInfo &node, const QJsonObject &document, const NodeInfo *leader) const;
    Word wordOf(const NodeInfo &node, const QJsonObject &document) const;

    QString m_named; // the node at the address that the user named as the master's
    QString m_logId;
    Word m_word = Word::Nobodys; // who told it
};

} // namespace replog
