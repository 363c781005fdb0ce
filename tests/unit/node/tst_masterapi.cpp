// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/node/masterapisuite.h"

#include <QJsonArray>

#include <vector>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
const QByteArray Post = "POST /api/v1/messages";
const QByteArray Raw = "Content-Type: text/plain\r\n";
} // namespace

// Answers of the master's routes.
class TestMasterApi : public MasterApiSuite
{
    Q_OBJECT
public:
    TestMasterApi() : MasterApiSuite(MaxWaits) {}

private:
    static constexpr int MaxWaits = 4;

private slots:
    void appended_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("answer");
        const QByteArray json = Json;
        QTest::newRow("one") << Post << json << R"({"message":"A"})"_ba
                             << R"({"id":1,"w":1,"acks":1,"epoch":1,"committed":true})"_ba;
        QTest::newRow("two nodes") << Post << json << R"({"message":"A","w":2})"_ba
                                   << R"({"id":1,"w":2,"acks":2,"epoch":1,"committed":true})"_ba;
        QTest::newRow("all nodes") << Post << json << R"({"message":"A","w":"all"})"_ba
                                   << R"({"id":1,"w":2,"acks":2,"epoch":1,"committed":true})"_ba;
        QTest::newRow("several")
            << Post << json << R"({"messages":["A","B"],"w":2})"_ba
            << R"({"first_id":1,"last_id":2,"w":2,"acks":2,"epoch":1,"committed":true})"_ba;
        QTest::newRow("raw") << Post + "?w=2&timeout_ms=9&expect_last_id=0" << Raw << "A"_ba
                             << R"({"id":1,"w":2,"acks":2,"epoch":1,"committed":true})"_ba;
    }
    void appended()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, fields);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, answer);
        addSecondary();
        const auto asked = ask(request, fields, body);
        QCOMPARE(asked->status(), 201);
        QCOMPARE(asked->header("Content-Type"), "application/json");
        // How many nodes have acked by then depends on the order of events.
        QCOMPARE(asked->body().replace("\"w\":1,\"acks\":2", "\"w\":1,\"acks\":1"), answer);
        QCOMPARE(metric("replog_appends_total"), 1);
        QCOMPARE(metric("replog_append_seconds_count"), 1);
    }

    // Each refusal names the field, and nothing is appended.
    void refused_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("field");
        const auto row = [](const char *name, const QByteArray &request, const QByteArray &fields,
                            const QByteArray &body, int status, const QByteArray &field) {
            QTest::newRow(name) << request << fields << body << status << field;
        };
        const QByteArray json = Json;
        const QByteArray good = R"({"message":"A"})";
        row("no document", Post, json, "{", 400, "body");
        row("unknown field", Post, json, R"({"message":"A","W":2})", 400, "W");
        row("query beside JSON", Post + "?w=2", json, good, 400, "w");
        row("header beside JSON", Post, json + "Replog-Header-A: 1\r\n", good, 400, "replog-header-a");
        row("w above --max-w", Post, json, R"({"message":"A","w":66})", 400, "w");
        row("no type", Post, "", "A", 415, "Content-Type");
        row("form", Post, "Content-Type: application/x-www-form-urlencoded\r\n", "A", 415, "Content-Type");
        row("charset", Post, "Content-Type: text/plain; charset=latin1\r\n", "A", 415, "Content-Type");
        row("encoding", Post, Raw + "Content-Encoding: gzip\r\n", "A", 415, "Content-Encoding");
        row("two keys", Post, json + "Idempotency-Key: a\r\nIdempotency-Key: b\r\n", good, 400,
            "Idempotency-Key");
        row("empty key", Post, json + "Idempotency-Key: \r\n", good, 400, "Idempotency-Key");
        row("unknown argument", Post + "?W=2", Raw, "A", 400, "W");
        row("argument given twice", Post + "?w=1&w=2", Raw, "A", 400, "w");
        row("w of 0", Post + "?w=0", Raw, "A", 400, "w");
        row("negative timeout", Post + "?timeout_ms=-1", Raw, "A", 400, "timeout_ms");
        row("condition that is no id", Post + "?expect_last_id=x", Raw, "A", 400, "expect_last_id");
        row("condition that does not hold", Post + "?expect_last_id=5", Raw, "A", 412, "expect_last_id");
        row("no UTF-8", Post, Raw, "\xff", 400, "body");
        row("too large", Post, Raw, QByteArray(MaxMessage + 1, 'x'), 413, "body");
        row("too large in JSON", Post, json, "{\"message\":\"" + QByteArray(MaxMessage + 1, 'x') + "\"}", 413,
            "message");
        row("too large a batch", Post, json, "{\"messages\":[" + QByteArray("\"\",").repeated(200) + "\"\"]}",
            413, "messages[39]");
        row("stream with a key", Post, "Content-Type: application/x-ndjson\r\nIdempotency-Key: a\r\n",
            "\"A\"\n", 400, "Idempotency-Key");

        row("wait of no id", "DELETE /api/v1/waits/x", "", "", 400, "id");
        row("wait of id 0", "DELETE /api/v1/waits/0", "", "", 400, "id");
        row("wait that there is not", "DELETE /api/v1/waits/7", "", "", 404, "");
        row("argument of a release", "DELETE /api/v1/waits/7?to=9", "", "", 400, "to");
        row("waits from nowhere", "DELETE /api/v1/waits?to=9", "", "", 400, "from");
        row("waits to nowhere", "DELETE /api/v1/waits?from=1", "", "", 400, "to");
        row("waits the wrong way", "DELETE /api/v1/waits?from=3&to=2", "", "", 400, "to");
        row("waits from no id", "DELETE /api/v1/waits?from=x&to=2", "", "", 400, "from");
        row("unknown argument of waits", "DELETE /api/v1/waits?from=1&to=2&w=1", "", "", 400, "w");
        row("waits that there are not", "DELETE /api/v1/waits?from=1&to=18446744073709551615", "", "", 404,
            "");

        row("forgotten before", "DELETE /api/v1/nodes/ghost", "", "", 404, "name");
        row("argument of forgetting", "DELETE /api/v1/nodes/ghost?force=1", "", "", 400, "force");
        row("retry of nobody", "POST /api/v1/nodes/ghost/retry", "", "", 404, "name");
        row("argument of a retry", "POST /api/v1/nodes/ghost/retry?force=1", "", "", 400, "force");
        row("body of a retry", "POST /api/v1/nodes/ghost/retry", json, R"({"nonsense":1})", 400, "body");
        row("body of forgetting", "DELETE /api/v1/nodes/ghost", json, R"({"dry_run":true})", 400, "body");
        row("body of a release", "DELETE /api/v1/waits/7", json, R"({"to":9})", 400, "body");
        row("body of releases", "DELETE /api/v1/waits?from=1&to=2", json, "{}", 400, "body");
        row("registration of no type", "POST /api/v1/nodes", "", "{}", 415, "Content-Type");
        row("registration as a text", "POST /api/v1/nodes", "Content-Type: text/plain\r\n", "{}", 415,
            "Content-Type");
        row("registration without a word", "POST /api/v1/nodes", json, "{}", 400, "node_id");
        row("argument of a registration", "POST /api/v1/nodes?force=1", json, "{}", 400, "force");
        row("registration of any length", "POST /api/v1/nodes", json, QByteArray(65 * 1024, ' '), 413,
            "body");
    }
    void refused()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, fields);
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        QFETCH(QByteArray, field);
        const auto asked = ask(request, fields, body);
        const QJsonObject problem = asked->document();
        QCOMPARE(asked->field(), field);
        QCOMPARE(asked->status(), status);
        QCOMPARE(problem[u"status"_s].toInt(), status);
        QCOMPARE(asked->header("Content-Type"), "application/problem+json");
        QVERIFY2(problem[u"detail"_s].toString().toUtf8().contains(field), asked->body().constData());
        QCOMPARE(problem.contains(u"last_id"_s), status == 412);
        QCOMPARE(master().log().assignedId(), 0u);
    }

    void registrations_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("field");
        QTest::newRow("good") << ""_ba
                              << ""_ba << 200 << ""_ba;
        QTest::newRow("unknown field") << "\"name\":"_ba
                                       << R"("colour":1,"name":)"_ba << 400 << "colour"_ba;
        QTest::newRow("no version") << "\"wire\":1"_ba
                                    << "\"wire\":0"_ba << 400 << "wire"_ba;
        QTest::newRow("name") << "\"s7\""_ba
                              << "\"s 7\""_ba << 400 << "name"_ba;
        QTest::newRow("path") << "0.1:7"_ba
                              << "0.1:7/x"_ba << 400 << "url"_ba;
        QTest::newRow("elsewhere") << "127.0.0.1"_ba
                                   << "192.0.2.1"_ba << 400 << "url"_ba;
        QTest::newRow("the master's name") << "\"s7\""_ba
                                           << "\"m\""_ba << 409 << "name"_ba;
        QTest::newRow("another log") << "\"log_id\":null"_ba
                                     << "\"log_id\":\"" + QByteArray(32, '7') + '"' << 409 << "log_id"_ba;
    }
    void registrations()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(int, status);
        QFETCH(QByteArray, field);
        Registration registration;
        registration.node.nodeId = {7, 7};
        registration.node.instance = {7, 8};
        registration.node.name = "s7";
        registration.url = QUrl(u"http://127.0.0.1:7"_s);
        QByteArray document = encodeRegistration(registration);
        QVERIFY(before.isEmpty() || document.contains(before));
        if (!before.isEmpty())
            document.replace(before, after);
        const auto asked = ask("POST /api/v1/nodes", Json, document);
        QCOMPARE(asked->field(), field);
        QCOMPARE(asked->status(), status);
        QCOMPARE(master().knownNodes(), status == 200 ? 2 : 1);
        if (status != 200)
            return;
        const auto answer = decodeRegistrationAnswer(asked->body());
        QVERIFY(answer);
        QCOMPARE(answer->logId, master().logId());
        QCOMPARE(ask("POST /api/v1/nodes/s7/retry")->body(), R"({"retrying":true})");
        QCOMPARE(ask("DELETE /api/v1/nodes/s7")->body(), R"({"forgotten":true})");
        QCOMPARE(master().knownNodes(), 1);
    }

    // Nothing is appended, and the metric counts the reason.
    void refusedByTheNode_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("reason");
        QTest::newRow("shutting down") << 503 << "unavailable"_ba;
        QTest::newRow("store failed") << 503 << "unavailable"_ba;
        QTest::newRow("low on space") << 507 << "store"_ba;
        QTest::newRow("no room for more waits") << 503 << "exhausted"_ba;
    }
    void refusedByTheNode()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, reason);
        const QByteArray why = QTest::currentDataTag();
        std::vector<std::unique_ptr<ApiCall>> others;
        if (why == "shutting down")
            master().shutDown();
        else if (why == "store failed")
            m_cluster->node("m").store->fail({Errc::Io, u"no disk"_s});
        else if (why == "low on space")
            master().setLowOnSpace(u"1 byte is free"_s);
        while (why == "no room for more waits" && others.size() < MaxWaits)
            others.push_back(appendWaiting(R"({"message":"A","w":9})"));
        m_cluster->node("m").store->syncAll();
        const quint64 last = master().log().assignedId();
        const auto asked = append(R"({"message":"A","w":9})");
        QCOMPARE(asked->status(), status);
        QCOMPARE(asked->header("Retry-After"), status == 503 ? "1" : "");
        QVERIFY(!asked->document().contains(u"id"_s));
        QCOMPARE(master().log().assignedId(), last);
        QCOMPARE(refusals(reason), 1);
        QCOMPARE(metric("replog_append_seconds_count"), 0);
    }

    // The entries are in the log, and every answer has their ids.
    void endsOfWaits_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        const QByteArray one = R"({"message":"A","w":9,"timeout_ms":1000})";
        const QByteArray several = R"({"messages":["A","B"],"w":9,"timeout_ms":1000})";
        for (const auto &[name, status] : {std::pair("timed out", 504),
                                           {"released", 409},
                                           {"shut down", 503},
                                           {"fenced", 503},
                                           {"not synced", 503},
                                           {"store failed", 500}}) {
            QTest::newRow(name) << status << one;
            QTest::newRow(QByteArray(name + ", several"_ba).constData()) << status << several;
        }
    }
    void endsOfWaits()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        const bool isBatch = body.contains("messages");
        std::unique_ptr<ApiCall> waiting;
        const bool isDurable =
            status != 500 && !QByteArrayView(QTest::currentDataTag()).startsWith("not synced");
        if (!isDurable) {
            waiting = call(Post, Json, body);
            QVERIFY(waitFor([&] { return master().log().assignedId() > 0; }));
            if (status == 500)
                m_cluster->node("m").store->fail({Errc::Io, u"no disk"_s});
        } else {
            waiting = appendWaiting(body);
            QVERIFY(waiting->received().isEmpty());
        }
        if (status == 504)
            m_cluster->scheduler().advance(1000);
        else if (QByteArrayView(QTest::currentDataTag()).startsWith("fenced"))
            emit master().members().fencedBy(u"s1 follows another"_s);
        else if (status == 503)
            master().shutDown();
        else if (status == 409)
            QCOMPARE(ask("DELETE /api/v1/waits/1")->body(), R"({"id":1,"acks":1,"released":true})");
        if (!isDurable && status == 503) {
            QVERIFY(waiting->received().isEmpty());
            m_cluster->scheduler().advance(4000);
        }
        QVERIFY(isAnswered(*waiting));
        QCOMPARE(waiting->status(), status);
        const QJsonObject problem = waiting->document();
        QCOMPARE(problem[u"w"_s].toInt(), 9);
        QCOMPARE(problem[u"acks"_s].toInt(), isDurable ? 1 : 0);
        QCOMPARE(problem[isBatch ? u"first_id"_s : u"id"_s].toInt(), 1);
        QCOMPARE(problem[u"last_id"_s].toInt(), isBatch ? 2 : 0);
        QCOMPARE(waiting->header("Retry-After"), status == 503 ? "1" : "");
        QCOMPARE(master().waiters().count(), 0);
    }

    void whoHangsUpIsForgotten_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("append") << Post << QByteArray(Json) << R"({"message":"B","w":9})"_ba;
        QTest::newRow("repeat") << Post << QByteArray(Json) + "Idempotency-Key: a\r\n"
                                << R"({"message":"A","w":9})"_ba;
        QTest::newRow("watcher") << "GET /api/v1/messages/1?wait_ms=100000"_ba
                                 << ""_ba
                                 << ""_ba;
        QTest::newRow("stream") << Post + "?w=9"
                                << "Content-Type: application/x-ndjson\r\n"_ba
                                << "\"B\"\n"_ba;
    }
    void whoHangsUpIsForgotten()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, fields);
        QFETCH(QByteArray, body);
        const auto first =
            call(Post, QByteArray(Json) + "Idempotency-Key: a\r\n", R"({"message":"A","w":9})");
        QVERIFY(comes([&] { return master().waiters().count() == 1; }));
        const auto second = call(request, fields, body);
        QVERIFY(comes([&] { return master().waiters().count() == 2; }));
        second->hangUp();
        QVERIFY(waitFor([&] { return master().waiters().count() == 1; }));
        addSecondary();
        QVERIFY(first->received().isEmpty());
        QCOMPARE(master().concerns().acks(1), 2);
    }

    void repeats()
    {
        const auto keyed = [](const QByteArray &key) -> QByteArray {
            return QByteArray(Json) + "Idempotency-Key: " + key + "\r\n";
        };
        QCOMPARE(ask(Post, keyed("a"), R"({"message":"A"})")->status(), 201);
        const auto again = ask(Post, keyed("a"), R"({"message":"A","timeout_ms":7})");
        QCOMPARE(again->status(), 200);
        QCOMPARE(again->body(), R"({"id":1,"w":1,"acks":1,"epoch":1,"committed":true})");
        const auto other = ask(Post, keyed("a"), R"({"message":"B"})");
        QCOMPARE(other->status(), 422);
        QCOMPARE(other->field(), "Idempotency-Key");
        QCOMPARE(refusals("key_reused"), 1);

        // Both clients wait, and both are answered.
        const auto first = call(Post, keyed("b"), R"({"message":"C","w":2})");
        const auto second = call(Post, keyed("b"), R"({"message":"C","w":2})");
        QVERIFY(comes([&] { return master().waiters().count() == 2; }));
        QCOMPARE(ask("DELETE /api/v1/waits?from=1&to=9")->body(), R"({"from":1,"to":9,"released":1})");
        QVERIFY(isAnswered(*first) && isAnswered(*second));
        QCOMPARE(first->status(), 409);
        QCOMPARE(second->status(), 409);
        QCOMPARE(ask(Post, keyed("b"), R"({"message":"C","w":2})")->status(), 409);
        QCOMPARE(master().log().assignedId(), 2u);
    }

    void releaseThatCannotBeStored()
    {
        const auto waiting = appendWaiting(R"({"message":"A","w":9})");
        m_cluster->node("m").store->fail({Errc::Io, u"no disk"_s});
        QCOMPARE(ask("DELETE /api/v1/waits/1")->status(), 500);
        QVERIFY(waiting->received().isEmpty());
        QVERIFY(!master().appender().isReleased(1));
    }

    void whoHoldsAnEntry()
    {
        addSecondary();
        QCOMPARE(append(R"({"message":"A","w":2})")->status(), 201);
        const QByteArray facts = R"("epoch":1,"message":"A","w":2,"acks":2,"nodes":["m","s1"],)"
                                 R"("satisfied":true,"committed":true})";
        QVERIFY(ask("GET /api/v1/messages/1")->body().endsWith(facts));
        const auto waiting = appendWaiting(R"({"message":"B","w":3})");
        QVERIFY(ask("GET /api/v1/messages/2")
                    ->body()
                    .endsWith(R"("w":3,"acks":2,"nodes":["m","s1"],"satisfied":false,"committed":false})"));
        const auto watcher = call("GET /api/v1/messages/2?wait_ms=1000");
        QVERIFY(waitFor([&] { return master().waiters().count() == 2; }));
        QCOMPARE(ask("DELETE /api/v1/waits/2")->status(), 200);
        QVERIFY(isAnswered(*watcher));
        QVERIFY(watcher->body().endsWith(R"("satisfied":false,"released":true,"committed":true})"));
    }

    // A shutdown that ends a wait is not reported as a time-out.
    void watchersAreToldWhyTheyWaitNoMore_data()
    {
        QTest::addColumn<int>("status");
        QTest::newRow("ran out") << 200;
        QTest::newRow("shut down") << 503;
        QTest::newRow("fenced") << 503;
    }
    void watchersAreToldWhyTheyWaitNoMore()
    {
        QFETCH(int, status);
        const auto waiting = appendWaiting(R"({"message":"A","w":9})");
        const auto watcher = call("GET /api/v1/messages/1?wait_ms=1000");
        QVERIFY(waitFor([&] { return master().waiters().count() == 2; }));
        if (status == 200)
            m_cluster->scheduler().advance(1000);
        else if (QByteArrayView(QTest::currentDataTag()) == "fenced")
            emit master().members().fencedBy(u"s1 follows another"_s);
        else
            master().shutDown();
        QVERIFY(isAnswered(*watcher));
        QCOMPARE(watcher->status(), status);
        QCOMPARE(watcher->document()[u"id"_s].toInt(), 1);
        QCOMPARE(watcher->document().contains(u"satisfied"_s), status == 200);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestMasterApi)
#include "tst_masterapi.moc"
