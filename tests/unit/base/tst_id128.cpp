// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/randomsource.h"
#include "shared/base/vocabulary.h"

#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

// Conversion of ids and of the API's words to text and back.
class TestId128 : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void comesBackFromText()
    {
        const Id128 id{0x0123456789abcdef, 0x00000000000000ff};
        QCOMPARE(id.toHex(), "0123456789abcdef00000000000000ff"_ba);
        QVERIFY(Id128::fromHex(id.toHex()) == id);
        QCOMPARE(QByteArrayView(startDigits(0xabc)), "0000000000000abc"_ba);
        QCOMPARE(startFromHex("ffffffffffffffff"), ~quint64(0));
    }

    void refusesOtherText_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << ""_ba;
        QTest::newRow("a digit short") << "0123456789abcdef00000000000000f"_ba;
        QTest::newRow("a digit more") << "0123456789abcdef00000000000000ff0"_ba;
        QTest::newRow("upper case") << "0123456789ABCDEF00000000000000ff"_ba;
        QTest::newRow("no hex digit") << "0123456789abcdeg00000000000000ff"_ba;
        QTest::newRow("zeros") << QByteArray(32, '0');
        QTest::newRow("hyphens") << "01234567-89ab-cdef-0000-00000000000f"_ba;
    }

    void refusesOtherText()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!Id128::fromHex(text));
        QVERIFY(!startFromHex(text.left(16)) || text.size() == 31 || text.size() == 33);
    }

    void drawsDiffer()
    {
        SystemRandom system;
        SeededRandom seeded(1);
        QSet<Id128> drawn;
        for (int i = 0; i < 1000; ++i) {
            for (const Id128 &id : {system.id128(), seeded.id128()}) {
                QVERIFY(!id.isNull());
                QVERIFY(!drawn.contains(id));
                drawn.insert(id);
            }
        }
    }

    void wordsComeBack()
    {
        for (int i = 1; i <= static_cast<int>(NodeMode::Diverged); ++i)
            QVERIFY(modeFromWord(toWord(NodeMode(i))) == NodeMode(i));
        for (int i = 1; i <= static_cast<int>(NodeHealth::Incompatible); ++i)
            QVERIFY(healthFromWord(toWord(NodeHealth(i))) == NodeHealth(i));
        QCOMPARE(toWord(NodeMode::ReadWrite), "read-write"_ba);
        QCOMPARE(toWord(NodeHealth::GaveUp), "gave-up"_ba);
        QVERIFY(modeFromWord("handing-over") == NodeMode::Unknown);
        QVERIFY(healthFromWord("") == NodeHealth::Unknown);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestId128)
#include "tst_id128.moc"
