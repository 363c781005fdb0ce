// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/clustersession.h"

#include "gui/control/nodecontrol.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int CallLimitMs = 5000;
constexpr int AppendGraceMs = 5000; // beyond the timeout that the master was given
constexpr int LaneWidth = 5;       // Qt opens six connections to a host; one is left for what is over quickly
constexpr int AppendsAtOnce = 150; // each blocks a connection; further ones wait here, and say so

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QString pathSegment(const QString &text)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(text));
}

} // namespace

// A network manager for appends only: a blocked append holds a connection, of which a manager has six to a
// host.
struct ClusterSession::Lane
{
    QNetworkAccessManager network;
    int busy = 0;
};

struct ClusterSession::Append
{
    AppendRequest request;
    QByteArray key;
    qint64 startedMs = 0;
    bool cancelled = false;
    QPointer<QNetworkReply> reply;
};

ClusterSession::ClusterSession(const Clock &clock, QObject *parent)
    : QObject(parent), m_model(clock), m_clock(clock)
{
    connect(&m_model, &ClusterModel::nodeAdded, this, &ClusterSession::watchNode);
    connect(&m_model, &ClusterModel::nodeRemoved, this, &ClusterSession::unwatchNode);
    connect(&m_model, &ClusterModel::nodeRenamed, this, [this](const QString &from, const QString &to) {
        if (NodeClient *client = m_clients.take(from)) {
            client->setObjectName(to);
            m_clients.insert(to, client);
        }
    });
    connect(&m_model, &ClusterModel::nodeUrlChanged, this, [this](const QString &name, const QUrl &url) {
        if (NodeClient *client = m_clients.value(name))
            client->setUrl(url);
    });
}

ClusterSession::~ClusterSession()
{
    close();
}

NodeControl *ClusterSession::control() const
{
    return m_control;
}

void ClusterSession::open(const ClusterDescription &description, NodeControl *control)
{
    close();
    m_description = description;
    m_control = control;
    m_open = true;
    if (control) {
        connect(control, &NodeControl::processStateChanged, &m_model, &ClusterModel::handleProcessState);
        connect(control, &NodeControl::processStateChanged, this,
                [this](const QString &node, ProcessState state) {
                    NodeClient *client = m_clients.value(node);
                    if (client && (state == ProcessState::Running || state == ProcessState::Starting))
                        client->reconnectNow();
                });
    }
    for (const KnownNode &node : description.nodes)
        m_model.handleNodeDeclared(node);
    emit opened();
}

void ClusterSession::close()
{
    if (!m_open)
        return;
    m_open = false;
    if (m_control)
        m_control->disconnect(&m_model);
    if (m_control)
        m_control->disconnect(this);
    m_control.clear();
    m_queued.clear();
    const auto appends = std::exchange(m_appends, {});
    for (const auto &append : appends) {
        if (append->reply) {
            append->reply->disconnect(this);
            append->reply->abort();
            append->reply->deleteLater();
        }
    }
    m_lanes.clear();
    const auto clients = std::exchange(m_clients, {});
    for (NodeClient *client : clients) {
        client->disconnect(this);
        client->stop();
        client->deleteLater(); // one of them may be speaking right now
    }
    m_model.clear();
    m_description = {};
    emit closed();
}

void ClusterSession::setNodeUrl(const QString &name, const QUrl &url)
{
    m_model.handleNodeDeclared({name, NodeRole::Unknown, url});
}

void ClusterSession::watchNode(const QString &name)
{
    const NodeInfo *node = m_model.node(name);
    if (!node)
        return;
    auto *client = new NodeClient(&m_network, node->url, m_description.client, this);
    client->setObjectName(name);
    m_clients.insert(name, client);
    connect(client, &NodeClient::statusReceived, this, [this, client](const QJsonObject &document) {
        m_model.handleStatus(client->objectName(), document);
    });
    connect(client, &NodeClient::contactChanged, this, [this, client](Contact contact, const QString &error) {
        m_model.handleContact(client->objectName(), contact, error);
    });
    if (m_control && m_control->processState(name) != ProcessState::Unknown)
        m_model.handleProcessState(name, m_control->processState(name));
    client->start();
}

void ClusterSession::unwatchNode(const QString &name)
{
    if (NodeClient *client = m_clients.take(name)) {
        client->disconnect(this);
        client->stop();
        client->deleteLater(); // it may be the one that is speaking
    }
}

quint64 ClusterSession::append(const AppendRequest &request)
{
    const quint64 ticket = m_nextTicket++;
    auto append = std::make_shared<Append>();
    append->request = request;
    append->key = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    append->startedMs = m_clock.nowMs();
    m_appends.insert(ticket, append);
    m_queued.append(ticket);
    emit appendStarted(ticket, request);
    QMetaObject::invokeMethod(this, &ClusterSession::startAppends, Qt::QueuedConnection);
    return ticket;
}

ClusterSession::Lane &ClusterSession::freeLane()
{
    for (const auto &lane : m_lanes) {
        if (lane->busy < LaneWidth)
            return *lane;
    }
    m_lanes.push_back(std::make_unique<Lane>());
    return *m_lanes.back();
}

void ClusterSession::startAppends()
{
    while (!m_queued.isEmpty() && m_appends.size() - m_queued.size() < AppendsAtOnce) {
        const quint64 ticket = m_queued.takeFirst();
        const std::shared_ptr<Append> append = m_appends.value(ticket);
        const NodeInfo *master = m_model.master();
        if (!master) {
            AppendOutcome outcome;
            outcome.error = tr("There is no master to send it to.");
            finishAppend(ticket, outcome);
            continue;
        }
        QJsonObject body{{u"message"_s, append->request.message}};
        bool isNumber = false;
        const int w = append->request.w.toInt(&isNumber);
        if (isNumber)
            body.insert("w"_L1, w);
        else if (!append->request.w.isEmpty())
            body.insert("w"_L1, append->request.w);
        const int timeoutMs = append->request.timeoutMs;
        if (timeoutMs > 0)
            body.insert("timeout_ms"_L1, timeoutMs);
        Lane &lane = freeLane();
        ++lane.busy;
        append->startedMs = m_clock.nowMs();
        emit appendSent(ticket);
        // The key makes it safe that Qt sends a request anew when a kept connection turns out to be closed.
        append->reply = NodeClient::callOn(
            &lane.network, master->url, m_description.client, "POST", u"/api/v1/messages"_s, compact(body),
            {{"Idempotency-Key", append->key}}, timeoutMs > 0 ? timeoutMs + AppendGraceMs : 0, this,
            [this, ticket, append, &lane](const CallResult &result) {
                --lane.busy;
                const QJsonObject answer = result.json();
                AppendOutcome outcome;
                outcome.id = quint64(answer.value("id"_L1).toInteger());
                outcome.acks = answer.value("acks"_L1).toInt();
                outcome.elapsedMs = m_clock.nowMs() - append->startedMs;
                outcome.error = result.error;
                if (result.ok())
                    outcome.state = AppendOutcome::State::Ok;
                else if (append->cancelled)
                    outcome.state = AppendOutcome::State::Cancelled;
                else if (result.status == 504 || result.timedOut)
                    outcome.state = AppendOutcome::State::TimedOut;
                finishAppend(ticket, outcome);
            });
    }
}

void ClusterSession::cancelAppend(quint64 ticket)
{
    const std::shared_ptr<Append> append = m_appends.value(ticket);
    if (!append)
        return;
    append->cancelled = true;
    if (append->reply) {
        append->reply->abort();
    } else if (m_queued.removeOne(ticket)) {
        AppendOutcome outcome;
        outcome.state = AppendOutcome::State::Cancelled;
        finishAppend(ticket, outcome);
    }
}

void ClusterSession::finishAppend(quint64 ticket, const AppendOutcome &outcome)
{
    if (m_appends.remove(ticket) == 0)
        return;
    emit appendFinished(ticket, outcome);
    if (!m_queued.isEmpty())
        QMetaObject::invokeMethod(this, &ClusterSession::startAppends, Qt::QueuedConnection);
}

void ClusterSession::releaseWait(quint64 id, QObject *context, Done done)
{
    const NodeInfo *master = m_model.master();
    call(master ? master->name : QString(), "DELETE", u"/api/v1/waits/%1"_s.arg(id), {}, CallLimitMs, context,
         std::move(done));
}

void ClusterSession::retryNow(const QString &node, QObject *context, Done done)
{
    const NodeInfo *master = m_model.master();
    call(master ? master->name : QString(), "POST", u"/api/v1/nodes/%1/retry"_s.arg(pathSegment(node)), {},
         CallLimitMs, context, std::move(done));
}

void ClusterSession::forget(const QString &node, QObject *context, Done done)
{
    const NodeInfo *master = m_model.master();
    call(master ? master->name : QString(), "DELETE", u"/api/v1/nodes/%1"_s.arg(pathSegment(node)), {},
         CallLimitMs, context, std::move(done));
}

void ClusterSession::readFaults(const QString &node, QObject *context, Done done)
{
    call(node, "GET", u"/api/v1/faults"_s, {}, CallLimitMs, context, std::move(done));
}

void ClusterSession::writeFaults(const QString &node, const QJsonObject &faults, QObject *context, Done done)
{
    call(node, "PUT", u"/api/v1/faults"_s, compact(faults), CallLimitMs, context, std::move(done));
}

void ClusterSession::fetchMessages(quint64 from, int limit, QObject *context,
                                   std::function<void(const MessagePage &)> done)
{
    const NodeInfo *master = m_model.master();
    call(master ? master->name : QString(), "GET",
         u"/api/v1/messages?from=%1&limit=%2&view=all"_s.arg(from).arg(limit), {}, CallLimitMs, context,
         [done = std::move(done)](const CallResult &result) {
             MessagePage page;
             page.error = result.error;
             const QJsonArray messages = result.json().value("messages"_L1).toArray();
             page.messages.reserve(messages.size());
             for (const QJsonValue &value : messages) {
                 const QJsonObject message = value.toObject();
                 page.messages.append(
                     {quint64(message.value("id"_L1).toInteger()), message.value("message"_L1).toString()});
             }
             done(page);
         });
}

void ClusterSession::call(const QString &node, const QByteArray &verb, const QString &path,
                          const QByteArray &jsonBody, int limitMs, QObject *context, Done done)
{
    NodeClient *client = m_clients.value(node);
    if (client) {
        client->call(verb, path, jsonBody, limitMs, context, std::move(done));
        return;
    }
    CallResult result;
    result.error = node.isEmpty() ? tr("No master is known.") : tr("There is no node %1.").arg(node);
    QMetaObject::invokeMethod(
        context, [result, done = std::move(done)] { done(result); }, Qt::QueuedConnection);
}

} // namespace replog
