// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/memorybudget.h"
#include "shared/http/httprouter.h"
#include "shared/http/httpserver.h"
#include "shared/http/servingturns.h"
#include "shared/http/sharedpieces.h"

#include <functional>
#include <map>

namespace replog {

class QtLane;

// What all connections of one server share.
struct HttpServerState
{
    HttpServerState(const HttpLimits &wanted, const Clock &clock)
        : limits(wanted), budget(wanted.memoryBytes), pieces(budget), turns(clock)
    {
    }

    // Readers have room in their half of the memory, so that appends are not crowded out; other nodes have
    // room when clients have none left; a request that needs nothing of the store (is this node alive?) is
    // always answered. `asking` is what its connection holds.
    bool hasRoomFor(const HttpRoute &route, bool hasBody, const MemoryBudget::Share &asking) const
    {
        if (route.right == Right::None && !hasBody)
            return true;
        if (!budget.hasRoomForCluster())
            relieve();
        if (route.right == Right::Cluster)
            return true;
        return route.right == Right::Read ? budget.hasRoomForReader(asking) : budget.hasRoom();
    }

    HttpLimits limits;
    HttpRouter router;
    HttpServer::Gate gate;
    MemoryBudget budget;
    SharedPieces pieces;
    ServingTurns turns;
    std::function<void()>
        relieve;              // the budget is used up: drops those that stalled longest, from the event loop
    QtLane *qtLane = nullptr; // from listen() on
    QByteArray received = QByteArray(64 * 1024, Qt::Uninitialized); // see InputBuffer
    QByteArray date;  // the Date header's line, renewed each second
    qint64 nowMs = 0; // coarse steady time, renewed by the server's sweep
    qint64 requests = 0;
    // Answers with a status >= 400, by status. The usual ones are there with 0 from the start, so that a rate
    // over them sees the first one.
    std::map<int, qint64> errors{{400, 0}, {401, 0}, {403, 0}, {404, 0}, {413, 0},
                                 {421, 0}, {500, 0}, {503, 0}, {504, 0}, {507, 0}};
    bool isShuttingDown = false;
};

} // namespace replog
