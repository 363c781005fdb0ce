// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QtGlobal>

#include <vector>

namespace replog {

// One position of the replicated log. `id` is dense from 1; `epoch` is the epoch it was appended in.
struct Entry
{
    quint64 id = 0;
    quint64 epoch = 0;
    quint32 w = 1;
    QByteArray key;       // idempotency key, empty if none; all entries of one batch carry the same key
    QByteArray message;   // UTF-8, validated where it came in; may be empty

    // What an entry counts against byte limits of batches and buffers.
    qsizetype cost() const { return message.size() + key.size() + 48; }

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
};

using Entries = std::vector<Entry>;

// A place in the log: an id and the epoch of the entry there. {0, 0} is the place before the first entry.
struct Position
{
    quint64 id = 0;
    quint64 epoch = 0;

    friend bool operator==(const Position &, const Position &) = default;
};

} // namespace replog
