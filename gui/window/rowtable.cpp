// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/rowtable.h"

#include <QEvent>
#include <QHeaderView>

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
    updateRowHeight();
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
