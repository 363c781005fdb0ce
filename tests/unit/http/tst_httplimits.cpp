// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/http/descriptorhog.h"
#include "tests/unit/http/httpsuite.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <sys/socket.h>

using namespace replog;

namespace {
constexpr int SweepMs = 501; // time limits are checked every half second
const QByteArray PostChunked = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
} // namespace

// Limits of the server: clients that send too much, too fast, too slowly or too many requests, or do not
// read.
class TestHttpLimits : public HttpSuite
{
    Q_OBJECT
private slots:
    void endlessHeader();
    void endlessChunkedBody();
    void bodiesOfAllConnectionsTogether();
    void idleConnectionsMakeRoom();
    void readersLeaveRoomForAppends();
    void fastSenderLetsOthersIn();
    void slowHead();
    void slowBody();
    void idleConnectionIsClosed();
    void connectionCap();
    void pipelineDepth();
    void outOfDescriptors_data();
    void outOfDescriptors();
    void readerThatStops();
    void streamGoesOnWhenDrained();
};

void TestHttpLimits::endlessHeader()
{
    HttpLimits limits;
    limits.headerBytes = 4096;
    TestServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    qint64 sent = 0;
    // Sends without end, whatever the answer, until the connection is closed.
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
    TestServer server(limits);
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
    limits.memoryBytes = 180'000; // clients may use three quarters, of which two connections take 20 KiB
    TestServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    const QByteArray head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 80000\r\n\r\n";
    const QByteArray body(80'000, 'x');
    RawClient first(server.port());
    first.send(head + body.first(60'000));
    RawClient second(server.port());
    QTRY_VERIFY_WITH_TIMEOUT(first.socket.bytesToWrite() == 0, Patience);
    // One of the two finds no room, whichever is later; the other is served.
    second.send(head + body.first(60'000));
    QTRY_VERIFY_WITH_TIMEOUT(first.isClosed() || second.isClosed(), Patience);
    RawClient &refused = second.isClosed() ? second : first;
    RawClient &served = second.isClosed() ? first : second;
    QCOMPARE(refused.statuses(), QList<int>{503});
    QVERIFY(refused.received.contains("Retry-After: 1\r\n"));
    served.send(body.sliced(60'000));
    QTRY_COMPARE_WITH_TIMEOUT(served.statuses(), QList<int>{200}, Patience);
    // Neither refused nor served requests are still counted.
    RawClient third(server.port());
    third.send(head + body);
    QTRY_COMPARE_WITH_TIMEOUT(third.statuses(), QList<int>{200}, Patience);
    checkServesOn(server);
}

// Connections use memory, too: when it is used up, idle ones are closed.
void TestHttpLimits::idleConnectionsMakeRoom()
{
    HttpLimits limits;
    limits.memoryBytes = 35'000; // less than four connections take
    TestServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    std::vector<std::unique_ptr<RawClient>> idle;
    for (int i = 0; i < 4; ++i) {
        idle.push_back(std::make_unique<RawClient>(server.port()));
        QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), i + 1, Patience);
    }
    RawClient refused(server.port());
    QTRY_VERIFY_WITH_TIMEOUT(refused.isClosed(), Patience);
    QCOMPARE(refused.statuses(), QList<int>{503});
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 3, Patience);
    checkServesOn(server);
}

// Whoever waits for something to read fills half of the memory, and the next one goes: appends are served.
// When the readers' half is used up, those of them that are idle make room for others.
void TestHttpLimits::readersLeaveRoomForAppends()
{
    HttpLimits limits;
    limits.memoryBytes = 400'000;
    ManualScheduler time;
    TestServer server(time, limits);
    server.route({HttpMethod::Get, "/wait", Lane::Qt, Right::Read},
                 [&](HttpRequest &&, const Reply &reply) { m_late.append(reply); });
    server.route({HttpMethod::Post, "/append", Lane::Qt, Right::Append},
                 [&](HttpRequest &&, Reply reply) { reply.send(201, {}, {}); });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    std::vector<std::unique_ptr<RawClient>> readers;
    do {
        const qsizetype waiting = m_late.size();
        readers.push_back(std::make_unique<RawClient>(server.port()));
        readers.back()->send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_VERIFY_WITH_TIMEOUT(m_late.size() > waiting || readers.back()->isClosed(), Patience);
    } while (!readers.back()->isClosed());
    QCOMPARE(readers.back()->statuses(), QList<int>{503});
    readers.pop_back();
    QVERIFY(readers.size() > 2);
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), int(readers.size()), Patience);
    RawClient appends(server.port());
    for (int i = 1; i <= 3; ++i) {
        appends.send("POST /append HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
        QTRY_COMPARE_WITH_TIMEOUT(appends.statuses(), QList<int>(i, 201), Patience);
    }
    QCOMPARE(server.connectionCount(), int(readers.size()) + 1);

    for (Reply &reply : std::exchange(m_late, {}))
        reply.send(200, {}, {});
    time.advance(2 * SweepMs);
    time.advance(SweepMs);
    QTRY_VERIFY_WITH_TIMEOUT(server.budget().hasRoomForReaders(), Patience);
    QVERIFY(server.connectionCount() > 1);
    RawClient next(server.port());
    next.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), 1, Patience);
}

// The sender refills the buffer at once, so reading until it is empty would never end.
void TestHttpLimits::fastSenderLetsOthersIn()
{
    constexpr qsizetype Total = 64 * 1024 * 1024;
    TestServer server;
    qsizetype taken = 0;
    qsizetype takenBefore = -1;
    server.route({HttpMethod::Get, "/now"}, [&](HttpRequest &&, Reply reply) {
        takenBefore = taken;
        reply.send(200, "text/plain", "now");
    });
    std::shared_ptr<BodyStream> body;
    server.routeStream({HttpMethod::Post, "/in"}, "text/x",
                       [&](HttpRequest &&, std::shared_ptr<BodyStream> stream, Reply reply) {
                           m_late.append(reply);
                           body = std::move(stream);
                       });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient other(server.port());
    RawClient fast(server.port());
    fast.send("POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: " +
              QByteArray::number(Total) + "\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(body && server.connectionCount() == 2, Patience);
    const QByteArray bytes(Total, 'x');
    qsizetype sent = 0;
    const auto sendOn = [&] {
        const ssize_t went = ::send(int(fast.socket.socketDescriptor()), bytes.constData() + sent,
                                    std::size_t(Total - sent), MSG_DONTWAIT);
        sent += std::max<ssize_t>(went, 0);
    };
    sendOn();
    body->setHandler({.data =
                          [&](const QByteArray &piece) {
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

void TestHttpLimits::slowHead()
{
    ManualScheduler time;
    TestServer server(time);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.send(Get);
    QTRY_COMPARE_WITH_TIMEOUT(client.statuses(), QList<int>{200}, Patience);
    const qint64 held = server.budget().used();
    client.send("GET /now HT");
    QTRY_VERIFY_WITH_TIMEOUT(server.budget().used() > held, Patience);
    time.advance(HttpLimits().requestMs);
    QCOMPARE(server.errorAnswers().count(408), 0u);
    time.advance(SweepMs);
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
    QCOMPARE(client.statuses(), (QList<int>{200, 408}));
    checkServesOn(server);
}

void TestHttpLimits::slowBody()
{
    ManualScheduler time;
    TestServer server(time);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    for (const QByteArray &framing : {QByteArray("Content-Length: 5\r\n\r\nhel"),
                                      QByteArray("Transfer-Encoding: chunked\r\n\r\n5\r\nhel")}) {
        RawClient client(server.port());
        const qint64 before = server.requestCount();
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\n" + framing);
        QTRY_COMPARE_WITH_TIMEOUT(server.requestCount(), before + 1, Patience);
        time.advance(HttpLimits().requestMs + SweepMs);
        QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), Patience);
        QCOMPARE(client.statuses(), QList<int>{408});
    }
    QCOMPARE(m_handled, 0);
    checkServesOn(server);
}

void TestHttpLimits::idleConnectionIsClosed()
{
    ManualScheduler time;
    TestServer server(time);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient silent(server.port());
    RawClient waiting(server.port());
    waiting.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(m_late.size() == 1 && server.connectionCount() == 2, Patience);
    time.advance(HttpLimits().idleMs + SweepMs);
    QTRY_VERIFY_WITH_TIMEOUT(silent.isClosed(), Patience);
    QVERIFY(silent.received.isEmpty());
    // A client that waits for an answer is not idle.
    QVERIFY(m_late[0].isOpen());
    m_late[0].send(200, {}, {});
    QTRY_COMPARE_WITH_TIMEOUT(waiting.statuses(), QList<int>{200}, Patience);
    QVERIFY(!waiting.isClosed());
    time.advance(HttpLimits().idleMs + SweepMs);
    QTRY_VERIFY_WITH_TIMEOUT(waiting.isClosed(), Patience);
}

void TestHttpLimits::connectionCap()
{
    HttpLimits limits;
    limits.connections = 2;
    TestServer server(limits);
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
    TestServer server(limits);
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
    // A server that reads no further for a quarter of a minute asks by an interim answer whether the client
    // is there.
    QCOMPARE(client.statuses().count(200), 10'001);
    QCOMPARE(client.statuses().count(100), client.statuses().size() - 10'001);
}

void TestHttpLimits::outOfDescriptors_data()
{
    QTest::addColumn<bool>("isFirst"); // Qt's listener handles its first failure differently
    QTest::newRow("none for the first connection") << true;
    QTest::newRow("none for another") << false;
}

void TestHttpLimits::outOfDescriptors()
{
    QFETCH(bool, isFirst);
    TestServer server;
    TestServer other;
    makeRoutes(server);
    makeRoutes(other);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    QVERIFY(other.listen(QHostAddress::LocalHost, 0));
    RawClient served(isFirst ? other.port() : server.port());
    served.send(Get);
    QTRY_VERIFY_WITH_TIMEOUT(served.received.endsWith("now"), Patience);

    DescriptorHog hog;
    QVERIFY(hog.isFull());
    QVERIFY(hog.free(1));
    RawClient client(server.port());
    QTRY_COMPARE_WITH_TIMEOUT(client.socket.state(), QAbstractSocket::ConnectedState, Patience);
    // The event loop handles the new connection before this request: when this is served, accept was tried.
    served.received.clear();
    served.send(Get);
    QTRY_VERIFY_WITH_TIMEOUT(served.received.endsWith("now"), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), isFirst ? 0 : 1, Patience);
    hog.giveBack();
    client.send(Get);
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("now"), Patience);
    checkServesOn(server);
}

void TestHttpLimits::readerThatStops()
{
    HttpLimits limits;
    limits.streamBytes = 100'000;
    ManualScheduler time;
    TestServer server(time, limits);
    makeRoutes(server);
    ReplyStream stream;
    qint64 written = 0;
    const auto fill = [&] {
        while (stream.room() > 0) {
            stream.write(QByteArray(10'000, '#'));
            written += 10'000;
        }
    };
    server.route({HttpMethod::Get, "/endless"}, [&](HttpRequest &&, Reply reply) {
        stream = reply.startStream(200, "text/plain");
        stream.onDrained(this, fill);
        fill();
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    client.socket.setReadBufferSize(1);
    client.socket.disconnect(&client);
    client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    // At first the kernels' buffers accept bytes.
    QTRY_VERIFY_WITH_TIMEOUT((time.advance(limits.stallMs + SweepMs), written > 0 && !stream.isOpen()),
                             Patience);
    // The buffers of the two kernels add to the server's own.
    QVERIFY2(written < 64 * 1024 * 1024, QByteArray::number(written).constData());
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
    checkServesOn(server);
}

void TestHttpLimits::streamGoesOnWhenDrained()
{
    constexpr int Pieces = 2000;
    HttpLimits limits;
    limits.streamBytes = 50'000;
    TestServer server(limits);
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
    server.route({HttpMethod::Get, "/long"}, [&](HttpRequest &&, Reply reply) {
        stream = reply.startStream(200, "text/plain");
        stream.onDrained(this, fill);
        fill();
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient client(server.port());
    // Behind another answer it must wait in bounded memory, too.
    client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\nGET /long HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
    QTRY_COMPARE_WITH_TIMEOUT(server.requestCount(), openAtOnce(2), Patience);
    QVERIFY(pieces <= 5);
    m_late[0].send(200, {}, {});
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n\r\nnow"), Patience);
    QCOMPARE(client.received.count('#'), Pieces * 10'000);
    QVERIFY(lowest > -11'000);
}

QTEST_GUILESS_MAIN(TestHttpLimits)
#include "tst_httplimits.moc"
