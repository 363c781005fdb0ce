// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/theme/glyphs.h"

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPixmapCache>

#include <cmath>
#include <numbers>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// Paints at the requested size, so that it is sharp on every screen.
class GlyphEngine final : public QIconEngine
{
public:
    GlyphEngine(Glyph glyph, const QColor &color) : m_glyph(glyph), m_color(color) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        QColor color = m_color.isValid() ? m_color : QGuiApplication::palette().color(QPalette::ButtonText);
        if (mode == QIcon::Disabled)
            color.setAlphaF(0.4F);
        drawGlyph(painter, rect, m_glyph, color);
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }
    QIconEngine *clone() const override { return new GlyphEngine(*this); }

private:
    Glyph m_glyph;
    QColor m_color;
};

QPolygonF star(QPointF center, qreal radius)
{
    QPolygonF points;
    for (int i = 0; i < 10; ++i) {
        const qreal angle = (i * 36 - 90) * std::numbers::pi / 180;
        const qreal r = i % 2 == 0 ? radius : radius * 0.45;
        points << center + QPointF(r * std::cos(angle), r * std::sin(angle));
    }
    return points;
}

} // namespace

void drawGlyph(QPainter *painter, const QRectF &rect, Glyph glyph, const QColor &color)
{
    const qreal side = std::min(rect.width(), rect.height());
    const qreal r = side * 0.42;
    const QPointF c = rect.center();
    const qreal stroke = std::max<qreal>(1.2, side / 9);
    QPen pen(color, stroke, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(color);
    const qreal inner = r - stroke / 2;
    switch (glyph) {
    case Glyph::CheckedDisc: {
        QPainterPath check;
        check.moveTo(c + QPointF(-0.45 * r, 0.02 * r));
        check.lineTo(c + QPointF(-0.10 * r, 0.38 * r));
        check.lineTo(c + QPointF(0.48 * r, -0.36 * r));
        QPainterPathStroker wide(QPen(Qt::black, stroke, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        QPainterPath disc;
        disc.addEllipse(c, r, r);
        painter->drawPath(disc.subtracted(wide.createStroke(check)));
        break;
    }
    case Glyph::HalfDisc:
        painter->drawPie(QRectF(c.x() - inner, c.y() - inner, 2 * inner, 2 * inner), 180 * 16, 180 * 16);
        painter->setPen(pen);
        painter->setBrush(Qt::NoBrush);
        painter->drawEllipse(c, inner, inner);
        break;
    case Glyph::Arrow:
        painter->setPen(pen);
        painter->setBrush(Qt::NoBrush);
        painter->drawLine(c + QPointF(-inner, 0), c + QPointF(inner, 0));
        painter->drawLine(c + QPointF(0.2 * r, -0.55 * r), c + QPointF(inner, 0));
        painter->drawLine(c + QPointF(0.2 * r, 0.55 * r), c + QPointF(inner, 0));
        break;
    case Glyph::DashedRing:
        pen.setDashPattern({0.8, 1.7});
        pen.setCapStyle(Qt::FlatCap);
        painter->setPen(pen);
        painter->setBrush(Qt::NoBrush);
        painter->drawEllipse(c, inner, inner);
        break;
    case Glyph::Ring:
        painter->setPen(pen);
        painter->setBrush(Qt::NoBrush);
        painter->drawEllipse(c, inner, inner);
        break;
    case Glyph::Disc:
        painter->drawEllipse(c, r, r);
        break;
    case Glyph::Star:
        painter->drawPolygon(star(c, r * 1.12));
        break;
    case Glyph::Triangle: {
        QPainterPath path;
        path.addPolygon(
            QPolygonF{c + QPointF(0, -r), c + QPointF(1.08 * r, 0.88 * r), c + QPointF(-1.08 * r, 0.88 * r)});
        path.closeSubpath();
        QPainterPath mark;
        mark.addRect(QRectF(c.x() - stroke / 2, c.y() - 0.38 * r, stroke, 0.68 * r));
        mark.addRect(QRectF(c.x() - stroke / 2, c.y() + 0.45 * r, stroke, 0.24 * r));
        painter->drawPath(path.subtracted(mark));
        break;
    }
    case Glyph::Cross:
        pen.setWidthF(stroke * 1.3);
        painter->setPen(pen);
        painter->drawLine(c + QPointF(-0.65 * r, -0.65 * r), c + QPointF(0.65 * r, 0.65 * r));
        painter->drawLine(c + QPointF(-0.65 * r, 0.65 * r), c + QPointF(0.65 * r, -0.65 * r));
        break;
    case Glyph::Square:
        painter->drawRoundedRect(QRectF(c.x() - 0.78 * r, c.y() - 0.78 * r, 1.56 * r, 1.56 * r), 0.2 * r,
                                 0.2 * r);
        break;
    case Glyph::Pause:
        painter->drawRoundedRect(QRectF(c.x() - 0.7 * r, c.y() - 0.85 * r, 0.5 * r, 1.7 * r), 0.1 * r,
                                 0.1 * r);
        painter->drawRoundedRect(QRectF(c.x() + 0.2 * r, c.y() - 0.85 * r, 0.5 * r, 1.7 * r), 0.1 * r,
                                 0.1 * r);
        break;
    case Glyph::Hourglass: {
        QPainterPath path;
        path.addPolygon(QPolygonF{c + QPointF(-0.7 * r, -r), c + QPointF(0.7 * r, -r),
                                  c + QPointF(-0.7 * r, r), c + QPointF(0.7 * r, r)});
        path.closeSubpath();
        painter->drawPath(path);
        break;
    }
    case Glyph::Fork:
        painter->setPen(pen);
        painter->setBrush(Qt::NoBrush);
        painter->drawLine(c + QPointF(0, inner), c);
        painter->drawLine(c, c + QPointF(-0.75 * r, -inner));
        painter->drawLine(c, c + QPointF(0.75 * r, -inner));
        break;
    case Glyph::Plus:
        painter->setPen(pen);
        painter->drawLine(c + QPointF(-inner, 0), c + QPointF(inner, 0));
        painter->drawLine(c + QPointF(0, -inner), c + QPointF(0, inner));
        break;
    case Glyph::Link:
        painter->setPen(pen);
        painter->setBrush(Qt::NoBrush);
        painter->drawEllipse(c + QPointF(-0.5 * r, 0), 0.42 * r, 0.42 * r);
        painter->drawEllipse(c + QPointF(0.5 * r, 0), 0.42 * r, 0.42 * r);
        painter->drawLine(c + QPointF(-0.25 * r, 0), c + QPointF(0.25 * r, 0));
        break;
    case Glyph::Play:
        painter->drawPolygon(QPolygonF{c + QPointF(-0.6 * r, -0.85 * r), c + QPointF(0.9 * r, 0),
                                       c + QPointF(-0.6 * r, 0.85 * r)});
        break;
    }
    painter->restore();
}

void drawCachedGlyph(QPainter *painter, const QRect &rect, Glyph glyph, const QColor &color)
{
    const qreal scale = painter->device()->devicePixelRatio();
    const QString key =
        u"replog-glyph-%1-%2-%3-%4"_s.arg(int(glyph)).arg(color.rgba(), 0, 16).arg(rect.width()).arg(scale);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = QPixmap(rect.size() * scale);
        pixmap.setDevicePixelRatio(scale);
        pixmap.fill(Qt::transparent);
        QPainter once(&pixmap);
        drawGlyph(&once, QRectF(QPointF(), rect.size()), glyph, color);
        once.end();
        QPixmapCache::insert(key, pixmap);
    }
    painter->drawPixmap(rect.topLeft(), pixmap);
}

QIcon glyphIcon(Glyph glyph)
{
    return QIcon(new GlyphEngine(glyph, QColor()));
}

QIcon glyphIcon(Glyph glyph, const QColor &color)
{
    return QIcon(new GlyphEngine(glyph, color));
}

} // namespace replog
