// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/nodeurl.h"

#include <QTest>

using namespace replog;
using namespace Qt::StringLiterals;

class TestNodeUrl : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void takes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("url");
        QTest::newRow("address") << u"http://10.0.0.1:20000"_s << u"http://10.0.0.1:20000"_s;
        QTest::newRow("name") << u"https://s1.example:443"_s << u"https://s1.example:443"_s;
        QTest::newRow("IPv6") << u"http://[::1]:1"_s << u"http://[::1]:1"_s;
        QTest::newRow("slash") << u"http://h:1/"_s << u"http://h:1"_s;
    }

    void takes()
    {
        QFETCH(QString, text);
        QFETCH(QString, url);
        const auto parsed = parseNodeUrl(text, DefaultPort::Refused);
        QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().text));
        QCOMPARE(parsed->toString(), url);
    }

    void writesThePortOut()
    {
        QCOMPARE(parseNodeUrl(u"http://h"_s, DefaultPort::Allowed)->toString(), u"http://h:80"_s);
        QCOMPARE(parseNodeUrl(u"https://h/"_s, DefaultPort::Allowed)->toString(), u"https://h:443"_s);
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("why");
        QTest::newRow("nothing") << QString() << u"no URL"_s;
        QTest::newRow("words") << u"http://a b:1"_s << u"no URL"_s;
        QTest::newRow("port too high") << u"http://h:99999"_s << u"no URL"_s;
        QTest::newRow("scheme") << u"ftp://h:1"_s << u"scheme"_s;
        QTest::newRow("no scheme") << u"h:1"_s << u"scheme"_s;
        QTest::newRow("script") << u"javascript:alert(1)"_s << u"scheme"_s;
        QTest::newRow("no host") << u"http://:1"_s << u""_s;
        QTest::newRow("no port") << u"http://h"_s << u"no port"_s;
        QTest::newRow("port 0") << u"http://h:0"_s << u"no port"_s;
        QTest::newRow("user") << u"http://u@h:1"_s << u"user or password"_s;
        QTest::newRow("password") << u"http://u:secret@h:1"_s << u"user or password"_s;
        QTest::newRow("empty user") << u"http://@h:1"_s << u"user or password"_s;
        QTest::newRow("path") << u"http://h:1/x"_s << u"path"_s;
        QTest::newRow("query") << u"http://h:1?x"_s << u"query"_s;
        QTest::newRow("fragment") << u"http://h:1#x"_s << u"fragment"_s;
    }

    void refuses()
    {
        QFETCH(QString, text);
        QFETCH(QString, why);
        const auto parsed = parseNodeUrl(text, DefaultPort::Refused);
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().code, Errc::InvalidArgument);
        QVERIFY2(parsed.error().text.contains(why), qPrintable(parsed.error().text));
        QVERIFY(!parsed.error().text.contains(u"secret"_s));
    }
};

QTEST_GUILESS_MAIN(TestNodeUrl)
#include "tst_nodeurl.moc"
