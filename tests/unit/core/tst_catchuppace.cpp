// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/catchuppace.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

class TestCatchUpPace : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void pause_data()
    {
        QTest::addColumn<qint64>("tookMs");
        QTest::addColumn<quint64>("grown"); // entries that clients appended meanwhile
        QTest::addColumn<quint64>("count"); // of the batch
        QTest::addColumn<qint64>("pauseMs");
        QTest::newRow("nobody appends") << 100LL << 0ULL << 1000ULL << 0LL;
        QTest::newRow("twice as long as it took") << 100LL << 1ULL << 1000ULL << 200LL;
        QTest::newRow("took no time") << 0LL << 1ULL << 1000ULL << 0LL;
        QTest::newRow("at most") << 250LL << 1ULL << 1000ULL << CatchUpPace::MaxPauseMs;
        QTest::newRow("took long") << 30'000LL << 1ULL << 1000ULL << CatchUpPace::MaxPauseMs;
        QTest::newRow("catches up all the same") << 100LL << 499ULL << 1000ULL << 200LL;
        // Batch and pause take three times as long as the batch did: at half its growth the node falls
        // behind.
        QTest::newRow("would fall behind") << 100LL << 500ULL << 1000ULL << 0LL;
        QTest::newRow("falls behind anyhow") << 100LL << 2000ULL << 1000ULL << 0LL;
        QTest::newRow("an empty batch") << 100LL << 1ULL << 0ULL << 0LL;
    }
    void pause()
    {
        QFETCH(const qint64, tookMs);
        QFETCH(const quint64, grown);
        QFETCH(const quint64, count);
        CatchUpPace pace;
        pace.begin(5000, 70);
        QTEST(pace.endedMs(5000 + tookMs, 70 + grown, count), "pauseMs");
    }

    // An ack may come twice, or for what is no batch of a catch-up.
    void onceForEachBatch()
    {
        CatchUpPace pace;
        QCOMPARE(pace.endedMs(100, 1, 10), 0);
        pace.begin(100, 1);
        QCOMPARE(pace.endedMs(110, 2, 10), 20);
        QCOMPARE(pace.endedMs(120, 3, 10), 0);
        pace.begin(200, 3);
        pace.reset(); // the delivery failed
        QCOMPARE(pace.endedMs(210, 4, 10), 0);
        pace.begin(300, 4);
        pace.begin(350, 5); // a new one in its place
        QCOMPARE(pace.endedMs(360, 6, 10), 20);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestCatchUpPace)
#include "tst_catchuppace.moc"
