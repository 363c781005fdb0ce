// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/qtlane.h"

#include "shared/http/exchange.h"
#include "shared/http/front.h"
#include "shared/http/httplistener.h"
#include "shared/http/urlencoding.h"

#include <QHttpServer>
#include <QHttpServerRequest>
#include <QHttpServerResponder>
#include <QHttpServerResponse>
#include <QRegularExpression>

#if QT_VERSION >= QT_VERSION_CHECK(6, 10, 0)
#include <QHttpServerConfiguration>
#endif

#include <chrono>
#include <utility>

namespace replog {

using namespace Qt::StringLiterals;

namespace {

#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
using ResponderArgument = QHttpServerResponder &;
#else
using ResponderArgument = QHttpServerResponder &&;
#endif

class Responder final : public QtResponder
{
public:
    explicit Responder(QHttpServerResponder &&responder) : m_responder(std::move(responder)) {}

    void send(int status, const QByteArray &contentType, const QByteArray &body,
              const HttpHeaders &headers) override
    {
        QHttpServerResponse response(contentType, body, QHttpServerResponder::StatusCode(status));
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
        QHttpHeaders all = response.headers();
        for (const auto &[name, value] : headers)
            all.append(name, value);
        response.setHeaders(std::move(all));
        m_responder.sendResponse(response);
#elif QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
        response.addHeaders(headers);
        m_responder.sendResponse(response);
#else
        response.addHeaders(headers);
        response.write(std::move(m_responder));
#endif
    }

private:
    QHttpServerResponder m_responder;
};

HttpMethod methodOf(QHttpServerRequest::Method method)
{
    switch (method) {
    case QHttpServerRequest::Method::Get:
        return HttpMethod::Get;
    case QHttpServerRequest::Method::Head:
        return HttpMethod::Head;
    case QHttpServerRequest::Method::Post:
        return HttpMethod::Post;
    case QHttpServerRequest::Method::Put:
        return HttpMethod::Put;
    case QHttpServerRequest::Method::Delete:
        return HttpMethod::Delete;
    default:
        return HttpMethod::Other;
    }
}

QHttpServerRequest::Methods methodsOf(HttpMethod method)
{
    using Method = QHttpServerRequest::Method;
    switch (method) {
    case HttpMethod::Get:
        return Method::Get | Method::Head;
    case HttpMethod::Post:
        return Method::Post;
    case HttpMethod::Put:
        return Method::Put;
    case HttpMethod::Delete:
        return Method::Delete;
    case HttpMethod::Head:
    case HttpMethod::Other:
        break;
    }
    return {};
}

HttpRequest requestOf(const QHttpServerRequest &from, const QStringList &arguments)
{
    HttpRequest request;
    request.method = methodOf(from.method());
    request.body = from.body();
    request.peer = from.remoteAddress();
    // Qt has decoded once; the gate has percent-encoded the values of placeholders twice.
    const QUrl url = from.url();
    percentDecode(url.path().toUtf8(), false, request.path);
    for (const QString &argument : arguments) {
        QByteArray decoded;
        percentDecode(argument.toUtf8(), false, decoded);
        request.arguments.append(std::move(decoded));
    }
    parseQuery(url.query(QUrl::FullyEncoded).toLatin1(), request.query);
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    const QHttpHeaders headers = from.headers();
    for (qsizetype i = 0; i < headers.size(); ++i)
        request.headers.append(headers.nameAt(i), headers.valueAt(i));
#else
    for (const auto &[name, value] : from.headers())
        request.headers.append(name.toLower(), value);
#endif
    return request;
}

// A route's path for Qt's router, which reads it as a regular expression, except for placeholders.
QString patternOf(const QByteArray &path)
{
    QStringList segments;
    for (const QString &segment : QString::fromLatin1(path).split(u'/'))
        segments.append(segment.startsWith(u'{') ? u"<arg>"_s : QRegularExpression::escape(segment));
    return segments.join(u'/');
}

} // namespace

class QtLane::Private
{
public:
    void addRoute(const HttpRoute &route);
    void handle(const HttpRoute &route, const QHttpServerRequest &request, QHttpServerResponder &&responder,
                const QStringList &arguments = {});

    QHttpServer server;
    HttpListener *listener = nullptr; // the server's
    // The following two belong to the request that is being fed.
    Front *front = nullptr;
    std::shared_ptr<Exchange> exchange;
};

void QtLane::Private::addRoute(const HttpRoute &route)
{
    const QString pattern = patternOf(route.path);
    const auto methods = methodsOf(route.method);
    switch (pattern.count(u"<arg>"_s)) {
    case 0:
        server.route(pattern, methods,
                     [this, &route](const QHttpServerRequest &request, ResponderArgument responder) {
                         handle(route, request, std::move(responder));
                     });
        break;
    case 1:
        server.route(pattern, methods,
                     [this, &route](const QString &first, const QHttpServerRequest &request,
                                    ResponderArgument responder) {
                         handle(route, request, std::move(responder), {first});
                     });
        break;
    default:
        qFatal("a route for Qt may have one placeholder");
    }
}

void QtLane::Private::handle(const HttpRoute &route, const QHttpServerRequest &request,
                             QHttpServerResponder &&responder, const QStringList &arguments)
{
    if (front == nullptr || !exchange)
        return; // Qt sees a second request where the gate saw one: serve() returns false
    front->setResponder(std::make_unique<Responder>(std::move(responder)));
    route.handler(requestOf(request, arguments), Reply(std::exchange(exchange, nullptr)));
}

QtLane::QtLane(std::unique_ptr<HttpListener> listener, const HttpRouter &routes)
    : d(std::make_unique<Private>())
{
    routes.forEach([this](const HttpRoute &route) {
        if (route.lane == Lane::Qt && route.handler)
            d->addRoute(route);
    });
    // The gate admits only requests that have a route. If Qt's router finds none, serve()'s caller answers.
    const auto missing = [](const QHttpServerRequest &, ResponderArgument) {};
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    d->server.setMissingHandler(&d->server, missing);
#else
    d->server.setMissingHandler(missing);
#endif
#if QT_VERSION >= QT_VERSION_CHECK(6, 10, 0)
    // The gate has the limits and time-outs, since it knows how long a client may wait. Zero does not switch
    // off Qt's keep-alive time-out, and its timer allows less than 25 days.
    QHttpServerConfiguration configuration = d->server.configuration();
    configuration.setKeepAliveTimeout(std::chrono::hours(24 * 20));
#if QT_VERSION >= QT_VERSION_CHECK(6, 11, 0)
    constexpr qint64 Any = 1LL << 40;
    configuration.setMaximumUrlSize(Any);
    configuration.setMaximumTotalHeaderSize(Any);
    configuration.setMaximumHeaderFieldSize(Any);
    configuration.setMaximumHeaderFieldCount(Any);
    configuration.setMaximumBodySize(Any);
#endif
    d->server.setConfiguration(configuration);
#endif
    d->listener = listener.release();
    d->server.bind(d->listener);
}

QtLane::~QtLane() = default;

QPointer<Front> QtLane::connectClient(const QHostAddress &peer)
{
    auto *front = new Front(peer, d->listener);
    d->listener->addPendingConnection(front);
    return front;
}

bool QtLane::serve(Front &front, const QByteArray &request, const std::shared_ptr<Exchange> &exchange)
{
    d->front = &front;
    d->exchange = exchange;
    const bool isTaken = front.feed(request);
    d->front = nullptr;
    d->exchange.reset();
    return isTaken;
}

} // namespace replog
