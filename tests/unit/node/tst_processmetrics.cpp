// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/metrics.h"
#include "shared/node/processmetrics.h"
#include "tests/support/manualscheduler.h"

#include <QFile>
#include <QtTest>

#include <deque>

using namespace replog;
using namespace Qt::StringLiterals;

class TestProcessMetrics : public QObject
{
    Q_OBJECT
private slots:
    void all();
    void descriptorsAreCountedOnceASecond();

private:
    static double value(const MetricsRegistry &metrics, const QByteArray &name)
    {
        const QByteArray text = metrics.text();
        const qsizetype at = text.indexOf(QByteArray('\n' + name + ' ')) + name.size() + 2;
        return text.mid(at, text.indexOf('\n', at) - at).toDouble();
    }
};

void TestProcessMetrics::all()
{
    ManualScheduler time;
    MetricsRegistry metrics;
    declareProcessMetrics(metrics, time);
    for (const char *name : {"process_resident_memory_bytes", "process_virtual_memory_bytes",
                             "process_open_fds", "process_max_fds"})
        QVERIFY2(value(metrics, name) > 0, name);
    QVERIFY(value(metrics, "process_start_time_seconds") > 1.7e9);
    QVERIFY(value(metrics, "process_cpu_seconds_total") >= 0);
}

// To list them takes as long as a hundred other figures when there are many.
void TestProcessMetrics::descriptorsAreCountedOnceASecond()
{
    constexpr int Opened = 5;
    ManualScheduler time;
    MetricsRegistry metrics;
    declareProcessMetrics(metrics, time);
    const double before = value(metrics, "process_open_fds");
    std::deque<QFile> files;
    for (int i = 0; i < Opened; ++i)
        QVERIFY(files.emplace_back(u"/dev/null"_s).open(QIODevice::ReadOnly));
    time.advance(999);
    QCOMPARE(value(metrics, "process_open_fds"), before);
    time.advance(1);
    QCOMPARE(value(metrics, "process_open_fds"), before + Opened);
}

QTEST_GUILESS_MAIN(TestProcessMetrics)
#include "tst_processmetrics.moc"
