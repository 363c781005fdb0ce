// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/scenario/schedule.h"

#include "tests/unit/scenario/healing.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

Schedule::Schedule(quint64 seed, bool trace)
    : m_random(seed), m_own(seed ^ 0x9e3779b97f4a7c15U), m_all(makeConfig(seed), trace), m_met(m_all.cluster)
{
    const int secondaries = pick(1, 3);
    for (int i = 1; i <= secondaries; ++i)
        m_all.names.push_back("s" + QByteArray::number(i));
    // A schedule either loses disks or puts copies back, never both: a lost disk may have held the only copy
    // of an entry.
    m_disksAreLost = chance(0.3);
    m_copiesAreMade = !m_disksAreLost && chance(0.4);
    m_all.identitiesMix = !m_copiesAreMade && chance(0.5);
    m_versionsMix = m_own.chance(0.3);
}

QString Schedule::run(int steps)
{
    m_all.start(m_all.master);
    if (m_all.identitiesMix) {
        m_all.start("b");
        m_all.cluster.startSecondary("t1", "b");
        if (chance(0.5))
            letTheOtherClusterHoldSomething();
    }
    for (int i = 1; i <= steps; ++i) {
        step();
        if (m_wrong.isEmpty())
            m_wrong = m_all.invariants.check();
        if (!m_wrong.isEmpty())
            return u"step %1: %2"_s.arg(i).arg(m_wrong);
    }
    return Healing(m_all).heal();
}

SimulatedCluster::Config Schedule::makeConfig(quint64 seed)
{
    SimulatedCluster::Config config;
    config.seed = seed;
    config.master.replication.retry.limit = chance(0.3) ? 3 : 0;
    config.master.replication.retry.maxMs = 1000;
    config.master.replication.batchBytes = chance(0.5) ? 200 : 1024 * 1024;
    config.master.replication.probeBytes = chance(0.5) ? 60 : 16 * 1024;
    config.master.quorumAppend = chance(0.2);
    config.replica.aheadBytes = chance(0.5) ? 200 : 16 * 1024 * 1024;
    // From a separate random source, so that the other schedules stay the same.
    std::mt19937_64 random(~seed);
    const auto upTo = [&random](quint64 from, quint64 to) { return from + random() % (to + 1 - from); };
    if (upTo(1, 10) <= 4) {
        Retention::Config &retention = config.master.retention;
        retention.bytes = upTo(1, 10) <= 7 ? upTo(200, 1500) : 0;
        retention.ageMs = retention.bytes == 0 || upTo(1, 10) <= 3 ? upTo(100, 5000) : 0;
        retention.force = upTo(1, 2) == 1;
    }
    return config;
}

int Schedule::pick(int from, int to)
{
    return std::uniform_int_distribution(from, to)(m_random);
}

bool Schedule::chance(double probability)
{
    return std::uniform_real_distribution(0.0, 1.0)(m_random) < probability;
}

const QByteArray &Schedule::anySecondary()
{
    return m_all.names[static_cast<size_t>(pick(0, static_cast<int>(m_all.names.size()) - 1))];
}

QByteArray Schedule::anyNode()
{
    return chance(0.25) ? m_all.master : anySecondary();
}

void Schedule::step()
{
    // Quiet and eventful phases alternate.
    if (m_weatherSteps-- == 0) {
        m_weatherSteps = pick(20, 300);
        m_storm = chance(0.4) ? 0.0 : chance(0.5) ? 0.3 : 1.0;
    }
    if ((m_disksAreLost || m_copiesAreMade) && m_own.chance(0.01))
        backUp();
    const int what = pick(0, 99);
    if (what < 10)
        append();
    else if (what < 57)
        moveMessage();
    else if (what < 84)
        moveStore();
    else if (what < 89)
        m_all.cluster.scheduler().runDeferred();
    else if (what < 95)
        passTime();
    else if (what < 99)
        crashOrStart();
    else
        operate();
    // Usually a turn of the event loop ends after each event, but several may come in one turn.
    if (chance(0.7))
        m_all.cluster.scheduler().advance(0);
}

void Schedule::append()
{
    if (m_all.identitiesMix && chance(0.2)) {
        appendElsewhere();
        return;
    }
    SimulatedCluster::Node &master = m_all.node(m_all.master);
    if (!master.serving)
        return;
    AppendRequest request;
    if (!m_keyed.empty() && chance(0.15)) {
        request = m_keyed[static_cast<size_t>(pick(0, static_cast<int>(m_keyed.size()) - 1))];
    } else {
        const int count = chance(0.2) ? pick(2, 5) : 1;
        for (int i = 0; i < count; ++i)
            request.messages.emplace_back(QByteArray("m" + QByteArray::number(++m_lastMessage)));
        const int nodes = static_cast<int>(m_all.names.size()) + 1;
        const int kind = pick(0, 9);
        request.concern = kind == 0   ? WriteConcern{Asked::Majority, 0}
                          : kind == 1 ? WriteConcern{Asked::All, 0}
                                      : WriteConcern{Asked::Number, static_cast<quint32>(pick(1, nodes))};
        if (chance(0.3)) {
            request.key = "k" + QByteArray::number(++m_lastKey);
            m_keyed.push_back(request);
        }
        if (chance(0.1))
            request.timeoutMs = pick(0, 3000);
    }
    m_all.invariants.handleSubmitted(m_all.master, request);
    m_all.say("append " + request.messages.front().body + " key " + request.key);
    auto &client = m_all.cluster.submit(m_all.master, request);
    if (chance(0.02))
        m_all.node(m_all.master).master->appender().cancel(client.handle);
}

// Points a node to the other cluster.
void Schedule::appendElsewhere()
{
    if (!m_all.node("b").serving)
        return;
    AppendRequest request{{QByteArray("b" + QByteArray::number(++m_lastMessage))},
                          {Asked::Number, static_cast<quint32>(pick(1, 2))},
                          {},
                          {}};
    m_all.invariants.handleSubmitted("b", request);
    m_all.say("append " + request.messages.front().body + " to b");
    m_all.cluster.submit("b", std::move(request));
}

// A node with entries of another log is refused wherever it registers next; an empty one joins.
void Schedule::letTheOtherClusterHoldSomething()
{
    m_all.cluster.run(1000);
    appendElsewhere();
    m_all.cluster.run(1000);
}

void Schedule::moveMessage()
{
    MemoryNetwork &network = m_all.cluster.network();
    const auto &messages = network.messages();
    if (messages.empty())
        return;
    const size_t at =
        !chance(0.5 * m_storm) ? 0 : static_cast<size_t>(pick(0, static_cast<int>(messages.size()) - 1));
    const MemoryNetwork::Message &message = messages[at];
    const QByteArray name = message.from + "->" + message.to + " #" + QByteArray::number(message.number) +
                            " kind " + QByteArray::number(static_cast<int>(message.kind));
    if (m_versionsMix && message.kind == MemoryNetwork::Message::Kind::Request && m_own.chance(0.02)) {
        deliverInNextVersion(at);
        return;
    }
    const int what = chance(0.8 * m_storm) ? pick(50, 99) : 0;
    if (what < 80) {
        m_all.say("deliver " + name);
        network.deliver(at);
    } else if (what < 84) {
        m_all.say("drop " + name);
        network.drop(at);
    } else if (what < 89) {
        m_all.say("duplicate " + name);
        network.duplicate(at);
    } else if (what < 94) {
        m_all.say("delay " + name);
        network.delay(at);
    } else if (message.kind != MemoryNetwork::Message::Kind::Request) {
        return;
    } else if (what < 96) {
        m_all.say("fail before " + name);
        network.failBefore(at);
    } else if (what < 98) {
        m_all.say("fail after " + name);
        network.failAfter(at);
    } else {
        m_all.say("reset " + name);
        network.reset(message.from, message.to);
    }
}

void Schedule::moveStore()
{
    const QByteArray name = anyNode();
    SimulatedCluster::Node &node = m_all.node(name);
    if (!node.isUp())
        return;
    if (chance(0.3)) {
        node.store->answerReads(chance(0.5) ? 1 : ~size_t(0));
        return;
    }
    m_all.say("sync " + name);
    if (chance(0.3))
        node.store->sync(static_cast<size_t>(pick(1, 3)));
    else
        node.store->syncAll();
}

void Schedule::passTime()
{
    const qint64 ms = chance(0.8) ? pick(1, 50) : pick(50, 3000);
    m_all.say("advance " + QByteArray::number(ms));
    m_all.cluster.scheduler().advance(ms);
}

void Schedule::crashOrStart()
{
    if (m_all.identitiesMix && chance(0.3)) {
        mixIdentities();
        return;
    }
    if (m_copiesAreMade && chance(0.15)) {
        copyOrPutBack();
        return;
    }
    if (m_all.oldMaster.isEmpty() && !m_disksAreLost && !m_copiesAreMade && !m_all.identitiesMix &&
        chance(0.02 * m_storm)) {
        failOver();
        return;
    }
    const QByteArray name = !m_all.oldMaster.isEmpty() && chance(0.1) ? m_all.oldMaster : anyNode();
    if (!m_all.node(name).isUp()) {
        if (m_disksAreLost && name != m_all.master && chance(0.3))
            replaceDisk(name);
        if (m_versionsMix)
            changeVersion(name);
        if (name != m_all.oldMaster || everybodyKnowsTheNewMaster())
            m_all.start(name);
        return;
    }
    if (!chance(0.2 * m_storm))
        return;
    const bool machine = chance(0.3);
    m_all.say("crash " + name + (machine ? " machine" : ""));
    m_all.cluster.crash(name, machine ? MemoryLogStore::Crash::Machine : MemoryLogStore::Crash::Process);
    if (machine)
        m_all.invariants.handleMachineCrash(name);
}

void Schedule::operate()
{
    SimulatedCluster::Node &master = m_all.node(m_all.master);
    if (!master.serving)
        return;
    const int what = pick(0, 9);
    if ((m_all.wasPutBack || m_all.identitiesMix) && master.master->mode() == MasterNode::Mode::Fenced) {
        m_all.restart();
    } else if (what < 2) {
        const auto pending = master.master->concerns().oldestPending(3);
        if (!pending.empty()) {
            m_all.say("release " + QByteArray::number(pending.back().id));
            const quint64 id = pending.back().id;
            master.master->appender().release(id, id, [](const Result<quint64> &) {});
        }
    } else if (what < 3) {
        const QByteArray name = anySecondary();
        m_all.say("forget " + name);
        master.master->members().forget(name, [](const Result<void> &) {});
    } else {
        const QByteArray name = anySecondary();
        m_all.say("retry " + name);
        master.master->members().retryNow(name);
    }
}

} // namespace replog
