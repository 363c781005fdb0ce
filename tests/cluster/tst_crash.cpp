// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"

#include <QDir>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using namespace replog::test;
using namespace Qt::StringLiterals;

// Processes that are killed and restarted.
class TestCrash : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void killEachInTurnUnderLoad()
    {
        constexpr int messages = 900;
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        Load load(cluster.master().url(), u"msg"_s, 16, messages, 2);
        load.start();
        for (int round = 0; round < 6; ++round) {
            QVERIFY(load.waitForAcked((round + 1) * 100));
            NodeProcess &victim = *cluster.nodes().at(size_t(round) % 3);
            victim.kill();
            QVERIFY2(victim.start(), victim.output().constData());
        }
        QVERIFY(load.waitForAcked(messages));
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
        for (const auto &node : cluster.nodes()) {
            const QStringList log = ClusterFixture::messages(*node);
            QCOMPARE(log.size(), messages);
            QCOMPARE(load.check(log), QByteArray());
        }
    }

    void killAllUnderLoad()
    {
        constexpr int messages = 600;
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        Load load(cluster.master().url(), u"msg"_s, 16, messages, 2);
        load.start();
        qint64 committed = 0;
        for (int round = 0; round < 3; ++round) {
            QVERIFY(load.waitForAcked((round + 1) * 150));
            for (const auto &node : cluster.nodes())
                node->kill();
            for (const auto &node : cluster.nodes())
                QVERIFY2(node->start(), node->output().constData());
            // committed_id never goes back, also over restarts.
            QVERIFY(cluster.waitForMembers(2));
            const qint64 now = ClusterFixture::committedId(cluster.master());
            QVERIFY2(now >= committed, qPrintable(u"%1 after %2"_s.arg(now).arg(committed)));
            committed = now;
        }
        QVERIFY(load.waitForAcked(messages));
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
        for (const auto &node : cluster.nodes()) {
            const QStringList log = ClusterFixture::messages(*node);
            QCOMPARE(log.size(), messages);
            QCOMPARE(load.check(log), QByteArray());
        }
    }

    // Everything that was acknowledged is there right after the crash, without help of other nodes.
    void masterAloneKeepsWhatItAcknowledged()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.addMaster().start());
        for (int round = 0; round < 5; ++round) {
            Load load(cluster.master().url(), u"round%1"_s.arg(round), 8, 1000000, 1);
            load.start();
            QVERIFY(load.waitForAcked(100));
            cluster.master().kill();
            const QHash<qint64, QString> acknowledged = load.byId();
            QVERIFY(cluster.master().start());
            const QStringList log = ClusterFixture::messages(cluster.master());
            for (auto it = acknowledged.cbegin(); it != acknowledged.cend(); ++it)
                QCOMPARE(log.value(it.key() - 1), it.value());
        }
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void startInAnyOrder_data()
    {
        QTest::addColumn<QString>("order");
        for (const char *order : {"m12", "m21", "1m2", "12m", "2m1", "21m"})
            QTest::newRow(order) << QString::fromLatin1(order);
    }

    void startInAnyOrder()
    {
        QFETCH(QString, order);
        ClusterFixture cluster;
        QVERIFY(cluster.reserveMasterPort());
        cluster.addMaster();
        cluster.addSecondary(u"s1"_s);
        cluster.addSecondary(u"s2"_s);
        for (const QChar c : order)
            QVERIFY(cluster.nodes().at(c == u'm' ? 0 : size_t(c.digitValue()))->start());
        const HttpAnswer answer = cluster.master().http().appendNow("hello", 3);
        QVERIFY2(answer.status == 201, answer.text().constData());
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    void masterRestartedWhileAConcernWaits()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const auto lost = cluster.master().http().append("waits", 3);
        QVERIFY(waitUntil(
            [&] { return ClusterFixture::firstWait(cluster.master())["acks"_L1].toInteger() == 2; }));
        const qint64 epoch = ClusterFixture::status(cluster.master()).value("epoch"_L1).toInteger();
        cluster.master().kill();
        QVERIFY(lost->wait());
        QCOMPARE(lost->answer().status, 0);
        QVERIFY(cluster.master().start());
        const QJsonObject status = ClusterFixture::status(cluster.master());
        QVERIFY(status.value("epoch"_L1).toInteger() > epoch);
        QCOMPARE(status.value("waits_total"_L1).toInteger(), 1);
        const QJsonValue wait = status.value("waits"_L1).toArray().first();
        QCOMPARE(wait["id"_L1].toInteger(), 1);
        QCOMPARE(wait["w"_L1].toInteger(), 3);
        QCOMPARE(wait["clients"_L1].toInteger(), 0);
        // The master knows its members before they register again.
        QCOMPARE(status.value("nodes"_L1).toArray().size(), 1);
        const auto goesOn = cluster.master().http().call("GET", "/api/v1/messages/1?wait_ms=60000");
        QVERIFY(cluster.waitForMembers(1));
        QVERIFY(!goesOn->isDone());
        QVERIFY(cluster.addSecondary(u"s2"_s).start());
        QVERIFY(goesOn->wait());
        QVERIFY2(goesOn->answer().status == 200, goesOn->answer().text().constData());
        QCOMPARE(goesOn->answer().json().value("satisfied"_L1).toBool(), true);
        QCOMPARE(goesOn->answer().json().value("acks"_L1).toInteger(), 3);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    void idempotencyKeysSurviveRestarts()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const auto post = [&](const QByteArray &body, const QByteArray &key) {
            return cluster.master().http().now("POST", "/api/v1/messages", body, {{"Idempotency-Key", key}});
        };
        const QByteArray one = R"({"message": "one", "w": 2})";
        const QByteArray batch = R"({"messages": ["a", "b", "c"], "w": 2})";
        QCOMPARE(post(one, "k1").status, 201);
        const HttpAnswer first = post(batch, "k2");
        QVERIFY2(first.status == 201, first.text().constData());
        QCOMPARE(first.json().value("first_id"_L1).toInteger(), 2);
        QCOMPARE(first.json().value("last_id"_L1).toInteger(), 4);
        const auto unfinished = cluster.master().http().append("three", 3, {}, {{"Idempotency-Key", "k3"}});
        QVERIFY(waitUntil(
            [&] { return ClusterFixture::firstWait(cluster.master())["acks"_L1].toInteger() == 2; }));
        for (int round = 0; round < 2; ++round) {
            if (round == 0)
                cluster.master().kill();
            else
                QVERIFY(cluster.master().terminate());
            QVERIFY(cluster.master().start());
            const HttpAnswer again = post(one, "k1");
            QVERIFY2(again.status == 200, again.text().constData());
            QCOMPARE(again.json().value("id"_L1).toInteger(), 1);
            const HttpAnswer batchAgain = post(batch, "k2");
            QVERIFY2(batchAgain.status == 200, batchAgain.text().constData());
            QCOMPARE(batchAgain.json().value("first_id"_L1).toInteger(), 2);
            QCOMPARE(batchAgain.json().value("last_id"_L1).toInteger(), 4);
            QCOMPARE(post(R"({"message": "other", "w": 2})", "k1").status, 422);
            QCOMPARE(post(R"({"message": "one", "w": 1})", "k1").status, 422);
            QCOMPARE(post(R"({"messages": ["a", "b"], "w": 2})", "k2").status, 422);
            QCOMPARE(ClusterFixture::lastId(cluster.master()), 5);
        }
        // A repeat with the same key joins the wait that has no client since the crash.
        const auto joined = cluster.master().http().append("three", 3, {}, {{"Idempotency-Key", "k3"}});
        QVERIFY(waitUntil(
            [&] { return ClusterFixture::firstWait(cluster.master())["clients"_L1].toInteger() == 1; }));
        QVERIFY(cluster.addSecondary(u"s2"_s).start());
        QVERIFY(joined->wait());
        QVERIFY2(joined->answer().status == 200, joined->answer().text().constData());
        QCOMPARE(joined->answer().json().value("id"_L1).toInteger(), 5);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    // An ack outlives its node's process, but not its node's disk.
    void emptiedSecondaryIsFilledAgain()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        Load load(cluster.master().url(), u"msg"_s, 8, 200, 3);
        load.start();
        QVERIFY(load.waitForAcked(200));
        const auto waiting = cluster.master().http().append("fourfold", 4);
        QVERIFY(waitUntil(
            [&] { return ClusterFixture::firstWait(cluster.master())["acks"_L1].toInteger() == 3; }));
        cluster.s1().kill();
        QVERIFY(QDir(cluster.s1().dataFolder()).removeRecursively());
        QVERIFY(cluster.s1().start());
        QVERIFY(waitUntil([&] { return ClusterFixture::lastId(cluster.s1()) == 201; }));
        QVERIFY(!waiting->isDone());
        QVERIFY(cluster.addSecondary(u"s3"_s).start());
        QVERIFY(waiting->wait());
        QVERIFY2(waiting->answer().status == 201, waiting->answer().text().constData());
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
        QCOMPARE(load.check(ClusterFixture::messages(cluster.s1())), QByteArray());
    }

    void membersAreKnownAfterRestart()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        cluster.s1().kill();
        cluster.s2().kill();
        QVERIFY(cluster.master().terminate());
        QVERIFY(cluster.master().start());
        QCOMPARE(ClusterFixture::status(cluster.master()).value("nodes"_L1).toArray().size(), 2);
        QCOMPARE(cluster.master().http().now("DELETE", "/api/v1/nodes/s1").status, 200);
        QCOMPARE(cluster.master().http().now("DELETE", "/api/v1/nodes/s1").status, 404);
        cluster.master().kill();
        QVERIFY(cluster.master().start());
        const QJsonArray nodes = ClusterFixture::status(cluster.master()).value("nodes"_L1).toArray();
        QCOMPARE(nodes.size(), 1);
        QCOMPARE(nodes.first()["name"_L1].toString(), u"s2"_s);
        QCOMPARE(cluster.problems(), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestCrash)
#include "tst_crash.moc"
