// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/queryargs.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

HttpRequest requestWith(const QList<QPair<QByteArray, QByteArray>> &query)
{
    HttpRequest request;
    request.query = query;
    return request;
}

} // namespace

// What the arguments of a query may be, and which of several wrong ones the error names.
class TestQueryArgs : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void unknownAndRepeatedAreErrors()
    {
        const HttpRequest request = requestWith({{"b", "1"}, {"a", "1"}, {"b", "2"}, {"c", "1"}});
        QCOMPARE(QueryArgs(request, {"a", "b", "c"}).error()->field, u"b"_s);
        QCOMPARE(QueryArgs(request, {"a", "c"}).error()->field, u"b"_s);
        QCOMPARE(QueryArgs(request, {"b", "c"}).error()->field, u"a"_s);
        const HttpRequest once = requestWith({{"a", ""}, {"b", "1"}});
        QVERIFY(!QueryArgs(once, {"a", "b", "c"}).error());
        const HttpRequest longName = requestWith({{QByteArray(1000, 'x'), ""}});
        QVERIFY(QueryArgs(longName, {}).error()->text.size() < 200);
    }

    void theFirstErrorIsKept()
    {
        const HttpRequest request = requestWith({{"a", "x"}, {"b", "y"}});
        QueryArgs args(request, {"a", "b"});
        QVERIFY(!args.number("a", 0));
        QVERIFY(!args.number("b", 0));
        QVERIFY(!args.flag("b"));
        args.setError(u"c"_s, u"is late"_s);
        QCOMPARE(args.error()->field, u"a"_s);
        QCOMPARE(args.error()->code, Errc::InvalidArgument);
    }

    void numbers_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isRead");
        const auto row = [](const char *text, bool isRead) {
            QTest::newRow(*text != '\0' ? text : "empty") << QByteArray(text) << isRead;
        };
        row("2", true);
        row("007", true);
        row("20", true);
        row("1", false);
        row("21", false);
        row("18446744073709551616", false);
        row("", false);
        row("+3", false);
        row("-3", false);
        row(" 3", false);
        row("3 ", false);
        row("3.0", false);
        row("0x3", false);
    }
    void numbers()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, isRead);
        const HttpRequest request = requestWith({{"n", text}});
        QueryArgs args(request, {"n", "m"});
        QCOMPARE(args.number("n", 2, 20).has_value(), isRead);
        QCOMPARE(args.error().has_value(), !isRead);
        if (!isRead)
            QVERIFY(args.error()->field == "n"_L1 && args.error()->text.startsWith("n: "_L1));
        QVERIFY(!args.number("m", 2, 20)); // not given: that is no error
        QCOMPARE(args.error().has_value(), !isRead);
    }

    void times_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("ms"); // -1: refused
        const auto row = [](const char *text, qint64 ms) {
            QTest::newRow(*text != '\0' ? text : "empty") << QByteArray(text) << ms;
        };
        row("0", 0);
        row("1795699580072", 1'795'699'580'072);
        row("1970-01-01T00:00:01Z", 1000);
        row("1970-01-01T01:00:01.250+01:00", 1250);
        row("", -1);
        row("-1", -1);
        row("1970-01-01T00:00:01", -1); // of which zone?
        row("1969-12-31T23:59:59Z", -1);
        row("2000000000001", -1);
        row("99999999999999999999", -1);
        row("now", -1);
    }
    void times()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, ms);
        const HttpRequest request = requestWith({{"t", text}});
        QueryArgs args(request, {"t"});
        QCOMPARE(args.timeMs("t", 2'000'000'000'000).value_or(-1), ms);
        QCOMPARE(args.error().has_value(), ms < 0);
    }

    void flags_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isSet");
        QTest::addColumn<bool>("isRefused");
        QTest::newRow("1") << QByteArray("1") << true << false;
        QTest::newRow("true") << QByteArray("true") << true << false;
        QTest::newRow("0") << QByteArray("0") << false << false;
        QTest::newRow("false") << QByteArray("false") << false << false;
        for (const char *text : {"", "yes", "True", "2"})
            QTest::newRow(*text != '\0' ? text : "empty") << QByteArray(text) << false << true;
    }
    void flags()
    {
        QFETCH(QByteArray, text);
        const HttpRequest request = requestWith({{"f", text}});
        QueryArgs args(request, {"f", "g"});
        QTEST(args.flag("f"), "isSet");
        QVERIFY(!args.flag("g"));
        QTEST(args.error().has_value(), "isRefused");
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestQueryArgs)
#include "tst_queryargs.moc"
