// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <optional>

namespace replog {

// The cumulative buckets of one Prometheus histogram, as read from a node's /metrics.
struct LatencyHistogram
{
    struct Bucket
    {
        double bound = 0; // seconds; the last one is infinite
        double count = 0; // of all observations up to the bound
    };
    QList<Bucket> buckets;

    // The histogram of that name (label sets other than `le` are summed up); nothing if the text has none.
    static std::optional<LatencyHistogram> parse(const QByteArray &text, QByteArrayView name);
    // The observations made since `earlier`; all of them if that is of another process (counts went back).
    LatencyHistogram since(const LatencyHistogram &earlier) const;
    double total() const { return buckets.isEmpty() ? 0 : buckets.last().count; }
    // Seconds, interpolated within the bucket as Prometheus' histogram_quantile() does; nothing without
    // observations.
    std::optional<double> quantile(double q) const;
};

} // namespace replog
