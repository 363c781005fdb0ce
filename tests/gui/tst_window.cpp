// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/append/appendpanel.h"
#include "gui/append/requestsmodel.h"
#include "gui/charts/clustersampler.h"
#include "gui/compare/comparedialog.h"
#include "gui/control/commandcontrol.h"
#include "gui/matrix/logheader.h"
#include "gui/matrix/logmodel.h"
#include "gui/matrix/logtable.h"
#include "gui/matrix/logview.h"
#include "gui/nodes/nodesmodel.h"
#include "gui/nodes/nodesview.h"
#include "gui/theme/theme.h"
#include "gui/waits/waitsmodel.h"
#include "gui/waits/waitsview.h"
#include "gui/widgets/longtextview.h"
#include "gui/widgets/wrappedtext.h"
#include "tests/gui/windowstage.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollBar>
#include <QSpinBox>
#include <QTableView>
#include <QTextBlock>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

namespace {

constexpr auto Fatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

} // namespace

// The contents of the window for a cluster, and the effects of its buttons.
class TestWindow : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        failOnEveryWarning();
        QSettings().clear();
    }

    void theEmptyWindowSaysHowToBegin()
    {
        Stage stage;
        stage.window().show();
        bool offered = false;
        const auto buttons = stage.window().findChildren<QPushButton *>();
        for (const QPushButton *button : buttons)
            offered =
                offered || (button->isVisible() && button->isEnabled() && button->text().contains(u"onnect"));
        QVERIFY(offered);
        QVERIFY(!stage.nodes()->isVisible());
        QVERIFY(!stage.log()->isVisible());
        QVERIFY(stage.open());
        QVERIFY(stage.nodes()->isVisible());
        QVERIFY(stage.log()->isVisible());
        stage.session().close();
        QVERIFY(!stage.nodes()->isVisible());
    }

    void showsNodesAndLog()
    {
        Stage stage;
        stage.fake.fill(500);
        const QAbstractItemModelTester nodes(stage.nodes()->model(), Fatal);
        const QAbstractItemModelTester log(stage.log()->model(), Fatal);
        const QAbstractItemModelTester waits(stage.waits()->model(), Fatal);
        const QAbstractItemModelTester requests(stage.append()->requests(), Fatal);
        QVERIFY(stage.open());
        LogModel *model = stage.log()->model();
        QTRY_COMPARE_WITH_TIMEOUT(model->columnCount(), LogModel::FirstNodeColumn + 3, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(model->rowCount(), 500, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(model->cellState(500, u"s2"_s), CellState::Committed, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(model->index(499, LogModel::TextColumn).data().toString(), u"message 500"_s,
                                  Patience);
        // It follows the end: the newest row is visible.
        stage.fake.fill(600);
        QTRY_COMPARE_WITH_TIMEOUT(model->rowCount(), 600, Patience);
        LogTable *table = stage.log()->table();
        QTRY_VERIFY_WITH_TIMEOUT(table->verticalScrollBar()->value() == table->verticalScrollBar()->maximum(),
                                 Patience);
        QVERIFY(table->verticalScrollBar()->maximum() > 0);
    }

    void oneClientBlocksWhileAnotherPasses()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.window().activateWindow();
        auto *message = stage.find<QLineEdit>(u"message"_s);
        auto *concern = stage.find<QComboBox>(u"concern"_s);
        RequestsModel *requests = stage.append()->requests();
        message->setFocus();
        QTest::keyClicks(message, u"waits"_s);
        concern->setCurrentIndex(concern->findData(u"3"_s));
        QTest::keyClick(message, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(stage.waits()->model()->rowCount(), 1, Patience);
        QCOMPARE(requests->waiting(), 1);

        message->selectAll();
        QTest::keyClicks(message, u"passes"_s);
        concern->setCurrentIndex(concern->findData(u"1"_s));
        QTest::mouseClick(stage.find<QPushButton>(u"send"_s), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(requests->isFinished(0), Patience);
        QVERIFY(requests->index(0, RequestsModel::StateColumn).data().toString().startsWith(u"OK after "_s));
        QCOMPARE(requests->index(0, RequestsModel::IdColumn).data().toULongLong(), 2ULL);
        QVERIFY(!requests->isFinished(1));
        QVERIFY(requests->index(1, RequestsModel::StateColumn).data().toString().startsWith(u"waiting"_s));
        const QModelIndex cell = stage.log()->model()->index(0, LogModel::WaitColumn);
        QTRY_COMPARE_WITH_TIMEOUT(cell.data().toString(), u"1 of 3 · s1, s2"_s, Patience);

        stage.fake.answer(1, 201);
        QTRY_VERIFY_WITH_TIMEOUT(requests->isFinished(1), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.waits()->model()->rowCount(), 0, Patience);
        QVERIFY(stage.fake.appendBodies.at(0).contains(R"("w":3)"));
        QVERIFY(!stage.fake.appendBodies.at(0).contains("timeout_ms"));
    }

    // Whatever was typed is sent, and its number is put behind it.
    void numberedMessagesKeepTheirText()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.find<QLineEdit>(u"message"_s)->setText(u"load 50%1 a%2"_s);
        stage.find<QSpinBox>(u"count"_s)->setValue(2);
        QTest::mouseClick(stage.find<QPushButton>(u"send"_s), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.appendBodies.size(), 2, Patience);
        QVERIFY2(stage.fake.appendBodies.at(0).contains("load 50%1 a%2 #1"),
                 stage.fake.appendBodies.at(0).constData());
        QVERIFY2(stage.fake.appendBodies.at(1).contains("load 50%1 a%2 #2"),
                 stage.fake.appendBodies.at(1).constData());
    }

    void fiftyBlockedAppendsBlockNothing()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.find<QLineEdit>(u"message"_s)->setText(u"many"_s);
        auto *concern = stage.find<QComboBox>(u"concern"_s);
        concern->setCurrentIndex(concern->findData(u"all"_s));
        stage.find<QSpinBox>(u"count"_s)->setValue(50);
        stage.find<QDoubleSpinBox>(u"timeout"_s)->setValue(600.5);
        QTest::mouseClick(stage.find<QPushButton>(u"send"_s), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.waits.size(), size_t(50), Patience);
        QVERIFY(stage.fake.appendBodies.at(0).contains(R"("w":"all")"));
        // The master gets the remaining time: the time-out minus the time until the request was sent.
        const int left =
            QJsonDocument::fromJson(stage.fake.appendBodies.at(0)).object().value("timeout_ms"_L1).toInt();
        QVERIFY2(left > 600500 - Patience && left <= 600500, qPrintable(QString::number(left)));
        stage.find<QSpinBox>(u"count"_s)->setValue(1);
        concern->setCurrentIndex(concern->findData(u"1"_s));
        QTest::mouseClick(stage.find<QPushButton>(u"send"_s), Qt::LeftButton);
        RequestsModel *requests = stage.append()->requests();
        QTRY_VERIFY_WITH_TIMEOUT(requests->isFinished(0), Patience);
        QCOMPARE(requests->waiting(), 50);
        // The log is still read in parallel.
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->model()->index(50, LogModel::TextColumn).data().toString(),
                                  u"many"_s, Patience);

        const quint64 first = stage.fake.waits.begin()->first;
        stage.fake.answer(first, 504);
        QTRY_COMPARE_WITH_TIMEOUT(requests->waiting(), 49, Patience);
        bool timedOut = false;
        for (int row = 0; row < requests->rowCount(); ++row)
            timedOut = timedOut || requests->index(row, RequestsModel::StateColumn).data().toString() ==
                                       u"timed out with 1 ack"_s;
        QVERIFY(timedOut);

        auto *list = stage.find<QTableView>(u"requestsTable"_s);
        list->selectAll();
        QTest::mouseClick(stage.find<QToolButton>(u"stopWaitingButton"_s), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(requests->waiting(), 0, Patience);
        QTest::mouseClick(stage.find<QToolButton>(u"clearFinishedButton"_s), Qt::LeftButton);
        QCOMPARE(requests->rowCount(), 0);
    }

    void releaseAsksFirst()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.session().append({"held up", u"3"_s, 0});
        WaitsView *waits = stage.waits();
        QTRY_COMPARE_WITH_TIMEOUT(waits->model()->rowCount(), 1, Patience);
        waits->table()->selectRow(0);
        auto *release = stage.find<QToolButton>(u"releaseButton"_s);
        QTest::mouseClick(release, Qt::LeftButton);
        auto *question = waits->findChild<QMessageBox *>(u"releaseQuestion"_s);
        QVERIFY(question);
        QVERIFY(question->informativeText().contains(u"s1"));
        QTest::keyClick(question, Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(!waits->findChild<QMessageBox *>(u"releaseQuestion"_s), Patience);
        QVERIFY(stage.fake.calls.isEmpty());

        QTest::mouseClick(release, Qt::LeftButton);
        question = waits->findChild<QMessageBox *>(u"releaseQuestion"_s);
        QVERIFY(question);
        QTest::mouseClick(question->findChild<QAbstractButton *>(u"confirmRelease"_s), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.calls, QStringList{u"DELETE /api/v1/waits/1"_s}, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(waits->model()->rowCount(), 0, Patience);
        const RequestsModel *requests = stage.append()->requests();
        QTRY_COMPARE_WITH_TIMEOUT(requests->index(0, RequestsModel::StateColumn).data().toString(),
                                  u"given up: the wait was given up"_s, Patience);
    }

    void whatCannotBeDoneSaysWhy()
    {
        Stage stage;
        QVERIFY(stage.open());
        NodesView *nodes = stage.nodes();
        QTRY_COMPARE_WITH_TIMEOUT(nodes->model()->rowCount(), 3, Patience);
        nodes->selectNode(u"M"_s);
        for (const QString &name : {u"start"_s, u"stop"_s, u"kill"_s, u"freeze"_s, u"thaw"_s, u"retryNow"_s,
                                    u"faults"_s, u"forget"_s}) {
            QVERIFY(!stage.action(name)->isEnabled());
            QVERIFY(stage.action(name)->toolTip().size() > 20);
        }
        nodes->selectNode(u"s1"_s);
        QVERIFY(!stage.action(u"start"_s)->isEnabled());
        QVERIFY(stage.action(u"retryNow"_s)->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(stage.action(u"faults"_s)->isEnabled(), Patience);
    }

    void retriesAndForgets()
    {
        Stage stage;
        QVERIFY(stage.open());
        NodesView *nodes = stage.nodes();
        QTRY_COMPARE_WITH_TIMEOUT(nodes->model()->rowCount(), 3, Patience);
        nodes->selectNode(u"s2"_s);
        QTest::mouseClick(stage.find<QToolButton>(u"retryNowButton"_s), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.calls, QStringList{u"POST /api/v1/nodes/s2/retry"_s}, Patience);
        stage.action(u"forget"_s)->trigger();
        auto *question = nodes->findChild<QMessageBox *>(u"forgetQuestion"_s);
        QVERIFY(question);
        const auto buttons = question->buttons();
        for (QAbstractButton *button : buttons) {
            if (question->buttonRole(button) == QMessageBox::AcceptRole)
                QTest::mouseClick(button, Qt::LeftButton);
        }
        QTRY_COMPARE_WITH_TIMEOUT(nodes->model()->rowCount(), 2, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->model()->columnCount(), LogModel::FirstNodeColumn + 2,
                                  Patience);
    }

    // What a key does to the selected node is done at once, so the user chooses which one that is.
    void theSelectionDoesNotMoveToANeighbour()
    {
        Stage stage({u"s1"_s, u"s2"_s, u"s3"_s});
        QVERIFY(stage.open());
        NodesView *nodes = stage.nodes();
        QTRY_COMPARE_WITH_TIMEOUT(nodes->model()->rowCount(), 4, Patience);
        QCOMPARE(nodes->selectedNode(), u"M"_s); // the first that came
        nodes->selectNode(u"s2"_s);
        stage.window().activateWindow();
        nodes->table()->setFocus();
        stage.fake.node(u"s2"_s).registered = false;
        stage.fake.publish();
        QTRY_COMPARE_WITH_TIMEOUT(nodes->model()->rowCount(), 3, Patience);
        QCOMPARE(nodes->selectedNode(), QString());
        QVERIFY(stage.action(u"kill"_s)->toolTip().contains(u"Select a node first"));
        // Nor when the window gets the focus back, nor when a node comes.
        for (const Qt::FocusReason reason : {Qt::ActiveWindowFocusReason, Qt::TabFocusReason}) {
            nodes->table()->clearFocus();
            nodes->table()->setFocus(reason);
            QCOMPARE(nodes->selectedNode(), QString());
        }
        stage.fake.node(u"s2"_s).registered = true;
        stage.fake.publish();
        QTRY_COMPARE_WITH_TIMEOUT(nodes->model()->rowCount(), 4, Patience);
        QCOMPARE(nodes->selectedNode(), QString());
        // Another one that goes does not take the selection along.
        nodes->selectNode(u"s3"_s);
        stage.fake.node(u"s2"_s).registered = false;
        stage.fake.publish();
        QTRY_COMPARE_WITH_TIMEOUT(nodes->model()->rowCount(), 3, Patience);
        QCOMPARE(nodes->selectedNode(), u"s3"_s);
    }

    // Nor is anything done to a node whose panel is behind another one.
    void aNodeIsActedOnWhereItIsSeen()
    {
        Stage stage;
        QVERIFY(stage.open());
        NodesView *nodes = stage.nodes();
        QTRY_COMPARE_WITH_TIMEOUT(nodes->model()->rowCount(), 3, Patience);
        nodes->selectNode(u"s2"_s);
        QDockWidget *const dock = stage.find<QDockWidget>(u"nodes"_s);
        QAction *const retry = stage.action(u"retryNow"_s);
        for (const bool isClosed : {false, true}) {
            if (isClosed)
                dock->hide();
            else
                stage.window().showPanel(u"charts"_s);
            QTRY_VERIFY_WITH_TIMEOUT(nodes->visibleRegion().isEmpty(), Patience);
            retry->trigger();
            QTRY_VERIFY_WITH_TIMEOUT(!nodes->visibleRegion().isEmpty(), Patience);
            QCOMPARE(nodes->selectedNode(), u"s2"_s);
        }
        retry->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.calls, QStringList{u"POST /api/v1/nodes/s2/retry"_s}, Patience);
    }

    // Its commands are those at its address, whatever the file calls it: here by another node's name.
    void aCommandRunsWhereItsNodeIs()
    {
        Stage stage;
        stage.fake.setUp(u"s2"_s, false);
        ClusterFile file;
        file.description = {u"file"_s,
                            {{u"front"_s, NodeRole::Master, stage.fake.url(u"M"_s)},
                             {u"s2"_s, NodeRole::Secondary, stage.fake.url(u"s1"_s)},
                             {u"s1"_s, NodeRole::Secondary, stage.fake.url(u"s2"_s)}},
                            {}};
        for (const KnownNode &node : std::as_const(file.description.nodes))
            file.commands.insert(node.name, {{NodeControl::Action::Kill,
                                              {u"/bin/echo"_s, u"killed at"_s, node.url.authority()}}});
        CommandControl control(file);
        QSignalSpy lines(&control, &NodeControl::outputLine);
        stage.window().show();
        stage.session().open(file.description, &control);
        const auto isSettled = [&stage] {
            const NodeInfo *s1 = stage.model().node(u"s1"_s), *s2 = stage.model().node(u"s2"_s);
            return s1 && s1->told && s2 && s2->known && stage.model().node(u"M"_s);
        };
        QTRY_VERIFY_WITH_TIMEOUT(isSettled(), Patience);
        QCOMPARE(stage.model().nodes().size(), 3);
        for (const QString &name : {u"M"_s, u"s1"_s, u"s2"_s}) {
            lines.clear();
            stage.nodes()->selectNode(name);
            QVERIFY2(stage.action(u"kill"_s)->isEnabled(), qPrintable(name));
            stage.action(u"kill"_s)->trigger();
            QTRY_COMPARE_WITH_TIMEOUT(lines.size(), 3, Patience);
            QCOMPARE(lines[1],
                     QVariantList({name, QString(u"killed at "_s + stage.fake.url(name).authority())}));
        }
        // One that the master has forgotten can be started again from here.
        stage.fake.node(u"s2"_s).registered = false;
        stage.fake.publish();
        QTRY_VERIFY_WITH_TIMEOUT(!stage.model().node(u"s2"_s)->known, Patience);
        QVERIFY(stage.action(u"kill"_s)->isEnabled());
        stage.session().close();
    }

    void setsFaults()
    {
        Stage stage;
        stage.fake.node(u"s1"_s).faults = {
            {u"delay_ms"_s, 250}, {u"fail_after"_s, 0.125}, {u"drop"_s, 0.0004}};
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) &&
                                     stage.model().node(u"s1"_s)->contact == Contact::Connected,
                                 Patience);
        stage.nodes()->selectNode(u"s1"_s);
        QTest::mouseClick(stage.find<QToolButton>(u"faultsButton"_s), Qt::LeftButton);
        auto *dialog = stage.find<QDialog>(u"faultsDialog"_s);
        auto *delay = dialog->findChild<QSpinBox *>(u"delay"_s);
        QTRY_COMPARE_WITH_TIMEOUT(delay->value(), 250, Patience);
        QCOMPARE(dialog->findChild<QDoubleSpinBox *>(u"failAfter"_s)->value(), 12.5);
        dialog->findChild<QCheckBox *>(u"block"_s)->setChecked(true);
        delay->setValue(0);
        QTest::keyClick(dialog, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.calls, QStringList{u"PUT /api/v1/faults"_s}, Patience);
        QCOMPARE(stage.fake.node(u"s1"_s).faults.value("block"_L1).toBool(), true);
        QCOMPARE(stage.fake.node(u"s1"_s).faults.value("delay_ms"_L1).toInt(), 0);
        QCOMPARE(stage.fake.node(u"s1"_s).faults.value("fail_after"_L1).toDouble(), 0.125);
        QCOMPARE(stage.fake.node(u"s1"_s).faults.value("drop"_L1).toDouble(), 0.0004); // was not touched
    }

    void noFaultsMeansNone()
    {
        Stage stage;
        stage.fake.node(u"s1"_s).faults = {{u"drop"_s, 0.0004}};
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->isHeard(),
                                 Patience);
        stage.nodes()->selectNode(u"s1"_s);
        stage.action(u"faults"_s)->trigger();
        auto *dialog = stage.find<QDialog>(u"faultsDialog"_s);
        auto *none = dialog->findChild<QPushButton *>(u"noFaults"_s);
        QTRY_VERIFY_WITH_TIMEOUT(none->isEnabled(), Patience);
        none->click();
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.calls, QStringList{u"PUT /api/v1/faults"_s}, Patience);
        QCOMPARE(stage.fake.node(u"s1"_s).faults.value("drop"_L1).toDouble(), 0.0);
        dialog->reject();
    }

    // What was not changed is not written, and so not rounded; what is set shows in the list of nodes.
    void faultsAreNotRounded()
    {
        Stage stage;
        const QJsonObject set{{u"drop"_s, 0.004}, {u"fail_after"_s, 0.125}, {u"fail_before"_s, 0.12345678}};
        stage.fake.node(u"s1"_s).faults = set;
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) &&
                                     stage.model().node(u"s1"_s)->contact == Contact::Connected,
                                 Patience);
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s)->playsFaults(), Patience);
        stage.nodes()->selectNode(u"s1"_s);
        stage.action(u"faults"_s)->trigger();
        auto *dialog = stage.find<QDialog>(u"faultsDialog"_s);
        const auto *const drop = dialog->findChild<QDoubleSpinBox *>(u"drop"_s);
        auto *const delay = dialog->findChild<QSpinBox *>(u"delay"_s);
        QTRY_VERIFY_WITH_TIMEOUT(delay->isEnabled(), Patience);
        QCOMPARE(drop->text(), QLocale().toString(0.4) + u" %");
        QCOMPARE(dialog->findChild<QDoubleSpinBox *>(u"failAfter"_s)->text(),
                 QLocale().toString(12.5) + u" %");
        QTest::mouseClick(dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Apply),
                          Qt::LeftButton);
        const auto *const said = dialog->findChild<WrappedText *>(u"said"_s);
        QTRY_COMPARE_WITH_TIMEOUT(said->text(), u"Set."_s, Patience);
        QCOMPARE(stage.fake.node(u"s1"_s).faults, set);
        // A delay that the master does not wait for is explained.
        const auto *const late = dialog->findChild<QLabel *>(u"late"_s);
        QVERIFY(!late->isVisible());
        delay->setValue(2000);
        QVERIFY(late->isVisible());
        QVERIFY(late->text().contains(u"--attempt-timeout"_s));
        QTest::mouseClick(dialog->findChild<QPushButton *>(u"noFaults"_s), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(stage.fake.node(u"s1"_s).faults.value("fail_before"_L1).toDouble() == 0 &&
                                     stage.fake.node(u"s1"_s).faults.value("drop"_L1).toDouble() == 0,
                                 Patience);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.model().node(u"s1"_s)->playsFaults(), Patience);
        dialog->reject();
    }

    void aNodeWithoutFaultsSaysSo()
    {
        Stage stage;
        stage.fake.node(u"s1"_s).takesFaults = false;
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) &&
                                     stage.model().node(u"s1"_s)->contact == Contact::Connected,
                                 Patience);
        stage.nodes()->selectNode(u"s1"_s);
        stage.action(u"faults"_s)->trigger();
        auto *dialog = stage.find<QDialog>(u"faultsDialog"_s);
        QTRY_VERIFY_WITH_TIMEOUT(
            dialog->findChild<WrappedText *>(u"said"_s)->text().contains(u"--enable-faults"), Patience);
        QVERIFY(!dialog->findChild<QSpinBox *>(u"delay"_s)->isEnabled());
        dialog->reject();
    }

    void aHungNodeIsSeenAndHangsNothing()
    {
        Stage stage;
        stage.fake.fill(5);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) &&
                                     stage.model().node(u"s1"_s)->contact == Contact::Connected,
                                 Patience);
        stage.fake.node(u"s1"_s).silent = true;
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().node(u"s1"_s)->contact, Contact::Silent, Patience);
        stage.session().append({"goes on", u"1"_s, 0});
        QTRY_VERIFY_WITH_TIMEOUT(stage.append()->requests()->isFinished(0), Patience);
        stage.fake.node(u"s1"_s).silent = false;
        for (Reply &reply : stage.fake.node(u"s1"_s).swallowed)
            reply.sendJson(200, "{}");
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().node(u"s1"_s)->contact, Contact::Connected, Patience);
    }

    void aMasterGoesAwayAndComesBack()
    {
        Stage stage;
        stage.fake.fill(20);
        QVERIFY(stage.open());
        stage.fake.setUp(u"M"_s, false);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().master()->state(), NodeState::Unreachable, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).contains(u"cannot be reached"),
                                 Patience);
        QCOMPARE(stage.log()->model()->rowCount(), 20); // known rows stay visible
        stage.session().append({"to nobody", u"1"_s, 0});
        const RequestsModel *requests = stage.append()->requests();
        QTRY_VERIFY_WITH_TIMEOUT(requests->isFinished(0), Patience);
        QVERIFY(requests->index(0, RequestsModel::StateColumn).data().toString().startsWith(u"failed: "));
        stage.fake.fill(25);
        stage.fake.setUp(u"M"_s, true);
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->model()->rowCount(), 25, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).isEmpty(), Patience);
        QCOMPARE(stage.model().master()->state(), NodeState::Running);
    }

    // The log can be read, searched and filtered while one node is heard.
    void anyNodeIsReadWhileTheMasterIsAway()
    {
        Stage stage;
        stage.fake.fill(300);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s2"_s) && stage.model().node(u"s2"_s)->isHeard() &&
                                     stage.model().node(u"s1"_s)->isHeard(),
                                 Patience);
        stage.fake.setUp(u"M"_s, false);
        stage.fake.setHeld(u"s1"_s, 310);
        stage.fake.setHeld(u"s2"_s, 320);
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->model()->rowCount(), 320, Patience);
        QCOMPARE(stage.model().reader(), u"s2"_s);
        const LogModel *log = stage.log()->model();
        QTRY_COMPARE_WITH_TIMEOUT(log->index(5, LogModel::TextColumn).data().toString(), u"message 6"_s,
                                  Patience);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).contains(u"read from s2"), Patience);
        QVERIFY(stage.window().noticeText(u"master"_s).contains(u"Silent since"));
        QVERIFY(stage.find<QLabel>(u"logStatus"_s)->text().contains(u"read from s2"));
        stage.log()->setFilter(u"message 31"_s);
        QTRY_COMPARE_WITH_TIMEOUT(log->rowCount(), 11, Patience); // 31 and 310 to 319
        // When the master is back, reads go to it.
        stage.fake.setHeld(u"M"_s, 320);
        stage.fake.setUp(u"M"_s, true);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().reader(), u"M"_s, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).isEmpty(), Patience);
    }

    // Another cluster's node listens at a member's address: nothing is read from it or sent to it.
    void aStrangerIsNotAsked()
    {
        Stage stage;
        for (const QString &name : {u"M"_s, u"s1"_s, u"s2"_s})
            stage.fake.node(name).own = {{u"log_id"_s, u"L1"_s}};
        stage.fake.fill(30);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->isHeard() &&
                                     stage.model().node(u"s2"_s) && stage.model().node(u"s2"_s)->isHeard(),
                                 Patience);
        stage.fake.setUp(u"s1"_s, false);
        stage.fake.node(u"s1"_s).own = {
            {u"name"_s, u"t9"_s}, {u"log_id"_s, u"L9"_s}, {u"last_id"_s, 500}, {u"committed_id"_s, 500}};
        stage.fake.node(u"s1"_s).lastId = 30; // as its master knows it
        stage.fake.setUp(u"s1"_s, true);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().node(u"s1"_s)->state(), NodeState::Misdirected, Patience);
        QCOMPARE(stage.model().nodes().size(), 3);
        stage.fake.readers.clear();
        stage.fake.setUp(u"M"_s, false);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().reader(), u"s2"_s, Patience);
        QCOMPARE(stage.log()->model()->rowCount(), 30);
        stage.log()->setFilter(u"message"_s);
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->model()->rowCount(), 30, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.readers, QStringList{u"s2"_s}, Patience);
        QString error;
        stage.session().readFaults(u"s1"_s, this, [&](const CallResult &result) { error = result.error; });
        QTRY_COMPARE_WITH_TIMEOUT(error, u"Another node answers at its address, with another log: t9."_s,
                                  Patience);
        QVERIFY(!stage.session().openEvents(u"s1"_s, u"/api/v1/trace"_s));
        stage.nodes()->selectNode(u"s1"_s);
        QVERIFY(!stage.action(u"faults"_s)->isEnabled());
    }

    // No node of the new log knows of what waited in the one before: it is not asked for there.
    void requestsEndWithTheirLog()
    {
        Stage stage;
        stage.fake.master().own = {{u"log_id"_s, u"L1"_s}};
        QVERIFY(stage.open());
        const int asked = stage.fake.master().statusAsked;
        stage.session().append({"for the log before", u"3"_s, 0});
        // The client asks beside it which log that is.
        QTRY_VERIFY_WITH_TIMEOUT(!stage.fake.waits.empty() && stage.fake.master().statusAsked > asked,
                                 Patience);
        const RequestsModel *requests = stage.append()->requests();
        QVERIFY(!requests->isFinished(0));
        stage.fake.master().own = {{u"log_id"_s, u"L9"_s}};
        stage.fake.publish();
        QTRY_VERIFY_WITH_TIMEOUT(requests->isFinished(0), Patience);
        const QString state = requests->index(0, RequestsModel::StateColumn).data().toString();
        QVERIFY2(state.startsWith(u"outcome unknown: "_s) && state.contains(u"log_id is L9"_s),
                 qPrintable(state));
    }

    void aPasteThatDoesNotFitSaysSo()
    {
        Stage stage;
        QVERIFY(stage.open());
        auto *message = stage.find<QLineEdit>(u"message"_s);
        auto *hint = stage.find<WrappedText>(u"appendHint"_s);
        message->insert(QString(99'995, u'x'));
        QCOMPARE(message->text().size(), 99'995);
        QVERIFY(hint->isHidden());
        message->clear();
        message->insert(QString(AppendPanel::MostCharacters + 1, u'x'));
        QVERIFY2(!hint->isHidden() && hint->text().contains(u"131,072"), qPrintable(hint->text()));
        message->backspace();
        QVERIFY(hint->isHidden());
    }

    void whatWaitsHasAnId()
    {
        Stage stage;
        stage.fake.fill(7);
        QVERIFY(stage.open());
        stage.session().append({"waits", u"3"_s, 0});
        const RequestsModel *requests = stage.append()->requests();
        QTRY_COMPARE_WITH_TIMEOUT(requests->index(0, RequestsModel::IdColumn).data().toULongLong(), 8ULL,
                                  Patience);
        QVERIFY(!requests->isFinished(0));
        QCOMPARE(stage.fake.master().lastId, 8ULL);
    }

    void aBrokenAppendIsAskedForAgainUntilItsOutcomeIsKnown()
    {
        Stage stage;
        QVERIFY(stage.open());
        const RequestsModel *requests = stage.append()->requests();
        stage.session().append({"waits", u"3"_s, 0});
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.waits.size(), size_t(1), Patience);
        stage.fake.setUp(u"M"_s, false);
        const auto state = [&] { return requests->index(0, RequestsModel::StateColumn).data().toString(); };
        QTRY_VERIFY_WITH_TIMEOUT(state().contains(u"unknown"), Patience);
        QCOMPARE(requests->waiting(), 1);
        stage.fake.setUp(u"M"_s, true);
        QTRY_VERIFY_WITH_TIMEOUT(stage.fake.appendBodies.size() >= 2, Patience);
        QCOMPARE(stage.fake.master().lastId, 1ULL); // the repeat has the same key
        stage.fake.answer(1, 201);
        QTRY_VERIFY_WITH_TIMEOUT(requests->isFinished(0), Patience);
        QVERIFY(state().startsWith(u"OK after "));
        QCOMPARE(requests->index(0, RequestsModel::IdColumn).data().toULongLong(), 1ULL);
    }

    // Figures that a node does not push are refreshed soon.
    void figuresThatAreNotPushedAreAskedFor()
    {
        Stage stage;
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s), Patience);
        stage.fake.node(u"s1"_s).masterView = {{u"attempts"_s, 927}};
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().node(u"s1"_s)->attempts, 927ULL, Patience);
        // The state of a thawed node is shown at once.
        stage.fake.master().silent = true;
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().node(u"s1"_s)->health, NodeHealth::Unknown, Patience);
        stage.fake.master().silent = false;
        for (Reply &reply : stage.fake.master().swallowed)
            reply.sendJson(503, "{}");
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().node(u"s1"_s)->health, NodeHealth::Healthy, Patience);
    }

    void aMasterThatHasFailedTakesNothingAndSaysWhy()
    {
        Stage stage;
        QVERIFY(stage.open());
        QVERIFY(stage.find<QPushButton>(u"send"_s)->isEnabled());
        stage.fake.master().mode = u"failed"_s;
        stage.fake.master().modeReason = u"No space left on device"_s;
        stage.fake.publish();
        QTRY_VERIFY_WITH_TIMEOUT(!stage.find<QPushButton>(u"send"_s)->isEnabled(), Patience);
        QVERIFY(stage.find<WrappedText>(u"appendHint"_s)->text().contains(u"No space left on device"));
        stage.nodes()->selectNode(u"M"_s);
        QTRY_VERIFY_WITH_TIMEOUT(
            stage.find<WrappedText>(u"nodeDetails"_s)->text().contains(u"No space left on device"), Patience);
    }

    void aNodesDetailsSayWhenItsDiskIsFull()
    {
        Stage stage;
        QVERIFY(stage.open());
        constexpr qint64 GiB = 1024 * 1024 * 1024;
        stage.fake.master().own = {{u"store_bytes"_s, 3 * GiB},
                                   {u"free_bytes"_s, 20 * GiB},
                                   {u"bytes_per_day"_s, 2 * GiB},
                                   {u"full_in_ms"_s, 10 * 86'400'000LL}};
        stage.fake.publish();
        stage.nodes()->selectNode(u"M"_s);
        const auto *details = stage.find<WrappedText>(u"nodeDetails"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(
            details->text().contains(u"20.0 GiB free · grows by 2.0 GiB a day · full in 10 d 0 h"),
            qPrintable(details->text()), Patience);
        // These figures are unknown in the first ten minutes, and a store that is trimmed never fills the
        // disk.
        stage.fake.master().own[u"bytes_per_day"_s] = QJsonValue();
        stage.fake.master().own[u"full_in_ms"_s] = QJsonValue();
        stage.fake.publish();
        QTRY_VERIFY_WITH_TIMEOUT(!details->text().contains(u"a day"), Patience);
        QVERIFY(!details->text().contains(u"full in") && details->text().contains(u"20.0 GiB free"));
    }

    void aNewMessageIsWrittenWhereItIsSeen()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.window().activateWindow();
        auto *message = stage.find<QLineEdit>(u"message"_s);
        stage.window().showPanel(u"walk"_s);
        QTRY_VERIFY_WITH_TIMEOUT(message->visibleRegion().isEmpty(), Patience);
        message->setText(u"typed blind"_s);
        stage.action(u"append"_s)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!message->visibleRegion().isEmpty(), Patience);
        QCOMPARE(stage.append()->requests()->rowCount(), 0);
        stage.window().showPanel(u"walk"_s);
        QTRY_VERIFY_WITH_TIMEOUT(message->visibleRegion().isEmpty(), Patience);
        stage.action(u"newMessage"_s)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!message->visibleRegion().isEmpty() && message->hasFocus(), Patience);
    }

    void manyComeIntoTheLogAsTheyAreNumbered()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.find<QLineEdit>(u"message"_s)->setText(u"many"_s);
        stage.find<QSpinBox>(u"count"_s)->setValue(200);
        QTest::mouseClick(stage.find<QPushButton>(u"send"_s), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.appendBodies.size(), 200, Patience);
        for (int i = 0; i < 200; ++i)
            QVERIFY(stage.fake.appendBodies.at(i).contains(
                QByteArray("\"many #" + QByteArray::number(i + 1) + '"')));
    }

    void requestsGoWithTheirCluster()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.session().append({"answered", u"1"_s, 0});
        stage.session().append({"waits", u"3"_s, 0});
        const RequestsModel *requests = stage.append()->requests();
        QTRY_VERIFY_WITH_TIMEOUT(requests->isFinished(1) && requests->waiting() == 1, Patience);
        stage.session().close();
        QCOMPARE(requests->rowCount(), 0); // in the next cluster their ids belong to other messages
        QCOMPARE(requests->waiting(), 0);
        QVERIFY(stage.open());
        stage.session().append({"another", u"1"_s, 0});
        QTRY_VERIFY_WITH_TIMEOUT(requests->rowCount() == 1 && requests->isFinished(0), Patience);
    }

    // A new one would be a second message, so it must not look as if it had failed.
    void anUnknownOutcomeIsNoFailure()
    {
        Stage stage;
        QVERIFY(stage.open());
        const quint64 ticket = stage.session().append({"waits", u"3"_s, 0});
        const RequestsModel *requests = stage.append()->requests();
        QTRY_COMPARE_WITH_TIMEOUT(requests->waiting(), 1, Patience);
        ClientAppendResult result;
        result.state = ClientAppendResult::State::Unknown;
        result.error = u"Connection refused"_s;
        emit stage.session().appendFinished(ticket, result, 1);
        const QModelIndex state = requests->index(0, RequestsModel::StateColumn);
        QCOMPARE(state.data().toString(), u"outcome unknown: Connection refused"_s);
        QVERIFY(state.data(Qt::ToolTipRole).toString().contains(u"may be in the log"_s));
        QCOMPARE(state.data(Qt::ForegroundRole).value<QColor>(),
                 toneColor(QApplication::palette(), Tone::Warning));
    }

    void aWrongAddressSaysWhatIsThere()
    {
        Stage stage;
        stage.session().open({u"wrong"_s, {{{}, NodeRole::Unknown, stage.fake.url(u"s1"_s)}}, {}}, nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).contains(u"is a secondary"),
                                 Patience);
        const QUrl gone = stage.fake.url(u"s2"_s);
        stage.fake.setUp(u"s2"_s, false);
        stage.session().open({u"nobody"_s, {{{}, NodeRole::Unknown, gone}}, {}}, nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).contains(gone.toString()), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).contains(u"refused"), Patience);
    }

    // Large type may need a wider window; its end gives the size back, and a window that is closed while
    // presenting begins with the usual size.
    void presentingGivesTheSizeBack()
    {
        const QSize size(1024, 640);
        {
            Stage stage;
            QVERIFY(stage.open());
            stage.window().resize(size);
            stage.action(u"presenting"_s)->trigger();
            stage.window().resize(1368, 700);
            stage.action(u"presenting"_s)->trigger();
            QTRY_COMPARE_WITH_TIMEOUT(stage.window().size(), size, Patience);
            stage.action(u"presenting"_s)->trigger();
            stage.window().resize(1368, 700);
            QTRY_COMPARE_WITH_TIMEOUT(stage.window().width(), 1368, Patience);
            QVERIFY(stage.window().close());
            stage.action(u"presenting"_s)->trigger(); // the font of all windows
        }
        Stage next;
        QVERIFY(next.open());
        QTRY_COMPARE_WITH_TIMEOUT(next.window().size(), size, Patience);
    }

    // Its layout needs some turns to learn of the smaller type, and longer words need more room.
    void presentingGivesTheSizeBackInEachLanguage()
    {
        const QSize size(1024, 640);
        for (const auto language : {Language::Choice::English, Language::Choice::Ukrainian}) {
            Stage stage({u"s1"_s, u"s2"_s, u"s3"_s}, language);
            stage.fake.fill(9);
            QVERIFY(stage.open());
            QTRY_COMPARE_WITH_TIMEOUT(stage.model().nodes().size(), 4, Patience);
            stage.window().resize(size);
            QTRY_COMPARE_WITH_TIMEOUT(stage.window().size(), size, Patience);
            for (int times = 0; times < 3; ++times) {
                stage.action(u"presenting"_s)->trigger();
                static_cast<void>(stage.window().grab());
                QCoreApplication::processEvents();
                stage.action(u"presenting"_s)->trigger(); // the font of all windows
                QTRY_COMPARE_WITH_TIMEOUT(stage.window().size(), size, Patience);
                for (int turn = 0; turn < 20; ++turn)
                    QCoreApplication::processEvents();
                QCOMPARE(stage.window().size(), size); // and it stays so
            }
        }
    }

    // What the details tell of one does not hide the others.
    void detailsLeaveRoomForTheNodes()
    {
        Stage stage;
        QVERIFY(stage.open());
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().nodes().size(), 3, Patience);
        stage.fake.master().mode = u"failed"_s;
        stage.fake.master().modeReason = QString(450, u'w');
        stage.fake.publish();
        stage.window().resize(1024, 640);
        stage.nodes()->selectNode(u"M"_s);
        auto *const details = stage.find<WrappedText>(u"nodeDetails"_s);
        QTRY_VERIFY_WITH_TIMEOUT(details->text().contains(u"wwwwww"), Patience);
        auto *const table = stage.find<QTableView>(u"nodesTable"_s);
        QTRY_VERIFY_WITH_TIMEOUT(table->viewport()->height() >= table->rowHeight(0) * 3, Patience);
        QVERIFY(details->height() > 0);
    }

    // From afar one sees the nodes and their names in the log's headers, not what is told of one node.
    void presentingShowsTheNodes()
    {
        Stage stage({u"secondary-1"_s, u"secondary-2"_s, u"secondary-3"_s});
        stage.fake.fill(20);
        QVERIFY(stage.open());
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().nodes().size(), 4, Patience);
        stage.window().resize(1024, 640);
        stage.action(u"presenting"_s)->trigger();
        auto *const table = stage.find<QTableView>(u"nodesTable"_s);
        const bool shown = QTest::qWaitFor(
            [table] { return table->viewport()->height() >= table->rowHeight(0) * 4; }, Patience);
        auto *const header = qobject_cast<LogHeader *>(stage.log()->table()->horizontalHeader());
        const int narrowest = header->sectionSize(LogModel::FirstNodeColumn + 1);
        const int number = header->fontMetrics().horizontalAdvance(u"…-3"_s);
        stage.action(u"presenting"_s)->trigger(); // the font of all windows
        QVERIFY(shown);
        QVERIFY(narrowest > number);
        QVERIFY(stage.find<WrappedText>(u"nodeDetails"_s)->isVisible());
    }

    // However narrow they are: where there is room for the sign or the name, it is the name.
    void columnsOfNodesAreToldApart()
    {
        Stage stage({u"secondary-1"_s, u"secondary-2"_s, u"secondary-3"_s});
        stage.fake.fill(3);
        QVERIFY(stage.open());
        const auto isHealthy = [&stage](const QString &name) {
            return stage.model().node(name) && stage.model().node(name)->state() == NodeState::Healthy;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isHealthy(u"secondary-1"_s) && isHealthy(u"secondary-2"_s), Patience);
        auto *const table = stage.log()->table();
        auto *const header = qobject_cast<LogHeader *>(table->horizontalHeader());
        QVERIFY(header);
        const auto picture = [header](int column) {
            return header->viewport()
                ->grab({header->sectionViewportPosition(column), 0, header->sectionSize(column),
                        header->height()})
                .toImage();
        };
        const int first = LogModel::FirstNodeColumn + 1, second = first + 1;
        for (const int width : {48, 120}) {
            table->setColumnWidth(first, width);
            table->setColumnWidth(second, width);
            QCOMPARE(header->hasSign(first), width > 100);
            QVERIFY(picture(first) != picture(second));
        }
    }

    void presentingLeavesTheUsualLayoutAlone()
    {
        const auto panel = [](Stage &stage, const QString &name) { return stage.find<QDockWidget>(name); };
        {
            // From the start page on.
            Stage stage;
            stage.window().show();
            stage.action(u"presenting"_s)->trigger();
            QVERIFY(stage.open());
            QVERIFY(stage.nodes()->isVisible());
            QVERIFY(panel(stage, u"timeline"_s)->isHidden()); // not for an audience
            stage.action(u"presenting"_s)->trigger();
            QVERIFY(stage.nodes()->isVisible());
            QVERIFY(!panel(stage, u"timeline"_s)->isHidden());
            // The window has the size that it had, whatever the large type asked for.
            stage.window().resize(stage.window().minimumSizeHint());
            QCoreApplication::processEvents();
            const QSize usual = stage.window().size();
            stage.action(u"presenting"_s)->trigger();
            stage.window().resize(usual + QSize(300, 0)); // as the large type may make it
            stage.action(u"presenting"_s)->trigger();
            QTRY_COMPARE(stage.window().size(), usual);
            // Closed and quit while presenting.
            stage.action(u"presenting"_s)->trigger();
            stage.session().close();
            QVERIFY(stage.open());
            QVERIFY(panel(stage, u"timeline"_s)->isHidden());
            QVERIFY(stage.window().close());
            stage.action(u"presenting"_s)->trigger(); // the font of all windows
        }
        Stage next;
        QVERIFY(next.open());
        QVERIFY(next.nodes()->isVisible());
        QVERIFY(!panel(next, u"timeline"_s)->isHidden());
    }

    // Another master counts for itself: what it has more than the one before did not happen now.
    void chartsCompareNoCountsOfTwoMasters()
    {
        Stage stage;
        ClusterSampler sampler(stage.session());
        QList<ClusterSample> samples;
        connect(&sampler, &ClusterSampler::sampled, this,
                [&samples](const ClusterSample &sample) { samples.append(sample); });
        const auto counts = [](int fast, int all) -> QByteArray {
            return "replog_append_seconds_bucket{le=\"0.001\"} " + QByteArray::number(fast) +
                   "\nreplog_append_seconds_bucket{le=\"+Inf\"} " + QByteArray::number(all) + '\n';
        };
        // Samples until the node's figures were read that often.
        const auto sampleUntil = [&](const QString &node, int reads) {
            return QTest::qWaitFor(
                [&] {
                    if (stage.fake.node(node).metricsRead < reads)
                        sampler.takeSample();
                    return stage.fake.node(node).metricsRead >= reads;
                },
                Patience);
        };
        stage.fake.master().metrics = counts(10, 10);
        stage.fake.node(u"s1"_s).metrics = counts(10, 1000);
        stage.fake.node(u"s1"_s).masterView = {{u"retries"_s, 7}};
        QVERIFY(stage.open());
        QVERIFY(sampleUntil(u"M"_s, 2));
        stage.fake.master().metrics = counts(20, 20);
        samples.clear();
        QVERIFY(sampleUntil(u"M"_s, stage.fake.master().metricsRead + 2));
        QVERIFY(std::any_of(samples.begin(), samples.end(),
                            [](const ClusterSample &sample) { return sample.latencyP50Ms.has_value(); }));
        QVERIFY(samples.constLast().lag.size() == 2);

        stage.fake.setUp(u"M"_s, false);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.model().master()->isHeard(), Patience);
        samples.clear();
        sampler.takeSample();
        QVERIFY(samples.constLast().lag.empty()); // nobody tells it
        stage.fake.promote(u"s1"_s);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().master()->name, u"s1"_s, Patience);
        samples.clear();
        QVERIFY(sampleUntil(u"s1"_s, 3));
        for (const ClusterSample &sample : std::as_const(samples))
            QVERIFY(!sample.latencyP50Ms);
    }

    void aNameIsNoPlaceholder()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.fake.setUp(u"M"_s, false);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().master()->contact, Contact::Lost, Patience);
        const QJsonObject document{{u"role"_s, u"master"_s}, {u"name"_s, u"%3"_s}, {u"epoch"_s, 7}};
        stage.session().model().handleStatus(u"M"_s, document);
        const QString text = stage.find<QLabel>(u"masterLabel"_s)->text();
        QVERIFY2(text.startsWith(u"%3 · ") && text.contains(u"epoch 7 · 127.0.0.1:"), qPrintable(text));
    }

    // A field takes many keys for itself; which, depends on the system. End is such a key everywhere.
    void theExportsKeysWorkInTheLogsFields()
    {
        Stage stage;
        stage.fake.fill(3);
        QVERIFY(stage.open());
        stage.window().activateWindow();
        QAction *const json = stage.action(u"exportJsonAction"_s);
        json->setShortcut(Qt::Key_End);
        json->disconnect(); // no dialog
        const QSignalSpy triggered(json, &QAction::triggered);
        for (const QString &name : {u"filterEdit"_s, u"goToEdit"_s}) {
            auto *const edit = stage.find<QLineEdit>(name);
            edit->setFocus();
            QTest::keyClick(edit, Qt::Key_End);
        }
        QCOMPARE(triggered.size(), 2);
    }

    void aWalkAsksBeforeItTakesTheClustersPlace()
    {
        Stage stage;
        QVERIFY(stage.open());
        const auto question = [&stage] { return stage.window().findChild<QMessageBox *>(u"walkQuestion"_s); };
        stage.action(u"introduction"_s)->trigger();
        QVERIFY(question());
        QTest::keyClick(question(), Qt::Key_Return); // loses nothing
        QTRY_VERIFY_WITH_TIMEOUT(!question(), Patience);
        QVERIFY(stage.session().isOpen());
        stage.action(u"introduction"_s)->trigger();
        QVERIFY(question());
        for (QAbstractButton *button : question()->buttons()) {
            if (question()->buttonRole(button) == QMessageBox::AcceptRole) {
                button->click();
                break;
            }
        }
        QTRY_VERIFY_WITH_TIMEOUT(!stage.session().isOpen(), Patience);
    }

    void onlyWhatCanBeComparedIs()
    {
        Stage stage;
        stage.fake.fill(3);
        stage.fake.setUp(u"s2"_s, false);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->isHeard(),
                                 Patience);
        stage.session().model().handleNodeDeclared({u"<b>x</b>\n"_s, NodeRole::Secondary, {}});
        CompareDialog dialog(stage.session());
        auto *const other = dialog.findChild<QComboBox *>(u"compareOther"_s);
        const auto say = [&](int row) {
            other->setCurrentIndex(row);
            dialog.findChild<QAbstractButton *>(u"compare"_s)->click();
            return dialog.findChild<WrappedText *>(u"compareResult"_s)->text();
        };
        QCOMPARE(say(other->findText(u"s2"_s)), u"s2 does not answer."_s); // it was never heard from
        QCOMPARE(other->findText(u"\n"_s, Qt::MatchContains), -1);
        const int row = other->findText(u"<b>x</b>⏎"_s);
        QVERIFY(row >= 0);
        QCOMPARE(say(row), u"<b>x</b>⏎ does not answer."_s);
        QCOMPARE(say(other->findText(u"s1"_s)), u"Comparing…"_s);
    }

    // Whatever the length of what is alike, what differs is in view, and no line takes long to be laid out.
    void longTextsAreComparedWhereTheyDiffer()
    {
        Stage stage;
        QVERIFY(stage.open());
        CompareDialog dialog(stage.session());
        const QString alike(150'000, u'w');
        const QString headers(3000, u'h');
        const auto message = [&](const QString &end) -> ComparedMessage {
            const QJsonObject sent{{u"x"_s, QString(headers + end)}};
            return {{{u"id"_s, 7}, {u"headers"_s, sent}, {u"message"_s, QString(alike + end)}}, {}};
        };
        dialog.show();
        dialog.showDifference(7, message(u"yes"_s), message(u"no"_s));
        const auto texts = dialog.findChildren<LongTextView *>();
        QCOMPARE(texts.size(), 2);
        const QStringList ends{u"yes"_s, u"no"_s};
        for (int i = 0; i < 2; ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(texts[i]->isComplete(), Patience);
            const QStringList lines = texts[i]->toPlainText().split(u'\n');
            QCOMPARE(lines.last(), QString(100, u'w') + ends[i]);
            QVERIFY2(lines.contains(u"… the first 149,900 characters are alike"_s),
                     qPrintable(lines.join(u'\n')));
            QVERIFY(lines.contains(u"headers: …"_s + QString(100, u'h') + ends[i] + u"\"}"_s));
        }
        // What differs from its beginning on is shown from there on, broken into short lines.
        const QJsonObject one{{u"message"_s, QString(u"one"_s + alike)}};
        dialog.showDifference(7, {one, {}}, {{{u"message"_s, u"other"_s}}, {}});
        QTRY_VERIFY_WITH_TIMEOUT(texts[0]->isComplete(), Patience);
        QCOMPARE(texts[0]->toPlainText().count(u'w'), 150'000);
        for (QTextBlock block = texts[0]->document()->begin(); block.isValid(); block = block.next())
            QVERIFY(block.length() <= LongTextView::LineCharacters + 1);
    }

    // Fields keep their height, whatever is said below them.
    void aDialogGrowsWithWhatItSays()
    {
        Stage stage;
        QVERIFY(stage.open());
        CompareDialog dialog(stage.session());
        dialog.show();
        dialog.grab();
        auto *const field = dialog.findChild<QComboBox *>(u"compareOther"_s);
        const int height = field->height();
        dialog.findChild<WrappedText *>(u"compareResult"_s)->setText(u"said "_s.repeated(100));
        QCoreApplication::processEvents();
        dialog.grab();
        QCOMPARE(field->height(), height);
    }

    void aSecondaryTakesOver()
    {
        Stage stage;
        stage.fake.fill(9);
        const QAbstractItemModelTester nodes(stage.nodes()->model(), Fatal);
        const QAbstractItemModelTester log(stage.log()->model(), Fatal);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s2"_s) &&
                                     stage.model().node(u"s2"_s)->contact == Contact::Connected,
                                 Patience);
        stage.nodes()->selectNode(u"s1"_s);
        stage.fake.setUp(u"M"_s, false);
        stage.fake.promote(u"s2"_s);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().master()->name, u"s2"_s, Patience);
        QCOMPARE(stage.model().epoch(), 2ULL);
        QCOMPARE(stage.nodes()->selectedNode(), u"s1"_s);
        QCOMPARE(stage.nodes()->model()->nameAt(1), u"s2"_s); // masters are first
        QCOMPARE(stage.log()->model()->nodes().at(1), u"s2"_s);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).isEmpty(), Patience);
        stage.session().append({"to the new one", u"1"_s, 0});
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->model()->rowCount(), 10, Patience);
    }

    // Of a master that was stopped here it is known why it is silent; who is read, and since when, is told
    // too.
    void aStoppedMastersReaderIsNamed()
    {
        Stage stage;
        stage.fake.fill(20);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->isHeard(),
                                 Patience);
        ClusterModel &model = stage.session().model();
        const auto said = [&stage] { return stage.window().noticeText(u"master"_s); };
        model.handleProcessState(u"M"_s, ProcessState::Running);
        stage.fake.setUp(u"M"_s, false);
        model.handleProcessState(u"M"_s, ProcessState::Stopped);
        QTRY_VERIFY2_WITH_TIMEOUT(said().contains(u"read from s"), qPrintable(said()), Patience);
        QVERIFY2(said().contains(u"The master M is stopped.") && said().contains(u"Silent since"),
                 qPrintable(said()));
        QVERIFY2(!said().contains(u"Trying again"), qPrintable(said()));
        const QString below = stage.find<QLabel>(u"logStatus"_s)->text();
        QVERIFY2(below.startsWith(u"read from s"), qPrintable(below));
        model.handleProcessState(u"M"_s, ProcessState::Starting);
        QVERIFY2(said().contains(u"The master M is starting."), qPrintable(said()));
        stage.fake.setUp(u"M"_s, true);
        model.handleProcessState(u"M"_s, ProcessState::Running);
        QTRY_VERIFY_WITH_TIMEOUT(said().isEmpty(), Patience);
    }
};

int main(int argc, char **argv)
{
    return runGuiSuite<TestWindow>(argc, argv);
}

#include "tst_window.moc"
