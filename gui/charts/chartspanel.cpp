// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/chartspanel.h"

#include "gui/charts/timechart.h"

#include <QDateTime>
#include <QGridLayout>
#include <QResizeEvent>

using namespace Qt::StringLiterals;

namespace replog {

ChartsPanel::ChartsPanel(ClusterSession &session, QWidget *parent)
    : QWidget(parent), m_sampler(session),
      m_appends(new TimeChart(tr("Appends"), tr("messages/s"), tr("Shown once messages are appended."), this)),
      m_latency(new TimeChart(tr("Append latency"), tr("ms"), tr("Shown once appends are answered."), this)),
      m_lag(new TimeChart(tr("Lag"), tr("messages"), tr("Shown once the master knows a secondary."), this)),
      m_retries(new TimeChart(tr("Retries"), tr("per second"), tr("Shown once the master knows a secondary."), this))
{
    auto *const grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(1);
    connect(&m_sampler, &ClusterSampler::sampled, this, &ChartsPanel::handleSample);
    for (TimeChart *chart : {m_appends, m_latency, m_lag, m_retries})
        connect(&m_sampler, &ClusterSampler::restarted, chart, &TimeChart::clear);
    arrange();
}

void ChartsPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void ChartsPanel::arrange()
{
    // All in one row where there is width, else two by two, else one below the other.
    const int wide = fontMetrics().averageCharWidth() * 45;
    const int columns = width() >= 4 * wide ? 4 : width() >= 2 * wide || height() < 2 * wide ? 2 : 1;
    if (columns == m_columns)
        return;
    m_columns = columns;
    auto *const grid = static_cast<QGridLayout *>(layout());
    int place = 0;
    for (TimeChart *chart : {m_appends, m_latency, m_lag, m_retries}) {
        grid->addWidget(chart, place / columns, place % columns);
        ++place;
    }
}

void ChartsPanel::handleSample(const ClusterSample &sample)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto optional = [](const std::map<QString, double> &values) {
        return std::map<QString, std::optional<double>>(values.begin(), values.end());
    };
    // Nothing has been appended yet: the empty chart says more than a line at zero.
    if (!m_appends->isEmpty() || sample.appendsPerSecond > 0)
        m_appends->add(now, {{tr("appends"), sample.appendsPerSecond}});
    m_latency->add(now, {{u"p50"_s, sample.latencyP50Ms}, {u"p99"_s, sample.latencyP99Ms}});
    m_lag->add(now, optional(sample.lag));
    m_retries->add(now, optional(sample.retries));
}

} // namespace replog
