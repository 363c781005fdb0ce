// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/membership.h"

#include <algorithm>
#include <utility>

namespace replog {

namespace {
// "member/<node id>": "<acked id> <name> <url>".
constexpr char Prefix[] = "member/";
constexpr char EverAckedKey[] = "log-acked";
constexpr qint64 StoreAcksMs = 1000;

QByteArray metaKey(const Id128 &nodeId)
{
    return Prefix + nodeId.toHex();
}

// What an operator needs to find it.
QByteArray placeOf(const QByteArray &name, const QUrl &url)
{
    return name + " at " + url.toString().toUtf8();
}
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
    m_wasEverAcked = m_wasEverAcked || meta.contains(EverAckedKey);
    for (auto it = meta.cbegin(); it != meta.cend(); ++it) {
        if (!it.key().startsWith(Prefix))
            continue;
        const auto nodeId = Id128::fromHex(QByteArrayView(it.key()).sliced(sizeof(Prefix) - 1));
        const QList<QByteArray> fields = it.value().split(' ');
        if (!nodeId || fields.size() != 3)
            continue;
        Member &member = add(*nodeId, fields[1], QUrl(QString::fromUtf8(fields[2])));
        member.storedAck = std::min(fields[0].toULongLong(), m_log.flushedId());
    }
    // In the order of their names, not of the hash: the same history runs the same way each time.
    for (const auto &[name, member] : m_members) {
        emit memberAdded(name);
        emit acked(member.nodeId, member.storedAck);
        member.replicator->start(member.storedAck);
    }
}

void Membership::admit(const Registration &registration, LogStore::Done done)
{
    const auto holder = m_members.find(registration.node.name);
    const bool isReplacement = holder != m_members.end() && holder->second.nodeId != registration.node.nodeId;
    if (isReplacement)
        drop(holder, {});
    auto *known = const_cast<Member *>(byId(registration.node.nodeId));
    const QByteArray nameBefore = known ? known->name : QByteArray();
    Member &member = !known ? add(registration.node.nodeId, registration.node.name, registration.url)
                     : nameBefore != registration.node.name ? rename(*known, registration.node.name)
                                                            : *known;
    const bool isRenamed = known && nameBefore != registration.node.name;
    const bool isMoved = known && member.url != registration.url;
    const bool isElsewhere = isMoved || member.instance != registration.node.instance;
    if (isMoved) {
        member.url = registration.url;
        member.transport->setUrl(registration.url);
    }
    member.replicator->setPlace(placeOf(member.name, member.url));
    member.instance = registration.node.instance;
    // Also if nothing has changed: what an earlier registration stored may not be durable yet.
    store(member, std::move(done));

    if (isReplacement)
        emit memberReplaced(member.name);
    if (!known) {
        emit memberAdded(member.name);
        emit acked(member.nodeId, 0);
    }
    if (isRenamed)
        emit memberRenamed(nameBefore, member.name);
    if (isMoved)
        emit memberMoved(member.name, member.url);
    member.replicator->handleRegistered({registration.node.last, registration.node.committedId, isElsewhere});
}

bool Membership::forget(const QByteArray &name, LogStore::Done done)
{
    const auto it = m_members.find(name);
    if (it == m_members.end())
        return false;
    drop(it, std::move(done));
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

void Membership::stop()
{
    m_isStopped = true;
    for (const auto &[name, member] : m_members)
        member.replicator->stop();
}

const Membership::Member *Membership::byName(const QByteArray &name) const
{
    const auto it = m_members.find(name);
    return it == m_members.end() ? nullptr : &it->second;
}

const Membership::Member *Membership::byId(const Id128 &nodeId) const
{
    const auto it = std::find_if(m_members.begin(), m_members.end(),
                                 [&nodeId](const auto &each) { return each.second.nodeId == nodeId; });
    return it == m_members.end() ? nullptr : &it->second;
}

int Membership::healthyCount() const
{
    return static_cast<int>(std::count_if(m_members.cbegin(), m_members.cend(), [](const auto &each) {
        return each.second.replicator->nodeHealth() == NodeHealth::Healthy;
    }));
}

void Membership::noteAcked()
{
    if (std::exchange(m_wasEverAcked, true))
        return;
    m_store.putMeta(EverAckedKey, "1", {});
}

Membership::Member &Membership::add(const Id128 &nodeId, const QByteArray &name, const QUrl &url)
{
    Member &member = m_members[name]; // a member keeps its address in memory, also when it is renamed
    member.nodeId = nodeId;
    member.name = name;
    member.url = url;
    member.transport = m_transports();
    member.transport->setUrl(url);
    member.replicator = std::make_unique<Replicator>(m_masterName, nodeId, placeOf(name, url), m_config,
                                                     m_log, *member.transport, m_scheduler, m_random);
    Replicator *const replicator = member.replicator.get();
    connect(replicator, &Replicator::acked, this, [this, &member](quint64 id) { handleAcked(member, id); });
    connect(replicator, &Replicator::answeredBy, this,
            [&member](const Id128 &instance) { member.instance = instance; });
    connect(replicator, &Replicator::healthChanged, this,
            [this, &member] { emit healthChanged(member.name, member.replicator->nodeHealth()); });
    connect(replicator, &Replicator::sent, this,
            [this, &member](quint64 first, quint64 last, quint64 committedId, bool again) {
                emit sent(member.name, first, last, committedId, again);
            });
    connect(replicator, &Replicator::failedAttempt, this,
            [this, &member](const QString &error, int failures) {
                emit failedAttempt(member.name, error, failures);
            });
    connect(replicator, &Replicator::recovered, this,
            [this, &member](int failures) { emit recovered(member.name, failures); });
    connect(replicator, &Replicator::fencedBy, this, &Membership::fencedBy);
    if (m_isStopped)
        replicator->stop();
    return member;
}

Membership::Member &Membership::rename(Member &member, const QByteArray &name)
{
    auto node = m_members.extract(member.name);
    node.key() = name;
    Member &renamed = m_members.insert(std::move(node)).position->second;
    renamed.name = name;
    return renamed;
}

void Membership::drop(Members::iterator it, LogStore::Done done)
{
    const Member member = std::move(it->second);
    m_members.erase(it);
    m_store.removeMeta(metaKey(member.nodeId), std::move(done));
    emit dropped(member.nodeId);
}

void Membership::store(Member &member, LogStore::Done done)
{
    member.storedAck = member.replicator->ackedId();
    m_store.putMeta(metaKey(member.nodeId),
                    QByteArray::number(member.storedAck) + ' ' + member.name + ' ' +
                        member.url.toString(QUrl::FullyEncoded).toUtf8(),
                    std::move(done));
}

void Membership::handleAcked(Member &member, quint64 id)
{
    if (id > 0)
        noteAcked();
    // What a node has lost must not be counted after a restart either.
    if (id < member.storedAck)
        store(member, {});
    if (m_storeTimer == 0) {
        m_storeTimer = m_scheduler.schedule(StoreAcksMs, [this] {
            m_storeTimer = 0;
            storeAcks();
        });
    }
    emit acked(member.nodeId, id);
}

void Membership::storeAcks()
{
    for (auto &[name, member] : m_members) {
        if (member.storedAck != member.replicator->ackedId())
            store(member, {});
    }
}

} // namespace replog
