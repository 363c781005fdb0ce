// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/clientappend.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include <limits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int Longest = std::numeric_limits<int>::max();

ClientAnswer answerOf(int status, const QByteArray &body)
{
    ClientAnswer answer;
    answer.status = status;
    answer.body = body;
    return answer;
}

} // namespace

// What an append is sent as, and what each answer to it means.
class TestClientAppend : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void bodies_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QString>("w");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char *name, const QByteArray &message, const QString &w,
                            const QByteArray &type,
                            const QByteArray &body) { QTest::newRow(name) << message << w << type << body; };
        row("text", "A\"\n", {}, {}, "{\"message\":\"A\\\"\\n\"}");
        row("empty", "", {}, {}, R"({"message":""})");
        row("byte order mark", "\xef\xbb\xbf!", {}, {}, R"({"message_base64":"77u/IQ=="})");
        row("no UTF-8", "\xff", {}, {}, R"({"message_base64":"/w=="})");
        row("cut UTF-8", "a\xc3", {}, {}, R"({"message_base64":"YcM="})");
        row("number", "A", u"3"_s, {}, R"({"message":"A","w":3})");
        row("word", "A", u"majority"_s, {}, R"({"message":"A","w":"majority"})");
        row("neither", "A", u"3000000000"_s, {}, R"({"message":"A","w":"3000000000"})");
        row("type", "A", {}, "text/csv", R"({"message":"A","type":"text/csv"})");
    }
    void bodies()
    {
        QFETCH(QByteArray, message);
        QFETCH(QString, w);
        QFETCH(QByteArray, type);
        const ClientCall call = AppendRules::call({message, w, 0, type, "K"}, 0);
        QTEST(call.body, "body");
        QCOMPARE(call.limitMs, 0);
        QCOMPARE(call.headers.size(), 1);
        QVERIFY(call.headers.first().first == "Idempotency-Key" && call.headers.first().second == "K");
    }

    // The time of repeats counts from the first one, and is never none at all, which would be for ever.
    void times_data()
    {
        QTest::addColumn<int>("timeoutMs");
        QTest::addColumn<qint64>("elapsedMs");
        QTest::addColumn<int>("toldMs");
        QTest::addColumn<int>("limitMs");
        QTest::newRow("first") << 1000 << qint64(0) << 1000 << 6000;
        QTest::newRow("later") << 1000 << qint64(999) << 1 << 5001;
        QTest::newRow("at its end") << 1000 << qint64(1000) << 1 << 5000;
        QTest::newRow("within its grace") << 1000 << qint64(5999) << 1 << 1;
        QTest::newRow("after its grace") << 1000 << qint64(7000) << 1 << 1;
        QTest::newRow("long after it") << 1000 << qint64(1) << 999 << 5999;
        QTest::newRow("longest with its grace") << Longest - 5000 << qint64(0) << Longest - 5000 << Longest;
        QTest::newRow("longest") << Longest << qint64(0) << Longest << Longest;
    }
    void times()
    {
        QFETCH(int, timeoutMs);
        QFETCH(qint64, elapsedMs);
        const ClientCall call = AppendRules::call({"A", {}, timeoutMs, {}, "K"}, elapsedMs);
        QTEST(QJsonDocument::fromJson(call.body)["timeout_ms"_L1].toInt(), "toldMs");
        QTEST(call.limitMs, "limitMs");
    }

    void verdicts_data()
    {
        using State = ClientAppendResult::State;
        using Verdict = AppendRules::Verdict;
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("verdict");
        QTest::addColumn<int>("state"); // of a final one
        const auto row = [](const QByteArray &name, int status, const QByteArray &body, Verdict verdict,
                            State state = State::Refused) {
            QTest::newRow(name.constData()) << status << body << int(verdict) << int(state);
        };
        const QByteArray held = R"({"id":7,"acks":1,"detail":"why"})";
        const QByteArray refused = R"({"detail":"why"})";
        row("appended", 201, R"({"id":7,"acks":2})", Verdict::Final, State::Ok);
        row("repeated", 200, R"({"id":7,"acks":2})", Verdict::Final, State::Ok);
        for (const QByteArray &strange :
             {""_ba, "<html>"_ba, "[1]"_ba, "7"_ba, "{}"_ba, R"({"acks":1})"_ba, R"({"id":0,"acks":1})"_ba,
              R"({"id":-7,"acks":1})"_ba, R"({"id":"7","acks":1})"_ba, R"({"id":7.5,"acks":1})"_ba,
              R"({"id":9})"_ba, R"({"id":9,"acks":0})"_ba, R"({"first_id":7,"last_id":8,"acks":1})"_ba}) {
            row("OK of " + strange, 200, strange, Verdict::Nonsense);
            row("appended of " + strange, 201, strange, Verdict::Nonsense);
        }
        row("another success", 204, {}, Verdict::Nonsense);
        row("timed out", 504, held, Verdict::Final, State::TimedOut);
        row("a proxy that waited no longer", 504, "<html>", Verdict::Unknown);
        row("a proxy that lost the node", 502, "<html>", Verdict::Unknown);
        row("released", 409, held, Verdict::Final, State::GivenUp);
        row("repeat of a released one", 409, refused, Verdict::Final);
        row("secondary", 307, {}, Verdict::Elsewhere);
        row("no answer", 0, {}, Verdict::Unknown);
        row("shut down meanwhile", 503, held, Verdict::Unknown);
        row("read-only", 503, refused, Verdict::Final);
        row("store failed meanwhile", 500, held, Verdict::Unknown);
        row("store had failed", 500, refused, Verdict::Final);
        row("bad", 400, refused, Verdict::Final);
        row("another content", 422, refused, Verdict::Final);
        row("no room", 507, refused, Verdict::Final);
    }
    void verdicts()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, verdict);
        ClientAppendResult result;
        QCOMPARE(int(AppendRules::judge(answerOf(status, body), result)), verdict);
        if (verdict == int(AppendRules::Verdict::Final))
            QTEST(int(result.state), "state");
        const bool isTold =
            verdict != int(AppendRules::Verdict::Nonsense) && body.contains(R"("id":7,"acks":)");
        QCOMPARE(result.id, quint64(isTold ? 7 : 0));
    }

    void whatWasNotAnswered_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("verdict");
        QTest::newRow("gone") << int(Errc::Unavailable) << int(AppendRules::Verdict::Unknown);
        QTest::newRow("in time") << int(Errc::Timeout) << int(AppendRules::Verdict::Unknown);
        QTest::newRow("no HTTP, or TLS refused")
            << int(Errc::Protocol) << int(AppendRules::Verdict::Nonsense);
        QTest::newRow("not sent") << int(Errc::InvalidArgument) << int(AppendRules::Verdict::Final);
    }
    void whatWasNotAnswered()
    {
        QFETCH(int, code);
        ClientAnswer answer;
        answer.error = {Errc(code), u"why"_s};
        ClientAppendResult result;
        QTEST(int(AppendRules::judge(answer, result)), "verdict");
        QCOMPARE(result.error, u"why"_s);
        QCOMPARE(int(result.state), int(ClientAppendResult::State::Refused));
    }

    void itsTimeIsOver()
    {
        const auto isOver = [](int timeoutMs, qint64 elapsedMs) {
            return AppendRules::isOver({"A", {}, timeoutMs, {}, "K"}, elapsedMs);
        };
        QVERIFY(!isOver(1000, 5999));
        QVERIFY(isOver(1000, 6000));
        QVERIFY(!isOver(Longest, Longest));
        QVERIFY(!isOver(0, std::numeric_limits<qint64>::max()));
    }

    void refusalsOfARepeat()
    {
        using State = ClientAppendResult::State;
        for (int status : {400, 401, 409, 413, 422, 500, 507}) {
            ClientAppendResult result;
            QCOMPARE(int(AppendRules::judge(answerOf(status, R"({"detail":"why"})"), result, true)),
                     int(AppendRules::Verdict::Final));
            QCOMPARE(int(result.state), int(State::Unknown));
        }
        ClientAppendResult result;
        QCOMPARE(int(AppendRules::judge(answerOf(503, R"({"detail":"why"})"), result, true)),
                 int(AppendRules::Verdict::Unknown));
        (void)AppendRules::judge(answerOf(409, R"({"id":7,"acks":1})"), result, true);
        QCOMPARE(int(result.state), int(State::GivenUp));
    }

    void logsOfNodes()
    {
        const QString id = u"0123456789abcdef0123456789abcdef"_s;
        const auto logIdOf = [](int status, const QByteArray &body) {
            return AppendRules::logIdOf(answerOf(status, body));
        };
        QCOMPARE(logIdOf(200, R"({"log_id":")" + id.toLatin1() + R"("})"), id);
        QCOMPARE(logIdOf(200, R"({"log_id":")" + id.toLatin1() + R"(more"})"), id);
        for (const QByteArray &none : {"{}"_ba, "<html>"_ba, R"({"log_id":null})"_ba, R"({"log_id":7})"_ba})
            QCOMPARE(logIdOf(200, none), QString());
        QCOMPARE(logIdOf(403, R"({"log_id":"a"})"), QString());

        const QUrl node(u"http://h:1"_s);
        QCOMPARE(
            AppendRules::otherLog(node, u"b"_s, u"a"_s),
            u"another log is at h:1: its log_id is b, that of the log which the message was sent to is a"_s);
        QVERIFY(AppendRules::otherLog(node, u"a"_s, u"a"_s).isEmpty());
        QVERIFY(AppendRules::otherLog(node, {}, u"a"_s).isEmpty());
        QVERIFY(AppendRules::otherLog(node, u"b"_s, {}).isEmpty());

        for (int status : {0, 500, 502, 503, 504})
            QVERIFY(AppendRules::isAway(answerOf(status, {})));
        for (int status : {200, 401, 403, 404, 501})
            QVERIFY(!AppendRules::isAway(answerOf(status, {})));
    }

    // Once it has an id, a refusal of a repeat does not mean that it was not appended.
    void idIsKeptOverRepeats()
    {
        ClientAppendResult result;
        (void)AppendRules::judge(answerOf(503, R"({"id":7,"acks":2})"), result);
        QCOMPARE(int(AppendRules::judge(answerOf(503, R"({"detail":"read-only"})"), result)),
                 int(AppendRules::Verdict::Unknown));
        QVERIFY(result.id == 7 && result.acks == 2 && result.error == u"read-only"_s);
        QCOMPARE(int(AppendRules::judge(answerOf(200, R"({"id":7,"acks":1})"), result)),
                 int(AppendRules::Verdict::Final));
        QVERIFY(result.acks == 2 && result.error.isEmpty());
    }

    void errors_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("text");
        QTest::newRow("detail") << QByteArray(R"({"detail":"d","title":"t"})") << u"d"_s;
        QTest::newRow("title") << QByteArray(R"({"detail":"","title":"t"})") << u"t"_s;
        QTest::newRow("no text") << QByteArray(R"({"detail":5})") << u"the node answered 400"_s;
        QTest::newRow("no JSON") << QByteArray("<html>") << u"the node answered 400"_s;
        QTest::newRow("longest") << "{\"detail\":\"" + QByteArray(500, 'x') + "\"}" << QString(500, u'x');
        QTest::newRow("longer") << "{\"detail\":\"" + QByteArray(501, 'x') + "\"}" << QString(500, u'x');
    }
    void errors()
    {
        QFETCH(QByteArray, body);
        QTEST(AppendRules::errorOf(answerOf(400, body)), "text");
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestClientAppend)
#include "tst_clientappend.moc"
