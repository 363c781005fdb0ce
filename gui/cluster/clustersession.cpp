// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/clustersession.h"

#include "gui/cluster/nodecontrol.h"
#include "gui/widgets/plaintext.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int CallLimitMs = 5000;
constexpr int GoneStatus = 410; // older than the oldest entry kept
constexpr qsizetype TypeCharacters = 200;
constexpr qsizetype TitleCharacters = 100;

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QString pathSegment(const QString &text)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(text));
}

} // namespace

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
        if (m_control)
            m_control->handleRenamed(from, to);
    });
    connect(&m_model, &ClusterModel::nodeMerged, this, [this](const QString &from, const QString &into) {
        if (m_control)
            m_control->handleRenamed(from, into);
    });
    connect(&m_model, &ClusterModel::nodeUrlChanged, this, [this](const QString &name, const QUrl &url) {
        if (NodeClient *client = m_clients.value(name))
            client->setUrl(url);
        updateMaster();
    });
    connect(&m_model, &ClusterModel::nodesReordered, this, &ClusterSession::updateMaster);
    connect(&m_model, &ClusterModel::epochChanged, this, &ClusterSession::updateMaster);
    connect(&m_model, &ClusterModel::logReplaced, this, [this] {
        if (m_client)
            m_client->endOthers(m_model.logId());
    });
    connect(&m_model, &ClusterModel::connectionRestored, this, [this](const QString &name) {
        updateMaster();
        const NodeInfo *master = m_model.master();
        if (m_client && master && master->name == name)
            m_client->askAgainNow();
    });
}

ClusterSession::~ClusterSession()
{
    close();
}

QString ClusterSession::title() const
{
    return PlainText::oneLine(m_description.title, TitleCharacters);
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
        // First: that a node could not be reached while it was starting tells nothing of one that runs.
        connect(control, &NodeControl::processStateChanged, this,
                [this](const QString &node, ProcessState state) {
                    m_model.handleOwnId(node, m_control->ownId(node));
                    NodeClient *client = m_clients.value(node);
                    if (client && (state == ProcessState::Running || state == ProcessState::Starting))
                        client->reconnectNow();
                });
        connect(control, &NodeControl::processStateChanged, &m_model, &ClusterModel::handleProcessState);
    }
    // The token goes only to the addresses that the user named, and not to those that a node reports later.
    m_options = description.client;
    ClientOptions appends = description.client;
    appends.nodes.clear();
    for (const KnownNode &node : description.nodes) {
        m_options.nodes.append(node.url);
        if (node.role != NodeRole::Secondary)
            appends.nodes.append(node.url);
    }
    appends.nodes += description.client.nodes;
    m_network.clearConnectionCache(); // connections of another cluster, or made with other certificates
    m_client = std::make_unique<ClientThread>(appends);
    connect(m_client.get(), &ClientThread::appendSent, this, &ClusterSession::appendSent);
    connect(m_client.get(), &ClientThread::appendPlaced, this, &ClusterSession::appendPlaced);
    connect(m_client.get(), &ClientThread::appendInterrupted, this, &ClusterSession::appendInterrupted);
    connect(m_client.get(), &ClientThread::appendFinished, this, &ClusterSession::handleAppendFinished);
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
    m_client.reset();
    m_appends.clear();
    const auto clients = std::exchange(m_clients, {});
    for (NodeClient *client : clients) {
        client->disconnect(this);
        client->stop();
        client->deleteLater(); // one of them may have called us
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
    auto *client = new NodeClient(&m_network, node->url, m_options, this);
    client->setObjectName(name);
    m_clients.insert(name, client);
    connect(client, &NodeClient::statusReceived, this, [this, client](const QJsonObject &document) {
        m_model.handleStatus(client->objectName(), document);
    });
    connect(client, &NodeClient::contactChanged, this, [this, client](Contact contact, const QString &error) {
        m_model.handleContact(client->objectName(), contact, error);
    });
    if (m_control && m_control->processState(name) != ProcessState::Unknown) {
        m_model.handleOwnId(name, m_control->ownId(name));
        m_model.handleProcessState(name, m_control->processState(name));
    }
    client->start();
}

void ClusterSession::unwatchNode(const QString &name)
{
    if (NodeClient *client = m_clients.take(name)) {
        client->disconnect(this);
        client->stop();
        client->deleteLater(); // it may have called us
    }
}

// Appends go to the master. The client also repeats the appends that lost their connection once it gets the
// address.
void ClusterSession::updateMaster()
{
    const NodeInfo *master = m_model.master();
    if (m_client && master)
        m_client->setMaster(master->url);
}

quint64 ClusterSession::append(const ClientAppend &append, quint64 lane)
{
    const quint64 ticket = m_nextTicket++;
    m_appends[ticket].start();
    emit appendStarted(ticket, append);
    const NodeInfo *master = m_model.master();
    if (m_client && master && master->stranger.isEmpty()) {
        m_client->append(ticket, append, lane);
        return ticket;
    }
    const QString stranger = master ? master->stranger : QString();
    QMetaObject::invokeMethod(
        this,
        [this, ticket, stranger] {
            ClientAppendResult result;
            result.error = stranger.isEmpty() ? tr("There is no master to send it to.") : stranger;
            handleAppendFinished(ticket, result);
        },
        Qt::QueuedConnection);
    return ticket;
}

void ClusterSession::cancelAppend(quint64 ticket)
{
    if (m_client && m_appends.contains(ticket))
        m_client->cancel(ticket);
}

void ClusterSession::locateAppend(quint64 ticket)
{
    if (m_client && m_appends.contains(ticket))
        m_client->locate(ticket);
}

void ClusterSession::handleAppendFinished(quint64 ticket, const ClientAppendResult &result)
{
    if (!m_appends.contains(ticket))
        return; // it belongs to a cluster that was closed
    const double hereMs = double(m_appends.take(ticket).nsecsElapsed()) / 1e6;
    emit appendFinished(ticket, result, hereMs);
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
    call(m_model.reader(), "GET", u"/api/v1/messages?from=%1&limit=%2&view=all"_s.arg(from).arg(limit), {},
         CallLimitMs, context, [done = std::move(done)](const CallResult &result) {
             MessagePage page;
             page.error = result.error;
             if (result.status == GoneStatus)
                 page.firstId = quint64(std::max<qint64>(0, result.json().value("first_id"_L1).toInteger()));
             const QJsonArray messages = result.json().value("messages"_L1).toArray();
             page.messages.reserve(messages.size());
             for (const QJsonValue &value : messages) {
                 const QJsonObject object = value.toObject();
                 LogMessage message{quint64(object.value("id"_L1).toInteger()),
                                    object.value("message"_L1).toString()};
                 message.timeMs = object.value("time"_L1).toInteger(-1);
                 message.epoch = quint64(std::max<qint64>(0, object.value("epoch"_L1).toInteger()));
                 message.type = object.value("type"_L1).toString().left(TypeCharacters);
                 message.headers = object.value("headers"_L1).toObject();
                 const QJsonValue encoded = object.value("message_base64"_L1);
                 if (encoded.isString()) {
                     message.binary = QByteArray::fromBase64(encoded.toString().toLatin1());
                     message.text = QString::fromUtf8(message.binary);
                 }
                 page.messages.append(message);
             }
             done(page);
         });
}

QString ClusterSession::whyNotCalled(const QString &node) const
{
    if (!m_clients.contains(node))
        return node.isEmpty() ? tr("No node is heard from.") : tr("There is no node %1.").arg(node);
    const NodeInfo *info = m_model.node(node);
    return info ? info->stranger : QString();
}

QNetworkReply *ClusterSession::openEvents(const QString &node, const QString &path)
{
    NodeClient *client = m_clients.value(node);
    return client && whyNotCalled(node).isEmpty() ? client->openEvents(path) : nullptr;
}

void ClusterSession::call(const QString &node, const QByteArray &verb, const QString &path,
                          const QByteArray &jsonBody, int limitMs, QObject *context, Done done)
{
    CallResult result;
    result.error = whyNotCalled(node);
    if (result.error.isEmpty()) {
        m_clients.value(node)->call(verb, path, jsonBody, limitMs, context, std::move(done));
        return;
    }
    QMetaObject::invokeMethod(
        context, [result, done = std::move(done)] { done(result); }, Qt::QueuedConnection);
}

} // namespace replog
