// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/chartspanel.h"

#include "gui/charts/timechart.h"

#include <QDateTime>
#include <QGridLayout>
#include <QResizeEvent>

using namespace Qt::StringLiterals;

namespace replog {

ChartsPanel::ChartsPanel(ClusterSession &session, QWidget *parent)
    : QWidget(parent), m_sampler(session), m_appends(new TimeChart(TimeChart::Scale::FromZero, this)),
      m_latency(new TimeChart(TimeChart::Scale::Logarithmic, this)),
      m_lag(new TimeChart(TimeChart::Scale::FromZero, this)),
      m_retries(new TimeChart(TimeChart::Scale::FromZero, this)), m_texts(this)
{
    auto *const grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(1);
    connect(&m_sampler, &ClusterSampler::sampled, this, &ChartsPanel::handleSample);
    for (TimeChart *chart : {m_appends, m_latency, m_lag, m_retries})
        connect(&m_sampler, &ClusterSampler::restarted, chart, &TimeChart::clear);
    m_texts.add([this] {
        m_appends->setTexts(tr("Appends"), tr("messages/s"), tr("Shown once messages are appended."));
        m_latency->setTexts(tr("Append latency"), tr("ms"), tr("Shown once appends are answered."));
        m_lag->setTexts(tr("Lag"), tr("messages"), tr("Shown once the master knows a secondary."));
        m_retries->setTexts(tr("Retries"), tr("per second"), tr("Shown once the master knows a secondary."));
    });
    arrange();
}

void ChartsPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void ChartsPanel::arrange()
{
    // A chart needs height more than width: a low panel has all four in one row, a large one two by two, a
    // narrow one one below the other.
    const int least = fontMetrics().height() * 11;
    const int columns = height() < 2 * least ? 4 : width() >= 2 * least ? 2 : 1;
    if (columns == m_columns)
        return;
    m_columns = columns;
    auto *const grid = static_cast<QGridLayout *>(layout());
    int place = 0;
    for (TimeChart *chart : {m_appends, m_latency, m_lag, m_retries}) {
        grid->addWidget(chart, place / columns, place % columns);
        ++place;
    }
    for (int i = 0; i < 4; ++i) {
        grid->setColumnStretch(i, i < columns ? 1 : 0);
        grid->setRowStretch(i, i < 4 / columns ? 1 : 0);
    }
}

void ChartsPanel::handleSample(const ClusterSample &sample)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto optional = [](const std::map<QString, double> &values) {
        return std::map<QString, std::optional<double>>(values.begin(), values.end());
    };
    // Before the first append the chart's hint says more than a line at zero.
    if (!m_appends->isEmpty() || sample.appendsPerSecond.value_or(0) > 0)
        m_appends->add(now, {{u"appends"_s, sample.appendsPerSecond}});
    if (sample.longestKnownMs > 0)
        m_latency->setCeiling(sample.longestKnownMs);
    m_latency->add(now, {{u"p50"_s, sample.latencyP50Ms}, {u"p99"_s, sample.latencyP99Ms}});
    m_lag->add(now, optional(sample.lag));
    m_retries->add(now, optional(sample.retries));
}

} // namespace replog
