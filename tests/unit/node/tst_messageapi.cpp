// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/entryrules.h"
#include "shared/node/messageapi.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/memorylogstore.h"
#include "tests/unit/node/apisuite.h"

#include <QRegularExpression>
#include <QtTest>

#include <memory>
#include <optional>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
const QByteArray Get = "GET /api/v1/messages/";
}

// GET /api/v1/messages/{id}; the test provides the state of the concerns.
class TestMessageApi : public ApiSuite
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_watched.clear();
        m_forgotten = 0;
        m_refusal.reset();
        m_isSatisfied = false;
        m_store = std::make_unique<MemoryLogStore>("m"_ba, "m"_ba);
        m_log = std::make_unique<VisibleLog>();
        m_room = std::make_unique<WaitRoom>(8);
        m_reads = std::make_unique<ReadApi>(View::All, *m_log, *m_store, *m_room, m_scheduler);
        MessageApi::Concerns concerns;
        concerns.appendFacts = [](QByteArray &json, const Entry &entry) {
            json.append(",\"w\":").append(QByteArray::number(entry.w));
        };
        concerns.watch = [this](quint64 id, qint64 waitMs,
                                MessageApi::Concerns::Done done) -> Result<std::function<void()>> {
            if (m_refusal)
                return *m_refusal;
            m_watched.append({id, waitMs});
            m_done = std::move(done);
            if (m_isSatisfied)
                m_done({});
            return std::function<void()>([this] { ++m_forgotten; });
        };
        m_api = std::make_unique<MessageApi>(*m_reads, *m_log, concerns);
        m_server = std::make_unique<HttpServer>(m_scheduler);
        m_api->addRoutes(*m_server);
        QVERIFY(m_server->listen(QHostAddress::LocalHost, 0));
        // 1 is trimmed, 2 and 3 are committed, 4 and 5 are not, and 6 is not durable.
        m_store->append({{.id = 1, .epoch = 1, .message = "x"}, {.id = 2, .epoch = 1, .message = "x"}});
        m_store->append({{.id = 3, .epoch = 1, .message = "C", .timeMs = 5}});
        m_store->append({{.id = 4, .epoch = 1, .w = 3, .message = "\xff"}});
        HeaderPacker packer;
        QVERIFY(packer.add("a", "1"));
        m_store->append(
            {{.id = 5, .epoch = 1, .message = "<b>", .type = "text/html", .headers = packer.take()}});
        m_store->syncAll();
        m_store->setCommittedId(3);
        m_store->append({{.id = 6, .epoch = 1, .message = "x"}});
        m_log->setDurableId(5);
        m_log->setCommittedId(3);
        m_log->setFirstId(2);
    }
    void cleanup()
    {
        m_server.reset();
        m_done = {};
        m_api.reset();
        m_reads.reset();
    }

    void entries_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("answer"); // or the field that the refusal names
        QTest::newRow("committed")
            << "3"_ba << 200 << R"({"id":3,"time":5,"epoch":1,"message":"C","w":1,"committed":true})"_ba;
        QTest::newRow("not committed")
            << "4?view=all"_ba << 200
            << R"({"id":4,"time":0,"epoch":1,"message_base64":"/w==","w":3,"committed":false})"_ba;
        QTest::newRow("with type and headers")
            << "5?raw=0&wait_ms=0"_ba << 200
            << R"({"id":5,"time":0,"epoch":1,"message":"<b>","type":"text/html","headers":{"a":"1"},)"
               R"("w":1,"committed":false})"_ba;
        QTest::newRow("not visible") << "4?view=committed"_ba << 404 << "id"_ba;
        QTest::newRow("not durable") << "6"_ba << 404 << "id"_ba;
        QTest::newRow("beyond all ids") << "18446744073709551615"_ba << 404 << "id"_ba;
        QTest::newRow("given up") << "1"_ba << 410 << "id"_ba;
        QTest::newRow("no id") << "x"_ba << 400 << "id"_ba;
        QTest::newRow("id 0") << "0"_ba << 400 << "id"_ba;
        QTest::newRow("too large an id") << "18446744073709551616"_ba << 400 << "id"_ba;
        QTest::newRow("no view") << "3?view=safe"_ba << 400 << "view"_ba;
        QTest::newRow("no time") << "3?wait_ms=1s"_ba << 400 << "wait_ms"_ba;
        QTest::newRow("more than a day") << "3?wait_ms=86400001"_ba << 400 << "wait_ms"_ba;
        QTest::newRow("no flag") << "3?raw=2"_ba << 400 << "raw"_ba;
        QTest::newRow("unknown") << "3?wait=1"_ba << 400 << "wait"_ba;
        QTest::newRow("twice") << "3?raw=1&raw=0"_ba << 400 << "raw"_ba;
    }
    void entries()
    {
        QFETCH(QByteArray, target);
        QFETCH(int, status);
        QFETCH(QByteArray, answer);
        const auto asked = ask(Get + target);
        QCOMPARE(asked->status(), status);
        QCOMPARE(status == 200 ? asked->body() : asked->field(), answer);
        QCOMPARE(asked->document()[u"first_id"_s].toInt(), status == 410 ? 2 : 0);
        QVERIFY(m_watched.isEmpty());
    }

    // The bytes come from any client: the headers keep a browser from guessing their type and from running
    // them.
    void raw_data()
    {
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("text") << "3"_ba
                              << "text/plain; charset=utf-8"_ba
                              << "C"_ba;
        QTest::newRow("bytes") << "4"_ba
                               << "application/octet-stream"_ba
                               << "\xff"_ba;
        QTest::newRow("as it came") << "5"_ba
                                    << "text/html"_ba
                                    << "<b>"_ba;
    }
    void raw()
    {
        QFETCH(QByteArray, id);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        const auto asked = ask(Get + id + "?raw=1");
        QCOMPARE(asked->status(), 200);
        QCOMPARE(asked->body(), body);
        QCOMPARE(asked->header("Content-Type"), type);
        QCOMPARE(asked->header("X-Content-Type-Options"), "nosniff");
        QCOMPARE(asked->header("Content-Security-Policy"), "sandbox");
        QCOMPARE(asked->header("Content-Disposition"), "attachment");
        QCOMPARE(asked->header("Replog-Header-a"), id == "5" ? "1" : "");
        QCOMPARE(ask(Get + "6?raw=1")->field(), "id");
    }

    void waits_data()
    {
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<int>("status");
        // Entries that the node holds are shown in every view.
        QTest::newRow("here") << "4"_ba << 200;
        QTest::newRow("not durable") << "6"_ba << 404;
        QTest::newRow("given up") << "1"_ba << 410;
    }
    void waits()
    {
        QFETCH(QByteArray, id);
        QFETCH(int, status);
        for (const bool isAtOnce : {false, true}) {
            m_isSatisfied = isAtOnce;
            const auto asked = call(Get + id + "?wait_ms=77&view=committed");
            QVERIFY(waitFor([&] { return !m_watched.isEmpty(); }));
            QCOMPARE(m_watched.takeFirst(), std::pair(quint64(id.toInt()), qint64(77)));
            if (!isAtOnce) {
                QVERIFY(asked->received().isEmpty());
                m_done({});
            }
            QVERIFY(isAnswered(*asked));
            QCOMPARE(asked->status(), status);
        }
        QCOMPARE(m_forgotten, 0);
    }

    void waitThatIsCutShort()
    {
        const auto asked = call(Get + "4?wait_ms=77");
        QVERIFY(waitFor([&] { return !m_watched.isEmpty(); }));
        m_done(Error{Errc::Unavailable, u"shutting down"_s});
        QVERIFY(isAnswered(*asked));
        QCOMPARE(asked->status(), 503);
        QCOMPARE(asked->document()[u"id"_s].toInt(), 4);
    }

    void waitThatThereIsNoRoomFor()
    {
        m_refusal = Error{Errc::Exhausted, u"no room"_s};
        const auto asked = ask(Get + "4?wait_ms=77");
        QCOMPARE(asked->status(), 503);
        QCOMPARE(asked->header("Retry-After"), "1");
    }

    void whoHangsUpIsForgotten()
    {
        const auto asked = call(Get + "4?wait_ms=77");
        QVERIFY(waitFor([&] { return !m_watched.isEmpty(); }));
        asked->hangUp();
        QVERIFY(waitFor([&] { return m_forgotten == 1 && m_server->connectionCount() == 0; }));
        m_done({}); // the answer might have been under way
        QVERIFY(!m_store->answerReads());
        QCOMPARE(m_forgotten, 1);
    }

    void isGivenUpWhileItIsRead()
    {
        const auto asked = call(Get + "3");
        QVERIFY(waitFor([&] { return m_store->hasReads(); }));
        m_log->setFirstId(4);
        m_store->setCommittedId(5);
        m_store->trimTo(4, {});
        m_store->syncAll();
        QVERIFY(isAnswered(*asked));
        QCOMPARE(asked->status(), 410);
        QCOMPARE(asked->document()[u"first_id"_s].toInt(), 4);
    }

private:
    void settle() override { m_store->answerReads(); }

    ManualScheduler m_scheduler;
    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<VisibleLog> m_log;
    std::unique_ptr<WaitRoom> m_room;
    std::unique_ptr<ReadApi> m_reads;
    std::unique_ptr<MessageApi> m_api;
    QList<std::pair<quint64, qint64>> m_watched; // id and how long
    MessageApi::Concerns::Done m_done;           // of the last watch
    std::optional<Error> m_refusal;
    bool m_isSatisfied = false; // state of the watched entry
    int m_forgotten = 0;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestMessageApi)
#include "tst_messageapi.moc"
