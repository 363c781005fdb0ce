// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/followedlog.h"

#include <QtTest>

using namespace Qt::StringLiterals;
using namespace replog;

namespace {

const QUrl A(u"http://127.0.0.1:1"_s);
const QUrl B(u"http://127.0.0.1:2"_s);

QJsonObject entry(int id, int epoch = 1, const QString &message = u"m"_s)
{
    return {{u"id"_s, id}, {u"epoch"_s, epoch}, {u"time"_s, 7}, {u"message"_s, message}};
}

QJsonObject status(const QString &role, const QString &nodeId, int lastId, const QJsonValue &logId = u"log"_s)
{
    return {{u"role"_s, role}, {u"node_id"_s, nodeId}, {u"last_id"_s, lastId}, {u"log_id"_s, logId}};
}

// One that has read up to 57 from A.
FollowedLog followed(const QString &role, const QString &nodeId)
{
    FollowedLog log(56);
    (void)log.fault(A, status(role, nodeId, 57));
    (void)log.take(A, {entry(56), entry(57)});
    return log;
}

} // namespace

class TestFollowedLog : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void takesWhatIsNew()
    {
        FollowedLog log(3);
        QCOMPARE(log.askFrom(), 3ULL);
        QCOMPARE(log.take(A, {entry(3), entry(4)})->size(), 2);
        QCOMPARE(log.next(), 5ULL);
        QCOMPARE(log.askFrom(), 4ULL);
        QCOMPARE(*log.take(B, {entry(4), entry(5)}), QJsonArray({entry(5)}));
        QCOMPARE(log.lastRead(), 5ULL);
        log.forget();
        QCOMPARE(log.askFrom(), 6ULL);
        QCOMPARE(log.take(A, {entry(6, 2)})->size(), 1);
    }

    void idsGoOnByOne()
    {
        QVERIFY(FollowedLog::goesOn({}, 0, 3) && FollowedLog::goesOn({}, 7, 3));
        QVERIFY(FollowedLog::goesOn({entry(7), entry(8), entry(9)}, 0, 3));
        QVERIFY(FollowedLog::goesOn({entry(7), entry(8), entry(9)}, 7, 3));
        QVERIFY(!FollowedLog::goesOn({entry(7), entry(8), entry(9)}, 7, 2));
        QVERIFY(!FollowedLog::goesOn({entry(7)}, 6, 3));
        QVERIFY(!FollowedLog::goesOn({entry(7)}, 8, 3));
        QVERIFY(!FollowedLog::goesOn({entry(7), entry(7)}, 7, 3));
        QVERIFY(!FollowedLog::goesOn({entry(7), entry(6)}, 0, 3));
        QVERIFY(!FollowedLog::goesOn({entry(7), entry(9)}, 0, 3));
        QVERIFY(!FollowedLog::goesOn({entry(0)}, 0, 3));
        QVERIFY(!FollowedLog::goesOn({u"7"_s}, 0, 3));
    }

    void anotherEntryInTheSamePlace_data()
    {
        QTest::addColumn<QJsonObject>("now");
        QTest::addColumn<bool>("isSame");
        QJsonObject listed = entry(57);
        listed[u"of a later version"_s] = 1;
        QJsonObject bytes = entry(57);
        bytes.remove(u"message"_s);
        bytes[u"message_base64"_s] = u"/w=="_s;
        QJsonObject later = entry(57);
        later[u"time"_s] = 8;
        QTest::newRow("same") << entry(57) << true;
        QTest::newRow("more fields") << listed << true;
        QTest::newRow("epoch") << entry(57, 2) << false;
        QTest::newRow("time") << later << false;
        QTest::newRow("message") << entry(57, 1, u"other"_s) << false;
        QTest::newRow("bytes") << bytes << false;
    }

    void anotherEntryInTheSamePlace()
    {
        QFETCH(const QJsonObject, now);
        QFETCH(const bool, isSame);
        FollowedLog log = followed(u"master"_s, u"n1"_s);
        QCOMPARE(log.take(A, {now, entry(58)}).has_value(), isSame);
        QCOMPARE(log.next(), isSame ? 59ULL : 58ULL);
    }

    void whatAStatusProves_data()
    {
        QTest::addColumn<QString>("role"); // of the node that was read from
        QTest::addColumn<QUrl>("node");
        QTest::addColumn<QJsonObject>("now");
        QTest::addColumn<bool>("isFault");
        const QString master = u"master"_s, secondary = u"secondary"_s;
        QTest::newRow("nothing changed") << master << A << status(master, u"n1"_s, 57) << false;
        QTest::newRow("more") << master << A << status(master, u"n1"_s, 60) << false;
        QTest::newRow("restored master") << master << A << status(master, u"n2"_s, 40) << true;
        QTest::newRow("shorter master") << master << A << status(master, u"n1"_s, 40) << true;
        QTest::newRow("secondary behind") << master << B << status(secondary, u"n2"_s, 40) << false;
        QTest::newRow("secondary without a log")
            << master << B << status(secondary, u"n2"_s, 0, QJsonValue::Null) << false;
        QTest::newRow("old master that comes back") << master << B << status(master, u"n2"_s, 40) << false;
        QTest::newRow("emptied secondary") << secondary << A << status(secondary, u"n2"_s, 0) << false;
        QTest::newRow("secondary that was cut") << secondary << A << status(secondary, u"n1"_s, 56) << true;
        QTest::newRow("another log") << master << A << status(master, u"n1"_s, 57, u"other"_s) << true;
        QTest::newRow("another log elsewhere")
            << master << B << status(secondary, u"n2"_s, 57, u"other"_s) << true;
    }

    void whatAStatusProves()
    {
        QFETCH(const QString, role);
        QFETCH(const QUrl, node);
        QFETCH(const QJsonObject, now);
        QFETCH(const bool, isFault);
        FollowedLog log = followed(role, u"n1"_s);
        QCOMPARE(!log.fault(node, now).isEmpty(), isFault);
    }

    // It has to show again what it shows before that counts.
    void anEmptiedSecondaryFillsUp()
    {
        FollowedLog log = followed(u"secondary"_s, u"n1"_s);
        QCOMPARE(log.fault(A, status(u"secondary"_s, u"n2"_s, 0)), QString());
        QCOMPARE(log.fault(A, status(u"secondary"_s, u"n2"_s, 40)), QString());
        QCOMPARE(log.take(A, {entry(57), entry(58)})->size(), 1);
        QVERIFY(!log.fault(A, status(u"secondary"_s, u"n2"_s, 57)).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestFollowedLog)

#include "tst_followedlog.moc"
