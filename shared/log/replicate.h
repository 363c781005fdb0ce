// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entry.h"

namespace replog {

// How it comes that there are two epochs of one number, for a person.
inline constexpr char EpochsApart[] =
    "a master runs on a copy of an older folder, or two secondaries were promoted apart";

// Entries first..last in the form in which they go over the wire: CBOR maps, one after the other, so that an
// entry is encoded once however many nodes it goes to.
struct WireBatch
{
    quint64 first = 1;
    quint64 last = 0; // first - 1: empty
    QByteArray bytes;

    quint64 count() const { return last + 1 - first; }
};

// One delivery of a master to a secondary, as the master makes it; `batch.first` is prev.id + 1. No entries:
// a heartbeat, or news of the committed id.
struct Delivery
{
    QByteArray master; // the master's name
    Epoch epoch;
    Position prev;
    quint64 committedId = 0;
    WireBatch batch;
    quint64 logId = 0;  // which log it is; 0: not told
    Epochs epochs = {}; // those of prev and the entries
};

// The same as a secondary takes it.
struct ReplicateRequest
{
    QByteArray master;
    Epoch epoch;
    Position prev;
    quint64 committedId = 0;
    Entries entries;
    quint64 logId = 0;
    Epochs epochs = {}; // those whose start is told
};

struct ReplicateAnswer
{
    enum class Kind {
        Accepted,    // 200
        Mismatch,    // 409: prev is held with another epoch; go back to committedId
        Diverged,    // 409, mode diverged: committed history differs
        StaleEpoch,  // 412: a higher epoch has been seen, or another start of this one
        Rejected,    // 400: the request made no sense
        Unavailable, // 5xx
    };
    Kind kind = Kind::Accepted;
    Position last; // end of the durable gap-free prefix
    quint64 committedId = 0;
    quint64 epoch = 0; // number of the highest epoch seen
    QByteArray text;   // why, for a person
};

} // namespace replog
