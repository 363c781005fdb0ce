// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/releases.h"

#include <QPointer>

#include <algorithm>
#include <utility>

namespace replog {

namespace {

// "released/FIRST" holds the last id of the range, or nothing if that is the first.
constexpr char Prefix[] = "released/";

QByteArray keyOf(quint64 first)
{
    return Prefix + QByteArray::number(first);
}

QByteArray valueOf(quint64 first, quint64 last)
{
    return first == last ? QByteArray() : QByteArray::number(last);
}

} // namespace

Releases::Releases(LogStore &store, ConcernTracker &concerns, Waiters &waiters, Others others,
                   QObject *parent)
    : QObject(parent), m_store(store), m_concerns(concerns), m_waiters(waiters), m_others(std::move(others))
{
}

void Releases::start(const QHash<QByteArray, QByteArray> &meta)
{
    std::map<quint64, quint64> lines;
    for (auto it = meta.cbegin(); it != meta.cend(); ++it) {
        if (!it.key().startsWith(Prefix))
            continue;
        const quint64 first = it.key().mid(sizeof(Prefix) - 1).toULongLong();
        lines[first] = it->isEmpty() ? first : it->toULongLong();
    }
    // A crash while a range was written anew may have left both.
    for (const auto &[first, last] : lines) {
        if (m_released.empty() || m_released.rbegin()->second < first) {
            m_released[first] = last;
            continue;
        }
        auto &[from, to] = *m_released.rbegin();
        if (last > to) {
            to = last;
            m_store.putMeta(keyOf(from), valueOf(from, to), {});
        }
        m_store.removeMeta(keyOf(first), {});
    }
}

bool Releases::holdsAny(quint64 first, quint64 last) const
{
    const auto after = m_released.upper_bound(last);
    return after != m_released.begin() && std::prev(after)->second >= first;
}

bool Releases::release(quint64 first, quint64 last, Done done)
{
    if (pendingIn(first, last).empty())
        return false;
    m_calls.push_back({first, last, std::move(done)});
    next();
    return true;
}

ConcernTracker::Ids Releases::pendingIn(quint64 first, quint64 last) const
{
    ConcernTracker::Ids ids = m_others(first, last);
    const ConcernTracker::Ids pending = m_concerns.pendingIn(first, last);
    ids.insert(ids.end(), pending.begin(), pending.end());
    return ids;
}

void Releases::trimTo(quint64 firstId)
{
    while (!m_released.empty() && m_released.begin()->second < firstId) {
        m_store.removeMeta(keyOf(m_released.begin()->first), {});
        m_released.erase(m_released.begin());
    }
}

void Releases::next()
{
    if (m_calls.empty() || std::exchange(m_isBusy, true))
        return;
    const ConcernTracker::Ids pending = pendingIn(m_calls.front().first, m_calls.front().last);
    if (pending.empty())
        end(0); // the one before took all of it, or it was satisfied
    else
        store({}, pending);
}

// Puts `ranges` in the place of `stored`. The store takes writes in order, so that the last one answers for
// all.
void Releases::store(const ConcernTracker::Ids &stored, const ConcernTracker::Ids &ranges)
{
    const auto done = [this, alive = QPointer<Releases>(this), ranges](const Result<void> &result) {
        if (!alive)
            return;
        if (result)
            confirm(ranges);
        else
            end(result.error());
    };
    ConcernTracker::Ids removed;
    for (const auto &range : stored) {
        if (std::none_of(ranges.begin(), ranges.end(),
                         [&range](const auto &each) { return each.first == range.first; }))
            removed.push_back(range);
    }
    for (size_t i = 0; i < ranges.size(); ++i) {
        const auto &[first, last] = ranges[i];
        const bool isLast = removed.empty() && i + 1 == ranges.size();
        m_store.putMeta(keyOf(first), valueOf(first, last), isLast ? LogStore::Done(done) : LogStore::Done());
    }
    for (size_t i = 0; i < removed.size(); ++i) {
        const bool isLast = i + 1 == removed.size();
        m_store.removeMeta(keyOf(removed[i].first), isLast ? LogStore::Done(done) : LogStore::Done());
    }
}

// `stored` is durable: what of it was satisfied meanwhile is written out of it.
void Releases::confirm(const ConcernTracker::Ids &stored)
{
    ConcernTracker::Ids pending;
    for (const auto &[first, last] : stored) {
        const ConcernTracker::Ids left = pendingIn(first, last);
        pending.insert(pending.end(), left.begin(), left.end());
    }
    if (pending == stored)
        finish(stored);
    else
        store(stored, pending);
}

void Releases::finish(const ConcernTracker::Ids &released)
{
    quint64 count = 0;
    for (const auto &[first, last] : released) {
        m_released[first] = last;
        count += last + 1 - first;
    }
    for (const auto &[first, last] : released) {
        m_concerns.release(first, last);
        m_waiters.release(first, last);
    }
    end(count);
}

void Releases::end(const Result<quint64> &result)
{
    const Call call = std::move(m_calls.front());
    m_calls.pop_front();
    m_isBusy = false;
    const QPointer<Releases> alive(this);
    if (call.done)
        call.done(result);
    if (alive)
        next();
}

} // namespace replog
