// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/masterlink.h"
#include "shared/base/eventloopscheduler.h"
#include "shared/http/httpserver.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <memory>
#include <optional>

using namespace Qt::StringLiterals;

namespace replog {

// Registrations with a service at the master's address that answers as the test wants.
class TestMasterLink : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_asked.reset();
        m_credentials = {};
        m_answer = [](Reply &reply) {
            reply.sendJson(200, encodeRegistrationAnswer({{3, 4}, "m", {7, 7}, WireVersion, 5}));
        };
        m_server = std::make_unique<HttpServer>(m_scheduler);
        m_server->route({HttpMethod::Post, "/api/v1/nodes"}, [this](HttpRequest &&request, Reply reply) {
            m_asked = std::move(request);
            m_answer(reply);
        });
        QVERIFY(m_server->listen(QHostAddress::LocalHost, 0));
        begin(u"http://127.0.0.1:%1"_s.arg(m_server->port()));
    }
    void cleanup() { m_server.reset(); }

    void registered()
    {
        const RegistrationAnswer answer = *registerNode().answer;
        QCOMPARE(answer.name, "m"_ba);
        QCOMPARE(answer.logId, (Id128{7, 7}));
        QCOMPARE(answer.epoch, 5U);
        const auto sent = decodeRegistration(m_asked->body);
        QVERIFY2(sent, sent ? "" : qPrintable(sent.error().text));
        QCOMPARE(sent->node.name, "s1"_ba);
        QCOMPARE(sent->url, QUrl(u"http://127.0.0.1:20000"_s));
        QCOMPARE(m_asked->headers.value("content-type"), "application/json");
        QVERIFY(!m_asked->headers.contains("authorization"));
    }

    void showsTheClustersToken()
    {
        m_credentials.clusterToken = "secret";
        QVERIFY(registerNode().answer);
        QCOMPARE(m_asked->headers.value("authorization"), "Bearer secret");
    }

    // It would be read on its way.
    void sendsNoTokenToOtherMachinesInTheOpen()
    {
        m_credentials.clusterToken = "secret";
        begin(u"http://192.0.2.1:1"_s);
        QVERIFY(registerNode().error.has_value());
        QVERIFY(!m_asked);
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("isMasters");
        const QByteArray problem = "application/problem+json";
        const auto body = [](const QByteArray &field) {
            return QByteArray(
                "{\"type\":\"about:blank\",\"title\":\"Conflict\",\"status\":409,\"detail\":\"" + field +
                ": is taken\",\"field\":\"" + field + "\"}");
        };
        QTest::newRow("by a master") << problem << body("name") << true;
        QTest::newRow("another field") << problem << body("url") << false;
        QTest::newRow("some other service") << "text/html"_ba
                                            << "<h1>Conflict</h1>"_ba << false;
    }
    // Only what a master says of this node stands until something changes.
    void refused()
    {
        QFETCH(const QByteArray, type);
        QFETCH(const QByteArray, body);
        QFETCH(const bool, isMasters);
        m_answer = [type, body](Reply &reply) { reply.send(409, type, body); };
        const Outcome outcome = registerNode();
        QCOMPARE(outcome.why, isMasters ? std::optional(u"name: is taken"_s) : std::nullopt);
        QCOMPARE(outcome.error.has_value(), !isMasters);
    }

    void failed_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("text"); // a part of the error's
        QTest::newRow("no answer of ours") << 200 << "{}"_ba << QString();
        QTest::newRow("no document") << 200 << "hello"_ba << QString();
        QTest::newRow("its reason") << 503 << R"({"detail":"is read-only"})"_ba << u"is read-only"_s;
        QTest::newRow("a long reason")
            << 503 << "{\"detail\":\"" + QByteArray(2000, 'x') + "\"}" << QString(400, u'x');
        QTest::newRow("a reason that is not plain")
            << 503 << "{\"detail\":\"is \\u001b[31m\\r\\n\\u202ered\"}"_ba << u"is  [31m   red"_s;
        QTest::newRow("without a reason") << 500 << ""_ba << QString();
        QTest::newRow("an answer without an end") << 200 << QByteArray(1024 * 1024, ' ') << QString();
    }
    void failed()
    {
        QFETCH(const int, status);
        QFETCH(const QByteArray, body);
        QFETCH(const QString, text);
        m_answer = [status, body](Reply &reply) { reply.send(status, "application/json", body); };
        const auto error = registerNode().error;
        QVERIFY(error && !error->text.isEmpty());
        QVERIFY2(error->text.contains(text), qPrintable(error->text));
        QVERIFY2(error->text.size() <= 500, qPrintable(error->text));
    }

    // Qt quotes the reason of the status line.
    void failedInTheStatusLine()
    {
        QTcpServer master;
        connect(&master, &QTcpServer::newConnection, &master, [&master] {
            QTcpSocket *const client = master.nextPendingConnection();
            connect(client, &QTcpSocket::readyRead, client, [client] {
                if (!client->peek(64 * 1024).endsWith('}'))
                    return;
                client->readAll();
                client->write("HTTP/1.1 500 all\x1b[31mred\r\nContent-Length: 0\r\n\r\n");
            });
        });
        QVERIFY(master.listen(QHostAddress::LocalHost, 0));
        begin(u"http://127.0.0.1:%1"_s.arg(master.serverPort()));
        const auto error = registerNode().error;
        QVERIFY(error);
        QVERIFY2(error->text.contains(u"all [31mred"_s), qPrintable(error->text));
    }

    void aRedirectIsNotFollowed()
    {
        m_credentials.clusterToken = "secret";
        int elsewhere = 0;
        m_server->route({HttpMethod::Post, "/elsewhere"}, [&elsewhere](HttpRequest &&, Reply reply) {
            ++elsewhere;
            reply.sendJson(200, "{}");
        });
        m_answer = [](Reply &reply) { reply.send(307, "text/plain", {}, {{"Location", "/elsewhere"}}); };
        QVERIFY(registerNode().error.has_value());
        QCOMPARE(elsewhere, 0);
    }

    // The address may lead to another master since the last time. A connection that was kept open would lead
    // to the one before for ever.
    void eachRegistrationConnectsAnew()
    {
        int connections = 0;
        QTcpServer master;
        connect(&master, &QTcpServer::newConnection, &master, [&master, &connections] {
            ++connections;
            QTcpSocket *const client = master.nextPendingConnection();
            connect(client, &QTcpSocket::readyRead, client, [client] {
                if (!client->peek(64 * 1024).endsWith('}'))
                    return;
                client->readAll();
                const QByteArray body = encodeRegistrationAnswer({{3, 4}, "m", {7, 7}, WireVersion, 5});
                client->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                              QByteArray::number(body.size()) + "\r\n\r\n" + body);
            });
        });
        QVERIFY(master.listen(QHostAddress::LocalHost, 0));
        begin(u"http://127.0.0.1:%1"_s.arg(master.serverPort()));
        QVERIFY(registerNode().answer);
        QVERIFY(registerNode().answer);
        QCOMPARE(connections, 2);
    }

    void nobodyThere()
    {
        m_server.reset();
        const auto error = registerNode().error;
        QVERIFY(error && error->code == Errc::Unavailable && !error->text.isEmpty());
    }

private:
    struct Outcome
    {
        std::optional<RegistrationAnswer> answer;
        std::optional<QString> why;
        std::optional<Error> error;
        int count() const { return int(answer.has_value()) + int(why.has_value()) + int(error.has_value()); }
    };

    void begin(const QString &master) { m_link = std::make_unique<MasterLink>(QUrl(master), m_credentials); }

    // What follows on a registration; one thing, and not from inside the call.
    Outcome registerNode()
    {
        Outcome outcome;
        const QObject context;
        connect(m_link.get(), &MasterLink::registered, &context,
                [&outcome](const RegistrationAnswer &answer) { outcome.answer = answer; });
        connect(m_link.get(), &MasterLink::refused, &context,
                [&outcome](const QString &why) { outcome.why = why; });
        connect(m_link.get(), &MasterLink::failed, &context,
                [&outcome](const Error &error) { outcome.error = error; });
        Registration registration;
        registration.node.nodeId = {1, 1};
        registration.node.name = "s1";
        registration.node.instance = {2, 2};
        registration.node.logId = {7, 7};
        registration.url = QUrl(u"http://127.0.0.1:20000"_s);
        m_link->registerNode(registration);
        if (outcome.count() != 0)
            qWarning("told from inside the call");
        if (!QTest::qWaitFor([&outcome] { return outcome.count() > 0; }, 30'000))
            qWarning("nothing followed");
        return outcome;
    }

    EventLoopScheduler m_scheduler;
    CallCredentials m_credentials;
    std::unique_ptr<HttpServer> m_server;
    std::unique_ptr<MasterLink> m_link;
    std::function<void(Reply &)> m_answer;
    std::optional<HttpRequest> m_asked;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestMasterLink)
#include "tst_masterlink.moc"
