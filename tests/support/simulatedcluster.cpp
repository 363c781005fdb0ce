// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/simulatedcluster.h"

#include "shared/log/highestepoch.h"
#include "shared/log/replicatecodec.h"
#include "tests/support/nextversion.h"

#include <QUrl>

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// As in the secondary's API.
void answerOverHttp(const MemoryNetwork::Endpoint::Answer &answer, const ReplicateAnswer &given,
                    PeerVersion version)
{
    using Kind = ReplicateAnswer::Kind;
    const int status = given.kind == Kind::Accepted                                      ? 200
                       : given.kind == Kind::StaleEpoch                                  ? 412
                       : given.kind == Kind::Mismatch || given.kind == Kind::Diverged    ? 409
                       : given.kind == Kind::Misdirected                                 ? 421
                       : given.kind == Kind::Rejected || given.kind == Kind::RefusedWire ? 400
                                                                                         : 503;
    const QByteArray document = encodeAnswer(given, WireForm::Cbor, status, "title");
    answer(status, "application/cbor", version == PeerVersion::Ours ? document : inNextVersion(document));
}

constexpr int SettleTurns = 20000;

} // namespace

SimulatedCluster::SimulatedCluster(const Config &config, QObject *parent)
    : QObject(parent), m_config(config), m_random(config.seed), m_identities(~config.seed),
      m_network(m_scheduler)
{
}

SimulatedCluster::~SimulatedCluster()
{
    for (auto &[name, node] : m_nodes) {
        node.master.reset();
        node.registrar.reset();
        node.replica.reset();
    }
}

Id128 SimulatedCluster::Node::logId() const
{
    const auto highest = HighestEpoch::fromMeta(store->state().meta);
    return highest ? highest->logId : Id128();
}

SimulatedCluster::Node &SimulatedCluster::node(const QByteArray &key)
{
    Node &node = m_nodes[key];
    if (!node.store) {
        node.key = node.name = node.address = key;
        node.store = std::make_unique<MemoryLogStore>(QByteArray(), key);
    }
    return node;
}

SimulatedCluster::Node &SimulatedCluster::prepare(const QByteArray &key, const Told &told)
{
    Node &self = node(key);
    Q_ASSERT(!self.isUp());
    self.name = told.name.isEmpty() ? key : told.name;
    self.address = told.address.isEmpty() ? key : told.address;
    self.advertise = told.advertise.isEmpty() ? self.address : told.advertise;
    Q_ASSERT(isFree(self.address));
    self.instance = m_identities.id128();
    self.store->identify(m_identities.id128());
    ++self.starts;
    return self;
}

void SimulatedCluster::startMaster(const QByteArray &key, bool promote, const Told &told)
{
    Node &self = prepare(key, told);
    StoreState state = self.store->state();
    Q_ASSERT(promote || state.role != "secondary");
    if (self.store->isTakenOver())
        state.role = "secondary"; // as in the store
    MasterNode::Config config = m_config.master;
    config.name = self.name;
    config.nodeId = state.nodeId;
    config.newLog = told.newLog;
    self.master = std::make_unique<MasterNode>(
        config, *self.store, state,
        [this, address = self.address] { return m_network.makeTransport(address); }, m_scheduler, m_random);
    self.store->setOwner("master", self.name);
    watchMaster(self);
    self.master->start();
}

void SimulatedCluster::startSecondary(const QByteArray &key, const QByteArray &follows, const Told &told)
{
    Node &self = prepare(key, told);
    self.follows = node(follows).address;
    self.version = told.version;
    if (self.version == PeerVersion::Next)
        emit happened(key + ": speaks the next version, too");
    self.store->setOwner("secondary", self.name);
    const StoreState state = self.store->state();
    ReplicaLog::Config config = m_config.replica;
    config.nodeId = state.nodeId;
    config.name = self.name;
    config.instance = self.instance;
    self.replica = std::make_unique<ReplicaLog>(*self.store, state, config);
    self.registrar = std::make_unique<Registrar>(m_config.registrar, m_scheduler, m_random);
    watchSecondary(self);
    self.registrar->start();
}

void SimulatedCluster::startForeign(const QByteArray &address, int status, const QByteArray &body)
{
    m_network.attach(address,
                     {[status, body](const QByteArray &, const MemoryNetwork::Endpoint::Answer &answer) {
                          answer(status, "application/json", body);
                      },
                      {}});
}

void SimulatedCluster::watchMaster(Node &self)
{
    const QByteArray key = self.key;
    MasterNode *const master = self.master.get();
    connect(master, &MasterNode::started, this, [this, key, &self, master] {
        self.serving = true;
        emit happened(key + ": started, epoch " + QByteArray::number(master->log().epoch().number));
        const auto noSuchCall = [](const QByteArray &, const MemoryNetwork::Endpoint::Answer &answer) {
            answer(404, "application/problem+json", "{\"detail\":\"no such path\"}");
        };
        m_network.attach(
            self.address,
            {noSuchCall, [master](const Registration &registration, const MemoryNetwork::Registered &done) {
                 master->admission().handleRegistration(
                     registration, [done, logId = master->logId()](const Result<void> &outcome) {
                         done(outcome ? Result<Id128>(logId) : outcome.error());
                     });
             }});
    });
    connect(master, &MasterNode::failed, this, [this, key](const Error &error) {
        emit happened(key + ": cannot start: " + error.text.toUtf8());
    });
    connect(master, &MasterNode::modeChanged, this,
            [this, key, master](MasterNode::Mode mode, const QString &reason) {
                if (mode == MasterNode::Mode::Fenced)
                    emit fenced(key);
                emit happened(key + ": " + master->modeWord() +
                              (reason.isEmpty() ? QByteArray() : ": " + reason.toUtf8()));
            });
    connect(&master->log().visible(), &VisibleLog::firstChanged, this, [this, key](quint64 first) {
        emit happened(key + ": begins with " + QByteArray::number(first));
    });
    const Membership *const members = &master->members();
    connect(members, &Membership::healthChanged, this,
            [this, key](const QByteArray &member, NodeHealth health) {
                emit happened(key + ": " + member + " is " + toWord(health));
            });
    connect(members, &Membership::memberMoved, this, [this, key](const QByteArray &member, const QUrl &url) {
        emit happened(key + ": " + member + " moved to " + url.host().toUtf8());
    });
    connect(members, &Membership::memberRenamed, this,
            [this, key](const QByteArray &before, const QByteArray &member) {
                emit happened(key + ": " + before + " is called " + member + " now");
            });
    connect(members, &Membership::memberReplaced, this, [this, key](const QByteArray &member) {
        emit happened(key + ": another node is called " + member + " now");
    });
    connect(&master->admission(), &Admission::refusedNode, this, [this, key](const Refusal &refusal) {
        if (refusal.times == 1)
            emit happened(key + ": refused " + refusal.name + ": " + refusal.reason.toUtf8());
    });
}

void SimulatedCluster::watchSecondary(Node &self)
{
    const QByteArray key = self.key;
    ReplicaLog *const replica = self.replica.get();
    Registrar *const registrar = self.registrar.get();
    connect(replica, &ReplicaLog::heardFromMaster, registrar, &Registrar::handleHeardFromMaster);
    connect(replica, &ReplicaLog::epochRaised, this, [this, key](quint64 epoch) {
        emit happened(key + ": follows epoch " + QByteArray::number(epoch));
    });
    connect(replica, &ReplicaLog::truncated, this, [this, key](quint64 from) {
        emit happened(key + ": drops its log from " + QByteArray::number(from));
    });
    connect(replica, &ReplicaLog::begunAt, this, [this, key](quint64 base) {
        emit happened(key + ": goes on behind " + QByteArray::number(base));
    });
    connect(&replica->visible(), &VisibleLog::firstChanged, this, [this, key](quint64 first) {
        emit happened(key + ": begins with " + QByteArray::number(first));
    });
    connect(replica, &ReplicaLog::modeChanged, this,
            [this, key, replica](ReplicaLog::Mode, const QString &reason) {
                emit happened(key + ": " + replica->modeWord() + ": " + reason.toUtf8());
            });
    connect(registrar, &Registrar::refusalChanged, this, [this, key, registrar] {
        const QByteArray why = registrar->refusal().toUtf8();
        emit happened(key + (why.isEmpty() ? QByteArray(": is refused no more") : ": is refused: " + why));
    });
    connect(registrar, &Registrar::registerWanted, this, [this, &self] { sendRegistration(self); });
    m_network.attach(
        self.address,
        {[replica, version = self.version](const QByteArray &body, MemoryNetwork::Endpoint::Answer answer) {
             auto request = decodeReplicate(body, WireForm::Cbor);
             if (request && version == PeerVersion::Other)
                 request = Error{Errc::InvalidArgument, u"wire: is not spoken here"_s, u"wire"_s};
             if (!request) {
                 answerOverHttp(answer, replica->rejection(request.error()), version);
                 return;
             }
             replica->handleReplicate(std::move(*request),
                                      [answer = std::move(answer), version](const ReplicateAnswer &given) {
                                          answerOverHttp(answer, given, version);
                                      });
         },
         {}});
}

void SimulatedCluster::sendRegistration(Node &self)
{
    Registration registration =
        self.replica->registration(QUrl(u"http://%1:1"_s.arg(QLatin1StringView(self.advertise))));
    if (self.version != PeerVersion::Ours)
        ++registration.node.wire;
    // The answer or, if that is late, a failure; whichever comes first.
    const auto open = std::make_shared<QPointer<Registrar>>(self.registrar.get());
    const auto close = [open, replica = self.replica.get()](const Result<Id128> &outcome) {
        Registrar *const asker = open->data();
        open->clear();
        if (!asker)
            return;
        if (outcome) {
            replica->handleRegistered(*outcome);
            asker->handleRegistered();
        } else if (outcome.error().code == Errc::Conflict)
            asker->handleRefused(outcome.error().text);
        else
            asker->handleFailure();
    };
    m_scheduler.schedule(m_network.attemptMs(), [close] { close(Error{Errc::Timeout, u"no answer"_s}); });
    m_network.sendRegistration(self.address, self.follows, registration, close);
}

void SimulatedCluster::crash(const QByteArray &key, MemoryLogStore::Crash kind)
{
    Node &self = node(key);
    m_network.detach(self.address);
    self.serving = false;
    self.master.reset();
    self.registrar.reset();
    self.replica.reset();
    self.store->crash(kind);
    for (const auto &client : m_clients) {
        if (client->node == key && client->state == Client::State::Waiting)
            client->state = Client::State::Lost;
    }
}

void SimulatedCluster::wipe(const QByteArray &key)
{
    Q_ASSERT(!node(key).isUp());
    emit wiped(key);
    node(key).store->setContent({});
}

MemoryLogStore::Content SimulatedCluster::copyDisk(const QByteArray &key)
{
    return node(key).store->content();
}

void SimulatedCluster::putBack(const QByteArray &key, const MemoryLogStore::Content &copy)
{
    // Create the node, which may be new, before the invariants see it.
    Node &self = node(key);
    Q_ASSERT(!self.isUp());
    emit puttingBack(key, copy);
    self.store->setContent(copy);
}

void SimulatedCluster::restore(const QByteArray &key, const MemoryLogStore::Content &backup)
{
    Node &self = node(key);
    Q_ASSERT(!self.isUp());
    emit puttingBack(key, backup);
    self.store->restore(backup, m_identities.id128());
}

SimulatedCluster::Client &SimulatedCluster::submit(const QByteArray &master, AppendRequest request)
{
    Node &self = node(master);
    Q_ASSERT(self.serving);
    m_clients.push_back(std::make_unique<Client>());
    Client *const client = m_clients.back().get();
    client->number = static_cast<int>(m_clients.size());
    client->node = master;
    client->request = request;
    client->handle = self.master->appender().submit(std::move(request), self.master->knownNodes(),
                                                    [this, client](const Result<AppendOutcome> &outcome) {
                                                        Q_ASSERT(client->state == Client::State::Waiting);
                                                        if (outcome) {
                                                            client->outcome = *outcome;
                                                            client->state = Client::State::Answered;
                                                        } else {
                                                            client->error = outcome.error();
                                                            client->state = Client::State::Refused;
                                                        }
                                                        emit answered(*client);
                                                        emit happened(describe(*client));
                                                    });
    return *client;
}

bool SimulatedCluster::settle()
{
    for (int turn = 0; turn < SettleTurns; ++turn) {
        m_scheduler.advance(0);
        bool any = false;
        for (auto &[name, node] : m_nodes)
            any = (node.isUp() && node.store->pump()) || any;
        any = m_scheduler.runDeferred() || any;
        if (const auto arrived = m_network.arrived()) {
            m_network.deliver(*arrived);
            any = true;
        }
        emit turned();
        if (!any)
            return true;
    }
    return false;
}

bool SimulatedCluster::run(qint64 ms)
{
    constexpr qint64 Slice = 10;
    bool settled = settle();
    while (ms > 0 && settled) {
        const qint64 slice = std::min(ms, Slice);
        m_scheduler.advance(slice);
        ms -= slice;
        settled = settle();
    }
    return settled;
}

QByteArray describe(const SimulatedCluster::Client &client)
{
    using State = SimulatedCluster::Client::State;
    const AppendRequest &request = client.request;
    QByteArray text = request.messages.front().body;
    if (request.messages.size() > 1)
        text += ".." + request.messages.back().body;
    const AppendOutcome &outcome = client.outcome;
    switch (client.state) {
    case State::Waiting:
        return text + ": waits";
    case State::Lost:
        return text + ": lost its connection";
    case State::Refused:
        return text + ": refused: " + client.error.text.toUtf8();
    case State::Answered:
        break;
    }
    static constexpr const char *Ends[] = {"OK",           "timed out", "released",  "shutting down",
                                           "store failed", "fenced",    "not synced"};
    text +=
        QByteArray(": ") + Ends[static_cast<int>(outcome.end)] + ", id " + QByteArray::number(outcome.first);
    if (outcome.last != outcome.first)
        text += ".." + QByteArray::number(outcome.last);
    text += ", acks " + QByteArray::number(outcome.acks) + " of " + QByteArray::number(outcome.w);
    if (outcome.committed)
        text += ", committed";
    if (outcome.repeated)
        text += ", repeated";
    return text;
}

} // namespace replog
