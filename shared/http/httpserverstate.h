// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httprouter.h"
#include "shared/http/httpserver.h"

#include <functional>

namespace replog {

// What all connections of one server share.
struct HttpServerState
{
    HttpLimits limits;
    HttpRouter router;
    HttpServer::Gate gate;
    QByteArray received = QByteArray(64 * 1024, Qt::Uninitialized); // see HttpInput
    QByteArray date;  // the Date header's line, renewed each second
    qint64 nowMs = 0; // coarse steady time, renewed by the server's sweep
    qint64 requests = 0;
    qsizetype collected = 0; // bytes of bodies that are being read
    bool isShuttingDown = false;
};

} // namespace replog
