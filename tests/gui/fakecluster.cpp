// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/fakecluster.h"

#include "shared/node/gone.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog::test {

namespace {

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

} // namespace

FakeCluster::FakeCluster(const QStringList &secondaries)
{
    m_text = [](quint64 id) { return u"message %1"_s.arg(id); };
    const auto add = [this](const QString &name, bool isMaster) {
        auto node = std::make_unique<Node>();
        node->name = name;
        node->isMaster = isMaster;
        node->mode = isMaster ? u"read-write"_s : u"following"_s;
        m_nodes.push_back(std::move(node));
        listen(*m_nodes.back(), 0);
    };
    add(u"M"_s, true);
    for (const QString &name : secondaries)
        add(name, false);
    m_publish.setSingleShot(true);
    m_publish.setInterval(0);
    connect(&m_publish, &QTimer::timeout, this, &FakeCluster::publishNow);
}

ClusterDescription FakeCluster::description() const
{
    return {
        u"fake"_s, {{{}, NodeRole::Unknown, QUrl(u"http://127.0.0.1:%1"_s.arg(m_ports.value(u"M"_s)))}}, {}};
}

QUrl FakeCluster::url(const QString &name) const
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(m_ports.value(name)));
}

FakeCluster::Node &FakeCluster::node(const QString &name)
{
    const auto it =
        std::find_if(m_nodes.begin(), m_nodes.end(), [&](const auto &node) { return node->name == name; });
    Q_ASSERT(it != m_nodes.end());
    return **it;
}

void FakeCluster::listen(Node &node, quint16 port)
{
    node.server = std::make_unique<HttpServer>(m_scheduler);
    HttpServer &server = *node.server;
    const auto route = [&](HttpMethod method, const QByteArray &path, auto handler) {
        server.route({method, path, Lane::Fast}, [&node, handler](HttpRequest &&request, Reply reply) {
            const QByteArray bearer = request.headers.value("authorization").toByteArray();
            if (!bearer.isEmpty())
                node.tokensBrought.append(bearer);
            if (node.silent)
                node.swallowed.push_back(reply);
            else if (!node.token.isEmpty() && bearer != "Bearer " + node.token)
                reply.sendProblem({Errc::Unauthorized, u"a token is wanted"_s});
            else
                handler(node, request, reply);
        });
    };
    route(HttpMethod::Get, "/health",
          [](Node &, const HttpRequest &, Reply reply) { reply.sendJson(200, "{}"); });
    route(HttpMethod::Get, "/metrics", [](Node &to, const HttpRequest &, Reply reply) {
        ++to.metricsRead;
        reply.send(200, "text/plain", to.metrics);
    });
    route(HttpMethod::Get, "/api/v1/status",
          [this](Node &to, const HttpRequest &request, Reply reply) { handleStatus(to, request, reply); });
    route(HttpMethod::Get, "/api/v1/trace", [](Node &to, const HttpRequest &, Reply reply) {
        to.traces.push_back(reply.startStream(200, "text/event-stream"));
        to.traces.back().write(":\n\n");
    });
    route(HttpMethod::Get, "/api/v1/messages",
          [this](Node &to, const HttpRequest &request, Reply reply) { handleMessages(to, request, reply); });
    route(HttpMethod::Get, "/api/v1/messages/{id}",
          [this](Node &to, const HttpRequest &request, Reply reply) { handleMessage(to, request, reply); });
    route(HttpMethod::Post, "/api/v1/messages",
          [this](Node &to, const HttpRequest &request, Reply reply) { handleAppend(to, request, reply); });
    route(HttpMethod::Delete, "/api/v1/waits/{id}", [this](Node &, const HttpRequest &request, Reply reply) {
        const quint64 id = request.arguments.value(0).toULongLong();
        calls.append(u"DELETE /api/v1/waits/%1"_s.arg(id));
        if (!waits.contains(id)) {
            reply.sendProblem({Errc::NotFound, u"nobody waits for message %1"_s.arg(id)});
            return;
        }
        answer(id, 409);
        reply.sendJson(200, "{}");
    });
    route(HttpMethod::Post, "/api/v1/nodes/{name}/retry",
          [this](Node &, const HttpRequest &request, Reply reply) {
              calls.append(
                  u"POST /api/v1/nodes/%1/retry"_s.arg(QString::fromUtf8(request.arguments.value(0))));
              reply.sendJson(200, "{}");
          });
    route(HttpMethod::Delete, "/api/v1/nodes/{name}",
          [this](Node &, const HttpRequest &request, Reply reply) {
              const QString name = QString::fromUtf8(request.arguments.value(0));
              calls.append(u"DELETE /api/v1/nodes/%1"_s.arg(name));
              this->node(name).registered = false;
              reply.sendJson(200, "{}");
              publish();
          });
    route(HttpMethod::Get, "/api/v1/faults", [](Node &to, const HttpRequest &, Reply reply) {
        if (to.takesFaults)
            reply.sendJson(200, compact(to.faults));
        else
            reply.sendProblem({Errc::NotFound, u"not here"_s});
    });
    route(HttpMethod::Put, "/api/v1/faults", [this](Node &to, const HttpRequest &request, Reply reply) {
        const QJsonObject changes = QJsonDocument::fromJson(request.body).object();
        for (auto it = changes.begin(); it != changes.end(); ++it)
            to.faults.insert(it.key(), it.value());
        calls.append(u"PUT /api/v1/faults"_s);
        publish();
        reply.sendJson(200, compact(to.faults));
    });
    const Result<void> bound = server.listen(QHostAddress::LocalHost, port);
    Q_ASSERT(bound);
    Q_UNUSED(bound)
    m_ports[node.name] = server.port();
}

QString FakeCluster::text(quint64 id) const
{
    const auto it = m_appended.constFind(id);
    return it != m_appended.cend() ? *it : m_text(id);
}

void FakeCluster::fill(quint64 count)
{
    for (const auto &node : m_nodes) {
        node->lastId = count;
        node->committedId = count;
    }
    publish();
}

void FakeCluster::trim(quint64 firstId)
{
    for (const auto &node : m_nodes)
        node->firstId = firstId;
    publish();
}

void FakeCluster::publish()
{
    if (!m_publish.isActive())
        m_publish.start();
}

void FakeCluster::publishNow()
{
    for (const auto &node : m_nodes) {
        if (node->silent || !node->server)
            continue;
        const QByteArray event = "data: " + compact(statusOf(*node)) + "\n\n";
        std::erase_if(node->streams, [](const ReplyStream &stream) { return !stream.isOpen(); });
        for (ReplyStream &stream : node->streams)
            stream.write(event);
    }
}

QJsonObject FakeCluster::statusOf(const Node &node) const
{
    QJsonObject status{{u"role"_s, node.isMaster ? u"master"_s : u"secondary"_s},
                       {u"name"_s, node.name},
                       {u"epoch"_s, qint64(epoch)},
                       {u"last_id"_s, qint64(node.lastId)},
                       {u"committed_id"_s, qint64(node.committedId)},
                       {u"mode"_s, node.mode},
                       {u"mode_reason"_s, node.modeReason},
                       {u"first_id"_s, qint64(node.firstId)},
                       {u"uptime_ms"_s, 1000}};
    if (!node.isMaster)
        status[u"faults"_s] = node.takesFaults ? QJsonValue(node.faults) : QJsonValue();
    const auto withOwn = [&] {
        for (auto it = node.own.begin(); it != node.own.end(); ++it)
            status.insert(it.key(), it.value());
        return status;
    };
    if (!node.isMaster)
        return withOwn();
    QJsonArray nodes;
    for (const auto &member : m_nodes) {
        if (member->isMaster || !member->registered)
            continue;
        QJsonObject line{{u"name"_s, member->name},
                         {u"url"_s, u"http://127.0.0.1:%1"_s.arg(m_ports.value(member->name))},
                         {u"health"_s, member->server ? u"healthy"_s : u"unhealthy"_s},
                         {u"acked_id"_s, qint64(member->lastId)},
                         {u"lag"_s, qint64(node.lastId - std::min(node.lastId, member->lastId))},
                         {u"attempts"_s, 10},
                         {u"retries"_s, 0},
                         {u"consecutive_failures"_s, 0},
                         {u"next_retry_ms"_s, 0},
                         {u"last_error"_s, QString()}};
        for (auto it = member->masterView.begin(); it != member->masterView.end(); ++it)
            line.insert(it.key(), it.value());
        nodes.append(line);
    }
    QJsonArray list;
    for (const auto &[id, wait] : waits) {
        list.append(QJsonObject{{u"id"_s, qint64(id)},
                                {u"w"_s, wait.w},
                                {u"acks"_s, wait.acks},
                                {u"missing"_s, QJsonArray::fromStringList(wait.missing)},
                                {u"waited_ms"_s, 1500},
                                {u"clients"_s, 1},
                                {u"unreachable"_s, wait.w > int(m_nodes.size())}});
    }
    status.insert(u"nodes"_s, nodes);
    status.insert(u"waits"_s, list);
    status.insert(u"waits_total"_s, qint64(waits.size()));
    return withOwn();
}

void FakeCluster::handleStatus(Node &node, const HttpRequest &request, Reply reply)
{
    if (!request.accepts("text/event-stream")) {
        ++node.statusAsked;
        reply.sendJson(200, compact(statusOf(node)));
        return;
    }
    ReplyStream stream = reply.startStream(200, "text/event-stream");
    stream.write("data: " + compact(statusOf(node)) + "\n\n");
    node.streams.push_back(stream);
}

void FakeCluster::handleMessages(Node &node, const HttpRequest &request, Reply reply)
{
    ++reads;
    if (!readers.contains(node.name))
        readers.append(node.name);
    if (failReads) {
        reply.sendProblem({Errc::Io, u"the disk is on fire"_s});
        return;
    }
    const quint64 from = request.queryValue("from").value_or("1").toULongLong();
    const quint64 limit = request.queryValue("limit").value_or("100").toULongLong();
    if (from < node.firstId) {
        sendGone(reply, u"from"_s, node.firstId);
        return;
    }
    QJsonArray messages;
    for (quint64 id = from; id < from + limit && id <= node.lastId; ++id)
        messages.append(message(id));
    reply.sendJson(200, compact({{u"messages"_s, messages},
                                 {u"first_id"_s, qint64(node.firstId)},
                                 {u"last_id"_s, qint64(node.lastId)},
                                 {u"committed_id"_s, qint64(node.committedId)}}));
}

QJsonObject FakeCluster::message(quint64 id) const
{
    const QJsonObject extra = m_extra ? m_extra(id) : QJsonObject();
    QJsonObject message{{u"id"_s, qint64(id)}, {u"time"_s, 1'795'699'580'072 + qint64(id)}, {u"epoch"_s, 1}};
    if (!extra.contains("message_base64"_L1))
        message.insert("message"_L1, text(id));
    for (auto it = extra.begin(); it != extra.end(); ++it)
        message.insert(it.key(), it.value());
    return message;
}

void FakeCluster::handleMessage(Node &node, const HttpRequest &request, Reply reply)
{
    const quint64 id = request.arguments.value(0).toULongLong();
    if (id == 0 || id > node.lastId) {
        reply.sendProblem({Errc::NotFound, u"no message %1"_s.arg(id)});
        return;
    }
    if (id < node.firstId) {
        sendGone(reply, u"id"_s, node.firstId);
        return;
    }
    const bool showsAll = node.isMaster || request.queryValue("view").value_or("") == "all";
    if (!showsAll && id > node.committedId) {
        reply.sendProblem({Errc::NotFound, u"id: the log is visible up to %1"_s.arg(node.committedId)});
        return;
    }
    QJsonObject document = message(id);
    const auto wait = waits.find(id);
    document.insert("w"_L1, wait == waits.end() ? 1 : wait->second.w);
    if (!node.isMaster) {
        document.insert("satisfied"_L1, id <= node.committedId);
        reply.sendJson(200, compact(document));
        return;
    }
    const auto holders = std::count_if(m_nodes.begin(), m_nodes.end(),
                                       [id](const auto &holder) { return holder->lastId >= id; });
    document.insert("acks"_L1, wait == waits.end() ? int(holders) : wait->second.acks);
    document.insert("satisfied"_L1, wait == waits.end());
    reply.sendJson(200, compact(document));
}

void FakeCluster::handleAppend(Node &node, const HttpRequest &request, Reply reply)
{
    const QJsonObject body = QJsonDocument::fromJson(request.body).object();
    const QByteArray key = request.headers.value("idempotency-key").toByteArray();
    if (const quint64 known = m_keys.value(key); known > 0 && body.value("timeout_ms"_L1).toInt() == 1) {
        reply.sendProblem({Errc::Timeout, u"not satisfied in time"_s}, "\"id\":" + QByteArray::number(known));
        return;
    }
    appendBodies.append(request.body);
    if (const quint64 known = m_keys.value(key)) {
        if (const auto wait = waits.find(known); wait != waits.end())
            wait->second.reply = reply; // the repeat joins the wait
        else
            reply.sendJson(200, compact({{u"id"_s, qint64(known)}, {u"w"_s, 1}, {u"acks"_s, 1}}));
        return;
    }
    const quint64 id = ++node.lastId;
    m_keys.insert(key, id);
    m_appended.insert(id, body.value("message"_L1).toString());
    int w = body.value("w"_L1).toInt(1);
    if (body.value("w"_L1) == "all"_L1)
        w = int(m_nodes.size());
    if (w == 1) {
        if (node.committedId + 1 == id)
            node.committedId = id;
        reply.sendJson(201, compact({{u"id"_s, qint64(id)}, {u"w"_s, 1}, {u"acks"_s, 1}}));
    } else {
        QStringList missing;
        for (const auto &member : m_nodes) {
            if (!member->isMaster)
                missing.append(member->name);
        }
        waits[id] = {reply, id, w, 1, missing};
    }
    publish();
}

void FakeCluster::answer(quint64 id, int status)
{
    const auto it = waits.find(id);
    if (it == waits.end())
        return;
    Pending pending = it->second;
    waits.erase(it);
    const QByteArray members = R"("id":%1,"acks":%2)"_ba.replace("%1", QByteArray::number(id))
                                   .replace("%2", QByteArray::number(pending.acks));
    if (status == 201)
        pending.reply.sendJson(201, '{' + members + '}');
    else if (status == 504)
        pending.reply.sendProblem({Errc::Timeout, u"not satisfied in time"_s}, members);
    else
        pending.reply.sendProblem({Errc::Conflict, u"the wait was given up"_s}, members);
    publish();
}

void FakeCluster::setUp(const QString &name, bool up)
{
    Node &which = node(name);
    if (up) {
        listen(which, m_ports.value(name));
    } else {
        which.streams.clear();
        which.traces.clear();
        which.swallowed.clear();
        which.server.reset();
    }
    publish();
}

void FakeCluster::trace(const QString &name, const QByteArray &json)
{
    for (ReplyStream &stream : node(name).traces)
        stream.write("data: " + json + "\n\n");
}

int FakeCluster::traceReaders()
{
    int count = 0;
    for (const auto &node : m_nodes) {
        // Only a write detects that the client has gone, so write a keep-alive comment as nodes do.
        for (ReplyStream &stream : node->traces)
            stream.write(":\n\n");
        std::erase_if(node->traces, [](const ReplyStream &stream) { return !stream.isOpen(); });
        count += int(node->traces.size());
    }
    return count;
}

void FakeCluster::promote(const QString &name)
{
    Node &which = node(name);
    which.isMaster = true;
    which.mode = u"read-write"_s;
    ++epoch;
    publish();
}

void FakeCluster::setHeld(const QString &name, quint64 id)
{
    node(name).lastId = id;
    publish();
}

} // namespace replog::test
