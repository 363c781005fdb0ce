// SPDX-License-Identifier: GPL-3.0-or-later
// A log whose oldest entries are trimmed, and searching entries by time.
#include "shared/store/logdigest.h"
#include "shared/store/record.h"
#include "shared/store/storecheck.h"
#include "shared/store/storedatabase.h"
#include "shared/store/storekeys.h"
#include "tests/unit/store/lossyfilesystem.h"
#include "tests/unit/store/storefixture.h"

#include <QDir>
#include <QRegularExpression>

#include <algorithm>
#include <iterator>
#include <random>
#include <set>

using namespace Qt::StringLiterals;

namespace replog {

class TestStoreTrim : public QObject
{
    Q_OBJECT

private:
    static Result<void> trimTo(StoreFixture &f, quint64 firstId)
    {
        return StoreFixture::wait<void>([&](auto done) { f.store->trimTo(firstId, done); });
    }

    static Result<void> beginAt(StoreFixture &f, const LogBase &base)
    {
        return StoreFixture::wait<void>([&](auto done) { f.store->beginAt(base, done); });
    }

    static LogBase baseOf(StoreFixture &f)
    {
        return StoreFixture::wait<LogBase>([&](auto done) { f.store->readBase(done); }).value();
    }

    static LogBase someBase() { return {{49, 3}, 1795699580072, QByteArray(32, 'a')}; }

    static void addLosses()
    {
        QTest::addColumn<Loss>("loss");
        QTest::newRow("all of it") << Loss::Unsynced;
        QTest::newRow("some of it") << Loss::Some;
        QTest::newRow("nothing") << Loss::Nothing;
    }

    static qint64 bytesOfTables(const StoreFixture &f)
    {
        qint64 bytes = 0;
        for (const QFileInfo &file : QDir(f.path(u"log"_s)).entryInfoList({u"*.sst"_s}))
            bytes += file.size();
        return bytes;
    }

    static QByteArray keyOf(quint64 first) { return "key" + QByteArray::number(first); }

    // Three tables of five entries each, on a level from which whole files are dropped.
    static QString fillTables(StoreFixture &f)
    {
        for (quint64 from = 1; from <= 11; from += 5) {
            if (f.open() || !f.append(from, 5, keyOf(from)))
                return u"append"_s;
            f.store->setCommittedId(from + 4);
            if (!f.putMeta("a", "b") || !f.store->close())
                return u"put"_s;
            f.store.reset();
            const auto database = StoreDatabase::open(f.options);
            if (!database)
                return database.error().text;
            rocksdb::CompactRangeOptions options;
            options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
            const RecordKey first(from);
            const RecordKey last(from + 4);
            const rocksdb::Slice begin = toSlice(first.view());
            const rocksdb::Slice end = toSlice(last.view());
            const auto compacted =
                (*database)->db().CompactRange(options, (*database)->entries(), &begin, &end);
            if (!compacted.ok())
                return QString::fromStdString(compacted.ToString());
        }
        return f.openError();
    }

    static std::set<std::string> tablesOn(LossyFileSystem &disk, const StoreFixture &f)
    {
        std::vector<std::string> names;
        disk.GetChildren(f.path(u"log"_s).toStdString(), {}, &names, nullptr).PermitUncheckedError();
        std::set<std::string> tables;
        std::copy_if(names.begin(), names.end(), std::inserter(tables, tables.end()),
                     [](const std::string &name) { return name.ends_with(".sst"); });
        return tables;
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void givesUpTheOldest()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 10) && f.append(11, 5, "run") && f.append(16, 5));
        QVERIFY(f.putMeta("epoch/1", "1 17"));
        f.store->setCommittedId(18);
        QByteArrayList digests;
        for (quint64 id = 0; id <= 20; ++id)
            digests.append(f.digest(id).value());

        QVERIFY(trimTo(f, 12));
        QVERIFY(trimTo(f, 5)); // first_id never goes back
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(f.read(11, 20).error().code, Errc::NotFound);
            QCOMPARE(f.read(1, 20).error().code, Errc::NotFound);
            QCOMPARE(f.read(12, 20).value().size(), 9U);
            QCOMPARE(f.findKey("run").value().first, 0U); // the first id of its run
            QCOMPARE(f.digest(10).error().code, Errc::NotFound);
            for (quint64 id = 11; id <= 20; ++id)
                QCOMPARE(f.digest(id).value(), digests[qsizetype(id)]);
            QCOMPARE(f.openError(), QString());
            QCOMPARE(f.store->state().firstId, 12U);
            QCOMPARE(f.store->state().last.id, 20U);
            QCOMPARE(f.store->state().meta.value("epoch/1"), "1 17"_ba);
        }
        // Only committed entries are trimmed.
        QVERIFY(trimTo(f, 1000));
        QCOMPARE(f.read(18, 20).value().size(), 3U);
        QVERIFY(f.append(21, 3));
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().firstId, 18U);
        QCOMPARE(f.read(18, 30).value().size(), 6U);
    }

    // As on a secondary that was away while its master gave up the first run and used the key again.
    void aKeyIsThatOfItsNewestRun()
    {
        for (const bool isReopened : {false, true}) {
            StoreFixture f;
            f.options.role = "secondary";
            QCOMPARE(f.openError(), QString());
            QVERIFY(f.putMeta("epoch/1", "1 17") && f.putMeta("epoch/9", "2 18"));
            QVERIFY(f.append(1, 8, "key"));
            if (isReopened)
                QCOMPARE(f.openError(), QString());
            // Directly behind it: an append never has entries of two epochs.
            f.store->append({StoreFixture::entry(9, "a", 2, "key"), StoreFixture::entry(10, "b", 2, "key")});
            QVERIFY(f.waitDurable(10));
            f.store->setCommittedId(10);
            for (const quint64 first : {1, 4, 9}) {
                QVERIFY(trimTo(f, first));
                QCOMPARE(f.findKey("key").value().first, 9U);
                QCOMPARE(f.findKey("key").value().last, 10U);
                QCOMPARE(f.openError(), QString());
                QCOMPARE(f.findKey("key").value().first, 9U);
                QVERIFY(f.store->close());
                f.store.reset();
                QStringList findings;
                StoreCheck check({.finding = [&](const QString &finding) { findings.append(finding); }});
                QVERIFY(check.run(f.options.dataDir));
                QCOMPARE(findings, QStringList());
                QCOMPARE(f.openError(), QString());
            }
            QVERIFY(trimTo(f, 10));
            QCOMPARE(f.findKey("key").value().first, 0U);
        }
    }

    // The tail that a new master's log lacks is dropped, and the key is the older run's again.
    void aKeyIsThatOfItsOlderRunOnceTheNewestIsDropped()
    {
        for (const bool isOneGroup : {false, true}) {
            StoreFixture f;
            f.options.role = "secondary";
            QCOMPARE(f.openError(), QString());
            const auto holds = [&f](quint64 first, quint64 last) {
                const auto run = f.findKey("key").value();
                return run.first == first && run.last == last;
            };
            f.store->setCommittedId(4);
            if (isOneGroup) {
                Entries entries;
                for (quint64 id = 1; id <= 11; ++id)
                    entries.push_back(
                        StoreFixture::entry(id, "m", 1, id <= 4 || id == 6 || id >= 8 ? "key" : ""));
                f.store->append(std::move(entries));
            } else {
                QVERIFY(f.append(1, 4, "key") && f.append(5, 1) && f.append(6, 1, "key") && f.append(7, 1));
                QCOMPARE(f.openError(), QString());
                QVERIFY(f.append(8, 4, "key"));
            }
            QVERIFY(f.waitDurable(11));
            QVERIFY(holds(8, 11));
            QVERIFY(f.truncateFrom(10));
            QVERIFY(holds(8, 9));
            QVERIFY(f.truncateFrom(8));
            QVERIFY(holds(6, 6));
            QCOMPARE(f.openError(), QString());
            QVERIFY(f.truncateFrom(6));
            QVERIFY(holds(1, 4));
            QVERIFY(f.append(6, 2, "key"));
            QVERIFY(holds(6, 7));
            f.store->setCommittedId(7);
            QVERIFY(trimTo(f, 5));
            QVERIFY(holds(6, 7));
        }
    }

    // Whoever finds a key free uses it again, behind the trim.
    void aKeyIsFreeOnceTheTrimIsDurable()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        for (quint64 i = 1; i <= 20; ++i) {
            const QByteArray key = "key" + QByteArray::number(i);
            QVERIFY(f.append(2 * i - 1, 2, key));
            f.store->setCommittedId(2 * i);
            bool isDurable = false;
            f.store->trimTo(2 * i, [&isDurable](const Result<void> &stored) { isDurable = bool(stored); });
            const auto found = f.findKey(key);
            QVERIFY(isDurable || found.value().first == 2 * i - 1);
            QVERIFY(waitFor([&isDurable] { return isDurable; }));
            QCOMPARE(f.findKey(key).value().first, 0U);
        }
    }

    void knowsThePlaceBeforeIt()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(baseOf(f).at, Position());
        Entries entries;
        for (quint64 id = 1; id <= 20; ++id) {
            entries.push_back(StoreFixture::entry(id, "m", 1 + id / 10));
            entries.back().timeMs = qint64(1000 + id);
        }
        f.store->append(entries);
        QVERIFY(f.waitDurable(20));
        f.store->setCommittedId(20);
        const LogBase base{{14, 2}, 1014, f.digest(14).value()};
        QVERIFY(trimTo(f, 15));
        QVERIFY(baseOf(f) == base);
        QCOMPARE(f.openError(), QString());
        QVERIFY(baseOf(f) == base);
        QVERIFY(f.store->state().base == base);
        // Also in the commit group that brings the entries.
        entries.clear();
        for (quint64 id = 21; id <= 30; ++id)
            entries.push_back(StoreFixture::entry(id, "n", 2));
        f.store->append(entries);
        f.store->setCommittedId(30);
        QVERIFY(trimTo(f, 28));
        QCOMPARE(baseOf(f).at, (Position{27, 2}));
        QCOMPARE(baseOf(f).digest, f.digest(27).value());
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().firstId, 28U);
    }

    void beginsAnewBehindABase_data()
    {
        QTest::addColumn<quint64>("held");
        for (const quint64 held : {0, 7, 49})
            QTest::addRow("%llu held", held) << held;
    }

    void beginsAnewBehindABase()
    {
        QFETCH(quint64, held);
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        if (held > 0)
            QVERIFY(f.append(1, held, "key"));
        QVERIFY(f.putMeta("epoch/1", "1 17"));
        QVERIFY(beginAt(f, someBase()));
        QCOMPARE(f.durableId, 49U);
        for (int i = 0; i < 2; ++i) {
            QVERIFY(baseOf(f) == someBase());
            QCOMPARE(f.read(49, 60).error().code, Errc::NotFound);
            QCOMPARE(f.read(50, 60).value().size(), 0U);
            QCOMPARE(f.findKey("key").value().first, 0U);
            QCOMPARE(f.digest(48).error().code, Errc::NotFound);
            QCOMPARE(f.digest(49).value(), someBase().digest);
            QCOMPARE(f.digest(50).error().code, Errc::NotFound);
            QCOMPARE(StoreFixture::wait<quint64>([&](auto done) { f.store->findTime(5, done); }).value(),
                     50U);
            QCOMPARE(f.openError(), QString());
            QCOMPARE(f.store->state().firstId, 50U);
            QCOMPARE(f.store->state().last, someBase().at);
            QCOMPARE(f.store->state().lastTimeMs, someBase().timeMs);
            QCOMPARE(f.store->state().committedId, 49U);
            QCOMPARE(f.store->state().epoch, 3U);
            QCOMPARE(f.store->state().meta.value("epoch/1"), "1 17"_ba);
        }
        // The digest of later entries continues that of the base; a base does not commit them.
        QVERIFY(f.append(50, 3, "other"));
        LogDigest digest = LogDigest::load(QByteArray::fromHex(someBase().digest).constData());
        for (quint64 id = 50; id <= 52; ++id)
            digest =
                digest.with(viewOf(StoreFixture::entry(id, "message " + QByteArray::number(id), 1, "other")));
        QCOMPARE(f.digest(52).value(), digest.toHex());
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.digest(52).value(), digest.toHex());
        QCOMPARE(f.findKey("other").value().first, 50U);
        QCOMPARE(f.store->state().committedId, 49U);
        QVERIFY(f.truncateFrom(51));
        QVERIFY(f.append(51, 1, "other"));
        QCOMPARE(f.read(50, 60).value().size(), 2U);
        f.store->setCommittedId(51);
        QVERIFY(trimTo(f, 51));
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().firstId, 51U);
    }

    // A base within the log would lose the entries behind it.
    void refusesABaseWithinTheLog()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 50));
        QVERIFY(!beginAt(f, someBase()));
        QVERIFY(f.failure);
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().firstId, 1U);
        QCOMPARE(f.read(1, 60).value().size(), 50U);
    }

    void powerLossWhileABaseIsTaken_data() { addLosses(); }
    void powerLossWhileABaseIsTaken()
    {
        QFETCH(Loss, loss);
        std::mt19937 random(42);
        std::uint64_t operations = 0;
        for (std::uint64_t at = 0; at == 0 || at <= operations; ++at) {
            const auto disk = std::make_shared<LossyFileSystem>();
            StoreFixture f;
            f.options.fileSystem = disk;
            QVERIFY(!f.open());
            QVERIFY(f.append(1, 7));
            f.store->setCommittedId(5);
            QVERIFY(f.putMeta("a", "b"));
            const std::uint64_t before = disk->operations();
            disk->losePowerAfter(at);
            const bool begun = bool(beginAt(f, someBase()));
            const bool appended = begun && f.append(50, 3);
            f.store.reset();
            if (at == 0) {
                operations = disk->operations() - before;
                QVERIFY(appended);
            }
            disk->restart(loss, &random);
            QCOMPARE(f.openError(), QString());
            const StoreState &state = f.store->state();
            if (state.firstId == 1) {
                QVERIFY(!begun);
                QCOMPARE(state.last.id, 7U);
                QCOMPARE(state.committedId, 5U);
                QCOMPARE(f.read(1, 20).value().size(), 7U);
                continue;
            }
            QCOMPARE(state.firstId, 50U);
            QVERIFY(state.last.id == 49 || state.last.id == 52);
            QVERIFY(state.last.id == 52 || !appended);
            QCOMPARE(state.committedId, 49U);
            QCOMPARE(f.digest(49).value(), someBase().digest);
            QCOMPARE(f.read(50, 60).value().size(), state.last.id - 49);
        }
    }

    void givesRoomBack()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        constexpr quint64 group = 100;
        constexpr qsizetype messageSize = 10000;
        constexpr qint64 kept = 20'000'000;
        quint64 last = 0;
        qint64 most = 0;
        // Appends ten times the retained size: the tables must not grow.
        while (qint64(last) * messageSize < 10 * kept) {
            Entries entries;
            for (quint64 i = 0; i < group; ++i)
                entries.push_back(StoreFixture::entry(last + 1 + i, QByteArray(messageSize, 'm')));
            last += group;
            f.store->append(std::move(entries));
            QVERIFY(f.waitDurable(last));
            f.store->setCommittedId(last);
            if (last > quint64(kept / messageSize))
                QVERIFY(trimTo(f, last - quint64(kept / messageSize)));
            most = std::max(most, bytesOfTables(f));
        }
        QVERIFY2(most < 7 * kept, qPrintable(QString::number(most)));
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.read(f.store->state().firstId, last, qsizetype(1) << 40));
    }

    void powerLossAtEveryOperation_data() { addLosses(); }
    void powerLossAtEveryOperation()
    {
        QFETCH(Loss, loss);
        std::mt19937 random(42);
        const auto begin = [](StoreFixture &f, const std::shared_ptr<LossyFileSystem> &disk) {
            f.options.fileSystem = disk;
            if (f.open() || !f.append(1, 20, "key"))
                return false;
            f.store->setCommittedId(20);
            return bool(f.putMeta("a", "b"));
        };
        std::uint64_t operations = 0;
        for (std::uint64_t at = 0; at == 0 || at <= operations; ++at) {
            const auto disk = std::make_shared<LossyFileSystem>();
            StoreFixture f;
            QVERIFY(begin(f, disk));
            const std::uint64_t before = disk->operations();
            disk->losePowerAfter(at);
            bool done = false;
            for (const quint64 to : {5, 11, 17})
                done = bool(trimTo(f, to));
            f.store.reset();
            if (at == 0) {
                operations = disk->operations() - before;
                QVERIFY(done);
            }
            disk->restart(loss, &random);
            QCOMPARE(f.openError(), QString());
            const quint64 first = f.store->state().firstId;
            QVERIFY(first == 17 || (!done && (first == 1 || first == 5 || first == 11)));
            QCOMPARE(f.read(first, 20).value().size(), 21 - first);
        }
    }

    void powerLossWhileTablesAreDropped_data() { addLosses(); }
    void powerLossWhileTablesAreDropped()
    {
        QFETCH(Loss, loss);
        std::mt19937 random(42);
        std::uint64_t operations = 0;
        // Each place needs a new store, so all of them take minutes: only the run with the label `load` tries
        // all.
        const std::uint64_t step = qEnvironmentVariableIsSet("REPLOG_TEST_EVERY_OPERATION") ? 1 : 6;
        for (std::uint64_t at = 0; at == 0 || at <= operations; at += at == 0 ? 1 + random() % step : step) {
            const auto disk = std::make_shared<LossyFileSystem>();
            StoreFixture f;
            f.options.fileSystem = disk;
            QCOMPARE(fillTables(f), QString());
            QByteArrayList digests;
            for (quint64 id = 0; id <= 15; ++id)
                digests.append(f.digest(id).value());
            const std::uint64_t before = disk->operations();
            disk->losePowerAfter(at);
            quint64 acknowledged = 1;
            for (const quint64 to : {6, 11}) {
                const auto tables = tablesOn(*disk, f);
                if (!trimTo(f, to))
                    break;
                acknowledged = to;
                QTRY_VERIFY_WITH_TIMEOUT(!disk->hasPower() || tablesOn(*disk, f).size() < tables.size(),
                                         StoreFixture::PatienceMs);
                // None was made meanwhile, as by a compaction.
                const auto left = tablesOn(*disk, f);
                QVERIFY(std::includes(tables.begin(), tables.end(), left.begin(), left.end()));
            }
            f.store.reset();
            if (at == 0) {
                operations = disk->operations() - before;
                QCOMPARE(acknowledged, 11U);
            }
            disk->restart(loss, &random);
            QCOMPARE(f.openError(), QString());
            const quint64 first = f.store->state().firstId;
            QVERIFY((first == 1 || first == 6 || first == 11) && first >= acknowledged);
            QCOMPARE(f.store->state().committedId, 15U);
            const Entries kept = f.read(first, 20).value();
            QCOMPARE(kept.size(), 16 - first);
            for (const Entry &entry : kept)
                QCOMPARE(entry.message, "message " + QByteArray::number(entry.id));
            for (quint64 id = first - 1; id <= 15; ++id)
                QCOMPARE(f.digest(id).value(), digests[qsizetype(id)]);
            for (const quint64 from : {1, 6, 11})
                QCOMPARE(f.findKey(keyOf(from)).value().first, from < first ? 0 : from);
        }
    }

    void findsTimes()
    {
        const quint32 seed = std::random_device()();
        std::mt19937 random(seed);
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(StoreFixture::wait<quint64>([&](auto done) { f.store->findTime(5, done); }).value(), 1U);
        std::vector<qint64> times;
        qint64 now = 1000;
        for (int group = 0; group < 60; ++group) {
            Entries entries;
            for (unsigned i = 0; i <= random() % 40; ++i) {
                now += random() % 3 == 0 ? random() % 20 : 0;
                times.push_back(now);
                entries.push_back(
                    StoreFixture::entry(times.size(), QByteArray(qsizetype(random() % 2000), 'm')));
                entries.back().timeMs = now;
            }
            f.store->append(std::move(entries));
        }
        QVERIFY(f.waitDurable(times.size()));
        f.store->setCommittedId(times.size());
        for (const quint64 first : {quint64(1), quint64(times.size() / 3)}) {
            QVERIFY(trimTo(f, first));
            for (int i = 0; i < 200; ++i) {
                const qint64 time = 990 + qint64(random() % quint64(now - 970));
                const auto from = times.begin() + qptrdiff(first) - 1;
                const quint64 expected =
                    quint64(std::lower_bound(from, times.end(), time) - times.begin()) + 1;
                const auto found =
                    StoreFixture::wait<quint64>([&](auto done) { f.store->findTime(time, done); });
                QVERIFY2(found && *found == expected,
                         qPrintable(u"seed %1, time %2: not %3"_s.arg(seed).arg(time).arg(expected)));
            }
        }
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestStoreTrim)
#include "tst_storetrim.moc"
