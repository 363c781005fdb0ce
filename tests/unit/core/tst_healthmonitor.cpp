// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/healthmonitor.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

class TestHealthMonitor : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void suspectedUntilHeardOf()
    {
        HealthMonitor monitor;
        QSignalSpy changes(&monitor, &HealthMonitor::healthChanged);
        QCOMPARE(monitor.health(), NodeHealth::Suspected);
        monitor.handleHeard();
        monitor.handleHeard();
        QCOMPARE(monitor.health(), NodeHealth::Healthy);
        QCOMPARE(changes.size(), 1);
    }

    void oneMissSuspectsThreeMakeUnhealthy()
    {
        HealthMonitor monitor;
        monitor.handleHeard();
        QSignalSpy changes(&monitor, &HealthMonitor::healthChanged);
        monitor.handleMiss();
        QCOMPARE(monitor.health(), NodeHealth::Suspected);
        monitor.handleMiss();
        QCOMPARE(monitor.health(), NodeHealth::Suspected);
        monitor.handleMiss();
        QCOMPARE(monitor.health(), NodeHealth::Unhealthy);
        for (int i = 0; i < 1000; ++i)
            monitor.handleMiss();
        QCOMPARE(changes.size(), 2);
    }

    void onceHeardIsHealthyAgain()
    {
        HealthMonitor monitor;
        for (int i = 0; i < 10; ++i)
            monitor.handleMiss();
        monitor.handleHeard();
        QCOMPARE(monitor.health(), NodeHealth::Healthy);
        monitor.handleMiss();
        QCOMPARE(monitor.health(), NodeHealth::Suspected);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestHealthMonitor)
#include "tst_healthmonitor.moc"
