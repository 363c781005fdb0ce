// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"
#include "tests/support/documents.h"
#include "tests/support/faultproxy.h"

#include <QDir>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

QJsonObject entry(int id, int epoch, const QByteArray &message)
{
    return entryDocument(id, epoch, QString::fromUtf8(message));
}

// The node id to which deliveries must be addressed; every refusal has it.
QString nodeIdOf(const NodeProcess &node)
{
    return node.http().now("POST", "/internal/v1/replicate", "{}").json().value("node_id"_L1).toString();
}

// A delivery in JSON as a master sends it; `start`: the start of its epoch.
QJsonObject deliveryTo(const NodeProcess &node, int epoch, int prevId, int prevEpoch, int committedId,
                       const QList<QJsonObject> &entries, int start = 0)
{
    QJsonObject delivery = deliveryDocument();
    delivery["to"_L1] = nodeIdOf(node);
    delivery["epoch"_L1] = epoch;
    delivery["prev_id"_L1] = prevId;
    delivery["prev_epoch"_L1] = prevEpoch;
    delivery["committed_id"_L1] = committedId;
    delivery.remove("starts"_L1);
    if (start != 0)
        delivery["starts"_L1] = QJsonArray{QJsonObject{{u"epoch"_s, epoch}, {u"start"_s, hexStart(start)}}};
    QJsonArray array;
    for (const QJsonObject &each : entries)
        array.append(each);
    delivery["entries"_L1] = array;
    return delivery;
}

HttpAnswer deliver(const NodeProcess &node, int epoch, int prevId, int prevEpoch, int committedId,
                   const QList<QJsonObject> &entries, int start = 0)
{
    return node.http().now("POST", "/internal/v1/replicate",
                           toJson(deliveryTo(node, epoch, prevId, prevEpoch, committedId, entries, start)));
}

// A master that tells every registering node that its log is that of those deliveries.
class PlayedMaster : public QObject
{
public:
    PlayedMaster()
    {
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("no port");
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *const socket = m_server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                if (!socket->readAll().endsWith('}'))
                    return; // only the head has arrived
                ++m_answered;
                const QByteArray body = toJson({{u"node_id"_s, hexId(33)},
                                                {u"name"_s, u"m"_s},
                                                {u"log_id"_s, deliveryDocument().value("log_id"_L1)},
                                                {u"wire"_s, 1},
                                                {u"epoch"_s, 1}});
                socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                              QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" + body);
                socket->disconnectFromHost();
            });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
    }
    QString authority() const { return u"127.0.0.1:%1"_s.arg(m_server.serverPort()); }
    int answered() const { return m_answered; }

private:
    QTcpServer m_server;
    int m_answered = 0;
};

qint64 member(const HttpAnswer &answer, const char *name)
{
    return answer.json().value(QLatin1StringView(name)).toInteger(-1);
}

} // namespace

// Epochs, gaps, truncation, and logs that conflict.
class TestHistory : public QObject
{
    Q_OBJECT
private:
    // A secondary whose master is the test.
    NodeProcess &lonelySecondary(ClusterFixture &cluster)
    {
        cluster.reserveMasterPort();
        NodeProcess &s1 = cluster.addSecondary(u"s1"_s);
        s1.setOptions({u"--master"_s, m_played.authority(), u"--register-after"_s, u"400ms"_s});
        return s1;
    }

    PlayedMaster m_played;

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void duplicatesAreAcknowledgedNotStored()
    {
        ClusterFixture cluster;
        NodeProcess &s1 = lonelySecondary(cluster);
        QVERIFY(s1.start());
        for (int i = 0; i < 3; ++i) {
            const HttpAnswer answer = deliver(s1, 1, 0, 0, 0, {entry(1, 1, "a"), entry(2, 1, "b")});
            QVERIFY2(answer.status == 200, answer.text().constData());
            QCOMPARE(member(answer, "last_id"), 2);
            QCOMPARE(member(answer, "last_epoch"), 1);
        }
        const HttpAnswer overlap = deliver(s1, 1, 1, 1, 2, {entry(2, 1, "b"), entry(3, 1, "c")});
        QCOMPARE(member(overlap, "last_id"), 3);
        QCOMPARE(ClusterFixture::messages(s1, "view=all"), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
        QCOMPARE(ClusterFixture::messages(s1), (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void gapsAreKeptButNeverShown()
    {
        ClusterFixture cluster;
        NodeProcess &s1 = lonelySecondary(cluster);
        QVERIFY(s1.start());
        QCOMPARE(deliver(s1, 1, 0, 0, 0, {entry(1, 1, "a")}).status, 200);
        const HttpAnswer beyond = deliver(s1, 1, 3, 1, 0, {entry(4, 1, "d")});
        QVERIFY2(beyond.status == 200, beyond.text().constData());
        QCOMPARE(member(beyond, "last_id"), 1);
        QCOMPARE(ClusterFixture::messages(s1, "view=all"), QStringList{u"a"_s});
        QCOMPARE(s1.http().getNow("/api/v1/messages/4").status, 404);
        const HttpAnswer closed = deliver(s1, 1, 1, 1, 4, {entry(2, 1, "b"), entry(3, 1, "c")});
        QCOMPARE(closed.status, 200);
        QVERIFY(waitUntil([&] { return ClusterFixture::lastId(s1) == 4; }));
        // A delivery commits nothing beyond what it proves.
        QCOMPARE(ClusterFixture::committedId(s1), 3);
        QCOMPARE(deliver(s1, 1, 4, 1, 4, {}).status, 200);
        QCOMPARE(ClusterFixture::messages(s1, "at_least=4&wait_ms=60000"),
                 (QStringList{u"a"_s, u"b"_s, u"c"_s, u"d"_s}));
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void uncommittedTailIsReplaced()
    {
        ClusterFixture cluster;
        NodeProcess &s1 = lonelySecondary(cluster);
        QVERIFY(s1.start());
        QCOMPARE(
            deliver(s1, 1, 0, 0, 2, {entry(1, 1, "a"), entry(2, 1, "b"), entry(3, 1, "c"), entry(4, 1, "d")})
                .status,
            200);
        const HttpAnswer mismatch = deliver(s1, 3, 3, 2, 2, {entry(4, 3, "x")});
        QVERIFY2(mismatch.status == 409, mismatch.text().constData());
        QCOMPARE(member(mismatch, "last_id"), 4);
        QCOMPARE(member(mismatch, "last_epoch"), 1);
        const HttpAnswer replaced = deliver(s1, 3, 2, 1, 2, {entry(3, 3, "y")});
        QVERIFY2(replaced.status == 200, replaced.text().constData());
        QCOMPARE(member(replaced, "last_id"), 3);
        QCOMPARE(member(replaced, "last_epoch"), 3);
        const HttpAnswer stale = deliver(s1, 1, 4, 1, 4, {entry(5, 1, "e")});
        QVERIFY2(stale.status == 412, stale.text().constData());
        const QStringList log{u"a"_s, u"b"_s, u"y"_s};
        QCOMPARE(ClusterFixture::messages(s1, "view=all"), log);
        // The same after a crash.
        s1.kill();
        QVERIFY(s1.start());
        QCOMPARE(ClusterFixture::messages(s1, "view=all"), log);
        QCOMPARE(ClusterFixture::messages(s1), (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(deliver(s1, 2, 3, 2, 3, {}).status, 412);
        QCOMPARE(deliver(s1, 3, 3, 3, 3, {}).status, 200);
        QCOMPARE(ClusterFixture::messages(s1), log);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void committedHistoryIsNeverDropped()
    {
        ClusterFixture cluster;
        NodeProcess &s1 = lonelySecondary(cluster);
        QVERIFY(s1.start());
        QCOMPARE(deliver(s1, 1, 0, 0, 3, {entry(1, 1, "a"), entry(2, 1, "b"), entry(3, 1, "c")}).status, 200);
        const HttpAnswer refused = deliver(s1, 2, 1, 1, 3, {entry(2, 2, "x"), entry(3, 2, "y")});
        QVERIFY2(refused.status == 409, refused.text().constData());
        QCOMPARE(ClusterFixture::status(s1).value("mode"_L1).toString(), u"diverged"_s);
        const QStringList log{u"a"_s, u"b"_s, u"c"_s};
        QCOMPARE(ClusterFixture::messages(s1), log);
        // It stays diverged until an operator resets it, also over restarts.
        QCOMPARE(deliver(s1, 2, 3, 1, 3, {entry(4, 2, "z")}).status, 409);
        QVERIFY(s1.terminate());
        QVERIFY(s1.start());
        QCOMPARE(ClusterFixture::status(s1).value("mode"_L1).toString(), u"diverged"_s);
        QCOMPARE(ClusterFixture::messages(s1), log);
        // The operator resets it.
        QVERIFY(s1.terminate());
        s1.addOptionsOnce({u"--reset"_s});
        QVERIFY2(s1.start(), s1.output().constData());
        QCOMPARE(ClusterFixture::status(s1).value("mode"_L1).toString(), u"following"_s);
        QCOMPARE(ClusterFixture::lastId(s1), 0);
        QCOMPARE(deliver(s1, 2, 0, 0, 1, {entry(1, 2, "x")}).status, 200);
        QCOMPARE(ClusterFixture::messages(s1), QStringList{u"x"_s});
        QCOMPARE(cluster.problems(), QByteArray());
    }

    // A master with an emptied data folder must not make its members drop committed entries.
    void masterWithAnEmptiedFolderIsFenced()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        Load load(cluster.master().url(), u"msg"_s, 4, 20, 3);
        load.start();
        QVERIFY(load.waitForAcked(20));
        QVERIFY(cluster.waitForEqualLogs());
        cluster.master().kill();
        QVERIFY(QDir(cluster.master().dataFolder()).removeRecursively());
        QVERIFY(cluster.master().start());
        QVERIFY(waitUntil([&] {
            return ClusterFixture::status(cluster.master()).value("mode"_L1).toString() == "fenced"_L1;
        }));
        const HttpAnswer refused = cluster.master().http().appendNow("no", 1);
        QVERIFY2(refused.status == 503, refused.text().constData());
        QVERIFY2(cluster.master().output().contains("s1") || cluster.master().output().contains("s2"),
                 "whom it learned it from is not said");
        for (NodeProcess *node : {&cluster.s1(), &cluster.s2()})
            QCOMPARE(load.check(ClusterFixture::messages(*node)), QByteArray());
        QCOMPARE(cluster.problems(), QByteArray());
    }

    // As large as --max-message can be.
    void theLargestMessageFitsIntoADelivery()
    {
        ClusterFixture cluster;
        NodeProcess &s1 = lonelySecondary(cluster);
        QVERIFY(s1.start());
        QCOMPARE(deliver(s1, 1, 0, 0, 0, {entry(1, 1, "a")}).status, 200);
        const QJsonObject large =
            deliveryTo(s1, 1, 1, 1, 0, {entry(2, 1, QByteArray(64 * 1024 * 1024, 'x'))});
        // What is sent by hand is smaller.
        const HttpAnswer json = s1.http().now("POST", "/internal/v1/replicate", toJson(large));
        QVERIFY2(json.status == 413, json.text().constData());
        const HttpAnswer cbor = s1.http().now("POST", "/internal/v1/replicate", toCbor(large),
                                              {{"Content-Type", "application/cbor"}});
        QVERIFY2(cbor.status == 200, cbor.text().constData());
        QVERIFY(waitUntil([&] { return ClusterFixture::lastId(s1) == 2; }));
        QCOMPARE(cluster.problems(), QByteArray());
    }

    // Two masters that raise their epochs independently may reach the same number; the random starts of their
    // epochs tell them apart. The second one is refused, also over restarts.
    void anEpochBelongsToOneStartOfAMaster()
    {
        ClusterFixture cluster;
        NodeProcess &s1 = lonelySecondary(cluster);
        QVERIFY(s1.start());
        const auto deliverFrom = [&s1](int start, int epoch, const QByteArray &text) {
            return deliver(s1, epoch, 0, 0, 0, {entry(1, epoch, text)}, start);
        };
        const HttpAnswer first = deliverFrom(7, 2, "a");
        QVERIFY2(first.status == 200, first.text().constData());
        QCOMPARE(first.json().value("last_start"_L1).toString(), hexStart(7));
        QCOMPARE(deliverFrom(8, 2, "b").status, 412);
        s1.kill();
        QVERIFY(s1.start());
        const HttpAnswer refused = deliverFrom(8, 2, "b");
        QCOMPARE(refused.status, 412);
        QVERIFY2(refused.text().contains("another start"), refused.text().constData());
        QCOMPARE(deliverFrom(7, 2, "a").status, 200);
        QCOMPARE(ClusterFixture::messages(s1, "view=all"), QStringList{u"a"_s});
        QCOMPARE(deliverFrom(8, 3, "b").status, 200);
        QCOMPARE(ClusterFixture::messages(s1, "view=all"), QStringList{u"b"_s});
        QCOMPARE(deliverFrom(7, 3, "a").status, 412);
        // A delivery without a start matches any start.
        QCOMPARE(deliver(s1, 3, 1, 3, 0, {}).status, 200);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    // The old master came back, was restarted often, and took messages of its own: none of its acks and
    // entries may mix with those of the master that replaced it.
    void anOldMasterStaysBehindThePromotedOne()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        QCOMPARE(cluster.master().http().appendNow("common", 3).status, 201);
        QVERIFY(cluster.waitForEqualLogs());
        cluster.master().kill();
        QVERIFY(cluster.s1().terminate());
        NodeProcess promoted(NodeProcess::Role::Master, u"s1"_s, cluster.s1().dataFolder(),
                             cluster.master().options() + QStringList{u"--promote"_s});
        QVERIFY2(promoted.start(), promoted.output().constData());
        QVERIFY(cluster.s2().terminate());
        const QStringList options = cluster.s2().options();
        cluster.s2().setOptions({u"--master"_s, u"127.0.0.1:"_s + QString::number(promoted.url().port())});
        QVERIFY(cluster.s2().start());
        QCOMPARE(promoted.http().appendNow("new", 2).status, 201);
        QCOMPARE(ClusterFixture::messages(cluster.s2(), "at_least=2&wait_ms=60000"),
                 QStringList({u"common"_s, u"new"_s}));
        QVERIFY(cluster.s2().terminate());

        for (int i = 0; i < 3; ++i) {
            QVERIFY(cluster.master().start());
            QCOMPARE(cluster.master().http().appendNow("old", 1).status, 201);
            cluster.master().kill();
        }
        QVERIFY(cluster.master().start());
        const auto waiting = cluster.master().http().append("old too", 2);
        QVERIFY(waitUntil([&] { return ClusterFixture::lastId(cluster.master()) == 5; }));
        cluster.s2().setOptions(options);
        QVERIFY(cluster.s2().start());
        QVERIFY(waitUntil([&] {
            return ClusterFixture::status(cluster.master()).value("mode"_L1).toString() == "fenced"_L1;
        }));
        QVERIFY(waiting->wait());
        QCOMPARE(waiting->answer().status, 503);
        QCOMPARE(waiting->answer().json().value("id"_L1).toInteger(), 5);
        QCOMPARE(ClusterFixture::messages(cluster.s2(), "view=all"), QStringList({u"common"_s, u"new"_s}));
        QCOMPARE(cluster.problems() + promoted.sanitizerReport(), QByteArray());
    }

    // The master is lost: a secondary is promoted, and the other one follows it.
    void promotedSecondaryTakesOver()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2));
        Load load(cluster.master().url(), u"msg"_s, 4, 100, 3);
        load.start();
        QVERIFY(load.waitForAcked(100));
        QVERIFY(cluster.waitForEqualLogs());
        const qint64 epoch = ClusterFixture::status(cluster.master()).value("epoch"_L1).toInteger();
        cluster.master().kill();
        QVERIFY(cluster.s1().terminate());

        NodeProcess notAsked(NodeProcess::Role::Master, u"s1"_s, cluster.s1().dataFolder(), {});
        QVERIFY(!notAsked.start());
        QVERIFY(notAsked.waitForExit());
        QCOMPARE(notAsked.exitCode(), 1);

        NodeProcess promoted(NodeProcess::Role::Master, u"s1"_s, cluster.s1().dataFolder(),
                             cluster.master().options() + QStringList{u"--promote"_s});
        QVERIFY2(promoted.start(), promoted.output().constData());
        QVERIFY(ClusterFixture::status(promoted).value("epoch"_L1).toInteger() > epoch);
        QVERIFY(cluster.s2().terminate());
        cluster.s2().setOptions({u"--master"_s, u"127.0.0.1:"_s + QString::number(promoted.url().port())});
        QVERIFY(cluster.s2().start());
        const HttpAnswer answer = promoted.http().appendNow("under new management", 2);
        QVERIFY2(answer.status == 201, answer.text().constData());
        QCOMPARE(answer.json().value("id"_L1).toInteger(), 101);
        const QStringList log = ClusterFixture::messages(cluster.s2(), "at_least=101&wait_ms=60000");
        QCOMPARE(log.size(), 101);
        QCOMPARE(log.last(), u"under new management"_s);
        QCOMPARE(load.check(log), QByteArray());

        // The old master is fenced as soon as it meets a node that has seen the new epoch.
        QVERIFY(cluster.master().start());
        QVERIFY(waitUntil([&] {
            return ClusterFixture::status(cluster.master()).value("mode"_L1).toString() == "fenced"_L1;
        }));
        QCOMPARE(cluster.master().http().appendNow("no", 1).status, 503);
        QCOMPARE(cluster.problems() + promoted.sanitizerReport(), QByteArray());
    }

    // The address that the secondaries were given leads to the promoted one now. The old master still runs,
    // and delivers to the other one, whose connections to that address once led to the old master, too.
    void promotedWhileTheOldMasterGoesOn()
    {
        FaultProxy address;
        ClusterFixture cluster;
        NodeProcess &old = cluster.addMaster();
        QVERIFY(old.start());
        address.setTarget(old.url());
        for (const QString &name : {u"s1"_s, u"s2"_s}) {
            NodeProcess &secondary = cluster.addSecondary(name);
            secondary.setOptions(
                {u"--master"_s, address.url().authority(), u"--register-after"_s, u"300ms"_s});
            QVERIFY(secondary.start());
        }
        QVERIFY(cluster.waitForMembers(2));
        QCOMPARE(old.http().appendNow("common", 3).status, 201);
        QVERIFY(cluster.waitForEqualLogs());
        QVERIFY(cluster.s1().terminate());
        NodeProcess promoted(NodeProcess::Role::Master, u"s1"_s, cluster.s1().dataFolder(),
                             old.options() + QStringList{u"--promote"_s});
        QVERIFY2(promoted.start(), promoted.output().constData());
        address.setTarget(promoted.url());
        QVERIFY(waitUntil(
            [&] { return ClusterFixture::status(old).value("mode"_L1).toString() == "fenced"_L1; }));
        QCOMPARE(promoted.http().appendNow("new", 2).status, 201);
        QCOMPARE(ClusterFixture::messages(cluster.s2(), "at_least=2&wait_ms=60000"),
                 QStringList({u"common"_s, u"new"_s}));
        QCOMPARE(cluster.problems() + promoted.sanitizerReport(), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestHistory)
#include "tst_history.moc"
