// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace replog {

struct HttpRoute;
struct RequestHead;

// The request, whose body is whole, in the one form that every parser reads alike: what the gate shows Qt.
// The target is the route's path with what its {placeholders} stand for, percent-encoded twice (Qt undoes one
// before it cuts the path into segments, and a slash is to stay inside its own), and the query. Whatever
// concerns the connection is left out, and the body's length is given by Content-Length alone.
QByteArray canonicalRequest(const RequestHead &head, const HttpRoute &route);

} // namespace replog
