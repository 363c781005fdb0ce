// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/scenario/schedule.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

// A failure prints its seed and step; replay it with
//     REPLOG_SEED=… [REPLOG_STEPS=…] [REPLOG_TRACE=1] tst_schedule
// REPLOG_SEEDS=n runs that many seeds instead of the usual hundred.
class TestSchedule : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void randomHistories_data()
    {
        QTest::addColumn<quint64>("seed");
        bool given = false;
        const auto seed = qEnvironmentVariable("REPLOG_SEED").toULongLong(&given);
        if (given) {
            QTest::addRow("seed %llu", seed) << quint64(seed);
            return;
        }
        const int seeds = qEnvironmentVariableIntValue("REPLOG_SEEDS");
        for (quint64 each = 1; each <= quint64(seeds > 0 ? seeds : 100); ++each)
            QTest::addRow("seed %llu", static_cast<unsigned long long>(each)) << each;
    }

    void randomHistories()
    {
        QFETCH(quint64, seed);
        const int steps = qEnvironmentVariableIntValue("REPLOG_STEPS");
        Schedule schedule(seed, qEnvironmentVariableIsSet("REPLOG_TRACE"));
        const QString wrong = schedule.run(steps > 0 ? steps : 2500);
        ++m_runs;
        m_met.add(schedule.met());
        QVERIFY2(wrong.isEmpty(), qPrintable(u"REPLOG_SEED=%1: %2"_s.arg(seed).arg(wrong)));
    }

    // If one of these never happened in a hundred schedules, they proved nothing about it.
    void everythingHappened()
    {
        if (m_runs < 100)
            QSKIP("fewer than a hundred seeds were run");
        QString counts;
        for (const auto &[name, count] : Met::All)
            counts += u", %1 %2"_s.arg(QLatin1StringView(name)).arg(m_met.*count);
        qInfo("of %d seeds%s", m_runs, qPrintable(counts));
        for (const auto &[name, count] : Met::All)
            QVERIFY2(m_met.*count > 0, name);
    }

private:
    Met m_met;
    int m_runs = 0;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestSchedule)
#include "tst_schedule.moc"
