// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/sequence/sequencemodel.h"
#include "gui/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QLineF>
#include <QRectF>
#include <QSizeF>

class QPainter;

namespace replog {

// A sequence diagram as shapes: time runs downwards, and the client and each node have a life line. The time
// axis is not linear: each moment takes one row, and long pauses are labelled with their length. So a message
// is as easy to follow in a millisecond as in five seconds.
class SequenceScene
{
    Q_DECLARE_TR_FUNCTIONS(SequenceScene)
public:
    struct Shape
    {
        enum class Kind { Arrow, Broken, Open, Dot, Tick, Time };
        Kind kind = Kind::Arrow;
        QLineF line; // from begin to end of an arrow; other shapes are at its first point
        Tone tone = Tone::Normal;
        bool dashed = false;
        QString text; // no wider than `place`
        QRectF place; // within the picture
    };

    static SequenceScene build(const QList<SequenceStep> &steps, const QStringList &nodes, qreal width,
                               const QFontMetrics &metrics);

    QSizeF size() const { return m_size; }
    qreal headHeight() const { return m_head; } // height of the area with the names of the life lines
    const QList<std::pair<QString, qreal>> &lifeLines() const { return m_lines; } // name, x
    const QList<Shape> &shapes() const { return m_shapes; }
    bool isEmpty() const { return m_steps == 0; }

    // Paints what lies between `top` and `bottom`, with the names of the nodes at `top`.
    void paint(QPainter *painter, const QPalette &palette, qreal top, qreal bottom) const;
    QByteArray toSvg(const QPalette &palette) const;

    // "7", "7–9".
    static QString ids(quint64 first, quint64 last);
    static QString labelOf(const SequenceStep &step);

private:
    void place(Shape &shape, qreal x, qreal y, const QFontMetrics &metrics) const;
    void addTime(qreal y, const QString &text, const QFontMetrics &metrics);
    void addTimes(const QList<SequenceStep> &steps, const QFontMetrics &metrics);
    qreal yOf(double time) const;

    QSizeF m_size;
    qreal m_head = 0;
    qreal m_lineHeight = 0;
    qsizetype m_steps = 0;
    QList<std::pair<double, qreal>> m_rows;   // time, y; both ascend
    QList<std::pair<QString, qreal>> m_lines; // name, x
    QList<Shape> m_shapes;                    // ascending by their upper ends
};

} // namespace replog
