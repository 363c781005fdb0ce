// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/style.h"

#include <QAbstractItemView>
#include <QHeaderView>
#include <QPainter>
#include <QStyleOption>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int CellMargin = 6;   // as a focus frame's margin; the text stands one pixel further in

} // namespace

Style::Style() : QProxyStyle(u"Fusion"_s) {}

int Style::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    const bool inTable = qobject_cast<const QAbstractItemView *>(widget) != nullptr;
    if (metric == PM_FocusFrameHMargin && inTable)
        return CellMargin;
    if (metric == PM_HeaderMargin)
        return CellMargin + 1;
    return QProxyStyle::pixelMetric(metric, option, widget);
}

void Style::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                        const QWidget *widget) const
{
    switch (element) {
    case CE_HeaderSection:
    case CE_HeaderEmptyArea: {
        QColor line = option->palette.color(QPalette::Mid);
        painter->save();
        painter->fillRect(option->rect, option->palette.window());
        painter->setPen(line);
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        if (element == CE_HeaderSection) {
            line.setAlphaF(0.5F);
            painter->setPen(line);
            painter->drawLine(option->rect.topRight() + QPoint(0, 5), option->rect.bottomRight() - QPoint(0, 5));
        }
        painter->restore();
        return;
    }
    case CE_ToolBar: {
        painter->save();
        painter->fillRect(option->rect, option->palette.window());
        painter->setPen(option->palette.color(QPalette::Mid));
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        painter->restore();
        return;
    }
    default:
        QProxyStyle::drawControl(element, option, painter, widget);
    }
}

} // namespace replog
