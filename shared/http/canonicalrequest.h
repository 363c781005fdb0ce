// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace replog {

struct HttpRoute;
struct RequestHead;

// Writes a request whose body is whole in a form that every parser reads alike: the gate shows this to Qt.
// The target is the route's path, with the values of its {placeholders} percent-encoded twice (Qt decodes
// once before it splits the path into segments, and a slash must stay inside its segment), and the query.
// Fields that concern the connection are left out, and only Content-Length gives the body's length.
QByteArray canonicalRequest(const RequestHead &head, const HttpRoute &route);

} // namespace replog
