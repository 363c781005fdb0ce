// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/http/httpserver.h"

#include <initializer_list>
#include <limits>
#include <optional>

namespace replog {

// Text that a client sent, shortened so that it may be shown.
QString shownText(QByteArrayView text);

// A decimal number of digits only, within bounds. The error names `field`.
Result<quint64> parseNumber(QByteArrayView text, const QString &field, quint64 min, quint64 max);

// The query of one request, checked as it is read. Keeps the first error, which names the parameter. A
// parameter that the call does not know is an error, too, so that a misspelt one is not ignored silently.
class QueryArgs
{
public:
    QueryArgs(const HttpRequest &request, std::initializer_list<const char *> known);

    std::optional<quint64> number(const char *name, quint64 min,
                                  quint64 max = std::numeric_limits<quint64>::max());
    std::optional<QByteArray> text(const char *name);
    // Milliseconds since 1970, given as such or as a date and time with its zone (RFC 3339).
    std::optional<qint64> timeMs(const char *name, qint64 max);
    // 1 or true; 0 or false.
    bool flag(const char *name);
    void setError(const QString &name, const QString &what);
    void setError(const Error &error);
    const std::optional<Error> &error() const { return m_error; }

private:
    const HttpRequest &m_request;
    std::optional<Error> m_error;
};

// The handler of a call that has no parameters: whatever stands in the query is refused.
HttpServer::Handler withoutParameters(HttpServer::Handler handler);

} // namespace replog
