// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/memorybudget.h"
#include "shared/http/canonicalrequest.h"
#include "shared/http/chunkdecoder.h"
#include "shared/http/connectionadmission.h"
#include "shared/http/httprouter.h"
#include "shared/http/requesthead.h"

#include <QtTest>

using namespace replog;
using namespace Qt::StringLiterals;

// Every parser of the server alone, without a socket.
class TestHttpParsers : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void targets_data();
    void targets();
    void refusedHeads_data();
    void refusedHeads();
    void hostOfOldClients();
    void content_data();
    void content();
    void chunks_data();
    void chunks();
    void accepts_data();
    void accepts();
    void routes();
    void canonicalForm();
    void admission();
    void descriptorsAreKeptForTheStore();
    void memoryIsKeptForTheCluster();
    void memoryIsKeptForAppends();
};

void TestHttpParsers::targets_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<int>("arguments");
    QTest::newRow("path") << QByteArray("/a/b") << QByteArray("/a/b") << QByteArray("h") << 0;
    QTest::newRow("query") << QByteArray("/a?b=c&d") << QByteArray("/a") << QByteArray("h") << 2;
    QTest::newRow("most arguments") << QByteArray("/a?" + QByteArray("&&b=c").repeated(64))
                                    << QByteArray("/a") << QByteArray("h") << 64;
    QTest::newRow("absolute") << QByteArray("http://o:1/a?b") << QByteArray("/a") << QByteArray("o:1") << 1;
    QTest::newRow("absolute, no path") << QByteArray("http://o") << QByteArray("/") << QByteArray("o") << 0;
    // The first slash may be in the query.
    QTest::newRow("absolute, query alone")
        << QByteArray("http://o?x=/a") << QByteArray("/") << QByteArray("o") << 1;
    QTest::newRow("two slashes") << QByteArray("//x/a") << QByteArray("//x/a") << QByteArray("h") << 0;
}

void TestHttpParsers::targets()
{
    QFETCH(QByteArray, target);
    RequestHead head;
    QCOMPARE(head.parse(QByteArray("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")).status, 0);
    QTEST(head.rawPath.toByteArray(), "path");
    QTEST(head.request.headers.value("host").toByteArray(), "host");
    QTEST(int(head.request.query.size()), "arguments");
}

void TestHttpParsers::refusedHeads_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("field");
    const auto row = [](const char *name, const QByteArray &lines, int status, const QString &field) {
        QTest::newRow(name) << QByteArray("/") << QByteArray("Host: h\r\n" + lines) << status << field;
    };
    row("two keys", "Idempotency-Key: a\r\nidempotency-key: a\r\n", 400, u"Idempotency-Key"_s);
    row("two tokens", "Authorization: a\r\nAuthorization: b\r\n", 400, u"Authorization"_s);
    row("two types", "Content-Type: a\r\nContent-Type: b\r\n", 400, u"Content-Type"_s);
    row("two hosts", "Host: h\r\n", 400, u"Host"_s);
    row("two lengths", "Content-Length: 1\r\nContent-Length: 1\r\n", 400, u"Content-Length"_s);
    row("no length", "Content-Length: x\r\n", 400, u"Content-Length"_s);
    row("length and chunks", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400,
        u"Transfer-Encoding"_s);
    row("unknown coding", "Transfer-Encoding: gzip\r\n", 501, u"Transfer-Encoding"_s);
    row("unknown expectation", "Expect: tea\r\n", 417, u"Expect"_s);
    row("control character", "X-Y: a\x01\r\n", 400, u"x-y"_s);
    row("no name", ": a\r\n", 400, QString());
    const auto host = [](const char *name, const QByteArray &lines) {
        QTest::newRow(name) << QByteArray("/") << lines << 400 << u"Host"_s;
    };
    host("no host", "");
    host("host with a path", "Host: h/x\r\n");
    host("host with a user", "Host: u@h\r\n");
    host("host with a space", "Host: h x\r\n");
    const auto badTarget = [](const char *name, const QByteArray &target, const QString &field) {
        QTest::newRow(name) << target << QByteArray("Host: h\r\n") << 400 << field;
    };
    badTarget("bad percent in a value", "/?a=1&wait_ms=%4", u"wait_ms"_s);
    badTarget("bad percent in a name", "/?a%=1", QString());
    badTarget("bad percent in the path", "/%zz", QString());
    badTarget("too many arguments", "/?" + QByteArray("a=1&").repeated(65), QString());
}

// The answer names the field that is wrong.
void TestHttpParsers::refusedHeads()
{
    QFETCH(QByteArray, target);
    QFETCH(QByteArray, lines);
    RequestHead head;
    const HttpRefusal why = head.parse(QByteArray("POST " + target + " HTTP/1.1\r\n" + lines + "\r\n"));
    QTEST(why.status, "status");
    QTEST(why.field, "field");
    QVERIFY(!why.detail.isEmpty());
}

// An old client may leave Host out; then nothing else may name a host.
void TestHttpParsers::hostOfOldClients()
{
    RequestHead head;
    QCOMPARE(head.parse("GET /a HTTP/1.0\r\n\r\n").status, 0);
    head = {};
    for (const QByteArray target : {"http://o/a", "HTTPS://o/a"}) {
        head = {};
        QCOMPARE(head.parse(QByteArray("GET " + target + " HTTP/1.0\r\nHost: h\r\n\r\n")).status, 0);
        QCOMPARE(head.request.headers.value("host").toByteArray(), "o");
    }
    head = {};
    const HttpRefusal why = head.parse("GET http://o/a HTTP/1.0\r\n\r\n");
    QCOMPARE(why.status, 400);
    QCOMPARE(why.field, u"Host"_s);
}

void TestHttpParsers::content_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("isTaken");
    QTest::newRow("none") << QByteArray() << true;
    QTest::newRow("utf-8") << QByteArray("Content-Type: text/plain; charset=UTF-8\r\n") << true;
    QTest::newRow("quoted") << QByteArray("Content-Type: text/plain;charset=\"utf-8\"\r\n") << true;
    QTest::newRow("latin-1") << QByteArray("Content-Type: text/plain; charset=iso-8859-1\r\n") << false;
    QTest::newRow("identity") << QByteArray("Content-Encoding: identity\r\n") << true;
    QTest::newRow("gzip") << QByteArray("Content-Encoding: gzip\r\n") << false;
    for (const char *first : {"", "identity"})
        QTest::addRow("gzip after %s", first)
            << "Content-Encoding: " + QByteArray(first) + "\r\nContent-Encoding: gzip\r\n"
            << false;
    QTest::newRow("spaces") << QByteArray("Content-Type: text/plain; charset = utf-16\r\n") << false;
    QTest::newRow("spaces, utf-8") << QByteArray("Content-Type: text/plain; charset = utf-8\r\n") << true;
}

void TestHttpParsers::content()
{
    QFETCH(QByteArray, line);
    RequestHead head;
    QCOMPARE(head.parse(QByteArray("POST / HTTP/1.1\r\nHost: h\r\n" + line + "\r\n")).status, 0);
    const Result<void> checked = head.checkContent();
    QTEST(bool(checked), "isTaken");
    if (!checked)
        QCOMPARE(checked.error().code, Errc::UnsupportedMedia);
}

void TestHttpParsers::chunks_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("isSound");
    QTest::newRow("plain") << QByteArray("3\r\nabc\r\n0\r\n\r\n") << true;
    QTest::newRow("extension") << QByteArray("3;x=\"y\"\r\nabc\r\n0\r\n\r\n") << true;
    QTest::newRow("space before the extension") << QByteArray("3 ;x\r\nabc\r\n0\r\n\r\n") << true;
    QTest::newRow("trailer") << QByteArray("3\r\nabc\r\n0\r\nA: b\r\n\r\n") << true;
    QTest::newRow("space behind the size") << QByteArray("3 \r\nabc\r\n0\r\n\r\n") << false;
    QTest::newRow("space before the size") << QByteArray(" 3\r\nabc\r\n0\r\n\r\n") << false;
    QTest::newRow("two CR") << QByteArray("3\r\r\nabc\r\n0\r\n\r\n") << false;
    QTest::newRow("vertical tab") << QByteArray("\x0b"
                                                "3\r\nabc\r\n0\r\n\r\n")
                                  << false;
    QTest::newRow("control in the extension") << QByteArray("3;\x01\r\nabc\r\n0\r\n\r\n") << false;
    for (const char *line : {"A", ": b", "A : b", " b"})
        QTest::addRow("trailer that is no field: %s", line)
            << QByteArray("3\r\nabc\r\n0\r\nT: x\r\n" + QByteArray(line) + "\r\n\r\n") << false;
    QTest::newRow("control in the trailer") << QByteArray("3\r\nabc\r\n0\r\nA: \x02\r\n\r\n") << false;
    QTest::newRow("sign") << QByteArray("+3\r\nabc\r\n0\r\n\r\n") << false;
    QTest::newRow("prefix") << QByteArray("0x3\r\nabc\r\n0\r\n\r\n") << false;
    QTest::newRow("LF alone") << QByteArray("3\nabc\r\n0\r\n\r\n") << false;
    QTest::newRow("data too long") << QByteArray("3\r\nabcd\r\n0\r\n\r\n") << false;
}

// In one piece and byte by byte.
void TestHttpParsers::chunks()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, isSound);
    ChunkDecoder whole;
    QByteArray out;
    const qsizetype taken = whole.decode(bytes, out);
    QCOMPARE(whole.isEnd(), isSound);
    QCOMPARE(whole.isBroken(), !isSound);
    if (isSound) {
        QCOMPARE(out, "abc");
        QCOMPARE(taken, bytes.size());
        QCOMPARE(whole.chunks(), 2);
    }
    ChunkDecoder pieces;
    out.clear();
    for (const char &byte : std::as_const(bytes))
        pieces.decode(QByteArrayView(&byte, 1), out);
    QCOMPARE(pieces.isEnd(), isSound);
    QCOMPARE(pieces.isBroken(), !isSound);
}

void TestHttpParsers::accepts_data()
{
    QTest::addColumn<QByteArray>("accept");
    QTest::addColumn<bool>("isWanted");
    QTest::newRow("nothing") << QByteArray() << false;
    QTest::newRow("it alone") << QByteArray("application/x-ndjson") << true;
    QTest::newRow("upper case") << QByteArray("Application/X-NDJSON") << true;
    QTest::newRow("anything") << QByteArray("*/*") << false;
    QTest::newRow("it before JSON") << QByteArray("application/x-ndjson, application/json") << true;
    QTest::newRow("it behind JSON") << QByteArray("application/json, application/x-ndjson") << false;
    QTest::newRow("less than JSON") << QByteArray("application/json, application/x-ndjson;q=0.1") << false;
    QTest::newRow("more than JSON") << QByteArray("application/json;q=0.5, application/x-ndjson") << true;
    QTest::newRow("anything but it") << QByteArray("application/x-ndjson;q=0, */*") << false;
    QTest::newRow("it, or else anything") << QByteArray("application/x-ndjson, */*;q=0.8") << true;
    QTest::newRow("weight in capitals")
        << QByteArray("application/json, application/x-ndjson ; Q=0") << false;
    QTest::newRow("other parameters")
        << QByteArray("application/json;q=0.5,application/x-ndjson;a=b;q=0.6") << true;
    QTest::newRow("no weight") << QByteArray("application/x-ndjson;q=,application/json") << true;
    QTest::newRow("types of its kind") << QByteArray("application/*") << false;
    const QByteArray others = "a/b,";
    QTest::newRow("the last one read") << others.repeated(31) + "application/x-ndjson" << true;
    QTest::newRow("behind the last one read") << others.repeated(32) + "application/x-ndjson" << false;
}

void TestHttpParsers::accepts()
{
    QFETCH(QByteArray, accept);
    HttpRequest request;
    request.headers.append("accept", accept);
    QTEST(request.accepts("application/x-ndjson"), "isWanted");
}

void TestHttpParsers::routes()
{
    HttpRouter router;
    router.add({HttpMethod::Get, "/things", Lane::Qt, Right::Read}).handler = [](HttpRequest &&, Reply) {};
    router.add({HttpMethod::Put, "/things/{id}/x", Lane::Fast, Right::Operate}).handler = [](HttpRequest &&,
                                                                                             Reply) {};
    const auto find = [&](HttpMethod method, QByteArrayView path, QByteArray &allow, HttpRequest &request) {
        request = {};
        request.method = method;
        allow.clear();
        return router.find(request, path, allow);
    };
    QByteArray allow;
    HttpRequest request;
    const HttpRoute *route = find(HttpMethod::Head, "/things", allow, request);
    QVERIFY(route != nullptr && route->lane == Lane::Qt && route->right == Right::Read);
    route = find(HttpMethod::Put, "/things/a%2Fb/x", allow, request);
    QVERIFY(route != nullptr && route->lane == Lane::Fast && route->path == "/things/{id}/x");
    QCOMPARE(request.arguments, QList<QByteArray>{"a/b"});
    for (const QByteArrayView path :
         {"/things/a", "/things/a/", "/things//x", "/things/a/x/", "/things/a/x/y", "things/a/x",
          "//things/a/x", "/things/%zz/x", "/a/b/c", "/", ""}) {
        QVERIFY2(find(HttpMethod::Put, path, allow, request) == nullptr, path.data());
        QVERIFY2(allow.isEmpty(), path.data());
    }
    RequestHead encoded;
    QCOMPARE(encoded.parse("GET /%74hings HTTP/1.1\r\nHost: h\r\n\r\n").status, 0);
    QVERIFY(router.find(encoded.request, encoded.rawPath, allow) != nullptr);
    router.add({HttpMethod::Get, "/things/all"}).handler = [](HttpRequest &&, Reply) {};
    encoded = {};
    QCOMPARE(encoded.parse("GET /things%2Fall HTTP/1.1\r\nHost: h\r\n\r\n").status, 0);
    QVERIFY(router.find(encoded.request, encoded.rawPath, allow) == nullptr);
    QVERIFY(find(HttpMethod::Post, "/things", allow, request) == nullptr);
    QCOMPARE(allow, "GET, HEAD");
    QVERIFY(find(HttpMethod::Get, "/thing", allow, request) == nullptr);
    QVERIFY(allow.isEmpty());
    HttpRouter moved;
    moved.overrideLane(Lane::Qt);
    QCOMPARE(moved.add({HttpMethod::Get, "/", Lane::Fast}).lane, Lane::Qt);
}

// Qt gets one canonical form of every request.
void TestHttpParsers::canonicalForm()
{
    HttpRouter router;
    HttpRoute &route = router.add({HttpMethod::Post, "/things/{id}/x"});
    route.handler = [](HttpRequest &&, Reply) {};
    RequestHead head;
    QCOMPARE(
        head.parse("POST http://o/things/100%25%2Fb/x?a=%2F+%26&b HTTP/1.0\r\nHost: h\r\n"
                   "Transfer-Encoding: chunked\r\nConnection: close, X\r\nUpgrade: websocket\r\nX: y\r\n\r\n")
            .status,
        400); // HTTP/1.0 has no chunked coding
    head = {};
    QCOMPARE(
        head.parse("POST http://o/things/100%25%2Fb/x?a=%2F+%26&b HTTP/1.1\r\nHost: h\r\n"
                   "Transfer-Encoding: chunked\r\nConnection: close, X\r\nUpgrade: websocket\r\nX: y\r\n\r\n")
            .status,
        0);
    QByteArray allow;
    QCOMPARE(router.find(head.request, head.rawPath, allow), &route);
    head.request.body = "hello";
    QCOMPARE(canonicalRequest(head, route), "POST /things/100%2525%252Fb/x?a=%2F%20%26&b= HTTP/1.1\r\n"
                                            "host: o\r\nx: y\r\ncontent-length: 5\r\n\r\nhello");
}

void TestHttpParsers::admission()
{
    const QHostAddress far(QStringLiteral("192.0.2.1"));
    const QHostAddress other(QStringLiteral("2001:db8::1"));
    ConnectionAdmission admission(4, 1);
    QVERIFY(admission.enter(far));
    QVERIFY(!admission.enter(far));
    QVERIFY(admission.enter(other));
    QVERIFY(admission.enter(QHostAddress::LocalHost));
    QVERIFY(admission.enter(QHostAddress::LocalHostIPv6));
    QVERIFY(!admission.enter(QHostAddress::LocalHost)); // no room for anyone
    admission.leave(far);
    QVERIFY(admission.enter(far));
    ConnectionAdmission any(3, 0);
    QVERIFY(any.enter(far) && any.enter(far) && any.enter(far) && !any.enter(far));
}

void TestHttpParsers::descriptorsAreKeptForTheStore()
{
    for (const qint64 limit : {64, 256, 1024, 2048, 2049, 65536}) {
        const DescriptorRoom room = DescriptorRoom::within(limit, 20'000);
        const qint64 kept = std::min<qint64>(limit / 2, DescriptorRoom::Reserved);
        QVERIFY(room.connections > 0 && room.connections <= limit - kept);
        QVERIFY(room.maxDescriptor > room.connections);
        QVERIFY(limit - room.maxDescriptor >= kept / 2);
    }
    QCOMPARE(DescriptorRoom::within(1024, 20'000).connections, 512);
    QCOMPARE(DescriptorRoom::within(65536, 20'000).connections, 20'000);
}

void TestHttpParsers::memoryIsKeptForTheCluster()
{
    MemoryBudget budget(100);
    {
        MemoryBudget::Share first(budget, MemoryBudget::Part::Others);
        MemoryBudget::Share second(budget, MemoryBudget::Part::Others);
        first.set(70);
        QVERIFY(budget.hasRoom() && !budget.isShort());
        second.set(5);
        QVERIFY(!budget.hasRoom() && budget.isShort() && budget.hasRoomForCluster());
        second.set(30);
        QVERIFY(!budget.hasRoomForCluster());
        first.set(0);
        QCOMPARE(budget.used(), 30);
    }
    QCOMPARE(budget.used(), 0);
}

// Half is the most that readers keep from appends, however much they hold.
void TestHttpParsers::memoryIsKeptForAppends()
{
    using Part = MemoryBudget::Part;
    MemoryBudget budget(100);
    MemoryBudget::Share idle(budget, Part::Idle);
    MemoryBudget::Share reader(budget, Part::Readers);
    MemoryBudget::Share append(budget, Part::Others);
    reader.set(49);
    QVERIFY(budget.hasRoomForReader(idle));
    reader.set(50);
    QVERIFY(!budget.hasRoomForReader(idle) && !budget.hasRoomForReaders());
    QVERIFY(budget.hasRoomForReader(reader)); // with what it holds
    append.set(24);
    reader.set(90);
    QVERIFY(budget.hasRoom());
    QVERIFY(budget.used() > budget.limit() && budget.hasRoomForCluster()); // nor new connections
    QCOMPARE(budget.withoutExcess(), 74);
    append.set(25);
    QVERIFY(!budget.hasRoom());
    // What is idle keeps nobody out.
    reader.setPart(Part::Idle);
    QVERIFY(budget.hasRoom() && budget.hasRoomForReader(idle));
    QCOMPARE(budget.used(), 115);
    // Appends keep readers out at three quarters, too.
    reader.set(0);
    append.set(75);
    QVERIFY(!budget.hasRoomForReader(reader) && budget.hasRoomForReaders());
}

QTEST_APPLESS_MAIN(TestHttpParsers)
#include "tst_httpparsers.moc"
