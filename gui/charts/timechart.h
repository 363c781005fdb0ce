// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QWidget>

#include <deque>
#include <map>
#include <optional>

class QAbstractAxis;
class QChart;
class QChartView;
class QDateTimeAxis;
class QLabel;
class QLineSeries;
class QStackedLayout;

namespace replog {

class EmptyState;

// One chart over the last `spanMs`: a line for each name, with gaps where there was no value. Follows the
// palette. Shows a hint while there is nothing to draw. Bounded: the oldest points are dropped.
class TimeChart : public QWidget
{
    Q_OBJECT
public:
    static constexpr qint64 spanMs = 5 * 60 * 1000;
    static constexpr qint64 firstSpanMs = 60 * 1000; // of the time axis until there are older points
    static constexpr std::size_t maxPoints = 400;    // per line
    enum class Scale { FromZero, Logarithmic };      // Logarithmic takes values > 0 only

    explicit TimeChart(Scale scale, QWidget *parent = nullptr);

    // `hint` is shown while there is nothing to draw.
    void setTexts(const QString &title, const QString &unit, const QString &hint);

    // `timeMs` is in ms since 1970, UTC. A name that is left out has no value at that time.
    void add(qint64 timeMs, const std::map<QString, std::optional<double>> &values);
    // Infinite values are drawn there, and told as lying beyond it.
    void setCeiling(double ceiling) { m_ceiling = ceiling; }
    void clear();
    int pointCount(const QString &name) const;
    bool isEmpty() const; // shows the hint

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    struct Line
    {
        std::deque<std::pair<qint64, std::optional<double>>> points;
        QList<QLineSeries *> pieces; // one for each stretch without a gap
        int order = 0;               // its colour and dash pattern
    };
    void redraw();
    double drawn(double value) const;
    void scaleFromZero(double most);
    void scaleLogarithmic(double least, double most);
    void drawLine(Line &line);
    void nameLines();
    QRgb colorOf(int order) const;
    void style(QLineSeries *series, int order) const;
    void applyPalette();

    QChart *m_chart;
    QChartView *m_view;
    QDateTimeAxis *m_time;
    QAbstractAxis *m_value; // QValueAxis or QLogValueAxis, according to the scale
    const Scale m_scale;
    QStackedLayout *m_stack;
    EmptyState *m_empty;
    std::map<QString, Line> m_lines;
    qint64 m_now = 0;
    double m_ceiling = 1;
};

} // namespace replog
