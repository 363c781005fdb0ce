// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/processapi.h"

using namespace Qt::StringLiterals;

namespace replog {

void addProcessRoutes(HttpServer &server, MetricsRegistry &metrics, std::function<bool()> healthy)
{
    server.route(HttpMethod::Get, "/health", [healthy = std::move(healthy)](HttpRequest &&, Reply reply) {
        if (healthy())
            reply.sendJson(200, "{\"status\":\"ok\"}");
        else
            reply.sendProblem({Errc::Unavailable, u"the store failed"_s});
    });
    server.route(HttpMethod::Get, "/metrics", [&metrics](HttpRequest &&, Reply reply) {
        reply.send(200, MetricsRegistry::contentType(), metrics.text());
    });
}

} // namespace replog
