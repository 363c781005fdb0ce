// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/entryrules.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

class TestEntryRules : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void nodeNames_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("valid");
        QTest::newRow("plain") << "s1"_ba << true;
        QTest::newRow("all kinds") << "Secondary-2.eu_west"_ba << true;
        QTest::newRow("64") << QByteArray(64, 'x') << true;
        QTest::newRow("65") << QByteArray(65, 'x') << false;
        QTest::newRow("empty") << ""_ba << false;
        QTest::newRow("a digit first") << "1.example"_ba << true;
        QTest::newRow("like an option") << "-x"_ba << false;
        QTest::newRow("dots") << ".."_ba << false;
        QTest::newRow("an underscore first") << "_a"_ba << false;
        QTest::newRow("line end") << "a\n"_ba << false;
        QTest::newRow("slash") << "a/b"_ba << false;
        QTest::newRow("not ASCII") << "є"_ba << false;
        QTest::newRow("nul") << QByteArray("a\0b", 3) << false;
    }
    void nodeNames()
    {
        QFETCH(QByteArray, text);
        QTEST(isValidNodeName(text), "valid");
    }

    void keys_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("valid");
        QTest::newRow("plain") << "order 42/a"_ba << true;
        QTest::newRow("256") << QByteArray(256, 'k') << true;
        QTest::newRow("257") << QByteArray(257, 'k') << false;
        QTest::newRow("empty") << ""_ba << false;
        QTest::newRow("line end") << "a\n"_ba << false;
        QTest::newRow("not ASCII") << "ї"_ba << false;
    }
    void keys()
    {
        QFETCH(QByteArray, text);
        QTEST(isValidKey(text), "valid");
    }

    void mediaTypes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("valid");
        QTest::newRow("plain") << "image/png"_ba << true;
        QTest::newRow("with a suffix") << "application/cloudevents+json"_ba << true;
        QTest::newRow("with parameters") << "text/plain; charset=utf-8"_ba << true;
        QTest::newRow("empty") << ""_ba << false;
        QTest::newRow("no slash") << "png"_ba << false;
        QTest::newRow("no type") << "/png"_ba << false;
        QTest::newRow("no subtype") << "image/"_ba << false;
        QTest::newRow("two slashes") << "a/b/c"_ba << false;
        QTest::newRow("a space") << "image /png"_ba << false;
        QTest::newRow("line end") << "a/b\r\nX: y"_ba << false;
        QTest::newRow("256") << QByteArray("a/") + QByteArray(254, 'b') << false;
    }
    void mediaTypes()
    {
        QFETCH(QByteArray, text);
        QTEST(isValidMediaType(text), "valid");
    }

    void headerValues_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("valid");
        QTest::newRow("empty") << ""_ba << true;
        QTest::newRow("text") << "Київ, \"1\""_ba << true;
        QTest::newRow("tab") << "a\tb"_ba << false;
        QTest::newRow("delete") << "a\x7f"_ba << false;
        QTest::newRow("U+0085") << "a\xc2\x85"_ba << false;
        QTest::newRow("U+00A0") << "a\xc2\xa0"_ba << true;
        QTest::newRow("not UTF-8") << "a\xff"_ba << false;
        QTest::newRow("cut short") << "a\xc2"_ba << false;
    }
    void headerValues()
    {
        QFETCH(QByteArray, text);
        QTEST(isValidHeaderValue(text), "valid");
    }

    // Their order in the request makes no difference.
    void headersComeBackInOneOrder()
    {
        HeaderPacker packer;
        QVERIFY(packer.add("b", "2"));
        QVERIFY(packer.add("a-1", ""));
        QVERIFY(packer.add("c", QByteArray(16000, 'x')));
        const QByteArray packed = packer.take();
        QVERIFY(packer.add("c", QByteArray(16000, 'x')));
        QVERIFY(packer.add("a-1", ""));
        QVERIFY(packer.add("b", "2"));
        QCOMPARE(packer.take(), packed);
        QVERIFY(packer.take().isEmpty());

        QCOMPARE(countHeaders(packed), 3);
        HeaderReader reader(packed);
        QByteArrayView name, value;
        QVERIFY(reader.next(name, value));
        QCOMPARE(name.toByteArray(), "a-1"_ba);
        QVERIFY(value.isEmpty());
        QVERIFY(reader.next(name, value));
        QCOMPARE(name.toByteArray() + value.toByteArray(), "b2"_ba);
        QVERIFY(reader.next(name, value));
        QCOMPARE(value.size(), 16000);
        QVERIFY(reader.atEnd());
        QVERIFY(!reader.next(name, value));
        for (qsizetype cut = 1; cut < 12; ++cut) {
            HeaderReader short_(QByteArrayView(packed).first(cut));
            while (short_.next(name, value)) {
            }
            QVERIFY(short_.atEnd() == (cut == 6 || cut == 11));
        }
    }

    void headersHaveLimits()
    {
        HeaderPacker packer;
        QVERIFY(!packer.add("", "x"));
        QVERIFY(!packer.add("Upper", "x"));
        QVERIFY(!packer.add("a b", "x"));
        QVERIFY(!packer.add(QByteArray(65, 'a'), "x"));
        QVERIFY(!packer.add("a", "line\nend"));
        QVERIFY(packer.add("a", "x"));
        QVERIFY(!packer.add("a", "y"));
        packer.take();
        for (int i = 0; i < 64; ++i)
            QVERIFY(packer.add(QByteArray::number(i), ""));
        QVERIFY(!packer.add("64", ""));
        packer.take();
        QVERIFY(packer.add("a", QByteArray(16 * 1024 - 1, 'x')));
        QVERIFY(!packer.add("b", ""));
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestEntryRules)
#include "tst_entryrules.moc"
