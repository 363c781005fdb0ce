// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logheader.h"

#include "gui/cluster/nodelook.h"
#include "gui/matrix/logmodel.h"

#include <QStyle>
#include <QStyleOptionHeader>

using namespace Qt::StringLiterals;

namespace replog {

LogHeader::LogHeader(QWidget *parent) : QHeaderView(Qt::Horizontal, parent)
{
    setHighlightSections(false);
    setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    setMinimumSectionSize(36);
    setTextElideMode(Qt::ElideLeft); // node names usually differ at their ends
}

bool LogHeader::hasSign(int column) const
{
    const int least = fontMetrics().height() + fontMetrics().horizontalAdvance(u"…9"_s) + 20;
    return column >= LogModel::FirstNodeColumn && sectionSize(column) >= least;
}

void LogHeader::initStyleOptionForIndex(QStyleOptionHeader *option, int column) const
{
    QHeaderView::initStyleOptionForIndex(option, column);
    if (column < LogModel::FirstNodeColumn || hasSign(column))
        return;
    option->icon = {};
    const int margin = style()->pixelMetric(QStyle::PM_HeaderMargin, nullptr, this);
    option->text = fontMetrics().elidedText(option->text, textElideMode(), sectionSize(column) - 2 * margin);
    const auto state = NodeState(model()->headerData(column, orientation(), LogModel::StateRole).toInt());
    const QColor ink = toneColor(palette(), toneOf(state));
    option->palette.setColor(QPalette::ButtonText, ink);
    option->palette.setColor(QPalette::WindowText, ink);
    option->palette.setColor(QPalette::Text, ink);
}

} // namespace replog
