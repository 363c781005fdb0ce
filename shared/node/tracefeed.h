// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"
#include "shared/base/waitroom.h"
#include "shared/http/httpserver.h"

#include <QObject>

#include <functional>
#include <memory>
#include <vector>

namespace replog {

// GET /api/v1/trace: what happens to messages on this node, as server-sent events, without their texts:
//
//     data: {"time":1795699580072.481,"what":"appended","first_id":7,"last_id":7,"w":2}
//
// `time` is the node's clock, ms UTC with three decimals. The events of one turn of the event loop go out
// together. A reader that is too slow misses events and is told how many: {"what":"lost","events":N}. Costs
// nothing while nobody listens: the signals are connected when the first reader comes, and disconnected when
// the last has gone. Event loop's thread.
class TraceFeed : public QObject
{
    Q_OBJECT
public:
    // Connects the signals that are traced to note(), with `watched` as the receiver.
    using Connect = std::function<void(QObject *watched, TraceFeed &trace)>;

    TraceFeed(Connect connect, WaitRoom &room, Scheduler &scheduler, QObject *parent = nullptr);
    ~TraceFeed() override;

    void addRoutes(HttpServer &server);
    void shutDown();

    bool isWatched() const { return m_watched != nullptr; }
    // Something has happened now. `members` are the JSON members of the event, without braces.
    void note(QByteArrayView what, const QByteArray &members);

private:
    struct Reader
    {
        ReplyStream stream;
        quint64 lost = 0; // events that it missed since it last had room
    };

    void subscribe(const HttpRequest &request, Reply reply);
    QByteArray eventOf(QByteArrayView what, const QByteArray &members) const;
    void flush();
    void keepAlive();
    void dropClosed();

    const Connect m_connect;
    WaitRoom &m_room;
    Scheduler &m_scheduler;
    std::unique_ptr<QObject> m_watched; // lives while there are readers
    std::vector<Reader> m_readers;
    QByteArray m_pending; // events of this turn
    quint64 m_pendingCount = 0;
    Scheduler::TimerId m_keepAliveTimer = 0;
};

} // namespace replog
