// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractEventDispatcher>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

namespace replog {

// An event dispatcher on epoll, for a thread with many sockets. Qt's own dispatcher polls the list of all
// sockets in every turn, so ten thousand idle clients slow down every turn. Here the cost of a turn depends
// only on the sockets with events. Changed registrations go to the kernel once a turn, so enabling and
// disabling a write notifier within a turn costs no system call.
//
// Set it with QCoreApplication::setEventDispatcher() before the application object is created. Timers of
// every type are precise to a millisecond.
class EpollDispatcher final : public QAbstractEventDispatcher
{
    Q_OBJECT
public:
    explicit EpollDispatcher(QObject *parent = nullptr);
    ~EpollDispatcher() override;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;
    void registerTimer(int timerId, qint64 interval, Qt::TimerType type, QObject *object) override;
    bool unregisterTimer(int timerId) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int timerId) override;
    void wakeUp() override;
    void interrupt() override;

private:
    using Clock = std::chrono::steady_clock;

    // State of one file descriptor; the table is indexed by descriptor.
    struct Watched
    {
        QSocketNotifier *notifiers[3] = {nullptr, nullptr, nullptr}; // by QSocketNotifier::Type
        std::uint32_t armed = 0;                                     // the events registered with epoll
        // Incremented when the last notifier is removed: the number may be another file's afterwards.
        std::uint32_t serial = 0;
        bool changed = false; // whether it is in m_changed
    };
    struct Timer
    {
        std::chrono::milliseconds interval{};
        Qt::TimerType type = Qt::CoarseTimer;
        QObject *object = nullptr;
        Clock::time_point due;
        bool firing = false;
    };
    struct Ready
    {
        int fd;
        std::uint32_t serial;
        std::uint32_t events;
    };

    static std::uint32_t interestOf(const Watched &watched);
    void applyChanges();
    bool collect(int timeoutMs, bool withSockets);
    bool activateTimers();
    int timeoutMs() const;

    int m_epoll = -1;
    int m_wakeFd = -1;
    std::atomic_bool m_woken = false; // an event was posted since the turn began
    std::atomic_bool m_interrupted = false;
    std::vector<Watched> m_watched;
    std::vector<int> m_changed;
    std::unordered_map<int, Timer> m_timers;
    std::set<std::pair<Clock::time_point, int>> m_dueTimers;
};

} // namespace replog
