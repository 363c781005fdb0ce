// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QPair>

namespace replog {

// Percent-decoding; false if a '%' is not followed by two hexadecimal digits. `plusIsSpace` as in a query.
bool percentDecode(QByteArrayView text, bool plusIsSpace, QByteArray &out);
// Splits a query, without its '?'. False if it holds a bad percent-encoding: it is in the last of `items`,
// whose name is there if that is well-formed.
bool parseQuery(QByteArrayView query, QList<QPair<QByteArray, QByteArray>> &items);

} // namespace replog
