// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/concerntracker.h"
#include "master/masterlog.h"
#include "master/waiters.h"

#include <QObject>
#include <QPointer>

#include <deque>
#include <memory>
#include <set>

namespace replog {

// How many nodes must hold a message: a number, or one that is worked out as the message arrives.
struct WriteConcern
{
    enum Kind { Number, Majority, All };
    Kind kind = Number;
    quint32 number = 1;

    // Of `nodes` known nodes, the master counted in.
    quint32 resolve(int nodes) const
    {
        switch (kind) {
        case Number:
            return number;
        case Majority:
            return static_cast<quint32>(nodes / 2 + 1);
        case All:
            return static_cast<quint32>(nodes);
        }
        Q_UNREACHABLE();
    }
};

struct AppendRequest
{
    std::vector<QByteArray> messages; // valid UTF-8; at least one; all or none are appended
    WriteConcern concern;
    QByteArray key; // idempotency key, may be empty
    std::optional<qint64> timeoutMs;
};

// What became of an append whose entries are in the log.
struct AppendOutcome
{
    WaitEnd end = WaitEnd::Satisfied;
    bool repeated = false; // the key was known: nothing was appended
    quint64 first = 0;
    quint64 last = 0;
    quint32 w = 1;
    int acks = 0;
    bool committed = false;
};

// Takes messages in: admission, write concern, idempotency, ids, and the wait. Pure but for the log's store.
class Appender : public QObject
{
    Q_OBJECT
public:
    struct Config
    {
        quint32 maxW = 0; // 0: none
        int maxWaits = 10000;
        qsizetype maxUndurableBytes = 64 * 1024 * 1024;
    };
    // An error means that nothing was appended.
    using Done = std::function<void(const Result<AppendOutcome> &)>;
    // Handed back so that a client that hangs up can be forgotten; its message stays.
    using Handle = std::shared_ptr<Waiters::Ticket>;

    Appender(const Config &config, MasterLog &log, LogStore &store, ConcernTracker &concerns,
             Waiters &waiters, Scheduler &scheduler, QObject *parent = nullptr);

    // Takes up what was given up in earlier runs.
    void start(const QHash<QByteArray, QByteArray> &meta);
    // While set, every append is refused with it.
    void refuse(std::optional<Error> why) { m_refusal = std::move(why); }

    // `done` is called once, possibly from inside this call, unless the handle is cancelled.
    Handle submit(AppendRequest request, int knownNodes, Done done);
    void cancel(const Handle &handle);
    // Waits until entry `id` is satisfied. `done` may be called from inside.
    Handle watch(quint64 id, qint64 timeoutMs, std::function<void(WaitEnd)> done);

    bool isReleased(quint64 id) const { return m_released.contains(id); }
    bool isSatisfied(quint64 id) const;
    // `done` when it is durable; false if `id` is not pending.
    bool release(quint64 id, LogStore::Done done);

signals:
    void appended(quint64 first, quint64 last, quint32 w);

private:
    struct Recent
    {
        quint64 first;
        quint64 last;
        quint32 w;
        std::vector<QByteArray> messages;
    };

    struct Lookup
    {
        AppendRequest request;
        quint32 w;
        Handle handle;
        Done done;
    };

    void findKey(const QByteArray &key);
    void finishLookups(const QByteArray &key, const Result<std::optional<Recent>> &held);
    void append(AppendRequest request, quint32 w, const Handle &handle, Done done);
    void join(const AppendRequest &request, const Recent &held, const Handle &handle, const Done &done);
    void wait(quint64 first, quint64 last, quint32 w, bool repeated, std::optional<qint64> timeoutMs,
              const Handle &handle, Done done);
    AppendOutcome outcome(WaitEnd end, bool repeated, quint64 first, quint64 last, quint32 w) const;
    bool anyReleased(quint64 first, quint64 last) const;

    const Config m_config;
    MasterLog &m_log;
    LogStore &m_store;
    ConcernTracker &m_concerns;
    Waiters &m_waiters;
    Scheduler &m_scheduler;
    std::optional<Error> m_refusal;
    bool m_flushScheduled = false;
    std::set<quint64> m_released;
    QHash<QByteArray, std::vector<Lookup>> m_lookups; // keys being looked up, and who asked, in order
    QHash<QByteArray, Recent> m_recentKeys;           // appended, not durable yet
    std::deque<std::pair<quint64, QByteArray>> m_recentByLast; // the same, in order of their last id
};

} // namespace replog
