// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/simulatedcluster.h"

#include <QObject>

#include <map>
#include <set>

namespace replog {

// What must hold in a SimulatedCluster after every step, whatever happened, judged by the stores' durable content and
// by what was seen before; the state machines' own books are never asked.
//
// - one order: ids dense from 1, epochs never going down, the same id and epoch is the same entry everywhere
// - once: a message is in a log no oftener than it was sent, an idempotency key in one run
// - what is committed anywhere is the same everywhere, for ever, also over crashes; committed ids never go back
// - nothing is visible that is not durable; a secondary's committed id is never ahead of what a master had reached
// - nothing is answered or committed that w nodes did not hold durably then
// - nothing answered is lost
class ClusterInvariants : public QObject
{
    Q_OBJECT
public:
    explicit ClusterInvariants(SimulatedCluster &cluster);

    // Looks at everything. The first thing that was ever wrong, or nothing.
    const QString &check();
    // An operator gave up what the cluster had promised (a promotion, a lost disk): promises begin anew.
    void forgetPromises();
    // A secondary was promoted that held the longest log of the newest epoch: only what the old master held alone may
    // be lost with it.
    void handlePromotion(const QByteArray &promoted, const QByteArray &old);
    // What this node holds committed is no longer the cluster's history, until its disk is wiped.
    void expectDivergence(const QByteArray &node) { m_divergent.insert(node); }
    void handleSubmitted(const AppendRequest &request);
    // The machine of a node went down: its committed id may be the one of its last sync.
    void handleMachineCrash(const QByteArray &node) { m_committedOf.erase(node); }

private:
    void handleAnswered(const SimulatedCluster::Client &client);
    void checkLog(const SimulatedCluster::Node &node);
    void checkCommitted(const SimulatedCluster::Node &node);
    int holders(const Entry &entry) const;
    void violated(const QString &what);

    SimulatedCluster &m_cluster;
    QString m_violation;
    std::map<QByteArray, quint64> m_revisions;
    std::map<QByteArray, quint64> m_committedOf;
    std::map<std::pair<quint64, quint64>, Entry> m_entries;   // by id and epoch
    std::map<quint64, Entry> m_committed;                     // ever seen committed, anywhere
    std::map<quint64, Entry> m_answered;
    std::map<QByteArray, int> m_sent;
    std::set<QByteArray> m_keys;
    std::set<QByteArray> m_divergent;
    std::map<QByteArray, std::vector<Entries>> m_wiped;       // what nodes held when their disks were lost
    quint64 m_masterCommitted = 0;
};

} // namespace replog
