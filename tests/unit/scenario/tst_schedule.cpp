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
class Schedule
{
public:
    Schedule(quint64 seed, bool trace)
        : m_random(seed), m_trace(trace), m_cluster(makeConfig(seed)), m_invariants(m_cluster)
    {
        const int secondaries = pick(1, 3);
        for (int i = 1; i <= secondaries; ++i)
            m_names.push_back("s" + QByteArray::number(i));
        // Where disks are lost, so may be what they held: one or the other.
        m_disksAreLost = chance(0.3);
        m_copiesAreMade = !m_disksAreLost && chance(0.4);
        if (m_trace)
            QObject::connect(&m_cluster, &SimulatedCluster::happened, &m_cluster,
                             [](const QByteArray &event) { fprintf(stderr, "    %s\n", event.constData()); });
    }

    // What went wrong, if anything.
    QString run(int steps)
    {
        start(m_master);
        for (int i = 1; i <= steps; ++i) {
            step();
            if (const QString &violation = m_invariants.check(); !violation.isEmpty())
                return u"step %1: %2"_s.arg(i).arg(violation);
        }
        return heal();
    }

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
        if (name == m_master || name == m_oldMaster)
            m_cluster.startMaster(name);
        else
            m_cluster.startSecondary(name, m_master);
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
        SimulatedCluster::Node &master = m_cluster.node(m_master);
        if (!master.serving)
            return;
        AppendRequest request;
        if (!m_keyed.empty() && chance(0.15)) {
            request = m_keyed[static_cast<size_t>(pick(0, static_cast<int>(m_keyed.size()) - 1))];
        } else {
            const int count = chance(0.2) ? pick(2, 5) : 1;
            for (int i = 0; i < count; ++i)
                request.messages.push_back("m" + QByteArray::number(++m_lastMessage));
            const int nodes = static_cast<int>(m_names.size()) + 1;
            const int kind = pick(0, 9);
            request.concern = kind == 0 ? WriteConcern{WriteConcern::Majority, 0}
                              : kind == 1
                                  ? WriteConcern{WriteConcern::All, 0}
                                  : WriteConcern{WriteConcern::Number, static_cast<quint32>(pick(1, nodes))};
            if (chance(0.3)) {
                request.key = "k" + QByteArray::number(++m_lastKey);
                m_keyed.push_back(request);
            }
            if (chance(0.1))
                request.timeoutMs = pick(0, 3000);
        }
        m_invariants.handleSubmitted(m_master, request);
        say("append " + request.messages.front() + " key " + request.key);
        auto &client = m_cluster.submit(m_master, request);
        if (chance(0.02))
            m_cluster.node(m_master).master->appender().cancel(client.handle);
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
        if (m_copiesAreMade && chance(0.15)) {
            copyOrPutBack();
            return;
        }
        if (m_oldMaster.isEmpty() && !m_disksAreLost && !m_copiesAreMade && chance(0.02 * m_storm)) {
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
        if (m_wasPutBack && master.master->mode() == MasterNode::Mode::Fenced) {
            restart();
        } else if (what < 2) {
            const auto pending = master.master->concerns().oldestPending(3);
            if (!pending.empty()) {
                say("release " + QByteArray::number(pending.back().id));
                master.master->appender().release(pending.back().id, [](const Result<void> &) {});
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
        start(m_master);
    }

    // Everything up, the network good: it must end well.
    QString heal()
    {
        say("heal");
        m_names.push_back(m_master);
        for (const QByteArray &name : m_names) {
            if (!m_cluster.node(name).isUp())
                start(name);
        }
        for (int i = 0; i < 100; ++i) {
            // A tail that a crash of the master left behind on a secondary goes when the next entry comes.
            if (i == 49 && m_cluster.node(m_master).master->mode() == MasterNode::Mode::ReadWrite) {
                AppendRequest request{{"the last one"}, {WriteConcern::All, 0}, {}, {}};
                m_invariants.handleSubmitted(m_master, request);
                m_cluster.submit(m_master, std::move(request));
            }
            if (!m_cluster.run(200))
                return u"healing: it never comes to rest"_s;
            if (const QString &violation = m_invariants.check(); !violation.isEmpty())
                return u"healing: %1"_s.arg(violation);
            if (i >= 50 && unhealed().isEmpty())
                return {};
            // A copy that was put back is fenced again and again while the others know more than it does.
            if (m_wasPutBack && i == 30 &&
                m_cluster.node(m_master).master->mode() == MasterNode::Mode::Fenced)
                restart();
        }
        return u"not healed: %1"_s.arg(unhealed());
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
            if (name == m_oldMaster) {
                if (node.serving && node.master->members().size() > 1 &&
                    node.master->mode() != MasterNode::Mode::Fenced)
                    return u"the old master is %1"_s.arg(QString::fromUtf8(node.master->modeWord()));
                continue;
            }
            if (node.store->entries() != log)
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
            if (client->state == SimulatedCluster::Client::State::Waiting &&
                *client->handle != Waiters::Ticket{0, ~quint64(0)})
                return u"client %1 still waits"_s.arg(client->number);
        }
        return {};
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
            if (!isDiverged(name) && node.store->entries() != master.store->entries())
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
    bool m_wasPutBack = false;
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
        QVERIFY2(wrong.isEmpty(), qPrintable(u"REPLOG_SEED=%1: %2"_s.arg(seed).arg(wrong)));
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestSchedule)
#include "tst_schedule.moc"
