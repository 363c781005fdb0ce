// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/masternode.h"
#include "secondary/registrar.h"
#include "secondary/replicalog.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/memorylogstore.h"
#include "tests/support/memorynetwork.h"

#include <map>
#include <memory>
#include <vector>

namespace replog {

// The wire versions that a node speaks.
enum class PeerVersion {
    Ours,
    Next,  // ours and the next one; its answers have fields unknown to ours
    Other, // the next one only: it refuses ours
};

// Options for starting a node of a SimulatedCluster. By default its key is its name and address.
struct ToldAtStart
{
    QByteArray name = {};
    QByteArray address = {};
    QByteArray advertise = {};
    bool newLog = false;
    PeerVersion version = PeerVersion::Ours; // for a secondary
};

// A whole cluster in one thread: the real state machines over memory stores and a memory network, all driven
// by the test. A node's store outlives the node, as a disk does.
class SimulatedCluster : public QObject
{
    Q_OBJECT
public:
    struct Config
    {
        MasterNode::Config master;
        ReplicaLog::Config replica;
        Registrar::Config registrar;
        quint64 seed = 1;
    };
    struct Node
    {
        QByteArray key;       // identifies machine and disk in commands and checks
        QByteArray name;      // its --name
        QByteArray address;   // the address where it listens
        QByteArray advertise; // its --advertise
        QByteArray follows;   // a secondary's --master
        PeerVersion version = PeerVersion::Ours;
        std::unique_ptr<MemoryLogStore> store;
        std::unique_ptr<MasterNode> master;  // set while it runs as a master
        std::unique_ptr<ReplicaLog> replica; // set while it runs as a secondary
        std::unique_ptr<Registrar> registrar;
        Id128 instance;
        bool serving = false; // of a master: it has started
        int starts = 0;

        bool isUp() const { return master || replica; }
        const VisibleLog *visible() const
        {
            return master ? &master->log().visible() : replica ? &replica->visible() : nullptr;
        }
        // Node id and log id from its disk; null: none yet.
        Id128 nodeId() const { return store->state().nodeId; }
        Id128 logId() const;
    };
    using Told = ToldAtStart;
    struct Client
    {
        enum class State { Waiting, Answered, Refused, Lost };

        int number = 0;
        QByteArray node;
        AppendRequest request;
        State state = State::Waiting;
        AppendOutcome outcome;
        Error error;
        Appender::Handle handle;
    };

    explicit SimulatedCluster(const Config &config, QObject *parent = nullptr);
    ~SimulatedCluster() override;

    Node &node(const QByteArray &key); // creates the node on first use
    const std::map<QByteArray, Node> &nodes() const { return m_nodes; }

    void startMaster(const QByteArray &key, bool promote = false, const Told &told = {});
    void startSecondary(const QByteArray &key, const QByteArray &follows, const Told &told = {});
    // Something that is no node listens at an address and gives the same answer to everything.
    void startForeign(const QByteArray &address, int status, const QByteArray &body);
    void stopForeign(const QByteArray &address) { m_network.detach(address); }
    bool isFree(const QByteArray &address) const { return !m_network.isTaken(address); }
    // The node stops without a sync; its clients get no answers.
    void crash(const QByteArray &key, MemoryLogStore::Crash kind = MemoryLogStore::Crash::Process);
    // Erases the disk of a node that is down.
    void wipe(const QByteArray &key);
    // A copy of a node's disk at this moment.
    MemoryLogStore::Content copyDisk(const QByteArray &key);
    // Puts a copy in place of the disk of a node that is down.
    void putBack(const QByteArray &key, const MemoryLogStore::Content &copy);
    // Replaces a node that is down by a new one restored from a backup.
    void restore(const QByteArray &key, const MemoryLogStore::Content &backup);

    Client &submit(const QByteArray &master, AppendRequest request);
    const std::vector<std::unique_ptr<Client>> &clients() const { return m_clients; }

    // Runs syncs, reads and deliveries in turn until nothing is left to do; no time passes. False if it does
    // not end.
    bool settle();
    // settle() while `ms` pass.
    bool run(qint64 ms);

    ManualScheduler &scheduler() { return m_scheduler; }
    MemoryNetwork &network() { return m_network; }
    Config &config() { return m_config; }

signals:
    void happened(const QByteArray &event);                        // one line of text for people
    void answered(const replog::SimulatedCluster::Client &client); // emitted while the answer is delivered
    void wiped(const QByteArray &node);                            // emitted before
    void puttingBack(const QByteArray &node, const replog::MemoryLogStore::Content &copy); // emitted before
    void fenced(const QByteArray &node); // of a master; emitted when it happens
    void turned();                       // a turn of settle() has ended

private:
    Node &prepare(const QByteArray &key, const Told &told);
    void watchMaster(Node &node);
    void watchSecondary(Node &node);
    void sendRegistration(Node &node);

    Config m_config;
    ManualScheduler m_scheduler;
    SeededRandom m_random;
    SeededRandom m_identities; // separate, so that identities do not depend on the course of events
    MemoryNetwork m_network;
    std::map<QByteArray, Node> m_nodes;
    std::vector<std::unique_ptr<Client>> m_clients;
};

// The outcome of a client, as a line.
QByteArray describe(const SimulatedCluster::Client &client);

} // namespace replog
