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
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("nodes");
        QTest::addColumn<quint32>("w");
        QTest::newRow("majority of 1") << int(WriteConcern::Majority) << 1 << 1u;
        QTest::newRow("majority of 2") << int(WriteConcern::Majority) << 2 << 2u;
        QTest::newRow("majority of 3") << int(WriteConcern::Majority) << 3 << 2u;
        QTest::newRow("majority of 4") << int(WriteConcern::Majority) << 4 << 3u;
        QTest::newRow("all of 1") << int(WriteConcern::All) << 1 << 1u;
        QTest::newRow("all of 5") << int(WriteConcern::All) << 5 << 5u;
        QTest::newRow("a number") << int(WriteConcern::Number) << 5 << 9u;
    }

    void concernsBecomeNumbers()
    {
        QFETCH(int, kind);
        QFETCH(int, nodes);
        QTEST((WriteConcern{static_cast<WriteConcern::Kind>(kind), 9}.resolve(nodes)), "w");
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
        m_node->appender.refuse(std::nullopt);
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
        send({"D"}, 1); // does not wait for anybody
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

    void sameKeyJoinsTheWait()
    {
        send({"A"}, 2, "K");
        send({"A"}, 2, "K");
        m_store->answerReads();
        send({"A"}, 2, "K");
        turn();
        m_store->syncAll();
        QVERIFY(m_told.isEmpty());
        send({"A"}, 2, "K"); // durable now: found in the store
        m_store->pump();
        m_node->concerns.handleAck("s1", 1);
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 2 of 2, committed"_s,
                                      u"1..1 satisfied, 2 of 2, committed, repeated"_s,
                                      u"1..1 satisfied, 2 of 2, committed, repeated"_s,
                                      u"1..1 satisfied, 2 of 2, committed, repeated"_s}));
        QCOMPARE(m_node->log.assignedId(), 1u);
    }

    // Both look the key up before either is appended; the second is told when the first is durable already.
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
        for (const auto &[messages, w] : std::vector<std::pair<std::vector<QByteArray>, quint32>>{
                 {{"A", "C"}, 2}, {{"A"}, 2}, {{"A", "B", "C"}, 2}, {{"B", "A"}, 2}, {{"A", "B"}, 1}}) {
            m_told.clear();
            send(messages, w, "K");
            m_store->answerReads();
            m_store->answerReads();
            QVERIFY(m_told.value(0).startsWith(u"error: Idempotency-Key"_s));
        }
        QCOMPARE(m_node->log.assignedId(), 2u);
    }

    void majorityIsTheSameRequestWhateverItComesTo()
    {
        AppendRequest request{{"A"}, {WriteConcern::Majority, 0}, "K", {}};
        submit(request, 3);
        m_store->answerReads();
        submit(request, 5);
        turn();
        m_store->syncAll();
        m_node->concerns.handleAck("s1", 1);
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
        open({}); // before it was durable
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
        m_node->concerns.handleAck("s1", 1);
        QCOMPARE(m_told.size(), 1);
        QCOMPARE(m_node->log.committedId(), 1u);
    }

    void hangUpIsForgotten()
    {
        const auto handle = send({"A"}, 2);
        const auto looking = send({"B"}, 1, "K");
        m_node->appender.cancel(handle);
        m_node->appender.cancel(looking); // while its key is being looked up
        m_store->answerReads();
        turn();
        m_store->syncAll();
        m_node->concerns.handleAck("s1", 2);
        QCOMPARE(m_told, QStringList());
        QCOMPARE(m_store->entries().size(), 2u);
        QCOMPARE(m_node->waiters.count(), 0);
    }

    void releaseIsToldWhenItIsDurable()
    {
        send({"A"}, 2);
        turn();
        m_store->syncAll();
        int done = 0;
        QVERIFY(
            m_node->appender.release(1, [&done](const Result<void> &stored) { done += stored ? 1 : 100; }));
        QVERIFY(!m_node->appender.release(7, {}));
        QVERIFY(m_told.isEmpty());
        m_store->syncAll();
        QCOMPARE(done, 1);
        QCOMPARE(m_told, QStringList({u"1..1 released, 1 of 2, committed"_s}));
        QVERIFY(m_node->appender.isReleased(1));
        QVERIFY(!m_node->appender.isSatisfied(1));
        QVERIFY(!m_node->appender.release(1, {}));
    }

    void satisfiedBeforeItsReleaseIsDurableIsNotReleased()
    {
        send({"A"}, 2);
        turn();
        m_store->syncAll();
        QVERIFY(m_node->appender.release(1, [](const Result<void> &) {}));
        m_node->concerns.handleAck("s1", 1);
        m_store->syncAll();
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 2 of 2, committed"_s}));
    }

    void repeatOfAReleasedMessage()
    {
        send({"A"}, 2, "K");
        m_store->answerReads();
        turn();
        m_store->syncAll();
        QVERIFY(m_node->appender.release(1, [](const Result<void> &) {}));
        m_store->syncAll();
        m_told.clear();
        send({"A"}, 2, "K");
        m_store->pump();
        QCOMPARE(m_told, QStringList({u"1..1 released, 1 of 2, committed, repeated"_s}));
    }

    void watchEndsWithTheConcern()
    {
        send({"A"}, 2);
        turn();
        m_store->syncAll();
        QStringList ends;
        const auto watch = [this, &ends](quint64 id, qint64 ms) {
            m_node->appender.watch(id, ms, [&ends](WaitEnd end) { ends.append(word(end)); });
        };
        watch(1, 100);
        watch(1, 1000);
        m_scheduler.advance(100);
        QCOMPARE(ends, QStringList({u"timed out"_s}));
        m_node->concerns.handleAck("s1", 1);
        watch(1, 100);
        QCOMPARE(ends, QStringList({u"timed out"_s, u"satisfied"_s, u"satisfied"_s}));
    }

private:
    // What an appender stands on, joined as in a master.
    struct Node
    {
        Node(const Appender::Config &config, MemoryLogStore &store, ManualScheduler &scheduler)
            : log(store, store.state(), store.state().epoch + 1, 77), waiters(scheduler),
              appender(config, log, store, concerns, waiters, scheduler)
        {
            const StoreState state = store.state();
            appender.start(state.meta);
            concerns.start(state.last.id);
            QObject::connect(&log.visible(), &VisibleLog::durableChanged, &concerns,
                             &ConcernTracker::handleLocalDurable);
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
        static const QStringList words{u"satisfied"_s, u"timed out"_s, u"released"_s, u"shutting down"_s,
                                       u"store failed"_s};
        return words[static_cast<int>(end)];
    }
    void open(const Appender::Config &config)
    {
        m_node.reset();
        m_store->crash();
        m_node = std::make_unique<Node>(config, *m_store, m_scheduler);
    }
    void turn() { m_scheduler.advance(0); }
    Appender::Handle send(std::vector<QByteArray> messages, quint32 w = 1, const QByteArray &key = {},
                          std::optional<qint64> timeoutMs = {})
    {
        return submit({std::move(messages), {WriteConcern::Number, w}, key, timeoutMs}, 3);
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
