// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/statusdocument.h"
#include "gui/matrix/logmodel.h"
#include "gui/matrix/logview.h"
#include "gui/sequence/sequencepanel.h"
#include "gui/sequence/sequenceview.h"
#include "gui/widgets/elidedlabel.h"
#include "gui/widgets/wrappedtext.h"
#include "tests/gui/windowstage.h"

#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QXmlStreamReader>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

namespace {

using Kind = SequenceStep::Kind;

void tell(SequenceModel &model, const QString &node, const QByteArray &json)
{
    const auto event = TraceEvent::read(node, QJsonDocument::fromJson(json).object());
    QVERIFY2(event, json.constData());
    for (const QString &known : {node, event->peer}) {
        if (!known.isEmpty())
            model.handleAdded(known);
    }
    model.add(*event);
}

QList<Kind> kinds(const QList<SequenceStep> &steps)
{
    QList<Kind> all;
    for (const SequenceStep &step : steps)
        all.append(step.kind);
    return all;
}

const SequenceStep *find(const QList<SequenceStep> &steps, Kind kind)
{
    for (const SequenceStep &step : steps) {
        if (step.kind == kind)
            return &step;
    }
    return nullptr;
}

// The trace events of both nodes for one message to s1; the clock of s1 is `ahead` ms ahead of the master's.
void tellOneMessage(SequenceModel &model, double ahead = 0)
{
    const auto at = [](double time) { return QByteArray::number(1'000'000 + time, 'f', 3); };
    tell(model, u"M"_s, R"({"what":"appended","first_id":7,"last_id":7,"w":2,"time":)" + at(0) + '}');
    tell(model, u"M"_s,
         R"({"what":"sent","node":"s1","first_id":7,"last_id":7,"committed_id":6,"time":)" + at(0.1) + '}');
    tell(model, u"M"_s, R"({"what":"durable","last_id":7,"time":)" + at(0.4) + '}');
    tell(model, u"s1"_s, R"({"what":"received","first_id":7,"last_id":7,"time":)" + at(0.2 + ahead) + '}');
    tell(model, u"s1"_s, R"({"what":"durable","last_id":7,"time":)" + at(0.5 + ahead) + '}');
    tell(model, u"s1"_s, R"({"what":"answered","last_id":7,"accepted":true,"time":)" + at(0.6 + ahead) + '}');
    tell(model, u"M"_s, R"({"what":"acked","node":"s1","last_id":7,"time":)" + at(0.7) + '}');
    tell(model, u"M"_s, R"({"what":"committed","last_id":7,"time":)" + at(0.8) + '}');
    tell(model, u"M"_s,
         R"({"what":"answered","first_id":7,"last_id":7,"end":"satisfied","time":)" + at(0.9) + '}');
}

// Brings the panel to the front, and waits until it reads the traces of the three nodes.
bool isTraced(Stage &stage)
{
    stage.window().showPanel(u"sequence"_s);
    return QTest::qWaitFor([&stage] { return stage.fake.traceReaders() == 3; }, Patience);
}

} // namespace

// Messages in flight: merging and drawing of the nodes' traces.
class TestSequence : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        failOnEveryWarning();
        QSettings().clear();
    }

    void whatOneSendsAndAnotherReceivesIsOneArrow()
    {
        SequenceModel model;
        tellOneMessage(model);
        const QList<SequenceStep> steps = model.ofMessage(7);
        QCOMPARE(kinds(steps), (QList<Kind>{Kind::Append, Kind::Delivery, Kind::Durable, Kind::Durable,
                                            Kind::Ack, Kind::Committed, Kind::Answer}));
        const SequenceStep delivery = *find(steps, Kind::Delivery);
        QCOMPARE(delivery.from, u"M"_s);
        QCOMPARE(delivery.to, u"s1"_s);
        QVERIFY(qAbs(delivery.end - delivery.begin - 0.1) < 0.001);
        const SequenceStep ack = *find(steps, Kind::Ack);
        QCOMPARE(ack.from, u"s1"_s);
        QVERIFY(qAbs(ack.end - ack.begin - 0.1) < 0.001);
        QVERIFY(find(steps, Kind::Append)->from.isEmpty()); // the client
        QVERIFY(model.ofMessage(8).isEmpty());
    }

    // Nothing arrives before it was sent, whatever the clocks say.
    void clocksThatDisagreeAreSetRight()
    {
        for (double ahead : {-5000.0, 5000.0}) {
            SequenceModel model;
            tellOneMessage(model, ahead);
            const QList<SequenceStep> steps = model.ofMessage(7);
            QCOMPARE(kinds(steps), (QList<Kind>{Kind::Append, Kind::Delivery, Kind::Durable, Kind::Durable,
                                                Kind::Ack, Kind::Committed, Kind::Answer}));
            const SequenceStep delivery = *find(steps, Kind::Delivery);
            const auto took = delivery.end - delivery.begin;
            QVERIFY2(took > 0 && took < 1, qPrintable(QString::number(took)));
        }
    }

    void theLastSecondsAreThoseOfTheMastersClock()
    {
        for (double ahead : {-60'000.0, 60'000.0}) {
            SequenceModel model;
            tellOneMessage(model, ahead);
            QCOMPARE(kinds(model.lastMs(10'000)),
                     (QList<Kind>{Kind::Append, Kind::Delivery, Kind::Durable, Kind::Durable, Kind::Ack,
                                  Kind::Committed, Kind::Answer}));
            // A node whose clock is not known yet does not push the others out.
            tell(model, u"s2"_s, R"({"what":"durable","last_id":7,"time":9000000})");
            QVERIFY(find(model.lastMs(10'000), Kind::Append));
        }
    }

    // What was appended while we listened cannot have been durable or committed before.
    void theFirstMarkBeginsWithTheFirstAppend()
    {
        SequenceModel model;
        for (const QString &node : {u"M"_s, u"s1"_s}) {
            model.handleAdded(node);
            model.handleGap(node);
        }
        tell(model, u"M"_s, R"({"what":"appended","first_id":7,"last_id":7,"w":1,"time":100})");
        tell(model, u"M"_s, R"({"what":"appended","first_id":8,"last_id":9,"w":1,"time":101})");
        tell(model, u"M"_s, R"({"what":"durable","last_id":9,"time":102})");
        tell(model, u"M"_s, R"({"what":"committed","last_id":9,"time":103})");
        tell(model, u"s1"_s, R"({"what":"durable","last_id":9,"time":104})");
        tell(model, u"M"_s, R"({"what":"acked","node":"s1","last_id":9,"time":105})");
        for (quint64 id : {7, 8, 9}) {
            QVERIFY(find(model.ofMessage(id), Kind::Committed));
            QVERIFY(find(model.ofMessage(id), Kind::Ack));
            QCOMPARE(model.durableTimes(id), (QHash<QString, double>{{u"M"_s, 102}, {u"s1"_s, 104}}));
        }
        QVERIFY(!find(model.ofMessage(6), Kind::Committed));
    }

    void aDeliveryThatIsTriedAgainWasLost()
    {
        SequenceModel model;
        tell(model, u"M"_s, R"({"what":"sent","node":"s1","first_id":1,"last_id":2,"time":100})");
        QVERIFY(model.ofMessage(1).at(0).end < 0);
        QVERIFY(!model.ofMessage(1).at(0).lost);
        tell(model, u"M"_s, R"({"what":"retried","node":"s1","first_id":1,"last_id":3,"time":200})");
        const QList<SequenceStep> steps = model.ofMessage(2);
        QCOMPARE(kinds(steps), (QList<Kind>{Kind::Delivery, Kind::Retry}));
        QVERIFY(steps[0].lost);
        QVERIFY(!steps[1].lost);
        tell(model, u"s1"_s, R"({"what":"received","first_id":1,"last_id":3,"time":201})");
        QCOMPARE(model.ofMessage(2).at(1).end, 201.0);
        tell(model, u"s1"_s, R"({"what":"answered","last_id":0,"accepted":false,"time":202})");
        QCOMPARE(model.lastMs(10'000).constLast().kind, Kind::Refusal);
    }

    // The second of two tries arrived, not the first, which the master gave up.
    void anArrivalIsThatOfTheDeliveryUnderWay()
    {
        SequenceModel model;
        tell(model, u"M"_s, R"({"what":"sent","node":"s1","first_id":1,"last_id":2,"time":100})");
        tell(model, u"M"_s, R"({"what":"retried","node":"s1","first_id":1,"last_id":2,"time":200})");
        tell(model, u"s1"_s, R"({"what":"received","first_id":1,"last_id":2,"time":201})");
        const QList<SequenceStep> steps = model.ofMessage(2);
        QVERIFY(steps[0].lost);
        QCOMPARE(steps[1].end, 201.0);
    }

    // A node whose trace cannot be read acked what it got.
    void anAckEndsTheDeliveriesThatItProves()
    {
        SequenceModel model;
        for (const char *const sent : {R"({"what":"sent","node":"s1","first_id":1,"last_id":2,"time":100})",
                                       R"({"what":"sent","node":"s2","first_id":1,"last_id":2,"time":100})",
                                       R"({"what":"sent","node":"s1","first_id":3,"last_id":3,"time":101})"})
            tell(model, u"M"_s, sent);
        tell(model, u"M"_s, R"({"what":"acked","node":"s1","last_id":2,"time":105})");
        const QList<SequenceStep> steps = model.ofMessage(2);
        QCOMPARE(steps[0].end, 105.0);
        QVERIFY(steps[1].end < 0); // another node's
        QVERIFY(model.ofMessage(3).at(0).end < 0);
        // What the node tells is better, also if it is read later.
        tell(model, u"s1"_s, R"({"what":"received","first_id":1,"last_id":2,"time":102})");
        QCOMPARE(model.ofMessage(2).at(0).end, 102.0);
        // A late one does not become one that arrived by another's ack.
        tell(model, u"M"_s, R"({"what":"retried","node":"s2","first_id":1,"last_id":2,"time":300})");
        tell(model, u"M"_s, R"({"what":"acked","node":"s2","last_id":2,"time":301})");
        QVERIFY(model.ofMessage(2).at(1).lost);
    }

    // The message that has an id now is not the one that had it and was lost with its master.
    void whatWasLostIsNotItsSuccessor()
    {
        for (const bool statusFirst : {true, false}) {
            SequenceModel model;
            tell(model, u"M"_s, R"({"what":"appended","first_id":43,"last_id":43,"w":1,"time":90})");
            tell(model, u"M"_s, R"({"what":"durable","last_id":43,"time":91})");
            tell(model, u"M"_s, R"({"what":"appended","first_id":44,"last_id":44,"w":1,"time":100})");
            tell(model, u"M"_s, R"({"what":"durable","last_id":44,"time":101})");
            tell(model, u"M"_s, R"({"what":"sent","node":"s2","first_id":44,"last_id":44,"time":102})");
            if (statusFirst)
                model.handleCut(u"s1"_s, 43, 44);
            tell(model, u"s1"_s, R"({"what":"appended","first_id":44,"last_id":44,"w":1,"time":200})");
            tell(model, u"s1"_s, R"({"what":"durable","last_id":44,"time":201})");
            tell(model, u"s1"_s, R"({"what":"sent","node":"s2","first_id":44,"last_id":44,"time":202})");
            tell(model, u"s1"_s, R"({"what":"acked","node":"s2","last_id":44,"time":203})");
            if (!statusFirst)
                model.handleCut(u"s1"_s, 43, 44);
            QCOMPARE(kinds(model.ofMessage(44)),
                     (QList<Kind>{Kind::Append, Kind::Durable, Kind::Delivery, Kind::Ack}));
            QCOMPARE(model.ofMessage(44).constFirst().begin, 200.0);
            QCOMPARE(model.durableTimes(44), (QHash<QString, double>{{u"s1"_s, 201}}));
            QCOMPARE(model.durableTimes(43), (QHash<QString, double>{{u"M"_s, 91}})); // it was committed
            // The last seconds show what happened; nobody tells whether the lost delivery arrived.
            const QList<SequenceStep> all = model.lastMs(1000);
            QCOMPARE(all.size(), 9);
            QVERIFY(find(all, Kind::Delivery)->unknown);
            // The next change of the master is no other case.
            model.handleCut(u"s2"_s, 44, 43);
            QVERIFY(model.ofMessage(44).isEmpty());
            QVERIFY(model.durableTimes(44).isEmpty());
        }
    }

    // Whoever is silent tells of nothing, so nothing is under way from there.
    void aSilentMasterHasNothingUnderWay()
    {
        SequenceModel model;
        model.setNow(1'000'000);
        const QByteArray sent = R"({"what":"sent","node":"s1","first_id":4,"last_id":4,"time":5000})";
        tell(model, u"M"_s, sent); // its clock is another one
        QVERIFY(model.ofMessage(4).at(0).isUnderWay());
        model.handleLost(u"M"_s, 1'000'500);
        const QList<SequenceStep> steps = model.lastMs(10'000);
        QCOMPARE(kinds(steps), (QList<Kind>{Kind::Delivery, Kind::Silent}));
        QVERIFY(steps[0].unknown && SequenceScene::labelOf(steps[0]).contains(u"unknown"));
        QCOMPARE(steps[1].begin, 5500.0);
        QVERIFY(SequenceScene::labelOf(steps[1]).startsWith(u"silent since 19"));
        // That it is silent is in the picture for as long as it is.
        model.setNow(1'040'000);
        QCOMPARE(kinds(model.lastMs(10'000)), QList<Kind>{Kind::Silent});
        // It was frozen, and goes on.
        model.handleHeard(u"M"_s);
        QVERIFY(model.lastMs(10'000).isEmpty());
        tell(model, u"M"_s, R"({"what":"acked","node":"s1","last_id":4,"time":44900})");
        QVERIFY(!model.ofMessage(4).at(0).unknown);
        QCOMPARE(model.ofMessage(4).at(0).end, 44900.0);
    }

    // However much the others do meanwhile.
    void whoIsSilentIsShownUnderLoad()
    {
        SequenceModel model;
        model.setNow(1'000'000);
        tell(model, u"s1"_s, R"({"what":"durable","last_id":1,"time":1000000})");
        model.handleLost(u"s1"_s, 1'000'100); // the time is told, as the picture may be held
        for (int i = 1; i <= SequenceModel::MostSteps + 1; ++i)
            tell(model, u"M"_s,
                 R"({"what":"durable","last_id":)" + QByteArray::number(i) + R"(,"time":1000200})");
        const QList<SequenceStep> steps = model.lastMs(10'000);
        QVERIFY(find(steps, Kind::Silent));
        QCOMPARE(find(steps, Kind::Silent)->begin, 1'000'100.0);
        QCOMPARE(steps.size(), SequenceModel::MostShown + 1);
        model.handleRenamed(u"s1"_s, u"s9"_s);
        QCOMPARE(find(model.lastMs(10'000), Kind::Silent)->from, u"s9"_s);
        model.handleRemoved(u"s9"_s);
        QVERIFY(!find(model.lastMs(10'000), Kind::Silent));
    }

    void aClockThatIsSetBackEmptiesNothing()
    {
        SequenceModel model;
        model.setNow(1'000'000);
        tell(model, u"M"_s, R"({"what":"appended","first_id":1,"last_id":1,"w":2,"time":1060000})");
        model.setNow(1'010'000);
        tell(model, u"M"_s,
             R"({"what":"appended","first_id":2,"last_id":2,"w":2,"time":1069000})"); // told late
        model.setNow(1'080'000);
        QVERIFY(model.lastMs(10'000).isEmpty());
        tell(model, u"M"_s, R"({"what":"appended","first_id":3,"last_id":3,"w":2,"time":1090000})");
        QVERIFY(!model.lastMs(10'000).isEmpty());
        QCOMPARE(model.lastMs(10'000).constLast().last, 3ULL);
    }

    // An hour ahead, and then set right: what it told before is not of the last seconds, now or in an hour.
    void stepsOfTheWrongClockLeaveTheLastSeconds()
    {
        constexpr double Hour = 3'600'000;
        for (const QString &wrong : {u"M"_s, u"s1"_s}) {
            SequenceModel model;
            model.setNow(1'000'000);
            const auto at = [&](const QString &node, double time) {
                return QByteArray::number(1'000'000 + time + (node == wrong ? Hour : 0), 'f', 3);
            };
            tell(model, u"M"_s,
                 R"({"what":"appended","first_id":7,"last_id":7,"w":2,"time":)" + at(u"M"_s, 0) + '}');
            tell(model, u"M"_s,
                 R"({"what":"sent","node":"s1","first_id":7,"last_id":7,"time":)" + at(u"M"_s, 0.1) + '}');
            tell(model, u"s1"_s,
                 R"({"what":"received","first_id":7,"last_id":7,"time":)" + at(u"s1"_s, 0.2) + '}');
            tell(model, u"s1"_s, R"({"what":"durable","last_id":7,"time":)" + at(u"s1"_s, 0.3) + '}');
            tell(model, u"s1"_s,
                 R"({"what":"answered","last_id":7,"accepted":true,"time":)" + at(u"s1"_s, 0.4) + '}');
            tell(model, u"M"_s, R"({"what":"acked","node":"s1","last_id":7,"time":)" + at(u"M"_s, 0.5) + '}');
            QCOMPARE(model.lastMs(10'000).size(), 4);
            model.setNow(1'000'000 + 16'000);
            tell(model, wrong, R"({"what":"durable","last_id":8,"time":1016000})");
            QVERIFY(find(model.ofMessage(7), Kind::Delivery)); // its way is what it was
            for (const double later : {0.0, 5000.0}) {
                model.setNow(1'016'000 + later);
                const QList<SequenceStep> steps = model.lastMs(10'000);
                QCOMPARE(kinds(steps), QList<Kind>{Kind::Durable});
                QCOMPARE(steps[0].last, 8ULL);
            }
            model.setNow(1'000'000 + Hour);
            QVERIFY(model.lastMs(10'000).isEmpty());
        }
    }

    void aNodeThatWasReplacedIsNotOnTheWay()
    {
        SequenceModel model;
        tellOneMessage(model);
        model.handleReplaced(u"s1"_s);
        QCOMPARE(model.durableTimes(7).keys(), QStringList{u"M"_s});
        QCOMPARE(kinds(model.ofMessage(7)),
                 (QList<Kind>{Kind::Append, Kind::Durable, Kind::Committed, Kind::Answer}));
        // The new one has its own way of the same messages, and goes on from nowhere.
        tell(model, u"M"_s, R"({"what":"sent","node":"s1","first_id":7,"last_id":7,"time":2000000})");
        tell(model, u"s1"_s, R"({"what":"received","first_id":7,"last_id":7,"time":2000001})");
        tell(model, u"s1"_s, R"({"what":"durable","last_id":7,"time":2000002})");
        QCOMPARE(model.ofMessage(7).constLast().begin, 2000002.0);
        QCOMPARE(model.durableTimes(7).value(u"s1"_s), 2000002.0);
    }

    // Whatever names a trace has, only of the cluster's nodes is anything remembered.
    void whoIsNoNodeOfTheClusterIsNotRemembered()
    {
        SequenceModel model;
        model.handleAdded(u"M"_s);
        const auto add = [&](const QByteArray &json) {
            model.add(*TraceEvent::read(u"M"_s, QJsonDocument::fromJson(json).object()));
        };
        add(R"({"what":"acked","node":"s1","last_id":5,"time":100})");
        add(R"({"what":"acked","node":"s1","last_id":9,"time":101})");
        QVERIFY(!find(model.ofMessage(7), Kind::Ack));
        model.handleAdded(u"s1"_s);
        add(R"({"what":"acked","node":"s1","last_id":12,"time":102})");
        add(R"({"what":"acked","node":"s1","last_id":15,"time":103})");
        QVERIFY(find(model.ofMessage(14), Kind::Ack));
        model.clear(); // of the picture
        add(R"({"what":"acked","node":"s1","last_id":16,"time":104})");
        add(R"({"what":"acked","node":"s1","last_id":19,"time":105})");
        QVERIFY(find(model.ofMessage(18), Kind::Ack));
        model.handleRemoved(u"s1"_s);
        add(R"({"what":"acked","node":"s1","last_id":22,"time":106})");
        QVERIFY(!find(model.ofMessage(21), Kind::Ack));
        model.handleCleared();
        add(R"({"what":"durable","last_id":23,"time":107})");
        QVERIFY(model.isEmpty());
    }

    void whatATraceTellsIsPlainAndBounded()
    {
        const QString hostile = u"<b>x</b>\u202egnp.exe\n"_s + QString(500, u'w');
        QJsonObject document{
            {u"what"_s, u"answered"_s}, {u"end"_s, hostile}, {u"node"_s, hostile}, {u"last_id"_s, 7}};
        const auto event = TraceEvent::read(u"M"_s, document);
        QVERIFY(event);
        for (const QString &text : {event->end, event->peer}) {
            QVERIFY(text.startsWith(u"<b>x</b>\uFFFDgnp.exe⏎www"_s));
            QVERIFY(text.size() <= 130);
        }
        // A member is named as the master's status names it.
        QCOMPARE(event->peer, StatusDocument::name({{u"name"_s, hostile}}));
        for (const double time : {-1e300, 1e300}) {
            document.insert(u"time"_s, time);
            SequenceModel model;
            model.handleAdded(u"M"_s);
            model.add(*TraceEvent::read(u"M"_s, document));
            QVERIFY(model.ofMessage(7).at(0).begin >= 0 && model.ofMessage(7).at(0).begin < 1e15);
        }
    }

    void theLastSecondsAreThoseBeforeNow()
    {
        SequenceModel model;
        model.setNow(1'000'000);
        tellOneMessage(model, 60'000);
        model.setNow(1'009'000);
        QCOMPARE(model.lastMs(10'000).size(), 7);
        model.setNow(1'011'000);
        QVERIFY(model.lastMs(10'000).isEmpty());
        QCOMPARE(model.ofMessage(7).size(), 7);
        model.handleGap(u"M"_s); // and it is set again: nothing comes back
        QVERIFY(model.lastMs(10'000).isEmpty());
    }

    // What the window draws anew many times a second stays small, whatever is appended.
    void theLastSecondsAreBounded()
    {
        SequenceModel model;
        for (int i = 1; i <= 400; ++i) {
            const QByteArray id = QByteArray::number(i);
            const auto at = [i](double time) { return QByteArray::number(1'000'000 + i * 2.5 + time); };
            tell(model, u"M"_s,
                 R"({"what":"appended","first_id":)" + id + R"(,"last_id":)" + id + R"(,"w":2,"time":)" +
                     at(0) + '}');
            for (const char *const node : {"s1", "s2", "s3"}) {
                tell(model, u"M"_s,
                     R"({"what":"sent","node":")" + QByteArray(node) + R"(","first_id":)" + id +
                         R"(,"last_id":)" + id + R"(,"time":)" + at(0.1) + '}');
                tell(model, QString::fromLatin1(node),
                     R"({"what":"received","first_id":)" + id + R"(,"last_id":)" + id + R"(,"time":)" +
                         at(0.2) + '}');
                tell(model, QString::fromLatin1(node),
                     R"({"what":"durable","last_id":)" + id + R"(,"time":)" + at(0.5) + '}');
                tell(model, u"M"_s,
                     R"({"what":"acked","node":")" + QByteArray(node) + R"(","last_id":)" + id +
                         R"(,"time":)" + at(0.7) + '}');
            }
        }
        const QList<SequenceStep> steps = model.lastMs(10'000);
        QVERIFY(steps.size() <= SequenceModel::MostShown);
        QCOMPARE(steps.constLast().last, 400ULL); // the newest
    }

    void ourOwnLookIsNoTimeout()
    {
        const QByteArray appended = R"({"what":"appended","first_id":7,"last_id":7,"w":3,"time":100})";
        const QByteArray answered =
            R"({"what":"answered","first_id":7,"last_id":7,"end":"timed-out","time":200})";
        for (bool before : {true, false}) {
            SequenceModel model;
            tell(model, u"M"_s, appended);
            if (before)
                model.handleLocated(7);
            tell(model, u"M"_s, answered);
            if (!before)
                model.handleLocated(7);
            QCOMPARE(kinds(model.ofMessage(7)), QList<Kind>{Kind::Append});
            tell(model, u"M"_s, answered); // this time-out is that of a client
            QCOMPARE(kinds(model.ofMessage(7)), (QList<Kind>{Kind::Append, Kind::Answer}));
        }
    }

    void anArrivalMayBeHeardBeforeItsDelivery()
    {
        SequenceModel model;
        tell(model, u"s1"_s, R"({"what":"received","first_id":1,"last_id":2,"time":101})");
        QVERIFY(model.isEmpty());
        tell(model, u"M"_s, R"({"what":"sent","node":"s1","first_id":1,"last_id":2,"time":100})");
        QCOMPARE(model.ofMessage(2).at(0).end, 101.0);
        tell(model, u"M"_s, R"({"what":"sent","node":"s1","first_id":1,"last_id":2,"time":200})");
        QVERIFY(model.ofMessage(2).at(1).end < 0); // of another message
    }

    // Events are missing when a node's stream begins again.
    void aGapIsNotFilledIn()
    {
        SequenceModel model;
        tell(model, u"M"_s, R"({"what":"durable","last_id":5,"time":100})");
        tell(model, u"M"_s, R"({"what":"durable","last_id":7,"time":200})");
        QCOMPARE(model.durableTimes(6), (QHash<QString, double>{{u"M"_s, 200}}));
        model.handleGap(u"M"_s);
        tell(model, u"M"_s, R"({"what":"durable","last_id":9,"time":300})");
        QVERIFY(model.durableTimes(8).isEmpty());
        QCOMPARE(model.durableTimes(9), (QHash<QString, double>{{u"M"_s, 300}}));
        tell(model, u"M"_s, R"({"what":"lost","events":4,"time":400})");
        tell(model, u"M"_s, R"({"what":"durable","last_id":12,"time":500})");
        QVERIFY(model.durableTimes(11).isEmpty());
    }

    void heartbeatsAreNotDrawn()
    {
        SequenceModel model;
        for (int i = 0; i < 500; ++i) {
            tell(model, u"M"_s, R"({"what":"sent","node":"s1","committed_id":5,"time":1})");
            tell(model, u"s1"_s, R"({"what":"answered","last_id":5,"accepted":true,"time":2})");
        }
        QVERIFY(model.isEmpty());
    }

    void keepsTheLastSecondsAndNoMoreThanItMust()
    {
        SequenceModel model;
        for (int i = 1; i <= 10'000; ++i)
            tell(model, u"M"_s,
                 R"({"what":"durable","last_id":)" + QByteArray::number(i) + R"(,"time":)" +
                     QByteArray::number(i * 10) + '}');
        QVERIFY(model.lastMs(1e9).size() <= SequenceModel::MostSteps);
        QCOMPARE(model.lastMs(1000).size(), 101);
        model.clear();
        QVERIFY(model.isEmpty());
    }

    void nonsenseIsNoEvent()
    {
        for (const QByteArray &json :
             QByteArrayList{"{}", R"({"what":7})", R"({"what":"sung","last_id":1})", "[]"})
            QVERIFY(!TraceEvent::read(u"M"_s, QJsonDocument::fromJson(json).object()));
        SequenceModel model;
        tell(model, u"M"_s, R"({"what":"received","first_id":-7,"last_id":"x","time":[]})");
        tell(model, u"M"_s, R"({"what":"acked","node":[],"last_id":3})");
        static_cast<void>(model.lastMs(1000));
    }

    void itIsDrawnAndExported()
    {
        SequenceModel model;
        tellOneMessage(model);
        const QStringList nodes{u"M"_s, u"s1"_s, u"<b>s2</b> & more"_s};
        const SequenceScene scene =
            SequenceScene::build(model.ofMessage(7), nodes, 800, QFontMetrics(QApplication::font()));
        QVERIFY(!scene.isEmpty());
        const QByteArray svg = scene.toSvg(QApplication::palette());
        QXmlStreamReader xml(svg);
        QStringList texts;
        while (!xml.atEnd()) {
            if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == "text"_L1)
                texts.append(xml.readElementText());
        }
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QVERIFY(texts.contains(u"append 7, w=2"_s));
        QVERIFY(texts.contains(u"<b>s2</b> & more"_s));
        QVERIFY(texts.contains(u"OK 7"_s));
        // Time runs downwards.
        qreal before = 0;
        for (const SequenceScene::Shape &shape : scene.shapes()) {
            QVERIFY(shape.line.y2() >= shape.line.y1());
            QVERIFY(shape.line.y1() >= before);
            before = shape.line.y1();
        }
    }

    // Where it ends and what it says tell to whom it goes, not whose life line it passes.
    void aDeliveryThatHasNotArrivedTellsItsTarget()
    {
        const QFontMetrics metrics(QApplication::font());
        const QString longName = u"secondary-"_s + QString(60, u'w');
        for (const QString &target : {u"s1"_s, u"s2"_s, u"s3"_s, longName}) {
            for (const bool lost : {false, true}) {
                SequenceModel model;
                tell(model, u"M"_s,
                     R"({"what":"sent","node":")" + target.toUtf8() +
                         R"(","first_id":46,"last_id":46,"time":100})");
                if (lost)
                    tell(model, u"M"_s,
                         R"({"what":"retried","node":")" + target.toUtf8() +
                             R"(","first_id":46,"last_id":46,"time":200})");
                const QStringList nodes{u"M"_s, u"s1"_s, u"s2"_s, u"s3"_s, longName};
                const SequenceScene scene = SequenceScene::build(model.ofMessage(46), nodes, 400, metrics);
                const auto lifeLine = [&](qsizetype node) { return scene.lifeLines()[node + 1].second; };
                const qsizetype index = nodes.indexOf(target);
                int drawn = 0;
                for (const SequenceScene::Shape &shape : scene.shapes()) {
                    if (shape.kind != SequenceScene::Shape::Kind::Open &&
                        shape.kind != SequenceScene::Shape::Kind::Broken)
                        continue;
                    ++drawn;
                    QVERIFY(shape.line.x2() < lifeLine(index) - 20);
                    QVERIFY(shape.line.x2() > lifeLine(index - 1) + 20);
                    QVERIFY2(shape.text.contains(target.left(20)), qPrintable(shape.text));
                }
                QCOMPARE(drawn, lost ? 2 : 1);
            }
        }
    }

    void noTextIsCutAtTheEdge()
    {
        const QFontMetrics metrics(QApplication::font());
        SequenceModel model;
        for (const QString &node : {u"M"_s, u"s1"_s, u"s2"_s}) {
            tell(model, node, R"({"what":"durable","last_id":123456789,"time":100})");
            tell(model, node, R"({"what":"durable","last_id":234567890,"time":150})");
            tell(model, node, R"({"what":"committed","last_id":234567890,"time":200})");
            tell(model, node, R"({"what":"lost","events":400000,"time":300})");
        }
        tell(model, u"M"_s,
             R"({"what":"sent","node":"s2","first_id":123456789,"last_id":234567890,"time":400})");
        for (const qreal width : {100.0, 400.0, 800.0, 3000.0}) {
            const SequenceScene scene =
                SequenceScene::build(model.lastMs(1000), {u"M"_s, u"s1"_s, u"s2"_s}, width, metrics);
            if (width > 1000)
                QVERIFY2(qAbs(scene.size().width() - width) < 1, "no wider than the window");
            for (const SequenceScene::Shape &shape : scene.shapes()) {
                QVERIFY2(shape.place.left() >= 0 && shape.place.right() <= scene.size().width(),
                         qPrintable(shape.text));
                QVERIFY(metrics.horizontalAdvance(shape.text) <= shape.place.width());
            }
        }
    }

    // Traces are read only while the panel is visible.
    void tracesAreReadWhileThePanelIsInView()
    {
        Stage stage;
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->isHeard(),
                                 Patience);
        auto *panel = stage.find<SequencePanel>(u"sequencePanel"_s);
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.traceReaders(), 0, Patience);
        QVERIFY(isTraced(stage));
        stage.fake.trace(u"M"_s, R"({"what":"appended","first_id":1,"last_id":1,"w":2,"time":100})");
        stage.fake.trace(u"M"_s, R"({"what":"sent","node":"s1","first_id":1,"last_id":1,"time":101})");
        QTRY_VERIFY_WITH_TIMEOUT(panel->model().ofMessage(1).size() == 2, Patience);
        stage.fake.trace(u"s1"_s, R"({"what":"received","first_id":1,"last_id":1,"time":102})");
        QTRY_VERIFY_WITH_TIMEOUT(panel->model().ofMessage(1).last().end > 0, Patience);
        panel->showMessage(1);
        QTRY_VERIFY_WITH_TIMEOUT(!panel->view()->scene().isEmpty(), Patience);
        stage.window().grab();
        const QString path = stage.state.filePath(u"way.svg"_s);
        QVERIFY(panel->exportTo(path));
        QVERIFY(QFileInfo(path).size() > 200);
        stage.window().showPanel(u"nodes"_s);
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.traceReaders(), 0, Patience);
    }

    // What the window learns of the cluster: the master is silent, another one leads, the log is another one.
    void theWayIsThatOfTheMessageThatIsThere()
    {
        Stage stage;
        stage.fake.fill(43);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s2"_s) && stage.model().node(u"s2"_s)->isHeard(),
                                 Patience);
        QVERIFY(isTraced(stage));
        SequenceModel &model = stage.find<SequencePanel>(u"sequencePanel"_s)->model();
        // M alone holds 44, and with w=1 that commits it.
        stage.fake.master().committedId = 44;
        stage.fake.setHeld(u"M"_s, 44);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().committedId(), 44ULL, Patience);
        stage.fake.trace(u"M"_s, R"({"what":"durable","last_id":43,"time":100})");
        stage.fake.trace(u"M"_s, R"({"what":"appended","first_id":44,"last_id":44,"w":1,"time":101})");
        stage.fake.trace(u"M"_s, R"({"what":"sent","node":"s2","first_id":44,"last_id":44,"time":102})");
        QTRY_COMPARE_WITH_TIMEOUT(model.ofMessage(44).size(), 2, Patience);
        stage.fake.setUp(u"M"_s, false);
        QTRY_VERIFY_WITH_TIMEOUT(find(model.lastMs(10'000), Kind::Silent), Patience);
        QVERIFY(model.ofMessage(44).at(1).unknown);
        stage.fake.promote(u"s1"_s);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().epoch(), 2ULL, Patience);
        QVERIFY(model.ofMessage(44).isEmpty());
        QCOMPARE(model.durableTimes(43).size(), 1); // it is the same
        emit stage.session().model().logReplaced(u"M"_s);
        QVERIFY(model.isEmpty());
    }

    void holdHolds()
    {
        Stage stage;
        stage.fake.fill(1);
        QVERIFY(stage.open());
        QVERIFY(isTraced(stage));
        auto *const panel = stage.find<SequencePanel>(u"sequencePanel"_s);
        const auto picture = [panel] { return panel->view()->scene().toSvg(panel->palette()); };
        const auto isSilent = [panel](const QString &node) {
            const QList<SequenceStep> steps = panel->model().lastMs(10'000);
            return std::any_of(steps.begin(), steps.end(), [&](const SequenceStep &step) {
                return step.kind == Kind::Silent && step.from == node;
            });
        };
        const auto started = double(QDateTime::currentMSecsSinceEpoch());
        for (const QString &node : {u"M"_s, u"s1"_s})
            stage.fake.trace(node, R"({"what":"durable","last_id":1,"time":)" +
                                       QByteArray::number(started, 'f', 0) + '}');
        QTRY_COMPARE_WITH_TIMEOUT(panel->model().ofMessage(1).size(), 2, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(!panel->view()->scene().isEmpty(), Patience);
        auto *const hold = stage.find<QToolButton>(u"sequenceHold"_s);
        hold->click();
        const QByteArray held = picture();
        for (const QString &node : {u"M"_s, u"s1"_s}) {
            stage.fake.setUp(node, false);
            QTRY_VERIFY_WITH_TIMEOUT(isSilent(node), Patience);
        }
        QTimer later;
        later.setSingleShot(true);
        later.start(200); // a redraw would have come before
        QTRY_VERIFY_WITH_TIMEOUT(!later.isActive(), Patience);
        QCOMPARE(picture(), held);
        QVERIFY(find(panel->model().lastMs(10'000), Kind::Silent)->begin > started - 5000);
        hold->click();
        QVERIFY(picture() != held); // at once
        // To begin anew is a wish of its own.
        hold->click();
        stage.find<QToolButton>(u"sequenceClear"_s)->click();
        QVERIFY(panel->view()->scene().isEmpty());
    }

    // What happens while the picture is held is drawn after it, each step at its own time.
    void nothingIsLeftOutWhileHeld()
    {
        Stage stage;
        QVERIFY(stage.open());
        QVERIFY(isTraced(stage));
        auto *const panel = stage.find<SequencePanel>(u"sequencePanel"_s);
        const auto picture = [panel] { return panel->view()->scene().toSvg(panel->palette()); };
        const auto now = double(QDateTime::currentMSecsSinceEpoch());
        const auto durable = [&](int id) {
            stage.fake.trace(u"M"_s, R"({"what":"durable","last_id":)" + QByteArray::number(id) +
                                         R"(,"time":)" + QByteArray::number(now + id, 'f', 0) + '}');
        };
        durable(3);
        QTRY_COMPARE_WITH_TIMEOUT(panel->model().ofMessage(3).size(), 1, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(!panel->view()->scene().isEmpty(), Patience);
        auto *const hold = stage.find<QToolButton>(u"sequenceHold"_s);
        hold->click();
        const QByteArray held = picture();
        durable(4);
        durable(5);
        QTRY_COMPARE_WITH_TIMEOUT(panel->model().durableTimes(5).size(), 1, Patience);
        QCOMPARE(picture(), held);
        // The way of one message may be looked at, and what is held comes back.
        panel->showMessage(5);
        QVERIFY(picture() != held);
        panel->showMessage(0);
        QCOMPARE(picture(), held);
        hold->click();
        durable(6);
        QTRY_COMPARE_WITH_TIMEOUT(panel->model().durableTimes(6).size(), 1, Patience);
        for (int id : {4, 5, 6})
            QCOMPARE(panel->model().durableTimes(quint64(id)).value(u"M"_s), now + id);
    }

    void whyThereIsNoPictureIsSaid()
    {
        Stage stage;
        stage.fake.fill(1);
        QVERIFY(stage.open());
        QVERIFY(isTraced(stage));
        auto *const panel = stage.find<SequencePanel>(u"sequencePanel"_s);
        QVERIFY(panel->view()->emptyText().startsWith(u"Append a message"));
        const auto now = QByteArray::number(QDateTime::currentMSecsSinceEpoch());
        stage.fake.trace(u"M"_s, R"({"what":"durable","last_id":1,"time":)" + now + '}');
        QTRY_VERIFY_WITH_TIMEOUT(!panel->view()->scene().isEmpty(), Patience);
        panel->showMessage(9999);
        QVERIFY(panel->view()->scene().isEmpty());
        QVERIFY(panel->view()->emptyText().startsWith(u"Nothing was traced of message 9999."));
        for (const QString &no : {u"abc"_s, u"0"_s, u"-1"_s, u"99999999999999999999"_s}) {
            stage.find<QLineEdit>(u"sequenceId"_s)->setText(no);
            QVERIFY(panel->view()->scene().isEmpty());
            QVERIFY2(panel->view()->emptyText().contains(u"“%1” is no id"_s.arg(no)),
                     qPrintable(panel->view()->emptyText()));
        }
        panel->showMessage(1);
        QVERIFY(!panel->view()->scene().isEmpty());
    }

    // The silent are in the picture from longer ago than the rest of it.
    void howFarThePictureGoesBackIsSaid()
    {
        Stage stage;
        QVERIFY(stage.open());
        QVERIFY(isTraced(stage));
        SequenceModel &model = stage.find<SequencePanel>(u"sequencePanel"_s)->model();
        const auto *const cut = stage.find<ElidedLabel>(u"sequenceCut"_s);
        tell(model, u"s1"_s, R"({"what":"durable","last_id":1,"time":2000000})");
        model.handleLost(u"s1"_s, double(QDateTime::currentMSecsSinceEpoch()) - 1'800'000);
        for (int i = 1; i <= 700; ++i)
            tell(model, u"M"_s,
                 R"({"what":"durable","last_id":)" + QByteArray::number(i) + R"(,"time":)" +
                     QByteArray::number(2'000'000 + i) + '}');
        QTRY_VERIFY2_WITH_TIMEOUT(cut->text().contains(u"last 0.6 s"), qPrintable(cut->text()), Patience);
        // Whoever has left is not waited for.
        stage.fake.node(u"s1"_s).registered = false;
        stage.fake.publish();
        QTRY_VERIFY_WITH_TIMEOUT(!find(model.lastMs(10'000), Kind::Silent), Patience);
    }

    // It leads again after a restart, in another epoch, with what it held before.
    void aRestartOfTheMasterKeepsTheWayOfWhatWaits()
    {
        Stage stage;
        stage.fake.fill(49);
        QVERIFY(stage.open());
        QVERIFY(isTraced(stage));
        SequenceModel &model = stage.find<SequencePanel>(u"sequencePanel"_s)->model();
        stage.fake.setHeld(u"M"_s, 50); // not committed
        stage.fake.trace(u"M"_s, R"({"what":"appended","first_id":50,"last_id":50,"w":3,"time":101})");
        stage.fake.trace(u"M"_s, R"({"what":"appended","first_id":51,"last_id":51,"w":3,"time":102})");
        QTRY_COMPARE_WITH_TIMEOUT(model.ofMessage(51).size(), 1, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().lastId(), 50ULL, Patience);
        ++stage.fake.epoch;
        stage.fake.publish();
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().epoch(), 2ULL, Patience);
        QCOMPARE(model.ofMessage(50).size(), 1);
        QVERIFY(model.ofMessage(51).isEmpty()); // it was lost
    }

    // The node's own time of its sync if its trace has it, else the time at which this window learned of it.
    void detailsHaveTheTimesThatNodesTell()
    {
        Stage stage;
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->isHeard(),
                                 Patience);
        stage.window().showPanel(u"sequence"_s);
        stage.window().showPanel(u"message"_s);
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.traceReaders(), 3, Patience);
        const auto *const log = stage.dashboard.panels().log()->model();
        for (const int count : {1, 2}) { // entries of a node's first status have no time
            stage.fake.fill(quint64(count));
            QTRY_COMPARE_WITH_TIMEOUT(log->rowCount(), count, Patience);
            QTRY_COMPARE_WITH_TIMEOUT(stage.model().node(u"s2"_s)->lastId, quint64(count), Patience);
        }
        QVERIFY(stage.dashboard.panels().log()->goTo(2));
        stage.fake.trace(u"s1"_s, R"({"what":"durable","last_id":2,"time":1000000000123.25})");
        const auto *const facts = stage.find<WrappedText>(u"messageFacts"_s);
        const QString time = QLocale().toString(QDateTime::fromMSecsSinceEpoch(1'000'000'000'123),
                                                u"yyyy-MM-dd HH:mm:ss.zzz"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"s1 (%1 by its clock)"_s.arg(time)) &&
                                      facts->text().contains(u"s2 (seen here at "_s),
                                  qPrintable(facts->text()), Patience);
        // Another node has the name of s1: the times of the one before are not its.
        stage.fake.node(u"s1"_s).own = {{u"node_id"_s, u"n1"_s}};
        stage.fake.node(u"s1"_s).masterView = {{u"node_id"_s, u"n1"_s}};
        stage.fake.publish();
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().node(u"s1"_s)->memberId, u"n1"_s, Patience);
        QVERIFY(facts->text().contains(u"by its clock"_s));
        stage.fake.node(u"s1"_s).own = {{u"node_id"_s, u"n9"_s}};
        stage.fake.node(u"s1"_s).masterView = {{u"node_id"_s, u"n9"_s}};
        stage.fake.publish();
        QTRY_VERIFY2_WITH_TIMEOUT(!facts->text().contains(u"by its clock"_s), qPrintable(facts->text()),
                                  Patience);
    }
};

int main(int argc, char **argv)
{
    return runGuiSuite<TestSequence>(argc, argv);
}

#include "tst_sequence.moc"
