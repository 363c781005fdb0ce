// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"

#include <QCoreApplication>
#include <QDateTime>

namespace replog {

// The dashboard's words for states, roles and figures of a cluster, in the user's language.
class ClusterText
{
    Q_DECLARE_TR_FUNCTIONS(ClusterText)
public:
    static QString role(NodeRole role);
    static QString state(NodeState state);
    // A sentence that says what the state means, and after it the node's own reason: a mode has several.
    static QString stateExplained(const NodeInfo &node);
    // A write concern as clients ask for it: "3", "majority", "all".
    static QString concern(const QString &w);
    // "0.4 s", "12 s", "3 min 20 s", "2 h 5 min".
    static QString elapsed(qint64 ms);
    // "312 ms", "1.25 s".
    static QString latency(qint64 ms);
    // "0.6 ms", "312 ms".
    static QString fineLatency(double ms);
    // Further facts of the node, a line each: version, uptime, disk, id, faults.
    static QStringList details(const NodeInfo &node);
    static QString bytes(qint64 count);
    // The last error that the master had with the node, and its time if known.
    static QString lastError(const NodeInfo &node);
    enum class Fineness { Seconds, Milliseconds };
    // A time of day, after its date unless that is `today`: "23:43:38", "2026-11-27 23:43:38".
    static QString moment(const QDateTime &time, Fineness fineness = Fineness::Seconds,
                          const QDate &today = QDate::currentDate());
    // The moment since when the node has been silent; empty if it is heard, or never was.
    static QString since(const NodeInfo &node, qint64 nowMs);
    // The nodes that a message waits for: names, and how many more than the known nodes it asks for.
    static QString waitsFor(const WaitInfo &wait);
};

} // namespace replog
