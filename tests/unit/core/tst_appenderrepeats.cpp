// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/appendersuite.h"

using namespace Qt::StringLiterals;

namespace replog {

// Appends with an idempotency key, and what comes of their repeats.
class TestAppenderRepeats : public AppenderSuite
{
    Q_OBJECT
private slots:
    // What was answered once is answered again: only a new append needs what this node lacks.
    void refusalOfNewOnesAnswersRepeats()
    {
        send({"A"}, 1, "stored");
        send({"B"}, 2, "waits");
        m_store->pump();
        turn();
        m_store->syncAll();
        send({"C"}, 1, "recent");
        m_store->pump();
        m_told.clear();
        m_node->appender.refuseNew(Error{Errc::NoSpace, u"no room"_s});
        send({"A"}, 1, "stored");
        send({"A"}, 2, "stored");
        send({"D"}, 1, "new");
        send({"C"}, 1, "recent");
        send({"B"}, 2, "waits");
        send({"A"});
        m_store->pump();
        turn();
        m_store->pump();
        m_node->concerns.handleAck({0, 1}, 2);
        QStringList told = m_told;
        told.sort();
        QCOMPARE(told, QStringList({u"1..1 satisfied, 1 of 1, committed, repeated"_s,
                                    u"2..2 satisfied, 2 of 2, committed"_s,
                                    u"2..2 satisfied, 2 of 2, committed, repeated"_s,
                                    u"3..3 satisfied, 1 of 1"_s, u"3..3 satisfied, 1 of 1, repeated"_s,
                                    u"error: Idempotency-Key: used before for entry 1 with another w"_s,
                                    u"error: no room"_s, u"error: no room"_s}));
        QCOMPARE(m_node->log.assignedId(), 3u);
        // A fenced master knows of no key what became of it.
        m_told.clear();
        m_node->appender.refuse(Error{Errc::Unavailable, u"fenced"_s});
        send({"A"}, 1, "stored");
        m_store->pump();
        QCOMPARE(m_told, QStringList({u"error: fenced"_s}));
    }

    // What `w` comes to, and the limit, may have changed since it was appended.
    void repeatAboveTheLimitIsAnswered_data()
    {
        QTest::addColumn<bool>("durable");
        QTest::newRow("while it is being stored") << false;
        QTest::newRow("when it is stored") << true;
    }

    void repeatAboveTheLimitIsAnswered()
    {
        QFETCH(bool, durable);
        Appender::Config config;
        config.maxW = 2;
        open(config);
        submit({{"A"}, {Asked::All, 0}, "K"}, 2);
        m_store->answerReads();
        turn();
        if (durable)
            m_store->syncAll();
        submit({{"A"}, {Asked::All, 0}, "K"}, 3);
        submit({{"B"}, {Asked::All, 0}, "L"}, 3);
        m_store->pump();
        m_node->concerns.handleAck({0, 1}, 1);
        m_told.sort();
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 2 of 2, committed"_s,
                                      u"1..1 satisfied, 2 of 2, committed, repeated"_s,
                                      u"error: w: 3 is above the limit of 2 (--max-w)"_s}));
        QCOMPARE(m_node->log.assignedId(), 1u);
    }

    void repeatOfAHigherLimitIsAnswered()
    {
        send({"A"}, 3, "K");
        m_store->answerReads();
        turn();
        m_store->syncAll();
        Appender::Config config;
        config.maxW = 2;
        open(config);
        m_node->concerns.handleAck({0, 1}, 1);
        m_node->concerns.handleAck({0, 2}, 1);
        send({"A"}, 3, "K");
        m_store->pump();
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 3 of 3, committed, repeated"_s}));
    }

    void sameKeyJoinsTheWait()
    {
        send({"A"}, 2, "K");
        send({"A"}, 2, "K");
        m_store->answerReads();
        send({"A"}, 2, "K");
        turn();
        m_store->syncAll();
        QVERIFY(m_told.isEmpty());
        send({"A"}, 2, "K"); // durable now, so the key is found in the store
        m_store->pump();
        m_node->concerns.handleAck({0, 1}, 1);
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 2 of 2, committed"_s,
                                      u"1..1 satisfied, 2 of 2, committed, repeated"_s,
                                      u"1..1 satisfied, 2 of 2, committed, repeated"_s,
                                      u"1..1 satisfied, 2 of 2, committed, repeated"_s}));
        QCOMPARE(m_node->log.assignedId(), 1u);
    }

    // Both look the key up before either is appended; the second lookup is answered when the first is durable
    // already.
    void sameKeyLookedUpTwiceAtOnce()
    {
        send({"A"}, 1, "K");
        send({"A"}, 1, "K");
        m_store->answerReads(1);
        turn();
        m_store->syncAll();
        m_store->answerReads();
        turn();
        m_store->pump();
        QCOMPARE(m_node->log.assignedId(), 1u);
        QCOMPARE(m_told.size(), 2);
    }

    // Keys are looked up in parallel; ids must still follow the order of the appends.
    void idsFollowTheOrderOfArrival()
    {
        send({"A"}, 1, "K1");
        send({"B"}, 1, "K2");
        send({"C"});
        send({"D"}, 1, "K3");
        send({"A"}, 1, "K1"); // a repeat while the key of the first is being looked up
        m_store->answerLastRead();
        m_store->answerLastRead();
        QCOMPARE(m_node->log.assignedId(), 0u);
        m_store->answerLastRead();
        QCOMPARE(m_node->log.assignedId(), 4u);
        turn();
        m_store->pump();
        QByteArray texts;
        for (const Entry &entry : m_store->entries())
            texts += entry.message;
        QCOMPARE(texts, "ABCD"_ba);
        QCOMPARE(m_told.size(), 5);
        QCOMPARE(m_told.filter(u"repeated"_s),
                 QStringList({u"1..1 satisfied, 1 of 1, committed, repeated"_s}));
    }

    // The entries of a key may take long to read.
    void aRepeatHoldsUpNobody()
    {
        send({"A"}, 1, "K");
        m_store->pump();
        turn();
        m_store->pump();
        m_told.clear();
        send({"A"}, 1, "K");
        send({"B"});
        QCOMPARE(m_node->log.assignedId(), 1u);
        m_store->answerReads(1); // the lookup of the key
        QCOMPARE(m_node->log.assignedId(), 2u);
        send({"A"}, 1, "K");
        m_store->answerReads(1); // the first one's entries
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 1 of 1, committed, repeated"_s}));
        m_store->answerReads();
        m_store->answerReads();
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 1 of 1, committed, repeated"_s,
                                      u"1..1 satisfied, 1 of 1, committed, repeated"_s}));
    }

    // What is compared with the store counts as memory, too, but keeps no append out.
    void repeatsMayHoldSoMuch()
    {
        Appender::Config config;
        config.maxUndurableBytes = 2000;
        open(config);
        send({QByteArray(900, 'x')}, 1, "K");
        m_store->pump();
        turn();
        m_store->pump();
        m_told.clear();
        for (int i = 0; i < 5; ++i) {
            send({QByteArray(900, 'x')}, 1, "K");
            m_store->answerLastRead(); // the lookup of the key
        }
        m_store->pump();
        QCOMPARE(m_told.filter(u"satisfied"_s).size(), 2);
        QCOMPARE(m_told.filter(u"of repeats are being compared"_s).size(), 3);
    }

    void fencedWhileARepeatIsCompared()
    {
        send({"A"}, 1, "K");
        m_store->pump();
        turn();
        m_store->pump();
        m_told.clear();
        send({"A"}, 1, "K");
        m_store->answerReads(1); // the lookup of the key
        m_node->waiters.endBeyond(0, WaitEnd::Fenced);
        m_store->answerReads();
        QCOMPARE(m_told, QStringList({u"1..1 fenced, 1 of 1, committed, repeated"_s}));
    }

    void refusedWhileItsKeyIsLookedUp()
    {
        send({"A"}, 1, "K");
        send({"B"});
        m_node->appender.refuse(Error{Errc::Unavailable, u"read-only"_s});
        m_store->pump();
        QCOMPARE(m_told, QStringList({u"error: read-only"_s, u"error: read-only"_s}));
        QCOMPARE(m_node->log.assignedId(), 0u);
    }

    void sameKeyForSomethingElse_data()
    {
        QTest::addColumn<bool>("durable");
        QTest::newRow("while it is being stored") << false;
        QTest::newRow("when it is stored") << true;
    }

    void sameKeyForSomethingElse()
    {
        QFETCH(bool, durable);
        send({"A", "B"}, 2, "K");
        m_store->answerReads();
        turn();
        if (durable)
            m_store->syncAll();
        for (const auto &[messages, w] : std::vector<std::pair<std::vector<Message>, quint32>>{
                 {{"A", "C"}, 2}, {{"A"}, 2}, {{"A", "B", "C"}, 2}, {{"B", "A"}, 2}, {{"A", "B"}, 1}}) {
            m_told.clear();
            send(messages, w, "K");
            m_store->answerReads();
            m_store->answerReads();
            QVERIFY(m_told.value(0).startsWith(u"error: Idempotency-Key"_s));
        }
        QCOMPARE(m_node->log.assignedId(), 2u);
    }

    // No `w`, a number and the two words are four different requests, even if they mean the same number.
    void repeatIsComparedAsItWasAsked_data()
    {
        QTest::addColumn<bool>("restarted");
        QTest::newRow("while it is being stored") << false;
        QTest::newRow("after a restart") << true;
    }

    void repeatIsComparedAsItWasAsked()
    {
        QFETCH(bool, restarted);
        const std::vector<WriteConcern> concerns{
            {}, {Asked::Number, 1}, {Asked::Majority, 0}, {Asked::All, 0}};
        for (size_t i = 0; i < concerns.size(); ++i) {
            submit({{"A"}, concerns[i], "K" + QByteArray::number(i)}, 1);
            m_store->answerReads();
        }
        turn();
        if (restarted) {
            m_store->syncAll();
            open({});
        }
        for (size_t asked = 0; asked < concerns.size(); ++asked) {
            for (size_t again = 0; again < concerns.size(); ++again) {
                m_told.clear();
                submit({{"A"}, concerns[again], "K" + QByteArray::number(asked), 5}, 3);
                if (restarted)
                    m_store->pump();
                // A repeat joins an entry that is not durable yet.
                QCOMPARE(m_told.size(), asked == again && !restarted ? 0 : 1);
                QCOMPARE(m_told.value(0).startsWith(u"error: Idempotency-Key"_s), asked != again);
            }
        }
        QCOMPARE(m_node->log.assignedId(), 4u);
    }

    void repeatWithoutConcernMatchesWhateverTheDefaultIsByThen()
    {
        submit({{"A"}, {}, "K"}, 3);
        m_store->answerReads();
        turn();
        m_store->syncAll();
        Appender::Config config;
        config.defaultConcern = {Asked::Number, 2};
        open(config);
        m_told.clear();
        submit({{"A"}, {}, "K"}, 3);
        m_store->pump();
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 1 of 1, committed, repeated"_s}));
    }

    void repeatWithAnotherTypeOrOtherHeaders()
    {
        submit({{Message("A", "text/plain", "h")}, {}, "K"}, 1);
        m_store->answerReads();
        turn();
        m_store->syncAll();
        for (const Message &other :
             {Message("A"), Message("A", "text/csv", "h"), Message("A", "text/plain", "i")}) {
            submit({{other}, {}, "K"}, 1);
            m_store->pump();
            QVERIFY(m_told.last().startsWith(u"error: Idempotency-Key"_s));
        }
        submit({{Message("A", "text/plain", "h")}, {}, "K"}, 1);
        m_store->pump();
        QCOMPARE(m_told.last(), u"1..1 satisfied, 1 of 1, committed, repeated"_s);
    }

    void majorityIsTheSameRequestWhateverItComesTo()
    {
        AppendRequest request{{"A"}, {Asked::Majority, 0}, "K"};
        submit(request, 3);
        m_store->answerReads();
        submit(request, 5);
        turn();
        m_store->syncAll();
        m_node->concerns.handleAck({0, 1}, 1);
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 2 of 2, committed"_s,
                                      u"1..1 satisfied, 2 of 2, committed, repeated"_s}));
    }

    void keySurvivesARestart()
    {
        send({"A", "B"}, 1, "K");
        m_store->answerReads();
        turn();
        m_store->syncAll();
        open({});
        m_told.clear();
        send({"A", "B"}, 1, "K");
        m_store->pump();
        QCOMPARE(m_told, QStringList({u"1..2 satisfied, 1 of 1, committed, repeated"_s}));
    }

    void keyOfAMessageThatWasLostIsFree()
    {
        send({"A"}, 1, "K");
        m_store->answerReads();
        turn();
        open({}); // cancelled before it was durable
        send({"A"}, 1, "K");
        m_store->answerReads();
        turn();
        m_store->syncAll();
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 1 of 1, committed"_s}));
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestAppenderRepeats)
#include "tst_appenderrepeats.moc"
