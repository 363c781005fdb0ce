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

// Which node a status is of, and which log the window shows. Whoever answers at a member's address may be a
// node of another cluster; its figures and texts must not be shown as this cluster's.
//
// Who it is, the first that is known of:
//
//   its data folder if that is on this computer, its node id must be the answer's. Where that cannot be told,
//                   nothing is heard anew of a node whose own process, run from here, does not listen
//   its node id     is compared with the one that the master tells of that member: names can be changed at a
//                   start, a data folder's id cannot
//   its name        if the master has that member, and the answer is not a master's: the master names its
//                   members. A master says its own name, and may have been started with another one
//   neither         is believed: an old node has no id, and before the master has told there is nothing to
//                   compare with
//
// Which log it holds is compared by log id, once one is known. Whose word decides which that is, the
// strongest first; a weaker one that contradicts is a stranger, and a stronger one makes the window begin
// anew:
//
//   NamedMasters    the master at the address that the user named: whom else would he mean? It alone may also
//                   contradict itself, while it leads, since its log can be begun anew (an emptied folder)
//   Masters         another master, to which a secondary has led
//   Secondarys      the first secondary that tells; better than nothing while no master is heard
//   Nobodys         nothing is known yet: everybody is believed
//
// An id that a status does not have contradicts nothing.
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
    enum class Word { Nobodys, Secondarys, Masters, NamedMasters }; // weakest first

    // Whether that status says which log the window shows, whatever was known before.
    bool decides(const NodeInfo &node, const QJsonObject &document, const NodeInfo *leader) const;
    Word wordOf(const NodeInfo &node, const QJsonObject &document) const;

    QString m_named; // the node at the address that the user named as the master's
    QString m_logId;
    Word m_word = Word::Nobodys; // who told it
};

} // namespace replog
