// SPDX-License-Identifier: GPL-3.0-or-later
// Growth of a store, time until its disk is full, and when there is too little room.
#include "shared/node/spacemeter.h"
#include "shared/node/spacewatch.h"
#include "tests/support/manualscheduler.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qint64 Minute = 60 * 1000;
constexpr qint64 Hour = 60 * Minute;
constexpr qint64 Day = 24 * Hour;
} // namespace

class TestSpaceMeter : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void nothingIsKnownAtFirst()
    {
        SpaceMeter meter;
        QVERIFY(!meter.space() && !meter.bytesPerDay() && !meter.fullInMs() && !meter.isLow());
        meter.add({1000, 5000, 10000}, 7);
        meter.add({1000, 5000, 10000}, Minute + 7);
        meter.add({2000, 4000, 10000}, 10 * Minute);
        QVERIFY(!meter.bytesPerDay()); // unknown in the first ten minutes
        QCOMPARE(meter.space()->storeBytes, 2000);
        meter.add({1900, 4000, 10000}, 10 * Minute + 7);
        QCOMPARE(meter.bytesPerDay(), 900 * Day / (9 * Minute));
        QCOMPARE(meter.fullInMs(), 40 * Minute);
    }

    // A store that is opened makes room for its write-ahead log within seconds.
    void whatAStartTakesIsNoGrowth()
    {
        SpaceMeter meter;
        const auto measure = [&meter](qint64 bytes, qint64 atMs) { meter.add({bytes, 1 << 30, 0}, atMs); };
        measure(4'260'000, 0);
        measure(22'700'000, 5000);
        for (qint64 now = Minute; now < 12 * Minute; now += 5000)
            measure(22'700'000, now);
        QCOMPARE(meter.bytesPerDay(), 0);
        QVERIFY(!meter.fullInMs());
    }

    // 1 MB a minute for three days, then nothing for one.
    void theLastDayCounts()
    {
        SpaceMeter meter;
        qint64 bytes = 0;
        qint64 now = 0;
        for (; now < 3 * Day; now += Minute)
            meter.add({bytes += 1000000, 1000000000, 0}, now);
        QVERIFY(qAbs(*meter.bytesPerDay() - 1000000 * Day / Minute) < 30000000);
        QVERIFY(qAbs(*meter.fullInMs() - 1000 * Minute) < 30 * Minute);
        for (; now < 4 * Day + Hour; now += Minute)
            meter.add({bytes, 1000000000, 0}, now);
        QCOMPARE(meter.bytesPerDay(), 0);
        QVERIFY(!meter.fullInMs());
    }

    void aStoreThatShrinksIsNeverFull()
    {
        SpaceMeter meter;
        meter.add({5000, 100, 0}, 0);
        meter.add({5000, 100, 0}, Minute);
        meter.add({4000, 100, 0}, Minute + Day / 2);
        QCOMPARE(meter.bytesPerDay(), -2000);
        QVERIFY(!meter.fullInMs());
    }

    void lowUntilATenthMoreIsFree_data()
    {
        QTest::addColumn<qint64>("bytes");
        QTest::addColumn<double>("share");
        QTest::newRow("bytes") << qint64(1000) << 0.0;
        QTest::newRow("share") << qint64(0) << 0.1;
    }

    void lowUntilATenthMoreIsFree()
    {
        QFETCH(qint64, bytes);
        QFETCH(double, share);
        SpaceMeter meter({bytes, share});
        const auto lowAt = [&](qint64 free) {
            meter.add({0, free, 10000}, 0);
            return meter.isLow();
        };
        QVERIFY(!lowAt(1000));
        QVERIFY(lowAt(999));
        QVERIFY(lowAt(1000));
        QVERIFY(lowAt(1099));
        QVERIFY(!lowAt(1100));
        QVERIFY(!lowAt(1000));
        QVERIFY(lowAt(0));
        QCOMPARE(meter.minFreeBytes(), 1000);
    }

    void withoutALimitItIsNeverLow()
    {
        SpaceMeter meter;
        meter.add({0, 0, 10000}, 0);
        QVERIFY(!meter.isLow());
    }

    void watches()
    {
        ManualScheduler scheduler;
        int asked = 0;
        SpaceWatch::Measured answer;
        SpaceWatch watch(
            {1000, 0}, [&](SpaceWatch::Measured done) { ++asked, answer = done; }, scheduler);
        int changes = 0;
        QObject::connect(&watch, &SpaceWatch::lowChanged, &watch, [&] { ++changes; });
        watch.start(Space{10, 100000, 1000000});
        QVERIFY(watch.lowReason().isEmpty());
        scheduler.advance(4999);
        QCOMPARE(asked, 0);
        scheduler.advance(1);
        QCOMPARE(asked, 1);
        scheduler.advance(60000);
        QCOMPARE(asked, 1); // one request at a time
        answer(Space{10, 999, 1000000});
        QCOMPARE(changes, 1);
        QVERIFY(watch.lowReason().contains(u"999 bytes are free"_s));
        scheduler.advance(250);
        QCOMPARE(asked, 2);
        answer(Space{10, 500000, 1000000});
        QCOMPARE(changes, 2);
        QJsonObject status;
        watch.addTo(status);
        QCOMPARE(status[u"free_bytes"_s].toInteger(), 500000);
        QVERIFY(status[u"full_in_ms"_s].isNull());
    }

    void statusAndMetricsSayTheSame()
    {
        ManualScheduler scheduler;
        SpaceWatch::Measured answer;
        SpaceWatch watch(
            {}, [&](const SpaceWatch::Measured &done) { answer = done; }, scheduler);
        MetricsRegistry metrics;
        watch.declareMetrics(metrics);
        QVERIFY(!metrics.text().contains("\nreplog_store_bytes "));
        watch.start(Space{1000, 5000, 10000});
        scheduler.advance(Minute);
        answer(Space{1000, 5000, 10000});
        scheduler.advance(9 * Minute);
        QVERIFY(metrics.text().contains("\nreplog_store_bytes 1000\n"));
        QVERIFY(!metrics.text().contains("\nreplog_store_growth_bytes_per_day "));
        QVERIFY(!metrics.text().contains("\nreplog_disk_full_seconds "));
        answer(Space{10000, 4000, 10000});
        QJsonObject status;
        watch.addTo(status);
        QCOMPARE(status[u"bytes_per_day"_s].toInteger(), 1000 * Day / Minute);
        QCOMPARE(status[u"full_in_ms"_s].toInteger(), 4 * Minute);
        QVERIFY(metrics.text().contains("\nreplog_store_growth_bytes_per_day 1440000\n"));
        QVERIFY(metrics.text().contains("\nreplog_disk_full_seconds 240\n"));
    }

    void measures()
    {
        QTemporaryDir dir;
        const auto before = measureSpace(dir.path());
        QVERIFY(before);
        QFile file(dir.filePath(u"file"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(100000, 'x')) == 100000);
        file.close();
        const auto now = measureSpace(dir.path());
        QVERIFY(now->storeBytes >= before->storeBytes + 100000);
        QVERIFY(now->capacityBytes >= now->freeBytes);
        QVERIFY(!measureSpace(dir.filePath(u"nothing"_s)));
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestSpaceMeter)
#include "tst_spacemeter.moc"
