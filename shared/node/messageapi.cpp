// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/messageapi.h"

#include "shared/log/entryrules.h"
#include "shared/node/entryjson.h"
#include "shared/node/gone.h"
#include "shared/node/queryargs.h"

#include <limits>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr quint64 MaxWaitMs = 24 * 3600 * 1000;
}

MessageApi::MessageApi(ReadApi &reads, VisibleLog &log, Concerns concerns, QObject *parent)
    : QObject(parent), m_reads(reads), m_log(log), m_concerns(std::move(concerns))
{
}

void MessageApi::addRoutes(HttpServer &server)
{
    server.route({HttpMethod::Get, "/api/v1/messages/{id}", Lane::Qt, Right::Read},
                 [this](HttpRequest &&request, Reply reply) { handle(request, std::move(reply)); });
}

void MessageApi::handle(const HttpRequest &request, Reply reply)
{
    const auto id = parseNumber(request.arguments.value(0), u"id"_s, 1, std::numeric_limits<quint64>::max());
    QueryArgs args(request, {"wait_ms", "view", "raw"});
    const qint64 waitMs = static_cast<qint64>(args.number("wait_ms", 0, MaxWaitMs).value_or(0));
    const View view = m_reads.viewOf(args);
    const bool raw = args.flag("raw");
    if (!id || args.error()) {
        reply.sendProblem(id ? *args.error() : id.error());
        return;
    }
    Query query{*id, view, raw};
    if (waitMs == 0) {
        answer(query, std::move(reply));
        return;
    }
    query.waited = true;
    const auto forget =
        m_concerns.watch(*id, waitMs, [this, query, reply](const Result<void> &waited) mutable {
            if (waited)
                answer(query, reply);
            else
                reply.sendProblem(waited.error(), "\"id\":" + QByteArray::number(query.id));
        });
    if (!forget)
        reply.sendProblem(forget.error());
    else
        reply.onHangUp(this, *forget);
}

void MessageApi::answer(const Query &query, Reply reply)
{
    const quint64 end = query.waited ? m_log.durableId() : m_reads.end(query.view);
    if (query.id < m_log.firstId()) {
        sendGone(reply, u"id"_s, m_log.firstId());
        return;
    }
    if (query.id > end) {
        reply.sendProblem({Errc::NotFound, u"id: the log is visible up to %1"_s.arg(end), u"id"_s});
        return;
    }
    m_reads.reads().readOne(
        query.id, [reply] { return reply.isOpen(); },
        [this, query, reply](const Result<std::optional<Entry>> &entry) mutable {
            if (query.id < m_log.firstId() && (!entry || !*entry))
                sendGone(reply, u"id"_s, m_log.firstId()); // since it was asked for
            else if (!entry)
                reply.sendProblem(entry.error());
            else if (!*entry)
                reply.sendProblem(
                    {Errc::NotFound, u"id: entry %1 is not here any more"_s.arg(query.id), u"id"_s});
            else if (query.raw)
                sendRaw(**entry, reply);
            else
                sendEntry(**entry, reply);
        });
}

void MessageApi::sendEntry(const Entry &entry, Reply &reply) const
{
    QByteArray body = "{";
    appendEntryMembers(body, viewOf(entry));
    m_concerns.appendFacts(body, entry);
    body.append(m_log.committedId() >= entry.id ? ",\"committed\":true}" : ",\"committed\":false}");
    reply.sendJson(200, body);
}

// A browser that follows a link to this must neither guess a type nor run anything: any client can have sent
// the bytes.
void MessageApi::sendRaw(const Entry &entry, Reply &reply)
{
    QByteArray type = entry.type;
    if (type.isEmpty())
        type = QByteArrayView(entry.message).isValidUtf8() ? "text/plain; charset=utf-8"
                                                           : "application/octet-stream";
    HttpHeaders headers{{"X-Content-Type-Options", "nosniff"},
                        {"Content-Security-Policy", "sandbox"},
                        {"Content-Disposition", "attachment"}};
    HeaderReader reader(entry.headers);
    for (QByteArrayView name, value; reader.next(name, value);)
        headers.emplaceBack("Replog-Header-" + name.toByteArray(), value.toByteArray());
    reply.send(200, type, entry.message, headers);
}

} // namespace replog
