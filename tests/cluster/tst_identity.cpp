// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"
#include "tests/support/faultproxy.h"

#include <QRegularExpression>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

const QByteArray Soon = "\"timeout_ms\":1500";

QString text(const NodeProcess &node, QLatin1StringView field)
{
    return ClusterFixture::status(node).value(field).toString();
}

QJsonArray refused(const NodeProcess &node)
{
    return ClusterFixture::status(node).value("refused"_L1).toArray();
}

// An empty delivery to `node` as its master would send it, when the node has joined that log.
QJsonObject delivery(const NodeProcess &node, const NodeProcess &master)
{
    waitUntil([&] { return text(node, "log_id"_L1) == text(master, "log_id"_L1); });
    const QJsonObject there = ClusterFixture::status(node);
    return {{u"wire"_s, 1},
            {u"log_id"_s, text(master, "log_id"_L1)},
            {u"to"_s, there.value("node_id"_L1)},
            {u"master"_s, u"m"_s},
            {u"epoch"_s, there.value("epoch"_L1)},
            {u"prev_id"_s, 0},
            {u"prev_epoch"_s, 0},
            {u"committed_id"_s, 0},
            {u"first_id"_s, 1},
            {u"entries"_s, QJsonArray()}};
}

HttpAnswer deliver(const NodeProcess &node, const QByteArray &json)
{
    return node.http().now("POST", "/internal/v1/replicate", json);
}

HttpAnswer deliver(const NodeProcess &node, const QJsonObject &document)
{
    return deliver(node, QJsonDocument(document).toJson(QJsonDocument::Compact));
}

// A registration as a node makes it.
QByteArray registration(const QByteArray &name, const QUrl &url, const QByteArray &more)
{
    return "{\"node_id\":\"00000000000000000000000000000abc\",\"name\":\"" + name +
           "\",\"instance\":\"00000000000000000000000000000def\",\"wire\":1,\"start\":null,"
           "\"last_start\":null,\"url\":\"" +
           url.toEncoded() + "\"," + more + "}";
}

// The node's answer to a delivery.
QByteArray standing(const QByteArray &name, const QByteArray &more)
{
    return "{\"node_id\":\"00000000000000000000000000000abc\",\"name\":\"" + name +
           "\",\"instance\":\"00000000000000000000000000000def\",\"start\":null,\"last_start\":null,"
           "\"epoch\":0,\"last_id\":0,\"last_epoch\":0,\"committed_id\":0,\"log_id\":null," +
           more + "}";
}

// An unrelated web service that gives the same answer to every request.
class ForeignService : public QObject
{
public:
    explicit ForeignService(const QByteArray &status, const QByteArray &body)
    {
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("no port");
        connect(&m_server, &QTcpServer::newConnection, this, [this, status, body] {
            QTcpSocket *const socket = m_server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket, status, body] {
                socket->readAll();
                ++m_asked;
                socket->write("HTTP/1.1 " + status +
                              "\r\nContent-Type: application/json\r\nContent-Length: " +
                              QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" + body);
                socket->disconnectFromHost();
            });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
    }
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(m_server.serverPort())); }
    int asked() const { return m_asked; }

private:
    QTcpServer m_server;
    int m_asked = 0;
};

} // namespace

// Identity of nodes: whose evidence a node accepts, and what it does not do because a stranger says so.
class TestIdentity : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    // A node takes the address of one that is gone.
    void oneProcessIsOneNode()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const auto port = quint16(cluster.s1().url().port());
        cluster.s1().kill();
        NodeProcess &s2 = cluster.addSecondary(u"s2"_s);
        s2.setPort(port);
        QVERIFY(s2.start());
        QVERIFY(
            waitUntil([&] { return cluster.member(u"s2"_s).value("health"_L1).toString() == "healthy"_L1; }));
        const HttpAnswer answer = cluster.master().http().appendNow("x", 3, Soon);
        QVERIFY2(answer.status == 504, answer.text().constData());
        QCOMPARE(answer.json().value("acks"_L1).toInteger(), 2);
        QVERIFY(waitUntil(
            [&] { return cluster.member(u"s1"_s).value("health"_L1).toString() == "misdirected"_L1; }));
        const QJsonObject s1 = cluster.member(u"s1"_s);
        QVERIFY2(s1.value("last_error"_L1).toString().contains(text(s2, "node_id"_L1)),
                 qPrintable(s1.value("last_error"_L1).toString()));
        QVERIFY(s1.value("last_error_at"_L1).toInteger() > 0);
        QCOMPARE(s1.value("acked_id"_L1).toInteger(), 0);
    }

    // Two nodes register the same address: its owner gets deliveries, the other one is shown as misdirected.
    void copiedAdvertise()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        NodeProcess &s2 = cluster.addSecondary(u"s2"_s, {u"--advertise"_s, cluster.s1().url().toString()});
        QVERIFY(s2.start());
        QVERIFY(waitUntil(
            [&] { return cluster.member(u"s2"_s).value("health"_L1).toString() == "misdirected"_L1; }));
        QCOMPARE(cluster.master().http().appendNow("two", 2).status, 201);
        QCOMPARE(cluster.master().http().appendNow("three", 3, Soon).status, 504);
        QCOMPARE(cluster.member(u"s1"_s).value("health"_L1).toString(), u"healthy"_s);
        QCOMPARE(ClusterFixture::lastId(s2), 0);
        QVERIFY(cluster.master()
                    .http()
                    .getNow("/metrics")
                    .body.contains("replog_node_health{node=\"s2\",health=\"misdirected\"} 1"));
    }

    // A node of another cluster takes the address of a dead node.
    void addressUsedAgainByAnotherCluster()
    {
        ClusterFixture ours;
        QVERIFY(ours.addMaster().start());
        ours.master().kill();
        QVERIFY(ours.master().start()); // a higher epoch than the other one has
        QVERIFY(ours.addSecondary(u"s1"_s).start());
        QVERIFY(ours.waitForMembers(1));
        QCOMPARE(ours.master().http().appendNow("a", 2).status, 201);
        QCOMPARE(ours.master().http().appendNow("b", 2).status, 201);
        const auto port = quint16(ours.s1().url().port());
        ours.s1().kill();

        ClusterFixture theirs;
        QVERIFY(theirs.addMaster().start());
        NodeProcess &t1 = theirs.addSecondary(u"t1"_s);
        t1.setPort(port);
        QVERIFY(t1.start());
        QVERIFY(theirs.waitForMembers(1));
        QVERIFY(waitUntil(
            [&] { return ours.member(u"s1"_s).value("health"_L1).toString() == "misdirected"_L1; }));
        QCOMPARE(ours.master().http().appendNow("c", 2, Soon).status, 504);
        QCOMPARE(ClusterFixture::lastId(t1), 0);
        QCOMPARE(theirs.master().http().appendNow("x", 2).status, 201);
        QCOMPARE(text(theirs.master(), "mode"_L1), u"read-write"_s);
        QCOMPARE(ClusterFixture::messages(t1), QStringList{u"x"_s});
    }

    // An empty node was given another master, which is not up yet. The former master still has it as a
    // member.
    void emptyNodeIsNotTakenByItsFormerMaster()
    {
        ClusterFixture theirs;
        QVERIFY(theirs.addMaster().start());
        ClusterFixture former;
        QVERIFY(former.start(1));
        NodeProcess &s1 = former.s1();
        s1.kill();
        theirs.master().kill();
        QCOMPARE(former.master().http().appendNow("a", 1).status, 201);
        s1.setOptions({u"--master"_s, theirs.master().url().authority()});
        QVERIFY(s1.start());
        const auto attempts = [&former] { return former.member(u"s1"_s).value("attempts"_L1).toInteger(); };
        const qint64 before = attempts();
        QVERIFY(waitUntil([&] { return attempts() >= before + 3; }));
        QCOMPARE(ClusterFixture::lastId(s1), 0);
        QVERIFY(theirs.master().start());
        QVERIFY(theirs.waitForMembers(1));
        QCOMPARE(theirs.master().http().appendNow("x", 2).status, 201);
        QCOMPARE(former.master().http().appendNow("b", 2, Soon).status, 504);
        QVERIFY(waitUntil([&] {
            return former.member(u"s1"_s)
                .value("last_error"_L1)
                .toString()
                .contains(text(theirs.master(), "log_id"_L1));
        }));
        QCOMPARE(former.member(u"s1"_s).value("acked_id"_L1).toInteger(), 0);
        QCOMPARE(text(former.master(), "mode"_L1), u"read-write"_s);
        QCOMPARE(ClusterFixture::messages(s1), QStringList{u"x"_s});
    }

    // A node of another cluster, whose epoch is higher than ours, registers with our master.
    void strangerIsRefusedAndChangesNothing()
    {
        ClusterFixture theirs;
        QVERIFY(theirs.start(1));
        for (int i = 0; i < 2; ++i) {
            theirs.master().kill();
            QVERIFY(theirs.master().start());
        }
        QVERIFY(theirs.waitForMembers(1));
        for (const QByteArray message : {"x", "y", "z"})
            QCOMPARE(theirs.master().http().appendNow(message, 2).status, 201);
        QVERIFY(theirs.waitForEqualLogs());
        theirs.s1().kill();

        ClusterFixture ours;
        QVERIFY(ours.start(1));
        QCOMPARE(ours.master().http().appendNow("a", 2).status, 201);
        theirs.s1().setOptions(
            {u"--master"_s, ours.master().url().authority(), u"--register-after"_s, u"400ms"_s});
        QVERIFY(theirs.s1().start());
        QVERIFY(waitUntil([&] { return text(theirs.s1(), "mode"_L1) == "refused"_L1; }));
        QVERIFY(text(theirs.s1(), "mode_reason"_L1).contains(text(ours.master(), "log_id"_L1)));
        const QJsonObject shown = refused(ours.master()).first().toObject();
        QCOMPARE(shown.value("node_id"_L1).toString(), text(theirs.s1(), "node_id"_L1));
        QVERIFY(shown.value("reason"_L1).toString().contains(text(theirs.s1(), "log_id"_L1)));
        QVERIFY(shown.value("at"_L1).toInteger() > 0);
        QVERIFY(theirs.s1().output().contains("refuses this node"));
        QVERIFY(ours.master().output().contains("node refused"));
        // Nor do appends to it go into our log.
        const HttpAnswer append = theirs.s1().http().appendNow("stray", 1);
        QCOMPARE(append.status, 503);
        QVERIFY2(append.text().contains(text(ours.master(), "log_id"_L1).toUtf8()),
                 append.text().constData());
        QCOMPARE(text(ours.master(), "mode"_L1), u"read-write"_s);
        QCOMPARE(ours.master().http().appendNow("b", 2).status, 201);
        QCOMPARE(ClusterFixture::messages(theirs.s1()), (QStringList{u"x"_s, u"y"_s, u"z"_s}));
    }

    // Registrations and services with invalid content.
    void foreignWordsFenceNobody()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        QCOMPARE(cluster.master().http().appendNow("a", 2).status, 201);
        const QByteArray ours = text(cluster.master(), "log_id"_L1).toLatin1();
        const QByteArray far = "\"epoch\":900,\"last_id\":1000,\"last_epoch\":900,\"committed_id\":1000";
        for (const QByteArray status :
             {"412 Precondition Failed", "409 Conflict", "200 OK", "421 Misdirected"}) {
            ForeignService service(status, "{}");
            for (const QByteArray &log : {ours, QByteArray(32, 'a')})
                cluster.master().http().now(
                    "POST", "/api/v1/nodes",
                    registration("zz", service.url(), "\"log_id\":\"" + log + "\"," + far));
            QVERIFY(waitUntil([&] { return service.asked() >= 3; }));
            QCOMPARE(text(cluster.master(), "mode"_L1), u"read-write"_s);
            QCOMPARE(cluster.member(u"zz"_s).value("acked_id"_L1).toInteger(), 0);
            QCOMPARE(cluster.master().http().appendNow("b", 2).status, 201);
            QCOMPARE(cluster.master().http().appendNow("c", 3, Soon).status, 504);
            cluster.master().http().now("DELETE", "/api/v1/nodes/zz");
        }
    }

    // Something else at the master's address refuses nobody.
    void foreignRefusalIsAFailedRegistration()
    {
        const ForeignService service("409 Conflict", R"({"detail":"name: go away"})");
        ClusterFixture cluster;
        QVERIFY(cluster.reserveMasterPort());
        NodeProcess &s1 = cluster.addSecondary(u"s1"_s);
        s1.setOptions({u"--master"_s, service.url().authority()});
        QVERIFY(s1.start());
        QVERIFY(waitUntil([&] { return service.asked() >= 2; }));
        QCOMPARE(text(s1, "mode"_L1), u"following"_s);
        QVERIFY(s1.output().contains("cannot register"));
    }

    // Answers of its nodes fence a master whose folder was emptied.
    void emptiedMasterIsFenced()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        for (const QByteArray message : {"a", "b"})
            QCOMPARE(cluster.master().http().appendNow(message, 2).status, 201);
        QVERIFY(cluster.waitForEqualLogs());
        cluster.master().kill();
        QVERIFY(QDir(cluster.master().dataFolder()).removeRecursively());
        QVERIFY(cluster.master().start());
        QVERIFY(waitUntil([&] { return text(cluster.master(), "mode"_L1) == "fenced"_L1; }));
        QVERIFY(text(cluster.master(), "mode_reason"_L1).contains(u"--new-log"_s));
        QCOMPARE(ClusterFixture::messages(cluster.s1()), (QStringList{u"a"_s, u"b"_s}));
        cluster.master().kill();
        cluster.master().addOptionsOnce({u"--new-log"_s});
        QVERIFY(cluster.master().start());
        QVERIFY(waitUntil([&] { return text(cluster.s1(), "mode"_L1) == "refused"_L1; }));
        QCOMPARE(text(cluster.master(), "mode"_L1), u"read-write"_s);
        cluster.master().kill();
        QVERIFY(cluster.master().start()); // --new-log is stored in the folder
        QVERIFY(waitUntil([&] { return !refused(cluster.master()).isEmpty(); }));
        QCOMPARE(text(cluster.master(), "mode"_L1), u"read-write"_s);
    }

    // A node of a later version that refuses our deliveries, and its replacement.
    void incompatibleUntilItIsMended()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        const QByteArray empty =
            "\"log_id\":null,\"epoch\":0,\"last_id\":0,\"last_epoch\":0,\"committed_id\":0";
        const ForeignService later("400 Bad Request",
                                   standing("s9", "\"wire\":3,\"field\":\"wire\",\"detail\":\"speaks 2 and "
                                                  "3\",\"of_later\":[1]"));
        QCOMPARE(cluster.master()
                     .http()
                     .now("POST", "/api/v1/nodes", registration("s9", later.url(), empty))
                     .status,
                 200);
        QVERIFY(waitUntil(
            [&] { return cluster.member(u"s9"_s).value("health"_L1).toString() == "incompatible"_L1; }));
        const QString why = cluster.member(u"s9"_s).value("last_error"_L1).toString();
        QVERIFY2(why.contains(u"wire version 3"_s) && why.contains(u"speaks 2 and 3"_s), qPrintable(why));
        QVERIFY(cluster.master()
                    .http()
                    .getNow("/metrics")
                    .body.contains("replog_node_health{node=\"s9\",health=\"incompatible\"} 1"));
        QCOMPARE(cluster.master().http().appendNow("a", 2).status, 201);
        QCOMPARE(cluster.master().http().appendNow("b", 3, Soon).status, 504);
        const int asked = later.asked();
        QCOMPARE(cluster.master().http().appendNow("c", 2).status, 201);
        QCOMPARE(later.asked(), asked); // it gets no further deliveries

        const ForeignService mended("200 OK", standing("s9", "\"wire\":1"));
        QCOMPARE(cluster.master()
                     .http()
                     .now("POST", "/api/v1/nodes", registration("s9", mended.url(), empty))
                     .status,
                 200);
        QVERIFY(
            waitUntil([&] { return cluster.member(u"s9"_s).value("health"_L1).toString() == "healthy"_L1; }));
    }

    void newLogIsNothingForAPromotion()
    {
        const auto run = NodeProcess::run(NodeProcess::Role::Master, {u"--promote"_s, u"--new-log"_s});
        QCOMPARE(run.exitCode, 2);
        QVERIFY2(run.err.contains("--new-log"), run.err.constData());
    }

    // Longer than --register-after of the secondary.
    void slowDeliveryArrives()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1, {u"--attempt-timeout"_s, u"20s"_s},
                              {u"--lag"_s, u"900ms"_s, u"--register-after"_s, u"200ms"_s}));
        const HttpAnswer answer = cluster.master().http().appendNow("x", 2);
        QVERIFY2(answer.status == 201, answer.text().constData());
        QCOMPARE(cluster.member(u"s1"_s).value("consecutive_failures"_L1).toInteger(), 0);
    }

    // The large message and the slow link.
    void largeMessageOverASlowLinkArrives()
    {
        ClusterFixture cluster;
        FaultProxy proxy;
        QVERIFY(cluster
                    .addMaster({u"--attempt-timeout"_s, u"60s"_s, u"--max-message"_s, u"16MiB"_s,
                                u"--max-body"_s, u"20MiB"_s})
                    .start());
        NodeProcess &s1 = cluster.addSecondary(
            u"s1"_s, {u"--advertise"_s, proxy.url().toString(), u"--register-after"_s, u"200ms"_s});
        proxy.setRate(8 * 1024 * 1024);
        QVERIFY(s1.start());
        proxy.setTarget(s1.url());
        QVERIFY(cluster.waitForMembers(1));
        const auto before = proxy.resets(); // a registration may have come before the proxy had its target
        const HttpAnswer answer =
            cluster.master().http().appendNow(QByteArray(16 * 1024 * 1024 - 64, 'x'), 2);
        QVERIFY2(answer.status == 201, answer.text().constData());
        QCOMPARE(proxy.resets(), before);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }

    // The default name with the folder of another node.
    void nameGivenTwice()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        NodeProcess other(NodeProcess::Role::Secondary, u"s1"_s, cluster.folder(u"other"_s),
                          cluster.s1().options());
        QVERIFY(other.start());
        QVERIFY(waitUntil([&] { return text(other, "mode"_L1) == "refused"_L1; }));
        QVERIFY2(text(other, "mode_reason"_L1).contains(u"--name"_s),
                 qPrintable(text(other, "mode_reason"_L1)));
        QCOMPARE(refused(cluster.master()).size(), 1);
        QCOMPARE(cluster.master().http().appendNow("a", 2).status, 201);
        QCOMPARE(cluster.master().http().appendNow("b", 3, Soon).status, 504);
        QCOMPARE(text(cluster.s1(), "mode"_L1), u"following"_s);
        QCOMPARE(cluster.member(u"s1"_s).value("url"_L1).toString(), cluster.s1().url().toString());
        // The name is free when the first node is gone.
        cluster.s1().kill();
        QVERIFY(waitUntil([&] { return text(other, "mode"_L1) == "following"_L1; }));
        QVERIFY(waitUntil([&] { return ClusterFixture::lastId(other) == 2; }));
    }

    // The node id says who it is.
    void renamed()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        QCOMPARE(cluster.master().http().appendNow("a", 3).status, 201);
        const QString nodeId = text(cluster.s1(), "node_id"_L1);
        QVERIFY(cluster.s1().terminate());
        NodeProcess t1(NodeProcess::Role::Secondary, u"t1"_s, cluster.s1().dataFolder(),
                       cluster.s1().options());
        QVERIFY(t1.start());
        QVERIFY(
            waitUntil([&] { return cluster.member(u"t1"_s).value("health"_L1).toString() == "healthy"_L1; }));
        QCOMPARE(text(t1, "node_id"_L1), nodeId);
        QCOMPARE(text(t1, "name"_L1), u"t1"_s);
        QVERIFY2(t1.output().contains("renamed"), t1.output().constData());
        QCOMPARE(cluster.member(u"t1"_s).value("node_id"_L1).toString(), nodeId);
        QCOMPARE(cluster.member(u"t1"_s).value("acked_id"_L1).toInteger(), 1);
        QVERIFY(cluster.member(u"s1"_s).isEmpty());
        QCOMPARE(cluster.master().http().appendNow("b", 3).status, 201);
        QCOMPARE(cluster.master().http().appendNow("c", 4, Soon).status, 504); // it is one node
        // Its acks are its own under the new name, too.
        t1.kill();
        QCOMPARE(cluster.master().http().appendNow("d", 2).status, 201);
        QCOMPARE(cluster.master().http().getNow("/api/v1/messages/2").json().value("acks"_L1).toInteger(), 3);
    }

    void moved()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        QCOMPARE(cluster.master().http().appendNow("a", 2).status, 201);
        QVERIFY(cluster.s1().terminate());
        NodeProcess there(NodeProcess::Role::Secondary, u"s1"_s, cluster.s1().dataFolder(),
                          cluster.s1().options()); // on a port of its own
        QVERIFY(there.start());
        QVERIFY(there.url() != cluster.s1().url());
        QVERIFY(waitUntil([&] {
            const QJsonObject s1 = cluster.member(u"s1"_s);
            return s1.value("url"_L1).toString() == there.url().toString() &&
                   s1.value("health"_L1).toString() == "healthy"_L1;
        }));
        QCOMPARE(cluster.member(u"s1"_s).value("node_id"_L1).toString(), text(there, "node_id"_L1));
        QCOMPARE(cluster.master().http().appendNow("b", 2).status, 201);
        QCOMPARE(cluster.master().http().appendNow("c", 3, Soon).status, 504);
    }

    // Each gets its own deliveries again, and neither is counted for the other.
    void swappedAddresses()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        QCOMPARE(cluster.master().http().appendNow("a", 3).status, 201);
        QVERIFY(cluster.s1().terminate());
        QVERIFY(cluster.s2().terminate());
        NodeProcess s1(NodeProcess::Role::Secondary, u"s1"_s, cluster.s1().dataFolder(),
                       cluster.s1().options());
        NodeProcess s2(NodeProcess::Role::Secondary, u"s2"_s, cluster.s2().dataFolder(),
                       cluster.s2().options());
        s1.setPort(quint16(cluster.s2().url().port()));
        s2.setPort(quint16(cluster.s1().url().port()));
        QVERIFY(s1.start());
        QVERIFY(s2.start());
        for (const NodeProcess *const node : {&s1, &s2}) {
            QVERIFY(waitUntil([&] {
                const QJsonObject member = cluster.member(node->name());
                return member.value("url"_L1).toString() == node->url().toString() &&
                       member.value("health"_L1).toString() == "healthy"_L1;
            }));
            QCOMPARE(cluster.member(node->name()).value("node_id"_L1).toString(), text(*node, "node_id"_L1));
        }
        QCOMPARE(cluster.master().http().appendNow("b", 3).status, 201);
        QVERIFY(waitUntil([&] { return ClusterFixture::committedId(s1) == 2; }));
        QVERIFY(waitUntil([&] { return ClusterFixture::committedId(s2) == 2; }));
        QCOMPARE(ClusterFixture::messages(s1), ClusterFixture::messages(s2));
    }

    void copiedFolderIsOneNode()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        QCOMPARE(cluster.master().http().appendNow("a", 2).status, 201);
        QVERIFY(cluster.s1().terminate());
        const QString copy = cluster.folder(u"copy"_s);
        QVERIFY(copyFolder(cluster.s1().dataFolder(), copy));
        QVERIFY(cluster.s1().start());
        QVERIFY(cluster.waitForMembers(1));
        NodeProcess doubled(NodeProcess::Role::Secondary, u"s1"_s, copy, cluster.s1().options());
        QVERIFY(doubled.start());
        QVERIFY(waitUntil([&] { return text(doubled, "mode"_L1) == "refused"_L1; }));
        QCOMPARE(text(doubled, "node_id"_L1), text(cluster.s1(), "node_id"_L1));
        QVERIFY(text(doubled, "mode_reason"_L1).contains(u"copy"_s));
        QCOMPARE(cluster.master().http().appendNow("b", 2).status, 201);
        QCOMPARE(cluster.master().http().appendNow("c", 3, Soon).status, 504);
        QCOMPARE(ClusterFixture::lastId(doubled), 1);
    }

    void epochsDoNotWrap_data()
    {
        QTest::addColumn<QByteArray>("epoch");
        QTest::newRow("the highest 64 bits hold") << "18446744073709551615"_ba;
        QTest::newRow("beyond them") << "18446744073709551616"_ba;
        QTest::newRow("beyond what JSON tells exactly") << "9007199254740992"_ba;
        QTest::newRow("further than any master raises it") << "1000100"_ba;
        QTest::newRow("negative") << "-1"_ba;
        QTest::newRow("zero") << "0"_ba;
    }

    void epochsDoNotWrap()
    {
        QFETCH(QByteArray, epoch);
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        QJsonObject document = delivery(cluster.s1(), cluster.master());
        QCOMPARE(deliver(cluster.s1(), document).status, 200);
        document[u"epoch"_s] = u"EPOCH"_s;
        const HttpAnswer answer = deliver(
            cluster.s1(), QJsonDocument(document).toJson(QJsonDocument::Compact).replace("\"EPOCH\"", epoch));
        QVERIFY2(answer.status == 400, answer.text().constData());
        QCOMPARE(answer.json().value("field"_L1).toString(), u"epoch"_s);
        QCOMPARE(answer.json().value("node_id"_L1).toString(), text(cluster.s1(), "node_id"_L1));
        QCOMPARE(ClusterFixture::status(cluster.s1()).value("epoch"_L1).toInteger(), 1);
    }

    void deliveriesAreReadStrictly_data()
    {
        QTest::addColumn<QString>("field");
        QTest::newRow("committed_id") << u"committed_id"_s;
        QTest::newRow("first_id") << u"first_id"_s;
        QTest::newRow("to") << u"to"_s;
        QTest::newRow("log_id") << u"log_id"_s;
        QTest::newRow("wire") << u"wire"_s;
        QTest::newRow("an entry's message") << u"message"_s;
        QTest::newRow("an entry's time") << u"time"_s;
    }

    void deliveriesAreReadStrictly()
    {
        QFETCH(QString, field);
        ClusterFixture cluster;
        QVERIFY(cluster.start(1));
        QJsonObject document = delivery(cluster.s1(), cluster.master());
        QJsonObject entry{{u"id"_s, 1}, {u"epoch"_s, 1}, {u"w"_s, 1}, {u"time"_s, 1}, {u"message"_s, u"a"_s}};
        entry.remove(field);
        document[u"entries"_s] = QJsonArray{entry};
        document.remove(field);
        const HttpAnswer answer = deliver(cluster.s1(), document);
        QVERIFY2(answer.status == 400, answer.text().constData());
        QVERIFY2(answer.json().value("field"_L1).toString().contains(field), answer.text().constData());
        QCOMPARE(ClusterFixture::lastId(cluster.s1()), 0);
    }
};

QTEST_GUILESS_MAIN(TestIdentity)
#include "tst_identity.moc"
