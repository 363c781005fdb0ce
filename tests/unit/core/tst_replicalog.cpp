// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/replicalog.h"
#include "tests/support/memorylogstore.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

using Kind = ReplicateAnswer::Kind;

class TestReplicaLog : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_answers.clear();
        m_store = std::make_unique<MemoryLogStore>("secondary"_ba, "s1"_ba);
        restart();
    }
    void cleanup() { m_log.reset(); }

    void answersWhenDurable()
    {
        deliver(1, {0, 0}, "AB");
        QVERIFY(m_answers.empty());
        QCOMPARE(m_log->visible().durableId(), 0u);
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 1u);
        accepted(2);
        QCOMPARE(log(), "AB"_ba);
    }

    void heartbeatWaitsForWhatItSpeaksOf()
    {
        deliver(1, {0, 0}, "AB");
        deliver(1, {2, 1}, "", 2);
        QVERIFY(m_answers.empty());
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 2u);
        QCOMPARE(m_log->visible().committedId(), 2u);
    }

    void duplicatesAreAckedAndNotStoredTwice()
    {
        store(1, {0, 0}, "ABC");
        deliver(1, {0, 0}, "ABC");
        accepted(3);
        deliver(1, {1, 1}, "BCD");
        m_store->syncAll();
        accepted(4);
        QCOMPARE(log(), "ABCD"_ba);
    }

    void duplicateOfWhatIsBeingStored()
    {
        deliver(1, {0, 0}, "AB");
        deliver(1, {0, 0}, "AB");
        QVERIFY(m_answers.empty());
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 2u);
        QCOMPARE(log(), "AB"_ba);
    }

    void whatComesAheadOfAGapWaits()
    {
        store(1, {0, 0}, "A");
        deliver(1, {3, 1}, "DE", 5);
        accepted(1);
        QCOMPARE(m_log->aheadCount(), 2u);
        QCOMPARE(m_log->visible().durableId(), 1u);
        QCOMPARE(m_log->visible().committedId(), 0u);
        deliver(1, {1, 1}, "BC");
        m_store->syncAll();
        accepted(5);                                   // it took up what was kept
        QCOMPARE(m_log->aheadCount(), 0u);
        QCOMPARE(log(), "ABCDE"_ba);
        QCOMPARE(m_log->visible().committedId(), 0u);  // nothing of that delivery was proven
    }

    void whatIsKeptAheadIsBounded()
    {
        ReplicaLog::Config config;
        config.aheadBytes = 3 * 49;                    // three entries of one byte
        restart(config);
        deliver(1, {4, 1}, "EFGHIJ");
        deliver(1, {8, 1}, "IJ");
        QCOMPARE(m_log->aheadCount(), 3u);
        deliver(1, {0, 0}, "ABCD");
        m_store->syncAll();
        QCOMPARE(log(), "ABCDEFG"_ba);
        deliver(1, {7, 1}, "HIJ");
        m_store->syncAll();
        QCOMPARE(log(), "ABCDEFGHIJ"_ba);
    }

    void keptEntriesThatArriveOtherwiseAreDropped()
    {
        deliver(1, {2, 1}, "CD");
        deliver(1, {0, 0}, "ABCDE");
        QCOMPARE(m_log->aheadCount(), 0u);
        m_store->syncAll();
        QCOMPARE(log(), "ABCDE"_ba);
    }

    void keptEntriesOfAnOlderMasterAreForgotten()
    {
        deliver(1, {2, 1}, "CD");
        deliver(2, {0, 0}, "XY");
        QCOMPARE(m_log->aheadCount(), 0u);
        m_store->syncAll();
        QCOMPARE(log(), "XY"_ba);
    }

    void committedOnlyAsFarAsProvenAndDurable()
    {
        store(1, {0, 0}, "ABC");
        deliver(1, {1, 1}, "", 9);                     // proves entry 1
        QCOMPARE(m_log->visible().committedId(), 1u);
        deliver(1, {3, 1}, "DE", 5);
        QCOMPARE(m_log->visible().committedId(), 3u);  // D and E are not durable
        m_store->syncAll();
        QCOMPARE(m_log->visible().committedId(), 5u);
        QCOMPARE(m_store->state().committedId, 5u);
        deliver(1, {5, 1}, "", 2);
        QCOMPARE(m_log->visible().committedId(), 5u);
    }

    void otherEpochAtPrevIsAMismatch()
    {
        store(1, {0, 0}, "ABC", 1);
        deliver(3, {3, 2}, "D");
        refused(Kind::Mismatch);
        QCOMPARE(m_answers.back().last, (Position{3, 1}));
        QCOMPARE(m_answers.back().committedId, 1u);
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Following);
    }

    void otherEpochAtACommittedPrevIsDivergence()
    {
        store(1, {0, 0}, "ABC", 3);
        deliver(3, {3, 2}, "D");
        refused(Kind::Diverged);
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Diverged);
        QCOMPARE(log(), "ABC"_ba);
    }

    void uncommittedTailIsReplaced()
    {
        store(1, {0, 0}, "ABCD", 2);
        QSignalSpy truncated(m_log.get(), &ReplicaLog::truncated);
        deliver(2, {2, 1}, "XY", 2);
        QCOMPARE(truncated.size(), 1);
        QCOMPARE(truncated[0][0].toULongLong(), 3u);
        QCOMPARE(m_log->visible().durableId(), 2u);    // until the new ones are durable
        m_store->syncAll();
        accepted(4);
        QCOMPARE(m_answers.back().last, (Position{4, 2}));
        QCOMPARE(log(), "ABXY"_ba);
        restart();
        QCOMPARE(m_log->last(), (Position{4, 2}));
        deliver(2, {4, 2}, "Z");
        m_store->syncAll();
        accepted(5);
    }

    // durable() of writes of before a truncation must not count for what comes after it.
    void tailIsReplacedWhileItIsBeingStored()
    {
        deliver(1, {0, 0}, "ABCD", 1);
        const auto older = m_store->unsyncedCount();
        deliver(2, {1, 1}, "X");
        QCOMPARE(m_answers.size(), 1u);                // the older master's delivery
        refused(Kind::StaleEpoch);
        m_store->sync(older);
        QCOMPARE(m_answers.size(), 1u);
        QCOMPARE(m_log->visible().durableId(), 1u);
        while (m_store->sync(1)) {}
        accepted(2);
        QCOMPARE(log(), "AX"_ba);
    }

    void committedIsNeverDropped()
    {
        store(1, {0, 0}, "ABC", 2);
        deliver(2, {1, 1}, "X");
        refused(Kind::Diverged);
        QCOMPARE(log(), "ABC"_ba);
        m_store->syncAll();
        restart();                                     // it stays so until it is reset
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Diverged);
        deliver(2, {3, 1}, "D");
        refused(Kind::Diverged);
    }

    void committedAndNotYetDurableIsNeverDropped()
    {
        deliver(1, {0, 0}, "ABC", 3);
        deliver(2, {1, 1}, "X");
        refused(Kind::Diverged);
        m_store->syncAll();
        QCOMPARE(log(), "ABC"_ba);
    }

    void lowerEpochIsRefused()
    {
        deliver(5, {0, 0}, "A");
        QSignalSpy heard(m_log.get(), &ReplicaLog::heardFromMaster);
        deliver(4, {0, 0}, "");
        refused(Kind::StaleEpoch);
        QCOMPARE(m_answers.back().epoch, 5u);
        QCOMPARE(heard.size(), 0);
        m_store->syncAll();
        restart();
        deliver(4, {0, 0}, "");
        refused(Kind::StaleEpoch);
    }

    void nothingIsAckedBeforeTheEpochIsDurable()
    {
        store(1, {0, 0}, "A");
        m_answers.clear();
        deliver(2, {1, 1}, "");
        QVERIFY(m_answers.empty());
        m_store->syncAll();
        accepted(1);
    }

    void epochsRaisedInARow()
    {
        deliver(2, {0, 0}, "");
        deliver(3, {0, 0}, "");
        refused(Kind::StaleEpoch);
        m_store->sync(1);
        QCOMPARE(m_answers.size(), 1u);
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 2u);
        accepted(0);
        QCOMPARE(m_log->epoch(), 3u);
    }

    void anotherLogIsRefusedAndChangesNothing()
    {
        deliver(1, {0, 0}, "A", 0, 11);
        m_store->syncAll();
        deliver(9, {0, 0}, "X", 0, 22);
        refused(Kind::Diverged);
        QCOMPARE(m_log->epoch(), 1u);
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Following);
        restart();
        QCOMPARE(m_log->logId(), 11u);
        deliver(1, {0, 0}, "X", 0, 22);
        refused(Kind::Diverged);
        deliver(1, {1, 1}, "B", 0, 11);
        m_store->syncAll();
        accepted(2);
    }

    void emptyNodeTakesUpAnyLog()
    {
        deliver(1, {0, 0}, "", 0, 11);
        deliver(1, {0, 0}, "X", 0, 22);
        m_store->syncAll();
        accepted(1);
        QCOMPARE(m_log->logId(), 22u);
    }

    // A master that was put back from a copy of its folder raises the epoch that it had raised before.
    void anotherStartOfTheEpochIsARival()
    {
        store({5, 50}, {0, 0}, "AB");
        deliver({5, 51}, {2, {5, 50}}, "");
        refused(Kind::StaleEpoch);
        QVERIFY(m_answers.back().text.contains("another start"));
        restart();
        deliver({5, 51}, {0, 0}, "XY");
        refused(Kind::StaleEpoch);
        deliver({5, 50}, {2, {5, 50}}, "C");
        m_store->syncAll();
        accepted(3);
        QCOMPARE(log(), "ABC"_ba);
    }

    // The number of the epoch and its start may become durable one after the other.
    void rivalAfterACrashInBetween()
    {
        store({4, 40}, {0, 0}, "A");
        deliver({5, 50}, {1, {4, 40}}, "");
        m_store->sync(1);
        restart();
        QVERIFY(m_log->epoch() == Epoch(4, 40) || m_log->epoch() == Epoch(5, 50));
        deliver({5, 50}, {1, {4, 40}}, "");
        m_store->syncAll();
        accepted(1);
        deliver({5, 51}, {1, {4, 40}}, "");
        refused(Kind::StaleEpoch);
    }

    void startThatIsNotToldIsLearned()
    {
        store(5, {0, 0}, "A");
        deliver({5, 50}, {1, 5}, "");
        m_answers.clear();
        m_store->syncAll();
        accepted(1);
        restart();
        deliver({5, 51}, {1, 5}, "");
        refused(Kind::StaleEpoch);
        deliver(5, {1, 5}, "B");                       // not told: as it ever was
        m_store->syncAll();
        accepted(2);
    }

    void dataWrittenBeforeThereWereStarts()
    {
        m_store->putMeta("epoch/1", "5", {});
        m_store->putMeta("epoch-master", "m", {});
        m_store->append({{1, 5, 1, {}, "A"}, {2, 5, 1, {}, "B"}});
        m_store->setEpoch(5, {});
        m_store->syncAll();
        restart();
        QCOMPARE(m_log->epoch(), Epoch(5));
        QCOMPARE(m_log->last(), (Position{2, 5}));
        deliver(5, {2, 5}, "C");                       // by a master of that version
        m_store->syncAll();
        accepted(3);
        deliver({6, 60}, {3, 5}, "D");                 // and by one of this
        m_store->syncAll();
        accepted(4);
        QCOMPARE(m_log->last(), (Position{4, {6, 60}}));
        QCOMPARE(log(), "ABCD"_ba);
    }

    void entriesOfAnotherStartAreReplaced()
    {
        store({5, 50}, {0, 0}, "ABC", 1);
        QSignalSpy truncated(m_log.get(), &ReplicaLog::truncated);
        send({6, 60}, {1, {5, 50}}, {{2, 6, 1, {}, "X"}});
        QCOMPARE(truncated.size(), 1);
        m_store->syncAll();
        accepted(2);
        QCOMPARE(log(), "AX"_ba);
    }

    // It restarted, and has an epoch of its own: what it has of the older one is not what is held here.
    void entriesOfAnotherStartUnderTheSameNumberAreReplaced()
    {
        store({4, 40}, {0, 0}, "A", 1);
        store({5, 50}, {1, {4, 40}}, "BC");
        send({6, 60}, {1, {4, 40}}, {{2, 5, 1, {}, "X"}, {3, 5, 1, {}, "Y"}, {4, 6, 1, {}, "Z"}}, {{4, 40}, {5, 51}, {6, 60}});
        m_store->syncAll();
        accepted(4);
        QCOMPARE(log(), "AXYZ"_ba);
        restart();
        QCOMPARE(m_log->last(), (Position{4, {6, 60}}));
        deliver({6, 60}, {3, {5, 51}}, "");
        accepted(4);
        deliver({6, 60}, {3, {5, 50}}, "");
        refused(Kind::Mismatch);
    }

    void entriesOfAnotherStartUnderTheSameNumberAtACommittedPlaceAreDivergence()
    {
        store({4, 40}, {0, 0}, "A");
        store({5, 50}, {1, {4, 40}}, "BC", 2);
        send({6, 60}, {1, {4, 40}}, {{2, 5, 1, {}, "X"}}, {{4, 40}, {5, 51}, {6, 60}});
        refused(Kind::Diverged);
        QVERIFY(m_answers.back().text.contains("another start"));
        QCOMPARE(log(), "ABC"_ba);
    }

    void otherStartAtPrevIsAMismatch()
    {
        store({5, 50}, {0, 0}, "ABC", 1);
        deliver({6, 60}, {3, {5, 51}}, "D");
        refused(Kind::Mismatch);
        QVERIFY(m_answers.back().text.contains("another start"));
        QCOMPARE(m_answers.back().last, (Position{3, {5, 50}}));
        deliver({6, 60}, {1, {5, 51}}, "X");
        refused(Kind::Diverged);
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Diverged);
    }

    void startsOfWhatIsKeptAhead()
    {
        send({6, 60}, {1, {5, 51}}, {{2, 5, 1, {}, "B"}, {3, 6, 1, {}, "C"}}, {{5, 51}, {6, 60}});
        QCOMPARE(m_log->aheadCount(), 2u);
        send({6, 60}, {0, 0}, {{1, 5, 1, {}, "A"}}, {{5, 51}, {6, 60}});
        m_store->syncAll();
        accepted(3);
        QCOMPARE(m_log->last(), (Position{3, {6, 60}}));
        deliver({6, 60}, {2, {5, 50}}, "");
        refused(Kind::Mismatch);
        deliver({6, 60}, {2, {5, 51}}, "");
        accepted(3);
    }

    // What came ahead of a log that began anew must not be taken for a part of it.
    void keptEntriesOfAnotherLogAreForgotten()
    {
        deliver({1, 10}, {2, {1, 10}}, "CD", 0, 11);
        deliver({1, 12}, {0, 0}, "XY", 0, 22);
        m_store->syncAll();
        accepted(2);
        QCOMPARE(log(), "XY"_ba);
        QCOMPARE(m_log->epoch(), Epoch(1, 12));
    }

    void crashLosesOnlyWhatWasNotAnswered()
    {
        store(1, {0, 0}, "AB", 1);
        deliver(1, {2, 1}, "CD", 4);
        restart();
        QCOMPARE(log(), "AB"_ba);
        QCOMPARE(m_log->visible().durableId(), 2u);
        QCOMPARE(m_log->visible().committedId(), 2u);  // of C and D it was only told
        deliver(1, {4, 1}, "E");
        QCOMPARE(m_answers.back().last, (Position{2, 1}));
        deliver(1, {2, 1}, "CDE", 4);
        m_store->syncAll();
        accepted(5);
    }

    // The line of an epoch may have become durable and its first entry not.
    void epochLineWithoutItsEntry()
    {
        store(1, {0, 0}, "AB");
        deliver(2, {2, 1}, "C");
        while (m_store->unsyncedCount() > 1)
            m_store->sync(1);
        restart();
        QCOMPARE(log(), "AB"_ba);
        QCOMPARE(m_log->last(), (Position{2, 1}));
        deliver(5, {2, 1}, "XY");
        m_store->syncAll();
        accepted(4);
        QCOMPARE(m_answers.back().last, (Position{4, 5}));
        restart();
        QCOMPARE(m_log->last(), (Position{4, 5}));
    }

    // Of a tail that is being dropped the entries must not be left behind as those of the epoch before.
    void crashWhileATailIsDropped()
    {
        for (size_t writes = 0; writes < 8; ++writes) {
            m_log.reset();
            m_store = std::make_unique<MemoryLogStore>("secondary"_ba, "s1"_ba);
            restart();
            store(1, {0, 0}, "A", 1);
            store(2, {1, 1}, "B");
            store(3, {2, 2}, "CD");
            deliver(4, {1, 1}, "X");
            m_store->sync(writes);
            restart();
            const Entries &held = m_store->entries();
            QCOMPARE(m_log->last(), (Position{held.back().id, held.back().epoch}));
            // A master in whose log the first epoch went on.
            send(5, {1, 1}, {{2, 1, 1, {}, "P"}, {3, 1, 1, {}, "Q"}, {4, 1, 1, {}, "R"}, {5, 1, 1, {}, "S"}});
            m_store->syncAll();
            accepted(5);
            QCOMPARE(log(), "APQRS"_ba);
            restart();
            QCOMPARE(m_log->last(), (Position{5, 1}));
        }
    }

    void failedStoreAnswersEverything()
    {
        deliver(1, {0, 0}, "A");
        m_store->fail({Errc::Io, u"no space left"_s});
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 1u);
        refused(Kind::Unavailable);
        QCOMPARE(m_log->modeWord(), "failed"_ba);
        deliver(1, {0, 0}, "A");
        refused(Kind::Unavailable);
        QCOMPARE(m_log->visible().durableId(), 0u);
    }

    void shutDownAnswersEverything()
    {
        deliver(1, {0, 0}, "A");
        m_log->shutDown();
        QCOMPARE(m_answers.size(), 1u);
        refused(Kind::Unavailable);
        deliver(1, {0, 0}, "A");
        QCOMPARE(m_answers.size(), 2u);
        refused(Kind::Unavailable);
        m_store->syncAll();
        QCOMPARE(m_answers.size(), 2u);
    }

private:
    void restart(const ReplicaLog::Config &config = {})
    {
        m_log.reset();
        m_store->crash();
        m_log = std::make_unique<ReplicaLog>(*m_store, m_store->state(), config);
    }
    // Entries of one letter each; those of up to prev are known.
    void deliver(const Epoch &epoch, Position prev, const QByteArray &letters, quint64 committedId = 0, quint64 logId = 0)
    {
        Entries entries;
        quint64 id = prev.id;
        for (const char letter : letters) {
            const quint64 held = ++id <= m_store->entries().size() && m_store->entries()[id - 1].message == QByteArray(1, letter)
                ? m_store->entries()[id - 1].epoch : epoch.number;
            entries.push_back({id, held, 1, {}, QByteArray(1, letter)});
        }
        Epochs epochs;
        for (const Epoch &each : {prev.epoch, epoch}) {
            if (each.start != 0 && (epochs.isEmpty() || epochs.back().number < each.number))
                epochs.append(each);
        }
        send(epoch, prev, std::move(entries), epochs, committedId, logId);
    }
    void send(const Epoch &epoch, Position prev, Entries entries, const Epochs &epochs = {}, quint64 committedId = 0, quint64 logId = 0)
    {
        m_log->handleReplicate({"m", epoch, prev, committedId, std::move(entries), logId, epochs},
                               [this](const ReplicateAnswer &answer) { m_answers.push_back(answer); });
    }
    void store(const Epoch &epoch, Position prev, const QByteArray &letters, quint64 committedId = 0)
    {
        deliver(epoch, prev, letters, committedId);
        m_store->syncAll();
        accepted(prev.id + static_cast<quint64>(letters.size()));
    }
    void accepted(quint64 last)
    {
        QVERIFY(!m_answers.empty());
        QCOMPARE(m_answers.back().kind, Kind::Accepted);
        QCOMPARE(m_answers.back().last.id, last);
    }
    void refused(Kind kind)
    {
        QVERIFY(!m_answers.empty());
        QCOMPARE(m_answers.back().kind, kind);
        QVERIFY(!m_answers.back().text.isEmpty());
    }
    QByteArray log() const
    {
        QByteArray letters;
        for (const Entry &entry : m_store->entries())
            letters += entry.message;
        return letters;
    }

    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<ReplicaLog> m_log;
    std::vector<ReplicateAnswer> m_answers;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicaLog)
#include "tst_replicalog.moc"
