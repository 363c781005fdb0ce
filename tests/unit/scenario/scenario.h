// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/clusterinvariants.h"
#include "tests/support/simulatedcluster.h"

#include <QHash>
#include <QStringList>

namespace replog {

// A history of a cluster as text: commands, a line "----", what they are expected to tell, an empty line;
// over and over. Lines that begin with # are remarks. tests/unit/scenario/README.md lists the commands.
class Scenario : public QObject
{
    Q_OBJECT
public:
    Scenario();

    // Runs the text; the same text with what was really told in place of what was expected.
    QString run(const QString &text);
    // What broke a promise, if anything did.
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
    QHash<Id128, QByteArray> m_logNames; // by whose master a log was first seen
    QByteArray m_master = "m";           // the one that commands mean if they name none
};

} // namespace replog
