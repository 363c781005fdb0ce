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
// A refusal that HTTP itself asks for and that has no Errc (405, 431, 501, 505).
struct HttpRefusal
{
    int status = 0;     // 0: nothing is refused
    QString detail;     // one line, for a person
    QString field = {}; // the header, the query argument or "body" that was bad, if one was
};
QByteArray problemJson(const HttpRefusal &refusal);

// Fills in `why`; returns false, for a parser to return in turn.
inline bool refuse(HttpRefusal &why, int status, const QString &detail, const QString &field = {})
{
    why = {status, detail, field};
    return false;
}

} // namespace replog
