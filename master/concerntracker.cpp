// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/concerntracker.h"

#include <algorithm>
#include <utility>

namespace replog {

namespace {
constexpr qint64 SinceResolutionMs = 1000;

// The first range of the queue that ends at `id` or beyond.
auto rangeOf(auto &queue, quint64 id)
{
    return std::lower_bound(queue.begin(), queue.end(), id,
                            [](const auto &range, quint64 wanted) { return range.last < wanted; });
}
} // namespace

void ConcernTracker::start(quint64 committedId)
{
    m_committedId = committedId;
    m_lastId = committedId;
    m_localDurable = committedId;
}

void ConcernTracker::open(quint64 first, quint64 last, quint32 w, qint64 nowMs)
{
    Q_ASSERT(first == m_lastId + 1 && last >= first && w >= 1);
    m_lastId = last;
    m_pendingCount += last + 1 - first;
    Queue &queue = m_pending[w];
    if (queue.empty())
        m_fronts.emplace(first, w);
    if (!queue.empty() && queue.back().last + 1 == first && nowMs - queue.back().sinceMs < SinceResolutionMs)
        queue.back().last = last;
    else
        queue.push_back({first, last, nowMs});
    if (last <= m_localDurable)
        advance();
}

void ConcernTracker::openReleased(quint64 id)
{
    Q_ASSERT(id == m_lastId + 1);
    m_lastId = id;
}

void ConcernTracker::handleLocalDurable(quint64 id)
{
    if (id <= m_localDurable)
        return;
    m_localDurable = id;
    advance();
}

void ConcernTracker::handleAck(const Id128 &node, quint64 id)
{
    auto it = m_acked.find(node);
    if (it == m_acked.end()) {
        m_acked.insert(node, id);
    } else {
        if (*it == id)
            return;
        m_ackedDescending.erase(std::find(m_ackedDescending.begin(), m_ackedDescending.end(), *it));
        *it = id;
    }
    m_ackedDescending.insert(
        std::upper_bound(m_ackedDescending.begin(), m_ackedDescending.end(), id, std::greater<>()), id);
    advance();
}

void ConcernTracker::removeNode(const Id128 &node)
{
    const auto it = m_acked.constFind(node);
    if (it == m_acked.cend())
        return;
    m_ackedDescending.erase(std::find(m_ackedDescending.begin(), m_ackedDescending.end(), *it));
    m_acked.erase(it);
}

void ConcernTracker::release(quint64 first, quint64 last)
{
    for (auto it = m_pending.begin(); it != m_pending.end();) {
        auto &[w, queue] = *it;
        const auto begin = rangeOf(queue, first);
        auto end = begin;
        while (end != queue.end() && end->first <= last) {
            m_pendingCount -= std::min(end->last, last) + 1 - std::max(end->first, first);
            ++end;
        }
        if (begin == end) {
            ++it;
            continue;
        }
        m_fronts.erase({queue.front().first, w});
        const Range head = *begin;
        const Range tail = *std::prev(end);
        auto at = queue.erase(begin, end);
        if (tail.last > last)
            at = queue.insert(at, {last + 1, tail.last, tail.sinceMs});
        if (head.first < first)
            queue.insert(at, {head.first, first - 1, head.sinceMs});
        if (queue.empty()) {
            it = m_pending.erase(it);
        } else {
            m_fronts.emplace(queue.front().first, w);
            ++it;
        }
    }
    updateCommitted();
}

bool ConcernTracker::isPending(quint64 id) const
{
    return std::any_of(m_pending.cbegin(), m_pending.cend(), [id](const auto &each) {
        const auto it = rangeOf(each.second, id);
        return it != each.second.end() && it->first <= id;
    });
}

ConcernTracker::Ids ConcernTracker::pendingIn(quint64 first, quint64 last) const
{
    Ids ids;
    for (const auto &[w, queue] : m_pending) {
        for (auto it = rangeOf(queue, first); it != queue.end() && it->first <= last; ++it)
            ids.emplace_back(std::max(it->first, first), std::min(it->last, last));
    }
    std::sort(ids.begin(), ids.end());
    Ids joined;
    for (const auto &range : ids) {
        if (!joined.empty() && joined.back().second + 1 == range.first)
            joined.back().second = range.second;
        else
            joined.push_back(range);
    }
    return joined;
}

int ConcernTracker::acks(quint64 id) const
{
    // Values are in descending order: those >= id stand first.
    const auto end = std::partition_point(m_ackedDescending.begin(), m_ackedDescending.end(),
                                          [id](quint64 acked) { return acked >= id; });
    return static_cast<int>(end - m_ackedDescending.begin()) + (m_localDurable >= id ? 1 : 0);
}

std::vector<ConcernTracker::Pending> ConcernTracker::oldestPending(int limit) const
{
    // A merge of the queues by id: `next` holds, of each queue, the place reached.
    struct Place
    {
        quint64 id;
        quint32 w;
        Queue::const_iterator range;
        Queue::const_iterator end;
    };
    const auto later = [](const Place &a, const Place &b) { return a.id > b.id; };
    std::vector<Place> next;
    // Only the `limit` lowest fronts can contribute.
    for (auto it = m_fronts.cbegin(); it != m_fronts.cend() && next.size() < static_cast<size_t>(limit);
         ++it) {
        const Queue &queue = m_pending.at(it->second);
        next.push_back({it->first, it->second, queue.begin(), queue.end()});
    }
    std::make_heap(next.begin(), next.end(), later);
    std::vector<Pending> oldest;
    while (!next.empty() && oldest.size() < static_cast<size_t>(limit)) {
        std::pop_heap(next.begin(), next.end(), later);
        Place &place = next.back();
        oldest.push_back({place.id, place.w, place.range->sinceMs});
        if (place.id < place.range->last)
            ++place.id;
        else if (++place.range != place.end)
            place.id = place.range->first;
        else {
            next.pop_back();
            continue;
        }
        std::push_heap(next.begin(), next.end(), later);
    }
    return oldest;
}

quint64 ConcernTracker::threshold(quint32 w) const
{
    if (w == 1)
        return m_localDurable;
    if (w - 1 > m_ackedDescending.size())
        return 0;
    return std::min(m_localDurable, m_ackedDescending[w - 2]);
}

void ConcernTracker::advance()
{
    if (m_isStopped)
        return;
    const auto highestW = static_cast<quint32>(m_ackedDescending.size()) + 1;
    for (auto it = m_pending.begin(); it != m_pending.end() && it->first <= highestW;) {
        const quint32 w = it->first;
        takeFront(w, it->second, threshold(w));
        it = it->second.empty() ? m_pending.erase(it) : std::next(it);
    }
    // Listeners may call back into this object: work on a local copy.
    const auto satisfiedNow = std::exchange(m_satisfied, {});
    updateCommitted();
    for (const auto &[first, last] : satisfiedNow)
        emit satisfied(first, last);
}

void ConcernTracker::takeFront(quint32 w, Queue &queue, quint64 upTo)
{
    if (queue.front().first > upTo)
        return;
    m_fronts.erase({queue.front().first, w});
    while (!queue.empty() && queue.front().first <= upTo) {
        Range &range = queue.front();
        const quint64 last = std::min(range.last, upTo);
        m_satisfied.emplace_back(range.first, last);
        m_pendingCount -= last + 1 - range.first;
        if (last < range.last) {
            range.first = last + 1;
            break;
        }
        queue.pop_front();
    }
    if (!queue.empty())
        m_fronts.emplace(queue.front().first, w);
}

void ConcernTracker::updateCommitted()
{
    const quint64 satisfiedUpTo = m_fronts.empty() ? m_lastId : m_fronts.begin()->first - 1;
    const quint64 committed =
        std::min(satisfiedUpTo, m_localDurable); // a released entry may not be durable yet
    if (m_isStopped || committed <= m_committedId)
        return;
    m_committedId = committed;
    emit committedAdvanced(committed);
}

} // namespace replog
