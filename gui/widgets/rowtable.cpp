// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/rowtable.h"

#include <QEvent>
#include <QFocusEvent>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QPainter>
#include <QScrollBar>

namespace replog {

RowTable::RowTable(int air, QWidget *parent) : QTableView(parent), m_air(air)
{
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setSelectionBehavior(SelectRows);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(1);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setTextElideMode(Qt::ElideRight);
    updateRowHeight();
}

void RowTable::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

// The first visible one, or the last if the table is scrolled to its end.
int RowTable::entryRow() const
{
    const QScrollBar *bar = verticalScrollBar();
    const bool atEnd = bar->maximum() > 0 && bar->value() == bar->maximum();
    return atEnd ? model()->rowCount() - 1 : rowAt(0);
}

void RowTable::focusInEvent(QFocusEvent *event)
{
    if (event->reason() != Qt::MouseFocusReason && model() && !selectionModel()->hasSelection()) {
        executeDelayedItemsLayout();
        updateGeometries();
        if (const int row = entryRow(); row >= 0) {
            setAutoScroll(false);
            selectRow(row);
            setAutoScroll(true);
        }
    }
    QTableView::focusInEvent(event);
}

void RowTable::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (!model() || model()->rowCount() > 0 || m_emptyText.isEmpty())
        return;
    QPainter painter(viewport());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(viewport()->rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap,
                     m_emptyText);
}

void RowTable::changeEvent(QEvent *event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        updateRowHeight();
    if (event->type() == QEvent::LanguageChange) {
        viewport()->update();
        horizontalHeader()->viewport()->update();
    }
}

void RowTable::updateRowHeight()
{
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + m_air);
}

} // namespace replog
