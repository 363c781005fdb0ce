// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/store/storefixture.h"

#include <QCryptographicHash>
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
                           {2, 3, 4, "key", "привіт"},
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

    // A record ends where it is full: in the middle of what was committed together.
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
            Entries entries; // of several records, and a run of a key over more than one of them
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
            QVERIFY(StoreFixture::waitFor([&] { return truncated && f.durableId == from + 2; }));
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

        // In the middle of the batch.
        QVERIFY(f.truncateFrom(4));
        QVERIFY(is("batch", 2, 3));
        QVERIFY(is("other", 0, 0));
        QCOMPARE(f.read(1, 100).value().size(), 3U);
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last, (Position{3, 1}));

        // The rest of the batch comes again, in two pieces, the second after a reopening.
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
        f.store->append({StoreFixture::entry(6, "new", 2, "old"), StoreFixture::entry(7, "new", 2, "new")});
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

    void digestsIdEpochAndMessage()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        f.store->append({StoreFixture::entry(1, "a", 1), StoreFixture::entry(2, "bc", 2, "key")});
        QVERIFY(f.waitDurable(2));
        QByteArray bytes;
        for (const char part : {1, 1, 1})
            bytes += QByteArray(7, '\0') + QByteArray(1, part);
        bytes += 'a';
        QCOMPARE(f.digest(1).value(), QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
        for (const char part : {2, 2, 2})
            bytes += QByteArray(7, '\0') + QByteArray(1, part);
        bytes += "bc";
        QCOMPARE(f.digest(2).value(), QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
        QCOMPARE(f.digest(3).error().code, Errc::NotFound);
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
        // Without close(): the same, but nobody is told.
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
