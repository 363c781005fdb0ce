// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/id128.h"
#include "shared/log/entry.h"

#include <QHash>

#include <optional>

namespace replog {

// The log that a node belongs to, and the highest epoch of that log that it has seen or raised: one value in
// its store's meta, since an epoch means nothing without its log. The store's own epoch may be higher: it may
// be that of a log which the node had joined before and held nothing of.
struct HighestEpoch
{
    Id128 logId;
    Epoch epoch;
    QByteArray master; // the name of the one that raised it, for a person

    static std::optional<HighestEpoch> fromMeta(const QHash<QByteArray, QByteArray> &meta);
    QByteArray toMeta() const;

    static constexpr char MetaKey[] = "highest-epoch"; // "<log id> <number> <start> <master>"
};

} // namespace replog
