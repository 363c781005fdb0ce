// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QPair>

namespace replog {

// Percent-decoding; false if a '%' is not followed by two hexadecimal digits. `plusIsSpace` as in a query.
bool percentDecode(QByteArrayView text, bool plusIsSpace, QByteArray &out);
enum class QueryFault : quint8 { None, Encoding, TooMany };
// More than any call takes. Each costs an allocation or two, and takes no more than two bytes of a head.
constexpr qsizetype MaxQueryItems = 64;
// Splits a query, without its '?'. A bad percent-encoding is in the last of `items`, whose name is there if
// that is well-formed.
QueryFault parseQuery(QByteArrayView query, QList<QPair<QByteArray, QByteArray>> &items);

} // namespace replog
