// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/readapi.h"

#include "shared/log/jsontext.h"
#include "shared/node/entryjson.h"
#include "shared/node/eventstream.h"
#include "shared/node/gone.h"
#include "shared/node/queryargs.h"

#include <QPointer>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qsizetype PieceBytes = 128 * 1024;
constexpr quint64 MaxWaitMs = 24 * 3600 * 1000;
constexpr qint64 DefaultAtLeastWaitMs = 30000;
constexpr qint64 MaxTimeMs = 253402300799999; // the end of the year 9999
} // namespace

// One answer that lists entries. If all of them fit into the first piece, the answer has a length, else it is
// streamed. Pieces are formatted on the store's reader thread; the next one is read when the connection has
// room.
class ReadApi::Listing : public std::enable_shared_from_this<ReadApi::Listing>
{
public:
    // `asked`: the client asked for `from`; else it is the oldest entry.
    Listing(bool ndjson, quint64 from, bool asked, quint64 end, VisibleLog &log, ReadQueue &reads,
            Reply reply)
        : m_ndjson(ndjson), m_asked(asked), m_next(from), m_end(end), m_firstId(log.firstId()),
          m_lastId(log.durableId()), m_committedId(log.committedId()), m_log(&log), m_reads(reads),
          m_reply(std::move(reply))
    {
    }

    ~Listing() { QObject::disconnect(m_cuts); }
    Q_DISABLE_COPY_MOVE(Listing)

    void run()
    {
        if (m_next > m_end) {
            take(QByteArray(), m_end);
            return;
        }
        auto piece = std::make_shared<QByteArray>();
        piece->reserve(PieceBytes + PieceBytes / 4);
        m_reads.scan(
            m_next, m_end, PieceBytes, [self = shared_from_this()] { return self->isWanted(); },
            [piece, ndjson = m_ndjson](const EntryView &entry) {
                if (!ndjson && !piece->isEmpty())
                    piece->append(',');
                piece->append('{');
                appendEntryMembers(*piece, entry);
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
    bool isWanted() const { return m_streaming ? m_stream.isOpen() : m_reply.isOpen(); }

    void take(const QByteArray &piece, quint64 last)
    {
        if (m_isCut) {
            m_stream.abort();
            return;
        }
        const bool whole = last >= m_end;
        m_next = last + 1;
        QByteArray out;
        if (!m_streaming && !m_ndjson)
            out.append("{\"messages\":[", 13);
        else if (m_streaming && !m_ndjson && !piece.isEmpty())
            out.append(',');
        out.append(piece);
        if (whole && !m_ndjson) {
            out.append("],\"first_id\":", 13);
            appendNumber(out, m_firstId);
            out.append(",\"last_id\":", 11);
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
                // What was listed so far and what is listed next must be of one log.
                m_cuts = QObject::connect(m_log, &VisibleLog::durableChanged, m_log,
                                          [this](quint64 id) { m_isCut = m_isCut || id < m_end; });
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
        const bool isGone = m_log && m_next < m_log->firstId(); // since it was asked for
        if (m_streaming) {
            m_stream.abort();
        } else if (isGone && m_asked) {
            sendGone(m_reply, u"from"_s, m_log->firstId());
        } else if (isGone) {
            m_next = m_firstId = m_log->firstId();
            run();
        } else {
            m_reply.sendProblem(error);
        }
    }

    const bool m_ndjson;
    const bool m_asked;
    quint64 m_next;
    const quint64 m_end;
    quint64 m_firstId;
    const quint64 m_lastId;
    const quint64 m_committedId;
    QPointer<VisibleLog> m_log;
    ReadQueue &m_reads;
    Reply m_reply;
    ReplyStream m_stream;
    bool m_streaming = false;
    bool m_waiting = false; // for room
    QMetaObject::Connection m_cuts;
    bool m_isCut = false; // the log was truncated while it was streamed
};

ReadApi::ReadApi(View defaultView, VisibleLog &log, LogStore &store, WaitRoom &room, Scheduler &scheduler,
                 QObject *parent)
    : QObject(parent), m_defaultView(defaultView), m_log(log), m_store(store), m_room(room),
      m_scheduler(scheduler), m_reads(store), m_waits(log, scheduler), m_followers(log, m_reads, scheduler)
{
    m_room.countOthers([this] { return m_waits.count() + m_followers.count(); });
}

void ReadApi::addRoutes(HttpServer &server)
{
    server.route({.method = HttpMethod::Get,
                  .path = "/api/v1/messages",
                  .lane = Lane::Fast,
                  .right = Right::Read,
                  .isLong = true},
                 [this](HttpRequest &&request, Reply reply) { handleMessages(request, std::move(reply)); });
    server.route({HttpMethod::Get, "/api/v1/digest", Lane::Qt, Right::Read},
                 [this](HttpRequest &&request, Reply reply) { handleDigest(request, std::move(reply)); });
}

void ReadApi::shutDown()
{
    m_waits.shutDown();
    m_followers.shutDown();
}

View ReadApi::viewOf(QueryArgs &args) const
{
    const auto name = args.text("view");
    if (!name)
        return m_defaultView;
    if (*name != "all" && *name != "committed")
        args.setError(u"view"_s, u"must be all or committed"_s);
    return *name == "all" ? View::All : View::Committed;
}

void ReadApi::handleMessages(const HttpRequest &request, Reply reply)
{
    const bool pushing = request.accepts("text/event-stream");
    QueryArgs args = pushing
                         ? QueryArgs(request, {"from", "view", "from_time"})
                         : QueryArgs(request, {"from", "limit", "view", "wait_ms", "at_least", "from_time"});
    Query query;
    query.view = viewOf(args);
    query.from = args.number("from", 1);
    query.limit = args.number("limit", 1).value_or(0);
    query.atLeast = args.number("at_least", 1);
    const auto timeMs = args.timeMs("from_time", MaxTimeMs);
    const auto waitMs = args.number("wait_ms", 0, MaxWaitMs);
    if (timeMs && query.from)
        args.setError(u"from_time"_s, u"does not go with from"_s);
    quint64 pushed = 0;
    int lastIds = 0;
    for (qsizetype i = 0; i < request.headers.size(); ++i)
        lastIds += request.headers.at(i).name == "last-event-id" ? 1 : 0;
    if (pushing && lastIds > 1) {
        args.setError(u"Last-Event-ID"_s, u"is given twice"_s);
    } else if (pushing && lastIds == 1) {
        const auto last = parseNumber(request.headers.value("last-event-id"), u"Last-Event-ID"_s, 0,
                                      std::numeric_limits<quint64>::max() - 1);
        if (last)
            query.from = (pushed = *last) + 1;
        else
            args.setError(last.error());
    }
    if (args.error()) {
        reply.sendProblem(*args.error());
        return;
    }
    query.deadlineMs =
        m_scheduler.nowMs() + static_cast<qint64>(waitMs.value_or(query.atLeast ? DefaultAtLeastWaitMs : 0));
    query.ndjson = request.accepts("application/x-ndjson");
    query.named = query.from.has_value();
    if (!timeMs || query.named) {
        begin(request, query, pushed, std::move(reply));
        return;
    }
    m_searches.push_back({*timeMs, request, query, std::move(reply)});
    nextSearch();
}

// One at a time, as digests are, and none for a client that is gone.
void ReadApi::nextSearch()
{
    while (!m_searching && !m_searches.empty()) {
        auto search = std::make_shared<Search>(std::move(m_searches.front()));
        m_searches.pop_front();
        if (!search->reply.isOpen())
            continue;
        m_searching = true;
        m_store.findTime(search->timeMs,
                         [this, alive = QPointer<ReadApi>(this), search](const Result<quint64> &id) {
                             if (!alive)
                                 return;
                             m_searching = false;
                             if (!id) {
                                 search->reply.sendProblem(id.error());
                             } else if (search->reply.isOpen()) {
                                 search->query.from = *id;
                                 begin(search->request, search->query, 0, search->reply);
                             }
                             nextSearch();
                         });
    }
}

void ReadApi::begin(const HttpRequest &request, const Query &query, quint64 pushed, Reply reply)
{
    if (request.accepts("text/event-stream"))
        follow(request, query, pushed, std::move(reply));
    else
        proceed(query, std::move(reply));
}

// What is older than the oldest entry kept is gone for good.
bool ReadApi::refuseTrimmed(const Query &query, Reply &reply) const
{
    if (!query.named || *query.from >= m_log.firstId())
        return false;
    sendGone(reply, u"from"_s, m_log.firstId());
    return true;
}

quint64 ReadApi::beginOf(const Query &query) const
{
    return std::max(query.from.value_or(1), m_log.firstId());
}

void ReadApi::follow(const HttpRequest &request, const Query &query, quint64 pushed, Reply reply)
{
    if (request.headers.contains("last-event-id") && *query.from < m_log.firstId()) {
        sendGone(reply, u"Last-Event-ID"_s, m_log.firstId());
        return;
    }
    if (refuseTrimmed(query, reply))
        return;
    if (const auto room = m_room.forOther(); !room) {
        reply.sendProblem(room.error());
        return;
    }
    ReplyStream stream = startEventStream(request, std::move(reply));
    if (stream.isOpen())
        m_followers.add(std::move(stream), query.view, beginOf(query), pushed);
}

void ReadApi::proceed(const Query &query, Reply reply)
{
    if (refuseTrimmed(query, reply))
        return;
    const quint64 visible = end(query.view);
    const quint64 from = beginOf(query);
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
    if (visible < from && !expired && !query.atLeast) {
        waitFor(from, query, std::move(reply));
        return;
    }
    list(query, std::move(reply));
}

void ReadApi::waitFor(quint64 id, const Query &query, Reply reply)
{
    if (const auto room = m_room.forOther(); !room) {
        reply.sendProblem(room.error());
        return;
    }
    const auto handle =
        m_waits.add(query.view, id, query.deadlineMs - m_scheduler.nowMs(),
                    [this, waited = query, reply](ViewWaits::End end) mutable {
                        if (end == ViewWaits::End::ShuttingDown) {
                            reply.sendProblem({Errc::Unavailable, u"the node is shutting down"_s});
                            return;
                        }
                        if (end == ViewWaits::End::TimedOut)
                            waited.deadlineMs = 0;
                        proceed(waited, std::move(reply));
                    });
    reply.onHangUp(this, [this, weak = std::weak_ptr(handle)] {
        if (const auto gone = weak.lock())
            m_waits.cancel(gone);
    });
}

void ReadApi::list(const Query &query, Reply reply)
{
    const quint64 from = beginOf(query);
    quint64 last = end(query.view);
    if (query.limit > 0 && last >= from && last - from >= query.limit)
        last = from + query.limit - 1;
    std::make_shared<Listing>(query.ndjson, from, query.named, last, m_log, m_reads, std::move(reply))->run();
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
    if (to + 1 < m_log.firstId()) {
        sendGone(reply, u"to"_s, m_log.firstId());
        return;
    }
    m_digests.push_back({to, std::move(reply)});
    nextDigest();
}

// One at a time, and none for a client that is gone, so that other reads go on however many are asked for.
void ReadApi::nextDigest()
{
    while (!m_digesting && !m_digests.empty()) {
        const Digest digest = std::move(m_digests.front());
        m_digests.pop_front();
        if (!digest.reply.isOpen())
            continue;
        m_digesting = true;
        m_store.digest(digest.to, [this, alive = QPointer<ReadApi>(this), reply = digest.reply,
                                   to = digest.to](const Result<QByteArray> &result) mutable {
            if (!alive)
                return;
            m_digesting = false;
            if (result) {
                QByteArray body = "{\"to\":";
                appendNumber(body, to);
                body.append(",\"digest\":\"").append(*result).append("\"}");
                reply.sendJson(200, body);
            } else if (to + 1 < m_log.firstId()) {
                sendGone(reply, u"to"_s, m_log.firstId()); // since it was asked for
            } else {
                reply.sendProblem(result.error());
            }
            nextDigest();
        });
    }
}

} // namespace replog
