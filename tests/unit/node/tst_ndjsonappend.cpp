// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/node/masterapisuite.h"

using namespace Qt::StringLiterals;

namespace replog {

namespace {

QByteArray chunk(const QByteArray &bytes)
{
    return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n";
}
const QByteArray NoMore = "0\r\n\r\n";

} // namespace

// A stream of messages, in pieces that the test sends.
class TestNdjsonAppend : public MasterApiSuite
{
    Q_OBJECT
private slots:
    void lines_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArrayList>("messages");
        QTest::newRow("texts") << "\"A\"\n\"B\"\n"_ba << QByteArrayList{"A", "B"};
        QTest::newRow("objects") << "{\"message\":\"A\"}\n{\"message_base64\":\"Qg==\"}\n"_ba
                                 << QByteArrayList{"A", "B"};
        QTest::newRow("the last without an end") << "\"A\"\n\"B\""_ba << QByteArrayList{"A", "B"};
        QTest::newRow("empty lines") << "\n\"A\"\n\n \r\n\"B\"\r\n\n"_ba << QByteArrayList{"A", "B"};
        QTest::newRow("none") << "\n"_ba << QByteArrayList();
    }
    void lines()
    {
        QFETCH(QByteArray, body);
        QFETCH(QByteArrayList, messages);
        // The result does not depend on the boundaries of the pieces.
        for (const qsizetype size : {qsizetype(1), qsizetype(3), body.size()}) {
            const quint64 before = master().log().assignedId();
            const auto stream = begin();
            for (qsizetype at = 0; at < body.size(); at += size) {
                stream->send(chunk(body.mid(at, size)));
                m_cluster->settle();
            }
            stream->send(NoMore);
            QVERIFY(isAnswered(*stream));
            QCOMPARE(stream->status(), 201);
            QCOMPARE(stream->header("Content-Type"), "application/x-ndjson");
            QVERIFY(told(*stream).endsWith(
                QByteArray("{\"appended\":" + QByteArray::number(messages.size()) + "}\n")));
            QByteArrayList held;
            for (const Entry &entry : m_cluster->node("m").store->entries()) {
                if (entry.id > before)
                    held.append(entry.message);
            }
            QCOMPARE(held, messages);
        }
    }

    void acknowledgedAsItGoes()
    {
        const auto stream = begin("?w=2");
        stream->send(chunk("\"A\"\n\"B\"\n"));
        QVERIFY(comes([&] { return master().log().assignedId() == 2; }));
        QCOMPARE(told(*stream), "");
        addSecondary();
        QVERIFY(isTold(*stream, "{\"first_id\":1,\"last_id\":2,\"acks\":2}\n"));
        stream->send(chunk("\"C\"\n"));
        QVERIFY(isTold(*stream, "{\"first_id\":3,\"last_id\":3,\"acks\":2}\n"));
        stream->send(NoMore);
        QVERIFY(isAnswered(*stream));
        QVERIFY(told(*stream).endsWith("}\n{\"appended\":3}\n"));
    }

    // A stream may go on for ever as long as messages come. Empty lines are none, whatever surrounds them.
    void emptyLinesGiveNoTime_data()
    {
        QTest::addColumn<QByteArray>("lines");
        QTest::newRow("empty") << "\n"_ba;
        QTest::newRow("blank") << " \r\n "_ba;
    }
    void emptyLinesGiveNoTime()
    {
        QFETCH(QByteArray, lines);
        const auto stream = begin();
        for (quint64 id = 1; id <= 40; ++id) {
            stream->send(chunk("\n\"A\"\n"));
            QVERIFY(comes([&] { return master().log().assignedId() == id; }));
            m_cluster->scheduler().advance(1000);
        }
        QVERIFY(!told(*stream).contains("error"));
        for (int i = 0; i < 40; ++i) {
            stream->send(chunk(lines));
            QCOMPARE(ask("GET /api/v1/messages/1")->status(), 200);
            m_cluster->scheduler().advance(1000);
        }
        QVERIFY(isAnswered(*stream));
        QVERIFY2(told(*stream).contains("came too slowly") && told(*stream).endsWith("\"appended\":40}\n"),
                 told(*stream).right(300).constData());
    }

    // Whatever stood before it, and in how many pieces it came.
    void aMessageGivesTimeForTheNext()
    {
        const auto stream = begin();
        quint64 id = 0;
        for (const QByteArray &first : {"\n"_ba, "\"A"_ba}) {
            stream->send(chunk(first));
            QVERIFY(ask("GET /api/v1/messages/1")->status() > 0); // the piece before is taken by then
            m_cluster->scheduler().advance(25'000);
            stream->send(chunk(first == "\n" ? "\"A\"\n" : "\"\n"));
            ++id;
            QVERIFY(comes([&] { return master().log().assignedId() == id; }));
            m_cluster->scheduler().advance(25'000);
            QVERIFY2(!told(*stream).contains("error"), told(*stream).right(300).constData());
        }
    }

    void endsOfWaits_data()
    {
        QTest::addColumn<QByteArray>("end");
        QTest::newRow("timed out") << "timed-out"_ba;
        QTest::newRow("released") << "released"_ba;
        QTest::newRow("shut down") << "shutting-down"_ba;
        QTest::newRow("fenced") << "fenced"_ba;
    }
    void endsOfWaits()
    {
        QFETCH(QByteArray, end);
        const auto stream = begin("?w=2&timeout_ms=1000");
        stream->send(chunk("\"A\"\n") + NoMore);
        QVERIFY(comes([&] { return master().concerns().acks(1) == 1; }));
        if (end == "timed-out")
            m_cluster->scheduler().advance(1000);
        else if (end == "released")
            QCOMPARE(ask("DELETE /api/v1/waits/1")->status(), 200);
        else if (end == "fenced")
            emit master().members().fencedBy(u"s1 follows another"_s);
        else
            master().shutDown();
        QVERIFY(isAnswered(*stream));
        QCOMPARE(told(*stream), QByteArray("{\"first_id\":1,\"last_id\":1,\"acks\":1,\"end\":\"" + end +
                                           "\"}\n{\"appended\":" + (end == "fenced" ? "0" : "1") + "}\n"));
    }

    // While no entry is in the log, a refusal has its own status.
    void refusedAtOnce_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<int>("line"); // 0: refused by its head
        QTest::addColumn<QByteArray>("reason");
        const auto row = [](const char *name, const QByteArray &query, const QByteArray &body, int status,
                            const QByteArray &field, int line, const QByteArray &reason) {
            QTest::newRow(name) << query << body << status << field << line << reason;
        };
        row("w of 0", "?w=0", "\"A\"\n", 400, "w", 0, "invalid");
        row("unknown argument", "?W=1", "\"A\"\n", 400, "W", 0, "invalid");
        row("condition", "?expect_last_id=0", "\"A\"\n", 400, "expect_last_id", 0, "invalid");
        row("w above --max-w", "?w=66", "\n\"A\"\n\"B\"\n", 400, "w", 2, "invalid");
        row("no text", "", "\n\n7\n", 400, "body", 3, "invalid");
        row("unknown field", "", "{\"message\":\"A\",\"w\":1}\n", 400, "w", 1, "invalid");
        row("large message", "", "\"" + QByteArray(MaxMessage + 1, 'x') + "\"\n", 413, "body", 1,
            "too_large");
        row("large line", "", QByteArray(200'000, ' '), 413, "line", 1, "too_large");
        row("fenced", "", "\"A\"\n", 503, "", 1, "unavailable");
    }
    void refusedAtOnce()
    {
        QFETCH(QByteArray, query);
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        QFETCH(QByteArray, field);
        QFETCH(int, line);
        QFETCH(QByteArray, reason);
        if (status == 503)
            master().appender().refuse(Error{Errc::Unavailable, u"fenced"_s});
        const auto stream = begin(query);
        stream->send(chunk(body));
        QVERIFY(isAnswered(*stream)); // although the body has not ended
        QCOMPARE(stream->status(), status);
        QCOMPARE(stream->field(), field);
        QCOMPARE(stream->document()[u"line"_s].toInt(), line);
        QCOMPARE(stream->header("Retry-After"), status == 503 ? "1" : "");
        QCOMPARE(master().log().assignedId(), 0u);
        QCOMPARE(refusals(reason), 1);
        QCOMPARE(metric("replog_appends_total"), line == 0 ? 0 : 1);
    }

    // When entries are in the log, the refusal is the last line, and names the first message that was not
    // appended.
    void refusedBehindOthers_data()
    {
        QTest::addColumn<QByteArray>("rest"); // rest of the body as sent
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("appended");
        QTest::newRow("no text") << chunk("\"B\"\n7\n\"C\"\n") << 400 << 4 << 2;
        QTest::newRow("large line") << chunk("\"B\"\n" + QByteArray(200'000, ' ')) << 413 << 4 << 2;
        QTest::newRow("broken chunk") << chunk("\"B\"\n\"C") + "xx\r\n" << 400 << 4 << 2;
        QTest::newRow("read-only") << chunk("\"B\"\n") << 507 << 3 << 1;
    }
    void refusedBehindOthers()
    {
        QFETCH(QByteArray, rest);
        QFETCH(int, status);
        QFETCH(int, line);
        QFETCH(int, appended);
        // Both with and without an acknowledgement of the first.
        for (const QByteArray &query : {"?w=1"_ba, "?w=9"_ba}) {
            const quint64 before = master().log().assignedId();
            const auto stream = begin(query);
            stream->send(chunk("\n\"A\"\n"));
            QVERIFY(comes([&] { return master().log().assignedId() > before; }));
            if (status == 507)
                master().setLowOnSpace(u"1 byte is free"_s);
            stream->send(rest);
            QVERIFY(isAnswered(*stream));
            QCOMPARE(stream->status(), 201);
            const QByteArray lines = told(*stream);
            const QByteArray last = lines.sliced(lines.chopped(1).lastIndexOf('\n') + 1);
            const QJsonObject document = QJsonDocument::fromJson(last).object();
            QCOMPARE(document[u"error"_s][u"status"_s].toInt(), status);
            QCOMPARE(document[u"error"_s][u"line"_s].toInt(), line);
            QCOMPARE(document[u"appended"_s].toInt(), appended);
            QCOMPARE(master().log().assignedId(), before + quint64(appended));
            QCOMPARE(master().waiters().count(), 0);
            master().setLowOnSpace({});
        }
    }

    // A stream that pauses for too long is ended with one status, whether anything of it was appended or not.
    void pausesForTooLong_data()
    {
        QTest::addColumn<QByteArray>("body"); // what comes before the pause
        QTest::addColumn<int>("appended");
        QTest::newRow("nothing") << QByteArray() << 0;
        QTest::newRow("a line") << chunk("\"A\"\n") << 1;
        QTest::newRow("half a line") << chunk("\"A\"\n\"B") << 1;
    }
    void pausesForTooLong()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, appended);
        const auto stream = begin();
        stream->send(body);
        QVERIFY(comes([&] { return m_server->requestCount() == 1 && assigned() == quint64(appended); }));
        QVERIFY(comes([&] { return appended == 0 || told(*stream).contains("first_id"); }));
        m_cluster->scheduler().advance(29'000);
        QVERIFY(!stream->isOver());
        m_cluster->scheduler().advance(2'000);
        QVERIFY(isAnswered(*stream));
        QJsonObject problem = stream->document();
        if (appended > 0) {
            const QByteArray lines = told(*stream);
            const QByteArray last = lines.sliced(lines.chopped(1).lastIndexOf('\n') + 1);
            const QJsonObject document = QJsonDocument::fromJson(last).object();
            QCOMPARE(document[u"appended"_s].toInt(), appended);
            problem = document[u"error"_s].toObject();
        }
        QCOMPARE(stream->status(), appended > 0 ? 201 : 408);
        QCOMPARE(problem[u"status"_s].toInt(), 408);
        QVERIFY(problem[u"detail"_s].toString().contains(u"30000 ms"_s));
    }

    // The last line counts what is in the log for good: it waits for the disk, and for nothing else.
    void refusedBeforeOthersAreDurable_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<QByteArray>("store");
        QTest::addColumn<QByteArray>("rest"); // of the body as sent
        for (const QByteArray &query : {"?w=1"_ba, "?w=9"_ba}) {
            for (const QByteArray &store : {"syncs"_ba, "fails"_ba, "does not sync"_ba}) {
                const QByteArray name = query + ", store " + store;
                QTest::newRow(QByteArray(name + ", no text").constData())
                    << query << store << chunk("\"B\"\n7\n\"C\"\n");
                QTest::newRow(QByteArray(name + ", broken chunk").constData())
                    << query << store << chunk("\"B\"\n") + "xx\r\n";
            }
        }
    }
    void refusedBeforeOthersAreDurable()
    {
        QFETCH(QByteArray, query);
        QFETCH(QByteArray, store);
        QFETCH(QByteArray, rest);
        const auto stream = begin(query);
        stream->send(chunk("\"A\"\n"));
        QVERIFY(comes([&] { return master().log().visible().durableId() == 1; }));
        stream->send(rest);
        QVERIFY(waitFor([&] { return assigned() == 2; }));
        for (int turn = 0; turn < 100; ++turn)
            QCoreApplication::processEvents();
        QVERIFY(!told(*stream).contains("error"));
        QVERIFY(!stream->isOver());
        if (store == "fails") {
            m_cluster->node("m").store->fail({Errc::Io, u"no disk"_s});
        } else if (store == "does not sync") {
            master().shutDown();
            m_cluster->scheduler().advance(4000);
        }
        QVERIFY(isAnswered(*stream));
        QCOMPARE(stream->status(), 201);
        const QByteArray lines = told(*stream);
        const QByteArray last = lines.sliced(lines.chopped(1).lastIndexOf('\n') + 1);
        const QJsonObject document = QJsonDocument::fromJson(last).object();
        QCOMPARE(document[u"error"_s][u"status"_s].toInt(), 400);
        QCOMPARE(document[u"error"_s][u"line"_s].toInt(), 3);
        QCOMPARE(document[u"appended"_s].toInt(), store == "syncs" ? 2 : 1);
        QCOMPARE(master().waiters().count(), 0);
    }

    // The node does not read from a client while too many of its bytes wait for their concern.
    void isHeldBack()
    {
        constexpr quint64 Count = 50'000;
        constexpr quint64 Bytes = MaxMessage + MasterLog::MessageOverhead; // memory of each message
        constexpr quint64 Limit = 8 * 1024 * 1024;
        const auto stream = begin("?w=2");
        for (quint64 sent = 0; sent < Count; sent += 500)
            stream->send(chunk(QByteArray("\"" + QByteArray(MaxMessage, 'x') + "\"\n").repeated(500)));
        QVERIFY(comes([&] { return assigned() * Bytes > Limit; }));
        for (int turn = 0; turn < 100; ++turn) {
            QCoreApplication::processEvents();
            QVERIFY(m_cluster->settle());
        }
        QVERIFY2(assigned() * Bytes < Limit + Limit / 4, QByteArray::number(assigned()).constData());
        addSecondary();
        QVERIFY(comes([&] { return assigned() == Count; }));
        stream->send(NoMore);
        QVERIFY(isAnswered(*stream));
        QVERIFY(told(*stream).endsWith("\n{\"appended\":50000}\n"));
    }

private:
    quint64 assigned() { return master().log().assignedId(); }
    // Sends the head of a chunked request.
    std::unique_ptr<ApiCall> begin(const QByteArray &query = {})
    {
        return call("POST /api/v1/messages" + query,
                    "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n");
    }
    // The lines received.
    static QByteArray told(const ApiCall &stream)
    {
        QByteArray lines;
        QByteArray rest = stream.received().contains("\r\n\r\n") ? stream.body() : QByteArray();
        while (rest.contains("\r\n")) {
            const qsizetype size = rest.first(rest.indexOf("\r\n")).toLongLong(nullptr, 16);
            lines += rest.mid(rest.indexOf("\r\n") + 2, size);
            rest = rest.mid(rest.indexOf("\r\n") + 4 + size);
        }
        return lines;
    }
    bool isTold(const ApiCall &stream, const QByteArray &line)
    {
        return comes([&] { return told(stream).endsWith(line); });
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestNdjsonAppend)
#include "tst_ndjsonappend.moc"
