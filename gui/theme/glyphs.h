// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/theme/theme.h"

#include <QIcon>
#include <QRectF>

class QPainter;

namespace replog {

// Small signs that differ in shape, so that no meaning depends on colour alone.
enum class Glyph {
    CheckedDisc, // held and committed; well
    HalfDisc,    // held, not yet committed
    Arrow,       // on its way
    DashedRing,  // missing
    Ring,        // unknown
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

// Draws the sign in the largest square in the middle of `rect`, sharp at any scale.
void drawGlyph(QPainter *painter, const QRectF &rect, Glyph glyph, const QColor &color);
// The same from a cache, for tables with many; `rect` is a square.
void drawCachedGlyph(QPainter *painter, const QRect &rect, Glyph glyph, const QColor &color);
QIcon glyphIcon(Glyph glyph, const QColor &color);
// An icon in the current colour of a button's text.
QIcon glyphIcon(Glyph glyph);

} // namespace replog
