// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

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
    QByteArray path;                                  // percent-decoded, without the query
    QList<QPair<QByteArray, QByteArray>> query;       // percent-decoded, in order
    QList<QPair<QByteArray, QByteArray>> headers;     // names in lower case
    QByteArray body;
    QList<QByteArray> arguments;                      // what the {placeholders} of the route matched

    QByteArray header(QByteArrayView lowerCaseName) const;          // empty if absent
    bool hasHeader(QByteArrayView lowerCaseName) const;
    std::optional<QByteArray> queryValue(QByteArrayView name) const; // first of that name
    // The Content-Type without parameters, in lower case.
    QByteArray contentType() const;
    // Whether the Accept header names this type before (or without) others that the server has.
    bool accepts(QByteArrayView mediaType) const;
};

} // namespace replog
