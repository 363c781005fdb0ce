// SPDX-License-Identifier: GPL-3.0-or-later
#include "rawclient.h"

#include "shared/http/httpserver.h"

#include <QRegularExpression>
#include <QtTest>

using namespace replog;
using namespace Qt::StringLiterals;

namespace {
constexpr int Patience = 30000;
}

class TestHttpServer : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void answersRoute();
    void keepsPipelinedOrderWithLateFirstAnswer();
};

void TestHttpServer::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void TestHttpServer::answersRoute()
{
    HttpServer server;
    server.route(HttpMethod::Post, "/echo", [](HttpRequest &&request, Reply reply) {
        reply.send(200, "text/plain", request.body);
    });
    server.route(HttpMethod::Get, "/things/{id}/x", [](HttpRequest &&request, Reply reply) {
        reply.sendJson(200, request.arguments.first() + request.queryValue("q").value_or("-"));
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nhello"), Patience);
    QVERIFY(client.received.startsWith("HTTP/1.1 200 OK\r\n"));
    client.received.clear();
    client.send("GET /things/a%2Fb/x?q=1%202 HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\na/b1 2"), Patience);
    client.received.clear();
    client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("}"), Patience);
    QVERIFY(client.received.startsWith("HTTP/1.1 404 "));
    client.received.clear();
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("}"), Patience);
    QVERIFY(client.received.startsWith("HTTP/1.1 405 "));
    QVERIFY(client.received.contains("\r\nAllow: POST\r\n"));
    QCOMPARE(server.connectionCount(), 1);
}

void TestHttpServer::keepsPipelinedOrderWithLateFirstAnswer()
{
    HttpServer server;
    Reply late;
    server.route(HttpMethod::Get, "/late", [&](HttpRequest &&, Reply reply) { late = reply; });
    server.route(HttpMethod::Get, "/now", [](HttpRequest &&, Reply reply) { reply.send(200, "text/plain", "second"); });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\nGET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_COMPARE_WITH_TIMEOUT(server.requestCount(), 2, Patience);
    QVERIFY(late.isOpen());
    late.send(200, "text/plain", "first");
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("second"), Patience);
    QVERIFY(client.received.indexOf("first") < client.received.indexOf("second"));
}

QTEST_GUILESS_MAIN(TestHttpServer)
#include "tst_httpserver.moc"
