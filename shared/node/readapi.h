// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"
#include "shared/http/httpserver.h"
#include "shared/log/visiblelog.h"
#include "shared/store/logstore.h"

#include <QObject>

#include <map>
#include <memory>
#include <optional>

namespace replog {

// Reading the log over HTTP, the same on every node: GET /api/v1/messages (lists, long polls, streams of any
// length in bounded memory, as JSON or NDJSON) and GET /api/v1/digest.
class ReadApi : public QObject
{
    Q_OBJECT
public:
    enum class View { All, Committed };

    ReadApi(View defaultView, VisibleLog &log, LogStore &store, Scheduler &scheduler,
            QObject *parent = nullptr);
    ~ReadApi() override;

    void addRoutes(HttpServer &server);
    // Answers every long poll with 503.
    void shutDown();

    View defaultView() const { return m_defaultView; }
    // `view` as a request names it; nothing if it is neither.
    static std::optional<View> viewNamed(QByteArrayView name);
    quint64 end(View view) const;
    int pollCount() const { return static_cast<int>(m_polls.size()); }

private:
    struct Query
    {
        View view;
        quint64 from = 1;
        quint64 limit = 0; // 0: no limit
        std::optional<quint64> atLeast;
        qint64 deadlineMs = 0;
        bool ndjson = false;
    };
    struct Poll;
    class Listing;
    using Polls = std::multimap<std::pair<View, quint64>, std::shared_ptr<Poll>>;
    struct Poll
    {
        Query query;
        Reply reply;
        std::optional<Polls::iterator> place; // none once it is not in there any more
        Scheduler::TimerId timer = 0;
    };

    void handleMessages(const HttpRequest &request, Reply reply);
    void handleDigest(const HttpRequest &request, Reply reply);
    void proceed(const Query &query, Reply reply);
    void waitFor(quint64 id, const Query &query, Reply reply);
    void wake(View view, quint64 id);
    void expire(std::shared_ptr<Poll> poll);
    void forget(Poll &poll);
    void list(const Query &query, Reply reply);

    const View m_defaultView;
    VisibleLog &m_log;
    LogStore &m_store;
    Scheduler &m_scheduler;
    Polls m_polls; // by view and the id that each waits for
};

} // namespace replog
