// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/http/headerfields.h"

#include <QByteArray>
#include <QHostAddress>
#include <QList>
#include <QPair>

#include <optional>

namespace replog {

enum class HttpMethod { Get, Head, Post, Put, Delete, Other };

// A complete request, copied out of the server; valid as long as its owner keeps it.
struct HttpRequest
{
    HttpMethod method = HttpMethod::Get;
    QByteArray path;                            // percent-decoded, without the query
    QList<QPair<QByteArray, QByteArray>> query; // percent-decoded, in order
    HeaderFields headers;
    QByteArray body;
    QList<QByteArray> arguments;      // what the {placeholders} of the route matched
    std::optional<QHostAddress> peer; // where it came from; set before a handler sees it

    std::optional<QByteArray> queryValue(QByteArrayView name) const; // first of that name
    // The Content-Type without parameters, as written.
    QByteArrayView mediaType() const;
    // Whether that is `mediaType`.
    bool isOfType(QByteArrayView mediaType) const;
    // Whether the Accept header names this type (in lower case) and prefers it to application/json.
    bool accepts(QByteArrayView mediaType) const;
};

} // namespace replog
