// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/appendersuite.h"

using namespace Qt::StringLiterals;

namespace replog {

// What is appended, when it is answered, and what is refused.
class TestAppender : public AppenderSuite
{
    Q_OBJECT
private slots:
    void concernsBecomeNumbers_data()
    {
        QTest::addColumn<int>("asked");
        QTest::addColumn<int>("nodes");
        QTest::addColumn<quint32>("w");
        QTest::newRow("majority of 1") << int(Asked::Majority) << 1 << 1u;
        QTest::newRow("majority of 2") << int(Asked::Majority) << 2 << 2u;
        QTest::newRow("majority of 3") << int(Asked::Majority) << 3 << 2u;
        QTest::newRow("majority of 4") << int(Asked::Majority) << 4 << 3u;
        QTest::newRow("all of 1") << int(Asked::All) << 1 << 1u;
        QTest::newRow("all of 5") << int(Asked::All) << 5 << 5u;
        QTest::newRow("the default") << int(Asked::Default) << 5 << 3u;
        QTest::newRow("a number") << int(Asked::Number) << 5 << 9u;
    }

    void concernsBecomeNumbers()
    {
        QFETCH(int, asked);
        QFETCH(int, nodes);
        QTEST(resolveConcern({static_cast<Asked>(asked), 9}, {Asked::Majority, 0}, nodes), "w");
    }

    void answeredWhenDurable()
    {
        send({"A"});
        turn();
        QVERIFY(m_told.isEmpty());
        m_store->syncAll();
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 1 of 1, committed"_s}));
    }

    void oneTurnIsOneWrite()
    {
        send({"A"});
        send({"B", "C"});
        send({"D"});
        QCOMPARE(m_store->unsyncedCount(), 0u);
        turn();
        QCOMPARE(m_store->unsyncedCount(), 2u); // the epoch's line and the entries
        m_store->syncAll();
        QCOMPARE(m_told,
                 QStringList({u"1..1 satisfied, 1 of 1, committed"_s, u"2..3 satisfied, 1 of 1, committed"_s,
                              u"4..4 satisfied, 1 of 1, committed"_s}));
    }

    void refusalAppendsNothing()
    {
        m_node->appender.refuse(Error{Errc::Unavailable, u"read-only"_s});
        send({"A"});
        turn();
        QCOMPARE(m_told, QStringList({u"error: read-only"_s}));
        QCOMPARE(m_node->log.assignedId(), 0u);
        m_node->appender.refuseNothing();
        send({"A"});
        QCOMPARE(m_node->log.assignedId(), 1u);
    }

    void concernAboveTheLimit()
    {
        Appender::Config config;
        config.maxW = 2;
        open(config);
        send({"A"}, 3);
        QVERIFY(m_told.last().startsWith(u"error: w:"_s));
        QCOMPARE(m_node->log.assignedId(), 0u);
        send({"A"}, 2);
        QCOMPARE(m_node->log.assignedId(), 1u);
    }

    void noRoomForMoreWaits()
    {
        Appender::Config config;
        config.maxWaits = 2;
        open(config);
        send({"A"}, 2);
        send({"B"}, 2);
        send({"C"}, 2);
        QVERIFY(m_told.last().contains(u"--max-waits"_s));
        QCOMPARE(m_node->log.assignedId(), 2u);
        send({"D"}, 1); // w=1: waits for no other node
        QCOMPARE(m_node->log.assignedId(), 3u);
    }

    void storeThatFallsBehindPushesBack()
    {
        Appender::Config config;
        config.maxUndurableBytes = 100;
        open(config);
        send({QByteArray(200, 'x')});
        turn();
        send({"B"});
        QVERIFY(m_told.last().startsWith(u"error: the store is behind"_s));
        m_store->syncAll();
        send({"B"});
        turn();
        m_store->syncAll();
        QCOMPARE(m_told.last(), u"2..2 satisfied, 1 of 1, committed"_s);
    }

    // Appends that wait for the lookup of their key count as memory, too.
    void arrivalsCountAsWhatTheStoreIsBehind()
    {
        Appender::Config config;
        config.maxUndurableBytes = 100;
        open(config);
        send({QByteArray(200, 'x')}, 1, "K1");
        send({"B"});
        QVERIFY(m_told.last().startsWith(u"error: the store is behind"_s));
        send({"C"}, 1, "K2");
        QCOMPARE(m_told.filter(u"the store is behind"_s).size(), 2);
        m_store->answerReads();
        turn();
        m_store->syncAll();
        m_store->pump();
        send({"B"});
        turn();
        m_store->syncAll();
        QCOMPARE(m_told.last(), u"2..2 satisfied, 1 of 1, committed"_s);
    }

    // A stream counts its appended entries; its parts wait for no lookup of a key.
    void partOfAStreamHasItsIdsAtOnce()
    {
        send({"A"}, 1, "K1");
        AppendRequest part{{"B"}, {Asked::Number, 1}};
        part.isPart = true;
        bool isTold = false;
        m_node->appender.submit(std::move(part), 1, [&](const Result<AppendOutcome> &outcome) {
            isTold = bool(outcome) && outcome->first == 1;
        });
        QCOMPARE(m_node->log.assignedId(), 1u);
        m_store->answerReads();
        QCOMPARE(m_node->log.assignedId(), 2u);
        turn();
        m_store->syncAll();
        QVERIFY(isTold);
    }

    void appendedOnlyBehindTheExpectedId()
    {
        const auto conditional = [this](quint64 expected, const QByteArray &key = {}) {
            m_told.clear();
            submit({{"A"}, {}, key, {}, expected}, 1);
            m_store->answerReads();
            turn();
            m_store->syncAll();
            return m_told.value(0);
        };
        QVERIFY(conditional(1).startsWith(u"error: expect_last_id"_s));
        QCOMPARE(m_node->log.assignedId(), 0u);
        QCOMPARE(conditional(0), u"1..1 satisfied, 1 of 1, committed"_s);
        QVERIFY(conditional(0).startsWith(u"error: expect_last_id"_s));
        QCOMPARE(conditional(1, "K"), u"2..2 satisfied, 1 of 1, committed"_s);
        // The key is checked before expect_last_id: a repeat is answered although the log has grown since.
        QCOMPARE(conditional(2), u"3..3 satisfied, 1 of 1, committed"_s);
        m_told.clear();
        submit({{"A"}, {}, "K", {}, 1}, 1);
        m_store->pump();
        QCOMPARE(m_told, QStringList({u"2..2 satisfied, 1 of 1, committed, repeated"_s}));
        submit({{"A"}, {}, "K", {}, 2}, 1);
        m_store->pump();
        QVERIFY(m_told.last().startsWith(u"error: Idempotency-Key"_s));
    }

    // Of several appends that expect the same id, in one turn or during lookups, exactly one is appended.
    void theExpectedIdIsTheLastOneAfterARestart()
    {
        send({"A", "B"});
        turn();
        m_store->syncAll();
        open({});
        m_told.clear();
        submit({{"C"}, {}, {}, {}, 0}, 1);
        submit({{"C"}, {}, {}, {}, 2}, 1);
        turn();
        m_store->syncAll();
        QCOMPARE(m_told, QStringList({u"error: expect_last_id: the last id is 2, not 0"_s,
                                      u"3..3 satisfied, 1 of 1, committed"_s}));
    }

    void oneOfManyConditionalAppends()
    {
        for (int i = 0; i < 10; ++i)
            submit({{"A"}, {}, i % 2 ? "K" + QByteArray::number(i) : QByteArray(), {}, 0}, 1);
        m_store->answerReads();
        turn();
        m_store->syncAll();
        QCOMPARE(m_node->log.assignedId(), 1u);
        QCOMPARE(m_told.filter(u"satisfied"_s).size(), 1);
        QCOMPARE(m_told.filter(u"error: expect_last_id: the last id is 1, not 0"_s).size(), 9);
    }

    void noTimeAtAllIsEnoughForTheMasterAlone()
    {
        send({"A"}, 1, {}, 0);
        send({"B"}, 2, {}, 0);
        turn();
        m_scheduler.advance(10);
        QVERIFY(m_told.isEmpty());
        m_store->syncAll();
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 1 of 1, committed"_s, u"2..2 timed out, 1 of 2"_s}));
    }

    // Joins and watchers may take at most half of the room.
    void othersDoNotKeepAppendsOut()
    {
        Appender::Config config;
        config.maxWaits = 4;
        open(config);
        send({"A"}, 2, "K");
        m_store->answerReads();
        turn();
        send({"A"}, 2, "K");
        QVERIFY(m_node->appender.watch(1, 1000, [](WaitEnd) {}));
        QVERIFY(!m_node->appender.watch(1, 1000, [](WaitEnd) {}));
        send({"A"}, 2, "K");
        QVERIFY(m_told.last().contains(u"--max-waits"_s));
        send({"B"}, 2);
        QCOMPARE(m_node->log.assignedId(), 2u);
        send({"C"}, 2);
        QVERIFY(m_told.last().contains(u"--max-waits"_s));
        QCOMPARE(m_node->log.assignedId(), 2u);
    }

    void timesOutAndStaysInTheLog()
    {
        send({"A"}, 2, {}, 100);
        turn();
        m_store->syncAll();
        m_scheduler.advance(100);
        QCOMPARE(m_told, QStringList({u"1..1 timed out, 1 of 2"_s}));
        m_node->concerns.handleAck({0, 1}, 1);
        QCOMPARE(m_told.size(), 1);
        QCOMPARE(m_node->log.committedId(), 1u);
    }

    void hangUpIsForgotten()
    {
        const auto handle = send({"A"}, 2);
        const auto looking = send({"B"}, 1, "K");
        m_node->appender.cancel(handle);
        m_node->appender.cancel(looking); // cancelled while its key is being looked up
        m_store->answerReads();
        turn();
        m_store->syncAll();
        m_node->concerns.handleAck({0, 1}, 2);
        QCOMPARE(m_told, QStringList());
        QCOMPARE(m_store->entries().size(), 2u);
        QCOMPARE(m_node->waiters.count(), 0);
    }

    // An append that needs only a sync cannot be cancelled: it gets no handle.
    void hangUpWithoutAHandleChangesNothing()
    {
        const auto handle = send({"A"}, 1);
        QVERIFY(!handle);
        m_node->appender.cancel(handle);
        turn();
        m_store->syncAll();
        QCOMPARE(m_told.size(), 1);
    }

    void watchEndsWithTheConcern()
    {
        send({"A"}, 2);
        turn();
        m_store->syncAll();
        QStringList ends;
        const auto watch = [this, &ends](quint64 id, qint64 ms) {
            QVERIFY(m_node->appender.watch(id, ms, [&ends](WaitEnd end) { ends.append(word(end)); }));
        };
        watch(1, 100);
        watch(1, 1000);
        m_scheduler.advance(100);
        QCOMPARE(ends, QStringList({u"timed out"_s}));
        m_node->concerns.handleAck({0, 1}, 1);
        watch(1, 100);
        QCOMPARE(ends, QStringList({u"timed out"_s, u"satisfied"_s, u"satisfied"_s}));
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestAppender)
#include "tst_appender.moc"
