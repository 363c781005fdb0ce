// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/id128.h"
#include "shared/log/entry.h"

#include <optional>

namespace replog {

// The version of deliveries, answers and registrations that this program speaks.
inline constexpr quint32 WireVersion = 1;

// Explains to a person how there can be two epochs of one number.
inline constexpr char EpochsApart[] =
    "a master runs on a copy of an older folder, or two secondaries were promoted apart";

// Entries first..last as they go over the wire: CBOR maps, one after the other. So an entry is encoded once,
// however many nodes it goes to.
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
    Id128 logId = {};   // which log it is
    Epochs epochs = {}; // those of prev and the entries
    Id128 to = {};      // the node id that it is meant for
    quint64 firstId = 1;
    std::optional<LogBase> base = {};
};

// A delivery as a secondary reads it.
struct ReplicateRequest
{
    QByteArray master;
    Epoch epoch;
    Position prev;
    quint64 committedId = 0;
    Entries entries;
    Id128 logId = {};
    Epochs epochs = {}; // those whose start the delivery names
    Id128 to = {};
    quint64 firstId = 1;
    std::optional<LogBase> base = {};
};

// Who a node is and where it stands: what it says of itself in each answer and registration.
struct NodeStanding
{
    Id128 nodeId = {};
    QByteArray name = {};
    Id128 instance = {};        // of this run of its process
    Id128 logId = {};           // null: it holds no log yet
    quint32 wire = WireVersion; // the highest it speaks
    Epoch epoch = {};           // the highest seen
    Position last = {};         // end of the durable gap-free prefix
    quint64 committedId = 0;

    friend bool operator==(const NodeStanding &, const NodeStanding &) = default;
};

struct ReplicateAnswer
{
    enum class Kind {
        Accepted,    // 200
        Mismatch,    // 409: prev is held with another epoch; go back to committedId
        Diverged,    // 409, mode diverged: committed history differs
        StaleEpoch,  // 412: a higher epoch has been seen, or another start of this one
        Misdirected, // 421: meant for another node
        RefusedWire, // 400, field wire: node.wire is the highest it speaks
        Rejected,    // 400, 413: the request was no valid delivery
        Unavailable, // anything else
    };
    Kind kind = Kind::Accepted;
    // Who answered; a null nodeId where the answer is no document of ours (only Rejected and Unavailable).
    NodeStanding node = {};
    QByteArray text = {}; // why, for a person
    QString field = {};   // of a refused request, the field that was bad
};

} // namespace replog
