// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/secondaryapi.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/memorylogstore.h"
#include "tests/unit/node/apisuite.h"

#include <QCborValue>
#include <QJsonArray>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QtTest>

#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

namespace replog {

// The secondary's routes over sockets; the test drives store and time.
class TestSecondaryApi : public ApiSuite
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_store = std::make_unique<MemoryLogStore>("secondary"_ba, "s1"_ba);
        m_log =
            std::make_unique<ReplicaLog>(*m_store, m_store->state(), ReplicaLog::Config{Node, "s1", {2, 2}});
        m_log->handleRegistered(Log);
        m_faults = std::make_unique<FaultInjector>(m_random);
        m_metrics = std::make_unique<MetricsRegistry>();
        start(true);
    }
    void cleanup()
    {
        m_server.reset();
        m_api.reset();
        m_reads.reset();
        m_log.reset();
    }

    // In JSON and CBOR, with the node's identity and position.
    void answers_data()
    {
        using Kind = ReplicateAnswer::Kind;
        QTest::addColumn<QJsonObject>("changes"); // changed fields of a heartbeat
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("field");
        const auto row = [](const char *name, const QJsonObject &changes, int status, Kind kind,
                            const QString &field = {}) {
            QTest::newRow(name) << changes << status << int(kind) << field;
        };
        row("accepted", {}, 200, Kind::Accepted);
        row("another node", {{u"to"_s, QString(32, u'9')}}, 421, Kind::Misdirected);
        row("another log", {{u"log_id"_s, QString(32, u'9')}}, 409, Kind::Mismatch);
        row("stale", {{u"epoch"_s, 1}, {u"prev_epoch"_s, 1}}, 412, Kind::StaleEpoch);
        row("another entry", {{u"prev_id"_s, 2}, {u"prev_epoch"_s, 1}}, 409, Kind::Mismatch);
        row("another committed entry", {{u"prev_epoch"_s, 1}}, 409, Kind::Diverged);
        row("higher wire", {{u"wire"_s, 2}}, 400, Kind::RefusedWire, u"wire"_s);
        row("missing", {{u"master"_s, QJsonValue::Null}}, 400, Kind::Rejected, u"master"_s);
        row("unknown", {{u"colour"_s, 1}}, 400, Kind::Rejected, u"colour"_s);
        row("mistyped", {{u"committed_id"_s, u"1"_s}}, 400, Kind::Rejected, u"committed_id"_s);
        row("far epoch", {{u"epoch"_s, 2'000'000}}, 400, Kind::Rejected, u"epoch"_s);
        row("shutting down", {}, 503, Kind::Unavailable);
    }
    void answers()
    {
        QFETCH(QJsonObject, changes);
        QFETCH(int, status);
        QFETCH(int, kind);
        QFETCH(QString, field);
        hold(2, 1);
        if (status == 503)
            m_log->shutDown();
        for (const bool isJson : {true, false}) {
            const QJsonObject document = heartbeat(changes);
            const auto asked = isJson
                                   ? ask("POST /internal/v1/replicate", Json, bytes(document))
                                   : ask("POST /internal/v1/replicate", "Content-Type: application/cbor\r\n",
                                         QCborValue::fromJsonValue(document).toCbor());
            QCOMPARE(asked->status(), status);
            const QByteArray type = asked->header("Content-Type");
            QCOMPARE(type, !isJson         ? "application/cbor"
                           : status == 200 ? "application/json"
                                           : "application/problem+json");
            const auto answer = decodeAnswer(status, type, asked->body());
            QVERIFY(answer);
            QCOMPARE(int(answer->kind), kind);
            QCOMPARE(answer->node, m_log->standing());
            QCOMPARE(answer->field, field);
            QCOMPARE(answer->text.isEmpty(), status == 200);
            QCOMPARE(asked->header("Retry-After"), status == 503 ? "1" : "");
        }
        QCOMPARE(m_store->entries().size(), 2u);
    }

    void deliveriesAreTold()
    {
        const QSignalSpy begun(m_api.get(), &SecondaryApi::deliveryBegun);
        const QSignalSpy ended(m_api.get(), &SecondaryApi::deliveryEnded);
        const QSignalSpy delivered(m_api.get(), &SecondaryApi::delivered);
        const QSignalSpy answered(m_api.get(), &SecondaryApi::answered);
        const auto taken = call("POST /internal/v1/replicate", Json, delivery(1));
        QVERIFY(waitFor([&] { return m_store->hasUnsynced(); }));
        QCOMPARE(begun.size(), 1);
        QCOMPARE(ended.size(), 0); // it is not durable yet
        QVERIFY(isAnswered(*taken));
        QCOMPARE(taken->document()[u"last_id"_s].toInt(), 1);
        QCOMPARE(ended.size(), 1);
        QCOMPARE(delivered.value(0), QVariantList({1ull, 1ull}));
        QCOMPARE(answered.size(), 1);
        QCOMPARE(ask("POST /internal/v1/replicate", Json, "{")->status(), 400);
        QCOMPARE(begun.size(), 2);
        QCOMPARE(ended.size(), 2);
        QVERIFY(m_metrics->text().contains("\nreplog_deliveries_total 2\n"));
        QVERIFY(m_metrics->text().contains("\nreplog_delivered_entries_total 1\n"));
    }

    // Of a delivery that is declared as something else nothing is read.
    void whatIsNoDocument_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("field");
        const QByteArray deliver = "POST /internal/v1/replicate";
        const QByteArray faults = "PUT /api/v1/faults";
        const QByteArray type = "Content-Type";
        for (const QByteArray &request : {deliver, faults}) {
            const char *const name = request == deliver ? "delivery" : "faults";
            QTest::addRow("%s: no type", name) << request << QByteArray() << 415 << type;
            QTest::addRow("%s: text", name) << request << type + ": text/plain\r\n" << 415 << type;
            QTest::addRow("%s: form", name) << request << type + ": application/x-www-form-urlencoded\r\n"
                                            << 415 << type;
            QTest::addRow("%s: argument", name) << request + "?w=1" << QByteArray(Json) << 400 << "w"_ba;
        }
    }
    void whatIsNoDocument()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, fields);
        QFETCH(int, status);
        QFETCH(QByteArray, field);
        const bool isDelivery = request.startsWith("POST");
        const auto asked = ask(request, fields, isDelivery ? delivery(1) : R"({"block":true})"_ba);
        QCOMPARE(asked->status(), status);
        QCOMPARE(asked->field(), field);
        QCOMPARE(asked->document().contains(u"node_id"_s), isDelivery && status == 400);
        QVERIFY(!m_store->hasUnsynced());
        QVERIFY(!m_faults->faults().block);
        QCOMPARE(m_log->visible().durableId(), 0u);
    }

    // Omitted fields keep their values, and a refused request changes nothing.
    void faultsAreSet_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("field");
        QTest::newRow("none") << ""_ba
                              << "{}"_ba << 200 << ""_ba;
        QTest::newRow("no object") << ""_ba
                                   << "[]"_ba << 400 << "body"_ba;
        QTest::newRow("negative delay") << ""_ba
                                        << R"({"delay_ms":-1})"_ba << 400 << "delay_ms"_ba;
        QTest::newRow("delay without end") << ""_ba
                                           << R"({"delay_ms":3600001})"_ba << 400 << "delay_ms"_ba;
        QTest::newRow("above 1") << ""_ba
                                 << R"({"fail_before":1.5})"_ba << 400 << "fail_before"_ba;
        QTest::newRow("text") << ""_ba
                              << R"({"fail_after":"1"})"_ba << 400 << "fail_after"_ba;
        QTest::newRow("null") << ""_ba
                              << R"({"drop":null})"_ba << 400 << "drop"_ba;
        QTest::newRow("number") << ""_ba
                                << R"({"delay_ms":1,"block":1})"_ba << 400 << "block"_ba;
        QTest::newRow("unknown") << ""_ba
                                 << R"({"delay":1})"_ba << 400 << "delay"_ba;
        QTest::newRow("argument") << "?block=1"_ba
                                  << "{}"_ba << 400 << "block"_ba;
    }
    void faultsAreSet()
    {
        QFETCH(QByteArray, query);
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        QFETCH(QByteArray, field);
        const QSignalSpy changed(m_api.get(), &SecondaryApi::faultsChanged);
        const QByteArray set = R"({"block":false,"delay_ms":7,"drop":0.5,"fail_after":0,"fail_before":1})";
        QCOMPARE(ask("PUT /api/v1/faults", Json, R"({"delay_ms":7,"fail_before":1,"drop":0.5})")->body(),
                 set);
        const auto asked = ask("PUT /api/v1/faults" + query, Json, body);
        QCOMPARE(asked->field(), field);
        QCOMPARE(asked->status(), status);
        QCOMPARE(ask("GET /api/v1/faults")->body(), set);
        QCOMPARE(changed.size(), status == 200 ? 2 : 1);
    }

    void faultsAreOff()
    {
        start(false);
        QCOMPARE(ask("GET /api/v1/faults")->status(), 404);
        QCOMPARE(ask("PUT /api/v1/faults", Json, "{}")->status(), 404);
    }

    void fates_data()
    {
        QTest::addColumn<QByteArray>("faults");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("isStored");
        QTest::newRow("block") << R"({"block":true})"_ba << 503 << false;
        QTest::newRow("fail before") << R"({"fail_before":1})"_ba << 500 << false;
        QTest::newRow("fail after") << R"({"fail_after":1})"_ba << 500 << true;
        QTest::newRow("drop") << R"({"drop":1})"_ba << 0 << false;
    }
    void fates()
    {
        QFETCH(QByteArray, faults);
        QFETCH(int, status);
        QFETCH(bool, isStored);
        const QSignalSpy ended(m_api.get(), &SecondaryApi::deliveryEnded);
        QCOMPARE(ask("PUT /api/v1/faults", Json, faults)->status(), 200);
        const auto taken = call("POST /internal/v1/replicate", Json, delivery(1));
        QVERIFY(comes([&] { return ended.size() == 1; }));
        if (status == 0)
            taken->hangUp();
        QVERIFY(isAnswered(*taken));
        QCOMPARE(taken->status(), status);
        QCOMPARE(m_store->entries().size(), isStored ? 1u : 0u);
        QVERIFY(m_metrics->text().contains("\nreplog_injected_faults_total 1\n"));
        QVERIFY(waitFor([&] { return m_server->connectionCount() == 0; }));
        QCOMPARE(ended.size(), 1);
    }

    void delayKeepsTheOrder()
    {
        m_faults->setFaults({.delayMs = 1000});
        const auto first = call("POST /internal/v1/replicate", Json, delivery(1));
        QVERIFY(waitFor([&] { return m_scheduler.timers() > m_ownTimers; }));
        m_faults->setFaults({.delayMs = 500});
        const auto second = call("POST /internal/v1/replicate", Json, delivery(2));
        QVERIFY(waitFor([&] { return m_scheduler.timers() > m_ownTimers + 1; }));
        m_scheduler.advance(499);
        QVERIFY(!m_store->hasUnsynced());
        m_scheduler.advance(1);
        QVERIFY(isAnswered(*first));
        QCOMPARE(first->document()[u"last_id"_s].toInt(), 1);
        QVERIFY(second->received().isEmpty());
        m_scheduler.advance(500);
        QVERIFY(isAnswered(*second));
        QCOMPARE(second->document()[u"last_id"_s].toInt(), 2);
    }

    // The delivery has ended: the node may register again.
    void delayedDeliveryWhoseSenderHangsUp()
    {
        const QSignalSpy begun(m_api.get(), &SecondaryApi::deliveryBegun);
        const QSignalSpy ended(m_api.get(), &SecondaryApi::deliveryEnded);
        m_faults->setFaults({.delayMs = 3'600'000});
        const auto gone = call("POST /internal/v1/replicate", Json, delivery(1));
        const auto stays = call("POST /internal/v1/replicate", Json, delivery(1));
        QVERIFY(waitFor([&] { return begun.size() == 2; }));
        gone->hangUp();
        QVERIFY(waitFor([&] { return ended.size() == 1; }));
        m_scheduler.advance(3'600'000);
        QVERIFY(isAnswered(*stays));
        QCOMPARE(stays->status(), 200);
        QCOMPARE(ended.size(), 2);
    }

    void appendsAreLedToTheMaster_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::newRow("none") << ""_ba;
        QTest::newRow("arguments") << "?w=2&timeout_ms=5"_ba;
        QTest::newRow("encoded") << "?a%26b=%20%2B%3D%C3%A9"_ba;
        QTest::newRow("no UTF-8") << "?a=%FF"_ba;
    }
    void appendsAreLedToTheMaster()
    {
        QFETCH(QByteArray, query);
        const auto asked = ask("POST /api/v1/messages" + query, "Content-Type: text/plain\r\n", "A");
        QCOMPARE(asked->status(), 307);
        const QByteArray target = "http://127.0.0.1:30000/api/v1/messages" + query;
        QCOMPARE(asked->header("Location"), target);
        QCOMPARE(asked->document()[u"master"_s].toString().toUtf8(), target);
    }

    // The answer does not wait for the end of the body.
    void streamIsLedToTheMaster()
    {
        const auto stream = call("POST /api/v1/messages?w=2", "Content-Type: application/x-ndjson\r\n"
                                                              "Transfer-Encoding: chunked\r\n");
        stream->send("4\r\n\"A\"\n\r\n");
        QVERIFY(isAnswered(*stream));
        QCOMPARE(stream->status(), 307);
        QCOMPARE(stream->header("Location"), "http://127.0.0.1:30000/api/v1/messages?w=2");
    }

    // It may lead another log.
    void appendsAreNotLedToAMasterThatRefusesThisNode()
    {
        m_api->setRefusal(u"log_id: the master's is another"_s);
        const auto asked = ask("POST /api/v1/messages", "Content-Type: text/plain\r\n", "A");
        const auto stream = call("POST /api/v1/messages", "Content-Type: application/x-ndjson\r\n"
                                                          "Transfer-Encoding: chunked\r\n");
        stream->send("4\r\n\"A\"\n\r\n");
        QVERIFY(isAnswered(*stream));
        for (const ApiCall *const each : {asked.get(), stream.get()}) {
            QCOMPARE(each->status(), 503);
            QCOMPARE(each->header("Content-Type"), "application/problem+json");
            QCOMPARE(each->header("Retry-After"), "1");
            QCOMPARE(each->header("Location"), "");
            QCOMPARE(each->document()[u"detail"_s].toString(),
                     u"the master refuses this node: log_id: the master's is another"_s);
        }
        m_api->setRefusal({});
        QCOMPARE(ask("POST /api/v1/messages", "Content-Type: text/plain\r\n", "A")->status(), 307);
    }

    void waitsForWhatIsCommitted()
    {
        hold(1, 0);
        QVERIFY(ask("GET /api/v1/messages/1?view=all")
                    ->body()
                    .endsWith(R"("message":"x","w":2,"satisfied":false,"committed":false})"));
        const auto waiting = call("GET /api/v1/messages/1?wait_ms=1000");
        QVERIFY(waitFor([&] { return m_room->others() == 1; }));
        const auto another = call("GET /api/v1/messages/1?wait_ms=1000");
        QVERIFY(waitFor([&] { return m_room->others() == 2; }));
        const auto refused = ask("GET /api/v1/messages/1?wait_ms=1000");
        QCOMPARE(refused->status(), 503);
        QCOMPARE(refused->header("Retry-After"), "1");
        another->hangUp();
        QVERIFY(waitFor([&] { return m_room->others() == 1; }));
        QVERIFY(waiting->received().isEmpty());
        ask("POST /internal/v1/replicate", Json, bytes(heartbeat({{u"committed_id"_s, 1}})));
        QVERIFY(isAnswered(*waiting));
        QVERIFY(waiting->body().endsWith(R"("w":2,"satisfied":true,"committed":true})"));
        QCOMPARE(ask("GET /api/v1/messages/1?wait_ms=1000")->body(), waiting->body());
    }

    void endsOfWaits_data()
    {
        QTest::addColumn<bool>("isShutDown");
        QTest::addColumn<int>("id"); // the id to wait for; the node holds 1
        QTest::addColumn<int>("status");
        QTest::newRow("ran out") << false << 1 << 200;
        QTest::newRow("ran out, never came") << false << 2 << 404;
        QTest::newRow("shut down") << true << 1 << 503;
    }
    void endsOfWaits()
    {
        QFETCH(bool, isShutDown);
        QFETCH(int, id);
        QFETCH(int, status);
        hold(1, 0);
        const auto waiting = call("GET /api/v1/messages/" + QByteArray::number(id) + "?wait_ms=1000");
        QVERIFY(waitFor([&] { return m_room->others() == 1; }));
        if (isShutDown)
            m_reads->shutDown();
        else
            m_scheduler.advance(1000);
        QVERIFY(isAnswered(*waiting));
        QCOMPARE(waiting->status(), status);
        QCOMPARE(waiting->document().contains(u"satisfied"_s), status == 200);
    }

private:
    static constexpr Id128 Node{1, 1};
    static constexpr Id128 Log{7, 7};

    void start(bool withFaults)
    {
        m_server.reset();
        m_api.reset();
        m_room = std::make_unique<WaitRoom>(4);
        m_reads =
            std::make_unique<ReadApi>(View::Committed, m_log->visible(), *m_store, *m_room, m_scheduler);
        m_api = std::make_unique<SecondaryApi>(*m_log, *m_reads, *m_room, *m_faults,
                                               QUrl(u"http://127.0.0.1:30000"_s), m_scheduler, *m_metrics);
        m_server = std::make_unique<HttpServer>(m_scheduler);
        m_api->addRoutes(*m_server, withFaults);
        QVERIFY(m_server->listen(QHostAddress::LocalHost, 0));
        m_ownTimers = m_scheduler.timers();
    }
    void settle() override
    {
        m_scheduler.advance(0);
        while (m_store->pump())
            m_scheduler.advance(0);
    }
    // Stores `count` entries of epoch 2.
    void hold(quint64 last, quint64 committedId)
    {
        Entries entries;
        for (quint64 id = 1; id <= last; ++id)
            entries.push_back({id, 2, 2, {}, "x"});
        m_log->handleReplicate({"m", {2}, {}, committedId, std::move(entries), Log, {}, Node},
                               [](const ReplicateAnswer &) {});
        settle();
        QCOMPARE(m_log->visible().durableId(), last);
    }
    // Null members are left out.
    static QJsonObject heartbeat(const QJsonObject &changes)
    {
        QJsonObject document{{u"wire"_s, 1},
                             {u"log_id"_s, QString::fromLatin1(Log.toHex())},
                             {u"to"_s, QString::fromLatin1(Node.toHex())},
                             {u"master"_s, u"m"_s},
                             {u"epoch"_s, 2},
                             {u"prev_id"_s, 1},
                             {u"prev_epoch"_s, 2},
                             {u"committed_id"_s, 0},
                             {u"first_id"_s, 1},
                             {u"entries"_s, QJsonArray()}};
        for (auto it = changes.begin(); it != changes.end(); ++it)
            document.insert(it.key(), it->isNull() ? QJsonValue(QJsonValue::Undefined) : QJsonValue(*it));
        return document;
    }
    static QByteArray bytes(const QJsonObject &document) { return QJsonDocument(document).toJson(); }
    // A delivery of one entry that follows on from those before it.
    static QByteArray delivery(int id)
    {
        const QJsonObject entry{
            {u"id"_s, id}, {u"epoch"_s, 2}, {u"w"_s, 1}, {u"time"_s, 5}, {u"message"_s, u"x"_s}};
        return bytes(heartbeat(
            {{u"prev_id"_s, id - 1}, {u"prev_epoch"_s, id == 1 ? 0 : 2}, {u"entries"_s, QJsonArray{entry}}}));
    }
    ManualScheduler m_scheduler;
    SeededRandom m_random{1};
    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<ReplicaLog> m_log;
    std::unique_ptr<FaultInjector> m_faults;
    std::unique_ptr<WaitRoom> m_room;
    std::unique_ptr<MetricsRegistry> m_metrics;
    std::unique_ptr<ReadApi> m_reads;
    std::unique_ptr<SecondaryApi> m_api;
    int m_ownTimers = 0; // timers that the test ignores
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestSecondaryApi)
#include "tst_secondaryapi.moc"
