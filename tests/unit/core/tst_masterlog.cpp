// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masterlog.h"
#include "shared/log/replicatecodec.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/memorylogstore.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <memory>
#include <random>

using namespace Qt::StringLiterals;

namespace replog {

class TestMasterLog : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_store = std::make_unique<MemoryLogStore>("master"_ba, "m"_ba);
        open(1);
    }
    void cleanup() { m_log.reset(); }

    void idsAreDenseAndLeaveWithTheFlush()
    {
        QSignalSpy sendable(m_log.get(), &MasterLog::sendable);
        QCOMPARE(m_log->append({"A", "B"}, 2, Asked::Number, "k"), 1u);
        QCOMPARE(m_log->append({"C"}, 1, Asked::Number, {}), 3u);
        QCOMPARE(m_log->assignedId(), 3u);
        QCOMPARE(m_log->flushedId(), 0u);
        QCOMPARE(m_store->unsyncedCount(), 0u);
        m_log->flush();
        m_log->flush();
        QCOMPARE(m_log->flushedId(), 3u);
        QCOMPARE(sendable.size(), 1);
        QCOMPARE(m_log->visible().durableId(), 0u);
        m_store->syncAll();
        QCOMPARE(m_log->visible().durableId(), 3u);
        QCOMPARE(
            m_store->entries()[1],
            (Entry{.id = 2, .epoch = 1, .w = 2, .key = "k", .message = "B", .timeMs = m_scheduler.utcMs()}));
    }

    void whatNeedsNoOthersIsSendableOnceItIsDurable()
    {
        QSignalSpy sendable(m_log.get(), &MasterLog::sendable);
        m_log->append({"A"}, 1, Asked::Number, {});
        m_log->flush();
        m_log->append({"B"}, 1, Asked::Number, {});
        m_log->flush();
        QCOMPARE(m_log->flushedId(), 2u);
        QCOMPARE(m_log->sendableId(), 0u);
        m_store->syncAll();
        QCOMPARE(m_log->sendableId(), 0u); // after a moment, in which others may join
        m_scheduler.advance(1);
        QCOMPARE(m_log->sendableId(), 2u);
        QCOMPARE(sendable.size(), 1);

        m_log->append({"C"}, 1, Asked::Number, {});
        m_log->flush();
        QCOMPARE(m_log->sendableId(), 2u);
        m_log->append({"D"}, 2, Asked::Number, {});
        m_log->flush();
        QCOMPARE(m_log->sendableId(), 4u); // entries before it are sent with it
        m_log->append({"E"}, 1, Asked::Number, {});
        m_log->flush();
        const auto batch = m_log->recent(3, 1000);
        QVERIFY(batch && batch->last == 4);
        m_store->syncAll();
        m_scheduler.advance(1);
        QCOMPARE(m_log->sendableId(), 5u);
        m_log->append({"F"}, 1, Asked::Number, {});
        m_log->flush();
        QCOMPARE(m_log->sendableId(), 5u); // not before it is durable
    }

    // For every change of the machine's clock, also with a restart in between.
    void timeNeverGoesBack()
    {
        append("A");
        const qint64 first = m_scheduler.utcMs();
        m_scheduler.shiftUtc(-3600'000);
        append("B");
        m_store->syncAll();
        open(2);
        append("C");
        m_scheduler.shiftUtc(7200'000);
        append("D");
        m_store->syncAll();
        QList<qint64> times;
        for (const Entry &entry : m_store->entries())
            times.append(entry.timeMs);
        QCOMPARE(times, QList<qint64>({first, first, first, first + 3600'000}));
    }

    void undurableBytesAreCounted()
    {
        QCOMPARE(m_log->undurableBytes(), 0);
        m_log->append({QByteArray(1000, 'x')}, 1, Asked::Number, {});
        m_log->flush();
        QVERIFY(m_log->undurableBytes() >= 1000);
        m_store->syncAll();
        QCOMPARE(m_log->undurableBytes(), 0);
    }

    // A promoted secondary may have crashed while it dropped entries.
    void epochLinesBeyondTheLogAreDropped()
    {
        append("A");
        m_store->putMeta("epoch/2", "2 20", {});
        m_store->putMeta("epoch/3", "3 30", {});
        m_store->syncAll();
        open({4, 40});
        m_log->append({"B", "C"}, 1, Asked::Number, {});
        m_log->flush();
        m_store->syncAll();
        QCOMPARE(m_log->epochAt(3), Epoch(4, 40));
        open(5);
        QCOMPARE(m_log->epochAt(2), Epoch(4, 40));
        QCOMPARE(m_log->epochAt(3), Epoch(4, 40));
    }

    void epochsOfEachRun()
    {
        append("A");
        append("B");
        m_store->syncAll();
        open({4, 40});
        append("C");
        m_store->syncAll();
        open(5);
        QCOMPARE(m_log->epochAt(0), Epoch());
        QCOMPARE(m_log->epochAt(2), Epoch(1));
        QCOMPARE(m_log->epochAt(3), Epoch(4, 40));
        QCOMPARE(m_log->flushedId(), 3u);
        QVERIFY(!m_log->recent(1, 1000)); // entries of an earlier run are in the store only
    }

    void recentGivesWhatTheStoreWouldGive_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 20; ++seed)
            QTest::addRow("seed %llu", static_cast<unsigned long long>(seed)) << seed;
    }

    void recentGivesWhatTheStoreWouldGive()
    {
        QFETCH(quint64, seed);
        std::mt19937_64 random(seed);
        const auto pick = [&random](int from, int to) {
            return std::uniform_int_distribution(from, to)(random);
        };
        for (int flush = 0; flush < 20; ++flush) {
            for (int i = pick(1, 5); i > 0; --i)
                m_log->append({QByteArray(pick(0, 100), 'a')}, static_cast<quint32>(pick(1, 3)),
                              Asked::Number, pick(0, 1) ? "key"_ba : QByteArray());
            m_log->flush();
        }
        m_store->syncAll();
        m_scheduler.advance(1);
        const quint64 last = m_log->flushedId();
        for (int i = 0; i < 300; ++i) {
            const auto from = static_cast<quint64>(pick(1, static_cast<int>(last)));
            const qsizetype maxBytes = pick(1, 2000);
            const auto batch = m_log->recent(from, maxBytes);
            QVERIFY(batch);
            QVERIFY(batch->first == from && batch->last >= from && batch->last <= last);
            QByteArray expected;
            for (quint64 id = from; id <= batch->last; ++id) {
                const Entry &entry = m_store->entries()[id - 1];
                appendWireEntry(expected, viewOf(entry));
            }
            QCOMPARE(batch->bytes, expected);
            QVERIFY(batch->count() == 1 || batch->bytes.size() <= 2 * maxBytes);
        }
        QVERIFY(!m_log->recent(last + 1, 100));
    }

    void readGivesTheSameFromTheStore()
    {
        for (const char letter : "ABCDEFGH"_ba)
            append(QByteArray(1, letter));
        m_store->syncAll();
        std::optional<WireBatch> read;
        m_log->read(3, 49 * 2, [&read](const Result<WireBatch> &batch) { read = *batch; });
        QVERIFY(!read);
        m_store->answerReads();
        QVERIFY(read);
        QCOMPARE(read->first, 3u);
        QCOMPARE(read->last, 4u);
        QCOMPARE(read->bytes, m_log->recent(3, read->bytes.size())->bytes);
    }

    void memoryIsBoundedButKeepsWhatIsNotDurable()
    {
        const QByteArray big(1024 * 1024, 'x');
        for (int i = 0; i < 24; ++i)
            append(big);
        QVERIFY(m_log->recent(1, 100)); // cannot be read from the store yet
        m_store->syncAll();
        QVERIFY(!m_log->recent(1, 100));
        QVERIFY(m_log->recent(24, 100));
    }

    void committedIdIsStored()
    {
        append("A");
        append("B");
        m_store->syncAll();
        m_log->setCommittedId(2);
        m_log->setCommittedId(1);
        QCOMPARE(m_log->committedId(), 2u);
        open(2);
        QCOMPARE(m_log->committedId(), 2u);
    }

    // Of two masters of one log the number alone does not tell which took over: an old one that is started
    // again and again raises its own beyond the other's.
    void whoHasTakenOverIsToldByEpochsNotLedHere()
    {
        lead({1000, 11}, true);
        QVERIFY(!m_log->mustCompare());
        lead({1001, 12}, false);
        lead({1002, 13}, false);
        QVERIFY(m_log->mustCompare());
        QCOMPARE(m_log->questionEpoch(), Epoch(1000, 11));
        append("what is appended in this run is of an epoch that nobody has seen");
        QCOMPARE(m_log->questionEpoch(), Epoch(1000, 11));
        for (const Epoch &own : {Epoch(1000, 11), Epoch(1001, 12), Epoch(1002, 13)})
            QVERIFY(!m_log->wasTakenOver(own));
        QVERIFY(!m_log->wasTakenOver({999, 5})); // from before the folder was a master's
        for (const Epoch &others : {Epoch(1000, 21), Epoch(1001, 22), Epoch(1002, 23), Epoch(1003, 24)})
            QVERIFY(m_log->wasTakenOver(others));

        // Rolled back to a version that notes nothing, and upgraded again: what it led then is not known.
        m_store->setEpoch(1003, {});
        m_store->syncAll();
        lead({1004, 14}, false);
        QVERIFY(m_log->mustCompare());
        QVERIFY(!m_log->wasTakenOver({1003, 24}));

        // Promoted again after it was a secondary: whatever was before that may be the other's.
        lead({3000, 31}, true);
        QVERIFY(!m_log->mustCompare());
        QVERIFY(!m_log->wasTakenOver({1001, 22}));
        QVERIFY(m_log->wasTakenOver({3001, 32}));
    }

    void fewOfTheEpochsLedAreKept()
    {
        lead({1, 1}, true);
        for (quint64 number = 2; number <= MasterLog::MostLed + 5; ++number)
            m_store->putMeta("led/" + QByteArray::number(number), QByteArray::number(number), {});
        m_store->syncAll();
        const quint64 next = MasterLog::MostLed + 6;
        lead({next, 7}, false);
        lead({next + 1, 8}, false);
        QVERIFY(!m_log->wasTakenOver({next, 7}));
        const auto meta = m_store->state().meta;
        QCOMPARE(std::count_if(meta.keyBegin(), meta.keyEnd(),
                               [](const QByteArray &key) { return key.startsWith("led/"); }),
                 qsizetype(MasterLog::MostLed));
    }

private:
    // As a start of the node does.
    void lead(const Epoch &epoch, bool isFirst)
    {
        open(epoch);
        m_log->noteLeads(isFirst);
        m_store->syncAll();
    }
    void open(const Epoch &epoch)
    {
        m_log.reset();
        m_store->crash();
        m_log = std::make_unique<MasterLog>(*m_store, m_store->state(), epoch, Id128{7, 7}, m_scheduler);
    }
    void append(const QByteArray &message)
    {
        m_log->append({message}, 2, Asked::Number, {});
        m_log->flush();
    }

    ManualScheduler m_scheduler;
    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<MasterLog> m_log;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestMasterLog)
#include "tst_masterlog.moc"
