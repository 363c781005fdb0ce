// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/replicalogsuite.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;

namespace replog {

// Epochs with the same number and different starts.
class TestReplicaLogStarts : public ReplicaLogSuite
{
    Q_OBJECT
private slots:
    // A master restored from a copy of its folder raises its epoch to a number that it had used before.
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
        deliver(5, {1, 5}, "B"); // no start in the delivery: as before
        m_store->syncAll();
        accepted(2);
    }

    void entriesOfAnotherStartAreReplaced()
    {
        store({5, 50}, {0, 0}, "ABC", 1);
        QSignalSpy truncated(m_log.get(), &ReplicaLog::truncated);
        send({6, 60}, {1, {5, 50}}, {{2, 6, 1, {}, "X"}});
        QCOMPARE(truncated.size(), 1);
        m_store->pump();
        accepted(2);
        QCOMPARE(log(), "AX"_ba);
    }

    // It was restarted and has a new epoch; its entries of the older epoch differ from those held here.
    void entriesOfAnotherStartUnderTheSameNumberAreReplaced()
    {
        store({4, 40}, {0, 0}, "A", 1);
        store({5, 50}, {1, {4, 40}}, "BC");
        send({6, 60}, {1, {4, 40}}, {{2, 5, 1, {}, "X"}, {3, 5, 1, {}, "Y"}, {4, 6, 1, {}, "Z"}},
             {{4, 40}, {5, 51}, {6, 60}});
        m_store->pump();
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
        m_store->syncAll();
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
        QCOMPARE(m_answers.back().node.last, (Position{3, {5, 50}}));
        deliver({6, 60}, {1, {5, 51}}, "X");
        m_store->syncAll();
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
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicaLogStarts)
#include "tst_replicalogstarts.moc"
