// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"

#include <QFile>
#include <QRegularExpression>
#include <QTcpSocket>
#include <QTest>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 MiB = 1024 * 1024;

// A file system of a few MiB, mounted at a folder; the destructor unmounts it.
class SmallDisk
{
public:
    SmallDisk(const QString &folder, qint64 bytes) : m_folder(QFile::encodeName(folder))
    {
        if (!QDir().mkpath(folder))
            return;
        const QByteArray size = "mode=0700,size=" + QByteArray::number(bytes);
        if (::mount("replog-test", m_folder.constData(), "tmpfs", MS_NOSUID | MS_NODEV, size.constData()) ==
            0)
            m_isMounted = true;
        else
            m_why = std::strerror(errno);
    }
    ~SmallDisk()
    {
        if (m_isMounted)
            ::umount2(m_folder.constData(), MNT_DETACH);
    }
    Q_DISABLE_COPY_MOVE(SmallDisk)

    bool isMounted() const { return m_isMounted; }
    const QByteArray &why() const { return m_why; }
    // Fills the file system to the last page.
    bool fill()
    {
        const int fd = ::open(ballast().constData(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
            return false;
        const QByteArray block(64 * 1024, 'x');
        qsizetype size = block.size();
        while (size > 0) {
            if (::write(fd, block.constData(), size_t(size)) != size)
                size /= 2;
        }
        ::close(fd);
        struct statvfs room = {};
        return ::statvfs(m_folder.constData(), &room) == 0 && room.f_bavail == 0;
    }
    bool empty() { return ::unlink(ballast().constData()) == 0; }
    // Takes the blocks of a file in it, so that what is written there needs new ones, as it always does on a
    // file system that copies on write.
    bool takeBlocks(const char *name) const
    {
        const int fd = ::open(QByteArray(m_folder + '/' + name).constData(), O_RDWR | O_CLOEXEC);
        struct stat info = {};
        const bool taken = fd >= 0 && ::fstat(fd, &info) == 0 &&
                           ::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, info.st_size) == 0;
        if (fd >= 0)
            ::close(fd);
        return taken;
    }

private:
    QByteArray ballast() const { return m_folder + "/ballast"; }

    const QByteArray m_folder;
    QByteArray m_why;
    bool m_isMounted = false;
};

QString mode(const NodeProcess &node)
{
    return ClusterFixture::status(node).value("mode"_L1).toString();
}

QString reason(const NodeProcess &node)
{
    return ClusterFixture::status(node).value("mode_reason"_L1).toString();
}

// Appends whose answers have not come yet.
class Appends
{
public:
    explicit Appends(const NodeProcess &master, int w) : m_http(master.http()), m_w(w) {}

    // Sends another append of 100 kB, when those before were answered or met the full disk.
    void add()
    {
        const QByteArray number = QByteArray::number(++m_count).rightJustified(8, '0');
        m_calls.push_back(m_http.append(number + QByteArray(100 * 1000, 'm'), m_w));
    }
    int open() const
    {
        return int(
            std::count_if(m_calls.begin(), m_calls.end(), [](const auto &call) { return !call->isDone(); }));
    }
    int with(int status) const
    {
        return int(std::count_if(m_calls.begin(), m_calls.end(), [status](const auto &call) {
            return call->isDone() && call->answer().status == status;
        }));
    }
    int count() const { return m_count; }

private:
    HttpClient m_http;
    int m_w;
    int m_count = 0;
    std::vector<std::unique_ptr<HttpCall>> m_calls;
};

// Appends one message after the other until a write of the node meets the full disk.
bool appendUntilFailed(Appends &appends, const NodeProcess &node)
{
    return waitUntil([&] {
        if (mode(node) == "failed"_L1)
            return true;
        if (appends.open() == 0)
            appends.add();
        return false;
    });
}

} // namespace

// Full disks and exhausted descriptors: appends wait or are refused, reads go on, no process aborts, and when
// there is room again the node goes on by itself with everything that it acknowledged.
class TestFullDisk : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void masterGoesOn()
    {
        ClusterFixture cluster;
        SmallDisk disk(cluster.folder(u"m"_s), 160 * MiB);
        if (!disk.isMounted())
            QSKIP(QByteArray("a small file system cannot be mounted here: " + disk.why()).constData());
        QVERIFY(cluster.start(1));
        Appends appends(cluster.master(), 2);
        for (int round = 1; round <= 20; ++round) {
            QVERIFY(disk.fill());
            // Appends succeed while they fit into the log's file.
            QVERIFY(appendUntilFailed(appends, cluster.master()));
            QVERIFY2(reason(cluster.master()).contains(u"goes on by itself"_s),
                     qPrintable(reason(cluster.master())));
            // The append that met the full disk waits. If another write met it, the next append was refused.
            QCOMPARE(appends.with(201) + appends.with(503) + appends.open(), appends.count());
            const HttpAnswer refused = cluster.master().http().appendNow("refused", 1);
            QVERIFY2(refused.status == 503, refused.text().constData());
            const qint64 last = ClusterFixture::lastId(cluster.master());
            QCOMPARE(ClusterFixture::messages(cluster.master()).size(), last);
            QVERIFY(!ClusterFixture::digest(cluster.master(), last).isEmpty());
            QCOMPARE(mode(cluster.s1()), u"following"_s);

            QVERIFY(disk.empty());
            QVERIFY(waitUntil([&] { return appends.open() == 0; }));
            QVERIFY(waitUntil([&] { return mode(cluster.master()) == "read-write"_L1; }));
            QCOMPARE(appends.with(201) + appends.with(503), appends.count());
        }
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
        QCOMPARE(ClusterFixture::lastId(cluster.master()), appends.with(201));
        // The disk holds everything that was acknowledged.
        cluster.master().kill();
        QVERIFY(cluster.master().start());
        QVERIFY(cluster.waitForMembers(1));
        QCOMPARE(ClusterFixture::lastId(cluster.master()), appends.with(201));
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    void secondaryGoesOn()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(0));
        SmallDisk disk(cluster.folder(u"s1"_s), 160 * MiB);
        if (!disk.isMounted())
            QSKIP(QByteArray("a small file system cannot be mounted here: " + disk.why()).constData());
        QVERIFY(cluster.addSecondary(u"s1"_s).start());
        QVERIFY(cluster.waitForMembers(1));
        Appends appends(cluster.master(), 2);
        for (int round = 1; round <= 20; ++round) {
            QVERIFY(disk.fill());
            QVERIFY(appendUntilFailed(appends, cluster.s1()));
            QVERIFY(reason(cluster.s1()).contains(u"goes on by itself"_s));
            QCOMPARE(mode(cluster.master()), u"read-write"_s);
            // No node acks what is not on its disk. The write that met the full disk need not be that of an
            // append.
            if (appends.open() == 0)
                appends.add();
            QCOMPARE(appends.open(), 1);
            const qint64 last = ClusterFixture::lastId(cluster.s1());
            QCOMPARE(ClusterFixture::messages(cluster.s1(), "view=all").size(), last);
            QVERIFY(waitUntil([&] {
                return cluster.member(u"s1"_s).value("last_error"_L1).toString().contains(u"store"_s);
            }));

            QVERIFY(disk.empty());
            QVERIFY(waitUntil([&] { return appends.open() == 0; }));
            QVERIFY(waitUntil([&] { return mode(cluster.s1()) == "following"_L1; }));
            QCOMPARE(appends.with(201), appends.count());
        }
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
        cluster.s1().kill();
        QVERIFY(cluster.s1().start());
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    // A node may have no room even for what it writes in the place of what was there.
    void notesWithoutRoom()
    {
        ClusterFixture cluster;
        SmallDisk disk(cluster.folder(u"m"_s), 160 * MiB);
        if (!disk.isMounted())
            QSKIP(QByteArray("a small file system cannot be mounted here: " + disk.why()).constData());
        QVERIFY(cluster.start(1));
        QCOMPARE(cluster.master().http().appendNow("before", 2).status, 201);
        QVERIFY(disk.takeBlocks("position"));
        QVERIFY(disk.fill());
        Appends appends(cluster.master(), 2);
        QVERIFY(appendUntilFailed(appends, cluster.master()));
        QVERIFY2(reason(cluster.master()).contains(u"goes on by itself"_s),
                 qPrintable(reason(cluster.master())));
        QVERIFY(disk.empty());
        QVERIFY(waitUntil([&] { return mode(cluster.master()) == "read-write"_L1; }));
        QVERIFY(waitUntil([&] { return appends.open() == 0; }));
        QCOMPARE(appends.with(201) + appends.with(503), appends.count());
        cluster.master().kill();
        QVERIFY(cluster.master().start());
        QVERIFY(cluster.waitForMembers(1));
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    // A node that was killed while its disk was full starts again when there is room.
    void killedWhileFull()
    {
        ClusterFixture cluster;
        SmallDisk disk(cluster.folder(u"m"_s), 160 * MiB);
        if (!disk.isMounted())
            QSKIP(QByteArray("a small file system cannot be mounted here: " + disk.why()).constData());
        QVERIFY(cluster.start(1));
        for (int round = 1; round <= 5; ++round) {
            Appends appends(cluster.master(), 2);
            const qint64 before = ClusterFixture::lastId(cluster.master());
            QVERIFY(disk.fill());
            QVERIFY(appendUntilFailed(appends, cluster.master()));
            const int acked = appends.with(201);
            if (round % 2 == 0) {
                cluster.master().kill();
                // It says why it cannot start, and changes nothing.
                QVERIFY(!cluster.master().start());
                QVERIFY(cluster.master().output().contains("No space left on device"));
                QVERIFY(disk.empty());
            } else {
                cluster.master().sendTerminate();
                QVERIFY(disk.empty());
                QVERIFY(cluster.master().waitForExit());
            }
            QVERIFY(cluster.master().start());
            QVERIFY(cluster.waitForMembers(1));
            QVERIFY(ClusterFixture::lastId(cluster.master()) >= before + acked);
            QCOMPARE(mode(cluster.master()), u"read-write"_s);
            QCOMPARE(cluster.master().http().appendNow("on", 2).status, 201);
            QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(),
                     cluster.problems().constData());
        }
    }

    // A backup says at once that it has no room, on either disk, and the node is as it was.
    void backupWithoutRoom()
    {
        ClusterFixture cluster;
        SmallDisk disk(cluster.folder(u"m"_s), 160 * MiB);
        SmallDisk other(cluster.folder(u"backups"_s), 1 * MiB);
        if (!disk.isMounted() || !other.isMounted())
            QSKIP(QByteArray("a small file system cannot be mounted here: " + disk.why()).constData());
        QVERIFY(cluster.start(0, {u"--backup-dir"_s, cluster.folder(u"backups"_s)}));
        const auto backUp = [&] {
            return cluster.master().http().now("POST", "/api/v1/backup", R"({"name":"one"})",
                                               {{"Content-Type", "application/json"}});
        };
        const auto saved = [&] {
            return QDir(cluster.folder(u"backups"_s))
                .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
        };
        QCOMPARE(cluster.master().http().appendNow(QByteArray(100 * 1000, 'm'), 1).status, 201);
        QVERIFY(disk.fill());
        const HttpAnswer here = backUp();
        QVERIFY2(here.status == 507 && here.text().contains("bytes left"), here.text().constData());
        QCOMPARE(mode(cluster.master()), u"read-write"_s);
        QVERIFY(disk.empty());

        QVERIFY(other.fill());
        const HttpAnswer there = backUp();
        QVERIFY2(there.status == 507 && there.text().contains("No space left"), there.text().constData());
        QCOMPARE(mode(cluster.master()), u"read-write"_s);
        QVERIFY(other.empty());
        QCOMPARE(saved(), QStringList());
        const HttpAnswer made = backUp();
        QVERIFY2(made.status == 200, made.text().constData());
        QCOMPARE(saved(), QStringList({u"one"_s}));
    }

    // A limit of its files' size (ulimit -f, LimitFSIZE=) does not go away: the node fails, says why, and
    // ends neither at once nor silently.
    void filesMayNotGrow()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        NodeProcess &master = cluster.master();
        QCOMPARE(master.http().appendNow("before", 2).status, 201);
        rlimit before = {};
        QCOMPARE(::prlimit(pid_t(master.pid()), RLIMIT_FSIZE, nullptr, &before), 0);
        const rlimit limited = {1 * MiB, before.rlim_max};
        QCOMPARE(::prlimit(pid_t(master.pid()), RLIMIT_FSIZE, &limited, nullptr), 0);
        Appends appends(master, 1);
        QVERIFY(appendUntilFailed(appends, master));
        QVERIFY2(reason(master).contains(QString::fromLocal8Bit(std::strerror(EFBIG))),
                 qPrintable(reason(master)));
        QVERIFY2(reason(master).contains(u"restart"_s), qPrintable(reason(master)));
        QVERIFY(waitUntil([&] { return appends.open() == 0; }));
        master.kill();
        QVERIFY(master.start());
        QVERIFY(cluster.waitForMembers(1));
        QVERIFY(ClusterFixture::lastId(master) >= 1 + appends.with(201));
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    // A running process without a free descriptor.
    void tooManyOpenFiles()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        NodeProcess &master = cluster.master();
        const auto status =
            master.http().call("GET", "/api/v1/status", {}, {{"Accept", "text/event-stream"}});
        QVERIFY(waitUntil([&] { return status->received().contains("data:"); }));
        Appends appends(master, 2);
        for (int i = 0; i < 8; ++i)
            appends.add();
        QVERIFY(waitUntil([&] { return appends.with(201) == 8; }));

        // The store opens a file for each 16 MiB of log; the appends use open connections.
        QTcpSocket writer;
        writer.connectToHost(master.url().host(), quint16(master.url().port()));
        QVERIFY(waitUntil([&] { return writer.state() == QAbstractSocket::ConnectedState; }));
        // Opened before, as no further connection is accepted; but only now, as idle ones are closed.
        QTcpSocket reader;
        reader.connectToHost(master.url().host(), quint16(master.url().port()));
        QVERIFY(waitUntil([&] { return reader.state() == QAbstractSocket::ConnectedState; }));
        rlimit before = {};
        QCOMPARE(::prlimit(pid_t(master.pid()), RLIMIT_NOFILE, nullptr, &before), 0);
        const rlimit limited = {3, before.rlim_max};
        QCOMPARE(::prlimit(pid_t(master.pid()), RLIMIT_NOFILE, &limited, nullptr), 0);
        const QByteArray body = HttpClient::appendBody(QByteArray(900 * 1000, 'm'), 1);
        int sent = 0;
        QByteArray answers;
        const auto answered = [&] {
            answers += writer.readAll();
            return int(answers.count("HTTP/1.1 "));
        };
        QVERIFY(waitUntil([&] {
            if (answered() == sent && !status->received().contains("\"failed\"")) {
                writer.write(HttpClient::request(
                    "POST", "/api/v1/messages", body,
                    {{"Content-Type", "application/json"}, {"Connection", "keep-alive"}}));
                ++sent;
            }
            return status->received().contains("\"failed\"");
        }));
        QVERIFY2(status->received().contains("goes on by itself"),
                 status->received().right(2000).constData());
        reader.write("GET /api/v1/messages?from=1&limit=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        QByteArray read;
        QVERIFY(waitUntil([&] {
            read += reader.readAll();
            return read.contains("\"messages\"");
        }));
        QVERIFY2(read.startsWith("HTTP/1.1 200"), read.constData());

        QCOMPARE(::prlimit(pid_t(master.pid()), RLIMIT_NOFILE, &before, nullptr), 0);
        QVERIFY(waitUntil([&] { return answered() == sent; }));
        QCOMPARE(int(answers.count("HTTP/1.1 201")), sent);
        QVERIFY(waitUntil([&] { return mode(master) == "read-write"_L1; }));
        QCOMPARE(master.http().appendNow("on", 2).status, 201);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }
};

QTEST_GUILESS_MAIN(TestFullDisk)
#include "tst_fulldisk.moc"
