// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/tlssettings.h"
#include "shared/http/httpexchange.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/testcertificates.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QSslSocket>
#include <QTcpServer>
#include <QTest>

#include <functional>

using namespace replog;
using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 30000;

// A node that answers each request with 200 and "ok", over TLS if it has a configuration.
class Peer : public QTcpServer
{
public:
    explicit Peer(const std::optional<QSslConfiguration> &tls) : m_tls(tls)
    {
        listen(QHostAddress::LocalHost, 0);
    }
    QByteArray received;
    int connections = 0;
    QSslCertificate shown; // of the client that sent the last request

protected:
    void incomingConnection(qintptr descriptor) override
    {
        ++connections;
        auto *const socket = new QSslSocket(this);
        socket->setSocketDescriptor(descriptor);
        connect(socket, &QSslSocket::readyRead, this, [this, socket] {
            received += socket->readAll();
            shown = socket->peerCertificate();
            for (; m_answered < received.count("\r\n\r\n"); ++m_answered)
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        if (m_tls) {
            socket->setSslConfiguration(*m_tls);
            socket->startServerEncryption();
        }
    }

private:
    std::optional<QSslConfiguration> m_tls;
    qsizetype m_answered = 0;
};

} // namespace

// Calls to other nodes over TLS, and the peers to which the cluster token is sent.
class TestTlsExchange : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_local = m_certificates.makeLocal(u"local"_s);
        m_named = m_certificates.make(u"named"_s, {u"DNS:localhost"_s});
        m_elsewhere = m_certificates.make(u"elsewhere"_s, {u"DNS:elsewhere.example"_s, u"IP:10.0.0.1"_s});
        m_old = m_certificates.make(u"old"_s, {u"IP:127.0.0.1"_s, u"DNS:localhost"_s}, -1);
        m_stranger = m_others.makeLocal(u"stranger"_s);
        QVERIFY2(m_certificates.isValid() && m_others.isValid(), qPrintable(m_certificates.problem()));
    }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void verifiesNamesAndAddresses_data()
    {
        QTest::addColumn<QString>("certificate");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("isGood");
        const auto row = [](const char *name, const TestCertificates::Pair &pair, const QString &host,
                            bool isGood) {
            QTest::newRow(name) << pair.certificate << pair.key << host << isGood;
        };
        row("address", m_local, u"127.0.0.1"_s, true);
        row("name", m_local, u"localhost"_s, true);
        row("address that is not in it", m_named, u"127.0.0.1"_s, false);
        row("another's", m_elsewhere, u"localhost"_s, false);
        row("another's address", m_elsewhere, u"127.0.0.1"_s, false);
        row("ended", m_old, u"localhost"_s, false);
        row("of an unknown authority", m_stranger, u"localhost"_s, false);
    }

    void verifiesNamesAndAddresses()
    {
        QFETCH(QString, certificate);
        QFETCH(QString, key);
        QFETCH(QString, host);
        QFETCH(bool, isGood);
        Peer peer(serverOf({certificate, key}));
        CallCredentials credentials = clientOf({});
        credentials.clusterToken = "member";
        const Outcome outcome = call(url(peer, u"https"_s, host), credentials);
        QVERIFY2(outcome.isAnswered == isGood, qPrintable(outcome.error));
        // Token and body are sent only after the peer's name is verified.
        QCOMPARE(peer.received.contains("member"), isGood);
        QCOMPARE(peer.received.isEmpty(), !isGood);
        QVERIFY(isGood || (!outcome.error.isEmpty() && !outcome.error.contains(u"member"_s)));
    }

    void showsItsCertificate()
    {
        Peer peer(serverOf(m_local, true));
        const Outcome good = call(url(peer, u"https"_s), clientOf(m_named));
        QVERIFY2(good.isAnswered, qPrintable(good.error));
        QCOMPARE(peer.shown.subjectInfo(QSslCertificate::CommonName), QStringList{u"named"_s});
        peer.received.clear();
        QVERIFY(!call(url(peer, u"https"_s), clientOf({})).isAnswered);
        QVERIFY(peer.received.isEmpty());
    }

    void neverFallsBack()
    {
        Peer plain(std::nullopt);
        CallCredentials credentials = clientOf({});
        credentials.clusterToken = "member";
        const Outcome outcome =
            call(url(plain, u"https"_s), credentials, [&plain] { return !plain.received.isEmpty(); });
        QVERIFY(!outcome.isAnswered);
        QVERIFY(!plain.received.contains("member"));
        Peer encrypted(serverOf(m_local));
        QVERIFY(!call(url(encrypted, u"http"_s), clientOf({})).isAnswered);
        QVERIFY(encrypted.received.isEmpty());
    }

    void tokenStaysOnThisMachineWithoutTls()
    {
        Peer peer(std::nullopt);
        CallCredentials credentials;
        credentials.clusterToken = "member";
        QVERIFY(call(url(peer, u"http"_s), credentials).isAnswered);
        QVERIFY(peer.received.contains("\r\nAuthorization: Bearer member\r\n"));
        QVERIFY(call(url(peer, u"http"_s, u"localhost"_s), credentials).isAnswered);
        // The name is not even resolved.
        const Outcome refused = call(QUrl(u"http://node.example:1"_s), credentials);
        QVERIFY(!refused.isAnswered);
        QVERIFY2(refused.error.contains(u"--insecure"_s) && !refused.error.contains(u"member"_s),
                 qPrintable(refused.error));
    }

    void tokenGoesWhereItMay_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("mayGo");
        QTest::newRow("loopback") << u"http://127.0.0.1:1"_s << true;
        QTest::newRow("IPv6 loopback") << u"http://[::1]:1"_s << true;
        QTest::newRow("localhost") << u"http://localhost:1"_s << true;
        QTest::newRow("TLS") << u"https://node.example:1"_s << true;
        QTest::newRow("plain") << u"http://node.example:1"_s << false;
        QTest::newRow("plain address") << u"http://10.0.0.1:1"_s << false;
        QTest::newRow("name like loopback") << u"http://localhost.evil.example:1"_s << false;
    }

    void tokenGoesWhereItMay()
    {
        QFETCH(QString, url);
        QFETCH(bool, mayGo);
        CallCredentials credentials;
        QCOMPARE(credentials.authorizationFor(QUrl(url)).value(), QByteArray());
        credentials.clusterToken = "member";
        QCOMPARE(bool(credentials.authorizationFor(QUrl(url))), mayGo);
        credentials.isInsecure = true;
        QCOMPARE(credentials.authorizationFor(QUrl(url)).value(), QByteArray("Bearer member"));
    }

    void newCredentialsCountFromTheNextCall()
    {
        Peer peer(std::nullopt);
        CallCredentials credentials;
        credentials.clusterToken = "before";
        HttpExchange exchange(url(peer, u"http"_s), {.attemptMs = Patience}, credentials, m_scheduler);
        QSignalSpy answered(&exchange, &HttpExchange::answered);
        exchange.post(1, "/x", "text/plain", {});
        QVERIFY(answered.wait(Patience));
        credentials.clusterToken = "after";
        exchange.post(2, "/x", "text/plain", {});
        QVERIFY(answered.wait(Patience));
        QCOMPARE(peer.connections, 1);
        QVERIFY(peer.received.indexOf("Bearer before") < peer.received.indexOf("Bearer after"));
    }

private:
    struct Outcome
    {
        bool isAnswered = false;
        QString error = {};
    };

    static QUrl url(const Peer &peer, const QString &scheme, const QString &host = u"127.0.0.1"_s)
    {
        return QUrl(u"%1://%2:%3"_s.arg(scheme, host).arg(peer.serverPort()));
    }
    TlsSettings settingsOf(const TestCertificates::Pair &pair, bool wantsClients)
    {
        // Expired certificates are checked at a time when they were valid.
        const QDateTime now = QDateTime::currentDateTimeUtc();
        for (const int days : {0, -2}) {
            auto settings = TlsSettings::load(
                {pair.certificate, pair.key, m_certificates.authority(), wantsClients}, now.addDays(days));
            if (settings)
                return *settings;
        }
        return {};
    }
    QSslConfiguration serverOf(const TestCertificates::Pair &pair, bool wantsClients = false)
    {
        return settingsOf(pair, wantsClients).server().value_or(QSslConfiguration());
    }
    CallCredentials clientOf(const TestCertificates::Pair &pair)
    {
        CallCredentials credentials;
        credentials.tls = settingsOf(pair, false).client();
        return credentials;
    }
    // Time stands still, but once the peer is `silent` it goes on until the call fails.
    Outcome call(const QUrl &url, const CallCredentials &credentials,
                 const std::function<bool()> &silent = {})
    {
        constexpr int AttemptMs = 1000;
        HttpExchange exchange(url, {.attemptMs = AttemptMs}, credentials, m_scheduler);
        Outcome outcome;
        bool isDone = false;
        connect(&exchange, &HttpExchange::answered, &exchange, [&](quint64, int status) {
            outcome.isAnswered = status == 200;
            isDone = true;
        });
        connect(&exchange, &HttpExchange::failed, &exchange, [&](quint64, const Error &error) {
            outcome.error = error.text;
            isDone = true;
        });
        exchange.post(1, "/x", "text/plain", "body");
        if (silent && QTest::qWaitFor(silent, Patience))
            m_scheduler.advance(AttemptMs);
        if (!QTest::qWaitFor([&isDone] { return isDone; }, Patience))
            outcome.error = u"nothing came"_s;
        return outcome;
    }

    ManualScheduler m_scheduler;
    TestCertificates m_certificates;
    TestCertificates m_others;
    TestCertificates::Pair m_local;
    TestCertificates::Pair m_named;
    TestCertificates::Pair m_elsewhere;
    TestCertificates::Pair m_old;
    TestCertificates::Pair m_stranger;
};

QTEST_GUILESS_MAIN(TestTlsExchange)
#include "tst_tlsexchange.moc"
