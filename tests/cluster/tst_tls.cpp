// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"
#include "tests/support/testcertificates.h"

#include <QFile>
#include <QSslKey>
#include <QTest>

using namespace replog::test;
using namespace Qt::StringLiterals;
using Role = NodeProcess::Role;

// Real nodes over TLS: with clients, with each other, and with peers that must be refused.
class TestTls : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_node = m_certificates.makeLocal(u"node"_s);
        m_client = m_certificates.make(u"client"_s, {u"DNS:client.example"_s});
        m_elsewhere = m_certificates.make(u"elsewhere"_s, {u"DNS:elsewhere.example"_s});
        m_old = m_certificates.make(u"old"_s, {u"IP:127.0.0.1"_s}, -1);
        QVERIFY2(m_certificates.isValid(), qPrintable(m_certificates.problem()));
    }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void walk();
    void streamsAndWaits();
    void mutual();
    void plainClientsGetNothing();
    void nodesOfAnotherNameAreNotBelieved();
    void badFiles_data();
    void badFiles();
    void certificatesAreReadAnew();

private:
    static QStringList optionsOf(const TestCertificates::Pair &pair, const QString &authority)
    {
        return {u"--tls-cert"_s, pair.certificate, u"--tls-key"_s, pair.key, u"--tls-ca"_s, authority};
    }
    // A client that trusts our authority, with a certificate of its own if one is given.
    Identity identity(const TestCertificates::Pair &own = {}) const
    {
        Identity who;
        who.tls = QSslConfiguration::defaultConfiguration();
        who.tls.setCaCertificates(QSslCertificate::fromPath(m_certificates.authority()));
        if (!own.certificate.isEmpty()) {
            QFile key(own.key);
            if (key.open(QIODevice::ReadOnly))
                who.tls.setPrivateKey(QSslKey(key.readAll(), QSsl::Ec));
            who.tls.setLocalCertificateChain(QSslCertificate::fromPath(own.certificate));
        }
        return who;
    }
    bool start(ClusterFixture &cluster, int secondaries, const QStringList &more = {},
               const Identity &who = {})
    {
        cluster.setAccess(optionsOf(m_node, m_certificates.authority()) + more,
                          who.tls.isNull() ? identity() : who);
        return cluster.start(secondaries);
    }

    TestCertificates m_certificates;
    TestCertificates::Pair m_node;
    TestCertificates::Pair m_client;
    TestCertificates::Pair m_elsewhere;
    TestCertificates::Pair m_old;
};

void TestTls::walk()
{
    ClusterFixture cluster;
    QVERIFY(start(cluster, 1));
    QCOMPARE(cluster.master().url().scheme(), u"https"_s);
    QVERIFY(cluster.member(u"s1"_s).value("url"_L1).toString().startsWith(u"https://"_s));
    const HttpClient http = cluster.master().http();
    QCOMPARE(http.appendNow("Msg1", 1).status, 201);
    QCOMPARE(http.appendNow("Msg2", 2).status, 201);
    const auto third = http.append("Msg3", 3);
    QVERIFY(cluster.waitForWaits(1));
    QCOMPARE(ClusterFixture::messages(cluster.s1()), (QStringList{u"Msg1"_s, u"Msg2"_s}));
    QCOMPARE(http.appendNow("Msg4", 1).status, 201);
    QVERIFY(!third->isDone());
    QCOMPARE(ClusterFixture::messages(cluster.master()).size(), 4);
    QVERIFY(cluster.addSecondary(u"s2"_s).start());
    QVERIFY(third->wait());
    QCOMPARE(third->answer().status, 201);
    QVERIFY(cluster.waitForEqualLogs());
    QCOMPARE(cluster.problems(), QByteArray());
}

void TestTls::streamsAndWaits()
{
    ClusterFixture cluster;
    QVERIFY(start(cluster, 1));
    const HttpClient http = cluster.master().http();
    const auto tail =
        cluster.s1().http().call("GET", "/api/v1/messages", {}, {{"Accept", "text/event-stream"}});
    const auto status = http.call("GET", "/api/v1/status", {}, {{"Accept", "text/event-stream"}});
    const auto poll = cluster.s1().http().call("GET", "/api/v1/messages?from=1&wait_ms=60000");
    QVERIFY(waitUntil([&] { return status->answer().body.contains("data:"); }));
    const QByteArray large(500'000, 'x');
    QCOMPARE(http.appendNow(large, 2).status, 201);
    QVERIFY(waitUntil([&] { return tail->answer().body.size() > large.size(); }));
    QVERIFY(poll->wait());
    QVERIFY(poll->answer().body.size() > large.size());
    QByteArray lines;
    for (int i = 0; i < 200; ++i)
        lines += "{\"message\":\"line " + QByteArray::number(i) + "\"}\n";
    const HttpAnswer stream =
        http.now("POST", "/api/v1/messages?w=2", lines, {{"Content-Type", "application/x-ndjson"}});
    QVERIFY2(stream.status == 201, stream.text().constData());
    QVERIFY(cluster.waitForEqualLogs());
    QCOMPARE(ClusterFixture::lastId(cluster.s1()), 201);
    QVERIFY(cluster.master().terminate());
}

void TestTls::mutual()
{
    ClusterFixture cluster;
    QVERIFY(start(cluster, 1, {u"--tls-client-auth"_s, u"require"_s}, identity(m_client)));
    QCOMPARE(cluster.master().http().appendNow("x", 2).status, 201);
    QCOMPARE(cluster.master().httpAs(identity()).getNow("/api/v1/status").status, 0);
    // A client certificate does not replace a token.
    QVERIFY(cluster.master().terminate());
}

void TestTls::plainClientsGetNothing()
{
    ClusterFixture cluster;
    QVERIFY(start(cluster, 0));
    QUrl plain = cluster.master().url();
    plain.setScheme(u"http"_s);
    const auto call = HttpClient(plain).call("GET", "/api/v1/status");
    QVERIFY(call->wait());
    QCOMPARE(call->answer().status, 0);
    QVERIFY(!call->received().contains("HTTP/1.1 200"));
    // A client that does not trust the authority ends the connection.
    const auto stranger = HttpClient(cluster.master().url()).call("GET", "/api/v1/status");
    QVERIFY(stranger->wait());
    QCOMPARE(stranger->answer().status, 0);
    QCOMPARE(cluster.master().http().getNow("/api/v1/status").status, 200);
}

void TestTls::nodesOfAnotherNameAreNotBelieved()
{
    // A master with a certificate for another name: its secondary does not register.
    ClusterFixture cluster;
    cluster.setAccess(optionsOf(m_elsewhere, m_certificates.authority()), {});
    QVERIFY(cluster.addMaster().start());
    cluster.setAccess(optionsOf(m_node, m_certificates.authority()), identity());
    QVERIFY(cluster.addSecondary(u"s1"_s).start());
    QVERIFY(waitUntil([&] { return cluster.s1().output().contains("cannot register"); }));
    QVERIFY2(cluster.s1().output().contains("host name"), cluster.s1().output().constData());

    // A secondary with such a certificate: it registers, but gets no delivery.
    ClusterFixture other;
    QVERIFY(start(other, 0));
    other.setAccess(optionsOf(m_elsewhere, m_certificates.authority()), {});
    QVERIFY(other.addSecondary(u"s1"_s).start());
    QVERIFY(waitUntil(
        [&] { return other.member(u"s1"_s).value("last_error"_L1).toString().contains(u"host name"_s); }));
    QCOMPARE(other.master().http().appendNow("x", 2, "\"timeout_ms\":300").status, 504);
}

void TestTls::badFiles_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArray>("named");
    const QString none = u"/nonexistent/x.pem"_s;
    const auto row = [](const char *name, const QStringList &options, const QString &named) {
        QTest::newRow(name) << options << named.toUtf8();
    };
    row("not there", {u"--tls-cert"_s, none, u"--tls-key"_s, m_node.key}, none);
    row("no key", {u"--tls-cert"_s, m_node.certificate}, u"--tls-key"_s);
    row("key of another", {u"--tls-cert"_s, m_node.certificate, u"--tls-key"_s, m_client.key}, m_client.key);
    row("ended", {u"--tls-cert"_s, m_old.certificate, u"--tls-key"_s, m_old.key}, u"ended on"_s);
    row("no authorities", {u"--tls-ca"_s, m_node.key}, m_node.key);
    row("require without authorities",
        {u"--tls-cert"_s, m_node.certificate, u"--tls-key"_s, m_node.key, u"--tls-client-auth"_s,
         u"require"_s},
        u"--tls-ca"_s);
    row("word", {u"--tls-client-auth"_s, u"maybe"_s}, u"--tls-client-auth"_s);
}

void TestTls::badFiles()
{
    QFETCH(QStringList, options);
    QFETCH(QByteArray, named);
    QTemporaryDir folder;
    for (const Role role : {Role::Master, Role::Secondary}) {
        const QString data = folder.filePath(QString::number(int(role)));
        const auto run =
            NodeProcess::run(role, QStringList{u"--port"_s, u"0"_s, u"--data"_s, data} + options);
        QCOMPARE(run.exitCode, 2);
        QVERIFY2(run.err.count('\n') == 1 && run.err.contains(named), run.err.constData());
        QVERIFY(!QFile::exists(data));
    }
}

void TestTls::certificatesAreReadAnew()
{
    ClusterFixture cluster;
    const QString certificate = cluster.folder(u"current.pem"_s);
    const QString key = cluster.folder(u"current.key"_s);
    const auto use = [&](const TestCertificates::Pair &pair) {
        QFile::remove(certificate);
        QFile::remove(key);
        return QFile::copy(pair.certificate, certificate) && QFile::copy(pair.key, key);
    };
    QVERIFY(use(m_node));
    cluster.setAccess(optionsOf({certificate, key}, m_certificates.authority()), identity());
    QVERIFY(cluster.start(0));
    const auto commonName = [&] {
        QSslSocket socket;
        socket.setSslConfiguration(identity().tls);
        socket.setPeerVerifyMode(QSslSocket::QueryPeer);
        socket.connectToHostEncrypted(u"127.0.0.1"_s, quint16(cluster.master().url().port()));
        socket.ignoreSslErrors();
        return socket.waitForEncrypted(60000)
                   ? socket.peerCertificate().subjectInfo(QSslCertificate::CommonName).value(0)
                   : QString();
    };
    QCOMPARE(commonName(), u"node"_s);
    const auto stream =
        cluster.master().http().call("GET", "/api/v1/status", {}, {{"Accept", "text/event-stream"}});
    QVERIFY(waitUntil([&] { return stream->answer().body.contains("data:"); }));
    QVERIFY(use(m_elsewhere));
    cluster.master().sendHangUp();
    QVERIFY(waitUntil([&] { return commonName() == u"elsewhere"_s; }));
    // Open connections go on; an invalid pair does not replace the one in use.
    QVERIFY(!stream->isDone());
    QVERIFY(use({m_elsewhere.certificate, m_node.key}));
    cluster.master().sendHangUp();
    QVERIFY(waitUntil([&] { return cluster.master().output().contains("stay as they were"); }));
    QCOMPARE(commonName(), u"elsewhere"_s);
}

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
