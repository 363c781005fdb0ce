// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/append/requestsmodel.h"
#include "gui/details/acktimes.h"
#include "gui/details/jsontree.h"
#include "gui/details/messagefacts.h"
#include "gui/matrix/logdelegate.h"
#include "gui/matrix/logexportbutton.h"
#include "gui/matrix/logexporter.h"
#include "gui/matrix/logfilter.h"
#include "gui/matrix/logmodel.h"
#include "gui/nodes/nodesmodel.h"
#include "gui/waits/waitsmodel.h"
#include "tests/gui/guitest.h"
#include "tests/gui/manualclock.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QProcess>
#include <QTreeWidget>

using namespace Qt::StringLiterals;
using namespace replog;

namespace {

// A log whose reads are answered when the test says so.
struct FakeLog
{
    struct Asked
    {
        quint64 from;
        int limit;
        QPointer<QObject> context;
        MessagePages::Fetched done;
    };
    QList<Asked> asked;
    quint64 firstId = 1;
    quint64 lastId = 0;
    quint64 epochFrom = 1, epoch = 1; // of the entries from an id on; those before are of epoch 1
    int served = 0;

    MessagePages::Fetch fetch()
    {
        return [this](quint64 from, int limit, QObject *context, MessagePages::Fetched done) {
            asked.append({from, limit, context, std::move(done)});
        };
    }
    static QString text(quint64 id)
    {
        return id % 10 == 0 ? u"round %1"_s.arg(id) : u"text, \"%1\""_s.arg(id);
    }
    void serveOne()
    {
        const Asked one = asked.takeFirst();
        ++served;
        MessagePage page;
        if (one.from < firstId) {
            page.error = u"from: the oldest entry kept is %1"_s.arg(firstId);
            page.firstId = firstId;
        }
        for (quint64 id = one.from; one.from >= firstId && id < one.from + quint64(one.limit) && id <= lastId;
             ++id) {
            page.messages.append({id, text(id)});
            page.messages.last().epoch = id < epochFrom ? 1 : epoch;
        }
        if (one.context)
            one.done(page);
    }
    void serveAll()
    {
        for (;;) {
            QCoreApplication::processEvents();
            QCoreApplication::sendPostedEvents();
            if (asked.isEmpty())
                return;
            serveOne();
        }
    }
};

// Answers what the filter asks for until it has judged all.
bool searchAll(FakeLog &log, const LogFilter &filter)
{
    return QTest::qWaitFor([&] {
        log.serveAll();
        return filter.isComplete();
    });
}

struct Cluster
{
    test::ManualClock clock;
    ClusterModel model{clock};

    void status(quint64 last, quint64 committed, const QList<QPair<QString, quint64>> &nodes,
                const QJsonArray &waits = {}, const QString &health = u"healthy"_s, quint64 first = 1)
    {
        if (model.isEmpty())
            model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        model.handleContact(u"M"_s, Contact::Connected, {});
        QJsonArray list;
        for (const auto &[name, acked] : nodes) {
            list.append(QJsonObject{{u"name"_s, name},
                                    {u"url"_s, u"http://localhost:2"_s},
                                    {u"acked_id"_s, qint64(acked)},
                                    {u"health"_s, health}});
        }
        model.handleStatus(u"M"_s, {{u"role"_s, u"master"_s},
                                    {u"name"_s, u"M"_s},
                                    {u"epoch"_s, 1},
                                    {u"mode"_s, u"read-write"_s},
                                    {u"first_id"_s, qint64(first)},
                                    {u"last_id"_s, qint64(last)},
                                    {u"committed_id"_s, qint64(committed)},
                                    {u"nodes"_s, list},
                                    {u"waits"_s, waits}});
    }

    // What a node says of itself, with all it holds committed there.
    void tell(const QString &role, const QString &name, int epoch, int last, QJsonObject more = {})
    {
        more.insert(u"role"_s, role);
        more.insert(u"name"_s, name);
        more.insert(u"epoch"_s, epoch);
        more.insert(u"last_id"_s, last);
        more.insert(u"committed_id"_s, last);
        model.handleStatus(name, more);
    }
};

QJsonObject wait(int id, int w, int acks, const QString &missing)
{
    return {{u"id"_s, id},
            {u"w"_s, w},
            {u"acks"_s, acks},
            {u"missing"_s, QJsonArray{missing}},
            {u"clients"_s, 1}};
}

constexpr auto Fatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

} // namespace

class TestLogModel : public QObject
{
    Q_OBJECT

private slots:
    void init() { test::failOnEveryWarning(); }

    void showsTheWalk()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        LogModel model(cluster.model, pages);
        const QAbstractItemModelTester tester(&model, Fatal);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);

        cluster.status(2, 2, {{u"s1"_s, 2}});
        cluster.model.handleStatus(
            u"s1"_s,
            {{u"role"_s, u"secondary"_s}, {u"name"_s, u"s1"_s}, {u"last_id"_s, 2}, {u"committed_id"_s, 2}});
        cluster.status(4, 2, {{u"s1"_s, 3}}, {wait(3, 3, 2, u"s2"_s)});
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(inserted.size(), 2);
        QCOMPARE(resets.size(), 0);
        QCOMPARE(model.nodes(), (QStringList{u"M"_s, u"s1"_s}));
        QCOMPARE(model.cellState(2, u"M"_s), CellState::Committed);
        QCOMPARE(model.cellState(3, u"M"_s), CellState::Held);
        QCOMPARE(model.cellState(2, u"s1"_s), CellState::Committed);
        QCOMPARE(model.cellState(3, u"s1"_s), CellState::Held);
        QCOMPARE(model.cellState(4, u"s1"_s), CellState::OnItsWay);
        cluster.model.handleProcessState(u"s1"_s, ProcessState::Stopped);
        QCOMPARE(model.cellState(4, u"s1"_s), CellState::Missing);
        // The node is down, but its disk has the entry.
        QCOMPARE(model.cellState(3, u"s1"_s), CellState::Held);

        const QModelIndex waiting = model.index(2, LogModel::WaitColumn);
        QVERIFY(waiting.data(LogModel::WaitingRole).toBool());
        QCOMPARE(waiting.data().toString(), u"2 of 3 · s2"_s);
        QVERIFY(!model.index(3, LogModel::WaitColumn).data(LogModel::WaitingRole).toBool());

        // Its client gives up: the message is replicated all the same, and nobody waits.
        QJsonObject abandoned = wait(3, 3, 2, u"s1"_s);
        abandoned[u"clients"_s] = 0;
        cluster.status(4, 2, {{u"s1"_s, 3}}, {abandoned});
        QVERIFY(!waiting.data(LogModel::WaitingRole).toBool());
        QCOMPARE(waiting.data().toString(), u"2 of 3 · s1"_s);
        QVERIFY(waiting.data(Qt::ToolTipRole).toString().contains(u"Nobody waits"));
        const QModelIndex missing = model.index(2, LogModel::FirstNodeColumn + 1);
        QVERIFY(!missing.data(LogModel::WaitingRole).toBool());
        QVERIFY(!missing.data(Qt::ToolTipRole).toString().contains(u"A client waits"));

        QSignalSpy columns(&model, &QAbstractItemModel::columnsInserted);
        cluster.status(4, 4, {{u"s1"_s, 3}, {u"s2"_s, 4}});
        QCOMPARE(columns.size(), 1);
        QVERIFY(!waiting.data(LogModel::WaitingRole).toBool());
        QCOMPARE(model.cellState(4, u"M"_s), CellState::Committed);
    }

    // Of a node that was never heard the master tells what it holds, and nobody what it has committed.
    void whatWasNeverHeardIsNotZero()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        LogModel model(cluster.model, pages);
        NodesModel nodes(cluster.model);
        cluster.model.handleNodeDeclared({u"M"_s, NodeRole::Master, QUrl(u"http://localhost:1"_s)});
        cluster.model.handleContact(u"M"_s, Contact::Lost, u"refused"_s);
        QVERIFY(!cluster.model.isTold());
        QCOMPARE(nodes.index(0, NodesModel::LastIdColumn).data().toString(), u"–"_s);
        QCOMPARE(nodes.index(0, NodesModel::CommittedColumn).data().toString(), u"–"_s);
        cluster.status(4, 4, {{u"s1"_s, 3}});
        QVERIFY(cluster.model.isTold());
        QCOMPARE(nodes.index(1, NodesModel::LastIdColumn).data().toString(), u"3"_s);
        QCOMPARE(nodes.index(1, NodesModel::CommittedColumn).data().toString(), u"–"_s);
        QCOMPARE(model.cellState(3, u"s1"_s), CellState::Stored);
        QCOMPARE(model.cellState(4, u"s1"_s), CellState::OnItsWay);
        const QModelIndex cell = model.index(2, LogModel::FirstNodeColumn + 1);
        QVERIFY(cell.data(Qt::ToolTipRole).toString().contains(u"not known"));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        cluster.model.handleStatus(
            u"s1"_s,
            {{u"role"_s, u"secondary"_s}, {u"name"_s, u"s1"_s}, {u"last_id"_s, 3}, {u"committed_id"_s, 0}});
        QCOMPARE(model.cellState(3, u"s1"_s), CellState::Held);
        QVERIFY(changed.size() > 0);
        QCOMPARE(nodes.index(1, NodesModel::CommittedColumn).data().toString(), u"0"_s);
    }

    // What a dead master held beyond its last word is not known, unless others have committed it: that it had
    // stored before. From it nothing is on its way.
    void aDeadMasterLacksNothingForCertain()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        LogModel model(cluster.model, pages);
        const auto say = [&](const QString &name, int last, int committed) {
            cluster.model.handleStatus(name, {{u"role"_s, u"secondary"_s},
                                              {u"name"_s, name},
                                              {u"epoch"_s, 1},
                                              {u"last_id"_s, last},
                                              {u"committed_id"_s, committed}});
        };
        const auto tip = [&](int id, int node) {
            return model.index(id - 1, LogModel::FirstNodeColumn + node).data(Qt::ToolTipRole).toString();
        };
        cluster.status(10, 10, {{u"s1"_s, 9}, {u"s2"_s, 10}});
        say(u"s1"_s, 9, 9);
        say(u"s2"_s, 10, 10);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        const auto isTold = [&](int id, int node) { // that this cell is another one now
            return std::any_of(changed.begin(), changed.end(), [&](const QList<QVariant> &told) {
                const auto from = told[0].toModelIndex(), to = told[1].toModelIndex();
                const int column = LogModel::FirstNodeColumn + node;
                return from.row() < id && id <= to.row() + 1 && from.column() <= column &&
                       column <= to.column();
            });
        };
        say(u"s2"_s, 14, 12);
        QCOMPARE(model.rowCount(), 14);
        QCOMPARE(model.cellState(12, u"M"_s), CellState::Committed); // a master receives nothing
        QCOMPARE(model.cellState(13, u"M"_s), CellState::Unknown);
        QVERIFY2(tip(13, 0).contains(u"before any other node"), qPrintable(tip(13, 0)));
        QCOMPARE(model.cellState(13, u"s1"_s), CellState::OnItsWay);

        say(u"s2"_s, 14, 13);
        QCOMPARE(model.cellState(13, u"M"_s), CellState::Committed);
        QVERIFY(isTold(13, 0));
        QCOMPARE(model.cellState(14, u"M"_s), CellState::Unknown);

        changed.clear();
        cluster.model.handleContact(u"M"_s, Contact::Lost, u"gone"_s);
        QVERIFY(isTold(14, 0));
        QVERIFY(isTold(13, 1));
        QCOMPARE(model.cellState(12, u"M"_s), CellState::Committed);
        QVERIFY2(tip(12, 0).contains(u"another node has committed it"), qPrintable(tip(12, 0)));
        QCOMPARE(model.cellState(14, u"M"_s), CellState::Unknown);
        QVERIFY2(tip(14, 0).contains(u"up to 13"), qPrintable(tip(14, 0)));
        QCOMPARE(model.cellState(13, u"s1"_s), CellState::Missing);
        QVERIFY2(tip(13, 1).contains(u"no master"), qPrintable(tip(13, 1)));
        cluster.model.handleContact(u"s1"_s, Contact::Lost, u"gone"_s);
        QCOMPARE(model.cellState(9, u"s1"_s), CellState::Committed);
        QCOMPARE(model.cellState(13, u"s1"_s), CellState::Unknown);
        QCOMPARE(model.index(12, LogModel::FirstNodeColumn + 1).data().toString(), u"unknown"_s);
    }

    // The master's last word is older than what others have committed since, and will stay so when it is
    // dead.
    void nothingIsBehindWhatIsCommitted()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        const LogModel model(cluster.model, pages);
        cluster.status(4, 2, {{u"s1"_s, 3}}, {wait(3, 2, 1, u"s1"_s)});
        const QModelIndex last = model.index(3, LogModel::WaitColumn);
        QCOMPARE(last.data().toString(), u"answered, behind 3"_s);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        cluster.model.handleStatus(u"s1"_s, {{u"role"_s, u"secondary"_s},
                                             {u"name"_s, u"s1"_s},
                                             {u"epoch"_s, 1},
                                             {u"last_id"_s, 4},
                                             {u"committed_id"_s, 3}});
        QVERIFY2(!last.data().isValid(), qPrintable(last.data().toString()));
        QVERIFY(std::any_of(changed.begin(), changed.end(), [&](const QList<QVariant> &told) {
            const auto from = told[0].toModelIndex(), to = told[1].toModelIndex();
            return from.row() <= 3 && 3 <= to.row() && from.column() <= last.column() &&
                   last.column() <= to.column();
        }));
    }

    // What members had committed before a master began its epoch, that master may not hold.
    void aPromotedMasterIsNotBelievedToHoldWhatOthersDo()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        LogModel model(cluster.model, pages);
        const auto say = [&](const QString &role, const QString &name, int epoch, int last,
                             const QString &mode) {
            cluster.tell(role, name, epoch, last, {{u"mode"_s, mode}});
        };
        cluster.status(11, 11, {{u"s1"_s, 10}, {u"s2"_s, 11}});
        say(u"secondary"_s, u"s1"_s, 1, 10, u"following"_s);
        say(u"secondary"_s, u"s2"_s, 1, 10, u"following"_s);
        say(u"secondary"_s, u"s2"_s, 1, 11, u"following"_s);
        cluster.model.handleContact(u"M"_s, Contact::Lost, u"gone"_s);
        say(u"master"_s, u"s1"_s, 2, 10, u"fenced"_s);
        say(u"secondary"_s, u"s2"_s, 2, 11, u"following"_s);
        QCOMPARE(model.rowCount(), 11);
        QCOMPARE(model.cellState(11, u"s1"_s), CellState::Missing);
        cluster.model.handleContact(u"s1"_s, Contact::Lost, u"gone"_s);
        QCOMPARE(model.cellState(11, u"s1"_s), CellState::Unknown);
    }

    // M commits 11 with w=1 and dies with it; the new master gives the id to another message.
    void whatWasLostWithItsMasterIsNotWhatHasItsIdNow()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        LogModel model(cluster.model, pages);
        const QAbstractItemModelTester tester(&model, Fatal);
        const auto say = [&](const QString &role, const QString &name, int epoch, int last) {
            cluster.tell(role, name, epoch, last,
                         {{u"nodes"_s, QJsonArray{QJsonObject{{u"name"_s, u"s2"_s}, {u"acked_id"_s, 10}}}}});
        };
        const auto isRead = [&](quint64 id) {
            pages.text(id);
            log.serveAll();
            return pages.facts(id) != nullptr;
        };
        const auto columnOf = [&](const QString &name) {
            return LogModel::FirstNodeColumn + int(model.nodes().indexOf(name));
        };
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        const auto isTold = [&](const QString &name) { // that what it holds is another thing now
            return std::any_of(changed.begin(), changed.end(), [&](const QList<QVariant> &told) {
                return told[0].toModelIndex().column() == columnOf(name) &&
                       told[1].toModelIndex().column() == columnOf(name);
            });
        };
        log.lastId = 11;
        cluster.status(11, 11, {{u"s1"_s, 10}, {u"s2"_s, 10}});
        say(u"secondary"_s, u"s1"_s, 1, 10);
        say(u"secondary"_s, u"s2"_s, 1, 10);
        QVERIFY(isRead(11));
        QCOMPARE(model.cellState(11, u"M"_s), CellState::Committed);
        cluster.model.handleContact(u"M"_s, Contact::Lost, u"gone"_s);
        QCOMPARE(model.cellState(11, u"M"_s), CellState::Committed);

        log.epochFrom = 11;
        log.epoch = 2;
        say(u"master"_s, u"s1"_s, 2, 11); // its first word: it has given the id away already
        QCOMPARE(model.cellState(11, u"M"_s), CellState::Unknown);
        QCOMPARE(model.cellState(10, u"M"_s), CellState::Unknown); // the entry there is not read yet
        changed.clear();
        QVERIFY(isRead(11));
        QVERIFY(isTold(u"M"_s));
        QCOMPARE(model.cellState(10, u"M"_s), CellState::Committed);
        QCOMPARE(model.cellState(11, u"M"_s), CellState::Unknown);
        const QString tip = model.index(10, columnOf(u"M"_s)).data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(u"earlier epoch"), qPrintable(tip));
        QCOMPARE(model.cellState(11, u"s1"_s), CellState::Committed);

        // The message as a file has it, and a secondary that has not heard of the new epoch.
        QCOMPARE(model.cellState(11, u"M"_s, 1), CellState::Committed);
        say(u"secondary"_s, u"s2"_s, 1, 11);
        QVERIFY(model.cellState(11, u"s2"_s) != CellState::Committed);
        changed.clear();
        say(u"secondary"_s, u"s2"_s, 2, 11);
        QCOMPARE(model.cellState(11, u"s2"_s), CellState::Committed);
        QVERIFY(isTold(u"s2"_s));
    }

    // A node that a file names, and that neither it nor a master has told of.
    void ofANodeThatWasNeverHeardNothingIsKnown()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        const LogModel model(cluster.model, pages);
        cluster.status(3, 3, {{u"s1"_s, 3}});
        cluster.model.handleNodeDeclared({u"s9"_s, NodeRole::Secondary, QUrl(u"http://localhost:9"_s)});
        cluster.model.handleContact(u"s9"_s, Contact::Lost, u"refused"_s);
        QCOMPARE(model.cellState(3, u"s9"_s), CellState::Unknown);
        const QString tip = model.index(2, LogModel::FirstNodeColumn + 2).data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(u"nothing has been heard"), qPrintable(tip));
    }

    void changesOnlyTheRowsConcerned()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        LogModel model(cluster.model, pages);
        cluster.status(1000, 1000, {{u"s1"_s, 100}});
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        cluster.status(1000, 1000, {{u"s1"_s, 150}});
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.at(0).at(0).toModelIndex().row(), 100);
        QCOMPARE(changed.at(0).at(1).toModelIndex().row(), 149);
        QCOMPARE(changed.at(0).at(0).toModelIndex().column(), LogModel::FirstNodeColumn + 1);
    }

    void fetchesWhatIsLookedAt()
    {
        FakeLog log;
        log.lastId = 1'000'000;
        MessagePages pages(log.fetch());
        pages.setLastId(log.lastId);
        while (!pages.text(500'000))
            log.serveAll();
        QVERIFY(log.served <= 3);
        QVERIFY(pages.text(500'000));
        QCOMPARE(*pages.text(500'000), u"round 500000"_s);
        QVERIFY(!pages.text(0));
        QVERIFY(!pages.text(1'000'001));
    }

    // A row is painted once: a text that is missing then must arrive without a second request by the view.
    void aPageThatComesInPartsIsFinished()
    {
        FakeLog log;
        log.lastId = 1000;
        MessagePages pages(log.fetch());
        pages.setLastId(log.lastId);
        for (quint64 id = 401; id <= 600; ++id)
            QVERIFY(!pages.text(id));
        log.serveAll();
        QVERIFY(log.served > 1);
        for (quint64 id = 401; id <= 600; ++id)
            QVERIFY2(pages.peek(id), qPrintable(QString::number(id)));
    }

    void whatIsNoLongerKeptHasNoRows()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        LogModel model(cluster.model, pages);
        const QAbstractItemModelTester tester(&model, Fatal);
        cluster.status(100, 100, {{u"s1"_s, 100}}, {}, u"healthy"_s, 31);
        QCOMPARE(model.rowCount(), 70);
        QCOMPARE(model.idAt(0), 31ULL);
        cluster.status(110, 110, {{u"s1"_s, 110}}, {}, u"healthy"_s, 51);
        QCOMPARE(model.rowCount(), 60);
        QCOMPARE(model.idAt(0), 51ULL);
        QCOMPARE(model.rowOf(30), -1);
    }

    // The oldest entry kept lies inside a page, and rises while pages are fetched.
    void aPageBeginsAtTheOldestEntryKept()
    {
        FakeLog log;
        log.firstId = 2204;
        log.lastId = 3000;
        MessagePages pages(log.fetch());
        const QSignalSpy failed(&pages, &MessagePages::failed);
        pages.setLastId(3000);
        static_cast<void>(pages.text(2400));
        log.serveAll();
        for (quint64 id = 2204; id <= 2400; ++id) {
            QVERIFY2(pages.peek(id), qPrintable(QString::number(id)));
            QCOMPARE(*pages.peek(id), FakeLog::text(id));
        }
        QVERIFY(!pages.peek(2203));
        QVERIFY(!pages.facts(2203));
        // A part of this page is held when the rest is trimmed up to its middle.
        MessagePages later(log.fetch());
        const QSignalSpy laterFailed(&later, &MessagePages::failed);
        later.setLastId(3000);
        static_cast<void>(later.text(2420));
        log.serveAll();
        QVERIFY(later.peek(2420));
        QVERIFY(!later.peek(2500));
        log.firstId = 2550;
        later.setFirstId(2500);
        static_cast<void>(later.text(2600));
        log.serveAll();
        for (quint64 id = 2550; id <= 2600; ++id) {
            QVERIFY2(later.peek(id), qPrintable(QString::number(id)));
            QCOMPARE(*later.peek(id), FakeLog::text(id));
        }
        QVERIFY(failed.isEmpty());
        QVERIFY(laterFailed.isEmpty());
        QVERIFY(log.served < 20);
    }

    void memoryStaysBounded()
    {
        FakeLog log;
        log.lastId = 1'000'000;
        MessagePages pages(log.fetch());
        pages.setLastId(log.lastId);
        for (quint64 id = 1; id < log.lastId; id += 1000) {
            while (!pages.text(id))
                log.serveAll();
            QVERIFY(pages.pageCount() <= MessagePages::PageLimit);
        }
        QVERIFY(pages.peek(999'001)); // the newest texts are cached, the oldest are not
        QVERIFY(!pages.peek(1));
    }

    void asksForFewLargeMessagesAtOnce()
    {
        QList<int> limits;
        MessagePages pages([&](quint64 from, int limit, QObject *context, MessagePages::Fetched done) {
            limits.append(limit);
            MessagePage page;
            for (quint64 id = from; id < from + quint64(limit); ++id)
                page.messages.append({id, QString(300'000, u'x')});
            QMetaObject::invokeMethod(
                context, [done, page] { done(page); }, Qt::QueuedConnection);
        });
        pages.setLastId(1000);
        QTRY_VERIFY_WITH_TIMEOUT(pages.text(1000), 30000);
        QVERIFY(limits.first() <= 50);
        QVERIFY(limits.last() <= 3);
        QCOMPARE(pages.peek(1000)->size(), qsizetype(MessagePages::TextLimit));
        QVERIFY(pages.facts(1000)->shortened);
    }

    void forgetsWishesNobodyHasAnyMore()
    {
        FakeLog log;
        log.lastId = 1'000'000;
        MessagePages pages(log.fetch());
        pages.setLastId(log.lastId);
        for (quint64 id = 1; id < log.lastId; id += MessagePages::PageSize)
            static_cast<void>(pages.text(id));
        QCoreApplication::processEvents();
        QCOMPARE(log.asked.size(), MessagePages::FetchesAtOnce);
        QVERIFY(log.asked.first().from > 999'000); // the page requested last is fetched first
        log.serveAll();
        QVERIFY(log.served <= MessagePages::WantedLimit + MessagePages::FetchesAtOnce);
    }

    void growsTheLastPage()
    {
        FakeLog log;
        log.lastId = 5;
        MessagePages pages(log.fetch());
        pages.setLastId(5);
        static_cast<void>(pages.text(5));
        log.serveAll();
        log.lastId = 7;
        pages.setLastId(7);
        QVERIFY(!pages.text(7));
        QCoreApplication::processEvents();
        QCOMPARE(log.asked.size(), 1);
        QCOMPARE(log.asked.first().from, 6ULL); // only the new messages
        log.serveAll();
        QCOMPARE(*pages.text(7), FakeLog::text(7));
    }

    void filtersWhatIsThereAndWhatComes()
    {
        FakeLog log;
        log.lastId = 10'000;
        LogFilter filter(log.fetch());
        QList<quint64> found;
        connect(&filter, &LogFilter::matched, this, [&](const QList<quint64> &ids) { found += ids; });
        filter.setLastId(10'000);
        filter.start(u"ROUND"_s);
        QVERIFY(searchAll(log, filter));
        QCOMPARE(found.size(), 1000);
        QVERIFY(log.served < 20);
        log.lastId = 10'010;
        filter.setLastId(10'010);
        QVERIFY(searchAll(log, filter));
        QCOMPARE(found.size(), 1001);
        QCOMPARE(found.last(), 10'010ULL);
    }

    void filtersWhatIsKept()
    {
        FakeLog log;
        log.firstId = 2204;
        log.lastId = 3000;
        LogFilter filter(log.fetch());
        QList<quint64> found;
        connect(&filter, &LogFilter::matched, this, [&](const QList<quint64> &ids) { found += ids; });
        const QSignalSpy failed(&filter, &LogFilter::failed);
        filter.setFirstId(2101); // the status is older than the log
        filter.setLastId(3000);
        filter.start(u"round"_s);
        QCOMPARE(filter.percent(), 0);
        QVERIFY(searchAll(log, filter));
        QCOMPARE(found.size(), 80);
        QCOMPARE(found.first(), 2210ULL);
        // More is trimmed while the log is searched.
        found.clear();
        filter.start(u"round"_s);
        log.serveOne();
        log.firstId = 2901;
        QVERIFY(searchAll(log, filter));
        QCOMPARE(found.last(), 3000ULL);
        QCOMPARE(std::count_if(found.begin(), found.end(), [](quint64 id) { return id > 2900; }), 10);
        // Everything that is asked for has been trimmed.
        for (const QString &query : {u"id:1..10"_s, u"id:2850..2890"_s}) {
            found.clear();
            filter.start(query);
            QVERIFY(searchAll(log, filter));
            QVERIFY(found.isEmpty());
        }
        QVERIFY(failed.isEmpty());
        QVERIFY(log.served < 20);
    }

    void termsOfASearch_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("text"); // that it finds
        QTest::addColumn<bool>("waits");
        QTest::newRow("text") << u"a  b"_s << u"xA  Bx"_s << false;
        QTest::newRow("spaces as typed") << u"a  b"_s << QString() << false;
        QTest::newRow("waiting and text") << u"waiting for payment"_s << u"for payment"_s << true;
        QTest::newRow("quoted") << u"\"waiting for payment\""_s << u"is waiting for payment"_s << false;
        QTest::newRow("quoted, with a term") << u"w>1 \"waiting\""_s << u"is waiting"_s << true;
        QTest::newRow("quoted regular expression") << u"\"/a.c/\""_s << u"x/a.c/x"_s << false;
        QTest::newRow("quotes in a text") << u"say \"hi\" there"_s << u"say \"hi\" there"_s << false;
        QTest::newRow("JSON") << u"\"id\": 7"_s << u"{\"id\": 7}"_s << false;
        QTest::newRow("operators in an expression")
            << u"/is waiting now$/"_s << u"it is waiting now"_s << false;
        QTest::newRow("a path") << u"/usr/bin"_s << u"in /usr/bin it is"_s << false;
        QTest::newRow("two in quotes") << u"\"order\" \"payment\""_s << u"payment of an ORDER"_s << false;
        QTest::newRow("two expressions") << u"/o.der/ /pay\\w+/"_s << u"payment of an order"_s << false;
        QTest::newRow("an expression and words")
            << u"of an /pay\\w+/ \"r\""_s << u"payment of an order"_s << false;
        QTest::newRow("no key") << u"key:7"_s << u"the key:7 fits"_s << false;
    }

    void termsOfASearch()
    {
        QFETCH(const QString, query);
        QFETCH(const QString, text);
        QFETCH(const bool, waits);
        LogQuery parsed = LogQuery::parse(query);
        QCOMPARE(parsed.problem(), QString());
        QCOMPARE(parsed.asksForWaits(), waits);
        QCOMPARE(parsed.matchesText(text) == LogQuery::Answer::Yes, !text.isEmpty());
        QCOMPARE(parsed.matchesText(u"a b"_s), LogQuery::Answer::No);
    }

    // What waits is judged again when the waits change, and only new waits are read.
    void idsBeginAtOne()
    {
        for (const QString &query : {u"id:0"_s, u"id:20..0"_s, u"id:0..5"_s, u"id:20..10"_s, u"id:.."_s})
            QVERIFY2(!LogQuery::parse(query).problem().isEmpty(), qPrintable(query));
        QCOMPARE(LogQuery::parse(u"id:7"_s).last(), 7ULL);
        QCOMPARE(LogQuery::parse(u"id:7.."_s).last(), 0ULL);
        QCOMPARE(LogQuery::parse(u"id:..7"_s).first(), 1ULL);
    }
    // PCRE gives up on some texts: that is no answer, and is said.
    void anExpressionThatIsTooComplexIsSaid()
    {
        LogQuery query = LogQuery::parse(u"/^(A|B)+$/"_s);
        QCOMPARE(query.matchesText(u"ABBA"_s), LogQuery::Answer::Yes);
        QCOMPARE(query.matchesText(u"ABBAC"_s), LogQuery::Answer::No);
        const QString text(1'000'000, u'A');
        QCOMPARE(query.matchesText(text), LogQuery::Answer::Unknown);
        // Without a bound this one takes half a minute.
        LogQuery slow = LogQuery::parse(u"/.*.*x/"_s);
        QCOMPARE(slow.matchesText(text), LogQuery::Answer::Unknown);
        QCOMPARE(slow.matchesText(u"axe"_s), LogQuery::Answer::Yes);
        QCOMPARE(LogQuery::parse(u"AB"_s).matchesText(text), LogQuery::Answer::No);
        LogFilter filter([text](quint64 from, int, QObject *, const MessagePages::Fetched &done) {
            MessagePage page;
            for (quint64 id = from; id <= 3; ++id)
                page.messages.append({id, id == 1 ? u"AB"_s : text});
            done(page);
        });
        QList<quint64> found;
        connect(&filter, &LogFilter::matched, this, [&](const QList<quint64> &ids) { found += ids; });
        filter.setLastId(3);
        filter.start(u"/^(A|B)+$/"_s);
        QTRY_VERIFY(filter.isComplete());
        QCOMPARE(found, QList<quint64>{1});
        QCOMPARE(filter.unjudged(), 2);
        QCOMPARE(filter.firstUnjudged(), 2ULL);
        filter.start(u"AB"_s);
        QCOMPARE(filter.unjudged(), 0);
    }
    // Each message on which the search gives up takes a while: of a batch it tries some alone.
    void anExpressionIsGivenUpForABatch()
    {
        QList<LogMessage> batch;
        for (quint64 id = 1; id <= 20; ++id)
            batch.append({id, id == 20 ? u"AB"_s : QString(1'000'000, u'A')});
        TextJudge judge;
        QList<LogQuery::Answer> told;
        connect(&judge, &TextJudge::judged, this,
                [&](const QList<LogMessage> &, const QList<LogQuery::Answer> &answers) { told = answers; });
        judge.setQuery(u"/^(A|B)+$/"_s);
        judge.judge(batch);
        QTRY_COMPARE(told.size(), 20);
        QCOMPARE(told.count(LogQuery::Answer::Unknown), 20);
        judge.judge({batch.last()});
        QTRY_COMPARE(told.size(), 1);
        QCOMPARE(told.first(), LogQuery::Answer::Yes);
    }
    // An answer of many large messages would hold up the window while it is parsed.
    void aReadingBeginsWithFewMessages()
    {
        FakeLog log;
        log.lastId = 1000;
        MessageReader reader(log.fetch());
        reader.read({{1, 1000}});
        QVERIFY(log.asked.first().limit <= 8);
        log.serveOne();
        QVERIFY(log.asked.first().limit > 8); // they were small
    }
    // Not in the turn of the event loop that brought the texts, which would hold up the window; and no more
    // is read meanwhile.
    void textsAreJudgedInAThreadOfTheirOwn()
    {
        int fetches = 0;
        LogFilter filter([&fetches](quint64 from, int limit, QObject *, const MessagePages::Fetched &done) {
            ++fetches;
            MessagePage page;
            for (quint64 id = from; id < from + quint64(limit) && id <= 300; ++id)
                page.messages.append({id, FakeLog::text(id)});
            done(page);
        });
        QList<quint64> found;
        connect(&filter, &LogFilter::matched, this, [&](const QList<quint64> &ids) { found += ids; });
        filter.setLastId(300);
        filter.start(u"/te.t/"_s);
        QCOMPARE(fetches, 1);
        QVERIFY(found.isEmpty());
        QVERIFY(!filter.isComplete());
        filter.start(u"/roun./"_s); // what the search before has found by now is not told
        QVERIFY(QTest::qWaitFor([&] { return filter.isComplete(); }));
        QCOMPARE(found.size(), 30);
        QCOMPARE(found.first(), 10ULL);
        QVERIFY(fetches > 2);
        filter.start(u"/te.t/"_s);
        filter.stop();
        QCoreApplication::processEvents();
        QCOMPARE(found.size(), 30);
    }
    void filtersWhatWaits()
    {
        FakeLog log;
        log.lastId = 1000;
        LogFilter filter(log.fetch());
        QList<quint64> found;
        connect(&filter, &LogFilter::rematched, this, [&](const QList<quint64> &ids) { found = ids; });
        connect(&filter, &LogFilter::matched, this, [] { QFAIL("only waits are read"); });
        const auto waits = [](const QList<quint64> &ids, quint32 w = 3) {
            QList<WaitInfo> all;
            for (quint64 id : ids) {
                WaitInfo wait;
                wait.id = id;
                wait.w = w;
                wait.clients = 1;
                all.append(wait);
            }
            return all;
        };
        filter.setLastId(1000);
        filter.setWaits(waits({8, 10, 990}));
        filter.start(u"waiting"_s);
        QCOMPARE(found, (QList<quint64>{8, 10, 990}));
        filter.setWaits(waits({10, 990, 1000}));
        QCOMPARE(found, (QList<quint64>{10, 990, 1000}));
        QList<WaitInfo> abandoned = waits({10, 990});
        abandoned[0].clients = 0; // its client has gone
        filter.setWaits(abandoned);
        QCOMPARE(found, QList<quint64>{990});
        filter.setWaits({});
        QVERIFY(found.isEmpty());
        QVERIFY(filter.isComplete());
        log.serveAll();
        QCOMPARE(log.served, 0); // no text was asked for

        filter.setWaits(waits({8, 10, 990}));
        filter.start(u"w>2 id:9.. round"_s);
        QVERIFY(!filter.isComplete());
        QVERIFY(searchAll(log, filter));
        QCOMPARE(found, (QList<quint64>{10, 990}));
        const int served = log.served;
        filter.setWaits(waits({10, 990, 991}));
        QVERIFY(searchAll(log, filter));
        QCOMPARE(found, (QList<quint64>{10, 990}));
        QCOMPARE(log.served, served + 1);
        filter.setWaits(waits({990, 991}));
        QVERIFY(searchAll(log, filter));
        QCOMPARE(found, (QList<quint64>{990}));
        filter.setWaits(waits({990, 991}, 2)); // another request with w=2 joined and the first has gone
        QVERIFY(found.isEmpty());
        filter.setWaits(waits({990}));
        QVERIFY(searchAll(log, filter));
        QCOMPARE(found, (QList<quint64>{990}));
        // A message that is trimmed while it is read is no match, and does not stop the search.
        log.firstId = 995;
        filter.setWaits(waits({980, 990, 1000}));
        QVERIFY(searchAll(log, filter));
        QCOMPARE(found, (QList<quint64>{990, 1000}));
    }

    void showsTheFilteredRows()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        LogModel model(cluster.model, pages);
        const QAbstractItemModelTester tester(&model, Fatal);
        cluster.status(100, 100, {{u"s1"_s, 100}});
        model.setIds({});
        model.addIds({10, 20});
        model.addIds({90});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.idAt(1), 20ULL);
        QCOMPARE(model.rowOf(90), 2);
        QCOMPARE(model.rowOf(50), -1);
        const QPersistentModelIndex stays = model.index(1, 0);
        model.changeIds({5, 20, 30, 90, 95});
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(stays.row(), 1);
        QCOMPARE(model.idAt(2), 30ULL);
        model.changeIds({20});
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(stays.row(), 0);
        model.changeIds({10, 20, 90});
        cluster.status(200, 100, {{u"s1"_s, 150}});
        QCOMPARE(model.rowCount(), 3);
        model.showAll();
        QCOMPARE(model.rowCount(), 200);
    }

    void exportsJsonLinesAndCsv_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<QByteArray>("whole");
        QTest::newRow("json lines")
            << int(LogExporter::Format::JsonLines)
            << QByteArray(
                   "{\"epoch\":1,\"id\":9,\"message\":\"text, \\\"9\\\"\",\"nodes\":{\"M\":\"committed\"}}\n"
                   "{\"epoch\":1,\"id\":20,\"message\":\"round 20\",\"nodes\":{\"M\":\"held\"}}\n");
        QTest::newRow("csv") << int(LogExporter::Format::Csv)
                             << QByteArray("id,time,type,message,message_base64,M\r\n"
                                           "9,,,\"text, \"\"9\"\"\",,committed\r\n20,,,round 20,,held\r\n");
    }
    void exportsJsonLinesAndCsv()
    {
        QFETCH(int, format);
        QFETCH(QByteArray, whole);
        FakeLog log;
        log.lastId = 50;
        const QTemporaryDir folder;
        LogExporter exporter(log.fetch(), {u"M"_s}, [](const LogMessage &message, const QString &) {
            return message.id < 10 ? u"committed"_s : u"held"_s;
        });
        QSignalSpy finished(&exporter, &LogExporter::finished);
        exporter.start(folder.filePath(u"log"_s), LogExporter::Format(format),
                       MessageReader::spansOf({9, 20}));
        log.serveAll();
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30000);
        QFile file(folder.filePath(u"log"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), whole);
    }

    void exportsNoFormulas_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("field");
        QTest::newRow("=") << u"=1+1"_s << QByteArray("'=1+1");
        QTest::newRow("quoted") << u"=HYPERLINK(\"http://x\",\"y\")"_s
                                << QByteArray(R"csv("'=HYPERLINK(""http://x"",""y"")")csv");
        QTest::newRow("+") << u"+1"_s << QByteArray("'+1");
        QTest::newRow("-") << u"-1"_s << QByteArray("'-1");
        QTest::newRow("@") << u"@a"_s << QByteArray("'@a");
        QTest::newRow("tab") << u"\t=1"_s << QByteArray("'\t=1");
        QTest::newRow("return") << u"\r=1"_s << QByteArray("\"'\r=1\"");
        QTest::newRow("inside") << u"1=1"_s << QByteArray("1=1");
        QTest::newRow("apostrophe") << u"'=1"_s << QByteArray("'=1");
    }

    // A spreadsheet that opens the file must not compute what a client sent.
    void exportsNoFormulas()
    {
        QFETCH(const QString, text);
        QFETCH(const QByteArray, field);
        for (const auto format : {LogExporter::Format::Csv, LogExporter::Format::JsonLines}) {
            LogExporter exporter(
                [text](quint64, int, QObject *context, const MessagePages::Fetched &done) {
                    MessagePage page;
                    page.messages.append({7, text});
                    page.messages.last().type = u"@type"_s;
                    QMetaObject::invokeMethod(
                        context, [done, page] { done(page); }, Qt::QueuedConnection);
                },
                {u"=s1"_s}, [](const LogMessage &, const QString &) { return u"held"_s; });
            const QTemporaryDir folder;
            QSignalSpy finished(&exporter, &LogExporter::finished);
            exporter.start(folder.filePath(u"log"_s), format, {{7, 7}});
            QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30000);
            QFile file(folder.filePath(u"log"_s));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray written = file.readAll();
            if (format == LogExporter::Format::Csv)
                QCOMPARE(written,
                         "id,time,type,message,message_base64,'=s1\r\n7,,'@type," + field + ",,held\r\n");
            else
                QCOMPARE(QJsonDocument::fromJson(written).object().value("message"_L1).toString(), text);
        }
    }

    void exportsWhatIsNoText_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<QByteArray>("whole");
        QTest::newRow("json lines") << int(LogExporter::Format::JsonLines)
                                    << QByteArray("{\"headers\":{\"a\":\"1\"},\"id\":7,\"message_base64\":\"/"
                                                  "wD+\",\"nodes\":{\"M\":\"held\"},"
                                                  "\"time\":5,\"type\":\"image/x\"}\n");
        QTest::newRow("csv") << int(LogExporter::Format::Csv)
                             << QByteArray(
                                    "id,time,type,message,message_base64,M\r\n7,5,image/x,,/wD+,held\r\n");
    }
    void exportsWhatIsNoText()
    {
        QFETCH(int, format);
        QFETCH(QByteArray, whole);
        const QTemporaryDir folder;
        LogMessage message{7, u"as far as it is text"_s};
        message.timeMs = 5;
        message.type = u"image/x"_s;
        message.binary = QByteArray::fromBase64("/wD+");
        message.headers = {{u"a"_s, u"1"_s}};
        QCOMPARE(message.portable(), u"data:image/x;base64,/wD+"_s);
        LogExporter exporter(
            [message](quint64, int, QObject *context, const MessagePages::Fetched &done) {
                QMetaObject::invokeMethod(
                    context,
                    [done, message] {
                        done({{message}, {}});
                    },
                    Qt::QueuedConnection);
            },
            {u"M"_s}, [](const LogMessage &, const QString &) { return u"held"_s; });
        QSignalSpy finished(&exporter, &LogExporter::finished);
        exporter.start(folder.filePath(u"log"_s), LogExporter::Format(format), {{7, 7}});
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30000);
        QFile file(folder.filePath(u"log"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), whole);
    }

    // A dead master told of one message more than the secondary holds that is read now.
    void anExportEndsWhereTheNodeThatIsReadEnds()
    {
        FakeLog log;
        log.lastId = 6;
        MessagePages pages(log.fetch());
        Cluster cluster;
        LogModel model(cluster.model, pages);
        cluster.status(7, 7, {{u"s1"_s, 6}});
        cluster.model.handleStatus(
            u"s1"_s,
            {{u"role"_s, u"secondary"_s}, {u"name"_s, u"s1"_s}, {u"last_id"_s, 6}, {u"committed_id"_s, 6}});
        cluster.model.handleContact(u"M"_s, Contact::Lost, u"gone"_s);
        LogExportButton button(log.fetch(), cluster.model, model);
        QStringList told;
        QList<bool> errors;
        connect(&button, &LogExportButton::notice, this, [&](const QString &text, bool isError) {
            if (text.startsWith(u"Exporting"))
                return;
            told.append(text);
            errors.append(isError);
        });
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"log"_s);
        button.exportTo(path, LogExporter::Format::JsonLines);
        log.serveAll();
        QTRY_COMPARE_WITH_TIMEOUT(told.size(), 1, 30000);
        QVERIFY2(told[0].startsWith(u"6 message(s) written to "), qPrintable(told[0]));
        QVERIFY2(told[0].endsWith(
                     u"Message 7 is left out. s1, which is read, does not hold that much. Held by: M."),
                 qPrintable(told[0]));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count('\n'), 6);

        // Without any message there is no file.
        model.setIds({7});
        button.exportTo(folder.filePath(u"none"_s), LogExporter::Format::JsonLines);
        log.serveAll();
        QTRY_COMPARE_WITH_TIMEOUT(told.size(), 2, 30000);
        QCOMPARE(told[1], u"Not exported: The node that is read holds no messages from 7 on."_s);
        QVERIFY(!QFile::exists(folder.filePath(u"none"_s)));
        QVERIFY(errors == (QList<bool>{false, true}));
    }

    // A search finds what can be read, and goes on when more can be.
    void aSearchEndsWhereTheNodeThatIsReadEnds()
    {
        FakeLog log;
        log.lastId = 20;
        LogFilter filter(log.fetch());
        QList<quint64> found;
        QStringList told;
        connect(&filter, &LogFilter::matched, this, [&](const QList<quint64> &ids) { found += ids; });
        connect(&filter, &LogFilter::failed, this, [&](const QString &error) { told.append(error); });
        filter.setLastId(30);
        filter.start(u"round"_s);
        QTRY_VERIFY_WITH_TIMEOUT((log.serveAll(), !told.isEmpty()), 30000);
        QVERIFY2(found == (QList<quint64>{10, 20}), qPrintable(QString::number(found.size())));
        QCOMPARE(told[0], u"The node that is read holds no messages from 21 on."_s);
        log.lastId = 30;
        QVERIFY(searchAll(log, filter));
        QVERIFY(found == (QList<quint64>{10, 20, 30}));
    }

    void anExportThatBreaksLeavesNoFile()
    {
        const QTemporaryDir folder;
        LogExporter exporter(
            [](quint64, int, QObject *context, MessagePages::Fetched done) {
                QMetaObject::invokeMethod(
                    context,
                    [done] {
                        done({{}, u"gone"_s});
                    },
                    Qt::QueuedConnection);
            },
            {}, [](const LogMessage &, const QString &) { return QString(); });
        QSignalSpy failed(&exporter, &LogExporter::failed);
        exporter.start(folder.filePath(u"log"_s), LogExporter::Format::Csv, {{1, 5}});
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 30000);
        QVERIFY(!QFile::exists(folder.filePath(u"log"_s)));
    }

    void nodesModelIsSound()
    {
        Cluster cluster;
        NodesModel model(cluster.model);
        const QAbstractItemModelTester tester(&model, Fatal);
        cluster.status(3, 3, {{u"s2"_s, 3}, {u"s1"_s, 1}});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.nameAt(0), u"M"_s);
        QCOMPARE(model.nameAt(1), u"s1"_s);
        QCOMPARE(model.index(1, NodesModel::StateColumn).data().toString(), u"healthy"_s);
        cluster.status(3, 3, {{u"s2"_s, 3}});
        QCOMPARE(model.rowCount(), 2);
        cluster.model.handleProcessState(u"s2"_s, ProcessState::Frozen);
        QCOMPARE(model.index(1, NodesModel::StateColumn).data().toString(), u"frozen"_s);
        // A narrow table leaves the error out, and with large texts there are no details below.
        const auto tip = [&] {
            return model.index(1, NodesModel::NameColumn).data(Qt::ToolTipRole).toString();
        };
        QVERIFY(!tip().contains(u"Last error"_s));
        cluster.model.handleContact(u"s2"_s, Contact::Lost, u"refused"_s);
        QVERIFY2(tip().contains(u"Last error: refused"_s), qPrintable(tip()));
        cluster.model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    // A member whose own figures stand still falls behind as messages are appended.
    void lagFollowsTheLog()
    {
        Cluster cluster;
        NodesModel model(cluster.model);
        cluster.status(3, 3, {{u"s1"_s, 1}});
        const QModelIndex lag = model.index(1, NodesModel::LagColumn);
        QCOMPARE(lag.data().toString(), u"2"_s);
        const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        cluster.status(5, 5, {{u"s1"_s, 1}});
        QCOMPARE(lag.data().toString(), u"4"_s);
        QVERIFY(std::any_of(changed.begin(), changed.end(), [&](const QList<QVariant> &told) {
            const auto from = told[0].toModelIndex(), to = told[1].toModelIndex();
            return from.row() <= 1 && 1 <= to.row() && from.column() <= lag.column() &&
                   lag.column() <= to.column();
        }));
    }

    // The master is lost with a message that nobody else holds; with w=1 it had committed it.
    void timesOfWhatWasLostAreNotThoseOfItsSuccessor()
    {
        for (const bool isRestart : {true, false}) {
            Cluster cluster;
            AckTimes times(cluster.model);
            cluster.status(42, 42, {{u"s1"_s, 42}, {u"s2"_s, 42}});
            cluster.status(43, 43, {{u"s1"_s, 43}, {u"s2"_s, 43}});
            cluster.status(44, isRestart ? 43 : 44, {{u"s1"_s, 43}, {u"s2"_s, 44}});
            QVERIFY(times.heldSince(u"M"_s, 44).isValid());
            cluster.model.handleStatus(
                u"s2"_s,
                {{u"role"_s, u"secondary"_s}, {u"name"_s, u"s2"_s}, {u"epoch"_s, 1}, {u"last_id"_s, 44}});
            const QString leader = isRestart ? u"M"_s : u"s1"_s;
            cluster.model.handleContact(u"M"_s, Contact::Lost, u"refused"_s);
            cluster.model.handleStatus(leader, {{u"role"_s, u"master"_s},
                                                {u"name"_s, leader},
                                                {u"epoch"_s, 2},
                                                {u"last_id"_s, isRestart ? 44 : 43},
                                                {u"committed_id"_s, 43},
                                                {u"nodes"_s, QJsonArray{QJsonObject{{u"name"_s, u"s2"_s}}}}});
            QCOMPARE(cluster.model.epoch(), 2ULL);
            for (const QString &node : {u"M"_s, u"s2"_s}) {
                QVERIFY(times.heldSince(node, 43).isValid());
                QCOMPARE(times.heldSince(node, 44).isValid(), isRestart);
            }
            emit cluster.model.nodeHeldChanged(u"s2"_s, 44, 45);
            QVERIFY(times.heldSince(u"s2"_s, 45).isValid());
            QCOMPARE(times.heldSince(u"s2"_s, 44).isValid(), isRestart);
        }
    }

    // Older times are forgotten, not replaced by later ones.
    void timesThatAreForgottenAreUnknown()
    {
        Cluster cluster;
        AckTimes times(cluster.model);
        cluster.status(1, 1, {{u"s1"_s, 1}});
        const int last = int(AckTimes::MostSpans) + 50;
        for (int id = 2; id <= last; ++id)
            emit cluster.model.nodeHeldChanged(u"s1"_s, quint64(id) - 1, quint64(id));
        QVERIFY(times.heldSince(u"s1"_s, quint64(last)).isValid());
        QVERIFY(!times.heldSince(u"s1"_s, 1).isValid());
        QVERIFY(!times.heldSince(u"s1"_s, 40).isValid());
    }

    // A node that drops its newest messages has held the others for no shorter time.
    void aCutLeavesTheTimesBeforeIt()
    {
        Cluster cluster;
        AckTimes times(cluster.model);
        cluster.status(1, 1, {{u"s1"_s, 1}});
        const auto held = [&](quint64 from, quint64 to) {
            emit cluster.model.nodeHeldChanged(u"s1"_s, from, to);
        };
        held(1, 3);
        held(3, 10);
        const QDateTime since = times.heldSince(u"s1"_s, 5);
        QVERIFY(since.isValid());
        held(10, 7);
        QCOMPARE(times.heldSince(u"s1"_s, 5), since);
        QCOMPARE(times.heldSince(u"s1"_s, 7), since);
        QVERIFY(!times.heldSince(u"s1"_s, 8).isValid());
        held(7, 9);
        QCOMPARE(times.heldSince(u"s1"_s, 5), since);
        QCOMPARE(times.heldSince(u"s1"_s, 7), since);
        QVERIFY(times.heldSince(u"s1"_s, 8).isValid());
        held(9, 3);
        QVERIFY(times.heldSince(u"s1"_s, 3).isValid());
        QVERIFY(!times.heldSince(u"s1"_s, 4).isValid());
        held(3, 0);
        QVERIFY(!times.heldSince(u"s1"_s, 1).isValid());
    }

    // Its name stands for another node with another folder: what the one before held says nothing of it.
    void aNodeThatWasReplacedHasNoTimesOfTheOneBefore()
    {
        Cluster cluster;
        AckTimes times(cluster.model);
        cluster.status(4, 4, {});
        const auto status = [&](const QString &nodeId, int acked) {
            cluster.model.handleStatus(
                u"M"_s,
                {{u"role"_s, u"master"_s},
                 {u"name"_s, u"M"_s},
                 {u"epoch"_s, 1},
                 {u"last_id"_s, 4},
                 {u"committed_id"_s, 4},
                 {u"nodes"_s, QJsonArray{QJsonObject{
                                  {u"name"_s, u"s2"_s}, {u"node_id"_s, nodeId}, {u"acked_id"_s, acked}}}}});
        };
        status(u"n2"_s, 1);
        status(u"n2"_s, 4);
        QVERIFY(times.heldSince(u"s2"_s, 4).isValid());
        status(u"n2"_s, 4);
        QVERIFY(times.heldSince(u"s2"_s, 4).isValid());
        status(u"n9"_s, 4);
        QVERIFY(!times.heldSince(u"s2"_s, 4).isValid());
    }

    // The token itself stays out of the clipboard.
    void theCurlCommandTellsHowTheClusterIsReached()
    {
        const MessageFacts facts = MessageFacts::read({{u"id"_s, 7}, {u"message"_s, u"%1 %2 %3"_s}});
        ClientOptions options;
        options.token = "secret";
        options.caFile = u"/a b/ca's.pem"_s;
        const QUrl plain(u"http://localhost:1"_s), secure(u"https://localhost:1"_s);
        QVERIFY2(facts.curl(secure, options)
                     .startsWith(u"curl --cacert '/a b/ca'\\''s.pem' -H @FILE -H 'Content-Type"),
                 qPrintable(facts.curl(secure, options)));
        QVERIFY(facts.curl(secure, options).contains(u"%1 %2 %3"));
        QVERIFY(!facts.curl(secure, options).contains(u"secret"));
        QVERIFY(facts.curl(plain, options).startsWith(u"curl -H @FILE -H 'Content-Type"));
        QVERIFY(facts.curl(plain).startsWith(u"curl -H 'Content-Type"));
    }

    // The shell gives curl the whole message, however long it is.
    void theCurlCommandCanBeRun_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("short") << u"it's $HOME `x` \\ \"y\"\nEND\nz"_s;
        QTest::newRow("long") << u"it's $HOME `x` \\ \"y\"\nEND\n"_s.repeated(20'000);
        QTest::newRow("long because of its quotes") << QString(40'000, u'\'');
    }

    void theCurlCommandCanBeRun()
    {
        QFETCH(const QString, text);
        const MessageFacts facts = MessageFacts::read({{u"id"_s, 7}, {u"message"_s, text}});
        QProcess shell;
        shell.start(u"sh"_s, QStringList());
        QVERIFY(shell.waitForStarted());
        // In place of the program, which is given at least what a program can be given.
        shell.write("curl() { if test \"$3\" = -d; then /usr/bin/printf %s \"$4\"; else cat; fi; }\n");
        shell.write(facts.curl(QUrl(u"http://localhost:1"_s), {}).toUtf8() + '\n');
        shell.closeWriteChannel();
        QVERIFY(shell.waitForFinished());
        QCOMPARE(shell.readAllStandardError(), QByteArray());
        const QJsonObject sent = QJsonDocument::fromJson(shell.readAllStandardOutput()).object();
        QCOMPARE(sent.value("message"_L1).toString(), text);
    }

    // Qt's decoder would drop it, and Copy Text and the curl command with it.
    void aByteOrderMarkIsAPartOfTheMessage()
    {
        const MessageFacts facts = MessageFacts::read({{u"id"_s, 7}, {u"message_base64"_s, u"77u/YWI="_s}});
        QCOMPARE(facts.bytes, "\xEF\xBB\xBF"
                              "ab"_ba);
        QCOMPARE(facts.text(), QString(QChar(QChar::ByteOrderMark)) + u"ab");
        QVERIFY(facts.isText());
    }
    // A secondary does not know how many nodes hold a message.
    void whatAnAnswerDoesNotTellIsNotZero()
    {
        const auto acks = [](const QJsonObject &more, quint64 committedId = 6) {
            QJsonObject document{{u"id"_s, 7}, {u"message"_s, u"x"_s}, {u"w"_s, 3}};
            for (auto it = more.begin(); it != more.end(); ++it)
                document.insert(it.key(), it.value());
            const auto lines = MessageFacts::read(document).lines(committedId);
            for (const auto &[name, value] : lines) {
                if (name == u"Acks"_s)
                    return value;
            }
            return QString();
        };
        QCOMPARE(acks({{u"satisfied"_s, true}}), u"known to the master alone"_s);
        QCOMPARE(acks({{u"satisfied"_s, false}}), u"known to the master alone"_s);
        QCOMPARE(acks({{u"acks"_s, 3}, {u"satisfied"_s, true}}), u"3, satisfied"_s);
        QCOMPARE(acks({{u"acks"_s, 1}, {u"satisfied"_s, false}}), u"1, it waits"_s);
        QCOMPARE(acks({{u"acks"_s, 1}, {u"satisfied"_s, false}}, 7), u"1 known of so far"_s);
        QCOMPARE(acks({{u"acks"_s, 1}, {u"satisfied"_s, false}, {u"released"_s, true}}), u"1, released"_s);
    }
    void theTreeShowsJsonAsItIsWritten()
    {
        QTreeWidget tree;
        tree.setColumnCount(2);
        const auto shown = [&tree](const QByteArray &json, int most = 100) {
            tree.clear();
            JsonTree::fill(tree.invisibleRootItem(), json, most);
            QStringList all;
            for (QTreeWidgetItemIterator it(&tree); *it; ++it)
                all.append((*it)->text(0) + u'=' + (*it)->text(1));
            return all;
        };
        QCOMPARE(shown(" {\"a\" : 12345678901234567890, \"b\":1.10,\"a\":-2e400 , \"c\":\"x\\\"\\u0041,}\",\n"
                       "\"d\":[true,null,{}],\"e\":{\"\":[]}} "),
                 (QStringList{u"a=12345678901234567890"_s, u"b=1.10"_s, u"a=-2e400"_s, u"c=x\"A,}"_s,
                              u"d=[3]"_s, u"0=true"_s, u"1=null"_s, u"2={0}"_s, u"e={1}"_s, u"=[0]"_s}));
        QCOMPARE(
            shown("[[1,2,3],[4],\"x\"]", 3),
            (QStringList{u"0=[3]"_s, u"0=1"_s, u"1=2"_s, u"…=1 more not shown"_s, u"…=2 more not shown"_s}));
        QCOMPARE(shown("[]"), QStringList());
        QCOMPARE(shown("\xEF\xBB\xBF{\"a\":1}"), QStringList{u"a=1"_s});
        QCOMPARE(shown("\xEF\xBB\xBF[1,2,3]", 1), (QStringList{u"0=1"_s, u"…=2 more not shown"_s}));
    }
    void namesOfNodesAreShownAsPlainText()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        LogModel model(cluster.model, pages);
        const QString name = u"%1\n\u202Eevil"_s;
        cluster.status(3, 3, {{name, 3}});
        const int column = LogModel::FirstNodeColumn + 1;
        QCOMPARE(model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(), u"%1⏎\uFFFDevil"_s);
        QVERIFY(!model.headerData(column, Qt::Horizontal, Qt::AccessibleTextRole).toString().contains(u'\n'));
        // The name has a place marker in it.
        QVERIFY(model.index(2, column).data(Qt::ToolTipRole).toString().startsWith(u"%1⏎"));
        QVERIFY(model.index(2, column).data(Qt::ToolTipRole).toString().contains(u"holds message 3"));
    }

    void aStoppedNodeHasNoReaders()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        LogModel model(cluster.model, pages);
        cluster.status(3, 3, {});
        const auto tip = [&] {
            return model.index(2, LogModel::FirstNodeColumn).data(Qt::ToolTipRole).toString();
        };
        QCOMPARE(tip(), u"M holds message 3, and shows it to its readers."_s);
        cluster.model.handleProcessState(u"M"_s, ProcessState::Stopped);
        QCOMPARE(tip(), u"M holds message 3, and knows that it is committed; the node is stopped now."_s);
    }

    // Which node is missing is read from the end of its name.
    void aNarrowWaitShowsTheEndsOfNames()
    {
        const QFontMetrics metrics(QApplication::font());
        const QString text = u"1 of 3 · secondary-1, secondary-2"_s;
        const auto width = [&](const QString &shown) { return metrics.horizontalAdvance(shown); };
        QCOMPARE(LogDelegate::shortWait(text, true, metrics, width(text) + 1), text);
        const QString narrow = LogDelegate::shortWait(text, true, metrics, width(u"1 of 3 · …ndary-2"_s));
        QVERIFY2(narrow.startsWith(u"1 of 3 · …") && narrow.endsWith(u"y-2"), qPrintable(narrow));
        QCOMPARE(LogDelegate::shortWait(text, true, metrics, width(u"1 of 3 ·"_s)), u"1 of 3"_s);
        QCOMPARE(LogDelegate::shortWait(u"answered, behind 3"_s, false, metrics, 1000),
                 u"answered, behind 3"_s);
        // Words that are no names say nothing at their end.
        const QString words = LogDelegate::shortWait(u"1 of 2 · 1 node not known yet"_s, false, metrics,
                                                     width(u"1 of 2 · 1 node not…"_s));
        QVERIFY2(words.startsWith(u"1 of 2 · 1 node") && words.endsWith(u'…'), qPrintable(words));
    }

    void waitsModelIsSound()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        WaitsModel model(cluster.model, pages);
        const QAbstractItemModelTester tester(&model, Fatal);
        cluster.status(9, 2, {{u"s1"_s, 3}}, {wait(3, 3, 2, u"s2"_s), wait(7, 2, 1, u"s1"_s)});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, WaitsModel::AcksColumn).data().toString(), u"2 of 3"_s);
        QCOMPARE(model.index(1, WaitsModel::MissingColumn).data().toString(), u"s1"_s);
        QVERIFY(model.index(1, WaitsModel::MissingColumn).data(WaitsModel::NamesRole).toBool());
        cluster.clock.advance(2500);
        QCOMPARE(model.index(0, WaitsModel::WaitedColumn).data().toString(), u"2.5 s"_s);
        cluster.status(9, 2, {{u"s1"_s, 3}}, {wait(5, 2, 1, u"s1"_s), wait(7, 2, 1, u"s1"_s)});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.idAt(0), 5ULL);
        cluster.status(9, 2, {{u"s1"_s, 3}}, {wait(8, 3, 1, u"s1"_s)}); // one is not known
        QVERIFY(!model.index(0, WaitsModel::MissingColumn).data(WaitsModel::NamesRole).toBool());
        cluster.model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    // The waits are the master's figures: while it is not heard they stand still, and nobody waits now.
    void waitsStandStillWhileTheMasterIsSilent()
    {
        FakeLog log;
        MessagePages pages(log.fetch());
        Cluster cluster;
        WaitsModel waits(cluster.model, pages);
        LogModel messages(cluster.model, pages);
        const QAbstractItemModelTester tester(&waits, Fatal);
        cluster.status(9, 2, {{u"s1"_s, 2}}, {wait(3, 2, 1, u"s1"_s)});
        const int column = LogModel::FirstNodeColumn + int(messages.nodes().indexOf(u"s1"_s));
        const auto isAmber = [&messages](int at) {
            return messages.index(2, at).data(LogModel::WaitingRole).toBool();
        };
        const auto tip = [&messages](int at) {
            return messages.index(2, at).data(Qt::ToolTipRole).toString();
        };
        const auto waited = [&waits] { return waits.index(0, WaitsModel::WaitedColumn); };
        QVERIFY(isAmber(LogModel::WaitColumn) && isAmber(column));
        cluster.clock.advance(2500);
        const QSignalSpy repainted(&messages, &QAbstractItemModel::dataChanged);
        const QSignalSpy greyed(&waits, &QAbstractItemModel::dataChanged);
        cluster.model.handleContact(u"M"_s, Contact::Lost, u"gone"_s);
        QVERIFY(std::any_of(repainted.cbegin(), repainted.cend(), [](const QList<QVariant> &change) {
            return change.at(0).toModelIndex().row() <= 2 && change.at(1).toModelIndex().row() >= 2 &&
                   change.at(0).toModelIndex().column() == LogModel::IdColumn;
        }));
        QVERIFY(!greyed.isEmpty());
        cluster.clock.advance(12'000);
        QCOMPARE(waited().data().toString(), u"2.5 s"_s);
        for (int i = 0; i < WaitsModel::ColumnCount; ++i)
            QVERIFY(waits.index(0, i).data(Qt::ForegroundRole).isValid());
        QVERIFY(!isAmber(LogModel::IdColumn) && !isAmber(LogModel::WaitColumn) && !isAmber(column));
        QVERIFY2(tip(LogModel::WaitColumn).contains(u"last heard") &&
                     !tip(LogModel::WaitColumn).contains(u"It waits"),
                 qPrintable(tip(LogModel::WaitColumn)));
        QVERIFY2(!tip(column).contains(u"waits"), qPrintable(tip(column)));
        cluster.status(9, 2, {{u"s1"_s, 2}}, {wait(3, 2, 1, u"s1"_s)});
        QCOMPARE(waited().data().toString(), u"14 s"_s);
        QVERIFY(!waited().data(Qt::ForegroundRole).isValid());
        QVERIFY(isAmber(LogModel::WaitColumn) && isAmber(column));
    }
};

int main(int argc, char **argv)
{
    return test::runGuiSuite<TestLogModel>(argc, argv);
}

#include "tst_logmodel.moc"
