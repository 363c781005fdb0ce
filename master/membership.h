// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/replicator.h"
#include "shared/log/registration.h"
#include "shared/store/logstore.h"

#include <QObject>
#include <QUrl>

#include <functional>
#include <map>
#include <memory>

namespace replog {

// The secondaries that the master knows, each with its replicator. A member is a node id; its name and
// address may change, and names are unique. Members are kept over restarts, with the acks that they have
// given (after a crash those of the last second may be missing; they are learned again). Pure but for the
// store and the transports that it is handed. Admission decides who becomes a member.
class Membership : public QObject
{
    Q_OBJECT
public:
    using TransportFactory = std::function<std::unique_ptr<PeerTransport>()>;

    struct Member
    {
        Id128 nodeId;
        QByteArray name;
        QUrl url;
        Id128 instance; // the process last heard of; null: none in this run
        std::unique_ptr<PeerTransport> transport;
        std::unique_ptr<Replicator> replicator;
        quint64 storedAck = 0;
    };

    Membership(QByteArray masterName, const Replicator::Config &config, LogSource &log, LogStore &store,
               TransportFactory transports, Scheduler &scheduler, RandomSource &random,
               QObject *parent = nullptr);
    ~Membership() override;

    // Reads the members of an earlier run.
    void start(const QHash<QByteArray, QByteArray> &meta);
    // Makes the node a member, as it describes itself, and asks it where it stands. If another node has the
    // name, that node is dropped with its acks. Calls `done` when this is durable.
    void admit(const Registration &registration, LogStore::Done done);
    // False if there is no such member.
    bool forget(const QByteArray &name, LogStore::Done done);
    bool retryNow(const QByteArray &name);

    void handleAppended();
    void handleCommitted();
    // For good: nothing is sent to members any more, and none of their answers counts.
    void stop();

    const std::map<QByteArray, Member> &members() const { return m_members; } // by name
    int size() const { return static_cast<int>(m_members.size()); }
    // Null if there is none.
    const Member *byName(const QByteArray &name) const;
    const Member *byId(const Id128 &nodeId) const;
    // Members that are healthy.
    int healthyCount() const;
    // Whether any node ever acked an entry of this log, in whichever run.
    bool wasEverAcked() const { return m_wasEverAcked; }
    // Notes that a node has acked this log: it was on a secondary.
    void noteAcked();

signals:
    void sent(const QByteArray &name, quint64 first, quint64 last, quint64 committedId, bool again);
    void acked(const replog::Id128 &node, quint64 id);
    void dropped(const replog::Id128 &node); // its acks do not count any more
    void memberAdded(const QByteArray &name);
    void memberMoved(const QByteArray &name, const QUrl &url);
    void memberRenamed(const QByteArray &before, const QByteArray &name);
    void memberReplaced(const QByteArray &name); // another node has the name now; after dropped()
    void memberRemoved(const QByteArray &name);  // forgotten; after dropped()
    void healthChanged(const QByteArray &name, replog::NodeHealth health);
    void failedAttempt(const QByteArray &name, const QString &error, int consecutiveFailures);
    void recovered(const QByteArray &name, int failures);
    void fencedBy(const QString &why);

private:
    using Members = std::map<QByteArray, Member>;

    Member &add(const Id128 &nodeId, const QByteArray &name, const QUrl &url);
    Member &rename(Member &member, const QByteArray &name);
    void drop(Members::iterator it, LogStore::Done done);
    void store(Member &member, LogStore::Done done);
    void handleAcked(Member &member, quint64 id);
    void storeAcks();

    const QByteArray m_masterName;
    const Replicator::Config m_config;
    LogSource &m_log;
    LogStore &m_store;
    TransportFactory m_transports;
    Scheduler &m_scheduler;
    RandomSource &m_random;
    Members m_members;
    bool m_wasEverAcked = false;
    bool m_isStopped = false;
    Scheduler::TimerId m_storeTimer = 0;
};

} // namespace replog
