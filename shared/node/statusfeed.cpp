// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/statusfeed.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <utility>

namespace replog {

namespace {
constexpr qint64 PushIntervalMs = 100;
constexpr qint64 KeepAliveMs = 10000;

QByteArray eventOf(const QJsonObject &document)
{
    return "event: status\ndata: " + QJsonDocument(document).toJson(QJsonDocument::Compact) + "\n\n";
}
} // namespace

StatusFeed::StatusFeed(Build build, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_build(std::move(build)), m_scheduler(scheduler)
{
}

StatusFeed::~StatusFeed()
{
    m_scheduler.cancel(m_pushTimer);
    m_scheduler.cancel(m_keepAliveTimer);
}

void StatusFeed::addRoutes(HttpServer &server)
{
    server.route({HttpMethod::Get, "/api/v1/status", Lane::Fast, Right::Read},
                 [this](HttpRequest &&request, Reply reply) {
                     if (request.accepts("text/event-stream"))
                         subscribe(std::move(reply));
                     else
                         reply.sendJson(200, QJsonDocument(m_build()).toJson(QJsonDocument::Compact));
                 });
}

void StatusFeed::shutDown()
{
    for (ReplyStream &stream : std::exchange(m_subscribers, {}))
        stream.finish();
}

void StatusFeed::markChanged()
{
    if (m_subscribers.empty() || m_pushTimer != 0)
        return;
    const qint64 since = m_scheduler.nowMs() - m_lastPushMs;
    m_pushTimer = m_scheduler.schedule(std::clamp<qint64>(PushIntervalMs - since, 0, PushIntervalMs), [this] {
        m_pushTimer = 0;
        push();
    });
}

void StatusFeed::subscribe(Reply reply)
{
    ReplyStream stream = reply.startStream(200, "text/event-stream", {{"Cache-Control", "no-store"}});
    stream.write(eventOf(m_build()));
    m_subscribers.push_back(std::move(stream));
    if (m_keepAliveTimer == 0)
        keepAlive();
}

void StatusFeed::push()
{
    m_lastPushMs = m_scheduler.nowMs();
    std::erase_if(m_subscribers, [](const ReplyStream &stream) { return !stream.isOpen(); });
    if (m_subscribers.empty())
        return;
    const QByteArray piece = eventOf(m_build());
    bool skipped = false;
    for (ReplyStream &stream : m_subscribers) {
        // A reader that is behind gets a later state: only the newest matters.
        if (stream.room() >= piece.size())
            stream.write(piece);
        else
            skipped = true;
    }
    if (skipped)
        markChanged();
}

void StatusFeed::keepAlive()
{
    // Tells readers that the node is there, and finds out those who are not.
    m_keepAliveTimer = m_scheduler.schedule(KeepAliveMs, [this] {
        m_keepAliveTimer = 0;
        std::erase_if(m_subscribers, [](const ReplyStream &stream) { return !stream.isOpen(); });
        for (ReplyStream &stream : m_subscribers) {
            if (stream.room() > 0)
                stream.write(":\n\n");
        }
        if (!m_subscribers.empty())
            keepAlive();
    });
}

} // namespace replog
