// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/concerntracker.h"
#include "master/masterlog.h"
#include "master/releases.h"
#include "master/repeatcheck.h"
#include "master/waiters.h"
#include "shared/base/waitroom.h"

#include <QObject>
#include <QPointer>

#include <deque>
#include <map>
#include <memory>

namespace replog {

// How many nodes must hold a message, as a client asks for it: a number, or a word that becomes a number when
// the message arrives.
struct WriteConcern
{
    Asked asked = Asked::Default;
    quint32 number = 0; // of Asked::Number

    friend bool operator==(const WriteConcern &, const WriteConcern &) = default;
};

// Of `nodes` known nodes, the master counted in. `fallback` stands for Asked::Default.
quint32 resolveConcern(const WriteConcern &concern, const WriteConcern &fallback, int nodes);

struct AppendRequest
{
    std::vector<Message> messages; // at least one; all or none are appended
    WriteConcern concern = {};
    QByteArray key = {};                      // idempotency key, may be empty
    std::optional<qint64> timeoutMs = {};     // how long other nodes are waited for
    std::optional<quint64> expectLastId = {}; // appended only if that is the last id assigned
    // A part of a stream, without a key. It gets its ids within submit(), or is refused there, even while
    // keys are being looked up, since the stream counts what was appended and ends with the first part that
    // was not.
    bool isPart = false;
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

// Takes appends: admission, write concern, idempotency, condition, ids, and the wait. Pure but for the log's
// store.
//
// A repeat (the same key) is the same request if it asks for the same: messages with type and headers, `w` as
// it was asked (nothing, a number, a word), and the same expectLastId, which can only have been the id before
// the first. Its key is looked up before expectLastId is looked at, so that the repeat of a conditional
// append is answered as the first one was.
class Appender : public QObject
{
    Q_OBJECT
public:
    struct Config
    {
        WriteConcern defaultConcern = {Asked::Number, 1};
        quint32 maxW = 65; // 0: none
        int maxWaits = 10000;
        qsizetype maxUndurableBytes = 64 * 1024 * 1024;
    };
    // An error means that nothing was appended.
    using Done = std::function<void(const Result<AppendOutcome> &)>;
    // Handed back so that a client that hangs up can be forgotten; its message stays. Null where there is
    // nobody to forget; cancel() takes that, too.
    using Handle = std::shared_ptr<Waiters::Ticket>;

    Appender(const Config &config, MasterLog &log, LogStore &store, ConcernTracker &concerns,
             Waiters &waiters, Scheduler &scheduler, QObject *parent = nullptr);

    // Reads which waits were given up in earlier runs.
    void start(const QHash<QByteArray, QByteArray> &meta);
    // Another master committed the entries up to `committedId`, and knows alone which of them it released:
    // from now on, and in later runs, they count as satisfied where so many nodes are known to hold them.
    void takeOver(quint64 committedId);
    // From now on every append gets this error.
    void refuse(Error why) { setRefusal(std::move(why), true); }
    // The same, but the repeat of an append is answered: it needs nothing from this node but reads.
    void refuseNew(Error why) { setRefusal(std::move(why), false); }
    void refuseNothing() { setRefusal({}, false); }

    // `done` is called once, possibly from inside this call, unless the handle is cancelled.
    Handle submit(AppendRequest request, int knownNodes, Done done);
    void cancel(const Handle &handle);
    // Waits until entry `id` is satisfied. `done` may be called from inside. The error: no room.
    Result<Handle> watch(quint64 id, qint64 timeoutMs, std::function<void(WaitEnd)> done);
    // The room for all clients that wait on this node.
    WaitRoom &room() { return m_room; }

    bool isReleased(quint64 id) const { return m_releases.holdsAny(id, id); }
    bool isSatisfied(quint64 id, quint32 w) const;
    void handleAck(const Id128 &node, quint64 id);
    void handleDropped(const Id128 &node);
    // Gives up the pending concerns of first..last, and what clients wait for there that another master may
    // have released; calls `done` when that is durable. False if there is none.
    bool release(quint64 first, quint64 last, Releases::Done done);
    // What it could give up: the entries with the lowest ids, at most `limit`, and how many there are (an
    // append that another master may have released counts once, by its last entry).
    std::vector<ConcernTracker::Pending> oldestWaits(int limit) const;
    quint64 waitCount() const { return m_concerns.pendingCount() + m_unsure.size(); }

signals:
    void appended(quint64 first, quint64 last, quint32 w);
    // The client of an append, or of its repeat, is about to be told.
    void answered(quint64 first, quint64 last, replog::WaitEnd end);

private:
    // What a key was used for.
    struct Used
    {
        quint64 first;
        quint64 last;
        quint32 w;
        Asked asked;
    };
    struct Recent
    {
        Used used;
        std::vector<Message> messages;
    };
    struct Unsure
    {
        quint64 first;
        quint32 w;
        qint64 sinceMs; // when the first client came
    };
    // An append that has no ids yet, and the repeats of its key that came meanwhile.
    struct Arrival
    {
        enum class Key {
            LookingUp,
            Unused, // or there is none: ids are given when it is first in line
            Used,   // nothing is appended; the others need not wait for its answer
        };
        struct Request
        {
            AppendRequest append;
            quint32 w;
            Handle handle;
            Done done;
            qsizetype bytes;
        };
        Key state = Key::LookingUp;
        std::vector<Request> requests;
    };
    using ArrivalPtr = std::shared_ptr<Arrival>;

    void setRefusal(std::optional<Error> why, bool repeats)
    {
        m_refusal = std::move(why);
        m_refusesRepeats = repeats;
    }
    void keep(Arrival &arrival, AppendRequest request, quint32 w, const Handle &handle, Done done);
    void findKey(const QByteArray &key);
    void finishLookup(const QByteArray &key, const Result<LogStore::KeyRange> &found);
    void compare(Arrival::Request request, const LogStore::KeyRange &range);
    void takeArrivals();
    void take(Arrival::Request request);
    void append(AppendRequest request, quint32 w, const Handle &handle, Done done);
    bool isHeldBy(quint64 id, quint32 w) const;
    void watchUnsure(quint64 id, qint64 timeoutMs, const Handle &handle, std::function<void(WaitEnd)> done);
    bool isUnsure(quint64 last, quint32 w) const;
    void noteUnsure(quint64 first, quint64 last, quint32 w);
    void forgetUnsure(quint64 last);
    ConcernTracker::Ids unsureIn(quint64 first, quint64 last) const;
    bool isBehind() const;
    Error tooFarBehind() const;
    std::optional<Error> whyNot(const AppendRequest &request, quint32 w) const;
    void scheduleFlush();
    void join(const AppendRequest &request, const Used &used, bool isSame, const Handle &handle,
              const Done &done);
    void wait(Waiters::Kind kind, quint64 first, quint64 last, quint32 w, std::optional<qint64> timeoutMs,
              const Handle &handle, Done done);
    void answer(WaitEnd end, bool repeated, quint64 first, quint64 last, quint32 w, const Done &done);

    const Config m_config;
    MasterLog &m_log;
    LogStore &m_store;
    ConcernTracker &m_concerns;
    Waiters &m_waiters;
    Scheduler &m_scheduler;
    Releases m_releases;
    RepeatCheck m_repeats; // its heldBytes() <= maxUndurableBytes + one request
    WaitRoom m_room;
    std::optional<Error> m_refusal;
    bool m_refusesRepeats = false;
    bool m_flushScheduled = false;
    // In the order in which they came; the first one's key is being looked up. Ids are given in that order:
    // readers answer in any.
    std::deque<ArrivalPtr> m_arrivals;
    qsizetype m_arrivedBytes =
        0; // of requests without ids; with what is not durable yet <= maxUndurableBytes
           // + one request
    // Entries up to it may have been released by another master.
    quint64 m_takenOverTo = 0;
    // Such that clients wait for until so many nodes are known to hold them, by last id.
    std::map<quint64, Unsure> m_unsure;
    QHash<Id128, bool> m_holdsTakenOver;                       // nodes that were seen to hold them all
    QHash<QByteArray, ArrivalPtr> m_lookups;                   // by key, until it is answered or has ids
    QHash<QByteArray, Recent> m_recentKeys;                    // appended, not durable yet
    std::deque<std::pair<quint64, QByteArray>> m_recentByLast; // the same, in order of their last id
};

} // namespace replog
