// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/followers.h"

#include "shared/log/jsontext.h"
#include "shared/node/entryjson.h"
#include "shared/node/eventstream.h"

#include <algorithm>
#include <utility>

namespace replog {

namespace {
constexpr qsizetype PieceBytes = 128 * 1024;
// Handed on in one turn of the event loop, so that others are served between turns: to 64 readers at most,
// and to fewer if it is much.
constexpr qsizetype TurnBytes = 4 * 1024 * 1024;
constexpr qsizetype LeastBytes = TurnBytes / 64;
} // namespace

Followers::Followers(VisibleLog &log, ReadQueue &reads, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_log(log), m_reads(reads), m_scheduler(scheduler), m_durableId(log.durableId())
{
    connect(&m_log, &VisibleLog::durableChanged, this, &Followers::handleDurable);
    connect(&m_log, &VisibleLog::committedChanged, this, &Followers::advanceAll);
    connect(&m_log, &VisibleLog::firstChanged, this, &Followers::handleFirst);
}

Followers::~Followers()
{
    m_scheduler.cancel(m_deliverTimer);
    m_scheduler.cancel(m_keepAliveTimer);
}

void Followers::add(ReplyStream stream, View view, quint64 from, quint64 pushed)
{
    dropClosed();
    const auto follower = std::make_shared<Follower>(Follower{std::move(stream), view, from, pushed});
    // What it read may be gone: a backup without it was restored, say, and other entries will have those ids.
    if (pushed > m_log.durableId()) {
        endCut(*follower);
        return;
    }
    m_followers.push_back(follower);
    follower->stream.onDrained(this, [this, weak = std::weak_ptr(follower)] {
        if (const auto drained = weak.lock())
            advance(drained);
    });
    follower->stream.write(EventStreamKeepAlive); // the head goes out at once
    if (m_keepAliveTimer == 0)
        keepAlive();
    advance(follower);
}

void Followers::shutDown()
{
    m_asked.clear();
    m_deliveries.clear();
    for (const auto &follower : std::exchange(m_followers, {}))
        follower->stream.finish();
}

void Followers::advance(const std::shared_ptr<Follower> &follower)
{
    if (follower->asked || !follower->stream.isOpen() || follower->next > m_log.end(follower->view) ||
        follower->stream.room() <= 0)
        return;
    follower->asked = true;
    const Place place{follower->view, follower->next};
    Group &group = m_asked[place];
    group.push_back(follower);
    if (group.size() == 1)
        read(place);
}

void Followers::advanceAll()
{
    for (size_t i = 0; i < m_followers.size(); ++i)
        advance(m_followers[i]);
}

void Followers::read(const Place &place)
{
    const auto piece = std::make_shared<QByteArray>();
    m_reads.scan(
        place.second, m_log.end(place.first), PieceBytes,
        [this, place] {
            const auto group = m_asked.find(place);
            const bool wanted =
                group != m_asked.end() && std::any_of(group->second.cbegin(), group->second.cend(),
                                                      [](const auto &each) { return each->stream.isOpen(); });
            if (!wanted)
                m_asked.erase(place);
            return wanted;
        },
        [piece](const EntryView &entry) {
            piece->append("id: ");
            appendNumber(*piece, entry.id);
            piece->append("\ndata: {");
            appendEntryMembers(*piece, entry);
            piece->append("}\n\n");
        },
        [this, place, piece, generation = m_generation](const Result<quint64> &last) {
            take(place, last, *piece, generation);
        });
}

void Followers::take(const Place &place, Result<quint64> last, const QByteArray &piece, quint64 generation)
{
    const auto asked = m_asked.find(place);
    if (asked == m_asked.end())
        return; // shut down
    Group group = std::move(asked->second);
    m_asked.erase(asked);
    if (!last || *last < place.second) {
        // The log was cut or trimmed since it was asked for: ends the streams that this concerns; the others
        // ask again.
        for (const auto &follower : group) {
            follower->asked = false;
            if (!last)
                follower->stream.abort();
        }
        return;
    }
    m_deliveries.push_back({std::move(group), 0, piece, *last, generation});
    if (m_deliverTimer == 0)
        deliverSome();
}

void Followers::deliverSome()
{
    qsizetype left = TurnBytes;
    while (left > 0 && !m_deliveries.empty()) {
        // Take it out first: write() may call back into this object.
        Delivery delivery = std::move(m_deliveries.front());
        m_deliveries.erase(m_deliveries.begin());
        while (left > 0 && delivery.done < delivery.to.size()) {
            const auto follower = delivery.to[delivery.done++];
            left -= std::max(delivery.piece.size(), LeastBytes);
            follower->asked = false;
            if (!follower->stream.isOpen())
                continue;
            if (delivery.generation == m_generation) {
                follower->stream.write(delivery.piece);
                follower->next = delivery.last + 1;
                follower->pushed = delivery.last;
            }
            advance(follower);
        }
        if (delivery.done < delivery.to.size())
            m_deliveries.insert(m_deliveries.begin(), std::move(delivery));
    }
    if (!m_deliveries.empty() && m_deliverTimer == 0)
        m_deliverTimer = m_scheduler.schedule(0, [this] {
            m_deliverTimer = 0;
            deliverSome();
        });
}

void Followers::handleDurable(quint64 id)
{
    if (id < std::exchange(m_durableId, id)) {
        ++m_generation;
        for (const auto &follower : m_followers) {
            if (follower->pushed > id)
                endCut(*follower);
        }
    }
    advanceAll();
}

void Followers::handleFirst(quint64 id)
{
    for (const auto &follower : m_followers) {
        if (follower->next < id)
            end(*follower, "event: gone", "first_id", id);
    }
}

// With the id of the end, a reader that comes back by itself, such as an EventSource, goes on from there and
// skips nothing.
void Followers::endCut(Follower &follower)
{
    const quint64 id = m_log.durableId();
    end(follower, QByteArray("id: " + QByteArray::number(id) + "\nevent: truncated"), "last_id", id);
}

void Followers::end(Follower &follower, QByteArrayView event, QByteArrayView name, quint64 id)
{
    QByteArray last;
    last.append(event).append("\ndata: {");
    appendJsonName(last, name);
    appendNumber(last, id);
    last.append("}\n\n");
    follower.stream.write(last);
    follower.stream.finish();
}

void Followers::dropClosed()
{
    std::erase_if(m_followers, [](const auto &follower) { return !follower->stream.isOpen(); });
}

void Followers::keepAlive()
{
    m_keepAliveTimer = m_scheduler.schedule(EventStreamKeepAliveMs, [this] {
        m_keepAliveTimer = 0;
        dropClosed();
        for (const auto &follower : m_followers) {
            if (follower->stream.room() > 0)
                follower->stream.write(EventStreamKeepAlive);
        }
        if (!m_followers.empty())
            keepAlive();
    });
}

} // namespace replog
