// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/clustersampler.h"
#include "gui/charts/latencyhistogram.h"
#include "gui/charts/timechart.h"
#include "gui/timeline/eventfilter.h"
#include "gui/timeline/eventrecorder.h"
#include "shared/base/clock.h"
#include "tests/gui/manualclock.h"

#include <QAbstractItemModelTester>
#include <QChart>
#include <QChartView>
#include <QJsonArray>
#include <QLogValueAxis>
#include <QTest>
#include <QXYSeries>

#include <limits>

using namespace Qt::StringLiterals;
using namespace replog;

class TimelineTest : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support propagateSizeHints)"_s));
    }
    void keepsTheLastEvents();
    void eventsThatGoOnTakeOneRow();
    void whatWasThereBeforeDidNotHappenNow();
    void effectsStandBelowTheirCauses();
    void whatOneWhoJoinsHoldsIsTold();
    void anotherNodeOfTheSameNameIsToldOf();
    void aProcessRunsBeforeItsNodeIsReached();
    void filters();
    void readsAHistogram();
    void quantilesOfWhatIsNew();
    void chartsAreBoundedAndKeepGaps();
    void whatIsLongerThanCanBeToldIsDrawn();
    void silenceIsNoRateOfZero();

private:
    static Event event(EventKind kind, const QString &node, const QString &text, qint64 ms = 0,
                       quint64 first = 0)
    {
        return {kind, QDateTime::fromMSecsSinceEpoch(1'700'000'000'000 + ms), node, text, first};
    }
};

void TimelineTest::keepsTheLastEvents()
{
    EventModel model;
    for (int i = 0; i < EventModel::maxEvents - 10; ++i)
        model.add(event(EventKind::State, u"a"_s, QString::number(i)));
    const QAbstractItemModelTester tester(
        &model, QAbstractItemModelTester::FailureReportingMode::QtTest); // this check is slow with many rows
    for (int i = EventModel::maxEvents - 10; i < EventModel::maxEvents + 10; ++i)
        model.add(event(EventKind::State, u"a"_s, QString::number(i)));
    QCOMPARE(model.rowCount(), EventModel::maxEvents);
    QCOMPARE(model.at(0).text, u"10"_s);
    QCOMPARE(model.nodes(), QStringList({u"a"_s}));
    model.clear();
    QCOMPARE(model.rowCount(), 0);
    QVERIFY(model.nodes().isEmpty());
}

void TimelineTest::eventsThatGoOnTakeOneRow()
{
    EventModel model;
    const auto acked = [&model](const QString &node, qint64 ms, quint64 from, quint64 to) {
        model.addOrContinue(event(EventKind::Acked, node, {}, ms, from),
                            [to](quint64 first) { return u"%1-%2"_s.arg(first).arg(to); });
    };
    acked(u"a"_s, 0, 1, 3);
    acked(u"b"_s, 100, 1, 1);
    acked(u"a"_s, 200, 4, 9);
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.at(0).text, u"1-9"_s);
    QCOMPARE(model.at(1).text, u"1-1"_s);
    acked(u"a"_s, 5000, 10, 11);
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.at(2).text, u"10-11"_s);
    // Effects stand below their causes: a row ends when one of what causes it is added.
    const auto row = [&model](EventKind kind, qint64 ms, quint64 first) {
        const int rows = model.rowCount();
        model.addOrContinue(event(kind, kind == EventKind::Acked ? u"a"_s : QString(), {}, ms, first),
                            [](quint64) { return u"x"_s; });
        return model.rowCount() > rows;
    };
    QVERIFY(row(EventKind::Appended, 10'000, 1));
    QVERIFY(row(EventKind::Acked, 10'800, 1));
    QVERIFY(row(EventKind::Committed, 10'900, 1));
    QVERIFY(!row(EventKind::Acked, 10'950, 2));
    QVERIFY(!row(EventKind::Committed, 10'950, 2));
    QVERIFY(row(EventKind::Appended, 11'000, 3));
    QVERIFY(row(EventKind::Acked, 11'100, 3)); // the row of 10.8 s stands above
    QVERIFY(row(EventKind::Committed, 11'100, 3));
    QVERIFY(!row(EventKind::Appended, 11'200, 4)); // grows above its effects
    QVERIFY(!row(EventKind::Acked, 11'200, 4));
    QVERIFY(!row(EventKind::Committed, 11'200, 4));
    QVERIFY(row(EventKind::Acked, 12'100, 5));
    QVERIFY(row(EventKind::Committed, 12'100, 5)); // younger than a second, but above its cause
    // The row to continue may have been dropped.
    for (int i = 0; i < EventModel::maxEvents; ++i)
        model.add(event(EventKind::State, u"c"_s, u"x"_s));
    acked(u"a"_s, 5100, 12, 12);
    QCOMPARE(model.at(model.rowCount() - 1).text, u"12-12"_s);
}

namespace {

// A cluster whose statuses are told to the session's model.
struct Told
{
    SteadyClock clock;
    ClusterSession session{clock};
    EventModel events;
    EventRecorder recorder{session, events};

    Told()
    {
        session.model().handleNodeDeclared({u"M"_s, NodeRole::Master, {}});
        emit session.opened();
    }
    void status(const QString &name, quint64 last, quint64 committed, const QMap<QString, quint64> &members)
    {
        session.model().handleContact(name, Contact::Connected, {});
        QJsonArray nodes;
        for (auto it = members.begin(); it != members.end(); ++it)
            nodes.append(QJsonObject{{u"name"_s, it.key()}, {u"acked_id"_s, qint64(it.value())}});
        const bool master = name == u"M";
        session.model().handleStatus(name, {{u"role"_s, master ? u"master"_s : u"secondary"_s},
                                            {u"name"_s, name},
                                            {u"epoch"_s, 1},
                                            {u"uptime_ms"_s, 1},
                                            {u"mode"_s, master ? u"read-write"_s : u"following"_s},
                                            {u"last_id"_s, qint64(last)},
                                            {u"committed_id"_s, qint64(committed)},
                                            {u"nodes"_s, nodes}});
        QCoreApplication::processEvents();
    }
    // Node, kind and text of the events about messages.
    QStringList rows() const
    {
        QStringList all;
        for (int i = 0; i < events.rowCount(); ++i) {
            const Event &event = events.at(i);
            if (event.text.contains(u"message"))
                all.append(u"%1 %2: %3"_s.arg(event.node, eventKindName(event.kind), event.text).trimmed());
        }
        return all;
    }
};

} // namespace

void TimelineTest::whatWasThereBeforeDidNotHappenNow()
{
    Told told;
    told.status(u"M"_s, 3000, 2990, {{u"s1"_s, 3000}, {u"s2"_s, 2980}});
    told.status(u"s2"_s, 2980, 2970, {});
    QCOMPARE(told.rows(), QStringList({u"cluster: the log reaches up to message 3000"_s}));
    told.status(u"M"_s, 3001, 3001, {{u"s1"_s, 3001}, {u"s2"_s, 2980}});
    QCOMPARE(told.rows().sliced(1),
             QStringList({u"appended: message 3001"_s, u"M acked: holds message 3001"_s,
                          u"s1 acked: holds message 3001"_s, u"committed: everything up to message 3001"_s}));
    told.status(u"s2"_s, 3001, 3001, {});
    QCOMPARE(told.rows().constLast(), u"s2 acked: holds messages 2981 to 3001"_s);
}

void TimelineTest::effectsStandBelowTheirCauses()
{
    Told told;
    told.status(u"M"_s, 0, 0, {{u"s1"_s, 0}, {u"s2"_s, 0}});
    QVERIFY(told.rows().isEmpty());
    // A secondary is heard first: it knows that the message is committed, and not who else holds it.
    told.status(u"s1"_s, 1, 1, {});
    QCOMPARE(told.rows(), QStringList({u"appended: message 1"_s, u"s1 acked: holds message 1"_s}));
    told.status(u"M"_s, 1, 1, {{u"s1"_s, 1}, {u"s2"_s, 1}});
    QCOMPARE(told.rows().sliced(2),
             QStringList({u"M acked: holds message 1"_s, u"s2 acked: holds message 1"_s,
                          u"committed: everything up to message 1"_s}));
}

// A secondary that registers while the window watches may hold what a client waits for.
void TimelineTest::whatOneWhoJoinsHoldsIsTold()
{
    Told told;
    told.status(u"M"_s, 4, 2, {{u"s1"_s, 4}});
    told.status(u"M"_s, 4, 4, {{u"s1"_s, 4}, {u"s2"_s, 4}});
    QCOMPARE(told.rows().sliced(1), QStringList({u"s2 acked: holds everything up to message 4"_s,
                                                 u"committed: everything up to message 4"_s}));
}

void TimelineTest::anotherNodeOfTheSameNameIsToldOf()
{
    Told told;
    const auto status = [&](const QString &nodeId, int acked, int last) {
        told.session.model().handleStatus(
            u"M"_s, {{u"role"_s, u"master"_s},
                     {u"name"_s, u"M"_s},
                     {u"epoch"_s, 1},
                     {u"last_id"_s, last},
                     {u"committed_id"_s, 4},
                     {u"nodes"_s, QJsonArray{QJsonObject{{u"name"_s, u"s2"_s},
                                                         {u"node_id"_s, nodeId},
                                                         {u"acked_id"_s, acked},
                                                         {u"health"_s, u"healthy"_s}}}}});
        QCoreApplication::processEvents();
    };
    const auto since = [&](int row) {
        QStringList all;
        for (int i = row; i < told.events.rowCount(); ++i) {
            if (told.events.at(i).node == u"s2"_s)
                all.append(told.events.at(i).text);
        }
        return all;
    };
    status(u"n2"_s, 4, 4);
    int row = told.events.rowCount();
    status(u"n2"_s, 4, 4);
    QCOMPARE(since(row), QStringList());
    const QString another = u"another node has this name now; the one before it is gone"_s;
    status(u"n9"_s, 0, 4); // it is empty
    status(u"n9"_s, 4, 4);
    QCOMPARE(since(row).constFirst(), another);
    QCOMPARE(since(row).constLast(), u"holds messages 1 to 4"_s);
    row = told.events.rowCount();
    status(u"n8"_s, 4, 4); // it is a copy
    status(u"n8"_s, 5, 5);
    QCOMPARE(since(row), QStringList({another, u"holds everything up to message 5"_s}));
}

void TimelineTest::aProcessRunsBeforeItsNodeIsReached()
{
    Told told;
    ClusterModel &model = told.session.model();
    model.handleProcessState(u"M"_s, ProcessState::Starting);
    model.handleContact(u"M"_s, Contact::Lost, u"Connection refused"_s); // it does not listen yet
    model.handleProcessState(u"M"_s, ProcessState::Running);
    model.handleContact(u"M"_s, Contact::Connecting, {});
    model.handleContact(u"M"_s, Contact::Connected, {});
    QStringList rows;
    for (int i = 0; i < told.events.rowCount(); ++i)
        rows.append(told.events.at(i).text);
    const auto runs = rows.indexOf(u"the process runs"_s);
    QVERIFY2(runs > rows.indexOf(u"the process is starting"_s), qPrintable(rows.join(u'\n')));
    QVERIFY(rows.indexOf(u"the process is starting"_s) > 0);
    QVERIFY(rows.indexOf(u"starting → running"_s) > runs);
    QVERIFY2(rows.sliced(runs).filter(u"unreachable"_s).isEmpty(), qPrintable(rows.join(u'\n')));
}

void TimelineTest::filters()
{
    EventModel model;
    EventFilter filter(&model);
    const QAbstractItemModelTester tester(&filter, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.add(event(EventKind::Retry, u"a"_s, u"Connection refused"_s));
    model.add(event(EventKind::Acked, u"a"_s, u"holds message 1"_s));
    model.add(event(EventKind::Acked, u"b"_s, u"holds message 1"_s));
    QCOMPARE(filter.rowCount(), 3);
    filter.setNode(u"a"_s);
    QCOMPARE(filter.rowCount(), 2);
    filter.setText(u"REFUSED"_s);
    QCOMPARE(filter.rowCount(), 1);
    filter.setKindShown(EventKind::Retry, false);
    QCOMPARE(filter.rowCount(), 0);
    filter.setNode({});
    filter.setText({});
    QCOMPARE(filter.rowCount(), 2);
    model.add(event(EventKind::Retry, u"a"_s, u"again"_s));
    QCOMPARE(filter.rowCount(), 2);
    filter.setKindShown(EventKind::Retry, true);
    QCOMPARE(filter.rowCount(), 4);
}

void TimelineTest::readsAHistogram()
{
    const QByteArray text = "# HELP replog_append_seconds x\n# TYPE replog_append_seconds histogram\n"
                            "replog_append_seconds_bucket{w=\"1\",le=\"0.001\"} 5\n"
                            "replog_append_seconds_bucket{w=\"1\",le=\"+Inf\"} 10\n"
                            "replog_append_seconds_bucket{w=\"2\",le=\"0.001\"} 1\n"
                            "replog_append_seconds_bucket{w=\"2\",le=\"+Inf\"} 2\n"
                            "replog_append_seconds_sum 1\nreplog_append_seconds_count 12\n";
    const auto histogram = LatencyHistogram::parse(text, "replog_append_seconds");
    QVERIFY(histogram);
    QCOMPARE(histogram->buckets.size(), 2);
    QCOMPARE(histogram->buckets[0].count, 6.0);
    QCOMPARE(histogram->total(), 12.0);
    QVERIFY(!LatencyHistogram::parse(text, "replog_other_seconds"));
    QVERIFY(!LatencyHistogram::parse("", "x"));
}

void TimelineTest::quantilesOfWhatIsNew()
{
    const double inf = std::numeric_limits<double>::infinity();
    const LatencyHistogram before{{{0.001, 100}, {0.002, 100}, {0.004, 100}, {inf, 100}}};
    const LatencyHistogram after{{{0.001, 100}, {0.002, 110}, {0.004, 120}, {inf, 121}}};
    const LatencyHistogram recent = after.since(before);
    QCOMPARE(recent.total(), 21.0);
    QVERIFY(qAbs(*recent.quantile(0.5) - 0.0021) < 1e-6); // one tenth into the second bucket
    QCOMPARE(recent.quantile(0.99), inf);                 // beyond the last bound
    QCOMPARE(recent.lastBound(), 0.004);
    QCOMPARE(before.since(after).total(), 100.0); // a restarted process
    QVERIFY(!after.since(after).quantile(0.5));
}

void TimelineTest::chartsAreBoundedAndKeepGaps()
{
    TimeChart chart(TimeChart::Scale::FromZero);
    chart.setTexts(u"Lag"_s, u"messages"_s, u"nothing yet"_s);
    QVERIFY(chart.isEmpty());
    const qint64 start = 1'700'000'000'000;
    for (int i = 0; i < 2000; ++i) {
        std::map<QString, std::optional<double>> values{{u"a"_s, double(i)}};
        if (i % 50 < 25)
            values[u"b"_s] = double(i % 7);
        chart.add(start + i * 250, values);
    }
    QVERIFY(!chart.isEmpty());
    chart.resize(400, 200);
    chart.show(); // while hidden, nothing is drawn
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    chart.add(start + 2000 * 250, {{u"a"_s, 1.0}});
    QCOMPARE(chart.pointCount(u"a"_s), int(TimeChart::maxPoints));
    QVERIFY(chart.pointCount(u"b"_s) <= int(TimeChart::maxPoints));
    // A line without a value in the whole span is removed, with its entry in the legend.
    chart.hide();
    for (int i = 0; i < 500; ++i)
        chart.add(start + 600'000 + i * 1000, {{u"a"_s, 1.0}});
    QCOMPARE(chart.pointCount(u"b"_s), 0);
    chart.clear();
    QVERIFY(chart.isEmpty());
}

// The worst are drawn, though nothing but a lower bound is known of them.
void TimelineTest::whatIsLongerThanCanBeToldIsDrawn()
{
    TimeChart chart(TimeChart::Scale::Logarithmic);
    chart.setTexts(u"Append latency"_s, u"ms"_s, u"nothing yet"_s);
    chart.setCeiling(10'000);
    chart.resize(400, 200);
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    const qint64 start = 1'700'000'000'000;
    chart.add(start, {{u"p50"_s, 3.0}, {u"p99"_s, std::numeric_limits<double>::infinity()}});
    const auto *const view = chart.findChild<QChartView *>();
    QVERIFY2(view->toolTip().contains(u"p99: > "_s), qPrintable(view->toolTip()));
    bool isDrawn = false;
    for (const QAbstractSeries *series : view->chart()->series()) {
        for (const QPointF &point : static_cast<const QXYSeries *>(series)->points())
            isDrawn = isDrawn || point.y() == 10'000;
    }
    QVERIFY(isDrawn);
    const auto axes = view->chart()->axes(Qt::Vertical);
    QVERIFY(static_cast<const QLogValueAxis *>(axes.first())->max() > 10'000);
}

// While the master is silent nobody knows how much is appended and retried, and what was is not of the one
// second in which it is heard again.
void TimelineTest::silenceIsNoRateOfZero()
{
    test::ManualClock clock;
    ClusterSession session(clock);
    ClusterModel &model = session.model();
    ClusterSampler sampler(session);
    ClusterSample sample;
    connect(&sampler, &ClusterSampler::sampled, this, [&sample](const ClusterSample &now) { sample = now; });
    model.handleNodeDeclared({u"M"_s, NodeRole::Master, {}});
    const auto status = [&model](quint64 epoch, quint64 last, quint64 retries) {
        model.handleContact(u"M"_s, Contact::Connected, {});
        model.handleStatus(
            u"M"_s,
            {{u"role"_s, u"master"_s},
             {u"name"_s, u"M"_s},
             {u"epoch"_s, qint64(epoch)},
             {u"last_id"_s, qint64(last)},
             {u"nodes"_s, QJsonArray{QJsonObject{{u"name"_s, u"s1"_s}, {u"retries"_s, qint64(retries)}}}}});
    };
    const auto take = [&](int seconds) {
        clock.advance(seconds * 1000);
        sampler.takeSample();
    };
    status(1, 1000, 0);
    take(1);
    QVERIFY(!sample.appendsPerSecond); // how many of them are new is not known
    take(1);
    QCOMPARE(sample.appendsPerSecond, std::optional(0.0));
    status(1, 1050, 2);
    take(1);
    QCOMPARE(sample.appendsPerSecond, std::optional(50.0));
    QCOMPARE(sample.retries[u"s1"_s], 2.0);
    model.handleContact(u"M"_s, Contact::Silent, u"no answer"_s);
    for (int i = 0; i < 19; ++i) {
        take(1);
        QVERIFY(!sample.appendsPerSecond);
        QVERIFY(sample.retries.empty());
    }
    status(1, 2050, 22);
    take(1);
    QCOMPARE(sample.appendsPerSecond, std::optional(50.0));
    QCOMPARE(sample.retries[u"s1"_s], 1.0);
    // Another master counts anew.
    status(2, 9000, 500);
    take(1);
    QVERIFY(!sample.appendsPerSecond);
    QCOMPARE(sample.retries[u"s1"_s], 0.0);
}

QTEST_MAIN(TimelineTest)
#include "tst_timeline.moc"
