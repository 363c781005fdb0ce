// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/eventloopscheduler.h"
#include "shared/http/httpexchange.h"
#include "shared/http/httpserver.h"
#include "tests/support/manualscheduler.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QtTest>

#include <sys/socket.h>

using namespace replog;
using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 30000;
const QByteArray Ok = "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: 2\r\n\r\nok";

const CallCredentials &noCredentials()
{
    static const CallCredentials none;
    return none;
}

QUrl localUrl(quint16 port)
{
    return QUrl(u"http://127.0.0.1:%1/base/"_s.arg(port));
}

// A peer that answers with given bytes.
class ScriptedPeer : public QTcpServer
{
public:
    ScriptedPeer()
    {
        listen(QHostAddress::LocalHost, 0);
        connect(this, &QTcpServer::newConnection, this, [this] {
            socket = nextPendingConnection();
            ++connections;
            connect(socket, &QTcpSocket::readyRead, this, [this, from = socket] {
                received += from->readAll();
                const int whole = int(received.count("\r\n\r\n"));
                if (whole > asked) {
                    asked = whole;
                    if (!answer.isEmpty())
                        from->write(answer);
                    if (closes)
                        from->disconnectFromHost();
                }
            });
        });
    }
    QTcpSocket *socket = nullptr;
    QByteArray answer;
    QByteArray received;
    int asked = 0;
    int connections = 0;
    bool closes = false;
};

} // namespace

class TestHttpExchange : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void answersInOrder();
    void request();
    void answers_data();
    void answers();
    void faults_data();
    void faults();
    void timesOutWithAllBehind();
    void timeOfEachBeginsAnew();
    void largeRequestOverASlowLink();
    void goesOnAfterAnAnswerThatCloses();
    void reconnectsAfterIdleClose();
    void peerThatIsNotThere();
    void abortFailsAllOnce();
    void callsFromSlots();

private:
    ManualScheduler m_scheduler; // time of the exchange: it moves only where a test says so
};

void TestHttpExchange::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void TestHttpExchange::answersInOrder()
{
    EventLoopScheduler scheduler;
    HttpServer server(scheduler);
    QList<Reply> late;
    QList<QByteArray> bodies;
    server.route({HttpMethod::Post, "/base/echo", Lane::Fast}, [&](HttpRequest &&request, Reply reply) {
        bodies.append(request.body);
        late.append(reply);
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    HttpExchange exchange(localUrl(server.port()), {.attemptMs = Patience}, noCredentials(), m_scheduler);
    QSignalSpy answered(&exchange, &HttpExchange::answered);
    QSignalSpy failed(&exchange, &HttpExchange::failed);
    const QByteArray large(3'000'000, '#');
    exchange.post(10, "/echo", "text/plain", "zero");
    exchange.post(11, "/echo", "application/cbor", large);
    exchange.post(12, "/echo", "text/plain", {});
    QCOMPARE(exchange.pending(), 3);
    // All have arrived before the first is answered.
    QTRY_COMPARE_WITH_TIMEOUT(late.size(), 3, Patience);
    QVERIFY(bodies[0] == "zero" && bodies[1] == large && bodies[2].isEmpty());
    late[2].send(200, "text/plain", "2");
    late[1].send(409, "text/plain", "1");
    late[0].send(200, "text/plain", "0");
    QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 3, Patience);
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(answered.at(i).at(0).toInt(), 10 + i);
        QCOMPARE(answered.at(i).at(1).toInt(), i == 1 ? 409 : 200);
        QCOMPARE(answered.at(i).at(3).toByteArray(), QByteArray::number(i));
    }
    QCOMPARE(failed.size(), 0);
    QCOMPARE(exchange.pending(), 0);
    QCOMPARE(server.connectionCount(), 1);
}

void TestHttpExchange::request()
{
    ScriptedPeer peer;
    HttpExchange exchange(localUrl(peer.serverPort()), {.attemptMs = Patience}, noCredentials(), m_scheduler);
    exchange.post(1, "/x/y", "application/cbor", "body");
    QTRY_VERIFY_WITH_TIMEOUT(peer.received.endsWith("\r\n\r\nbody"), Patience);
    QVERIFY(peer.received.startsWith("POST /base/x/y HTTP/1.1\r\n"));
    QVERIFY(peer.received.contains("\r\nHost: 127.0.0.1:"));
    QVERIFY(peer.received.contains("\r\nContent-Type: application/cbor\r\n"));
    QVERIFY(peer.received.contains("\r\nContent-Length: 4\r\n"));
}

void TestHttpExchange::answers_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("closes");
    QTest::newRow("length") << Ok << 200 << QByteArray("ok") << false;
    QTest::newRow("chunked")
        << QByteArray(
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;a\r\nk\r\n0\r\nT: x\r\n\r\n")
        << 200 << QByteArray("ok") << false;
    QTest::newRow("until close") << QByteArray("HTTP/1.1 200 OK\r\n\r\nok") << 200 << QByteArray("ok")
                                 << true;
    QTest::newRow("HTTP/1.0") << QByteArray("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok") << 200
                              << QByteArray("ok") << true;
    QTest::newRow("no content") << QByteArray("HTTP/1.1 204 No Content\r\n\r\n") << 204 << QByteArray()
                                << false;
    QTest::newRow("interim first") << "HTTP/1.1 100 Continue\r\n\r\n" + Ok << 200 << QByteArray("ok")
                                   << false;
    QTest::newRow("problem") << QByteArray("HTTP/1.1 503\r\ncontent-length:0\r\n\r\n") << 503 << QByteArray()
                             << false;
}

void TestHttpExchange::answers()
{
    QFETCH(QByteArray, answer);
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(bool, closes);
    ScriptedPeer peer;
    HttpExchange exchange(localUrl(peer.serverPort()), {.attemptMs = Patience}, noCredentials(), m_scheduler);
    QSignalSpy answered(&exchange, &HttpExchange::answered);
    QSignalSpy failed(&exchange, &HttpExchange::failed);
    exchange.post(1, "/", "text/x", {});
    QTRY_VERIFY_WITH_TIMEOUT(peer.asked == 1, Patience);
    for (char c : answer) {
        peer.socket->write(&c, 1);
        peer.socket->flush();
        QCoreApplication::processEvents();
    }
    if (closes)
        peer.socket->disconnectFromHost();
    QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, Patience);
    QCOMPARE(answered.at(0).at(1).toInt(), status);
    QCOMPARE(answered.at(0).at(3).toByteArray(), body);
    // The next request succeeds, too, on the same connection if it was kept.
    peer.answer = Ok;
    exchange.post(2, "/", "text/x", {});
    QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 2, Patience);
    QCOMPARE(answered.at(1).at(2).toByteArray(), "text/x");
    QCOMPARE(peer.connections, closes ? 2 : 1);
    QCOMPARE(failed.size(), 0);
}

void TestHttpExchange::faults_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("closes");
    QTest::addColumn<int>("code");
    const auto row = [](const char *name, const QByteArray &answer, bool closes, Errc code) {
        QTest::newRow(name) << answer << closes << int(code);
    };
    const QByteArray start = "HTTP/1.1 200 OK\r\n";
    row("closed without answer", {}, true, Errc::Unavailable);
    row("closed in the head", "HTTP/1.1 20", true, Errc::Unavailable);
    row("closed in the body", start + "Content-Length: 10\r\n\r\nhalf", true, Errc::Unavailable);
    row("closed in a chunk", start + "Transfer-Encoding: chunked\r\n\r\n5\r\nhal", true, Errc::Unavailable);
    row("garbage", "\x16\x03\x01 what", false, Errc::Protocol);
    row("another protocol", "SSH-2.0-OpenSSH\r\n", false, Errc::Protocol);
    row("no status", "HTTP/1.1 OK\r\n\r\n", false, Errc::Protocol);
    row("status out of range", "HTTP/1.1 999 Odd\r\n\r\n", false, Errc::Protocol);
    row("garbled length", start + "Content-Length: two\r\n\r\nok", false, Errc::Protocol);
    row("negative length", start + "Content-Length: -2\r\n\r\nok", false, Errc::Protocol);
    row("two lengths", start + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", false, Errc::Protocol);
    row("length and chunked", start + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        false, Errc::Protocol);
    row("unknown encoding", start + "Transfer-Encoding: gzip\r\n\r\n", false, Errc::Protocol);
    row("bad chunk", start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", false, Errc::Protocol);
    row("header without colon", start + "nonsense\r\n\r\n", false, Errc::Protocol);
    row("endless head", start + "A: " + QByteArray(100'000, 'x'), false, Errc::Protocol);
    row("too long", start + "Content-Length: 1001\r\n\r\n", false, Errc::Protocol);
    row("too long, chunked", start + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + QByteArray(1001, 'x'),
        false, Errc::Protocol);
    row("too long, until close", start + "\r\n" + QByteArray(1001, 'x'), false, Errc::Protocol);
}

void TestHttpExchange::faults()
{
    QFETCH(QByteArray, answer);
    QFETCH(bool, closes);
    QFETCH(int, code);
    ScriptedPeer peer;
    peer.answer = answer;
    peer.closes = closes;
    HttpExchange exchange(localUrl(peer.serverPort()), {.attemptMs = Patience, .answerBytes = 1000},
                          noCredentials(), m_scheduler);
    QSignalSpy answered(&exchange, &HttpExchange::answered);
    QSignalSpy failed(&exchange, &HttpExchange::failed);
    exchange.post(1, "/", "text/x", {});
    exchange.post(2, "/", "text/x", {});
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 2, Patience);
    QCOMPARE(answered.size(), 0);
    QCOMPARE(failed.at(0).at(0).toInt(), 1);
    QCOMPARE(failed.at(1).at(0).toInt(), 2);
    const Error error = failed.at(0).at(1).value<Error>();
    QCOMPARE(int(error.code), code);
    QVERIFY(error.text.contains(u"127.0.0.1:%1"_s.arg(peer.serverPort())));
    // The exchange recovers by itself.
    peer.answer = Ok;
    peer.closes = false;
    peer.received.clear();
    peer.asked = 0;
    exchange.post(3, "/", "text/x", {});
    QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, Patience);
    QCOMPARE(peer.connections, 2);
}

void TestHttpExchange::timesOutWithAllBehind()
{
    ScriptedPeer peer;
    HttpExchange exchange(localUrl(peer.serverPort()), {.attemptMs = 1000}, noCredentials(), m_scheduler);
    QSignalSpy failed(&exchange, &HttpExchange::failed);
    exchange.post(1, "/", "text/x", {});
    m_scheduler.advance(500);
    exchange.post(2, "/", "text/x", {});
    m_scheduler.advance(499);
    QCOMPARE(exchange.pending(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(peer.asked, 2, Patience);
    QCOMPARE(failed.size(), 0);
    m_scheduler.advance(1);
    QCOMPARE(failed.size(), 0); // not from inside
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 2, Patience);
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(failed.at(i).at(0).toInt(), i + 1);
        QCOMPARE(failed.at(i).at(1).value<Error>().code, Errc::Timeout);
    }
    QCOMPARE(exchange.pending(), 0);
}

// The time runs from when each was asked, also while the timer runs for one that is answered meanwhile; and
// half an answer is none.
void TestHttpExchange::timeOfEachBeginsAnew()
{
    ScriptedPeer peer;
    HttpExchange exchange(localUrl(peer.serverPort()), {.attemptMs = 1000}, noCredentials(), m_scheduler);
    QSignalSpy answered(&exchange, &HttpExchange::answered);
    QSignalSpy failed(&exchange, &HttpExchange::failed);
    exchange.post(1, "/", "text/x", {});
    m_scheduler.advance(900);
    exchange.post(2, "/", "text/x", {});
    QTRY_COMPARE_WITH_TIMEOUT(peer.received.count("POST"), 2, Patience);
    peer.socket->write(Ok + "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, Patience);
    m_scheduler.advance(999);
    QCoreApplication::processEvents();
    QCOMPARE(failed.size(), 0);
    m_scheduler.advance(1);
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
    QCOMPARE(failed.at(0).at(0).toInt(), 2);
}

// A slow link does not count as a silent peer; a peer that accepts no bytes does.
void TestHttpExchange::largeRequestOverASlowLink()
{
    constexpr int AttemptMs = 800;
    constexpr qint64 Portion = 1'000'000; // more than sockets hold, so that this one has got on
    QTcpServer peer;
    QVERIFY(peer.listen(QHostAddress::LocalHost, 0));
    const int little = 32 * 1024; // receive buffer of the peer
    QCOMPARE(::setsockopt(int(peer.socketDescriptor()), SOL_SOCKET, SO_RCVBUF, &little, sizeof little), 0);
    const QByteArray large(12'000'000, '#');
    HttpExchange exchange(localUrl(peer.serverPort()), {.attemptMs = AttemptMs}, noCredentials(),
                          m_scheduler);
    QSignalSpy answered(&exchange, &HttpExchange::answered);
    QSignalSpy failed(&exchange, &HttpExchange::failed);
    exchange.post(1, "/", "text/x", large);
    QTRY_VERIFY_WITH_TIMEOUT(peer.hasPendingConnections(), Patience);
    QTcpSocket *const socket = peer.nextPendingConnection();
    socket->setReadBufferSize(64 * 1024);
    qint64 arrived = 0;
    qint64 granted = 0; // so much the peer takes
    const auto take = [&] { arrived += socket->read(granted - arrived).size(); };
    connect(socket, &QTcpSocket::readyRead, socket, take);
    while (granted < large.size()) {
        granted += Portion;
        take();
        QTRY_COMPARE_WITH_TIMEOUT(arrived, granted, Patience);
        m_scheduler.advance(AttemptMs * 3 / 4);
        QCoreApplication::processEvents();
        QCOMPARE(failed.size(), 0);
    }
    granted += Portion; // its head was not counted
    take();
    QTRY_VERIFY_WITH_TIMEOUT(arrived > large.size(), Patience);
    socket->write(Ok);
    QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, Patience);
    exchange.post(2, "/", "text/x", large);
    for (int i = 0; i < 1000 && failed.isEmpty(); ++i) {
        m_scheduler.advance(AttemptMs);
        QCoreApplication::processEvents();
    }
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed.at(0).at(1).value<Error>().code, Errc::Timeout);
}

void TestHttpExchange::goesOnAfterAnAnswerThatCloses()
{
    ScriptedPeer peer;
    HttpExchange exchange(localUrl(peer.serverPort()), {.attemptMs = Patience}, noCredentials(), m_scheduler);
    QSignalSpy answered(&exchange, &HttpExchange::answered);
    QSignalSpy failed(&exchange, &HttpExchange::failed);
    exchange.post(1, "/", "text/x", {});
    exchange.post(2, "/", "text/x", {});
    QTRY_COMPARE_WITH_TIMEOUT(peer.received.count("POST"), 2, Patience);
    peer.socket->write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
    QCOMPARE(failed.at(0).at(0).toInt(), 2);
    QCOMPARE(answered.size(), 1);
    QCOMPARE(answered.at(0).at(0).toInt(), 1);
}

void TestHttpExchange::reconnectsAfterIdleClose()
{
    ScriptedPeer peer;
    peer.answer = Ok;
    HttpExchange exchange(localUrl(peer.serverPort()), {.attemptMs = Patience}, noCredentials(), m_scheduler);
    QSignalSpy answered(&exchange, &HttpExchange::answered);
    QSignalSpy failed(&exchange, &HttpExchange::failed);
    for (int round = 1; round <= 3; ++round) {
        exchange.post(quint64(round), "/", "text/x", {});
        QTRY_COMPARE_WITH_TIMEOUT(answered.size(), round, Patience);
        QSignalSpy gone(peer.socket, &QTcpSocket::disconnected);
        // The peer closes its half; its socket closes when the exchange has noticed.
        QCOMPARE(::shutdown(int(peer.socket->socketDescriptor()), SHUT_WR), 0);
        QTRY_COMPARE_WITH_TIMEOUT(gone.size(), 1, Patience);
        peer.received.clear();
        peer.asked = 0;
    }
    QCOMPARE(peer.connections, 3);
    QCOMPARE(failed.size(), 0);
}

void TestHttpExchange::peerThatIsNotThere()
{
    quint16 port = 0;
    {
        QTcpServer nobody;
        QVERIFY(nobody.listen(QHostAddress::LocalHost, 0));
        port = nobody.serverPort();
    }
    HttpExchange exchange(localUrl(port), {.attemptMs = Patience}, noCredentials(), m_scheduler);
    QSignalSpy failed(&exchange, &HttpExchange::failed);
    exchange.post(1, "/", "text/x", "body");
    QCOMPARE(failed.size(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
    QCOMPARE(failed.at(0).at(1).value<Error>().code, Errc::Unavailable);
    HttpExchange unknown(QUrl(u"http://no-such-host.invalid:1"_s), {.attemptMs = Patience}, noCredentials(),
                         m_scheduler);
    QSignalSpy unknownFailed(&unknown, &HttpExchange::failed);
    unknown.post(1, "/", "text/x", "body");
    QTRY_COMPARE_WITH_TIMEOUT(unknownFailed.size(), 1, Patience);
}

void TestHttpExchange::abortFailsAllOnce()
{
    ScriptedPeer peer;
    HttpExchange exchange(localUrl(peer.serverPort()), {.attemptMs = Patience}, noCredentials(), m_scheduler);
    QSignalSpy answered(&exchange, &HttpExchange::answered);
    QSignalSpy failed(&exchange, &HttpExchange::failed);
    exchange.post(1, "/", "text/x", "body");
    exchange.post(2, "/", "text/x", "body");
    exchange.abort();
    exchange.abort();
    QCOMPARE(failed.size(), 0);
    QCOMPARE(exchange.pending(), 2);
    peer.answer = Ok;
    exchange.post(3, "/", "text/x", {});
    QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, Patience);
    QCOMPARE(failed.size(), 2);
    QCOMPARE(answered.at(0).at(0).toInt(), 3);
}

// A slot of the answer's signal may post, abort or delete the exchange.
void TestHttpExchange::callsFromSlots()
{
    ScriptedPeer peer;
    auto exchange = std::make_unique<HttpExchange>(localUrl(peer.serverPort()),
                                                   HttpExchange::Limits{.attemptMs = Patience},
                                                   noCredentials(), m_scheduler);
    QList<quint64> answered;
    QList<quint64> failed;
    connect(exchange.get(), &HttpExchange::answered, this, [&](quint64 ticket) {
        answered.append(ticket);
        if (ticket == 1)
            exchange->post(4, "/", "text/x", {});
        else if (ticket == 2)
            exchange->abort();
        else
            exchange.reset();
    });
    connect(exchange.get(), &HttpExchange::failed, this, [&](quint64 ticket) {
        failed.append(ticket);
        if (ticket == 3)
            exchange->post(5, "/", "text/x", {});
    });
    for (quint64 ticket : {1, 2, 3})
        exchange->post(ticket, "/", "text/x", {});
    QTRY_COMPARE_WITH_TIMEOUT(peer.received.count("POST"), 3, Patience);
    peer.socket->write(Ok + Ok + Ok);
    QTRY_COMPARE_WITH_TIMEOUT(failed, (QList<quint64>{3, 4}), Patience);
    QCOMPARE(answered, (QList<quint64>{1, 2}));
    QTRY_COMPARE_WITH_TIMEOUT(peer.connections, 2, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(peer.asked > 3, Patience);
    peer.socket->write(Ok + Ok);
    QTRY_VERIFY_WITH_TIMEOUT(!exchange, Patience);
    QCOMPARE(answered, (QList<quint64>{1, 2, 5}));
}

QTEST_GUILESS_MAIN(TestHttpExchange)
#include "tst_httpexchange.moc"
