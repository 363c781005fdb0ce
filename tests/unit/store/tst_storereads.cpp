// SPDX-License-Identifier: GPL-3.0-or-later
// Reads of a healthy folder fail: that is no damage. Nothing is given up, and nobody is told to.
#include "shared/store/storecheck.h"
#include "tests/unit/store/failingreads.h"
#include "tests/unit/store/storefixture.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr quint64 EntryCount = 30;

// A closed log of EntryCount entries: in a table, in an older table of keys, and in the write-ahead log.
bool fill(StoreFixture &f)
{
    if (f.open() || !f.putMeta("epoch/1", "1 17") || !f.append(1, 20, "key") || f.open() || !f.append(21, 10))
        return false;
    f.store->setCommittedId(EntryCount);
    f.store.reset();
    return true;
}

bool copyFolder(const QString &from, const QString &to)
{
    QDirIterator it(from, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QString target = to + u'/' + QDir(from).relativeFilePath(it.next());
        if (!QDir().mkpath(QFileInfo(target).path()) || !QFile::copy(it.filePath(), target))
            return false;
    }
    return true;
}

// The error names the disk, and does not say that the log is to be given up or replaced.
bool saysToLookAtTheDisk(const Error &error)
{
    return error.code == Errc::Io && !error.text.contains(u"--promote"_s) &&
           !error.text.contains(u"--reset"_s) && error.text.contains(u"look at the disk"_s) &&
           !error.text.contains(u'\n');
}

} // namespace

class TestStoreReads : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void atAReset_data()
    {
        QTest::addColumn<QByteArray>("role");
        QTest::newRow("of a master's folder") << "master"_ba;
        QTest::newRow("of one's own") << "secondary"_ba;
    }

    void atAReset()
    {
        QFETCH(QByteArray, role);
        const bool isOwn = role == "secondary";
        StoreFixture original;
        original.options.role = role;
        original.options.name = "n16";
        QVERIFY(fill(original));
        const auto disk = std::make_shared<FailingReads>();
        int unread = 0;
        bool hasFailed = true;
        for (int read = 1; hasFailed; ++read) {
            StoreFixture f;
            QVERIFY(copyFolder(original.options.dataDir, f.options.dataDir));
            f.options.role = "secondary";
            f.options.name = isOwn ? "n16" : "s9";
            f.options.reset = true;
            f.options.fileSystem = disk;
            disk->failAt(read);
            const auto error = f.open();
            hasFailed = disk->hasFailed();
            disk->failAt(0);
            if (error && error->code == Errc::Io) {
                QVERIFY2(saysToLookAtTheDisk(*error),
                         qPrintable(u"read %1: %2"_s.arg(read).arg(error->text)));
                ++unread;
            } else if (error) {
                QVERIFY2(!isOwn && error->code == Errc::InUse, qPrintable(error->text));
            } else {
                QVERIFY(isOwn);
                QCOMPARE(f.store->state().last.id, 0U);
            }
            if (isOwn)
                continue;
            QVERIFY(error);
            f.options.role = role;
            f.options.name = "n16";
            f.options.reset = false;
            QCOMPARE(f.openError(), QString());
            QCOMPARE(quint64(f.read(1, EntryCount).value().size()), EntryCount);
        }
        QVERIFY2(unread > 5, qPrintable(QString::number(unread)));
    }

    void atACheck()
    {
        StoreFixture f;
        QVERIFY(fill(f));
        const auto disk = std::make_shared<FailingReads>();
        int unread = 0;
        bool hasFailed = true;
        for (int read = 1; hasFailed; ++read) {
            QStringList findings;
            StoreCheck check({[&findings](const QString &finding) { findings.append(finding); }}, disk);
            disk->failAt(read);
            const auto report = check.run(f.options.dataDir);
            hasFailed = disk->hasFailed();
            disk->failAt(0);
            for (const QString &finding : findings)
                QVERIFY2(finding.contains(u"cannot be read"_s),
                         qPrintable(u"read %1: %2"_s.arg(read).arg(finding)));
            if (report) {
                QCOMPARE(report->findings, 0);
                QCOMPARE(report->state.last.id, EntryCount);
                continue;
            }
            QVERIFY2(saysToLookAtTheDisk(report.error()),
                     qPrintable(u"read %1: %2"_s.arg(read).arg(report.error().text)));
            ++unread;
        }
        QVERIFY2(unread > 5, qPrintable(QString::number(unread)));
    }

    void atARestoration()
    {
        StoreFixture original;
        QVERIFY(fill(original));
        const auto disk = std::make_shared<FailingReads>();
        int unread = 0;
        bool hasFailed = true;
        for (int read = 1; hasFailed; ++read) {
            StoreFixture f;
            f.options.restoreFrom = original.options.dataDir;
            f.options.fileSystem = disk;
            disk->failAt(read);
            const auto error = f.open();
            hasFailed = disk->hasFailed();
            disk->failAt(0);
            if (error) {
                QVERIFY2(saysToLookAtTheDisk(*error),
                         qPrintable(u"read %1: %2"_s.arg(read).arg(error->text)));
                ++unread;
                QCOMPARE(f.openError(), QString());
            }
            QCOMPARE(f.store->state().last.id, EntryCount);
        }
        QVERIFY2(unread > 5, qPrintable(QString::number(unread)));
    }

    void atABackup()
    {
        StoreFixture original;
        QVERIFY(fill(original));
        const auto disk = std::make_shared<FailingReads>();
        int unread = 0;
        bool hasFailed = true;
        for (int read = 1; hasFailed; ++read) {
            StoreFixture f;
            QVERIFY(copyFolder(original.options.dataDir, f.options.dataDir));
            f.options.fileSystem = disk;
            QCOMPARE(f.openError(), QString());
            disk->failAt(read);
            const auto made = StoreFixture::wait<Backup>(
                [&f](auto done) { f.store->backUp(f.path(u"../backups"_s), u"b"_s, done); });
            hasFailed = disk->hasFailed();
            disk->failAt(0);
            if (!made) {
                QVERIFY2(made.error().code == Errc::Io && !made.error().text.contains(u"damaged"_s),
                         qPrintable(u"read %1: %2"_s.arg(read).arg(made.error().text)));
                ++unread;
                continue;
            }
            StoreCheck check({[](const QString &finding) { QFAIL(qPrintable(finding)); }});
            QVERIFY(check.run(made->path));
            QCOMPARE(made->lastId, EntryCount);
        }
        QVERIFY2(unread > 5, qPrintable(QString::number(unread)));
    }

    // What is in a folder that cannot be listed is kept.
    void atARestorationOntoAFolder()
    {
        StoreFixture backup;
        StoreFixture original;
        QVERIFY(fill(backup));
        QVERIFY(fill(original));
        const auto disk = std::make_shared<FailingReads>();
        int unread = 0;
        bool hasFailed = true;
        for (int read = 1; hasFailed; ++read) {
            original.options.restoreFrom = backup.options.dataDir;
            original.options.fileSystem = disk;
            disk->failAt(read);
            const auto error = original.open();
            hasFailed = disk->hasFailed();
            disk->failAt(0);
            QVERIFY(error);
            QVERIFY2(saysToLookAtTheDisk(*error) || error->code == Errc::InUse,
                     qPrintable(u"read %1: %2"_s.arg(read).arg(error->text)));
            unread += error->code == Errc::Io ? 1 : 0;
        }
        QVERIFY2(unread > 5, qPrintable(QString::number(unread)));
        original.options.restoreFrom.clear();
        original.options.fileSystem = {};
        QCOMPARE(original.openError(), QString());
        QCOMPARE(quint64(original.read(1, EntryCount).value().size()), EntryCount);
    }

    void atAStart_data()
    {
        QTest::addColumn<int>("failure");
        QTest::addColumn<QByteArray>("role");
        for (const char *const role : {"master", "secondary", "promoted"})
            QTest::newRow(role) << EIO << QByteArray(role);
        QTest::newRow("too many files") << EMFILE << "master"_ba;
    }

    void atAStart()
    {
        QFETCH(int, failure);
        QFETCH(QByteArray, role);
        const bool isPromoted = role == "promoted";
        StoreFixture original;
        original.options.role = isPromoted ? "secondary" : role;
        QVERIFY(fill(original));
        const auto disk = std::make_shared<FailingReads>();
        int refused = 0;
        bool hasFailed = true;
        for (int read = 1; hasFailed; ++read) {
            StoreFixture f;
            QVERIFY(copyFolder(original.options.dataDir, f.options.dataDir));
            f.options.role = isPromoted ? "master" : role;
            f.options.promote = isPromoted;
            f.options.fileSystem = disk;
            disk->failAt(read, failure);
            const auto error = f.open();
            hasFailed = disk->hasFailed();
            disk->failAt(0);
            if (error) {
                QVERIFY2(saysToLookAtTheDisk(*error),
                         qPrintable(u"read %1: %2"_s.arg(read).arg(error->text)));
                QCOMPARE(f.openError(), QString());
                ++refused;
            }
            QCOMPARE(f.store->state().last.id, EntryCount);
            QCOMPARE(quint64(f.read(1, EntryCount).value().size()), EntryCount);
        }
        QVERIFY2(refused > 5, qPrintable(QString::number(refused)));
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestStoreReads)

#include "tst_storereads.moc"
