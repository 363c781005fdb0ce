// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QVarLengthArray>
#include <QtGlobal>

#include <algorithm>
#include <vector>

namespace replog {

// The time of one start of a master: the number that it raised, which orders epochs, and one that it drew at
// random then. Masters that know nothing of each other (one was put back from a copy of its folder, two
// secondaries were promoted) can raise the same number; they do not draw the same start.
struct Epoch
{
    quint64 number = 0;
    quint64 start = 0; // 0: not known

    constexpr Epoch() = default;
    constexpr Epoch(quint64 itsNumber, quint64 itsStart = 0) : number(itsNumber), start(itsStart) {}

    // Whether both can be the same epoch. What is not known may be anything.
    constexpr bool matches(const Epoch &other) const
    {
        return number == other.number && (start == other.start || start == 0 || other.start == 0);
    }
    friend bool operator==(const Epoch &, const Epoch &) = default;
};

// Epochs in ascending order of their numbers; rarely more than one or two.
using Epochs = QVarLengthArray<Epoch, 2>;

// The one of this number, its start not known if it is not among them.
inline Epoch epochOf(const Epochs &epochs, quint64 number)
{
    const auto it = std::lower_bound(epochs.begin(), epochs.end(), number,
                                     [](const Epoch &each, quint64 wanted) { return each.number < wanted; });
    return it != epochs.end() && it->number == number ? *it : Epoch(number);
}

// One position of the replicated log. `id` is dense from 1; `epoch` is the number of the epoch it was
// appended in.
struct Entry
{
    quint64 id = 0;
    quint64 epoch = 0;
    quint32 w = 1;
    QByteArray key;     // idempotency key, empty if none; all entries of one batch carry the same key
    QByteArray message; // UTF-8, validated where it came in; may be empty

    qsizetype cost() const;

    friend bool operator==(const Entry &, const Entry &) = default;
};

// An entry that somebody else holds, for the moment of a call.
struct EntryView
{
    quint64 id = 0;
    quint64 epoch = 0;
    quint32 w = 1;
    QByteArrayView key;
    QByteArrayView message;

    // What an entry counts against byte limits of batches and buffers.
    qsizetype cost() const { return message.size() + key.size() + 48; }
};

inline EntryView viewOf(const Entry &entry)
{
    return {entry.id, entry.epoch, entry.w, entry.key, entry.message};
}

inline qsizetype Entry::cost() const
{
    return viewOf(*this).cost();
}

using Entries = std::vector<Entry>;

// A place in the log: an id and the epoch of the entry there. {0, 0} is the place before the first entry.
struct Position
{
    quint64 id = 0;
    Epoch epoch;

    friend bool operator==(const Position &, const Position &) = default;
};

} // namespace replog
