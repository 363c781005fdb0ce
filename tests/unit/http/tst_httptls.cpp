// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testcertificates.h"
#include "tests/unit/http/httpsuite.h"

#include <QFile>
#include <QSslKey>
#include <QSslSocket>

using namespace replog;
using replog::test::TestCertificates;

namespace {

QSslConfiguration serverConfiguration(const TestCertificates::Pair &pair)
{
    QFile key(pair.key);
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificate(QSslCertificate::fromPath(pair.certificate).value(0));
    if (key.open(QIODevice::ReadOnly))
        configuration.setPrivateKey(QSslKey(&key, QSsl::Ec));
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

// A client that trusts one authority.
class TlsClient : public QObject
{
public:
    TlsClient(quint16 port, const TestCertificates &believed)
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setCaCertificates(QSslCertificate::fromPath(believed.authority()));
        configuration.setAllowedNextProtocols({QByteArray("h2"), QByteArray("http/1.1")});
        socket.setSslConfiguration(configuration);
        connect(&socket, &QSslSocket::readyRead, this, [this] {
            if (reads)
                received += socket.readAll();
        });
        socket.connectToHostEncrypted(QStringLiteral("127.0.0.1"), port);
    }

    QSslSocket socket;
    QByteArray received;
    bool reads = true;
};

} // namespace

// The server over TLS: where it differs from plain TCP.
class TestHttpTls : public HttpSuite
{
    Q_OBJECT
private slots:
    void initTestCase();
    void answers();
    void largeAnswerToASlowReader();
    void whatAClientTakesIsCounted();
    void anEarlyAnswerArrives();
    void closeIsAHangUp();
    void plainTextAndSilence();
    void otherCertificateForTheNext();
    void failedHandshakesAreTold();

private:
    TestCertificates m_certificates;
    TestCertificates m_others;
    TestCertificates::Pair m_first;
    TestCertificates::Pair m_second;
};

void TestHttpTls::initTestCase()
{
    m_first = m_certificates.makeLocal(QStringLiteral("first"));
    m_second = m_others.makeLocal(QStringLiteral("second"));
    QVERIFY2(m_certificates.isValid(), qPrintable(m_certificates.problem()));
    QVERIFY2(m_others.isValid(), qPrintable(m_others.problem()));
}

void TestHttpTls::answers()
{
    TestServer server;
    bool isTls = false;
    server.setGate([&](const GateRequest &request) -> Result<void> {
        isTls = request.isTls;
        return {};
    });
    makeRoutes(server);
    server.setTls(serverConfiguration(m_first));
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    TlsClient client(server.port(), m_certificates);
    client.socket.write(Get + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" +
                        QByteArray(300'000, 'x'));
    QTRY_COMPARE_WITH_TIMEOUT(client.received.count("HTTP/1.1 200"), 2, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(client.received.count('x') >= 300'000, Patience);
    QVERIFY(isTls);
    QVERIFY(client.socket.sessionProtocol() >= QSsl::TlsV1_2);
    QVERIFY(client.socket.sslConfiguration().nextNegotiatedProtocol() != "h2");
}

// Answers are not produced ahead of what the client reads.
void TestHttpTls::largeAnswerToASlowReader()
{
    HttpLimits limits;
    limits.streamBytes = 100'000;
    TestServer server(limits);
    qsizetype written = 0;
    ReplyStream stream;
    const QByteArray piece(10'000, 'p');
    const auto writeOn = [&] {
        while (written < 20'000'000 && stream.room() > 0) {
            stream.write(piece);
            written += piece.size();
        }
        if (written >= 20'000'000)
            stream.finish();
    };
    server.route({HttpMethod::Get, "/long"}, [&](HttpRequest &&, Reply reply) {
        stream = reply.startStream(200, "text/plain");
        stream.onDrained(this, writeOn);
        writeOn();
    });
    server.setTls(serverConfiguration(m_first));
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    TlsClient client(server.port(), m_certificates);
    client.reads = false;
    client.socket.setReadBufferSize(1000);
    client.socket.write("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(written > 0 && stream.room() <= 0, Patience);
    QVERIFY(written < 15'000'000); // the kernels' buffers and our own
    client.reads = true;
    client.socket.setReadBufferSize(0);
    client.received += client.socket.readAll();
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("\r\n0\r\n\r\n"), Patience);
    QCOMPARE(client.received.count('p') -
                 client.received.first(client.received.indexOf("\r\n\r\n")).count('p'),
             20'000'000);
}

// Buffers keep the largest size that they ever had.
void TestHttpTls::whatAClientTakesIsCounted()
{
    ManualScheduler time;
    TestServer server(time);
    makeRoutes(server);
    server.setTls(serverConfiguration(m_first));
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    TlsClient client(server.port(), m_certificates);
    client.socket.write(Get);
    QTRY_VERIFY_WITH_TIMEOUT(client.received.endsWith("now"), Patience);
    const qint64 small = server.budget().used();
    QVERIFY(small >= 72 * 1024);
    client.received.clear();
    client.socket.write("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" +
                        QByteArray(300'000, '#'));
    QTRY_COMPARE_WITH_TIMEOUT(client.received.count('#'), 300'000, Patience);
    time.advance(1000);
    QVERIFY2(server.budget().used() > small + 32 * 1024,
             QByteArray::number(server.budget().used()).constData());
    QVERIFY2(server.budget().used() < small + 512 * 1024,
             QByteArray::number(server.budget().used()).constData());
}

// A client that is refused while it sends its body gets the reason.
void TestHttpTls::anEarlyAnswerArrives()
{
    TestServer server;
    server.setGate([](const GateRequest &) -> Result<void> {
        return Error{Errc::Unauthorized, QStringLiteral("who is it?"), {}};
    });
    makeRoutes(server);
    server.setTls(serverConfiguration(m_first));
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    TlsClient client(server.port(), m_certificates);
    client.reads = false;
    const QByteArray piece(256 * 1024, 'x');
    client.socket.write("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8388608\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(client.socket.bytesAvailable() > 0, Patience); // the answer arrives
    for (int i = 0; i < 32; ++i)
        client.socket.write(piece);
    QTRY_VERIFY_WITH_TIMEOUT(client.socket.bytesToWrite() + client.socket.encryptedBytesToWrite() == 0 ||
                                 client.socket.state() != QAbstractSocket::ConnectedState,
                             Patience);
    QCOMPARE(client.socket.state(), QAbstractSocket::ConnectedState);
    QVERIFY(client.socket.readAll().startsWith("HTTP/1.1 401"));
}

void TestHttpTls::closeIsAHangUp()
{
    TestServer server;
    makeRoutes(server);
    server.setTls(serverConfiguration(m_first));
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    TlsClient client(server.port(), m_certificates);
    client.socket.write("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), 1, Patience);
    client.socket.disconnectFromHost();
    QTRY_COMPARE_WITH_TIMEOUT(m_gone, 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
}

// Plain HTTP is refused, and a slow handshake delays no other client.
void TestHttpTls::plainTextAndSilence()
{
    ManualScheduler time;
    TestServer server(time);
    makeRoutes(server);
    server.setTls(serverConfiguration(m_first));
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient plain(server.port());
    plain.send(Get);
    RawClient silent(server.port());
    QTRY_VERIFY_WITH_TIMEOUT(plain.isClosed() && server.connectionCount() == 1, Patience);
    QVERIFY(!silent.isClosed());
    time.advance(2 * HttpLimits().handshakeMs);
    QTRY_VERIFY_WITH_TIMEOUT(silent.isClosed(), Patience);
    QVERIFY(!plain.received.contains("HTTP"));
    QCOMPARE(m_handled, 0);
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
}

void TestHttpTls::otherCertificateForTheNext()
{
    TestServer server;
    makeRoutes(server);
    server.setTls(serverConfiguration(m_first));
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    TlsClient first(server.port(), m_certificates);
    first.socket.write(Get);
    QTRY_VERIFY_WITH_TIMEOUT(first.received.endsWith("now"), Patience);
    server.setTls(serverConfiguration(m_second));
    TlsClient second(server.port(), m_others);
    second.socket.write(Get);
    QTRY_VERIFY_WITH_TIMEOUT(second.received.endsWith("now"), Patience);
    first.received.clear();
    first.socket.write(Get); // continues the first connection
    QTRY_VERIFY_WITH_TIMEOUT(first.received.endsWith("now"), Patience);
}

// Who was refused, and why: the client hears nothing but the end of its connection.
void TestHttpTls::failedHandshakesAreTold()
{
    TestServer server;
    makeRoutes(server);
    QSslConfiguration mutual = serverConfiguration(m_first);
    mutual.setCaCertificates(QSslCertificate::fromPath(m_certificates.authority()));
    mutual.setPeerVerifyMode(QSslSocket::VerifyPeer);
    server.setTls(mutual);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    QStringList reasons;
    connect(&server, &HttpServer::handshakeFailed, this, [&](const QHostAddress &peer, const QString &why) {
        QVERIFY(peer.isLoopback());
        reasons.append(why);
    });
    TlsClient withoutACertificate(server.port(), m_certificates);
    QTRY_COMPARE_WITH_TIMEOUT(reasons.size(), 1, Patience);
    RawClient plain(server.port());
    plain.send(Get);
    QTRY_COMPARE_WITH_TIMEOUT(reasons.size(), 2, Patience);
    for (const QString &why : std::as_const(reasons))
        QVERIFY(!why.isEmpty() && !why.contains(u'\n'));
    QCOMPARE(server.failedHandshakes(), 2);
    {
        RawClient leaves(server.port()); // a client that merely goes is no news
        QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 1, Patience);
    }
    QTRY_COMPARE_WITH_TIMEOUT(server.connectionCount(), 0, Patience);
    QCOMPARE(server.failedHandshakes(), 2);
    QVERIFY(!withoutACertificate.received.contains("HTTP"));
}

QTEST_GUILESS_MAIN(TestHttpTls)
#include "tst_httptls.moc"
