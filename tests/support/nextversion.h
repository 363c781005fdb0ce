// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace replog {

// A delivery or an answer in CBOR as a node of the next wire version would make it: that version, and fields
// that this one does not know, in each entry, too.
QByteArray inNextVersion(const QByteArray &document);

} // namespace replog
