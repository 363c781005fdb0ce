// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/durabletimes.h"

#include <QTest>

using namespace replog;

class TestDurableTimes : public QObject
{
    Q_OBJECT
private slots:
    void nothingIsNoLag()
    {
        const DurableTimes times;
        QCOMPARE(times.lagMs(0, 1000), 0);
        QCOMPARE(times.lagMs(7, 1000), 0);
    }

    void lagIsTheAgeOfTheFirstEntryMissing()
    {
        DurableTimes times;
        times.note(3, 1000);
        times.note(5, 2000);
        QCOMPARE(times.lagMs(0, 2500), 1500);
        QCOMPARE(times.lagMs(2, 2500), 1500);
        QCOMPARE(times.lagMs(3, 2500), 500);
        QCOMPARE(times.lagMs(4, 2500), 500);
        QCOMPARE(times.lagMs(5, 2500), 0);
        QCOMPARE(times.lagMs(6, 2500), 0); // acked before it was durable on the master
    }

    // Two days with an entry per second: bounded memory; result >= true lag, and close to it.
    void oldMarksGetCoarserAndNeverTooYoung()
    {
        DurableTimes times;
        constexpr quint64 Seconds = 48 * 3600;
        for (quint64 id = 1; id <= Seconds; ++id)
            times.note(id, qint64(id) * 1000);
        constexpr qint64 Now = qint64(Seconds) * 1000;
        for (quint64 acked = 0; acked < Seconds; acked += 97) {
            const qint64 lag = Now - qint64(acked + 1) * 1000;
            const qint64 told = times.lagMs(acked, Now);
            QVERIFY2(told >= lag && told <= lag + lag / 32 + DurableTimes::ResolutionMs,
                     QByteArray::number(acked).constData());
        }
    }
};

QTEST_GUILESS_MAIN(TestDurableTimes)
#include "tst_durabletimes.moc"
