// SPDX-License-Identifier: GPL-3.0-or-later
// Backups of an open store: their content, and the state after a crash during a backup.
#include "shared/store/storecheck.h"
#include "tests/unit/store/heldtables.h"
#include "tests/unit/store/lossyfilesystem.h"
#include "tests/unit/store/storefixture.h"

#include <QDir>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QSignalSpy>

#include <atomic>
#include <random>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

struct Checked
{
    QStringList findings;
    StoreCheck::Report report;
};

Checked check(const QString &folder, const std::shared_ptr<rocksdb::FileSystem> &files = {})
{
    Checked checked;
    StoreCheck check({[&checked](const QString &finding) { checked.findings.append(finding); }}, files);
    const auto report = check.run(folder);
    if (report)
        checked.report = *report;
    else
        checked.findings.append(report.error().text);
    return checked;
}

// A disk that has no room for tables while it is full.
class FullForTables final : public rocksdb::FileSystemWrapper
{
public:
    FullForTables() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
    const char *Name() const override { return "FullForTables"; }
    rocksdb::IOStatus NewWritableFile(const std::string &name, const rocksdb::FileOptions &options,
                                      std::unique_ptr<rocksdb::FSWritableFile> *result,
                                      rocksdb::IODebugContext *debug) override
    {
        if (isFull && name.ends_with(".sst"))
            return rocksdb::IOStatus::NoSpace("no room");
        return target()->NewWritableFile(name, options, result, debug);
    }

    std::atomic_bool isFull = false;
};

Result<Backup> backUp(StoreFixture &f, const QString &name)
{
    return StoreFixture::wait<Backup>([&](auto done) { f.store->backUp(f.path(u"backups"_s), name, done); });
}

// What is in the folder of the backups.
std::vector<std::string> names(const StoreFixture &f, rocksdb::FileSystem &disk)
{
    std::vector<std::string> found;
    disk.GetChildren(f.path(u"backups"_s).toStdString(), {}, &found, nullptr).PermitUncheckedError();
    return found;
}

// 40 entries in 4 groups, one with a key; 30 are committed.
bool fill(StoreFixture &f)
{
    if (f.open() || !f.putMeta("epoch/1", "1 17"))
        return false;
    if (!f.append(1, 10) || !f.append(11, 10, "key") || !f.append(21, 20))
        return false;
    f.store->setCommittedId(30);
    return true;
}

} // namespace

class TestStoreBackup : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void holdsTheLog()
    {
        StoreFixture f;
        QVERIFY(fill(f));
        const auto made = backUp(f, u"one"_s);
        QVERIFY2(made, qPrintable(made ? u""_s : made.error().text));
        QCOMPARE(made->path, f.path(u"backups/one"_s));
        QCOMPARE(made->firstId, 1U);
        QCOMPARE(made->lastId, 40U);
        QCOMPARE(made->epoch, 1U);
        QCOMPARE(made->digest, f.digest(40).value());
        // The log grows, and trims entries that the backup has.
        QVERIFY(f.append(41, 10));
        f.store->setCommittedId(50);
        QVERIFY(StoreFixture::wait<void>([&](auto done) { f.store->trimTo(45, done); }));

        const Checked checked = check(made->path);
        QCOMPARE(checked.findings, QStringList());
        QCOMPARE(checked.report.state.nodeId, f.store->state().nodeId);
        QCOMPARE(checked.report.state.last.id, 40U);
        QCOMPARE(checked.report.state.committedId, 30U);
        QCOMPARE(checked.report.digest.toHex(), made->digest);
        const auto taken = backUp(f, u"one"_s);
        QVERIFY(!taken);
        QCOMPARE(taken.error().code, Errc::Conflict);
        QCOMPARE(taken.error().field, u"name"_s);
        QCOMPARE(backUp(f, u"two"_s).value().firstId, 45U);
        QCOMPARE(check(f.path(u"backups/two"_s)).findings, QStringList());
        QCOMPARE(QDir(f.path(u"backups"_s)).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                 QStringList({u"one"_s, u"two"_s}));
        QCOMPARE(QFileInfo(made->path).permissions() & 0x0077, QFileDevice::Permissions());
    }

    void anEmptyLog()
    {
        StoreFixture f;
        QVERIFY(!f.open());
        QCOMPARE(backUp(f, u"empty"_s).value().lastId, 0U);
        QCOMPARE(check(f.path(u"backups/empty"_s)).findings, QStringList());
    }

    void oneAtATime()
    {
        StoreFixture f;
        QVERIFY(fill(f));
        std::optional<Result<Backup>> first;
        f.store->backUp(f.path(u"backups"_s), u"one"_s, [&](auto made) { first = made; });
        const auto second = backUp(f, u"two"_s);
        QCOMPARE(second.error().code, Errc::Exhausted);
        QVERIFY(waitFor([&] { return first.has_value(); }));
        QVERIFY(*first);
        QVERIFY(backUp(f, u"two"_s));
    }

    void wherePathsLeadNowhere()
    {
        StoreFixture f;
        QVERIFY(fill(f));
        const auto made = StoreFixture::wait<Backup>(
            [&](auto done) { f.store->backUp(f.path(u"log/CURRENT/x"_s), u"one"_s, done); });
        QVERIFY(!made);
        QCOMPARE(made.error().code, Errc::Io);
        QVERIFY(!made.error().text.contains(u'\n'));
        QVERIFY(f.append(41, 1));
        QVERIFY(!f.failure);
    }

    // Retention trims a part of a key's run, and an append continues the run: its entries get a record of
    // their own.
    void aRunThatWasCutAndWentOn()
    {
        StoreFixture f;
        QVERIFY(fill(f));
        QVERIFY(f.append(41, 10, "cut"));
        f.store->setCommittedId(50);
        QVERIFY(StoreFixture::wait<void>([&](auto done) { f.store->trimTo(45, done); }));
        QVERIFY(f.append(51, 2, "cut"));
        QVERIFY(backUp(f, u"cut"_s));
        const Checked checked = check(f.path(u"backups/cut"_s));
        QCOMPARE(checked.findings, QStringList());
        QCOMPARE(checked.report.state.firstId, 45U);
    }

    // Each backup is the log of one moment, whatever is appended, truncated and trimmed meanwhile.
    void whileTheLogChanges()
    {
        const quint32 seed = std::random_device()();
        std::mt19937 random(seed);
        StoreFixture f;
        QVERIFY(fill(f));
        quint64 last = 40;
        quint64 told = 40;
        quint64 committed = 30;
        for (int i = 0; i < 12; ++i) {
            std::optional<Result<Backup>> made;
            const quint64 durable = f.durableId;
            f.store->backUp(f.path(u"backups"_s), QString::number(i), [&](auto result) { made = result; });
            while (!made) {
                Entries entries;
                const quint64 count = 1 + random() % 20;
                for (quint64 id = last + 1; id <= last + count; ++id)
                    entries.push_back(StoreFixture::entry(id, QByteArray(qsizetype(random() % 3000), 'm'), 1,
                                                          "key " + QByteArray::number(id / 7)));
                last += count;
                f.store->append(std::move(entries));
                committed = std::max(committed, told);
                f.store->setCommittedId(committed);
                if (random() % 4 == 0)
                    f.store->trimTo(committed - random() % 30, {});
                QVERIFY(f.waitDurable(last));
                told = f.durableId;
            }
            QVERIFY2(*made, qPrintable(*made ? u""_s : made->error().text));
            const Backup &backup = **made;
            QVERIFY2(backup.lastId >= durable, qPrintable(u"seed %1"_s.arg(seed)));
            const Checked checked = check(backup.path);
            QVERIFY2(checked.findings.isEmpty(),
                     qPrintable(u"seed %1: %2"_s.arg(seed).arg(checked.findings.join(u'\n'))));
            QCOMPARE(checked.report.digest.toHex(), backup.digest);
            if (const auto now = f.digest(backup.lastId)) // otherwise that entry was trimmed meanwhile
                QCOMPARE(*now, backup.digest);
        }
    }

    // RocksDB's list of its files names each write-ahead log that ended before the list was copied.
    void aWriteAheadLogEndsMeanwhile()
    {
        StoreFixture f;
        const auto disk = std::make_shared<HeldTables>();
        f.options.fileSystem = disk;
        QVERIFY(fill(f));
        disk->hold();
        const auto released = qScopeGuard([&disk] { disk->release(); });
        std::optional<Result<Backup>> made;
        f.store->backUp(f.path(u"backups"_s), u"one"_s, [&](auto result) { made = result; });
        disk->awaitTable();
        quint64 next = 41;
        QVERIFY(fillWriteAheadLog(f, next));
        disk->release();
        QVERIFY(waitFor([&] { return made.has_value(); }));
        QVERIFY2(*made, qPrintable(*made ? u""_s : made->error().text));
        QVERIFY((*made)->lastId >= 40);
        const Checked checked = check((*made)->path);
        QCOMPARE(checked.findings, QStringList());
        QCOMPARE(checked.report.digest.toHex(), f.digest((*made)->lastId).value());

        StoreFixture restored;
        restored.options.restoreFrom = (*made)->path;
        QCOMPARE(restored.openError(), QString());
        QCOMPARE(restored.store->state().last.id, (*made)->lastId);
        f.store.reset();
    }

    void powerLossAtEveryOperation_data()
    {
        QTest::addColumn<bool>("links");
        QTest::addColumn<Loss>("loss");
        QTest::newRow("linked") << true << Loss::Unsynced;
        QTest::newRow("copied") << false << Loss::Unsynced;
        QTest::newRow("linked, process killed") << true << Loss::Nothing;
    }

    // A folder with the backup's name is complete, whenever the power fails or the process ends, and the
    // store has lost nothing.
    void powerLossAtEveryOperation()
    {
        QFETCH(bool, links);
        QFETCH(Loss, loss);
        std::mt19937 random(42);
        std::uint64_t operations = 0;
        for (std::uint64_t at = 0; at == 0 || at <= operations; ++at) {
            const auto disk = std::make_shared<LossyFileSystem>();
            disk->setLinks(links);
            StoreFixture f;
            f.options.fileSystem = disk;
            QVERIFY(fill(f));
            const std::uint64_t before = disk->operations();
            if (at > 0)
                disk->losePowerAfter(at);
            const auto made = backUp(f, u"one"_s);
            if (at == 0) {
                QVERIFY2(made, qPrintable(made ? u""_s : made.error().text));
                operations = disk->operations() - before;
                QVERIFY(operations > 10);
                disk->losePowerAfter(1);
            }
            f.store.reset();
            disk->restart(loss, &random);
            const QString path = f.path(u"backups/one"_s);
            const bool isThere = disk->FileExists(path.toStdString(), {}, nullptr).ok();
            QVERIFY2(isThere || !made, "a backup that was told of is gone");
            if (isThere) {
                const Checked checked = check(path, disk);
                QVERIFY2(checked.findings.isEmpty(),
                         qPrintable(u"power loss at %1: %2"_s.arg(at).arg(checked.findings.join(u'\n'))));
                QCOMPARE(checked.report.state.last.id, 40U);
            }
            QCOMPARE(f.openError(), QString());
            QCOMPARE(f.store->state().last.id, 40U);
            const QString name = isThere ? u"two"_s : u"one"_s;
            const auto again = backUp(f, name);
            QVERIFY2(again, qPrintable(again ? u""_s : again.error().text));
            QCOMPARE(check(again->path, disk).findings, QStringList());
            QCOMPARE(names(f, *disk).size(), isThere ? 2U : 1U); // no incomplete folder is left
        }
    }

    // A full disk of the backups fails the backup, but not the store.
    void noRoom()
    {
        for (std::uint64_t room = 0; room < 30000; room += 2500) {
            const auto disk = std::make_shared<LossyFileSystem>();
            StoreFixture f;
            f.options.fileSystem = disk;
            QVERIFY(fill(f));
            QVERIFY(backUp(f, u"first"_s)); // flushes the memtable
            bool stalled = false;
            connect(f.store.get(), &LogStore::stalled, f.store.get(), [&] { stalled = true; });
            disk->setRoom(room);
            const auto made = backUp(f, u"one"_s);
            if (!made)
                QVERIFY(!made.error().text.contains(u'\n'));
            if (!made)
                QVERIFY2(made.error().code == Errc::NoSpace, qPrintable(made.error().text));
            QCOMPARE(names(f, *disk).size(), made ? 2U : 1U); // nothing of it is left
            QVERIFY(!stalled);
            disk->setRoom(UINT64_MAX);
            QVERIFY(f.append(41, 1));
            QVERIFY(!f.failure);
            QVERIFY(backUp(f, u"two"_s));
        }
    }

    // What is in memory only does not fit on the node's own disk: the backup fails, and the store does not
    // begin to wait for room because of it.
    void noRoomForWhatIsInMemory()
    {
        const auto disk = std::make_shared<LossyFileSystem>();
        StoreFixture f;
        f.options.fileSystem = disk;
        QVERIFY(fill(f));
        bool stalled = false;
        connect(f.store.get(), &LogStore::stalled, f.store.get(), [&] { stalled = true; });
        disk->setRoom(1000);
        const auto made = backUp(f, u"one"_s);
        QVERIFY(!made);
        QCOMPARE(made.error().code, Errc::NoSpace);
        QVERIFY2(made.error().text.contains(u"1000 bytes left"_s), qPrintable(made.error().text));
        QVERIFY(!stalled && !f.failure);
        QVERIFY(names(f, *disk).empty());
        disk->setRoom(UINT64_MAX);
        QVERIFY(backUp(f, u"one"_s));
    }

    // The disk gets full during the backup.
    void theDiskGetsFullMeanwhile()
    {
        StoreFixture f;
        const auto disk = std::make_shared<FullForTables>();
        f.options.fileSystem = disk;
        QVERIFY(fill(f));
        QSignalSpy stalled(f.store.get(), &LogStore::stalled);
        QSignalSpy resumed(f.store.get(), &LogStore::resumed);
        disk->isFull = true;
        const auto made = backUp(f, u"one"_s);
        QCOMPARE(made.error().code, Errc::NoSpace);
        QCOMPARE(stalled.size(), 1);
        QCOMPARE(backUp(f, u"two"_s).error().code, Errc::NoSpace); // at once
        disk->isFull = false;
        QVERIFY(waitFor([&] { return resumed.size() == 1; }));
        // The one that was given up leaves nothing.
        QVERIFY(waitFor([&] { return bool(backUp(f, u"three"_s)); }));
        QCOMPARE(names(f, *disk).size(), 1U);
        QVERIFY(f.append(41, 1));
        QVERIFY(!f.failure);
        f.store.reset();
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestStoreBackup)
#include "tst_storebackup.moc"
