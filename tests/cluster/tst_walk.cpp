// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"

#include <QRegularExpression>
#include <QTest>

using namespace replog::test;
using namespace Qt::StringLiterals;

// The walk that defines the write concern, step by step.
class TestWalk : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void walk()
    {
        ClusterFixture cluster;
        QVERIFY(cluster.addMaster().start());
        QVERIFY(cluster.addSecondary(u"s1"_s).start());
        NodeProcess &m = cluster.master();
        NodeProcess &s1 = cluster.s1();

        const HttpAnswer msg1 = m.http().appendNow("Msg1", 1);
        QVERIFY2(msg1.status == 201, msg1.text().constData());
        QCOMPARE(msg1.json().value("id"_L1).toInteger(), 1);

        const HttpAnswer msg2 = m.http().appendNow("Msg2", 2);
        QVERIFY2(msg2.status == 201, msg2.text().constData());
        QCOMPARE(msg2.json().value("acks"_L1).toInteger(), 2);

        const auto msg3 = m.http().append("Msg3", 3);
        QVERIFY(cluster.waitForWaits(1));
        QVERIFY(!msg3->isDone());

        QCOMPARE(ClusterFixture::messages(m, "at_least=3&wait_ms=60000"),
                 (QStringList{u"Msg1"_s, u"Msg2"_s, u"Msg3"_s}));
        QCOMPARE(ClusterFixture::messages(s1, "at_least=2&wait_ms=60000"),
                 (QStringList{u"Msg1"_s, u"Msg2"_s}));

        const HttpAnswer msg4 = m.http().appendNow("Msg4", 1);
        QVERIFY2(msg4.status == 201, msg4.text().constData());
        QVERIFY(!msg3->isDone());
        const QStringList four{u"Msg1"_s, u"Msg2"_s, u"Msg3"_s, u"Msg4"_s};
        QCOMPARE(ClusterFixture::messages(m), four);
        // S1 holds all four and shows only committed ones.
        QVERIFY(waitUntil([&] { return ClusterFixture::lastId(s1) == 4; }));
        QCOMPARE(ClusterFixture::messages(s1), (QStringList{u"Msg1"_s, u"Msg2"_s}));
        QCOMPARE(ClusterFixture::messages(s1, "view=all"), four);
        QVERIFY(!msg3->isDone());

        NodeProcess &s2 = cluster.addSecondary(u"s2"_s);
        QVERIFY(s2.start());
        QVERIFY(msg3->wait());
        QVERIFY2(msg3->answer().status == 201, msg3->answer().text().constData());
        QCOMPARE(msg3->answer().json().value("id"_L1).toInteger(), 3);
        QCOMPARE(msg3->answer().json().value("acks"_L1).toInteger(), 3);
        QCOMPARE(ClusterFixture::messages(s1, "at_least=4&wait_ms=60000"), four);
        QCOMPARE(ClusterFixture::messages(s2, "at_least=4&wait_ms=60000"), four);
        QVERIFY2(cluster.waitForEqualLogs() && cluster.problems().isEmpty(), cluster.problems().constData());
    }
};

QTEST_GUILESS_MAIN(TestWalk)
#include "tst_walk.moc"
