// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/theme/theme.h"

#include <QIcon>
#include <QRectF>

class QPainter;

namespace replog {

// Small signs, each with a shape of its own, so that nothing is told by colour alone.
enum class Glyph {
    CheckedDisc, // held and committed; well
    HalfDisc,    // held, not yet committed
    Arrow,       // on its way
    DashedRing,  // missing
    Ring,        // nothing known yet
    Disc,        // running
    Star,        // the master
    Triangle,    // a warning
    Cross,       // failed, lost
    Square,      // stopped
    Pause,       // frozen
    Hourglass,   // waiting
    Fork,        // diverged, fenced
    Plus,        // new
    Link,        // connect
    Play         // a guided walk
};

// Draws within the square in the middle of `rect`, sharp at any scale.
void drawGlyph(QPainter *painter, const QRectF &rect, Glyph glyph, const QColor &color);
// The same from a cache, for where there are many; `rect` is a square.
void drawCachedGlyph(QPainter *painter, const QRect &rect, Glyph glyph, const QColor &color);
QIcon glyphIcon(Glyph glyph, const QColor &color);
// In the colour of a button's text at the moment of painting.
QIcon glyphIcon(Glyph glyph);

} // namespace replog
