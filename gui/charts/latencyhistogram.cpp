// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/latencyhistogram.h"

#include <algorithm>
#include <limits>
#include <map>

namespace replog {

std::optional<LatencyHistogram> LatencyHistogram::parse(const QByteArray &text, QByteArrayView name)
{
    std::map<double, double> counts;
    const QByteArray prefix = name.toByteArray() + "_bucket{";
    for (const QByteArray &line : text.split('\n')) {
        if (!line.startsWith(prefix))
            continue;
        const qsizetype from = line.indexOf("le=\"");
        const qsizetype to = from < 0 ? -1 : line.indexOf('"', from + 4);
        const qsizetype value = line.lastIndexOf(' ');
        if (to < 0 || value < to)
            continue;
        const QByteArray bound = line.mid(from + 4, to - from - 4);
        counts[bound == "+Inf" ? std::numeric_limits<double>::infinity() : bound.toDouble()] +=
            line.mid(value + 1).toDouble();
    }
    if (counts.empty())
        return std::nullopt;
    LatencyHistogram histogram;
    for (const auto &[bound, count] : counts)
        histogram.buckets.append({bound, count});
    return histogram;
}

LatencyHistogram LatencyHistogram::since(const LatencyHistogram &earlier) const
{
    if (earlier.buckets.size() != buckets.size() || earlier.total() > total())
        return *this;
    LatencyHistogram difference = *this;
    for (qsizetype i = 0; i < buckets.size(); ++i)
        difference.buckets[i].count -= earlier.buckets[i].count;
    return difference;
}

double LatencyHistogram::lastBound() const
{
    double last = 0;
    for (const Bucket &bucket : buckets) {
        if (bucket.bound != std::numeric_limits<double>::infinity())
            last = std::max(last, bucket.bound);
    }
    return last;
}

std::optional<double> LatencyHistogram::quantile(double q) const
{
    if (total() <= 0)
        return std::nullopt;
    const double rank = q * total();
    double lowerBound = 0, below = 0;
    for (const Bucket &bucket : buckets) {
        if (bucket.count >= rank && bucket.count > below) {
            if (bucket.bound == std::numeric_limits<double>::infinity())
                return bucket.bound;
            return lowerBound + (bucket.bound - lowerBound) * (rank - below) / (bucket.count - below);
        }
        lowerBound = bucket.bound;
        below = bucket.count;
    }
    return lowerBound;
}

} // namespace replog
