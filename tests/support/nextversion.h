// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace replog {

// Converts a delivery or an answer in CBOR to the next wire version: with its number, and with fields unknown
// to this version, also in each entry.
QByteArray inNextVersion(const QByteArray &document);

} // namespace replog
