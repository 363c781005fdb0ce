// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/http/httpserver.h"

namespace replog {

// What a call refuses before it looks at what was sent; see also withoutParameters().

// Whether the body is declared as JSON, else UnsupportedMedia.
Result<void> checkJson(const HttpRequest &request);
// The handler of a call whose body is one JSON document.
HttpServer::Handler withJson(HttpServer::Handler handler);
// The handler of a call that takes no body: what stands in one would be ignored.
HttpServer::Handler withoutBody(HttpServer::Handler handler);

} // namespace replog
