// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/id128.h"
#include "shared/log/entry.h"

#include <optional>

namespace replog {

// The version of deliveries, answers and registrations that this program speaks.
inline constexpr quint32 WireVersion = 1;

// Entries first..last as they go over the wire: CBOR maps, one after the other. Each entry is encoded once
// for all nodes.
struct WireBatch
{
    quint64 first = 1;
    quint64 last = 0; // first - 1: empty
    QByteArray bytes;

    quint64 count() const { return last + 1 - first; }
};

// One delivery of a master to a secondary, as the master makes it. Without entries it is a heartbeat, or
// tells a new committed id or first id.
struct Delivery
{
    QByteArray master;       // the master's name
    Epoch epoch;             // of the master's run; >= the epochs of prev and of the entries
    Position prev;           // the place before the first entry: batch.first == prev.id + 1
    quint64 committedId = 0; // of the master; may be beyond the batch
    WireBatch batch;
    Id128 logId = {};    // of the master's log
    Epochs epochs = {};  // those of prev and the entries
    Id128 to = {};       // node id of the addressee
    quint64 firstId = 1; // oldest entry that every node keeps, durable on the master; >= 1
    // The place before firstId (base.at.id + 1 == firstId), for a node whose log ends below it; else none.
    std::optional<LogBase> base = {};
};

// A delivery as a secondary reads it; the fields and their rules are those of Delivery.
struct ReplicateRequest
{
    QByteArray master;
    Epoch epoch;
    Position prev;
    quint64 committedId = 0;
    Entries entries; // consecutive ids from prev.id + 1 on; epochs and times never go back
    Id128 logId = {};
    Epochs epochs = {}; // only those whose start the delivery names
    Id128 to = {};
    quint64 firstId = 1;
    std::optional<LogBase> base = {};
};

// Identity and position of a node, as it reports them in each answer and registration.
struct NodeStanding
{
    Id128 nodeId = {};
    QByteArray name = {};
    Id128 instance = {};        // of this run of its process
    Id128 logId = {};           // null: it holds no log yet
    quint32 wire = WireVersion; // the highest version that it speaks, >= 1
    Epoch epoch = {};           // the highest seen; >= last.epoch
    Position last = {};         // end of the durable gap-free prefix
    quint64 committedId = 0;    // <= last.id

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
    // The node that answered. nodeId is null if the answer is no document of ours (Rejected, Unavailable).
    NodeStanding node = {};
    QByteArray text = {}; // the reason, one line for people; empty if Accepted
    QString field = {};   // the invalid field of a refused request; empty if there is none
};

} // namespace replog
