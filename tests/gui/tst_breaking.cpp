// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/breakingfixture.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QSpinBox>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

// Real nodes, killed, frozen and restarted by clicks; matrix, waits and counters must follow.
class BreakingTest : public QObject
{
    Q_OBJECT

private slots:
    void killAndStartASecondary_data();
    void killAndStartASecondary();
    void killAndStartTheMaster();
    void freezeAndThaw();
    void stopIsNotKill();
    void faultsMakeRetries();
    void manyMessages();

private:
    static void press(BreakingFixture &fixture, const QString &node, const QString &button);
    static void append(BreakingFixture &fixture, const QString &text, const QString &w, int count = 1);
    static QString requestState(BreakingFixture &fixture, int row = 0);
    static bool committedEverywhere(BreakingFixture &fixture, quint64 id);
};

void BreakingTest::press(BreakingFixture &fixture, const QString &node, const QString &button)
{
    fixture.nodes()->selectNode(node);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.child<QAbstractButton>(button + u"Button"_s)->isEnabled(), limitMs);
    fixture.click(button + u"Button"_s);
}

void BreakingTest::append(BreakingFixture &fixture, const QString &text, const QString &w, int count)
{
    fixture.child<QLineEdit>(u"message"_s)->setText(text);
    auto *concern = fixture.child<QComboBox>(u"concern"_s);
    concern->setCurrentIndex(concern->findData(w));
    fixture.child<QSpinBox>(u"count"_s)->setValue(count);
    fixture.click(u"send"_s);
}

QString BreakingTest::requestState(BreakingFixture &fixture, int row)
{
    return fixture.append()->requests()->index(row, RequestsModel::StateColumn).data().toString();
}

bool BreakingTest::committedEverywhere(BreakingFixture &fixture, quint64 id)
{
    const LogModel *log = fixture.log()->model();
    const QStringList nodes = log->nodes();
    return std::all_of(nodes.begin(), nodes.end(),
                       [&](const QString &node) { return log->cellState(id, node) == CellState::Committed; });
}

void BreakingTest::killAndStartASecondary_data()
{
    QTest::addColumn<QString>("node");
    QTest::newRow("secondary-1") << S1;
    QTest::newRow("secondary-2") << S2;
}

void BreakingTest::killAndStartASecondary()
{
    QFETCH(QString, node);
    BreakingFixture fixture;
    constexpr auto report = QAbstractItemModelTester::FailureReportingMode::QtTest;
    const QAbstractItemModelTester testLog(fixture.log()->model(), report);
    const QAbstractItemModelTester testNodes(fixture.nodes()->model(), report);
    const QAbstractItemModelTester testWaits(fixture.waits()->model(), report);
    QVERIFY(fixture.openLocal(2));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.ready(), limitMs);
    append(fixture, u"before"_s, u"3"_s);
    QTRY_VERIFY_WITH_TIMEOUT(requestState(fixture).startsWith(u"OK"), limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(committedEverywhere(fixture, 1), limitMs);

    const auto shownState = [&fixture, &node] {
        const NodesModel *nodes = fixture.nodes()->model();
        return nodes->index(nodes->rowOf(node), NodesModel::StateColumn).data().toString();
    };
    fixture.session().writeFaults(node, {{u"delay_ms"_s, 1}}, &fixture.window(), [](const CallResult &) {});
    QTRY_COMPARE_WITH_TIMEOUT(shownState(), u"healthy, faults"_s, limitMs);

    press(fixture, node, u"kill"_s);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(node, NodeState::Stopped), limitMs);
    QCOMPARE(shownState(), u"stopped"_s); // its faults ended with its process
    append(fixture, u"waits"_s, u"3"_s);
    const WaitsModel *waits = fixture.waits()->model();
    QTRY_COMPARE_WITH_TIMEOUT(waits->rowCount(), 1, limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(waits->index(0, WaitsModel::AcksColumn).data().toString(), u"2 of 3"_s,
                              limitMs);
    QCOMPARE(waits->index(0, WaitsModel::MissingColumn).data().toString(), node);
    const LogModel *log = fixture.log()->model();
    QTRY_COMPARE_WITH_TIMEOUT(log->cellState(2, node), CellState::Missing, limitMs);
    QCOMPARE(log->cellState(2, Master), CellState::Held);
    const int column = LogModel::FirstNodeColumn + int(log->nodes().indexOf(node));
    QVERIFY(log->index(1, column).data(LogModel::WaitingRole).toBool());
    QTRY_VERIFY_WITH_TIMEOUT(fixture.model().node(node)->retries > 0, limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.model().node(node)->lastError.isEmpty(), limitMs);
    append(fixture, u"passes"_s, u"1"_s);
    QTRY_VERIFY_WITH_TIMEOUT(requestState(fixture).startsWith(u"OK"), limitMs);

    press(fixture, node, u"start"_s);
    QTRY_VERIFY_WITH_TIMEOUT(requestState(fixture, 1).startsWith(u"OK"), limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(waits->rowCount(), 0, limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(committedEverywhere(fixture, 3), limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.ready(), limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.model().node(node)->consecutiveFailures, 0ULL, limitMs);
}

void BreakingTest::killAndStartTheMaster()
{
    BreakingFixture fixture;
    QVERIFY(fixture.openLocal(2));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.ready(), limitMs);
    append(fixture, u"kept"_s, u"all"_s, 20);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.append()->requests()->waiting(), 0, limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.log()->model()->rowCount(), 20, limitMs);
    const quint64 epoch = fixture.model().epoch();
    press(fixture, Master, u"kill"_s);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(Master, NodeState::Stopped), limitMs);
    append(fixture, u"to nobody"_s, u"1"_s);
    QTRY_VERIFY_WITH_TIMEOUT(requestState(fixture).startsWith(u"failed"), limitMs);
    QCOMPARE(fixture.log()->model()->rowCount(), 20);

    press(fixture, Master, u"start"_s);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.ready(), limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.model().epoch() > epoch, limitMs);
    append(fixture, u"after"_s, u"3"_s);
    QTRY_VERIFY_WITH_TIMEOUT(requestState(fixture).startsWith(u"OK"), limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(committedEverywhere(fixture, 21), limitMs);
}

void BreakingTest::freezeAndThaw()
{
    BreakingFixture fixture;
    QVERIFY(fixture.openLocal(2));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.ready(), limitMs);
    press(fixture, S1, u"freeze"_s);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(S1, NodeState::Frozen), limitMs);
    append(fixture, u"not there yet"_s, u"3"_s);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.waits()->model()->rowCount(), 1, limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.model().node(S1)->contact, Contact::Silent, limitMs);
    press(fixture, S1, u"thaw"_s);
    QTRY_VERIFY_WITH_TIMEOUT(requestState(fixture).startsWith(u"OK"), limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.ready(), limitMs);
}

void BreakingTest::stopIsNotKill()
{
    BreakingFixture fixture;
    QVERIFY(fixture.openLocal(1));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(S1, NodeState::Healthy), limitMs);
    append(fixture, u"waits for two more"_s, u"3"_s);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.waits()->model()->rowCount(), 1, limitMs);
    press(fixture, Master, u"stop"_s);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(Master, NodeState::Stopped), limitMs);
    // A master that is terminated answers its waiting clients with the id of their message. It is in the log,
    // so the client repeats its request until a master knows the outcome.
    QTRY_VERIFY_WITH_TIMEOUT(requestState(fixture).contains(u"unknown"), limitMs);
    const QModelIndex id = fixture.append()->requests()->index(0, RequestsModel::IdColumn);
    QCOMPARE(id.data().toULongLong(), 1ULL);
    press(fixture, Master, u"start"_s);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.waits()->model()->rowCount(), 1, limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.model().wait(1) ? fixture.model().wait(1)->clients : 0, 1, limitMs);
    QCOMPARE(fixture.model().lastId(), 1ULL); // and nothing was appended twice
}

void BreakingTest::faultsMakeRetries()
{
    BreakingFixture fixture;
    QVERIFY(fixture.openLocal(2));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.ready(), limitMs);
    const auto openFaults = [&fixture] {
        press(fixture, S2, u"faults"_s);
        auto *dialog = fixture.child<QDialog>(u"faultsDialog"_s);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->findChild<QCheckBox *>(u"block"_s)->isEnabled(), limitMs);
    };
    openFaults();
    auto *dialog = fixture.child<QDialog>(u"faultsDialog"_s);
    dialog->findChild<QCheckBox *>(u"block"_s)->setChecked(true);
    QSignalSpy closed(dialog, &QDialog::finished);
    QTest::keyClick(dialog, Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(closed.size(), 1, limitMs);
    append(fixture, u"refused there"_s, u"3"_s);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.model().node(S2)->retries > 1, limitMs);
    // A heartbeat may have been retried before the message was appended.
    QTRY_COMPARE_WITH_TIMEOUT(fixture.waits()->model()->rowCount(), 1, limitMs);
    openFaults();
    dialog = fixture.window().findChildren<QDialog *>(u"faultsDialog"_s).last();
    QTest::mouseClick(dialog->findChild<QAbstractButton *>(u"noFaults"_s), Qt::LeftButton);
    fixture.nodes()->selectNode(S2);
    dialog->reject();
    press(fixture, S2, u"retryNow"_s);
    QTRY_VERIFY_WITH_TIMEOUT(requestState(fixture).startsWith(u"OK"), limitMs);
}

void BreakingTest::manyMessages()
{
    BreakingFixture fixture;
    QVERIFY(fixture.openLocal(2));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.ready(), limitMs);
    append(fixture, u"load"_s, u"2"_s, AppendPanel::MaxCount);
    RequestsModel *requests = fixture.append()->requests();
    QTRY_COMPARE_WITH_TIMEOUT(requests->waiting(), 0, limitMs * 2);
    for (int row = 0; row < requests->rowCount(); ++row)
        QVERIFY2(requestState(fixture, row).startsWith(u"OK"), qPrintable(requestState(fixture, row)));
    const LogModel *log = fixture.log()->model();
    QTRY_COMPARE_WITH_TIMEOUT(log->rowCount(), AppendPanel::MaxCount, limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(committedEverywhere(fixture, AppendPanel::MaxCount), limitMs);
}

int main(int argc, char **argv)
{
    return runGuiSuite<BreakingTest>(argc, argv);
}

#include "tst_breaking.moc"
