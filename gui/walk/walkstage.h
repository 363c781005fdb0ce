// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustersession.h"
#include "gui/cluster/nodecontrol.h"
#include "gui/walk/walkengine.h"

#include <QHash>
#include <QObject>

namespace replog {

class ClusterLauncher;

// The actions and checks of a walk's steps: on a new local cluster, its clients and its nodes.
class WalkStage : public QObject
{
    Q_OBJECT
public:
    using Report = std::function<void(const WalkFinding &)>;

    // Both must outlive it.
    WalkStage(ClusterLauncher &launcher, ClusterSession &session, QObject *parent = nullptr);

    // Opens a new temporary cluster, and starts its master and `started`. It takes the place of no other:
    // with one open the next check fails.
    void openFresh(int secondaries, const QStringList &started);
    void append(const QString &message, int w);
    void perform(const QString &node, NodeControl::Action action);
    // `then` runs when the node has taken them.
    void setFaults(const QString &node, const QJsonObject &faults, std::function<void()> then = {});
    void rememberEpoch();

    // Checks:
    void membersAnswer(const QStringList &nodes, Report report) const; // they are healthy members
    void answered(const QString &message, Report report) const;        // its client got OK
    void waits(const QString &message, quint64 id, quint32 acks,
               Report report) const;                              // and its client has no answer
    void clientLost(const QString &message, Report report) const; // its client got no OK
    void shows(const QList<std::pair<QString, QStringList>> &nodes,
               Report report); // what readers of each node see
    void holdsAll(const QString &node, const QStringList &messages, Report report); // committed or not
    void retriedAtLeast(const QString &node, quint64 times, Report report) const;
    void epochHasRisen(Report report) const;
    void stopped(const QString &node, Report report) const;
    void committedUpTo(quint64 id, Report report) const;
    void sameLogs(const QString &one, const QString &other, quint64 to, Report report);

    // Runs the checks one after the other: reports the first that is not as expected, or else all texts.
    static std::function<void(Report)> all(const QList<std::function<void(Report)>> &looks);

signals:
    // A cluster was opened or closed, and not by this stage: what a walk does next would reach a cluster that
    // is not the walk's.
    void clusterChanged();

private:
    void handleSession();
    void read(const QString &node, const QString &query,
              std::function<void(const QStringList &, const QString &error)> done);

    ClusterLauncher &m_launcher;
    ClusterSession &m_session;
    bool m_isOpening = false;
    QString m_problem;                             // why an action failed
    QHash<QString, quint64> m_tickets;             // by message
    QHash<quint64, ClientAppendResult> m_outcomes; // by ticket
    QSet<quint64> m_interrupted;
    quint64 m_epochBefore = 0;
};

} // namespace replog
