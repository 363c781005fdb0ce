// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/epoll/epolldispatcher.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QThread>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace replog {

namespace {

// Errors and hang-ups wake every kind of notifier, as with Qt's own dispatcher.
constexpr std::uint32_t trouble = EPOLLHUP | EPOLLERR;
constexpr std::array<std::uint32_t, 3> eventOf{EPOLLIN, EPOLLOUT, EPOLLPRI}; // by QSocketNotifier::Type

} // namespace

EpollDispatcher::EpollDispatcher(QObject *parent)
    : QAbstractEventDispatcher(parent), m_epoll(::epoll_create1(EPOLL_CLOEXEC)),
      m_wakeFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (m_epoll < 0 || m_wakeFd < 0)
        qFatal("cannot make an event loop: %s", qPrintable(qt_error_string(errno)));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = m_wakeFd;
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_wakeFd, &event);
}

EpollDispatcher::~EpollDispatcher()
{
    ::close(m_epoll);
    ::close(m_wakeFd);
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_interrupted.store(false, std::memory_order_relaxed);
    m_woken.store(false);
    emit awake();
    QCoreApplication::sendPostedEvents();
    if (m_interrupted.load(std::memory_order_relaxed))
        return false;

    const bool mayWait = flags.testFlag(QEventLoop::WaitForMoreEvents) && !m_woken.load();
    if (mayWait)
        emit aboutToBlock();
    const bool withSockets = !flags.testFlag(QEventLoop::ExcludeSocketNotifiers);
    bool any = collect(mayWait && !m_woken.load() ? timeoutMs() : 0, withSockets);
    if (!flags.testFlag(QEventLoop::X11ExcludeTimers))
        any |= activateTimers();
    return any || m_woken.load();
}

std::uint32_t EpollDispatcher::interestOf(const Watched &watched)
{
    std::uint32_t events = 0;
    for (std::size_t type = 0; type < eventOf.size(); ++type)
        events |= watched.notifiers[type] ? eventOf[type] : 0;
    return events;
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    const auto fd = static_cast<std::size_t>(notifier->socket());
    if (fd >= m_watched.size())
        m_watched.resize(std::max(fd + 1, m_watched.size() * 2));
    Watched &watched = m_watched[fd];
    watched.notifiers[notifier->type()] = notifier;
    if (!std::exchange(watched.changed, true))
        m_changed.push_back(static_cast<int>(fd));
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    const auto fd = static_cast<std::size_t>(notifier->socket());
    if (fd >= m_watched.size() || m_watched[fd].notifiers[notifier->type()] != notifier)
        return;
    Watched &watched = m_watched[fd];
    watched.notifiers[notifier->type()] = nullptr;
    if (interestOf(watched) == 0) {
        // At once: the file may be closed before the turn ends, and its number reused.
        ++watched.serial;
        if (std::exchange(watched.armed, 0) != 0)
            ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, static_cast<int>(fd), nullptr);
    } else if (!std::exchange(watched.changed, true)) {
        m_changed.push_back(static_cast<int>(fd));
    }
}

void EpollDispatcher::applyChanges()
{
    for (const int fd : m_changed) {
        Watched &watched = m_watched[static_cast<std::size_t>(fd)];
        watched.changed = false;
        const std::uint32_t events = interestOf(watched);
        if (events == watched.armed)
            continue;
        epoll_event event{};
        event.events = events;
        event.data.fd = fd;
        if (::epoll_ctl(m_epoll, watched.armed == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) == 0)
            watched.armed = events;
        else
            qWarning("cannot watch file descriptor %d: %s", fd, qPrintable(qt_error_string(errno)));
    }
    m_changed.clear();
}

bool EpollDispatcher::collect(int timeoutMs, bool withSockets)
{
    applyChanges();
    if (!withSockets) {
        // Events of sockets stay for a later turn; only a wake-up ends the wait.
        pollfd wake{m_wakeFd, POLLIN, 0};
        ::poll(&wake, 1, timeoutMs);
        return false;
    }
    std::array<epoll_event, 512> events;
    const int count = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), timeoutMs);
    std::array<Ready, 512> ready;
    int readyCount = 0;
    bool woken = false;
    for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == m_wakeFd) {
            std::uint64_t value = 0;
            [[maybe_unused]] const auto got = ::read(m_wakeFd, &value, sizeof value);
            woken = true;
        } else {
            ready[static_cast<std::size_t>(readyCount++)] = {fd,
                                                             m_watched[static_cast<std::size_t>(fd)].serial,
                                                             events[static_cast<std::size_t>(i)].events};
        }
    }
    // Events posted by other threads are older than what the sockets report now.
    if (woken)
        QCoreApplication::sendPostedEvents();
    for (int i = 0; i < readyCount; ++i) {
        const Ready &one = ready[static_cast<std::size_t>(i)];
        const auto fd = static_cast<std::size_t>(one.fd);
        for (std::size_t type = 0; type < eventOf.size(); ++type) {
            // Look it up each time: an earlier notifier may have removed it or grown the table.
            if (m_watched[fd].serial != one.serial || (one.events & (eventOf[type] | trouble)) == 0)
                continue;
            if (QSocketNotifier *notifier = m_watched[fd].notifiers[type]) {
                QEvent event(QEvent::SockAct);
                QCoreApplication::sendEvent(notifier, &event);
            }
        }
    }
    return readyCount > 0;
}

void EpollDispatcher::registerTimer(int timerId, qint64 interval, Qt::TimerType type, QObject *object)
{
    Timer timer;
    timer.interval = std::chrono::milliseconds(interval);
    timer.type = type;
    timer.object = object;
    timer.due = Clock::now() + timer.interval;
    m_dueTimers.emplace(timer.due, timerId);
    m_timers.insert_or_assign(timerId, timer);
}

bool EpollDispatcher::unregisterTimer(int timerId)
{
    const auto found = m_timers.find(timerId);
    if (found == m_timers.end())
        return false;
    m_dueTimers.erase({found->second.due, timerId});
    m_timers.erase(found);
    return true;
}

bool EpollDispatcher::unregisterTimers(QObject *object)
{
    bool any = false;
    for (auto it = m_timers.begin(); it != m_timers.end();) {
        if (it->second.object == object) {
            m_dueTimers.erase({it->second.due, it->first});
            it = m_timers.erase(it);
            any = true;
        } else {
            ++it;
        }
    }
    return any;
}

QList<QAbstractEventDispatcher::TimerInfo> EpollDispatcher::registeredTimers(QObject *object) const
{
    QList<TimerInfo> found;
    for (const auto &[id, timer] : m_timers) {
        if (timer.object == object)
            found.append(TimerInfo(id, static_cast<int>(timer.interval.count()), timer.type));
    }
    return found;
}

int EpollDispatcher::remainingTime(int timerId)
{
    const auto found = m_timers.find(timerId);
    if (found == m_timers.end())
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(found->second.due - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

int EpollDispatcher::timeoutMs() const
{
    if (m_dueTimers.empty())
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(m_dueTimers.begin()->first - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, std::numeric_limits<int>::max()));
}

bool EpollDispatcher::activateTimers()
{
    if (m_dueTimers.empty())
        return false;
    // Fire each timer at most once a turn: one with interval 0 is due again at once.
    const auto now = Clock::now();
    std::vector<int> due;
    for (const auto &[when, id] : m_dueTimers) {
        if (when > now)
            break;
        due.push_back(id);
    }
    for (const int id : due) {
        const auto found = m_timers.find(id);
        if (found == m_timers.end() || found->second.firing || found->second.due > now)
            continue;
        Timer &timer = found->second;
        m_dueTimers.erase({timer.due, id});
        timer.due = std::max(timer.due + timer.interval, now);
        m_dueTimers.emplace(timer.due, id);
        timer.firing = true;
        QTimerEvent event(id);
        QCoreApplication::sendEvent(timer.object, &event);
        if (const auto still = m_timers.find(id); still != m_timers.end())
            still->second.firing = false;
    }
    return !due.empty();
}

void EpollDispatcher::wakeUp()
{
    // Called from this thread: the turn checks m_woken before it waits, so no system call is needed.
    if (m_woken.exchange(true) || QThread::currentThread() == thread())
        return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(m_wakeFd, &one, sizeof one);
}

void EpollDispatcher::interrupt()
{
    m_interrupted.store(true, std::memory_order_relaxed);
    wakeUp();
}

} // namespace replog
