// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/retrypolicy.h"
#include "tests/unit/core/scriptedrandom.h"

#include <QRegularExpression>
#include <QTest>

#include <limits>

using namespace Qt::StringLiterals;

namespace replog {

class TestRetryPolicy : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void ceilingDoublesUpToTheMaximum_data()
    {
        QTest::addColumn<int>("failures");
        QTest::addColumn<qint64>("ceiling");
        QTest::newRow("1") << 1 << qint64(50);
        QTest::newRow("2") << 2 << qint64(100);
        QTest::newRow("3") << 3 << qint64(200);
        QTest::newRow("7") << 7 << qint64(3200);
        QTest::newRow("8") << 8 << qint64(5000);
        QTest::newRow("100") << 100 << qint64(5000);
        QTest::newRow("huge") << std::numeric_limits<int>::max() << qint64(5000);
    }

    void ceilingDoublesUpToTheMaximum()
    {
        QFETCH(int, failures);
        QTEST(RetryPolicy{}.ceilingMs(failures), "ceiling");
    }

    void ceilingsThatDoNotFit()
    {
        const qint64 week = qint64(7) * 24 * 3600 * 1000;
        QCOMPARE((RetryPolicy{week, week, 0}.ceilingMs(60)), week);
        QCOMPARE((RetryPolicy{week * 2, week, 0}.ceilingMs(1)), week);
        QCOMPARE((RetryPolicy{0, week, 0}.ceilingMs(10)), 0);
    }

    // Uniformly distributed in [0, ceiling].
    void jitterIsFull()
    {
        const RetryPolicy policy;
        ScriptedRandom random({0.0, 0.5, std::nextafter(1.0, 0.0)});
        QCOMPARE(policy.delayMs(3, random), 0);
        QCOMPARE(policy.delayMs(3, random), 100);
        QCOMPARE(policy.delayMs(3, random), 200);
        SeededRandom seeded(7);
        qint64 sum = 0;
        for (int i = 0; i < 10000; ++i) {
            const qint64 delay = policy.delayMs(3, seeded);
            QVERIFY(delay >= 0 && delay <= 200);
            sum += delay;
        }
        QVERIFY(sum / 10000 > 95 && sum / 10000 < 105);
    }

    void limit()
    {
        QVERIFY(!(RetryPolicy{50, 5000, 0}.exhausted(1000000)));
        const RetryPolicy twice{50, 5000, 2};
        QVERIFY(!twice.exhausted(1));
        QVERIFY(!twice.exhausted(2));
        QVERIFY(twice.exhausted(3)); // the first attempt and two retries
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestRetryPolicy)
#include "tst_retrypolicy.moc"
