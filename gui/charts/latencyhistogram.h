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

    // Parses the histogram of that name; label sets that differ in more than `le` are summed. Null if the
    // text has none.
    static std::optional<LatencyHistogram> parse(const QByteArray &text, QByteArrayView name);
    // The observations made since `earlier`. All of them if a count went back: the process was restarted.
    LatencyHistogram since(const LatencyHistogram &earlier) const;
    double lastBound() const; // the largest finite one
    double total() const { return buckets.isEmpty() ? 0 : buckets.last().count; }
    // Seconds, interpolated within the bucket as Prometheus' histogram_quantile() does. Null without
    // observations; infinite if all that is known is that it lies beyond lastBound().
    std::optional<double> quantile(double q) const;
};

} // namespace replog
