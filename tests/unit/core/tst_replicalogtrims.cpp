// SPDX-License-Identifier: GPL-3.0-or-later
// A secondary trims what its master trimmed, and can begin at a base.
#include "tests/unit/core/replicalogsuite.h"

using namespace Qt::StringLiterals;

namespace replog {

class TestReplicaLogTrims : public ReplicaLogSuite
{
    Q_OBJECT

    static LogBase base(quint64 id, const Epoch &epoch = {3, 30})
    {
        return {{id, epoch}, 0, QByteArray(32, 'a')};
    }
    // A heartbeat.
    void tell(const Epoch &epoch, Position prev, quint64 committedId, quint64 firstId,
              const std::optional<LogBase> &withBase = {}, const Id128 &logId = LogId,
              const Id128 &to = NodeId)
    {
        Epochs epochs;
        for (const Epoch &each : {prev.epoch, epoch}) {
            if (each.start != 0 && (epochs.isEmpty() || epochs.back().number < each.number))
                epochs.append(each);
        }
        m_log->handleReplicate({"m", epoch, prev, committedId, {}, logId, epochs, to, firstId, withBase},
                               [this](const ReplicateAnswer &answer) { m_answers.push_back(answer); });
    }
    void refusedBase(Kind kind, const QByteArray &what)
    {
        refused(kind);
        QVERIFY2(m_answers.back().text.contains(what), m_answers.back().text.constData());
        m_store->syncAll();
        QCOMPARE(m_log->visible().firstId(), 1U);
        QCOMPARE(m_store->state().firstId, 1U);
        QCOMPARE(m_log->last().id, 3U);
        QCOMPARE(log(), "abc"_ba);
    }

private slots:
    void givesUpWhatTheMasterGaveUp()
    {
        store(3, {}, "abcdef", 5);
        tell(3, {6, 3}, 5, 4);
        QCOMPARE(m_log->visible().firstId(), 4U);
        m_store->syncAll();
        QCOMPARE(m_store->state().firstId, 4U);
        QCOMPARE(m_store->state().last.id, 6U);
        // Trimmed entries are never accepted again.
        tell(3, {6, 3}, 5, 2);
        m_store->syncAll();
        QCOMPARE(m_log->visible().firstId(), 4U);
        restart();
        QCOMPARE(m_log->visible().firstId(), 4U);
        QCOMPARE(m_log->visible().committedId(), 5U);
        QCOMPARE(m_log->last().id, 6U);
    }

    void neverBeyondWhatIsCommittedHere()
    {
        deliver(3, {}, "abcdef", 5);
        tell(3, {6, 3}, 5, 5);
        QCOMPARE(m_log->visible().firstId(), 1U); // nothing is durable yet
        m_store->syncAll();
        QCOMPARE(m_log->visible().firstId(), 5U);
        // A first_id beyond committed_id: trimmed as soon as that is committed.
        tell(3, {6, 3}, 6, 6);
        QCOMPARE(m_log->visible().committedId(), 6U);
        QCOMPARE(m_log->visible().firstId(), 6U);
        tell(3, {6, 3}, 9, 8);
        QCOMPARE(m_log->visible().firstId(), 6U);
        store(3, {6, 3}, "ghi", 7);
        // Up to here the heartbeat before proved that the logs agree.
        QCOMPARE(m_log->visible().firstId(), 7U);
        tell(3, {9, 3}, 9, 8);
        QCOMPARE(m_log->visible().firstId(), 8U);
    }

    void aStaleMastersFirstIdIsNothing()
    {
        store({4, 40}, {}, "abcdef", 5);
        tell({3, 30}, {6, 3}, 5, 4);
        refused(Kind::StaleEpoch);
        QCOMPARE(m_log->visible().firstId(), 1U);
        // A first_id of one master does not hold for the next.
        tell({4, 40}, {6, {4, 40}}, 9, 8);
        store({5, 50}, {6, {4, 40}}, "ghijk", 11);
        QCOMPARE(m_log->visible().committedId(), 11U);
        QCOMPARE(m_log->visible().firstId(), 1U);
    }

    // A diverged node keeps its committed entries: it may be the only one that has them.
    void notBeforeTheLogsAreKnownToAgree()
    {
        store({3, 30}, {}, "abcdef", 6);
        tell({3, 30}, {}, 6, 4); // asks for the end of its log
        accepted(6);
        QCOMPARE(m_log->visible().firstId(), 1U);
        tell({4, 40}, {9, {4, 40}}, 9, 4); // after a gap
        QCOMPARE(m_log->visible().firstId(), 1U);
        tell({4, 40}, {6, {4, 40}}, 6, 4);
        m_store->syncAll();
        QCOMPARE(m_log->mode(), ReplicaLog::Mode::Diverged);
        QCOMPARE(m_log->visible().firstId(), 1U);
        QCOMPARE(m_store->state().firstId, 1U);
        QCOMPARE(log(), "abcdef"_ba);
    }

    // A master that keeps more entries than this node learns where the node's log ends; epochs below are
    // unknown here.
    void whatWasGivenUpIsNotCompared()
    {
        tell({3, 30}, {}, 60, 50, base(49));
        m_store->syncAll();
        deliver({3, 30}, {49, {3, 30}}, "xyz", 52);
        m_store->syncAll();
        accepted(52);
        for (const Position &prev : {Position(), Position{20, {2, 20}}}) {
            deliver({4, 40}, prev, "abc", 52);
            m_store->syncAll();
            refused(Kind::Mismatch);
            QCOMPARE(m_answers.back().node.last.id, 52U);
            QCOMPARE(m_log->mode(), ReplicaLog::Mode::Following);
        }
    }

    void beginsBehindABase_data()
    {
        QTest::addColumn<QByteArray>("held");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("behind") << QByteArray("abc");
    }
    void beginsBehindABase()
    {
        QFETCH(QByteArray, held);
        const Epoch before{2, 20};
        const Epoch now{3, 30};
        if (!held.isEmpty())
            store(before, {}, held, 2);
        const quint64 end = quint64(held.size());
        tell(now, {end, end > 0 ? before : Epoch()}, 60, 50, base(49, now));
        QCOMPARE(m_log->visible().firstId(), 1U);
        const size_t answers = m_answers.size();
        m_store->syncAll();
        QCOMPARE(m_answers.size(), answers + 1);
        accepted(49);
        QVERIFY(m_answers.back().node.last.epoch == now);
        QCOMPARE(m_answers.back().node.committedId, 49U);
        QCOMPARE(m_log->visible().firstId(), 50U);
        QCOMPARE(m_log->visible().durableId(), 49U);
        for (int i = 0; i < 2; ++i) {
            QVERIFY(m_log->last() == (Position{49, now}));
            QCOMPARE(m_log->visible().firstId(), 50U);
            QCOMPARE(m_log->visible().committedId(), 49U);
            restart();
        }
        deliver(now, {49, now}, "xyz", 51);
        m_store->syncAll();
        accepted(52);
        QCOMPARE(m_log->visible().committedId(), 51U);
        QCOMPARE(m_store->state().firstId, 50U);
        // A late delivery changes nothing.
        tell(now, {}, 60, 50, base(49, now));
        tell(now, {end, end > 0 ? before : Epoch()}, 60, 50, base(49, now));
        m_store->syncAll();
        QCOMPARE(m_log->last().id, 52U);
    }

    // Between its former end and the base are entries that it never saw.
    void whatItNeverSawIsOfNoEpoch()
    {
        store({2, 20}, {}, "abc", 2);
        tell({7, 70}, {3, {2, 20}}, 60, 50, base(49, {5, 55}));
        m_store->syncAll();
        const EpochIndex epochs = EpochIndex::fromMeta(m_store->state().meta);
        QVERIFY(epochs.epochAt(3) == Epoch(2, 20));
        QVERIFY(epochs.epochAt(4) == Epoch());
        QVERIFY(epochs.epochAt(48) == Epoch());
        QVERIFY(epochs.epochAt(49) == Epoch(5, 55));
    }

    void whatCameAheadFollowsOnTheBase()
    {
        store(3, {}, "abc", 2);
        deliver(3, {49, 3}, "xyz");
        accepted(3);
        tell(3, {3, 3}, 60, 50, base(49, 3));
        m_store->syncAll();
        accepted(52);
    }

    // Writes handed in before become durable first, and their answers are sent.
    void endsFurtherOnThanTheMasterKnew()
    {
        store(3, {}, "abc", 2);
        deliver(3, {3, 3}, "de");
        tell(3, {3, 3}, 60, 50, base(49, 3));
        m_store->syncAll();
        accepted(5);
        QCOMPARE(m_log->last().id, 5U);
        QCOMPARE(m_log->visible().firstId(), 1U);
        tell(3, {5, 3}, 60, 50, base(49, 3));
        m_store->syncAll();
        accepted(49);
    }

    void aCrashBeforeItIsDurableLeavesTheLog()
    {
        store(3, {}, "abc", 2);
        tell(3, {3, 3}, 60, 50, base(49, 3));
        restart();
        QCOMPARE(m_log->last().id, 3U);
        QCOMPARE(m_log->visible().committedId(), 2U);
        QCOMPARE(m_log->visible().firstId(), 1U);
        // A prefix of the writes is durable, as after a crash of a store at any write.
        for (size_t writes = 1; writes < 4; ++writes) {
            tell({4, 40}, {3, 3}, 60, 50, base(49, {4, 40}));
            m_store->sync(writes);
            restart();
            if (m_store->state().firstId == 1) {
                QCOMPARE(m_log->last().id, 3U);
                QVERIFY(m_log->last().epoch == Epoch(3));
            }
        }
        tell({4, 40}, {m_log->last().id, m_log->last().epoch}, 60, 50, base(49, {4, 40}));
        m_store->syncAll();
        accepted(49);
    }

    void noBaseButThisLogsMasters()
    {
        store({3, 30}, {}, "abc", 2);
        const Position end{3, {3, 30}};
        tell({3, 30}, end, 60, 50, base(49), OtherLog);
        refusedBase(Kind::Mismatch, "holds log");
        tell({3, 30}, end, 60, 50, base(49), LogId, {9, 9});
        refusedBase(Kind::Misdirected, "this is node");
        tell({2, 20}, {3, {2, 20}}, 60, 50, base(49, {2, 20}));
        refusedBase(Kind::StaleEpoch, "epoch 3");
        tell({3, 31}, {3, {3, 31}}, 60, 50, base(49, {3, 31}));
        refusedBase(Kind::StaleEpoch, "another start");
        tell({2000000, 1}, end, 60, 50, base(49));
        refusedBase(Kind::Rejected, "too far above");
        tell({3, 30}, end, 48, 50, base(49));
        refusedBase(Kind::Rejected, "committed_id");
        tell({3, 30}, end, 60, 50, base(49, {4, 40}));
        refusedBase(Kind::Rejected, "epoch");
        tell({3, 30}, end, 60, 50, base(49, {3, 31}));
        refusedBase(Kind::Rejected, "epoch");
        tell({3, 30}, end, 60, 50, base(49, {2, 20}));
        refusedBase(Kind::Rejected, "epoch");
        QCOMPARE(m_answers.back().field, QStringLiteral("base"));
        QCOMPARE(m_log->epoch().number, 3U); // a refused delivery raises no epoch
        // Another place than the end of the log: no entries may be skipped.
        tell({3, 30}, {2, {3, 30}}, 60, 50, base(49));
        accepted(3);
        QCOMPARE(m_log->visible().firstId(), 1U);
        tell({3, 30}, {5, {3, 30}}, 60, 50, base(49));
        accepted(3);
        QCOMPARE(m_log->visible().firstId(), 1U);
        tell({4, 40}, {3, {4, 40}}, 60, 50, base(49, {4, 40}));
        refused(Kind::Mismatch);
        QCOMPARE(m_log->visible().firstId(), 1U);
        tell({4, 40}, {2, {4, 40}}, 60, 50, base(49, {4, 40}));
        m_store->syncAll();
        refused(Kind::Diverged);
        m_store->syncAll();
        QCOMPARE(log(), "abc"_ba);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicaLogTrims)
#include "tst_replicalogtrims.moc"
