// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/http/httprequest.h"

#include <initializer_list>
#include <limits>
#include <optional>

namespace replog {

// A decimal number of digits only, within bounds. The error names `field`.
Result<quint64> parseNumber(QByteArrayView text, const QString &field, quint64 min, quint64 max);

// The query of one request, checked as it is read: the first thing wrong is kept, and names its parameter.
// Parameters that the call does not know are wrong, too, so that a misspelt one is not silently without
// effect.
class QueryArgs
{
public:
    QueryArgs(const HttpRequest &request, std::initializer_list<const char *> known);

    std::optional<quint64> number(const char *name, quint64 min,
                                  quint64 max = std::numeric_limits<quint64>::max());
    std::optional<QByteArray> text(const char *name);
    void setError(const QString &name, const QString &what);
    const std::optional<Error> &error() const { return m_error; }

private:
    const HttpRequest &m_request;
    std::optional<Error> m_error;
};

} // namespace replog
