// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"
#include "tests/support/faultproxy.h"

#include <QRegularExpression>
#include <QTest>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int messageCount = 400;
constexpr int clientCount = 8;

bool setFaults(const NodeProcess &node, const QByteArray &faults)
{
    return node.http().now("PUT", "/api/v1/faults", faults).status == 200;
}

} // namespace

// Whatever fails between master and secondary: every node gets every message once and in the same order.
class TestFaults : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void injected_data()
    {
        QTest::addColumn<QByteArray>("faults");
        QTest::addColumn<bool>("retries");
        QTest::newRow("delay") << QByteArray(R"({"delay_ms": 7})") << false;
        QTest::newRow("fail before storing") << QByteArray(R"({"fail_before": 0.4})") << true;
        QTest::newRow("fail after storing") << QByteArray(R"({"fail_after": 0.4})") << true;
        QTest::newRow("drop") << QByteArray(R"({"drop": 0.2})") << true;
        QTest::newRow("all of them")
            << QByteArray(R"({"delay_ms": 2, "fail_before": 0.1, "fail_after": 0.1, "drop": 0.05})") << true;
    }

    void injected()
    {
        QFETCH(QByteArray, faults);
        QFETCH(bool, retries);
        ClusterFixture cluster;
        QVERIFY(cluster.start(2, {u"--attempt-timeout"_s, u"250ms"_s}, {u"--enable-faults"_s}));
        QVERIFY(setFaults(cluster.s1(), faults));
        QVERIFY(setFaults(cluster.s2(), faults));
        Load load(cluster.master().url(), u"msg"_s, clientCount, messageCount, 3);
        load.start();
        QVERIFY(load.waitForAcked(messageCount));
        if (retries) {
            QVERIFY(cluster.member(u"s1"_s).value("retries"_L1).toInteger() +
                        cluster.member(u"s2"_s).value("retries"_L1).toInteger() >
                    0);
        }
        const QByteArray none = R"({"delay_ms": 0, "fail_before": 0, "fail_after": 0, "drop": 0})";
        QVERIFY(setFaults(cluster.s1(), none));
        QVERIFY(setFaults(cluster.s2(), none));
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
        for (const auto &node : cluster.nodes()) {
            const QStringList log = ClusterFixture::messages(*node);
            QCOMPARE(log.size(), messageCount);
            QCOMPARE(load.check(log), QByteArray());
        }
    }

    void block()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2, {}, {u"--enable-faults"_s}));
        QVERIFY(setFaults(cluster.s1(), R"({"block": true})"));
        Load reached(cluster.master().url(), u"two"_s, clientCount, messageCount, 2);
        reached.start();
        QVERIFY(reached.waitForAcked(messageCount));
        QVERIFY(ClusterFixture::lastId(cluster.s1()) < ClusterFixture::lastId(cluster.master()));
        Load waiting(cluster.master().url(), u"three"_s, clientCount, clientCount, 3);
        waiting.start();
        QVERIFY(cluster.waitForWaits(clientCount));
        QVERIFY(waitUntil(
            [&] { return cluster.member(u"s1"_s).value("consecutive_failures"_L1).toInteger() >= 3; }));
        QVERIFY(!cluster.member(u"s1"_s).value("last_error"_L1).toString().isEmpty());
        QCOMPARE(waiting.acked(), 0);
        QVERIFY(setFaults(cluster.s1(), R"({"block": false})"));
        QVERIFY(waiting.waitForAcked(clientCount));
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
        const QStringList log = ClusterFixture::messages(cluster.s1());
        QCOMPARE(reached.check(log), QByteArray());
        QCOMPARE(waiting.check(log), QByteArray());
    }

    void faultsKeepWhatIsLeftOut()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1, {}, {u"--enable-faults"_s}));
        QVERIFY(setFaults(cluster.s1(), R"({"delay_ms": 1, "fail_after": 0.25})"));
        QVERIFY(setFaults(cluster.s1(), R"({"drop": 0.5})"));
        const QJsonObject now = cluster.s1().http().getNow("/api/v1/faults").json();
        QCOMPARE(now.value("delay_ms"_L1).toInteger(), 1);
        QCOMPARE(now.value("fail_after"_L1).toDouble(), 0.25);
        QCOMPARE(now.value("drop"_L1).toDouble(), 0.5);
        QCOMPARE(now.value("fail_before"_L1).toDouble(), 0.0);
        QCOMPARE(now.value("block"_L1).toBool(true), false);
        QCOMPARE(ClusterFixture::status(cluster.s1()).value("faults"_L1).toObject(), now);
    }

    void faultsAreOffUnlessEnabled()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        for (const auto &answer : {cluster.s1().http().getNow("/api/v1/faults"),
                                   cluster.s1().http().now("PUT", "/api/v1/faults", R"({"block": true})")}) {
            QCOMPARE(answer.status, 404);
            QVERIFY2(answer.body.contains("--enable-faults"), answer.body.constData());
        }
        QVERIFY(ClusterFixture::status(cluster.s1()).value("faults"_L1).isNull());
    }

    // The message was stored and its answer failed: it must be counted and shown once.
    void storedButNeverAcknowledgedIsNotDoubled()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1, {}, {u"--enable-faults"_s}));
        QVERIFY(setFaults(cluster.s1(), R"({"fail_after": 1})"));
        const auto call = cluster.master().http().append("once", 2);
        QVERIFY(waitUntil([&] { return cluster.member(u"s1"_s).value("retries"_L1).toInteger() >= 3; }));
        QVERIFY(setFaults(cluster.s1(), R"({"fail_after": 0})"));
        QVERIFY(call->wait());
        QVERIFY2(call->answer().status == 201, call->answer().text().constData());
        QCOMPARE(ClusterFixture::messages(cluster.s1(), "view=all"), QStringList{u"once"_s});
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    void network_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("resets in the middle of requests") << u"reset"_s;
        QTest::newRow("answers that never arrive") << u"lost"_s;
        QTest::newRow("slow in both directions") << u"slow"_s;
        QTest::newRow("refused and back, again and again") << u"flap"_s;
    }

    void network()
    {
        QFETCH(QString, kind);
        ClusterFixture cluster;
        FaultProxy proxy;
        QVERIFY(cluster.addMaster({u"--attempt-timeout"_s, u"300ms"_s}).start());
        NodeProcess &s1 = cluster.addSecondary(u"s1"_s, {u"--advertise"_s, proxy.url().toString()});
        QVERIFY(s1.start());
        proxy.setTarget(s1.url());
        QVERIFY(cluster.waitForMembers(1));
        if (kind == "reset"_L1)
            proxy.setResetAfter(3000);
        if (kind == "slow"_L1)
            proxy.setDelay(15);
        Load load(cluster.master().url(), u"msg"_s, clientCount, messageCount, 2);
        load.start();
        if (kind == "lost"_L1 || kind == "flap"_L1) {
            for (int part = 1; part < 4; ++part) {
                QVERIFY(load.waitForAcked(part * messageCount / 4));
                const qint64 before = cluster.member(u"s1"_s).value("retries"_L1).toInteger();
                proxy.setLosingAnswers(kind == "lost"_L1);
                proxy.setRefusing(kind == "flap"_L1);
                QVERIFY(waitUntil(
                    [&] { return cluster.member(u"s1"_s).value("retries"_L1).toInteger() >= before + 2; }));
                proxy.setLosingAnswers(false);
                proxy.setRefusing(false);
            }
        }
        QVERIFY(load.waitForAcked(messageCount));
        if (kind == "reset"_L1)
            QVERIFY(proxy.resets() > 2);
        proxy.setResetAfter(0);
        proxy.setDelay(0);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
        QCOMPARE(load.check(ClusterFixture::messages(s1)), QByteArray());
        QCOMPARE(ClusterFixture::messages(s1).size(), messageCount);
    }

    // Deliveries that the network delays for long and then delivers to the same secondary.
    void lateReplays()
    {
        ClusterFixture cluster;
        FaultProxy proxy;
        QVERIFY(cluster.addMaster().start());
        NodeProcess &s1 = cluster.addSecondary(u"s1"_s, {u"--advertise"_s, proxy.url().toString()});
        QVERIFY(s1.start());
        proxy.setTarget(s1.url());
        QVERIFY(cluster.waitForMembers(1));
        Load load(cluster.master().url(), u"msg"_s, clientCount, messageCount, 2);
        load.start();
        QVERIFY(load.waitForAcked(messageCount));
        QVERIFY(cluster.waitForEqualLogs());
        const QByteArray before = ClusterFixture::digest(s1, messageCount);
        QVERIFY(!proxy.recorded().isEmpty());
        const QList<QByteArray> recorded = proxy.recorded();
        for (const QByteArray &request : recorded) {
            const auto call = s1.http().raw(request);
            QVERIFY(call->wait());
            QVERIFY2(call->answer().status == 200, call->answer().text().constData());
        }
        QCOMPARE(ClusterFixture::digest(s1, messageCount), before);

        // After the master's restart they come from a stale master.
        cluster.master().kill();
        QVERIFY(cluster.master().start());
        QVERIFY(cluster.waitForMembers(1));
        const qint64 epoch = ClusterFixture::status(cluster.master()).value("epoch"_L1).toInteger();
        QVERIFY(waitUntil([&] { return ClusterFixture::status(s1).value("epoch"_L1).toInteger() == epoch; }));
        for (qsizetype i = recorded.size() - 1; i >= 0 && i > recorded.size() - 20; --i) {
            const auto call = s1.http().raw(recorded.at(i));
            QVERIFY(call->wait());
            QVERIFY2(call->answer().status == 412, call->answer().text().constData());
        }
        QCOMPARE(ClusterFixture::digest(s1, messageCount), before);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    void frozenNodeCatchesUp()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2, {u"--attempt-timeout"_s, u"300ms"_s}));
        cluster.s2().freeze();
        Load load(cluster.master().url(), u"msg"_s, clientCount, messageCount, 2);
        load.start();
        QVERIFY(load.waitForAcked(messageCount));
        QVERIFY(waitUntil(
            [&] { return cluster.member(u"s2"_s).value("health"_L1).toString() == "unhealthy"_L1; }));
        cluster.s2().thaw();
        QVERIFY(cluster.waitForMembers(2));
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
        QCOMPARE(load.check(ClusterFixture::messages(cluster.s2())), QByteArray());
    }

    void retryLimitGivesUpAndResumes()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1, {u"--retry-limit"_s, u"3"_s}, {u"--enable-faults"_s}));
        const auto health = [&] { return cluster.member(u"s1"_s).value("health"_L1).toString(); };
        cluster.s1().kill();
        const auto waiting = cluster.master().http().append("patient", 2);
        QVERIFY(waitUntil([&] { return health() == "gave-up"_L1; }));
        QVERIFY(!waiting->isDone());
        // On request the master retries, and gives up again.
        const qint64 attempts = cluster.member(u"s1"_s).value("attempts"_L1).toInteger();
        QCOMPARE(cluster.master().http().now("POST", "/api/v1/nodes/s1/retry").status, 200);
        QVERIFY(waitUntil([&] {
            return cluster.member(u"s1"_s).value("attempts"_L1).toInteger() > attempts &&
                   health() == "gave-up"_L1;
        }));
        // A registration of the node resumes deliveries.
        QVERIFY(cluster.s1().start());
        QVERIFY(waiting->wait());
        QVERIFY2(waiting->answer().status == 201, waiting->answer().text().constData());
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }
};

QTEST_GUILESS_MAIN(TestFaults)
#include "tst_faults.moc"
