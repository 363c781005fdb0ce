// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/replicalogsuite.h"

using namespace Qt::StringLiterals;

namespace replog {

// Deliveries of one master: stored once, in order, acked and committed as far as proven; and the state after
// a crash.
class TestReplicaLog : public ReplicaLogSuite
{
    Q_OBJECT
private slots:
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

    // What waits for the disk is bounded; what is held already, or adds nothing, is no more of it.
    void deliveriesThatOutrunTheDisk()
    {
        ReplicaLog::Config config;
        config.unsyncedBytes = 3 * 49; // room for three entries of one byte
        restart(config);
        deliver(1, {0, 0}, "AB");
        deliver(1, {2, 1}, "CD");
        QCOMPARE(m_answers.size(), 1u);
        refused(Kind::Unavailable);
        deliver(1, {2, 1}, "C");
        deliver(1, {0, 0}, "ABC");
        deliver(1, {3, 1}, "");
        QCOMPARE(m_answers.size(), 1u);
        deliver(1, {3, 1}, "D");
        refused(Kind::Unavailable);
        m_store->syncAll();
        accepted(3);
        QCOMPARE(log(), "ABC"_ba);
        deliver(1, {3, 1}, "DEFG"); // larger than the room, but alone
        m_store->syncAll();
        accepted(7);
    }

    // Dropped entries count until the store has dropped them.
    void replacementsThatOutrunTheDisk()
    {
        ReplicaLog::Config config;
        config.unsyncedBytes = 3 * 49;
        restart(config);
        store(1, {0, 0}, "A");
        deliver(1, {1, 1}, "BC");
        deliver(2, {1, 1}, "X");
        m_store->answerReads();
        deliver(3, {1, 1}, "Y");
        refused(Kind::Unavailable);
        m_store->syncAll();
        deliver(3, {1, 1}, "YZV");
        m_store->pump();
        accepted(4);
        QCOMPARE(log(), "AYZV"_ba);
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
        accepted(5); // it took the buffered entries
        QCOMPARE(m_log->aheadCount(), 0u);
        QCOMPARE(log(), "ABCDE"_ba);
        QCOMPARE(m_log->visible().committedId(), 0u); // that delivery proved nothing
    }

    // Readers by time search the log, and its check calls a time that goes back damage.
    void aTimeThatGoesBackIsRefused()
    {
        const auto entry = [](quint64 id, qint64 timeMs) {
            Entry made{id, 1, 1, {}, "x"};
            made.timeMs = timeMs;
            return made;
        };
        send({1}, {}, {entry(1, 2000), entry(2, 3000)});
        m_store->syncAll();
        accepted(2);
        send({1}, {2, 1}, {entry(3, 2999)});
        refused(Kind::Rejected);
        QCOMPARE(m_answers.back().field, QStringLiteral("entries"));
        restart(); // the time is known again after a start
        send({1}, {2, 1}, {entry(3, 2999)});
        refused(Kind::Rejected);
        send({1}, {3, 1},
             {entry(4, 2999)}); // after a gap: it is kept aside, and not taken when the gap closes
        accepted(2);
        send({1}, {2, 1}, {entry(3, 3000)});
        m_store->syncAll();
        accepted(3);
        QCOMPARE(log(), "xxx"_ba);
        // Entries that wait for the gap to close are compared with each other, too.
        send({1}, {4, 1}, {entry(5, 4000)});
        send({1}, {5, 1}, {entry(6, 3999)});
        send({1}, {3, 1}, {entry(4, 3500)});
        m_store->syncAll();
        QCOMPARE(m_log->visible().durableId(), 5U);
        // A newer master may have the entry of another time.
        send({5}, {2, 1}, {[&] {
                 Entry other = entry(3, 2500);
                 other.epoch = 5;
                 return other;
             }()});
        m_store->pump();
        refused(Kind::Rejected); // but never one before that of entry 2
        QCOMPARE(m_answers.back().field, QStringLiteral("entries"));
        QCOMPARE(m_answers.back().node.last, (Position{2, 1}));
        Entry other = entry(3, 3000);
        other.epoch = 5;
        send({5}, {2, 1}, {other});
        m_store->pump();
        accepted(3);
    }

    // The entries of the epochs come one behind the other: an entry of an older epoch that was kept ahead of
    // a gap does not follow on those that close it.
    void anEpochThatGoesBackIsNotTakenWhenTheGapCloses()
    {
        store({1}, {}, "A");
        send({6, 60}, {3, 5}, {{4, 5, 1, {}, "x"}}, {{6, 60}});
        QCOMPARE(m_log->aheadCount(), 1u);
        send({6, 60}, {1, 1}, {{2, 6, 1, {}, "b"}, {3, 6, 1, {}, "c"}}, {{6, 60}});
        m_store->syncAll();
        accepted(3);
        QCOMPARE(m_log->aheadCount(), 0u);
        QCOMPARE(log(), "Abc"_ba);
        // So it is if the number is the same, and the start another one.
        send({6, 60}, {4, {6, 61}}, {{5, 6, 1, {}, "x"}}, {{6, 61}});
        QCOMPARE(m_log->aheadCount(), 1u);
        send({6, 60}, {3, {6, 60}}, {{4, 6, 1, {}, "d"}}, {{6, 60}});
        m_store->syncAll();
        accepted(4);
        QCOMPARE(m_log->aheadCount(), 0u);
    }

    // Until the time of the entry before is known, one delivery at a time waits for it.
    void theTimeBeforeWhatWasDroppedIsRead()
    {
        store({1}, {}, "ABC", 1);
        deliver({2}, {1, 1}, "X", 1);
        QVERIFY(m_store->hasReads());
        const auto before = m_answers.size();
        deliver({2}, {1, 1}, "", 1); // a heartbeat is not kept waiting
        m_store->syncAll();
        QCOMPARE(m_answers.size(), before + 1);
        accepted(1);
        deliver({2}, {1, 1}, "XY", 1);
        refused(Kind::Unavailable); // the first one; its master sends it again
        QCOMPARE(m_answers.size(), before + 2);
        m_store->pump();
        QCOMPARE(m_answers.size(), before + 3);
        accepted(3);
        QCOMPARE(log(), "AXY"_ba);
        deliver({3}, {1, 1}, "Z", 1);
        deliver({4}, {1, 1}, "V", 1); // a newer master
        m_store->pump();
        accepted(2);
        QCOMPARE(log(), "AV"_ba);
        deliver({5}, {1, 1}, "W", 1);
        m_log->shutDown();
        refused(Kind::Unavailable);
    }

    // All that is left was given up: then the time is that of the base.
    void theTimeBeforeWhatWasDroppedIsThatOfTheBase()
    {
        const auto entry = [](quint64 id, quint64 epoch, qint64 timeMs) {
            Entry made{id, epoch, 1, {}, "x"};
            made.timeMs = timeMs;
            return made;
        };
        m_log->handleReplicate({"m", {1}, {}, 2, {}, LogId, {}, NodeId, 3, LogBase{{2, 1}, 2000, {}}},
                               [](const ReplicateAnswer &) {});
        m_store->pump();
        QCOMPARE(m_log->last(), (Position{2, 1}));
        send({1}, {2, 1}, {entry(3, 1, 3000)});
        m_store->pump();
        accepted(3);
        send({2}, {2, 1}, {entry(3, 2, 1999)});
        m_store->pump();
        refused(Kind::Rejected);
        send({2}, {2, 1}, {entry(3, 2, 2000)});
        m_store->pump();
        accepted(3);
    }

    // Nor does a base go back in time, and while that is not known it waits, as entries do.
    void theTimeOfABaseDoesNotGoBack()
    {
        const auto entry = [](quint64 id, quint64 epoch, qint64 timeMs) {
            Entry made{id, epoch, 1, {}, "x"};
            made.timeMs = timeMs;
            return made;
        };
        const auto sendBase = [this](quint64 prevId, quint64 id, qint64 timeMs) {
            m_log->handleReplicate(
                {"m", {2}, {prevId, 1}, id, {}, LogId, {}, NodeId, id + 1, LogBase{{id, 2}, timeMs, {}}},
                [this](const ReplicateAnswer &made) { m_answers.push_back(made); });
        };
        send({1}, {}, {entry(1, 1, 1000), entry(2, 1, 2000), entry(3, 1, 9000)});
        m_store->pump();
        accepted(3);
        sendBase(3, 6, 8999);
        refused(Kind::Rejected);
        QCOMPARE(m_answers.back().field, u"base"_s);

        send({2}, {2, 1}, {entry(3, 2, 3000)}); // instead of what was there; the time before it is read
        const auto before = m_answers.size();
        sendBase(2, 6, 1999);
        QCOMPARE(m_answers.size(), before + 1);
        refused(Kind::Unavailable); // what waited
        m_store->pump();
        QCOMPARE(m_answers.size(), before + 2);
        refused(Kind::Rejected);
        QCOMPARE(m_answers.back().field, u"base"_s);
        QCOMPARE(m_log->last(), (Position{2, 1}));
        sendBase(2, 6, 2000);
        m_store->pump();
        accepted(6);
    }

    void whatIsKeptAheadIsBounded()
    {
        ReplicaLog::Config config;
        config.aheadBytes = 3 * 49; // room for three entries of one byte
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

    // However an entry leaves what is kept ahead, it gives its bytes back, and once: then there is room for
    // as many as at first, and for no more.
    void whatLeavesGivesItsBytesBackOnce()
    {
        ReplicaLog::Config config;
        config.aheadBytes = 3 * 49; // room for three entries of one byte
        restart(config);
        const auto entry = [](quint64 id, quint64 epoch, qint64 timeMs) {
            Entry made{id, epoch, 1, {}, "x"};
            made.timeMs = timeMs;
            return made;
        };
        const auto isEmptyAgain = [&](quint64 held, quint64 epoch) {
            if (m_log->aheadCount() != 0)
                return false;
            for (quint64 id = held + 10; id < held + 15; ++id)
                send({epoch}, {id - 1, epoch}, {entry(id, epoch, 1000 * qint64(id))});
            return m_log->aheadCount() == 3;
        };
        QVERIFY(isEmptyAgain(0, 1));
        send({2}, {}, {entry(1, 2, 2000)}); // another epoch: what is kept may not be in its log
        m_store->syncAll();
        QVERIFY(isEmptyAgain(1, 2));

        Entries between; // the gap closes: they are taken
        for (quint64 id = 2; id < 11; ++id)
            between.push_back(entry(id, 2, 2000));
        send({2}, {1, 2}, std::move(between));
        m_store->syncAll();
        QCOMPARE(m_log->visible().durableId(), 13U);
        QVERIFY(isEmptyAgain(13, 2));

        Entries all; // they come in another delivery
        for (quint64 id = 14; id < 30; ++id)
            all.push_back(entry(id, 2, 30'000));
        send({2}, {13, 2}, std::move(all));
        m_store->syncAll();
        QCOMPARE(m_log->visible().durableId(), 29U);
        QVERIFY(isEmptyAgain(29, 2));
        // The times of those that are kept would go back: they are dropped one by one, as the master sends
        // them.
        for (quint64 id = 30; id < 42; ++id) {
            send({2}, {id - 1, 2}, {entry(id, 2, 1'000'000)});
            m_store->syncAll();
            QCOMPARE(m_log->visible().durableId(), id);
        }
        QVERIFY(isEmptyAgain(41, 2));

        for (quint64 id = 42; id < 54; ++id)
            send({2}, {id - 1, 2}, {entry(id, 2, 1'000'000)});
        send({2}, {54, 2}, {entry(55, 2, 1'000'002)});
        send({2}, {55, 2}, {entry(56, 2, 1'000'001)}); // goes back behind one that is kept, too
        send({2}, {53, 2}, {entry(54, 2, 1'000'000)});
        m_store->syncAll();
        QCOMPARE(m_log->visible().durableId(), 55U);
        QCOMPARE(m_log->aheadCount(), 0U);
        send({2}, {55, 2}, {entry(56, 2, 1'000'002)});
        QVERIFY(isEmptyAgain(56, 2));
    }

    void keptEntriesThatArriveOtherwiseAreDropped()
    {
        deliver(1, {2, 1}, "CD");
        deliver(1, {0, 0}, "ABCDE");
        QCOMPARE(m_log->aheadCount(), 0u);
        m_store->syncAll();
        QCOMPARE(log(), "ABCDE"_ba);
    }

    void committedOnlyAsFarAsProvenAndDurable()
    {
        store(1, {0, 0}, "ABC");
        deliver(1, {1, 1}, "", 9); // proves entry 1
        QCOMPARE(m_log->visible().committedId(), 1u);
        deliver(1, {3, 1}, "DE", 5);
        QCOMPARE(m_log->visible().committedId(), 3u); // D and E are not durable
        m_store->syncAll();
        QCOMPARE(m_log->visible().committedId(), 5u);
        QCOMPARE(m_store->state().committedId, 5u);
        deliver(1, {5, 1}, "", 2);
        QCOMPARE(m_log->visible().committedId(), 5u);
    }

    void crashLosesOnlyWhatWasNotAnswered()
    {
        store(1, {0, 0}, "AB", 1);
        deliver(1, {2, 1}, "CD", 4);
        restart();
        QCOMPARE(log(), "AB"_ba);
        QCOMPARE(m_log->visible().durableId(), 2u);
        QCOMPARE(m_log->visible().committedId(), 2u); // C and D are announced, but not proven
        deliver(1, {4, 1}, "E");
        QCOMPARE(m_answers.back().node.last, (Position{2, 1}));
        deliver(1, {2, 1}, "CDE", 4);
        m_store->syncAll();
        accepted(5);
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

    void aStalledStoreRefusesForAWhile()
    {
        deliver(1, {0, 0}, "A");
        emit m_store->stalled({Errc::Exhausted, u"no room"_s});
        refused(Kind::Unavailable);
        QCOMPARE(m_log->modeWord(), "failed"_ba);
        deliver(1, {0, 0}, "A");
        refused(Kind::Unavailable);
        m_store->syncAll();
        emit m_store->resumed();
        QCOMPARE(m_log->modeWord(), "following"_ba);
        QCOMPARE(m_log->visible().durableId(), 1u);
        deliver(1, {0, 0}, "AB");
        m_store->syncAll();
        accepted(2);
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
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicaLog)
#include "tst_replicalog.moc"
