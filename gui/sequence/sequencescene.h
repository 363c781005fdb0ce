// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/sequence/sequencemodel.h"
#include "gui/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QLineF>
#include <QSizeF>

class QPainter;

namespace replog {

// The drawing of a sequence, as shapes: time goes down, each node is a life line, the client is the first.
// The scale of time is elastic: what follows at once stands close, a pause is told by its length in words. So
// that a message's way is read as easily when it takes a millisecond as when it takes five seconds.
class SequenceScene
{
    Q_DECLARE_TR_FUNCTIONS(SequenceScene)
public:
    struct Shape
    {
        enum class Kind { Arrow, Broken, Open, Dot, Tick, Time };
        Kind kind = Kind::Arrow;
        QLineF line; // an arrow's way; of others their place is its first point
        Tone tone = Tone::Normal;
        QString text; // on an arrow: above its middle
        bool dashed = false;
    };

    static SequenceScene build(const QList<SequenceStep> &steps, const QStringList &nodes, qreal width,
                               const QFontMetrics &metrics);

    QSizeF size() const { return m_size; }
    qreal headHeight() const { return m_head; } // the names of the life lines stand above
    const QList<Shape> &shapes() const { return m_shapes; }
    bool isEmpty() const { return m_steps == 0; }

    // What lies between `top` and `bottom`; names of nodes stand at `top`.
    void paint(QPainter *painter, const QPalette &palette, qreal top, qreal bottom) const;
    QByteArray toSvg(const QPalette &palette) const;

    // "7", "7–9".
    static QString ids(quint64 first, quint64 last);
    static QString labelOf(const SequenceStep &step);

private:
    void addTimes(const QList<SequenceStep> &steps, const QFontMetrics &metrics);
    qreal yOf(double time) const;

    QSizeF m_size;
    qreal m_head = 0;
    qreal m_lineHeight = 0;
    qsizetype m_steps = 0;
    QList<std::pair<double, qreal>> m_rows;   // time, y; both ascend
    QList<std::pair<QString, qreal>> m_lines; // name, x
    QList<Shape> m_shapes;                    // by their upper ends
};

} // namespace replog
