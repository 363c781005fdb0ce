// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustersession.h"
#include "gui/control/nodecontrol.h"
#include "gui/timeline/eventmodel.h"

#include <QObject>

namespace replog {

// Writes down what the session, its model and whoever runs the nodes report. Starts afresh with each cluster.
class EventRecorder : public QObject
{
    Q_OBJECT
public:
    // Both must outlive it.
    EventRecorder(ClusterSession &session, EventModel &events, QObject *parent = nullptr);

private:
    void add(EventKind kind, const QString &node, const QString &text);
    void handleOpened();
    void tellAppended(quint64 upTo);
    void handleHeld(const QString &node, quint64 from, quint64 to);
    void handleCommitted(quint64 committedId);
    void handleLongWait(quint64 id);
    void handleRetried(const QString &node, quint64 retries, const QString &error);
    void handleAppendFinished(const ClientAppendResult &result);
    void handleAction(const QString &node, NodeControl::Action action);
    void handleProcess(const QString &node, ProcessState state);

    ClusterSession &m_session;
    EventModel &m_events;
    QSet<quint64> m_longWaits; // that have been told of
    quint64 m_appended = 0;    // the last message that has been
};

} // namespace replog
