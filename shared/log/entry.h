// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QVarLengthArray>
#include <QtGlobal>

#include <algorithm>
#include <vector>

namespace replog {

// The time from one start of a master to the next: a number that each start raises, which orders epochs, and
// one that it draws at random. Masters that do not know of each other (one was restored from a copy of its
// folder, or two secondaries were promoted) can raise the same number; they do not draw the same start.
struct Epoch
{
    quint64 number = 0; // 1 to 2^53 - 1; 0: no epoch
    quint64 start = 0;  // 0: not known

    constexpr Epoch() = default;
    constexpr Epoch(quint64 itsNumber, quint64 itsStart = 0) : number(itsNumber), start(itsStart) {}

    // Whether both can be the same epoch. A start that is not known matches any.
    constexpr bool matches(const Epoch &other) const
    {
        return number == other.number && (start == other.start || start == 0 || other.start == 0);
    }
    friend bool operator==(const Epoch &, const Epoch &) = default;
};

// Epochs in ascending order of their numbers; rarely more than one or two.
using Epochs = QVarLengthArray<Epoch, 2>;

// The epoch of this number; with an unknown start if it is not among them.
inline Epoch epochOf(const Epochs &epochs, quint64 number)
{
    const auto it = std::lower_bound(epochs.begin(), epochs.end(), number,
                                     [](const Epoch &each, quint64 wanted) { return each.number < wanted; });
    return it != epochs.end() && it->number == number ? *it : Epoch(number);
}

// How the write concern was asked for: as a number, or as a word that became the number `w` when the entry
// was appended. A repeat of an append is compared with what was asked, not with the number.
enum class Asked : quint8 {
    Number,
    Default,  // nothing was said: --default-w
    Majority, // of the nodes known then
    All,
};

// One position of the replicated log. `id` is dense from 1; `epoch` is the number of the epoch it was
// appended in.
struct Entry
{
    quint64 id = 0;          // >= 1
    quint64 epoch = 0;       // >= 1 and >= that of the entry before
    quint32 w = 1;           // write concern, 1 to MaxW; the master is one of the w nodes
    QByteArray key = {};     // idempotency key, see isValidKey(); empty if none; the same in all of a batch
    QByteArray message = {}; // any bytes; may be empty
    QByteArray type = {};    // media type that it came with, see isValidMediaType(); empty if none
    QByteArray headers = {}; // as HeaderPacker makes them; empty if there are none
    qint64 timeMs = 0; // the master's clock at its arrival, since 1970, UTC; >= that of the entry before
    Asked asked = Asked::Number;

    // See EntryView::cost().
    qsizetype cost() const;

    friend bool operator==(const Entry &, const Entry &) = default;
};

// A view of an entry; valid only during the call that it is passed to.
struct EntryView
{
    quint64 id = 0;
    quint64 epoch = 0;
    quint32 w = 1;
    QByteArrayView key = {};
    QByteArrayView message = {};
    QByteArrayView type = {};
    QByteArrayView headers = {};
    qint64 timeMs = 0;
    Asked asked = Asked::Number;

    // What an entry counts against byte limits of batches and buffers.
    qsizetype cost() const { return message.size() + key.size() + type.size() + headers.size() + 48; }
};

inline EntryView viewOf(const Entry &entry)
{
    return {entry.id,   entry.epoch,   entry.w,      entry.key,  entry.message,
            entry.type, entry.headers, entry.timeMs, entry.asked};
}

inline Entry toEntry(const EntryView &view)
{
    return {.id = view.id,
            .epoch = view.epoch,
            .w = view.w,
            .key = view.key.toByteArray(),
            .message = view.message.toByteArray(),
            .type = view.type.toByteArray(),
            .headers = view.headers.toByteArray(),
            .timeMs = view.timeMs,
            .asked = view.asked};
}

inline qsizetype Entry::cost() const
{
    return viewOf(*this).cost();
}

// Whether nodes beside the master must hold an entry before its client is answered.
constexpr bool needsOthers(quint32 w)
{
    return w > 1;
}

using Entries = std::vector<Entry>;

// A place in the log: an id and the epoch of the entry there. {0, 0} is the place before the first entry.
struct Position
{
    quint64 id = 0;
    Epoch epoch;

    friend bool operator==(const Position &, const Position &) = default;
};

// The place before the oldest entry kept: all that a log must know of its trimmed entries. at.id is
// firstId - 1; {0, 0} if none is trimmed.
struct LogBase
{
    Position at;
    qint64 timeMs = 0; // of the entry there
    QByteArray digest; // of the log up to and including it, as LogDigest::toHex() gives it

    friend bool operator==(const LogBase &, const LogBase &) = default;
};

} // namespace replog
