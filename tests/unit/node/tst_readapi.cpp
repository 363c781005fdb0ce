// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/eventloopscheduler.h"
#include "shared/http/httpconnection.h"
#include "shared/node/followers.h"
#include "shared/node/readapi.h"
#include "shared/node/statusfeed.h"
#include "shared/node/tracefeed.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/memorylogstore.h"
#include "tests/unit/http/memorychannel.h"
#include "tests/unit/http/rawclient.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QtTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

// The read routes of a node over sockets, with a log that the test drives.
class TestReadApi : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_lastId = 0;
        m_store = std::make_unique<MemoryLogStore>("m"_ba, "m"_ba);
        m_store->setAutomatic(true);
        m_log = std::make_unique<VisibleLog>();
        m_room = std::make_unique<WaitRoom>(8);
        m_server = std::make_unique<HttpServer>(m_scheduler);
        m_api = std::make_unique<ReadApi>(View::All, *m_log, *m_store, *m_room, m_scheduler);
        m_api->addRoutes(*m_server);
        connect(m_store.get(), &MemoryLogStore::durable, m_log.get(), &VisibleLog::setDurableId);
    }
    void cleanup()
    {
        m_server.reset();
        m_api.reset();
        m_room.reset();
        m_log.reset();
        m_store.reset();
    }

    void listsShowTheWholeRecord()
    {
        append({.message = "A", .type = "text/plain", .timeMs = 5});
        append({.message = "\xff", .timeMs = 7});
        listen();
        QCOMPARE(get("/api/v1/messages"),
                 R"({"messages":[{"id":1,"time":5,"epoch":1,"message":"A","type":"text/plain"},)"
                 R"({"id":2,"time":7,"epoch":1,"message_base64":"/w=="}],)"
                 R"("first_id":1,"last_id":2,"committed_id":0})"_ba);
    }

    void whatIsTrimmedIsGone()
    {
        fill(5);
        m_log->setFirstId(3);
        listen();
        const QByteArray answer = get("/api/v1/messages?from=2");
        QVERIFY2(answer.contains("\"status\":410") && answer.contains("\"first_id\":3"), answer.constData());
        QVERIFY(get("/api/v1/messages?limit=1").contains("\"id\":3"));
        QVERIFY(get("/api/v1/messages", "Accept: text/event-stream\r\nLast-Event-ID: 1\r\n").contains("410"));
    }

    // A list with `from` below first_id is refused; one without `from` begins at first_id.
    void isTrimmedWhileItIsRead_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("named") << "/api/v1/messages?from=2"_ba
                               << R"("status":410)"_ba;
        QTest::newRow("not named") << "/api/v1/messages"_ba
                                   << R"({"messages":[{"id":4,)"_ba;
        QTest::newRow("by time") << "/api/v1/messages?from_time=0"_ba
                                 << R"({"messages":[{"id":4,)"_ba;
        QTest::newRow("digest") << "/api/v1/digest?to=2"_ba
                                << R"("status":410)"_ba;
    }
    void isTrimmedWhileItIsRead()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, expected);
        fill(5);
        listen();
        m_store->setCommittedId(5);
        m_store->setAutomatic(false);
        RawClient client(m_server->port());
        client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        QTRY_VERIFY(m_store->hasReads());
        m_log->setFirstId(4);
        m_store->trimTo(4, {});
        m_store->syncAll();
        m_store->setAutomatic(true);
        QTRY_VERIFY(client.isAnswered());
        QVERIFY2(client.body().contains(expected), client.body().constData());
        QVERIFY(client.body().contains(R"("first_id":4)"));
    }

    // One list must not contain entries of two logs.
    void isTruncatedWhileItIsStreamed()
    {
        for (int i = 0; i < 4; ++i)
            append({.message = QByteArray(200 * 1024, 'x')});
        listen();
        m_store->setAutomatic(false);
        RawClient client(m_server->port());
        client.send("GET /api/v1/messages HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        QTRY_VERIFY(m_store->hasReads());
        m_store->answerReads(1);
        QTRY_VERIFY(m_store->hasReads());
        m_log->setDurableId(1);
        m_log->setDurableId(4);
        m_store->setAutomatic(true);
        QTRY_VERIFY(client.isClosed());
        QVERIFY(!client.received.endsWith("0\r\n\r\n"));
    }

    void fromATime()
    {
        for (const qint64 ms : {10, 20, 20, 30})
            append({.message = "x", .timeMs = ms});
        listen();
        const auto first = [this](const QByteArray &time) {
            const QByteArray answer = get("/api/v1/messages?limit=1&from_time=" + time);
            return QJsonDocument::fromJson(answer)
                .object()
                .value(u"messages"_s)
                .toArray()
                .at(0)
                .toObject()
                .value(u"id"_s)
                .toInt();
        };
        QCOMPARE(first("0"), 1);
        QCOMPARE(first("11"), 2);
        QCOMPARE(first("20"), 2);
        QCOMPARE(first("21"), 4);
        QCOMPARE(first("1970-01-01T00:00:00.025Z"), 4);
        QCOMPARE(first("31"), 0); // none yet
        QVERIFY(get("/api/v1/messages?from_time=yesterday").contains("from_time"));
        QVERIFY(get("/api/v1/messages?from_time=1&from=1").contains("from_time"));
        QVERIFY(get("/api/v1/messages?from_time=2026-01-31T12:00:00").contains("from_time")); // no zone
    }

    void entriesArePushed()
    {
        fill(2);
        listen();
        RawClient client(m_server->port());
        client.send("GET /api/v1/messages HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
        QTRY_VERIFY(client.received.contains("id: 2\ndata: {\"id\":2,"));
        QVERIFY(client.received.contains("id: 1\ndata: {\"id\":1,"));
        fill(1);
        QTRY_VERIFY(client.received.contains("id: 3\ndata: {"));
        QCOMPARE(client.received.count("id: 1\n"), 1);
    }

    void pushGoesOnBehindTheLastEvent()
    {
        fill(3);
        listen();
        RawClient client(m_server->port());
        client.send("GET /api/v1/messages?from=1 HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n"
                    "Last-Event-ID: 2\r\n\r\n");
        QTRY_VERIFY(client.received.contains("id: 3\n"));
        QVERIFY(!client.received.contains("id: 2\n"));
    }

    void badLastEventIds_data()
    {
        QTest::addColumn<QByteArray>("fields");
        for (const char *const id :
             {"abc", "", "-1", "1.5", "18446744073709551615", "18446744073709551616", "2, 3"})
            QTest::newRow(id) << "Last-Event-ID: "_ba + id + "\r\n";
        QTest::newRow("two") << "Last-Event-ID: 1\r\nLast-Event-ID: 1\r\n"_ba;
    }
    void badLastEventIds()
    {
        QFETCH(QByteArray, fields);
        fill(3);
        listen();
        const QByteArray answer = get("/api/v1/messages", "Accept: text/event-stream\r\n" + fields);
        QVERIFY2(answer.contains("\"status\":400") && answer.contains("\"field\":\"Last-Event-ID\""),
                 answer.constData());
    }

    void pushAtTheEndWaits()
    {
        fill(3);
        listen();
        RawClient client(m_server->port());
        client.send("GET /api/v1/messages HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n"
                    "Last-Event-ID: 3\r\n\r\n");
        QTRY_COMPARE(m_room->others(), 1);
        fill(1);
        QTRY_VERIFY(client.received.contains("id: 4\n"));
        QVERIFY(!client.received.contains("id: 3\n"));
    }

    // Whoever has read more than there is may have read what is gone, and would skip what gets its ids.
    void readerThatWasBeyondTheEndIsTold_data()
    {
        QTest::addColumn<QByteArray>("last");
        QTest::addColumn<QByteArray>("view");
        for (const char *const last : {"4", "18446744073709551614"}) {
            for (const char *const view : {"all", "committed"})
                QTest::addRow("%s, %s", last, view) << QByteArray(last) << QByteArray(view);
        }
    }
    void readerThatWasBeyondTheEndIsTold()
    {
        QFETCH(QByteArray, last);
        QFETCH(QByteArray, view);
        fill(3);
        m_log->setCommittedId(2);
        listen();
        RawClient client(m_server->port());
        client.send("GET /api/v1/messages?view=" + view +
                    " HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nLast-Event-ID: " + last +
                    "\r\n\r\n");
        QTRY_VERIFY(client.received.contains("id: 3\nevent: truncated\ndata: {\"last_id\":3}\n\n"));
        QTRY_VERIFY(client.received.endsWith("0\r\n\r\n"));
        QCOMPARE(m_room->others(), 0);
    }

    // It has read on another node what this one does not show yet, and what is cut here before it does.
    void readerThatWasBeyondTheCommittedPartIsToldOfACut()
    {
        fill(3);
        m_log->setCommittedId(1);
        listen();
        RawClient client(m_server->port());
        client.send("GET /api/v1/messages?view=committed HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n"
                    "Last-Event-ID: 3\r\n\r\n");
        QTRY_COMPARE(m_room->others(), 1);
        m_log->setDurableId(2);
        QTRY_VERIFY(client.received.contains("event: truncated\ndata: {\"last_id\":2}\n\n"));
    }

    void whatIsNotCommittedIsNotPushed()
    {
        fill(3);
        m_log->setCommittedId(1);
        listen();
        RawClient client(m_server->port());
        client.send(
            "GET /api/v1/messages?view=committed HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
        QTRY_VERIFY(client.received.contains("id: 1\n"));
        m_log->setCommittedId(2);
        QTRY_VERIFY(client.received.contains("id: 2\n"));
        QVERIFY(!client.received.contains("id: 3\n"));
    }

    void cutEndsThePush()
    {
        fill(3);
        listen();
        RawClient client(m_server->port());
        client.send("GET /api/v1/messages HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
        QTRY_VERIFY(client.received.contains("id: 3\n"));
        m_log->setDurableId(1);
        QTRY_VERIFY(client.received.contains("event: truncated\ndata: {\"last_id\":1}\n\n"));
        QTRY_VERIFY(client.received.endsWith("0\r\n\r\n"));
    }

    void whatAskedForSomethingGoneIsNamed()
    {
        fill(3);
        m_log->setFirstId(3);
        listen();
        const QByteArray byHeader =
            get("/api/v1/messages?from=3", "Accept: text/event-stream\r\nLast-Event-ID: 1\r\n");
        QVERIFY2(byHeader.contains("\"status\":410") && byHeader.contains("\"field\":\"Last-Event-ID\""),
                 byHeader.constData());
        const QByteArray byArgument = get("/api/v1/messages?from=2", "Accept: text/event-stream\r\n");
        QVERIFY2(byArgument.contains("\"field\":\"from\""), byArgument.constData());
    }

    void fallingBehindRetentionEndsThePush()
    {
        fill(1);
        listen();
        RawClient client(m_server->port());
        client.send(
            "GET /api/v1/messages?view=committed HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
        QTRY_VERIFY(client.received.contains(":\n\n"));
        m_log->setFirstId(2);
        QTRY_VERIFY(client.received.contains("event: gone\ndata: {\"first_id\":2}\n\n"));
    }

    // An event stream does not end, but its head is complete.
    void headOfAStreamEnds()
    {
        fill(1);
        listen();
        RawClient client(m_server->port());
        client.send("HEAD /api/v1/messages HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n"
                    "GET /api/v1/messages HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_VERIFY(client.received.contains("\"last_id\":1"));
        QCOMPARE(m_room->others(), 0);
    }

    void watchersAreLimited()
    {
        listen();
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 4; ++i) {
            clients.push_back(std::make_unique<RawClient>(m_server->port()));
            clients.back()->send(i % 2 ? "GET /api/v1/messages?wait_ms=100000 HTTP/1.1\r\nHost: a\r\n\r\n"
                                       : "GET /api/v1/messages HTTP/1.1\r\nHost: a\r\n"
                                         "Accept: text/event-stream\r\n\r\n");
        }
        QTRY_COMPARE(m_room->others(), 4);
        QVERIFY(get("/api/v1/messages?wait_ms=100000").contains("--max-waits"));
        clients.clear();
        // The end of a stream's client is noticed only when it is written to.
        QTRY_VERIFY(m_room->others() <= 2);
    }

    void pollsThatWakeAtOnceAreToldInTurns()
    {
        ManualScheduler scheduler;
        ViewWaits waits(*m_log, scheduler);
        int told = 0;
        std::vector<ViewWaits::Handle> handles;
        for (int i = 0; i < 500; ++i)
            handles.push_back(waits.add(View::All, 1, 1000, [&told](ViewWaits::End) { ++told; }));
        m_log->setDurableId(1);
        QVERIFY2(told > 0 && told < 50, QByteArray::number(told).constData());
        const int before = told;
        waits.cancel(handles.back());
        scheduler.advance(0);
        QCOMPARE(told, 499);
        QVERIFY(before < told);
        QCOMPARE(waits.count(), 0);
    }

    // A turn of the event loop hands on a few large messages only. They are in memory once, and count once.
    void largeMessagesArePushedInTurns()
    {
        constexpr int Readers = 50;
        constexpr qint64 MessageBytes = 1'000'000;
        MemoryLogStore store("m"_ba, "m"_ba);
        store.append({{.id = 1, .epoch = 1, .message = QByteArray(MessageBytes, 'x')}});
        store.syncAll();
        ManualScheduler scheduler;
        ReadQueue reads(store);
        VisibleLog log;
        log.setDurableId(1);
        Followers followers(log, reads, scheduler);
        HttpServerState state(HttpLimits{}, scheduler);
        HttpRoute &route = state.router.add({HttpMethod::Get, "/", Lane::Fast});
        route.handler = [&followers](HttpRequest &&, Reply reply) {
            followers.add(reply.startStream(200, "text/event-stream"), View::All, 1, 0);
        };
        std::vector<std::unique_ptr<HttpConnection>> connections;
        std::vector<MemoryChannel *> channels;
        for (int i = 0; i < Readers; ++i) {
            auto channel = std::make_unique<MemoryChannel>();
            channel->isTaking = false;
            channels.push_back(channel.get());
            connections.push_back(std::make_unique<HttpConnection>(std::move(channel),
                                                                   QHostAddress::LocalHost, state, nullptr));
            channels.back()->receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        const auto told = [&channels] {
            return std::count_if(channels.cbegin(), channels.cend(),
                                 [](const MemoryChannel *each) { return each->kept.contains("id: 1\n"); });
        };
        QVERIFY(store.answerReads());
        QVERIFY2(told() > 0 && told() < 10, QByteArray::number(told()).constData());
        scheduler.advance(0);
        QCOMPARE(told(), Readers);
        QVERIFY(!store.hasReads()); // one for all
        QSet<const char *> copies;
        for (const MemoryChannel *channel : channels) {
            for (const QByteArray &part : channel->shared) {
                if (part.size() > MessageBytes)
                    copies.insert(part.constData());
            }
        }
        QCOMPARE(copies.size(), 1);
        const qint64 counted = state.budget.used();
        QVERIFY(counted > MessageBytes && counted < 2 * MessageBytes);
        for (MemoryChannel *channel : channels) {
            QVERIFY(state.budget.used() > MessageBytes);
            channel->kept.clear();
            emit channel->written();
        }
        QVERIFY(state.budget.used() < MessageBytes);
    }

    // A document larger than the buffer of a stream is sent all the same, and again when it changes.
    void largeStatusIsPushed()
    {
        int version = 0;
        StatusFeed feed(
            [&version] {
                return QJsonObject{{u"v"_s, ++version}, {u"x"_s, QString(600'000, u'x')}};
            },
            *m_room, m_scheduler);
        feed.addRoutes(*m_server);
        listen();
        RawClient client(m_server->port());
        client.send("GET /api/v1/status HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
        QTRY_VERIFY(client.received.contains("\"v\":1,"));
        for (int i = 2; i <= 4; ++i) {
            feed.markChanged();
            QTRY_VERIFY(client.received.contains(QByteArray("\"v\":" + QByteArray::number(i) + ",")));
        }
    }

    void traceIsFreeWhileNobodyLooks()
    {
        int connected = 0;
        TraceFeed trace([&connected](QObject *, TraceFeed &) { ++connected; }, *m_room, m_scheduler);
        trace.addRoutes(*m_server);
        listen();
        trace.note("appended", "\"first_id\":1");
        QVERIFY(!trace.isWatched());
        QCOMPARE(connected, 0);
        RawClient client(m_server->port());
        client.send("GET /api/v1/trace HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_VERIFY(trace.isWatched());
        trace.note("appended", "\"first_id\":1,\"last_id\":2");
        trace.note("durable", "\"last_id\":2");
        QTRY_VERIFY(client.received.contains("\"what\":\"durable\",\"last_id\":2}\n\n"));
        QVERIFY(client.received.contains("\"what\":\"appended\",\"first_id\":1,\"last_id\":2}\n\n"));
        QCOMPARE(client.received.count("data: {\"time\":"), 2);
        QCOMPARE(connected, 1);
        client.socket.abort();
        QTRY_VERIFY_WITH_TIMEOUT((trace.note("durable", "\"last_id\":3"), !trace.isWatched()), 30000);
    }

private:
    void append(Entry entry)
    {
        entry.id = ++m_lastId;
        entry.epoch = 1;
        m_store->append({std::move(entry)});
    }
    void fill(int count)
    {
        for (int i = 0; i < count; ++i)
            append({.message = "x"});
        QTRY_COMPARE(m_log->durableId(), m_lastId);
    }
    void listen()
    {
        QTRY_COMPARE(m_log->durableId(), m_lastId);
        QVERIFY(m_server->listen(QHostAddress::LocalHost, 0));
    }
    // The body of the answer.
    QByteArray get(const QByteArray &target, const QByteArray &fields = {})
    {
        RawClient client(m_server->port());
        client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n");
        if (!QTest::qWaitFor([&client] { return client.isAnswered(); }, 30000))
            return "no answer";
        return client.body();
    }

    EventLoopScheduler m_scheduler;
    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<VisibleLog> m_log;
    std::unique_ptr<WaitRoom> m_room;
    std::unique_ptr<HttpServer> m_server;
    std::unique_ptr<ReadApi> m_api;
    quint64 m_lastId = 0;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReadApi)
#include "tst_readapi.moc"
