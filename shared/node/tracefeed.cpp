// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/tracefeed.h"

#include "shared/node/eventstream.h"
#include "shared/node/queryargs.h"

#include <QPointer>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qsizetype MaxPendingBytes = 256 * 1024;
// A tool to look on with; each reader is written to with every change.
constexpr std::size_t MaxReaders = 64;
} // namespace

TraceFeed::TraceFeed(Connect connect, WaitRoom &room, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_connect(std::move(connect)), m_room(room), m_scheduler(scheduler)
{
    m_room.countOthers([this] { return static_cast<int>(m_readers.size()); });
}

TraceFeed::~TraceFeed()
{
    m_scheduler.cancel(m_keepAliveTimer);
}

void TraceFeed::addRoutes(HttpServer &server)
{
    server.route({HttpMethod::Get, "/api/v1/trace", Lane::Fast, Right::Read},
                 withoutParameters(
                     [this](HttpRequest &&request, Reply reply) { subscribe(request, std::move(reply)); }));
}

void TraceFeed::shutDown()
{
    for (Reader &reader : std::exchange(m_readers, {}))
        reader.stream.finish();
    m_watched.reset();
}

void TraceFeed::subscribe(const HttpRequest &request, Reply reply)
{
    dropClosed();
    if (m_readers.size() >= MaxReaders) {
        reply.sendProblem({Errc::Exhausted, u"%1 clients read the trace already"_s.arg(MaxReaders)});
        return;
    }
    if (const auto room = m_room.forOther(); !room) {
        reply.sendProblem(room.error());
        return;
    }
    ReplyStream stream = startEventStream(request, std::move(reply));
    if (!stream.isOpen())
        return;
    stream.write(EventStreamKeepAlive); // the head goes out at once
    m_readers.push_back({std::move(stream)});
    if (!m_watched) {
        m_watched = std::make_unique<QObject>();
        m_connect(m_watched.get(), *this);
    }
    if (m_keepAliveTimer == 0)
        keepAlive();
}

void TraceFeed::note(QByteArrayView what, const QByteArray &members)
{
    if (m_readers.empty())
        return;
    if (m_pending.isEmpty()) {
        m_scheduler.defer([alive = QPointer<TraceFeed>(this)] {
            if (alive)
                alive->flush();
        });
    }
    m_pending += eventOf(what, members);
    ++m_pendingCount;
    if (m_pending.size() >= MaxPendingBytes)
        flush();
}

QByteArray TraceFeed::eventOf(QByteArrayView what, const QByteArray &members) const
{
    const qint64 us = m_scheduler.utcMicros();
    QByteArray event = "data: {\"time\":" + QByteArray::number(us / 1000) + '.' +
                       QByteArray::number(us % 1000).rightJustified(3, '0') + ",\"what\":\"";
    event.append(what).append('"');
    if (!members.isEmpty())
        event.append(',').append(members);
    return event.append("}\n\n");
}

void TraceFeed::flush()
{
    const QByteArray events = std::exchange(m_pending, {});
    const quint64 count = std::exchange(m_pendingCount, 0);
    if (events.isEmpty())
        return;
    dropClosed();
    for (Reader &reader : m_readers) {
        if (reader.stream.room() < events.size()) {
            reader.lost += count;
            continue;
        }
        if (reader.lost > 0)
            reader.stream.write(
                eventOf("lost", "\"events\":" + QByteArray::number(std::exchange(reader.lost, 0))));
        reader.stream.write(events);
    }
}

void TraceFeed::keepAlive()
{
    m_keepAliveTimer = m_scheduler.schedule(EventStreamKeepAliveMs, [this] {
        m_keepAliveTimer = 0;
        dropClosed();
        for (Reader &reader : m_readers) {
            if (reader.stream.room() > 0)
                reader.stream.write(EventStreamKeepAlive);
        }
        if (!m_readers.empty())
            keepAlive();
    });
}

void TraceFeed::dropClosed()
{
    std::erase_if(m_readers, [](const Reader &reader) { return !reader.stream.isOpen(); });
    if (m_readers.empty())
        m_watched.reset();
}

} // namespace replog
