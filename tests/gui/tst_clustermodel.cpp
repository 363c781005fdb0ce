// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/clustermodel.h"
#include "gui/cluster/clustertext.h"
#include "gui/cluster/statusdocument.h"
#include "tests/gui/guitest.h"
#include "tests/gui/manualclock.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;
using namespace replog;

namespace {

QJsonObject json(const QByteArray &text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("bad JSON in a test: %s", qPrintable(error.errorString()));
    return document.object();
}

QJsonObject masterStatus(int lastId, int committedId, const QJsonArray &nodes = {},
                         const QJsonArray &waits = {}, int epoch = 1, const QString &name = u"M"_s)
{
    return {{u"role"_s, u"master"_s}, {u"name"_s, name},      {u"mode"_s, u"read-write"_s},
            {u"epoch"_s, epoch},      {u"last_id"_s, lastId}, {u"committed_id"_s, committedId},
            {u"nodes"_s, nodes},      {u"waits"_s, waits}};
}

QJsonObject secondaryStatus(const QString &name, int lastId, int committedId,
                            const QString &mode = u"following"_s)
{
    return {{u"role"_s, u"secondary"_s}, {u"name"_s, name},
            {u"mode"_s, mode},           {u"epoch"_s, 1},
            {u"last_id"_s, lastId},      {u"committed_id"_s, committedId}};
}

QJsonObject member(const QString &name, int acked, const QString &health = u"healthy"_s,
                   const QJsonObject &more = {})
{
    QJsonObject line{{u"name"_s, name},
                     {u"url"_s, u"http://127.0.0.1:1"_s},
                     {u"health"_s, health},
                     {u"acked_id"_s, acked}};
    for (auto it = more.begin(); it != more.end(); ++it)
        line.insert(it.key(), it.value());
    return line;
}

QJsonObject with(QJsonObject document, const QJsonObject &more)
{
    for (auto it = more.begin(); it != more.end(); ++it)
        document.insert(it.key(), it.value());
    return document;
}

QJsonObject wait(int id, int w, int acks, int waitedMs)
{
    return {{u"id"_s, id},
            {u"w"_s, w},
            {u"acks"_s, acks},
            {u"missing"_s, QJsonArray{u"s1"_s}},
            {u"waited_ms"_s, waitedMs},
            {u"clients"_s, 2}};
}

} // namespace

class TestClusterModel : public QObject
{
    Q_OBJECT

private slots:
    void init() { test::failOnEveryWarning(); }

    void findsNodesThroughTheMaster()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        QStringList added;
        connect(&model, &ClusterModel::nodeAdded, this, [&](const QString &name) { added.append(name); });
        model.handleNodeDeclared({{}, NodeRole::Unknown, QUrl(u"http://localhost:30000"_s)});
        QCOMPARE(added, QStringList{u"localhost:30000"_s});
        QSignalSpy renamed(&model, &ClusterModel::nodeRenamed);
        model.handleContact(u"localhost:30000"_s, Contact::Connected, {});
        model.handleStatus(u"localhost:30000"_s,
                           masterStatus(0, 0, QJsonArray{member(u"s10"_s, 0), member(u"s9"_s, 0)}));
        QCOMPARE(renamed.size(), 1);
        QCOMPARE(renamed.at(0).at(1).toString(), u"M"_s);
        QStringList names;
        for (const NodeInfo &node : model.nodes())
            names.append(node.name);
        QCOMPARE(names, (QStringList{u"M"_s, u"s9"_s, u"s10"_s})); // the master first, then sorted by number
        QCOMPARE(model.master()->name, u"M"_s);
        QCOMPARE(model.majority(), 2U);
    }

    void tellsEachFactOnce()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        QSignalSpy appended(&model, &ClusterModel::messagesAppended);
        QSignalSpy committed(&model, &ClusterModel::committedChanged);
        QSignalSpy epoch(&model, &ClusterModel::epochChanged);
        QSignalSpy held(&model, &ClusterModel::nodeHeldChanged);
        QSignalSpy registered(&model, &ClusterModel::nodeRegistered);
        QSignalSpy retried(&model, &ClusterModel::nodeRetried);
        QSignalSpy state(&model, &ClusterModel::nodeStateChanged);
        model.handleContact(u"M"_s, Contact::Connected, {});
        QCOMPARE(state.size(), 1);
        model.handleStatus(u"M"_s, masterStatus(3, 2, QJsonArray{member(u"s1"_s, 2)}));
        QCOMPARE(appended.size(), 1);
        QCOMPARE(appended.at(0).at(0).toULongLong(), 1ULL);
        QCOMPARE(appended.at(0).at(1).toULongLong(), 3ULL);
        QCOMPARE(committed.size(), 1);
        QCOMPARE(epoch.size(), 1);
        QCOMPARE(registered.size(), 2); // the master counts as a member, too
        QCOMPARE(held.size(), 2);
        QCOMPARE(state.size(), 2); // s1 became healthy

        model.handleStatus(u"M"_s, masterStatus(3, 2, QJsonArray{member(u"s1"_s, 2)}));
        QCOMPARE(appended.size() + committed.size() + epoch.size() + registered.size() + held.size() +
                     state.size(),
                 9);

        model.handleStatus(
            u"M"_s, masterStatus(3, 2, QJsonArray{member(u"s1"_s, 2, u"suspected"_s, {{u"retries"_s, 2}})}));
        QCOMPARE(retried.size(), 1);
        QCOMPARE(retried.at(0).at(1).toULongLong(), 2ULL);
        QCOMPARE(state.size(), 3);
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Suspected);
    }

    void countsDownToTheNextAttempt()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleContact(u"M"_s, Contact::Connected, {});
        const QJsonObject failing{
            {u"consecutive_failures"_s, 3}, {u"next_retry_ms"_s, 700}, {u"last_error"_s, u"refused"_s}};
        model.handleStatus(u"M"_s,
                           masterStatus(0, 0, QJsonArray{member(u"s1"_s, 0, u"unhealthy"_s, failing)}));
        QCOMPARE(model.node(u"s1"_s)->nextRetryAtMs, clock.nowMs() + 700);
        QCOMPARE(model.node(u"s1"_s)->lastError, u"refused"_s);
        QVERIFY(!model.node(u"s1"_s)->isUp());
        model.handleStatus(u"M"_s, masterStatus(0, 0, QJsonArray{member(u"s1"_s, 0)}));
        QCOMPARE(model.node(u"s1"_s)->nextRetryAtMs, -1);
    }

    void followsWaits()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        QSignalSpy opened(&model, &ClusterModel::waitOpened);
        QSignalSpy changed(&model, &ClusterModel::waitChanged);
        QSignalSpy closed(&model, &ClusterModel::waitClosed);
        model.handleStatus(u"M"_s, masterStatus(9, 2, {}, {wait(7, 3, 1, 400), wait(3, 2, 1, 900)}));
        QCOMPARE(opened.size(), 2);
        QCOMPARE(model.waits().size(), 2);
        QCOMPARE(model.waits().first().id, 3ULL);
        QCOMPARE(model.wait(7)->sinceMs, clock.nowMs() - 400);
        QCOMPARE(ClusterText::waitsFor(*model.wait(7)), u"s1, 1 node(s) not known yet"_s);
        const qint64 since = model.wait(7)->sinceMs;
        clock.advance(50);
        model.handleStatus(u"M"_s, masterStatus(9, 3, {}, {wait(7, 3, 2, 455)}));
        QCOMPARE(changed.size(), 1);
        QCOMPARE(closed.size(), 1);
        QCOMPARE(closed.at(0).at(0).value<WaitInfo>().id, 3ULL);
        QCOMPARE(model.wait(7)->sinceMs, since); // the waiting time does not jump
        QVERIFY(!model.wait(3));
        // A master that has started counts anew: each window, whenever it was opened, shows the same.
        clock.advance(60'000);
        model.handleStatus(u"M"_s, masterStatus(9, 3, {}, {wait(7, 3, 2, 700)}, 2));
        QCOMPARE(model.wait(7)->sinceMs, clock.nowMs() - 700);
        QCOMPARE(changed.size(), 2);
        const qint64 sinceThen = model.wait(7)->sinceMs;
        clock.advance(50);
        model.handleStatus(u"M"_s, masterStatus(9, 3, {}, {wait(7, 3, 2, 755)}, 2));
        QCOMPARE(model.wait(7)->sinceMs, sinceThen);
        QCOMPARE(changed.size(), 2);
    }

    void believesNoMasterThatIsGone()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleContact(u"M"_s, Contact::Connected, {});
        model.handleStatus(u"M"_s, masterStatus(1, 1, QJsonArray{member(u"s1"_s, 1)}));
        model.handleContact(u"s1"_s, Contact::Connected, {});
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Healthy);
        QSignalSpy lost(&model, &ClusterModel::connectionLost);
        QSignalSpy restored(&model, &ClusterModel::connectionRestored);
        model.handleContact(u"M"_s, Contact::Lost, u"refused"_s);
        QCOMPARE(lost.size(), 1);
        QCOMPARE(model.master()->state(), NodeState::Unreachable);
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Running);
        model.handleContact(u"M"_s, Contact::Connected, {});
        QCOMPARE(restored.size(), 1);
    }

    // Its folder was put back to an older copy while the master is away: the master's last word is older.
    void aNodesOwnWordCountsMoreThanASilentMasters()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleStatus(u"M"_s,
                           masterStatus(25, 25, QJsonArray{member(u"s1"_s, 25), member(u"s2"_s, 25)}));
        for (const QString &name : {u"s1"_s, u"s2"_s})
            model.handleStatus(name, secondaryStatus(name, 25, 25));
        // While the master is heard, its word may be the newer one.
        model.handleStatus(u"s1"_s, secondaryStatus(u"s1"_s, 24, 24));
        QCOMPARE(model.node(u"s1"_s)->heldId(), 25ULL);
        QSignalSpy held(&model, &ClusterModel::nodeHeldChanged);
        model.handleContact(u"s2"_s, Contact::Lost, u"refused"_s);
        model.handleContact(u"M"_s, Contact::Lost, u"refused"_s);
        QCOMPARE(model.node(u"s2"_s)->heldId(), 25ULL); // nobody has said anything else
        model.handleStatus(u"s2"_s, secondaryStatus(u"s2"_s, 5, 5));
        QCOMPARE(model.node(u"s2"_s)->heldId(), 5ULL);
        QCOMPARE(model.lagOf(*model.node(u"s2"_s)), 20ULL);
        QVERIFY(!model.node(u"s2"_s)->holds(6, 1));
        QVERIFY(model.node(u"s2"_s)->holds(5, 1));
        QCOMPARE(held.size(), 1);
        model.handleStatus(u"s1"_s, secondaryStatus(u"s1"_s, 25, 25));
        QCOMPARE(model.node(u"s1"_s)->heldId(), 25ULL);
        QCOMPARE(model.lastId(), 25ULL);
        // The master is back, and tells what it knows now.
        model.handleStatus(u"M"_s, masterStatus(25, 25, QJsonArray{member(u"s1"_s, 25), member(u"s2"_s, 7)}));
        QCOMPARE(model.node(u"s2"_s)->heldId(), 7ULL);
    }

    // Another cluster's node listens at a member's address: it is no source of anything.
    void aStrangerAtAMembersAddressTellsNothing_data()
    {
        QTest::addColumn<QJsonObject>("told");
        QTest::addColumn<QString>("why");
        const QJsonObject other{{u"name"_s, u"t9"_s}, {u"node_id"_s, u"n9"_s}, {u"log_id"_s, u"L9"_s}};
        QTest::newRow("of another cluster")
            << other << u"Another node answers at its address, with another log: t9."_s;
        QTest::newRow("without a log yet")
            << QJsonObject{{u"name"_s, u"t9"_s}, {u"node_id"_s, u"n9"_s}, {u"log_id"_s, QJsonValue::Null}}
            << u"Another node answers at its address: t9."_s;
        QTest::newRow("of the same cluster")
            << QJsonObject{{u"name"_s, u"s2"_s}, {u"node_id"_s, u"n2"_s}, {u"log_id"_s, u"L1"_s}}
            << u"Another node answers at its address: s2."_s;
        QTest::newRow("of the same name")
            << QJsonObject{{u"name"_s, u"s1"_s}, {u"node_id"_s, u"n9"_s}, {u"log_id"_s, u"L9"_s}}
            << u"Another node answers at its address, with another log: s1."_s;
        QTest::newRow("the same node with another log")
            << QJsonObject{{u"name"_s, u"s1"_s}, {u"node_id"_s, u"n1"_s}, {u"log_id"_s, u"L9"_s}}
            << u"It holds another log than this cluster's."_s;
        QJsonObject foreignMaster = other;
        foreignMaster.insert(u"role"_s, u"master"_s);
        foreignMaster.insert(u"nodes"_s, QJsonArray{member(u"t1"_s, 60)});
        QTest::newRow("another master")
            << foreignMaster << u"Another node answers at its address, with another log: t9."_s;
    }
    void aStrangerAtAMembersAddressTellsNothing()
    {
        QFETCH(QJsonObject, told);
        QFETCH(QString, why);
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({{}, NodeRole::Unknown, QUrl(u"http://localhost:1"_s)});
        QJsonObject master =
            with(masterStatus(45, 45,
                              QJsonArray{member(u"s1"_s, 44, u"unhealthy"_s, {{u"node_id"_s, u"n1"_s}}),
                                         member(u"s2"_s, 45, u"healthy"_s, {{u"node_id"_s, u"n2"_s}})}),
                 {{u"node_id"_s, u"n0"_s}, {u"log_id"_s, u"L1"_s}});
        model.handleStatus(u"localhost:1"_s, master);
        model.handleStatus(u"s1"_s, with(secondaryStatus(u"s1"_s, 44, 44),
                                         {{u"node_id"_s, u"n1"_s}, {u"log_id"_s, u"L1"_s}}));
        model.handleStatus(u"s2"_s, with(secondaryStatus(u"s2"_s, 45, 45),
                                         {{u"node_id"_s, u"n2"_s}, {u"log_id"_s, u"L1"_s}}));
        model.handleContact(u"s1"_s, Contact::Lost, u"refused"_s);

        QSignalSpy renamed(&model, &ClusterModel::nodeRenamed);
        QSignalSpy removed(&model, &ClusterModel::nodeRemoved);
        QSignalSpy added(&model, &ClusterModel::nodeAdded);
        QSignalSpy registered(&model, &ClusterModel::nodeRegistered);
        QSignalSpy held(&model, &ClusterModel::nodeHeldChanged);
        QSignalSpy restored(&model, &ClusterModel::connectionRestored);
        QSignalSpy reader(&model, &ClusterModel::readerChanged);
        QSignalSpy state(&model, &ClusterModel::nodeStateChanged);
        const QJsonObject foreign = with(secondaryStatus(u"t9"_s, 60, 60), told);
        for (int i = 0; i < 3; ++i) { // again and again, between statuses of the master
            model.handleStatus(u"s1"_s, foreign);
            model.handleContact(u"s1"_s, Contact::Connected, {});
            model.handleStatus(u"M"_s, master);
        }
        QCOMPARE(model.nodes().size(), 3);
        QCOMPARE(model.lastId(), 45ULL);
        QCOMPARE(model.committedId(), 45ULL);
        QCOMPARE(model.node(u"s1"_s)->heldId(), 44ULL);
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Misdirected);
        QCOMPARE(ClusterText::stateExplained(*model.node(u"s1"_s)), why);
        QVERIFY(!model.node(u"s1"_s)->isHeard());
        QCOMPARE(model.master()->name, u"M"_s);
        QCOMPARE(renamed.size() + removed.size() + added.size() + registered.size() + held.size() +
                     restored.size() + reader.size(),
                 0);
        QCOMPARE(state.size(), 1);

        // Without the master the log is read from whoever holds it.
        model.handleContact(u"M"_s, Contact::Lost, u"gone"_s);
        model.handleStatus(u"s1"_s, foreign);
        QCOMPARE(model.reader(), u"s2"_s);
        QCOMPARE(model.lastId(), 45ULL);
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Misdirected);

        // It goes, and then the node itself is back.
        model.handleContact(u"s1"_s, Contact::Lost, u"refused"_s);
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Unreachable);
        model.handleStatus(u"s1"_s, with(secondaryStatus(u"s1"_s, 44, 44),
                                         {{u"node_id"_s, u"n1"_s}, {u"log_id"_s, u"L1"_s}}));
        QVERIFY(model.node(u"s1"_s)->isHeard());
        QVERIFY(model.node(u"s1"_s)->stranger.isEmpty());
    }

    // A node that is run from here is known by its data folder, whoever listens where it did.
    void aStrangerInPlaceOfAnOwnProcessTellsNothing_data()
    {
        QTest::addColumn<ProcessState>("process");
        QTest::addColumn<QString>("ownId");
        QTest::addColumn<bool>("believed");
        QTest::newRow("the process is stopped") << ProcessState::Stopped << u"n0"_s << false;
        QTest::newRow("it starts") << ProcessState::Starting << u"n0"_s << false;
        QTest::newRow("it runs") << ProcessState::Running << u"n0"_s << false; // at another address, then
        QTest::newRow("stopped, no id") << ProcessState::Stopped << QString() << false;
        QTest::newRow("it starts, no id") << ProcessState::Starting << QString() << false;
        QTest::newRow("it runs, no id") << ProcessState::Running << QString() << true;
        QTest::newRow("somebody else started it") << ProcessState::Stopped << u"n9"_s << true;
    }
    void aStrangerInPlaceOfAnOwnProcessTellsNothing()
    {
        QFETCH(ProcessState, process);
        QFETCH(QString, ownId);
        QFETCH(bool, believed);
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleOwnId(u"M"_s, ownId);
        model.handleProcessState(u"M"_s, process);
        QSignalSpy appended(&model, &ClusterModel::messagesAppended);
        QSignalSpy added(&model, &ClusterModel::nodeAdded);
        const QJsonObject foreign =
            with(masterStatus(8, 8, QJsonArray{member(u"t1"_s, 8)}, {}, 7, u"other"_s),
                 {{u"node_id"_s, u"n9"_s}, {u"log_id"_s, u"L9"_s}});
        for (int i = 0; i < 2; ++i) {
            model.handleStatus(u"M"_s, foreign);
            model.handleContact(u"M"_s, Contact::Connected, {});
        }
        const NodeInfo *node = model.node(u"M"_s); // it keeps the name by which its process is controlled
        QVERIFY(node);
        QCOMPARE(node->isHeard(), believed);
        QCOMPARE(node->heldId(), believed ? 8ULL : 0ULL);
        QCOMPARE(appended.size(), believed ? 1 : 0);
        QCOMPARE(added.size(), believed ? 1 : 0);
        QCOMPARE(node->stranger, believed ? QString() : u"Another node answers at its address: other."_s);
        QCOMPARE(ClusterText::stateExplained(*node).endsWith(node->stranger), true);
        if (believed)
            return;
        // Then the node itself is back.
        model.handleContact(u"M"_s, Contact::Lost, u"refused"_s);
        QVERIFY(model.node(u"M"_s)->stranger.isEmpty());
        model.handleOwnId(u"M"_s, u"n0"_s);
        model.handleProcessState(u"M"_s, ProcessState::Running);
        model.handleStatus(u"M"_s,
                           with(masterStatus(3, 3), {{u"node_id"_s, u"n0"_s}, {u"log_id"_s, u"L1"_s}}));
        QCOMPARE(model.lastId(), 3ULL);
        // Its last word may come after its end is known.
        QSignalSpy lost(&model, &ClusterModel::connectionLost);
        model.handleProcessState(u"M"_s, ProcessState::Stopped);
        model.handleStatus(u"M"_s,
                           with(masterStatus(4, 4), {{u"node_id"_s, u"n0"_s}, {u"log_id"_s, u"L1"_s}}));
        model.handleOwnId(u"M"_s, {});
        model.handleStatus(u"M"_s, with(masterStatus(5, 5), {{u"log_id"_s, u"L1"_s}}));
        QCOMPARE(model.lastId(), 5ULL);
        QCOMPARE(lost.size(), 0);
    }

    // What the window shows is the log of the master that the user named, whoever is heard first.
    void theNamedMasterDecidesWhichLogItIs()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({{}, NodeRole::Unknown, QUrl(u"http://localhost:1"_s)});
        model.handleNodeDeclared({{}, NodeRole::Unknown, QUrl(u"http://localhost:2"_s)});
        model.handleStatus(u"localhost:2"_s,
                           with(masterStatus(60, 60, {}, {}, 9, u"F"_s), {{u"log_id"_s, u"L9"_s}}));
        QCOMPARE(model.lastId(), 60ULL);
        QSignalSpy reset(&model, &ClusterModel::logReset);
        model.handleStatus(u"localhost:1"_s, with(masterStatus(45, 44), {{u"log_id"_s, u"L1"_s}}));
        QCOMPARE(reset.size(), 1);
        QCOMPARE(model.master()->name, u"M"_s);
        QCOMPARE(model.lastId(), 45ULL);
        QCOMPARE(model.committedId(), 44ULL);
        QCOMPARE(model.epoch(), 1ULL);
        model.handleStatus(u"F"_s, with(masterStatus(61, 61, {}, {}, 9, u"F"_s), {{u"log_id"_s, u"L9"_s}}));
        QCOMPARE(model.master()->name, u"M"_s);
        QCOMPARE(model.lastId(), 45ULL);
        QCOMPARE(model.node(u"F"_s)->state(), NodeState::Misdirected);
        QCOMPARE(model.node(u"F"_s)->heldId(), 0ULL);

        // It begins a new one: what was known of the old one goes.
        model.handleStatus(u"M"_s, with(masterStatus(2, 1), {{u"log_id"_s, u"L2"_s}}));
        QCOMPARE(model.lastId(), 2ULL);
        QCOMPARE(model.committedId(), 1ULL);
        QCOMPARE(reset.size(), 2);
    }

    // A node that was started with another name is still the same one.
    void aNodeIsKnownByItsId()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        const auto master = [](const QString &name, const QString &nodeId) {
            return masterStatus(5, 5, QJsonArray{member(name, 5, u"healthy"_s, {{u"node_id"_s, nodeId}})});
        };
        model.handleStatus(u"M"_s, master(u"s1"_s, u"n1"_s));
        QSignalSpy added(&model, &ClusterModel::nodeAdded);
        const QJsonObject renamed = with(secondaryStatus(u"other"_s, 5, 5), {{u"node_id"_s, u"n1"_s}});
        for (int i = 0; i < 2; ++i) {
            model.handleStatus(u"s1"_s, renamed);
            model.handleStatus(u"M"_s, master(u"s1"_s, u"n1"_s));
        }
        QCOMPARE(added.size(), 0);
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Healthy);
        QVERIFY(model.node(u"s1"_s)->isHeard());
        // Its folder was emptied: it is another node, until the master knows it.
        const QJsonObject emptied = with(secondaryStatus(u"s1"_s, 0, 0), {{u"node_id"_s, u"n2"_s}});
        model.handleStatus(u"s1"_s, emptied);
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Misdirected);
        model.handleStatus(u"M"_s, master(u"s1"_s, u"n2"_s));
        model.handleStatus(u"s1"_s, emptied);
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Healthy);
        QCOMPARE(model.node(u"s1"_s)->lastId, 0ULL);
    }

    void aMasterThatListsItselfIsNoMember_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("nodeId");
        QTest::newRow("by its name") << u"M"_s << QString();
        QTest::newRow("by its name, with an id") << u"M"_s << u"n0"_s;
        QTest::newRow("by its name, with another id") << u"M"_s << u"n9"_s;
        QTest::newRow("by its id") << u"m"_s << u"n0"_s;
    }
    void aMasterThatListsItselfIsNoMember()
    {
        QFETCH(QString, name);
        QFETCH(QString, nodeId);
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({{}, NodeRole::Unknown, QUrl(u"http://localhost:1"_s)});
        const QJsonObject status =
            with(masterStatus(5, 5,
                              QJsonArray{member(name, 2, u"unhealthy"_s, {{u"node_id"_s, nodeId}}),
                                         member(u"s1"_s, 5)},
                              {wait(5, 3, 2, 100)}),
                 {{u"node_id"_s, u"n0"_s}});
        model.handleStatus(u"localhost:1"_s, status);
        model.handleContact(u"M"_s, Contact::Connected, {});
        model.handleStatus(u"M"_s, status);
        QVERIFY(model.master());
        QCOMPARE(model.master()->name, u"M"_s);
        QCOMPARE(model.master()->heldId(), 5ULL);
        QCOMPARE(model.master()->state(), NodeState::Running);
        QCOMPARE(model.master()->url, QUrl(u"http://localhost:1"_s));
        QCOMPARE(model.nodes().size(), 2);
        QCOMPARE(model.majority(), 2U);
        QVERIFY(model.areWaitsCurrent());
    }

    void takesTheHigherEpochForTheMaster()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleNodeDeclared({u"N"_s, NodeRole::Secondary, QUrl(u"http://localhost:2"_s)});
        model.handleStatus(u"M"_s, masterStatus(5, 5, {}, {}, 1));
        model.handleStatus(u"N"_s, masterStatus(4, 4, {}, {}, 2, u"N"_s));
        QCOMPARE(model.master()->name, u"N"_s);
        QCOMPARE(model.lastId(), 4ULL);
        QCOMPARE(model.epoch(), 2ULL);
        model.handleStatus(u"M"_s, masterStatus(6, 5, {}, {}, 1));
        QCOMPARE(model.lastId(), 4ULL); // the fenced master's entries do not count
    }

    void noticesThatTheLogWasCutBack()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleStatus(u"M"_s, masterStatus(5, 5));
        QSignalSpy reset(&model, &ClusterModel::logReset);
        model.handleStatus(u"M"_s, masterStatus(2, 2));
        QCOMPARE(reset.size(), 1);
        QCOMPARE(model.lastId(), 2ULL);
    }

    // A node's last status may be older than the cut, so the end goes back when the last of them tells.
    void noticesACutThatSecondariesTellLater()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleContact(u"M"_s, Contact::Connected, {});
        model.handleStatus(u"M"_s, masterStatus(5, 5, QJsonArray{member(u"s1"_s, 5)}));
        model.handleContact(u"s1"_s, Contact::Connected, {});
        model.handleStatus(u"s1"_s, secondaryStatus(u"s1"_s, 5, 5));
        model.handleStatus(u"M"_s, masterStatus(0, 0, QJsonArray{member(u"s1"_s, 0)}));
        QCOMPARE(model.lastId(), 5ULL);
        model.handleStatus(u"s1"_s, secondaryStatus(u"s1"_s, 0, 0));
        QCOMPARE(model.lastId(), 0ULL);
        QCOMPARE(model.committedId(), 0ULL);
        QCOMPARE(model.kept(), 0ULL);
        // From then on it grows as before.
        model.handleStatus(u"M"_s, masterStatus(3, 2, QJsonArray{member(u"s1"_s, 2)}));
        QCOMPARE(model.lastId(), 3ULL);
        QCOMPARE(model.committedId(), 2ULL);
        model.handleStatus(u"s1"_s, secondaryStatus(u"s1"_s, 2, 2));
        QCOMPARE(model.lastId(), 3ULL);
    }

    // The master's last status may be older than what its secondaries hold and have committed.
    void theEndIsTheFurthestThatAnybodyTells()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleContact(u"M"_s, Contact::Connected, {});
        model.handleStatus(u"M"_s, masterStatus(10, 9, QJsonArray{member(u"s1"_s, 9), member(u"s2"_s, 9)}));
        for (const QString &name : {u"s1"_s, u"s2"_s})
            model.handleContact(name, Contact::Connected, {});
        QCOMPARE(model.reader(), u"M"_s);
        QSignalSpy appended(&model, &ClusterModel::messagesAppended);
        QSignalSpy reset(&model, &ClusterModel::logReset);
        QSignalSpy reader(&model, &ClusterModel::readerChanged);
        model.handleContact(u"M"_s, Contact::Lost, u"gone"_s);
        model.handleStatus(u"s1"_s, secondaryStatus(u"s1"_s, 14, 12));
        QCOMPARE(model.lastId(), 14ULL);
        QCOMPARE(model.committedId(), 12ULL);
        model.handleStatus(u"s2"_s, secondaryStatus(u"s2"_s, 17, 15));
        QCOMPARE(model.lastId(), 17ULL);
        QCOMPARE(model.committedId(), 15ULL);
        QCOMPARE(appended.size(), 2);
        QCOMPARE(model.reader(), u"s2"_s); // it holds most
        QCOMPARE(model.lagOf(*model.node(u"s1"_s)), 3ULL);
        // A diverged node says nothing about this log.
        model.handleStatus(u"s2"_s, secondaryStatus(u"s2"_s, 30, 15, u"diverged"_s));
        QCOMPARE(model.lastId(), 17ULL);
        QCOMPARE(model.reader(), u"s1"_s);
        // The master is back, and behind what a secondary has reported: the log's end must not go back.
        model.handleContact(u"M"_s, Contact::Connected, {});
        QCOMPARE(model.reader(), u"M"_s);
        model.handleStatus(u"M"_s, masterStatus(15, 15, QJsonArray{member(u"s1"_s, 14)}));
        QCOMPARE(model.lastId(), 17ULL);
        QCOMPARE(reset.size(), 0);
        // A restarted master with a shorter log sets the end.
        model.handleStatus(u"M"_s, masterStatus(15, 15, QJsonArray{member(u"s1"_s, 14)}, {}, 2));
        QCOMPARE(reset.size(), 1);
        QCOMPARE(model.lastId(), 15ULL);
        QVERIFY(reader.size() >= 3);
    }

    // A master that was promoted beside nodes which have committed more is fenced: nobody leads, and the log
    // is what the nodes say that they hold.
    void aPromotedMasterThatIsFencedEndsTheOldLog()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleStatus(
            u"M"_s,
            masterStatus(12, 12, QJsonArray{member(u"s1"_s, 10), member(u"s2"_s, 11), member(u"s3"_s, 11)}));
        model.handleStatus(u"s1"_s, secondaryStatus(u"s1"_s, 10, 10));
        model.handleStatus(u"s2"_s, secondaryStatus(u"s2"_s, 11, 11));
        model.handleStatus(u"s3"_s, secondaryStatus(u"s3"_s, 11, 11));
        model.handleContact(u"M"_s, Contact::Lost, u"gone"_s);
        model.handleContact(u"s1"_s, Contact::Lost, u"gone"_s);
        QCOMPARE(model.lastId(), 12ULL); // the dead master has it on its disk
        QSignalSpy reset(&model, &ClusterModel::logReset);
        const QJsonArray members{member(u"s2"_s, 0), member(u"s3"_s, 0)};
        const auto fenced = [&](int lastId) {
            model.handleStatus(
                u"s1"_s, with(masterStatus(lastId, 10, members, {}, 2, u"s1"_s), {{u"mode"_s, u"fenced"_s}}));
        };
        fenced(10);
        QCOMPARE(model.master()->name, u"s1"_s);
        QCOMPARE(reset.size(), 1);
        QCOMPARE(model.lastId(), 11ULL);
        QCOMPARE(model.committedId(), 11ULL);
        QCOMPARE(model.lagOf(*model.node(u"s2"_s)), 0ULL);
        QCOMPARE(model.lagOf(*model.node(u"s1"_s)), 1ULL);
        QCOMPARE(model.reader(), u"s2"_s);

        // What a node has told since then counts, whether it is heard or not; what it tells later does, too.
        model.handleContact(u"s2"_s, Contact::Lost, u"gone"_s);
        model.handleStatus(u"s3"_s, secondaryStatus(u"s3"_s, 9, 9));
        QCOMPARE(model.lastId(), 11ULL);
        model.handleStatus(u"s2"_s, secondaryStatus(u"s2"_s, 10, 10));
        QCOMPARE(model.lastId(), 10ULL);
        QCOMPARE(model.committedId(), 10ULL);
        for (const QString &name : {u"s2"_s, u"s3"_s})
            model.handleContact(name, Contact::Lost, u"gone"_s);
        fenced(10);
        QCOMPARE(model.lastId(), 10ULL);
        QCOMPARE(reset.size(), 2);
    }

    // What the lost log had committed says nothing of the new one.
    void aNewEpochTellsWhatIsCommitted()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleNodeDeclared({u"N"_s, NodeRole::Secondary, QUrl(u"http://localhost:2"_s)});
        model.handleStatus(u"M"_s, masterStatus(12, 12));
        model.handleContact(u"M"_s, Contact::Lost, u"gone"_s);
        model.handleStatus(u"N"_s, masterStatus(11, 9, {}, {}, 2, u"N"_s));
        QCOMPARE(model.lastId(), 11ULL);
        QCOMPARE(model.committedId(), 9ULL);
    }

    void aTimeThatIsNotTodaysHasItsDate()
    {
        const QDate day(2026, 11, 27);
        const QDateTime time(day, QTime(23, 43, 38, 7));
        QCOMPARE(ClusterText::moment(time, ClusterText::Fineness::Seconds, day), u"23:43:38"_s);
        QCOMPARE(ClusterText::moment(time, ClusterText::Fineness::Milliseconds, day), u"23:43:38.007"_s);
        for (const int days : {-1, 1}) {
            QCOMPARE(ClusterText::moment(time, ClusterText::Fineness::Seconds, day.addDays(days)),
                     u"2026-11-27 23:43:38"_s);
        }
    }

    void tellsSinceWhenNothingIsHeard()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleContact(u"M"_s, Contact::Connected, {});
        QVERIFY(ClusterText::since(*model.master(), clock.nowMs()).isEmpty());
        clock.advance(1000);
        const qint64 lost = clock.nowMs();
        model.handleContact(u"M"_s, Contact::Lost, u"gone"_s);
        clock.advance(5000);
        model.handleContact(u"M"_s, Contact::Lost, u"still gone"_s);
        QCOMPARE(model.master()->lostAtMs, lost);
        QVERIFY(!ClusterText::since(*model.master(), clock.nowMs()).isEmpty());
        clock.advance(48 * 3'600'000); // what is over since the day before yesterday was not today
        const QString since = ClusterText::since(*model.master(), clock.nowMs());
        QVERIFY2(QDateTime::fromString(since, u"yyyy-MM-dd HH:mm:ss"_s).isValid(), qPrintable(since));
        model.handleContact(u"M"_s, Contact::Connected, {});
        QCOMPARE(model.master()->lostAtMs, -1);
    }

    void saysWhyANodeIsNotAsItShouldBe()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleContact(u"M"_s, Contact::Connected, {});
        QJsonObject failed = masterStatus(1, 1);
        failed[u"mode"_s] = u"failed"_s;
        failed[u"mode_reason"_s] = u"No space left on device"_s;
        model.handleStatus(u"M"_s, failed);
        QVERIFY(ClusterText::stateExplained(*model.master()).contains(u"No space left on device"));
    }

    // What the model stores is bounded, however long a status is.
    void keepsNoMoreThanCanBeShown()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        QJsonArray members, waits;
        for (int i = 0; i < 3000; ++i) {
            members.append(member(u"s%1"_s.arg(i), 0));
            waits.append(wait(i + 1, 2, 1, 0));
        }
        QJsonObject first = members[0].toObject();
        first[u"last_error"_s] = QString(1'000'000, u'x');
        first[u"url"_s] = u"http://u:p@127.0.0.1:1/%E2%80%AEx?y#z"_s; // what is no address could turn texts
        members[0] = first;
        model.handleStatus(u"M"_s, masterStatus(3000, 0, members, waits));
        QVERIFY(model.nodes().size() <= StatusDocument::MostMembers + 1);
        QVERIFY(model.waits().size() <= StatusDocument::MostWaits);
        QVERIFY(model.node(u"s0"_s)->lastError.size() <= StatusDocument::TextCharacters);
        QCOMPARE(model.node(u"s0"_s)->url.toString(), u"http://127.0.0.1:1"_s);
    }

    // The user called them otherwise, in a cluster file or by their addresses.
    void aNodeIsFoundByItsAddressWhateverItIsCalled_data()
    {
        QTest::addColumn<QStringList>("names");
        QTest::addColumn<QStringList>("renames");
        QTest::newRow("by other names")
            << QStringList{u"X"_s, u"A"_s, u"B"_s} << QStringList{u"X>M"_s, u"B>s2"_s, u"A>s1"_s};
        QTest::newRow("by their addresses")
            << QStringList{QString(), QString(), QString()}
            << QStringList{u"localhost:1>M"_s, u"localhost:12>s2"_s, u"localhost:11>s1"_s};
        QTest::newRow("by each other's names")
            << QStringList{u"s1"_s, u"s2"_s, u"M"_s}
            << QStringList{u"M>localhost:12"_s, u"s1>M"_s, u"s2>localhost:11"_s, u"localhost:12>s2"_s,
                           u"localhost:11>s1"_s};
        QTest::newRow("by their names") << QStringList{u"M"_s, u"s1"_s, u"s2"_s} << QStringList();
    }
    void aNodeIsFoundByItsAddressWhateverItIsCalled()
    {
        QFETCH(QStringList, names);
        QFETCH(QStringList, renames);
        test::ManualClock clock;
        ClusterModel model(clock);
        QStringList renamed;
        connect(&model, &ClusterModel::nodeRenamed, this,
                [&](const QString &from, const QString &to) { renamed.append(from + u'>' + to); });
        const QList<QUrl> urls{QUrl(u"http://localhost:1"_s), QUrl(u"http://localhost:11"_s),
                               QUrl(u"http://localhost:12"_s)};
        for (int i = 0; i < 3; ++i)
            model.handleNodeDeclared({names[i], NodeRole::Unknown, urls[i]});
        const QString asked = names[0].isEmpty() ? u"localhost:1"_s : names[0];
        const auto status = [](bool hasS1) {
            QJsonArray members{member(u"s2"_s, 4, u"unhealthy"_s, {{u"url"_s, u"http://127.0.0.1:12"_s}})};
            if (hasS1)
                members.append(member(u"s1"_s, 5, u"healthy"_s, {{u"url"_s, u"http://127.0.0.1:11"_s}}));
            return masterStatus(5, 5, members);
        };
        model.handleStatus(asked, status(true));
        QCOMPARE(renamed, renames);
        for (int i = 0; i < 2; ++i) {
            model.handleStatus(u"s1"_s, secondaryStatus(u"s1"_s, 5, 5));
            model.handleStatus(u"M"_s, status(true));
        }
        QCOMPARE(renamed, renames);
        QCOMPARE(model.nodes().size(), 3);
        QCOMPARE(model.master()->name, u"M"_s);
        QCOMPARE(model.node(u"s1"_s)->url.port(), 11);
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Healthy);
        QCOMPARE(model.node(u"s2"_s)->url.port(), 12);
        QCOMPARE(model.node(u"s2"_s)->state(), NodeState::Unhealthy);
        // What the user named stays when the master forgets it.
        QSignalSpy forgotten(&model, &ClusterModel::nodeForgotten);
        QSignalSpy removed(&model, &ClusterModel::nodeRemoved);
        model.handleStatus(u"M"_s, status(false));
        QVERIFY(model.node(u"s1"_s));
        QVERIFY(!model.node(u"s1"_s)->known);
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Running);
        QCOMPARE(forgotten.size(), 1);
        QCOMPARE(removed.size(), 0);
        QCOMPARE(model.majority(), 2U);
    }

    // A node that was started with another name than its master knows it by, and is called otherwise still by
    // the user.
    void aNodeIsNotShownTwice_data()
    {
        QTest::addColumn<QUrl>("address");
        QTest::addColumn<bool>("isHeardFirst");
        QTest::newRow("heard first") << QUrl(u"http://127.0.0.1:11"_s) << true;
        QTest::newRow("heard later") << QUrl(u"http://127.0.0.1:11"_s) << false;
        QTest::newRow("heard first, by another address") << QUrl(u"http://front:2"_s) << true;
        QTest::newRow("heard later, by another address") << QUrl(u"http://front:2"_s) << false;
    }
    void aNodeIsNotShownTwice()
    {
        QFETCH(QUrl, address);
        QFETCH(bool, isHeardFirst);
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://front:1"_s)});
        model.handleNodeDeclared({u"A"_s, NodeRole::Secondary, address});
        QString called = u"A"_s;
        const auto follow = [&called](const QString &from, const QString &to) {
            if (called == from)
                called = to;
        };
        connect(&model, &ClusterModel::nodeRenamed, this, follow);
        connect(&model, &ClusterModel::nodeMerged, this, follow);
        const QJsonObject master =
            masterStatus(5, 5,
                         QJsonArray{member(u"s1"_s, 5, u"healthy"_s,
                                           {{u"url"_s, u"http://127.0.0.1:11"_s}, {u"node_id"_s, u"n1"_s}})});
        const QJsonObject own = with(secondaryStatus(u"other"_s, 5, 5), {{u"node_id"_s, u"n1"_s}});
        if (isHeardFirst)
            model.handleStatus(QString(called), own);
        for (int i = 0; i < 2; ++i) {
            model.handleStatus(u"M"_s, master);
            model.handleStatus(QString(called), own);
        }
        QCOMPARE(model.nodes().size(), 2);
        QCOMPARE(called, u"s1"_s);
        QCOMPARE(model.node(u"s1"_s)->state(), NodeState::Healthy);
        QVERIFY(model.node(u"s1"_s)->isHeard() && model.node(u"s1"_s)->told);
    }

    // It was named by an address that its master does not tell: two entries until it is heard.
    void aNodeThatWasReachedByTwoAddressesIsOne()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"X"_s, NodeRole::Master, QUrl(u"http://front:1"_s)});
        model.handleNodeDeclared({u"A"_s, NodeRole::Secondary, QUrl(u"http://front:2"_s)});
        const QJsonArray members{member(u"s1"_s, 5, u"healthy"_s, {{u"url"_s, u"http://s1:80"_s}})};
        model.handleStatus(u"X"_s, masterStatus(5, 5, members));
        QCOMPARE(model.nodes().size(), 3);
        QSignalSpy merged(&model, &ClusterModel::nodeMerged);
        model.handleStatus(u"A"_s, secondaryStatus(u"s1"_s, 5, 5));
        QCOMPARE(merged.size(), 1);
        QCOMPARE(merged[0], QVariantList({u"A"_s, u"s1"_s}));
        QCOMPARE(model.nodes().size(), 2);
        model.handleStatus(u"M"_s, masterStatus(5, 5));
        QVERIFY(model.node(u"s1"_s)); // the user had named it
    }

    void keepsAForgottenNodeWhoseProcessRunsHere()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleStatus(u"M"_s, masterStatus(1, 1, QJsonArray{member(u"s1"_s, 1), member(u"s2"_s, 1)}));
        model.handleProcessState(u"s1"_s, ProcessState::Stopped);
        model.handleStatus(u"M"_s, masterStatus(1, 1));
        QVERIFY(model.node(u"s1"_s));
        QVERIFY(!model.node(u"s1"_s)->known);
        QVERIFY(!model.node(u"s2"_s));
    }

    void theProcessKnowsBest_data()
    {
        QTest::addColumn<ProcessState>("process");
        QTest::addColumn<NodeState>("state");
        QTest::newRow("stopped") << ProcessState::Stopped << NodeState::Stopped;
        QTest::newRow("frozen") << ProcessState::Frozen << NodeState::Frozen;
        QTest::newRow("stopping") << ProcessState::Stopping << NodeState::Stopping;
        QTest::newRow("running") << ProcessState::Running << NodeState::Healthy;
        QTest::newRow("not ours") << ProcessState::Unknown << NodeState::Healthy;
    }
    void theProcessKnowsBest()
    {
        QFETCH(ProcessState, process);
        QFETCH(NodeState, state);
        NodeInfo node;
        node.role = NodeRole::Secondary;
        node.contact = Contact::Connected;
        node.health = NodeHealth::Healthy;
        node.process = process;
        QCOMPARE(node.state(), state);
        QVERIFY(!ClusterText::state(state).isEmpty());
        QVERIFY(!ClusterText::stateExplained(node).isEmpty());
    }

    void survivesNonsense()
    {
        test::ManualClock clock;
        ClusterModel model(clock);
        model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleStatus(
            u"M"_s,
            json(R"({"role":7,"name":[],"epoch":"x","last_id":-5,"nodes":{"a":1},"waits":[1,{"id":-1}]})"));
        model.handleStatus(u"nobody"_s, masterStatus(1, 1));
        model.handleContact(u"nobody"_s, Contact::Lost, {});
        QCOMPARE(model.lastId(), 0ULL);
        QCOMPARE(model.nodes().size(), 1);
    }
};

int main(int argc, char **argv)
{
    return test::runGuiSuite<TestClusterModel>(argc, argv);
}

#include "tst_clustermodel.moc"
