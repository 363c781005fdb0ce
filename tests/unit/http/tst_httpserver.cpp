// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/http/httpsuite.h"

#include <sys/socket.h>

using namespace replog;
using namespace Qt::StringLiterals;

class TestHttpServer : public HttpSuite
{
    Q_OBJECT
private slots:
    void routes();
    void refusesPathMethodAndGate();
    void gateDecidesByTheHead();
    void keepsRequestOrderWhenAnswersComeLate();
    void answersHttp10AndHeadAndClose_data();
    void answersHttp10AndHeadAndClose();
    void hangUpWhileAnswerIsPending();
    void hangUpTellsEveryWaiter();
    void lastReplyGoneAnswers500();
    void halfClosedClientStillReads();
    void clientThatClosedIsNoticed();
    void answersWaitForTheSlowReader();
    void manyConnections();
    void shutdownAnswersWhatIsOpen();
    void shutdownEndsAfterGrace();
    void portInUse();
};

void TestHttpServer::routes()
{
    TestServer server;
    makeRoutes(server);
    server.route({HttpMethod::Get, "/things/{id}/x"}, [](HttpRequest &&request, Reply reply) {
        reply.sendJson(200, request.arguments.first() + '|' + request.queryValue("q").value_or("-") + '|' +
                                request.path);
    });
    server.route({HttpMethod::Get, "/things/fixed/x"},
                 [](HttpRequest &&, Reply reply) { reply.sendJson(200, "fixed"); });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    const auto body = [&client](const QByteArray &request) {
        client.received.clear();
        client.send(request);
        return QTest::qWaitFor([&] { return client.isAnswered(); }, Patience) ? client.body()
                                                                              : QByteArray("no answer");
    };
    QCOMPARE(body("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"), "hello");
    QVERIFY(client.received.startsWith("HTTP/1.1 200 OK\r\n"));
    QVERIFY(client.received.toLower().contains("\r\ndate: ")); // as Qt spells it from 6.8 on
    QCOMPARE(body("GET /things/a%2Fb/x?q=1%202+3&q=4 HTTP/1.1\r\nHost: a\r\n\r\n"),
             "a/b|1 2 3|/things/a/b/x");
    QCOMPARE(body("GET /things/fixed/x HTTP/1.1\r\nHost: a\r\n\r\n"), "fixed");
    QCOMPARE(body("GET http://a/things/9/x HTTP/1.1\r\nHost: a\r\n\r\n"), "9|-|/things/9/x");
    QCOMPARE(body("\r\n\r\nGET /%6eow HTTP/1.1\r\nHost: a\r\n\r\n"), "now");
    QCOMPARE(body("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                  "chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n"),
             "abcde");
    QCOMPARE(server.connectionCount(), 1);
    QCOMPARE(server.requestCount(), 6);
}

void TestHttpServer::refusesPathMethodAndGate()
{
    TestServer server;
    makeRoutes(server);
    server.route({HttpMethod::Put, "/now"}, [](HttpRequest &&, Reply reply) { reply.send(200, {}, {}); });
    server.route({HttpMethod::Get, "/secret"}, [](HttpRequest &&, Reply reply) { reply.send(200, {}, {}); });
    server.setGate([](const GateRequest &request) -> Result<void> {
        if (request.path == "/secret" && request.headers.value("authorization") != "Bearer open")
            return Error{Errc::Unauthorized, u"a token is wanted"_s};
        return {};
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send("POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                "BREW /now HTTP/1.1\r\nHost: a\r\n\r\n"
                "GET /secret HTTP/1.1\r\nHost: a\r\n\r\n"
                "GET /secret HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer open\r\n\r\n" +
                Get);
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("now"), Patience);
    QCOMPARE(client.statuses(), (QList<int>{404, 405, 401, 200, 200}));
    QVERIFY(client.received.contains("\r\nAllow: GET, HEAD, PUT\r\n"));
    QVERIFY(client.received.contains("\r\nWWW-Authenticate: Bearer\r\n"));
    QVERIFY(client.received.contains("\r\nContent-Type: application/problem+json\r\n"));
}

// A request is refused before its body arrives; for an accepted one the route's `begun` runs then.
void TestHttpServer::gateDecidesByTheHead()
{
    TestServer server;
    int begun = 0;
    server.route(
        {.method = HttpMethod::Post, .path = "/in", .right = Right::Append, .begun = [&] { ++begun; }},
        [](HttpRequest &&request, Reply reply) {
            reply.send(200, "text/plain", request.peer->toString().toLatin1() + ' ' + request.body);
        });
    QList<Right> rights;
    server.setGate([&](const GateRequest &request) -> Result<void> {
        rights.append(request.right);
        if (request.method == HttpMethod::Post && !request.isTls && request.peer.isLoopback() &&
            !request.headers.contains("authorization"))
            return Error{Errc::Forbidden, u"not for you"_s};
        return {};
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient refused(server.port());
    refused.send("POST /in HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
    QTRY_COMPARE_WITH_TIMEOUT(refused.statuses(), QList<int>{403}, Patience);
    QCOMPARE(begun, 0);
    refused.send("hello" + Get); // the body of the refused request must not be parsed as a request
    QTRY_COMPARE_WITH_TIMEOUT(refused.statuses(), (QList<int>{403, 404}), Patience);
    RawClient client(server.port());
    client.send("POST /in HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nContent-Length: 5\r\n\r\n");
    QTRY_COMPARE_WITH_TIMEOUT(begun, 1, Patience);
    QVERIFY(client.received.isEmpty());
    client.send("hello");
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("127.0.0.1 hello"), Patience);
    QCOMPARE(rights, (QList<Right>{Right::Append, Right::None, Right::Append}));
}

void TestHttpServer::keepsRequestOrderWhenAnswersComeLate()
{
    TestServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    const QByteArray late = "GET /late HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send(late + Get + late + Get);
    QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), openAtOnce(2), Patience);
    const auto answerThird = [this] {
        m_late[1].send(200, "text/plain", "third");
        QVERIFY(!m_late[1].isOpen());
        m_late[1].send(200, "text/plain", "twice");
    };
    if (m_late.size() == 2)
        answerThird();
    QVERIFY(m_late[0].isOpen());
    m_late[0].send(200, "text/plain", QByteArray(100'000, 'f'));
    QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), 2, Patience);
    if (m_late[1].isOpen())
        answerThird();
    QTRY_COMPARE_WITH_TIMEOUT(client.received.count("HTTP/1.1 200 OK"), 4, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("now"), Patience);
    QVERIFY(client.received.indexOf("ffff") < client.received.indexOf("now"));
    QVERIFY(client.received.indexOf("now") < client.received.indexOf("third"));
    QCOMPARE(client.received.count("twice"), 0);
    QCOMPARE(m_gone, 0);
}

void TestHttpServer::answersHttp10AndHeadAndClose_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("field"); // in the head of the answer
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("closes");
    QTest::newRow("1.0") << QByteArray("GET /now HTTP/1.0\r\n\r\n") << QByteArray("connection: close")
                         << QByteArray("now") << true;
    QTest::newRow("1.0 kept") << QByteArray("GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                              << QByteArray("connection: keep-alive") << QByteArray("now") << false;
    QTest::newRow("1.0 stream") << QByteArray("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                                << QByteArray("connection: close") << QByteArray("abcdef") << true;
    QTest::newRow("1.1 stream") << QByteArray("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                                << QByteArray("transfer-encoding: chunked")
                                << QByteArray("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n") << false;
    QTest::newRow("close") << QByteArray("GET /now HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n")
                           << QByteArray("connection: close") << QByteArray("now") << true;
    QTest::newRow("head") << QByteArray("HEAD /now HTTP/1.1\r\nHost: a\r\n\r\n")
                          << QByteArray("content-length: 3") << QByteArray() << false;
    QTest::newRow("head of stream") << QByteArray("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                                    << QByteArray("transfer-encoding: chunked") << QByteArray() << false;
    QTest::newRow("no content") << QByteArray("GET /none HTTP/1.1\r\nHost: a\r\n\r\n") << QByteArray("x: y")
                                << QByteArray() << false;
    QTest::newRow("query and fields")
        << QByteArray("GET /now?a=%2F+b&a HTTP/1.1\r\nHost: a\r\nX: y\r\nx: z\r\n\r\n")
        << QByteArray("content-type: text/plain") << QByteArray("now") << false;
}

void TestHttpServer::answersHttp10AndHeadAndClose()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, field);
    QFETCH(QByteArray, body);
    QFETCH(bool, closes);
    TestServer server;
    makeRoutes(server);
    server.route({HttpMethod::Get, "/none"}, [](HttpRequest &&, Reply reply) {
        reply.send(204, {}, {}, {{"X", "y"}});
    });
    server.route({HttpMethod::Get, "/stream"}, [](HttpRequest &&, Reply reply) {
        ReplyStream stream = reply.startStream(200, "text/plain");
        stream.write("abc");
        stream.write("def");
        stream.finish();
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    const QByteArray end = "\r\n\r\n" + body;
    client.send(request);
    QTRY_VERIFY2_WITH_TIMEOUT(client.received.endsWith(end), client.received.constData(), Patience);
    const QByteArray head = client.received.first(client.received.indexOf("\r\n\r\n") + 2).toLower();
    QVERIFY2(head.contains(QByteArray("\r\n" + field + "\r\n")), head.constData());
    QVERIFY2(head.contains("\r\ndate: "), head.constData());
    const bool isWithoutBody = head.startsWith("http/1.1 204"); // then it has no Content-Length
    QVERIFY2(!isWithoutBody || !head.contains("\r\ncontent-length:"), head.constData());
    if (closes) {
        QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
    } else {
        client.received.clear();
        client.send(Get);
        QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
    }
}

void TestHttpServer::hangUpWhileAnswerIsPending()
{
    TestServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    {
        RawClient client(server.port());
        client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n" + Get + "GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), openAtOnce(2), Patience);
        client.socket.abort();
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_gone, openAtOnce(2), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
    for (Reply &reply : m_late) {
        QVERIFY(!reply.isOpen());
        reply.send(200, "text/plain", "too late");
        reply.sendProblem({Errc::Timeout, u"too late"_s});
        ReplyStream stream = reply.startStream(200, "text/plain");
        QVERIFY(!stream.isOpen());
        stream.write("too late");
        stream.finish();
    }
    RawClient next(server.port());
    next.send(Get);
    QTRY_VERIFY_WITH_TIMEOUT(next.received.endsWith("now"), Patience);
}

// A waiter's callback may answer other waiters of the same connection and destroy all its Replies.
void TestHttpServer::hangUpTellsEveryWaiter()
{
    TestServer server;
    int gone = 0;
    server.route({HttpMethod::Get, "/late"}, [&](HttpRequest &&, Reply reply) {
        reply.onHangUp(this, [&, reply] {
            ++gone;
            const QList<Reply> all = std::exchange(m_late, {});
            for (Reply other : all)
                other.send(200, {}, {});
        });
        m_late.append(reply);
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    for (int round = 0; round < 20; ++round) {
        gone = 0;
        RawClient client(server.port());
        for (int i = 0; i < 10; ++i)
            client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), openAtOnce(10), Patience);
        client.socket.abort();
        QTRY_COMPARE_WITH_TIMEOUT(gone, openAtOnce(10), Patience);
    }
}

void TestHttpServer::lastReplyGoneAnswers500()
{
    TestServer server;
    makeRoutes(server);
    server.route({HttpMethod::Get, "/forgotten"}, [](HttpRequest &&, Reply) {});
    server.route({HttpMethod::Get, "/halfway"},
                 [](HttpRequest &&, Reply reply) { reply.startStream(200, "text/plain").write("half"); });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send("GET /forgotten HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("now"), Patience);
    QCOMPARE(client.statuses(), (QList<int>{500, 200}));
    client.received.clear();
    client.send("GET /halfway HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QVERIFY(!client.received.contains("\r\n0\r\n"));
}

void TestHttpServer::halfClosedClientStillReads()
{
    TestServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
    QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), 1, Patience);
    QCOMPARE(::shutdown(int(client.socket.socketDescriptor()), SHUT_WR), 0);
    // An interim answer tests whether the client still reads.
    QTRY_COMPARE_WITH_TIMEOUT(client.received, "HTTP/1.1 100 Continue\r\n\r\n", Patience);
    QVERIFY(m_late[0].isOpen());
    m_late[0].send(200, "text/plain", QByteArray(3'000'000, '#'));
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QCOMPARE(client.statuses(), (QList<int>{100, 200, 200}));
    QCOMPARE(client.received.count('#'), 3'000'000);
    QVERIFY(client.received.endsWith("now"));
    QCOMPARE(m_gone, 0);
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
}

void TestHttpServer::clientThatClosedIsNoticed()
{
    TestServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    {
        RawClient client(server.port());
        client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), 1, Patience);
        client.socket.disconnectFromHost();
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_gone, 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
    QVERIFY(!m_late[0].isOpen());
}

// A large answer goes out in pieces to a client that reads slowly, with the next answer behind it.
void TestHttpServer::answersWaitForTheSlowReader()
{
    TestServer server;
    server.route({HttpMethod::Get, "/big"}, [](HttpRequest &&, Reply reply) {
        reply.send(200, "text/plain", QByteArray(20'000'000, '#'));
    });
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.socket.setReadBufferSize(64 * 1024);
    client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("now"), Patience);
    QCOMPARE(client.received.count('#'), 20'000'000);
}

void TestHttpServer::manyConnections()
{
    TestServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(std::make_unique<RawClient>(server.port()));
        clients.back()->send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), 200, Patience);
    RawClient quick(server.port());
    quick.send(Get);
    QTRY_VERIFY_WITH_TIMEOUT(quick.received.endsWith("now"), Patience);
    QCOMPARE(server.connectionCount(), 201);
    for (int i = 0; i < 100; ++i)
        clients.pop_back();
    QTRY_COMPARE_WITH_TIMEOUT(m_gone, 100, Patience);
    for (Reply &reply : m_late)
        reply.send(200, "text/plain", "late");
    for (const auto &client : clients)
        QTRY_VERIFY_WITH_TIMEOUT(client->received.endsWith("late"), Patience);
}

void TestHttpServer::shutdownAnswersWhatIsOpen()
{
    TestServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    const quint16 port = server.port();
    QSignalSpy drained(&server, &HttpServer::drained);
    RawClient idle(port);
    RawClient waiting(port);
    idle.send(Get);
    waiting.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_COMPARE_WITH_TIMEOUT(server.requestCount(), 2, Patience);
    server.shutdown(Patience);
    QTRY_VERIFY_WITH_TIMEOUT(idle.isClosed(), Patience);
    QVERIFY(idle.received.endsWith("now"));
    QCOMPARE(drained.size(), 0);
    waiting.send(Get);
    m_late[0].sendProblem({Errc::Unavailable, u"shutting down"_s}, "\"id\":7");
    QTRY_COMPARE_WITH_TIMEOUT(drained.size(), 1, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(waiting.isClosed(), Patience);
    QCOMPARE(waiting.statuses(), QList<int>{503});
    QVERIFY(waiting.received.endsWith(",\"id\":7}"));
    QVERIFY(waiting.received.toLower().contains("\r\nconnection: close\r\n"));
    RawClient refused(port);
    QTRY_COMPARE_WITH_TIMEOUT(refused.socket.error(), QAbstractSocket::ConnectionRefusedError, Patience);
}

void TestHttpServer::shutdownEndsAfterGrace()
{
    ManualScheduler time;
    TestServer server(time);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    QSignalSpy drained(&server, &HttpServer::drained);
    RawClient waiting(server.port());
    waiting.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), 1, Patience);
    server.shutdown(5000);
    time.advance(4999);
    QVERIFY(m_late[0].isOpen());
    time.advance(1);
    QTRY_COMPARE_WITH_TIMEOUT(drained.size(), 1, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(waiting.isClosed(), Patience);
    QCOMPARE(m_gone, 1);
}

void TestHttpServer::portInUse()
{
    TestServer first;
    QVERIFY(first.listen(QHostAddress::LocalHost, 0));
    TestServer second;
    const Result<void> listening = second.listen(QHostAddress::LocalHost, first.port());
    QVERIFY(!listening);
    QCOMPARE(listening.error().code, Errc::InUse);
    QVERIFY(listening.error().text.contains(QString::number(first.port())));
}

QTEST_GUILESS_MAIN(TestHttpServer)
#include "tst_httpserver.moc"
