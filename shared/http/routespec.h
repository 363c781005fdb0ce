// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httprequest.h"

#include <functional>

namespace replog {

// How a request reaches its handler. Both lanes lead to the same handlers, behind the same checks.
enum class Lane : quint8 {
    Qt,   // through QHttpServer: its parser, its router, its responder
    Fast, // past it: for what must be quicker, and for what Qt cannot stream
};

// What a client must be allowed to do for a route to serve it.
enum class Right : quint8 { None, Read, Append, Operate, Cluster };

// One line of the table of routes.
struct RouteSpec
{
    HttpMethod method = HttpMethod::Get; // HEAD is answered by the route of GET
    // May hold {placeholders}, each one segment: "/api/v1/messages/{id}". Paths without placeholders are
    // found by hash, before the others.
    QByteArray path;
    Lane lane = Lane::Qt;
    Right right = Right::None;
    qsizetype bodyLimit = -1; // bytes; -1: the server's
    // Called when the head of a request for this route was admitted, before its body is read. May be empty.
    std::function<void()> begun = {};
    // The answer may be large, and is made while it is sent: the connection's next request waits for its end.
    bool isLong = false;
};

// What is known of a request before its body; the gate decides by this. Valid during the call.
struct GateRequest
{
    HttpMethod method;
    QByteArrayView path; // percent-decoded, without the query
    const HeaderFields &headers;
    const QHostAddress &peer;
    bool isTls;  // whether the client came over TLS
    Right right; // the route's; None where there is no such route
};

} // namespace replog
