// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/appendersuite.h"

using namespace Qt::StringLiterals;

namespace replog {

// Waits for what another master appended, after this node has taken over from it.
class TestAppenderTakeover : public AppenderSuite
{
    Q_OBJECT
private slots:
    // Whether another master released it is unknown, so only known acks count.
    void whatAnotherMasterCommittedIsOkWhenItIsHeld()
    {
        send({"A"}, 3, "K");
        m_store->pump();
        turn();
        m_store->pump();
        open({});
        m_node->appender.takeOver(1);
        m_store->pump();
        m_node->concerns.handleAck({0, 1}, 1); // the other node is not known to hold it
        for (int i = 0; i < 2; ++i) {
            m_told.clear();
            QVERIFY(!m_node->appender.isSatisfied(1, 3));
            send({"A"}, 3, "K");
            m_store->pump();
            QVERIFY(m_told.isEmpty());
            if (i == 0) {
                open({}); // a restart changes nothing
                m_node->concerns.handleAck({0, 1}, 1);
            }
        }
        m_node->concerns.handleAck({0, 2}, 1);
        m_node->appender.handleAck({0, 2}, 1);
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 3 of 3, committed, repeated"_s}));
        QVERIFY(m_node->appender.isSatisfied(1, 3));
    }

    // A node that held what another master committed may lose it, be replaced, and hold it again.
    void aNodeThatHoldsItAgainCountsAgain_data()
    {
        QTest::addColumn<bool>("whileNobodyWaits");
        QTest::newRow("lost while a repeat waits") << false;
        QTest::newRow("lost while none waits") << true;
    }

    void aNodeThatHoldsItAgainCountsAgain()
    {
        QFETCH(bool, whileNobodyWaits);
        const auto ack = [this](quint64 node, quint64 id) {
            m_node->concerns.handleAck({0, node}, id);
            m_node->appender.handleAck({0, node}, id);
        };
        send({"A"}, 2, "K2");
        send({"B"}, 3, "K3");
        m_store->pump();
        turn();
        m_store->pump();
        open({});
        m_node->appender.takeOver(2);
        m_store->pump();
        m_told.clear();
        if (whileNobodyWaits)
            send({"A"}, 2, "K2");
        else
            send({"B"}, 3, "K3");
        m_store->pump();
        QVERIFY(m_told.isEmpty());
        ack(1, 2);
        if (whileNobodyWaits) {
            QCOMPARE(m_told.size(), 1);
            ack(1, 0);
            send({"B"}, 3, "K3");
            m_store->pump();
            ack(2, 2);
        } else {
            m_node->concerns.removeNode({0, 1});
            m_node->appender.handleDropped({0, 1});
            ack(2, 2);
        }
        const auto told = m_told.size();
        ack(1, 2);
        QCOMPARE(m_told.size(), told + 1);
    }

    // An operator sees what clients wait for after a promotion, and can give it up.
    void whatAnotherMasterCommittedIsSeenAndReleased()
    {
        takeOverUnsure();
        QVERIFY(m_node->appender.oldestWaits(10).empty());
        QVERIFY(!m_node->appender.release(1, 2, {}));
        submit({{"A", "B"}, {Asked::Number, 3}, "K"}, 3);
        m_store->pump();
        const auto waits = m_node->appender.oldestWaits(10);
        QCOMPARE(waits.size(), 1u);
        QCOMPARE(waits.front().id, 2u);
        QCOMPARE(waits.front().w, 3u);
        QCOMPARE(m_node->appender.waitCount(), 1u);
        QVERIFY(m_node->appender.oldestWaits(0).empty());
        quint64 released = 0;
        QVERIFY(m_node->appender.release(1, 7, [&](const Result<quint64> &count) { released = *count; }));
        m_store->pump();
        QCOMPARE(released, 2u);
        QCOMPARE(m_told, QStringList({u"1..2 released, 1 of 3, committed, repeated"_s}));
        QCOMPARE(m_node->appender.waitCount(), 0u);
        open({}); // and it stays so
        QVERIFY(m_node->appender.isReleased(1) && m_node->appender.isReleased(2));
    }

    void whatNobodyWaitsForIsNoWait()
    {
        takeOverUnsure();
        submit({{"A", "B"}, {Asked::Number, 3}, "K", 100}, 3);
        const auto handle = submit({{"A", "B"}, {Asked::Number, 3}, "K"}, 3);
        m_store->pump();
        m_scheduler.advance(100);
        QCOMPARE(m_told, QStringList({u"1..2 timed out, 1 of 3, committed, repeated"_s}));
        QCOMPARE(m_node->appender.waitCount(), 1u);
        m_node->appender.cancel(handle);
        QCOMPARE(m_node->appender.waitCount(), 0u);
    }

    void whatAnotherMasterCommittedIsWatched()
    {
        takeOverUnsure();
        QStringList ends;
        const auto watch = [this, &ends](quint64 id, qint64 ms) {
            const auto handle =
                m_node->appender.watch(id, ms, [&ends](WaitEnd end) { ends.append(word(end)); });
            m_store->answerReads();
            return handle ? *handle : Appender::Handle();
        };
        QVERIFY(watch(1, 100));
        const auto gone = watch(2, 1000);
        QVERIFY(watch(1, 1000));
        QVERIFY(ends.isEmpty());
        QCOMPARE(m_node->appender.waitCount(), 2u);
        m_scheduler.advance(100);
        QCOMPARE(ends, QStringList({u"timed out"_s}));
        m_node->appender.cancel(gone);
        QCOMPARE(m_node->appender.waitCount(), 1u);
        for (quint64 node : {1, 2}) {
            m_node->concerns.handleAck({0, node}, 2);
            m_node->appender.handleAck({0, node}, 2);
        }
        QCOMPARE(ends, QStringList({u"timed out"_s, u"satisfied"_s}));
        QVERIFY(watch(2, 100));
        QCOMPARE(ends.size(), 3);
        QCOMPARE(m_node->appender.waitCount(), 0u);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestAppenderTakeover)
#include "tst_appendertakeover.moc"
