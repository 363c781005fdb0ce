// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"

#include <QDir>
#include <QRegularExpression>
#include <QTest>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

// Messages that are appended before the copy was made, to the folder that is lost, and to the copy.
const QStringList Before{u"m1"_s, u"m2"_s};
const QStringList Lost{u"lost3"_s, u"lost4"_s, u"lost5"_s};
const QStringList Own{u"own3"_s, u"own4"_s, u"own5"_s, u"own6"_s};

QString mode(const NodeProcess &node)
{
    return ClusterFixture::status(node).value("mode"_L1).toString();
}

QString reason(const NodeProcess &node)
{
    return ClusterFixture::status(node).value("mode_reason"_L1).toString();
}

} // namespace

// A master's folder was copied, used on, and lost. The copy is put back and takes other messages while the
// secondary is away, with the same ids, epoch and name.
class TestRestored : public QObject
{
    Q_OBJECT
private:
    // `Lost` messages are appended with that write concern; the copy's own with w=1.
    static void putBack(ClusterFixture &cluster, int w, const QStringList &own = Own)
    {
        QVERIFY(cluster.start(1));
        for (const QString &text : Before)
            QCOMPARE(cluster.master().http().appendNow(text.toUtf8(), 2).status, 201);
        QVERIFY(cluster.waitForEqualLogs());
        QVERIFY(cluster.master().terminate());
        const QString copy = cluster.folder(u"copy"_s);
        QVERIFY(copyFolder(cluster.master().dataFolder(), copy));

        QVERIFY(cluster.master().start());
        QVERIFY(cluster.waitForMembers(1));
        const qint64 epoch = ClusterFixture::status(cluster.master()).value("epoch"_L1).toInteger();
        std::vector<std::unique_ptr<HttpCall>> waiting;
        for (const QString &text : Lost)
            waiting.push_back(cluster.master().http().append(text.toUtf8(), w));
        const qint64 last = Before.size() + Lost.size();
        QVERIFY(waitUntil([&] { return ClusterFixture::lastId(cluster.s1()) == last; }));
        if (w <= 2)
            QVERIFY(waitUntil([&] { return ClusterFixture::committedId(cluster.s1()) == last; }));
        cluster.s1().kill();
        cluster.master().kill();

        QVERIFY(QDir(cluster.master().dataFolder()).removeRecursively());
        QVERIFY(QDir().rename(copy, cluster.master().dataFolder()));
        QVERIFY(cluster.master().start());
        QCOMPARE(ClusterFixture::status(cluster.master()).value("epoch"_L1).toInteger(), epoch);
        for (const QString &text : own)
            QCOMPARE(cluster.master().http().appendNow(text.toUtf8(), 1).status, 201);
    }

    // The copy is recognised: it is fenced and says why.
    static void isFenced(ClusterFixture &cluster)
    {
        QVERIFY(waitUntil([&] { return mode(cluster.master()) == "fenced"_L1; }));
        QVERIFY2(reason(cluster.master()).contains("follows epoch 2 of another master"_L1) &&
                     reason(cluster.master()).contains("copy of an older folder"_L1),
                 qPrintable(reason(cluster.master())));
        QCOMPARE(cluster.master().http().appendNow("no", 1).status, 503);
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    // The secondary keeps what it has committed. The copy is fenced, also after a restart, which gives it a
    // higher epoch than the secondary has seen.
    void committedEntriesStay()
    {
        ClusterFixture cluster;
        putBack(cluster, 2);
        if (QTest::currentTestFailed())
            return;
        const QStringList committed = Before + Lost;
        QVERIFY(cluster.s1().start());
        isFenced(cluster);
        QCOMPARE(ClusterFixture::messages(cluster.s1()), committed);
        const QByteArray digest = ClusterFixture::digest(cluster.s1(), 5);
        QVERIFY(!digest.isEmpty());

        QVERIFY(cluster.master().terminate());
        QVERIFY(cluster.master().start());
        isFenced(cluster);
        QCOMPARE(ClusterFixture::digest(cluster.s1(), 5), digest);
        QCOMPARE(ClusterFixture::messages(cluster.s1(), "view=all"), committed);

        // After a reset by an operator it follows the copy.
        QVERIFY(cluster.s1().terminate());
        cluster.s1().addOptionsOnce({u"--reset"_s});
        QVERIFY(cluster.s1().start());
        QVERIFY(cluster.master().terminate());
        QVERIFY(cluster.master().start());
        QVERIFY2(cluster.waitForEqualLogs(), cluster.problems().constData());
        QCOMPARE(ClusterFixture::messages(cluster.s1()), Before + Own);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    // So does what the secondary has not committed: the lost master may have acknowledged it with w=2 before
    // the secondary heard of the commit.
    void uncommittedEntriesStay()
    {
        ClusterFixture cluster;
        putBack(cluster, 3);
        if (QTest::currentTestFailed())
            return;
        QVERIFY(cluster.s1().start());
        isFenced(cluster);
        QVERIFY(cluster.master().terminate());
        QVERIFY(cluster.master().start());
        isFenced(cluster);
        QCOMPARE(ClusterFixture::messages(cluster.s1(), "view=all"), Before + Lost);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    // The copy was restarted before they met, and has an epoch that the secondary has not seen.
    void restartedBeforeTheyMeet()
    {
        ClusterFixture cluster;
        putBack(cluster, 2);
        if (QTest::currentTestFailed())
            return;
        QVERIFY(cluster.master().terminate());
        QVERIFY(cluster.master().start());
        QCOMPARE(cluster.master().http().appendNow("own7", 1).status, 201);
        QVERIFY(cluster.s1().start());
        isFenced(cluster);
        QCOMPARE(mode(cluster.s1()), u"following"_s);
        QCOMPARE(ClusterFixture::messages(cluster.s1(), "view=all"), Before + Lost);
        QCOMPARE(cluster.problems(), QByteArray());
    }

    // The copy is shorter than what the secondary has committed.
    void shorterThanWhatIsCommitted()
    {
        ClusterFixture cluster;
        putBack(cluster, 2, Own.first(1));
        if (QTest::currentTestFailed())
            return;
        QVERIFY(cluster.master().terminate());
        QVERIFY(cluster.master().start());
        QVERIFY(cluster.s1().start());
        QVERIFY(waitUntil([&] { return mode(cluster.master()) == "fenced"_L1; }));
        QVERIFY2(reason(cluster.master()).contains("committed entries up to 5"_L1),
                 qPrintable(reason(cluster.master())));
        QCOMPARE(ClusterFixture::messages(cluster.s1(), "view=all"), Before + Lost);
        QCOMPARE(cluster.problems(), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestRestored)
#include "tst_restored.moc"
