// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace replog {

// Appends `utf8` as a JSON string, quotes included. The text must be valid UTF-8.
void appendJsonString(QByteArray &out, QByteArrayView utf8);
// Appends `"name":` for a name that needs no escaping.
void appendJsonName(QByteArray &out, QByteArrayView name);
void appendNumber(QByteArray &out, quint64 number);

} // namespace replog
