// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/simulatedcluster.h"

#include "shared/log/replicatecodec.h"
#include "shared/store/nodeid.h"

#include <QUrl>

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// As the secondary's API does it.
struct HttpAnswer
{
    int status;
    QByteArray contentType;
    QByteArray body;
};

HttpAnswer toHttp(const ReplicateAnswer &answer)
{
    using Kind = ReplicateAnswer::Kind;
    const auto statusOf = [](Kind kind) {
        switch (kind) {
        case Kind::Accepted:
            return 200;
        case Kind::Mismatch:
        case Kind::Diverged:
            return 409;
        case Kind::StaleEpoch:
            return 412;
        case Kind::Misdirected:
            return 421;
        case Kind::RefusedWire:
        case Kind::Rejected:
            return 400;
        case Kind::Unavailable:
            return 503;
        }
        Q_UNREACHABLE();
    };
    const int status = statusOf(answer.kind);
    return {status, "application/cbor"_ba, encodeAnswer(answer, WireForm::Cbor, status, {})};
}

constexpr int SettleTurns = 20000;

} // namespace

SimulatedCluster::SimulatedCluster(const Config &config, QObject *parent)
    : QObject(parent), m_config(config), m_random(config.seed), m_identities(config.seed),
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

SimulatedCluster::Node &SimulatedCluster::node(const QByteArray &name)
{
    Node &node = m_nodes[name];
    if (!node.store) {
        node.name = name;
        node.store = std::make_unique<MemoryLogStore>(QByteArray(), name);
    }
    return node;
}

void SimulatedCluster::startMaster(const QByteArray &name, bool promote)
{
    Node &self = node(name);
    Q_ASSERT(!self.isUp());
    StoreState state = self.store->state();
    Q_ASSERT(promote || state.role != "secondary");
    ++self.starts;
    MasterNode::Config config = m_config.master;
    config.name = name;
    config.nodeId = nodeIdOf(*self.store, state, m_identities);
    self.master = std::make_unique<MasterNode>(
        config, *self.store, state, [this, name] { return m_network.makeTransport(name); }, m_scheduler,
        m_random);
    self.store->setOwner("master", name);
    watch(self);
    self.master->start();
}

void SimulatedCluster::startSecondary(const QByteArray &name, const QByteArray &follows)
{
    Node &self = node(name);
    Q_ASSERT(!self.isUp());
    ++self.starts;
    self.follows = follows;
    self.store->setOwner("secondary", name);
    const StoreState state = self.store->state();
    ReplicaLog::Config config = m_config.replica;
    config.nodeId = nodeIdOf(*self.store, state, m_identities);
    config.name = name;
    config.instance = m_identities.id128();
    self.replica = std::make_unique<ReplicaLog>(*self.store, state, config);
    self.registrar = std::make_unique<Registrar>(m_config.registrar, m_scheduler, m_random);
    watch(self);
    self.registrar->start();
}

void SimulatedCluster::watch(Node &self)
{
    const QByteArray name = self.name;
    if (MasterNode *const master = self.master.get()) {
        connect(master, &MasterNode::started, this, [this, name, &self, master] {
            self.serving = true;
            emit happened(name + ": started, epoch " + QByteArray::number(master->log().epoch().number));
            const auto noSuchCall = [](const QByteArray &, const MemoryNetwork::Endpoint::Answer &answer) {
                answer(404, "application/problem+json", "{\"detail\":\"no such path\"}");
            };
            m_network.attach(
                name,
                {noSuchCall, [master](const Registration &registration, std::function<void(bool)> done) {
                     master->members().registerNode(
                         registration,
                         [done = std::move(done)](const Result<void> &stored) { done(bool(stored)); });
                 }});
        });
        connect(master, &MasterNode::failed, this, [this, name](const Error &error) {
            emit happened(name + ": cannot start: " + error.text.toUtf8());
        });
        connect(master, &MasterNode::modeChanged, this,
                [this, name, master](MasterNode::Mode, const QString &reason) {
                    emit happened(name + ": " + master->modeWord() +
                                  (reason.isEmpty() ? QByteArray() : ": " + reason.toUtf8()));
                });
        connect(&master->members(), &Membership::healthChanged, this,
                [this, name](const QByteArray &member, NodeHealth health) {
                    emit happened(name + ": " + member + " is " + toWord(health));
                });
        return;
    }
    ReplicaLog *const replica = self.replica.get();
    Registrar *const registrar = self.registrar.get();
    connect(replica, &ReplicaLog::heardFromMaster, registrar, &Registrar::handleHeardFromMaster);
    connect(replica, &ReplicaLog::epochRaised, this, [this, name](quint64 epoch) {
        emit happened(name + ": follows epoch " + QByteArray::number(epoch));
    });
    connect(replica, &ReplicaLog::truncated, this, [this, name](quint64 from) {
        emit happened(name + ": drops its log from " + QByteArray::number(from));
    });
    connect(replica, &ReplicaLog::modeChanged, this,
            [this, name, replica](ReplicaLog::Mode, const QString &reason) {
                emit happened(name + ": " + replica->modeWord() + ": " + reason.toUtf8());
            });
    connect(registrar, &Registrar::registerWanted, this, [this, &self] {
        const Registration registration{self.replica->standing(),
                                        QUrl(u"mem://%1"_s.arg(QLatin1StringView(self.name)))};
        // The answer, or after a while the lack of one; whichever comes first.
        const auto open = std::make_shared<QPointer<Registrar>>(self.registrar.get());
        const auto close = [open](bool ok) {
            Registrar *const asker = open->data();
            open->clear();
            if (asker && ok)
                asker->handleRegistered();
            else if (asker)
                asker->handleFailure();
        };
        m_scheduler.schedule(m_network.attemptMs(), [close] { close(false); });
        m_network.sendRegistration(self.name, self.follows, registration, close);
    });
    m_network.attach(
        name, {[replica](const QByteArray &body, MemoryNetwork::Endpoint::Answer answer) {
                   auto request = decodeReplicate(body, WireForm::Cbor);
                   if (!request) {
                       const HttpAnswer http = toHttp(
                           replica->answer(ReplicateAnswer::Kind::Rejected, request.error().text.toUtf8()));
                       answer(http.status, http.contentType, http.body);
                       return;
                   }
                   replica->handleReplicate(std::move(*request),
                                            [answer = std::move(answer)](const ReplicateAnswer &given) {
                                                const HttpAnswer http = toHttp(given);
                                                answer(http.status, http.contentType, http.body);
                                            });
               },
               {}});
}

void SimulatedCluster::crash(const QByteArray &name, MemoryLogStore::Crash kind)
{
    Node &self = node(name);
    m_network.detach(name);
    self.serving = false;
    self.master.reset();
    self.registrar.reset();
    self.replica.reset();
    self.store->crash(kind);
    for (const auto &client : m_clients) {
        if (client->node == name && client->state == Client::State::Waiting)
            client->state = Client::State::Lost;
    }
}

void SimulatedCluster::wipe(const QByteArray &name)
{
    Q_ASSERT(!node(name).isUp());
    emit wiped(name);
    node(name).store->setContent({});
}

MemoryLogStore::Content SimulatedCluster::copyDisk(const QByteArray &name)
{
    return node(name).store->content();
}

void SimulatedCluster::putBack(const QByteArray &name, const MemoryLogStore::Content &copy)
{
    Q_ASSERT(!node(name).isUp());
    emit puttingBack(name, copy);
    node(name).store->setContent(copy);
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
        if (!m_network.messages().empty()) {
            m_network.deliver(0);
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
    QByteArray text = request.messages.front();
    if (request.messages.size() > 1)
        text += ".." + request.messages.back();
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
    static constexpr const char *Ends[] = {"OK", "timed out", "released", "shutting down", "store failed"};
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
