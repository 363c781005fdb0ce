// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/concerntracker.h"
#include "master/waiters.h"
#include "shared/store/logstore.h"

#include <QObject>

#include <deque>
#include <functional>
#include <map>

namespace replog {

// Write concerns that were given up by an operator. What was given up is known for as long as its entries are
// kept, so that nobody is told later that it was satisfied; in the store's meta, one line for each range. One
// release is stored at a time: the next one sees what is left to it. Pure but for the store.
//
// A client is told, and the committed id passes over the entries, once the release is durable. What was
// satisfied until then is not released, on the disk neither, but for a crash before that is written.
class Releases : public QObject
{
    Q_OBJECT
public:
    // How many concerns were given up.
    using Done = std::function<void(const Result<quint64> &)>;

    // What of first..last can be given up besides pending concerns: in ascending order, all before these.
    using Others = std::function<ConcernTracker::Ids(quint64 first, quint64 last)>;

    Releases(LogStore &store, ConcernTracker &concerns, Waiters &waiters, Others others,
             QObject *parent = nullptr);

    // Takes up what was given up in earlier runs.
    void start(const QHash<QByteArray, QByteArray> &meta);
    // Whether one of first..last was given up.
    bool holdsAny(quint64 first, quint64 last) const;
    // Gives up what is pending of first..last; `done` when that is durable. False if nothing there is
    // pending.
    bool release(quint64 first, quint64 last, Done done);
    // Forgets what was given up of entries below `firstId`.
    void trimTo(quint64 firstId);

private:
    struct Call
    {
        quint64 first;
        quint64 last;
        Done done;
    };

    ConcernTracker::Ids pendingIn(quint64 first, quint64 last) const;
    void next();
    void store(const ConcernTracker::Ids &stored, const ConcernTracker::Ids &ranges);
    void confirm(const ConcernTracker::Ids &stored);
    void finish(const ConcernTracker::Ids &released);
    void end(const Result<quint64> &result);

    LogStore &m_store;
    ConcernTracker &m_concerns;
    Waiters &m_waiters;
    const Others m_others;
    std::map<quint64, quint64> m_released; // first to last id of each range; they do not overlap
    std::deque<Call> m_calls;              // the first one is being stored if m_isBusy
    bool m_isBusy = false;
};

} // namespace replog
