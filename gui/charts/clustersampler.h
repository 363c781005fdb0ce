// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/charts/latencyhistogram.h"

#include <QHash>
#include <QList>
#include <QObject>
#include <QTimer>

#include <map>
#include <optional>

namespace replog {

class ClusterSession;
struct ClientAppendResult;

// The cluster's figures for one sampling interval.
struct ClusterSample
{
    std::optional<double> appendsPerSecond; // null: no master is heard, or it was not heard before
    std::optional<double> latencyP50Ms;     // null: no append was answered in the interval
    std::optional<double> latencyP99Ms;     // infinite: all that is known is that it is longer than this:
    double longestKnownMs = 0;
    std::map<QString, double> lag;     // messages, by node, including nodes that the master cannot reach
    std::map<QString, double> retries; // per second, by node
};

// Takes a sample every second while a cluster is open: rates from the model, latencies from the master's
// histogram or, if it has none, from the appends of this window. Counts of one master are not compared with
// those of another, and while none is heard there are no figures of its: what happened meanwhile is spread
// over the whole time in which it was not heard.
class ClusterSampler : public QObject
{
    Q_OBJECT
public:
    static constexpr int intervalMs = 1000;
    static constexpr const char *histogramName = "replog_append_seconds";

    // `session` must outlive it.
    explicit ClusterSampler(ClusterSession &session, QObject *parent = nullptr);

    // Called by the timer; tests call it themselves.
    void takeSample();

signals:
    void sampled(const replog::ClusterSample &sample);
    void restarted(); // another cluster was opened, or the cluster was closed

private:
    void handleOpened();
    void handleClosed();
    void handleAppendFinished(const ClientAppendResult &result);
    void readMetrics();
    QString counting() const;

    ClusterSession &m_session;
    QTimer m_timer;
    QString m_counting;     // whose counts the figures below are
    qint64 m_countedMs = 0; // when the next two were taken
    std::optional<quint64> m_lastId;
    QHash<QString, quint64> m_lastRetries;
    QList<double> m_ownLatenciesMs;
    std::optional<LatencyHistogram> m_histogram; // the last one read
    std::optional<LatencyHistogram> m_recent;    // since the one before it
    bool m_reading = false;
};

} // namespace replog
