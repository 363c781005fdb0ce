// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/metrics.h"
#include "shared/http/httpserver.h"

#include <functional>

namespace replog {

// GET /health (200 while `healthy`, else 503) and GET /metrics. Both references must outlive the server.
void addProcessRoutes(HttpServer &server, MetricsRegistry &metrics, std::function<bool()> healthy);

} // namespace replog
