// SPDX-License-Identifier: GPL-3.0-or-later
// What is left of a log that gave up its oldest entries, and where a time is in it.
#include "tests/unit/store/lossyfilesystem.h"
#include "tests/unit/store/storefixture.h"

#include <QDir>
#include <QRegularExpression>

#include <algorithm>
#include <random>

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

    static qint64 bytesOfTables(const StoreFixture &f)
    {
        qint64 bytes = 0;
        for (const QFileInfo &file : QDir(f.path(u"log"_s)).entryInfoList({u"*.sst"_s}))
            bytes += file.size();
        return bytes;
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
        QVERIFY(trimTo(f, 5)); // it never goes back
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(f.read(11, 20).error().code, Errc::NotFound);
            QCOMPARE(f.read(1, 20).error().code, Errc::NotFound);
            QCOMPARE(f.read(12, 20).value().size(), 9U);
            QCOMPARE(f.findKey("run").value().first, 0U); // with the first of its run
            QCOMPARE(f.digest(10).error().code, Errc::NotFound);
            for (quint64 id = 11; id <= 20; ++id)
                QCOMPARE(f.digest(id).value(), digests[qsizetype(id)]);
            QCOMPARE(f.openError(), QString());
            QCOMPARE(f.store->state().firstId, 12U);
            QCOMPARE(f.store->state().last.id, 20U);
            QCOMPARE(f.store->state().meta.value("epoch/1"), "1 17"_ba);
        }
        // Never more than is committed.
        QVERIFY(trimTo(f, 1000));
        QCOMPARE(f.read(18, 20).value().size(), 3U);
        QVERIFY(f.append(21, 3));
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().firstId, 18U);
        QCOMPARE(f.read(18, 30).value().size(), 6U);
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
        // Ten times what is kept: the tables stay at a size.
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

    void powerLossAtEveryOperation()
    {
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
            disk->restart();
            QCOMPARE(f.openError(), QString());
            const quint64 first = f.store->state().firstId;
            QVERIFY(first == 17 || (!done && (first == 1 || first == 5 || first == 11)));
            QCOMPARE(f.read(first, 20).value().size(), 21 - first);
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
