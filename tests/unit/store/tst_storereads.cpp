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

// Fails the first read of an operation, then the second, and so on, until one ends before it is met.
class EachRead
{
public:
    explicit EachRead(int failure = EIO) : m_failure(failure) {}
    bool next()
    {
        ++m_read;
        return m_hasFailed;
    }
    template <typename Operation>
    auto during(Operation operation)
    {
        disk->failAt(m_read, m_failure);
        auto result = operation();
        m_hasFailed = disk->hasFailed();
        disk->failAt(0);
        return result;
    }
    QByteArray told(const QString &text) const { return u"read %1: %2"_s.arg(m_read).arg(text).toUtf8(); }

    const std::shared_ptr<FailingReads> disk = std::make_shared<FailingReads>();

private:
    const int m_failure;
    int m_read = 0;
    bool m_hasFailed = true;
};

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
        EachRead reads;
        int unread = 0;
        while (reads.next()) {
            StoreFixture f;
            QVERIFY(copyFolder(original.options.dataDir, f.options.dataDir));
            f.options.role = "secondary";
            f.options.name = isOwn ? "n16" : "s9";
            f.options.reset = true;
            f.options.fileSystem = reads.disk;
            const auto error = reads.during([&] { return f.open(); });
            if (error && error->code == Errc::Io) {
                QVERIFY2(saysToLookAtTheDisk(*error), reads.told(error->text).constData());
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
        EachRead reads;
        int unread = 0;
        while (reads.next()) {
            QStringList findings;
            StoreCheck check({[&findings](const QString &finding) { findings.append(finding); }}, reads.disk);
            const auto report = reads.during([&] { return check.run(f.options.dataDir); });
            for (const QString &finding : findings)
                QVERIFY2(finding.contains(u"cannot be read"_s), reads.told(finding).constData());
            if (report) {
                QCOMPARE(report->findings, 0);
                QCOMPARE(report->state.last.id, EntryCount);
                continue;
            }
            QVERIFY2(saysToLookAtTheDisk(report.error()), reads.told(report.error().text).constData());
            ++unread;
        }
        QVERIFY2(unread > 5, qPrintable(QString::number(unread)));
    }

    void atARestoration()
    {
        StoreFixture original;
        QVERIFY(fill(original));
        EachRead reads;
        int unread = 0;
        while (reads.next()) {
            StoreFixture f;
            f.options.restoreFrom = original.options.dataDir;
            f.options.fileSystem = reads.disk;
            const auto error = reads.during([&] { return f.open(); });
            if (error) {
                QVERIFY2(saysToLookAtTheDisk(*error), reads.told(error->text).constData());
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
        EachRead reads;
        int unread = 0;
        while (reads.next()) {
            StoreFixture f;
            QVERIFY(copyFolder(original.options.dataDir, f.options.dataDir));
            f.options.fileSystem = reads.disk;
            QCOMPARE(f.openError(), QString());
            const auto made = reads.during([&] {
                return StoreFixture::wait<Backup>(
                    [&f](auto done) { f.store->backUp(f.path(u"../backups"_s), u"b"_s, done); });
            });
            if (!made) {
                QVERIFY2(made.error().code == Errc::Io && !made.error().text.contains(u"damaged"_s),
                         reads.told(made.error().text).constData());
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
        EachRead reads;
        int unread = 0;
        while (reads.next()) {
            original.options.restoreFrom = backup.options.dataDir;
            original.options.fileSystem = reads.disk;
            const auto error = reads.during([&] { return original.open(); });
            QVERIFY(error);
            QVERIFY2(saysToLookAtTheDisk(*error) || error->code == Errc::InUse,
                     reads.told(error->text).constData());
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
        EachRead reads(failure);
        int refused = 0;
        while (reads.next()) {
            StoreFixture f;
            QVERIFY(copyFolder(original.options.dataDir, f.options.dataDir));
            f.options.role = isPromoted ? "master" : role;
            f.options.promote = isPromoted;
            f.options.fileSystem = reads.disk;
            const auto error = reads.during([&] { return f.open(); });
            if (error) {
                QVERIFY2(saysToLookAtTheDisk(*error), reads.told(error->text).constData());
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
