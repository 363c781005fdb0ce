// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/memorybudget.h"
#include "shared/base/result.h"
#include "shared/base/scheduler.h"
#include "shared/http/bodystream.h"
#include "shared/http/httprequest.h"
#include "shared/http/reply.h"
#include "shared/http/routespec.h"

#include <QHostAddress>
#include <QObject>
#include <QSslConfiguration>

#include <functional>
#include <map>
#include <memory>

namespace replog {

struct HttpLimits
{
    qsizetype headerBytes = 32 * 1024;      // request line and headers together; beyond: 431
    qsizetype bodyBytes = 8 * 1024 * 1024;  // beyond: 413 (a route may have a limit of its own)
    qint64 memoryBytes = 512 * 1024 * 1024; // what all clients together may make us hold; beyond: 503, and
                                            // who has stalled longest is dropped
    int requestMs = 30000;                  // for a head, and for each 256 KiB of a body; after that: 408
    int idleMs = 120000;                    // between requests on a kept connection; beyond: closed
    int stallMs = 30000;                // a reader that takes nothing of a pending answer; beyond: cut off
    int handshakeMs = 10000;            // a TLS handshake that takes longer fails
    int connections = 10000;            // beyond: 503 and closed; fewer if descriptors do not suffice
    int connectionsPerAddress = 0;      // the same from one address that is not loopback; 0: no limit
    int pipelined = 64;                 // unanswered requests on one connection; beyond: not read on
    qsizetype streamBytes = 256 * 1024; // buffered per streamed answer
};

// HTTP/1.1 server with routes and late answers, over plain TCP or TLS. Every request passes the gate, which
// admits only whole and well-formed requests. From there a request takes its route's lane to the handler:
// through Qt's QHttpServer, or past it. Lives in the event loop's thread; handlers are called there.
//
// Answers by itself, without calling a handler: 404 unknown path, 405 with Allow, 400 malformed request, 408,
// 413, 415, 431, 505, 503 too many connections or too much memory used; all as problem+json. HEAD is answered
// by the GET route. Over plain TCP a client that has ended its sending half still gets its answers (and a
// "100 Continue" before them, to find out whether it listens); over TLS it has hung up.
class HttpServer : public QObject
{
    Q_OBJECT
public:
    using Handler = std::function<void(HttpRequest &&request, Reply reply)>;
    using StreamHandler =
        std::function<void(HttpRequest &&request, std::shared_ptr<BodyStream> body, Reply reply)>;
    using Gate = std::function<Result<void>(const GateRequest &request)>;

    // All limits of time are the scheduler's, which must outlive the server.
    explicit HttpServer(Scheduler &scheduler, const HttpLimits &limits = {}, QObject *parent = nullptr);
    ~HttpServer() override;

    // Adds a line to the table of routes, before listen().
    void route(const RouteSpec &spec, Handler handler);
    // Requests for that path with that media type as Content-Type reach `handler` as soon as their head has
    // come, always by the fast lane.
    void routeStream(const RouteSpec &spec, const QByteArray &mediaType, StreamHandler handler);
    // Called for each request once its head has come, before any of its body is read; return an Error to
    // refuse it (401, 403, 421). If a large body follows a refused request, the connection ends.
    void setGate(Gate gate);

    // For tests: every route takes this lane. Call it before the routes are made.
    void overrideLane(Lane lane);
    // From now on connections speak TLS (1.2 or later, HTTP/1.1 only); those that are open go on as they are.
    // Call again for other certificates.
    void setTls(const QSslConfiguration &configuration);
    // What all connections make this process hold. Each part that keeps something for a client takes a share.
    MemoryBudget &budget();

    Result<void> listen(const QHostAddress &host, quint16 port);
    // Clients that connect meanwhile wait in the kernel's queue.
    void pauseAccepting();
    void resumeAccepting();
    quint16 port() const;
    int connectionCount() const;
    // How many connections there may be: fewer than asked for if descriptors do not suffice. After listen().
    int connectionLimit() const;
    qint64 refusedConnections() const;
    // TLS handshakes that failed, see handshakeFailed().
    qint64 failedHandshakes() const;
    qint64 requestCount() const;
    // The number of answers by status, for statuses >= 400.
    const std::map<int, qint64> &errorAnswers() const;
    // Stops accepting connections and requests; open answers may still be given. drained() follows when all
    // connections have nothing left to send (or after `graceMs`), and are then closed.
    void shutdown(int graceMs);

signals:
    void drained();
    // A client was refused by TLS, or refused us.
    void handshakeFailed(const QHostAddress &peer, const QString &why);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace replog
