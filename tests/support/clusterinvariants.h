// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/simulatedcluster.h"

#include <QObject>

#include <map>
#include <set>
#include <tuple>

namespace replog {

// What must hold in a SimulatedCluster after every step, whatever happened, judged by the stores' durable
// content and by what was seen before; the state machines' own books are never asked.
//
// - what a node holds is of one log, its own, and was sent to a master of that log
// - one order: ids dense from 1, epochs never going down, the same id and epoch is the same entry behind the
// same one
//   everywhere, and was sent to the start of a master that its epoch is of
// - once: a message is in a log no oftener than it was sent, an idempotency key in one run
// - what is committed anywhere is the same everywhere, for ever, also over crashes; committed ids never go
// back. Where
//   a master is put back from a copy of its disk, a history begins that has only what was committed there;
//   each node shows a part of one history
// - nothing is visible that is not durable; a secondary's committed id is never ahead of what a master had
// reached
// - nothing is answered or committed that w nodes did not hold durably then; a node is a node id, on however
// many disks, under whatever names
// - no master is fenced but by a higher epoch, another start of its own, or more committed entries of its
// log; or, while no node has acked its log, by more committed entries of another one; or, made of a backup,
// by entries behind those of the backup
// - what is given up was committed, and no member lacked it, unless that was forced; first ids go back at
// most where
//   a node is started anew
// - nothing answered is lost, save what the operator took away who put an older copy in the place of a
// master's disk
class ClusterInvariants : public QObject
{
    Q_OBJECT
public:
    explicit ClusterInvariants(SimulatedCluster &cluster);

    // Looks at everything. The first thing that was ever wrong, or nothing.
    const QString &check();
    // An operator gave up what the cluster had promised (a promotion, a lost disk): promises begin anew.
    void forgetPromises();
    // A secondary was promoted that held the longest log of the newest epoch: only what the old master held
    // alone may be lost with it.
    void handlePromotion(const QByteArray &promoted, const QByteArray &old);
    // What this node holds committed is no longer the cluster's history, until its disk is wiped.
    void expectDivergence(const QByteArray &node) { m_divergent.insert(node); }
    void handleSubmitted(const QByteArray &master, const AppendRequest &request);
    // The machine of a node went down: its committed id may be the one of its last sync.
    void handleMachineCrash(const QByteArray &node) { m_committedOf.erase(node); }

private:
    // Id, and number and start of the epoch.
    using EntryName = std::tuple<quint64, quint64, quint64>;
    using History = std::map<quint64, Entry>;
    // What was ever seen of one log.
    struct Log
    {
        std::map<EntryName, std::pair<Entry, EntryName>> entries; // and the one before
        std::vector<History> histories{1}; // what was ever seen committed, anywhere; the last is the master's
        std::map<quint64, Entry> answered;
        std::map<QByteArray, std::set<quint64>> sentTo; // the starts of masters that a message was sent to
        std::set<QByteArray> keys;
        std::set<std::pair<quint64, quint64>> epochs; // number and start
        quint64 masterCommitted = 0;
        quint64 committed = 0; // the most
        quint64 firstId = 1;   // the same
    };
    // What a disk held that was lost or replaced.
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
    std::map<QByteArray, std::pair<int, quint64>> m_firstOf; // the start of the node, and its first id
    std::map<QByteArray, quint64> m_judgedRevisions; // those at which the committed part was looked at
    std::map<QByteArray, int> m_fencedAtStart;       // the start of the node that was judged
    std::map<QByteArray, quint64> m_endWhenFenced;   // of its log
    std::map<Id128, Log> m_logs;
    std::map<QByteArray, int> m_sent;
    std::set<QByteArray> m_divergent;
    std::vector<Earlier> m_earlier;
};

} // namespace replog
