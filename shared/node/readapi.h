// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"
#include "shared/base/waitroom.h"
#include "shared/http/httpserver.h"
#include "shared/log/visiblelog.h"
#include "shared/node/followers.h"
#include "shared/node/readqueue.h"
#include "shared/node/viewwaits.h"
#include "shared/store/logstore.h"

#include <QObject>

#include <deque>
#include <memory>
#include <optional>

namespace replog {

class QueryArgs;

// Reading the log over HTTP, the same on every node: GET /api/v1/messages (lists and streams of any length in
// bounded memory, as JSON or NDJSON; long polls; pushed as server-sent events) and GET /api/v1/digest.
class ReadApi : public QObject
{
    Q_OBJECT
public:
    ReadApi(View defaultView, VisibleLog &log, LogStore &store, WaitRoom &room, Scheduler &scheduler,
            QObject *parent = nullptr);

    void addRoutes(HttpServer &server);
    // Answers every long poll with 503 and ends every stream of events.
    void shutDown();

    // The view that a request names, or the node's own.
    View viewOf(QueryArgs &args) const;
    quint64 end(View view) const { return m_log.end(view); }
    ReadQueue &reads() { return m_reads; }
    ViewWaits &waits() { return m_waits; }

private:
    struct Query
    {
        View view = View::All;
        std::optional<quint64> from; // without it: the oldest entry
        bool named = false;          // the client asked for it, so that it must exist
        quint64 limit = 0;           // 0: no limit
        std::optional<quint64> atLeast;
        qint64 deadlineMs = 0;
        bool ndjson = false;
    };
    struct Digest
    {
        quint64 to;
        Reply reply;
    };
    struct Search
    {
        qint64 timeMs;
        HttpRequest request;
        Query query;
        Reply reply;
    };
    class Listing;

    void handleMessages(const HttpRequest &request, Reply reply);
    void nextSearch();
    void begin(const HttpRequest &request, const Query &query, quint64 pushed, Reply reply);
    void follow(const HttpRequest &request, const Query &query, quint64 pushed, Reply reply);
    void proceed(const Query &query, Reply reply);
    void waitFor(quint64 id, const Query &query, Reply reply);
    void list(const Query &query, Reply reply);
    bool refuseTrimmed(const Query &query, Reply &reply) const;
    quint64 beginOf(const Query &query) const;
    void handleDigest(const HttpRequest &request, Reply reply);
    void nextDigest();

    const View m_defaultView;
    VisibleLog &m_log;
    LogStore &m_store;
    WaitRoom &m_room;
    Scheduler &m_scheduler;
    ReadQueue m_reads;
    ViewWaits m_waits;
    Followers m_followers;
    std::deque<Digest> m_digests; // one is computed at a time
    bool m_digesting = false;
    std::deque<Search> m_searches; // of the first entry of a time: one at a time
    bool m_searching = false;
};

} // namespace replog
