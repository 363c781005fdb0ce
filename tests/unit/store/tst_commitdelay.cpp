// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/commitdelay.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

class TestCommitDelay : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void waitsForThoseThatWereAnswered()
    {
        CommitDelay delay;
        QCOMPARE(delay.entriesToAwait(8, 7), 15u);
        delay.noteWaited(15);
        QCOMPARE(delay.entriesToAwait(15, 0), 15u);
        delay.noteWaited(8); // half of them is enough
        QCOMPARE(delay.entriesToAwait(8, 1), 9u);
    }

    void oneClientNeverWaits()
    {
        CommitDelay delay;
        QCOMPARE(delay.entriesToAwait(1, 0), 0u);
        QCOMPARE(delay.entriesToAwait(1, 5), 0u);
    }

    void largeGroupsDoNotWait()
    {
        CommitDelay delay;
        QCOMPARE(delay.entriesToAwait(65, 0), 0u);
        QCOMPARE(delay.entriesToAwait(64, 0), 64u);
    }

    void waitsLessOftenWhenItIsInVain()
    {
        CommitDelay delay;
        int waits = 0;
        for (int commit = 0; commit < 1000; ++commit) {
            if (delay.entriesToAwait(4, 2) == 0)
                continue;
            ++waits;
            delay.noteWaited(3);
        }
        // After 1, 3, 7, 15, 31, 63, 63… commits without a delay.
        QCOMPARE(waits, 20);
        // After one useful delay, each commit waits again.
        while (delay.entriesToAwait(4, 2) == 0) {
        }
        delay.noteWaited(6);
        QCOMPARE(delay.entriesToAwait(4, 2), 6u);
        delay.noteWaited(3);
        QCOMPARE(delay.entriesToAwait(4, 2), 0u);
        QCOMPARE(delay.entriesToAwait(4, 2), 6u);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestCommitDelay)
#include "tst_commitdelay.moc"
