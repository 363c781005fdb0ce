// SPDX-License-Identifier: GPL-3.0-or-later
// New nodes restored from backups, and the state after a crash during a restoration.
#include "shared/store/datafolder.h"
#include "shared/store/restore.h"
#include "shared/store/storecheck.h"
#include "tests/unit/store/lossyfilesystem.h"
#include "tests/unit/store/storefixture.h"

#include <rocksdb/file_system.h>

#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <random>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// The machine's disk, on which every operation fails after some number of changes, as after kill -9.
class CrashingDisk final : public rocksdb::FileSystemWrapper
{
public:
    explicit CrashingDisk(std::uint64_t until)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), m_until(until)
    {
    }

    std::uint64_t changes() const { return m_changes; }

    const char *Name() const override { return "CrashingDisk"; }
    using Options = rocksdb::IOOptions;
    using Debug = rocksdb::IODebugContext;

    rocksdb::IOStatus change()
    {
        return ++m_changes > m_until ? rocksdb::IOStatus::IOError("crashed") : rocksdb::IOStatus::OK();
    }

    class File final : public rocksdb::FSWritableFileOwnerWrapper
    {
    public:
        File(std::unique_ptr<rocksdb::FSWritableFile> file, CrashingDisk &disk)
            : FSWritableFileOwnerWrapper(std::move(file)), m_disk(disk)
        {
        }
        rocksdb::IOStatus Append(const rocksdb::Slice &data, const Options &options, Debug *debug) override
        {
            rocksdb::IOStatus status = m_disk.change();
            return status.ok() ? target()->Append(data, options, debug) : status;
        }
        rocksdb::IOStatus PositionedAppend(const rocksdb::Slice &data, std::uint64_t at,
                                           const Options &options, Debug *debug) override
        {
            rocksdb::IOStatus status = m_disk.change();
            return status.ok() ? target()->PositionedAppend(data, at, options, debug) : status;
        }
        rocksdb::IOStatus Append(const rocksdb::Slice &data, const Options &options,
                                 const rocksdb::DataVerificationInfo &, Debug *debug) override
        {
            return Append(data, options, debug);
        }
        rocksdb::IOStatus PositionedAppend(const rocksdb::Slice &data, std::uint64_t at,
                                           const Options &options, const rocksdb::DataVerificationInfo &,
                                           Debug *debug) override
        {
            return PositionedAppend(data, at, options, debug);
        }
        rocksdb::IOStatus Sync(const Options &options, Debug *debug) override
        {
            rocksdb::IOStatus status = m_disk.change();
            return status.ok() ? target()->Sync(options, debug) : status;
        }

    private:
        CrashingDisk &m_disk;
    };

    rocksdb::IOStatus NewWritableFile(const std::string &name, const rocksdb::FileOptions &options,
                                      std::unique_ptr<rocksdb::FSWritableFile> *result, Debug *debug) override
    {
        rocksdb::IOStatus status = change();
        if (status.ok())
            status = target()->NewWritableFile(name, options, result, debug);
        if (status.ok())
            *result = std::make_unique<File>(std::move(*result), *this);
        return status;
    }
    rocksdb::IOStatus DeleteFile(const std::string &name, const Options &options, Debug *debug) override
    {
        rocksdb::IOStatus status = change();
        return status.ok() ? target()->DeleteFile(name, options, debug) : status;
    }
    rocksdb::IOStatus RenameFile(const std::string &from, const std::string &to, const Options &options,
                                 Debug *debug) override
    {
        rocksdb::IOStatus status = change();
        return status.ok() ? target()->RenameFile(from, to, options, debug) : status;
    }
    rocksdb::IOStatus CreateDirIfMissing(const std::string &name, const Options &options,
                                         Debug *debug) override
    {
        rocksdb::IOStatus status = change();
        return status.ok() ? target()->CreateDirIfMissing(name, options, debug) : status;
    }
    rocksdb::IOStatus DeleteDir(const std::string &name, const Options &options, Debug *debug) override
    {
        rocksdb::IOStatus status = change();
        return status.ok() ? target()->DeleteDir(name, options, debug) : status;
    }

private:
    const std::uint64_t m_until;
    std::uint64_t m_changes = 0;
};

// A backup of 40 entries of a master, 30 of them committed, in backups/one.
bool makeBackup(StoreFixture &f)
{
    if (f.open() || !f.putMeta("epoch/1", "1 17") || !f.putMeta("member/s1", "7 s1 http://x:1") ||
        !f.putMeta("led/1", "17") || !f.append(1, 20, "key") || !f.append(21, 20))
        return false;
    f.store->setCommittedId(30);
    return bool(StoreFixture::wait<Backup>(
        [&](auto done) { f.store->backUp(f.path(u"backups"_s), u"one"_s, done); }));
}

} // namespace

class TestStoreRestore : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void aNewNode()
    {
        StoreFixture f;
        QVERIFY(makeBackup(f));
        const Id128 original = f.store->state().nodeId;
        const QByteArray digest = f.digest(40).value();
        StoreFixture restored;
        restored.options.restoreFrom = f.path(u"backups/one"_s);
        QCOMPARE(restored.openError(), QString());
        const StoreState state = restored.store->state();
        QCOMPARE(state.last.id, 40U);
        QCOMPARE(state.committedId, 30U);
        QCOMPARE(state.restoredTo, 40U);
        QVERIFY(state.isFreshlyRestored);
        QVERIFY(!state.nodeId.isNull() && state.nodeId != original);
        QVERIFY(!state.meta.contains("member/s1"));
        QVERIFY(!state.meta.contains("led/1"));
        QCOMPARE(state.meta.value("epoch/1"), "1 17"_ba);
        QCOMPARE(restored.digest(40).value(), digest);
        QCOMPARE(restored.findKey("key").value().last, 20U);

        // The same command line opens the restored node again.
        QVERIFY(restored.append(41, 5));
        QCOMPARE(restored.openError(), QString());
        QCOMPARE(restored.store->state().last.id, 45U);
        QCOMPARE(restored.store->state().nodeId, state.nodeId);
        QCOMPARE(restored.store->state().restoredTo, 40U);
        QVERIFY(!restored.store->state().isFreshlyRestored);
        // Even if the backup is gone.
        restored.options.restoreFrom = f.path(u"backups/gone"_s);
        QCOMPARE(restored.openError(), QString());
        QCOMPARE(restored.store->state().last.id, 45U);
        restored.options.restoreFrom.clear();
        QCOMPARE(restored.openError(), QString());
        // The backup is unchanged.
        StoreFixture again;
        again.options.restoreFrom = f.path(u"backups/one"_s);
        QCOMPARE(again.openError(), QString());
        QVERIFY(again.store->state().nodeId != state.nodeId);
    }

    void ofAnotherRoleAndName()
    {
        StoreFixture f;
        f.options.role = "secondary";
        QVERIFY(makeBackup(f));
        const QString backup = f.path(u"backups/one"_s);
        StoreFixture master;
        master.options.restoreFrom = backup;
        QVERIFY2(master.openError().contains(u"--promote"_s), qPrintable(master.openError()));
        master.options.promote = true;
        QCOMPARE(master.openError(), QString());
        StoreFixture other;
        other.options.role = "secondary";
        other.options.name = "other";
        other.options.restoreFrom = backup;
        QCOMPARE(other.openError(), QString());
        // The folder belongs to that node from then on.
        other.options.role = "master";
        QCOMPARE(other.open().value().code, Errc::InUse);
        // A secondary's name may change, a master's may not.
        other.options.role = "secondary";
        other.options.name = "third";
        for (const QByteArray before : {"other", "third"}) {
            QCOMPARE(other.openError(), QString());
            QCOMPARE(other.store->state().name, before);
        }
        master.options.promote = false;
        master.options.name = "third";
        QCOMPARE(master.open().value().code, Errc::InUse);
    }

    // Nothing in it tells its leader which entries the other nodes hold.
    void anEmptyBackupMakesNoMaster()
    {
        StoreFixture f;
        QVERIFY(!f.open());
        QVERIFY(StoreFixture::wait<Backup>(
            [&](auto done) { f.store->backUp(f.path(u"backups"_s), u"one"_s, done); }));
        StoreFixture restored;
        restored.options.restoreFrom = f.path(u"backups/one"_s);
        QVERIFY2(restored.openError().contains(u"no entries"_s), qPrintable(restored.openError()));
        restored.options.promote = true;
        QVERIFY2(restored.openError().contains(u"no entries"_s), qPrintable(restored.openError()));
        restored.options.promote = false;
        restored.options.role = "secondary";
        QCOMPARE(restored.openError(), QString());
        // It has met no master since: promoting it in a second step is the same.
        const StoreOptions secondary = restored.options;
        restored.options.restoreFrom.clear();
        restored.options.role = "master";
        restored.options.promote = true;
        QVERIFY2(restored.openError().contains(u"without entries"_s), qPrintable(restored.openError()));
        restored.options = secondary;
        QCOMPARE(restored.openError(), QString());
        QVERIFY(restored.append(1, 1));
        restored.options.restoreFrom.clear();
        restored.options.role = "master";
        restored.options.promote = true;
        QCOMPARE(restored.openError(), QString());
    }

    void aSecondaryThatIsPromoted_data()
    {
        QTest::addColumn<QString>("met");
        QTest::addColumn<quint64>("restoredTo");
        QTest::newRow("before it met a master") << u"none"_s << quint64(40);
        QTest::newRow("after a heartbeat") << u"heartbeat"_s << quint64(40);
        QTest::newRow("after an entry") << u"entry"_s << quint64(0);
        QTest::newRow("after entries in the place of others") << u"replaced"_s << quint64(0);
        QTest::newRow("after it began behind a base") << u"base"_s << quint64(0);
    }

    // As long as it holds what the backup held, and nothing more, it leads like a master made of the backup.
    void aSecondaryThatIsPromoted()
    {
        QFETCH(QString, met);
        QFETCH(quint64, restoredTo);
        StoreFixture f;
        QVERIFY(makeBackup(f));
        StoreFixture restored;
        restored.options.role = "secondary";
        restored.options.restoreFrom = f.path(u"backups/one"_s);
        QCOMPARE(restored.openError(), QString());
        QCOMPARE(restored.openError(), QString());
        RocksLogStore &store = *restored.store;
        if (met == u"heartbeat")
            QVERIFY(StoreFixture::wait<void>([&](auto done) { store.setEpoch(7, done); }));
        if (met == u"replaced")
            QVERIFY(restored.truncateFrom(35));
        if (met == u"entry" || met == u"replaced")
            QVERIFY(restored.append(met == u"entry" ? 41 : 35, 1));
        if (met == u"base")
            QVERIFY(StoreFixture::wait<void>([&](auto done) {
                store.beginAt({{50, Epoch{1, 17}}, 1, QByteArray(32, '0')}, done);
            }));
        restored.options.restoreFrom.clear();
        restored.options.role = "master";
        restored.options.promote = true;
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(restored.openError(), QString());
            QCOMPARE(restored.store->state().restoredTo, restoredTo);
            QCOMPARE(restored.store->state().role, "secondary"_ba);
        }
    }

    // A node that was promoted is not diverged any more, nor is one made of its backup.
    void aPromotionEndsADivergence()
    {
        StoreFixture f;
        f.options.role = "secondary";
        QVERIFY(!f.open() && f.putMeta("diverged", "why") && f.append(1, 3));
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().meta.value("diverged"), "why"_ba);
        f.options.role = "master";
        f.options.promote = true;
        QCOMPARE(f.openError(), QString());
        QVERIFY(StoreFixture::wait<void>([&](auto done) { f.store->setEpoch(1000, done); }));
        QCOMPARE(f.openError(), QString());
        QVERIFY(!f.store->state().meta.contains("diverged"));
    }

    // A crash before the master's first epoch is stored: the next start is still the first of a new master.
    void aTakeOverEndsWithTheFirstEpoch()
    {
        StoreFixture f;
        f.options.role = "secondary";
        QVERIFY(makeBackup(f));
        StoreFixture restored;
        restored.options.restoreFrom = f.path(u"backups/one"_s);
        restored.options.promote = true;
        f.options.role = "master";
        f.options.promote = true;
        for (StoreFixture *master : {&f, &restored}) {
            for (int i = 0; i < 3; ++i) {
                QCOMPARE(master->openError(), QString());
                QCOMPARE(master->store->state().role, "secondary"_ba);
                master->options.promote = false;
            }
            QVERIFY(StoreFixture::wait<void>([&](auto done) { master->store->setEpoch(1000, done); }));
            QVERIFY(StoreFixture::wait<void>([&](auto done) { master->store->putMeta("a", "b", done); }));
            QCOMPARE(master->openError(), QString());
            QCOMPARE(master->store->state().role, "master"_ba);
        }
    }

    void refusals()
    {
        StoreFixture f;
        QVERIFY(makeBackup(f));
        const QString backup = f.path(u"backups/one"_s);
        // A folder of another owner.
        StoreFixture other;
        QVERIFY(!other.open() && other.append(1, 3));
        other.options.restoreFrom = backup;
        other.store.reset();
        QVERIFY2(other.openError().contains(u"is not empty"_s), qPrintable(other.openError()));
        other.options.restoreFrom.clear();
        QCOMPARE(other.openError(), QString());
        QCOMPARE(other.store->state().last.id, 3U);
        // A folder with any other file.
        StoreFixture file;
        QVERIFY(QDir().mkpath(file.options.dataDir));
        QFile stray(file.path(u"stray"_s));
        QVERIFY(stray.open(QIODevice::WriteOnly));
        file.options.restoreFrom = backup;
        QCOMPARE(file.open().value().code, Errc::InUse);
        // Folders that are no backups, or a store in use.
        StoreFixture none;
        none.options.restoreFrom = f.path(u"backups/two"_s);
        QCOMPARE(none.open().value().code, Errc::NotFound);
        none.options.restoreFrom = f.path(u"backups"_s);
        QCOMPARE(none.open().value().code, Errc::Corrupt);
        none.options.restoreFrom = f.options.dataDir;
        QCOMPARE(none.open().value().code, Errc::InUse);
        QVERIFY(!QFileInfo::exists(none.options.dataDir));
        // A damaged backup leaves no folder on which a node would start.
        const QFileInfoList tables =
            QDir(backup + u"/log"_s).entryInfoList({u"*.sst"_s}, QDir::Files, QDir::Size);
        QFile table(tables.front().filePath());
        QVERIFY(table.open(QIODevice::ReadWrite) && table.seek(table.size() / 3));
        QVERIFY(table.write("xxxxxxxx") == 8);
        table.close();
        none.options.restoreFrom = backup;
        QCOMPARE(none.open().value().code, Errc::Corrupt);
        none.options.restoreFrom.clear();
        QVERIFY(!QFileInfo::exists(none.options.dataDir) || none.open());
    }

    // Several nodes are restored from a backup, and it is checked, at the same time.
    void othersReadTheBackupMeanwhile()
    {
        StoreFixture f;
        QVERIFY(makeBackup(f));
        const QString backup = f.path(u"backups/one"_s);
        StoreFixture restored;
        restored.options.restoreFrom = backup;
        const auto another = DataFolder::openToRead(backup);
        QVERIFY(another);
        for (int i = 0; i < 2; ++i) // to fill its folder, and when it was filled
            QCOMPARE(restored.openError(), QString());
        QCOMPARE(restored.store->state().last.id, 40U);
        StoreCheck check({[](const QString &) {}});
        QVERIFY(check.run(backup));
        // A node that runs on a folder keeps everybody else off, and readers keep nodes off.
        QCOMPARE(check.run(f.options.dataDir).error().code, Errc::InUse);
        QCOMPARE(DataFolder::open(backup).error().code, Errc::InUse);
    }

    void aStoppedNodesFolder()
    {
        StoreFixture f;
        QVERIFY(makeBackup(f));
        f.store.reset();
        StoreFixture restored;
        restored.options.restoreFrom = f.options.dataDir;
        QCOMPARE(restored.openError(), QString());
        QCOMPARE(restored.store->state().last.id, 40U);
    }

    // Whenever the process ends: an incomplete log is never opened, and the same command finishes the
    // restoration.
    void crashAtEveryChange()
    {
        StoreFixture f;
        QVERIFY(makeBackup(f));
        const QString backup = f.path(u"backups/one"_s);
        std::uint64_t changes = 0;
        for (std::uint64_t at = 0; at == 0 || at < changes; ++at) {
            StoreFixture restored;
            restored.options.restoreFrom = backup;
            const auto disk = std::make_shared<CrashingDisk>(at == 0 ? UINT64_MAX : at);
            restored.options.fileSystem = disk;
            const auto result = restoreStore(restored.options);
            restored.options.fileSystem = {};
            if (at == 0) {
                QVERIFY2(result, qPrintable(result ? u""_s : result.error().text));
                changes = disk->changes();
                QVERIFY(changes > 20);
            }
            const bool isThere = !QDir(restored.options.dataDir).isEmpty();
            restored.options.restoreFrom.clear();
            if (isThere && !restored.open())
                QCOMPARE(restored.store->state().last.id, 40U);
            restored.store.reset();
            restored.options.restoreFrom = backup;
            const QString error = restored.openError();
            QVERIFY2(error.isEmpty(), qPrintable(u"crash at %1: %2"_s.arg(at).arg(error)));
            QCOMPARE(restored.store->state().last.id, 40U);
            QCOMPARE(restored.store->state().restoredTo, 40U);
            QVERIFY(restored.store->state().nodeId != f.store->state().nodeId);
            QCOMPARE(QDir(restored.options.dataDir)
                         .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                     QStringList({u"log"_s, u"owner"_s, u"position"_s}));
        }
    }

    // A power loss undoes everything that no sync covered, names as well as content, or a part of it. The new
    // store's notes in its position file are lost, too.
    void powerLossAtEveryOperation_data()
    {
        QTest::addColumn<Loss>("loss");
        QTest::newRow("all of it") << Loss::Unsynced;
        QTest::newRow("some of it") << Loss::Some;
        QTest::newRow("nothing") << Loss::Nothing;
    }
    void powerLossAtEveryOperation()
    {
        QFETCH(Loss, loss);
        const quint32 seed = std::random_device()();
        std::mt19937 random(seed);
        std::uint64_t operations = 0;
        // Each place needs a new store, so all of them take minutes: only the run with the label `load` tries
        // all.
        const std::uint64_t step = qEnvironmentVariableIsSet("REPLOG_TEST_EVERY_OPERATION") ? 1 : 6;
        for (std::uint64_t at = 0; at == 0 || at <= operations; at += at == 0 ? 1 + random() % step : step) {
            const auto disk = std::make_shared<LossyFileSystem>();
            StoreFixture f;
            f.options.fileSystem = disk;
            QVERIFY(makeBackup(f));
            const Id128 original = f.store->state().nodeId;
            f.store.reset();
            const QString backup = f.path(u"backups/one"_s);
            QVERIFY(QDir().mkpath(backup)); // the lock file is on the machine's disk
            StoreFixture restored;
            restored.options.fileSystem = disk;
            restored.options.restoreFrom = backup;
            const std::string data = restored.options.dataDir.toStdString();
            disk->setShared({data + "/position", data + '/' + RestoringFolder + "/position"});
            const std::uint64_t before = disk->operations();
            if (at > 0)
                disk->losePowerAfter(at);
            const auto result = restoreStore(restored.options);
            if (at == 0) {
                QVERIFY2(result, qPrintable(result ? u""_s : result.error().text));
                operations = disk->operations() - before;
                QVERIFY(operations > 20);
                disk->losePowerAfter(1);
            }
            disk->restart(loss, &random);
            const QString where = u"power loss at %1, seed %2: "_s.arg(at).arg(seed);
            // A restoration reported as done is there; another one is repeated.
            if (result)
                restored.options.restoreFrom.clear();
            const QString error = restored.openError();
            QVERIFY2(error.isEmpty(), qPrintable(where + error));
            const StoreState state = restored.store->state();
            QCOMPARE(state.last.id, 40U);
            QCOMPARE(state.committedId, 30U);
            QCOMPARE(state.restoredTo, 40U);
            QVERIFY(!state.nodeId.isNull() && state.nodeId != original);
            QVERIFY(!state.meta.contains("member/s1"));
            QCOMPARE(restored.read(1, 40).value().size(), 40U);
            QStringList findings;
            StoreCheck check({[&findings](const QString &finding) { findings.append(finding); }}, disk);
            QVERIFY(check.run(backup));
            QVERIFY2(findings.isEmpty(), qPrintable(where + findings.join(u'\n')));
        }
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestStoreRestore)
#include "tst_storerestore.moc"
