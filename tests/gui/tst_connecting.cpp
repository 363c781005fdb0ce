// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/clienttls.h"
#include "gui/cluster/nodeclient.h"
#include "gui/control/connectdialog.h"
#include "gui/control/connection.h"
#include "gui/widgets/inlineerror.h"
#include "tests/gui/dashboardfixture.h"
#include "tests/gui/windowstage.h"
#include "tests/support/clusterfixture.h"
#include "tests/support/testcertificates.h"

#include <QDialogButtonBox>
#include <QFile>
#include <QLineEdit>
#include <QNetworkAccessManager>
#include <QPushButton>
#include <QSettings>
#include <QTcpServer>
#include <QTcpSocket>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

// Connecting to a cluster with tokens and TLS: who gets the token, which certificates are trusted, and what
// the errors say.
class ConnectingTest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void theTokenGoesToNamedAddressesOnly();
    void aRedirectionIsNotFollowed();
    void asksForTheTokenThatTheClusterWants();
    void warnsOfATokenInPlainText();
    void saysWhatIsWrongWithFiles();
    void saysWhyTlsDoesNotCome();
    void aStrangerTellsNothing();
    void remembersHowAClusterFileIsSpokenTo();

private:
    // Fills in the dialog of `fixture` and presses its button. Returns the error that it shows; empty if it
    // has none.
    QString tried(DashboardFixture &fixture, const QHash<QString, QString> &fields);
    QString fileWith(const QByteArray &text);

    TestCertificates m_certificates;
    TestCertificates::Pair m_node;
    TestCertificates::Pair m_client;
    QTemporaryDir m_files;
    int m_filesMade = 0;
};

void ConnectingTest::initTestCase()
{
    m_node = m_certificates.makeLocal(u"node"_s);
    m_client = m_certificates.make(u"client"_s, {u"DNS:client.example"_s});
    QVERIFY2(m_certificates.isValid(), qPrintable(m_certificates.problem()));
}

void ConnectingTest::init()
{
    failOnEveryWarning();
    QSettings().clear();
}

QString ConnectingTest::fileWith(const QByteArray &text)
{
    QFile file(m_files.filePath(QString::number(++m_filesMade)));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() ||
        !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
        qFatal("cannot write a file");
    return file.fileName();
}

QString ConnectingTest::tried(DashboardFixture &fixture, const QHash<QString, QString> &fields)
{
    auto *dialog = fixture.window().findChild<ConnectDialog *>();
    if (!dialog) {
        fixture.trigger(u"connect"_s);
        dialog = fixture.window().findChild<ConnectDialog *>();
    }
    for (auto it = fields.cbegin(); it != fields.cend(); ++it)
        dialog->findChild<QLineEdit *>(it.key())->setText(it.value());
    auto *const error = dialog->findChild<InlineError *>(u"error"_s);
    const QPointer<ConnectDialog> self(dialog);
    dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok)->click();
    if (!QTest::qWaitFor([&] { return !self || !self->isVisible() || !error->text().isEmpty(); }, limitMs))
        return u"nothing happens"_s;
    return self && self->isVisible() ? error->text() : QString();
}

// A node may report any address: our token must not go there.
void ConnectingTest::theTokenGoesToNamedAddressesOnly()
{
    Stage stage;
    for (const QString &name : {u"M"_s, u"s1"_s, u"s2"_s})
        stage.fake.node(name).token = "opensesame";
    stage.fake.fill(20);
    ClusterDescription description = stage.fake.description();
    description.client.token = "opensesame";
    description.client.nodes = {stage.fake.url(u"s2"_s)};
    stage.window().show();
    stage.session().open(description, nullptr);
    const auto heard = [&](const QString &name) {
        const NodeInfo *node = stage.model().node(name);
        return node && node->isHeard();
    };
    QTRY_VERIFY_WITH_TIMEOUT(heard(u"M"_s) && heard(u"s2"_s), Patience);
    const auto why = [&] {
        const NodeInfo *node = stage.model().node(u"s1"_s);
        return node ? node->contactError : QString();
    };
    QTRY_VERIFY2_WITH_TIMEOUT(why().contains(u"named addresses only") &&
                                  why().contains(stage.fake.url(u"s1"_s).authority()),
                              qPrintable(why()), Patience);
    stage.session().retryNow(u"s1"_s, &stage.window(), [](const CallResult &) {});
    stage.session().readFaults(u"s1"_s, &stage.window(), [](const CallResult &) {});
    stage.session().append({"kept from the one", u"1"_s, 0});
    QTRY_COMPARE_WITH_TIMEOUT(stage.model().lastId(), 21ULL, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(stage.fake.calls.contains(u"POST /api/v1/nodes/s1/retry"_s), Patience);
    // Not even if that address becomes the master, or is the only one left.
    stage.fake.setUp(u"M"_s, false);
    QTRY_COMPARE_WITH_TIMEOUT(stage.model().reader(), u"s2"_s, Patience);
    stage.fake.promote(u"s1"_s);
    const qsizetype asked = stage.fake.node(u"s2"_s).tokensBrought.size();
    QTRY_VERIFY_WITH_TIMEOUT(stage.fake.node(u"s2"_s).tokensBrought.size() > asked, Patience);
    QCOMPARE(stage.fake.node(u"s1"_s).tokensBrought, QList<QByteArray>());
    for (const QString &name : {u"M"_s, u"s2"_s}) {
        const QList<QByteArray> brought = stage.fake.node(name).tokensBrought;
        QVERIFY(!brought.isEmpty());
        QCOMPARE(brought.count("Bearer opensesame"), brought.size());
    }
}

void ConnectingTest::aRedirectionIsNotFollowed()
{
    QTcpServer elsewhere;
    QTcpServer node;
    QVERIFY(elsewhere.listen(QHostAddress::LocalHost) && node.listen(QHostAddress::LocalHost));
    connect(&node, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *const socket = node.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket, port = elsewhere.serverPort()] {
            socket->write(
                "HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:" +
                QByteArray::number(port) + "/api/v1/status\r\n\r\n");
        });
    });
    QNetworkAccessManager network;
    ClientOptions options;
    options.token = "opensesame";
    options.nodes = {QUrl(u"http://127.0.0.1:%1"_s.arg(node.serverPort()))};
    NodeClient client(&network, options.nodes.first(), options);
    int status = -1;
    client.call("GET", u"/api/v1/status"_s, {}, limitMs, this,
                [&](const CallResult &result) { status = result.status; });
    QTRY_COMPARE_WITH_TIMEOUT(status, 307, limitMs);
    QVERIFY(!elsewhere.hasPendingConnections());
}

void ConnectingTest::asksForTheTokenThatTheClusterWants()
{
    ClusterFixture cluster;
    const QString tokens = fileWith("opensesame\nappender append\n");
    const QString clusterTokens = fileWith("insider\n");
    cluster.setAccess({u"--token-file"_s, tokens, u"--cluster-token-file"_s, clusterTokens},
                      {"opensesame", {}});
    QVERIFY(cluster.start(1));
    const QString master = cluster.master().url().toString();
    const QString both = master + u", "_s + cluster.s1().url().toString();

    DashboardFixture fixture;
    const auto token = [&](const QString &text) {
        return tried(fixture, {{u"address"_s, both}, {u"token"_s, text}});
    };
    QVERIFY(token({}).contains(u"asks for a token"));
    QVERIFY(fixture.child<QLineEdit>(u"token"_s)->isVisible());
    QVERIFY(token(u"wrong"_s).contains(u"does not know this token"));
    QVERIFY(token(u"appender"_s).contains(u"may not read"));
    QVERIFY(token(u"open\u2028sesame"_s).contains(u"has a character"));
    QCOMPARE(token(u"opensesame"_s), QString());
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.isState(u"m"_s, NodeState::Running) && fixture.isState(u"s1"_s, NodeState::Healthy), limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.model().node(u"s1"_s)->isHeard(), limitMs);
    fixture.session().append({"let in", u"2"_s, 0});
    QTRY_COMPARE_WITH_TIMEOUT(fixture.model().committedId(), 1ULL, limitMs);
    // The settings record that there is a token, but not the token.
    const Connection known = Connection::remembered(cluster.master().url());
    QVERIFY(known.hasToken && !known.isKept && known.client.token.isEmpty());
    QCOMPARE(known.client.nodes, QList{cluster.s1().url()});
    QSettings().sync();
    QFile stored(QSettings().fileName());
    QVERIFY(stored.open(QIODevice::ReadOnly));
    QVERIFY(!stored.readAll().contains("opensesame"));
    fixture.session().close();
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.window().findChild<ConnectDialog *>(), limitMs);
    fixture.launcher().connectAgain(cluster.master().url());
    auto *const again = fixture.window().findChild<ConnectDialog *>();
    QVERIFY(again);
    QVERIFY(again->findChild<InlineError *>(u"error"_s)->text().contains(u"asks for its token"));
    QCOMPARE(again->findChild<QLineEdit *>(u"address"_s)->text(), both);
    QVERIFY(again->findChild<QLineEdit *>(u"token"_s)->text().isEmpty());
    again->reject();
}

void ConnectingTest::warnsOfATokenInPlainText()
{
    ConnectDialog dialog;
    QSignalSpy chosen(&dialog, &ConnectDialog::chosen);
    const auto *const error = dialog.findChild<InlineError *>(u"error"_s);
    dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"https://127.0.0.1:1, http://192.0.2.1:1"_s);
    dialog.findChild<QLineEdit *>(u"token"_s)->setText(u"opensesame"_s);
    QAbstractButton *const ok = dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok);
    ok->click();
    QVERIFY2(error->text().contains(u"192.0.2.1:1 everybody could read the token"),
             qPrintable(error->text()));
    QCOMPARE(chosen.count(), 0);
    ok->click(); // the user insists; next is the error that nobody listens there
    QTRY_VERIFY2_WITH_TIMEOUT(error->text().contains(u"does not answer"), qPrintable(error->text()), limitMs);
    QCOMPARE(chosen.count(), 0);
}

void ConnectingTest::saysWhatIsWrongWithFiles()
{
    ConnectDialog dialog;
    const QSignalSpy chosen(&dialog, &ConnectDialog::chosen);
    const auto *const error = dialog.findChild<InlineError *>(u"error"_s);
    dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"https://127.0.0.1:1"_s);
    const QString empty = fileWith({});
    const auto said = [&](const QString &ca, const QString &certificate, const QString &key) {
        dialog.findChild<QLineEdit *>(u"caFile"_s)->setText(ca);
        dialog.findChild<QLineEdit *>(u"certFile"_s)->setText(certificate);
        dialog.findChild<QLineEdit *>(u"keyFile"_s)->setText(key);
        dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok)->click();
        return error->text();
    };
    QCOMPARE(said(empty, {}, {}), u"cannot use '%1': there is no certificate in it"_s.arg(empty));
    QVERIFY(said(u"/nonexistent/ca.pem"_s, {}, {}).startsWith(u"cannot use '/nonexistent/ca.pem': "));
    QVERIFY(said({}, m_client.certificate, {}).contains(u"go together"));
    QVERIFY(said({}, m_client.certificate, m_client.certificate).contains(u"there is no key in it"));
    QVERIFY(said({}, m_client.key, m_client.key).contains(u"there is no certificate in it"));
    QCOMPARE(chosen.count(), 0);
}

// A node of another cluster listens where a member did.
void ConnectingTest::aStrangerTellsNothing()
{
    ClusterFixture ours, theirs;
    QVERIFY(ours.start(2) && theirs.start(1));
    Load three(ours.master().url(), u"ours"_s, 1, 3, 3);
    Load nine(theirs.master().url(), u"theirs"_s, 1, 9, 2);
    three.start();
    nine.start();
    QVERIFY(three.waitForAcked(3) && nine.waitForAcked(9));
    DashboardFixture fixture;
    QCOMPARE(tried(fixture, {{u"address"_s, ours.master().url().toString()}}), QString());
    const ClusterModel &model = fixture.model();
    QTRY_VERIFY_WITH_TIMEOUT(model.node(u"s1"_s) && model.node(u"s1"_s)->committedId == 3 &&
                                 model.node(u"s2"_s) && model.node(u"s2"_s)->committedId == 3,
                             limitMs);
    const auto port = quint16(ours.s2().url().port());
    ours.s2().kill();
    QTRY_VERIFY_WITH_TIMEOUT(!model.node(u"s2"_s)->isHeard(), limitMs);
    NodeProcess &stranger = theirs.addSecondary(u"t9"_s);
    stranger.setPort(port);
    QVERIFY(stranger.start());
    QTRY_COMPARE_WITH_TIMEOUT(ClusterFixture::committedId(stranger), 9, limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(model.node(u"s2"_s)->stranger,
                              u"Another node answers at its address, with another log: t9."_s, limitMs);
    ours.master().kill();
    QTRY_COMPARE_WITH_TIMEOUT(model.reader(), u"s1"_s, limitMs);
    QCOMPARE(model.nodes().size(), 3);
    QCOMPARE(model.node(u"s2"_s)->state(), NodeState::Misdirected);
    QCOMPARE(model.lastId(), 3ULL);
    QCOMPARE(model.committedId(), 3ULL);
}

void ConnectingTest::saysWhyTlsDoesNotCome()
{
    Identity client;
    client.tls = QSslConfiguration::defaultConfiguration();
    QString problem;
    ClientOptions own;
    own.caFile = m_certificates.authority();
    own.certFile = m_client.certificate;
    own.keyFile = m_client.key;
    client.tls = clientTls(own, problem);
    QCOMPARE(problem, QString());
    ClusterFixture cluster;
    cluster.setAccess({u"--tls-cert"_s, m_node.certificate, u"--tls-key"_s, m_node.key, u"--tls-ca"_s,
                       m_certificates.authority(), u"--tls-client-auth"_s, u"require"_s},
                      client);
    QVERIFY(cluster.start(1));

    DashboardFixture fixture;
    const QString address = cluster.master().url().toString();
    QString said = tried(fixture, {{u"address"_s, address}});
    QVERIFY2(said.contains(u"No secure connection to "),
             qPrintable(said)); // the authority is not trusted
    // It did answer, and is not watched nevertheless: the certificates are what can be changed.
    QVERIFY2(!said.contains(u"not answer") && said.contains(u"authority"), qPrintable(said));
    const auto *const dialog = fixture.window().findChild<ConnectDialog *>();
    QCOMPARE(dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok)->text(), u"&Connect"_s);
    QVERIFY(dialog->findChild<QLineEdit *>(u"caFile"_s)->isVisible());
    said = tried(fixture, {{u"caFile"_s, m_certificates.authority()}});
    QVERIFY2(said.contains(u"certificate of ours"), qPrintable(said));
    QString plain = address;
    said = tried(fixture, {{u"address"_s, plain.replace(u"https://"_s, u"http://"_s)}});
    QVERIFY2(said.contains(u"https://"), qPrintable(said));
    said =
        tried(fixture,
              {{u"address"_s, address}, {u"certFile"_s, m_client.certificate}, {u"keyFile"_s, m_client.key}});
    QCOMPARE(said, QString());
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.isState(u"m"_s, NodeState::Running) && fixture.isState(u"s1"_s, NodeState::Healthy), limitMs);
    fixture.session().append({"let in", u"2"_s, 0});
    QTRY_COMPARE_WITH_TIMEOUT(fixture.model().committedId(), 1ULL, limitMs);
    // The settings record the files.
    fixture.session().close();
    fixture.launcher().connectAgain(cluster.master().url());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(u"m"_s, NodeState::Running), limitMs);
}

void ConnectingTest::remembersHowAClusterFileIsSpokenTo()
{
    const QString file =
        fileWith(R"({"nodes": [{"name": "m", "role": "master", "url": "https://127.0.0.1:1"}]})");
    DashboardFixture fixture;
    fixture.trigger(u"connect"_s);
    fixture.child<QAbstractButton>(u"byFile"_s)->click();
    QCOMPARE(tried(fixture, {{u"file"_s, file}, {u"token"_s, u"opensesame"_s}}), QString());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.session().isOpen(), limitMs);
    const QUrl place = QUrl::fromLocalFile(file);
    QVERIFY(Connection::remembered(place).hasToken);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.window().findChild<ConnectDialog *>(), limitMs);
    fixture.launcher().recentActions().first()->trigger();
    auto *const again = fixture.window().findChild<ConnectDialog *>();
    QVERIFY(again);
    QCOMPARE(again->findChild<QLineEdit *>(u"file"_s)->text(), file);
    again->reject();
}

int main(int argc, char **argv)
{
    return runGuiSuite<ConnectingTest>(argc, argv);
}

#include "tst_connecting.moc"
