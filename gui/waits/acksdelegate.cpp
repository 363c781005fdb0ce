// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/waits/acksdelegate.h"

#include "gui/theme/theme.h"
#include "gui/waits/waitsmodel.h"

#include <QApplication>
#include <QPainter>

namespace replog {

namespace {

constexpr int Margin = 6;
constexpr int Gap = 2;
constexpr int MaxParts = 12; // with more nodes the bar is drawn in one piece

} // namespace

void AcksDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                         const QModelIndex &index) const
{
    QStyleOptionViewItem item(option);
    initStyleOption(&item, index);
    const QString words = item.text;
    item.text.clear();
    QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);

    const int needed = std::max(1, index.data(WaitsModel::NeededRole).toInt());
    const int acks = std::min(needed, index.data(WaitsModel::AcksRole).toInt());
    const QPalette &palette = option.palette;
    const bool current = index.data(WaitsModel::CurrentRole).toBool();
    const QColor ink = toneColor(palette, current ? Tone::Normal : Tone::Muted);
    const int textWidth = option.fontMetrics.horizontalAdvance(words);

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect area = option.rect.adjusted(Margin, 0, -Margin, 0);
    const int barWidth = area.width() - textWidth - 8;
    const qreal height = 8;
    const qreal top = area.center().y() - height / 2 + 1;
    if (barWidth >= 24) {
        const QColor full = toneFill(palette, current ? Tone::Warning : Tone::Muted);
        QColor rest = full;
        rest.setAlphaF(0.22F);
        const int parts = needed <= MaxParts ? needed : 1;
        const qreal width = (barWidth - Gap * (parts - 1)) / qreal(parts);
        painter->setPen(Qt::NoPen);
        for (int i = 0; i < parts; ++i) {
            painter->setBrush(parts > 1 && i < acks ? full : rest);
            painter->drawRoundedRect(QRectF(area.left() + i * (width + Gap), top, width, height), 2, 2);
        }
        if (parts == 1) {
            painter->setBrush(full);
            painter->drawRoundedRect(QRectF(area.left(), top, width * acks / needed, height), 2, 2);
        }
    }
    painter->setPen(ink);
    painter->drawText(area, Qt::AlignVCenter | (barWidth >= 24 ? Qt::AlignRight : Qt::AlignLeft), words);
    painter->restore();
}

} // namespace replog
