// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"

#include <QCoreApplication>

namespace replog {

// The words of the dashboard for what a cluster is made of, in the user's language.
class ClusterText
{
    Q_DECLARE_TR_FUNCTIONS(ClusterText)
public:
    static QString role(NodeRole role);
    static QString state(NodeState state);
    // A sentence on what it means, for tool tips.
    static QString stateExplained(const NodeInfo &node);
    // A write concern as it is asked for: "3", "majority", "all".
    static QString concern(const QString &w);
    // "0.4 s", "12 s", "3 min 20 s", "2 h 5 min".
    static QString elapsed(qint64 ms);
    // "312 ms", "1.25 s".
    static QString latency(qint64 ms);
    // "0.6 ms", "312 ms".
    static QString fineLatency(double ms);
    // What else it tells of itself, a line each: version, uptime, disk, id, faults.
    static QStringList details(const NodeInfo &node);
    static QString bytes(qint64 count);
    // The last error that the master met with it, and when, as far as that is known.
    static QString lastError(const NodeInfo &node);
    // Since when nothing is heard from it, as a time of day; empty if it is heard or never was.
    static QString since(const NodeInfo &node, qint64 nowMs);
    // Who a waiting message waits for: names, and how many nodes are not even known.
    static QString waitsFor(const WaitInfo &wait);
};

} // namespace replog
