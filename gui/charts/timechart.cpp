// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/timechart.h"

#include "gui/window/emptystate.h"
#include "gui/window/theme.h"

#include <QChart>
#include <QChartView>
#include <QDateTime>
#include <QDateTimeAxis>
#include <QEvent>
#include <QGraphicsLayout>
#include <QLegendMarker>
#include <QLineSeries>
#include <QStackedLayout>
#include <QValueAxis>

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// Colours that stay apart for colour-blind eyes too (after Okabe and Ito), for light and dark grounds.
constexpr std::array<QRgb, 6> lightColors{0xff0072b2, 0xffd55e00, 0xff00845f, 0xffb0559a, 0xff8a6d00, 0xff4d4d4d};
constexpr std::array<QRgb, 6> darkColors{0xff56b4e9, 0xffff9b4a, 0xff2fd1a0, 0xffe39ac6, 0xfff0e442, 0xffc8c8c8};
constexpr std::array<Qt::PenStyle, 3> dashes{Qt::SolidLine, Qt::DashLine, Qt::DotLine};

// The smallest of 1, 2, 5, 10, 20, 50, … that is not below `value`.
double niceCeiling(double value)
{
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (double step : {1.0, 2.0, 5.0}) {
        if (step * power >= value)
            return step * power;
    }
    return 10 * power;
}

} // namespace

TimeChart::TimeChart(const QString &title, const QString &unit, const QString &hint, QWidget *parent)
    : QWidget(parent), m_title(title), m_chart(new QChart), m_view(new QChartView(m_chart, this)), m_time(new QDateTimeAxis(m_chart)),
      m_value(new QValueAxis(m_chart)), m_stack(new QStackedLayout(this))
{
    m_chart->setTitle(unit.isEmpty() ? title : u"%1, %2"_s.arg(title, unit));
    m_chart->setMargins({4, 2, 8, 2});
    m_chart->setBackgroundRoundness(0);
    m_chart->layout()->setContentsMargins(0, 0, 0, 0);
    m_time->setFormat(u"HH:mm"_s);
    m_time->setTickCount(6);
    m_chart->addAxis(m_time, Qt::AlignBottom);
    m_chart->addAxis(m_value, Qt::AlignLeft);
    m_chart->legend()->setAlignment(Qt::AlignTop);
    m_chart->legend()->setMarkerShape(QLegend::MarkerShapeFromSeries);
    m_view->setRenderHint(QPainter::Antialiasing);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setAccessibleName(title);
    auto *const empty = new EmptyState(this);
    empty->setText(title, hint);
    m_stack->addWidget(empty);
    m_stack->addWidget(m_view);
    applyPalette();
}

void TimeChart::add(qint64 timeMs, const std::map<QString, std::optional<double>> &values)
{
    m_now = timeMs;
    for (const auto &[name, value] : values) {
        if (!m_lines.contains(name)) {
            if (!value)
                continue;
            int order = 0;   // the first that no other line has
            while (std::any_of(m_lines.begin(), m_lines.end(), [order](const auto &line) { return line.second.order == order; }))
                ++order;
            m_lines[name].order = order;
        }
    }
    for (auto it = m_lines.begin(); it != m_lines.end();) {
        Line &line = it->second;
        const auto value = values.find(it->first);
        line.points.emplace_back(timeMs, value == values.end() ? std::nullopt : value->second);
        while (line.points.size() > maxPoints || (!line.points.empty() && line.points.front().first < timeMs - spanMs))
            line.points.pop_front();
        const bool blank = std::none_of(line.points.begin(), line.points.end(), [](const auto &point) { return point.second.has_value(); });
        if (blank) {
            qDeleteAll(line.pieces);
            it = m_lines.erase(it);
        } else {
            ++it;
        }
    }
    m_stack->setCurrentIndex(m_lines.empty() ? 0 : 1);
    if (isVisible())
        redraw();
}

void TimeChart::clear()
{
    m_chart->removeAllSeries();
    m_lines.clear();
    m_stack->setCurrentIndex(0);
}

int TimeChart::pointCount(const QString &name) const
{
    const auto line = m_lines.find(name);
    return line == m_lines.end() ? 0 : int(line->second.points.size());
}

bool TimeChart::isEmpty() const
{
    return m_stack->currentIndex() == 0;
}

void TimeChart::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        applyPalette();
}

void TimeChart::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    redraw();
}

void TimeChart::redraw()
{
    double most = 0;
    for (auto &[name, line] : m_lines) {
        drawLine(name, line);
        for (const auto &[time, value] : line.points)
            most = std::max(most, value.value_or(0));
    }
    m_time->setRange(QDateTime::fromMSecsSinceEpoch(m_now - spanMs), QDateTime::fromMSecsSinceEpoch(m_now));
    const double top = most > 0 ? niceCeiling(most) : 1;
    m_value->setRange(0, top);
    const double leading = top / std::pow(10, std::floor(std::log10(top)));
    m_value->setTickCount(leading > 1.5 && leading < 2.5 ? 5 : 6);
    m_value->setLabelFormat(top < 1 ? u"%.2f"_s : top < 5 ? u"%.1f"_s : u"%.0f"_s);
}

void TimeChart::drawLine(const QString &name, Line &line)
{
    QList<QList<QPointF>> stretches;
    bool inGap = true;
    for (const auto &[time, value] : line.points) {
        if (value) {
            if (inGap)
                stretches.append(QList<QPointF>());
            stretches.last().append({double(time), *value});
        }
        inGap = !value;
    }
    while (line.pieces.size() > stretches.size())
        delete line.pieces.takeLast();
    while (line.pieces.size() < stretches.size()) {
        auto *const series = new QLineSeries(m_chart);
        series->setName(name);
        m_chart->addSeries(series);
        series->attachAxis(m_time);
        series->attachAxis(m_value);
        style(series, line.order);
        if (!line.pieces.isEmpty()) {
            for (QLegendMarker *marker : m_chart->legend()->markers(series))
                marker->setVisible(false);   // one entry for each name is enough
        }
        line.pieces.append(series);
    }
    for (qsizetype i = 0; i < stretches.size(); ++i) {
        line.pieces[i]->replace(stretches[i]);
        line.pieces[i]->setPointsVisible(stretches[i].size() == 1);   // a lone point has no line
    }
}

void TimeChart::style(QLineSeries *series, int order) const
{
    const auto &colors = isDark(palette()) ? darkColors : lightColors;
    const auto at = std::size_t(order);
    QPen pen(QColor(colors[at % colors.size()]), 2, dashes[at % dashes.size()]);
    pen.setCosmetic(true);
    series->setPen(pen);
    series->setMarkerSize(5);
}

void TimeChart::applyPalette()
{
    const QPalette colors = palette();
    m_chart->setBackgroundBrush(colors.color(QPalette::Base));
    m_view->setBackgroundBrush(colors.color(QPalette::Base));
    m_chart->setTitleBrush(colors.color(QPalette::Text));
    QFont titleFont = font();
    titleFont.setBold(true);
    m_chart->setTitleFont(titleFont);
    m_chart->legend()->setLabelColor(colors.color(QPalette::Text));
    m_chart->legend()->setFont(font());
    QColor grid = colors.color(QPalette::Text);
    grid.setAlphaF(0.15F);
    QFont labels = font();
    labels.setPointSizeF(labels.pointSizeF() * 0.9);
    for (QAbstractAxis *axis : std::initializer_list<QAbstractAxis *>{m_time, m_value}) {
        axis->setLabelsColor(colors.color(QPalette::Text));
        axis->setLabelsFont(labels);
        axis->setGridLineColor(grid);
        axis->setLinePenColor(grid);
    }
    for (auto &[name, line] : m_lines) {
        for (QLineSeries *series : line.pieces)
            style(series, line.order);
    }
}

} // namespace replog
