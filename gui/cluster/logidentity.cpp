// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/logidentity.h"

#include "gui/cluster/statusdocument.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

void LogIdentity::handleDeclared(const QString &name, NodeRole role)
{
    if (m_named.isEmpty() && role != NodeRole::Secondary)
        m_named = name;
}

void LogIdentity::handleRenamed(const QString &from, const QString &to)
{
    if (m_named == from)
        m_named = to;
}

StatusVerdict LogIdentity::judge(const NodeInfo &node, const QJsonObject &document,
                                 const NodeInfo *leader) const
{
    const QString name = StatusDocument::name(document);
    const QString nodeId = StatusDocument::nodeId(document);
    const QString logId = StatusDocument::logId(document);
    const bool hasOtherLog = !logId.isEmpty() && !m_logId.isEmpty() && logId != m_logId;
    // What was sent before the process ended comes through the connection of that time.
    const bool cannotAnswer =
        (node.process == ProcessState::Stopped || node.process == ProcessState::Starting) && !node.isHeard();
    if (!nodeId.isEmpty() && !node.ownId.isEmpty() ? nodeId != node.ownId : cannotAnswer)
        return otherNode(name, hasOtherLog);
    if (decides(node, document, leader))
        return {};
    // A node may be started with another name: its id tells who it is, where the master knows it.
    const bool isOtherNode = !nodeId.isEmpty() && !node.memberId.isEmpty()
                                 ? nodeId != node.memberId
                                 : node.known && !name.isEmpty() && name != node.name &&
                                       StatusDocument::role(document) != NodeRole::Master;
    if (isOtherNode)
        return otherNode(name, hasOtherLog);
    return hasOtherLog ? otherLog(StatusDocument::modeReason(document)) : StatusVerdict();
}

bool LogIdentity::take(const NodeInfo &node, const QJsonObject &document)
{
    const QString logId = StatusDocument::logId(document);
    if (logId.isEmpty())
        return false;
    m_word = std::max(m_word, wordOf(node, document));
    const QString before = std::exchange(m_logId, logId);
    return !before.isEmpty() && before != logId;
}

StatusVerdict LogIdentity::otherLog(const QString &more)
{
    const QString text = tr("It holds another log than this cluster's.");
    return {more.isEmpty() ? text : text + u' ' + more, false};
}

StatusVerdict LogIdentity::otherNode(const QString &name, bool hasOtherLog)
{
    return {(hasOtherLog ? tr("Another node answers at its address, with another log: %1.")
                         : tr("Another node answers at its address: %1."))
                .arg(name.isEmpty() ? tr("it tells no name") : name),
            true};
}

bool LogIdentity::decides(const NodeInfo &node, const QJsonObject &document, const NodeInfo *leader) const
{
    if (StatusDocument::role(document) != NodeRole::Master)
        return false;
    const bool isLeading = !leader || leader->name == node.name;
    return wordOf(node, document) > m_word || (node.name == m_named && isLeading);
}

LogIdentity::Word LogIdentity::wordOf(const NodeInfo &node, const QJsonObject &document) const
{
    if (StatusDocument::role(document) != NodeRole::Master)
        return Word::Secondarys;
    return node.name == m_named ? Word::NamedMasters : Word::Masters;
}

} // namespace replog
