// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httprouter.h"

#include <QPointer>

#include <memory>

namespace replog {

class Exchange;
class Front;
class HttpListener;

// Qt's HTTP server: parses, routes and answers what the fast lane does not take, one request of a connection
// at a time, each of which the gate has checked and rewritten (see canonicalRequest). The one file that knows
// Qt's version. Event loop's thread.
class QtLane
{
public:
    // `routes` must outlive this and not change any more. The listener must be open.
    QtLane(std::unique_ptr<HttpListener> listener, const HttpRouter &routes);
    ~QtLane();
    Q_DISABLE_COPY_MOVE(QtLane)

    // Makes what Qt takes for the connection of that client.
    QPointer<Front> connectClient(const QHostAddress &peer);
    // Has Qt serve one request on it: the handler runs inside this call. False if Qt has read anything but
    // this one request in it; the front is of no further use then.
    bool serve(Front &front, const QByteArray &request, const std::shared_ptr<Exchange> &exchange);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace replog
