// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"
#include "shared/base/clock.h"

#include <QJsonObject>
#include <QObject>

namespace replog {

// The one picture of the cluster that every view draws. A plain state machine: statuses, lost connections and
// process states come in through the handle… slots, each change goes out as one signal per fact, after the
// picture has changed. No socket and no timer inside; time comes from the clock handed in. GUI thread.
//
// Nodes are told apart by name and listed master first, then by name (numbers in names count as numbers).
class ClusterModel : public QObject
{
    Q_OBJECT
public:
    // `clock` must outlive the model.
    explicit ClusterModel(const Clock &clock, QObject *parent = nullptr);

    const QList<NodeInfo> &nodes() const { return m_nodes; }
    const NodeInfo *node(const QString &name) const;         // nullptr if there is none
    const NodeInfo *master() const;                          // nullptr while none is known
    const QList<WaitInfo> &waits() const { return m_waits; } // by id; bounded by what the master tells
    const WaitInfo *wait(quint64 id) const;
    quint64 waitsTotal() const { return m_waitsTotal; } // those that the master did not tell included
    // The end of the log: the furthest that any node that is heard tells, or that was told before; 0 when
    // empty or unknown.
    quint64 lastId() const { return m_lastId; }
    quint64 firstId() const { return m_firstId; } // the oldest that reader() keeps
    quint64 committedId() const { return m_committedId; }
    // Where the log is read: the master, or while that is silent the secondary that holds most; empty if
    // nobody is heard.
    QString reader() const { return m_reader; }
    quint64 lagOf(const NodeInfo &node) const; // how many messages of the log it does not hold
    quint64 epoch() const { return m_epoch; }
    qint64 nowMs() const { return m_clock.nowMs(); }
    bool isEmpty() const { return m_nodes.isEmpty(); }
    // The number that "majority" of the nodes the master knows comes to.
    quint32 majority() const;

public slots:
    void clear();
    void handleNodeDeclared(const replog::KnownNode &node);
    // `name` is the name under which the model knows the node; the document may say another, then it is
    // renamed.
    void handleStatus(const QString &name, const QJsonObject &document);
    void handleContact(const QString &name, replog::Contact contact, const QString &error);
    void handleProcessState(const QString &name, replog::ProcessState state);
    void handleNodeForgotten(const QString &name);

signals:
    void cleared();
    void nodeAdded(const QString &name);
    void nodeRemoved(const QString &name);
    void nodeRenamed(const QString &from, const QString &to);
    void nodesReordered();                 // another node is the master now
    void nodeChanged(const QString &name); // anything at all about it, once for each input
    void nodeStateChanged(const QString &name, replog::NodeState from, replog::NodeState to);
    void nodeUrlChanged(const QString &name, const QUrl &url);
    void nodeHeldChanged(const QString &name, quint64 from, quint64 to); // to < from: its log was cut back
    void nodeCommittedChanged(const QString &name, quint64 from, quint64 to);
    void nodeRetried(const QString &name, quint64 retries, const QString &lastError); // the count so far
    void nodeRegistered(const QString &name); // the master has it among its members now
    void connectionLost(const QString &name, const QString &error);
    void connectionRestored(const QString &name);
    void messagesAppended(quint64 first, quint64 last);
    void logReset(quint64 lastId); // the master's log got shorter: forget all texts
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
    int addNode(NodeInfo node);
    int renameNode(int index, const QString &name);
    void removeNode(int index);
    void replaceNode(int index, const NodeInfo &after);
    void applyMasterView(const QJsonObject &document);
    void applyWaits(const QJsonObject &document);
    void updateEnd(bool mayShrink);
    void updateReader();
    bool tellsOfTheLog(const NodeInfo &node) const;

    const Clock &m_clock;
    QList<NodeInfo> m_nodes;
    QList<WaitInfo> m_waits;
    quint64 m_waitsTotal = 0;
    quint64 m_lastId = 0;
    quint64 m_masterLastId = 0; // by the master's own word
    quint64 m_firstId = 1;
    quint64 m_committedId = 0;
    quint64 m_epoch = 0;
    QString m_reader;
};

} // namespace replog
