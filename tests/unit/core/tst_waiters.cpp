// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/waiters.h"
#include "tests/support/manualscheduler.h"

#include <QRegularExpression>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

class TestWaiters : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_ends.clear();
        m_scheduler = std::make_unique<ManualScheduler>();
        m_waiters = std::make_unique<Waiters>(*m_scheduler);
        m_waiters->handleDurable(1000);
    }

    void cleanup() { m_waiters.reset(); }

    void satisfiedOnceEach()
    {
        wait(1, 1, u"a"_s);
        wait(1, 1, u"b"_s);
        wait(2, 2, u"c"_s);
        wait(3, 3, u"d"_s);
        m_waiters->satisfy(1, 2);
        m_waiters->satisfy(1, 2);
        QCOMPARE(m_ends, QStringList({u"a satisfied"_s, u"b satisfied"_s, u"c satisfied"_s}));
        QCOMPARE(m_waiters->count(), 1);
    }

    void batchIsSatisfiedWithItsLastEntry()
    {
        wait(1, 3, u"batch"_s);
        m_waiters->satisfy(1, 2);
        QVERIFY(m_ends.isEmpty());
        m_waiters->satisfy(3, 3);
        QCOMPARE(m_ends, QStringList({u"batch satisfied"_s}));
    }

    void timesOutAtItsDeadline()
    {
        wait(1, 1, u"a"_s, 100);
        wait(1, 1, u"b"_s, 200);
        wait(1, 1, u"forever"_s);
        m_scheduler->advance(99);
        QVERIFY(m_ends.isEmpty());
        m_scheduler->advance(1);
        QCOMPARE(m_ends, QStringList({u"a timed out"_s}));
        m_scheduler->advance(100);
        QCOMPARE(m_waiters->count(), 1);
        m_waiters->satisfy(1, 1);
        QCOMPARE(m_ends, QStringList({u"a timed out"_s, u"b timed out"_s, u"forever satisfied"_s}));
    }

    void satisfiedLeavesNoTimer()
    {
        wait(1, 1, u"a"_s, 100);
        m_waiters->satisfy(1, 1);
        QCOMPARE(m_scheduler->timers(), 0);
    }

    void timeoutOfNothing()
    {
        wait(1, 1, u"a"_s, 0);
        QVERIFY(m_ends.isEmpty()); // not from inside the call
        m_scheduler->advance(0);
        QCOMPARE(m_ends, QStringList({u"a timed out"_s}));
    }

    void cancelledIsNeverCalled()
    {
        const auto ticket = wait(1, 1, u"a"_s, 100);
        wait(1, 1, u"b"_s);
        m_waiters->cancel(ticket);
        m_waiters->cancel(ticket);
        m_waiters->cancel({1, 4711});
        m_waiters->cancel({4711, 1});
        m_waiters->cancel({});
        m_scheduler->advance(1000);
        m_waiters->satisfy(1, 1);
        QCOMPARE(m_ends, QStringList({u"b satisfied"_s}));
    }

    void manyAreCancelled()
    {
        QList<Waiters::Ticket> tickets;
        for (quint64 id = 1; id <= 1000; ++id)
            tickets.append(wait(id, id, u"cancelled"_s, 100));
        wait(500, 500, u"kept"_s, 100);
        for (const Waiters::Ticket &ticket : tickets)
            m_waiters->cancel(ticket);
        QCOMPARE(m_waiters->count(), 1);
        QCOMPARE(m_waiters->clientsOf(500), 1);
        QCOMPARE(m_scheduler->timers(), 1);
        m_waiters->satisfy(1, 1000);
        QCOMPARE(m_ends, QStringList({u"kept satisfied"_s}));
        QCOMPARE(m_waiters->count(), 0);
    }

    void releaseEndsTheWholeBatchThatHoldsTheEntry()
    {
        wait(1, 4, u"batch"_s);
        wait(5, 5, u"next"_s);
        m_waiters->release(2, 2);
        QCOMPARE(m_ends, QStringList({u"batch released"_s}));
        m_waiters->release(2, 2);
        QCOMPARE(m_waiters->count(), 1);
    }

    // A watch of another entry of the batch is before it in the list.
    void releaseFindsTheBatchBehindAWatch()
    {
        wait(3, 3, u"watch"_s);
        wait(1, 4, u"batch"_s);
        QCOMPARE(m_waiters->clientsOf(2), 1);
        QCOMPARE(m_waiters->clientsOf(3), 2);
        m_waiters->release(2, 2);
        QCOMPARE(m_ends, QStringList({u"batch released"_s}));
        QCOMPARE(m_waiters->clientsOf(3), 1);
    }

    void aFailedStoreSparesWhatIsHeld()
    {
        wait(1, 1, u"held"_s);
        wait(2, 2, u"lost"_s, 100);
        m_waiters->endBeyond(1, WaitEnd::StoreFailed);
        QCOMPARE(m_ends, QStringList({u"lost store failed"_s}));
        wait(1, 1, u"still"_s);
        QCOMPARE(wait(3, 3, u"late"_s), Waiters::Ticket());
        QCOMPARE(m_ends.last(), u"late store failed"_s);
        QCOMPARE(m_waiters->count(), 2);
    }

    void shutDownAnswersEveryoneAndThoseWhoComeLater()
    {
        wait(1, 1, u"a"_s, 100);
        wait(7, 9, u"b"_s);
        m_waiters->shutDown();
        QCOMPARE(m_ends, QStringList({u"a shutting down"_s, u"b shutting down"_s}));
        QCOMPARE(wait(1, 1, u"late"_s), Waiters::Ticket());
        QCOMPARE(m_ends.last(), u"late shutting down"_s);
        QCOMPARE(m_scheduler->timers(), 0);
        QCOMPARE(m_waiters->count(), 0);
    }

    // Whoever is told of a shutdown or a release knows that its entries are in the log.
    void shutDownWaitsForTheMaster()
    {
        wait(1, 1, u"held"_s);
        wait(1001, 1001, u"a"_s);
        wait(1002, 1003, u"b"_s, 0);
        wait(1004, 1004, u"c"_s);
        m_waiters->shutDown();
        m_scheduler->advance(100);
        wait(1001, 1001, u"late"_s);
        QCOMPARE(m_ends, QStringList({u"held shutting down"_s}));
        m_waiters->satisfy(1001, 1001);
        m_waiters->handleDurable(1002);
        QCOMPARE(m_ends.mid(1), QStringList({u"a satisfied"_s, u"late satisfied"_s}));
        m_waiters->handleDurable(1003);
        QCOMPARE(m_ends.last(), u"b timed out"_s);
        wait(1004, 1004, u"later"_s);
        m_waiters->endBeyond(1003, WaitEnd::NotSynced);
        QCOMPARE(m_ends.mid(4), QStringList({u"c not synced"_s, u"later not synced"_s}));
        QCOMPARE(m_waiters->count(), 0);
    }

    void releaseWaitsForTheMaster()
    {
        wait(999, 1000, u"held"_s);
        wait(1001, 1001, u"a"_s);
        wait(1002, 1002, u"b"_s, 100);
        m_waiters->cancel(wait(1003, 1003, u"gone"_s, 100));
        wait(1004, 1004, u"lost"_s);
        m_waiters->release(1000, 1004);
        m_waiters->release(1001, 1001);
        QCOMPARE(m_ends, QStringList({u"held released"_s}));
        m_scheduler->advance(100);
        m_waiters->handleDurable(1001);
        m_waiters->handleDurable(1003);
        QCOMPARE(m_ends.mid(1), QStringList({u"a released"_s, u"b released"_s}));
        m_waiters->endBeyond(1003, WaitEnd::StoreFailed);
        QCOMPARE(m_ends.last(), u"lost store failed"_s);
        QCOMPARE(m_waiters->count(), 0);
    }

    void aFenceEndsAllForGood()
    {
        wait(1, 1, u"held"_s, 100);
        wait(7, 9, u"b"_s);
        m_waiters->endBeyond(0, WaitEnd::Fenced);
        QCOMPARE(m_ends, QStringList({u"held fenced"_s, u"b fenced"_s}));
        m_waiters->shutDown(); // what it would tell is not so any more
        QCOMPARE(wait(1, 1, u"late"_s), Waiters::Ticket());
        QCOMPARE(m_ends.last(), u"late fenced"_s);
        QCOMPARE(m_scheduler->timers(), 0);
        QCOMPARE(m_waiters->count(), 0);
    }

    // A time-out tells the client that the message is durable on the master.
    void timeoutWaitsForTheMaster()
    {
        wait(1001, 1001, u"a"_s, 0);
        wait(1002, 1002, u"b"_s, 0);
        m_scheduler->advance(100);
        QVERIFY(m_ends.isEmpty());
        m_waiters->satisfy(1001, 1001);
        m_waiters->handleDurable(1001);
        QCOMPARE(m_ends, QStringList({u"a satisfied"_s}));
        m_waiters->handleDurable(1002);
        QCOMPARE(m_ends, QStringList({u"a satisfied"_s, u"b timed out"_s}));
    }

    void releaseEndsWhatTheRangeTouches()
    {
        wait(1, 2, u"before"_s);
        wait(3, 6, u"over its start"_s);
        wait(7, 7, u"within"_s);
        wait(8, 12, u"over its end"_s);
        wait(13, 13, u"behind"_s);
        m_waiters->release(5, 9);
        QCOMPARE(m_ends, QStringList({u"over its start released"_s, u"within released"_s,
                                      u"over its end released"_s}));
    }

    // Tens of thousands may watch one entry and disconnect together.
    void manyWatchersOfOneEntryGoQuickly()
    {
        constexpr int Count = 200'000;
        std::vector<Waiters::Ticket> tickets;
        for (int i = 0; i < Count; ++i)
            tickets.push_back(m_waiters->add(Waiters::Watcher, 1, 1, {}, [](WaitEnd) {}));
        QCOMPARE(m_waiters->count(Waiters::Watcher), Count);
        for (const Waiters::Ticket &ticket : tickets)
            m_waiters->cancel(ticket); // a linear search for each would take minutes
        QCOMPARE(m_waiters->count(), 0);
    }

    void completionMayWaitAgain()
    {
        m_waiters->add(Waiters::Append, 1, 1, {}, [this](WaitEnd) { wait(2, 2, u"second"_s); });
        m_waiters->satisfy(1, 1);
        m_waiters->satisfy(2, 2);
        QCOMPARE(m_ends, QStringList({u"second satisfied"_s}));
    }

    void completionMaySatisfyOthers()
    {
        m_waiters->add(Waiters::Append, 1, 1, {}, [this](WaitEnd) { m_waiters->satisfy(2, 3); });
        wait(2, 2, u"b"_s);
        wait(3, 3, u"c"_s);
        m_waiters->satisfy(1, 3);
        QCOMPARE(m_ends, QStringList({u"b satisfied"_s, u"c satisfied"_s}));
        QCOMPARE(m_waiters->count(), 0);
    }

private:
    Waiters::Ticket wait(quint64 first, quint64 last, const QString &name,
                         std::optional<qint64> timeoutMs = {})
    {
        return m_waiters->add(Waiters::Append, first, last, timeoutMs, [this, name](WaitEnd end) {
            static const QStringList words{u"satisfied"_s,     u"timed out"_s,    u"released"_s,
                                           u"shutting down"_s, u"store failed"_s, u"fenced"_s,
                                           u"not synced"_s};
            m_ends.append(name + u' ' + words[static_cast<int>(end)]);
        });
    }

    std::unique_ptr<ManualScheduler> m_scheduler;
    std::unique_ptr<Waiters> m_waiters;
    QStringList m_ends;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestWaiters)
#include "tst_waiters.moc"
