// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/matrix/logmodel.h"
#include "gui/theme/glyphs.h"

#include <QRegularExpression>
#include <QStyledItemDelegate>

namespace replog {

// Draws the cells of the log: a sign for each state, with its word where there is room for it.
class LogDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;

    // What to highlight in messages.
    void setHits(const QList<QRegularExpression> &hits);

    // Of "1 of 3 · secondary-1, secondary-2" what fits: the counts come first, then the ends of names, in
    // which they usually differ, or the beginning of what is not names alone.
    static QString shortWait(const QString &text, bool isNames, const QFontMetrics &metrics, int width);
    // The least width of a node's column that shows sign and word.
    static int roomyWidth(const QFontMetrics &metrics);
    static Glyph glyphOf(CellState state);
    static Tone toneOf(CellState state);

private:
    void markHits(QPainter *painter, const QStyleOptionViewItem &option, const QRect &place,
                  const QString &text) const;

    QList<QRegularExpression> m_hits;
};

} // namespace replog
