// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/clienttail.h"
#include "client/clusterclient.h"
#include "shared/base/eventloopscheduler.h"
#include "shared/http/httpserver.h"
#include "tests/support/testcertificates.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryFile>
#include <QtTest>

#include <array>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

using namespace Qt::StringLiterals;
using namespace replog;

namespace {

constexpr int Patience = 30000;

// A node whose answers the test gives.
class FakeNode : public QObject
{
public:
    struct Asked
    {
        QByteArray key;
        QJsonObject body;
        Reply reply;
        QByteArray authorization;
    };

    void start()
    {
        m_server = std::make_unique<HttpServer>(m_scheduler);
        m_server->route({HttpMethod::Post, "/api/v1/messages"}, [this](HttpRequest &&request, Reply reply) {
            asked.push_back({request.headers.value("idempotency-key").toByteArray(),
                             QJsonDocument::fromJson(request.body).object(), reply,
                             request.headers.value("authorization").toByteArray()});
            if (onAppend)
                onAppend(asked.back());
        });
        m_server->route({HttpMethod::Get, "/api/v1/messages"}, [this](HttpRequest &&request, Reply reply) {
            const quint64 from = request.queryValue("from").value_or("1").toULongLong();
            if (from < firstId) {
                reply.sendProblem({Errc::Gone, u"from"_s});
            } else if (request.queryValue("at_least").value_or("1").toULongLong() <= lastId) {
                QByteArray list;
                for (quint64 id = from; id <= lastId; ++id)
                    list += (list.isEmpty() ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(id) +
                            ",\"epoch\":" + QByteArray::number(epoch) + ",\"message\":\"m\"}";
                reply.sendJson(200, "{\"messages\":[" + list + "]}");
            } else if (waitsRunOut) {
                reply.sendProblem({Errc::Timeout, u"at_least"_s});
            } else {
                m_held.push_back(reply); // held open: a long poll
            }
        });
        m_server->route({HttpMethod::Get, "/api/v1/status"}, [this](HttpRequest &&, Reply reply) {
            ++statusAsked;
            reply.sendJson(200, R"({"role":"master","log_id":")" + logId + R"(","last_id":)" +
                                    QByteArray::number(lastId) + "}");
        });
        QVERIFY(m_server->listen(QHostAddress::LocalHost, m_port));
        m_port = m_server->port();
    }
    void stop()
    {
        m_server.reset(); // before the replies: destroying a reply while its server exists sends an error
        asked.clear();
        m_held.clear();
    }
    bool holds() const { return !m_held.empty(); } // a long poll
    // Long polls that are held open run out.
    void answerHeld()
    {
        for (Reply &reply : std::exchange(m_held, {}))
            reply.sendProblem({Errc::Timeout, u"at_least"_s});
    }
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(m_port)); }

    std::vector<Asked> asked;
    std::function<void(Asked &)> onAppend;
    quint64 firstId = 1;
    quint64 lastId = 0;
    quint64 epoch = 1; // of every entry
    QByteArray logId = "a";
    bool waitsRunOut = false; // at once
    int statusAsked = 0;

private:
    EventLoopScheduler m_scheduler;
    std::unique_ptr<HttpServer> m_server;
    std::vector<Reply> m_held;
    quint16 m_port = 0;
};

struct Results : QObject
{
    explicit Results(ClusterClient &client)
    {
        connect(&client, &ClusterClient::appendFinished, this,
                [this](quint64 ticket, const ClientAppendResult &result) {
                    QVERIFY(!all.contains(ticket));
                    all.insert(ticket, result);
                    order.append(ticket);
                });
        connect(&client, &ClusterClient::appendInterrupted, this, [this] { ++interruptions; });
    }
    QHash<quint64, ClientAppendResult> all;
    QList<quint64> order;
    int interruptions = 0;
};

using State = ClientAppendResult::State;

ClientAppend append(const QByteArray &message, const QString &w = {}, int timeoutMs = 0)
{
    ClientAppend made;
    made.message = message;
    made.w = w;
    made.timeoutMs = timeoutMs;
    return made;
}

// What that node had told before is known to the client when this returns.
void settle(ClusterClient &client, const FakeNode &node)
{
    ClientCall call;
    call.path = u"/api/v1/status"_s;
    bool isAnswered = false;
    client.call(node.url(), call, [&](const ClientAnswer &) { isAnswered = true; });
    QTRY_VERIFY_WITH_TIMEOUT(isAnswered, Patience);
}

// A secondary that redirects appends to a master, which accepts everything.
void startRedirecting(FakeNode &secondary, FakeNode &master)
{
    secondary.start();
    master.start();
    secondary.onAppend = [&master](FakeNode::Asked &asked) {
        asked.reply.send(307, "text/plain", {},
                         {{"Location", master.url().toEncoded() + "/api/v1/messages"}});
    };
    master.onAppend = [](FakeNode::Asked &asked) { asked.reply.sendJson(201, R"({"id":1,"acks":1})"); };
}

} // namespace

class TestClusterClient : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void appendsAndMeasures()
    {
        FakeNode node;
        node.start();
        node.onAppend = [](FakeNode::Asked &asked) {
            asked.reply.sendJson(201, R"({"id":7,"w":2,"acks":2})");
        };
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a", u"2"_s));
        client.append(2, append("\xff\x00", u"majority"_s));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 2, Patience);
        QCOMPARE(results.all[1].state, State::Ok);
        QCOMPARE(results.all[1].id, 7ULL);
        QCOMPARE(results.all[1].acks, 2);
        QVERIFY(results.all[1].wireMs > 0);
        QCOMPARE(node.asked[0].body[u"message"_s].toString(), u"a"_s);
        QCOMPARE(node.asked[0].body[u"w"_s].toInt(), 2);
        QCOMPARE(node.asked[1].body[u"w"_s].toString(), u"majority"_s);
        QCOMPARE(node.asked[1].body[u"message_base64"_s].toString(), u"/w=="_s);
        QVERIFY(!node.asked[0].key.isEmpty() && node.asked[0].key != node.asked[1].key);
    }

    // Another log's master at the address knows no key of this log: the message would be one of its own
    // there.
    void aRepeatGoesToNoOtherLog_data()
    {
        QTest::addColumn<bool>("isNext");
        QTest::newRow("at the same address") << false;
        QTest::newRow("at the next one") << true;
    }

    void aRepeatGoesToNoOtherLog()
    {
        QFETCH(const bool, isNext);
        FakeNode node, next;
        node.start();
        next.start();
        FakeNode &asked = isNext ? next : node;
        ClientOptions options;
        options.nodes = isNext ? QList{node.url(), next.url()} : QList{node.url()};
        ClusterClient client(options);
        Results results(client);
        client.append(1, append("a", u"3"_s));
        QTRY_COMPARE_WITH_TIMEOUT(node.asked.size(), size_t(1), Patience);
        settle(client, node);
        node.stop();
        asked.logId = "b";
        if (!isNext)
            node.start();
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::Unknown);
        QCOMPARE(results.all[1].error, u"another log is at %1: its log_id is b, that of the log which the "
                                       "message was sent to is a"_s.arg(asked.url().authority()));
        QVERIFY(node.asked.empty() && next.asked.empty());
    }

    // An append that was never left open may go wherever a node takes it, and a node that tells no log proves
    // nothing.
    void aRepeatNeedsNoProofThatTheLogIsTheSame()
    {
        FakeNode node;
        node.start();
        for (const auto &[before, after] : {std::pair("", ""), std::pair("a", ""), std::pair("", "b")}) {
            node.logId = before;
            node.onAppend = nullptr;
            ClusterClient client({{node.url()}, {}, {}, {}, {}});
            Results results(client);
            client.append(1, append("a", u"3"_s));
            QTRY_COMPARE_WITH_TIMEOUT(node.asked.size(), size_t(1), Patience);
            settle(client, node);
            node.stop();
            QTRY_VERIFY_WITH_TIMEOUT(results.interruptions >= 1, Patience);
            node.logId = after;
            node.onAppend = [](FakeNode::Asked &asked) { asked.reply.sendJson(200, R"({"id":1,"acks":3})"); };
            node.start();
            client.askAgainNow();
            QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
            QCOMPARE(results.all[1].state, State::Ok);
            node.asked.clear();
        }
    }

    // The log behind an address is learned anew with each connection: what is sent to the new one is its own.
    void anAppendIsOfTheLogThatItWasSentTo()
    {
        FakeNode node;
        node.start();
        const auto onAppend = [](FakeNode::Asked &asked) {
            asked.reply.sendJson(200, R"({"id":1,"acks":1})");
        };
        node.onAppend = onAppend;
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        settle(client, node);
        node.stop();
        node.logId = "b";
        node.onAppend = nullptr;
        node.start();
        settle(client, node); // the connections to the log before are given up, and others are there
        settle(client, node);
        client.append(2, append("b"));
        QTRY_COMPARE_WITH_TIMEOUT(node.asked.size(), size_t(1), Patience);
        settle(client, node);
        node.stop();
        node.onAppend = onAppend;
        node.start();
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 2, Patience);
        QCOMPARE(results.all[2].state, State::Ok);
    }

    // Nor does the question where its message stands.
    void locatingGoesToNoOtherLog()
    {
        FakeNode node;
        node.start();
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        client.append(1, append("a", u"3"_s));
        QTRY_COMPARE_WITH_TIMEOUT(node.asked.size(), size_t(1), Patience);
        settle(client, node);
        const int before = node.statusAsked;
        node.logId = "b";
        client.locate(1);
        QTRY_COMPARE_WITH_TIMEOUT(node.statusAsked, before + 1, Patience);
        settle(client, node);
        settle(client, node);
        QCOMPARE(node.asked.size(), size_t(1));
        node.logId = "a";
        client.locate(1);
        QTRY_COMPARE_WITH_TIMEOUT(node.asked.size(), size_t(2), Patience);
        QCOMPARE(node.asked[1].key, node.asked[0].key);
    }

    void appendsEndWithTheirLog()
    {
        FakeNode node;
        node.start();
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        constexpr int Sent = ClusterClient::LaneLimit;
        for (quint64 i = 1; i <= Sent + 1; ++i)
            client.append(i, append("a", u"3"_s), 5);
        QTRY_COMPARE_WITH_TIMEOUT(node.asked.size(), size_t(1), Patience); // of the lane's connection
        settle(client, node);
        client.endOthers(u"b"_s);
        QVERIFY(results.all.isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), Sent + 1, Patience);
        QCOMPARE(results.all[1].state, State::Unknown);
        QVERIFY(results.all[1].error.contains(u"its log_id is b, "_s) &&
                results.all[1].error.endsWith(u" is a"_s));
        QCOMPARE(results.all[Sent + 1].state, State::Refused);
        QCOMPARE(results.all[Sent + 1].error, u"the log was replaced by another, whose log_id is b"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!node.asked[0].reply.isOpen(), Patience);

        client.append(100, append("a", u"3"_s), 5);
        QTRY_COMPARE_WITH_TIMEOUT(node.asked.size(), size_t(2), Patience);
        settle(client, node);
        client.endOthers(u"a"_s); // that is the one that it was sent to
        settle(client, node);
        QCOMPARE(results.all.size(), Sent + 1);
    }

    // A refusal tells of its attempt alone: the one before may have put the message into the log.
    void aRefusalOfARepeatLeavesItOpen_data()
    {
        QTest::addColumn<int>("status");
        for (int status : {400, 401, 403, 408, 409, 413, 421, 422, 500, 507})
            QTest::addRow("%d", status) << status;
    }

    void aRefusalOfARepeatLeavesItOpen()
    {
        QFETCH(const int, status);
        FakeNode node;
        node.start();
        node.onAppend = [&](FakeNode::Asked &asked) {
            const bool isFirst = node.asked.size() == 1;
            asked.reply.send(isFirst ? 502 : status, "application/json", R"({"detail":"why"})");
        };
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::Unknown);
        QCOMPARE(results.all[1].error, u"why"_s);
        QCOMPARE(node.asked.size(), size_t(2));
    }

    void aRepeatThatFindsNoRoomIsAskedForAgain()
    {
        FakeNode node;
        node.start();
        node.onAppend = [&](FakeNode::Asked &asked) {
            if (node.asked.size() == 1)
                asked.reply.send(502, "text/html", {});
            else if (node.asked.size() == 2)
                asked.reply.sendProblem({Errc::Unavailable, u"no room for more waits"_s});
            else
                asked.reply.sendJson(200, R"({"id":1,"acks":1})");
        };
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::Ok);
        QCOMPARE(node.asked.size(), size_t(3));
    }

    // Each node that was named is asked once; what comes next begins with the one that took it.
    void aFencedMasterIsNotTheOnlyOne()
    {
        FakeNode old, secondary, master;
        startRedirecting(secondary, old);
        old.onAppend = [](FakeNode::Asked &asked) {
            asked.reply.sendProblem({Errc::Unavailable, u"fenced"_s});
        };
        master.start();
        master.onAppend = [](FakeNode::Asked &asked) { asked.reply.sendJson(201, R"({"id":1,"acks":1})"); };
        ClusterClient client({{old.url(), secondary.url(), master.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::Ok);
        QVERIFY(old.asked.size() == 2 && secondary.asked.size() == 1 && master.asked.size() == 1);
        client.append(2, append("b"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 2, Patience);
        QVERIFY(old.asked.size() == 2 && master.asked.size() == 2);

        master.onAppend = old.onAppend;
        client.append(3, append("c"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 3, Patience);
        QCOMPARE(results.all[3].state, State::Refused);
        QCOMPARE(results.all[3].error, u"fenced"_s);
        QCOMPARE(results.interruptions, 0);
        QVERIFY(old.asked.size() == 4 && secondary.asked.size() == 2 && master.asked.size() == 3);

        client.append(4, append("d"), 5); // elsewhere it would come behind its successors in the lane
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 4, Patience);
        QCOMPARE(results.all[4].state, State::Refused);
        QVERIFY(old.asked.size() == 5 && secondary.asked.size() == 2 && master.asked.size() == 3);
    }

    void aLaneKeepsTheOrder()
    {
        FakeNode node;
        node.start();
        node.onAppend = [&](FakeNode::Asked &asked) {
            asked.reply.sendJson(201, R"({"acks":1,"id":)" + QByteArray::number(node.asked.size()) + '}');
        };
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        for (quint64 i = 1; i <= 300; ++i)
            client.append(i, append(QByteArray::number(i)), 5);
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 300, Patience);
        for (quint64 i = 1; i <= 300; ++i)
            QCOMPARE(results.all[i].id, i);
    }

    void aBlockedAppendBlocksNoOther()
    {
        FakeNode node;
        node.start();
        node.onAppend = [](FakeNode::Asked &asked) {
            if (asked.body[u"w"_s] == 1)
                asked.reply.sendJson(201, R"({"id":99,"acks":1})");
        };
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        for (quint64 i = 1; i <= 100; ++i)
            client.append(i, append("waits", u"3"_s), i <= 80 ? 1 : 0);
        client.append(200, append("passes", u"1"_s));
        QTRY_COMPARE_WITH_TIMEOUT(results.order, QList<quint64>{200}, Patience);
    }

    void anUnknownOutcomeIsAskedForWithTheSameKey()
    {
        FakeNode node;
        node.start();
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a", u"3"_s));
        QTRY_COMPARE_WITH_TIMEOUT(node.asked.size(), size_t(1), Patience);
        const QByteArray key = node.asked[0].key;
        node.stop();
        QTRY_VERIFY_WITH_TIMEOUT(results.interruptions >= 1, Patience);
        QVERIFY(results.all.isEmpty());
        node.onAppend = [](FakeNode::Asked &asked) { asked.reply.sendJson(200, R"({"id":1,"acks":3})"); };
        node.start();
        client.askAgainNow();
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(node.asked.back().key, key);
        QCOMPARE(results.all[1].state, State::Ok);
        QCOMPARE(results.all[1].id, 1ULL);
    }

    // The master was lost after it had heard of the message: the time that its client gave ends it.
    void anUnknownOutcomeEndsWithItsTime()
    {
        FakeNode node;
        node.start();
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a", u"3"_s, 1));
        QTRY_COMPARE_WITH_TIMEOUT(node.asked.size(), size_t(1), Patience);
        node.stop();
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::Unknown);
        QVERIFY(!results.all[1].error.isEmpty());
    }

    // What says OK without an id is no node: at the first contact an append ends, later it is asked again.
    void whatIsNoNodeEndsTheFirstContact()
    {
        FakeNode one, other;
        one.start();
        other.start();
        bool isNode = false;
        const auto onAppend = [&isNode](FakeNode::Asked &asked) {
            asked.reply.sendJson(200, isNode ? R"({"id":4,"acks":1})" : "[1]");
        };
        one.onAppend = other.onAppend = onAppend;
        ClusterClient client({{one.url(), other.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::Unknown);
        QCOMPARE(results.all[1].id, 0ULL);
        QVERIFY(results.all[1].error.contains(u"not what a node answers"));
        QCOMPARE(one.asked.size(), size_t(1));
        QCOMPARE(other.asked.size(), size_t(1));
        QCOMPARE(one.asked[0].key, other.asked[0].key);

        isNode = true;
        client.append(2, append("b"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 2, Patience);
        QCOMPARE(results.all[2].state, State::Ok);
        isNode = false;
        results.interruptions = 0;
        client.append(3, append("c"));
        QTRY_VERIFY_WITH_TIMEOUT(results.interruptions > 2, Patience);
        isNode = true;
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 3, Patience);
        QCOMPARE(results.all[3].state, State::Ok);
    }

    // So does what wants TLS, or a certificate.
    void whatHangsUpWithoutAWordIsNotAskedForEver()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, this, [&] {
            QTcpSocket *const socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, &QTcpSocket::disconnectFromHost);
        });
        ClusterClient client({{QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()))}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::Unknown);
        QVERIFY(results.all[1].error.contains(u"it may want https"));

        ClientTail tail(client, 1, {});
        QSignalSpy failed(&tail, &ClientTail::failed);
        tail.start();
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
        QVERIFY(failed[0][0].toString().contains(u"it may want https"));
    }

    void aTailEndsAtTheFirstContactWithWhatIsNoNode()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, this, [&] {
            QTcpSocket *const socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->write("hello\r\n"); });
        });
        for (const QString &scheme : {u"http"_s, u"https"_s}) {
            ClusterClient client(
                {{QUrl(u"%1://127.0.0.1:%2"_s.arg(scheme).arg(server.serverPort()))}, {}, {}, {}, {}});
            ClientTail tail(client, 1, {});
            QSignalSpy failed(&tail, &ClientTail::failed);
            tail.start();
            QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
        }
    }

    // Each piece of an answer has the call's time, so that a slow link is no failure.
    void aLongAnswerMayTakeLongerThanTheTimeOfAPiece()
    {
        constexpr int TimeMs = 3000;
        const QByteArray piece(ClientConnection::PieceSize, 'x');
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QElapsedTimer since;
        connect(&server, &QTcpServer::newConnection, this, [&] {
            QTcpSocket *const socket = server.nextPendingConnection();
            socket->write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            since.start();
            auto *const clock = new QTimer(socket);
            connect(clock, &QTimer::timeout, socket, [&since, &piece, socket] {
                socket->write(piece);
                if (since.hasExpired(TimeMs + TimeMs / 3))
                    socket->disconnectFromHost();
            });
            clock->start(20);
        });
        ClientConnection connection(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), {}, {}, 10000);
        QList<ClientAnswer> answers;
        connect(&connection, &ClientConnection::answered, this,
                [&](quint64, const ClientAnswer &answer) { answers.append(answer); });
        ClientCall call;
        call.path = u"/"_s;
        call.limitMs = TimeMs;
        connection.send(1, call);
        QTRY_COMPARE_WITH_TIMEOUT(answers.size(), 1, Patience);
        QVERIFY2(answers[0].isOk(), qPrintable(answers[0].error.text));
        QVERIFY(answers[0].body.size() > piece.size());
    }

    void anAnswerThatIsTooMuchIsToldApart_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<Errc>("code");
        QTest::addColumn<bool>("tooMuch");
        QTest::newRow("too long") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
                                  << Errc::Protocol << true;
        QTest::newRow("a drip") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
                                << Errc::Timeout << true;
        QTest::newRow("silence") << QByteArray() << Errc::Timeout << false;
        QTest::newRow("another protocol") << QByteArray("hello\r\n") << Errc::Protocol << false;
    }

    void anAnswerThatIsTooMuchIsToldApart()
    {
        QFETCH(const QByteArray, answer);
        QFETCH(const Errc, code);
        QFETCH(const bool, tooMuch);
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, this,
                [&] { server.nextPendingConnection()->write(answer); });
        ClientConnection connection(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), {}, {}, 10000);
        QHash<quint64, ClientAnswer> answers;
        connect(&connection, &ClientConnection::answered, this,
                [&](quint64 ticket, const ClientAnswer &got) { answers.insert(ticket, got); });
        ClientCall call;
        call.path = u"/"_s;
        call.limitMs = 2000;
        connection.send(1, call);
        connection.send(2, call);
        QTRY_COMPARE_WITH_TIMEOUT(answers.size(), 2, Patience);
        QCOMPARE(answers[1].status, 0);
        QCOMPARE(answers[1].error.code, code);
        QCOMPARE(answers[1].tooMuch, tooMuch);
        QCOMPARE(answers[2].status, 0);
        QVERIFY(!answers[2].tooMuch); // its answer has not begun
    }

    // What takes the connection and no more, as a machine does whose program hangs.
    void connectingTakesABoundedTime()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        ClientOptions options;
        options.nodes = {QUrl(u"https://127.0.0.1:%1"_s.arg(server.serverPort()))};
        options.connectMs = 100;
        ClusterClient client(options);
        Results results(client);
        client.append(1, append("a"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::Refused); // nothing was sent
        QVERIFY(results.all[1].error.contains(u"no connection within 100 ms"));
    }

    void aMasterThatShutsDownIsAskedAgain()
    {
        FakeNode node;
        node.start();
        int count = 0;
        node.onAppend = [&](FakeNode::Asked &asked) {
            if (++count == 1)
                asked.reply.sendProblem({Errc::Unavailable, u"shutting down"_s}, R"("id":4,"acks":1)");
            else
                asked.reply.sendJson(200, R"({"id":4,"acks":2})");
        };
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a", u"2"_s));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::Ok);
        QCOMPARE(results.interruptions, 1);
    }

    void whatNobodyHeardIsRefused()
    {
        FakeNode node;
        node.start();
        node.stop();
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::Refused);
        QVERIFY(!results.all[1].error.isEmpty());
        QCOMPARE(results.interruptions, 0);
    }

    void answersAreToldAsWhatTheyAre()
    {
        FakeNode node;
        node.start();
        node.onAppend = [&](FakeNode::Asked &asked) {
            const QString message = asked.body[u"message"_s].toString();
            if (message == u"timeout"_s)
                asked.reply.sendProblem({Errc::Timeout, u"late"_s}, R"("id":5,"acks":1)");
            else if (message == u"released"_s)
                asked.reply.sendProblem({Errc::Conflict, u"given up"_s}, R"("id":6,"acks":1)");
            else if (message == u"full"_s)
                asked.reply.sendProblem({Errc::Exhausted, u"no room"_s});
            else
                asked.reply.sendProblem({Errc::InvalidArgument, u"w: what"_s, u"w"_s});
        };
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("timeout", u"2"_s, 1000));
        client.append(2, append("released"));
        client.append(3, append("full"));
        client.append(4, append("bad"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 4, Patience);
        QCOMPARE(results.all[1].state, State::TimedOut);
        QCOMPARE(results.all[1].id, 5ULL);
        QCOMPARE(results.all[2].state, State::GivenUp);
        QCOMPARE(results.all[3].state, State::Refused);
        QCOMPARE(results.all[4].state, State::Refused);
        QVERIFY(results.all[4].error.contains(u"what"));
    }

    void followsARedirectToTheMaster()
    {
        FakeNode secondary, master;
        startRedirecting(secondary, master);
        ClusterClient client({{secondary.url(), master.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::Ok);
        QCOMPARE(client.master(), master.url());
    }

    // A redirection must not send the token to an address that the user did not name.
    void aTokenGoesToNamedNodesOnly()
    {
        FakeNode secondary, master;
        startRedirecting(secondary, master);
        for (bool isNamed : {false, true}) {
            ClientOptions options;
            options.nodes = isNamed ? QList{secondary.url(), master.url()} : QList{secondary.url()};
            options.token = "secret";
            ClusterClient client(options);
            Results results(client);
            client.append(1, append("a"));
            QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
            QCOMPARE(results.all[1].state, State::Ok);
            QCOMPARE(secondary.asked.back().authorization, "Bearer secret");
            QCOMPARE(master.asked.back().authorization, isNamed ? "Bearer secret" : "");
        }
    }

    // Bytes behind an answer that ends its connection must not answer a request on the next one.
    void anAnswerTooManyIsNobodys()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        int connections = 0;
        connect(&server, &QTcpServer::newConnection, this, [&] {
            QTcpSocket *const socket = server.nextPendingConnection();
            const bool isFirst = connections++ == 0;
            connect(socket, &QTcpSocket::readyRead, socket, [socket, isFirst] {
                if (!socket->readAll().contains("\r\n\r\n"))
                    return;
                const QByteArray head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n";
                if (isFirst)
                    socket->write(head +
                                  "Connection: close\r\nContent-Length: 17\r\n\r\n{\"id\":1,\"acks\":1}" +
                                  head + "Content-Length: 19\r\n\r\n{\"id\":777,\"acks\":1}");
                else
                    socket->write(head + "Content-Length: 17\r\n\r\n{\"id\":2,\"acks\":1}");
            });
        });
        ClientOptions options;
        options.nodes = {QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()))};
        ClusterClient client(options);
        Results results(client);
        connect(&client, &ClusterClient::appendFinished, &client, [&client](quint64 ticket) {
            if (ticket == 1)
                client.append(2, append("b"));
        });
        client.append(1, append("a"));
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 2, Patience);
        QCOMPARE(results.all[1].id, 1ULL);
        QCOMPARE(results.all[2].id, 2ULL);
    }

    // A key, a path or a name that would begin a request of its own is not sent.
    void whatDoesNotStayInItsPlaceIsNotSent()
    {
        FakeNode node;
        node.start();
        node.onAppend = [](FakeNode::Asked &asked) { asked.reply.sendJson(201, R"({"id":1,"acks":1})"); };
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        quint64 ticket = 0;
        for (const QByteArray &key : {"k\r\nContent-Length: 0\r\n\r\nGET /health HTTP/1.1\r\n"_ba, "k\n"_ba,
                                      "\rk"_ba, QByteArray("a\0b", 3), "\x7f"_ba}) {
            ClientAppend made = append("a");
            made.key = key;
            client.append(++ticket, made);
            QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), qsizetype(ticket), Patience);
            QCOMPARE(results.all[ticket].state, State::Refused);
            QCOMPARE(results.all[ticket].error, u"Idempotency-Key: has a character that cannot be sent"_s);
        }
        const auto fieldOf = [](ClusterClient &asked, const QUrl &url, const ClientCall &call) {
            std::optional<ClientAnswer> got;
            asked.call(url, call, [&](const ClientAnswer &answer) { got = answer; });
            if (!QTest::qWaitFor([&] { return got.has_value(); }, Patience))
                return u"no answer"_s;
            return got->status == 0 && !got->reached ? got->error.field : QString::number(got->status);
        };
        ClientCall call;
        call.path = u"/api/v1/status"_s;
        QCOMPARE(fieldOf(client, node.url(), call), u"200"_s);
        for (const QString &path : {u""_s, u"api"_s, u"/a b"_s, u"/\r\n"_s, u"/\u00e9"_s}) {
            ClientCall wrong = call;
            wrong.path = path;
            QCOMPARE(fieldOf(client, node.url(), wrong), u"path"_s);
        }
        ClientCall wrong = call;
        wrong.verb = "GET /x HTTP/1.1\r\n\r\nGET";
        QCOMPARE(fieldOf(client, node.url(), wrong), u"verb"_s);
        wrong = call;
        wrong.headers = {{"a: b\r\nc", "d"}};
        QCOMPARE(fieldOf(client, node.url(), wrong), u"header"_s);
        wrong = call;
        wrong.contentType = "a/b\r\nc: d";
        QCOMPARE(fieldOf(client, node.url(), wrong), u"Content-Type"_s);
        ClientOptions options;
        options.nodes = {node.url()};
        options.token = "a\r\nb: c";
        ClusterClient named(options);
        QCOMPARE(fieldOf(named, node.url(), call), u"token"_s);
        QVERIFY(node.asked.empty());
    }

    void whatIsCancelledIsHungUpOn()
    {
        FakeNode node;
        node.start();
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        Results results(client);
        client.append(1, append("a", u"3"_s));
        QTRY_COMPARE_WITH_TIMEOUT(node.asked.size(), size_t(1), Patience);
        client.cancel(1);
        QTRY_COMPARE_WITH_TIMEOUT(results.all.size(), 1, Patience);
        QCOMPARE(results.all[1].state, State::GivenUp);
        QTRY_VERIFY_WITH_TIMEOUT(!node.asked[0].reply.isOpen(), Patience);
    }

    void readsFromTheNextNode()
    {
        FakeNode away, node;
        away.start();
        away.stop();
        node.start();
        node.lastId = 3;
        ClusterClient client({{away.url(), node.url()}, {}, {}, {}, {}});
        ClientCall call;
        call.path = u"/api/v1/messages?from=1"_s;
        ClientAnswer got;
        client.read(call, [&](const ClientAnswer &answer) { got = answer; });
        QTRY_COMPARE_WITH_TIMEOUT(got.status, 200, Patience);
        QVERIFY(got.body.contains(R"("id":3)"));
    }

    void aTailShowsEachMessageOnce()
    {
        FakeNode node;
        node.start();
        node.lastId = 3;
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        ClientTail tail(client, 2, {});
        QList<quint64> seen;
        connect(&tail, &ClientTail::message, this, [&](quint64 id) { seen.append(id); });
        tail.start();
        QTRY_COMPARE_WITH_TIMEOUT(seen, (QList<quint64>{2, 3}), Patience);
        node.stop();
        node.lastId = 5;
        QSignalSpy interrupted(&tail, &ClientTail::interrupted);
        QTRY_VERIFY_WITH_TIMEOUT(!interrupted.isEmpty(), Patience);
        node.start();
        QTRY_COMPARE_WITH_TIMEOUT(seen, (QList<quint64>{2, 3, 4, 5}), Patience);
    }

    void aTailEndsWhereTheLogIsAnotherOne_data()
    {
        QTest::addColumn<quint64>("lastId");
        QTest::addColumn<quint64>("epoch");
        QTest::addColumn<QByteArray>("logId");
        QTest::addColumn<QString>("reason");
        QTest::newRow("shorter")
            << 40ULL << 2ULL << QByteArray("a")
            << u"the log is shorter than what was read: 40 now, 57 read; it was restored or replaced"_s;
        QTest::newRow("grown again")
            << 60ULL << 2ULL << QByteArray("a")
            << u"message 57 is another one than was read: the log was restored or replaced"_s;
        QTest::newRow("another") << 60ULL << 1ULL << QByteArray("b")
                                 << u"the log was replaced by another: its log_id is b now, a was read"_s;
    }

    void aTailEndsWhereTheLogIsAnotherOne()
    {
        QFETCH(const quint64, lastId);
        QFETCH(const quint64, epoch);
        QFETCH(const QByteArray, logId);
        QFETCH(const QString, reason);
        for (const bool isNoticed : {true, false}) { // that the node was away
            FakeNode node;
            node.start();
            node.lastId = 57;
            ClusterClient client({{node.url()}, {}, {}, {}, {}});
            ClientTail tail(client, 57, {});
            QSignalSpy messages(&tail, &ClientTail::message);
            QSignalSpy failed(&tail, &ClientTail::failed);
            tail.start();
            QTRY_COMPARE_WITH_TIMEOUT(messages.size(), 1, Patience);
            // The tail waits for what comes next: in the log that it read, not in the one put in its place.
            QTRY_VERIFY_WITH_TIMEOUT(node.holds(), Patience);
            if (isNoticed)
                node.stop();
            node.lastId = lastId;
            node.epoch = epoch;
            node.logId = logId;
            node.waitsRunOut = true;
            if (isNoticed)
                node.start();
            else
                node.answerHeld();
            QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
            QCOMPARE(failed[0][0].toString(), reason);
            QCOMPARE(messages.size(), 1);
        }
    }

    // A node that never showed what it lacks proves nothing.
    void aTailWaitsForANodeThatIsBehind()
    {
        FakeNode away, behind;
        away.start();
        behind.start();
        away.lastId = 57;
        behind.lastId = 40;
        behind.waitsRunOut = true;
        ClusterClient client({{away.url(), behind.url()}, {}, {}, {}, {}});
        ClientTail tail(client, 57, {});
        QList<quint64> seen;
        connect(&tail, &ClientTail::message, this, [&](quint64 id) { seen.append(id); });
        QSignalSpy failed(&tail, &ClientTail::failed);
        tail.start();
        QTRY_COMPARE_WITH_TIMEOUT(seen, (QList<quint64>{57}), Patience);
        away.stop();
        QTRY_VERIFY_WITH_TIMEOUT(behind.statusAsked > 2, Patience);
        behind.lastId = 58;
        QTRY_COMPARE_WITH_TIMEOUT(seen, (QList<quint64>{57, 58}), Patience);
        QVERIFY(failed.isEmpty());
    }

    // Retention took what was read last: what comes next does, and the tail goes on.
    void aTailGoesOnWhereRetentionIsClose()
    {
        FakeNode node;
        node.start();
        node.lastId = 5;
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        ClientTail tail(client, 5, {});
        QList<quint64> seen;
        connect(&tail, &ClientTail::message, this, [&](quint64 id) { seen.append(id); });
        QSignalSpy failed(&tail, &ClientTail::failed);
        tail.start();
        QTRY_COMPARE_WITH_TIMEOUT(seen, (QList<quint64>{5}), Patience);
        node.firstId = 6;
        node.lastId = 6;
        node.answerHeld();
        QTRY_COMPARE_WITH_TIMEOUT(seen, (QList<quint64>{5, 6}), Patience);
        node.firstId = 9;
        node.lastId = 9;
        node.answerHeld();
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
        QCOMPARE(seen.size(), 2);
    }

    // Nothing comes from a machine that vanished: the system must ask.
    void noticesAVanishedMachine()
    {
        FakeNode node;
        node.start();
        ClusterClient client({{node.url()}, {}, {}, {}, {}});
        client.append(1, append("a"));
        QTRY_COMPARE_WITH_TIMEOUT(node.asked.size(), size_t(1), Patience);
        settle(client, node);
        int found = 0;
        for (int descriptor = 0; descriptor < 1024; ++descriptor) {
            sockaddr_in peer = {};
            socklen_t size = sizeof peer;
            if (::getpeername(descriptor, reinterpret_cast<sockaddr *>(&peer), &size) != 0 ||
                peer.sin_family != AF_INET || ntohs(peer.sin_port) != node.url().port())
                continue;
            ++found;
            for (const auto &[level, option, wanted] : std::initializer_list<std::array<int, 3>>{
                     {SOL_SOCKET, SO_KEEPALIVE, 1},
                     {IPPROTO_TCP, TCP_NODELAY, 1},
#ifdef Q_OS_LINUX
                     {IPPROTO_TCP, TCP_KEEPIDLE, 15},
                     {IPPROTO_TCP, TCP_KEEPINTVL, 5},
                     {IPPROTO_TCP, TCP_KEEPCNT, 3},
                     {IPPROTO_TCP, TCP_USER_TIMEOUT, 30000},
#endif
                 }) {
                int value = 0;
                socklen_t length = sizeof value;
                QCOMPARE(::getsockopt(descriptor, level, option, &value, &length), 0);
                QCOMPARE(value, wanted);
            }
        }
        QVERIFY(found >= 1);
    }

    void filesThatCannotBeReadAreNamed()
    {
        ClusterClient client({{QUrl(u"https://localhost:1"_s)}, {}, u"/nowhere/ca.pem"_s, {}, {}});
        QVERIFY(client.problem().contains(u"/nowhere/ca.pem"));

        test::TestCertificates certificates;
        QVERIFY2(certificates.isValid(), qPrintable(certificates.problem()));
        QFile authority(certificates.authority());
        QVERIFY(authority.open(QIODevice::ReadOnly));
        const QByteArray good = authority.readAll();
        const QByteArray broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        const auto problemOf = [](const QByteArray &content) {
            QTemporaryFile file;
            if (!file.open() || file.write(content) != content.size() || !file.flush())
                return u"no file"_s;
            const ClusterClient read({{QUrl(u"https://localhost:1"_s)}, {}, file.fileName(), {}, {}});
            return QString(read.problem()).remove(file.fileName());
        };
        QCOMPARE(problemOf(good), QString());
        QCOMPARE(problemOf(good + broken), u"cannot use '': 1 of its 2 certificates cannot be read"_s);
        QCOMPARE(problemOf(broken + good + good), u"cannot use '': 1 of its 3 certificates cannot be read"_s);
        QCOMPARE(problemOf("text"), u"cannot use '': there is no certificate in it"_s);
        QCOMPARE(problemOf(good + QByteArray(4 << 20, '\n')), u"cannot use '': it is longer than 4 MiB"_s);
    }
};

QTEST_GUILESS_MAIN(TestClusterClient)

#include "tst_clusterclient.moc"
