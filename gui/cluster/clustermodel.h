// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"
#include "gui/cluster/logend.h"
#include "gui/cluster/logidentity.h"
#include "shared/base/clock.h"

#include <QJsonObject>
#include <QObject>

namespace replog {

// The state of the cluster that every view shows. A plain state machine: statuses, lost connections and
// process states come in through the handle… slots, and each change goes out as one signal per fact, after
// the state has changed. There is no socket and no timer inside; time comes from the given clock. GUI thread.
//
// Nodes are identified by name and sorted: the master first, then by name (s2 before s10).
class ClusterModel : public QObject
{
    Q_OBJECT
public:
    // `clock` must outlive the model.
    explicit ClusterModel(const Clock &clock, QObject *parent = nullptr);

    const QList<NodeInfo> &nodes() const { return m_nodes; }
    const NodeInfo *node(const QString &name) const; // nullptr if unknown
    const NodeInfo *master() const;                  // nullptr while none is known
    // Ascending by id; bounded by the master's status.
    const QList<WaitInfo> &waits() const { return m_waits; }
    const WaitInfo *wait(quint64 id) const;
    quint64 waitsTotal() const { return m_waitsTotal; } // >= waits().size(): the master lists only some
    // Whether the master, which alone knows who waits, is heard. If not, the waits are those of waitsAtMs().
    bool areWaitsCurrent() const;
    qint64 waitsAtMs() const; // until when it is known who waits, on the model's clock
    // The end of the log: the highest last id that a node has reported, even if that node is not heard now;
    // since a new epoch or a cut, if there was one. 0 if the log is empty or unknown.
    quint64 lastId() const { return m_end.lastId(); }
    quint64 firstId() const { return m_end.firstId(); } // the oldest entry that reader() keeps
    // How many entries reader() keeps.
    quint64 kept() const { return lastId() < firstId() ? 0 : lastId() - firstId() + 1; }
    quint64 committedId() const { return m_end.committedId(); }
    // The node from which the log is read: the master, or while that is silent the secondary that holds most.
    // Empty if no node is heard.
    QString reader() const { return m_end.reader(); }
    // The highest id that the node holds for certain: what it or its master has told, and for the master what
    // others have committed in its epoch, since it has stored that before.
    quint64 provenAt(const NodeInfo &node) const;
    quint64 lagOf(const NodeInfo &node) const; // messages of the log that it does not hold
    quint64 epoch() const { return m_end.epoch(); }
    QString logId() const { return m_identity.logId(); } // of the log that is shown; empty: not known yet
    qint64 nowMs() const { return m_clock.nowMs(); }
    bool isEmpty() const { return m_nodes.isEmpty(); }
    bool isTold() const; // a node has told how far the log reaches
    // The number that the write concern "majority" stands for, from the nodes that the master knows.
    quint32 majority() const;

public slots:
    void clear();
    void handleNodeDeclared(const replog::KnownNode &node);
    // `name` is the name under which the model knows the node. A node that the master does not list takes the
    // name that the document has, and another one that only the user called so is called by its address. A
    // status of another node or of another log changes no figure: it makes the node one that a stranger
    // answers for.
    void handleStatus(const QString &name, const QJsonObject &document);
    void handleContact(const QString &name, replog::Contact contact, const QString &error);
    void handleProcessState(const QString &name, replog::ProcessState state);
    void handleOwnId(const QString &name, const QString &nodeId); // see NodeInfo::ownId
    void handleNodeForgotten(const QString &name);

signals:
    void cleared();
    void nodeAdded(const QString &name);
    void nodeRemoved(const QString &name);
    void nodeRenamed(const QString &from, const QString &to);
    // It was reached by two addresses; nodeRemoved(from) follows.
    void nodeMerged(const QString &from, const QString &into);
    void nodesReordered();                 // another node became the master
    void nodeChanged(const QString &name); // any change of the node, once for each input
    void nodeStateChanged(const QString &name, replog::NodeState from, replog::NodeState to);
    void nodeToldChanged(const QString &name); // whether its own figures are known
    void nodeEpochChanged(const QString &name);
    void nodeUrlChanged(const QString &name, const QUrl &url);
    void nodeHeldChanged(const QString &name, quint64 from, quint64 to); // to < from: its log was truncated
    void nodeCommittedChanged(const QString &name, quint64 from, quint64 to);
    // `retries`: the count so far.
    void nodeRetried(const QString &name, quint64 retries, const QString &lastError);
    void nodeRegistered(const QString &name); // it became a member
    void nodeForgotten(const QString &name);  // it is none any more; nodeRemoved() may have come before
    void connectionLost(const QString &name, const QString &error);
    void connectionRestored(const QString &name);
    void messagesAppended(quint64 first, quint64 last);
    void logReset(quint64 lastId); // the master's log was truncated: texts read before may be wrong
    // The window shows another log from now on, since `node` tells of it; logReset(0) follows. Until then
    // node() has the log that it told of before, if it did.
    void logReplaced(const QString &node);
    void firstIdChanged(quint64 firstId);
    void readerChanged(const QString &name);
    void committedChanged(quint64 committedId);
    void epochChanged(quint64 epoch);
    void waitOpened(quint64 id);
    void waitChanged(quint64 id);
    void waitClosed(const replog::WaitInfo &last);
    void waitsTotalChanged(quint64 total);

private:
    int indexOf(const QString &name) const;
    int indexOfId(const QString &memberId) const; // as the master knows it; -1: none
    int addNode(NodeInfo node);
    int renameNode(int index, const QString &name);
    bool givesWay(const NodeInfo &node) const;
    bool freeName(const QString &name);
    int indexOfMember(const QJsonObject &member);
    void removeNode(int index);
    void setContact(int index, Contact contact, const QString &error, const QString &stranger = {},
                    NodeMode mode = NodeMode::Unknown);
    void setStranger(int index, const StatusVerdict &verdict, NodeMode mode);
    void beginLog(const QString &leader);
    void replaceNode(int index, const NodeInfo &after);
    void applyMasterView(const QJsonObject &document);
    void applyWaits(const QJsonObject &document);

    const Clock &m_clock;
    LogIdentity m_identity;
    LogEnd m_end;
    QList<NodeInfo> m_nodes;
    QList<WaitInfo> m_waits;
    quint64 m_waitsTotal = 0;
    quint64 m_waitsEpoch = 0; // of the master that told them
    // How far a node was seen to go on committing, in which epoch: that came from the master of that epoch.
    // What a node had committed before it was first heard in that epoch proves nothing.
    quint64 m_provenEpoch = 0;
    quint64 m_provenId = 0;
};

} // namespace replog
