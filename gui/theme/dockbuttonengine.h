// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIconEngine>

namespace replog {

// Icons of a dock's buttons, painted in the current text colour. Fusion's icons are pixmaps, which Qt 6.8
// draws dark on a dark palette, and a dock does not fetch new ones when the palette changes.
class DockButtonEngine final : public QIconEngine
{
public:
    enum class Sign { Float, Close };

    explicit DockButtonEngine(Sign sign) : m_sign(sign) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override;
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override;
    QIconEngine *clone() const override { return new DockButtonEngine(*this); }

private:
    Sign m_sign;
};

} // namespace replog
