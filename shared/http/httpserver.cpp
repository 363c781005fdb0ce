// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httpserver.h"

#include "shared/http/httpconnection.h"
#include "shared/http/qthttpfrontend.h"

#include <QDateTime>
#include <QLocale>
#include <QSet>
#include <QTimer>

#include <algorithm>
#include <chrono>

#include <sys/resource.h>

namespace replog {

using namespace Qt::StringLiterals;

namespace {
constexpr int MaxRefusedAtOnce = 256; // connections beyond the limit that are told so; others are just closed
constexpr rlim_t OtherDescriptors = 1024; // for the store, peers and connections that are being refused

// How many connections the process has descriptors for (two each), having asked for enough.
int affordableConnections(int wanted)
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return wanted;
    const rlim_t needed = 2 * rlim_t(wanted) + OtherDescriptors;
    if (limit.rlim_cur < needed) {
        limit.rlim_cur = std::min(needed, limit.rlim_max);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    const rlim_t left =
        limit.rlim_cur > 2 * OtherDescriptors ? limit.rlim_cur - OtherDescriptors : limit.rlim_cur / 2;
    return int(std::min(rlim_t(wanted), left / 2));
}
} // namespace

class HttpServer::Private : public QObject
{
public:
    explicit Private(HttpServer &server);
    ~Private() override;

    void accept(QTcpSocket *socket);
    void handleClosed(HttpConnection *connection);
    void sweep();
    void forEach(void (HttpConnection::*call)());
    void readClock();
    void reportDrained();

    HttpServer &q;
    HttpServerState state;
    QSet<HttpConnection *> connections;
    std::unique_ptr<QtHttpFrontend> frontend;
    QTimer sweeper;
    qint64 dateSecond = 0;
    bool isDrained = false;
};

HttpServer::Private::Private(HttpServer &server) : q(server) {}

HttpServer::Private::~Private()
{
    // Sockets go with the frontend, after the connections that point to them.
    for (HttpConnection *connection : std::as_const(connections))
        disconnect(connection, nullptr, this, nullptr);
    qDeleteAll(connections);
}

void HttpServer::Private::accept(QTcpSocket *socket)
{
    readClock();
    auto *connection = new HttpConnection(socket, state, this);
    connections.insert(connection);
    connect(connection, &HttpConnection::closed, this, &Private::handleClosed);
    const qsizetype beyond = connections.size() - state.limits.connections;
    if (beyond > MaxRefusedAtOnce)
        connection->abort();
    else if (beyond > 0)
        connection->refuse(503, u"no room for more than %1 connections"_s.arg(state.limits.connections));
}

void HttpServer::Private::handleClosed(HttpConnection *connection)
{
    connections.remove(connection);
    if (state.isShuttingDown && connections.isEmpty())
        QMetaObject::invokeMethod(this, &Private::reportDrained, Qt::QueuedConnection);
}

void HttpServer::Private::reportDrained()
{
    if (!std::exchange(isDrained, true))
        emit q.drained();
}

void HttpServer::Private::readClock()
{
    using namespace std::chrono;
    state.nowMs = duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
    const qint64 second = state.nowMs / 1000;
    if (second != dateSecond) {
        dateSecond = second;
        const QString date =
            QLocale::c().toString(QDateTime::currentDateTimeUtc(), u"ddd, dd MMM yyyy hh:mm:ss"_s);
        state.date = "Date: " + date.toLatin1() + " GMT\r\n";
    }
}

void HttpServer::Private::sweep()
{
    readClock();
    forEach(&HttpConnection::sweep);
}

// Any of the calls may end connections.
void HttpServer::Private::forEach(void (HttpConnection::*call)())
{
    const QSet<HttpConnection *> now = connections;
    for (HttpConnection *connection : now) {
        if (connections.contains(connection))
            (connection->*call)();
    }
}

HttpServer::HttpServer(const HttpLimits &limits, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(*this))
{
    d->state.limits = limits;
}

HttpServer::~HttpServer() = default;

void HttpServer::route(const RouteSpec &spec, Handler handler)
{
    HttpRoute &route = d->state.router.add(spec);
    route.handler = std::move(handler);
    route.bodyLimit = spec.bodyLimit < 0 ? d->state.limits.bodyBytes : spec.bodyLimit;
}

void HttpServer::routeStream(const RouteSpec &spec, const QByteArray &mediaType, StreamHandler handler)
{
    d->state.router.add(spec).streams.emplace_back(mediaType.toLower(), std::move(handler));
}

void HttpServer::setGate(Gate gate)
{
    d->state.gate = std::move(gate);
}

Result<void> HttpServer::listen(const QHostAddress &host, quint16 port)
{
    d->readClock();
    d->state.limits.connections = affordableConnections(d->state.limits.connections);
    d->frontend = std::make_unique<QtHttpFrontend>([this](QTcpSocket *socket) { d->accept(socket); });
    const Result<void> listening = d->frontend->listen(host, port);
    if (!listening)
        return listening;
    const HttpLimits &limits = d->state.limits;
    const int shortest = std::min({limits.requestMs, limits.idleMs, limits.stallMs});
    connect(&d->sweeper, &QTimer::timeout, d.get(), &Private::sweep);
    d->sweeper.start(std::clamp(shortest / 8, 5, 500));
    return {};
}

quint16 HttpServer::port() const
{
    return d->frontend ? d->frontend->port() : 0;
}

int HttpServer::connectionCount() const
{
    return int(d->connections.size());
}

qint64 HttpServer::requestCount() const
{
    return d->state.requests;
}

void HttpServer::shutdown(int graceMs)
{
    if (d->state.isShuttingDown)
        return;
    d->state.isShuttingDown = true;
    if (d->frontend)
        d->frontend->stopAccepting();
    d->forEach(&HttpConnection::finish);
    QTimer::singleShot(graceMs, d.get(), [this] {
        d->forEach(&HttpConnection::abort);
        d->reportDrained();
    });
    if (d->connections.isEmpty())
        QMetaObject::invokeMethod(d.get(), &Private::reportDrained, Qt::QueuedConnection);
}

} // namespace replog
