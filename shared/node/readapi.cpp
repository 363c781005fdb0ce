// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/readapi.h"

#include "shared/log/jsontext.h"
#include "shared/node/queryargs.h"

#include <QPointer>

#include <algorithm>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qsizetype PieceBytes = 128 * 1024;
constexpr quint64 MaxWaitMs = 24 * 3600 * 1000;
constexpr qint64 DefaultAtLeastWaitMs = 30000;
} // namespace

// One answer that lists entries. The first piece decides its form: what fits into it goes out with its
// length, more is streamed. Pieces are formatted on the store's reader thread; the next is read when the
// connection has room.
class ReadApi::Listing : public std::enable_shared_from_this<ReadApi::Listing>
{
public:
    Listing(const Query &query, quint64 end, VisibleLog &log, LogStore &store, Reply reply)
        : m_ndjson(query.ndjson), m_next(query.from), m_end(end), m_lastId(log.durableId()),
          m_committedId(log.committedId()), m_log(&log), m_store(store), m_reply(std::move(reply))
    {
    }

    void run()
    {
        if (m_next > m_end) {
            take(QByteArray(), m_end);
            return;
        }
        auto piece = std::make_shared<QByteArray>();
        piece->reserve(PieceBytes + PieceBytes / 4);
        m_store.scan(
            m_next, m_end, PieceBytes,
            [piece, ndjson = m_ndjson](const EntryView &entry) {
                if (!ndjson && !piece->isEmpty())
                    piece->append(',');
                piece->append("{\"id\":", 6);
                appendNumber(*piece, entry.id);
                piece->append(",\"message\":", 11);
                appendJsonString(*piece, entry.message);
                piece->append('}');
                if (ndjson)
                    piece->append('\n');
            },
            [self = shared_from_this(), piece](const Result<quint64> &last) {
                if (last && *last >= self->m_next)
                    self->take(*piece, *last);
                else
                    self->fail(
                        last ? Error{Errc::Corrupt, u"entry %1 is missing in the store"_s.arg(self->m_next)}
                             : last.error());
            });
    }

private:
    void take(const QByteArray &piece, quint64 last)
    {
        const bool whole = last >= m_end;
        m_next = last + 1;
        QByteArray out;
        if (!m_streaming && !m_ndjson)
            out.append("{\"messages\":[", 13);
        else if (m_streaming && !m_ndjson && !piece.isEmpty())
            out.append(',');
        out.append(piece);
        if (whole && !m_ndjson) {
            out.append("],\"last_id\":", 12);
            appendNumber(out, m_lastId);
            out.append(",\"committed_id\":", 16);
            appendNumber(out, m_committedId);
            out.append('}');
        }
        const QByteArrayView type =
            m_ndjson ? QByteArrayView("application/x-ndjson") : QByteArrayView("application/json");
        if (!m_streaming && whole) {
            m_reply.send(200, type, out);
            return;
        }
        if (!m_streaming) {
            m_streaming = true;
            m_stream = m_reply.startStream(200, type);
            if (m_log) {
                // The connection owns this listing from here on; it drops both together.
                m_stream.onDrained(m_log, [self = shared_from_this()] {
                    if (std::exchange(self->m_waiting, false))
                        self->run();
                });
            }
        }
        if (!m_stream.isOpen())
            return;
        m_stream.write(out);
        if (whole)
            m_stream.finish();
        else if (m_stream.room() > 0)
            run();
        else
            m_waiting = true;
    }

    void fail(const Error &error)
    {
        if (m_streaming)
            m_stream.abort();
        else
            m_reply.sendProblem(error);
    }

    const bool m_ndjson;
    quint64 m_next;
    const quint64 m_end;
    const quint64 m_lastId;
    const quint64 m_committedId;
    QPointer<VisibleLog> m_log;
    LogStore &m_store;
    Reply m_reply;
    ReplyStream m_stream;
    bool m_streaming = false;
    bool m_waiting = false; // for room
};

ReadApi::ReadApi(View defaultView, VisibleLog &log, LogStore &store, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_defaultView(defaultView), m_log(log), m_store(store), m_scheduler(scheduler)
{
    connect(&m_log, &VisibleLog::durableChanged, this, [this](quint64 id) { wake(View::All, id); });
    connect(&m_log, &VisibleLog::committedChanged, this, [this](quint64 id) { wake(View::Committed, id); });
}

ReadApi::~ReadApi()
{
    for (const auto &[key, poll] : m_polls)
        m_scheduler.cancel(poll->timer);
}

void ReadApi::addRoutes(HttpServer &server)
{
    server.route({HttpMethod::Get, "/api/v1/messages", Lane::Fast, Right::Read},
                 [this](HttpRequest &&request, Reply reply) { handleMessages(request, std::move(reply)); });
    server.route({HttpMethod::Get, "/api/v1/digest", Lane::Qt, Right::Read},
                 [this](HttpRequest &&request, Reply reply) { handleDigest(request, std::move(reply)); });
}

void ReadApi::shutDown()
{
    const Polls polls = std::exchange(m_polls, {});
    for (const auto &[key, poll] : polls) {
        m_scheduler.cancel(poll->timer);
        poll->place.reset();
    }
    for (const auto &[key, poll] : polls) {
        poll->reply.sendProblem({Errc::Unavailable, u"the node is shutting down"_s});
    }
}

std::optional<ReadApi::View> ReadApi::viewNamed(QByteArrayView name)
{
    if (name == "all")
        return View::All;
    if (name == "committed")
        return View::Committed;
    return std::nullopt;
}

quint64 ReadApi::end(View view) const
{
    return view == View::All ? m_log.durableId() : m_log.committedId();
}

void ReadApi::handleMessages(const HttpRequest &request, Reply reply)
{
    QueryArgs args(request, {"from", "limit", "view", "wait_ms", "at_least"});
    Query query;
    query.view = m_defaultView;
    query.from = args.number("from", 1).value_or(1);
    query.limit = args.number("limit", 1).value_or(0);
    query.atLeast = args.number("at_least", 1);
    const auto waitMs = args.number("wait_ms", 0, MaxWaitMs);
    if (const auto name = args.text("view")) {
        if (const auto view = viewNamed(*name))
            query.view = *view;
        else
            args.setError(u"view"_s, u"must be all or committed"_s);
    }
    if (args.error()) {
        reply.sendProblem(*args.error());
        return;
    }
    query.deadlineMs =
        m_scheduler.nowMs() + static_cast<qint64>(waitMs.value_or(query.atLeast ? DefaultAtLeastWaitMs : 0));
    query.ndjson = request.accepts("application/x-ndjson");
    proceed(query, std::move(reply));
}

void ReadApi::proceed(const Query &query, Reply reply)
{
    const quint64 visible = end(query.view);
    const bool expired = m_scheduler.nowMs() >= query.deadlineMs;
    if (query.atLeast && visible < *query.atLeast) {
        if (expired)
            reply.sendProblem(
                {Errc::Timeout,
                 u"entry %1 is not visible here yet, the log is visible up to %2"_s.arg(*query.atLeast)
                     .arg(visible),
                 u"at_least"_s});
        else
            waitFor(*query.atLeast, query, std::move(reply));
        return;
    }
    if (visible < query.from && !expired && !query.atLeast) {
        waitFor(query.from, query, std::move(reply));
        return;
    }
    list(query, std::move(reply));
}

void ReadApi::waitFor(quint64 id, const Query &query, Reply reply)
{
    const auto poll = std::make_shared<Poll>(Poll{query, reply, std::nullopt, 0});
    poll->place = m_polls.emplace(std::pair(query.view, id), poll);
    poll->timer =
        m_scheduler.schedule(query.deadlineMs - m_scheduler.nowMs(), [this, poll] { expire(poll); });
    reply.onHangUp(this, [this, weak = std::weak_ptr(poll)] {
        if (const auto gone = weak.lock())
            forget(*gone);
    });
}

void ReadApi::wake(View view, quint64 id)
{
    std::vector<std::shared_ptr<Poll>> ready;
    for (auto it = m_polls.lower_bound({view, 0});
         it != m_polls.end() && it->first.first == view && it->first.second <= id;) {
        ready.push_back(it->second);
        it->second->place.reset();
        it = m_polls.erase(it);
    }
    for (const auto &poll : ready) {
        m_scheduler.cancel(poll->timer);
        proceed(poll->query, poll->reply);
    }
}

void ReadApi::expire(std::shared_ptr<Poll> poll)
{
    forget(*poll);
    poll->query.deadlineMs = 0;
    proceed(poll->query, poll->reply);
}

void ReadApi::forget(Poll &poll)
{
    m_scheduler.cancel(poll.timer);
    if (const auto place = std::exchange(poll.place, {}))
        m_polls.erase(*place);
}

void ReadApi::list(const Query &query, Reply reply)
{
    quint64 last = end(query.view);
    if (query.limit > 0 && last >= query.from && last - query.from >= query.limit)
        last = query.from + query.limit - 1;
    std::make_shared<Listing>(query, last, m_log, m_store, std::move(reply))->run();
}

void ReadApi::handleDigest(const HttpRequest &request, Reply reply)
{
    QueryArgs args(request, {"to"});
    const quint64 to = args.number("to", 0).value_or(m_log.durableId());
    if (args.error()) {
        reply.sendProblem(*args.error());
        return;
    }
    if (to > m_log.durableId()) {
        reply.sendProblem({Errc::NotFound, u"to: the log ends at %1"_s.arg(m_log.durableId()), u"to"_s});
        return;
    }
    m_store.digest(to, [reply, to](const Result<QByteArray> &digest) mutable {
        if (!digest) {
            reply.sendProblem(digest.error());
            return;
        }
        QByteArray body = "{\"to\":";
        appendNumber(body, to);
        body.append(",\"digest\":\"").append(*digest).append("\"}");
        reply.sendJson(200, body);
    });
}

} // namespace replog
