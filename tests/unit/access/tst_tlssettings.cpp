// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/tlssettings.h"
#include "tests/support/testcertificates.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace replog;
using namespace replog::test;
using namespace Qt::StringLiterals;

class TestTlsSettings : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_node = m_certificates.makeLocal(u"node"_s);
        m_other = m_certificates.makeLocal(u"other"_s);
        m_old = m_certificates.make(u"old"_s, {u"DNS:localhost"_s}, -1);
        QVERIFY2(m_certificates.isValid(), qPrintable(m_certificates.problem()));
        // A certificate begins in the second in which it was made: "now" must not be earlier than that.
        m_now = QDateTime::currentDateTimeUtc();
    }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void withoutFilesThereIsNoTls()
    {
        const auto settings = TlsSettings::load({}, m_now);
        QVERIFY(settings);
        QVERIFY(!settings->server());
    }

    void loads()
    {
        const auto settings =
            TlsSettings::load({m_node.certificate, m_node.key, m_certificates.authority(), true}, m_now);
        QVERIFY2(settings, settings ? "" : qPrintable(settings.error().text));
        QVERIFY(settings->server());
        QCOMPARE(settings->server()->peerVerifyMode(), QSslSocket::VerifyPeer);
        QCOMPARE(settings->server()->protocol(), QSsl::TlsV1_2OrLater);
        QCOMPARE(settings->client().peerVerifyMode(), QSslSocket::VerifyPeer);
        QCOMPARE(settings->client().caCertificates().size(), 1);
        QVERIFY(!settings->client().localCertificate().isNull());
        // The certificate is valid for two days.
        QVERIFY(settings->warnings().join(u'\n').contains(u"ends on"_s));
        const auto plain = TlsSettings::load({m_node.certificate, m_node.key, {}, false}, m_now);
        QVERIFY(plain && plain->server());
        QCOMPARE(plain->server()->peerVerifyMode(), QSslSocket::VerifyNone);
        const auto client = TlsSettings::load({{}, {}, m_certificates.authority(), false}, m_now);
        QVERIFY(client && !client->server());
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("certificate");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("authorities");
        QTest::addColumn<bool>("wantsClients");
        QTest::addColumn<QString>("why");
        const QString ca = m_certificates.authority();
        const QString none = u"/nonexistent/x.pem"_s;
        const auto row = [](const char *name, const QString &certificate, const QString &key,
                            const QString &authorities, bool wantsClients, const QString &why) {
            QTest::newRow(name) << certificate << key << authorities << wantsClients << why;
        };
        row("no key", m_node.certificate, {}, {}, false, u"--tls-key"_s);
        row("no certificate", {}, m_node.key, {}, false, u"--tls-cert"_s);
        row("clients without authorities", m_node.certificate, m_node.key, {}, true, u"--tls-ca"_s);
        row("clients without a certificate", {}, {}, ca, true, u"--tls-cert"_s);
        row("certificate is not there", none, m_node.key, {}, false, none);
        row("key is not there", m_node.certificate, none, {}, false, none);
        row("authorities are not there", m_node.certificate, m_node.key, none, false, none);
        row("key for a certificate", m_node.key, m_node.key, {}, false, u"no certificate"_s);
        row("certificate for a key", m_node.certificate, m_node.certificate, {}, false,
            u"no RSA or EC key"_s);
        row("key of another", m_node.certificate, m_other.key, {}, false, u"not the key"_s);
        row("ended", m_old.certificate, m_old.key, {}, false, u"ended on"_s);
    }

    void refuses()
    {
        QFETCH(QString, certificate);
        QFETCH(QString, key);
        QFETCH(QString, authorities);
        QFETCH(bool, wantsClients);
        QFETCH(QString, why);
        const auto settings = TlsSettings::load({certificate, key, authorities, wantsClients}, m_now);
        QVERIFY(!settings);
        QCOMPARE(settings.error().code, Errc::InvalidArgument);
        QVERIFY2(settings.error().text.contains(why), qPrintable(settings.error().text));
        QVERIFY(!settings.error().text.contains(u'\n'));
    }

    // Qt reads what it can of a file: a roll-over that was cut short would lose an authority without a word.
    void refusesAFileOfWhichAPartCannotBeRead()
    {
        QFile whole(m_certificates.authority());
        QVERIFY(whole.open(QIODevice::ReadOnly));
        const QByteArray one = whole.readAll();
        QTemporaryDir folder;
        QFile mixed(folder.filePath(u"ca.pem"_s));
        QVERIFY(mixed.open(QIODevice::WriteOnly));
        mixed.write(one + one.first(one.size() / 2) + '\n' + one);
        mixed.close();
        const auto settings =
            TlsSettings::load({m_node.certificate, m_node.key, mixed.fileName(), false}, m_now);
        QVERIFY(!settings);
        QVERIFY2(settings.error().text.contains(u"cannot be read"_s), qPrintable(settings.error().text));
    }

    void refusesWhatIsNoFile()
    {
        QTemporaryDir folder;
        const QString pipe = folder.filePath(u"pipe"_s);
        QVERIFY(::mkfifo(qPrintable(pipe), 0600) == 0);
        for (const TlsSettings::Files &files : {TlsSettings::Files{pipe, m_node.key, {}, false},
                                                TlsSettings::Files{m_node.certificate, pipe, {}, false}}) {
            const auto settings = TlsSettings::load(files, m_now);
            QVERIFY(!settings);
            QVERIFY2(settings.error().text.contains(u"regular"_s), qPrintable(settings.error().text));
        }
    }

    void refusesOneThatBeginsLater()
    {
        const auto settings =
            TlsSettings::load({m_node.certificate, m_node.key, {}, false}, m_now.addDays(-10));
        QVERIFY(!settings && settings.error().text.contains(u"begins only on"_s));
    }

    void refusesAKeyThatOthersMayWrite()
    {
        QFile key(m_other.key);
        QVERIFY(key.setPermissions(key.permissions() | QFileDevice::WriteGroup));
        QVERIFY(!TlsSettings::load({m_other.certificate, m_other.key, {}, false}, m_now));
    }

private:
    TestCertificates m_certificates;
    TestCertificates::Pair m_node;
    TestCertificates::Pair m_other;
    TestCertificates::Pair m_old;
    QDateTime m_now;
};

QTEST_GUILESS_MAIN(TestTlsSettings)
#include "tst_tlssettings.moc"
