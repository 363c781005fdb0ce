// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/eventloopscheduler.h"
#include "shared/http/httpserver.h"
#include "tests/support/manualscheduler.h"
#include "tests/unit/http/rawclient.h"

#include <QRegularExpression>
#include <QtTest>

namespace replog {

// The lane that this run of the suites uses for every route, whatever lane the route names.
inline bool isQtLane()
{
    return qEnvironmentVariable("REPLOG_TEST_LANE") == QLatin1String("qt");
}

// Made before the server that it is for.
struct RealTime
{
    EventLoopScheduler scheduler;
};

// A server on that lane; a test of a time limit moves the time.
class TestServer : private RealTime, public HttpServer
{
public:
    explicit TestServer(const HttpLimits &limits = {}) : HttpServer(scheduler, limits) { chooseLane(); }
    explicit TestServer(Scheduler &time, const HttpLimits &limits = {}) : HttpServer(time, limits)
    {
        chooseLane();
    }

private:
    void chooseLane() { overrideLane(isQtLane() ? Lane::Qt : Lane::Fast); }
};

// Base of the suites of the server: routes, and counters of their calls.
class HttpSuite : public QObject
{
    Q_OBJECT
protected:
    static constexpr int Patience = 30000;
    inline static const QByteArray Get = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n";

    // Routes that most tests use: /now answers at once, /late when the test says so, /echo with the request's
    // body.
    void makeRoutes(HttpServer &server)
    {
        server.route({HttpMethod::Get, "/now"}, [this](HttpRequest &&, Reply reply) {
            ++m_handled;
            reply.send(200, "text/plain", "now");
        });
        server.route({HttpMethod::Get, "/late"}, [this](HttpRequest &&, Reply reply) {
            reply.onHangUp(this, [this] { ++m_gone; });
            m_late.append(reply);
        });
        server.route({HttpMethod::Post, "/echo"}, [this](HttpRequest &&request, Reply reply) {
            ++m_handled;
            reply.send(200, "text/plain", request.body);
        });
        server.route({.method = HttpMethod::Post, .path = "/small", .bodyLimit = 10},
                     [](HttpRequest &&, Reply reply) { reply.send(200, {}, {}); });
    }

    // How many of `count` pipelined requests are open at once: with Qt's server only one.
    static int openAtOnce(int requests) { return isQtLane() ? 1 : requests; }

    void checkServesOn(const HttpServer &server)
    {
        RawClient client(server.port());
        client.send(Get);
        QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
    }

    QList<Reply> m_late;
    int m_handled = 0; // requests of /now and /echo
    int m_gone = 0;    // requests of /late whose client hung up

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_late.clear();
        m_handled = 0;
        m_gone = 0;
    }
};

} // namespace replog
