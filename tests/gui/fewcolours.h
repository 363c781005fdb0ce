// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>

namespace replog {

// Reduces an RGB32 picture to a table of 256 colours. For a window without photographs the difference is
// hardly visible, and the file has a quarter of the size.
QImage fewColours(const QImage &picture);

} // namespace replog
