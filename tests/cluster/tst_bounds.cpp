// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rudeclient.h"
#include "tests/support/testcertificates.h"

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

QByteArray get(const QByteArray &path)
{
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
}

} // namespace

// Resource use by one client, with real processes: the node's memory is bounded, and other clients are
// served.
class TestBounds : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void unreadAnswers();
    void unreadListings();
    void largeAnswersOverTls();
    void endlessLines();
    void unfinishedDeliveries();
    void goneBehindUnreadBytes();
    void connectionFlood();
    void pollsThatWakeAtOnce();
    void waitsOutliveEveryTimeout();

private:
    bool startMaster(const QStringList &options = {});
    qint64 metric(const NodeProcess &node, const QByteArray &name);
    qint64 connections(const NodeProcess &node) { return metric(node, "replog_http_connections"); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<NodeProcess> m_master;
    std::unique_ptr<NodeProcess> m_secondary;
};

void TestBounds::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestBounds::cleanup()
{
    for (NodeProcess *node : {m_master.get(), m_secondary.get()}) {
        if (node != nullptr)
            QVERIFY2(node->sanitizerReport().isEmpty(), node->sanitizerReport().constData());
    }
    m_secondary.reset();
    m_master.reset();
}

bool TestBounds::startMaster(const QStringList &options)
{
    m_master =
        std::make_unique<NodeProcess>(NodeProcess::Role::Master, u"m"_s, m_folder->filePath(u"m"_s), options);
    return m_master->start();
}

qint64 TestBounds::metric(const NodeProcess &node, const QByteArray &name)
{
    const QByteArray text = node.http().getNow("/metrics").body;
    const qsizetype at = text.indexOf(QByteArray('\n' + name + ' ')) + name.size() + 2;
    return text.mid(at, text.indexOf('\n', at) - at).toLongLong();
}

// One connection asks for 1.2 GB and reads none of it.
void TestBounds::unreadAnswers()
{
    QVERIFY(startMaster());
    QCOMPARE(m_master->http().appendNow(QByteArray(200'000, 'x'), 1).status, 201);
    RudeClient client(m_master->url());
    QVERIFY(client.isConnected());
    client.send(get("/api/v1/messages?from=1&limit=1").repeated(6000));
    checkOthersAreServed(*m_master);
    QVERIFY(peakBytes(*m_master) < 200 * MiB);
}

// 200 connections ask for 64 listings each.
void TestBounds::unreadListings()
{
    QVERIFY(startMaster());
    for (int i = 0; i < 20; ++i)
        QCOMPARE(m_master->http().appendNow(QByteArray(200'000, 'x'), 1).status, 201);
    std::vector<std::unique_ptr<RudeClient>> clients;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(std::make_unique<RudeClient>(m_master->url()));
        clients.back()->send(get("/api/v1/messages?from=1").repeated(64), 0);
    }
    checkOthersAreServed(*m_master);
}

// What TLS keeps for clients that have once read a large message is counted, and does not grow with it.
void TestBounds::largeAnswersOverTls()
{
    constexpr int Clients = 250;
    constexpr qsizetype MessageBytes = 1'000'000;
    TestCertificates certificates;
    const TestCertificates::Pair own = certificates.makeLocal(u"node"_s);
    QVERIFY2(certificates.isValid(), qPrintable(certificates.problem()));
    m_master = std::make_unique<NodeProcess>(NodeProcess::Role::Master, u"m"_s, m_folder->filePath(u"m"_s),
                                             QStringList{u"--tls-cert"_s, own.certificate, u"--tls-key"_s,
                                                         own.key, u"--tls-ca"_s, certificates.authority()});
    Identity who;
    who.tls = QSslConfiguration::defaultConfiguration();
    who.tls.setCaCertificates(QSslCertificate::fromPath(certificates.authority()));
    m_master->setIdentity(who);
    QVERIFY(m_master->start());
    QCOMPARE(m_master->http().appendNow(QByteArray(MessageBytes, 'x'), 1).status, 201);
    const qint64 countedBefore = metric(*m_master, "replog_http_memory_bytes");
    const qint64 heldBefore = metric(*m_master, "process_resident_memory_bytes");
    std::vector<std::unique_ptr<QSslSocket>> clients;
    for (int i = 0; i < Clients; ++i) {
        QSslSocket &client = *clients.emplace_back(std::make_unique<QSslSocket>());
        client.setSslConfiguration(who.tls);
        client.connectToHostEncrypted(u"127.0.0.1"_s, quint16(m_master->url().port()));
        QVERIFY(client.waitForEncrypted());
        client.write(get("/api/v1/messages/1?raw=1"));
        for (qsizetype got = 0; got < MessageBytes; got += client.readAll().size())
            QVERIFY(client.bytesAvailable() > 0 || client.waitForReadyRead());
    }
    const qint64 counted = metric(*m_master, "replog_http_memory_bytes") - countedBefore;
    const qint64 held = metric(*m_master, "process_resident_memory_bytes") - heldBefore;
    qInfo("largeAnswersOverTls: %lld KiB a client, %lld counted", (long long)(held / 1024 / Clients),
          (long long)(counted / 1024 / Clients));
    QVERIFY(held < counted * 3 / 2);
    checkOthersAreServed(*m_master);
}

// 16 clients send a line of 60 MiB each, and never its end.
void TestBounds::endlessLines()
{
    QVERIFY(startMaster());
    std::vector<std::unique_ptr<RudeClient>> clients;
    for (int i = 0; i < 16; ++i) {
        clients.push_back(std::make_unique<RudeClient>(m_master->url()));
        clients.back()->send("POST /api/v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
                             "application/x-ndjson\r\nContent-Length: 1000000000\r\n\r\n");
        clients.back()->send('"' + QByteArray(60 * MiB, 'x'), 200);
    }
    checkOthersAreServed(*m_master);
}

// Deliveries go on while a client keeps requests open on the secondary whose bodies never end.
void TestBounds::unfinishedDeliveries()
{
    QVERIFY(startMaster());
    m_secondary =
        std::make_unique<NodeProcess>(NodeProcess::Role::Secondary, u"s"_s, m_folder->filePath(u"s"_s),
                                      QStringList{u"--master"_s, m_master->url().authority()});
    QVERIFY(m_secondary->start());
    QCOMPARE(m_master->http().appendNow("before", 2).status, 201);
    std::vector<std::unique_ptr<RudeClient>> clients;
    for (int i = 0; i < 12; ++i) {
        clients.push_back(std::make_unique<RudeClient>(m_secondary->url()));
        clients.back()->send("POST /internal/v1/replicate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
                             "application/cbor\r\nContent-Length: 67108864\r\n\r\n" +
                                 QByteArray(60 * MiB, 'x'),
                             200);
    }
    QCOMPARE(m_master->http().appendNow(QByteArray(500'000, 'y'), 2).status, 201);
    checkOthersAreServed(*m_secondary);
}

// 300 clients wait for new entries, send more than the node reads meanwhile, and disconnect.
void TestBounds::goneBehindUnreadBytes()
{
    QVERIFY(startMaster());
    {
        std::vector<std::unique_ptr<RudeClient>> clients;
        for (int i = 0; i < 300; ++i) {
            clients.push_back(std::make_unique<RudeClient>(m_master->url()));
            clients.back()->send(get("/api/v1/messages?from=1&wait_ms=86400000").repeated(10'000), 0);
        }
        QVERIFY(connections(*m_master) > 300);
    }
    QVERIFY(waitUntil([this] { return connections(*m_master) <= 2; }));
    checkOthersAreServed(*m_master);
}

// Two threads connect as fast as they can, while an older client appends so much that the store opens new
// files: descriptors for these are reserved.
void TestBounds::connectionFlood()
{
    m_master = std::make_unique<NodeProcess>(NodeProcess::Role::Master, u"m"_s, m_folder->filePath(u"m"_s),
                                             QStringList{});
    m_master->setDescriptorLimit(1024);
    QVERIFY(m_master->start());
    // The node logs that it allows fewer connections than configured.
    QVERIFY2(m_master->output().contains("descriptors suffice for fewer connections"),
             m_master->output().constData());
    RudeClient old(m_master->url());
    const QByteArray append =
        HttpClient::request("POST", "/api/v1/messages", HttpClient::appendBody(QByteArray(500'000, 'x'), 1));
    QCOMPARE(old.ask(append), 201);
    std::atomic<bool> isOver = false;
    std::atomic<int> connects = 0;
    const auto flood = [&] {
        std::deque<std::unique_ptr<RudeClient>> clients;
        while (!isOver) {
            clients.push_back(std::make_unique<RudeClient>(m_master->url()));
            ++connects;
            if (clients.size() > 400)
                clients.pop_front();
        }
    };
    {
        std::jthread first(flood);
        std::jthread second(flood);
        const auto end = qScopeGuard([&] { isOver = true; }); // runs before the threads are joined
        QTRY_VERIFY_WITH_TIMEOUT(connects > 2000, 60000);
        for (int i = 0; i < 200; ++i) // 100 MB: many times the size of one file of the store
            QCOMPARE(old.ask(append), 201);
    }
    qInfo("connectionFlood: %d connects", connects.load());
    QVERIFY(waitUntil([this] { return m_master->http().getNow("/health").status == 200; }));
    checkOthersAreServed(*m_master);
    QVERIFY(!m_master->output().contains("Too many open files"));
    QCOMPARE(m_master->http().getNow("/api/v1/status").json().value("mode"_L1).toString(), u"read-write"_s);
}

// 500 long polls wake at once for 10 MB, and read as fast as they can.
void TestBounds::pollsThatWakeAtOnce()
{
    QVERIFY(startMaster());
    std::vector<std::unique_ptr<RudeClient>> clients;
    for (int i = 0; i < 500; ++i) {
        clients.push_back(std::make_unique<RudeClient>(m_master->url()));
        QCOMPARE(clients.back()->send(get("/api/v1/messages?from=1&wait_ms=600000")),
                 get("/api/v1/messages?from=1&wait_ms=600000").size());
    }
    QVERIFY(waitUntil([this] { return connections(*m_master) > 500; }));
    QByteArray batch = R"({"w": 1, "messages": [)";
    for (int i = 0; i < 100; ++i)
        batch.append(i == 0 ? "\"" : ",\"").append(QByteArray(100'000, 'x')).append('"');
    const auto appended = m_master->http().call("POST", "/api/v1/messages", batch + "]}");
    std::atomic<bool> isOver = false;
    std::atomic<qint64> received = 0;
    std::jthread reader([&] {
        while (!isOver) {
            for (const auto &client : clients)
                received += client->receive(0).size();
        }
    });
    const auto end = qScopeGuard([&] { isOver = true; });
    qint64 slowestMs = 0;
    QElapsedTimer timer;
    while (received < 500'000'000) {
        timer.start();
        QCOMPARE(m_master->http().getNow("/health").status, 200);
        slowestMs = std::max(slowestMs, timer.elapsed());
    }
    QVERIFY(appended->wait());
    QCOMPARE(appended->answer().status, 201);
    qInfo("pollsThatWakeAtOnce: /health after %lld ms at most", (long long)slowestMs);
    QVERIFY(slowestMs <= AimMs * Judged);
    checkOthersAreServed(*m_master);
}

// No time-out, ours or Qt's, ends a request whose answer is late.
void TestBounds::waitsOutliveEveryTimeout()
{
    constexpr int LongerMs = 70'000;
    QVERIFY(startMaster());
    const HttpClient http = m_master->http();
    const auto append = http.append("waits", 2);
    const auto poll = http.call("GET", "/api/v1/messages?from=2&wait_ms=600000");
    const auto events = http.call("GET", "/api/v1/status", {}, {{"Accept", "text/event-stream"}});
    const auto watch = http.call("GET", "/api/v1/messages/1?wait_ms=" + QByteArray::number(LongerMs));
    QElapsedTimer timer;
    timer.start();
    QTRY_VERIFY_WITH_TIMEOUT(
        timer.hasExpired(LongerMs) || append->isDone() || poll->isDone() || events->isDone(), 2 * LongerMs);
    QVERIFY(!append->isDone() && !poll->isDone() && !events->isDone());
    QVERIFY(watch->wait());
    QCOMPARE(watch->answer().status, 200);
    const qsizetype before = events->received().size();
    QCOMPARE(http.appendNow("news", 1).status, 201);
    QVERIFY(poll->wait());
    QCOMPARE(poll->answer().status, 200);
    QVERIFY(waitUntil([&] { return events->received().size() > before; }));
    m_secondary =
        std::make_unique<NodeProcess>(NodeProcess::Role::Secondary, u"s"_s, m_folder->filePath(u"s"_s),
                                      QStringList{u"--master"_s, m_master->url().authority()});
    QVERIFY(m_secondary->start());
    QVERIFY(append->wait());
    QCOMPARE(append->answer().status, 201);
}

QTEST_GUILESS_MAIN(TestBounds)
#include "tst_bounds.moc"
