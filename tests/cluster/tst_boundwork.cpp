// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/documents.h"
#include "tests/support/rudeclient.h"

#include <QDirIterator>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>
#include <vector>

#include <sys/resource.h>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

QByteArray get(const QByteArray &path)
{
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
}

// A peer that gives the same answer to every request.
class TalkativePeer : public QObject
{
public:
    explicit TalkativePeer(const QByteArray &answer)
    {
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("no port");
        connect(&m_server, &QTcpServer::newConnection, this, [this, answer] {
            QTcpSocket *const socket = m_server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket, answer] {
                socket->readAll();
                socket->write(answer);
                socket->disconnectFromHost();
            });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
    }
    QString url() const { return u"http://127.0.0.1:%1"_s.arg(m_server.serverPort()); }

private:
    QTcpServer m_server;
};

// A delivery that is valid up to its entries, for which it has these bytes of CBOR.
QByteArray deliveryWithEntries(const QByteArray &entries)
{
    QJsonObject document = deliveryDocument();
    document.remove(u"entries"_s);
    QByteArray cbor = toCbor(document);
    cbor[0] = char(cbor[0] + 1); // the map has one more field
    return cbor +
           "\x67"
           "entries" +
           entries;
}

qint64 bytesOnDisk(const QString &folder)
{
    qint64 bytes = 0;
    QDirIterator files(folder, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext())
        bytes += files.nextFileInfo().size();
    return bytes;
}

} // namespace

// Small requests must not cause large work: their cost is bounded by their size, and other clients are
// served.
class TestBoundWork : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();
    void manyDigests();
    void batchesOfNothing();
    void hostileDeliveries_data();
    void hostileDeliveries();
    void watchersThatGo();
    void registrationsWithoutEnd();
    void longTextsOfPeers();

private:
    bool startMaster();

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<NodeProcess> m_master;
    std::unique_ptr<NodeProcess> m_secondary;
};

void TestBoundWork::initTestCase()
{
    rlimit limit = {};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max; // each client needs a descriptor
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

void TestBoundWork::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestBoundWork::cleanup()
{
    for (NodeProcess *node : {m_master.get(), m_secondary.get()}) {
        if (node != nullptr)
            QVERIFY2(node->sanitizerReport().isEmpty(), node->sanitizerReport().constData());
    }
    m_secondary.reset();
    m_master.reset();
}

bool TestBoundWork::startMaster()
{
    m_master = std::make_unique<NodeProcess>(NodeProcess::Role::Master, u"m"_s, m_folder->filePath(u"m"_s),
                                             QStringList{});
    return m_master->start();
}

// 64 requests for digests over 50 MB, whose answers are not read.
void TestBoundWork::manyDigests()
{
    QVERIFY(startMaster());
    QByteArray batch = R"({"messages": [)";
    for (int i = 0; i < 50; ++i)
        batch.append(i == 0 ? "\"" : ",\"").append(QByteArray(200'000, 'x')).append('"');
    batch.append("]}");
    for (int i = 0; i < 5; ++i)
        QCOMPARE(m_master->http().now("POST", "/api/v1/messages", batch).status, 201);
    RudeClient client(m_master->url());
    client.send(get("/api/v1/digest?to=250").repeated(64));
    QCOMPARE(m_master->http().getNow("/api/v1/messages?from=1&limit=1").status, 200);
    QCOMPARE(m_master->http().getNow("/api/v1/digest?to=249").status, 200);
    checkOthersAreServed(*m_master);
    QVERIFY(peakBytes(*m_master) < 400 * MiB);
}

// Batches of empty messages with a key that takes more bytes than they do.
void TestBoundWork::batchesOfNothing()
{
    QVERIFY(startMaster());
    const Headers key{{"Idempotency-Key", QByteArray(256, 'k')}};
    const auto append = [&](int count) {
        QByteArray body = R"({"messages": [)" + QByteArray(R"("",)").repeated(count);
        body.chop(1);
        return m_master->http().now("POST", "/api/v1/messages", body + "]}", key).status;
    };
    QCOMPARE(append(1'000'000), 413);
    QCOMPARE(append(200'000), 201);
    checkOthersAreServed(*m_master);
    QVERIFY(peakBytes(*m_master) < 400 * MiB);
    QVERIFY(bytesOnDisk(m_master->dataFolder()) < 50 * MiB);
    QVERIFY(m_master->terminate());
    QVERIFY(m_master->start());
    QCOMPARE(append(200'000), 200);
    QVERIFY(peakBytes(*m_master) < 400 * MiB);
}

void TestBoundWork::hostileDeliveries_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    const QByteArray manyEntries("\x9a\x01\x00\x00\x00", 5);
    const QByteArray emptyObjects = QByteArray("{},").repeated(5 * MiB / 2);
    const QByteArray cbor = "application/cbor";
    QTest::newRow("empty entries") << cbor << deliveryWithEntries(manyEntries + QByteArray(16 * MiB, '\xa0'))
                                   << 400;
    QTest::newRow("entries that nest") << cbor << deliveryWithEntries(QByteArray(16 * MiB, '\x81')) << 400;
    QTest::newRow("fields without end")
        << cbor << '\xbf' + QByteArray("\x61z\xf6", 3).repeated(4 * MiB) + '\xff' << 400;
    QTest::newRow("JSON: empty entries")
        << "application/json"_ba
        << toJson(deliveryDocument())
               .replace(R"("entries":[])", QByteArray(R"("entries":[)" + emptyObjects + "{}]"))
        << 400;
    QTest::newRow("JSON: arrays that nest") << "application/json"_ba << QByteArray(8 * MiB, '[') << 400;
    QTest::newRow("JSON as large as CBOR may be")
        << "application/json"_ba << QByteArray(65 * MiB, '[') << 413;
}

void TestBoundWork::hostileDeliveries()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, body);
    QVERIFY(startMaster());
    m_secondary =
        std::make_unique<NodeProcess>(NodeProcess::Role::Secondary, u"s"_s, m_folder->filePath(u"s"_s),
                                      QStringList{u"--master"_s, m_master->url().authority()});
    QVERIFY(m_secondary->start());
    const auto delivery =
        m_secondary->http().call("POST", "/internal/v1/replicate", body, {{"Content-Type", type}});
    checkOthersAreServed(*m_secondary);
    QVERIFY(delivery->wait());
    QTEST(delivery->answer().status, "status");
    QVERIFY(peakBytes(*m_secondary) < 400 * MiB);
}

// 1,000 clients watch one entry 64 times each, and disconnect together.
void TestBoundWork::watchersThatGo()
{
    QVERIFY(startMaster());
    const auto append = m_master->http().append("waits", 2);
    QVERIFY(waitUntil(
        [&] { return m_master->http().getNow("/api/v1/status").json().value("waits_total"_L1) == 1; }));
    {
        std::vector<std::unique_ptr<RudeClient>> clients;
        for (int i = 0; i < 1000; ++i) {
            clients.push_back(std::make_unique<RudeClient>(m_master->url()));
            clients.back()->send(get("/api/v1/messages/1?wait_ms=600000").repeated(64), 100);
        }
        checkOthersAreServed(*m_master);
    }
    checkOthersAreServed(*m_master);
    QVERIFY(!append->isDone());
}

// The number of members is bounded, and the status stream goes on.
void TestBoundWork::registrationsWithoutEnd()
{
    QVERIFY(startMaster());
    const auto events = m_master->http().call("GET", "/api/v1/status", {}, {{"Accept", "text/event-stream"}});
    RudeClient client(m_master->url());
    int taken = 0;
    for (int i = 1; i <= 1000; ++i) {
        const QJsonObject registration =
            registrationDocument(u"n%1"_s.arg(i), i, u"http://127.0.0.1:%1"_s.arg(1 + i % 1000));
        const int status = client.ask(HttpClient::request("POST", "/api/v1/nodes", toJson(registration)));
        QVERIFY2(status == 200 || status == 409, QByteArray::number(status).constData());
        taken += status == 200 ? 1 : 0;
    }
    QCOMPARE(taken, 64);
    const HttpAnswer status = m_master->http().getNow("/api/v1/status");
    QCOMPARE(status.json().value("nodes"_L1).toArray().size(), 64);
    QVERIFY(status.body.size() < 100'000);
    const auto lastId = [&] {
        const QByteArray &text = events->received();
        const qsizetype at = text.lastIndexOf("\"last_id\":");
        return text.mid(at + 10, 1);
    };
    checkOthersAreServed(*m_master); // which appends one
    QVERIFY(waitUntil([&] { return lastId() == "1"; }));
}

// Long texts of a peer are cut wherever they are shown.
void TestBoundWork::longTextsOfPeers()
{
    const QByteArray text(900'000, 'D');
    const QJsonObject standing = standingDocument(QString::fromLatin1(text), 7);
    QVERIFY(startMaster());
    const auto answer = [](const QByteArray &status, const QByteArray &body,
                           const QByteArray &type = "application/json") -> QByteArray {
        return "HTTP/1.1 " + status + "\r\nContent-Type: " + type +
               "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" +
               body;
    };
    QJsonObject problem = standingDocument(u"n"_s, 7);
    for (const char *field : {"type", "title", "detail"})
        problem.insert(QLatin1StringView(field), QString::fromLatin1(text));
    problem.insert(u"status"_s, 503);
    const QList<QByteArray> answers{
        answer("503 Service Unavailable", toJson(problem)), answer("500 X", R"({"detail": ")" + text + "\"}"),
        answer("200 OK", toJson(standing)), answer("503 " + text.left(7000), text)};
    for (const QByteArray &each : answers) {
        const TalkativePeer peer(each);
        QCOMPARE(m_master->http()
                     .now("POST", "/api/v1/nodes", toJson(registrationDocument(u"n"_s, 7, peer.url())))
                     .status,
                 200);
        QVERIFY(waitUntil([&] {
            const QJsonArray nodes =
                m_master->http().getNow("/api/v1/status").json().value("nodes"_L1).toArray();
            return !nodes.at(0)["last_error"_L1].toString().isEmpty();
        }));
        const HttpAnswer status = m_master->http().getNow("/api/v1/status");
        QVERIFY2(status.body.size() < 3000, status.text().constData());
        QCOMPARE(m_master->http().now("DELETE", "/api/v1/nodes/n").status, 200);
    }
    // A secondary whose master sends such texts.
    const TalkativePeer peer(
        answer("409 Conflict",
               R"({"type":"about:blank","title":"Conflict","status":409,"field":"log_id",)"
               R"("detail":"log_id: )" +
                   text.left(20'000) + "\"}",
               "application/problem+json"));
    m_secondary =
        std::make_unique<NodeProcess>(NodeProcess::Role::Secondary, u"s"_s, m_folder->filePath(u"s"_s),
                                      QStringList{u"--master"_s, QUrl(peer.url()).authority()});
    QVERIFY(m_secondary->start());
    const auto status = [this] { return m_secondary->http().getNow("/api/v1/status"); };
    QVERIFY(waitUntil([&] { return status().json().value("mode"_L1).toString() == "refused"_L1; }));
    QVERIFY(status().body.size() < 3000);
    for (const NodeProcess *node : {m_master.get(), m_secondary.get()}) {
        const QList<QByteArray> lines = node->output().split('\n');
        for (const QByteArray &line : lines)
            QVERIFY2(line.size() < 2000, line.left(200).constData());
    }
    checkOthersAreServed(*m_master);
}

QTEST_GUILESS_MAIN(TestBoundWork)
#include "tst_boundwork.moc"
