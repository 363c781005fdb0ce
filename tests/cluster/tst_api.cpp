// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"
#include "tests/support/documents.h"

#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

const Headers ndjson{{"Accept", "application/x-ndjson"}};

// The complete documents of an event stream so far.
QList<QJsonObject> events(const QByteArray &body)
{
    QList<QJsonObject> all;
    for (const QByteArray &line : body.left(body.lastIndexOf("\n\n") + 1).split('\n')) {
        if (line.startsWith("data:"))
            all.append(QJsonDocument::fromJson(line.mid(5)).object());
    }
    return all;
}

} // namespace

// The calls of the HTTP interface, on real nodes.
class TestApi : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void appendsInEveryForm()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const HttpClient http = cluster.master().http();
        const auto post = [&](const QByteArray &path, const QByteArray &body, const QByteArray &type) {
            return http.now("POST", path, body, {{"Content-Type", type}});
        };
        const HttpAnswer json =
            post("/api/v1/messages", R"({"message": "зошит \u0001 😀"})", "application/json");
        QVERIFY2(json.status == 201, json.text().constData());
        for (const char *name : {"id", "epoch", "w", "acks", "committed"})
            QVERIFY2(json.json().contains(QLatin1StringView(name)), name);
        QCOMPARE(json.json().value("w"_L1).toInteger(), 1);
        const HttpAnswer empty =
            post("/api/v1/messages", R"({"message": ""})", "application/json; charset=utf-8");
        QVERIFY2(empty.status == 201, empty.text().constData());
        const HttpAnswer plain =
            post("/api/v1/messages?w=2&timeout_ms=60000", "plain \"text\"", "text/plain; charset=utf-8");
        QVERIFY2(plain.status == 201, plain.text().constData());
        QCOMPARE(plain.json().value("w"_L1).toInteger(), 2);
        QCOMPARE(plain.json().value("acks"_L1).toInteger(), 2);
        const HttpAnswer batch =
            post("/api/v1/messages", R"({"messages": ["a", "a", ""], "w": 2})", "application/json");
        QVERIFY2(batch.status == 201, batch.text().constData());
        QCOMPARE(batch.json().value("first_id"_L1).toInteger(), 4);
        QCOMPARE(batch.json().value("last_id"_L1).toInteger(), 6);
        // All or none.
        const HttpAnswer refused =
            post("/api/v1/messages", R"({"messages": ["fine", 7], "w": 1})", "application/json");
        QVERIFY2(refused.status == 400, refused.text().constData());
        const QStringList log{
            QStringLiteral("зошит \u0001 😀"), u""_s, u"plain \"text\""_s, u"a"_s, u"a"_s, u""_s};
        QCOMPARE(ClusterFixture::messages(cluster.master()), log);
        QCOMPARE(ClusterFixture::messages(cluster.s1(), "at_least=6&wait_ms=60000"), log);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    void idempotencyKeyRepeats()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const HttpClient http = cluster.master().http();
        const Headers key{{"Idempotency-Key", "order-66"}};
        QCOMPARE(http.appendNow("x", 2, {}, key).status, 201);
        const HttpAnswer again = http.appendNow("x", 2, {}, key);
        QVERIFY2(again.status == 200, again.text().constData());
        QCOMPARE(again.json().value("id"_L1).toInteger(), 1);
        QCOMPARE(http.appendNow("y", 2, {}, key).status, 422);
        QCOMPARE(http.appendNow("x", 1, {}, key).status, 422);
        // Concurrent requests with one key make one entry.
        std::vector<std::unique_ptr<HttpCall>> calls;
        for (int i = 0; i < 20; ++i)
            calls.push_back(http.append("race", 2, {}, {{"Idempotency-Key", "race"}}));
        int created = 0;
        for (const auto &call : calls) {
            QVERIFY(call->wait());
            QCOMPARE(call->answer().json().value("id"_L1).toInteger(), 2);
            created += call->answer().status == 201;
        }
        QCOMPARE(created, 1);
        QCOMPARE(ClusterFixture::lastId(cluster.master()), 2);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void readsPagesAndViews()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const HttpClient http = cluster.master().http();
        QCOMPARE(
            http.now("POST", "/api/v1/messages", R"({"messages": ["a", "b", "c", "d", "e"], "w": 2})").status,
            201);
        const auto waiting = http.append("f", 3);
        QVERIFY(cluster.waitForWaits(1));
        const auto ids = [](const HttpAnswer &answer) {
            QList<int> list;
            const QJsonArray messages = answer.json().value("messages"_L1).toArray();
            for (const QJsonValue &value : messages)
                list.append(value["id"_L1].toInt());
            return list;
        };
        QCOMPARE(ids(http.getNow("/api/v1/messages?from=2&limit=3")), (QList<int>{2, 3, 4}));
        QCOMPARE(ids(http.getNow("/api/v1/messages?from=5")), (QList<int>{5, 6}));
        QCOMPARE(ids(http.getNow("/api/v1/messages?from=5&view=committed")), (QList<int>{5}));
        QCOMPARE(ids(http.getNow("/api/v1/messages?from=99")), (QList<int>{}));
        const HttpAnswer page = http.getNow("/api/v1/messages?limit=1");
        QCOMPARE(page.json().value("last_id"_L1).toInteger(), 6);
        QCOMPARE(page.json().value("committed_id"_L1).toInteger(), 5);
        QVERIFY(waitUntil([&] { return ClusterFixture::lastId(cluster.s1()) == 6; }));
        QCOMPARE(ids(cluster.s1().http().getNow("/api/v1/messages?at_least=5&wait_ms=60000")),
                 (QList<int>{1, 2, 3, 4, 5}));
        QCOMPARE(ids(cluster.s1().http().getNow("/api/v1/messages?view=all")),
                 (QList<int>{1, 2, 3, 4, 5, 6}));

        const HttpAnswer one = http.getNow("/api/v1/messages/6");
        QVERIFY2(one.status == 200, one.text().constData());
        QCOMPARE(one.json().value("message"_L1).toString(), u"f"_s);
        QCOMPARE(one.json().value("w"_L1).toInteger(), 3);
        QCOMPARE(one.json().value("satisfied"_L1).toBool(true), false);
        QCOMPARE(http.getNow("/api/v1/messages/7").status, 404);

        const HttpAnswer lines = http.getNow("/api/v1/messages", ndjson);
        QCOMPARE(lines.header("content-type"), QByteArray("application/x-ndjson"));
        QCOMPARE(lines.body.count('\n'), 6);
        QCOMPARE(
            QJsonDocument::fromJson(lines.body.split('\n').at(1)).object().value("message"_L1).toString(),
            u"b"_s);

        const HttpAnswer head = http.now("HEAD", "/api/v1/status");
        QCOMPARE(head.status, 200);
        QVERIFY(head.body.isEmpty());
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void longLogsAreStreamed()
    {
        constexpr int count = 20000;
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        QByteArray batch = "{\"w\":2,\"messages\":[";
        for (int i = 0; i < count / 10; ++i)
            batch += (i ? ",\"" : "\"") + QByteArray(60, 'x') + "\"";
        batch += "]}";
        for (int i = 0; i < 10; ++i) {
            const HttpAnswer answer = cluster.master().http().now("POST", "/api/v1/messages", batch);
            QVERIFY2(answer.status == 201, answer.text().constData());
        }
        QCOMPARE(ClusterFixture::messages(cluster.master()).size(), count);
        const HttpAnswer lines =
            cluster.s1().http().getNow("/api/v1/messages?at_least=20000&wait_ms=60000", ndjson);
        QCOMPARE(lines.status, 200);
        QCOMPARE(lines.body.count('\n'), count);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    void longPollAnswersWhenThereIsSomething()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        for (const NodeProcess *node : {&cluster.master(), &cluster.s1()}) {
            const qint64 next = ClusterFixture::lastId(cluster.master()) + 1;
            const QByteArray from = QByteArray::number(next);
            const HttpAnswer nothing = node->http().getNow("/api/v1/messages?wait_ms=20&from=" + from);
            QCOMPARE(nothing.status, 200);
            QVERIFY(nothing.json().value("messages"_L1).toArray().isEmpty());
            const auto poll = node->http().call("GET", "/api/v1/messages?wait_ms=60000&from=" + from);
            const auto pollLines =
                node->http().call("GET", "/api/v1/messages?wait_ms=60000&from=" + from, {}, ndjson);
            QCOMPARE(node->http().getNow("/health").status, 200);
            QVERIFY(!poll->isDone());
            QCOMPARE(cluster.master().http().appendNow("news", 2).status, 201);
            QVERIFY(poll->wait());
            QCOMPARE(poll->answer().json().value("messages"_L1).toArray().first()["id"_L1].toInteger(), next);
            QVERIFY(pollLines->wait());
            QCOMPARE(pollLines->answer().body.count('\n'), 1);
        }
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void readsOwnWritesOnAnyNode()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        for (int i = 1; i <= 100; ++i) {
            QCOMPARE(cluster.master().http().appendNow("mine " + QByteArray::number(i), 1).status, 201);
            const NodeProcess &node = i % 2 ? cluster.s1() : cluster.s2();
            const HttpAnswer read =
                node.http().getNow("/api/v1/messages?wait_ms=60000&from=" + QByteArray::number(i) +
                                   "&at_least=" + QByteArray::number(i));
            QVERIFY2(read.status == 200, read.text().constData());
            QCOMPARE(read.json().value("messages"_L1).toArray().first()["message"_L1].toString(),
                     u"mine %1"_s.arg(i));
        }
        const HttpAnswer never = cluster.s1().http().getNow("/api/v1/messages?at_least=1000&wait_ms=20");
        QVERIFY2(never.status == 504, never.text().constData());
        QCOMPARE(cluster.problems(), QByteArray());
    }

    // With w=3 the commit reaches the secondaries' sockets before the client has its answer.
    void whatIsAnsweredSoonShowsEverywhere()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        for (int i = 1; i <= 50; ++i) {
            QCOMPARE(cluster.master().http().appendNow("x", 3).status, 201);
            for (const NodeProcess *node : {&cluster.s1(), &cluster.s2()})
                QVERIFY(waitUntil([&] { return ClusterFixture::committedId(*node) >= i; }));
        }
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void statusIsPushedOnChange()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        for (const NodeProcess *node : {&cluster.master(), &cluster.s1()}) {
            const auto stream =
                node->http().call("GET", "/api/v1/status", {}, {{"Accept", "text/event-stream"}});
            QVERIFY(waitUntil([&] { return !events(stream->answer().body).isEmpty(); }));
            QCOMPARE(stream->answer().header("content-type"), QByteArray("text/event-stream"));
            const QJsonObject first = events(stream->answer().body).first();
            for (const char *name : {"role", "name", "epoch", "last_id", "committed_id", "mode", "uptime_ms"})
                QVERIFY2(first.contains(QLatin1StringView(name)), name);
            const HttpAnswer appended = cluster.master().http().appendNow("x", 2);
            QCOMPARE(appended.status, 201);
            const qint64 id = appended.json().value("id"_L1).toInteger();
            QVERIFY(waitUntil([&] {
                return events(stream->answer().body).last().value("committed_id"_L1).toInteger() == id;
            }));
            QVERIFY(!stream->isDone());
        }
        QCOMPARE(cluster.problems(), QByteArray());
    }

    // Nothing else changes meanwhile: no secondary is there.
    void whoWaitsIsPushed()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(0));
        const HttpClient &http = cluster.master().http();
        const auto stream = http.call("GET", "/api/v1/status", {}, {{"Accept", "text/event-stream"}});
        const auto clients = [&stream] {
            const QJsonObject last = events(stream->answer().body).last();
            return last.value("waits"_L1)[0]["clients"_L1].toInt(-1);
        };
        QVERIFY(waitUntil([&] { return !events(stream->answer().body).isEmpty(); }));
        const auto append = [&http](int timeoutMs) {
            return http.call("POST", "/api/v1/messages",
                             R"({"message":"x","w":2,"timeout_ms":)" + QByteArray::number(timeoutMs) + "}",
                             {{"Idempotency-Key", "k"}});
        };
        const auto first = append(100);
        QVERIFY(waitUntil([&] { return first->isDone(); }));
        QCOMPARE(first->answer().status, 504);
        QVERIFY(waitUntil([&] { return clients() == 0; }));
        const auto repeat = append(60000);
        QVERIFY(waitUntil([&] { return clients() == 1; }));
        repeat->hangUp();
        QVERIFY(waitUntil([&] { return clients() == 0; }));
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void statusTellsTheNodes()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        QCOMPARE(cluster.master().http().appendNow("x", 2).status, 201);
        const QJsonObject master = ClusterFixture::status(cluster.master());
        QCOMPARE(master.value("role"_L1).toString(), u"master"_s);
        QCOMPARE(master.value("name"_L1).toString(), u"m"_s);
        QCOMPARE(master.value("mode"_L1).toString(), u"read-write"_s);
        QCOMPARE(master.value("epoch"_L1).toInteger(), 1);
        const QJsonObject node = cluster.member(u"s1"_s);
        for (const char *name : {"name", "url", "health", "acked_id", "lag", "attempts", "retries",
                                 "consecutive_failures", "next_retry_ms", "last_error"})
            QVERIFY2(node.contains(QLatin1StringView(name)), name);
        QCOMPARE(node.value("acked_id"_L1).toInteger(), 1);
        QCOMPARE(node.value("lag"_L1).toInteger(), 0);
        QCOMPARE(QUrl(node.value("url"_L1).toString()).port(), cluster.s1().url().port());
        const QJsonObject secondary = ClusterFixture::status(cluster.s1());
        QCOMPARE(secondary.value("role"_L1).toString(), u"secondary"_s);
        QCOMPARE(secondary.value("mode"_L1).toString(), u"following"_s);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void secondarySendsWritersToItsMaster()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const HttpAnswer redirect = cluster.s1().http().appendNow("x", 1);
        QCOMPARE(redirect.status, 307);
        const QUrl location = QUrl::fromEncoded(redirect.header("location"));
        QCOMPARE(location.port(), cluster.master().url().port());
        QCOMPARE(location.path(), u"/api/v1/messages"_s);
        QCOMPARE(HttpClient(location).appendNow("x", 2).status, 201);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void digestsCompareLogs()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        QCOMPARE(cluster.master().http().appendNow("x", 2).status, 201);
        const QByteArray one = ClusterFixture::digest(cluster.master(), 1);
        QCOMPARE(cluster.master().http().appendNow("y", 2).status, 201);
        QCOMPARE(ClusterFixture::digest(cluster.s1(), 1), one);
        QVERIFY(!one.isEmpty());
        QVERIFY(ClusterFixture::digest(cluster.master(), 2) != one);
        QCOMPARE(ClusterFixture::digest(cluster.s1(), 2), ClusterFixture::digest(cluster.master(), 2));
        QCOMPARE(cluster.s1().http().getNow("/api/v1/digest?to=3").status, 404);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    // A secondary may also be registered by a request of the test.
    void nodesRegisterByHand()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const HttpClient http = cluster.master().http();
        const HttpAnswer added = http.now(
            "POST", "/api/v1/nodes", toJson(registrationDocument(u"ghost"_s, 99, u"http://127.0.0.1:9"_s)));
        QVERIFY2(added.status == 200, added.text().constData());
        QVERIFY(!cluster.member(u"ghost"_s).isEmpty());
        QVERIFY(waitUntil(
            [&] { return cluster.member(u"ghost"_s).value("consecutive_failures"_L1).toInteger() > 2; }));
        const auto all = http.call("POST", "/api/v1/messages", R"({"message": "x", "w": "all"})");
        QVERIFY(waitUntil([&] {
            return ClusterFixture::firstWait(cluster.master())["missing"_L1].toArray() ==
                   QJsonArray{u"ghost"_s};
        }));
        QCOMPARE(http.now("DELETE", "/api/v1/nodes/ghost").status, 200);
        QVERIFY(cluster.member(u"ghost"_s).isEmpty());
        QCOMPARE(http.now("POST", "/api/v1/nodes/ghost/retry").status, 404);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void metricsTellWhatWasRefusedAndSynced()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const HttpClient http = cluster.master().http();
        for (int i = 0; i < 5; ++i)
            QCOMPARE(http.appendNow("x", 2).status, 201);
        QCOMPARE(http.appendNow("x", 0).status, 400);
        QCOMPARE(http.getNow("/api/v1/messages/99").status, 404);
        const QByteArray told = '\n' + http.getNow("/metrics").body;
        for (const char *line :
             {"replog_appends_refused_total{reason=\"invalid\"} 1",
              "replog_appends_refused_total{reason=\"exhausted\"} 0",
              "replog_http_errors_total{code=\"400\"} 1", "replog_http_errors_total{code=\"404\"} 1",
              "replog_http_errors_total{code=\"503\"} 0", "replog_store_group_entries_sum 5",
              "replog_node_lag_entries{node=\"s1\"} 0", "replog_node_lag_seconds{node=\"s1\"} 0"})
            QVERIFY2(told.contains(QByteArray('\n' + QByteArray(line) + '\n')), told.constData());
        QVERIFY(told.contains("\nreplog_store_sync_seconds_bucket{le="));
        // The lag of a dead secondary grows in entries and in time.
        cluster.s1().freeze();
        QCOMPARE(http.appendNow("x", 1).status, 201);
        QVERIFY(waitUntil([&] { return cluster.member(u"s1"_s).value("lag_ms"_L1).toInteger() > 0; }));
        QCOMPARE(cluster.member(u"s1"_s).value("lag"_L1).toInteger(), 1);
        cluster.s1().thaw();
        QVERIFY(waitUntil([&] { return cluster.member(u"s1"_s).value("lag_ms"_L1).toInteger() == 0; }));
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void metricsPleasePromtool()
    {
        const QString promtool = QStandardPaths::findExecutable(u"promtool"_s);
        if (promtool.isEmpty())
            QSKIP("promtool is not installed (Debian package prometheus)");
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        Load load(cluster.master().url(), u"msg"_s, 4, 50, 3);
        load.start();
        QVERIFY(load.waitForAcked(50));
        for (const auto &node : cluster.nodes()) {
            const HttpAnswer metrics = node->http().getNow("/metrics");
            QCOMPARE(metrics.status, 200);
            QVERIFY(metrics.header("content-type").startsWith("text/plain"));
            QVERIFY(metrics.body.contains("replog_"));
            QProcess check;
            check.start(promtool, {u"check"_s, u"metrics"_s});
            check.write(metrics.body);
            check.closeWriteChannel();
            QVERIFY(check.waitForFinished(60000));
            const QByteArray said = check.readAllStandardError() + check.readAllStandardOutput();
            QVERIFY2(check.exitCode() == 0 && said.isEmpty(), said.constData());
        }
        QCOMPARE(cluster.problems(), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestApi)
#include "tst_api.moc"
