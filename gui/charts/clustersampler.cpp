// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/clustersampler.h"

#include "gui/cluster/clustersession.h"

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// Nearest rank; `sorted` is not empty.
double percentile(const QList<double> &sorted, double q)
{
    const auto rank = qsizetype(std::ceil(q * double(sorted.size()))) - 1;
    return sorted[std::clamp<qsizetype>(rank, 0, sorted.size() - 1)];
}

} // namespace

ClusterSampler::ClusterSampler(ClusterSession &session, QObject *parent) : QObject(parent), m_session(session)
{
    m_timer.setInterval(intervalMs);
    connect(&m_timer, &QTimer::timeout, this, &ClusterSampler::takeSample);
    connect(&session, &ClusterSession::opened, this, &ClusterSampler::handleOpened);
    connect(&session, &ClusterSession::closed, this, &ClusterSampler::handleClosed);
    connect(&session, &ClusterSession::appendFinished, this,
            [this](quint64, const ClientAppendResult &result) { handleAppendFinished(result); });
}

void ClusterSampler::handleOpened()
{
    handleClosed();
    m_timer.start();
}

void ClusterSampler::handleClosed()
{
    m_timer.stop();
    m_counting.clear();
    m_lastId.reset();
    m_lastRetries.clear();
    m_ownLatenciesMs.clear();
    m_histogram.reset();
    m_recent.reset();
    m_reading = false;
    emit restarted();
}

void ClusterSampler::handleAppendFinished(const ClientAppendResult &result)
{
    if (result.state == ClientAppendResult::State::Ok)
        m_ownLatenciesMs.append(result.wireMs);
}

// The master that is heard, as the process that counts: another one counts anew. Empty if none is heard.
QString ClusterSampler::counting() const
{
    const NodeInfo *const master = m_session.model().master();
    if (!master || master->contact != Contact::Connected)
        return {};
    return u"%1 %2 %3"_s.arg(master->epoch).arg(master->nodeId, master->name);
}

void ClusterSampler::takeSample()
{
    const ClusterModel &model = m_session.model();
    const qint64 now = model.nowMs();
    ClusterSample sample;
    const QString master = counting();
    if (master != m_counting)
        m_recent.reset();
    if (master != m_counting && !master.isEmpty()) {
        m_counting = master;
        m_lastId.reset();
        m_lastRetries.clear();
        m_histogram.reset();
    }
    const double seconds = double(std::max<qint64>(1, now - m_countedMs)) / 1000;
    if (!master.isEmpty()) {
        // Entries from before the first sample do not count as appended in it.
        if (m_lastId)
            sample.appendsPerSecond = double(model.lastId() - std::min(*m_lastId, model.lastId())) / seconds;
        m_lastId = model.lastId();
        m_countedMs = now;
    }
    for (const NodeInfo &node : model.nodes()) {
        if (master.isEmpty() || node.role == NodeRole::Master || !node.known)
            continue;
        sample.lag[node.name] = double(model.lastId() > node.ackedId ? model.lastId() - node.ackedId : 0);
        const quint64 before = m_lastRetries.value(node.name, node.retries);
        sample.retries[node.name] = node.retries > before ? double(node.retries - before) / seconds : 0;
        m_lastRetries.insert(node.name, node.retries);
    }
    if (m_recent && m_recent->total() > 0) {
        const auto milliseconds = [this](double q) -> std::optional<double> {
            const std::optional<double> latency = m_recent->quantile(q);
            return latency ? std::optional(*latency * 1000) : std::nullopt;
        };
        sample.latencyP50Ms = milliseconds(0.50);
        sample.latencyP99Ms = milliseconds(0.99);
        sample.longestKnownMs = m_recent->lastBound() * 1000;
    } else if (!m_histogram && !m_ownLatenciesMs.isEmpty()) {
        std::sort(m_ownLatenciesMs.begin(), m_ownLatenciesMs.end());
        sample.latencyP50Ms = percentile(m_ownLatenciesMs, 0.50);
        sample.latencyP99Ms = percentile(m_ownLatenciesMs, 0.99);
    }
    m_recent.reset();
    m_ownLatenciesMs.clear();
    emit sampled(sample);
    readMetrics();
}

void ClusterSampler::readMetrics()
{
    const QString asked = counting();
    if (asked.isEmpty() || m_reading)
        return;
    m_reading = true;
    constexpr int limitMs = 2000;
    const auto take = [this, asked](const CallResult &result) {
        m_reading = false;
        // The answer may be another node's that has taken the address.
        if (!result.ok() || !m_session.isOpen() || counting() != asked || m_counting != asked)
            return;
        const std::optional<LatencyHistogram> now = LatencyHistogram::parse(result.body, histogramName);
        if (now && m_histogram)
            m_recent = now->since(*m_histogram);
        m_histogram = now;
    };
    m_session.call(m_session.model().master()->name, "GET", u"/metrics"_s, {}, limitMs, this, take);
}

} // namespace replog
