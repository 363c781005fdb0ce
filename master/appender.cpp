// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/appender.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr Waiters::Ticket Cancelled{0, ~quint64(0)};
constexpr char TakenOverToKey[] = "taken-over-to";

// What a request holds in memory, as the log counts what is not durable yet.
qsizetype bytesOf(const AppendRequest &request)
{
    qsizetype bytes = request.key.size();
    for (const Message &message : request.messages)
        bytes +=
            message.body.size() + message.type.size() + message.headers.size() + MasterLog::MessageOverhead;
    return bytes;
}

Error reused(quint64 first, const QString &another)
{
    return {Errc::KeyReused,
            u"Idempotency-Key: used before for entry %1 with another %2"_s.arg(first).arg(another),
            u"Idempotency-Key"_s};
}

} // namespace

quint32 resolveConcern(const WriteConcern &concern, const WriteConcern &fallback, int nodes)
{
    switch (concern.asked) {
    case Asked::Number:
        return concern.number;
    case Asked::Default:
        Q_ASSERT(fallback.asked != Asked::Default);
        return resolveConcern(fallback, {}, nodes);
    case Asked::Majority:
        return static_cast<quint32>(nodes / 2 + 1);
    case Asked::All:
        return static_cast<quint32>(nodes);
    }
    Q_UNREACHABLE();
}

Appender::Appender(const Config &config, MasterLog &log, LogStore &store, ConcernTracker &concerns,
                   Waiters &waiters, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_config(config), m_log(log), m_store(store), m_concerns(concerns), m_waiters(waiters),
      m_scheduler(scheduler),
      m_releases(store, concerns, waiters,
                 [this](quint64 first, quint64 last) { return unsureIn(first, last); }),
      m_repeats(store), m_room(config.maxWaits)
{
    m_room.countAppends([this] { return m_waiters.count(Waiters::Append); });
    m_room.countOthers([this] { return m_waiters.count(Waiters::Watcher); });
    connect(&m_log.visible(), &VisibleLog::durableChanged, this, [this](quint64 id) {
        while (!m_recentByLast.empty() && m_recentByLast.front().first <= id) {
            m_recentKeys.remove(m_recentByLast.front().second);
            m_recentByLast.pop_front();
        }
    });
    connect(&m_log.visible(), &VisibleLog::firstChanged, &m_releases, &Releases::trimTo);
}

void Appender::start(const QHash<QByteArray, QByteArray> &meta)
{
    m_releases.start(meta);
    m_takenOverTo = std::max(m_takenOverTo, meta.value(TakenOverToKey).toULongLong());
}

void Appender::takeOver(quint64 committedId)
{
    m_takenOverTo = committedId;
    m_store.putMeta(TakenOverToKey, QByteArray::number(committedId), {});
}

Appender::Handle Appender::submit(AppendRequest request, int knownNodes, Done done)
{
    if (m_refusal && (m_refusesRepeats || request.key.isEmpty())) {
        done(*m_refusal);
        return nullptr;
    }
    const quint32 w = resolveConcern(request.concern, m_config.defaultConcern, knownNodes);
    auto handle = std::make_shared<Waiters::Ticket>();
    if (!m_arrivals.empty() && isBehind()) {
        done(tooFarBehind());
        return nullptr;
    }
    if (request.key.isEmpty()) {
        // With w = 1 the answer comes with the next sync: a handle to cancel it is not worth making.
        const bool canWait = needsOthers(w);
        if (m_arrivals.empty() || request.isPart) {
            append(std::move(request), w, handle, std::move(done));
        } else {
            const auto arrival = std::make_shared<Arrival>();
            arrival->state = Arrival::Key::Unused;
            m_arrivals.push_back(arrival);
            keep(*arrival, std::move(request), w, handle, std::move(done));
        }
        return canWait ? handle : nullptr;
    }
    if (const auto it = m_recentKeys.constFind(request.key); it != m_recentKeys.cend()) {
        join(request, Used(it->used), request.messages == it->messages, handle, done);
        return handle;
    }
    const QByteArray key = request.key;
    ArrivalPtr &arrival = m_lookups[key];
    const bool first = !arrival;
    if (first) {
        arrival = std::make_shared<Arrival>();
        m_arrivals.push_back(arrival);
    }
    keep(*arrival, std::move(request), w, handle, std::move(done));
    if (first)
        findKey(key);
    return handle;
}

void Appender::keep(Arrival &arrival, AppendRequest request, quint32 w, const Handle &handle, Done done)
{
    const qsizetype bytes = bytesOf(request);
    m_arrivedBytes += bytes;
    arrival.requests.push_back({std::move(request), w, handle, std::move(done), bytes});
}

void Appender::cancel(const Handle &handle)
{
    if (!handle)
        return;
    const Waiters::Ticket ticket = std::exchange(*handle, Cancelled);
    m_waiters.cancel(ticket);
    forgetUnsure(ticket.last);
}

Result<Appender::Handle> Appender::watch(quint64 id, qint64 timeoutMs, std::function<void(WaitEnd)> done)
{
    auto handle = std::make_shared<Waiters::Ticket>();
    const bool mayBeUnsure = id <= m_takenOverTo && id >= m_log.firstId();
    if (isReleased(id) || (!m_concerns.isPending(id) && !mayBeUnsure)) {
        done(isReleased(id) ? WaitEnd::Released : WaitEnd::Satisfied);
        return handle;
    }
    if (const auto room = m_room.forOther(); !room)
        return room.error();
    if (mayBeUnsure)
        watchUnsure(id, timeoutMs, handle, std::move(done));
    else
        *handle = m_waiters.add(Waiters::Watcher, id, id, timeoutMs, std::move(done));
    return handle;
}

// Of an entry that another master committed only the store knows the concern.
void Appender::watchUnsure(quint64 id, qint64 timeoutMs, const Handle &handle,
                           std::function<void(WaitEnd)> done)
{
    const auto w = std::make_shared<quint32>(0);
    m_store.scan(
        id, id, 1, [w](const EntryView &entry) { *w = entry.w; },
        [this, alive = QPointer<Appender>(this), id, timeoutMs, handle, w,
         done = std::move(done)](const Result<quint64> &) {
            if (!alive || *handle == Cancelled)
                return;
            if (isReleased(id) || !isUnsure(id, *w)) { // or it is gone, as its reader will find
                done(isReleased(id) ? WaitEnd::Released : WaitEnd::Satisfied);
                return;
            }
            noteUnsure(id, id, *w);
            *handle = m_waiters.add(Waiters::Watcher, id, id, timeoutMs, [this, id, done](WaitEnd end) {
                forgetUnsure(id);
                done(end);
            });
        });
}

bool Appender::isSatisfied(quint64 id, quint32 w) const
{
    return id <= m_log.assignedId() && !m_concerns.isPending(id) && !isReleased(id) && !isUnsure(id, w);
}

void Appender::handleAck(const Id128 &node, quint64 id)
{
    if (m_unsure.empty())
        return;
    // Of a node that holds all of these nothing more is learned.
    if (id < m_takenOverTo)
        m_holdsTakenOver.remove(node);
    else if (std::exchange(m_holdsTakenOver[node], true))
        return;
    for (auto it = m_unsure.begin(); it != m_unsure.end();) {
        const auto [last, asked] = *it;
        ++it;
        if (!isHeldBy(last, asked.w))
            continue;
        m_unsure.erase(last);
        m_waiters.satisfy(asked.first, last); // may come back here
        it = m_unsure.upper_bound(last);
    }
}

void Appender::handleDropped(const Id128 &node)
{
    m_holdsTakenOver.remove(node);
}

bool Appender::isUnsure(quint64 last, quint32 w) const
{
    return last <= m_takenOverTo && !isHeldBy(last, w);
}

void Appender::noteUnsure(quint64 first, quint64 last, quint32 w)
{
    if (m_unsure.empty())
        m_holdsTakenOver.clear(); // acks were not followed since
    const auto [it, isNew] = m_unsure.try_emplace(last, Unsure{first, w, m_scheduler.nowMs()});
    it->second.first = std::min(it->second.first, first);
}

// A client waits for it no more.
void Appender::forgetUnsure(quint64 last)
{
    if (const auto it = m_unsure.find(last); it != m_unsure.end() && m_waiters.clientsOf(last) == 0)
        m_unsure.erase(it);
}

ConcernTracker::Ids Appender::unsureIn(quint64 first, quint64 last) const
{
    ConcernTracker::Ids ids;
    for (auto it = m_unsure.lower_bound(first); it != m_unsure.end(); ++it) {
        // Those of one append may overlap: watchers wait for single entries of it.
        const quint64 from = std::max({it->second.first, first, ids.empty() ? 0 : ids.back().second + 1});
        if (const quint64 to = std::min(it->first, last); from <= to)
            ids.emplace_back(from, to);
    }
    return ids;
}

std::vector<ConcernTracker::Pending> Appender::oldestWaits(int limit) const
{
    std::vector<ConcernTracker::Pending> oldest;
    for (auto it = m_unsure.begin(); it != m_unsure.end() && oldest.size() < static_cast<size_t>(limit); ++it)
        oldest.push_back({it->first, it->second.w, it->second.sinceMs});
    const auto pending = m_concerns.oldestPending(limit - static_cast<int>(oldest.size()));
    oldest.insert(oldest.end(), pending.begin(), pending.end());
    return oldest;
}

bool Appender::isHeldBy(quint64 id, quint32 w) const
{
    return static_cast<quint32>(m_concerns.acks(id)) >= w;
}

bool Appender::release(quint64 first, quint64 last, Releases::Done done)
{
    return m_releases.release(first, last, std::move(done));
}

// One lookup at a time for each key: a second one could miss what the first one's append has made durable
// meanwhile.
void Appender::findKey(const QByteArray &key)
{
    m_store.findKey(key,
                    [this, alive = QPointer<Appender>(this), key](const Result<LogStore::KeyRange> &found) {
                        if (!alive)
                            return;
                        if (!found || found->first > 0)
                            finishLookup(key, found);
                        else
                            m_lookups.value(key)->state = Arrival::Key::Unused;
                        takeArrivals();
                    });
}

// The key was used, or could not be looked up: nothing is appended.
void Appender::finishLookup(const QByteArray &key, const Result<LogStore::KeyRange> &found)
{
    const ArrivalPtr arrival = m_lookups.take(key);
    arrival->state = Arrival::Key::Used;
    for (Arrival::Request &request : arrival->requests) {
        m_arrivedBytes -= request.bytes;
        if (found)
            compare(std::move(request), *found);
        else
            request.done(found.error());
    }
}

void Appender::compare(Arrival::Request request, const LogStore::KeyRange &range)
{
    // Of another number of messages it is another request, without reading what may be a large batch.
    if (request.append.messages.size() != range.last + 1 - range.first) {
        request.done(reused(range.first, u"message"_s));
        return;
    }
    if (m_repeats.heldBytes() > m_config.maxUndurableBytes) {
        request.done(
            Error{Errc::Exhausted,
                  u"%1 bytes of repeats are being compared with what is stored, try again later"_s.arg(
                      m_repeats.heldBytes())});
        return;
    }
    std::vector<Message> messages = std::move(request.append.messages);
    const qsizetype bytes = request.bytes;
    const Handle handle = request.handle;
    m_repeats.compare(
        range.first, std::move(messages), bytes, [handle] { return *handle != Cancelled; },
        [this, range, request = std::move(request)](const Result<RepeatCheck::Found> &found) {
            if (range.first < m_log.firstId()) // and so is whether it was released
                // Others that came after it may have been appended meanwhile.
                request.done(
                    Error{Errc::Unavailable,
                          u"Idempotency-Key: what it was used for was given up just now, try again"_s});
            else if (!found)
                request.done(found.error());
            else
                join(request.append, {range.first, range.last, found->w, found->asked}, found->isSame,
                     request.handle, request.done);
        });
}

void Appender::takeArrivals()
{
    while (!m_arrivals.empty() && m_arrivals.front()->state != Arrival::Key::LookingUp) {
        const ArrivalPtr arrival = std::move(m_arrivals.front());
        m_arrivals.pop_front();
        if (arrival->state == Arrival::Key::Used)
            continue;
        m_lookups.remove(arrival->requests.front().append.key);
        for (Arrival::Request &request : arrival->requests) {
            m_arrivedBytes -= request.bytes;
            take(std::move(request));
        }
    }
}

void Appender::take(Arrival::Request request)
{
    const QByteArray &key = request.append.key;
    // The first of the requests with this key appended it.
    const auto it = key.isEmpty() ? m_recentKeys.cend() : m_recentKeys.constFind(key);
    if (it != m_recentKeys.cend())
        join(request.append, Used(it->used), request.append.messages == it->messages, request.handle,
             request.done);
    else if (m_refusal)
        request.done(*m_refusal);
    else
        append(std::move(request.append), request.w, request.handle, std::move(request.done));
}

bool Appender::isBehind() const
{
    return m_log.undurableBytes() + m_arrivedBytes > m_config.maxUndurableBytes;
}

Error Appender::tooFarBehind() const
{
    return {Errc::Exhausted, u"the store is behind by %1 bytes, try again later"_s.arg(
                                 m_log.undurableBytes() + m_arrivedBytes)};
}

// Why it cannot be appended now, if so. Repeats do not come here: what one asks for was accepted before,
// perhaps with fewer nodes or another limit.
std::optional<Error> Appender::whyNot(const AppendRequest &request, quint32 w) const
{
    if (m_config.maxW > 0 && w > m_config.maxW)
        return Error{Errc::InvalidArgument,
                     u"w: %1 is above the limit of %2 (--max-w)"_s.arg(w).arg(m_config.maxW), u"w"_s};
    if (request.expectLastId && *request.expectLastId != m_log.assignedId())
        return Error{
            Errc::PreconditionFailed,
            u"expect_last_id: the last id is %1, not %2"_s.arg(m_log.assignedId()).arg(*request.expectLastId),
            u"expect_last_id"_s};
    if (needsOthers(w)) {
        if (const auto room = m_room.forAppend(); !room)
            return room.error();
    }
    if (m_log.undurableBytes() > m_config.maxUndurableBytes)
        return tooFarBehind();
    return std::nullopt;
}

void Appender::append(AppendRequest request, quint32 w, const Handle &handle, Done done)
{
    if (auto error = whyNot(request, w)) {
        done(*error);
        return;
    }
    const auto count = static_cast<quint64>(request.messages.size());
    const Asked asked = request.concern.asked;
    std::vector<Message> kept;
    if (!request.key.isEmpty())
        kept = request.messages;
    const quint64 first = m_log.append(std::move(request.messages), w, asked, request.key);
    const quint64 last = first + count - 1;
    if (!request.key.isEmpty()) {
        m_recentKeys.insert(request.key, {{first, last, w, asked}, std::move(kept)});
        m_recentByLast.emplace_back(last, request.key);
    }
    m_concerns.open(first, last, w, m_scheduler.nowMs());
    wait(Waiters::Append, first, last, w, request.timeoutMs, handle, std::move(done));
    scheduleFlush();
    emit appended(first, last, w);
}

void Appender::scheduleFlush()
{
    if (std::exchange(m_flushScheduled, true))
        return;
    m_scheduler.defer([this, alive = QPointer<Appender>(this)] {
        if (!alive)
            return;
        m_flushScheduled = false;
        m_log.flush();
    });
}

void Appender::join(const AppendRequest &request, const Used &used, bool isSame, const Handle &handle,
                    const Done &done)
{
    const WriteConcern &concern = request.concern;
    const bool sameConcern =
        concern.asked == used.asked && (concern.asked != Asked::Number || concern.number == used.w);
    const bool sameCondition = !request.expectLastId || *request.expectLastId == used.first - 1;
    if (!sameConcern || !sameCondition || !isSame) {
        const QString what = !sameConcern ? u"w"_s : !sameCondition ? u"expect_last_id"_s : u"message"_s;
        done(reused(used.first, what));
        return;
    }
    const bool released = m_releases.holdsAny(used.first, used.last);
    const bool unsure = isUnsure(used.last, used.w);
    if (released || (!m_concerns.isPending(used.last) && !unsure)) {
        if (*handle != Cancelled)
            answer(released ? WaitEnd::Released : m_waiters.endOf(used.last).value_or(WaitEnd::Satisfied),
                   true, used.first, used.last, used.w, done);
    } else if (const auto room = m_room.forOther(); !room) {
        done(room.error());
    } else {
        if (unsure)
            noteUnsure(used.first, used.last, used.w);
        wait(Waiters::Watcher, used.first, used.last, used.w, request.timeoutMs, handle, done);
    }
}

void Appender::wait(Waiters::Kind kind, quint64 first, quint64 last, quint32 w,
                    std::optional<qint64> timeoutMs, const Handle &handle, Done done)
{
    if (*handle == Cancelled) {
        forgetUnsure(last);
        return;
    }
    *handle = m_waiters.add(kind, first, last, timeoutMs,
                            [this, kind, first, last, w, done = std::move(done)](WaitEnd end) {
                                forgetUnsure(last);
                                answer(end, kind == Waiters::Watcher, first, last, w, done);
                            });
}

void Appender::answer(WaitEnd end, bool repeated, quint64 first, quint64 last, quint32 w, const Done &done)
{
    emit answered(first, last, end);
    done(AppendOutcome{end, repeated, first, last, w, m_concerns.acks(last),
                       m_concerns.committedId() >= last});
}

} // namespace replog
