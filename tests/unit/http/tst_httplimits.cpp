// SPDX-License-Identifier: GPL-3.0-or-later
#include "rawclient.h"

#include "shared/http/httpserver.h"

#include <QRegularExpression>
#include <QtTest>

#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace replog;
using namespace Qt::StringLiterals;

namespace {
constexpr int Patience = 30000;
const QByteArray Get = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n";
const QByteArray PostChunked = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
}

// Takes all descriptors that the process may have, and gives them back one by one or, with the old limit, in the end.
class DescriptorHog
{
public:
    DescriptorHog()
    {
        ::getrlimit(RLIMIT_NOFILE, &m_old);
        rlimit low = m_old;
        low.rlim_cur = std::min<rlim_t>(low.rlim_cur, 256);
        ::setrlimit(RLIMIT_NOFILE, &low);
        int taken = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        for (; taken >= 0; taken = ::fcntl(m_taken.front(), F_DUPFD_CLOEXEC, 0))
            m_taken.push_back(taken);
        m_isFull = errno == EMFILE || errno == EINVAL;   // EINVAL: the limit is below what is open already
    }
    ~DescriptorHog() { giveBack(); }
    Q_DISABLE_COPY_MOVE(DescriptorHog)

    bool isFull() const { return m_isFull; }
    bool free(int count)
    {
        for (; count > 0 && !m_taken.empty(); --count)
            freeOne();
        return count == 0;
    }
    void giveBack()
    {
        while (!m_taken.empty())
            freeOne();
        ::setrlimit(RLIMIT_NOFILE, &m_old);
    }

private:
    void freeOne()
    {
        ::close(m_taken.back());
        m_taken.pop_back();
    }
    rlimit m_old{};
    std::vector<int> m_taken;
    bool m_isFull = false;
};

// What a server must withstand: malformed requests, and clients that send too much, too slowly or too many, or that
// do not read.
class TestHttpLimits : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void refusesMalformed_data();
    void refusesMalformed();
    void takesUnusualButSound_data();
    void takesUnusualButSound();
    void headInSingleBytes();
    void endlessHeader();
    void endlessChunkedBody();
    void bodiesOfAllConnectionsTogether();
    void slowHead();
    void slowBody();
    void idleConnectionIsClosed();
    void connectionCap();
    void pipelineDepth();
    void outOfDescriptors_data();
    void outOfDescriptors();
    void expectContinue();
    void expectContinueOfAnsweredStream();
    void readerThatStops();
    void streamGoesOnWhenDrained();
    void bodyStreamOfAnyLength_data();
    void bodyStreamOfAnyLength();
    void bodyStreamBackPressure();
    void fastSenderLetsOthersIn();
    void bodyStreamBroken_data();
    void bodyStreamBroken();
    void hangUpWhileBodyIsPaused_data();
    void hangUpWhileBodyIsPaused();
    void bodyStreamAnsweredEarly();
    void largeBodyInPieces();

private:
    void makeRoutes(HttpServer &server);
    void checkServesOn(const HttpServer &server);
    QList<Reply> m_late;
    int m_handled = 0;
};

void TestHttpLimits::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_late.clear();
    m_handled = 0;
}

void TestHttpLimits::makeRoutes(HttpServer &server)
{
    server.route(HttpMethod::Get, "/now", [this](HttpRequest &&, Reply reply) {
        ++m_handled;
        reply.send(200, "text/plain", "now");
    });
    server.route(HttpMethod::Get, "/late", [this](HttpRequest &&, Reply reply) { m_late.append(reply); });
    server.route(HttpMethod::Post, "/echo", [this](HttpRequest &&request, Reply reply) {
        ++m_handled;
        reply.send(200, "text/plain", request.body);
    });
    server.route(HttpMethod::Post, "/small", [](HttpRequest &&, Reply reply) { reply.send(200, {}, {}); }, 10);
}

void TestHttpLimits::checkServesOn(const HttpServer &server)
{
    RawClient client(server.port());
    client.send(Get);
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
}

void TestHttpLimits::refusesMalformed_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, const QByteArray &request, int status) { QTest::newRow(name) << request << status; };
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
    row("chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
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
    row("many headers", "GET /now HTTP/1.1\r\n" + host + QByteArray("A: b\r\n").repeated(1000) + "\r\n", 431);
    row("huge target", "GET /" + QByteArray(5000, 'x') + " HTTP/1.1\r\n" + host + "\r\n", 431);
    row("unknown expectation", post + "Expect: tea\r\nContent-Length: 5\r\n\r\nhello", 417);
}

void TestHttpLimits::refusesMalformed()
{
    QFETCH(QByteArray, request);
    QFETCH(int, status);
    HttpLimits limits;
    limits.headerBytes = 4096;
    limits.bodyBytes = 1000;
    HttpServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send(request + Get);
    // It is answered, nothing behind it is taken for a request, and the connection ends.
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QCOMPARE(client.statuses(), QList<int>{status});
    QVERIFY(client.received.contains("\r\nContent-Type: application/problem+json\r\n"));
    QVERIFY(client.received.contains("\r\nConnection: close\r\n"));
    QVERIFY(client.body().startsWith("{\"detail\":\""));
    QCOMPARE(m_handled, 0);
    checkServesOn(server);
}

void TestHttpLimits::takesUnusualButSound_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    QTest::newRow("empty lines first") << QByteArray("\r\n\r\n") + Get << 200;
    QTest::newRow("version 1.9") << QByteArray("GET /now HTTP/1.9\r\nHost: a\r\n\r\n") << 200;
    QTest::newRow("empty Host") << QByteArray("GET /now HTTP/1.1\r\nHost:\r\n\r\n") << 200;
    QTest::newRow("absolute target") << QByteArray("GET http://b:1/now?x HTTP/1.1\r\nHost: a\r\n\r\n") << 200;
    QTest::newRow("no space after colon") << QByteArray("GET /now HTTP/1.1\r\nhOST:a\r\nX:\r\n\r\n") << 200;
    QTest::newRow("text beyond ASCII") << QByteArray("GET /now HTTP/1.1\r\nHost: a\r\nX: \xc3\xa4\r\n\r\n") << 200;
    QTest::newRow("body on GET") << QByteArray("GET /now HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc") << 200;
    QTest::newRow("length with zeros") << QByteArray("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0003\r\n\r\nabc") << 200;
    QTest::newRow("no body at all") << QByteArray("POST /echo HTTP/1.1\r\nHost: a\r\n\r\n") << 200;
    QTest::newRow("upgrade ignored")
        << QByteArray("GET /now HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n") << 200;
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

// These cost only themselves: the connection goes on.
void TestHttpLimits::takesUnusualButSound()
{
    QFETCH(QByteArray, request);
    QFETCH(int, status);
    HttpServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send(request + Get);
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(client.statuses().size(), 2, Patience);
    QCOMPARE(client.statuses(), (QList<int>{status, 200}));
}

void TestHttpLimits::headInSingleBytes()
{
    HttpServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    QTRY_COMPARE_WITH_TIMEOUT(client.socket.state(), QAbstractSocket::ConnectedState, Patience);
    const QByteArray request = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\n\r\n" + Get;
    for (char c : request) {
        client.send(QByteArray(1, c));
        QCoreApplication::processEvents();
    }
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
    QVERIFY(client.received.contains("\r\n\r\nhello world"));
    QCOMPARE(client.statuses(), (QList<int>{200, 200}));
}

void TestHttpLimits::endlessHeader()
{
    HttpLimits limits;
    limits.headerBytes = 4096;
    limits.requestMs = 60;
    HttpServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    qint64 sent = 0;
    // Sends on and on, whatever the answer, until it is cut off.
    const QByteArray piece(64 * 1024, 'x');
    connect(&client.socket, &QTcpSocket::bytesWritten, &client, [&](qint64 bytes) {
        sent += bytes;
        client.socket.write(piece);
    });
    client.send("GET /now HTTP/1.1\r\nX: ");
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QVERIFY2(client.received.isEmpty() || client.statuses() == QList<int>{431}, client.received.constData());
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
    checkServesOn(server);
}

void TestHttpLimits::endlessChunkedBody()
{
    HttpLimits limits;
    limits.bodyBytes = 100'000;
    HttpServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    const QByteArray piece = "10000\r\n" + QByteArray(0x10000, 'x') + "\r\n";
    connect(&client.socket, &QTcpSocket::bytesWritten, &client, [&] {
        if (client.received.isEmpty())
            client.socket.write(piece);
    });
    client.send(PostChunked);
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QCOMPARE(client.statuses(), QList<int>{413});
    checkServesOn(server);
}

void TestHttpLimits::bodiesOfAllConnectionsTogether()
{
    HttpLimits limits;
    limits.bodyBytes = 80'000;
    limits.collectedBytes = 100'000;
    HttpServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    const QByteArray head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 80000\r\n\r\n";
    const QByteArray body(80'000, 'x');
    RawClient first(server.port());
    first.send(head + body.first(60'000));
    RawClient second(server.port());
    QTRY_VERIFY_WITH_TIMEOUT(first.socket.bytesToWrite() == 0, Patience);
    // Either may be the one whose bytes come too late to have room; the other is served.
    second.send(head + body.first(60'000));
    QTRY_VERIFY_WITH_TIMEOUT(first.isClosed() || second.isClosed(), Patience);
    RawClient &refused = second.isClosed() ? second : first;
    RawClient &served = second.isClosed() ? first : second;
    QCOMPARE(refused.statuses(), QList<int>{503});
    QVERIFY(refused.received.contains("Retry-After: 1\r\n"));
    served.send(body.sliced(60'000));
    QTRY_COMPARE_WITH_TIMEOUT(served.statuses(), QList<int>{200}, Patience);
    // What was refused, and what was served, is not counted any more.
    RawClient third(server.port());
    third.send(head + body);
    QTRY_COMPARE_WITH_TIMEOUT(third.statuses(), QList<int>{200}, Patience);
    checkServesOn(server);
}

void TestHttpLimits::slowHead()
{
    HttpLimits limits;
    limits.requestMs = 40;
    HttpServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send(Get + "GET /now HT");
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QCOMPARE(client.statuses(), (QList<int>{200, 408}));
    checkServesOn(server);
}

void TestHttpLimits::slowBody()
{
    HttpLimits limits;
    limits.requestMs = 40;
    HttpServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    for (const QByteArray &framing : {QByteArray("Content-Length: 5\r\n\r\nhel"), QByteArray("Transfer-Encoding: chunked\r\n\r\n5\r\nhel")}) {
        RawClient client(server.port());
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\n" + framing);
        QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
        QCOMPARE(client.statuses(), QList<int>{408});
    }
    QCOMPARE(m_handled, 0);
    checkServesOn(server);
}

void TestHttpLimits::idleConnectionIsClosed()
{
    HttpLimits limits;
    limits.idleMs = 40;
    HttpServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient silent(server.port());
    RawClient waiting(server.port());
    waiting.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(silent.isClosed(), Patience);
    QVERIFY(silent.received.isEmpty());
    // Who waits for an answer is not idle.
    QCOMPARE(m_late.size(), 1);
    QVERIFY(m_late[0].isOpen());
    m_late[0].send(200, {}, {});
    QTRY_COMPARE_WITH_TIMEOUT(waiting.statuses(), QList<int>{200}, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(waiting.isClosed(), Patience);
}

void TestHttpLimits::connectionCap()
{
    HttpLimits limits;
    limits.connections = 2;
    HttpServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient first(server.port());
    auto second = std::make_unique<RawClient>(server.port());
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 2, Patience);
    RawClient third(server.port());
    third.send(Get);
    QTRY_VERIFY_WITH_TIMEOUT(third.isClosed(), Patience);
    QCOMPARE(third.statuses(), QList<int>{503});
    QVERIFY(third.received.contains("\r\nRetry-After: 1\r\n"));
    second.reset();
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 1, Patience);
    checkServesOn(server);
    first.send(Get);
    QTRY_VERIFY_WITH_TIMEOUT(first.received.endsWith("now"), Patience);
}

void TestHttpLimits::pipelineDepth()
{
    HttpLimits limits;
    limits.pipelined = 4;
    HttpServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send(QByteArray("GET /late HTTP/1.1\r\nHost: a\r\n\r\n").repeated(10'000) + Get);
    int answered = 0;
    while (answered < 10'000) {
        QTRY_VERIFY_WITH_TIMEOUT(!m_late.isEmpty(), Patience);
        QVERIFY(m_late.size() <= 4);
        for (Reply &reply : std::exchange(m_late, {})) {
            reply.send(200, {}, {});
            ++answered;
        }
    }
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("now"), Patience);
    QCOMPARE(client.statuses().size(), 10'001);
}

void TestHttpLimits::outOfDescriptors_data()
{
    QTest::addColumn<int>("left");         // for the server, which wants two for a connection
    QTest::addColumn<bool>("isFirst");     // Qt's listener treats its first failure unlike later ones
    QTest::newRow("none for the first connection") << 0 << true;
    QTest::newRow("none to accept with") << 0 << false;
    QTest::newRow("accepted, none to answer with") << 1 << false;
}

void TestHttpLimits::outOfDescriptors()
{
    QFETCH(int, left);
    QFETCH(bool, isFirst);
    HttpServer server;
    HttpServer other;
    makeRoutes(server);
    makeRoutes(other);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    QVERIFY(other.listen(QHostAddress::LocalHost, 0));
    RawClient served(isFirst ? other.port() : server.port());
    served.send(Get);
    QTRY_VERIFY_WITH_TIMEOUT(served.received.endsWith("now"), Patience);

    DescriptorHog hog;
    QVERIFY(hog.isFull());
    QVERIFY(hog.free(1 + left));
    RawClient client(server.port());
    if (left == 0)
        QTRY_COMPARE_WITH_TIMEOUT(client.socket.state(), QAbstractSocket::ConnectedState, Patience);
    else
        QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    // The event loop hears of the new connection before it does of this request: accepting was tried once it is served.
    served.received.clear();
    served.send(Get);
    QTRY_VERIFY_WITH_TIMEOUT(served.received.endsWith("now"), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), isFirst ? 0 : 1, Patience);
    hog.giveBack();
    if (left == 0) {
        client.send(Get);
        QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("now"), Patience);
    }
    checkServesOn(server);
}

void TestHttpLimits::expectContinue()
{
    HttpServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    const QByteArray head = "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    RawClient client(server.port());
    client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n" + head);
    QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.requestCount(), 2, Patience);
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
    // Refused without asking for the body.
    client.received.clear();
    client.send("POST /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 50\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QCOMPARE(client.statuses(), QList<int>{413});
}

// An interim answer that is still owed may not come behind the final one's head.
void TestHttpLimits::expectContinueOfAnsweredStream()
{
    HttpServer server;
    makeRoutes(server);
    ReplyStream stream;
    server.routeStream(HttpMethod::Post, "/in", "text/x", [&](HttpRequest &&, std::shared_ptr<BodyStream>, Reply reply) {
        stream = reply.startStream(200, "text/plain");
        stream.write("one");
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n"
                "POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(stream.isOpen(), Patience);
    m_late[0].send(200, {}, {});
    stream.write("two");
    stream.finish();
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QCOMPARE(client.statuses(), (QList<int>{200, 200}));
    QVERIFY(client.received.endsWith("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"));
}

void TestHttpLimits::readerThatStops()
{
    HttpLimits limits;
    limits.streamBytes = 100'000;
    limits.stallMs = 60;
    HttpServer server(limits);
    makeRoutes(server);
    ReplyStream stream;
    qint64 written = 0;
    const auto fill = [&] {
        while (stream.room() > 0) {
            stream.write(QByteArray(10'000, '#'));
            written += 10'000;
        }
    };
    server.route(HttpMethod::Get, "/endless", [&](HttpRequest &&, Reply reply) {
        stream = reply.startStream(200, "text/plain");
        stream.onDrained(this, fill);
        fill();
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.socket.setReadBufferSize(1);
    client.socket.disconnect(&client);
    client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(written > 0, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(!stream.isOpen(), Patience);
    // What the two kernels' buffers take comes on top of the server's own.
    QVERIFY2(written < 64 * 1024 * 1024, QByteArray::number(written).constData());
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
    checkServesOn(server);
}

void TestHttpLimits::streamGoesOnWhenDrained()
{
    constexpr int Pieces = 2000;
    HttpLimits limits;
    limits.streamBytes = 50'000;
    HttpServer server(limits);
    makeRoutes(server);
    ReplyStream stream;
    int pieces = 0;
    qsizetype lowest = limits.streamBytes;
    const auto fill = [&] {
        while (stream.room() > 0 && pieces < Pieces) {
            stream.write(QByteArray(10'000, '#'));
            lowest = std::min(lowest, stream.room());
            ++pieces;
        }
        if (pieces == Pieces)
            stream.finish();
    };
    server.route(HttpMethod::Get, "/long", [&](HttpRequest &&, Reply reply) {
        stream = reply.startStream(200, "text/plain");
        stream.onDrained(this, fill);
        fill();
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    // Behind another answer it must wait for its turn in as little memory.
    client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\nGET /long HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
    QTRY_COMPARE_WITH_TIMEOUT(server.requestCount(), 3, Patience);
    QVERIFY(pieces <= 5);
    m_late[0].send(200, {}, {});
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
    QCOMPARE(client.received.count('#'), Pieces * 10'000);
    QVERIFY(lowest > -11'000);
}

void TestHttpLimits::bodyStreamOfAnyLength_data()
{
    QTest::addColumn<bool>("chunked");
    QTest::newRow("length") << false;
    QTest::newRow("chunked") << true;
}

void TestHttpLimits::bodyStreamOfAnyLength()
{
    QFETCH(bool, chunked);
    constexpr int Pieces = 500;
    HttpLimits limits;
    limits.bodyBytes = 1000;
    HttpServer server(limits);
    makeRoutes(server);
    qint64 taken = 0;
    qsizetype longest = 0;
    bool isWhole = false;
    server.routeStream(HttpMethod::Post, "/echo", "application/x-ndjson",
                       [&](HttpRequest &&request, std::shared_ptr<BodyStream> body, Reply reply) {
        QVERIFY(request.isOfType("application/x-ndjson"));
        body->setHandler({.data = [&](const QByteArray &piece) {
                              taken += piece.size();
                              longest = std::max(longest, piece.size());
                          },
                          .end = [&, reply]() mutable {
                              isWhole = true;
                              reply.send(200, "text/plain", "all");
                          },
                          .broken = [](const Error &error) { QFAIL(qPrintable(error.text)); }});
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    const QByteArray data(100'000, 'x');
    const QByteArray head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: Application/X-NDJSON; charset=utf-8\r\n";
    const QByteArray framing = chunked ? QByteArray("Transfer-Encoding: chunked")
                                       : QByteArray("Content-Length: " + QByteArray::number(Pieces * data.size()));
    client.send(head + framing + "\r\n\r\n");
    const QByteArray chunk = chunked ? QByteArray(QByteArray::number(data.size(), 16) + "\r\n" + data + "\r\n") : data;
    for (int i = 0; i < Pieces; ++i)
        client.send(chunk);
    client.send((chunked ? "0\r\n\r\n" : QByteArray()) + Get);
    // The connection serves the next request as if nothing had been.
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
    QVERIFY(isWhole);
    QCOMPARE(taken, Pieces * data.size());
    QVERIFY(longest <= 64 * 1024);
    QCOMPARE(client.statuses(), (QList<int>{200, 200}));
}

void TestHttpLimits::bodyStreamBackPressure()
{
    HttpServer server;
    makeRoutes(server);
    std::shared_ptr<BodyStream> body;
    qint64 taken = 0;
    server.routeStream(HttpMethod::Post, "/in", "text/x", [&](HttpRequest &&, std::shared_ptr<BodyStream> stream, Reply reply) {
        body = std::move(stream);
        body->setHandler({.data = [&](const QByteArray &piece) {
                              taken += piece.size();
                              body->setPaused(true);
                          },
                          .end = [reply]() mutable { reply.send(200, {}, {}); },
                          .broken = {}});
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    constexpr qsizetype Total = 64 * 1024 * 1024;
    client.send("POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: " + QByteArray::number(Total) + "\r\n\r\n");
    client.send(QByteArray(Total, 'x'));
    client.send(Get);
    // Let both sides come to rest: the client cannot get rid of its bytes.
    qint64 unsent = -1;
    QTRY_VERIFY_WITH_TIMEOUT(taken > 0 && std::exchange(unsent, client.socket.bytesToWrite()) == client.socket.bytesToWrite(), Patience);
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

// The sender follows up whatever is taken of it, so that there would be no end of reading from it.
void TestHttpLimits::fastSenderLetsOthersIn()
{
    constexpr qsizetype Total = 64 * 1024 * 1024;
    HttpServer server;
    qsizetype taken = 0;
    qsizetype takenBefore = -1;
    server.route(HttpMethod::Get, "/now", [&](HttpRequest &&, Reply reply) {
        takenBefore = taken;
        reply.send(200, "text/plain", "now");
    });
    std::shared_ptr<BodyStream> body;
    server.routeStream(HttpMethod::Post, "/in", "text/x", [&](HttpRequest &&, std::shared_ptr<BodyStream> stream, Reply reply) {
        m_late.append(reply);
        body = std::move(stream);
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient other(server.port());
    RawClient fast(server.port());
    fast.send("POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: " + QByteArray::number(Total) + "\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(body && server.connectionCount() == 2, Patience);
    const QByteArray bytes(Total, 'x');
    qsizetype sent = 0;
    const auto sendOn = [&] {
        const ssize_t went = ::send(int(fast.socket.socketDescriptor()), bytes.constData() + sent, std::size_t(Total - sent), MSG_DONTWAIT);
        sent += std::max<ssize_t>(went, 0);
    };
    sendOn();
    body->setHandler({.data = [&](const QByteArray &piece) {
                          if (taken == 0)
                              other.send(Get);
                          taken += piece.size();
                          sendOn();
                      },
                      .end = {},
                      .broken = {}});
    QTRY_VERIFY_WITH_TIMEOUT(takenBefore >= 0, Patience);
    QVERIFY2(takenBefore < Total / 8, QByteArray::number(takenBefore).constData());
}

void TestHttpLimits::bodyStreamBroken_data()
{
    QTest::addColumn<QByteArray>("rest");
    QTest::addColumn<bool>("hangsUp");
    QTest::addColumn<int>("status");
    QTest::newRow("hang-up") << QByteArray("5\r\nhello\r\n") << true << 0;
    QTest::newRow("malformed chunk") << QByteArray("5\r\nhello\r\nxx\r\n") << false << 400;
    QTest::newRow("too slow") << QByteArray("5\r\nhello\r\n") << false << 408;
}

void TestHttpLimits::bodyStreamBroken()
{
    QFETCH(QByteArray, rest);
    QFETCH(bool, hangsUp);
    QFETCH(int, status);
    HttpLimits limits;
    limits.requestMs = 60;
    HttpServer server(limits);
    makeRoutes(server);
    int broken = 0;
    int ended = 0;
    QByteArray taken;
    const auto token = std::make_shared<int>();
    server.routeStream(HttpMethod::Post, "/in", "text/x", [&](HttpRequest &&, std::shared_ptr<BodyStream> body, Reply reply) {
        // The handler holds the stream and the reply: neither may outlive the body's end.
        body->setHandler({.data = [&, body, reply, token](const QByteArray &piece) { taken += piece; },
                          .end = [&] { ++ended; },
                          .broken = [&](const Error &) { ++broken; }});
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send("POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nTransfer-Encoding: chunked\r\n\r\n" + rest);
    QTRY_COMPARE_WITH_TIMEOUT(taken, "hello", Patience);
    if (hangsUp)
        client.socket.abort();
    QTRY_COMPARE_WITH_TIMEOUT(broken, 1, Patience);
    QCOMPARE(ended, 0);
    QTRY_COMPARE_WITH_TIMEOUT(token.use_count(), 1, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    if (status != 0)
        QCOMPARE(client.statuses(), QList<int>{status});
    checkServesOn(server);
}

void TestHttpLimits::hangUpWhileBodyIsPaused_data()
{
    QTest::addColumn<qsizetype>("unread");
    QTest::addColumn<bool>("resets");
    QTest::newRow("closed, all was read") << qsizetype(0) << false;
    QTest::newRow("reset, all was read") << qsizetype(0) << true;
    QTest::newRow("closed behind bytes that nobody wants") << qsizetype(50'000) << false;
    QTest::newRow("reset behind bytes that nobody wants") << qsizetype(50'000) << true;
}

// Who is not read from is still noticed when it goes.
void TestHttpLimits::hangUpWhileBodyIsPaused()
{
    QFETCH(qsizetype, unread);
    QFETCH(bool, resets);
    HttpServer server;
    makeRoutes(server);
    QByteArray taken;
    int gone = 0;
    int broken = 0;
    const auto token = std::make_shared<int>();
    server.routeStream(HttpMethod::Post, "/in", "text/x", [&](HttpRequest &&, std::shared_ptr<BodyStream> body, Reply reply) {
        reply.onHangUp(this, [&] { ++gone; });
        m_late.append(reply);
        body->setHandler({.data = [&, body, token](const QByteArray &piece) {
                              taken += piece;
                              body->setPaused(true);
                          },
                          .end = {},
                          .broken = [&](const Error &) { ++broken; }});
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    {
        RawClient client(server.port());
        client.send("POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: 1000000\r\n\r\nhello");
        QTRY_COMPARE_WITH_TIMEOUT(taken, "hello", Patience);
        client.send(QByteArray(unread, 'x'));
        QTRY_COMPARE_WITH_TIMEOUT(client.socket.bytesToWrite(), 0, Patience);
        if (resets) {
            const linger atOnce{1, 0};
            QCOMPARE(::setsockopt(int(client.socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce), 0);
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

void TestHttpLimits::bodyStreamAnsweredEarly()
{
    HttpServer server;
    makeRoutes(server);
    int pieces = 0;
    server.routeStream(HttpMethod::Post, "/in", "text/x", [&](HttpRequest &&, std::shared_ptr<BodyStream> body, Reply reply) {
        body->setHandler({.data = [&, reply](const QByteArray &) mutable {
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

void TestHttpLimits::largeBodyInPieces()
{
    HttpServer server;
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    QByteArray body(4 * 1024 * 1024, Qt::Uninitialized);
    for (qsizetype i = 0; i < body.size(); ++i)
        body[i] = char('a' + i % 23);
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n");
    for (qsizetype at = 0; at < body.size(); at += 10'000) {
        client.send(body.mid(at, 10'000));
        QCoreApplication::processEvents();
    }
    QTRY_VERIFY_WITH_TIMEOUT(client.isAnswered(), Patience);
    QVERIFY(client.body() == body);
}

QTEST_GUILESS_MAIN(TestHttpLimits)
#include "tst_httplimits.moc"
