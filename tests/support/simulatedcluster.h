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

// Which versions of the wire a node speaks, beside what is said of its own program.
enum class PeerVersion {
    Ours,
    Next,  // the next one, too; its answers have fields that ours does not know
    Other, // the next one alone: it refuses ours
};

// How a node of a SimulatedCluster is started, where that is not as ever: under its key as name and address.
struct ToldAtStart
{
    QByteArray name = {};
    QByteArray address = {};
    QByteArray advertise = {};
    bool newLog = false;
    PeerVersion version = PeerVersion::Ours; // of a secondary
};

// A whole cluster in one thread: the real state machines over memory stores and a memory network, in which
// nothing moves by itself. A node's store outlives the node, as a disk does.
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
        QByteArray key;       // the machine and its disk; what commands and checks call it
        QByteArray name;      // what it was told to call itself
        QByteArray address;   // where it listens
        QByteArray advertise; // where it says that it listens
        QByteArray follows;   // a secondary's master, by its address
        PeerVersion version = PeerVersion::Ours;
        std::unique_ptr<MemoryLogStore> store;
        std::unique_ptr<MasterNode> master;  // up as a master
        std::unique_ptr<ReplicaLog> replica; // up as a secondary
        std::unique_ptr<Registrar> registrar;
        Id128 instance;
        bool serving = false; // started, in a master's case
        int starts = 0;

        bool isUp() const { return master || replica; }
        const VisibleLog *visible() const
        {
            return master ? &master->log().visible() : replica ? &replica->visible() : nullptr;
        }
        // Who it is and of which log, by its disk; null: nobody yet, none yet.
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

    Node &node(const QByteArray &key); // made when it is first named
    const std::map<QByteArray, Node> &nodes() const { return m_nodes; }

    void startMaster(const QByteArray &key, bool promote = false, const Told &told = {});
    void startSecondary(const QByteArray &key, const QByteArray &follows, const Told &told = {});
    // Something that is no node of ours listens at an address and answers everything so.
    void startForeign(const QByteArray &address, int status, const QByteArray &body);
    void stopForeign(const QByteArray &address) { m_network.detach(address); }
    bool isFree(const QByteArray &address) const { return !m_network.isTaken(address); }
    // The node is gone with all that its store had not synced; its clients are lost.
    void crash(const QByteArray &key, MemoryLogStore::Crash kind = MemoryLogStore::Crash::Process);
    // The disk of a node that is down is lost.
    void wipe(const QByteArray &key);
    // A copy of a node's disk, as it is at this moment.
    MemoryLogStore::Content copyDisk(const QByteArray &key);
    // A node that is down gets it in place of its own.
    void putBack(const QByteArray &key, const MemoryLogStore::Content &copy);
    // A node that is down is replaced by a new one, made of a backup.
    void restore(const QByteArray &key, const MemoryLogStore::Content &backup);

    Client &submit(const QByteArray &master, AppendRequest request);
    const std::vector<std::unique_ptr<Client>> &clients() const { return m_clients; }

    // Syncs, reads and deliveries, in turn, until nothing is left to do; no time passes. False if there is no
    // end of it.
    bool settle();
    // settle() while `ms` pass.
    bool run(qint64 ms);

    ManualScheduler &scheduler() { return m_scheduler; }
    MemoryNetwork &network() { return m_network; }
    Config &config() { return m_config; }

signals:
    void happened(const QByteArray &event);                        // one line, for a person
    void answered(const replog::SimulatedCluster::Client &client); // inside the moment of the answer
    void wiped(const QByteArray &node);                            // before it is
    void puttingBack(const QByteArray &node, const replog::MemoryLogStore::Content &copy); // before it is
    void fenced(const QByteArray &node); // a master; in that moment
    void turned();                       // a turn of settle() is over

private:
    Node &prepare(const QByteArray &key, const Told &told);
    void watchMaster(Node &node);
    void watchSecondary(Node &node);
    void sendRegistration(Node &node);

    Config m_config;
    ManualScheduler m_scheduler;
    SeededRandom m_random;
    SeededRandom m_identities; // apart, so that who is who does not change when things happen
    MemoryNetwork m_network;
    std::map<QByteArray, Node> m_nodes;
    std::vector<std::unique_ptr<Client>> m_clients;
};

// What became of a client, in a line.
QByteArray describe(const SimulatedCluster::Client &client);

} // namespace replog
