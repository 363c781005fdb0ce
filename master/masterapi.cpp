// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masterapi.h"

#include "master/ndjsonappend.h"
#include "shared/access/addressrules.h"
#include "shared/base/bytewriter.h"
#include "shared/log/jsontext.h"
#include "shared/node/queryargs.h"


#include <chrono>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr quint64 MaxWaitMs = 24 * 3600 * 1000;

void appendField(QByteArray &out, QByteArrayView name, quint64 value)
{
    appendJsonName(out, name);
    appendNumber(out, value);
}

// The members that tell of an append, without braces.
void writeMembers(ByteWriter &out, const AppendOutcome &outcome, bool batch)
{
    if (batch)
        out << "\"first_id\":" << outcome.first << ",\"last_id\":" << outcome.last;
    else
        out << "\"id\":" << outcome.first;
    out << ",\"w\":" << quint64(outcome.w) << ",\"acks\":" << static_cast<quint64>(outcome.acks);
}
constexpr qsizetype MembersBytes = 48 + 4 * ByteWriter::NumberBytes;

QByteArray membersOf(const AppendOutcome &outcome, bool batch)
{
    QByteArray out;
    {
        ByteWriter to(out, MembersBytes);
        writeMembers(to, outcome, batch);
    }
    return out;
}

Result<quint64> idArgument(const HttpRequest &request)
{
    return parseNumber(request.arguments.value(0), u"id"_s, 1, std::numeric_limits<quint64>::max());
}

} // namespace

MasterApi::MasterApi(MasterNode &node, LogStore &store, const AppendParser::Config &config,
                     MetricsRegistry &metrics, const AccessPolicy &access, QObject *parent)
    : QObject(parent), m_node(node), m_store(store), m_access(access), m_parser(config),
      m_appends(metrics.counter("replog_appends_total", "Append requests taken in.")),
      m_refused(metrics.counter("replog_appends_refused_total",
                                "Append requests answered with an error before anything was appended.")),
      m_latency(metrics.histogram("replog_append_seconds", "Time from an append request to its answer.",
                                  Histogram::latencyBounds()))
{
}

void MasterApi::addRoutes(HttpServer &server)
{
    server.route({HttpMethod::Post, "/api/v1/messages", Lane::Fast, Right::Append},
                 [this](HttpRequest &&request, Reply reply) { handleAppend(request, std::move(reply)); });
    server.routeStream({HttpMethod::Post, "/api/v1/messages", Lane::Fast, Right::Append},
                       "application/x-ndjson",
                       [this](HttpRequest &&request, std::shared_ptr<BodyStream> body, Reply reply) {
                           handleStream(request, std::move(body), std::move(reply));
                       });
    server.route({HttpMethod::Get, "/api/v1/messages/{id}", Lane::Qt, Right::Read},
                 [this](HttpRequest &&request, Reply reply) { handleMessage(request, std::move(reply)); });
    server.route({HttpMethod::Delete, "/api/v1/waits/{id}", Lane::Qt, Right::Operate},
                 [this](HttpRequest &&request, Reply reply) { handleRelease(request, std::move(reply)); });
    server.route({HttpMethod::Post, "/api/v1/nodes", Lane::Qt, Right::Cluster},
                 [this](HttpRequest &&request, Reply reply) { handleRegister(request, std::move(reply)); });
    server.route({HttpMethod::Delete, "/api/v1/nodes/{name}", Lane::Qt, Right::Operate},
                 [this](HttpRequest &&request, Reply reply) { handleForget(request, std::move(reply)); });
    server.route({HttpMethod::Post, "/api/v1/nodes/{name}/retry", Lane::Qt, Right::Operate},
                 [this](HttpRequest &&request, Reply reply) { handleRetry(request, std::move(reply)); });
}

void MasterApi::handleAppend(const HttpRequest &request, Reply reply)
{
    auto parsed = m_parser.parse(request);
    if (!parsed) {
        m_refused.add();
        reply.sendProblem(parsed.error());
        return;
    }
    m_appends.add();
    const bool batch = parsed->batch;
    const bool mayWait =
        parsed->append.concern.kind != WriteConcern::Number || parsed->append.concern.number > 1;
    const auto since = std::chrono::steady_clock::now();
    const auto handle = m_node.appender().submit(
        std::move(parsed->append), m_node.knownNodes(),
        [this, reply, batch, since](const Result<AppendOutcome> &outcome) mutable {
            if (!outcome) {
                m_refused.add();
                reply.sendProblem(outcome.error());
                return;
            }
            m_latency.observe(
                std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count());
            answerAppend(std::move(reply), *outcome, batch);
        });
    // With w = 1 the answer is a sync away: not worth forgetting.
    if (mayWait)
        reply.onHangUp(this, [this, handle] { m_node.appender().cancel(handle); });
}

void MasterApi::handleStream(const HttpRequest &request, std::shared_ptr<BodyStream> body, Reply reply)
{
    auto head = m_parser.parseStreamHead(request);
    if (!head) {
        m_refused.add();
        reply.sendProblem(head.error());
        return;
    }
    new NdjsonAppend(m_node, m_parser, std::move(*head), std::move(body), std::move(reply), this);
}

void MasterApi::answerAppend(Reply reply, const AppendOutcome &outcome, bool batch)
{
    if (outcome.end == WaitEnd::Satisfied) {
        QByteArray body;
        {
            ByteWriter to(body, MembersBytes + 32 + ByteWriter::NumberBytes);
            to << '{';
            writeMembers(to, outcome, batch);
            to << ",\"epoch\":" << m_node.log().epochAt(outcome.last).number
               << (outcome.committed ? QByteArrayView(",\"committed\":true}")
                                     : QByteArrayView(",\"committed\":false}"));
        }
        reply.sendJson(outcome.repeated ? 200 : 201, body);
        return;
    }
    const QByteArray members = membersOf(outcome, batch);
    switch (outcome.end) {
    case WaitEnd::Satisfied:
        Q_UNREACHABLE();
    case WaitEnd::TimedOut:
        reply.sendProblem({Errc::Timeout,
                           u"%1 of %2 nodes hold entry %3; it stays in the log and goes on being replicated"_s
                               .arg(outcome.acks)
                               .arg(outcome.w)
                               .arg(outcome.last)},
                          members);
        return;
    case WaitEnd::Released:
        reply.sendProblem({Errc::Conflict, u"an operator released the wait for entry %1 with %2 of %3 acks"_s
                                               .arg(outcome.last)
                                               .arg(outcome.acks)
                                               .arg(outcome.w)},
                          members);
        return;
    case WaitEnd::ShuttingDown:
        reply.sendProblem(
            {Errc::Unavailable,
             u"the master is shutting down; entry %1 stays in the log and goes on being replicated later"_s
                 .arg(outcome.last)},
            members);
        return;
    case WaitEnd::StoreFailed:
        reply.sendProblem(
            {Errc::Io, u"the store failed; whether entry %1 is in the log is not known"_s.arg(outcome.last)},
            members);
        return;
    }
}

void MasterApi::handleMessage(const HttpRequest &request, Reply reply)
{
    const auto id = idArgument(request);
    QueryArgs args(request, {"wait_ms"});
    const auto waitMs = args.number("wait_ms", 0, MaxWaitMs);
    if (!id || args.error()) {
        reply.sendProblem(id ? *args.error() : id.error());
        return;
    }
    if (*id > m_node.log().assignedId()) {
        reply.sendProblem(
            {Errc::NotFound, u"id: the log ends at %1"_s.arg(m_node.log().assignedId()), u"id"_s});
        return;
    }
    if (!waitMs || *waitMs == 0) {
        answerMessage(*id, std::move(reply));
        return;
    }
    const auto handle = m_node.appender().watch(
        *id, static_cast<qint64>(*waitMs), [this, id = *id, reply](WaitEnd) { answerMessage(id, reply); });
    reply.onHangUp(this, [this, handle] { m_node.appender().cancel(handle); });
}

void MasterApi::answerMessage(quint64 id, Reply reply)
{
    m_store.read(
        id, id, 1,
        [this, alive = QPointer<MasterApi>(this), id, reply](const Result<Entries> &entries) mutable {
            if (!alive)
                return;
            if (!entries || entries->empty()) {
                reply.sendProblem(
                    entries ? Error{Errc::NotFound, u"id: entry %1 is not durable yet"_s.arg(id), u"id"_s}
                            : entries.error());
                return;
            }
            const Entry &entry = entries->front();
            QByteArray body = "{";
            appendField(body, "id", id);
            body.append(",\"message\":");
            appendJsonString(body, entry.message);
            body.append(',');
            appendField(body, "epoch", entry.epoch);
            body.append(',');
            appendField(body, "w", entry.w);
            body.append(',');
            appendField(body, "acks", static_cast<quint64>(m_node.concerns().acks(id)));
            body.append(",\"nodes\":[");
            appendJsonString(body, m_node.name());
            for (const auto &[name, member] : m_node.members().members()) {
                if (member.replicator->ackedId() >= id) {
                    body.append(',');
                    appendJsonString(body, name);
                }
            }
            body.append("],\"satisfied\":").append(m_node.appender().isSatisfied(id) ? "true" : "false");
            if (m_node.appender().isReleased(id))
                body.append(",\"released\":true");
            body.append(",\"committed\":").append(m_node.concerns().committedId() >= id ? "true}" : "false}");
            reply.sendJson(200, body);
        });
}

void MasterApi::handleRelease(const HttpRequest &request, Reply reply)
{
    const auto id = idArgument(request);
    const QueryArgs args(request, {});
    if (!id || args.error()) {
        reply.sendProblem(id ? *args.error() : id.error());
        return;
    }
    const int acks = m_node.concerns().acks(*id);
    const bool found =
        m_node.appender().release(*id, [id = *id, acks, reply](const Result<void> &stored) mutable {
            if (!stored) {
                reply.sendProblem(stored.error());
                return;
            }
            QByteArray body = "{";
            appendField(body, "id", id);
            body.append(',');
            appendField(body, "acks", static_cast<quint64>(acks));
            body.append(",\"released\":true}");
            reply.sendJson(200, body);
        });
    if (!found)
        reply.sendProblem({Errc::NotFound, u"id: nothing waits for entry %1"_s.arg(*id), u"id"_s});
}

void MasterApi::handleRegister(const HttpRequest &request, Reply reply)
{
    const auto registration = decodeRegistration(request.body);
    if (!registration)
        return reply.sendProblem(registration.error());
    const QByteArray &name = registration->node.name;
    if (name == m_node.name())
        return reply.sendProblem(
            {Errc::Conflict, u"name: %1 is the master's own name"_s.arg(QLatin1StringView(name)), u"name"_s});
    const auto url = registeredUrl(registration->url.toString(), request.peer, m_access.hasClusterTokens());
    if (!url)
        return reply.sendProblem(url.error());
    m_node.members().registerNode(
        *registration, [this, alive = QPointer<MasterApi>(this), reply](const Result<void> &stored) mutable {
            if (!alive)
                return;
            if (stored)
                reply.sendJson(200,
                               encodeRegistrationAnswer({m_node.nodeId(), m_node.name(), m_node.log().logId(),
                                                         WireVersion, m_node.log().epoch().number}));
            else
                reply.sendProblem(stored.error());
        });
}

void MasterApi::handleForget(const HttpRequest &request, Reply reply)
{
    const QByteArray name = request.arguments.value(0);
    const bool found = m_node.members().forget(name, [reply](const Result<void> &stored) mutable {
        if (stored)
            reply.sendJson(200, "{\"forgotten\":true}");
        else
            reply.sendProblem(stored.error());
    });
    if (!found)
        reply.sendProblem(
            {Errc::NotFound, u"name: no node %1 is known"_s.arg(QString::fromUtf8(name)), u"name"_s});
}

void MasterApi::handleRetry(const HttpRequest &request, Reply reply)
{
    const QByteArray name = request.arguments.value(0);
    if (m_node.members().retryNow(name))
        reply.sendJson(200, "{\"retrying\":true}");
    else
        reply.sendProblem(
            {Errc::NotFound, u"name: no node %1 is known"_s.arg(QString::fromUtf8(name)), u"name"_s});
}

} // namespace replog
