// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/theme/dockbuttonengine.h"

#include <QGuiApplication>
#include <QPainter>
#include <QPalette>

#include <algorithm>
#include <iterator>

namespace replog {

void DockButtonEngine::paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State)
{
    const auto group = mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active;
    const qreal side = std::min(rect.width(), rect.height()) * 0.75;
    QRectF box(0, 0, side, side);
    box.moveCenter(QRectF(rect).center());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(
        QPen(QGuiApplication::palette().color(group, QPalette::WindowText), std::max(1.0, side / 7)));
    if (m_sign == Sign::Close) {
        painter->drawLine(box.topLeft(), box.bottomRight());
        painter->drawLine(box.topRight(), box.bottomLeft());
    } else {
        const qreal step = side * 0.3;
        painter->drawRect(box.adjusted(0, step, -step, 0));
        const QPointF behind[] = {box.topLeft() + QPointF(step, step), box.topLeft() + QPointF(step, 0),
                                  box.topRight(), box.bottomRight() - QPointF(0, step),
                                  box.bottomRight() - QPointF(step, step)};
        painter->drawPolyline(behind, int(std::size(behind)));
    }
    painter->restore();
}

QPixmap DockButtonEngine::pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state)
{
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, pixmap.rect(), mode, state);
    return pixmap;
}

} // namespace replog
