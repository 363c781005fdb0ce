// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httpserver.h"

#include "shared/http/descriptorchannel.h"
#include "shared/http/httpconnection.h"
#include "shared/http/httplistener.h"
#include "shared/http/qtlane.h"
#include "shared/http/tlschannel.h"

#include <QDateTime>
#include <QLocale>
#include <QSet>

#include <algorithm>
#include <optional>
#include <vector>

namespace replog {

using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype IgnoredBodyBytes = 4096; // of a GET or DELETE
constexpr qint64 StalledMs = 1000;           // without taking or sending anything, while memory is short
} // namespace

class HttpServer::Private : public QObject
{
public:
    Private(HttpServer &server, Scheduler &time, const HttpLimits &limits);
    ~Private() override;

    bool accept(int descriptor, const QHostAddress &peer);
    void handleClosed(HttpConnection *connection);
    void sweepLater();
    void sweep();
    void relieve();
    void dropStalled();
    void forEach(void (HttpConnection::*call)());
    void readClock();
    void reportDrained();

    HttpServer &q;
    Scheduler &scheduler;
    HttpServerState state;
    std::optional<QSslConfiguration> tls;
    HttpListener *listener = nullptr; // the Qt lane's
    std::unique_ptr<QtLane> qtLane;
    QSet<HttpConnection *> connections;
    Scheduler::TimerId sweepTimer = 0;
    Scheduler::TimerId graceTimer = 0;
    qint64 failedHandshakes = 0;
    qint64 dateSecond = 0;
    bool isRelieving = false;
    bool isDrained = false;
};

HttpServer::Private::Private(HttpServer &server, Scheduler &time, const HttpLimits &limits)
    : q(server), scheduler(time), state(limits, time)
{
    state.relieve = [this] { relieve(); };
}

HttpServer::Private::~Private()
{
    scheduler.cancel(sweepTimer);
    scheduler.cancel(graceTimer);
    for (HttpConnection *connection : std::as_const(connections))
        disconnect(connection, nullptr, this, nullptr);
    qDeleteAll(connections);
}

bool HttpServer::Private::accept(int descriptor, const QHostAddress &peer)
{
    readClock();
    if (!state.budget.hasRoomForReaders() || !state.budget.hasRoomForCluster())
        relieve();
    if (!state.budget.hasRoomForCluster())
        return false;
    std::unique_ptr<Channel> channel;
    if (tls) {
        auto secure = std::make_unique<TlsChannel>(descriptor, *tls);
        connect(secure.get(), &TlsChannel::handshakeFailed, this, [this, peer](const QString &why) {
            ++failedHandshakes;
            emit q.handshakeFailed(peer, why);
        });
        channel = std::move(secure);
    } else {
        channel = std::make_unique<DescriptorChannel>(descriptor);
    }
    auto *connection = new HttpConnection(std::move(channel), peer, state, this);
    connections.insert(connection);
    connect(connection, &HttpConnection::closed, this, &Private::handleClosed);
    return true;
}

void HttpServer::Private::handleClosed(HttpConnection *connection)
{
    connections.remove(connection);
    listener->release(connection->peer());
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
    state.nowMs = scheduler.nowMs();
    const qint64 second = state.nowMs / 1000;
    if (second != dateSecond) {
        dateSecond = second;
        const QString date = QLocale::c().toString(QDateTime::fromMSecsSinceEpoch(scheduler.utcMs()).toUTC(),
                                                   u"ddd, dd MMM yyyy hh:mm:ss"_s);
        state.date = "Date: " + date.toLatin1() + " GMT\r\n";
    }
}

void HttpServer::Private::sweepLater()
{
    const HttpLimits &limits = state.limits;
    const int shortest = std::min({limits.requestMs, limits.idleMs, limits.stallMs, limits.handshakeMs});
    sweepTimer = scheduler.schedule(std::clamp(shortest / 8, 5, 500), [this] {
        sweepLater();
        sweep();
    });
}

void HttpServer::Private::sweep()
{
    readClock();
    forEach(&HttpConnection::sweep);
    if (state.budget.isShort() || !state.budget.hasRoomForReaders())
        relieve();
}

void HttpServer::Private::relieve()
{
    if (!std::exchange(isRelieving, true))
        QMetaObject::invokeMethod(this, &Private::dropStalled, Qt::QueuedConnection);
}

// Drops clients until there is room for others: first those that have made us wait longest, or have had
// nothing open for longest. A client that still takes or sends something is spared while there is any room at
// all. What readers hold beyond their part costs readers alone.
void HttpServer::Private::dropStalled()
{
    isRelieving = false;
    readClock();
    std::vector<std::pair<qint64, HttpConnection *>> stalled;
    for (HttpConnection *connection : std::as_const(connections)) {
        if (const qint64 since = connection->stalledSince(); since > 0)
            stalled.emplace_back(since, connection);
    }
    std::sort(stalled.begin(), stalled.end());
    const qint64 limit = state.budget.limit();
    qint64 used = state.budget.used();
    qint64 readers = state.budget.readers();
    qint64 withoutExcess = state.budget.withoutExcess();
    for (const auto &[since, connection] : stalled) {
        const bool isReader = connection->isReader();
        const qint64 counted = isReader ? used : withoutExcess;
        const bool isOneTooMany = counted > limit / 8 * 5 || (isReader && readers > limit / 8 * 3);
        if (counted <= limit && !(isOneTooMany && state.nowMs - since >= StalledMs))
            continue;
        const qint64 held = connection->heldBytes();
        const qint64 excess = std::max<qint64>(0, readers - limit / 2);
        used -= held;
        readers -= isReader ? held : 0;
        withoutExcess -= isReader ? std::max<qint64>(0, held - excess) : held;
        connection->abort();
    }
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

HttpServer::HttpServer(Scheduler &scheduler, const HttpLimits &limits, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(*this, scheduler, limits))
{
}

HttpServer::~HttpServer() = default;

void HttpServer::route(const RouteSpec &spec, Handler handler)
{
    HttpRoute &route = d->state.router.add(spec);
    route.handler = std::move(handler);
    route.bodyLimit = spec.bodyLimit;
    // Nothing reads the body of these, and an answer that waits may keep it.
    const bool ignoresBody = spec.method == HttpMethod::Get || spec.method == HttpMethod::Delete;
    if (spec.bodyLimit < 0)
        route.bodyLimit = ignoresBody ? IgnoredBodyBytes : d->state.limits.bodyBytes;
}

void HttpServer::routeStream(const RouteSpec &spec, const QByteArray &mediaType, StreamHandler handler)
{
    d->state.router.add(spec).streams.emplace_back(mediaType.toLower(), std::move(handler));
}

void HttpServer::setGate(Gate gate)
{
    d->state.gate = std::move(gate);
}

void HttpServer::overrideLane(Lane lane)
{
    d->state.router.overrideLane(lane);
}

void HttpServer::setTls(const QSslConfiguration &configuration)
{
    QSslConfiguration own = configuration;
    if (own.protocol() == QSsl::SecureProtocols || own.protocol() == QSsl::AnyProtocol)
        own.setProtocol(QSsl::TlsV1_2OrLater);
    own.setAllowedNextProtocols({}); // the gate does not read HTTP/2
    d->tls = own;
    if (d->listener != nullptr)
        d->listener->setTls(true);
}

MemoryBudget &HttpServer::budget()
{
    return d->state.budget;
}

Result<void> HttpServer::listen(const QHostAddress &host, quint16 port)
{
    d->readClock();
    auto listener = std::make_unique<HttpListener>();
    const HttpLimits &limits = d->state.limits;
    const Result<void> listening = listener->open(
        host, port, {limits.connections, limits.connectionsPerAddress, d->tls.has_value()},
        [this](int descriptor, const QHostAddress &peer) { return d->accept(descriptor, peer); });
    if (!listening)
        return listening;
    d->listener = listener.get();
    d->qtLane = std::make_unique<QtLane>(std::move(listener), d->state.router);
    d->state.qtLane = d->qtLane.get();
    d->sweepLater();
    return {};
}

void HttpServer::pauseAccepting()
{
    if (d->listener != nullptr)
        d->listener->pauseAccepting();
}

void HttpServer::resumeAccepting()
{
    if (d->listener != nullptr)
        d->listener->resumeAccepting();
}

quint16 HttpServer::port() const
{
    return d->listener != nullptr ? d->listener->serverPort() : 0;
}

int HttpServer::connectionLimit() const
{
    return d->listener != nullptr ? d->listener->connectionLimit() : d->state.limits.connections;
}

qint64 HttpServer::refusedConnections() const
{
    return d->listener != nullptr ? d->listener->refused() : 0;
}

qint64 HttpServer::failedHandshakes() const
{
    return d->failedHandshakes;
}

int HttpServer::connectionCount() const
{
    return int(d->connections.size());
}

qint64 HttpServer::requestCount() const
{
    return d->state.requests;
}

const std::map<int, qint64> &HttpServer::errorAnswers() const
{
    return d->state.errors;
}

void HttpServer::shutdown(int graceMs)
{
    if (d->state.isShuttingDown)
        return;
    d->state.isShuttingDown = true;
    if (d->listener != nullptr)
        d->listener->close();
    d->forEach(&HttpConnection::finish);
    d->graceTimer = d->scheduler.schedule(graceMs, [this] {
        d->forEach(&HttpConnection::abort);
        d->reportDrained();
    });
    if (d->connections.isEmpty())
        QMetaObject::invokeMethod(d.get(), &Private::reportDrained, Qt::QueuedConnection);
}

} // namespace replog
