// SPDX-License-Identifier: GPL-3.0-or-later
// Backups of real nodes: made under load, checked, restored, and invalid uses of them.
#include "tests/support/clusterfixture.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

using Role = NodeProcess::Role;

HttpAnswer backUp(const NodeProcess &node, const QByteArray &name)
{
    return node.http().now("POST", "/api/v1/backup", "{\"name\":\"" + name + "\"}",
                           {{"Content-Type", "application/json"}});
}

QByteArray contentOf(const QString &folder)
{
    QByteArray content;
    QStringList files;
    QDirIterator it(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (it.hasNext())
        files.append(it.next());
    files.sort();
    for (const QString &path : std::as_const(files)) {
        QFile file(path);
        if (file.open(QIODevice::ReadOnly))
            content += path.toUtf8() + file.readAll();
    }
    return content;
}

} // namespace

class TestBackup : public QObject
{
    Q_OBJECT

private:
    static void fill(ClusterFixture &cluster, int count)
    {
        for (int i = 0; i < count; ++i)
            QCOMPARE(cluster.master().http().appendNow("m" + QByteArray::number(i), 2).status, 201);
        QVERIFY(cluster.waitForEqualLogs());
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void underLoad()
    {
        ClusterFixture cluster;
        const QString folder = cluster.folder(u"backups"_s);
        QVERIFY(cluster.start(1, {u"--backup-dir"_s, folder}, {u"--backup-dir"_s, folder}));
        Load load(cluster.master().url(), u"load"_s, 16, 3000, 2);
        load.start();
        int made = 0;
        QList<QJsonObject> backups;
        while (!load.isDone()) {
            QVERIFY(load.waitForAcked(std::min(3000, load.acked() + 500)));
            for (const auto &node : cluster.nodes()) {
                const int ackedBefore = load.acked();
                const HttpAnswer answer = backUp(*node, "b" + QByteArray::number(made++));
                QCOMPARE(answer.status, 200);
                backups.append(answer.json());
                if (node->role() == Role::Master) // the backup has everything acknowledged before it
                    QVERIFY(answer.json().value("last_id"_L1).toInteger() >= ackedBefore);
            }
        }
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        QVERIFY(backups.size() >= 6);
        for (const QJsonObject &backup : std::as_const(backups)) {
            const QString path = backup.value("path"_L1).toString();
            const qint64 last = backup.value("last_id"_L1).toInteger();
            const QString digest = backup.value("digest"_L1).toString();
            QCOMPARE(ClusterFixture::digest(cluster.master(), last), digest.toUtf8());
            const QByteArray before = contentOf(path);
            const auto run = NodeProcess::run(Role::Master, {u"--check"_s, path});
            QVERIFY2(run.exitCode == 0, run.out.constData());
            QVERIFY2(run.out.contains(QByteArray("digest " + digest.toUtf8())), run.out.constData());
            QCOMPARE(contentOf(path), before);
        }
        QCOMPARE(backUp(cluster.master(), "b0").status, 409);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void checkFindsDamage_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<bool>("cut");
        for (const bool cut : {false, true}) {
            const char *how = cut ? "cut" : "flipped";
            QTest::addRow("table %s", how) << u"*.sst"_s << cut;
            QTest::addRow("list of files %s", how) << u"MANIFEST-*"_s << cut;
            QTest::addRow("name of the list %s", how) << u"CURRENT"_s << cut;
            QTest::addRow("position %s", how) << u"position"_s << cut;
            QTest::addRow("write-ahead log %s", how) << u"*.log"_s << cut; // of the node's own folder
        }
    }

    void checkFindsDamage()
    {
        QFETCH(QString, pattern);
        QFETCH(bool, cut);
        ClusterFixture cluster;
        QVERIFY(cluster.start(1, {u"--backup-dir"_s, cluster.folder(u"backups"_s)}));
        fill(cluster, 30);
        QString path = cluster.master().dataFolder();
        if (pattern != "*.log"_L1) {
            QCOMPARE(backUp(cluster.master(), "one").status, 200);
            path = cluster.folder(u"backups/one"_s);
        }
        // A folder in use gives one line of error and stays unchanged.
        const auto inUse = NodeProcess::run(Role::Secondary, {u"--check"_s, cluster.master().dataFolder()});
        QCOMPARE(inUse.exitCode, 1);
        QVERIFY2(inUse.err.contains("in use") && inUse.err.count('\n') == 1, inUse.err.constData());
        QVERIFY(cluster.master().terminate());
        const auto whole = NodeProcess::run(Role::Secondary, {u"--check"_s, path});
        QVERIFY2(whole.exitCode == 0, QByteArray(whole.out + whole.err).constData());

        QFileInfoList files;
        QDirIterator it(path, {pattern}, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            it.next();
            files.append(it.fileInfo());
        }
        std::sort(files.begin(), files.end(),
                  [](const auto &a, const auto &b) { return a.size() > b.size(); });
        QVERIFY(!files.isEmpty());
        QFile file(files.front().filePath());
        QVERIFY(file.open(QIODevice::ReadWrite));
        const qint64 at = pattern == "position"_L1 ? 10 : file.size() / 2;
        if (cut) {
            QVERIFY(file.resize(at));
        } else {
            QVERIFY(file.seek(at));
            char byte = 0;
            QVERIFY(file.getChar(&byte) && file.seek(at));
            QVERIFY(file.putChar(char(byte ^ 4)));
        }
        file.close();
        const QByteArray before = contentOf(path);
        const auto run = NodeProcess::run(Role::Master, {u"--check"_s, path});
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.out.count('\n') >= 2 && run.err.isEmpty(), QByteArray(run.out + run.err).constData());
        QCOMPARE(contentOf(path), before);
    }

    // A secondary restored from the master's backup catches up, under a new node id.
    void restoredAsSecondary()
    {
        ClusterFixture cluster;
        const QString backup = cluster.folder(u"backups/one"_s);
        QVERIFY(cluster.start(1, {u"--backup-dir"_s, cluster.folder(u"backups"_s)}));
        fill(cluster, 20);
        QCOMPARE(backUp(cluster.master(), "one").status, 200);
        fill(cluster, 20);
        NodeProcess &s2 = cluster.addSecondary(u"s2"_s, {u"--restore"_s, backup});
        QVERIFY(s2.start());
        QVERIFY(cluster.waitForMembers(2));
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        const QJsonObject status = ClusterFixture::status(s2);
        QVERIFY(status["node_id"_L1] != ClusterFixture::status(cluster.master())["node_id"_L1]);
        QCOMPARE(status["log_id"_L1], ClusterFixture::status(cluster.master())["log_id"_L1]);
        QCOMPARE(cluster.master().http().appendNow("three", 3).status, 201);
        // The same command line starts it again.
        QVERIFY(s2.terminate());
        QVERIFY(s2.start());
        QCOMPARE(cluster.master().http().appendNow("three again", 3).status, 201);
        QCOMPARE(ClusterFixture::status(s2)["node_id"_L1], status["node_id"_L1]);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    // Only a secondary's backup is left: a master restored from it has a higher epoch, and a new node follows
    // it.
    void restoredAndPromoted()
    {
        ClusterFixture cluster;
        const QString backup = cluster.folder(u"backups/one"_s);
        QVERIFY(cluster.start(1, {}, {u"--backup-dir"_s, cluster.folder(u"backups"_s)}));
        fill(cluster, 20);
        QCOMPARE(backUp(cluster.s1(), "one").status, 200);
        const QJsonObject lost = ClusterFixture::status(cluster.master());
        const QStringList messages = ClusterFixture::messages(cluster.master());
        QVERIFY(cluster.master().terminate());
        QVERIFY(cluster.s1().terminate());
        for (const auto &node : cluster.nodes())
            QVERIFY(QDir(node->dataFolder()).removeRecursively());

        const auto refused = NodeProcess::run(
            Role::Master, {u"--port"_s, u"0"_s, u"--data"_s, cluster.folder(u"x"_s), u"--restore"_s, backup});
        QCOMPARE(refused.exitCode, 1);
        QVERIFY2(refused.err.contains("--promote") && refused.err.count('\n') == 1, refused.err.constData());
        cluster.master().addOptionsOnce({u"--restore"_s, backup, u"--promote"_s});
        QVERIFY(cluster.master().start());
        const QJsonObject status = ClusterFixture::status(cluster.master());
        QCOMPARE(status["log_id"_L1], lost["log_id"_L1]);
        QVERIFY(status["epoch"_L1].toInteger() >= lost["epoch"_L1].toInteger() + 900);
        QCOMPARE(status["mode"_L1].toString(), u"read-write"_s);
        QVERIFY(cluster.s1().start());
        QCOMPARE(cluster.master().http().appendNow("on", 2).status, 201);
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        QCOMPARE(ClusterFixture::messages(cluster.s1()), messages + QStringList{u"on"_s});
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void aLeaderThatLacksEntriesIsFenced_data()
    {
        QTest::addColumn<int>("w");
        QTest::addColumn<bool>("appended");
        QTest::addColumn<bool>("twoSteps");
        QTest::newRow("committed") << 2 << false << false;
        QTest::newRow("never committed") << 3 << false << false;
        QTest::newRow("never committed, and others in their place") << 3 << true << false;
        QTest::newRow("restored as a secondary first") << 3 << false << true;
        QTest::newRow("restored as a secondary first, and others in their place") << 3 << true << true;
    }

    // Members hold entries appended after the backup: they must not drop them.
    void aLeaderThatLacksEntriesIsFenced()
    {
        QFETCH(int, w);
        QFETCH(bool, appended);
        QFETCH(bool, twoSteps);
        ClusterFixture cluster;
        const QString backup = cluster.folder(u"backups/one"_s);
        QVERIFY(cluster.start(1, {u"--backup-dir"_s, cluster.folder(u"backups"_s)}));
        fill(cluster, 10);
        QCOMPARE(backUp(cluster.master(), "one").status, 200);
        std::vector<std::unique_ptr<HttpCall>> waiting;
        for (int i = 0; i < 3; ++i)
            waiting.push_back(cluster.master().http().append("later", w));
        QVERIFY(waitUntil([&] { return ClusterFixture::lastId(cluster.s1()) == 13; }));
        if (w == 2)
            QVERIFY(waitUntil([&] { return ClusterFixture::committedId(cluster.s1()) == 13; }));
        cluster.master().kill();
        if (appended)
            QVERIFY(cluster.s1().terminate());
        const QStringList held = ClusterFixture::messages(cluster.s1(), "view=all");
        const QString data = cluster.master().dataFolder();
        QVERIFY(QDir().rename(data, data + u"-lost"_s));
        if (twoSteps) { // there is no master that it could meet
            NodeProcess first(Role::Secondary, u"s2"_s, data,
                              {u"--master"_s,
                               u"127.0.0.1:"_s + QString::number(cluster.master().url().port()),
                               u"--restore"_s, backup});
            QVERIFY2(first.start() && first.terminate(), first.output().constData());
            cluster.master().addOptionsOnce({u"--promote"_s});
        } else {
            cluster.master().addOptionsOnce({u"--restore"_s, backup, u"--promote"_s});
        }
        QVERIFY(cluster.master().start());
        if (appended) {
            for (int i = 0; i < 5; ++i)
                QCOMPARE(cluster.master().http().appendNow("own", 1).status, 201);
            QVERIFY(cluster.s1().start());
        }
        const auto text = [&](const char *field) {
            return ClusterFixture::status(cluster.master()).value(QLatin1StringView(field)).toString();
        };
        QVERIFY(waitUntil([&] { return text("mode") == "fenced"_L1; }));
        const QString reason = text("mode_reason");
        QVERIFY2(reason.contains("s1"_L1) && reason.contains("promote"_L1) && reason.contains("--reset"_L1),
                 qPrintable(reason));
        QCOMPARE(cluster.master().http().appendNow("no", 1).status, 503);
        QCOMPARE(ClusterFixture::lastId(cluster.s1()), 13);
        if (!appended)
            QCOMPARE(ClusterFixture::messages(cluster.s1(), "view=all"), held);

        // The member goes on with the master that it had, if that was not lost after all.
        QVERIFY(cluster.master().terminate());
        QVERIFY(QDir().rename(data, data + u"-restored"_s));
        QVERIFY(QDir().rename(data + u"-lost"_s, data));
        QVERIFY(cluster.master().start());
        QCOMPARE(cluster.master().http().appendNow("goes on", 2).status, 201);
        QCOMPARE(text("mode"), u"read-write"_s);

        // The other way out: the operator resets the member and so gives up its entries.
        QVERIFY(cluster.s1().terminate());
        QVERIFY(cluster.master().terminate());
        QVERIFY(QDir().rename(data, data + u"-lost"_s));
        QVERIFY(QDir().rename(data + u"-restored"_s, data));
        QVERIFY(cluster.master().start());
        cluster.s1().addOptionsOnce({u"--reset"_s});
        QVERIFY(cluster.s1().start());
        QCOMPARE(cluster.master().http().appendNow("on", 2).status, 201);
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        QCOMPARE(text("mode"), u"read-write"_s);
    }

    // A restored leader's backup knows which epochs that leader raised: the next leader did not raise them.
    void theBackupOfARestoredLeader()
    {
        ClusterFixture cluster;
        const QString backups = cluster.folder(u"backups"_s);
        QVERIFY(cluster.start(1, {u"--backup-dir"_s, backups}));
        fill(cluster, 2);
        const auto loseAndRestore = [&](const QString &backup) {
            cluster.master().kill();
            QVERIFY(QDir(cluster.master().dataFolder()).removeRecursively());
            cluster.master().addOptionsOnce({u"--restore"_s, backups + u'/' + backup, u"--promote"_s});
            QVERIFY(cluster.master().start());
        };
        QCOMPARE(backUp(cluster.master(), "one").status, 200);
        loseAndRestore(u"one"_s);
        fill(cluster, 2);
        QCOMPARE(backUp(cluster.master(), "two").status, 200);
        // Entry 6 is acknowledged, and is not committed.
        const auto waiting = cluster.master().http().append("waits", 3);
        QVERIFY(waitUntil([&] { return ClusterFixture::lastId(cluster.s1()) == 5; }));
        QCOMPARE(cluster.master().http().appendNow("acknowledged", 2).status, 201);
        const QStringList held = ClusterFixture::messages(cluster.s1(), "view=all");
        loseAndRestore(u"two"_s);
        QVERIFY(waitUntil(
            [&] { return ClusterFixture::status(cluster.master())["mode"_L1].toString() == "fenced"_L1; }));
        QCOMPARE(cluster.master().http().appendNow("no", 1).status, 503);
        QCOMPARE(ClusterFixture::messages(cluster.s1(), "view=all"), held);
    }

    void refusals()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1, {u"--backup-dir"_s, cluster.folder(u"backups"_s)}));
        fill(cluster, 3);
        QCOMPARE(backUp(cluster.master(), "one").status, 200);
        QCOMPARE(backUp(cluster.s1(), "one").status, 404);
        const QString backup = cluster.folder(u"backups/one"_s);
        const auto run = [&](Role role, const QString &data, const QStringList &options) {
            return NodeProcess::run(
                role, QStringList{u"--port"_s, u"0"_s, u"--data"_s, cluster.folder(data)} + options);
        };
        QVERIFY(cluster.s1().terminate());
        const QByteArray before = contentOf(cluster.s1().dataFolder());
        const auto full = run(Role::Secondary, u"s1"_s, {u"--name"_s, u"s1"_s, u"--restore"_s, backup});
        QCOMPARE(full.exitCode, 1);
        QVERIFY2(full.err.contains("not empty") && full.err.count('\n') == 1, full.err.constData());
        QCOMPARE(contentOf(cluster.s1().dataFolder()), before);
        QCOMPARE(run(Role::Secondary, u"y"_s, {u"--restore"_s, backup + u"x"_s}).exitCode, 1);
        // A backup is no node's folder: what ran on it would be the node that it was made of.
        const QByteArray kept = contentOf(backup);
        for (const Role role : {Role::Master, Role::Secondary}) {
            const auto onBackup = run(role, u"backups/one"_s, {u"--name"_s, u"m"_s});
            QCOMPARE(onBackup.exitCode, 1);
            QVERIFY2(onBackup.err.contains("is a backup") && onBackup.err.count('\n') == 1,
                     onBackup.err.constData());
        }
        QCOMPARE(contentOf(backup), kept);
        QCOMPARE(run(Role::Master, u"y"_s, {u"--restore"_s, backup, u"--new-log"_s}).exitCode, 2);
        QCOMPARE(run(Role::Secondary, u"y"_s, {u"--restore"_s, backup, u"--reset"_s}).exitCode, 2);
        QCOMPARE(run(Role::Secondary, u"y"_s, {u"--restore"_s, QString()}).exitCode, 2);
        QVERIFY(!QFileInfo::exists(cluster.folder(u"y"_s)));
    }

    // Appends are refused without effect; reads, replication and status go on.
    void tooLittleRoom()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        fill(cluster, 5);
        QJsonObject status = ClusterFixture::status(cluster.master());
        QVERIFY(status["store_bytes"_L1].toInteger() > 0 && status["free_bytes"_L1].toInteger() > 0);
        QVERIFY(status.contains("bytes_per_day"_L1) && status.contains("full_in_ms"_L1));
        QVERIFY(cluster.master().terminate());
        cluster.master().addOptionsOnce({u"--min-free"_s, u"100%"_s});
        QVERIFY(cluster.master().start());
        status = ClusterFixture::status(cluster.master());
        QCOMPARE(status["mode"_L1].toString(), u"read-only"_s);
        QVERIFY2(status["mode_reason"_L1].toString().contains("--min-free"_L1),
                 qPrintable(status["mode_reason"_L1].toString()));
        const HttpAnswer refused = cluster.master().http().appendNow("no", 1);
        QCOMPARE(refused.status, 507);
        QCOMPARE(refused.json()["title"_L1].toString(), u"Insufficient Storage"_s);
        QCOMPARE(ClusterFixture::lastId(cluster.master()), 5);
        QVERIFY(cluster.master().http().getNow("/metrics").body.contains("\nreplog_space_low 1\n"));
        QVERIFY(cluster.waitForMembers(1));
        // A secondary takes entries from its master only.
        QVERIFY(cluster.s1().terminate());
        cluster.s1().addOptionsOnce({u"--min-free"_s, u"100%"_s});
        QVERIFY(cluster.s1().start());
        QVERIFY(cluster.master().terminate());
        QVERIFY(cluster.master().start());
        QCOMPARE(cluster.master().http().appendNow("yes", 2).status, 201);
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        QCOMPARE(cluster.problems(), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestBackup)
#include "tst_backup.moc"
