// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustersession.h"
#include "gui/cluster/nodecontrol.h"
#include "gui/cluster/replacednodes.h"
#include "gui/timeline/eventmodel.h"

#include <QHash>
#include <QObject>
#include <QTimer>

namespace replog {

// Makes events from the signals of session, model and node control. Begins with an empty list for each
// cluster. What a node holds as the cluster is opened did not happen then, and makes no event; what one holds
// that is heard for the first time later is told.
class EventRecorder : public QObject
{
    Q_OBJECT
public:
    // Both must outlive it.
    EventRecorder(ClusterSession &session, EventModel &events, QObject *parent = nullptr);

private:
    void add(EventKind kind, const QString &node, const QString &text);
    void handleOpened();
    void handleChanged(const NodeInfo &node);
    void handleFirstWord(const NodeInfo &node);
    void tellAppended(quint64 upTo);
    void handleHeld(const QString &node, quint64 from, quint64 to);
    void tellCommitted();
    void handleLongWait(quint64 id);
    void handleRetried(const QString &node, quint64 retries, const QString &error);
    void handleAppendFinished(const ClientAppendResult &result);
    void handleAction(const QString &node, NodeControl::Action action);
    void handleProcess(const QString &node, ProcessState state);

    ClusterSession &m_session;
    EventModel &m_events;
    ReplacedNodes m_replaced;
    QSet<quint64> m_longWaits; // waits that have an event
    QSet<QString> m_heard;     // nodes whose log is known since a first word
    QSet<QString> m_foundHeld; // of these: what the node held then has not been signalled yet
    quint64 m_appended = 0;    // the last message with an append event, or found in the log
    quint64 m_committed = 0;   // likewise
    bool m_forgets = false;    // the log of another master follows, and is told of once
    bool m_opening = true;     // no master has told of its members yet
    QTimer m_openedSoon;       // ends when its first status has been taken
    QHash<QString, ProcessState> m_processes;
    QTimer m_committedSoon; // ends when the whole status has been taken
};

} // namespace replog
