// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/viewwaits.h"

#include <utility>

namespace replog {

namespace {
constexpr int ToldInATurn = 16;
}

ViewWaits::ViewWaits(VisibleLog &log, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_scheduler(scheduler)
{
    connect(&log, &VisibleLog::durableChanged, this, [this](quint64 id) { wake(View::All, id); });
    connect(&log, &VisibleLog::committedChanged, this, [this](quint64 id) { wake(View::Committed, id); });
}

ViewWaits::~ViewWaits()
{
    m_scheduler.cancel(m_timer);
    for (const auto &[key, wait] : m_places)
        m_scheduler.cancel(wait->timer);
}

ViewWaits::Handle ViewWaits::add(View view, quint64 id, qint64 timeoutMs, Done done)
{
    const auto wait = std::make_shared<Wait>(Wait{std::move(done), std::nullopt, 0});
    wait->place = m_places.emplace(std::pair(view, id), wait);
    wait->timer = m_scheduler.schedule(timeoutMs, [this, wait] {
        m_places.erase(*std::exchange(wait->place, std::nullopt));
        std::exchange(wait->done, {})(End::TimedOut);
    });
    return wait;
}

void ViewWaits::cancel(const Handle &handle)
{
    m_scheduler.cancel(handle->timer);
    const Done dropped = std::exchange(handle->done, {}); // destroyed last: it may own the handle
    if (const auto place = std::exchange(handle->place, std::nullopt))
        m_places.erase(*place);
}

void ViewWaits::shutDown()
{
    const Places places = std::exchange(m_places, {});
    for (const auto &[key, wait] : places) {
        m_scheduler.cancel(wait->timer);
        wait->place.reset();
    }
    std::deque<Handle> waiting = std::exchange(m_reached, {});
    for (const auto &[key, wait] : places)
        waiting.push_back(wait);
    for (const Handle &wait : waiting) {
        if (const Done done = std::exchange(wait->done, {}))
            done(End::ShuttingDown);
    }
}

void ViewWaits::wake(View view, quint64 id)
{
    const auto begin = m_places.lower_bound({view, 0});
    const auto end = m_places.upper_bound({view, id});
    if (begin == end)
        return;
    for (auto it = begin; it != end; ++it) {
        m_scheduler.cancel(it->second->timer);
        it->second->place.reset();
        m_reached.push_back(it->second);
    }
    m_places.erase(begin, end);
    if (m_timer == 0)
        tellSome();
}

void ViewWaits::tellSome()
{
    for (int told = 0; told < ToldInATurn && !m_reached.empty(); ++told) {
        const Handle wait = std::move(m_reached.front());
        m_reached.pop_front();
        if (const Done done = std::exchange(wait->done, {}))
            done(End::Reached);
    }
    if (!m_reached.empty() && m_timer == 0)
        m_timer = m_scheduler.schedule(0, [this] {
            m_timer = 0;
            tellSome();
        });
}

} // namespace replog
