// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/append/appendpanel.h"
#include "gui/append/requestsmodel.h"
#include "gui/cluster/clustersession.h"
#include "gui/control/clusterlauncher.h"
#include "gui/matrix/logmodel.h"
#include "gui/matrix/logtable.h"
#include "gui/matrix/logview.h"
#include "gui/nodes/nodesmodel.h"
#include "gui/nodes/nodesview.h"
#include "gui/timeline/eventmodel.h"
#include "gui/waits/waitsmodel.h"
#include "gui/waits/waitsview.h"
#include "gui/window/dashboard.h"
#include "gui/window/mainwindow.h"
#include "gui/window/theme.h"
#include "tests/gui/fakecluster.h"
#include "tests/gui/guitest.h"

#include <QAbstractItemModelTester>
#include <QAbstractSpinBox>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLayout>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollBar>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace replog;

namespace {

constexpr int Patience = 30000;
constexpr auto Fatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

// The real window on a made-up cluster.
struct Stage
{
    explicit Stage(const QStringList &secondaries = {u"s1"_s, u"s2"_s}) : fake(secondaries) {}

    QTemporaryDir state;
    test::FakeCluster fake;
    Dashboard dashboard{state.path(), Language::Choice::English};

    MainWindow &window() { return dashboard.window(); }
    ClusterSession &session() { return dashboard.session(); }
    const ClusterModel &model() { return session().model(); }
    template <typename T> T *find(const QString &name)
    {
        T *found = window().findChild<T *>(name);
        if (!found)
            qFatal("no %s", qPrintable(name));
        return found;
    }
    bool open()
    {
        window().show();
        session().open(fake.description(), nullptr);
        return QTest::qWaitFor([this] { return model().master() && model().nodes().size() >= 1 && model().master()->known; }, Patience);
    }
    QAction *action(const QString &name) { return find<QAction>(name); }
};

// Every text of a window that its user can come to see or hear, in order.
QStringList textsOf(const QWidget &window)
{
    QStringList texts{window.windowTitle()};
    const auto objects = window.findChildren<QObject *>();
    for (const QObject *object : objects) {
        if (qobject_cast<const QTabBar *>(object->parent()))
            continue;   // its buttons are named by Qt, once
        if (const auto *action = qobject_cast<const QAction *>(object))
            texts << action->text() << action->toolTip();
        if (const auto *widget = qobject_cast<const QWidget *>(object))
            texts << widget->windowTitle() << widget->toolTip() << widget->accessibleName();
        if (const auto *menu = qobject_cast<const QMenu *>(object))
            texts << menu->title();
        if (const auto *label = qobject_cast<const QLabel *>(object))
            texts << label->text();
        if (const auto *button = qobject_cast<const QAbstractButton *>(object))
            texts << button->text();
        if (const auto *edit = qobject_cast<const QLineEdit *>(object))
            texts << edit->placeholderText();
        if (const auto *box = qobject_cast<const QDoubleSpinBox *>(object))
            texts << box->text() << box->suffix();
        if (const auto *box = qobject_cast<const QComboBox *>(object)) {
            for (int i = 0; i < box->count(); ++i)
                texts << box->itemText(i);
        }
        if (const auto *model = qobject_cast<const QAbstractTableModel *>(object)) {
            for (int column = 0; column < model->columnCount(); ++column)
                texts << model->headerData(column, Qt::Horizontal).toString();
        }
    }
    texts.removeAll(QString());
    texts.removeIf([](const QString &text) { return text.front().isDigit(); });   // counts and times
    texts.sort();
    return texts;
}

// Which texts are in only one of the lists.
QString difference(const QStringList &one, QStringList other)
{
    QStringList here;
    for (const QString &text : one) {
        if (!other.removeOne(text))
            here.append(text);
    }
    return u"only here: %1; only there: %2"_s.arg(here.join(u" | "), other.join(u" | "));
}

} // namespace

class TestWindow : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        test::failOnEveryWarning();
        QSettings().clear();
    }

    void theEmptyWindowSaysHowToBegin()
    {
        Stage stage;
        stage.window().show();
        bool offered = false;
        const auto buttons = stage.window().findChildren<QPushButton *>();
        for (const QPushButton *button : buttons)
            offered = offered || (button->isVisible() && button->isEnabled() && button->text().contains(u"onnect"));
        QVERIFY(offered);
        QVERIFY(!stage.window().nodes()->isVisible());
        QVERIFY(!stage.window().log()->isVisible());
        QVERIFY(stage.open());
        QVERIFY(stage.window().nodes()->isVisible());
        QVERIFY(stage.window().log()->isVisible());
        stage.session().close();
        QVERIFY(!stage.window().nodes()->isVisible());
    }

    void showsNodesAndLog()
    {
        Stage stage;
        stage.fake.fill(500);
        const QAbstractItemModelTester nodes(stage.window().nodes()->model(), Fatal);
        const QAbstractItemModelTester log(stage.window().log()->model(), Fatal);
        const QAbstractItemModelTester waits(stage.window().waits()->model(), Fatal);
        const QAbstractItemModelTester requests(stage.window().append()->requests(), Fatal);
        QVERIFY(stage.open());
        LogModel *model = stage.window().log()->model();
        QTRY_COMPARE_WITH_TIMEOUT(model->columnCount(), LogModel::FirstNodeColumn + 3, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(model->rowCount(), 500, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(model->cellState(500, u"s2"_s), CellState::Committed, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(model->index(499, LogModel::TextColumn).data().toString(), u"message 500"_s, Patience);
        // It follows the end: what is new is in view.
        stage.fake.fill(600);
        QTRY_COMPARE_WITH_TIMEOUT(model->rowCount(), 600, Patience);
        LogTable *table = stage.window().log()->table();
        QTRY_VERIFY_WITH_TIMEOUT(table->verticalScrollBar()->value() == table->verticalScrollBar()->maximum(), Patience);
        QVERIFY(table->verticalScrollBar()->maximum() > 0);
    }

    void oneClientBlocksWhileAnotherPasses()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.window().activateWindow();
        auto *message = stage.find<QLineEdit>(u"message"_s);
        auto *concern = stage.find<QComboBox>(u"concern"_s);
        RequestsModel *requests = stage.window().append()->requests();
        message->setFocus();
        QTest::keyClicks(message, u"waits"_s);
        concern->setCurrentIndex(concern->findData(u"3"_s));
        QTest::keyClick(message, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().waits()->model()->rowCount(), 1, Patience);
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
        const QModelIndex cell = stage.window().log()->model()->index(0, LogModel::WaitColumn);
        QTRY_COMPARE_WITH_TIMEOUT(cell.data().toString(), u"1 of 3 · s1, s2"_s, Patience);

        stage.fake.answer(1, 201);
        QTRY_VERIFY_WITH_TIMEOUT(requests->isFinished(1), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().waits()->model()->rowCount(), 0, Patience);
        QVERIFY(stage.fake.appendBodies.at(0).contains(R"("w":3)"));
        QVERIFY(!stage.fake.appendBodies.at(0).contains("timeout_ms"));
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
        QVERIFY(stage.fake.appendBodies.at(0).contains(R"("timeout_ms":600500)"));
        stage.find<QSpinBox>(u"count"_s)->setValue(1);
        concern->setCurrentIndex(concern->findData(u"1"_s));
        QTest::mouseClick(stage.find<QPushButton>(u"send"_s), Qt::LeftButton);
        RequestsModel *requests = stage.window().append()->requests();
        QTRY_VERIFY_WITH_TIMEOUT(requests->isFinished(0), Patience);
        QCOMPARE(requests->waiting(), 50);
        // The log is still read beside them.
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().log()->model()->index(50, LogModel::TextColumn).data().toString(), u"many"_s, Patience);

        const quint64 first = stage.fake.waits.begin()->first;
        stage.fake.answer(first, 504);
        QTRY_COMPARE_WITH_TIMEOUT(requests->waiting(), 49, Patience);
        bool timedOut = false;
        for (int row = 0; row < requests->rowCount(); ++row)
            timedOut = timedOut || requests->index(row, RequestsModel::StateColumn).data().toString() == u"timed out with 1 ack"_s;
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
        stage.session().append({u"held up"_s, u"3"_s, 0});
        WaitsView *waits = stage.window().waits();
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
        const RequestsModel *requests = stage.window().append()->requests();
        QTRY_COMPARE_WITH_TIMEOUT(requests->index(0, RequestsModel::StateColumn).data().toString(),
                                  u"failed: the wait was given up"_s, Patience);
    }

    void theKeyboardFindsARowSelected()
    {
        Stage stage;
        stage.fake.fill(1000);
        QVERIFY(stage.open());
        stage.window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&stage.window()));
        LogView *log = stage.window().log();
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 1000, Patience);
        stage.session().append({u"held up"_s, u"3"_s, 0});
        WaitsView *waits = stage.window().waits();
        QTRY_COMPARE_WITH_TIMEOUT(waits->model()->rowCount(), 1, Patience);
        QVERIFY(!stage.action(u"release"_s)->isEnabled());
        QTest::keyClick(&stage.window(), Qt::Key_4, Qt::AltModifier);
        QTRY_VERIFY_WITH_TIMEOUT(stage.action(u"release"_s)->isEnabled(), Patience);

        QTest::keyClick(&stage.window(), Qt::Key_1, Qt::AltModifier);
        QTRY_VERIFY_WITH_TIMEOUT(log->table()->hasFocus(), Patience);
        QTest::keyClick(log->table(), Qt::Key_Up);
        QCOMPARE(log->table()->currentIndex().row(), 999);     // up from the newest, not down from the first
    }

    void whatCannotBeDoneSaysWhy()
    {
        Stage stage;
        QVERIFY(stage.open());
        NodesView *nodes = stage.window().nodes();
        QTRY_COMPARE_WITH_TIMEOUT(nodes->model()->rowCount(), 3, Patience);
        nodes->selectNode(u"M"_s);
        for (const QString &name : {u"start"_s, u"stop"_s, u"kill"_s, u"freeze"_s, u"thaw"_s, u"retryNow"_s, u"faults"_s, u"forget"_s}) {
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
        NodesView *nodes = stage.window().nodes();
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
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().log()->model()->columnCount(), LogModel::FirstNodeColumn + 2, Patience);
    }

    void setsFaults()
    {
        Stage stage;
        stage.fake.node(u"s1"_s).faults = {{u"delay_ms"_s, 250}, {u"fail_after"_s, 0.5}};
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->contact == Contact::Connected, Patience);
        stage.window().nodes()->selectNode(u"s1"_s);
        QTest::mouseClick(stage.find<QToolButton>(u"faultsButton"_s), Qt::LeftButton);
        auto *dialog = stage.find<QDialog>(u"faultsDialog"_s);
        auto *delay = dialog->findChild<QSpinBox *>(u"delay"_s);
        QTRY_COMPARE_WITH_TIMEOUT(delay->value(), 250, Patience);
        QCOMPARE(dialog->findChild<QDoubleSpinBox *>(u"failAfter"_s)->value(), 50.0);
        dialog->findChild<QCheckBox *>(u"block"_s)->setChecked(true);
        delay->setValue(0);
        QTest::keyClick(dialog, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.calls, QStringList{u"PUT /api/v1/faults"_s}, Patience);
        QCOMPARE(stage.fake.node(u"s1"_s).faults.value("block"_L1).toBool(), true);
        QCOMPARE(stage.fake.node(u"s1"_s).faults.value("delay_ms"_L1).toInt(), 0);
        QCOMPARE(stage.fake.node(u"s1"_s).faults.value("fail_after"_L1).toDouble(), 0.5);
    }

    void aNodeWithoutFaultsSaysSo()
    {
        Stage stage;
        stage.fake.node(u"s1"_s).takesFaults = false;
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->contact == Contact::Connected, Patience);
        stage.window().nodes()->selectNode(u"s1"_s);
        stage.action(u"faults"_s)->trigger();
        auto *dialog = stage.find<QDialog>(u"faultsDialog"_s);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->findChild<QLabel *>(u"said"_s)->text().contains(u"--enable-faults"), Patience);
        QVERIFY(!dialog->findChild<QSpinBox *>(u"delay"_s)->isEnabled());
        dialog->reject();
    }

    void aHungNodeIsSeenAndHangsNothing()
    {
        Stage stage;
        stage.fake.fill(5);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->contact == Contact::Connected, Patience);
        stage.fake.node(u"s1"_s).silent = true;
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().node(u"s1"_s)->contact, Contact::Silent, Patience);
        stage.session().append({u"goes on"_s, u"1"_s, 0});
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().append()->requests()->isFinished(0), Patience);
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
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).contains(u"cannot be reached"), Patience);
        QCOMPARE(stage.window().log()->model()->rowCount(), 20);       // what is known stays in view
        stage.session().append({u"to nobody"_s, u"1"_s, 0});
        const RequestsModel *requests = stage.window().append()->requests();
        QTRY_VERIFY_WITH_TIMEOUT(requests->isFinished(0), Patience);
        QVERIFY(requests->index(0, RequestsModel::StateColumn).data().toString().startsWith(u"failed: "));
        stage.fake.fill(25);
        stage.fake.setUp(u"M"_s, true);
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().log()->model()->rowCount(), 25, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).isEmpty(), Patience);
        QCOMPARE(stage.model().master()->state(), NodeState::Running);
    }

    // One notice says that the master is away; that its messages cannot be read follows from it.
    void aMasterAwayIsToldOnce()
    {
        Stage stage;
        stage.fake.fill(100'000);
        QVERIFY(stage.open());
        LogView *log = stage.window().log();
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 100'000, Patience);
        stage.fake.failReads = true;
        QVERIFY(log->goTo(1000));
        QTRY_VERIFY_WITH_TIMEOUT(!stage.window().noticeText(u"pages"_s).isEmpty(), Patience);
        stage.fake.setUp(u"M"_s, false);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.window().noticeText(u"master"_s).isEmpty(), Patience);
        QVERIFY(stage.window().noticeText(u"pages"_s).isEmpty());
        // Reads go on failing, and say no more than that.
        QSignalSpy failed(&log->pages(), &MessagePages::failed);
        QTRY_VERIFY_WITH_TIMEOUT(failed.size() >= 2, Patience);
        QVERIFY(stage.window().noticeText(u"pages"_s).isEmpty());
    }

    void requestsGoWithTheirCluster()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.session().append({u"answered"_s, u"1"_s, 0});
        stage.session().append({u"waits"_s, u"3"_s, 0});
        const RequestsModel *requests = stage.window().append()->requests();
        QTRY_VERIFY_WITH_TIMEOUT(requests->isFinished(1) && requests->waiting() == 1, Patience);
        stage.session().close();
        QCOMPARE(requests->rowCount(), 0);       // their ids would be those of other messages in the next cluster
        QCOMPARE(requests->waiting(), 0);
        QVERIFY(stage.open());
        stage.session().append({u"another"_s, u"1"_s, 0});
        QTRY_VERIFY_WITH_TIMEOUT(requests->rowCount() == 1 && requests->isFinished(0), Patience);
    }

    void theTimelineFollowsItsEnd()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.window().showPanel(u"timeline"_s);
        auto *events = stage.find<QTableView>(u"events"_s);
        const QScrollBar *bar = events->verticalScrollBar();
        const auto add = [&stage](int count) {
            for (int i = 0; i < count; ++i)
                stage.dashboard.events().add({EventKind::Action, QDateTime::currentDateTime(), u"s1"_s, u"happened"_s});
        };
        add(200);
        QTRY_VERIFY_WITH_TIMEOUT(bar->maximum() > 0 && bar->value() == bar->maximum(), Patience);
        // A lower panel shows less of it, and its end all the same.
        const int maximum = bar->maximum();
        auto *dock = stage.find<QDockWidget>(u"timeline"_s);
        stage.window().resizeDocks({dock}, {dock->height() - 60}, Qt::Vertical);
        QTRY_VERIFY_WITH_TIMEOUT(bar->maximum() > maximum && bar->value() == bar->maximum(), Patience);
        add(5);
        QTRY_VERIFY_WITH_TIMEOUT(bar->maximum() >= maximum + 5 && bar->value() == bar->maximum(), Patience);
        // Scrolled away, it stays.
        events->scrollToTop();
        const int before = bar->maximum();
        add(5);
        QTRY_VERIFY_WITH_TIMEOUT(bar->maximum() >= before + 5, Patience);
        QCOMPARE(bar->value(), 0);
    }

    // In the longer words of Ukrainian and on a small screen.
    void nothingHasToBeScrolledSideways_data()
    {
        QTest::addColumn<int>("language");
        QTest::addColumn<int>("width");
        QTest::newRow("English, small") << int(Language::Choice::English) << 1280;
        QTest::newRow("Ukrainian, small") << int(Language::Choice::Ukrainian) << 1280;
        QTest::newRow("Ukrainian, large") << int(Language::Choice::Ukrainian) << 1800;
    }
    void nothingHasToBeScrolledSideways()
    {
        QFETCH(int, language);
        QFETCH(int, width);
        Stage stage({u"secondary-1"_s, u"secondary-2"_s, u"secondary-3"_s, u"secondary-4"_s, u"secondary-5"_s, u"secondary-6"_s});
        stage.fake.fill(100'000);
        stage.dashboard.language().choose(Language::Choice(language));
        stage.window().resize(width, 720);
        QVERIFY(stage.open());
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().nodes()->model()->rowCount(), 7, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().log()->model()->rowCount(), 100'000, Patience);
        const QTableView *nodes = stage.window().nodes()->table();
        QTRY_COMPARE_WITH_TIMEOUT(nodes->horizontalScrollBar()->maximum(), 0, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().log()->table()->horizontalScrollBar()->maximum(), 0, Patience);
        QCOMPARE(stage.window().width(), width);
        if (width > 1280) {
            for (int column = 0; column < NodesModel::ColumnCount; ++column)
                QVERIFY(!nodes->isColumnHidden(column));
        }
    }

    void aDialogGrowsForItsError()
    {
        Stage stage;
        stage.window().show();
        stage.dashboard.launcher().showConnectDialog();
        auto *dialog = stage.window().findChild<QDialog *>();
        QVERIFY(QTest::qWaitForWindowExposed(dialog));
        dialog->findChild<QLineEdit *>(u"address"_s)->setText(u"no port"_s);
        QTest::keyClick(dialog, Qt::Key_Return);
        QVERIFY(dialog->findChild<QWidget *>(u"error"_s)->isVisible());
        QVERIFY(dialog->height() >= dialog->layout()->totalHeightForWidth(dialog->width()));
        dialog->reject();
    }

    void aWrongAddressSaysWhatIsThere()
    {
        Stage stage;
        stage.session().open({u"wrong"_s, {{{}, NodeRole::Unknown, stage.fake.url(u"s1"_s)}}, {}}, nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).contains(u"is a secondary"), Patience);
        const QUrl gone = stage.fake.url(u"s2"_s);
        stage.fake.setUp(u"s2"_s, false);
        stage.session().open({u"nobody"_s, {{{}, NodeRole::Unknown, gone}}, {}}, nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).contains(gone.toString()), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).contains(u"refused"), Patience);
    }

    void aSecondaryTakesOver()
    {
        Stage stage;
        stage.fake.fill(9);
        const QAbstractItemModelTester nodes(stage.window().nodes()->model(), Fatal);
        const QAbstractItemModelTester log(stage.window().log()->model(), Fatal);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s2"_s) && stage.model().node(u"s2"_s)->contact == Contact::Connected, Patience);
        stage.window().nodes()->selectNode(u"s1"_s);
        stage.fake.setUp(u"M"_s, false);
        stage.fake.promote(u"s2"_s);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().master()->name, u"s2"_s, Patience);
        QCOMPARE(stage.model().epoch(), 2ULL);
        QCOMPARE(stage.window().nodes()->selectedNode(), u"s1"_s);
        QCOMPARE(stage.window().nodes()->model()->nameAt(1), u"s2"_s);     // masters stand first
        QCOMPARE(stage.window().log()->model()->nodes().at(1), u"s2"_s);
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"master"_s).isEmpty(), Patience);
        stage.session().append({u"to the new one"_s, u"1"_s, 0});
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().log()->model()->rowCount(), 10, Patience);
    }

    void aLongLogIsFetchedAsItIsSeen()
    {
        Stage stage;
        stage.fake.fill(1'000'000);
        QVERIFY(stage.open());
        LogView *log = stage.window().log();
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 1'000'000, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->index(999'999, LogModel::TextColumn).data().toString(), u"message 1000000"_s, Patience);
        QVERIFY(stage.fake.reads < 10);
        QVERIFY(stage.find<QCheckBox>(u"follow"_s)->isChecked());

        // Find by id, from the keyboard.
        auto *goTo = stage.find<QLineEdit>(u"goToEdit"_s);
        goTo->setFocus();
        QTest::keyClicks(goTo, u"123456"_s);
        QTest::keyClick(goTo, Qt::Key_Return);
        QCOMPARE(log->table()->currentIndex().row(), 123'455);
        QVERIFY(!stage.find<QCheckBox>(u"follow"_s)->isChecked());
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->index(123'455, LogModel::TextColumn).data().toString(), u"message 123456"_s, Patience);

        // Scrolled away: what is appended does not move the view, neither as it comes nor once the table has been laid out anew,
        // which its scroll bar tells by its new range.
        QScrollBar *bar = log->table()->verticalScrollBar();
        const int before = bar->value();
        const int range = bar->maximum();
        QSignalSpy moved(bar, &QScrollBar::valueChanged);
        stage.fake.fill(1'000'010);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 1'000'010, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(bar->maximum(), range + 10 * log->table()->rowHeight(0), Patience);
        QCOMPARE(bar->value(), before);
        QVERIFY(moved.isEmpty());
        QTest::keyClick(log->table(), Qt::Key_End, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(stage.find<QCheckBox>(u"follow"_s)->isChecked(), Patience);

        goTo->setText(u"5000000"_s);
        QTest::keyClick(goTo, Qt::Key_Return);
        QVERIFY(stage.window().noticeText(u"goTo"_s).contains(u"the log ends at"));
        QVERIFY(log->pages().pageCount() <= MessagePages::PageLimit);
    }

    void aLogTooLongForATableSaysSo()
    {
        Stage stage;
        stage.fake.fill(20'000'100);
        QVERIFY(stage.open());
        LogView *log = stage.window().log();
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 20'000'000, Patience);
        QCOMPARE(log->model()->idAt(0), 101ULL);
        const auto *status = stage.find<QLabel>(u"logStatus"_s);
        QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(u"the newest 20,000,000 are shown"), Patience);
        auto *goTo = stage.find<QLineEdit>(u"goToEdit"_s);
        goTo->setText(u"100"_s);
        QTest::keyClick(goTo, Qt::Key_Return);
        QVERIFY(stage.window().noticeText(u"goTo"_s).contains(u"not among the newest 20,000,000"));
        goTo->setText(u"101"_s);
        QTest::keyClick(goTo, Qt::Key_Return);
        QVERIFY(stage.window().noticeText(u"goTo"_s).isEmpty());
        QCOMPARE(log->table()->currentIndex().row(), 0);
    }

    void filtersByText()
    {
        Stage stage;
        stage.fake.fill(20'000);
        QVERIFY(stage.open());
        LogView *log = stage.window().log();
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 20'000, Patience);
        auto *edit = stage.find<QLineEdit>(u"filterEdit"_s);
        edit->setFocus();
        QTest::keyClicks(edit, u"MESSAGE 1999"_s);
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 11, Patience);      // 1999 and 19990 to 19999
        QCOMPARE(log->model()->idAt(0), 1999ULL);
        QCOMPARE(log->model()->idAt(10), 19'999ULL);
        const QTemporaryDir folder;
        log->exportTo(folder.filePath(u"found.csv"_s), LogExporter::Format::Csv);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(folder.filePath(u"found.csv"_s)), Patience);
        QFile file(folder.filePath(u"found.csv"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count("\r\n"), 12);
        edit->clear();
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 20'000, Patience);
    }

    void copiesWhatIsSelected()
    {
        Stage stage;
        stage.fake.fill(1000);
        QVERIFY(stage.open());
        LogView *log = stage.window().log();
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 1000, Patience);
        QVERIFY(log->goTo(300));
        log->table()->selectionModel()->select(log->model()->index(4, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
        QApplication::clipboard()->clear();
        log->copySelected();
        QTRY_COMPARE_WITH_TIMEOUT(QApplication::clipboard()->text(), u"5\tmessage 5\n300\tmessage 300\n"_s, Patience);
    }

    void tellsWhenMessagesCannotBeRead()
    {
        Stage stage;
        stage.fake.failReads = true;
        stage.fake.fill(10);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"pages"_s).contains(u"the disk is on fire"), Patience);
        stage.fake.failReads = false;
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"pages"_s).isEmpty(), Patience);
        QCOMPARE(stage.window().log()->model()->index(9, LogModel::TextColumn).data().toString(), u"message 10"_s);
    }

    void remembersThemeAndLayout()
    {
        {
            Stage stage;
            QVERIFY(stage.open());
            stage.window().theme().setChoice(Theme::Choice::Dark);
            QVERIFY(isDark(QApplication::palette()));
            stage.window().findChild<QDockWidget *>(u"waits"_s)->hide();
            stage.window().resize(1111, 777);
            QVERIFY(stage.window().close());
        }
        {
            Stage stage;
            QVERIFY(stage.open());
            QCOMPARE(stage.window().theme().choice(), Theme::Choice::Dark);
            QVERIFY(stage.window().findChild<QDockWidget *>(u"waits"_s)->isHidden());
            stage.window().theme().setChoice(Theme::Choice::Light);
            QVERIFY(!isDark(QApplication::palette()));
        }
    }

    // A window that changed its language says what one says that was made in it, word for word.
    void theLanguageChangesAtOnce()
    {
        Stage stage;
        stage.fake.fill(3);
        stage.fake.setUp(u"s2"_s, false);
        QVERIFY(stage.open());
        const auto settled = [](const ClusterModel &model) {
            return model.node(u"s1"_s) && model.node(u"s1"_s)->contact == Contact::Connected && model.node(u"s2"_s)
                && model.node(u"s2"_s)->contact == Contact::Lost;
        };
        QTRY_VERIFY_WITH_TIMEOUT(settled(stage.model()), Patience);
        stage.window().nodes()->selectNode(u"s1"_s);
        stage.action(u"languageUkrainian"_s)->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().menu(MainWindow::Menu::Node)->title(), u"&Вузол"_s, Patience);
        QCOMPARE(Language::stored(), Language::Choice::Ukrainian);

        auto other = std::make_unique<Dashboard>(stage.state.path(), Language::Choice::Ukrainian);
        other->window().show();
        other->session().open(stage.fake.description(), nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(settled(other->session().model()), Patience);
        other->window().nodes()->selectNode(u"s1"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(textsOf(stage.window()) == textsOf(other->window()),
                                  qPrintable(difference(textsOf(stage.window()), textsOf(other->window()))), Patience);
        QVERIFY(textsOf(stage.window()).size() > 100);

        other.reset();
        stage.action(u"languageEnglish"_s)->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().menu(MainWindow::Menu::Node)->title(), u"&Node"_s, Patience);
    }

    void everyShortcutMeansOneThing()
    {
        Stage stage;
        QHash<QKeySequence, QString> taken;
        const auto actions = stage.window().findChildren<QAction *>();
        for (const QAction *action : actions) {
            const auto keys = action->shortcuts();
            for (const QKeySequence &key : keys) {
                if (key.isEmpty() || action->shortcutContext() != Qt::WindowShortcut)
                    continue;
                QVERIFY2(!taken.contains(key), qPrintable(key.toString() + u": "_s + taken.value(key) + u" and "_s + action->text()));
                taken.insert(key, action->text());
            }
        }
        QVERIFY(taken.size() > 15);
    }

    void everythingThatTakesKeysHasAName()
    {
        Stage stage;
        QVERIFY(stage.open());
        for (QWidget *part : std::initializer_list<QWidget *>{stage.window().log(), stage.window().nodes(),
                                                              stage.window().waits(), stage.window().append()}) {
            const auto widgets = part->findChildren<QWidget *>();
            for (QWidget *widget : widgets) {
                const bool inner = qobject_cast<QAbstractSpinBox *>(widget->parentWidget())
                    || qobject_cast<QAbstractScrollArea *>(widget->parentWidget()) || widget->inherits("QHeaderView")
                    || widget->inherits("QComboBoxPrivateContainer") || !widget->isVisible();
                if (inner || !(widget->focusPolicy() & Qt::TabFocus) || qobject_cast<QLabel *>(widget))
                    continue;
                const auto *button = qobject_cast<QAbstractButton *>(widget);
                const QString name = button && !button->text().isEmpty() ? button->text() : widget->accessibleName();
                QVERIFY2(!name.isEmpty(), qPrintable(QLatin1StringView(widget->metaObject()->className()) + u' ' + widget->objectName()));
            }
        }
    }
};

int main(int argc, char **argv)
{
    return test::runGuiSuite<TestWindow>(argc, argv);
}

#include "tst_window.moc"
