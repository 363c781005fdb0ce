// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace replog {

// The words of the API for what a node says of itself and what its master says of it: written by the
// services, read by the dashboard. Unknown stands for what was not heard yet, or for a word of a later
// version; no service says it.

// `mode` in a status document. Masters are read-write, read-only, fenced or failed; secondaries following,
// refused, diverged or failed.
enum class NodeMode {
    Unknown,
    ReadWrite,
    ReadOnly,  // too few healthy nodes for --quorum-append
    Fenced,    // a newer master, or a longer log, was met
    Failed,    // the store failed
    Following, // takes deliveries
    Refused,   // the master does not take this node in
    Diverged,  // committed history differs; an operator must reset the node
};

// `health` of a node in the master's status document.
enum class NodeHealth {
    Unknown,
    Healthy,
    Suspected,    // missed a heartbeat
    Unhealthy,    // missed several
    GaveUp,       // --retry-limit was reached
    Diverged,     // says so of itself
    Misdirected,  // its address leads to another node
    Incompatible, // cannot hold an entry of this log: it speaks a lower wire version
};

QByteArray toWord(NodeMode mode);
QByteArray toWord(NodeHealth health);
NodeMode modeFromWord(QByteArrayView word);
NodeHealth healthFromWord(QByteArrayView word);

} // namespace replog
