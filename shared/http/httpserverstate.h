// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/memorybudget.h"
#include "shared/http/httprouter.h"
#include "shared/http/httpserver.h"

#include <functional>

namespace replog {

class QtLane;

// What all connections of one server share.
struct HttpServerState
{
    explicit HttpServerState(const HttpLimits &wanted) : limits(wanted), budget(wanted.memoryBytes) {}

    HttpLimits limits;
    HttpRouter router;
    HttpServer::Gate gate;
    MemoryBudget budget;
    std::function<void()>
        relieve;              // the budget is used up: drops who has stalled longest, from the event loop
    QtLane *qtLane = nullptr; // from listen() on
    QByteArray received = QByteArray(64 * 1024, Qt::Uninitialized); // see InputBuffer
    QByteArray date;  // the Date header's line, renewed each second
    qint64 nowMs = 0; // coarse steady time, renewed by the server's sweep
    qint64 requests = 0;
    bool isShuttingDown = false;
};

} // namespace replog
