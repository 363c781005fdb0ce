// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>

namespace replog {

// The picture with a table of 256 colours, which a window without photographs hardly notices: its file is a
// quarter of the size. `picture` is an RGB32.
QImage fewColours(const QImage &picture);

} // namespace replog
