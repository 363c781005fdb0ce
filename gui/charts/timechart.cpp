// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/timechart.h"

#include "gui/theme/theme.h"
#include "gui/widgets/emptystate.h"
#include "gui/widgets/plaintext.h"

#include <QChart>
#include <QChartView>
#include <QDateTime>
#include <QDateTimeAxis>
#include <QEvent>
#include <QGraphicsLayout>
#include <QLegendMarker>
#include <QLineSeries>
#include <QLocale>
#include <QLogValueAxis>
#include <QStackedLayout>
#include <QValueAxis>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// Colours that colour-blind people can tell apart (after Okabe and Ito), for light and dark backgrounds.
constexpr std::array<QRgb, 6> lightColors{0xff0072b2, 0xffd55e00, 0xff00845f,
                                          0xffb0559a, 0xff8a6d00, 0xff4d4d4d};
constexpr std::array<QRgb, 6> darkColors{0xff56b4e9, 0xffff9b4a, 0xff2fd1a0,
                                         0xffe39ac6, 0xfff0e442, 0xffc8c8c8};
constexpr std::array<Qt::PenStyle, 3> dashes{Qt::SolidLine, Qt::DashLine, Qt::DotLine};

constexpr int LegendSign = 40; // pixels beside a name

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

TimeChart::TimeChart(Scale scale, QWidget *parent)
    : QWidget(parent), m_chart(new QChart), m_view(new QChartView(m_chart, this)),
      m_time(new QDateTimeAxis(m_chart)),
      m_value(scale == Scale::FromZero ? static_cast<QAbstractAxis *>(new QValueAxis(m_chart))
                                       : new QLogValueAxis(m_chart)),
      m_scale(scale), m_stack(new QStackedLayout(this)), m_empty(new EmptyState(this))
{
    m_chart->setMargins({4, 2, 8, 2});
    m_chart->setBackgroundRoundness(0);
    m_chart->layout()->setContentsMargins(0, 0, 0, 0);
    m_time->setFormat(u"HH:mm"_s);
    m_chart->addAxis(m_time, Qt::AlignBottom);
    m_chart->addAxis(m_value, Qt::AlignLeft);
    m_chart->legend()->setAlignment(Qt::AlignBottom);
    m_chart->legend()->setContentsMargins(0, 0, 0, 0);
    m_chart->legend()->setMarkerShape(QLegend::MarkerShapeFromSeries);
    m_view->setRenderHint(QPainter::Antialiasing);
    m_view->setFrameShape(QFrame::NoFrame);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_view);
    applyPalette();
}

void TimeChart::setTexts(const QString &title, const QString &unit, const QString &hint)
{
    m_chart->setTitle(u"%1, %2"_s.arg(title, unit));
    m_view->setAccessibleName(title);
    m_empty->setText(title, hint);
}

void TimeChart::add(qint64 timeMs, const std::map<QString, std::optional<double>> &values)
{
    m_now = timeMs;
    for (const auto &[name, value] : values) {
        if (!m_lines.contains(name)) {
            if (!value)
                continue;
            int order = 0; // the lowest number that no other line uses
            while (std::any_of(m_lines.begin(), m_lines.end(),
                               [order](const auto &line) { return line.second.order == order; }))
                ++order;
            m_lines[name].order = order;
        }
    }
    for (auto it = m_lines.begin(); it != m_lines.end();) {
        Line &line = it->second;
        const auto value = values.find(it->first);
        line.points.emplace_back(timeMs, value == values.end() ? std::nullopt : value->second);
        while (line.points.size() > maxPoints ||
               (!line.points.empty() && line.points.front().first < timeMs - spanMs))
            line.points.pop_front();
        const bool blank = std::none_of(line.points.begin(), line.points.end(),
                                        [](const auto &point) { return point.second.has_value(); });
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
    double least = std::numeric_limits<double>::infinity(), most = 0;
    qint64 first = m_now - firstSpanMs;
    for (auto &[name, line] : m_lines) {
        drawLine(line);
        for (const auto &[time, value] : line.points) {
            if (value) {
                least = std::min(least, drawn(*value));
                most = std::max(most, drawn(*value));
            }
        }
        if (!line.points.empty())
            first = std::min(first, line.points.front().first);
    }
    nameLines();
    const int labelWidth = fontMetrics().horizontalAdvance(u"00:00:00"_s) * 2;
    const bool seconds = m_now - first < 3 * firstSpanMs;
    m_time->setFormat(seconds ? u"HH:mm:ss"_s : u"HH:mm"_s);
    m_time->setTickCount(std::clamp(width() / qMax(1, labelWidth), 2, seconds ? 4 : 6));
    m_time->setRange(QDateTime::fromMSecsSinceEpoch(first), QDateTime::fromMSecsSinceEpoch(m_now));
    if (m_scale == Scale::FromZero)
        scaleFromZero(most);
    else if (most > 0)
        scaleLogarithmic(least, most);
}

double TimeChart::drawn(double value) const
{
    return std::isinf(value) ? m_ceiling : value;
}

void TimeChart::nameLines()
{
    QStringList names;
    for (const auto &[name, line] : m_lines)
        names.append(name);
    // If the names do not fit side by side, the legend drops the beginning that they share. The tool tip
    // always has the whole names.
    const auto fit = [this](const QStringList &labels) {
        int needed = 0;
        for (const QString &label : labels)
            needed += fontMetrics().horizontalAdvance(label) + LegendSign;
        return needed <= width();
    };
    QStringList labels = names;
    if (!fit(labels)) {
        qsizetype common = 0; // the names are in order
        while (common < names.first().size() && common < names.last().size() &&
               names.first()[common] == names.last()[common])
            ++common;
        for (QString &label : labels)
            label = u'…' + label.mid(common);
    }
    m_chart->legend()->setVisible(labels.size() > 1); // in several rows, if need be
    QStringList rows;
    auto label = labels.cbegin();
    for (const auto &[name, line] : m_lines) {
        // Qt reads the names of a legend as HTML.
        const QString shown = PlainText::html(*label);
        if (!line.pieces.isEmpty() && line.pieces.first()->name() != shown)
            line.pieces.first()->setName(shown);
        ++label;
        if (const auto &last = line.points.back().second)
            rows.append(u"%1: %2%3"_s.arg(name, std::isinf(*last) ? u"> "_s : QString(),
                                          QLocale().toString(drawn(*last), 'g', 4)));
    }
    m_view->setToolTip(PlainText::tip(rows.join(u'\n')));
}

void TimeChart::scaleFromZero(double most)
{
    auto *const axis = static_cast<QValueAxis *>(m_value);
    // Counts are whole numbers: no tick may stand at a fraction.
    const double top = most > 0 ? std::max(2.0, niceCeiling(most)) : 2;
    const double leading = top / std::pow(10, std::floor(std::log10(top)));
    const int lines = height() / fontMetrics().height();
    const bool two = leading > 1.5 && leading < 2.5;
    axis->setRange(0, top);
    const int ticks = lines > 20 ? (two ? 5 : 6) : lines > 10 ? 3 : 2;
    const double step = top / (ticks - 1);
    axis->setTickCount(step == std::floor(step) ? ticks : top < 10 ? int(top) + 1 : 2);
    axis->setLabelFormat(u"%.0f"_s);
}

void TimeChart::scaleLogarithmic(double least, double most)
{
    auto *const axis = static_cast<QLogValueAxis *>(m_value);
    const double bottom = std::pow(10, std::floor(std::log10(least)));
    double top = std::pow(10, std::ceil(std::log10(most)));
    if (top <= most) // a line at the edge could not be seen
        top *= 10;
    if (top <= bottom)
        top = bottom * 10;
    axis->setBase(10);
    axis->setRange(bottom, top);
    axis->setLabelFormat(u"%g"_s);
}

void TimeChart::drawLine(Line &line)
{
    QList<QList<QPointF>> stretches;
    bool inGap = true;
    for (const auto &[time, value] : line.points) {
        if (value) {
            if (inGap)
                stretches.append(QList<QPointF>());
            stretches.last().append({double(time), drawn(*value)});
        }
        inGap = !value;
    }
    while (line.pieces.size() > stretches.size())
        delete line.pieces.takeLast();
    while (line.pieces.size() < stretches.size()) {
        auto *const series = new QLineSeries(m_chart);
        m_chart->addSeries(series);
        series->attachAxis(m_time);
        series->attachAxis(m_value);
        style(series, line.order);
        if (!line.pieces.isEmpty()) {
            for (QLegendMarker *marker : m_chart->legend()->markers(series))
                marker->setVisible(false); // each name has one entry, however many pieces its line has
        }
        line.pieces.append(series);
    }
    for (qsizetype i = 0; i < stretches.size(); ++i) {
        line.pieces[i]->replace(stretches[i]);
        // A single point is drawn as a very short line.
        if (stretches[i].size() == 1)
            line.pieces[i]->append(stretches[i][0] + QPointF(spanMs / 500.0, 0));
    }
}

QRgb TimeChart::colorOf(int order) const
{
    const auto &colors = isDark(palette()) ? darkColors : lightColors;
    return colors[std::size_t(order) % colors.size()];
}

void TimeChart::style(QLineSeries *series, int order) const
{
    QPen pen(QColor(colorOf(order)), 2, dashes[std::size_t(order) % dashes.size()]);
    pen.setCosmetic(true);
    series->setPen(pen);
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
