// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/clusterinvariants.h"
#include "tests/support/simulatedcluster.h"

#include <QHash>
#include <QStringList>

namespace replog {

// A history of a cluster as text, in blocks of commands, a line "----", the expected output, and an empty
// line. Lines that begin with # are comments. tests/unit/scenario/README.md lists the commands.
class Scenario : public QObject
{
    Q_OBJECT
public:
    Scenario();

    // Runs the text and returns it with the actual output in place of the expected one.
    QString run(const QString &text);
    // The first violated invariant; empty if there is none.
    const QString &violation() const { return m_violation; }

private:
    void execute(const QString &line);
    void start(const QStringList &words, bool promote);
    void configure(const QStringList &words);
    void send(const QStringList &words);
    void move(const QString &how, const QStringList &words);
    void show(const QStringList &names);
    void showLog(const QStringList &names);
    void showDigests(const QStringList &names);
    void showMembers();
    void showMessages();
    void showWaits();
    void tell(QByteArray line);
    void check();
    SimulatedCluster::Node &master() { return m_cluster.node(m_master); }

    SimulatedCluster m_cluster;
    ClusterInvariants m_invariants;
    QStringList m_told;
    QString m_violation;
    QHash<QString, MemoryLogStore::Content> m_copies;
    QHash<Id128, QByteArray> m_logNames; // a log is named after the master on which it was first seen
    QByteArray m_master = "m";           // the master of commands that name none
};

} // namespace replog
