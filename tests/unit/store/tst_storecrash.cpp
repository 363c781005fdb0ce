// SPDX-License-Identifier: GPL-3.0-or-later
// The store after a power loss, on a full disk, and on a failing disk.
#include "shared/store/positionfile.h"
#include "tests/unit/store/lossyfilesystem.h"
#include "tests/unit/store/storefixture.h"

#include <QFile>
#include <QRegularExpression>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <random>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// A store on a lossy disk. The position file is on the real disk; after a power loss it may be of any age.
class LossyFixture : public StoreFixture
{
public:
    std::shared_ptr<LossyFileSystem> disk = std::make_shared<LossyFileSystem>();

    LossyFixture() { options.fileSystem = disk; }

    void savePosition()
    {
        QFile file(path(u"position"_s));
        if (file.open(QIODevice::ReadOnly))
            m_savedPosition = file.readAll();
    }

    void restorePosition()
    {
        QFile file(path(u"position"_s));
        if (file.open(QIODevice::WriteOnly))
            file.write(m_savedPosition);
    }

private:
    QByteArray m_savedPosition;
};

// The machine's disk, on which writes in place can fail: those of the position file.
class FailingNotes final : public rocksdb::FileSystemWrapper
{
public:
    FailingNotes() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

    // From now on they fail so; 0: they succeed.
    void fail(int failure) { m_failure = failure; }

    const char *Name() const override { return "FailingNotes"; }
    rocksdb::IOStatus NewRandomRWFile(const std::string &name, const rocksdb::FileOptions &options,
                                      std::unique_ptr<rocksdb::FSRandomRWFile> *result,
                                      rocksdb::IODebugContext *debug) override
    {
        rocksdb::IOStatus status = target()->NewRandomRWFile(name, options, result, debug);
        if (status.ok())
            *result = std::make_unique<File>(std::move(*result), *this);
        return status;
    }

private:
    class File final : public rocksdb::FSRandomRWFileOwnerWrapper
    {
    public:
        File(std::unique_ptr<rocksdb::FSRandomRWFile> file, const FailingNotes &disk)
            : FSRandomRWFileOwnerWrapper(std::move(file)), m_disk(disk)
        {
        }
        rocksdb::IOStatus Write(std::uint64_t at, const rocksdb::Slice &data,
                                const rocksdb::IOOptions &options, rocksdb::IODebugContext *debug) override
        {
            const int failure = m_disk.m_failure;
            if (failure == 0)
                return target()->Write(at, data, options, debug);
            return failure == ENOSPC
                       ? rocksdb::IOStatus::NoSpace("While writing the notes", std::strerror(failure))
                       : rocksdb::IOStatus::IOError("While writing the notes", std::strerror(failure));
        }

    private:
        const FailingNotes &m_disk;
    };

    std::atomic_int m_failure = 0;
};

// What a start after the end of the process would find noted.
quint64 committedInFile(const StoreFixture &f)
{
    QFile file(f.path(u"position"_s));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const auto position = PositionFile::of(file.fileName(), file.readAll());
    return position ? (*position)->committed() : 0;
}

Entries someEntries(quint64 from, quint64 count, std::size_t size = 20)
{
    Entries entries;
    for (quint64 id = from; id < from + count; ++id)
        entries.push_back(StoreFixture::entry(id, QByteArray(qsizetype(size), char('a' + id % 26))));
    return entries;
}

} // namespace

class TestStoreCrash : public QObject
{
    Q_OBJECT

private:
    // Appends in groups until the disk loses power or `groups` groups are durable. Returns the last durable
    // id.
    static quint64 appendUntilPowerLoss(LossyFixture &f, int groups, quint64 groupSize)
    {
        quint64 last = f.store->state().last.id;
        quint64 told = last;
        for (int i = 0; i < groups; ++i) {
            f.store->append(someEntries(last + 1, groupSize, i % 7 == 0 ? 20000 : 20));
            last += groupSize;
            f.store->setCommittedId(told);
            if (!f.waitDurable(last))
                break;
            told = f.durableId;
        }
        return std::max(told, f.durableId);
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void powerLossAtEveryOperation_data()
    {
        QTest::addColumn<bool>("tear");
        QTest::addColumn<bool>("oldPosition");
        QTest::newRow("all unsynced lost") << false << false;
        QTest::newRow("all unsynced lost, old position") << false << true;
        QTest::newRow("torn") << true << false;
        QTest::newRow("torn, old position") << true << true;
    }

    void powerLossAtEveryOperation()
    {
        QFETCH(bool, tear);
        QFETCH(bool, oldPosition);
        std::mt19937 random(42);
        // The number of operations of a run without failures, beginning with the creation.
        std::uint64_t operations = 0;
        {
            LossyFixture f;
            QCOMPARE(f.openError(), QString());
            QCOMPARE(appendUntilPowerLoss(f, 30, 2), 60U);
            operations = f.disk->operations();
        }
        for (std::uint64_t at = 1; at <= operations; ++at) {
            LossyFixture f;
            f.disk->losePowerAfter(at);
            quint64 told = 0;
            if (!f.open()) {
                f.savePosition();
                told = appendUntilPowerLoss(f, 30, 2);
            } else {
                f.savePosition();
            }
            f.store.reset();
            f.disk->restart(tear ? Loss::Some : Loss::Unsynced, &random);
            if (oldPosition)
                f.restorePosition();

            const auto error = f.open();
            QVERIFY2(!error, qPrintable(u"power loss at operation %1: %2"_s.arg(at).arg(error ? error->text
                                                                                              : u""_s)));
            const quint64 last = f.store->state().last.id;
            QVERIFY2(last >= told, qPrintable(u"power loss at %1: %2 lost"_s.arg(at).arg(told)));
            QVERIFY2(last % 2 == 0, "half of an append");
            QVERIFY(f.store->state().committedId <= last);
            const auto entries = f.read(1, last);
            QVERIFY(entries);
            QCOMPARE(entries->size(), last);
            // The store continues from there.
            f.store->append(someEntries(last + 1, 1));
            QVERIFY(f.waitDurable(last + 1));
        }
    }

    // Shows that the test above detects a missing sync.
    void aMissingSyncIsNoticed()
    {
        LossyFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 10));
        f.savePosition();
        f.disk->setSyncsLie(true);
        QVERIFY(f.append(11, 10));
        f.disk->losePowerAfter(1);
        f.store.reset();
        f.disk->restart();
        // With a recent position file the missing entries are detected…
        const auto error = f.open();
        QVERIFY(error);
        QCOMPARE(error->code, Errc::Corrupt);
        // …with an old one they are not.
        f.restorePosition();
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, 10U);
    }

    void committedIdSurvivesThroughTheLogToo()
    {
        LossyFixture f;
        QCOMPARE(f.openError(), QString());
        f.savePosition();
        QVERIFY(f.append(1, 10));
        f.store->setCommittedId(7);
        QVERIFY(f.append(11, 1));
        f.store->setCommittedId(9); // not written with any group
        f.disk->losePowerAfter(1);
        f.store.reset();
        f.disk->restart();
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().committedId, 9U); // from the position file, as after kill -9

        f.disk->losePowerAfter(1);
        f.store.reset();
        f.disk->restart();
        f.restorePosition();
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().committedId, 7U); // from the log
    }

    void failedSyncFailsTheStoreOnce()
    {
        LossyFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 10));
        int failures = 0;
        connect(f.store.get(), &LogStore::failed, f.store.get(), [&failures] { ++failures; });
        f.disk->setSyncsFail(true);
        f.store->append(someEntries(11, 50, 10000));
        QVERIFY(!f.waitDurable(60));
        QVERIFY(f.failure);
        QCOMPARE(f.failure->code, Errc::Io);
        QVERIFY(!f.failure->text.contains(u'\n'));
        QVERIFY2(f.failure->text.contains(u"restart"_s), qPrintable(f.failure->text));

        // The disk is good again: the store must not resume by itself.
        f.disk->setSyncsFail(false);
        f.store->append(someEntries(61, 1));
        const auto put = f.putMeta("key", "value");
        QVERIFY(!put);
        QCOMPARE(put.error().code, Errc::Io);
        QCOMPARE(f.durableId, 10U);
        QCOMPARE(failures, 1);
        QVERIFY(f.read(1, 10));
        QVERIFY(!f.store->close());

        QCOMPARE(f.openError(), QString());
        QVERIFY(f.store->state().last.id >= 10);
        QVERIFY(f.store->state().last.id <= 60);
    }

    void fullDiskIsWaitedOut_data()
    {
        QTest::addColumn<bool>("closing");
        QTest::newRow("room comes back") << false;
        QTest::newRow("closed while it is full") << true;
    }

    // Writes wait, reads go on, and when there is room again no write is lost or incomplete.
    void fullDiskIsWaitedOut()
    {
        QFETCH(bool, closing);
        LossyFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 10));
        std::optional<Error> stall;
        bool resumed = false;
        connect(f.store.get(), &LogStore::stalled, f.store.get(), [&](const Error &why) { stall = why; });
        connect(f.store.get(), &LogStore::resumed, f.store.get(), [&] { resumed = true; });
        f.disk->setRoom(1000);
        f.store->append(someEntries(11, 50, 10000));
        bool put = false;
        f.store->putMeta("key", "value", [&put](const Result<void> &result) { put = bool(result); });
        QVERIFY(waitFor([&] { return stall || f.failure; }));
        QVERIFY(!f.failure);
        QVERIFY2(stall->text.contains(u"by itself"_s), qPrintable(stall->text));
        QVERIFY(!stall->text.contains(u'\n'));
        QVERIFY(f.read(1, 10));
        QVERIFY(!resumed);
        QCOMPARE(f.durableId, 10U);

        if (closing) {
            QVERIFY(!f.store->close());
            QVERIFY(!put);
            f.disk->setRoom(UINT64_MAX);
            QCOMPARE(f.openError(), QString());
            QVERIFY(f.read(1, 10));
            return;
        }
        f.disk->setRoom(UINT64_MAX);
        QVERIFY(f.waitDurable(60));
        QVERIFY(waitFor([&] { return resumed && put; }));
        QVERIFY(f.append(61, 1));
        f.disk->losePowerAfter(1);
        f.store.reset();
        f.disk->restart();
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, 61U);
        QCOMPARE(f.store->state().meta.value("key"), "value"_ba);
        QVERIFY(f.read(1, 61).value().size() == 61);
    }

    // It is noted when the call returns: no thread and no event need come after it.
    void committedIdIsNotedAtOnce()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 10));
        f.store->setCommittedId(7);
        QCOMPARE(committedInFile(f), 7U);
        f.store->setCommittedId(9);
        QCOMPARE(committedInFile(f), 9U);
    }

    void notesWaitForRoom_data()
    {
        QTest::addColumn<int>("failure");
        QTest::newRow("full") << ENOSPC;
        QTest::newRow("quota used up") << EDQUOT;
    }

    // A file system that copies on write has no room for a note while it is full, though the file is there.
    void notesWaitForRoom()
    {
        QFETCH(int, failure);
        StoreFixture f;
        const auto disk = std::make_shared<FailingNotes>();
        f.options.fileSystem = disk;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 10));
        std::optional<Error> stall;
        int stalls = 0;
        int resumptions = 0;
        connect(f.store.get(), &LogStore::stalled, f.store.get(), [&](const Error &why) {
            stall = why;
            ++stalls;
        });
        connect(f.store.get(), &LogStore::resumed, f.store.get(), [&] { ++resumptions; });

        disk->fail(failure);
        f.store->setCommittedId(5);
        f.store->setCommittedId(7);
        QVERIFY(waitFor([&] { return stall || f.failure; }));
        QVERIFY(!f.failure);
        QVERIFY2(stall->text.contains(u"by itself"_s), qPrintable(stall->text));
        QVERIFY2(stall->text.contains(QString::fromLocal8Bit(std::strerror(failure))),
                 qPrintable(stall->text));
        QVERIFY(f.read(1, 10));
        QCOMPARE(committedInFile(f), 0U);
        disk->fail(0);
        QVERIFY(waitFor([&] { return resumptions == 1; }));
        QCOMPARE(committedInFile(f), 7U);

        // The same for what is noted of the entries.
        disk->fail(failure);
        f.store->append(someEntries(11, 1));
        QVERIFY(waitFor([&] { return stalls == 2 || f.failure; }));
        QVERIFY(!f.failure);
        disk->fail(0);
        QVERIFY(f.waitDurable(11));
        QVERIFY(waitFor([&] { return resumptions == 2; }));

        disk->fail(failure);
        f.store->setCommittedId(9);
        QVERIFY(waitFor([&] { return stalls == 3; }));
        const auto closed = f.store->close();
        QVERIFY(!closed);
        QVERIFY2(closed.error().text.contains(QString::fromLocal8Bit(std::strerror(failure))),
                 qPrintable(closed.error().text));
        QVERIFY(!f.openError().isEmpty());
        disk->fail(0);
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, 11U);
        QVERIFY(f.store->state().committedId >= 7);
        QCOMPARE(committedInFile(f), f.store->state().committedId);
    }

    void failedNoteFailsTheStore()
    {
        StoreFixture f;
        const auto disk = std::make_shared<FailingNotes>();
        f.options.fileSystem = disk;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 10));
        disk->fail(EIO);
        f.store->setCommittedId(5);
        QVERIFY(waitFor([&] { return f.failure.has_value(); }));
        QCOMPARE(f.failure->code, Errc::Io);
        QVERIFY2(f.failure->text.contains(u"the notes"_s), qPrintable(f.failure->text));
        QVERIFY2(f.failure->text.contains(u"restart"_s), qPrintable(f.failure->text));
        QVERIFY(f.read(1, 10));
        QVERIFY(!f.store->close());
    }

    // Other parts of the process hold all descriptors for a while.
    void descriptorsAreWaitedFor()
    {
        LossyFixture f;
        QCOMPARE(f.openError(), QString());
        bool stalled = false;
        bool resumed = false;
        connect(f.store.get(), &LogStore::stalled, f.store.get(), [&] { stalled = true; });
        connect(f.store.get(), &LogStore::resumed, f.store.get(), [&] { resumed = true; });
        f.disk->setNoDescriptors(true);
        quint64 last = 0;
        while (!stalled && last < 8000) { // until the log needs another file
            f.store->append(someEntries(last + 1, 40, 10000));
            last += 40;
            waitFor([&] { return f.durableId >= last || stalled || f.failure; });
            QVERIFY(!f.failure);
        }
        QVERIFY(stalled);
        f.disk->setNoDescriptors(false);
        QVERIFY(f.waitDurable(last));
        QVERIFY(waitFor([&] { return resumed; }));
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, last);
    }

    // The disk becomes full at many different moments while the log is flushed and its files change.
    void fullDiskWhileFlushing()
    {
        for (std::uint64_t room = 0; room < 60'000'000; room += 6'000'000) {
            LossyFixture f;
            QCOMPARE(f.openError(), QString());
            bool stalled = false;
            connect(f.store.get(), &LogStore::stalled, f.store.get(), [&] { stalled = true; });
            f.disk->setRoom(room);
            quint64 last = 0;
            while (!stalled && last < 4000) {
                f.store->append(someEntries(last + 1, 40, 10000));
                last += 40;
                waitFor([&] { return f.durableId >= last || stalled || f.failure; });
                QVERIFY(!f.failure);
            }
            QVERIFY(f.durableId == 0 || f.read(1, f.durableId, qsizetype(1) << 40));
            if (room % 12'000'000 == 0) {
                f.disk->setRoom(UINT64_MAX);
                QVERIFY(f.waitDurable(last));
            }
            const quint64 told = f.durableId;
            f.store.reset();
            f.disk->setRoom(UINT64_MAX);
            f.disk->losePowerAfter(1);
            f.disk->restart();
            const auto error = f.open();
            QVERIFY2(!error, qPrintable(u"room %1: %2"_s.arg(room).arg(error ? error->text : u""_s)));
            QVERIFY(f.store->state().last.id >= told);
            QVERIFY(f.read(1, told, qsizetype(1) << 40));
        }
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestStoreCrash)
#include "tst_storecrash.moc"
