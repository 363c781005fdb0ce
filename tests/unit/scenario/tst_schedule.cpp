// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterinvariants.h"
#include "tests/support/simulatedcluster.h"

#include <QRegularExpression>
#include <QTest>

#include <random>

using namespace Qt::StringLiterals;

namespace replog {

// Random histories of a cluster on a bad network, checked after every step, then healed: all logs must become
// equal and every waiting client be answered. A failure prints its seed and step; replay it with
//     REPLOG_SEED=… [REPLOG_STEPS=…] [REPLOG_TRACE=1] tst_schedule
// REPLOG_SEEDS=n runs that many seeds instead of the usual hundred.
//
// In some of them identities get mixed up, too: nodes come back under other names and addresses or tell a
// wrong one, folders are copied and both run, a node of another cluster is pointed at this master or one of
// this at that, and something that is no node answers at an address of ours. In some the master keeps a small
// log, so that nodes come back, or begin, behind its oldest entry.
class Schedule
{
public:
    // How often what happened, over all seeds: a schedule in which nothing happens proves nothing.
    struct Met
    {
        int truncated = 0;
        int fenced = 0;
        int strangers = 0; // refused, of another log
        int doubled = 0;   // refused, a copied folder
        int namesakes = 0; // refused, of a held name
        int misdirected = 0;
        int moved = 0;
        int renamed = 0;
        int replaced = 0;
        int trimmed = 0;
        int begunBehind = 0;
    };

    Schedule(quint64 seed, bool trace)
        : m_random(seed), m_trace(trace), m_cluster(makeConfig(seed)), m_invariants(m_cluster)
    {
        const int secondaries = pick(1, 3);
        for (int i = 1; i <= secondaries; ++i)
            m_names.push_back("s" + QByteArray::number(i));
        // Where disks are lost, so may be what they held: one or the other.
        m_disksAreLost = chance(0.3);
        m_copiesAreMade = !m_disksAreLost && chance(0.4);
        m_identitiesMix = !m_copiesAreMade && chance(0.5);
        countWhatHappens();
        if (m_trace)
            QObject::connect(&m_cluster, &SimulatedCluster::happened, &m_cluster,
                             [](const QByteArray &event) { fprintf(stderr, "    %s\n", event.constData()); });
    }

    // What went wrong, if anything.
    QString run(int steps)
    {
        start(m_master);
        if (m_identitiesMix) {
            start("b");
            m_cluster.startSecondary("t1", "b");
            if (chance(0.5))
                letTheOtherClusterHoldSomething();
        }
        for (int i = 1; i <= steps; ++i) {
            step();
            if (const QString &violation = m_invariants.check(); !violation.isEmpty())
                return u"step %1: %2"_s.arg(i).arg(violation);
        }
        return heal();
    }

    const Met &met() const { return m_met; }

private:
    SimulatedCluster::Config makeConfig(quint64 seed)
    {
        SimulatedCluster::Config config;
        config.seed = seed;
        config.master.replication.retry.limit = chance(0.3) ? 3 : 0;
        config.master.replication.retry.maxMs = 1000;
        config.master.replication.batchBytes = chance(0.5) ? 200 : 1024 * 1024;
        config.master.replication.probeBytes = chance(0.5) ? 60 : 16 * 1024;
        config.master.quorumAppend = chance(0.2);
        config.replica.aheadBytes = chance(0.5) ? 200 : 16 * 1024 * 1024;
        // By chance of its own: the other schedules are what they were.
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

    int pick(int from, int to) { return std::uniform_int_distribution(from, to)(m_random); }
    bool chance(double probability)
    {
        return std::uniform_real_distribution(0.0, 1.0)(m_random) < probability;
    }
    const QByteArray &anySecondary()
    {
        return m_names[static_cast<size_t>(pick(0, static_cast<int>(m_names.size()) - 1))];
    }
    QByteArray anyNode() { return chance(0.25) ? m_master : anySecondary(); }

    void say(const QByteArray &what)
    {
        if (m_trace)
            fprintf(stderr, "%s\n", what.constData());
    }

    void start(const QByteArray &name)
    {
        say("start " + name);
        if (!m_cluster.isFree(name))
            return; // somebody else is there
        if (name == m_master || name == m_oldMaster || name == "b")
            m_cluster.startMaster(name);
        else
            m_cluster.startSecondary(name, m_master);
    }

    void countWhatHappens()
    {
        QObject::connect(&m_cluster, &SimulatedCluster::happened, &m_cluster,
                         [this](const QByteArray &event) {
                             m_met.truncated += event.contains(": drops its log from");
                             m_met.fenced += event.contains(": fenced: ");
                             m_met.strangers += event.contains(": refused ") && event.contains(": log_id: ");
                             m_met.doubled += event.contains(": refused ") && event.contains(": node_id: ");
                             m_met.namesakes += event.contains(": refused ") && event.contains(": name: ");
                             m_met.misdirected += event.endsWith(" is misdirected");
                             m_met.moved += event.contains(" moved to ");
                             m_met.renamed += event.contains(" is called ");
                             m_met.replaced += event.contains(": another node is called ");
                             m_met.trimmed += event.contains(": begins with ");
                             m_met.begunBehind += event.contains(": goes on behind ");
                         });
    }

    // Comes back as somebody else, elsewhere, or beside itself.
    void mixIdentities()
    {
        const std::vector<QByteArray> all{"s1", "s2", "s3", "t1", "c1"};
        const auto any = [this, &all] {
            return all[static_cast<size_t>(pick(0, static_cast<int>(all.size()) - 1))];
        };
        const int what = pick(0, 9);
        const QByteArray key = what < 7 ? anySecondary() : what < 9 ? QByteArray("c1") : QByteArray("t1");
        if (what == 9 && chance(0.3)) {
            const QByteArray address = any();
            if (m_foreign.isEmpty() && m_cluster.isFree(address)) {
                say("foreign at " + address);
                m_foreign = address;
                m_cluster.startForeign(address, chance(0.5) ? 412 : 200, "{\"epoch\": 4611686018427387904}");
            } else if (!m_foreign.isEmpty()) {
                say("foreign gone");
                m_cluster.stopForeign(std::exchange(m_foreign, {}));
            }
            return;
        }
        if (m_cluster.node(key).isUp()) {
            if (!chance(0.5))
                return;
            say("crash " + key);
            m_cluster.crash(key);
        }
        if (key == "c1" && (m_cluster.node(key).starts == 0 || chance(0.3))) {
            const QByteArray original = chance(0.8) ? anySecondary() : m_master;
            say("copy " + original + " to c1");
            m_cluster.putBack(key, m_cluster.copyDisk(original));
        }
        SimulatedCluster::Told told;
        if (chance(0.4))
            told.name = any();
        if (chance(0.4))
            told.address = any();
        if (chance(0.15))
            told.advertise = any();
        const QByteArray address = told.address.isEmpty() ? key : told.address;
        if (!m_cluster.isFree(address))
            return;
        const QByteArray master = chance(0.85) ? m_master : QByteArray("b");
        say("start " + key + " of " + master + " as " + told.name + " at " + told.address + " advertising " +
            told.advertise);
        m_cluster.startSecondary(key, master, told);
    }

    void step()
    {
        // Quiet and stormy times take turns.
        if (m_weatherSteps-- == 0) {
            m_weatherSteps = pick(20, 300);
            m_storm = chance(0.4) ? 0.0 : chance(0.5) ? 0.3 : 1.0;
        }
        const int what = pick(0, 99);
        if (what < 10)
            append();
        else if (what < 57)
            moveMessage();
        else if (what < 84)
            moveStore();
        else if (what < 89)
            m_cluster.scheduler().runDeferred();
        else if (what < 95)
            passTime();
        else if (what < 99)
            crashOrStart();
        else
            operate();
        // The event loop turns between most events, but several may come in one turn.
        if (chance(0.7))
            m_cluster.scheduler().advance(0);
    }

    void append()
    {
        if (m_identitiesMix && chance(0.2)) {
            appendElsewhere();
            return;
        }
        SimulatedCluster::Node &master = m_cluster.node(m_master);
        if (!master.serving)
            return;
        AppendRequest request;
        if (!m_keyed.empty() && chance(0.15)) {
            request = m_keyed[static_cast<size_t>(pick(0, static_cast<int>(m_keyed.size()) - 1))];
        } else {
            const int count = chance(0.2) ? pick(2, 5) : 1;
            for (int i = 0; i < count; ++i)
                request.messages.emplace_back(QByteArray("m" + QByteArray::number(++m_lastMessage)));
            const int nodes = static_cast<int>(m_names.size()) + 1;
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
        m_invariants.handleSubmitted(m_master, request);
        say("append " + request.messages.front().body + " key " + request.key);
        auto &client = m_cluster.submit(m_master, request);
        if (chance(0.02))
            m_cluster.node(m_master).master->appender().cancel(client.handle);
    }

    // To the other cluster.
    void appendElsewhere()
    {
        if (!m_cluster.node("b").serving)
            return;
        AppendRequest request{{QByteArray("b" + QByteArray::number(++m_lastMessage))},
                              {Asked::Number, static_cast<quint32>(pick(1, 2))},
                              {},
                              {}};
        m_invariants.handleSubmitted("b", request);
        say("append " + request.messages.front().body + " to b");
        m_cluster.submit("b", std::move(request));
    }

    // A node that holds entries of another log is a stranger wherever it comes next; an empty one joins.
    void letTheOtherClusterHoldSomething()
    {
        m_cluster.run(1000);
        appendElsewhere();
        m_cluster.run(1000);
    }

    void moveMessage()
    {
        MemoryNetwork &network = m_cluster.network();
        const auto &messages = network.messages();
        if (messages.empty())
            return;
        const size_t at =
            !chance(0.5 * m_storm) ? 0 : static_cast<size_t>(pick(0, static_cast<int>(messages.size()) - 1));
        const MemoryNetwork::Message &message = messages[at];
        const QByteArray name = message.from + "->" + message.to + " #" + QByteArray::number(message.number) +
                                " kind " + QByteArray::number(static_cast<int>(message.kind));
        const int what = chance(0.8 * m_storm) ? pick(50, 99) : 0;
        if (what < 80) {
            say("deliver " + name);
            network.deliver(at);
        } else if (what < 84) {
            say("drop " + name);
            network.drop(at);
        } else if (what < 89) {
            say("duplicate " + name);
            network.duplicate(at);
        } else if (what < 94) {
            say("delay " + name);
            network.delay(at);
        } else if (message.kind != MemoryNetwork::Message::Kind::Request) {
            return;
        } else if (what < 96) {
            say("fail before " + name);
            network.failBefore(at);
        } else if (what < 98) {
            say("fail after " + name);
            network.failAfter(at);
        } else {
            say("reset " + name);
            network.reset(message.from, message.to);
        }
    }

    void moveStore()
    {
        const QByteArray name = anyNode();
        SimulatedCluster::Node &node = m_cluster.node(name);
        if (!node.isUp())
            return;
        if (chance(0.3)) {
            node.store->answerReads(chance(0.5) ? 1 : ~size_t(0));
            return;
        }
        say("sync " + name);
        if (chance(0.3))
            node.store->sync(static_cast<size_t>(pick(1, 3)));
        else
            node.store->syncAll();
    }

    void passTime()
    {
        const qint64 ms = chance(0.8) ? pick(1, 50) : pick(50, 3000);
        say("advance " + QByteArray::number(ms));
        m_cluster.scheduler().advance(ms);
    }

    void crashOrStart()
    {
        if (m_identitiesMix && chance(0.3)) {
            mixIdentities();
            return;
        }
        if (m_copiesAreMade && chance(0.15)) {
            copyOrPutBack();
            return;
        }
        if (m_oldMaster.isEmpty() && !m_disksAreLost && !m_copiesAreMade && !m_identitiesMix &&
            chance(0.02 * m_storm)) {
            failOver();
            return;
        }
        const QByteArray name = !m_oldMaster.isEmpty() && chance(0.1) ? m_oldMaster : anyNode();
        if (!m_cluster.node(name).isUp()) {
            if (m_disksAreLost && name != m_master && chance(0.3)) {
                say("wipe " + name);
                m_cluster.wipe(name);
            }
            if (name != m_oldMaster || everybodyKnowsTheNewMaster())
                start(name);
            return;
        }
        if (!chance(0.2 * m_storm))
            return;
        const bool machine = chance(0.3);
        say("crash " + name + (machine ? " machine" : ""));
        m_cluster.crash(name, machine ? MemoryLogStore::Crash::Machine : MemoryLogStore::Crash::Process);
        if (machine)
            m_invariants.handleMachineCrash(name);
    }

    // The master's folder is copied now and then, and such a copy put back, once the master is down, whatever
    // was acknowledged since; often while the secondaries are away, so that it takes appends alone.
    void copyOrPutBack()
    {
        if (m_copies.empty() || chance(0.5)) {
            if (m_cluster.node(m_master).logId().isNull())
                return; // what is put back from nothing begins another log
            say("copy " + m_master + " as " + QByteArray::number(m_copies.size()));
            m_copies.push_back(m_cluster.copyDisk(m_master));
            return;
        }
        const auto which = static_cast<size_t>(pick(0, static_cast<int>(m_copies.size()) - 1));
        say("put back " + m_master + " from " + QByteArray::number(which));
        if (m_cluster.node(m_master).isUp())
            m_cluster.crash(m_master);
        if (chance(0.5)) {
            for (const QByteArray &name : m_names) {
                if (m_cluster.node(name).isUp())
                    m_cluster.crash(name);
            }
        }
        m_cluster.putBack(m_master, m_copies[which]);
        m_wasPutBack = true;
        start(m_master);
    }

    // The master is gone, an operator promotes the secondary with the longest log and points the others at
    // it.
    void failOver()
    {
        if (std::any_of(m_names.begin(), m_names.end(),
                        [this](const QByteArray &name) { return m_cluster.node(name).starts == 0; }))
            return;
        const auto position = [this](const QByteArray &name) {
            const Position last = m_cluster.node(name).store->state().last;
            return std::pair(last.epoch.number, last.id);
        };
        m_names.push_back(m_master);
        for (const QByteArray &name : m_names) {
            if (m_cluster.node(name).isUp())
                m_cluster.crash(name);
        }
        m_names.pop_back();
        // What the old master sent last must have arrived or be lost by then: it would make what it brings
        // committed there.
        MemoryNetwork &network = m_cluster.network();
        while (!network.messages().empty())
            network.drop(0);
        const auto longest =
            std::max_element(m_names.begin(), m_names.end(), [&](const QByteArray &a, const QByteArray &b) {
                return position(a) < position(b);
            });
        m_oldMaster = std::exchange(m_master, *longest);
        m_names.erase(longest);
        m_names.push_back("s9"); // a new machine for the one that is lost
        say("promote " + m_master);
        m_invariants.handlePromotion(m_master, m_oldMaster);
        m_cluster.startMaster(m_master, true);
        for (const QByteArray &name : m_names)
            start(name);
    }

    // From then on the old one must never get anywhere.
    bool everybodyKnowsTheNewMaster()
    {
        return std::all_of(m_names.begin(), m_names.end(), [this](const QByteArray &name) {
            return m_cluster.node(name).store->state().epoch >= 1000;
        });
    }

    void operate()
    {
        SimulatedCluster::Node &master = m_cluster.node(m_master);
        if (!master.serving)
            return;
        const int what = pick(0, 9);
        if ((m_wasPutBack || m_identitiesMix) && master.master->mode() == MasterNode::Mode::Fenced) {
            restart();
        } else if (what < 2) {
            const auto pending = master.master->concerns().oldestPending(3);
            if (!pending.empty()) {
                say("release " + QByteArray::number(pending.back().id));
                const quint64 id = pending.back().id;
                master.master->appender().release(id, id, [](const Result<quint64> &) {});
            }
        } else if (what < 3) {
            const QByteArray name = anySecondary();
            say("forget " + name);
            master.master->members().forget(name, [](const Result<void> &) {});
        } else {
            const QByteArray name = anySecondary();
            say("retry " + name);
            master.master->members().retryNow(name);
        }
    }

    void restart()
    {
        say("restart " + m_master);
        m_cluster.crash(m_master);
        if (!m_cluster.isFree(m_master))
            return;
        // Where a stranger holds more than this log has yet, an operator says that it is no emptied one.
        SimulatedCluster::Told told;
        told.newLog = m_identitiesMix;
        m_cluster.startMaster(m_master, false, told);
    }

    // Everything up, the network good: it must end well.
    QString heal()
    {
        say("heal");
        if (m_identitiesMix)
            sortIdentities();
        m_names.push_back(m_master);
        for (const QByteArray &name : m_names) {
            if (!m_cluster.node(name).isUp())
                start(name);
        }
        for (int i = 0; i < 100; ++i) {
            // A tail that a crash of the master left behind on a secondary goes when the next entry comes.
            if (i == 49 && m_cluster.node(m_master).master->mode() == MasterNode::Mode::ReadWrite) {
                AppendRequest request{{"the last one"}, {Asked::All, 0}};
                m_invariants.handleSubmitted(m_master, request);
                m_cluster.submit(m_master, std::move(request));
            }
            if (!m_cluster.run(200))
                return u"healing: it never comes to rest"_s;
            if (const QString &violation = m_invariants.check(); !violation.isEmpty())
                return u"healing: %1"_s.arg(violation);
            if (i >= 50 && unhealed().isEmpty())
                return {};
            if (m_wasPutBack && (i == 20 || i == 40))
                resetStrangers();
            if (i == 60 && m_cluster.config().master.retention.isLimited())
                resetDiverged();
            // A copy that was put back is fenced again and again while the others know more than it does.
            if (m_identitiesMix && i % 10 == 9 && i < 40)
                forgetStrays();
            if ((m_wasPutBack || m_identitiesMix) && i == 30 &&
                m_cluster.node(m_master).master->mode() == MasterNode::Mode::Fenced)
                restart();
        }
        return u"not healed: %1%2"_s.arg(unhealed(), members());
    }

    // For whoever looks into it.
    QString members()
    {
        QString text;
        for (const auto &[key, node] : m_cluster.nodes()) {
            if (!node.serving)
                continue;
            for (const auto &[name, member] : node.master->members().members()) {
                const Replicator &replicator = *member.replicator;
                text += u"; to %1 %2 is %3, acked %4: %5"_s
                            .arg(QString::fromUtf8(key), QString::fromUtf8(name),
                                 QString::fromUtf8(replicator.healthWord()))
                            .arg(replicator.ackedId())
                            .arg(replicator.counters().lastError);
            }
        }
        return text;
    }

    QString unhealed()
    {
        SimulatedCluster::Node &master = m_cluster.node(m_master);
        if (!master.serving)
            return u"the master does not serve"_s;
        if (m_wasPutBack && master.master->mode() == MasterNode::Mode::Fenced)
            return {};
        if (m_wasPutBack && anyDiverged())
            return restUnhealed();
        if (master.master->mode() != MasterNode::Mode::ReadWrite)
            return u"the master is %1: %2"_s.arg(QString::fromUtf8(master.master->modeWord()),
                                                 master.master->modeReason());
        const Entries &log = master.store->entries();
        if (master.master->log().committedId() != log.size())
            return u"the master has committed up to %1 of %2"_s.arg(master.master->log().committedId())
                .arg(log.size());
        for (const auto &[name, node] : m_cluster.nodes()) {
            if (m_identitiesMix && !isOurs(name))
                continue;
            if (name == m_oldMaster) {
                // Where the one that was promoted had joined no log yet, it began another one.
                if (node.serving && node.logId() == master.logId() && node.master->members().size() > 1 &&
                    node.master->mode() != MasterNode::Mode::Fenced)
                    return u"the old master is %1"_s.arg(QString::fromUtf8(node.master->modeWord()));
                continue;
            }
            if (!isSame(*node.store, *master.store))
                return u"the log of %1 ends at %2, the master's at %3"_s.arg(QString::fromUtf8(name))
                    .arg(node.store->entries().size())
                    .arg(log.size());
            if (node.visible()->committedId() != log.size())
                return u"%1 has committed up to %2 of %3"_s.arg(QString::fromUtf8(name))
                    .arg(node.visible()->committedId())
                    .arg(log.size());
        }
        for (const auto &[name, member] : master.master->members().members()) {
            if (member.replicator->healthWord() != "healthy")
                return u"%1 is %2"_s.arg(QString::fromUtf8(name),
                                         QString::fromUtf8(member.replicator->healthWord()));
        }
        for (const auto &client : m_cluster.clients()) {
            if (client->node == m_master && client->state == SimulatedCluster::Client::State::Waiting &&
                (!client->handle || *client->handle != Waiters::Ticket{0, ~quint64(0)}))
                return u"client %1 still waits"_s.arg(client->number);
        }
        return {};
    }

    // Equal digests are equal logs, whatever was given up of them.
    static bool isSame(const MemoryLogStore &one, const MemoryLogStore &other)
    {
        return one.entries().size() == other.entries().size() && one.digestNow() == other.digestNow();
    }

    // What a node held of another history, and came back with when that place was given up, nobody can tell
    // apart any more: it waits for an operator, who has it begin anew.
    void resetDiverged()
    {
        for (const QByteArray &name : m_names) {
            if (!isDiverged(name) || m_wasPutBack)
                continue;
            say("reset " + name);
            m_cluster.crash(name);
            m_cluster.wipe(name);
            start(name);
        }
    }

    bool isOurs(const QByteArray &key)
    {
        return key == m_master || std::find(m_names.begin(), m_names.end(), key) != m_names.end();
    }

    // The operator's part: everybody under its own name and address, doubles and the other cluster off, and
    // whoever went over to the other cluster begins anew.
    void sortIdentities()
    {
        if (!m_foreign.isEmpty())
            m_cluster.stopForeign(std::exchange(m_foreign, {}));
        for (const auto &[key, node] : m_cluster.nodes()) {
            if (node.isUp() && key != m_master)
                m_cluster.crash(key);
        }
        const Id128 ours = m_cluster.node(m_master).logId();
        for (const QByteArray &name : m_names) {
            const Id128 theirs = m_cluster.node(name).logId();
            if (!theirs.isNull() && theirs != ours && m_cluster.node(name).store->state().last.id > 0) {
                say("wipe " + name);
                m_cluster.wipe(name);
            }
        }
    }

    // A copy of an empty disk was put back: the master began another log, and refuses who holds the former
    // one. Where it serves none the less, an operator resets them.
    void resetStrangers()
    {
        SimulatedCluster::Node &master = m_cluster.node(m_master);
        if (!master.serving || master.master->mode() == MasterNode::Mode::Fenced)
            return;
        for (const QByteArray &name : m_names) {
            const SimulatedCluster::Node &node = m_cluster.node(name);
            if (name == m_master || node.store->state().last.id == 0 || node.logId() == master.logId())
                continue;
            say("reset " + name);
            m_cluster.crash(name);
            m_cluster.wipe(name);
            start(name);
        }
    }

    // Members that are none of ours, and what waits for more nodes than there are.
    void forgetStrays()
    {
        MasterNode &master = *m_cluster.node(m_master).master;
        std::vector<QByteArray> strays;
        for (const auto &[name, member] : master.members().members()) {
            // Or two that live under each other's names, and so keep each other out.
            if (!isOurs(name) || member.nodeId != m_cluster.node(name).nodeId())
                strays.push_back(name);
        }
        for (const QByteArray &name : strays) {
            say("forget " + name);
            master.members().forget(name, [](const Result<void> &) {});
        }
        for (const auto &pending : master.concerns().oldestPending(10000)) {
            if (pending.w > m_names.size())
                master.appender().release(pending.id, pending.id, [](const auto &) {});
        }
    }

    bool isDiverged(const QByteArray &name)
    {
        const auto &members = m_cluster.node(m_master).master->members().members();
        const auto member = members.find(name);
        return member != members.end() && member->second.replicator->healthWord() == "diverged";
    }

    bool anyDiverged()
    {
        return std::any_of(m_cluster.nodes().begin(), m_cluster.nodes().end(),
                           [this](const auto &each) { return isDiverged(each.first); });
    }

    // Beside nodes that wait for an operator the others hold the master's log; what waits for more nodes goes
    // on waiting.
    QString restUnhealed()
    {
        const SimulatedCluster::Node &master = m_cluster.node(m_master);
        for (const auto &[name, node] : m_cluster.nodes()) {
            if (!isDiverged(name) && !isSame(*node.store, *master.store))
                return u"beside a diverged node the log of %1 ends at %2, the master's at %3"_s
                    .arg(QString::fromUtf8(name))
                    .arg(node.store->entries().size())
                    .arg(master.store->entries().size());
        }
        for (const auto &[name, member] : master.master->members().members()) {
            const QByteArray word = member.replicator->healthWord();
            if (word != "healthy" && word != "diverged")
                return u"%1 is %2"_s.arg(QString::fromUtf8(name), QString::fromUtf8(word));
        }
        return {};
    }

    std::mt19937_64 m_random;
    const bool m_trace;
    SimulatedCluster m_cluster;
    ClusterInvariants m_invariants;
    QByteArray m_master = "m";
    QByteArray m_oldMaster;
    std::vector<QByteArray> m_names; // the secondaries
    bool m_disksAreLost = false;
    bool m_copiesAreMade = false;
    bool m_identitiesMix = false;
    bool m_wasPutBack = false;
    QByteArray m_foreign; // the address of something that is no node
    Met m_met;
    std::vector<MemoryLogStore::Content> m_copies; // of the master's disk
    std::vector<AppendRequest> m_keyed;
    int m_weatherSteps = 0;
    double m_storm = 0.0;
    int m_lastMessage = 0;
    int m_lastKey = 0;
};

class TestSchedule : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void randomHistories_data()
    {
        QTest::addColumn<quint64>("seed");
        bool given = false;
        const auto seed = qEnvironmentVariable("REPLOG_SEED").toULongLong(&given);
        if (given) {
            QTest::addRow("seed %llu", seed) << quint64(seed);
            return;
        }
        const int seeds = qEnvironmentVariableIntValue("REPLOG_SEEDS");
        for (quint64 each = 1; each <= quint64(seeds > 0 ? seeds : 100); ++each)
            QTest::addRow("seed %llu", static_cast<unsigned long long>(each)) << each;
    }

    void randomHistories()
    {
        QFETCH(quint64, seed);
        const int steps = qEnvironmentVariableIntValue("REPLOG_STEPS");
        Schedule schedule(seed, qEnvironmentVariableIsSet("REPLOG_TRACE"));
        const QString wrong = schedule.run(steps > 0 ? steps : 2500);
        ++m_runs;
        const Schedule::Met &met = schedule.met();
        m_met.truncated += met.truncated;
        m_met.fenced += met.fenced;
        m_met.strangers += met.strangers;
        m_met.doubled += met.doubled;
        m_met.namesakes += met.namesakes;
        m_met.misdirected += met.misdirected;
        m_met.moved += met.moved;
        m_met.renamed += met.renamed;
        m_met.replaced += met.replaced;
        m_met.trimmed += met.trimmed;
        m_met.begunBehind += met.begunBehind;
        QVERIFY2(wrong.isEmpty(), qPrintable(u"REPLOG_SEED=%1: %2"_s.arg(seed).arg(wrong)));
    }

    // A hundred schedules in which one of these never happened would prove nothing of it.
    void everythingHappened()
    {
        if (m_runs < 100)
            QSKIP("fewer than a hundred seeds were run");
        qInfo("of %d seeds: truncated %d, fenced %d, strangers %d, doubled %d, namesakes %d, misdirected %d, "
              "moved %d, renamed %d, replaced %d, trimmed %d, begun behind %d",
              m_runs, m_met.truncated, m_met.fenced, m_met.strangers, m_met.doubled, m_met.namesakes,
              m_met.misdirected, m_met.moved, m_met.renamed, m_met.replaced, m_met.trimmed,
              m_met.begunBehind);
        QVERIFY(m_met.truncated > 0);
        QVERIFY(m_met.fenced > 0);
        QVERIFY(m_met.strangers > 0);
        QVERIFY(m_met.doubled > 0);
        QVERIFY(m_met.namesakes > 0);
        QVERIFY(m_met.misdirected > 0);
        QVERIFY(m_met.moved > 0);
        QVERIFY(m_met.renamed > 0);
        QVERIFY(m_met.replaced > 0);
        QVERIFY(m_met.trimmed > 0);
        QVERIFY(m_met.begunBehind > 0);
    }

private:
    Schedule::Met m_met;
    int m_runs = 0;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestSchedule)
#include "tst_schedule.moc"
