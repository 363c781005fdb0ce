// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/documentcall.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

Result<void> checkJson(const HttpRequest &request)
{
    if (request.isOfType("application/json"))
        return {};
    return Error{Errc::UnsupportedMedia, u"Content-Type: must be application/json"_s, u"Content-Type"_s};
}

HttpServer::Handler withJson(HttpServer::Handler handler)
{
    return [handler = std::move(handler)](HttpRequest &&request, Reply reply) {
        if (const auto checked = checkJson(request); !checked)
            reply.sendProblem(checked.error());
        else
            handler(std::move(request), std::move(reply));
    };
}

HttpServer::Handler withoutBody(HttpServer::Handler handler)
{
    return [handler = std::move(handler)](HttpRequest &&request, Reply reply) {
        if (!request.body.isEmpty())
            reply.sendProblem({Errc::InvalidArgument, u"body: this call takes none"_s, u"body"_s});
        else
            handler(std::move(request), std::move(reply));
    };
}

} // namespace replog
