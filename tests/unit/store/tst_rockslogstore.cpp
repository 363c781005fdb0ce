// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/logdigest.h"
#include "tests/unit/store/storefixture.h"

#include <QDir>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace replog {

class TestRocksLogStore : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void createsTheFolder()
    {
        StoreFixture f;
        f.options.dataDir += u"/deep/er"_s;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last, Position{});
        QCOMPARE(f.store->state().role, QByteArray());
    }

    void keepsEntriesOverAReopening()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        Entries entries = {StoreFixture::entry(1, ""),
                           {2, 3, 4, "key", "привіт", "text/plain", "packed", 1795699580072, Asked::Majority},
                           StoreFixture::entry(3, QByteArray(3 << 20, 'x'), 3)};
        f.store->append(entries);
        QVERIFY(f.waitDurable(3));
        QVERIFY(f.read(1, 3).value() == entries);

        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last, (Position{3, 3}));
        QCOMPARE(f.store->state().epoch, 3U);
        QCOMPARE(f.store->state().role, "master"_ba);
        QCOMPARE(f.store->state().name, "m"_ba);
        QVERIFY(f.read(1, 3).value() == entries);
    }

    void readsWithinBounds()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 100));
        QCOMPARE(f.read(10, 19).value().size(), 10U);
        QCOMPARE(f.read(10, 19).value().front().id, 10U);
        QCOMPARE(f.read(1, 100, 1).value().size(), 1U); // at least one
        QCOMPARE(f.read(95, 1000).value().size(), 6U);
        QCOMPARE(f.read(101, 1000).value().size(), 0U);
        QCOMPARE(f.read(0, 2).value().size(), 2U);
        QCOMPARE(f.read(5, 4).value().size(), 0U);
    }

    void tellsOfEachSync()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        qint64 entries = 0;
        double seconds = 0;
        connect(f.store.get(), &RocksLogStore::groupSynced, this, [&](qint64 count, double took) {
            QVERIFY(count > 0 && took > 0);
            entries += count;
            seconds += took;
        });
        QVERIFY(f.append(1, 100));
        QVERIFY(f.putMeta("name", "value")); // a sync without entries does not count as a group
        QVERIFY(f.append(101, 5));
        QCOMPARE(entries, 105);
        QVERIFY(seconds > 0);
    }

    // A full record ends within a commit group.
    void readsFromAnywhereInAGroup()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        Entries entries;
        for (quint64 id = 1; id <= 300; ++id)
            entries.push_back(
                {id, 1, quint32(id % 5), {}, QByteArray(id % 50 == 7 ? 40000 : qsizetype(id), 'm')});
        f.store->append(entries);
        QVERIFY(f.waitDurable(300));
        for (quint64 id = 1; id <= 300; ++id) {
            const auto one = f.read(id, id);
            QVERIFY(one && one->size() == 1);
            QCOMPARE(one->front(), entries[id - 1]);
            QVERIFY(f.read(id, 300).value() == Entries(entries.begin() + qptrdiff(id) - 1, entries.end()));
        }
    }

    void truncatesAnywhereInAGroup()
    {
        for (quint64 from = 1; from <= 121; from += 8) {
            StoreFixture f;
            QCOMPARE(f.openError(), QString());
            Entries entries; // several records, with a run of a key across records
            for (quint64 id = 1; id <= 120; ++id)
                entries.push_back(
                    StoreFixture::entry(id, QByteArray(500, char('a' + id % 26)), 1, id > 20 ? "run" : ""));
            f.store->append(entries);
            bool truncated = false;
            f.store->truncateFrom(from, [&](const Result<void> &result) { truncated = bool(result); });
            entries.resize(from - 1);
            for (quint64 id = from; id < from + 3; ++id)
                entries.push_back(StoreFixture::entry(id, "new", 2));
            f.store->append({entries.end() - 3, entries.end()});
            QVERIFY(waitFor([&] { return truncated && f.durableId == from + 2; }));
            for (int i = 0; i < 2; ++i) {
                QVERIFY(f.read(1, 200).value() == entries);
                QCOMPARE(f.findKey("run").value().last, from > 21 ? from - 1 : 0);
                QCOMPARE(f.openError(), QString());
                QCOMPARE(f.store->state().last, (Position{from + 2, 2}));
            }
        }
    }

    void keepsMetaEpochAndCommittedId()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 10));
        QVERIFY(f.putMeta("member/s1", "url"));
        QVERIFY(f.putMeta("member/s2", "url2"));
        QVERIFY(StoreFixture::wait<void>([&](auto done) { f.store->removeMeta("member/s1", done); }));
        QVERIFY(StoreFixture::wait<void>([&](auto done) { f.store->setEpoch(7, done); }));
        QVERIFY(StoreFixture::wait<void>([&](auto done) { f.store->setEpoch(5, done); }));
        f.store->setCommittedId(6);
        f.store->setCommittedId(4);

        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().meta, (QHash<QByteArray, QByteArray>{{"member/s2", "url2"}}));
        QCOMPARE(f.store->state().epoch, 7U);
        QCOMPARE(f.store->state().committedId, 6U);
    }

    void findsKeysAndDropsThemWithTheirEntries()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 1));
        QVERIFY(f.append(2, 5, "batch"));
        QVERIFY(f.append(7, 3, "other"));
        const auto is = [&f](const QByteArray &key, quint64 first, quint64 last) {
            const auto range = f.findKey(key);
            return range && range->first == first && range->last == last;
        };
        QVERIFY(is("batch", 2, 6));
        QVERIFY(is("other", 7, 9));
        QVERIFY(is("none", 0, 0));

        // A place within the batch.
        QVERIFY(f.truncateFrom(4));
        QVERIFY(is("batch", 2, 3));
        QVERIFY(is("other", 0, 0));
        QCOMPARE(f.read(1, 100).value().size(), 3U);
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last, (Position{3, 1}));

        // The rest of the batch is appended again, in two pieces, the second one after a restart of the
        // store.
        QVERIFY(f.append(4, 1, "batch"));
        QVERIFY(is("batch", 2, 4));
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(5, 2, "batch"));
        QVERIFY(is("batch", 2, 6));

        QVERIFY(f.truncateFrom(1));
        QVERIFY(is("batch", 0, 0));
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last, Position{});
    }

    void truncatesAndAppendsInOneGroup()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 10, "old"));
        f.durableId = 0;
        QList<quint64> told;
        connect(f.store.get(), &LogStore::durable, f.store.get(), [&told](quint64 id) { told.append(id); });
        f.store->append({StoreFixture::entry(11, "dropped"), StoreFixture::entry(12, "dropped")});
        bool done = false;
        f.store->truncateFrom(6, [&](const Result<void> &r) { done = bool(r); });
        f.store->append({StoreFixture::entry(6, "new", 1, "old"), StoreFixture::entry(7, "new", 2, "new")});
        QTRY_VERIFY_WITH_TIMEOUT(done && f.durableId == 7, StoreFixture::PatienceMs);
        QVERIFY(std::all_of(told.begin(), told.end(), [](quint64 id) { return id <= 7; }));
        QCOMPARE(f.read(6, 100).value().size(), 2U);
        QCOMPARE(f.findKey("old").value().first, 1U);
        QCOMPARE(f.findKey("old").value().last, 6U);
        QCOMPARE(f.findKey("new").value().first, 7U);
    }

    void neverDropsWhatIsCommitted()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 10));
        f.store->setCommittedId(5);
        QVERIFY(!f.truncateFrom(5));
        QVERIFY(f.failure);
        QCOMPARE(f.read(1, 100).value().size(), 10U);
    }

    // The digest does not depend on grouping, truncation and repeated appends.
    void digestIsAChain()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        Entries entries;
        QByteArrayList expected{LogDigest().toHex()};
        LogDigest digest;
        for (quint64 id = 1; id <= 90; ++id) {
            entries.push_back({id,
                               1 + id / 50,
                               1,
                               id % 3 ? "key" : "",
                               QByteArray(qsizetype(id * 20), 'm'),
                               {},
                               {},
                               qint64(1000 + id)});
            digest = digest.with(viewOf(entries.back()));
            expected.append(digest.toHex());
        }
        const auto append = [&](qptrdiff from, qptrdiff to) {
            f.store->append({entries.begin() + from - 1, entries.begin() + to});
            return f.waitDurable(quint64(to));
        };
        QVERIFY(append(1, 60) && append(61, 61));
        f.store->append({StoreFixture::entry(62, "another")});
        QVERIFY(f.waitDurable(62));
        QVERIFY(f.digest(62).value() != expected[62]);
        QVERIFY(f.truncateFrom(38));
        QVERIFY(append(38, 50));
        QCOMPARE(f.openError(), QString());
        QVERIFY(append(51, 90));
        for (quint64 id = 0; id <= 90; ++id)
            QCOMPARE(f.digest(id).value(), expected[qsizetype(id)]);
        QCOMPARE(f.digest(91).error().code, Errc::NotFound);
    }

    void keepsItsNodeId()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        const Id128 node = f.store->state().nodeId;
        QVERIFY(!node.isNull());
        f.options.role = "secondary";
        f.options.promote = true;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().nodeId, node);
        f.options.reset = true;
        f.options.promote = false;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.store->state().nodeId != node);
    }

    // A batch stores its key once for many entries, in the log and in the key index.
    void aLongRunOfAKeyIsSmall()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        constexpr quint64 count = 50000;
        Entries entries;
        const QByteArray key(200, 'k');
        for (quint64 id = 1; id <= count; ++id)
            entries.push_back(StoreFixture::entry(id, {}, 1, key));
        f.store->append(std::move(entries));
        QVERIFY(f.waitDurable(count));
        QCOMPARE(f.findKey(key).value().last, count);
        f.store.reset();
        qint64 bytes = 0;
        for (const QFileInfo &file : QDir(f.path(u"log"_s)).entryInfoList({u"*.log"_s}))
            bytes += file.size();
        QVERIFY2(bytes < qint64(count) * 3, qPrintable(QString::number(bytes)));
        QCOMPARE(f.openError(), QString());
        const auto held = f.read(1, count);
        QVERIFY(held && held->size() == count);
        QCOMPARE(held->back().key, key);
    }

    void callsBackInOrder()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QList<int> order;
        for (int i = 0; i < 200; ++i)
            f.store->putMeta("k", QByteArray::number(i),
                             [&order, i](const Result<void> &) { order.append(i); });
        QTRY_COMPARE_WITH_TIMEOUT(order.size(), 200, StoreFixture::PatienceMs);
        QVERIFY(std::is_sorted(order.begin(), order.end()));
    }

    void closingCommitsAndTells()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        int done = 0;
        for (quint64 id = 1; id <= 1000; ++id)
            f.store->append({StoreFixture::entry(id, "m")});
        f.store->putMeta("a", "b", [&done](const Result<void> &r) { done += bool(r); });
        f.store->setCommittedId(900);
        QVERIFY(f.store->close());
        QCOMPARE(f.durableId, 1000U);
        QCOMPARE(done, 1);

        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, 1000U);
        QCOMPARE(f.store->state().committedId, 900U);
        // The same without close(), but then no callbacks run.
        f.store->append({StoreFixture::entry(1001, "m")});
        f.store->read(1, 2000, 1 << 30, [](const Result<Entries> &) { QFAIL("answered after its end"); });
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, 1001U);
        QCoreApplication::processEvents();
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestRocksLogStore)
#include "tst_rockslogstore.moc"
