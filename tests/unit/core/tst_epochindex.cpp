// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/epochindex.h"

#include <QRegularExpression>
#include <QTest>

#include <random>

using namespace Qt::StringLiterals;

namespace replog {

class TestEpochIndex : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void tellsOfANewEpochOnce()
    {
        EpochIndex index;
        QVERIFY(index.append(1, 1));
        QVERIFY(!index.append(2, 1));
        QVERIFY(index.append(3, 4));
        QCOMPARE(index.epochAt(0), Epoch());
        QCOMPARE(index.epochAt(1), Epoch(1));
        QCOMPARE(index.epochAt(2), Epoch(1));
        QCOMPARE(index.epochAt(3), Epoch(4));
        QCOMPARE(EpochIndex().epochAt(5), Epoch());
    }

    void otherMetaIsNoneOfItsBusiness()
    {
        const EpochIndex index =
            EpochIndex::fromMeta({{"epoch/3", "7"}, {"member/s1", "9 http://s1"}, {"log", "5"}});
        QCOMPARE(index.epochAt(2), Epoch());
        QCOMPARE(index.epochAt(3), Epoch(7));
    }

    void anotherStartIsAnotherEpoch()
    {
        EpochIndex index;
        QVERIFY(index.append(1, {5, 50}));
        QVERIFY(!index.append(2, {5, 50}));
        QVERIFY(index.append(3, {5, 51}));
        QCOMPARE(index.epochAt(2), Epoch(5, 50));
        QCOMPARE(index.epochAt(3), Epoch(5, 51));
    }

    // Without a start, as in an old store or from a master that sends none.
    void unknownStartIsAny()
    {
        EpochIndex index = EpochIndex::fromMeta({{"epoch/1", "5"}});
        QCOMPARE(index.epochAt(1), Epoch(5));
        QVERIFY(!index.append(2, {5, 50}));
        QVERIFY(index.append(3, {6, 60}));
        QVERIFY(!index.append(4, 6));
        QCOMPARE(index.epochAt(4), Epoch(6, 60));
        QVERIFY(Epoch(5).matches({5, 50}));
        QVERIFY(!Epoch(5).matches({6, 50}));
        QVERIFY(!Epoch(5, 51).matches({5, 50}));
    }

    void epochsOfAStretch()
    {
        EpochIndex index;
        for (const auto &[id, epoch] : {std::pair<quint64, Epoch>{1, {1, 10}}, {4, {2, 20}}, {9, {7, 70}}})
            index.append(id, epoch);
        QCOMPARE(index.epochsOf(0, 0), Epochs());
        QCOMPARE(index.epochsOf(0, 3), (Epochs{{1, 10}}));
        QCOMPARE(index.epochsOf(5, 8), (Epochs{{2, 20}}));
        QCOMPARE(index.epochsOf(3, 4), (Epochs{{1, 10}, {2, 20}}));
        QCOMPARE(index.epochsOf(0, 100), (Epochs{{1, 10}, {2, 20}, {7, 70}}));
        QCOMPARE(EpochIndex().epochsOf(0, 9), Epochs());
    }

    // Compared with a plain list of epochs, its lines stored as in a store.
    void likeAPlainList()
    {
        std::mt19937_64 random(1);
        const auto pick = [&random](quint64 from, quint64 to) {
            return std::uniform_int_distribution<quint64>(from, to)(random);
        };
        std::vector<Epoch> plain; // plain[i]: epoch of entry i + 1
        QHash<QByteArray, QByteArray> meta;
        EpochIndex index;
        Epoch epoch(1, 1);
        for (int step = 0; step < 3000; ++step) {
            switch (pick(0, 9)) {
            case 0:
                epoch = Epoch(epoch.number + pick(0, 3), pick(1, quint64(1) << 53));
                break;
            case 1: {
                const quint64 from = pick(1, plain.size() + 1);
                for (const quint64 first : index.truncateFrom(from))
                    meta.remove(EpochIndex::metaKey(first));
                plain.resize(from - 1);
                break;
            }
            case 2:
                index = EpochIndex::fromMeta(meta);
                break;
            default:
                plain.push_back(epoch);
                if (index.append(plain.size(), epoch))
                    meta[EpochIndex::metaKey(plain.size())] = EpochIndex::metaValue(epoch);
            }
            if (!plain.empty()) {
                const quint64 id = pick(1, plain.size());
                QCOMPARE(index.epochAt(id), plain[id - 1]);
                QCOMPARE(index.epochAt(plain.size()), plain.back());
                Epochs between;
                for (quint64 each = id; each <= plain.size(); ++each) {
                    if (between.isEmpty() || between.back() != plain[each - 1])
                        between.append(plain[each - 1]);
                }
                QCOMPARE(index.epochsOf(id, plain.size()), between);
            }
        }
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestEpochIndex)
#include "tst_epochindex.moc"
