// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/rowtable.h"

#include <QEvent>
#include <QHeaderView>
#include <QPainter>

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

void RowTable::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (!model() || model()->rowCount() > 0 || m_emptyText.isEmpty())
        return;
    QPainter painter(viewport());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(viewport()->rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
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
