// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/clusterfile.h"
#include "gui/control/connectdialog.h"
#include "gui/control/connection.h"
#include "gui/control/newclusterdialog.h"
#include "gui/nodes/nodesview.h"
#include "gui/timeline/eventmodel.h"
#include "gui/timeline/outputpanel.h"
#include "gui/widgets/wrappedtext.h"
#include "tests/gui/dashboardfixture.h"

#include <QDialogButtonBox>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <QTcpServer>

#include <csignal>
#include <optional>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

// Control of the nodes' processes from the window: new clusters and connections, closing with running nodes,
// nodes left behind by a crash, and commands of a cluster file.
class OwningTest : public QObject
{
    Q_OBJECT
private slots:
    void makesALocalClusterByDialog();
    void saysWhatIsWrongWithAFolder();
    void whatIsOpenStaysUntilTheNextOneRuns();
    void enterDeletesNothing();
    void whatWasTrimmedIsNotCounted();
    void aNameIsNoPlaceholder();
    void connectsByDialog();
    void saysWhyItCannotConnect();
    void closingAsksAndStopsNodes();
    void closingAsksAndMayLeaveNodes();
    void closingMayBeCancelled();
    void offersWhatACrashLeftAndTakesItOver();
    void offersWhatACrashLeftAndStopsIt();
    void dataLeftBehindStaysWhenItCannotBeOpened();
    void dataLeftBehindStaysWhenTheOpenClusterDoes();
    void dataLeftBehindGoesWhenTheUserSaysSo();
    void anotherClustersMasterAtTheAddressIsNotTheOwn();
    void aRecentFolderThatIsGoneIsNotMadeAnew();
    void aQuestionSaysWhatTakesThePlace();
    void aRecentAddressIsTriedBeforeAnythingCloses();
    void aKilledDashboardTakesItsNodesWithIt();
    void aTerminatedDashboardStopsItsNodes_data();
    void aTerminatedDashboardStopsItsNodes();
    void theCommandLineNeedsNoDisplay_data();
    void theCommandLineNeedsNoDisplay();
    void runsCommandsOfAClusterFile();
    void showsProcessOutput();

private:
    static bool healthy(DashboardFixture &fixture, int secondaries);
    // The dashboard program with a local cluster of two nodes; its state is in `home`. Null if the nodes do
    // not start.
    static std::optional<RunRecord> runProgram(QProcess &program, const QString &home);
    static QString stateFolderIn(const QString &home)
    {
        return home + u"/replog/replog-dashboard/clusters"_s;
    }
    // The state that a crashed dashboard leaves.
    static QList<ProcessId> leaveBehind(DashboardFixture &fixture);
    // The same without a running node: the master alone, with this port, and a file in a temporary folder.
    // Returns the path of the file, or an empty text.
    static QString leaveDataBehind(DashboardFixture &fixture, quint16 port = 0);
};

bool OwningTest::healthy(DashboardFixture &fixture, int secondaries)
{
    for (int i = 1; i <= secondaries; ++i) {
        if (!fixture.isState(u"secondary-%1"_s.arg(i), NodeState::Healthy))
            return false;
    }
    return fixture.isState(u"master"_s, NodeState::Running);
}

void OwningTest::makesALocalClusterByDialog()
{
    DashboardFixture fixture;
    fixture.trigger(u"newLocalCluster"_s);
    auto *const dialog = fixture.window().findChild<NewClusterDialog *>();
    QVERIFY(dialog);
    dialog->findChild<QSpinBox *>(u"secondaries"_s)->setValue(3);
    QTest::keyClicks(dialog->findChild<QLineEdit *>(u"folder"_s), fixture.folder(u"data"_s));
    QVERIFY(dialog->findChild<QRadioButton *>(u"named"_s)->isChecked()); // typing in the field selects it
    QSignalSpy closed(dialog, &QObject::destroyed);
    QTest::keyClick(dialog, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 3), limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(closed.count(), 1, limitMs);
    QVERIFY(QFileInfo::exists(RunRecord::pathIn(fixture.folder(u"data"_s))));
    QVERIFY(!fixture.launcher().local()->isTemporary());
}

void OwningTest::saysWhatIsWrongWithAFolder()
{
    DashboardFixture fixture;
    QFile file(fixture.folder(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    NewClusterDialog dialog;
    auto *const folder = dialog.findChild<QLineEdit *>(u"folder"_s);
    QAbstractButton *const start = dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok);
    auto *const error = dialog.findChild<QWidget *>(u"error"_s);
    QVERIFY(start->isEnabled()); // a temporary folder needs no input
    for (const QString &bad : {u"relative"_s, fixture.folder(u"file"_s), fixture.folder(u"."_s)}) {
        folder->setText(QString());
        QTest::keyClicks(folder, bad);
        QVERIFY2(!start->isEnabled(), qPrintable(bad));
        QVERIFY(!error->isHidden());
    }
    folder->setText(fixture.folder(u"new"_s));
    QVERIFY(start->isEnabled());
    QVERIFY(error->isHidden());
}

void OwningTest::whatIsOpenStaysUntilTheNextOneRuns()
{
    DashboardFixture fixture;
    QVERIFY(fixture.openLocal(0));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 0), limitMs);
    const LocalCluster *const open = fixture.launcher().local();
    QFile file(fixture.folder(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QStringList problems;
    const auto note = [&](const QString &problem) { problems.append(problem); };
    LocalCluster::Options impossible;
    impossible.folder = fixture.folder(u"file/below"_s);
    fixture.launcher().replaceByLocal(impossible, {}, note);
    QCOMPARE(problems.size(), 1);
    QVERIFY(!problems[0].isEmpty());
    // A master that does not start leaves the open cluster alone, too.
    LocalCluster::Options broken;
    broken.masterArguments = {u"--no-such-option"_s};
    fixture.launcher().replaceByLocal(broken, {}, note);
    QTRY_COMPARE_WITH_TIMEOUT(problems.size(), 2, limitMs);
    QVERIFY(!problems[1].isEmpty());
    QVERIFY(!fixture.window().findChild<QMessageBox *>(u"runningNodes"_s)); // without a question
    QCOMPARE(fixture.launcher().local(), open);
    QVERIFY(healthy(fixture, 0));
    // A master that starts replaces it, after the question; upon Cancel the new one is removed.
    fixture.launcher().replaceByLocal({}, QStringList(), note);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.window().findChild<QMessageBox *>(u"runningNodes"_s), limitMs);
    QTest::keyClick(fixture.child<QMessageBox>(u"runningNodes"_s), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.window().findChild<QMessageBox *>(u"runningNodes"_s), limitMs);
    QCOMPARE(fixture.launcher().local(), open);
    QVERIFY(healthy(fixture, 0));
    fixture.launcher().replaceByLocal({}, QStringList(), note);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.window().findChild<QMessageBox *>(u"runningNodes"_s), limitMs);
    fixture.click(u"stopNodes"_s);
    QTRY_COMPARE_WITH_TIMEOUT(problems.size(), 3, limitMs);
    QVERIFY(problems[2].isEmpty());
    QVERIFY(fixture.launcher().local() != open);
}

void OwningTest::whatWasTrimmedIsNotCounted()
{
    DashboardFixture fixture;
    QVERIFY(fixture.openLocal(0));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 0), limitMs);
    const QString master = fixture.model().master()->name;
    fixture.session().control()->perform(master, NodeControl::Action::Kill);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(master, NodeState::Stopped), limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.model().master()->contact, Contact::Lost, limitMs);
    // Its last words, after retention.
    fixture.model().handleContact(master, Contact::Connected, {});
    fixture.model().handleStatus(master, {{u"role"_s, u"master"_s},
                                          {u"name"_s, master},
                                          {u"epoch"_s, 1},
                                          {u"first_id"_s, 4},
                                          {u"last_id"_s, 5},
                                          {u"committed_id"_s, 5}});
    QCOMPARE(fixture.model().kept(), 2ULL);
    fixture.window().close();
    auto *const question = fixture.child<QMessageBox>(u"runningNodes"_s);
    QVERIFY(question);
    QVERIFY2(question->informativeText().contains(u"2 messages"), qPrintable(question->informativeText()));
    fixture.click(u"stopNodes"_s);
}

void OwningTest::aNameIsNoPlaceholder()
{
    DashboardFixture fixture;
    QVERIFY(!leaveDataBehind(fixture, 1).isEmpty());
    RunRecord record = RunRecord::leftovers(fixture.stateFolder()).value(0);
    QCOMPARE(record.nodes.size(), 1);
    record.nodes[0].name = u"%2"_s;
    record.nodes[0].process = ProcessId::self();
    QVERIFY(record.write(fixture.stateFolder()));
    fixture.launcher().offerLeftovers();
    auto *const question = fixture.child<QMessageBox>(u"leftovers"_s);
    QVERIFY(question);
    QVERIFY2(question->informativeText().startsWith(u"%2 (process "),
             qPrintable(question->informativeText()));
    QTest::keyClick(question, Qt::Key_Escape);
}

void OwningTest::enterDeletesNothing()
{
    DashboardFixture fixture;
    QVERIFY(fixture.openLocal(0));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 0), limitMs);
    fixture.session().append({"precious", u"1"_s, 0});
    QTRY_COMPARE_WITH_TIMEOUT(fixture.model().lastId(), 1ULL, limitMs);
    const QString folder = fixture.launcher().local()->folder();
    fixture.window().close();
    auto *const question = fixture.child<QMessageBox>(u"runningNodes"_s);
    QVERIFY(question);
    QVERIFY(question->informativeText().contains(u"lost for good"));
    QVERIFY(question->informativeText().contains(u"1 message"));
    QTest::keyClick(question, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.window().findChild<QMessageBox *>(u"runningNodes"_s), limitMs);
    QVERIFY(QFileInfo::exists(folder));
    QVERIFY(fixture.window().isVisible());
    QVERIFY(healthy(fixture, 0));
}

void OwningTest::connectsByDialog()
{
    DashboardFixture running;
    QVERIFY(running.openLocal(1));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(running, 1), limitMs);
    DashboardFixture fixture;
    fixture.trigger(u"connect"_s);
    auto *const dialog = fixture.window().findChild<ConnectDialog *>();
    QVERIFY(dialog);
    auto *const address = dialog->findChild<QLineEdit *>(u"address"_s);
    address->clear();
    QTest::keyClicks(address, running.launcher().local()->node(u"master"_s)->url().authority());
    QTest::keyClick(dialog, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 1), limitMs); // the master's status has the secondary
    QVERIFY(!fixture.session().control());
    // The dashboard does not run that cluster's nodes: closing the window asks nothing.
    QVERIFY(fixture.window().close());
    QVERIFY(running.launcher().local()->anyRunning());
}

void OwningTest::saysWhyItCannotConnect()
{
    DashboardFixture running;
    QVERIFY(running.openLocal(1));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(running, 1), limitMs);
    QTcpServer nobody; // accepts connections and never answers
    QVERIFY(nobody.listen(QHostAddress::LocalHost));

    ConnectDialog dialog;
    QSignalSpy chosen(&dialog, &ConnectDialog::chosen);
    auto *const address = dialog.findChild<QLineEdit *>(u"address"_s);
    auto *const error = dialog.findChild<QWidget *>(u"error"_s);
    QAbstractButton *const ok = dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok);
    address->setText(u"no port"_s);
    ok->click();
    QVERIFY(!error->isHidden());
    address->setText(running.launcher().local()->node(u"secondary-1"_s)->url().toString());
    QVERIFY(error->isHidden());
    ok->click();
    QVERIFY(!ok->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(!error->isHidden(), limitMs); // the address is that of a secondary
    QCOMPARE(chosen.count(), 0);
    address->setText(u"127.0.0.1:%1"_s.arg(nobody.serverPort()));
    ok->click();
    QTRY_VERIFY_WITH_TIMEOUT(!error->isHidden(), limitMs); // the address does not answer
    QCOMPARE(chosen.count(), 0);
    ok->click(); // the user insists
    QCOMPARE(chosen.count(), 1);
}

void OwningTest::closingAsksAndStopsNodes()
{
    DashboardFixture fixture;
    QVERIFY(fixture.openLocal(1));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 1), limitMs);
    const ProcessId master = fixture.launcher().local()->node(u"master"_s)->process();
    QVERIFY(master.isAlive());
    fixture.window().close();
    QVERIFY(fixture.window().isVisible());
    fixture.click(u"stopNodes"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.window().isVisible(), limitMs);
    QVERIFY(!master.isAlive());
}

void OwningTest::closingAsksAndMayLeaveNodes()
{
    DashboardFixture fixture;
    LocalCluster::Options options;
    options.secondaries = 1;
    options.folder = fixture.folder(u"data"_s); // a temporary folder would stay with the nodes
    QVERIFY(fixture.launcher().openLocal(options));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 1), limitMs);
    const ProcessId master = fixture.launcher().local()->node(u"master"_s)->process();
    const ProcessId secondary = fixture.launcher().local()->node(u"secondary-1"_s)->process();
    fixture.window().close();
    fixture.click(u"leaveNodes"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.window().isVisible(), limitMs);
    QVERIFY(master.isAlive());
    QVERIFY(::kill(pid_t(master.pid), SIGKILL) == 0 && ::kill(pid_t(secondary.pid), SIGKILL) == 0);
    QTRY_VERIFY_WITH_TIMEOUT(!master.isAlive() && !secondary.isAlive(), limitMs);
}

void OwningTest::closingMayBeCancelled()
{
    DashboardFixture fixture;
    QVERIFY(fixture.openLocal(0));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 0), limitMs);
    fixture.window().close();
    auto *const question = fixture.child<QMessageBox>(u"runningNodes"_s);
    QVERIFY(question);
    QTest::keyClick(question, Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.window().findChild<QMessageBox *>(u"runningNodes"_s), limitMs);
    QVERIFY(fixture.window().isVisible());
    QVERIFY(healthy(fixture, 0));
}

QList<ProcessId> OwningTest::leaveBehind(DashboardFixture &fixture)
{
    LocalCluster::Options options;
    options.secondaries = 1;
    options.stateFolder = fixture.stateFolder();
    Result<std::unique_ptr<LocalCluster>> opened = LocalCluster::open(options);
    if (!opened)
        return {};
    const std::unique_ptr<LocalCluster> cluster = std::move(*opened);
    cluster->startAll();
    const auto running = [&](const QString &node) {
        return cluster->processState(node) == ProcessState::Running;
    };
    if (!QTest::qWaitFor([&] { return running(u"master"_s) && running(u"secondary-1"_s); }, limitMs))
        return {};
    const QList<ProcessId> left{cluster->node(u"master"_s)->process(),
                                cluster->node(u"secondary-1"_s)->process()};
    cluster->letGo();
    Result<RunRecord> record = RunRecord::read(RunRecord::pathIn(cluster->folder()));
    if (!record)
        return {};
    record->owner.startTicks += 1; // a dashboard that has ended
    return record->write(fixture.stateFolder()) ? left : QList<ProcessId>();
}

void OwningTest::offersWhatACrashLeftAndTakesItOver()
{
    DashboardFixture fixture;
    const QList<ProcessId> left = leaveBehind(fixture);
    QCOMPARE(left.size(), 2);
    fixture.launcher().offerLeftovers();
    auto *const offer = fixture.child<QMessageBox>(u"leftovers"_s);
    QVERIFY(offer);
    QVERIFY(offer->informativeText().contains(QString::number(left[0].pid)));
    fixture.click(u"adoptNodes"_s);
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 1), limitMs);
    QCOMPARE(fixture.launcher().local()->node(u"master"_s)->process(), left[0]); // the same process
    fixture.session().control()->perform(u"secondary-1"_s, NodeControl::Action::Kill);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(u"secondary-1"_s, NodeState::Stopped), limitMs);
    fixture.session().control()->perform(u"secondary-1"_s, NodeControl::Action::Start);
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 1), limitMs);
}

void OwningTest::offersWhatACrashLeftAndStopsIt()
{
    DashboardFixture fixture;
    const QList<ProcessId> left = leaveBehind(fixture);
    QCOMPARE(left.size(), 2);
    fixture.launcher().offerLeftovers();
    fixture.click(u"stopNodes"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!left[0].isAlive() && !left[1].isAlive(), limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(RunRecord::leftovers(fixture.stateFolder()).isEmpty(), limitMs);
}

QString OwningTest::leaveDataBehind(DashboardFixture &fixture, quint16 port)
{
    LocalCluster::Options options;
    options.secondaries = 0;
    options.stateFolder = fixture.stateFolder();
    const Result<std::unique_ptr<LocalCluster>> cluster = LocalCluster::open(options);
    if (!cluster)
        return {};
    (*cluster)->letGo();
    Result<RunRecord> record = RunRecord::read(RunRecord::pathIn((*cluster)->folder()));
    QFile file((*cluster)->folder() + u"/precious"_s);
    if (!record || !file.open(QIODevice::WriteOnly))
        return {};
    record->owner.startTicks += 1; // a dashboard that has ended
    record->nodes[0].port = port;
    return record->write(fixture.stateFolder()) ? file.fileName() : QString();
}

void OwningTest::dataLeftBehindStaysWhenItCannotBeOpened()
{
    DashboardFixture fixture;
    QTcpServer other; // has the master's port
    QVERIFY(other.listen(QHostAddress::LocalHost));
    const QString file = leaveDataBehind(fixture, other.serverPort());
    QVERIFY(!file.isEmpty());
    fixture.launcher().offerLeftovers();
    QTest::keyClick(fixture.child<QMessageBox>(u"leftovers"_s), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.window().noticeText(u"leftovers"_s).isEmpty(), limitMs);
    QVERIFY(QFileInfo::exists(file));
    QCOMPARE(RunRecord::leftovers(fixture.stateFolder()).size(), 1); // offered again
    QVERIFY(QDir(QFileInfo(file).path()).removeRecursively());
}

void OwningTest::dataLeftBehindStaysWhenTheOpenClusterDoes()
{
    DashboardFixture fixture;
    QVERIFY(fixture.openLocal(0));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 0), limitMs);
    const QString file = leaveDataBehind(fixture);
    QVERIFY(!file.isEmpty());
    fixture.launcher().offerLeftovers();
    QTest::keyClick(fixture.child<QMessageBox>(u"leftovers"_s), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.window().findChild<QMessageBox *>(u"runningNodes"_s), limitMs);
    QTest::keyClick(fixture.child<QMessageBox>(u"runningNodes"_s), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.window().findChild<QMessageBox *>(u"runningNodes"_s), limitMs);
    QVERIFY(healthy(fixture, 0));
    QVERIFY(QFileInfo::exists(file));
    const QList<RunRecord> left = RunRecord::leftovers(fixture.stateFolder());
    QCOMPARE(left.size(), 1);
    QVERIFY(!left[0].hasLivingNode());
    QVERIFY(QDir(left[0].folder).removeRecursively());
}

void OwningTest::dataLeftBehindGoesWhenTheUserSaysSo()
{
    DashboardFixture fixture;
    const QString file = leaveDataBehind(fixture);
    QVERIFY(!file.isEmpty());
    fixture.launcher().offerLeftovers();
    QTest::keyClick(fixture.child<QMessageBox>(u"leftovers"_s), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 0), limitMs);
    QVERIFY(QFileInfo::exists(file));
    fixture.window().close();
    fixture.click(u"stopNodes"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.window().isVisible(), limitMs);
    fixture.launcher().closeThen({}, [] {});
    QVERIFY(!QFileInfo::exists(file));
}

// The port that the master of a folder kept is another cluster's now, and so its own process cannot listen.
void OwningTest::anotherClustersMasterAtTheAddressIsNotTheOwn()
{
    const QString master = u"master"_s;
    DashboardFixture foreign;
    QVERIFY(foreign.openLocal(0));
    QTRY_VERIFY_WITH_TIMEOUT(foreign.isState(master, NodeState::Running), limitMs);
    foreign.session().append({"of another log", u"1"_s, 0});
    QTRY_COMPARE_WITH_TIMEOUT(foreign.model().lastId(), 1ULL, limitMs);

    LocalCluster::Options options;
    options.folder = foreign.folder(u"own"_s);
    options.secondaries = 0;
    {
        DashboardFixture before;
        QVERIFY(before.launcher().openLocal(options));
        QTRY_VERIFY_WITH_TIMEOUT(before.isState(master, NodeState::Running), limitMs);
        QTRY_COMPARE_WITH_TIMEOUT(before.model().node(master)->ownId, before.model().node(master)->nodeId,
                                  limitMs);
        QVERIFY(!before.model().node(master)->ownId.isEmpty());
    }
    Result<RunRecord> record = RunRecord::read(RunRecord::pathIn(options.folder));
    QVERIFY(record);
    record->nodes[0].port = quint16(foreign.model().node(master)->url.port());
    QVERIFY(record->write(foreign.folder(u"moved"_s)));

    DashboardFixture fixture;
    QVERIFY(fixture.launcher().openLocal(options));
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(master, NodeState::Stopped) &&
                                 !fixture.model().node(master)->stranger.isEmpty(),
                             limitMs);
    QCOMPARE(fixture.model().lastId(), 0ULL);
    QVERIFY(!fixture.model().node(master)->told);
    QVERIFY(!fixture.child<QPushButton>(u"send"_s)->isEnabled());
    fixture.nodes()->selectNode(master);
    const auto *const details = fixture.child<WrappedText>(u"nodeDetails"_s);
    QVERIFY2(details->text().contains(u"Another node answers at its address"), qPrintable(details->text()));
    QSignalSpy finished(&fixture.session(), &ClusterSession::appendFinished);
    fixture.session().append({"for the own log", u"1"_s, 0});
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, limitMs);
    QVERIFY(!finished[0][1].value<ClientAppendResult>().error.isEmpty());
    QCOMPARE(foreign.model().lastId(), 1ULL);
}

void OwningTest::aRecentFolderThatIsGoneIsNotMadeAnew()
{
    DashboardFixture fixture;
    LocalCluster::Options options;
    options.secondaries = 0;
    options.folder = fixture.folder(u"data"_s);
    QVERIFY(fixture.launcher().openLocal(options));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 0), limitMs);
    fixture.trigger(u"closeCluster"_s);
    fixture.click(u"stopNodes"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.session().isOpen(), limitMs);
    QVERIFY(QDir(options.folder).removeRecursively());
    fixture.launcher().recentActions().first()->trigger();
    QVERIFY(fixture.window().noticeText(u"recent"_s).contains(options.folder));
    QVERIFY(!QFileInfo::exists(options.folder));
}

void OwningTest::aQuestionSaysWhatTakesThePlace()
{
    DashboardFixture fixture;
    QVERIFY(fixture.openLocal(0));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 0), limitMs);
    fixture.launcher().connectTo({QUrl(u"http://replog.example:30000"_s), {}});
    auto *const question = fixture.child<QMessageBox>(u"runningNodes"_s);
    QVERIFY(question);
    QVERIFY2(question->informativeText().contains(u"replog.example:30000"_s),
             qPrintable(question->informativeText()));
    QTest::keyClick(question, Qt::Key_Escape);
}

void OwningTest::aRecentAddressIsTriedBeforeAnythingCloses()
{
    DashboardFixture fixture;
    QVERIFY(fixture.openLocal(0));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 0), limitMs);
    QTcpServer nobody; // accepts connections and never answers
    QVERIFY(nobody.listen(QHostAddress::LocalHost));
    fixture.launcher().connectAgain(QUrl(u"http://127.0.0.1:%1"_s.arg(nobody.serverPort())));
    auto *const dialog = fixture.window().findChild<ConnectDialog *>();
    QVERIFY(dialog);
    QTRY_VERIFY_WITH_TIMEOUT(!dialog->findChild<QWidget *>(u"error"_s)->isHidden(), limitMs);
    QVERIFY(!fixture.window().findChild<QMessageBox *>(u"runningNodes"_s));
    QVERIFY(healthy(fixture, 0));
    // Connected to at once if nothing would be lost.
    dialog->reject();
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.window().findChild<ConnectDialog *>(), limitMs);
    fixture.trigger(u"closeCluster"_s);
    fixture.click(u"stopNodes"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.session().isOpen(), limitMs);
    fixture.launcher().connectAgain(QUrl(u"http://127.0.0.1:%1"_s.arg(nobody.serverPort())));
    QVERIFY(fixture.session().isOpen());
}

std::optional<RunRecord> OwningTest::runProgram(QProcess &program, const QString &home)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"XDG_DATA_HOME"_s, home);
    environment.insert(u"XDG_CONFIG_HOME"_s, home);
    program.setProcessEnvironment(environment);
    program.setStandardErrorFile(QProcess::nullDevice());
    program.start(QCoreApplication::applicationDirPath() + u"/replog-dashboard"_s, {u"--local"_s, u"1"_s});
    std::optional<RunRecord> found;
    const bool up = QTest::qWaitFor(
        [&] {
            const QDir folder(stateFolderIn(home));
            for (const QString &name : folder.entryList({u"*.json"_s}, QDir::Files)) {
                const Result<RunRecord> record = RunRecord::read(folder.filePath(name));
                if (record && record->nodes.size() == 2 && record->nodes[0].port > 0 &&
                    record->nodes[1].port > 0) {
                    found = *record;
                    return true;
                }
            }
            return false;
        },
        limitMs);
    return up ? found : std::nullopt;
}

// Its nodes end as after SIGTERM; the next dashboard offers their data.
void OwningTest::aKilledDashboardTakesItsNodesWithIt()
{
    DashboardFixture fixture;
    QProcess program;
    const std::optional<RunRecord> record = runProgram(program, fixture.folder(u"home"_s));
    QVERIFY(record);
    const QString state = stateFolderIn(fixture.folder(u"home"_s));
    QVERIFY(RunRecord::leftovers(state).isEmpty()); // their dashboard is running
    // Frozen nodes end, too.
    const qint64 frozen = record->nodes[1].process.pid;
    QVERIFY(::kill(pid_t(frozen), SIGSTOP) == 0);
    program.kill();
    QTRY_COMPARE_WITH_TIMEOUT(program.state(), QProcess::NotRunning, limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(!record->hasLivingNode(), limitMs);

    QCOMPARE(RunRecord::leftovers(state).size(), 1);
    const Dashboard next(state, Language::Choice::English);
    next.launcher().offerLeftovers();
    auto *const offer = next.window().findChild<QMessageBox *>(u"leftovers"_s);
    QVERIFY(offer);
    QVERIFY(offer->informativeText().contains(record->folder));
    QSignalSpy opened(&next.session(), &ClusterSession::opened);
    QTest::mouseClick(offer->findChild<QPushButton *>(u"adoptNodes"_s), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, limitMs);
    QCOMPARE(next.launcher().local()->folder(), record->folder);
    const auto healthy = [&next] {
        const NodeInfo *const node = next.session().model().node(u"secondary-1"_s);
        return node && node->state() == NodeState::Healthy;
    };
    QTRY_VERIFY_WITH_TIMEOUT(healthy(), limitMs);
}

void OwningTest::aTerminatedDashboardStopsItsNodes_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGHUP") << SIGHUP; // the terminal was closed
}

void OwningTest::aTerminatedDashboardStopsItsNodes()
{
    QFETCH(int, signal);
    DashboardFixture fixture;
    QProcess program;
    const std::optional<RunRecord> record = runProgram(program, fixture.folder(u"home"_s));
    QVERIFY(record);
    QVERIFY(::kill(pid_t(program.processId()), signal) == 0);
    QTRY_COMPARE_WITH_TIMEOUT(program.state(), QProcess::NotRunning, limitMs);
    QCOMPARE(program.exitCode(), 0);
    QVERIFY(!record->hasLivingNode());
    QVERIFY(!QFileInfo::exists(record->folder));
}

void OwningTest::theCommandLineNeedsNoDisplay_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::newRow("help") << QStringList{u"--help"_s} << 0;
    QTest::newRow("version") << QStringList{u"--version"_s} << 0;
    QTest::newRow("Qt's own") << QStringList{u"-platform"_s, u"xcb"_s, u"--version"_s} << 0;
    QTest::newRow("unknown") << QStringList{u"--bogus"_s} << 2;
    QTest::newRow("bad value") << QStringList{u"--local"_s, u"many"_s} << 2;
    QTest::newRow("both") << QStringList{u"--local"_s, u"1"_s, u"--connect"_s, u"localhost:1"_s} << 2;
}

void OwningTest::theCommandLineNeedsNoDisplay()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : {u"DISPLAY"_s, u"WAYLAND_DISPLAY"_s, u"QT_QPA_PLATFORM"_s})
        environment.remove(name);
    program.setProcessEnvironment(environment);
    program.start(QCoreApplication::applicationDirPath() + u"/replog-dashboard"_s, arguments);
    QVERIFY(program.waitForFinished(limitMs));
    QCOMPARE(program.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.exitCode(), code);
    QCOMPARE(program.readAllStandardError().count('\n'), code == 0 ? 0 : 1);
}

void OwningTest::runsCommandsOfAClusterFile()
{
    DashboardFixture running;
    QVERIFY(running.openLocal(1));
    QTRY_VERIFY_WITH_TIMEOUT(healthy(running, 1), limitMs);
    const LocalCluster *const cluster = running.launcher().local();
    const qint64 pid = cluster->node(u"secondary-1"_s)->process().pid;

    DashboardFixture fixture;
    QFile file(fixture.folder(u"cluster.json"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(u"{\"title\": \"Staging\", \"nodes\": [{\"name\": \"master\", \"url\": \"%1\"},"
               " {\"name\": \"secondary-1\", \"url\": \"%2\", \"kill\": \"kill -9 %3\"}]}"_s
                   .arg(cluster->node(u"master"_s)->url().toString(),
                        cluster->node(u"secondary-1"_s)->url().toString())
                   .arg(pid)
                   .toUtf8());
    file.close();
    const Result<ClusterFile> read = ClusterFile::read(file.fileName());
    QVERIFY2(read, qPrintable(read ? QString() : read.error().text));
    fixture.launcher().openFile(*read);
    QTRY_VERIFY_WITH_TIMEOUT(healthy(fixture, 1), limitMs);
    QVERIFY(fixture.window().windowTitle().contains(u"Staging"_s));
    NodeControl *const control = fixture.session().control();
    QVERIFY(!control->can(u"secondary-1"_s, NodeControl::Action::Start));
    QVERIFY(!control->can(u"master"_s, NodeControl::Action::Kill));
    control->perform(u"secondary-1"_s, NodeControl::Action::Kill);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(u"secondary-1"_s, NodeState::Unhealthy) ||
                                 fixture.isState(u"secondary-1"_s, NodeState::Unreachable),
                             limitMs);
    QVERIFY(fixture.window()
                .findChild<OutputPanel *>()
                ->text(u"secondary-1"_s)
                .contains(u"$ kill -9 %1"_s.arg(pid)));
    QTRY_COMPARE_WITH_TIMEOUT(cluster->processState(u"secondary-1"_s), ProcessState::Stopped, limitMs);
}

void OwningTest::showsProcessOutput()
{
    DashboardFixture fixture;
    QVERIFY(fixture.openLocal(1));
    auto *const output = fixture.window().findChild<OutputPanel *>();
    QTRY_VERIFY_WITH_TIMEOUT(output->text(u"master"_s).contains(u"listening on http://127.0.0.1:"_s),
                             limitMs);
    QTRY_VERIFY_WITH_TIMEOUT(output->text(u"secondary-1"_s).contains(u"listening on"_s), limitMs);
    // A name of another's choice that it prints turns no text around.
    emit fixture.session().control()->outputLine(u"master"_s, u"refused \u202egnp\u001b[2J\u2028end"_s);
    const QString printed = output->text(u"master"_s).section(u'\n', -1);
    QVERIFY2(printed.startsWith(u"refused ") && printed.endsWith(u"end"), qPrintable(printed));
    QVERIFY(!printed.contains(QChar(0x202e)) && !printed.contains(QChar(0x1b)));
    bool started = false;
    for (int i = 0; i < fixture.dashboard().events().rowCount(); ++i)
        started = started || fixture.dashboard().events().at(i).kind == EventKind::Process;
    QVERIFY(started);
}

int main(int argc, char **argv)
{
    return runGuiSuite<OwningTest>(argc, argv);
}

#include "tst_owning.moc"
