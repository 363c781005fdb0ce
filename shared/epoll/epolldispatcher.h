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

// An event dispatcher on epoll, for a thread with many sockets: Qt's own rebuilds and polls the list of all
// of them in every turn, so that ten thousand clients which wait cost each turn of the one that does not.
// Here a turn costs what the sockets with news cost. Changes of interest are handed to the kernel once a
// turn, so that a write notification switched on and off in between costs no system call.
//
// Set with QCoreApplication::setEventDispatcher() before the application is made. Timers are kept to the
// millisecond whatever their type.
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

    // What is known of one file descriptor; the table is indexed by it.
    struct Watched
    {
        QSocketNotifier *notifiers[3] = {nullptr, nullptr, nullptr}; // by QSocketNotifier::Type
        std::uint32_t armed = 0;                                     // what epoll was told
        std::uint32_t serial = 0; // raised when the last notifier goes: the number may mean another file then
        bool changed = false;     // is in m_changed
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

    static std::uint32_t wanted(const Watched &watched);
    void applyChanges();
    bool collect(int timeoutMs, bool withSockets);
    bool activateTimers();
    int timeoutMs() const;

    int m_epoll = -1;
    int m_wakeFd = -1;
    std::atomic_bool m_woken = false; // something was posted since the turn began
    std::atomic_bool m_interrupted = false;
    std::vector<Watched> m_watched;
    std::vector<int> m_changed;
    std::unordered_map<int, Timer> m_timers;
    std::set<std::pair<Clock::time_point, int>> m_dueTimers;
};

} // namespace replog
