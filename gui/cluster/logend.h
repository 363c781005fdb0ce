// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"

#include <QHash>
#include <QObject>

namespace replog {

// Where the log of the cluster begins and ends, how far it is committed, and who is read: from what each node
// has told of itself. It keeps no nodes; ClusterModel hands them in whenever one of them has changed, and
// each change goes out as one signal, after the figure has changed. GUI thread.
class LogEnd : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    // A fenced master may still run beside the new one: the one with the higher epoch is the master. nullptr
    // if there is none.
    static const NodeInfo *leader(const QList<NodeInfo> &nodes);

    quint64 lastId() const { return m_lastId; }
    quint64 firstId() const { return m_firstId; }
    quint64 committedId() const { return m_committedId; }
    quint64 epoch() const { return m_epoch; }
    QString reader() const { return m_reader; }

    void clear();                              // without a signal: another cluster follows
    void restart();                            // the log of another master follows
    void handleMaster(const NodeInfo &master); // has told where its log ends
    void handleRenamed(const QString &from, const QString &to);
    void update(const QList<NodeInfo> &nodes);
    void updateReader(const QList<NodeInfo> &nodes); // when one has left

signals:
    void messagesAppended(quint64 first, quint64 last);
    void logReset(quint64 lastId);
    void firstIdChanged(quint64 firstId);
    void committedChanged(quint64 committedId);
    void epochChanged(quint64 epoch);
    void readerChanged(const QString &name);

private:
    void forget();

    quint64 m_lastId = 0;
    quint64 m_masterLastId = 0; // as the master's status says
    // The master's log was cut back, and a secondary's last status may be older than that: the end goes back
    // until no node tells of more than the master. Where that one leads nobody (it is fenced, or gone), the
    // end is what the nodes have told since then, whether they are heard now or not.
    bool m_isCut = false;
    struct Told
    {
        quint64 lastId = 0;
        quint64 committedId = 0;
    };
    QHash<QString, Told> m_toldSince; // by node
    quint64 m_firstId = 1;
    quint64 m_committedId = 0;
    quint64 m_epoch = 0;
    QString m_reader;
};

} // namespace replog
