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

// The secondaries that the master knows, each with its replicator. Kept over restarts, with the acks they had
// given (those of the last second may be missing after a crash; they are learned anew). Pure but for the
// store and the transports that it is handed.
class Membership : public QObject
{
    Q_OBJECT
public:
    using TransportFactory = std::function<std::unique_ptr<PeerTransport>()>;

    Membership(QByteArray masterName, const Replicator::Config &config, LogSource &log, LogStore &store,
               TransportFactory transports, Scheduler &scheduler, RandomSource &random,
               QObject *parent = nullptr);
    ~Membership() override;

    // Takes up the members of an earlier run.
    void start(const QHash<QByteArray, QByteArray> &meta);
    // `done` when the member is durably known. The name must be valid.
    void registerNode(const Registration &registration, LogStore::Done done);
    // False if there is no such member.
    bool forget(const QByteArray &name, LogStore::Done done);
    bool retryNow(const QByteArray &name);

    void handleAppended();
    void handleCommitted();

    struct Member
    {
        Id128 nodeId;
        QUrl url;
        std::unique_ptr<PeerTransport> transport;
        std::unique_ptr<Replicator> replicator;
        quint64 storedAck = 0;
    };
    const std::map<QByteArray, Member> &members() const { return m_members; }
    int size() const { return static_cast<int>(m_members.size()); }
    // Members that are healthy.
    int healthyCount() const;

signals:
    void acked(const QByteArray &node, quint64 id);
    void memberAdded(const QByteArray &node);
    void memberMoved(const QByteArray &node, const QUrl &url); // registered from elsewhere
    void memberRemoved(const QByteArray &node);
    void healthChanged(const QByteArray &node, replog::NodeHealth health);
    void failedAttempt(const QByteArray &node, const QString &error, int consecutiveFailures);
    void recovered(const QByteArray &node, int failures);
    void fencedBy(const QByteArray &node, quint64 epoch, const QString &why);

private:
    // Why this master may not go on, having heard of the one that the node follows; empty if it may.
    QString staleness(const Registration &registration) const;
    Member &add(const QByteArray &name, const Id128 &nodeId, const QUrl &url);
    void store(const QByteArray &name, Member &member, LogStore::Done done);
    void storeAcks();

    const QByteArray m_masterName;
    const Replicator::Config m_config;
    LogSource &m_log;
    LogStore &m_store;
    TransportFactory m_transports;
    Scheduler &m_scheduler;
    RandomSource &m_random;
    std::map<QByteArray, Member> m_members;
    Scheduler::TimerId m_storeTimer = 0;
};

} // namespace replog
