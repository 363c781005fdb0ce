// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/simulatedcluster.h"

#include <QObject>

#include <map>
#include <set>
#include <tuple>

namespace replog {

// Invariants of a SimulatedCluster after every step. They are checked against the durable content of the
// stores and what was seen before, never against the state machines' own records.
//
// - a node's entries belong to one log, its own, and were sent to a master of that log
// - one order: ids are dense from 1, epochs never go down, an id with an epoch is the same entry with the
// same
//   predecessor everywhere, and that entry was sent to the start of a master to which its epoch belongs
// - once: a message is in a log at most as often as it was sent, an idempotency key in one run
// - an entry committed anywhere is the same everywhere, for ever, also over crashes; committed ids never go
//   back. If a master is replaced by a copy of its disk, a new history begins with only the entries committed
//   there; each node shows a part of one history
// - visible id <= durable id; a secondary's committed id <= the highest that a master had reached
// - an answered or committed entry was held durably by >= w nodes at that time; nodes are counted by node id,
//   on any number of disks and under any names
// - a master is fenced only by a higher epoch, another start of its own epoch, or more committed entries of
//   its log; while no node has acked its log, by more committed entries of another one; and if it was
//   restored from a backup, by entries behind those of the backup
// - trimmed entries were committed, and every member held them unless the trim was forced; first ids go back
//   at most when a node is started anew
// - no answered entry is lost, except those that an operator removed by putting an older copy in place of a
//   master's disk
class ClusterInvariants : public QObject
{
    Q_OBJECT
public:
    explicit ClusterInvariants(SimulatedCluster &cluster);

    // Checks all invariants. Returns the first violation ever found; empty if there is none.
    const QString &check();
    // An operator gave up the cluster's promises (promotion, lost disk): they begin anew.
    void forgetPromises();
    // The secondary with the longest log of the newest epoch was promoted: only entries that the old master
    // held alone may be lost.
    void handlePromotion(const QByteArray &promoted, const QByteArray &old);
    // This node's committed entries are not part of the cluster's history until its disk is wiped.
    void expectDivergence(const QByteArray &node) { m_divergent.insert(node); }
    void handleSubmitted(const QByteArray &master, const AppendRequest &request);
    // The machine of a node went down: its committed id may go back to that of its last sync.
    void handleMachineCrash(const QByteArray &node) { m_committedOf.erase(node); }

private:
    // Id of an entry, and number and start of its epoch.
    using EntryName = std::tuple<quint64, quint64, quint64>;
    using History = std::map<quint64, Entry>;
    // Everything seen so far of one log.
    struct Log
    {
        std::map<EntryName, std::pair<Entry, EntryName>> entries; // entry and its predecessor
        // Committed entries seen on any node; the last history is the master's.
        std::vector<History> histories{1};
        std::map<quint64, Entry> answered;
        // Message -> starts of the masters to which it was sent.
        std::map<QByteArray, std::set<quint64>> sentTo;
        std::set<QByteArray> keys;
        std::set<std::pair<quint64, quint64>> epochs; // number and start of each
        quint64 masterCommitted = 0;
        quint64 committed = 0; // the highest seen
        quint64 firstId = 1;   // the highest seen
    };
    // Content of a disk that was lost or replaced.
    struct Earlier
    {
        Id128 nodeId;
        Id128 logId;
        Entries entries;
    };

    void handlePuttingBack(const QByteArray &key, const MemoryLogStore::Content &copy);
    void keepEarlier(const SimulatedCluster::Node &node);
    History &historyOf(const SimulatedCluster::Node &node, quint64 committedId);
    void handleAnswered(const SimulatedCluster::Client &client);
    void noteEpochs();
    void checkLog(const SimulatedCluster::Node &node);
    void checkCommitted(const SimulatedCluster::Node &node);
    void checkFirst(const SimulatedCluster::Node &node);
    bool everHeld(const Id128 &nodeId, const Id128 &logId, quint64 id) const;
    void checkFenced(const SimulatedCluster::Node &node);
    int holders(const Id128 &logId, const Entry &entry) const;
    void violated(const QString &what);

    SimulatedCluster &m_cluster;
    QString m_violation;
    std::map<QByteArray, quint64> m_revisions;
    std::map<QByteArray, quint64> m_committedOf;
    std::map<QByteArray, std::pair<int, quint64>> m_firstOf; // by node: its start and first id
    // By node: store revision at which the committed part was checked.
    std::map<QByteArray, quint64> m_judgedRevisions;
    std::map<QByteArray, int> m_fencedAtStart;     // by node: its start that was checked
    std::map<QByteArray, quint64> m_endWhenFenced; // by node: last id when it was fenced
    std::map<Id128, Log> m_logs;
    std::map<QByteArray, int> m_sent;
    std::set<QByteArray> m_divergent;
    std::vector<Earlier> m_earlier;
};

} // namespace replog
