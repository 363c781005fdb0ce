// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/addressrules.h"

#include <QTest>

using namespace replog;
using namespace Qt::StringLiterals;

class TestAddressRules : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void listensOnLoopbackWithoutTokens_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("isLoopback");
        QTest::newRow("127.0.0.1") << u"127.0.0.1"_s << true;
        QTest::newRow("127.8.8.8") << u"127.8.8.8"_s << true;
        QTest::newRow("::1") << u"::1"_s << true;
        QTest::newRow("mapped") << u"::ffff:127.0.0.1"_s << true;
        QTest::newRow("any") << u"0.0.0.0"_s << false;
        QTest::newRow("any of both") << u"::"_s << false;
        QTest::newRow("of a network") << u"10.0.0.1"_s << false;
    }

    void listensOnLoopbackWithoutTokens()
    {
        QFETCH(QString, host);
        QFETCH(bool, isLoopback);
        const QHostAddress address(host);
        QCOMPARE(bool(checkListening(address, false, false, false)), isLoopback);
        QCOMPARE(bool(checkListening(address, true, false, false)), isLoopback);
        QCOMPARE(bool(checkListening(address, false, true, false)), isLoopback);
        QVERIFY(checkListening(address, true, true, false));
        QVERIFY(checkListening(address, false, false, true));
    }

    void registersOnlyItself_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("peer");
        QTest::addColumn<bool>("isTaken");       // without cluster tokens
        QTest::addColumn<bool>("isTakenOfNode"); // with cluster tokens
        const auto row = [](const char *name, const char *url, const char *peer, bool isTaken, bool ofNode) {
            QTest::newRow(name) << QString::fromLatin1(url) << QString::fromLatin1(peer) << isTaken << ofNode;
        };
        row("loopback", "http://127.0.0.1:1", "127.0.0.1", true, true);
        row("localhost", "http://localhost:1", "127.0.0.1", true, true);
        row("IPv6 loopback", "https://[::1]:1", "127.0.0.1", true, true);
        row("loopback from elsewhere", "http://127.0.0.1:1", "10.0.0.1", true, true);
        row("itself", "http://10.0.0.1:1", "10.0.0.1", true, true);
        row("itself, mapped", "http://10.0.0.1:1", "::ffff:10.0.0.1", true, true);
        row("itself, IPv6", "http://[fd00::1]:1", "fd00::1", true, true);
        row("another", "http://10.0.0.2:1", "10.0.0.1", false, true);
        row("a name", "http://s1.example:1", "10.0.0.1", false, true);
        row("a name like loopback", "http://localhost.evil.example:1", "127.0.0.1", false, true);
        row("attacker", "http://attacker:80", "127.0.0.1", false, true);
        row("path", "http://127.0.0.1:1/x", "127.0.0.1", false, false);
        row("user", "http://u:p@127.0.0.1:1", "127.0.0.1", false, false);
        row("no port", "http://127.0.0.1", "127.0.0.1", false, false);
        row("scheme", "ftp://127.0.0.1:1", "127.0.0.1", false, false);
        row("nothing", "", "127.0.0.1", false, false);
    }

    void registersOnlyItself()
    {
        QFETCH(QString, url);
        QFETCH(QString, peer);
        QFETCH(bool, isTaken);
        QFETCH(bool, isTakenOfNode);
        const auto open = registeredUrl(url, QHostAddress(peer), false);
        QCOMPARE(bool(open), isTaken);
        if (!open) {
            QCOMPARE(open.error().code, Errc::InvalidArgument);
            QCOMPARE(open.error().field, u"url"_s);
        }
        QCOMPARE(bool(registeredUrl(url, QHostAddress(peer), true)), isTakenOfNode);
    }
};

QTEST_GUILESS_MAIN(TestAddressRules)
#include "tst_addressrules.moc"
