// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/appender.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/memorylogstore.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

class TestAppender : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_told.clear();
        m_node.reset();
        m_store = std::make_unique<MemoryLogStore>("master"_ba, "m"_ba);
        open({});
    }
    void cleanup() { m_node.reset(); }

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

    void rangeIsReleasedAsOne()
    {
        for (int i = 0; i < 5; ++i)
            send({"A"}, i == 2 ? 1 : 7);
        turn();
        m_store->syncAll();
        m_told.clear();
        quint64 released = 0;
        const auto note = [&released](const Result<quint64> &count) { released = *count; };
        QVERIFY(m_node->appender.release(2, 100, note));
        m_store->syncAll();
        QCOMPARE(released, 3u); // the third had w=1
        QCOMPARE(m_told.size(), 3);
        open({});
        for (quint64 id = 1; id <= 5; ++id)
            QCOMPARE(m_node->appender.isReleased(id), id != 1 && id != 3);
    }

    void satisfiedBeforeItsReleaseIsDurableIsNotReleasedAfterARestartEither()
    {
        for (int i = 0; i < 3; ++i)
            send({"A"}, 2);
        turn();
        m_store->syncAll();
        QVERIFY(m_node->appender.release(1, 3, [](const Result<quint64> &) {}));
        m_node->concerns.handleAck({0, 1}, 1);
        m_store->syncAll();
        m_store->syncAll();
        open({});
        QVERIFY(!m_node->appender.isReleased(1));
        QVERIFY(m_node->appender.isReleased(2) && m_node->appender.isReleased(3));
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

    void releaseIsToldWhenItIsDurable()
    {
        send({"A"}, 2);
        turn();
        m_store->syncAll();
        int done = 0;
        QVERIFY(m_node->appender.release(1, 1, [&done](const Result<quint64> &released) {
            done += released ? static_cast<int>(*released) : 100;
        }));
        QVERIFY(!m_node->appender.release(7, 7, {}));
        QVERIFY(m_told.isEmpty());
        m_store->syncAll();
        QCOMPARE(done, 1);
        QCOMPARE(m_told, QStringList({u"1..1 released, 1 of 2, committed"_s}));
        QVERIFY(m_node->appender.isReleased(1));
        QVERIFY(!m_node->appender.isSatisfied(1, 2));
        QVERIFY(!m_node->appender.release(1, 1, {}));
    }

    void satisfiedBeforeItsReleaseIsDurableIsNotReleased()
    {
        send({"A"}, 2);
        turn();
        m_store->syncAll();
        QVERIFY(m_node->appender.release(1, 1, [](const Result<quint64> &) {}));
        m_node->concerns.handleAck({0, 1}, 1);
        m_store->syncAll();
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 2 of 2, committed"_s}));
    }

    void repeatOfAReleasedMessage()
    {
        send({"A"}, 2, "K");
        m_store->answerReads();
        turn();
        m_store->syncAll();
        QVERIFY(m_node->appender.release(1, 1, [](const Result<quint64> &) {}));
        m_store->syncAll();
        m_told.clear();
        send({"A"}, 2, "K");
        m_store->pump();
        QCOMPARE(m_told, QStringList({u"1..1 released, 1 of 2, committed, repeated"_s}));
    }

    // Released twice before that is durable: the second call finds nothing and undoes nothing.
    void releasesComeOneAfterTheOther()
    {
        for (int i = 0; i < 4; ++i)
            send({"A"}, 2, "K" + QByteArray::number(i));
        m_store->pump();
        turn();
        m_store->pump();
        QList<qint64> counts;
        const auto note = [&counts](const Result<quint64> &count) { counts.append(qint64(*count)); };
        QVERIFY(m_node->appender.release(2, 2, note));
        QVERIFY(m_node->appender.release(2, 2, note));
        QVERIFY(m_node->appender.release(1, 3, note));
        m_store->pump();
        QCOMPARE(counts, (QList<qint64>{1, 0, 2}));
        open({});
        for (quint64 id = 1; id <= 4; ++id)
            QCOMPARE(m_node->appender.isReleased(id), id <= 3);
        m_told.clear();
        send({"A"}, 2, "K1");
        m_store->pump();
        QCOMPARE(m_told, QStringList({u"2..2 released, 1 of 2, committed, repeated"_s}));
    }

    // Overlapping ranges of released ids that a crash left.
    void releasesOfAnEarlierRunAreJoined()
    {
        for (const auto &[key, value] : {std::pair("released/1", "10"), std::pair("released/5", ""),
                                         std::pair("released/8", "12"), std::pair("released/20", "")})
            m_store->putMeta(key, value, {});
        m_store->pump();
        for (int i = 0; i < 2; ++i) {
            open({});
            m_store->pump();
            for (quint64 id = 1; id <= 20; ++id)
                QCOMPARE(m_node->appender.isReleased(id), id <= 12 || id == 20);
        }
        QCOMPARE(m_store->state().meta.size(), 2);
    }

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

private:
    // An appender with the parts that it needs, connected as in a master.
    struct Node
    {
        Node(const Appender::Config &config, MemoryLogStore &store, ManualScheduler &scheduler)
            : log(store, store.state(), store.state().epoch + 1, Id128{7, 7}, scheduler), waiters(scheduler),
              appender(config, log, store, concerns, waiters, scheduler)
        {
            const StoreState state = store.state();
            appender.start(state.meta);
            concerns.start(state.last.id);
            waiters.handleDurable(state.last.id);
            QObject::connect(&log.visible(), &VisibleLog::durableChanged, &concerns,
                             &ConcernTracker::handleLocalDurable);
            QObject::connect(&log.visible(), &VisibleLog::durableChanged, &log,
                             [this](quint64 id) { waiters.handleDurable(id); });
            QObject::connect(&concerns, &ConcernTracker::committedAdvanced, &log,
                             [this](quint64 id) { log.setCommittedId(id); });
            QObject::connect(&concerns, &ConcernTracker::satisfied, &log,
                             [this](quint64 first, quint64 last) { waiters.satisfy(first, last); });
        }

        MasterLog log;
        ConcernTracker concerns;
        Waiters waiters;
        Appender appender;
    };

    static QString word(WaitEnd end)
    {
        static const QStringList words{u"satisfied"_s,    u"timed out"_s, u"released"_s,  u"shutting down"_s,
                                       u"store failed"_s, u"fenced"_s,    u"not synced"_s};
        return words[static_cast<int>(end)];
    }
    void open(const Appender::Config &config)
    {
        m_node.reset();
        m_store->crash();
        m_node = std::make_unique<Node>(config, *m_store, m_scheduler);
    }
    // Another master committed one append of two entries; this one alone is known to hold it.
    void takeOverUnsure()
    {
        submit({{"A", "B"}, {Asked::Number, 3}, "K"}, 3);
        m_store->pump();
        turn();
        m_store->pump();
        open({});
        m_node->appender.takeOver(2);
        m_store->pump();
        m_node->concerns.start(2);
        m_node->concerns.handleLocalDurable(2);
        m_told.clear();
    }
    void turn() { m_scheduler.advance(0); }
    Appender::Handle send(std::vector<Message> messages, quint32 w = 1, const QByteArray &key = {},
                          std::optional<qint64> timeoutMs = {})
    {
        return submit({std::move(messages), {Asked::Number, w}, key, timeoutMs}, 3);
    }
    Appender::Handle submit(AppendRequest request, int nodes)
    {
        return m_node->appender.submit(
            std::move(request), nodes, [this](const Result<AppendOutcome> &outcome) {
                if (!outcome) {
                    m_told.append(u"error: "_s + outcome.error().text);
                    return;
                }
                QString line = u"%1..%2 %3, %4 of %5"_s.arg(outcome->first)
                                   .arg(outcome->last)
                                   .arg(word(outcome->end))
                                   .arg(outcome->acks)
                                   .arg(outcome->w);
                line += outcome->committed ? u", committed"_s : QString();
                m_told.append(line + (outcome->repeated ? u", repeated"_s : QString()));
            });
    }

    ManualScheduler m_scheduler;
    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<Node> m_node;
    QStringList m_told;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestAppender)
#include "tst_appender.moc"
