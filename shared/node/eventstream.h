// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httpserver.h"

namespace replog {

// Begins an answer of server-sent events. HEAD is answered with the head alone; the stream is not open then.
inline ReplyStream startEventStream(const HttpRequest &request, Reply reply)
{
    const HttpHeaders headers{{"Cache-Control", "no-store"}};
    if (request.method != HttpMethod::Head)
        return reply.startStream(200, "text/event-stream", headers);
    reply.send(200, "text/event-stream", {}, headers);
    return {};
}

// A comment: shows readers that the node is alive, and finds readers that have gone.
inline constexpr char EventStreamKeepAlive[] = ":\n\n";
inline constexpr qint64 EventStreamKeepAliveMs = 10000;

} // namespace replog
