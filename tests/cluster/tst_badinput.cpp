// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"
#include "tests/support/documents.h"

#include <QCborValue>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

struct Bad
{
    const char *name;
    bool toSecondary;
    QByteArray bytes;
    int status;
    const char *field; // the field that the answer names; null: none
};

QByteArray json(const QByteArray &method, const QByteArray &path, const QByteArray &body = {},
                const Headers &headers = {})
{
    return HttpClient::request(method, path, body, headers);
}

QByteArray append(const QByteArray &body)
{
    return json("POST", "/api/v1/messages", body);
}

QByteArray text(const QByteArray &query, const QByteArray &body = "x")
{
    return json("POST", "/api/v1/messages" + query, body, {{"Content-Type", "text/plain"}});
}

QByteArray withLength(const QByteArray &length)
{
    return "POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
           "application/json\r\nContent-Length: " +
           length + "\r\n\r\n{\"message\":\"smuggled\"}";
}

QByteArray chunked(const QByteArray &body)
{
    return "POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
           "Transfer-Encoding: chunked\r\n\r\n" +
           body;
}

QList<Bad> table()
{
    // tst_strictreading damages every field of the documents between nodes; these cases show that the
    // services use that strict reading.
    const auto damaged = [](QJsonObject document, const QString &field, const QJsonValue &value) {
        document[field] = value;
        return toJson(document);
    };
    const QJsonObject registration = registrationDocument(u"s9"_s, 99, u"http://127.0.0.1:9"_s);
    const QJsonObject delivery = deliveryDocument();
    const QByteArray long1000(1000, 'k');
    return {
        // Appending: JSON.
        {"no body", false, append(""), 400, nullptr},
        {"not JSON", false, append("hello"), 400, nullptr},
        {"cut short", false, append(R"({"message": "x")"), 400, nullptr},
        {"more behind it", false, append(R"({"message": "x"} {})"), 400, nullptr},
        {"an array", false, append(R"(["x"])"), 400, nullptr},
        {"a text", false, append(R"("x")"), 400, nullptr},
        {"null", false, append("null"), 400, nullptr},
        {"no message", false, append("{}"), 400, "message"},
        {"message a number", false, append(R"({"message": 7})"), 400, "message"},
        {"message null", false, append(R"({"message": null})"), 400, "message"},
        {"message an object", false, append(R"({"message": {}})"), 400, "message"},
        {"message and messages", false, append(R"({"message": "x", "messages": ["y"]})"), 400, "messages"},
        {"messages a text", false, append(R"({"messages": "x"})"), 400, "messages"},
        {"messages empty", false, append(R"({"messages": []})"), 400, "messages"},
        {"messages with a number", false, append(R"({"messages": ["x", 7]})"), 400, "messages"},
        {"w zero", false, append(R"({"message": "x", "w": 0})"), 400, "w"},
        {"w negative", false, append(R"({"message": "x", "w": -1})"), 400, "w"},
        {"w a fraction", false, append(R"({"message": "x", "w": 1.5})"), 400, "w"},
        {"w enormous", false, append(R"({"message": "x", "w": 4294967297})"), 400, "w"},
        {"w beyond 64 bits", false, append(R"({"message": "x", "w": 99999999999999999999})"), 400, nullptr},
        {"w a word", false, append(R"({"message": "x", "w": "most"})"), 400, "w"},
        {"w a number in quotes", false, append(R"({"message": "x", "w": "2"})"), 400, "w"},
        {"w null", false, append(R"({"message": "x", "w": null})"), 400, "w"},
        {"w true", false, append(R"({"message": "x", "w": true})"), 400, "w"},
        {"w above the limit", false, append(R"({"message": "x", "w": 6})"), 400, "w"},
        {"timeout negative", false, append(R"({"message": "x", "timeout_ms": -1})"), 400, "timeout_ms"},
        {"timeout a text", false, append(R"({"message": "x", "timeout_ms": "5s"})"), 400, "timeout_ms"},
        {"timeout enormous", false, append(R"({"message": "x", "timeout_ms": 1e300})"), 400, "timeout_ms"},
        {"unknown field", false, append(R"({"message": "x", "write_concern": 2})"), 400, "write_concern"},
        {"not UTF-8", false, append("{\"message\": \"\xff\xfe\"}"), 400, nullptr},
        {"half a surrogate", false, append(R"({"message": "\ud800"})"), 400, nullptr},
        {"message too large", false, append("{\"message\": \"" + QByteArray(3000, 'x') + "\"}"), 413,
         nullptr},
        {"body too large", false, append("{\"message\": \"" + QByteArray(32 * 1024 * 1024, 'x') + "\"}"), 413,
         "body"},
        {"deeply nested", false, append("{\"message\": " + QByteArray(5000, '[')), 400, nullptr},
        {"key too long", false,
         json("POST", "/api/v1/messages", R"({"message": "x"})", {{"Idempotency-Key", long1000}}), 400,
         "Idempotency-Key"},
        {"key empty", false,
         json("POST", "/api/v1/messages", R"({"message": "x"})", {{"Idempotency-Key", ""}}), 400,
         "Idempotency-Key"},
        {"a form", false,
         json("POST", "/api/v1/messages", "message=x",
              {{"Content-Type", "application/x-www-form-urlencoded"}}),
         415, "Content-Type"},
        {"another charset", false,
         json("POST", "/api/v1/messages", "x", {{"Content-Type", "text/plain; charset=latin1"}}), 415,
         "Content-Type"},
        {"compressed", false,
         json("POST", "/api/v1/messages", "x",
              {{"Content-Type", "text/plain"}, {"Content-Encoding", "gzip"}}),
         415, "Content-Encoding"},
        {"two keys", false,
         json("POST", "/api/v1/messages", R"({"message": "x"})",
              {{"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}}),
         400, "Idempotency-Key"},
        {"a byte order mark", false, append("\xef\xbb\xbf{\"message\": \"x\"}"), 400, nullptr},
        {"condition that does not hold", false, append(R"({"message": "x", "expect_last_id": 7})"), 412,
         "expect_last_id"},
        // Appending: text.
        {"text: w zero", false, text("?w=0"), 400, "w"},
        {"text: w empty", false, text("?w="), 400, "w"},
        {"text: timeout a word", false, text("?timeout_ms=soon"), 400, "timeout_ms"},
        {"text: not UTF-8", false, text("", "\xc3\x28"), 400, nullptr},
        {"text: unknown parameter", false, text("?W=2"), 400, "W"},
        // Reading.
        {"from zero", false, json("GET", "/api/v1/messages?from=0"), 400, "from"},
        {"from negative", false, json("GET", "/api/v1/messages?from=-1"), 400, "from"},
        {"from a word", true, json("GET", "/api/v1/messages?from=x"), 400, "from"},
        {"from overflowing", true, json("GET", "/api/v1/messages?from=18446744073709551616"), 400, "from"},
        {"limit zero", true, json("GET", "/api/v1/messages?limit=0"), 400, "limit"},
        {"limit empty", true, json("GET", "/api/v1/messages?limit="), 400, "limit"},
        {"view unknown", true, json("GET", "/api/v1/messages?view=some"), 400, "view"},
        {"wait negative", true, json("GET", "/api/v1/messages?wait_ms=-5"), 400, "wait_ms"},
        {"at_least a word", true, json("GET", "/api/v1/messages?at_least=last"), 400, "at_least"},
        {"unknown parameter", true, json("GET", "/api/v1/messages?form=3"), 400, "form"},
        {"health: unknown parameter", true, json("GET", "/health?x=1"), 400, "x"},
        {"metrics: unknown parameter", false, json("GET", "/metrics?x"), 400, "x"},
        {"status: unknown parameter", true, json("GET", "/api/v1/status?view=all"), 400, "view"},
        {"description: unknown parameter", false, json("GET", "/api/v1/openapi.yaml?x=1"), 400, "x"},
        {"trace: unknown parameter", false, json("GET", "/api/v1/trace?from=1"), 400, "from"},
        {"id zero", false, json("GET", "/api/v1/messages/0"), 400, "id"},
        {"id a word", false, json("GET", "/api/v1/messages/first"), 400, "id"},
        {"id not there", false, json("GET", "/api/v1/messages/12345"), 404, nullptr},
        {"digest of a word", true, json("GET", "/api/v1/digest?to=x"), 400, "to"},
        {"digest beyond", true, json("GET", "/api/v1/digest?to=99"), 404, nullptr},
        // Waits and nodes.
        {"wait not there", false, json("DELETE", "/api/v1/waits/3"), 404, nullptr},
        {"waits without an end", false, json("DELETE", "/api/v1/waits?from=1"), 400, "to"},
        {"waits not there", false, json("DELETE", "/api/v1/waits?from=1&to=9"), 404, nullptr},
        {"wait a word", false, json("DELETE", "/api/v1/waits/x"), 400, "id"},
        {"wait: unknown parameter", false, json("DELETE", "/api/v1/waits/3?all=1"), 400, "all"},
        {"forget: unknown parameter", false, json("DELETE", "/api/v1/nodes/nobody?x=1"), 400, "x"},
        {"retry: unknown parameter", false, json("POST", "/api/v1/nodes/nobody/retry?x=1"), 400, "x"},
        {"backup: unknown parameter", false, json("POST", "/api/v1/backup?name=a", R"({"name": "a"})"), 400,
         "name"},
        {"registration: unknown parameter", false,
         json("POST", "/api/v1/nodes?name=s9", toJson(registration)), 400, "name"},
        {"faults: unknown parameter", true, json("PUT", "/api/v1/faults?block=true", "{}"), 400, "block"},
        {"node not there", false, json("DELETE", "/api/v1/nodes/nobody"), 404, nullptr},
        {"retry of nobody", false, json("POST", "/api/v1/nodes/nobody/retry"), 404, nullptr},
        {"registration: no name", false,
         json("POST", "/api/v1/nodes", damaged(registration, u"name"_s, QJsonValue::Undefined)), 400, "name"},
        {"registration: empty name", false,
         json("POST", "/api/v1/nodes", damaged(registration, u"name"_s, u""_s)), 400, "name"},
        {"registration: no node id", false,
         json("POST", "/api/v1/nodes", damaged(registration, u"node_id"_s, QJsonValue::Undefined)), 400,
         "node_id"},
        {"registration: another scheme", false,
         json("POST", "/api/v1/nodes", damaged(registration, u"url"_s, u"file:///etc"_s)), 400, "url"},
        {"registration: id negative", false,
         json("POST", "/api/v1/nodes", damaged(registration, u"last_id"_s, -1)), 400, "last_id"},
        {"registration: unknown field", false,
         json("POST", "/api/v1/nodes", damaged(registration, u"x"_s, 1)), 400, "x"},
        {"registration: not JSON", false, json("POST", "/api/v1/nodes", "x"), 400, nullptr},
        // Faults and deliveries.
        {"faults: probability", true, json("PUT", "/api/v1/faults", R"({"drop": 1.5})"), 400, "drop"},
        {"faults: delay a text", true, json("PUT", "/api/v1/faults", R"({"delay_ms": "1s"})"), 400,
         "delay_ms"},
        {"faults: unknown field", true, json("PUT", "/api/v1/faults", R"({"explode": true})"), 400,
         "explode"},
        {"faults: block a number", true, json("PUT", "/api/v1/faults", R"({"block": 1})"), 400, "block"},
        {"delivery: not CBOR", true,
         json("POST", "/internal/v1/replicate", "\xff\xff", {{"Content-Type", "application/cbor"}}), 400,
         nullptr},
        {"delivery: CBOR bomb", true,
         json("POST", "/internal/v1/replicate", QByteArray("\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", 9),
              {{"Content-Type", "application/cbor"}}),
         400, nullptr},
        {"delivery: no epoch", true,
         json("POST", "/internal/v1/replicate", damaged(delivery, u"epoch"_s, QJsonValue::Undefined)), 400,
         "epoch"},
        {"delivery: no committed_id", true,
         json("POST", "/internal/v1/replicate", damaged(delivery, u"committed_id"_s, QJsonValue::Undefined)),
         400, "committed_id"},
        {"delivery: the largest epoch of all", true,
         json("POST", "/internal/v1/replicate",
              toJson(delivery).replace("\"epoch\":1", "\"epoch\":18446744073709551615")),
         400, "epoch"},
        {"delivery: of a later version", true,
         json("POST", "/internal/v1/replicate", damaged(delivery, u"wire"_s, 2)), 400, "wire"},
        {"delivery: entry without a message", true,
         json("POST", "/internal/v1/replicate",
              damaged(delivery, u"entries"_s,
                      QJsonArray{QJsonObject{{u"id"_s, 1}, {u"epoch"_s, 1}, {u"w"_s, 1}, {u"time"_s, 1}}})),
         400, "entries[0].message"},
        {"delivery: ids with a hole", true,
         json("POST", "/internal/v1/replicate",
              damaged(delivery, u"entries"_s,
                      QJsonArray{entryDocument(1, 1, u"x"_s), entryDocument(3, 1, u"x"_s)})),
         400, "entries[1].id"},
        // Paths and methods.
        {"unknown path", false, json("GET", "/api/v1/message"), 404, nullptr},
        {"root", true, json("GET", "/"), 404, nullptr},
        {"path with dots", true, json("GET", "/api/v1/../../etc/passwd"), 404, nullptr},
        {"wrong method", false, json("PUT", "/api/v1/messages", "{}"), 405, nullptr},
        {"wrong method on status", true, json("DELETE", "/api/v1/status"), 405, nullptr},
        {"unheard-of method", false, json("BREW", "/api/v1/messages"), 405, nullptr},
        // HTTP itself.
        {"not HTTP at all", false, "hello there\r\n\r\n", 400, nullptr},
        {"binary", false, QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400,
         nullptr},
        {"no version", false, "GET /health\r\n\r\n", 400, nullptr},
        {"another version", false, "GET /health HTTP/3.0\r\nHost: localhost\r\n\r\n", 505, nullptr},
        {"header without colon", false, "GET /health HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n", 400,
         nullptr},
        {"header folded", false, "GET /health HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n", 400,
         nullptr},
        {"space before the colon", false, "GET /health HTTP/1.1\r\nHost: localhost\r\nA : b\r\n\r\n", 400,
         nullptr},
        {"length negative", false, withLength("-1"), 400, "Content-Length"},
        {"length a word", false, withLength("many"), 400, "Content-Length"},
        {"length two numbers", false, withLength("10, 20"), 400, "Content-Length"},
        {"length plus", false, withLength("+22"), 400, "Content-Length"},
        {"length enormous", false, withLength("999999999999"), 413, "body"},
        {"length twice", false,
         "POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: "
         "2\r\n\r\nxx",
         400, "Content-Length"},
        {"length and chunks", false,
         "POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n",
         400, "Transfer-Encoding"},
        {"chunk size a word", false, chunked("zz\r\nxx\r\n0\r\n\r\n"), 400, "body"},
        {"chunk size negative", false, chunked("-1\r\nx\r\n0\r\n\r\n"), 400, "body"},
        {"chunk size enormous", false, chunked("7fffffff\r\nx\r\n"), 413, "body"},
        {"transfer coding unknown", false,
         "POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: zip\r\n\r\nx", 501,
         "Transfer-Encoding"},
        {"header too long", false,
         "GET /health HTTP/1.1\r\nHost: localhost\r\nA: " + QByteArray(200000, 'a') + "\r\n\r\n", 431,
         nullptr},
        {"path too long", false, "GET /" + QByteArray(200000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
         431, nullptr},
        {"header without end", false, "GET /health HTTP/1.1\r\n" + QByteArray(200000, 'a'), 431, nullptr},
    };
}

} // namespace

// Invalid requests of every kind get a clear answer, append nothing, and leave the node serving.
class TestBadInput : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QVERIFY(m_cluster.start(1, {u"--max-w"_s, u"5"_s, u"--max-message"_s, u"2KiB"_s},
                                {u"--enable-faults"_s}));
    }

    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void isAnswered_data()
    {
        QTest::addColumn<bool>("toSecondary");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("field");
        const QList<Bad> rows = table();
        QVERIFY(rows.size() >= 60);
        for (const Bad &row : rows)
            QTest::newRow(row.name) << row.toSecondary << row.bytes << row.status << QByteArray(row.field);
    }

    void isAnswered()
    {
        QFETCH(bool, toSecondary);
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        QFETCH(QByteArray, field);
        const NodeProcess &node = toSecondary ? m_cluster.s1() : m_cluster.master();
        const auto call = node.http().raw(bytes);
        QVERIFY(call->wait());
        const HttpAnswer answer = call->answer();
        QVERIFY2(answer.status == status, answer.text().constData());
        // A delivery in CBOR is refused in CBOR.
        const bool isCbor = bytes.contains("application/cbor");
        QCOMPARE(answer.header("content-type"),
                 QByteArray(isCbor ? "application/cbor" : "application/problem+json"));
        const QJsonObject problem =
            isCbor ? QCborValue::fromCbor(answer.body).toJsonValue().toObject() : answer.json();
        QCOMPARE(problem.value("status"_L1).toInt(), status);
        QVERIFY(!problem.value("title"_L1).toString().isEmpty());
        QVERIFY2(!problem.value("detail"_L1).toString().isEmpty(), answer.text().constData());
        if (!field.isEmpty()) {
            QVERIFY2(problem.value("field"_L1)
                         .toString()
                         .startsWith(QString::fromLatin1(field), Qt::CaseInsensitive),
                     answer.text().constData());
        }
        if (status == 405)
            QVERIFY(!answer.header("allow").isEmpty());
        QCOMPARE(ClusterFixture::lastId(m_cluster.master()), 0);
    }

    // An incomplete request followed by silence or a hang-up does not affect other clients.
    void unfinishedRequestsHoldNobodyUp()
    {
        std::vector<std::unique_ptr<HttpCall>> calls;
        for (const QByteArray &half : {QByteArray("POST /api/v1/mess"), withLength("1000"),
                                       chunked("5\r\nab"), QByteArray("GET /health HTTP/1.1\r\nHost:")}) {
            for (int i = 0; i < 10; ++i)
                calls.push_back(m_cluster.master().http().raw(half));
        }
        QVERIFY(waitUntil([&] {
            return std::all_of(calls.begin(), calls.end(), [](const auto &call) { return call->isSent(); });
        }));
        QCOMPARE(m_cluster.master().http().getNow("/health").status, 200);
        for (const auto &call : calls) {
            QVERIFY(!call->isDone());
            call->hangUp();
        }
        QCOMPARE(m_cluster.master().http().getNow("/health").status, 200);
    }

    // Answers on a pipelined connection, errors included, come in the order of the requests.
    void pipelinedRequestsAreAnsweredInOrder()
    {
        const auto call =
            m_cluster.master().http().raw(json("GET", "/nowhere") + json("GET", "/health") +
                                          json("PUT", "/api/v1/messages", "{}") + json("GET", "/metrics"));
        QVERIFY(waitUntil([&] { return call->received().count("HTTP/1.1 ") == 4; }));
        QList<int> statuses;
        qsizetype at = -1;
        while ((at = call->received().indexOf("HTTP/1.1 ", at + 1)) >= 0)
            statuses.append(call->received().mid(at + 9, 3).toInt());
        QCOMPARE(statuses, (QList<int>{404, 200, 405, 200}));
    }

    void servesOn()
    {
        const HttpAnswer answer = m_cluster.master().http().appendNow("still here", 2);
        QVERIFY2(answer.status == 201, answer.text().constData());
        QCOMPARE(answer.json().value("id"_L1).toInteger(), 1);
        QVERIFY2(m_cluster.waitForEqualLogs() && m_cluster.problems().isEmpty(),
                 m_cluster.problems().constData());
        QVERIFY(m_cluster.s1().terminate());
        QVERIFY(m_cluster.master().terminate());
        QCOMPARE(m_cluster.problems(), QByteArray());
    }

private:
    ClusterFixture m_cluster;
};

QTEST_GUILESS_MAIN(TestBadInput)
#include "tst_badinput.moc"
