// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"
#include "shared/log/visiblelog.h"

#include <QObject>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace replog {

// Clients that wait until an entry is visible in a view. Each is told once: reached, timed out or shutting
// down; a cancelled one is not told. However many are reached at once, each turn of the event loop tells only
// a few of them, so that other work is not held up. Event loop's thread.
class ViewWaits : public QObject
{
    Q_OBJECT
public:
    enum class End { Reached, TimedOut, ShuttingDown };
    using Done = std::function<void(End)>;

    ViewWaits(VisibleLog &log, Scheduler &scheduler, QObject *parent = nullptr);
    ~ViewWaits() override;

    struct Wait;
    using Handle = std::shared_ptr<Wait>;
    // `done` is never called from inside this call.
    Handle add(View view, quint64 id, qint64 timeoutMs, Done done);
    void cancel(const Handle &handle);
    void shutDown();

    int count() const { return static_cast<int>(m_places.size() + m_reached.size()); }

private:
    using Places = std::multimap<std::pair<View, quint64>, Handle>;

    void wake(View view, quint64 id);
    void tellSome();

    Scheduler &m_scheduler;
    Places m_places; // by view and the id that each waits for
    std::deque<Handle> m_reached;
    Scheduler::TimerId m_timer = 0; // tells the next few
};

struct ViewWaits::Wait
{
    Done done;
    std::optional<Places::iterator> place; // none once it is reached
    Scheduler::TimerId timer = 0;
};

} // namespace replog
