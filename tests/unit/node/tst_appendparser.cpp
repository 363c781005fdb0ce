// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/appendparser.h"
#include "shared/log/entryrules.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

class TestAppendParser : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void fieldsOfAnAppend()
    {
        const auto parsed = json(R"({"timeout_ms":5,"message":"A\n","w":3,"type":"text/plain",)"
                                 R"("headers":{"b":"2","a":"1"},"expect_last_id":41})");
        QVERIFY(parsed);
        const AppendRequest &append = parsed->append;
        QVERIFY(!parsed->batch);
        QCOMPARE(append.messages,
                 std::vector<Message>({Message("A\n", "text/plain", packed({{"a", "1"}, {"b", "2"}}))}));
        QCOMPARE(append.concern, WriteConcern({Asked::Number, 3}));
        QCOMPARE(append.timeoutMs, 5);
        QCOMPARE(append.expectLastId, 41u);
    }

    void concerns_data()
    {
        QTest::addColumn<QByteArray>("w");
        QTest::addColumn<int>("asked");
        QTest::addColumn<quint32>("number");
        QTest::newRow("none") << ""_ba << int(Asked::Default) << 0u;
        QTest::newRow("a number") << R"(,"w":1)"_ba << int(Asked::Number) << 1u;
        QTest::newRow("majority") << R"(,"w":"majority")"_ba << int(Asked::Majority) << 0u;
        QTest::newRow("all") << R"(,"w":"all")"_ba << int(Asked::All) << 0u;
    }

    void concerns()
    {
        QFETCH(QByteArray, w);
        QFETCH(int, asked);
        QFETCH(quint32, number);
        const auto parsed = json(R"({"message":"A")" + w + '}');
        QVERIFY(parsed);
        QCOMPARE(parsed->append.concern, WriteConcern({static_cast<Asked>(asked), number}));
    }

    void batchesOfTextsAndObjects()
    {
        const auto parsed =
            json(R"({"messages":["A",{"message":"B","type":"a/b"},{"message_base64":"/w=="}]})");
        QVERIFY(parsed && parsed->batch);
        QCOMPARE(parsed->append.messages,
                 std::vector<Message>({Message("A"), Message("B", "a/b"), Message("\xff")}));
    }

    // Each refusal names the field that is wrong.
    void badDocuments_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("field");
        QTest::newRow("a misspelt field") << R"({"message":"A","W":2})"_ba << u"W"_s;
        QTest::newRow("no message") << R"({"w":2})"_ba << u"message"_s;
        QTest::newRow("a message that is a number") << R"({"message":1})"_ba << u"message"_s;
        QTest::newRow("two messages") << R"({"message":"A","message":"B"})"_ba << u"message"_s;
        QTest::newRow("both forms") << R"({"message":"A","message_base64":"QQ=="})"_ba << u"message_base64"_s;
        QTest::newRow("message and messages") << R"({"message":"A","messages":["B"]})"_ba << u"messages"_s;
        QTest::newRow("no base64") << R"({"message_base64":"?"})"_ba << u"message_base64"_s;
        QTest::newRow("w of 0") << R"({"message":"A","w":0})"_ba << u"w"_s;
        QTest::newRow("w of 1.5") << R"({"message":"A","w":1.5})"_ba << u"w"_s;
        QTest::newRow("w as text") << R"({"message":"A","w":"2"})"_ba << u"w"_s;
        QTest::newRow("timeout below 0") << R"({"message":"A","timeout_ms":-1})"_ba << u"timeout_ms"_s;
        QTest::newRow("condition below 0")
            << R"({"message":"A","expect_last_id":-1})"_ba << u"expect_last_id"_s;
        QTest::newRow("an empty batch") << R"({"messages":[]})"_ba << u"messages"_s;
        QTest::newRow("a number in a batch") << R"({"messages":["A",7]})"_ba << u"messages[1]"_s;
        QTest::newRow("a bad field in a batch")
            << R"({"messages":["A",{"message":"B","w":1}]})"_ba << u"messages[1].w"_s;
        QTest::newRow("no media type") << R"({"message":"A","type":"text"})"_ba << u"type"_s;
        QTest::newRow("headers that are none") << R"({"message":"A","headers":[]})"_ba << u"headers"_s;
        QTest::newRow("a header's name") << R"({"message":"A","headers":{"A b":"1"}})"_ba << u"headers"_s;
        QTest::newRow("a header's value") << R"({"message":"A","headers":{"a":"\n"}})"_ba << u"headers"_s;
    }

    void badDocuments()
    {
        QFETCH(QByteArray, body);
        QFETCH(QString, field);
        const auto parsed = json(body);
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().code, Errc::InvalidArgument);
        QCOMPARE(parsed.error().field, field);
    }

    void whatIsNoDocumentSaysWhy()
    {
        QVERIFY(json("").error().text.contains(u"empty"_s));
        QVERIFY(json("[]").error().text.contains(u"must be an object"_s));
        QVERIFY(json("\xef\xbb\xbf{\"message\":\"A\"}").error().text.contains(u"byte order mark"_s));
        QVERIFY(!json(R"({"message":"A"} x)"));
    }

    void sizesAreLimited()
    {
        AppendParser::Config config;
        config.maxMessageBytes = 10;
        config.maxBatchBytes = 3 * MasterLog::MessageOverhead;
        const AppendParser parser(config);
        const auto code = [&parser](const QByteArray &body) {
            const auto parsed = parser.parse(request("application/json", body));
            return parsed ? Errc::Io : parsed.error().code;
        };
        QCOMPARE(code(R"({"message":"0123456789"})"), Errc::Io);
        QCOMPARE(code(R"({"message":"0123456789a"})"), Errc::TooLarge);
        QCOMPARE(code(R"({"messages":["0123456789a"]})"), Errc::TooLarge);
        QCOMPARE(code(R"({"message_base64":"MDEyMzQ1Njc4OWE="})"), Errc::TooLarge);
        // The overhead of small messages counts as memory.
        QCOMPARE(code(R"({"messages":["","",""]})"), Errc::Io);
        QCOMPARE(code(R"({"messages":["","","",""]})"), Errc::TooLarge);
        QCOMPARE(parser.parse(request("text/plain", "0123456789a")).error().code, Errc::TooLarge);
    }

    void rawMessages()
    {
        HttpRequest raw = request("application/vnd.x+json; v=1", "\xff{", {{"replog-header-trace-id", "7"}});
        raw.query = {{"w", "all"}, {"timeout_ms", "9"}, {"expect_last_id", "0"}};
        const auto parsed = AppendParser({}).parse(raw);
        QVERIFY(parsed && !parsed->batch);
        QCOMPARE(parsed->append.messages,
                 std::vector<Message>(
                     {Message("\xff{", "application/vnd.x+json; v=1", packed({{"trace-id", "7"}}))}));
        QCOMPARE(parsed->append.concern.asked, Asked::All);
        QCOMPARE(parsed->append.timeoutMs, 9);
        QCOMPARE(parsed->append.expectLastId, 0u);
        QVERIFY(!AppendParser({}).parse(request("text/plain", "\xff")));
        QVERIFY(AppendParser({}).parse(request("text/plain; charset=\"UTF-8\"", "\xef\xbb\xbf"
                                                                                "A")));
        raw.query = {{"e", "1"}};
        QCOMPARE(AppendParser({}).parse(raw).error().field, u"e"_s);
    }

    void mediaThatIsNotTaken_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::newRow("none") << ""_ba;
        QTest::newRow("a form") << "application/x-www-form-urlencoded"_ba;
        QTest::newRow("a form of parts") << "multipart/form-data; boundary=a"_ba;
        QTest::newRow("no type at all") << "text"_ba;
    }

    void mediaThatIsNotTaken()
    {
        QFETCH(QByteArray, type);
        const auto parsed = AppendParser({}).parse(request(type, R"({"message":"A"})"));
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().code, Errc::UnsupportedMedia);
    }

    void keys()
    {
        const auto keyed = [](const Fields &fields) {
            return AppendParser({}).parse(request("application/json", R"({"message":"A"})", fields));
        };
        QCOMPARE(keyed({{"idempotency-key", "k 1"}})->append.key, "k 1"_ba);
        QVERIFY(!keyed({{"idempotency-key", ""}}));
        QVERIFY(!keyed({{"idempotency-key", QByteArray(257, 'k')}}));
        QVERIFY(!keyed({{"idempotency-key", "k"}, {"idempotency-key", "k"}}));
        QVERIFY(!keyed({{"replog-header-a", "1"}})); // in JSON it is a field
    }

    void streams()
    {
        HttpRequest head = request("application/x-ndjson", {});
        head.query = {{"w", "2"}};
        QCOMPARE(AppendParser({}).parseStreamHead(head)->concern, WriteConcern({Asked::Number, 2}));
        head.query = {{"expect_last_id", "2"}};
        QCOMPARE(AppendParser({}).parseStreamHead(head).error().field, u"expect_last_id"_s);
        QVERIFY(!AppendParser({}).parseStreamHead(
            request("application/x-ndjson", {}, {{"idempotency-key", "k"}})));
        QCOMPARE(*AppendParser({}).parseLine(R"("A\n")"), Message("A\n"));
        QCOMPARE(*AppendParser({}).parseLine(R"( {"message":"B","type":"a/b"} )"), Message("B", "a/b"));
        for (const char *const line : {R"("A" "B")", R"({"message":"A","w":1})", "7", "[\"A\"]", "{"})
            QVERIFY2(!AppendParser({}).parseLine(line), line);
    }

    // Refusals quote a bounded part of what the client sent.
    void longNamesAreCut()
    {
        const auto parsed = json("{\"" + QByteArray(100'000, 'x') + "\":1}");
        QVERIFY(!parsed);
        QVERIFY(parsed.error().text.size() < 1000);
        QVERIFY(parsed.error().field.size() < 1000);
    }

private:
    using Fields = QList<QPair<QByteArray, QByteArray>>;

    static HttpRequest request(const QByteArray &type, const QByteArray &body, Fields fields = {})
    {
        if (!type.isEmpty())
            fields.prepend({"content-type", type});
        QByteArray text;
        for (const auto &[name, value] : fields)
            text += name + value;
        HttpRequest made;
        made.method = HttpMethod::Post;
        made.body = body;
        const char *at = made.headers.setText(text);
        for (const auto &[name, value] : fields) {
            const QByteArrayView nameView(at, name.size());
            const QByteArrayView valueView(at + name.size(), value.size());
            made.headers.add(nameView, valueView);
            at += name.size() + value.size();
        }
        return made;
    }
    static Result<AppendParser::Parsed> json(const QByteArray &body)
    {
        return AppendParser({}).parse(request("application/json", body));
    }
    static QByteArray packed(const Fields &headers)
    {
        HeaderPacker packer;
        for (const auto &[name, value] : headers) {
            if (!packer.add(name, value))
                return {};
        }
        return packer.take();
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestAppendParser)
#include "tst_appendparser.moc"
