// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/metrics.h"

#include <algorithm>
#include <cmath>

namespace replog {

namespace {

QByteArray number(double value)
{
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    if (std::isnan(value))
        return "NaN";
    if (value == std::floor(value) && std::fabs(value) < 9e15)
        return QByteArray::number(qint64(value));
    return QByteArray::number(value, 'g', 12);
}

QByteArray escaped(QByteArray text, bool quotes)
{
    text.replace('\\', "\\\\").replace('\n', "\\n");
    if (quotes)
        text.replace('"', "\\\"");
    return text;
}

// {a="1",b="2"}, or empty without labels.
QByteArray braces(const MetricLabels &labels)
{
    if (labels.isEmpty())
        return {};
    QByteArray out = "{";
    for (const auto &[name, value] : labels) {
        if (out.size() > 1)
            out += ',';
        out += name + "=\"" + escaped(value, true) + '"';
    }
    return out + '}';
}

bool isName(const QByteArray &name)
{
    return !name.isEmpty() && !(name.at(0) >= '0' && name.at(0) <= '9') &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
           });
}

} // namespace

Histogram::Histogram(const QList<double> &bounds) : m_bounds(bounds), m_buckets(size_t(bounds.size()) + 1)
{
    Q_ASSERT(std::is_sorted(bounds.begin(), bounds.end()));
}

void Histogram::observe(double value)
{
    const auto at = std::lower_bound(m_bounds.cbegin(), m_bounds.cend(), value) - m_bounds.cbegin();
    ++m_buckets[size_t(at)];
    ++m_count;
    m_sum += value;
}

QList<double> Histogram::latencyBounds()
{
    return {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
            0.05,    0.1,    0.25,    0.5,    1,     2.5,    5,     10};
}

struct MetricsRegistry::Family
{
    QByteArray help;
    QByteArray type;
    std::map<MetricLabels, std::unique_ptr<Counter>> counters;
    std::map<MetricLabels, std::unique_ptr<Histogram>> histograms;
    std::function<void(const Emit &)> collect;
};

MetricsRegistry::MetricsRegistry() = default;
MetricsRegistry::~MetricsRegistry() = default;

MetricsRegistry::Family &MetricsRegistry::family(const QByteArray &name, const QByteArray &help,
                                                 const QByteArray &type)
{
    Q_ASSERT(isName(name));
    Q_ASSERT((type == "counter") == name.endsWith("_total"));
    auto &slot = m_families[name];
    if (!slot) {
        slot = std::make_unique<Family>();
        slot->help = help;
        slot->type = type;
    }
    Q_ASSERT(slot->type == type);
    return *slot;
}

Counter &MetricsRegistry::counter(const QByteArray &name, const QByteArray &help, const MetricLabels &labels)
{
    auto &metric = family(name, help, "counter").counters[labels];
    if (!metric)
        metric = std::make_unique<Counter>();
    return *metric;
}

Histogram &MetricsRegistry::histogram(const QByteArray &name, const QByteArray &help,
                                      const QList<double> &bounds, const MetricLabels &labels)
{
    auto &metric = family(name, help, "histogram").histograms[labels];
    if (!metric)
        metric = std::make_unique<Histogram>(bounds);
    return *metric;
}

void MetricsRegistry::gauges(const QByteArray &name, const QByteArray &help,
                             std::function<void(const Emit &)> collect)
{
    family(name, help, "gauge").collect = std::move(collect);
}

void MetricsRegistry::counters(const QByteArray &name, const QByteArray &help,
                               std::function<void(const Emit &)> collect)
{
    family(name, help, "counter").collect = std::move(collect);
}

void MetricsRegistry::gauge(const QByteArray &name, const QByteArray &help, std::function<double()> read)
{
    gauges(name, help, [read = std::move(read)](const Emit &emitSample) { emitSample({}, read()); });
}

void MetricsRegistry::counter(const QByteArray &name, const QByteArray &help, std::function<double()> read)
{
    counters(name, help, [read = std::move(read)](const Emit &emitSample) { emitSample({}, read()); });
}

QByteArray MetricsRegistry::text() const
{
    QByteArray out;
    for (const auto &[name, family] : m_families) {
        out += "# HELP " + name + ' ' + escaped(family->help, false) + '\n';
        out += "# TYPE " + name + ' ' + family->type + '\n';
        const auto sample = [&out, &name = name](const MetricLabels &labels, double value) {
            out += name + braces(labels) + ' ' + number(value) + '\n';
        };
        for (const auto &[labels, metric] : family->counters)
            out += name + braces(labels) + ' ' + QByteArray::number(metric->value()) + '\n';
        if (family->collect)
            family->collect(sample);
        for (const auto &[labels, metric] : family->histograms) {
            quint64 below = 0;
            for (size_t i = 0; i < metric->m_buckets.size(); ++i) {
                below += metric->m_buckets[i];
                MetricLabels with = labels;
                with.append({"le", i < size_t(metric->m_bounds.size())
                                       ? number(metric->m_bounds[qsizetype(i)])
                                       : QByteArray("+Inf")});
                out += name + "_bucket" + braces(with) + ' ' + QByteArray::number(below) + '\n';
            }
            out += name + "_sum" + braces(labels) + ' ' + number(metric->m_sum) + '\n';
            out += name + "_count" + braces(labels) + ' ' + QByteArray::number(metric->m_count) + '\n';
        }
    }
    return out;
}

QByteArray MetricsRegistry::contentType()
{
    return "text/plain; version=0.0.4; charset=utf-8";
}

} // namespace replog
