// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/alarms/alarms.h"
#include "gui/alarms/alarmtray.h"
#include "gui/cluster/clustermodel.h"
#include "gui/matrix/logtable.h"
#include "gui/matrix/logview.h"
#include "gui/widgets/noticebar.h"
#include "gui/widgets/wrappedtext.h"
#include "tests/gui/manualclock.h"
#include "tests/gui/windowstage.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

namespace {

QJsonObject member(int index, int acked, const QString &health)
{
    return {{u"name"_s, u"s%1"_s.arg(index)},
            {u"url"_s, u"http://127.0.0.1:%1"_s.arg(index)},
            {u"health"_s, health},
            {u"acked_id"_s, acked}};
}

// A master with 100 messages and these members.
struct Cluster
{
    ManualClock clock;
    ClusterModel model{clock};

    explicit Cluster(int secondaries)
    {
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://127.0.0.1:99"_s)});
        model.handleContact(u"M"_s, Contact::Connected, {});
        say(secondaries);
    }
    void say(int secondaries, const QString &health = u"healthy"_s, int acked = 100,
             const QJsonArray &waits = {}, const QJsonObject &more = {})
    {
        QJsonArray nodes;
        for (int i = 1; i <= secondaries; ++i)
            nodes.append(member(i, acked, health));
        QJsonObject status{{u"role"_s, u"master"_s}, {u"name"_s, u"M"_s}, {u"mode"_s, u"read-write"_s},
                           {u"epoch"_s, 1},          {u"last_id"_s, 100}, {u"committed_id"_s, 100},
                           {u"nodes"_s, nodes},      {u"waits"_s, waits}};
        for (auto it = more.begin(); it != more.end(); ++it)
            status.insert(it.key(), it.value());
        model.handleStatus(u"M"_s, status);
    }
};

} // namespace

// What is told without being asked: from which figure on, once for each kind, and in how much room.
class TestAlarms : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        failOnEveryWarning();
        QSettings().clear();
    }

    void aWaitAlarmsFromItsLimitOn()
    {
        Cluster cluster(1);
        AlarmLimits limits;
        limits.waitSeconds = 30;
        Alarms alarms(cluster.model, limits);
        cluster.say(1, u"healthy"_s, 100,
                    {QJsonObject{{u"id"_s, 7}, {u"w"_s, 3}, {u"acks"_s, 1}, {u"waited_ms"_s, 29'999}}});
        alarms.look();
        QVERIFY(alarms.raised().isEmpty());
        cluster.clock.advance(1);
        alarms.look();
        QCOMPARE(alarms.raised().size(), 1);
        QVERIFY(alarms.raised().first().contains(u"Message 7"));
        limits.waitSeconds = 0;
        alarms.setLimits(limits);
        QVERIFY(alarms.raised().isEmpty());
    }

    void aLagAlarmsAboveItsLimit()
    {
        Cluster cluster(2);
        AlarmLimits limits;
        limits.lag = 10;
        Alarms alarms(cluster.model, limits);
        cluster.say(2, u"healthy"_s, 90); // 10 messages are not more than 10
        alarms.look();
        QVERIFY(alarms.raised().isEmpty());
        cluster.say(2, u"healthy"_s, 89);
        alarms.look();
        QCOMPARE(alarms.raised().size(), 1);
        QVERIFY2(alarms.raised().first().contains(u"s1, s2"), qPrintable(alarms.raised().first()));
        limits.lag = 0;
        alarms.setLimits(limits);
        QVERIFY(alarms.raised().isEmpty());
    }

    void whoWasGivenUpIsTold()
    {
        Cluster cluster(1);
        const Alarms alarms(cluster.model, {});
        cluster.say(1, u"gave-up"_s);
        QCOMPARE(alarms.raised().values(), QStringList{u"The master gave up delivering to s1."_s});
        cluster.say(2, u"gave-up"_s);
        QCOMPARE(alarms.raised().values(),
                 QStringList{u"The master gave up delivering to 2 nodes: s1, s2."_s});
    }

    // Every member is well, and yet nothing can be appended. Why is the node's to say.
    void aMasterThatTakesNothingAlarms_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<QString>("text");
        QTest::newRow("too little room")
            << u"read-only"_s << u"64363986944 bytes are free"_s
            << u"M is read-only. It takes no new messages. 64363986944 bytes are free"_s;
        QTest::newRow("fenced by a member")
            << u"fenced"_s << u"s2 holds committed entries up to 11, this log ends at 10"_s
            << u"M is fenced. It takes no messages, and delivers none. s2 holds committed entries up to 11, "
               u"this "
               "log ends at 10"_s;
        QTest::newRow("without a reason")
            << u"read-only"_s << QString() << u"M is read-only. It takes no new messages."_s;
    }
    void aMasterThatTakesNothingAlarms()
    {
        QFETCH(QString, mode);
        QFETCH(QString, reason);
        QFETCH(QString, text);
        Cluster cluster(2);
        AlarmLimits limits;
        Alarms alarms(cluster.model, limits);
        cluster.say(2, u"healthy"_s, 100, {}, {{u"mode"_s, mode}, {u"mode_reason"_s, reason}});
        QCOMPARE(alarms.raised().values(), QStringList{text});
        limits.unhealthy = false;
        alarms.setLimits(limits);
        QVERIFY(alarms.raised().isEmpty());
        alarms.setLimits({});
        QCOMPARE(alarms.raised().size(), 1);
        cluster.say(2);
        QVERIFY(alarms.raised().isEmpty());
    }

    // An emptied folder, or a wrong process, at the master's address: the window follows, and must say so.
    void anotherLogAtTheMastersAddressAlarms()
    {
        Cluster cluster(0);
        Alarms alarms(cluster.model, {});
        const QJsonObject first{{u"log_id"_s, u"L1"_s}}, other{{u"log_id"_s, u"L2"_s}};
        const auto sayS1 = [&](const QString &mode) {
            cluster.model.handleStatus(u"s1"_s, {{u"role"_s, u"secondary"_s},
                                                 {u"name"_s, u"s1"_s},
                                                 {u"log_id"_s, u"L1"_s},
                                                 {u"mode"_s, mode},
                                                 {u"epoch"_s, 1},
                                                 {u"last_id"_s, 100}});
        };
        cluster.say(1, u"healthy"_s, 100, {}, first);
        sayS1(u"following"_s);
        QVERIFY(alarms.raised().isEmpty());
        cluster.say(0, u"healthy"_s, 100, {}, other);
        sayS1(u"refused"_s);
        QCOMPARE(alarms.raised().size(), 2);
        QVERIFY2(alarms.raised().first().startsWith(u"Another log is at the address of M now."),
                 qPrintable(alarms.raised().first()));
        QCOMPARE(alarms.raised().last(), u"s1 is refused."_s);
        // The right one is back.
        cluster.say(1, u"healthy"_s, 100, {}, first);
        sayS1(u"following"_s);
        QVERIFY2(alarms.raised().isEmpty(), qPrintable(alarms.raised().values().join(u' ')));
        cluster.say(0, u"healthy"_s, 100, {}, other);
        QVERIFY(!alarms.raised().isEmpty());
        cluster.model.clear();
        QVERIFY(alarms.raised().isEmpty());
    }

    // Another node was heard before the master that the user named.
    void theFirstWordOfTheNamedMasterAlarmsNobody()
    {
        ManualClock clock;
        ClusterModel model(clock);
        const Alarms alarms(model, {});
        for (int i = 1; i <= 2; ++i)
            model.handleNodeDeclared({{}, NodeRole::Unknown, QUrl(u"http://localhost:%1"_s.arg(i))});
        const auto say = [&](int i, const QString &log) {
            model.handleStatus(u"localhost:%1"_s.arg(i), {{u"role"_s, u"master"_s},
                                                          {u"name"_s, u"M%1"_s.arg(i)},
                                                          {u"mode"_s, u"read-write"_s},
                                                          {u"epoch"_s, 1},
                                                          {u"log_id"_s, log}});
        };
        say(2, u"L9"_s);
        QSignalSpy replaced(&model, &ClusterModel::logReplaced);
        say(1, u"L1"_s);
        QCOMPARE(replaced.size(), 1);
        QVERIFY(alarms.raised().values().filter(u"Another log"_s).isEmpty());
    }

    void aNameIsNoPlaceholder()
    {
        ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://127.0.0.1:99"_s)});
        model.handleContact(u"M"_s, Contact::Connected, {});
        model.handleStatus(u"M"_s, {{u"role"_s, u"master"_s},
                                    {u"name"_s, u"M"_s},
                                    {u"epoch"_s, 1},
                                    {u"last_id"_s, 100},
                                    {u"nodes"_s, QJsonArray{QJsonObject{{u"name"_s, u"%L2"_s},
                                                                        {u"health"_s, u"healthy"_s},
                                                                        {u"acked_id"_s, 1}}}}});
        AlarmLimits limits;
        limits.lag = 10;
        Alarms alarms(model, limits);
        alarms.look();
        QCOMPARE(alarms.raised().size(), 1);
        QVERIFY2(alarms.raised().first().startsWith(u"%L2 lags by more than 10"),
                 qPrintable(alarms.raised().first()));
    }

    void manyNodesAreOneAlarm()
    {
        Cluster cluster(11);
        const Alarms alarms(cluster.model, {});
        QSignalSpy raised(&alarms, &Alarms::alarm);
        QSignalSpy over(&alarms, &Alarms::over);
        cluster.say(11, u"unhealthy"_s);
        QCOMPARE(alarms.raised().size(), 1);
        const QString text = alarms.raised().first();
        QVERIFY2(text.startsWith(u"11 nodes are unhealthy: s1, s2, "), qPrintable(text));
        QVERIFY(text.size() < 80);
        int isNew = 0;
        for (const QList<QVariant> &call : std::as_const(raised))
            isNew += call[2].toBool() ? 1 : 0;
        QCOMPARE(isNew, 1);
        cluster.say(1, u"unhealthy"_s);
        cluster.say(11);
        QVERIFY(alarms.raised().isEmpty());
        QCOMPARE(over.count(), 1);
    }

    void theTrayTellsWhatIsRaisedNow()
    {
        Cluster cluster(2);
        AlarmLimits limits;
        limits.lag = 10;
        const Alarms alarms(cluster.model, limits);
        cluster.say(2, u"unhealthy"_s, 50);
        QCOMPARE(AlarmTray::tip(alarms).count(u'\n'), 1);
        cluster.say(2, u"healthy"_s, 50);
        QVERIFY2(AlarmTray::tip(alarms).contains(u"lag"), qPrintable(AlarmTray::tip(alarms)));
        QVERIFY(!AlarmTray::tip(alarms).contains(u"unhealthy"));
    }

    // A master and ten secondaries die at once.
    void aDeadClusterLeavesRoomForItsLog()
    {
        QStringList names;
        for (int i = 1; i <= 10; ++i)
            names.append(u"s%1"_s.arg(i));
        Stage stage(names);
        stage.fake.fill(100);
        QVERIFY(stage.open());
        stage.window().resize(1024, 640);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().nodes().size(), 11, Patience);
        const auto isContact = [&](Contact contact) {
            const auto &nodes = stage.model().nodes();
            return std::all_of(nodes.begin(), nodes.end(),
                               [contact](const NodeInfo &node) { return node.contact == contact; });
        };
        QTRY_VERIFY_WITH_TIMEOUT(isContact(Contact::Connected), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->table()->model()->rowCount(), 100, Patience);
        names.append(u"M"_s);
        for (const QString &name : std::as_const(names))
            stage.fake.setUp(name, false);
        QTRY_VERIFY_WITH_TIMEOUT(isContact(Contact::Lost), Patience);
        const auto shown = [&] {
            QStringList texts;
            const auto labels = stage.window().findChildren<WrappedText *>(u"noticeText"_s);
            for (const WrappedText *label : labels) {
                if (!label->parentWidget()->isHidden())
                    texts.append(label->text());
            }
            return texts;
        };
        QTRY_COMPARE_WITH_TIMEOUT(shown().size(), 2, Patience); // the master, and the ten
        QVERIFY(shown().filter(u"10 nodes are"_s).size() == 1);
        QCOMPARE(shown().filter(u"M"_s).size(), 1);
        QCOMPARE(stage.window().size(), QSize(1024, 640));
    }

    void notesTakeNoMoreThanAQuarterOfTheWindow()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.window().resize(1024, 640);
        auto *const bar = stage.window().findChild<NoticeBar *>();
        stage.window().notify(u"one"_s, MainWindow::Severity::Warning, u"short"_s);
        QTRY_VERIFY_WITH_TIMEOUT(bar->height() > 10, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(bar->height() >= bar->widget()->sizeHint().height(), Patience); // all of it
        QVERIFY(bar->height() < 60);
        for (int i = 0; i < 30; ++i)
            stage.window().notify(QString::number(i), MainWindow::Severity::Warning, u"word "_s.repeated(99));
        QCoreApplication::processEvents();
        stage.window().grab();
        QVERIFY2(bar->height() <= 160, qPrintable(QString::number(bar->height())));
        QCOMPARE(stage.window().size(), QSize(1024, 640));
        QVERIFY(stage.log()->table()->height() > 60);
        if (const QString to = qEnvironmentVariable("REPLOG_PICTURES"); !to.isEmpty())
            QVERIFY(stage.window().grab().save(to + u"/notices.png"_s));
    }
};

int main(int argc, char **argv)
{
    return runGuiSuite<TestAlarms>(argc, argv);
}

#include "tst_alarms.moc"
