// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"
#include "shared/base/waitroom.h"
#include "shared/http/httpserver.h"

#include <QObject>

#include <functional>
#include <vector>

class QJsonObject;

namespace replog {

// GET /api/v1/status: the node's status document, once, or with Accept: text/event-stream pushed whenever it
// has changed, at most ten times a second, the first change at once. A reader that is too slow is sent
// nothing until it has read what it has; then it gets the newest state. Costs nothing while nobody listens.
class StatusFeed : public QObject
{
    Q_OBJECT
public:
    // The document must be bounded: a stream may hold one document more than it has room for.
    using Build = std::function<QJsonObject()>;

    StatusFeed(Build build, WaitRoom &room, Scheduler &scheduler, QObject *parent = nullptr);
    ~StatusFeed() override;

    void addRoutes(HttpServer &server);
    void shutDown();

public slots:
    // Something in the document may have changed.
    void markChanged();

private:
    void subscribe(const HttpRequest &request, Reply reply);
    void push();
    void pushSome();
    void keepAlive();
    void dropClosed();

    Build m_build;
    WaitRoom &m_room;
    Scheduler &m_scheduler;
    std::vector<ReplyStream> m_subscribers;
    Scheduler::TimerId m_pushTimer = 0; // of the next push, or of the rest of this one
    QByteArray m_event;                 // being pushed; empty: none
    std::size_t m_pushed = 0;           // to so many subscribers
    bool m_hasChanged = false;          // since it was made
    Scheduler::TimerId m_keepAliveTimer = 0;
    qint64 m_lastPushMs = 0;
};

} // namespace replog
