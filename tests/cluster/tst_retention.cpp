// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"

#include <QRegularExpression>
#include <QTest>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

const QStringList OneMebibyte{u"--retain-bytes"_s, u"1MiB"_s};

qint64 firstId(const NodeProcess &node)
{
    return ClusterFixture::status(node).value("first_id"_L1).toInteger();
}

QString retainedBy(const NodeProcess &master)
{
    return ClusterFixture::status(master).value("retained_by"_L1).toString();
}

} // namespace

// Retention: a log that trims its oldest entries, on every node.
class TestRetention : public QObject
{
    Q_OBJECT
private:
    // Appends `mebibytes` of messages of 10 KB with that write concern. Returns the last id; 0 if an append
    // failed.
    static qint64 fill(NodeProcess &master, int mebibytes, int w)
    {
        const QByteArray message = '"' + QByteArray(10000, 'm') + '"';
        QByteArrayList messages;
        for (int i = 0; i < 50; ++i)
            messages.append(message);
        const QByteArray body =
            "{\"messages\":[" + messages.join(',') + "],\"w\":" + QByteArray::number(w) + '}';
        qint64 last = 0;
        for (int i = 0; i < 2 * mebibytes; ++i) {
            const HttpAnswer answer =
                master.http().now("POST", "/api/v1/messages", body, {{"Content-Type", "application/json"}});
            if (answer.status != 201)
                return 0;
            last = answer.json().value("last_id"_L1).toInteger();
        }
        return last;
    }
    // 1 MiB holds 104 such messages; those of one append are trimmed together.
    static bool isKeptAtItsSize(const NodeProcess &node, qint64 last)
    {
        const qint64 kept = last + 1 - firstId(node);
        return kept > 54 && kept <= 106;
    }
    static bool waitForFirst(ClusterFixture &cluster, qint64 last)
    {
        return waitUntil([&] { return isKeptAtItsSize(cluster.master(), last); }) && waitUntil([&] {
                   return std::all_of(cluster.nodes().begin(), cluster.nodes().end(), [&](const auto &node) {
                       return firstId(*node) == firstId(cluster.master());
                   });
               });
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void aLogStaysAtItsSize()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(1, OneMebibyte));
        auto follower = cluster.master().http().call("GET", "/api/v1/messages?view=committed", {},
                                                     {{"Accept", "text/event-stream"}});
        qint64 last = 0;
        for (int i = 0; i < 3; ++i) {
            last = fill(cluster.master(), 3, 2);
            QVERIFY(last > 0);
            QVERIFY(waitForFirst(cluster, last));
        }
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        QCOMPARE(retainedBy(cluster.master()), QString());

        // Each node is restarted, killed and terminated, and keeps its first_id.
        const qint64 first = firstId(cluster.master());
        cluster.s1().kill();
        QVERIFY(cluster.master().terminate());
        QVERIFY(cluster.master().start());
        QVERIFY(cluster.s1().start());
        QVERIFY(cluster.waitForMembers(1));
        for (const auto &node : cluster.nodes()) {
            QCOMPARE(firstId(*node), first);
            const HttpAnswer gone =
                node->http().getNow("/api/v1/messages?from=" + QByteArray::number(first - 1));
            QCOMPARE(gone.status, 410);
            QCOMPARE(gone.json().value("first_id"_L1).toInteger(), first);
            QCOMPARE(node->http().getNow("/api/v1/messages/1").status, 410);
            QCOMPARE(node->http().getNow("/api/v1/digest?to=" + QByteArray::number(first - 2)).status, 410);
            QCOMPARE(
                node->http()
                    .getNow("/api/v1/messages", {{"Accept", "text/event-stream"}, {"Last-Event-ID", "1"}})
                    .status,
                410);
            const QJsonObject list = node->http().getNow("/api/v1/messages?limit=1").json();
            QCOMPARE(list.value("first_id"_L1).toInteger(), first);
            QCOMPARE(list.value("messages"_L1).toArray().first().toObject().value("id"_L1).toInteger(),
                     first);
            const QByteArray metrics = node->http().getNow("/metrics").body;
            QVERIFY(metrics.contains(QByteArray("replog_first_id " + QByteArray::number(first) + '\n')));
        }
        last = fill(cluster.master(), 2, 2);
        QVERIFY(last > 0);
        QVERIFY(waitForFirst(cluster, last));
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void aMemberIsWaitedFor()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2, OneMebibyte));
        QCOMPARE(cluster.master().http().appendNow("first", 3).status, 201);
        cluster.s2().kill();
        QVERIFY(fill(cluster.master(), 4, 2) > 0);
        QVERIFY(waitUntil([&] { return retainedBy(cluster.master()).contains("s2 lacks entry"_L1); }));
        QVERIFY(firstId(cluster.master()) <= 2);
        QVERIFY(cluster.master().http().getNow("/metrics").body.contains("replog_retention_held_back 1\n"));
        // Over a restart, too.
        QVERIFY(cluster.master().terminate());
        QVERIFY(cluster.master().start());
        const qint64 last = fill(cluster.master(), 1, 2);
        QVERIFY(last > 0);
        QVERIFY(waitUntil([&] { return retainedBy(cluster.master()).contains("s2 lacks entry"_L1); }));
        QVERIFY(firstId(cluster.master()) <= 2);

        QVERIFY(cluster.s2().start());
        QVERIFY(waitForFirst(cluster, last));
        QCOMPARE(retainedBy(cluster.master()), QString());
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void forcedAMemberBeginsBehindIt()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.start(2, OneMebibyte + QStringList{u"--retain-force"_s}));
        QCOMPARE(cluster.master().http().appendNow("first", 3).status, 201);
        cluster.s2().kill();
        qint64 last = fill(cluster.master(), 4, 2);
        QVERIFY(last > 0);
        QVERIFY(waitUntil([&] { return isKeptAtItsSize(cluster.master(), last); }));
        // Until a restart its memory still holds what it trimmed.
        QVERIFY(cluster.master().terminate());
        QVERIFY(cluster.master().start());

        QVERIFY(cluster.s2().start());
        QVERIFY(waitForFirst(cluster, last));
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        QVERIFY(cluster.s2().output().contains("begins behind"));

        // A new node and an emptied one begin at the base, too, and keep it over a restart.
        NodeProcess &fresh = cluster.addSecondary(u"s3"_s);
        QVERIFY(fresh.start());
        QVERIFY(cluster.s1().terminate());
        cluster.s1().addOptionsOnce({u"--reset"_s});
        QVERIFY(cluster.s1().start());
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        QVERIFY(waitForFirst(cluster, last));
        for (const auto &node : cluster.nodes()) {
            node->kill();
            QVERIFY(node->start());
        }
        QVERIFY(cluster.waitForMembers(3));
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        last = fill(cluster.master(), 2, 4);
        QVERIFY(last > 0);
        QVERIFY(waitForFirst(cluster, last));
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());

        // A node that began at a base is promoted.
        cluster.master().kill();
        QVERIFY(fresh.terminate());
        const auto run = [&]() -> QString {
            NodeProcess promoted(NodeProcess::Role::Master, u"s3"_s, fresh.dataFolder(), {u"--promote"_s});
            if (!promoted.start())
                return u"it does not start: "_s + QString::fromUtf8(promoted.output());
            if (promoted.http().appendNow("mine", 1).status != 201)
                return u"it takes no append"_s;
            if (ClusterFixture::digest(promoted, last) != ClusterFixture::digest(cluster.s1(), last))
                return u"its digest differs"_s;
            return QString();
        };
        QCOMPARE(run(), QString());
        QCOMPARE(cluster.problems(), QByteArray());
    }

    void badOptions_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QByteArray>("named");
        QTest::newRow("too small") << QStringList{u"--retain-bytes"_s, u"1KiB"_s} << "--retain-bytes"_ba;
        QTest::newRow("no size") << QStringList{u"--retain-bytes"_s, u"much"_s} << "--retain-bytes"_ba;
        QTest::newRow("too short") << QStringList{u"--retain-age"_s, u"1ms"_s} << "--retain-age"_ba;
        QTest::newRow("nothing to force") << QStringList{u"--retain-force"_s} << "--retain-force"_ba;
    }
    void badOptions()
    {
        QFETCH(QStringList, options);
        QFETCH(QByteArray, named);
        const auto run = NodeProcess::run(NodeProcess::Role::Master, options);
        QCOMPARE(run.exitCode, 2);
        QVERIFY2(run.err.contains(named), run.err.constData());
        QCOMPARE(run.err.count('\n'), 1);
    }
};

QTEST_GUILESS_MAIN(TestRetention)
#include "tst_retention.moc"
