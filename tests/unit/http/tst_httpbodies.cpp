// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/http/httpsuite.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <sys/socket.h>

using namespace replog;
using namespace Qt::StringLiterals;

// Bodies that are requested with 100 Continue, arrive in pieces, are passed on as they arrive, or never
// become complete.
class TestHttpBodies : public HttpSuite
{
    Q_OBJECT
private slots:
    void expectContinue();
    void expectContinueOfAnsweredStream();
    void largeBodyInPieces();
    void bodyStreamOfAnyLength_data();
    void bodyStreamOfAnyLength();
    void bodyStreamBackPressure();
    void bodyStreamBroken_data();
    void bodyStreamBroken();
    void hangUpWhileBodyIsPaused_data();
    void hangUpWhileBodyIsPaused();
    void bodyStreamAnsweredEarly();
    void bodyStreamBehindAnAnswerThatCloses();
};

void TestHttpBodies::expectContinue()
{
    TestServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    const QByteArray head =
        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    RawClient client(server.port());
    client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n" + head);
    QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.requestCount(), openAtOnce(2), Patience);
    QVERIFY(client.received.isEmpty());
    m_late[0].send(200, {}, {});
    QTRY_COMPARE_WITH_TIMEOUT(client.statuses(), (QList<int>{200, 100}), Patience);
    client.send("hello");
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nhello"), Patience);
    client.received.clear();
    client.send(head);
    QTRY_COMPARE_WITH_TIMEOUT(client.received, "HTTP/1.1 100 Continue\r\n\r\n", Patience);
    client.send("hello" + head + "hello");
    QTRY_COMPARE_WITH_TIMEOUT(client.statuses(), (QList<int>{100, 200, 200}), Patience);
    // Refused without requesting the body.
    client.received.clear();
    client.send("POST /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 50\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QCOMPARE(client.statuses(), QList<int>{413});
}

// A pending interim answer must not be sent after the head of the final one.
void TestHttpBodies::expectContinueOfAnsweredStream()
{
    TestServer server;
    makeRoutes(server);
    ReplyStream stream;
    server.routeStream({HttpMethod::Post, "/in"}, "text/x",
                       [&](HttpRequest &&, std::shared_ptr<BodyStream>, Reply reply) {
                           stream = reply.startStream(200, "text/plain");
                           stream.write("one");
                       });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n"
                "POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nExpect: "
                "100-continue\r\nContent-Length: 5\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(m_late.size() == 1 && (isQtLane() || stream.isOpen()), Patience);
    m_late[0].send(200, {}, {});
    QTRY_VERIFY_WITH_TIMEOUT(stream.isOpen(), Patience);
    stream.write("two");
    stream.finish();
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    // After an answer of Qt's lane the request is handled later, when no interim answer is pending before it.
    QCOMPARE(client.statuses(), isQtLane() ? (QList<int>{200, 100, 200}) : (QList<int>{200, 200}));
    QVERIFY(client.received.endsWith("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"));
}

void TestHttpBodies::largeBodyInPieces()
{
    TestServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    QByteArray body(4 * 1024 * 1024, Qt::Uninitialized);
    for (qsizetype i = 0; i < body.size(); ++i)
        body[i] = char('a' + i % 23);
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + QByteArray::number(body.size()) +
                "\r\n\r\n");
    for (qsizetype at = 0; at < body.size(); at += 10'000) {
        client.send(body.mid(at, 10'000));
        QCoreApplication::processEvents();
    }
    QTRY_VERIFY_WITH_TIMEOUT(client.isAnswered(), Patience);
    QVERIFY(client.body() == body);
}

void TestHttpBodies::bodyStreamOfAnyLength_data()
{
    QTest::addColumn<bool>("chunked");
    QTest::newRow("length") << false;
    QTest::newRow("chunked") << true;
}

void TestHttpBodies::bodyStreamOfAnyLength()
{
    QFETCH(bool, chunked);
    constexpr int Pieces = 500;
    HttpLimits limits;
    limits.bodyBytes = 1000;
    TestServer server(limits);
    makeRoutes(server);
    qint64 taken = 0;
    qsizetype longest = 0;
    bool isWhole = false;
    server.routeStream({HttpMethod::Post, "/echo"}, "application/x-ndjson",
                       [&](HttpRequest &&request, std::shared_ptr<BodyStream> body, Reply reply) {
                           QVERIFY(request.isOfType("application/x-ndjson"));
                           body->setHandler(
                               {.data =
                                    [&](const QByteArray &piece) {
                                        taken += piece.size();
                                        longest = std::max(longest, piece.size());
                                    },
                                .end =
                                    [&, reply]() mutable {
                                        isWhole = true;
                                        reply.send(200, "text/plain", "all");
                                    },
                                .broken = [](const Error &error) { QFAIL(qPrintable(error.text)); }});
                       });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    const QByteArray data(100'000, 'x');
    const QByteArray head =
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: Application/X-NDJSON; charset=utf-8\r\n";
    const QByteArray framing =
        chunked ? QByteArray("Transfer-Encoding: chunked")
                : QByteArray("Content-Length: " + QByteArray::number(Pieces * data.size()));
    client.send(head + framing + "\r\n\r\n");
    const QByteArray chunk =
        chunked ? QByteArray(QByteArray::number(data.size(), 16) + "\r\n" + data + "\r\n") : data;
    for (int i = 0; i < Pieces; ++i)
        client.send(chunk);
    client.send((chunked ? "0\r\n\r\n" : QByteArray()) + Get);
    // The connection serves the next request normally.
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
    QVERIFY(isWhole);
    QCOMPARE(taken, Pieces * data.size());
    QVERIFY(longest <= 64 * 1024);
    QCOMPARE(client.statuses(), (QList<int>{200, 200}));
}

void TestHttpBodies::bodyStreamBackPressure()
{
    TestServer server;
    makeRoutes(server);
    std::shared_ptr<BodyStream> body;
    qint64 taken = 0;
    server.routeStream({HttpMethod::Post, "/in"}, "text/x",
                       [&](HttpRequest &&, std::shared_ptr<BodyStream> stream, Reply reply) {
                           body = std::move(stream);
                           body->setHandler({.data =
                                                 [&](const QByteArray &piece) {
                                                     taken += piece.size();
                                                     body->setPaused(true);
                                                 },
                                             .end = [reply]() mutable { reply.send(200, {}, {}); },
                                             .broken = {}});
                       });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    constexpr qsizetype Total = 64 * 1024 * 1024;
    client.send("POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: " +
                QByteArray::number(Total) + "\r\n\r\n");
    client.send(QByteArray(Total, 'x'));
    client.send(Get);
    // Wait until both sides are idle: the client cannot send the rest of its bytes.
    qint64 unsent = -1;
    QTRY_VERIFY_WITH_TIMEOUT(taken > 0 && std::exchange(unsent, client.socket.bytesToWrite()) ==
                                              client.socket.bytesToWrite(),
                             Patience);
    QVERIFY(client.socket.bytesToWrite() > Total / 2);
    const qint64 before = taken;
    QVERIFY(before <= 128 * 1024);
    while (taken < Total) {
        const qint64 reached = taken;
        body->setPaused(false);
        QTRY_VERIFY_WITH_TIMEOUT(taken > reached, Patience);
        QVERIFY(taken - reached <= 64 * 1024);
    }
    body->setPaused(false);
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
}

void TestHttpBodies::bodyStreamBroken_data()
{
    QTest::addColumn<QByteArray>("rest");
    QTest::addColumn<bool>("hangsUp");
    QTest::addColumn<int>("status");
    QTest::newRow("hang-up") << QByteArray("5\r\nhello\r\n") << true << 0;
    QTest::newRow("malformed chunk") << QByteArray("5\r\nhello\r\nxx\r\n") << false << 400;
    QTest::newRow("too slow") << QByteArray("5\r\nhello\r\n") << false << 408;
}

void TestHttpBodies::bodyStreamBroken()
{
    QFETCH(QByteArray, rest);
    QFETCH(bool, hangsUp);
    QFETCH(int, status);
    ManualScheduler time;
    TestServer server(time);
    makeRoutes(server);
    int broken = 0;
    int ended = 0;
    QByteArray taken;
    const auto token = std::make_shared<int>();
    server.routeStream({HttpMethod::Post, "/in"}, "text/x",
                       [&](HttpRequest &&, std::shared_ptr<BodyStream> body, Reply reply) {
                           // The handler keeps stream and reply: both must be released when the body ends.
                           body->setHandler(
                               {.data = [&, body, reply, token](const QByteArray &piece) { taken += piece; },
                                .end = [&] { ++ended; },
                                .broken = [&](const Error &) { ++broken; }});
                       });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send("POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                rest);
    QTRY_COMPARE_WITH_TIMEOUT(taken, "hello", Patience);
    if (hangsUp)
        client.socket.abort();
    if (status == 408)
        time.advance(2 * HttpLimits().requestMs);
    QTRY_COMPARE_WITH_TIMEOUT(broken, 1, Patience);
    QCOMPARE(ended, 0);
    QTRY_COMPARE_WITH_TIMEOUT(token.use_count(), 1, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    if (status != 0)
        QCOMPARE(client.statuses(), QList<int>{status});
    checkServesOn(server);
}

void TestHttpBodies::hangUpWhileBodyIsPaused_data()
{
    QTest::addColumn<qsizetype>("unread");
    QTest::addColumn<bool>("resets");
    QTest::newRow("closed, all was read") << qsizetype(0) << false;
    QTest::newRow("reset, all was read") << qsizetype(0) << true;
    QTest::newRow("closed behind bytes that nobody wants") << qsizetype(50'000) << false;
    QTest::newRow("reset behind bytes that nobody wants") << qsizetype(50'000) << true;
}

// The hang-up of a client that is not read from is noticed.
void TestHttpBodies::hangUpWhileBodyIsPaused()
{
    QFETCH(qsizetype, unread);
    QFETCH(bool, resets);
    TestServer server;
    makeRoutes(server);
    QByteArray taken;
    int gone = 0;
    int broken = 0;
    const auto token = std::make_shared<int>();
    server.routeStream({HttpMethod::Post, "/in"}, "text/x",
                       [&](HttpRequest &&, std::shared_ptr<BodyStream> body, Reply reply) {
                           reply.onHangUp(this, [&] { ++gone; });
                           m_late.append(reply);
                           body->setHandler({.data =
                                                 [&, body, token](const QByteArray &piece) {
                                                     taken += piece;
                                                     body->setPaused(true);
                                                 },
                                             .end = {},
                                             .broken = [&](const Error &) { ++broken; }});
                       });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    {
        RawClient client(server.port());
        client.send(
            "POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: 1000000\r\n\r\nhello");
        QTRY_COMPARE_WITH_TIMEOUT(taken, "hello", Patience);
        client.send(QByteArray(unread, 'x'));
        QTRY_COMPARE_WITH_TIMEOUT(client.socket.bytesToWrite(), 0, Patience);
        if (resets) {
            const linger atOnce{1, 0};
            QCOMPARE(::setsockopt(int(client.socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce,
                                  sizeof atOnce),
                     0);
        }
        client.socket.abort();
    }
    QTRY_COMPARE_WITH_TIMEOUT(broken, 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(gone, 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
    QVERIFY(!m_late[0].isOpen());
    QCOMPARE(token.use_count(), 1);
    QCOMPARE(taken, "hello");
}

// An answer that ends the connection also ends the body of the next request: its handler gets nothing more of
// it.
void TestHttpBodies::bodyStreamBehindAnAnswerThatCloses()
{
    if (isQtLane())
        QSKIP("Qt's lane takes one request at a time");
    TestServer server;
    makeRoutes(server);
    QByteArray taken;
    int broken = 0;
    int gone = 0;
    const auto token = std::make_shared<int>();
    server.routeStream({HttpMethod::Post, "/in"}, "text/x",
                       [&](HttpRequest &&, std::shared_ptr<BodyStream> body, Reply reply) {
                           reply.onHangUp(this, [&] { ++gone; });
                           body->setHandler(
                               {.data = [&, reply, token](const QByteArray &piece) { taken += piece; },
                                .end = {},
                                .broken = [&](const Error &) { ++broken; }});
                       });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send("GET /late HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"
                "POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: 1000\r\n\r\nhello");
    QTRY_COMPARE_WITH_TIMEOUT(taken, "hello", Patience);
    // A stream over HTTP/1.0 ends with its connection.
    m_late[0].startStream(200, "text/plain").finish();
    m_late.clear();
    QTRY_COMPARE_WITH_TIMEOUT(gone, 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(token.use_count(), 1, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
    QCOMPARE(broken, 0);
    checkServesOn(server);
}

void TestHttpBodies::bodyStreamAnsweredEarly()
{
    TestServer server;
    makeRoutes(server);
    int pieces = 0;
    server.routeStream(
        {HttpMethod::Post, "/in"}, "text/x",
        [&](HttpRequest &&, std::shared_ptr<BodyStream> body, Reply reply) {
            body->setHandler(
                {.data =
                     [&, reply](const QByteArray &) mutable {
                         ++pieces;
                         reply.sendProblem({Errc::InvalidArgument, u"line 1 is no message"_s, u"message"_s});
                     },
                 .end = {},
                 .broken = {}});
        });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send("POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: 3000000\r\n\r\n");
    client.send(QByteArray(3'000'000, 'x'));
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QCOMPARE(client.statuses(), QList<int>{400});
    QVERIFY(client.received.contains("\"field\":\"message\""));
    QCOMPARE(pieces, 1);
    checkServesOn(server);
}

QTEST_GUILESS_MAIN(TestHttpBodies)
#include "tst_httpbodies.moc"
