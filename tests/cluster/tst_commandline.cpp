// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"

#include <QDir>
#include <QDirIterator>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QTcpServer>
#include <QTest>

#include <fcntl.h>
#include <unistd.h>

using namespace replog::test;
using namespace Qt::StringLiterals;
using Role = NodeProcess::Role;

namespace {

bool isOneLine(const QByteArray &text)
{
    return text.count('\n') == 1 && text.endsWith('\n');
}

} // namespace

// Errors of the command line and of the machine: what the user is told.
class TestCommandLine : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void helpAndVersion()
    {
        for (const Role role : {Role::Master, Role::Secondary}) {
            const auto help = NodeProcess::run(role, {u"--help"_s});
            QCOMPARE(help.exitCode, 0);
            QCOMPARE(help.err, QByteArray());
            for (const char *part : {"Usage:", "--port", "--data", "--log-format", "Examples:", "[default: "})
                QVERIFY2(help.out.contains(part), part);
            const auto version = NodeProcess::run(role, {u"--version"_s});
            QCOMPARE(version.exitCode, 0);
            QVERIFY(version.out.contains(REPLOG_VERSION));
        }
    }

    void badOptions_data()
    {
        QTest::addColumn<bool>("secondary");
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("named");
        const auto master = [](const char *name, const QStringList &arguments, const char *named) {
            QTest::newRow(name) << false << arguments << QString::fromLatin1(named);
        };
        const auto secondary = [](const char *name, const QStringList &arguments, const char *named) {
            QTest::newRow(name) << true << arguments << QString::fromLatin1(named);
        };
        master("unknown", {u"--prot"_s, u"1"_s}, "--prot");
        master("port too large", {u"--port"_s, u"70000"_s}, "--port");
        master("port a word", {u"-p"_s, u"http"_s}, "--port");
        master("default w", {u"--default-w"_s, u"0"_s}, "--default-w");
        master("duration", {u"--retry-base"_s, u"50"_s}, "--retry-base");
        master("size", {u"--max-message"_s, u"big"_s}, "--max-message");
        master("log format", {u"--log-format"_s, u"xml"_s}, "--log-format");
        master("name", {u"--name"_s, u"a b"_s}, "--name");
        master("argument", {u"start"_s}, "start");
        master("host", {u"--host"_s, u"not an address"_s}, "--host");
        master("configuration file", {u"--config"_s, u"/nonexistent.ini"_s}, "/nonexistent.ini");
        secondary("master's address", {u"--master"_s, u"localhost"_s}, "--master");
        secondary("master's port", {u"-m"_s, u"localhost:0"_s}, "--master");
        secondary("advertise", {u"--advertise"_s, u"ftp://x"_s}, "--advertise");
        secondary("advertised password", {u"--advertise"_s, u"http://u:p@x:1"_s}, "--advertise");
        secondary("advertised path", {u"--advertise"_s, u"http://x:1/y"_s}, "--advertise");
        secondary("lag", {u"--lag"_s, u"-1ms"_s}, "--lag");
    }

    void badOptions()
    {
        QFETCH(bool, secondary);
        QFETCH(QStringList, arguments);
        QFETCH(QString, named);
        QTemporaryDir folder;
        arguments << u"--data"_s << folder.filePath(u"data"_s);
        if (!arguments.contains(u"--port"_s) && !arguments.contains(u"-p"_s))
            arguments << u"--port"_s << u"0"_s;
        const auto run = NodeProcess::run(secondary ? Role::Secondary : Role::Master, arguments);
        QCOMPARE(run.exitCode, 2);
        QVERIFY2(isOneLine(run.err), run.err.constData());
        QVERIFY2(run.err.contains(named.toUtf8()), run.err.constData());
        QVERIFY(!QFileInfo::exists(folder.filePath(u"data"_s)));
    }

    // A backup must not take a name that the store uses, and is not the node's to measure or to empty.
    void backupsApartFromTheData_data()
    {
        QTest::addColumn<QString>("backups");
        QTest::addColumn<QByteArray>("how");
        QTest::newRow("the same") << u"a/data"_s << QByteArray("is the data folder");
        QTest::newRow("the same, with a slash") << u"a/data/"_s << QByteArray("is the data folder");
        QTest::newRow("the same, by a way round")
            << u"a/./data/../data"_s << QByteArray("is the data folder");
        QTest::newRow("the same, by a link") << u"link/data"_s << QByteArray("is the data folder");
        QTest::newRow("inside") << u"a/data/backups"_s << QByteArray("is inside the data folder");
        QTest::newRow("around it") << u"a"_s << QByteArray("holds the data folder");
        QTest::newRow("around it, by a link") << u"link"_s << QByteArray("holds the data folder");
    }

    void backupsApartFromTheData()
    {
        QFETCH(const QString, backups);
        QFETCH(const QByteArray, how);
        for (const bool isThere : {false, true}) {
            QTemporaryDir folder;
            QVERIFY(QDir().mkpath(folder.filePath(isThere ? u"a/data"_s : u"a"_s)));
            QVERIFY(QFile::link(folder.filePath(u"a"_s), folder.filePath(u"link"_s)));
            for (const Role role : {Role::Master, Role::Secondary}) {
                const auto run =
                    NodeProcess::run(role, {u"--port"_s, u"0"_s, u"--data"_s, folder.filePath(u"a/data"_s),
                                            u"--backup-dir"_s, folder.path() + u'/' + backups});
                QCOMPARE(run.exitCode, 2);
                QVERIFY2(isOneLine(run.err) && run.err.contains("--backup-dir") && run.err.contains(how),
                         run.err.constData());
                QCOMPARE(QFileInfo::exists(folder.filePath(u"a/data/log"_s)), false);
            }
        }
    }

    void badEnvironmentAndFile()
    {
        QTemporaryDir folder;
        const QStringList arguments{u"--port"_s, u"0"_s, u"--data"_s, folder.filePath(u"data"_s)};
        const auto variable =
            NodeProcess::run(Role::Master, arguments, {{u"REPLOG_HEARTBEAT"_s, u"often"_s}});
        QCOMPARE(variable.exitCode, 2);
        QVERIFY2(isOneLine(variable.err) && variable.err.contains("REPLOG_HEARTBEAT"),
                 variable.err.constData());
        const auto unknown = NodeProcess::run(Role::Secondary, arguments, {{u"REPLOG_QUORUM"_s, u"1"_s}});
        QCOMPARE(unknown.exitCode, 2);
        QVERIFY2(isOneLine(unknown.err) && unknown.err.contains("REPLOG_QUORUM"), unknown.err.constData());
        QFile file(folder.filePath(u"replog.ini"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[replog-master]\nheart-beat = 1s\n");
        file.close();
        const auto key =
            NodeProcess::run(Role::Master, arguments + QStringList{u"--config"_s, file.fileName()});
        QCOMPARE(key.exitCode, 2);
        QVERIFY2(isOneLine(key.err) && key.err.contains("replog.ini:2") && key.err.contains("heart-beat"),
                 key.err.constData());
    }

    // Beside a Kubernetes service named replog, and with one environment for both programs.
    void environmentOfOthersIsLeftAlone()
    {
        const QList<QPair<QString, QString>> environment{{u"REPLOG_PORT"_s, u"tcp://10.0.0.1:30000"_s},
                                                         {u"REPLOG_SERVICE_HOST"_s, u"10.0.0.1"_s},
                                                         {u"REPLOG_DEFAULT_W"_s, u"1"_s},
                                                         {u"REPLOG_REGISTER_AFTER"_s, u"400ms"_s},
                                                         {u"REPLOG_HEARTBEAT"_s, u"often"_s}};
        ClusterFixture cluster;
        cluster.addMaster().setEnvironment(environment);
        QVERIFY(cluster.master().start());
        QVERIFY2(cluster.master().output().contains("REPLOG_SERVICE_HOST") &&
                     cluster.master().output().contains("REPLOG_REGISTER_AFTER is an option of "
                                                        "replog-secondary"),
                 cluster.master().output().constData());
        cluster.addSecondary(u"s1"_s).setEnvironment(environment);
        QVERIFY(cluster.s1().start());
        QVERIFY2(cluster.s1().output().contains("REPLOG_DEFAULT_W is an option of replog-master"),
                 cluster.s1().output().constData());
        QVERIFY(cluster.waitForMembers(1));
    }

    // A log that is closed, is not read, or whose reader has ended loses log lines but never blocks the
    // service.
    void logWithoutReader_data()
    {
        QTest::addColumn<bool>("hasReader");
        QTest::addColumn<bool>("isOpen");
        QTest::newRow("unread") << true << true;
        QTest::newRow("reader ended") << false << true;
        QTest::newRow("closed") << false << false;
    }

    void logWithoutReader()
    {
        QFETCH(bool, hasReader);
        QFETCH(bool, isOpen);
        int ends[2];
        QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
        const auto closeAll = qScopeGuard([&ends] {
            ::close(ends[0]);
            ::close(ends[1]);
        });
        ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
        const QByteArray filling(4096, 'x');
        while (::write(ends[1], filling.constData(), size_t(filling.size())) > 0) {
        }
        ::fcntl(ends[1], F_SETFL, 0);
        if (!hasReader)
            ::dup2(ends[1], ends[0]); // this closes the read end
        ClusterFixture cluster;
        cluster.addMaster({u"--log-level"_s, u"debug"_s}).setStandardError(isOpen ? ends[1] : -1);
        QVERIFY(cluster.master().start());
        cluster.addSecondary(u"s1"_s).setStandardError(isOpen ? ends[1] : -1);
        QVERIFY(cluster.s1().start());
        QVERIFY(cluster.waitForMembers(1)); // the master has logged it by then
        QCOMPARE(cluster.master().http().appendNow("x", 2).status, 201);
        cluster.s1().kill();
        QVERIFY(waitUntil([&] { return cluster.member(u"s1"_s).value("health"_L1) == "unhealthy"_L1; }));
        QCOMPARE(cluster.master().http().appendNow("y", 1).status, 201);
        if (isOpen && !hasReader) {
            const QByteArray metrics = cluster.master().http().getNow("/metrics").body;
            QVERIFY(!metrics.contains("\nreplog_log_lines_lost_total 0\n"));
        }
        QVERIFY(cluster.master().terminate());
    }

    void configurationFileIsRead()
    {
        ClusterFixture cluster;
        QFile file(cluster.folder(u"replog.ini"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[replog-master]\ndefault-w = 2\nmax-w = 2\n");
        file.close();
        QVERIFY(cluster.start(1, {u"--config"_s, file.fileName()}));
        const HttpAnswer answer =
            cluster.master().http().now("POST", "/api/v1/messages", R"({"message": "x"})");
        QVERIFY2(answer.status == 201, answer.text().constData());
        QCOMPARE(answer.json().value("w"_L1).toInteger(), 2);
        QCOMPARE(cluster.master().http().appendNow("x", 3).status, 400);
    }

    void portInUse()
    {
        QTcpServer taken;
        QVERIFY(taken.listen(QHostAddress::LocalHost));
        QTemporaryDir folder;
        for (const Role role : {Role::Master, Role::Secondary}) {
            const auto run =
                NodeProcess::run(role, {u"--port"_s, QString::number(taken.serverPort()), u"--data"_s,
                                        folder.filePath(QString::number(int(role)))});
            QCOMPARE(run.exitCode, 1);
            QVERIFY2(isOneLine(run.err) && run.err.contains(QByteArray::number(taken.serverPort())),
                     run.err.constData());
        }
    }

    // Else a master that tries again and again would overtake the one that was promoted in its place.
    void aStartWithoutAPortRaisesNoEpoch()
    {
        QTcpServer taken;
        QVERIFY(taken.listen(QHostAddress::LocalHost));
        ClusterFixture cluster;
        QVERIFY(cluster.start(0));
        QVERIFY(cluster.master().terminate());
        for (int i = 0; i < 3; ++i) {
            const auto run =
                NodeProcess::run(Role::Master, {u"--port"_s, QString::number(taken.serverPort()), u"--data"_s,
                                                cluster.master().dataFolder(), u"--name"_s, u"m"_s});
            QCOMPARE(run.exitCode, 1);
            QVERIFY2(run.err.contains("cannot listen"), run.err.constData());
        }
        QVERIFY(cluster.master().start());
        QCOMPARE(ClusterFixture::status(cluster.master())["epoch"_L1].toInteger(), 2);
    }

    void promotedWhereThereIsNoLog()
    {
        QTemporaryDir folder;
        for (const bool isThere : {false, true}) {
            const QString data = folder.filePath(isThere ? u"empty"_s : u"missing"_s);
            if (isThere)
                QVERIFY(QDir().mkdir(data));
            const auto run = NodeProcess::run(
                Role::Master, {u"--port"_s, u"0"_s, u"--data"_s, data, u"--name"_s, u"m"_s, u"--promote"_s});
            QCOMPARE(run.exitCode, 1);
            QVERIFY2(isOneLine(run.err) && run.err.contains("--promote") && run.err.contains(data.toUtf8()),
                     run.err.constData());
            QCOMPARE(QDir().exists(data), isThere);
            QVERIFY(!isThere || QDir(data).isEmpty());
        }
    }

    void dataFolderOfAnother()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const QString masterData = cluster.master().dataFolder();
        const QString secondaryData = cluster.s1().dataFolder();
        const auto run = [](Role role, const QString &name, const QString &data) {
            return NodeProcess::run(role, {u"--port"_s, u"0"_s, u"--name"_s, name, u"--data"_s, data});
        };
        const auto locked = run(Role::Master, u"m"_s, masterData);
        QCOMPARE(locked.exitCode, 1);
        QVERIFY2(isOneLine(locked.err) && locked.err.contains(masterData.toUtf8()), locked.err.constData());
        QVERIFY(cluster.s1().terminate());
        QVERIFY(cluster.master().terminate());
        const auto otherRole = run(Role::Secondary, u"m"_s, masterData);
        QCOMPARE(otherRole.exitCode, 1);
        QVERIFY2(isOneLine(otherRole.err) && otherRole.err.contains("master"), otherRole.err.constData());
        const auto otherRoleBack = run(Role::Master, u"s1"_s, secondaryData);
        QCOMPARE(otherRoleBack.exitCode, 1);
        QVERIFY2(isOneLine(otherRoleBack.err) && otherRoleBack.err.contains("secondary"),
                 otherRoleBack.err.constData());
        const auto otherMaster = run(Role::Master, u"n"_s, masterData);
        QCOMPARE(otherMaster.exitCode, 1);
        QVERIFY2(isOneLine(otherMaster.err) && otherMaster.err.contains("\"m\""),
                 otherMaster.err.constData());
        // None of them harmed the running nodes.
        QVERIFY(cluster.master().start());
        QVERIFY(cluster.s1().start());
        QCOMPARE(cluster.master().http().appendNow("x", 2).status, 201);
    }

    void dataFolderThatCannotBe()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"file"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("not a folder");
        file.close();
        for (const Role role : {Role::Master, Role::Secondary}) {
            const auto run = NodeProcess::run(role, {u"--port"_s, u"0"_s, u"--data"_s, file.fileName()});
            QCOMPARE(run.exitCode, 1);
            QVERIFY2(isOneLine(run.err) &&
                         run.err.contains((file.fileName() + u" is not a folder"_s).toUtf8()),
                     run.err.constData());
            const QString below = file.fileName() + u"/data"_s;
            const auto there = NodeProcess::run(role, {u"--port"_s, u"0"_s, u"--data"_s, below});
            QCOMPARE(there.exitCode, 1);
            QVERIFY2(isOneLine(there.err) &&
                         there.err.contains((file.fileName() + u": Not a directory"_s).toUtf8()),
                     there.err.constData());
        }
    }

    // An unreadable store is an error and must not be taken for an empty log.
    void unreadableStore()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.addMaster().start());
        QCOMPARE(cluster.master().http().appendNow("precious", 1).status, 201);
        QVERIFY(cluster.master().terminate());
        int spoiled = 0;
        QDirIterator files(cluster.master().dataFolder(), {u"CURRENT"_s, u"MANIFEST-*"_s}, QDir::Files,
                           QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadWrite));
            QVERIFY(file.resize(0) && file.write("garbage\n") > 0);
            ++spoiled;
        }
        QVERIFY(spoiled >= 2);
        const auto run = NodeProcess::run(Role::Master, {u"--port"_s, u"0"_s, u"--name"_s, u"m"_s,
                                                         u"--data"_s, cluster.master().dataFolder()});
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(isOneLine(run.err), run.err.constData());
    }

    void terminatesCleanly()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        QCOMPARE(cluster.master().http().appendNow("x", 2).status, 201);
        // Open streams and long polls do not delay the shutdown.
        const auto stream =
            cluster.master().http().call("GET", "/api/v1/status", {}, {{"Accept", "text/event-stream"}});
        const auto poll = cluster.s1().http().call("GET", "/api/v1/messages?from=9&wait_ms=60000");
        QVERIFY(waitUntil([&] { return stream->answer().status == 200 && poll->isSent(); }));
        QVERIFY(cluster.s1().terminate());
        QVERIFY(cluster.master().terminate());
        QVERIFY(stream->waitClosed());
        QCOMPARE(cluster.problems(), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_commandline.moc"
