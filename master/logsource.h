// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/log/replicate.h"

#include <functional>
#include <optional>

namespace replog {

// What a replicator reads of the master's log.
class LogSource
{
public:
    using BatchRead = std::function<void(Result<WireBatch>)>;
    using BaseRead = std::function<void(Result<LogBase>)>;

    virtual ~LogSource() = default;
    // The epoch of this run.
    virtual Epoch epoch() const = 0;
    // Which log this is: drawn at random by the master that began it, the same on every node that holds it.
    virtual const Id128 &logId() const = 0;
    // The last entry handed to the store and to the memory that replicators read, durable or not.
    virtual quint64 flushedId() const = 0;
    // How far replicators may send now; <= flushedId().
    virtual quint64 sendableId() const { return flushedId(); }
    // The last entry of the backup that this log was restored from; 0 if it was not restored.
    virtual quint64 restoredTo() const { return 0; }
    // Whether a master of this data folder has raised the epoch: since the folder became a master's, or, of a
    // restored log, since the restoration.
    virtual bool hasLed(const Epoch &epoch) const { return epoch.matches(this->epoch()); }
    // Whether a node must say whom it follows, and what it holds, before it is led: this folder has led the
    // log before, or was restored, and another master may have taken over meanwhile.
    virtual bool mustCompare() const { return restoredTo() > 0; }
    // Whether a node that follows this epoch follows another master, which took over from this folder's. Its
    // epoch may be the lower one by now: each start of a master that nobody hears raises one.
    virtual bool wasTakenOver(const Epoch &followed) const
    {
        Q_UNUSED(followed)
        return false;
    }
    virtual Epoch epochAt(quint64 id) const = 0;
    // The epoch to ask a node in what it holds: the oldest that this log had before this run. A node of this
    // log has seen it, adopts no epoch by the question, and goes on with the master that it has.
    virtual Epoch questionEpoch() const { return flushedId() > 0 ? epochAt(1) : epoch(); }
    // The epochs of the entries first..last, without id 0.
    virtual Epochs epochsOf(quint64 first, quint64 last) const = 0;
    virtual quint64 committedId() const = 0;
    // Entries from `from` on, about `maxBytes`, if they are among the recent ones kept in memory.
    virtual std::optional<WireBatch> recent(quint64 from, qsizetype maxBytes) const = 0;
    // The same from the store, later; `done` is called from the event loop. Error: NotFound below firstId().
    virtual void read(quint64 from, qsizetype maxBytes, BatchRead done) = 0;
    // The oldest entry kept in the store, and the same as far as it is durable, which other nodes are told.
    // durableFirstId() <= firstId().
    virtual quint64 firstId() const = 0;
    virtual quint64 durableFirstId() const = 0;
    // Reads the place before the oldest entry, later; firstId() may have moved on by then.
    virtual void readBase(BaseRead done) = 0;
};

} // namespace replog
