// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httpserver.h"
#include "shared/log/entry.h"
#include "shared/node/readapi.h"

#include <QObject>

#include <functional>

namespace replog {

// GET /api/v1/messages/{id}: one entry with what the node knows of its concern, at once or (wait_ms) when
// that is satisfied; or, with raw=1, the message alone as it was sent in.
class MessageApi : public QObject
{
    Q_OBJECT
public:
    // What only the master, or only the secondary, knows.
    struct Concerns
    {
        // Appends JSON members with a comma before each: w, satisfied, and so on.
        std::function<void(QByteArray &json, const Entry &entry)> appendFacts;
        // Calls `done` once when the entry is satisfied or after waitMs; with an error if this node waits no
        // more. Gives what forgets that, or an error.
        using Done = std::function<void(const Result<void> &)>;
        std::function<Result<std::function<void()>>(quint64 id, qint64 waitMs, Done done)> watch;
    };

    MessageApi(ReadApi &reads, VisibleLog &log, Concerns concerns, QObject *parent = nullptr);

    void addRoutes(HttpServer &server);

private:
    struct Query
    {
        quint64 id;
        View view;
        bool raw;
        bool waited = false; // then the entry is shown if it is held, even if the view does not show it yet
    };

    void handle(const HttpRequest &request, Reply reply);
    void answer(const Query &query, Reply reply);
    void sendEntry(const Entry &entry, Reply &reply) const;
    static void sendRaw(const Entry &entry, Reply &reply);

    ReadApi &m_reads;
    VisibleLog &m_log;
    const Concerns m_concerns;
};

} // namespace replog
