// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/theme/style.h"

#include "gui/theme/dockbuttonengine.h"

#include "gui/theme/theme.h"

#include <QAbstractItemView>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QStyleOption>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int ButtonMargin = 6;
constexpr int CellMargin = 6; // value of PM_FocusFrameHMargin; the text begins one pixel further in

} // namespace

Style::Style() : QProxyStyle(u"Fusion"_s) {}

void Style::polish(QWidget *widget)
{
    // A tool tip is polished before its text is set, so the format can be set here.
    if (auto *label = qobject_cast<QLabel *>(widget))
        label->setTextFormat(Qt::PlainText);
    QProxyStyle::polish(widget);
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    const bool inTable = qobject_cast<const QAbstractItemView *>(widget) != nullptr;
    if (metric == PM_FocusFrameHMargin && inTable)
        return CellMargin;
    if (metric == PM_HeaderMargin)
        return CellMargin + 1;
    return QProxyStyle::pixelMetric(metric, option, widget);
}

int Style::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                     QStyleHintReturn *data) const
{
    if (hint == SH_DialogButtonBox_ButtonsHaveIcons)
        return 0;
    return QProxyStyle::styleHint(hint, option, widget, data);
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                              const QWidget *widget) const
{
    const QSize fitted = QProxyStyle::sizeFromContents(type, option, size, widget);
    return type == CT_PushButton ? fitted + QSize(2 * ButtonMargin, 0) : fitted;
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                          const QWidget *widget) const
{
    const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
    if (button && (element == PE_IndicatorRadioButton || element == PE_IndicatorCheckBox) &&
        isDark(option->palette)) {
        // Fusion's outline is darker than the window, which is invisible on a dark one.
        QStyleOptionButton outlined(*button);
        outlined.palette.setColor(QPalette::Window, option->palette.color(QPalette::PlaceholderText));
        QProxyStyle::drawPrimitive(element, &outlined, painter, widget);
        return;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
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
            painter->fillRect(option->rect.right(), option->rect.top() + 5, 1, option->rect.height() - 10,
                              line);
        }
        painter->restore();
        return;
    }
    case CE_HeaderLabel: {
        // Fusion computes too little width for a text with an icon.
        const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option);
        const auto *view = qobject_cast<const QHeaderView *>(widget);
        if (!header || !view || header->icon.isNull())
            break;
        QStyleOptionHeader fitted(*header);
        const int icon =
            pixelMetric(PM_SmallIconSize, option, widget) + pixelMetric(PM_HeaderMargin, option, widget);
        const QString text = view->model()->headerData(header->section, view->orientation()).toString();
        fitted.text =
            header->fontMetrics.elidedText(text, view->textElideMode(), option->rect.width() - icon);
        QProxyStyle::drawControl(element, &fitted, painter, widget);
        return;
    }
    case CE_ItemViewItem: {
        const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option);
        if (!item)
            break;
        QStyleOptionViewItem coloured(*item);
        coloured.palette.setBrush(QPalette::HighlightedText, item->palette.brush(QPalette::Text));
        QProxyStyle::drawControl(element, &coloured, painter, widget);
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
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

QIcon Style::standardIcon(StandardPixmap icon, const QStyleOption *option, const QWidget *widget) const
{
    if (icon == SP_TitleBarCloseButton)
        return QIcon(new DockButtonEngine(DockButtonEngine::Sign::Close));
    if (icon == SP_TitleBarNormalButton)
        return QIcon(new DockButtonEngine(DockButtonEngine::Sign::Float));
    return QProxyStyle::standardIcon(icon, option, widget);
}

} // namespace replog
