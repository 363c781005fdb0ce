// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/faultinjector.h"
#include "tests/unit/core/scriptedrandom.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

class TestFaultInjector : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void passesUnlessTold()
    {
        ScriptedRandom random({}, 0.0);
        FaultInjector injector(random);
        for (int i = 0; i < 100; ++i)
            QCOMPARE(injector.decide(), FaultInjector::Fate::Pass);
        QCOMPARE(random.asked(), 0);
    }

    void blockRefusesAll()
    {
        ScriptedRandom random;
        FaultInjector injector(random);
        injector.setFaults({0, 1.0, 1.0, 1.0, true});
        QCOMPARE(injector.decide(), FaultInjector::Fate::Refuse);
    }

    void oneOfEachKind_data()
    {
        QTest::addColumn<double>("before");
        QTest::addColumn<double>("after");
        QTest::addColumn<double>("drop");
        QTest::addColumn<int>("fate");
        QTest::newRow("before") << 1.0 << 0.0 << 0.0 << int(FaultInjector::Fate::FailBefore);
        QTest::newRow("after") << 0.0 << 1.0 << 0.0 << int(FaultInjector::Fate::FailAfter);
        QTest::newRow("drop") << 0.0 << 0.0 << 1.0 << int(FaultInjector::Fate::Drop);
        QTest::newRow("drop comes first") << 1.0 << 1.0 << 1.0 << int(FaultInjector::Fate::Drop);
    }

    void oneOfEachKind()
    {
        QFETCH(double, before);
        QFETCH(double, after);
        QFETCH(double, drop);
        ScriptedRandom random({}, 0.999999);
        FaultInjector injector(random);
        injector.setFaults({0, before, after, drop, false});
        QTEST(int(injector.decide()), "fate");
    }

    void probability()
    {
        SeededRandom random(1);
        FaultInjector injector(random);
        injector.setFaults({0, 0.25, 0.0, 0.0, false});
        int failed = 0;
        for (int i = 0; i < 10000; ++i)
            failed += injector.decide() == FaultInjector::Fate::FailBefore ? 1 : 0;
        QVERIFY(failed > 2350 && failed < 2650);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestFaultInjector)
#include "tst_faultinjector.moc"
