// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/requesthead.h"
#include "tests/unit/http/httpsuite.h"

using namespace replog;

namespace {
const QByteArray PostChunked = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
}

// Malformed requests are refused; unusual but valid ones are served.
class TestHttpSyntax : public HttpSuite
{
    Q_OBJECT
private slots:
    void refusesMalformed_data();
    void refusesMalformed();
    void takesUnusualButSound_data();
    void takesUnusualButSound();
    void headInSingleBytes();
};

void TestHttpSyntax::refusesMalformed_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, const QByteArray &request, int status) {
        QTest::newRow(name) << request << status;
    };
    const QByteArray host = "Host: a\r\n";
    row("garbage", QByteArray("\x16\x03\x01\x02\x00\x01", 6), 400);
    row("one word", "HELLO\r\n\r\n", 400);
    row("HTTP/0.9", "GET /now\r\n\r\n", 400);
    row("method with bad character", "GE(T /now HTTP/1.1\r\n" + host + "\r\n", 400);
    row("method in front of nothing", "GET  HTTP/1.1\r\n" + host + "\r\n", 400);
    row("space before method", " GET /now HTTP/1.1\r\n" + host + "\r\n", 400);
    row("space in target", "GET /now now HTTP/1.1\r\n" + host + "\r\n", 400);
    row("relative target", "GET now HTTP/1.1\r\n" + host + "\r\n", 400);
    row("fragment in target", "GET /now#x HTTP/1.1\r\n" + host + "\r\n", 400);
    row("NUL in target", QByteArray("GET /n\0w HTTP/1.1\r\nHost: a\r\n\r\n", 31), 400);
    row("encoded NUL in path", "GET /n%00w HTTP/1.1\r\n" + host + "\r\n", 400);
    row("bad percent in path", "GET /n%zz HTTP/1.1\r\n" + host + "\r\n", 400);
    row("short percent in path", "GET /now% HTTP/1.1\r\n" + host + "\r\n", 400);
    row("bad percent in query", "GET /now?a=%4 HTTP/1.1\r\n" + host + "\r\n", 400);
    row("version 2", "GET /now HTTP/2.0\r\n" + host + "\r\n", 505);
    row("version 0.9", "GET /now HTTP/0.9\r\n" + host + "\r\n", 505);
    row("version garbled", "GET /now HTTP/x.y\r\n" + host + "\r\n", 400);
    row("version of another protocol", "GET /now ICAP/1.0\r\n" + host + "\r\n", 400);
    row("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
    row("lines without CR", "GET /now HTTP/1.1\nHost: a\n\n", 400);
    row("one line without CR", "GET /now HTTP/1.1\r\nHost: a\n\r\n", 400);
    row("CR inside a line", "GET /now HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400);
    row("no Host", "GET /now HTTP/1.1\r\n\r\n", 400);
    row("two Hosts", "GET /now HTTP/1.1\r\n" + host + host + "\r\n", 400);
    row("header without colon", "GET /now HTTP/1.1\r\n" + host + "nonsense\r\n\r\n", 400);
    row("header without name", "GET /now HTTP/1.1\r\n" + host + ": x\r\n\r\n", 400);
    row("space before colon", "GET /now HTTP/1.1\r\n" + host + "A : x\r\n\r\n", 400);
    row("folded header", "GET /now HTTP/1.1\r\n" + host + "A: x\r\n y\r\n\r\n", 400);
    row("NUL in header", QByteArray("GET /now HTTP/1.1\r\nHost: a\r\nA: \0\r\n\r\n", 36), 400);
    row("control in header", "GET /now HTTP/1.1\r\n" + host + "A: \x01\r\n\r\n", 400);
    const QByteArray post = "POST /echo HTTP/1.1\r\n" + host;
    row("negative length", post + "Content-Length: -5\r\n\r\nhello", 400);
    row("garbled length", post + "Content-Length: 5x\r\n\r\nhello", 400);
    row("signed length", post + "Content-Length: +5\r\n\r\nhello", 400);
    row("hexadecimal length", post + "Content-Length: 0x5\r\n\r\nhello", 400);
    row("empty length", post + "Content-Length:\r\n\r\nhello", 400);
    row("list of lengths", post + "Content-Length: 5, 5\r\n\r\nhello", 400);
    row("two equal lengths", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400);
    row("two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400);
    row("length beyond 64 bits", post + "Content-Length: 99999999999999999999999\r\n\r\nhello", 413);
    row("length beyond the limit", post + "Content-Length: 100000\r\n\r\nhello", 413);
    row("length and chunked", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
    row("chunked and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400);
    row("chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400);
    row("unknown transfer encoding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501);
    row("chunked in 1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
    row("bad chunk size", PostChunked + "xyz\r\nhello\r\n0\r\n\r\n", 400);
    row("negative chunk size", PostChunked + "-5\r\nhello\r\n0\r\n\r\n", 400);
    row("empty chunk size", PostChunked + "\r\nhello\r\n0\r\n\r\n", 400);
    row("huge chunk size", PostChunked + "ffffffffffffffffff\r\nhello", 400);
    row("chunk longer than said", PostChunked + "3\r\nhello\r\n0\r\n\r\n", 400);
    row("chunk size without CR", PostChunked + "5\nhello\r\n0\r\n\r\n", 400);
    row("endless chunk extension", PostChunked + "5;" + QByteArray(5000, 'x'), 400);
    row("endless trailer", PostChunked + "0\r\n" + QByteArray("A: b\r\n").repeated(3000), 400);
    row("chunked beyond the limit", PostChunked + "3e9\r\n" + QByteArray(1001, 'x') + "\r\n0\r\n\r\n", 413);
    row("huge header", "GET /now HTTP/1.1\r\n" + host + "A: " + QByteArray(5000, 'x') + "\r\n\r\n", 431);
    row("headers of many bytes",
        "GET /now HTTP/1.1\r\n" + host + QByteArray("A: b\r\n").repeated(1000) + "\r\n", 431);
    row("many headers",
        "GET /now HTTP/1.1\r\n" + host + QByteArray("A: b\r\n").repeated(RequestHead::MaxFields) + "\r\n",
        431);
    row("huge target", "GET /" + QByteArray(5000, 'x') + " HTTP/1.1\r\n" + host + "\r\n", 431);
    row("unknown expectation", post + "Expect: tea\r\nContent-Length: 5\r\n\r\nhello", 417);
}

void TestHttpSyntax::refusesMalformed()
{
    QFETCH(QByteArray, request);
    QFETCH(int, status);
    HttpLimits limits;
    limits.headerBytes = 4096;
    limits.bodyBytes = 1000;
    TestServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send(request + Get);
    // It is answered, the bytes behind it are not parsed, and the connection ends.
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QCOMPARE(client.statuses(), QList<int>{status});
    QVERIFY(client.received.contains("\r\nContent-Type: application/problem+json\r\n"));
    QVERIFY(client.received.contains("\r\nConnection: close\r\n"));
    QVERIFY(client.body().startsWith("{\"detail\":\""));
    QCOMPARE(m_handled, 0);
    checkServesOn(server);
}

void TestHttpSyntax::takesUnusualButSound_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    QTest::newRow("empty lines first") << QByteArray("\r\n\r\n") + Get << 200;
    QTest::newRow("version 1.9") << QByteArray("GET /now HTTP/1.9\r\nHost: a\r\n\r\n") << 200;
    QTest::newRow("empty Host") << QByteArray("GET /now HTTP/1.1\r\nHost:\r\n\r\n") << 200;
    QTest::newRow("absolute target") << QByteArray("GET http://b:1/now?x HTTP/1.1\r\nHost: a\r\n\r\n") << 200;
    QTest::newRow("no space after colon") << QByteArray("GET /now HTTP/1.1\r\nhOST:a\r\nX:\r\n\r\n") << 200;
    QTest::newRow("text beyond ASCII")
        << QByteArray("GET /now HTTP/1.1\r\nHost: a\r\nX: \xc3\xa4\r\n\r\n") << 200;
    QTest::newRow("body on GET") << QByteArray("GET /now HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                                 << 200;
    QTest::newRow("length with zeros")
        << QByteArray("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0003\r\n\r\nabc") << 200;
    QTest::newRow("no body at all") << QByteArray("POST /echo HTTP/1.1\r\nHost: a\r\n\r\n") << 200;
    QTest::newRow("upgrade ignored")
        << QByteArray("GET /now HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
        << 200;
    QTest::newRow("as many fields as allowed, and Qt needs one more")
        << "GET /now HTTP/1.0\r\nConnection: keep-alive\r\n" +
               QByteArray("A: b\r\n").repeated(RequestHead::MaxFields - 1) + "\r\n"
        << 200;
    QTest::newRow("unknown path") << QByteArray("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n") << 404;
    QTest::newRow("unknown path with body")
        << QByteArray("POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /") << 404;
    QTest::newRow("wrong method with body")
        << QByteArray("POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /") << 405;
    QTest::newRow("small body beyond the route's limit")
        << QByteArray("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nGET / HTTP/") << 413;
    QTest::newRow("unknown method") << QByteArray("BREW /now HTTP/1.1\r\nHost: a\r\n\r\n") << 405;
    QTest::newRow("server options") << QByteArray("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n") << 404;
    QTest::newRow("connect") << QByteArray("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n") << 404;
}

// These refusals leave the connection open.
void TestHttpSyntax::takesUnusualButSound()
{
    QFETCH(QByteArray, request);
    QFETCH(int, status);
    TestServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send(request + Get);
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(client.statuses().size(), 2, Patience);
    QCOMPARE(client.statuses(), (QList<int>{status, 200}));
}

void TestHttpSyntax::headInSingleBytes()
{
    TestServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    QTRY_COMPARE_WITH_TIMEOUT(client.socket.state(), QAbstractSocket::ConnectedState, Patience);
    const QByteArray request = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\n\r\n" +
                               Get;
    for (char c : request) {
        client.send(QByteArray(1, c));
        QCoreApplication::processEvents();
    }
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
    QVERIFY(client.received.contains("\r\n\r\nhello world"));
    QCOMPARE(client.statuses(), (QList<int>{200, 200}));
}

QTEST_GUILESS_MAIN(TestHttpSyntax)
#include "tst_httpsyntax.moc"
