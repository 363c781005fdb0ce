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
        QCOMPARE(index.epochAt(0), 0u);
        QCOMPARE(index.epochAt(1), 1u);
        QCOMPARE(index.epochAt(2), 1u);
        QCOMPARE(index.epochAt(3), 4u);
        QCOMPARE(EpochIndex().epochAt(5), 0u);
    }

    void otherMetaIsNoneOfItsBusiness()
    {
        const EpochIndex index = EpochIndex::fromMeta({{"epoch/3", "7"}, {"member/s1", "9 http://s1"}, {"log", "5"}});
        QCOMPARE(index.epochAt(2), 0u);
        QCOMPARE(index.epochAt(3), 7u);
    }

    // Beside a plain list of epochs, its lines kept as a store keeps them.
    void likeAPlainList()
    {
        std::mt19937_64 random(1);
        const auto pick = [&random](quint64 from, quint64 to) { return std::uniform_int_distribution<quint64>(from, to)(random); };
        std::vector<quint64> plain;                 // plain[i]: epoch of entry i + 1
        QHash<QByteArray, QByteArray> meta;
        EpochIndex index;
        quint64 epoch = 1;
        for (int step = 0; step < 3000; ++step) {
            switch (pick(0, 9)) {
            case 0:
                epoch += pick(1, 3);
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
                    meta[EpochIndex::metaKey(plain.size())] = QByteArray::number(epoch);
            }
            if (!plain.empty()) {
                const quint64 id = pick(1, plain.size());
                QCOMPARE(index.epochAt(id), plain[id - 1]);
                QCOMPARE(index.epochAt(plain.size()), plain.back());
            }
        }
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestEpochIndex)
#include "tst_epochindex.moc"
