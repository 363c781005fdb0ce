// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QPair>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace replog {

using MetricLabels = QList<QPair<QByteArray, QByteArray>>;

class Counter
{
public:
    void add(quint64 n = 1) { m_value += n; }
    quint64 value() const { return m_value; }

private:
    quint64 m_value = 0;
};

class Histogram
{
public:
    // Upper bounds, rising; +Inf comes by itself.
    explicit Histogram(const QList<double> &bounds);
    void observe(double value);
    quint64 count() const { return m_count; }
    // 50 µs to 10 s, in seconds: for latencies.
    static QList<double> latencyBounds();

private:
    friend class MetricsRegistry;
    QList<double> m_bounds;
    std::vector<quint64> m_buckets; // one more than bounds; not cumulative
    quint64 m_count = 0;
    double m_sum = 0;
};

// The metrics of one process as Prometheus text. Values are plain numbers: measuring is an increment, all the
// work is in text(). The event loop's thread.
//
// Names as Prometheus wants them: counters end with _total, times are in seconds and sizes in bytes. A family
// (name) has one help text and one kind; asking again with the same name and labels gives the same metric.
// References stay valid as long as the registry.
class MetricsRegistry
{
public:
    // Adds a sample to a family that is told at scrape time.
    using Emit = std::function<void(const MetricLabels &labels, double value)>;

    MetricsRegistry();
    ~MetricsRegistry();

    Counter &counter(const QByteArray &name, const QByteArray &help, const MetricLabels &labels = {});
    Histogram &histogram(const QByteArray &name, const QByteArray &help, const QList<double> &bounds,
                         const MetricLabels &labels = {});
    // Families whose samples are asked for at each text(), such as one value a node.
    void gauges(const QByteArray &name, const QByteArray &help, std::function<void(const Emit &)> collect);
    void counters(const QByteArray &name, const QByteArray &help, std::function<void(const Emit &)> collect);
    // A family of one value that is asked for at each text().
    void gauge(const QByteArray &name, const QByteArray &help, std::function<double()> read);
    void counter(const QByteArray &name, const QByteArray &help, std::function<double()> read);
    // Prometheus text format 0.0.4; serve it as contentType().
    QByteArray text() const;
    static QByteArray contentType();

private:
    struct Family;
    Family &family(const QByteArray &name, const QByteArray &help, const QByteArray &type);
    std::map<QByteArray, std::unique_ptr<Family>> m_families;
};

} // namespace replog
