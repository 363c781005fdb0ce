// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/concerntracker.h"

#include <QRegularExpression>
#include <QTest>

#include <map>
#include <memory>
#include <random>
#include <set>

using namespace Qt::StringLiterals;

namespace replog {

static Id128 idOf(const QByteArray &name)
{
    return {1, qHash(name)};
}

// A reference for ConcernTracker that recomputes everything after each event.
class NaiveConcerns
{
public:
    struct Entry
    {
        quint32 w = 1;
        bool satisfied = false;
        bool released = false;
    };

    std::map<quint64, Entry> entries; // entries beyond those committed at the start
    std::map<QByteArray, quint64> acked;
    quint64 durable = 0;
    quint64 committed = 0;

    int acks(quint64 id) const
    {
        int count = durable >= id ? 1 : 0;
        for (const auto &[node, upTo] : acked)
            count += upTo >= id ? 1 : 0;
        return count;
    }
    // The ids satisfied by the last event.
    std::set<quint64> settle()
    {
        std::set<quint64> now;
        for (auto &[id, entry] : entries) {
            if (!entry.satisfied && !entry.released && durable >= id &&
                acks(id) >= static_cast<int>(entry.w)) {
                entry.satisfied = true;
                now.insert(id);
            }
        }
        for (auto it = entries.find(committed + 1);
             it != entries.end() && it->first == committed + 1 &&
             (it->second.satisfied || it->second.released) && durable >= it->first;
             ++it)
            ++committed;
        return now;
    }
    std::vector<quint64> pending() const
    {
        std::vector<quint64> ids;
        for (const auto &[id, entry] : entries) {
            if (!entry.satisfied && !entry.released)
                ids.push_back(id);
        }
        return ids;
    }
};

class TestConcernTracker : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_told.clear();
        m_tracker = std::make_unique<ConcernTracker>();
        connect(m_tracker.get(), &ConcernTracker::committedAdvanced, this,
                [this](quint64 id) { m_told.append(u"committed %1"_s.arg(id)); });
        connect(m_tracker.get(), &ConcernTracker::satisfied, this, [this](quint64 first, quint64 last) {
            m_told.append(u"satisfied %1..%2"_s.arg(first).arg(last));
        });
        m_tracker->start(0);
    }

    void stoppedItSatisfiesNobody()
    {
        m_tracker->open(1, 1, 2, 0);
        m_tracker->open(2, 2, 1, 0);
        m_tracker->handleLocalDurable(1);
        m_tracker->stop();
        m_tracker->handleLocalDurable(2);
        m_tracker->handleAck(idOf("a"), 2);
        QVERIFY(release(1));
        QCOMPARE(m_told, QStringList());
        QCOMPARE(m_tracker->committedId(), 0u);
        QCOMPARE(m_tracker->acks(2), 2);
        QVERIFY(m_tracker->isPending(2));
    }

    void masterAloneIsOneOfW()
    {
        m_tracker->open(1, 1, 1, 0);
        m_tracker->handleAck(idOf("s1"), 1);
        QCOMPARE(m_told, QStringList()); // not durable on the master
        m_tracker->handleLocalDurable(1);
        QCOMPARE(m_told, QStringList({u"committed 1"_s, u"satisfied 1..1"_s}));
    }

    void committedComesBeforeSatisfied()
    {
        m_tracker->open(1, 3, 2, 0);
        m_tracker->handleLocalDurable(3);
        m_tracker->handleAck(idOf("s1"), 2);
        QCOMPARE(m_told, QStringList({u"committed 2"_s, u"satisfied 1..2"_s}));
        QVERIFY(!m_tracker->isPending(2));
        QVERIFY(m_tracker->isPending(3));
        QCOMPARE(m_tracker->pendingCount(), 1u);
    }

    void waitingEntryHoldsCommittedBackButNotOthers()
    {
        m_tracker->open(1, 1, 3, 0);
        m_tracker->open(2, 2, 1, 0);
        m_tracker->handleLocalDurable(2);
        QCOMPARE(m_told, QStringList({u"satisfied 2..2"_s}));
        QCOMPARE(m_tracker->committedId(), 0u);
        m_tracker->handleAck(idOf("s1"), 2);
        m_tracker->handleAck(idOf("s2"), 1);
        QCOMPARE(m_told.mid(1), QStringList({u"committed 2"_s, u"satisfied 1..1"_s}));
    }

    void acksOfRepeatedNodesCountOnce()
    {
        m_tracker->open(1, 1, 3, 0);
        m_tracker->handleLocalDurable(1);
        for (int i = 0; i < 3; ++i)
            m_tracker->handleAck(idOf("s1"), 1);
        QCOMPARE(m_tracker->acks(1), 2);
        QVERIFY(m_tracker->isPending(1));
    }

    void withdrawnAckNoLongerCounts()
    {
        m_tracker->open(1, 1, 3, 0);
        m_tracker->handleLocalDurable(1);
        m_tracker->handleAck(idOf("s1"), 1);
        m_tracker->handleAck(idOf("s1"), 0);
        m_tracker->handleAck(idOf("s2"), 1);
        QVERIFY(m_tracker->isPending(1));
        QCOMPARE(m_tracker->acks(1), 2);
    }

    void satisfiedStaysSatisfiedWhenAnAckIsWithdrawn()
    {
        m_tracker->open(1, 1, 2, 0);
        m_tracker->handleLocalDurable(1);
        m_tracker->handleAck(idOf("s1"), 1);
        m_told.clear();
        m_tracker->handleAck(idOf("s1"), 0);
        m_tracker->removeNode(idOf("s1"));
        QVERIFY(!m_tracker->isPending(1));
        QCOMPARE(m_tracker->committedId(), 1u);
        QCOMPARE(m_told, QStringList());
    }

    void releasedEntryHoldsNothingBack()
    {
        m_tracker->open(1, 5, 2, 0);
        m_tracker->handleLocalDurable(5);
        QVERIFY(release(3)); // from the middle of a range
        QVERIFY(!release(3));
        QVERIFY(!release(9));
        QVERIFY(!m_tracker->isPending(3));
        QVERIFY(m_tracker->isPending(2) && m_tracker->isPending(4));
        QVERIFY(release(1));
        QCOMPARE(m_tracker->committedId(), 1u);
        QVERIFY(release(2));
        QCOMPARE(m_tracker->committedId(), 3u);
        QCOMPARE(m_tracker->pendingCount(), 2u);
    }

    void rangesAreReleasedTogether()
    {
        m_tracker->open(1, 3, 7, 0);
        m_tracker->open(4, 4, 1, 0);
        m_tracker->open(5, 9, 7, 0);
        m_tracker->open(10, 12, 3, 0);
        m_tracker->handleLocalDurable(12);
        QCOMPARE(m_tracker->pendingIn(2, 11),
                 ConcernTracker::Ids({{2, 3}, {5, 11}})); // adjacent ranges of two concerns are merged
        m_tracker->release(2, 11);
        QCOMPARE(m_tracker->pendingIn(1, 12), ConcernTracker::Ids({{1, 1}, {12, 12}}));
        QCOMPARE(m_tracker->pendingCount(), 2u);
        m_tracker->release(1, 1);
        QCOMPARE(m_tracker->committedId(), 11u);
        QVERIFY(m_tracker->pendingIn(1, 11).empty());
    }

    void releasedEntryIsCommittedWhenDurable()
    {
        m_tracker->open(1, 1, 2, 0);
        QVERIFY(release(1));
        QCOMPARE(m_tracker->committedId(), 0u);
        m_tracker->handleLocalDurable(1);
        QCOMPARE(m_told, QStringList({u"committed 1"_s}));
    }

    void restartTakesUpWhatWasUnfinished()
    {
        ConcernTracker tracker;
        tracker.start(5);
        tracker.openReleased(6);
        tracker.open(7, 7, 2, 0);
        tracker.handleLocalDurable(7);
        QCOMPARE(tracker.committedId(), 6u);
        tracker.handleAck(idOf("s1"), 7);
        QCOMPARE(tracker.committedId(), 7u);
    }

    void oldestPendingMergesByIdAndIsBounded()
    {
        m_tracker->open(1, 2, 3, 0);
        m_tracker->open(3, 3, 2, 5000);
        m_tracker->open(4, 4, 3, 9000);
        const auto all = m_tracker->oldestPending(10);
        QCOMPARE(all.size(), 4u);
        for (size_t i = 0; i < all.size(); ++i)
            QCOMPARE(all[i].id, i + 1);
        QCOMPARE(all[2].w, 2u);
        QCOMPARE(all[3].sinceMs, 9000);
        QCOMPARE(m_tracker->oldestPending(2).back().id, 2u);
        QVERIFY(m_tracker->oldestPending(0).empty());
    }

    void listenerMayComeBack()
    {
        connect(m_tracker.get(), &ConcernTracker::satisfied, this, [this](quint64, quint64 last) {
            if (last == 1)
                m_tracker->handleAck(idOf("s2"), 2);
        });
        m_tracker->open(1, 1, 2, 0);
        m_tracker->open(2, 2, 3, 0);
        m_tracker->handleLocalDurable(2);
        m_tracker->handleAck(idOf("s1"), 2);
        QCOMPARE(m_tracker->committedId(), 2u);
        QCOMPARE(m_tracker->pendingCount(), 0u);
    }

    void randomHistoriesLikeTheNaiveTwin_data()
    {
        QTest::addColumn<quint64>("seed");
        bool given = false;
        const quint64 seed = qEnvironmentVariable("REPLOG_SEED").toULongLong(&given);
        if (given) {
            QTest::addRow("seed %llu", static_cast<unsigned long long>(seed)) << seed;
            return;
        }
        for (quint64 each = 1; each <= 30; ++each)
            QTest::addRow("seed %llu", static_cast<unsigned long long>(each)) << each;
    }

    void randomHistoriesLikeTheNaiveTwin()
    {
        QFETCH(quint64, seed);
        std::mt19937_64 random(seed);
        const auto pick = [&random](quint64 from, quint64 to) {
            return std::uniform_int_distribution<quint64>(from, to)(random);
        };
        NaiveConcerns naive;
        auto tracker = std::make_unique<ConcernTracker>();
        std::set<quint64> satisfied;
        quint64 told = 0;
        const auto listen = [&] {
            connect(tracker.get(), &ConcernTracker::satisfied, this, [&](quint64 first, quint64 last) {
                for (quint64 id = first; id <= last; ++id)
                    QVERIFY2(satisfied.insert(id).second, "satisfied twice");
            });
            connect(tracker.get(), &ConcernTracker::committedAdvanced, this, [&](quint64 id) {
                QVERIFY(id > told);
                told = id;
            });
        };
        tracker->start(0);
        listen();
        quint64 last = 0;
        qint64 now = 0;
        for (int step = 0; step < 600; ++step) {
            now += static_cast<qint64>(pick(0, 400));
            satisfied.clear();
            const QByteArray node = "s" + QByteArray::number(pick(1, 4));
            switch (pick(0, 9)) {
            case 0:
            case 1:
            case 2: {
                const quint64 count = pick(1, 4);
                const auto w = static_cast<quint32>(pick(1, 6));
                tracker->open(last + 1, last + count, w, now);
                for (quint64 i = 0; i < count; ++i)
                    naive.entries[++last] = {w, false, false};
                break;
            }
            case 3:
            case 4:
                if (naive.durable < last) {
                    naive.durable = pick(naive.durable, last);
                    tracker->handleLocalDurable(naive.durable);
                }
                break;
            case 5:
            case 6: {
                const quint64 id = pick(naive.acked[node], last);
                naive.acked[node] = id;
                tracker->handleAck(idOf(node), id);
                break;
            }
            case 7: {
                const quint64 id = pick(0, naive.acked[node]); // a withdrawal
                naive.acked[node] = id;
                tracker->handleAck(idOf(node), id);
                break;
            }
            case 8: {
                const quint64 id = pick(1, last + 1);
                const bool wasPending =
                    naive.entries.contains(id) && !naive.entries[id].satisfied && !naive.entries[id].released;
                QCOMPARE(!tracker->pendingIn(id, id).empty(), wasPending);
                tracker->release(id, id);
                if (wasPending)
                    naive.entries[id].released = true;
                break;
            }
            default:
                if (pick(0, 3) > 0) {
                    naive.acked.erase(node);
                    tracker->removeNode(idOf(node));
                } else {
                    // A restart: entries that were not durable are gone, and satisfied but uncommitted ones
                    // are found again.
                    last = naive.durable;
                    naive.entries.erase(naive.entries.upper_bound(last), naive.entries.end());
                    tracker = std::make_unique<ConcernTracker>();
                    tracker->start(naive.committed);
                    for (quint64 id = naive.committed + 1; id <= last; ++id) {
                        naive.entries[id].satisfied = false;
                        if (naive.entries[id].released)
                            tracker->openReleased(id);
                        else
                            tracker->open(id, id, naive.entries[id].w, now);
                    }
                    told = naive.committed;
                    listen();
                    tracker->handleLocalDurable(naive.durable);
                    for (auto &[name, id] : naive.acked) {
                        id = std::min(id, last);
                        tracker->handleAck(idOf(name), id);
                    }
                }
            }
            const QByteArray where =
                "REPLOG_SEED=" + QByteArray::number(seed) + " step " + QByteArray::number(step);
            QVERIFY2(satisfied == naive.settle(), where.constData());
            QVERIFY2(tracker->committedId() == naive.committed, where.constData());
            QVERIFY2(told == naive.committed, where.constData());
            const auto pending = naive.pending();
            QVERIFY2(tracker->pendingCount() == pending.size(), where.constData());
            const auto oldest = tracker->oldestPending(5);
            QVERIFY2(oldest.size() == std::min<size_t>(5, pending.size()), where.constData());
            for (size_t i = 0; i < oldest.size(); ++i)
                QVERIFY2(oldest[i].id == pending[i] && oldest[i].w == naive.entries[pending[i]].w,
                         where.constData());
            const quint64 id = pick(1, last + 2);
            QVERIFY2(tracker->acks(id) == naive.acks(id), where.constData());
            QVERIFY2(tracker->isPending(id) ==
                         (std::find(pending.begin(), pending.end(), id) != pending.end()),
                     where.constData());
        }
    }

private:
    // Returns whether it was pending.
    bool release(quint64 id)
    {
        const bool pending = m_tracker->isPending(id);
        m_tracker->release(id, id);
        return pending;
    }

    std::unique_ptr<ConcernTracker> m_tracker;
    QStringList m_told;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestConcernTracker)
#include "tst_concerntracker.moc"
