// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/statusfeed.h"

#include "shared/node/eventstream.h"
#include "shared/node/queryargs.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <utility>

namespace replog {

namespace {
constexpr qint64 PushIntervalMs = 100;
// Changes seldom come alone: an append changes the status at once, and its sync changes it again right after.
constexpr qint64 SettleMs = 4;
constexpr std::size_t PushedInATurn = 64;

QByteArray eventOf(const QJsonObject &document)
{
    return "event: status\ndata: " + QJsonDocument(document).toJson(QJsonDocument::Compact) + "\n\n";
}
} // namespace

StatusFeed::StatusFeed(Build build, WaitRoom &room, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_build(std::move(build)), m_room(room), m_scheduler(scheduler)
{
    m_room.countOthers([this] { return static_cast<int>(m_subscribers.size()); });
}

StatusFeed::~StatusFeed()
{
    m_scheduler.cancel(m_pushTimer);
    m_scheduler.cancel(m_keepAliveTimer);
}

void StatusFeed::addRoutes(HttpServer &server)
{
    server.route({HttpMethod::Get, "/api/v1/status", Lane::Fast, Right::Read},
                 withoutParameters([this](HttpRequest &&request, Reply reply) {
                     if (request.accepts("text/event-stream"))
                         subscribe(request, std::move(reply));
                     else
                         reply.sendJson(200, QJsonDocument(m_build()).toJson(QJsonDocument::Compact));
                 }));
}

void StatusFeed::shutDown()
{
    for (ReplyStream &stream : std::exchange(m_subscribers, {}))
        stream.finish();
}

void StatusFeed::markChanged()
{
    m_hasChanged = true;
    if (m_subscribers.empty() || m_pushTimer != 0)
        return;
    const qint64 since = m_scheduler.nowMs() - m_lastPushMs;
    m_pushTimer =
        m_scheduler.schedule(std::clamp<qint64>(PushIntervalMs - since, SettleMs, PushIntervalMs), [this] {
            m_pushTimer = 0;
            push();
        });
}

void StatusFeed::subscribe(const HttpRequest &request, Reply reply)
{
    dropClosed();
    if (const auto room = m_room.forOther(); !room) {
        reply.sendProblem(room.error());
        return;
    }
    ReplyStream stream = startEventStream(request, std::move(reply));
    if (!stream.isOpen())
        return;
    stream.write(eventOf(m_build()));
    stream.onDrained(this, [this] { markChanged(); });
    m_subscribers.push_back(std::move(stream));
    if (m_keepAliveTimer == 0)
        keepAlive();
}

void StatusFeed::push()
{
    m_lastPushMs = m_scheduler.nowMs();
    dropClosed();
    if (m_subscribers.empty())
        return;
    m_hasChanged = false;
    m_event = eventOf(m_build());
    m_pushed = 0;
    pushSome();
}

// Thousands of subscribers are not served in one turn of the event loop.
void StatusFeed::pushSome()
{
    const std::size_t end = std::min(m_pushed + PushedInATurn, m_subscribers.size());
    // However large the event is, a reader that has room gets all of it. A reader that has none gets the
    // newest state once it has room again (onDrained): older states do not matter.
    for (; m_pushed < end; ++m_pushed) {
        if (ReplyStream &stream = m_subscribers[m_pushed]; stream.room() > 0)
            stream.write(m_event);
    }
    if (m_pushed < m_subscribers.size()) {
        m_pushTimer = m_scheduler.schedule(0, [this] {
            m_pushTimer = 0;
            pushSome();
        });
        return;
    }
    m_event.clear();
    if (m_hasChanged)
        markChanged();
}

void StatusFeed::keepAlive()
{
    m_keepAliveTimer = m_scheduler.schedule(EventStreamKeepAliveMs, [this] {
        m_keepAliveTimer = 0;
        dropClosed();
        for (ReplyStream &stream : m_subscribers) {
            if (stream.room() > 0)
                stream.write(EventStreamKeepAlive);
        }
        if (!m_subscribers.empty())
            keepAlive();
    });
}

// Not while some of them are served: each has its place in line.
void StatusFeed::dropClosed()
{
    if (!m_event.isEmpty())
        return;
    std::erase_if(m_subscribers, [](const ReplyStream &stream) { return !stream.isOpen(); });
}

} // namespace replog
