// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/membership.h"

#include <algorithm>

namespace replog {

namespace {
constexpr char Prefix[] = "member/";
constexpr qint64 StoreAcksMs = 1000;
} // namespace

Membership::Membership(QByteArray masterName, const Replicator::Config &config, LogSource &log,
                       LogStore &store, TransportFactory transports, Scheduler &scheduler,
                       RandomSource &random, QObject *parent)
    : QObject(parent), m_masterName(std::move(masterName)), m_config(config), m_log(log), m_store(store),
      m_transports(std::move(transports)), m_scheduler(scheduler), m_random(random)
{
}

Membership::~Membership()
{
    m_scheduler.cancel(m_storeTimer);
}

void Membership::start(const QHash<QByteArray, QByteArray> &meta)
{
    for (auto it = meta.cbegin(); it != meta.cend(); ++it) {
        if (!it.key().startsWith(Prefix))
            continue;
        const QList<QByteArray> line = it.value().split(' '); // acked id, node id, URL
        if (line.size() != 3)
            continue;
        Member &member = add(it.key().mid(sizeof(Prefix) - 1), Id128::fromHex(line[1]).value_or(Id128{}),
                             QUrl(QString::fromUtf8(line[2])));
        member.storedAck = std::min(line[0].toULongLong(), m_log.lastId());
    }
    // In the order of their names, not of the hash: the same history runs the same way each time.
    for (const auto &[name, member] : m_members) {
        emit memberAdded(name);
        emit acked(name, member.storedAck);
        member.replicator->start(member.storedAck);
    }
}

void Membership::registerNode(const Registration &registration, LogStore::Done done)
{
    const NodeStanding &node = registration.node;
    const auto it = m_members.find(node.name);
    const bool known = it != m_members.end();
    Member &member = known ? it->second : add(node.name, node.nodeId, registration.url);
    const bool moved = known && (member.url != registration.url || member.nodeId != node.nodeId);
    if (moved) {
        member.url = registration.url;
        member.nodeId = node.nodeId;
        member.replicator->setNodeId(node.nodeId);
        member.transport->setUrl(registration.url);
        emit memberMoved(node.name, registration.url);
    }
    if (!known || moved)
        store(node.name, member, std::move(done));
    if (!known) {
        emit memberAdded(node.name);
        emit acked(node.name, 0);
    }
    if (const QString why = staleness(registration); why.isEmpty())
        member.replicator->handleRegistered(node.last, node.committedId, node.logId);
    else
        emit fencedBy(node.name, node.epoch.number, why);
    if (known && !moved)
        done({});
}

QString Membership::staleness(const Registration &registration) const
{
    // Another log with committed entries: one of the two began anew. It is this one, if no member holds any
    // of it.
    const NodeStanding &node = registration.node;
    const bool otherLog = !node.logId.isNull() && node.logId != m_log.logId();
    if (otherLog && node.committedId > 0 &&
        std::all_of(m_members.cbegin(), m_members.cend(),
                    [](const auto &each) { return each.second.replicator->ackedId() == 0; }))
        return QStringLiteral("%1 holds committed entries of another log, and nobody else holds this one")
            .arg(QLatin1StringView(node.name));
    const Epoch own = m_log.epoch();
    const bool sameNumber = node.epoch.number == own.number;
    if (node.epoch.number < own.number || (sameNumber && (otherLog || node.epoch.matches(own))))
        return {};
    const QString what = QStringLiteral("%1 follows another master with epoch %2")
                             .arg(QLatin1StringView(node.name))
                             .arg(node.epoch.number);
    return sameNumber ? QStringLiteral("%1 of another start: %2").arg(what, QLatin1StringView(EpochsApart))
                      : what;
}

bool Membership::forget(const QByteArray &name, LogStore::Done done)
{
    const auto it = m_members.find(name);
    if (it == m_members.end())
        return false;
    const Member member = std::move(it->second);
    m_members.erase(it);
    m_store.removeMeta(Prefix + name, std::move(done));
    emit memberRemoved(name);
    return true;
}

bool Membership::retryNow(const QByteArray &name)
{
    const auto it = m_members.find(name);
    if (it == m_members.end())
        return false;
    it->second.replicator->retryNow();
    return true;
}

void Membership::handleAppended()
{
    for (const auto &[name, member] : m_members)
        member.replicator->handleAppended();
}

void Membership::handleCommitted()
{
    for (const auto &[name, member] : m_members)
        member.replicator->handleCommitted();
}

int Membership::healthyCount() const
{
    return static_cast<int>(std::count_if(m_members.cbegin(), m_members.cend(), [](const auto &each) {
        return each.second.replicator->nodeHealth() == NodeHealth::Healthy;
    }));
}

Membership::Member &Membership::add(const QByteArray &name, const Id128 &nodeId, const QUrl &url)
{
    Member &member = m_members[name];
    member.nodeId = nodeId;
    member.url = url;
    member.transport = m_transports();
    member.transport->setUrl(url);
    member.replicator = std::make_unique<Replicator>(m_masterName, name, m_config, m_log, *member.transport,
                                                     m_scheduler, m_random);
    Replicator *const replicator = member.replicator.get();
    replicator->setNodeId(nodeId);
    connect(replicator, &Replicator::acked, this, [this, name](quint64 id) {
        if (m_storeTimer == 0) {
            m_storeTimer = m_scheduler.schedule(StoreAcksMs, [this] {
                m_storeTimer = 0;
                storeAcks();
            });
        }
        emit acked(name, id);
    });
    connect(replicator, &Replicator::healthChanged, this,
            [this, name, replicator] { emit healthChanged(name, replicator->nodeHealth()); });
    connect(replicator, &Replicator::failedAttempt, this,
            [this, name](const QString &error, int failures) { emit failedAttempt(name, error, failures); });
    connect(replicator, &Replicator::recovered, this,
            [this, name](int failures) { emit recovered(name, failures); });
    connect(replicator, &Replicator::fencedBy, this,
            [this, name](quint64 epoch, const QString &why) { emit fencedBy(name, epoch, why); });
    return member;
}

void Membership::store(const QByteArray &name, Member &member, LogStore::Done done)
{
    member.storedAck = member.replicator->ackedId();
    m_store.putMeta(Prefix + name,
                    QByteArray::number(member.storedAck) + ' ' + member.nodeId.toHex() + ' ' +
                        member.url.toString().toUtf8(),
                    std::move(done));
}

void Membership::storeAcks()
{
    for (auto &[name, member] : m_members) {
        if (member.storedAck != member.replicator->ackedId())
            store(name, member, {});
    }
}

} // namespace replog
