// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/walk/walkpanel.h"
#include "gui/walk/walksteprow.h"
#include "tests/gui/dashboardfixture.h"

#include <QAction>
#include <QLabel>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

// The guided walks, driven by clicks in the real window with real nodes.
class WalksTest : public QObject
{
    Q_OBJECT
private slots:
    void everyWalkGoesAsExpected_data();
    void everyWalkGoesAsExpected();
    void playsByItself();
    void stopLeavesTheClusterOpen();
    void anotherClusterEndsTheWalk_data();
    void anotherClusterEndsTheWalk();
    void closingItsClusterEndsTheWalk();
    void aStageTakesNoPlaceOfAnotherCluster();
};

void WalksTest::everyWalkGoesAsExpected_data()
{
    QTest::addColumn<int>("walk");
    for (Walk walk : allWalks())
        QTest::newRow(qPrintable(walkTitle(walk))) << int(walk);
}

void WalksTest::everyWalkGoesAsExpected()
{
    QFETCH(int, walk);
    DashboardFixture fixture;
    auto *const panel = fixture.window().findChild<WalkPanel *>();
    QVERIFY(panel);
    fixture.trigger(u"walk%1"_s.arg(walk));
    const qsizetype steps = panel->engine().steps().size();
    QVERIFY(steps >= 6);
    for (int i = 0; i < steps; ++i) {
        auto *const row = fixture.child<WalkStepRow>(u"walkStep%1"_s.arg(i));
        QCOMPARE(row->mark(), WalkStepRow::Mark::Next);
        fixture.click(u"walkNext"_s);
        QTRY_VERIFY_WITH_TIMEOUT(row->mark() == WalkStepRow::Mark::AsExpected ||
                                     row->mark() == WalkStepRow::Mark::Wrong,
                                 2 * limitMs);
        QVERIFY2(row->mark() == WalkStepRow::Mark::AsExpected,
                 qPrintable(u"step %1: %2"_s.arg(i + 1).arg(panel->engine().finding(i))));
        qInfo("%s",
              qPrintable(u"%1 -> %2"_s.arg(panel->engine().steps()[i].title, panel->engine().finding(i))));
    }
    QCOMPARE(panel->engine().state(), WalkEngine::State::Finished);
    QVERIFY(fixture.child<QLabel>(u"walkSummary"_s)->text().contains(QString::number(steps)));
}

void WalksTest::playsByItself()
{
    DashboardFixture fixture;
    auto *const panel = fixture.window().findChild<WalkPanel *>();
    QVERIFY(panel);
    panel->engine().setPauseMs(0);
    fixture.trigger(u"walk0"_s);
    fixture.click(u"walkPlay"_s);
    QTRY_COMPARE_WITH_TIMEOUT(panel->engine().state(), WalkEngine::State::Finished, 4 * limitMs);
}

void WalksTest::stopLeavesTheClusterOpen()
{
    DashboardFixture fixture;
    auto *const panel = fixture.window().findChild<WalkPanel *>();
    fixture.trigger(u"walk1"_s);
    fixture.click(u"walkNext"_s);
    QTRY_COMPARE_WITH_TIMEOUT(panel->engine().current(), 1, limitMs);
    fixture.click(u"walkStop"_s);
    QCOMPARE(panel->engine().state(), WalkEngine::State::Idle);
    QVERIFY(fixture.session().isOpen());
    QVERIFY(fixture.launcher().local()->anyRunning());
}

void WalksTest::anotherClusterEndsTheWalk_data()
{
    QTest::addColumn<int>("steps");
    QTest::newRow("before its first step") << 0;
    QTest::newRow("in the midst of it") << 1;
}

// Its next step would write into that cluster, or delete it.
void WalksTest::anotherClusterEndsTheWalk()
{
    QFETCH(int, steps);
    DashboardFixture fixture;
    auto *const panel = fixture.window().findChild<WalkPanel *>();
    fixture.trigger(u"walk0"_s);
    for (int i = 0; i < steps; ++i) {
        fixture.click(u"walkNext"_s);
        QTRY_COMPARE_WITH_TIMEOUT(panel->engine().current(), i + 1, limitMs);
    }
    QCOMPARE(panel->engine().state(), WalkEngine::State::Ready);
    QVERIFY(fixture.openLocal(0));
    const LocalCluster *const opened = fixture.launcher().local();
    QCOMPARE(panel->engine().state(), WalkEngine::State::Idle);
    QVERIFY(!fixture.child<QToolButton>(u"walkNext"_s)->isEnabled());
    panel->engine().next();
    QCOMPARE(fixture.launcher().local(), opened);
}

void WalksTest::closingItsClusterEndsTheWalk()
{
    DashboardFixture fixture;
    auto *const panel = fixture.window().findChild<WalkPanel *>();
    fixture.trigger(u"walk1"_s);
    fixture.click(u"walkNext"_s);
    QTRY_COMPARE_WITH_TIMEOUT(panel->engine().current(), 1, limitMs);
    fixture.trigger(u"closeCluster"_s);
    fixture.click(u"stopNodes"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.session().isOpen(), limitMs);
    QCOMPARE(panel->engine().state(), WalkEngine::State::Idle);
}

void WalksTest::aStageTakesNoPlaceOfAnotherCluster()
{
    DashboardFixture fixture;
    QVERIFY(fixture.openLocal(0));
    const LocalCluster *const opened = fixture.launcher().local();
    WalkStage stage(fixture.launcher(), fixture.session());
    stage.openFresh(1, {});
    QCOMPARE(fixture.launcher().local(), opened);
    WalkFinding found;
    stage.membersAnswer({}, [&](const WalkFinding &finding) { found = finding; });
    QCOMPARE(found.verdict, WalkFinding::Verdict::Wrong);
}

int main(int argc, char **argv)
{
    return runGuiSuite<WalksTest>(argc, argv);
}

#include "tst_walks.moc"
