// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httpconnection.h"
#include "tests/support/manualscheduler.h"
#include "tests/unit/http/memorychannel.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QtTest>

#include <memory>

using namespace replog;

// A single connection: bytes and time come from the test.
class TestHttpGate : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void headThatComesSlowly();
    void bodyThatComesSlowly();
    void largeBodyThatComesSlowly();
    void lineThatComesSlowly();
    void chunkHeaderThatComesSlowly();
    void idleConnection();
    void readerThatTakesNothing();
    void unreadAnswersHoldRequestsBack();
    void longAnswersComeOneByOne();
    void aTurnIsBounded();
    void dearAnswersLetOthersIn();
    void goneWhileInLine();
    void smallChunks();
    void memoryThatIsUsedUp();
    void memoryThatReadersUsedUp();
    void readersWithinTheirPartGoOn();
    void whoReadsStaysAReader();
    void whoStalledSinceWhen();
    void goneBehindUnreadBytes();
    void halfClosedBehindAHeldRequest();
    void closeBehindARequestThatWaits();
    void goneBehindARequestThatWaits();
    void headOfAStream();
    void largePieceOfAStream();
    void headThatComesAgain();
    void headThatComesAgainIsJudgedAgain();

private:
    void connectClient();
    QByteArray statuses() const;
    void passTime(qint64 ms);

    static inline const QByteArray Get = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n";
    static inline const QByteArray GetDear = "GET /dear HTTP/1.1\r\nHost: a\r\n\r\n";
    static inline const QByteArray GetLate = "GET /late HTTP/1.1\r\nHost: a\r\n\r\n";
    ManualScheduler m_time; // of the turns alone
    std::unique_ptr<HttpServerState> m_state;
    MemoryChannel *m_channel = nullptr; // owned by the connection
    QByteArray m_left;                  // bytes that a deleted connection had sent
    QPointer<HttpConnection> m_connection;
    QList<Reply> m_late;
    std::shared_ptr<BodyStream> m_body;
    Reply m_bodyReply;
    Reply m_streamReply;
    ReplyStream m_stream;
    int m_served = 0;
    int m_relieved = 0;
    Error m_broken;
};

void TestHttpGate::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    HttpLimits limits;
    limits.requestMs = 1000;
    limits.idleMs = 5000;
    limits.stallMs = 2000;
    limits.memoryBytes = 1'000'000;
    m_state = std::make_unique<HttpServerState>(limits, m_time);
    m_state->nowMs = 1'000'000;
    m_state->date = "Date: x\r\n";
    m_state->relieve = [this] { ++m_relieved; };
    const auto add = [this](const RouteSpec &spec, HttpServer::Handler handler) {
        HttpRoute &route = m_state->router.add(spec);
        route.handler = std::move(handler);
        route.bodyLimit = 500'000;
    };
    add({HttpMethod::Get, "/now", Lane::Fast, Right::Read}, [this](HttpRequest &&, Reply reply) {
        ++m_served;
        reply.send(200, "text/plain", "now");
    });
    add({HttpMethod::Get, "/dear", Lane::Fast}, [this](HttpRequest &&, Reply reply) {
        ++m_served;
        m_time.advance(20);
        reply.send(200, "text/plain", "dear");
    });
    add({HttpMethod::Get, "/late", Lane::Fast},
        [this](HttpRequest &&, const Reply &reply) { m_late.append(reply); });
    add({HttpMethod::Get, "/wait", Lane::Fast, Right::Read},
        [this](HttpRequest &&, const Reply &reply) { m_late.append(reply); });
    add({.method = HttpMethod::Get, .path = "/long", .lane = Lane::Fast, .isLong = true},
        [this](HttpRequest &&, const Reply &reply) { m_late.append(reply); });
    add({HttpMethod::Get, "/big", Lane::Fast}, [this](HttpRequest &&, Reply reply) {
        ++m_served;
        reply.send(200, "text/plain", QByteArray(100'000, 'x'));
    });
    add({HttpMethod::Get, "/stream", Lane::Fast}, [this](HttpRequest &&, Reply reply) {
        m_stream = reply.startStream(200, "text/event-stream");
        m_stream.write(": hello\n\n");
        m_streamReply = reply;
    });
    add({HttpMethod::Post, "/echo", Lane::Fast, Right::Append}, [this](HttpRequest &&request, Reply reply) {
        ++m_served;
        reply.send(200, "text/plain", "echo " + request.headers.value("x-name") + ' ' + request.body);
    });
    add({HttpMethod::Post, "/deliver", Lane::Fast, Right::Cluster}, [this](HttpRequest &&, Reply reply) {
        ++m_served;
        reply.send(200, "text/plain", "delivered");
    });
    HttpRoute &route = m_state->router.add({HttpMethod::Post, "/in", Lane::Fast, Right::Append});
    route.streams.emplace_back(
        "text/x", [this](HttpRequest &&, const std::shared_ptr<BodyStream> &body, const Reply &reply) {
            m_body = body;
            m_bodyReply = reply;
            body->setHandler(
                {[](const QByteArray &) {}, [] {}, [this](const Error &error) { m_broken = error; }});
        });
    connectClient();
}

void TestHttpGate::cleanup()
{
    delete m_connection.data();
    m_late.clear();
    m_body.reset();
    m_bodyReply = {};
    m_streamReply = {};
    m_stream = {};
    m_served = 0;
    m_relieved = 0;
    m_broken = {};
    QCOMPARE(m_state->budget.used(), 0); // all memory was released
}

void TestHttpGate::connectClient()
{
    auto channel = std::make_unique<MemoryChannel>();
    m_channel = channel.get();
    m_channel->left = &m_left;
    m_connection = new HttpConnection(std::move(channel), QHostAddress::LocalHost, *m_state, nullptr);
}

QByteArray TestHttpGate::statuses() const
{
    QByteArray found;
    const QByteArray all = m_connection ? m_channel->sent + m_channel->kept : m_left;
    for (qsizetype at = all.indexOf("HTTP/1.1 "); at >= 0; at = all.indexOf("HTTP/1.1 ", at + 1))
        found += all.mid(at + 9, 3) + ' ';
    return found.trimmed();
}

void TestHttpGate::passTime(qint64 ms)
{
    m_state->nowMs += ms;
    m_connection->sweep();
    QCoreApplication::processEvents();
}

void TestHttpGate::headThatComesSlowly()
{
    m_channel->receive("GET /now HTTP/1.1\r\nHo");
    passTime(900);
    m_channel->receive("s");
    QCOMPARE(statuses(), "");
    passTime(101);
    QCOMPARE(statuses(), "408");
    QVERIFY(m_channel->isShutDown);
}

void TestHttpGate::bodyThatComesSlowly()
{
    m_channel->receive("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
    passTime(1000);
    m_channel->receive("l");
    passTime(1);
    QCOMPARE(statuses(), "408");
    QCOMPARE(m_served, 0);
}

// A large body may come over a slow link: each part of it has the time limit of a small one.
void TestHttpGate::largeBodyThatComesSlowly()
{
    constexpr int Part = 256 * 1024;
    m_channel->receive("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 450000\r\n\r\n");
    passTime(900);
    m_channel->receive(QByteArray(Part, 'x'));
    passTime(900);
    QCOMPARE(statuses(), "");
    m_channel->receive(QByteArray(450'000 - Part - 1, 'x')); // but a part must not take for ever
    passTime(101);
    QCOMPARE(statuses(), "408");
}

// Each line of a streamed body must be complete in time, however steadily its bytes come.
void TestHttpGate::lineThatComesSlowly()
{
    m_channel->receive(
        "POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: 1000\r\n\r\n");
    QVERIFY(m_body);
    for (int line = 0; line < 3; ++line) {
        for (int i = 0; i < 9; ++i) {
            m_channel->receive("x");
            m_body->setHeld(i + 1);
            passTime(100);
        }
        m_body->setHeld(0);
    }
    QVERIFY(m_broken.text.isEmpty());
    m_body->setHeld(1);
    const qint64 held = m_state->budget.used();
    m_body->setHeld(1001);
    QCOMPARE(m_state->budget.used() - held, 1000);
    for (int i = 0; i < 11; ++i) {
        m_channel->receive("x");
        passTime(100);
    }
    QCOMPARE(m_broken.code, Errc::TooSlow);
}

// Nothing of the body has come with it.
void TestHttpGate::chunkHeaderThatComesSlowly()
{
    m_channel->receive(
        "POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nTransfer-Encoding: chunked\r\n\r\n");
    QVERIFY(m_body);
    for (int i = 0; i < 9; ++i) {
        m_channel->receive("1\r\nx\r\n");
        passTime(900);
    }
    QVERIFY(m_broken.text.isEmpty());
    m_channel->receive("1;a=");
    passTime(900);
    m_channel->receive("a");
    passTime(101);
    QCOMPARE(m_broken.code, Errc::TooSlow);
}

void TestHttpGate::idleConnection()
{
    m_channel->receive(Get);
    QCOMPARE(statuses(), "200");
    passTime(5000);
    QVERIFY(!m_channel->isShutDown);
    passTime(1);
    QVERIFY(m_channel->isShutDown);
}

void TestHttpGate::readerThatTakesNothing()
{
    m_channel->isTaking = false;
    m_channel->receive(Get);
    passTime(2000);
    QVERIFY(!m_channel->isClosed);
    passTime(1);
    QTRY_VERIFY(!m_connection);
}

// With 256 KiB of unread answers no further request is served until they are read.
void TestHttpGate::unreadAnswersHoldRequestsBack()
{
    m_channel->isTaking = false;
    m_channel->receive(QByteArray("GET /big HTTP/1.1\r\nHost: a\r\n\r\n").repeated(20));
    QCOMPARE(m_served, 3);
    QVERIFY(m_state->budget.used() > 300'000);
    m_channel->sent += std::exchange(m_channel->kept, {});
    emit m_channel->written();
    QTRY_COMPARE(m_served, 6);
}

// For a client that does not read, only one streamed answer may be produced at a time.
void TestHttpGate::longAnswersComeOneByOne()
{
    m_channel->receive(QByteArray("GET /long HTTP/1.1\r\nHost: a\r\n\r\n").repeated(3) + Get);
    for (int served = 1; served <= 3; ++served) {
        QTRY_COMPARE(m_late.size(), served);
        m_late.last().send(200, {}, {});
    }
    QTRY_COMPARE(statuses(), "200 200 200 200");
}

void TestHttpGate::aTurnIsBounded()
{
    m_channel->receive(Get.repeated(100));
    QCOMPARE(m_served, 64); // then other connections have their turn
    QTRY_COMPARE(m_served, 100);
}

// Two connections that have many dear requests are served in turn, one at a time; a third that asks meanwhile
// is served at once.
void TestHttpGate::dearAnswersLetOthersIn()
{
    constexpr int Requests = 10;
    m_channel->receive(GetDear.repeated(Requests));
    QCOMPARE(m_served, 2); // the time is taken from the first on
    const auto first = std::exchange(m_channel, nullptr);
    const QPointer<HttpConnection> firstConnection = m_connection;
    connectClient();
    const auto second = m_channel;
    const std::unique_ptr<HttpConnection> secondConnection(m_connection);
    second->receive(GetDear.repeated(Requests));
    QCOMPARE(m_served, 3);
    connectClient();
    const std::unique_ptr<HttpConnection> thirdConnection(m_connection);
    m_channel->receive(Get);
    QCOMPARE(statuses(), "200");
    QCOMPARE(m_served, 4);
    m_connection = firstConnection;
    int most = 0;
    while (m_served < 2 * Requests + 1) {
        const int before = m_served;
        QCoreApplication::sendPostedEvents();
        QVERIFY(m_served > before);
        most = std::max(most, m_served - before);
        const qsizetype ahead = first->sent.count("dear") - second->sent.count("dear");
        QVERIFY2(ahead >= 0 && ahead <= 2, QByteArray::number(ahead).constData());
    }
    QCOMPARE(most, 1);
}

// Nobody would read what is answered to a client that has gone.
void TestHttpGate::goneWhileInLine()
{
    m_channel->receive(GetDear.repeated(10));
    QCOMPARE(m_served, 2);
    m_channel->endWith(Channel::End::HungUp);
    QTRY_VERIFY(!m_connection);
    QCOMPARE(m_served, 2);
}

void TestHttpGate::smallChunks()
{
    const QByteArray head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    m_channel->receive(head + QByteArray("1\r\nx\r\n").repeated(4000) + "0\r\n\r\n");
    QTRY_COMPARE(statuses(), "200");
    m_channel->receive(head + QByteArray("1\r\nx\r\n").repeated(10'000) + "0\r\n\r\n");
    QTRY_COMPARE(statuses(), "200 400");
    QCOMPARE(m_served, 1);
}

// Clients are refused before other nodes are; GET /health is never refused.
void TestHttpGate::memoryThatIsUsedUp()
{
    MemoryBudget::Share others(m_state->budget, MemoryBudget::Part::Others);
    others.set(760'000);
    m_channel->receive(Get);
    QCOMPARE(statuses(), "503");
    QVERIFY(m_channel->sent.contains("\r\nRetry-After: 1\r\n"));
    m_channel->receive(GetLate);
    QCOMPARE(m_late.size(), 1);
    m_late.takeFirst().send(200, {}, {});
    m_channel->receive("POST /deliver HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
    m_relieved = 0;
    others.set(1'100'000);
    m_channel->receive("l");
    QCOMPARE(m_relieved, 1); // others are dropped to make room
    m_channel->receive("o");
    QCOMPARE(statuses(), "503 200 200");
    others.set(700'000);
    m_channel->receive(Get);
    QCOMPARE(statuses(), "503 200 200 200");
}

// Readers have half of the memory. One beyond it is refused and goes; appends, deliveries and GET /health are
// served all the same.
void TestHttpGate::memoryThatReadersUsedUp()
{
    const QByteArray append = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
    MemoryBudget::Share readers(m_state->budget, MemoryBudget::Part::Readers);
    readers.set(980'000);
    m_channel->receive(append);
    m_channel->receive("POST /deliver HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    m_channel->receive(GetLate);
    QCOMPARE(m_late.size(), 1);
    m_late.takeFirst().send(200, {}, {});
    QCOMPARE(statuses(), "200 200 200");
    readers.set(500'000);
    m_channel->receive(Get);
    QCOMPARE(statuses(), "200 200 200 503");
    QVERIFY(m_channel->sent.contains("no memory is left for more readers"));
    QVERIFY(m_channel->sent.contains("\r\nRetry-After: 1\r\n"));
    QVERIFY(m_channel->sent.contains("\r\nConnection: close\r\n"));
    QVERIFY(m_channel->isShutDown);
    QCOMPARE(m_state->budget.readers(), 500'000); // the refused one does not count
    QCOMPARE(m_relieved, 1);                      // idle readers are dropped
    QCOMPARE(m_served, 2);
}

// A reader that asks again does not keep itself out.
void TestHttpGate::readersWithinTheirPartGoOn()
{
    MemoryBudget::Share readers(m_state->budget, MemoryBudget::Part::Readers);
    readers.set(499'999);
    m_channel->receive(Get);
    QVERIFY(!m_state->budget.hasRoomForReaders());
    m_channel->receive(Get);
    QCOMPARE(statuses(), "200 200");
}

// Whatever is asked for behind a read that waits, the client counts as a reader until it is answered.
void TestHttpGate::whoReadsStaysAReader()
{
    QVERIFY(!m_connection->isReader());
    m_channel->receive("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(m_connection->isReader());
    m_channel->receive(GetLate);
    const QByteArray append = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
    m_channel->receive(append);
    QVERIFY(m_connection->isReader());
    for (Reply &reply : m_late)
        reply.send(200, {}, {});
    QCOMPARE(statuses(), "200 200 200");
    m_channel->receive(GetLate);
    QVERIFY(m_connection->isReader());
    m_late.takeLast().send(200, {}, {});
    m_channel->receive(append);
    QVERIFY(!m_connection->isReader());
}

// Which connection is dropped first when memory is short: an idle one counts from its last byte on, one that
// waits for our answer is never dropped.
void TestHttpGate::whoStalledSinceWhen()
{
    const qint64 connectedAt = m_state->nowMs;
    QVERIFY(m_connection->heldBytes() > 0);
    QCOMPARE(m_connection->stalledSince(), connectedAt);
    passTime(10);
    QCOMPARE(m_connection->stalledSince(), connectedAt);
    m_channel->receive(Get);
    QCOMPARE(m_connection->stalledSince(), connectedAt + 10);
    m_channel->receive(GetLate);
    passTime(10);
    QCOMPARE(m_connection->stalledSince(), 0);
    m_channel->isTaking = false;
    m_late.takeFirst().send(200, "text/plain", "late");
    QCOMPARE(m_connection->stalledSince(), connectedAt + 20);
}

// The client has sent more than is read while an answer is open: its end is noticed all the same.
void TestHttpGate::goneBehindUnreadBytes()
{
    m_channel->receive(GetLate.repeated(30'000)); // only as many are served as may be open
    QVERIFY(!m_channel->isReading);
    QVERIFY(m_state->budget.used() < 300'000);
    // Its end may even be stuck in the client's kernel, behind bytes that we do not read.
    passTime(15'000);
    QVERIFY(!m_channel->sent.contains("100 Continue"));
    passTime(1);
    QCOMPARE(m_channel->sent.count("100 Continue"), 1); // if the client is gone, its kernel resets
    m_channel->ahead = Channel::End::HalfClosed;
    passTime(1);
    QCOMPARE(m_channel->sent.count("100 Continue"), 2);
    QVERIFY(m_connection);
    m_channel->ahead = Channel::End::HungUp;
    int gone = 0;
    m_late.first().onHangUp(this, [&] { ++gone; });
    passTime(1);
    QTRY_VERIFY(!m_connection);
    QCOMPARE(gone, 1);
}

// Requests that a client sent before it closed its half are served, though they wait for their turn.
void TestHttpGate::halfClosedBehindAHeldRequest()
{
    m_channel->isTaking = false;
    m_channel->incoming = QByteArray("GET /big HTTP/1.1\r\nHost: a\r\n\r\n").repeated(5);
    m_channel->endWith(Channel::End::HalfClosed);
    QCOMPARE(m_served, 3);
    m_channel->isTaking = true;
    m_channel->sent += std::exchange(m_channel->kept, {});
    emit m_channel->written();
    QTRY_COMPARE(m_served, 5);
    QTRY_VERIFY(!m_connection);
}

// A close is noticed at once, though requests before it wait for their turn; those are served all the same.
void TestHttpGate::closeBehindARequestThatWaits()
{
    m_channel->receive("GET /long HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
    QCOMPARE(m_late.size(), 1);
    m_channel->endWith(Channel::End::HalfClosed);
    QCOMPARE(m_channel->sent, "HTTP/1.1 100 Continue\r\n\r\n"); // if the client is gone, its kernel resets
    m_late.takeFirst().send(200, {}, {});
    QTRY_COMPARE(statuses(), "100 200 200");
    QTRY_VERIFY(!m_connection);
}

// The same for a client that has closed both halves.
void TestHttpGate::goneBehindARequestThatWaits()
{
    m_channel->receive("GET /long HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
    int gone = 0;
    m_late.first().onHangUp(this, [&] { ++gone; });
    m_channel->endWith(Channel::End::HalfClosed);
    m_channel->ahead = Channel::End::HungUp; // the kernel's answer to what was sent
    QTRY_COMPARE(gone, 1);
    QTRY_VERIFY(!m_connection);
    QCOMPARE(m_served, 0);
}

// An answer to HEAD ends although the stream does not.
void TestHttpGate::headOfAStream()
{
    m_channel->receive("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
    QTRY_COMPARE(statuses(), "200 200");
    QVERIFY(!m_channel->sent.contains("hello"));
}

// A thousand readers of one stream have it once.
void TestHttpGate::largePieceOfAStream()
{
    m_channel->receive("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    const QByteArray piece(100'000, 'x');
    m_stream.write(piece);
    QVERIFY(m_channel->sent.endsWith(QByteArray("\r\n186a0\r\n" + piece + "\r\n")));
    QVERIFY(std::any_of(m_channel->shared.cbegin(), m_channel->shared.cend(),
                        [&](const QByteArray &part) { return part.constData() == piece.constData(); }));
}

// Cached heads of a connection are compared by all bytes, and each body goes to its own request.
void TestHttpGate::headThatComesAgain()
{
    const QByteArray a = "POST /echo HTTP/1.1\r\nHost: a\r\nX-Name: a\r\nContent-Length: 2\r\n\r\n";
    const QByteArray b = "POST /echo HTTP/1.1\r\nHost: a\r\nX-Name: b\r\nContent-Length: 2\r\n\r\n";
    const QByteArray c = "POST /echo HTTP/1.1\r\nHost: a\r\nX-Name: c\r\nContent-Length: 4\r\n\r\n";
    m_channel->receive(a + "1\n" + a + "2\n" + b + "3\n" + a + "4\n" + c + "five" + b + "6\n" + a.first(30));
    m_channel->receive(a.sliced(30) + "7\n" + Get + c + "eigh" + Get);
    QTRY_COMPARE(m_served, 10);
    QByteArray told;
    for (const QByteArray &line : m_channel->sent.split('\n')) {
        if (const qsizetype at = line.indexOf("echo "); at >= 0)
            told += line.sliced(at + 5).first(3) + ',';
    }
    QCOMPARE(told, "a 1,a 2,b 3,a 4,c f,b 6,a 7,c e,");
}

// Access is checked again for each request, also with a cached head.
void TestHttpGate::headThatComesAgainIsJudgedAgain()
{
    bool isOpen = true;
    m_state->gate = [&isOpen](const GateRequest &) -> Result<void> {
        if (isOpen)
            return {};
        return Error{Errc::Unauthorized, QStringLiteral("no more")};
    };
    m_channel->receive(Get + Get);
    isOpen = false;
    m_channel->receive(Get);
    isOpen = true;
    m_channel->receive(Get);
    QTRY_COMPARE(statuses(), "200 200 401 200");
    QCOMPARE(m_served, 3);
    m_state->gate = nullptr;
}

QTEST_GUILESS_MAIN(TestHttpGate)
#include "tst_httpgate.moc"
