// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masterapi.h"

#include "master/ndjsonappend.h"
#include "shared/access/addressrules.h"
#include "shared/base/bytewriter.h"
#include "shared/log/jsontext.h"
#include "shared/node/documentcall.h"
#include "shared/node/queryargs.h"

#include <chrono>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qsizetype SmallBodyBytes = 64 * 1024; // a registration has some hundred

void appendField(QByteArray &out, QByteArrayView name, quint64 value)
{
    appendJsonName(out, name);
    appendNumber(out, value);
}

// The JSON members about an append, without braces.
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

// One counter for each reason. Errors without one count as the store's: Errc::Io.
std::map<Errc, Counter *> refusals(MetricsRegistry &metrics)
{
    static const std::map<Errc, QByteArray> reasons{{Errc::InvalidArgument, "invalid"},
                                                    {Errc::TooLarge, "too_large"},
                                                    {Errc::UnsupportedMedia, "unsupported_media"},
                                                    {Errc::PreconditionFailed, "precondition_failed"},
                                                    {Errc::KeyReused, "key_reused"},
                                                    {Errc::Exhausted, "exhausted"},
                                                    {Errc::Unavailable, "unavailable"},
                                                    {Errc::Io, "store"}};
    std::map<Errc, Counter *> counters;
    for (const auto &[code, reason] : reasons)
        counters[code] = &metrics.counter(
            "replog_appends_refused_total",
            "Append requests answered with an error before anything was appended, by reason.",
            {{"reason", reason}});
    return counters;
}

Result<quint64> idArgument(const HttpRequest &request)
{
    return parseNumber(request.arguments.value(0), u"id"_s, 1, std::numeric_limits<quint64>::max());
}

} // namespace

MasterApi::MasterApi(MasterNode &node, ReadApi &reads, const AppendParser::Config &config,
                     MetricsRegistry &metrics, const AccessPolicy &access, QObject *parent)
    : QObject(parent), m_node(node), m_access(access), m_parser(config),
      m_messages(reads, node.log().visible(), concerns()),
      m_appends(metrics.counter("replog_appends_total", "Append requests taken in.")),
      m_refused(refusals(metrics)),
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
    m_messages.addRoutes(server);
    server.route({HttpMethod::Delete, "/api/v1/waits/{id}", Lane::Qt, Right::Operate},
                 withoutParameters(withoutBody([this](HttpRequest &&request, Reply reply) {
                     handleRelease(request, std::move(reply));
                 })));
    server.route({HttpMethod::Delete, "/api/v1/waits", Lane::Qt, Right::Operate},
                 withoutBody([this](HttpRequest &&request, Reply reply) {
                     handleReleaseMany(request, std::move(reply));
                 }));
    server.route({HttpMethod::Post, "/api/v1/nodes", Lane::Qt, Right::Cluster, SmallBodyBytes},
                 withoutParameters(withJson([this](HttpRequest &&request, Reply reply) {
                     handleRegister(request, std::move(reply));
                 })));
    server.route({HttpMethod::Delete, "/api/v1/nodes/{name}", Lane::Qt, Right::Operate},
                 withoutParameters(withoutBody([this](HttpRequest &&request, Reply reply) {
                     handleForget(request, std::move(reply));
                 })));
    server.route({HttpMethod::Post, "/api/v1/nodes/{name}/retry", Lane::Qt, Right::Operate, SmallBodyBytes},
                 withoutParameters(withoutBody([this](HttpRequest &&request, Reply reply) {
                     handleRetry(request, std::move(reply));
                 })));
}

void MasterApi::handleAppend(const HttpRequest &request, Reply reply)
{
    auto parsed = m_parser.parse(request);
    if (!parsed) {
        refuseAppend(reply, parsed.error());
        return;
    }
    m_appends.add();
    const bool batch = parsed->batch;
    const auto since = std::chrono::steady_clock::now();
    const auto handle = m_node.appender().submit(
        std::move(parsed->append), m_node.knownNodes(),
        [this, reply, batch, since](const Result<AppendOutcome> &outcome) mutable {
            if (!outcome) {
                refuseAppend(reply, outcome.error());
                return;
            }
            m_latency.observe(
                std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count());
            answerAppend(std::move(reply), *outcome, batch);
        });
    if (handle)
        reply.onHangUp(this, [this, handle] { m_node.appender().cancel(handle); });
}

void MasterApi::handleStream(const HttpRequest &request, std::shared_ptr<BodyStream> body, Reply reply)
{
    auto head = m_parser.parseStreamHead(request);
    if (!head) {
        refuseAppend(reply, head.error());
        return;
    }
    m_appends.add();
    const auto *append =
        new NdjsonAppend(m_node, m_parser, std::move(*head), std::move(body), std::move(reply), this);
    connect(append, &NdjsonAppend::refused, this, &MasterApi::countRefused);
}

void MasterApi::countRefused(const Error &error)
{
    const auto counter = m_refused.find(error.code);
    (counter != m_refused.end() ? counter : m_refused.find(Errc::Io))->second->add();
}

// Nothing was appended.
void MasterApi::refuseAppend(Reply &reply, const Error &error)
{
    countRefused(error);
    QByteArray members;
    if (error.code == Errc::PreconditionFailed)
        appendField(members, "last_id", m_node.log().assignedId());
    reply.sendProblem(error, members);
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
    case WaitEnd::NotSynced:
        reply.sendProblem(
            {Errc::Unavailable,
             u"the master is shutting down; whether entry %1 is in the log is not known"_s.arg(outcome.last)},
            members);
        return;
    case WaitEnd::Fenced:
        reply.sendProblem(
            {Errc::Unavailable, u"fenced: %1; whether entry %2 stays in the log is not known"_s.arg(
                                    m_node.modeReason(), QString::number(outcome.last))},
            members);
        return;
    }
}

MessageApi::Concerns MasterApi::concerns()
{
    MessageApi::Concerns concerns;
    concerns.appendFacts = [this](QByteArray &body, const Entry &entry) {
        body.append(',');
        appendField(body, "w", entry.w);
        body.append(',');
        appendField(body, "acks", static_cast<quint64>(m_node.concerns().acks(entry.id)));
        body.append(",\"nodes\":[");
        appendJsonString(body, m_node.name());
        for (const auto &[name, member] : m_node.members().members()) {
            if (member.replicator->ackedId() >= entry.id) {
                body.append(',');
                appendJsonString(body, name);
            }
        }
        body.append("],\"satisfied\":")
            .append(m_node.appender().isSatisfied(entry.id, entry.w) ? "true" : "false");
        if (m_node.appender().isReleased(entry.id))
            body.append(",\"released\":true");
    };
    concerns.watch = [this](quint64 id, qint64 waitMs,
                            MessageApi::Concerns::Done done) -> Result<std::function<void()>> {
        const auto handle = m_node.appender().watch(id, waitMs, [this, done = std::move(done)](WaitEnd end) {
            if (end == WaitEnd::ShuttingDown || end == WaitEnd::NotSynced)
                done(Error{Errc::Unavailable, u"the master is shutting down"_s});
            else if (end == WaitEnd::StoreFailed)
                done(Error{Errc::Io, u"the store failed; whether the entry is in the log is not known"_s});
            else if (end == WaitEnd::Fenced)
                done(Error{Errc::Unavailable,
                           u"fenced: %1; whether the entry stays in the log is not known"_s.arg(
                               m_node.modeReason())});
            else
                done({});
        });
        if (!handle)
            return handle.error();
        return std::function<void()>([this, handle = *handle] { m_node.appender().cancel(handle); });
    };
    return concerns;
}

void MasterApi::handleRelease(const HttpRequest &request, Reply reply)
{
    const auto id = idArgument(request);
    if (!id) {
        reply.sendProblem(id.error());
        return;
    }
    const int acks = m_node.concerns().acks(*id);
    release(*id, *id, std::move(reply), [id = *id, acks](quint64) {
        QByteArray body = "{";
        appendField(body, "id", id);
        body.append(',');
        appendField(body, "acks", static_cast<quint64>(acks));
        return body.append(",\"released\":true}");
    });
}

void MasterApi::handleReleaseMany(const HttpRequest &request, Reply reply)
{
    QueryArgs args(request, {"from", "to"});
    const auto from = args.number("from", 1);
    const auto to = args.number("to", from.value_or(1));
    if (!from)
        args.setError(u"from"_s, u"is missing"_s);
    if (!to)
        args.setError(u"to"_s, u"is missing"_s);
    if (args.error()) {
        reply.sendProblem(*args.error());
        return;
    }
    release(*from, *to, std::move(reply), [from = *from, to = *to](quint64 released) {
        QByteArray body = "{";
        appendField(body, "from", from);
        body.append(',');
        appendField(body, "to", to);
        body.append(',');
        appendField(body, "released", released);
        return body.append('}');
    });
}

void MasterApi::release(quint64 first, quint64 last, Reply reply,
                        std::function<QByteArray(quint64 released)> answer)
{
    const auto nothing = [first, last] {
        const QString what =
            first == last ? u"entry %1"_s.arg(first) : u"an entry from %1 to %2"_s.arg(first).arg(last);
        return Error{Errc::NotFound, u"nothing waits for %1"_s.arg(what)};
    };
    const bool found = m_node.appender().release(
        first, last, [reply, nothing, answer = std::move(answer)](const Result<quint64> &released) mutable {
            if (!released)
                reply.sendProblem(released.error());
            else if (*released == 0)
                reply.sendProblem(nothing()); // satisfied meanwhile
            else
                reply.sendJson(200, answer(*released));
        });
    if (!found)
        reply.sendProblem(nothing());
}

void MasterApi::handleRegister(const HttpRequest &request, Reply reply)
{
    const auto registration = decodeRegistration(request.body);
    if (!registration)
        return reply.sendProblem(registration.error());
    const auto url = registeredUrl(registration->url.toString(), *request.peer, m_access.hasClusterTokens());
    if (!url)
        return reply.sendProblem(url.error());
    m_node.admission().handleRegistration(
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
        reply.sendProblem({Errc::NotFound, u"name: no node %1 is known"_s.arg(shownText(name)), u"name"_s});
}

void MasterApi::handleRetry(const HttpRequest &request, Reply reply)
{
    const QByteArray name = request.arguments.value(0);
    if (m_node.members().retryNow(name))
        reply.sendJson(200, "{\"retrying\":true}");
    else
        reply.sendProblem({Errc::NotFound, u"name: no node %1 is known"_s.arg(shownText(name)), u"name"_s});
}

} // namespace replog
