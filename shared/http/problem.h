// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>

namespace replog {

// The one mapping from Errc to HTTP status.
int httpStatus(Errc code);
QByteArrayView httpReason(int status);
// An RFC 9457 document: {"type","title","status","detail","field"?, members…}.
QByteArray problemJson(const Error &error, const QByteArray &members = {});
// The same for what HTTP itself refuses and no Errc names (405, 408, 431, 501, 505).
QByteArray problemJson(int status, const QString &detail);

} // namespace replog
