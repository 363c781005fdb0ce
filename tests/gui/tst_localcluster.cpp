// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/localcluster.h"

#include <QFile>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace replog;

namespace {

constexpr int limitMs = 60000;

// A script in place of a node's program: prints where it "listens" and waits for SIGTERM.
void writeProgram(const QString &path, const QByteArray &body)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("#!/bin/sh\n" + body);
    file.close();
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
}

const QByteArray goodProgram = "name=; port=\n"
                               "while [ $# -gt 0 ]; do\n"
                               "  case $1 in --name) name=$2;; --port) port=$2;; esac; shift\n"
                               "done\n"
                               "[ \"$port\" = 0 ] && port=$((20000 + $$ % 40000))\n"
                               "trap 'echo \"$name: bye\"; exit 0' TERM\n"
                               "echo \"replog-node $name listening on http://127.0.0.1:$port\"\n"
                               "while :; do sleep 0.05; done\n";

} // namespace

class LocalClusterTest : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void startsTheMasterAndThenItsSecondaries();
    void restartedNodeGetsThePortItHad();
    void killStopFreezeAndThaw();
    void saysWhyAnActionIsNotPossible();
    void tellsOfAProcessThatDies();
    void tellsOfAProgramThatIsMissing();
    void temporaryFolderGoesNamedOneStays();
    void aFolderMadeEarlierStays();
    void aMovedFolderIsKept();
    void reopensAFolder();
    void refusesAForeignFolder();
    void findsAndTakesOverWhatACrashLeft();
    void pidOfAnotherProcessIsNotTakenOver();
    void stopAllKillsWhoDoesNotObey();

private:
    std::unique_ptr<LocalCluster> open(const QString &folder = {}, int secondaries = 2);
    QString folder(const QString &name) const { return m_dir->filePath(name); }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void LocalClusterTest::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_dir = std::make_unique<QTemporaryDir>();
    QVERIFY(m_dir->isValid());
    QVERIFY(QDir(m_dir->path()).mkpath(u"bin"_s));
    writeProgram(folder(u"bin/replog-master"_s), goodProgram);
    writeProgram(folder(u"bin/replog-secondary"_s), goodProgram);
}

void LocalClusterTest::cleanup()
{
    m_dir.reset();
}

std::unique_ptr<LocalCluster> LocalClusterTest::open(const QString &where, int secondaries)
{
    LocalCluster::Options options;
    options.folder = where;
    options.secondaries = secondaries;
    options.programFolder = folder(u"bin"_s);
    options.stateFolder = folder(u"state"_s);
    Result<std::unique_ptr<LocalCluster>> opened = LocalCluster::open(options);
    if (!opened) {
        qWarning("%s", qPrintable(opened.error().text));
        return nullptr;
    }
    return std::move(*opened);
}

void LocalClusterTest::startsTheMasterAndThenItsSecondaries()
{
    const auto cluster = open();
    QCOMPARE(cluster->nodeNames(), QStringList({u"master"_s, u"secondary-1"_s, u"secondary-2"_s}));
    QSignalSpy listening(cluster.get(), &LocalCluster::listening);
    cluster->startMasterThen({u"secondary-2"_s});
    QTRY_COMPARE_WITH_TIMEOUT(listening.count(), 2, limitMs);
    QCOMPARE(listening[0][0].toString(), u"master"_s);
    QCOMPARE(listening[1][0].toString(), u"secondary-2"_s);
    QCOMPARE(cluster->processState(u"master"_s), ProcessState::Running);
    QCOMPARE(cluster->processState(u"secondary-1"_s), ProcessState::Stopped);
    QCOMPARE(cluster->description().nodes[0].url, listening[0][1].toUrl());
    QVERIFY(cluster->description().nodes[1].url.isEmpty());
}

void LocalClusterTest::restartedNodeGetsThePortItHad()
{
    const auto cluster = open({}, 0);
    QSignalSpy listening(cluster.get(), &LocalCluster::listening);
    cluster->startAll();
    QTRY_COMPARE_WITH_TIMEOUT(listening.count(), 1, limitMs);
    cluster->perform(u"master"_s, NodeControl::Action::Kill);
    QTRY_COMPARE_WITH_TIMEOUT(cluster->processState(u"master"_s), ProcessState::Stopped, limitMs);
    cluster->perform(u"master"_s, NodeControl::Action::Start);
    QTRY_COMPARE_WITH_TIMEOUT(listening.count(), 2, limitMs);
    QCOMPARE(listening[0][1], listening[1][1]);
}

void LocalClusterTest::killStopFreezeAndThaw()
{
    const auto cluster = open({}, 0);
    const QString master = u"master"_s;
    QSignalSpy failed(cluster.get(), &NodeControl::failed);
    QSignalSpy lines(cluster.get(), &NodeControl::outputLine);
    cluster->startAll();
    QTRY_COMPARE_WITH_TIMEOUT(cluster->processState(master), ProcessState::Running, limitMs);
    cluster->perform(master, NodeControl::Action::Freeze);
    QCOMPARE(cluster->processState(master), ProcessState::Frozen);
    cluster->perform(master, NodeControl::Action::Thaw);
    QCOMPARE(cluster->processState(master), ProcessState::Running);
    cluster->perform(master, NodeControl::Action::Freeze);
    cluster->perform(master, NodeControl::Action::Stop); // a frozen process stops, too
    QCOMPARE(cluster->processState(master), ProcessState::Stopping);
    QTRY_COMPARE_WITH_TIMEOUT(cluster->processState(master), ProcessState::Stopped, limitMs);
    QCOMPARE(lines.last()[1].toString(), u"master: bye"_s);
    cluster->perform(master, NodeControl::Action::Start);
    QTRY_COMPARE_WITH_TIMEOUT(cluster->processState(master), ProcessState::Running, limitMs);
    cluster->perform(master, NodeControl::Action::Kill);
    QTRY_COMPARE_WITH_TIMEOUT(cluster->processState(master), ProcessState::Stopped, limitMs);
    QCOMPARE(failed.count(), 0);
}

void LocalClusterTest::saysWhyAnActionIsNotPossible()
{
    const auto cluster = open({}, 1);
    using Action = NodeControl::Action;
    QVERIFY(cluster->can(u"master"_s, Action::Start));
    for (Action action : {Action::Stop, Action::Kill, Action::Freeze, Action::Thaw})
        QVERIFY(!cluster->whyNot(u"master"_s, action).isEmpty());
    // A secondary needs the master's address.
    QVERIFY(cluster->whyNot(u"secondary-1"_s, Action::Start).contains(u"master"_s));
    QSignalSpy failed(cluster.get(), &NodeControl::failed);
    cluster->perform(u"secondary-1"_s, Action::Start);
    QCOMPARE(failed.count(), 1);
    QVERIFY(!cluster->can(u"nobody"_s, Action::Start));
}

void LocalClusterTest::tellsOfAProcessThatDies()
{
    writeProgram(folder(u"bin/replog-master"_s), "echo 'port 80 is in use' >&2\nexit 1\n");
    const auto cluster = open({}, 0);
    QSignalSpy failed(cluster.get(), &NodeControl::failed);
    cluster->startAll();
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, limitMs);
    QVERIFY2(failed[0][1].toString().contains(u"port 80 is in use"_s), qPrintable(failed[0][1].toString()));
    QVERIFY(failed[0][1].toString().contains(u"exit code 1"_s));
    QCOMPARE(cluster->processState(u"master"_s), ProcessState::Stopped);
}

void LocalClusterTest::tellsOfAProgramThatIsMissing()
{
    QFile::remove(folder(u"bin/replog-secondary"_s));
    LocalCluster::Options options;
    options.programFolder = folder(u"bin"_s);
    options.stateFolder = folder(u"state"_s);
    const auto opened = LocalCluster::open(options);
    QVERIFY(!opened);
    QVERIFY(opened.error().text.contains(u"replog-secondary"_s));
}

void LocalClusterTest::temporaryFolderGoesNamedOneStays()
{
    QString temporary;
    {
        const auto cluster = open();
        temporary = cluster->folder();
        QVERIFY(cluster->isTemporary());
        cluster->startAll();
        QTRY_COMPARE_WITH_TIMEOUT(cluster->processState(u"secondary-2"_s), ProcessState::Running, limitMs);
    }
    QVERIFY(!QFileInfo::exists(temporary));
    {
        const auto cluster = open(folder(u"kept"_s));
        QVERIFY(!cluster->isTemporary());
    }
    QVERIFY(QFileInfo::exists(RunRecord::pathIn(folder(u"kept"_s))));
    QVERIFY(RunRecord::leftovers(folder(u"state"_s)).isEmpty());
}

void LocalClusterTest::aFolderMadeEarlierStays()
{
    QString temporary;
    {
        const auto cluster = open();
        temporary = cluster->folder();
        cluster->letGo();
    }
    {
        const auto cluster = open(temporary);
        QVERIFY(cluster->isTemporary());
    }
    QVERIFY(QFileInfo::exists(temporary));
    QCOMPARE(RunRecord::leftovers(folder(u"state"_s)).size(), 1);
    {
        const auto cluster = open(temporary);
        cluster->discard();
    }
    QVERIFY(!QFileInfo::exists(temporary));
    QVERIFY(RunRecord::leftovers(folder(u"state"_s)).isEmpty());
}

void LocalClusterTest::aMovedFolderIsKept()
{
    {
        const auto cluster = open();
        cluster->letGo();
        QVERIFY(QDir().rename(cluster->folder(), folder(u"moved"_s)));
    }
    {
        const auto cluster = open(folder(u"moved"_s));
        QVERIFY(!cluster->isTemporary());
    }
    QVERIFY(QFileInfo::exists(RunRecord::pathIn(folder(u"moved"_s))));
    QVERIFY(RunRecord::leftovers(folder(u"state"_s)).isEmpty());
}

void LocalClusterTest::reopensAFolder()
{
    QUrl before;
    {
        const auto cluster = open(folder(u"kept"_s), 3);
        cluster->startMasterThen({});
        QTRY_COMPARE_WITH_TIMEOUT(cluster->processState(u"master"_s), ProcessState::Running, limitMs);
        before = cluster->node(u"master"_s)->url();
    }
    const auto cluster = open(folder(u"kept"_s), 1);
    QCOMPARE(cluster->nodeNames().size(), 4); // as it was created
    QCOMPARE(cluster->description().nodes[0].url, before);
    QCOMPARE(cluster->processState(u"master"_s), ProcessState::Stopped);
}

void LocalClusterTest::refusesAForeignFolder()
{
    QVERIFY(QDir().mkpath(folder(u"full/of/things"_s)));
    LocalCluster::Options options;
    options.folder = folder(u"full"_s);
    options.programFolder = folder(u"bin"_s);
    options.stateFolder = folder(u"state"_s);
    const auto opened = LocalCluster::open(options);
    QVERIFY(!opened);
    QCOMPARE(opened.error().field, u"folder"_s);
}

void LocalClusterTest::findsAndTakesOverWhatACrashLeft()
{
    QUrl url;
    QString where;
    {
        // A crash: the processes stay, nothing is cleaned up, and the recorded owner does not run.
        const auto cluster = open();
        where = cluster->folder();
        cluster->startMasterThen({u"secondary-1"_s});
        QTRY_COMPARE_WITH_TIMEOUT(cluster->processState(u"secondary-1"_s), ProcessState::Running, limitMs);
        url = cluster->node(u"secondary-1"_s)->url();
        cluster->letGo();
    }
    QVERIFY(RunRecord::leftovers(folder(u"state"_s)).isEmpty()); // we, the owner, are running
    Result<RunRecord> record = RunRecord::read(RunRecord::pathIn(where));
    QVERIFY(record);
    record->owner.startTicks += 1;
    QVERIFY(record->write(folder(u"state"_s)));

    const QList<RunRecord> found = RunRecord::leftovers(folder(u"state"_s));
    QCOMPARE(found.size(), 1);
    QCOMPARE(found[0].folder, where);
    QVERIFY(found[0].nodes[0].process.isAlive());
    QVERIFY(found[0].nodes[2].process.isNull());

    const auto cluster = open(where);
    QVERIFY(cluster->isTemporary());
    QSignalSpy lines(cluster.get(), &NodeControl::outputLine);
    QSignalSpy stopped(cluster.get(), &LocalCluster::stopped);
    QCOMPARE(cluster->processState(u"secondary-1"_s), ProcessState::Running);
    QCOMPARE(cluster->processState(u"secondary-2"_s), ProcessState::Stopped);
    QCOMPARE(cluster->node(u"secondary-1"_s)->url(), url);
    QTRY_COMPARE_WITH_TIMEOUT(lines.count(), 2, limitMs); // the output from before
    cluster->perform(u"secondary-1"_s, NodeControl::Action::Freeze);
    QCOMPARE(cluster->processState(u"secondary-1"_s), ProcessState::Frozen);
    cluster->stopAll();
    QTRY_COMPARE_WITH_TIMEOUT(stopped.count(), 1, limitMs);
    QVERIFY(!cluster->anyRunning());
}

void LocalClusterTest::pidOfAnotherProcessIsNotTakenOver()
{
    ProcessId mine = ProcessId::self();
    QVERIFY(mine.isAlive());
    mine.startTicks += 1;
    QVERIFY(!mine.isAlive());
    RunRecord record;
    record.folder = folder(u"old"_s);
    QVERIFY(QDir().mkpath(record.folder));
    record.owner = mine;
    record.nodes.append({u"master"_s, true, 1234, u"/bin/true"_s, mine});
    QVERIFY(record.write(folder(u"state"_s)));
    QVERIFY(RunRecord::leftovers(folder(u"state"_s)).isEmpty());
    const auto cluster = open(record.folder);
    QCOMPARE(cluster->processState(u"master"_s), ProcessState::Stopped);
}

void LocalClusterTest::stopAllKillsWhoDoesNotObey()
{
    writeProgram(folder(u"bin/replog-master"_s),
                 "trap '' TERM\necho listening on http://127.0.0.1:1234\nwhile :; do sleep 0.05; done\n");
    const auto cluster = open({}, 0);
    cluster->startAll();
    QTRY_COMPARE_WITH_TIMEOUT(cluster->processState(u"master"_s), ProcessState::Running, limitMs);
    QSignalSpy stopped(cluster.get(), &LocalCluster::stopped);
    cluster->stopAll(200);
    QTRY_COMPARE_WITH_TIMEOUT(stopped.count(), 1, limitMs);
}

QTEST_GUILESS_MAIN(LocalClusterTest)
#include "tst_localcluster.moc"
