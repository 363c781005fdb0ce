// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/appender.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr char ReleasedPrefix[] = "released/";
constexpr Waiters::Ticket Cancelled{0, ~quint64(0)};
} // namespace

Appender::Appender(const Config &config, MasterLog &log, LogStore &store, ConcernTracker &concerns,
                   Waiters &waiters, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_config(config), m_log(log), m_store(store), m_concerns(concerns), m_waiters(waiters),
      m_scheduler(scheduler)
{
    connect(&m_log.visible(), &VisibleLog::durableChanged, this, [this](quint64 id) {
        while (!m_recentByLast.empty() && m_recentByLast.front().first <= id) {
            m_recentKeys.remove(m_recentByLast.front().second);
            m_recentByLast.pop_front();
        }
    });
}

void Appender::start(const QHash<QByteArray, QByteArray> &meta)
{
    for (auto it = meta.cbegin(); it != meta.cend(); ++it) {
        if (it.key().startsWith(ReleasedPrefix))
            m_released.insert(it.key().mid(sizeof(ReleasedPrefix) - 1).toULongLong());
    }
}

Appender::Handle Appender::submit(AppendRequest request, int knownNodes, Done done)
{
    auto handle = std::make_shared<Waiters::Ticket>();
    if (m_refusal) {
        done(*m_refusal);
        return handle;
    }
    const quint32 w = request.concern.resolve(knownNodes);
    if (m_config.maxW > 0 && w > m_config.maxW) {
        done(Error{Errc::InvalidArgument,
                   u"w: %1 is above the limit of %2 (--max-w)"_s.arg(w).arg(m_config.maxW), u"w"_s});
        return handle;
    }
    if (request.key.isEmpty()) {
        append(std::move(request), w, handle, std::move(done));
    } else if (const auto it = m_recentKeys.constFind(request.key); it != m_recentKeys.cend()) {
        join(request, Recent(*it), handle, done);
    } else {
        const QByteArray key = request.key;
        std::vector<Lookup> &asked = m_lookups[key];
        asked.push_back({std::move(request), w, handle, std::move(done)});
        if (asked.size() == 1)
            findKey(key);
    }
    return handle;
}

void Appender::cancel(const Handle &handle)
{
    m_waiters.cancel(*handle);
    *handle = Cancelled;
}

Appender::Handle Appender::watch(quint64 id, qint64 timeoutMs, std::function<void(WaitEnd)> done)
{
    auto handle = std::make_shared<Waiters::Ticket>();
    if (!m_concerns.isPending(id))
        done(isReleased(id) ? WaitEnd::Released : WaitEnd::Satisfied);
    else
        *handle = m_waiters.add(id, id, timeoutMs, std::move(done));
    return handle;
}

bool Appender::isSatisfied(quint64 id) const
{
    return id <= m_log.assignedId() && !m_concerns.isPending(id) && !isReleased(id);
}

bool Appender::release(quint64 id, LogStore::Done done)
{
    if (!m_concerns.isPending(id))
        return false;
    // The client's answer and the advance of the committed id wait until the release is durable.
    m_store.putMeta(
        ReleasedPrefix + QByteArray::number(id), {},
        [this, alive = QPointer<Appender>(this), id, done = std::move(done)](const Result<void> &stored) {
            if (!alive)
                return;
            if (stored && m_concerns.isPending(id)) {
                m_released.insert(id);
                m_concerns.release(id);
                m_waiters.release(id);
            }
            done(stored);
        });
    return true;
}

// One lookup at a time for each key: a second one could miss what the first one's append has made durable
// meanwhile.
void Appender::findKey(const QByteArray &key)
{
    m_store.findKey(key,
                    [this, alive = QPointer<Appender>(this), key](const Result<LogStore::KeyRange> &found) {
                        if (!alive)
                            return;
                        if (!found) {
                            finishLookups(key, found.error());
                            return;
                        }
                        if (found->first == 0) {
                            finishLookups(key, std::optional<Recent>());
                            return;
                        }
                        m_store.read(found->first, found->last, std::numeric_limits<qsizetype>::max(),
                                     [this, alive, key, range = *found](const Result<Entries> &entries) {
                                         if (!alive)
                                             return;
                                         if (!entries) {
                                             finishLookups(key, entries.error());
                                             return;
                                         }
                                         Recent held{range.first, range.last, 0, {}};
                                         for (const Entry &entry : *entries) {
                                             held.w = entry.w;
                                             held.messages.push_back(entry.message);
                                         }
                                         finishLookups(key, std::optional<Recent>(std::move(held)));
                                     });
                    });
}

void Appender::finishLookups(const QByteArray &key, const Result<std::optional<Recent>> &held)
{
    for (Lookup &lookup : m_lookups.take(key)) {
        if (!held) {
            lookup.done(held.error());
        } else if (*held) {
            join(lookup.request, **held, lookup.handle, lookup.done);
        } else if (const auto it = m_recentKeys.constFind(key); it != m_recentKeys.cend()) {
            join(lookup.request, Recent(*it), lookup.handle,
                 lookup.done); // the first of these lookups appended it
        } else if (m_refusal) {
            lookup.done(*m_refusal);
        } else {
            append(std::move(lookup.request), lookup.w, lookup.handle, std::move(lookup.done));
        }
    }
}

void Appender::append(AppendRequest request, quint32 w, const Handle &handle, Done done)
{
    if (w > 1 && m_waiters.count() >= m_config.maxWaits) {
        done(Error{Errc::Exhausted,
                   u"%1 clients wait already, no room for more (--max-waits)"_s.arg(m_waiters.count())});
        return;
    }
    if (m_log.undurableBytes() > m_config.maxUndurableBytes) {
        done(Error{Errc::Exhausted,
                   u"the store is behind by %1 bytes, try again later"_s.arg(m_log.undurableBytes())});
        return;
    }
    const auto count = static_cast<quint64>(request.messages.size());
    Recent recent;
    if (!request.key.isEmpty())
        recent.messages = request.messages;
    const quint64 first = m_log.append(std::move(request.messages), w, request.key);
    const quint64 last = first + count - 1;
    if (!request.key.isEmpty()) {
        recent.first = first;
        recent.last = last;
        recent.w = w;
        m_recentKeys.insert(request.key, std::move(recent));
        m_recentByLast.emplace_back(last, request.key);
    }
    m_concerns.open(first, last, w, m_scheduler.nowMs());
    wait(first, last, w, false, request.timeoutMs, handle, std::move(done));
    if (!m_flushScheduled) {
        m_flushScheduled = true;
        m_scheduler.defer([this, alive = QPointer<Appender>(this)] {
            if (!alive)
                return;
            m_flushScheduled = false;
            m_log.flush();
        });
    }
    emit appended(first, last, w);
}

void Appender::join(const AppendRequest &request, const Recent &held, const Handle &handle, const Done &done)
{
    // "majority" and "all" may come to another number by now; it is the same request all the same.
    const bool sameConcern = request.concern.kind != WriteConcern::Number || request.concern.number == held.w;
    if (!sameConcern || request.messages != held.messages) {
        done(Error{Errc::KeyReused,
                   u"Idempotency-Key: used before for entry %1 with another %2"_s.arg(held.first)
                       .arg(sameConcern ? u"message"_s : u"w"_s),
                   u"Idempotency-Key"_s});
        return;
    }
    if (m_concerns.isPending(held.last) && !anyReleased(held.first, held.last)) {
        wait(held.first, held.last, held.w, true, request.timeoutMs, handle, done);
        return;
    }
    const WaitEnd end = anyReleased(held.first, held.last) ? WaitEnd::Released : WaitEnd::Satisfied;
    if (*handle != Cancelled)
        done(outcome(end, true, held.first, held.last, held.w));
}

void Appender::wait(quint64 first, quint64 last, quint32 w, bool repeated, std::optional<qint64> timeoutMs,
                    const Handle &handle, Done done)
{
    if (*handle == Cancelled)
        return;
    *handle = m_waiters.add(first, last, timeoutMs,
                            [this, first, last, w, repeated, done = std::move(done)](WaitEnd end) {
                                done(outcome(end, repeated, first, last, w));
                            });
}

AppendOutcome Appender::outcome(WaitEnd end, bool repeated, quint64 first, quint64 last, quint32 w) const
{
    return {end, repeated, first, last, w, m_concerns.acks(last), m_concerns.committedId() >= last};
}

bool Appender::anyReleased(quint64 first, quint64 last) const
{
    const auto it = m_released.lower_bound(first);
    return it != m_released.end() && *it <= last;
}

} // namespace replog
