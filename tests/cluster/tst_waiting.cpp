// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"

#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include <algorithm>

using namespace replog::test;
using namespace Qt::StringLiterals;

// Waiting clients, many at once, and how their waits end.
class TestWaiting : public QObject
{
    Q_OBJECT
private:
    using Calls = std::vector<std::unique_ptr<HttpCall>>;

    static Calls appendMany(const NodeProcess &master, int count, int w)
    {
        Calls calls;
        for (int i = 0; i < count; ++i)
            calls.push_back(master.http().append("waits-" + QByteArray::number(i), w));
        return calls;
    }

    static bool noneDone(const Calls &calls)
    {
        return std::none_of(calls.begin(), calls.end(), [](const auto &call) { return call->isDone(); });
    }

    static bool allDone(const Calls &calls)
    {
        return waitUntil([&] {
            return std::all_of(calls.begin(), calls.end(), [](const auto &call) { return call->isDone(); });
        });
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void aThousandWaitAndOneStaysQuick()
    {
        constexpr int waiting = 1000;
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const Calls calls = appendMany(cluster.master(), waiting, 3);
        QVERIFY(cluster.waitForWaits(waiting));
        for (int i = 0; i < 200; ++i) {
            const HttpAnswer quick = cluster.master().http().appendNow("quick", 1);
            QVERIFY2(quick.status == 201, quick.text().constData());
            QCOMPARE(quick.json().value("id"_L1).toInteger(), waiting + 1 + i);
        }
        QVERIFY(noneDone(calls));
        const QJsonObject status = ClusterFixture::status(cluster.master());
        QVERIFY(status.value("waits"_L1).toArray().size() <= waiting);
        QVERIFY(status.value("waits"_L1).toArray().size() > 0);
        QVERIFY(status.contains("oldest_wait_ms"_L1));
        QCOMPARE(status.value("committed_id"_L1).toInteger(), 0);
        QVERIFY(cluster.addSecondary(u"s2"_s).start());
        QVERIFY(allDone(calls));
        QSet<qint64> ids;
        for (const auto &call : calls) {
            QVERIFY2(call->answer().status == 201, call->answer().text().constData());
            ids.insert(call->answer().json().value("id"_L1).toInteger());
        }
        QCOMPARE(ids.size(), waiting);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    void aHundredHangUpWhileWaiting()
    {
        constexpr int waiting = 100;
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        Calls calls = appendMany(cluster.master(), waiting, 3);
        QVERIFY(cluster.waitForWaits(waiting));
        const auto stays = cluster.master().http().append("stays", 3);
        QVERIFY(cluster.waitForWaits(waiting + 1));
        for (const auto &call : calls)
            call->hangUp();
        calls.clear();
        QVERIFY(waitUntil([&] {
            const QJsonArray waits = ClusterFixture::status(cluster.master()).value("waits"_L1).toArray();
            qint64 clients = 0;
            for (const QJsonValue &wait : waits)
                clients += wait["clients"_L1].toInteger();
            return clients <= 1;
        }));
        // Their messages stay in the log and go on being replicated.
        QCOMPARE(ClusterFixture::status(cluster.master()).value("waits_total"_L1).toInteger(), waiting + 1);
        QVERIFY(cluster.addSecondary(u"s2"_s).start());
        QVERIFY(stays->wait());
        QVERIFY2(stays->answer().status == 201, stays->answer().text().constData());
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
        QCOMPARE(ClusterFixture::messages(cluster.s2()).size(), waiting + 1);
    }

    // A stream whose client has disconnected must not count as waiting, whether its body was complete or not.
    void streamsHangUpWhileWaiting()
    {
        constexpr int room = 4;
        ClusterFixture cluster;
        QVERIFY(cluster.start(1, {u"--max-waits"_s, QString::number(room)}));
        const auto stream = [&cluster](const QByteArray &chunks) {
            return cluster.master().http().raw(
                "POST /api/v1/messages?w=3 HTTP/1.1\r\nHost: localhost\r\n"
                "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n" +
                chunks);
        };
        const auto clients = [&cluster] {
            qint64 sum = 0;
            for (const QJsonValue &wait :
                 ClusterFixture::status(cluster.master()).value("waits"_L1).toArray())
                sum += wait["clients"_L1].toInteger();
            return sum;
        };
        int appended = 0;
        for (const QByteArray &end : {QByteArray(), QByteArray("0\r\n\r\n")}) {
            std::vector<std::unique_ptr<HttpCall>> calls;
            for (int i = 0; i < room; ++i)
                calls.push_back(stream("4\r\n\"a\"\n\r\n" + end));
            appended += room;
            QVERIFY(cluster.waitForWaits(appended));
            QCOMPARE(clients(), room);
            QCOMPARE(cluster.master().http().appendNow("no room", 3).status, 503);
            for (const auto &call : calls)
                call->hangUp();
            QVERIFY(waitUntil([&] { return clients() == 0; }));
        }
        // An invalid line ends the stream and the waits for the lines before it.
        const auto broken = stream("7\r\n\"a\"\nno\n\r\n");
        QVERIFY(broken->wait());
        QVERIFY2(broken->answer().body.contains("\"line\":2},\"appended\":1}"),
                 broken->answer().text().constData());
        QVERIFY(waitUntil([&] { return clients() == 0; }));
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void termAnswersEveryWaiter()
    {
        constexpr int waiting = 50;
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const Calls calls = appendMany(cluster.master(), waiting, 3);
        QVERIFY(cluster.waitForWaits(waiting));
        cluster.master().sendTerminate();
        QVERIFY(allDone(calls));
        QSet<qint64> ids;
        for (const auto &call : calls) {
            QVERIFY2(call->answer().status == 503, call->answer().text().constData());
            ids.insert(call->answer().json().value("id"_L1).toInteger());
        }
        QCOMPARE(ids.size(), waiting);
        QVERIFY(!ids.contains(0));
        QVERIFY(cluster.master().waitForExit());
        QVERIFY(cluster.master().exitedNormally());
        QCOMPARE(cluster.master().exitCode(), 0);
        QVERIFY(cluster.s1().terminate());
        // The answers are true: the messages are in the log and still wait.
        QVERIFY(cluster.master().start());
        QCOMPARE(ClusterFixture::status(cluster.master()).value("waits_total"_L1).toInteger(), waiting);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void timedOutMessageIsReplicatedAllTheSame()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const HttpAnswer late = cluster.master().http().appendNow("late", 3, "\"timeout_ms\":20");
        QVERIFY2(late.status == 504, late.text().constData());
        QCOMPARE(late.json().value("id"_L1).toInteger(), 1);
        QCOMPARE(late.json().value("w"_L1).toInteger(), 3);
        QVERIFY(late.json().contains("acks"_L1));
        QCOMPARE(late.header("content-type"), QByteArray("application/problem+json"));
        const HttpAnswer still = cluster.master().http().getNow("/api/v1/messages/1?wait_ms=20");
        QCOMPARE(still.status, 200);
        QCOMPARE(still.json().value("satisfied"_L1).toBool(true), false);
        QVERIFY(cluster.addSecondary(u"s2"_s).start());
        const HttpAnswer now = cluster.master().http().getNow("/api/v1/messages/1?wait_ms=60000");
        QCOMPARE(now.json().value("satisfied"_L1).toBool(), true);
        QCOMPARE(now.json().value("nodes"_L1).toArray().size(), 3);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    void operatorReleasesAWait()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const auto call = cluster.master().http().append("hopeless", 5);
        QVERIFY(cluster.waitForWaits(1));
        QVERIFY(waitUntil(
            [&] { return ClusterFixture::firstWait(cluster.master())["acks"_L1].toInteger() == 2; }));
        const QJsonValue wait = ClusterFixture::status(cluster.master()).value("waits"_L1).toArray().first();
        QCOMPARE(wait["unreachable"_L1].toBool(), true);
        QCOMPARE(wait["clients"_L1].toInteger(), 1);
        QCOMPARE(cluster.master().http().appendNow("behind it", 2).status, 201);
        QCOMPARE(ClusterFixture::committedId(cluster.master()), 0);
        const HttpAnswer released = cluster.master().http().now("DELETE", "/api/v1/waits/1");
        QVERIFY2(released.status == 200, released.text().constData());
        QVERIFY(call->wait());
        QVERIFY2(call->answer().status == 409, call->answer().text().constData());
        QCOMPARE(call->answer().json().value("acks"_L1).toInteger(), 2);
        QCOMPARE(cluster.master().http().now("DELETE", "/api/v1/waits/1").status, 404);
        QCOMPARE(cluster.master().http().now("DELETE", "/api/v1/waits/77").status, 404);
        QVERIFY(cluster.waitForEqualLogs());
        QCOMPARE(ClusterFixture::committedId(cluster.master()), 2);
        cluster.master().kill();
        QVERIFY(cluster.master().start());
        QCOMPARE(ClusterFixture::status(cluster.master()).value("waits_total"_L1).toInteger(-1), 0);
        QCOMPARE(ClusterFixture::committedId(cluster.master()), 2);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    void roomForWaitsIsBounded()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1, {u"--max-waits"_s, u"3"_s}));
        const Calls calls = appendMany(cluster.master(), 3, 3);
        QVERIFY(cluster.waitForWaits(3));
        const HttpAnswer full = cluster.master().http().appendNow("one too many", 3);
        QVERIFY2(full.status == 503, full.text().constData());
        QVERIFY(!full.header("retry-after").isEmpty());
        QVERIFY(waitUntil([&] { return ClusterFixture::lastId(cluster.master()) == 3; }));
        QVERIFY(cluster.addSecondary(u"s2"_s).start());
        QVERIFY(allDone(calls));
        QCOMPARE(cluster.master().http().appendNow("room again", 3).status, 201);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    void majorityAndAllBecomeNumbers()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        const auto post = [&](const QByteArray &w) {
            return cluster.master().http().now("POST", "/api/v1/messages",
                                               "{\"message\":\"x\",\"w\":" + w + "}");
        };
        const HttpAnswer majority = post("\"majority\"");
        QVERIFY2(majority.status == 201, majority.text().constData());
        QCOMPARE(majority.json().value("w"_L1).toInteger(), 2);
        const HttpAnswer all = post("\"all\"");
        QVERIFY2(all.status == 201, all.text().constData());
        QCOMPARE(all.json().value("w"_L1).toInteger(), 3);
        QCOMPARE(all.json().value("acks"_L1).toInteger(), 3);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void quorumAppendTurnsReadOnly()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2, {u"--quorum-append"_s, u"--attempt-timeout"_s, u"300ms"_s}));
        const auto mode = [&] {
            return ClusterFixture::status(cluster.master()).value("mode"_L1).toString();
        };
        QVERIFY(waitUntil([&] { return mode() == "read-write"_L1; }));
        // A busy machine may miss a heartbeat at any time. A refused append must not be in the log.
        const auto append = [&](const QByteArray &message) {
            return waitUntil([&] { return cluster.master().http().appendNow(message, 2).status == 201; });
        };
        cluster.s1().kill();
        QVERIFY(append("two of three"));
        cluster.s2().kill();
        QVERIFY(waitUntil([&] { return mode() == "read-only"_L1; }));
        const HttpAnswer refused = cluster.master().http().appendNow("one of three", 1);
        QVERIFY2(refused.status == 503, refused.text().constData());
        QCOMPARE(ClusterFixture::lastId(cluster.master()), 1);
        QCOMPARE(ClusterFixture::messages(cluster.master()), QStringList{u"two of three"_s});
        QVERIFY(cluster.s2().start());
        QVERIFY(waitUntil([&] { return mode() == "read-write"_L1; }));
        QVERIFY(append("two again"));
        QVERIFY(cluster.s1().start());
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }
};

QTEST_GUILESS_MAIN(TestWaiting)
#include "tst_waiting.moc"
