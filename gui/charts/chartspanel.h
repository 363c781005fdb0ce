// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/charts/clustersampler.h"
#include "gui/theme/texts.h"

#include <QWidget>

namespace replog {

class TimeChart;

// Four charts over the last minutes: appends a second, append latency, lag and retries by node.
class ChartsPanel : public QWidget
{
    Q_OBJECT
public:
    // `session` must outlive it.
    explicit ChartsPanel(ClusterSession &session, QWidget *parent = nullptr);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void handleSample(const ClusterSample &sample);
    void arrange();

    ClusterSampler m_sampler;
    TimeChart *m_appends;
    TimeChart *m_latency;
    TimeChart *m_lag;
    TimeChart *m_retries;
    int m_columns = 0;
    Texts m_texts;
};

} // namespace replog
