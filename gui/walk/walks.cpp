// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/walk/walks.h"

#include "gui/walk/walkstage.h"

#include <QCoreApplication>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

using Report = WalkStage::Report;
using Action = NodeControl::Action;

const QString M = u"master"_s;
const QString S1 = u"secondary-1"_s;
const QString S2 = u"secondary-2"_s;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Walk)
};

WalkStep appendStep(WalkStage &stage, const QString &message, int w, const QString &expectation,
                    std::function<void(Report)> look)
{
    return {Words::tr("Append %1 with w=%2").arg(message).arg(w), expectation,
            [&stage, message, w] { stage.append(message, w); }, std::move(look)};
}

WalkStep readStep(WalkStage &stage, const QString &expectation,
                  const QList<std::pair<QString, QStringList>> &expected)
{
    return {Words::tr("Read from the nodes"), expectation, {}, [&stage, expected](const Report &report) {
                stage.shows(expected, report);
            }};
}

QList<WalkStep> basics(WalkStage &stage)
{
    const auto answered = [&stage](const QString &message) {
        return [&stage, message](const Report &report) { stage.answered(message, report); };
    };
    return {
        {Words::tr("Start the master and one secondary"),
         Words::tr("Both run, and the secondary joins the master. The second secondary stays down."),
         [&stage] { stage.openFresh(2, {S1}); },
         [&stage](const Report &report) { stage.membersAnswer({S1}, report); }},
        appendStep(stage, u"Msg1"_s, 1, Words::tr("OK at once: the master alone is enough."),
                   answered(u"Msg1"_s)),
        appendStep(stage, u"Msg2"_s, 2, Words::tr("OK as soon as secondary-1 holds it too."),
                   answered(u"Msg2"_s)),
        appendStep(stage, u"Msg3"_s, 3,
                   Words::tr("Its client waits: three nodes must hold it, and there are only two."),
                   [&stage](const Report &report) { stage.waits(u"Msg3"_s, 3, 2, report); }),
        readStep(
            stage,
            Words::tr("The master shows three messages, secondary-1 two: Msg3 is there, but not committed."),
            {{M, {u"Msg1"_s, u"Msg2"_s, u"Msg3"_s}}, {S1, {u"Msg1"_s, u"Msg2"_s}}}),
        appendStep(
            stage, u"Msg4"_s, 1,
            Words::tr("OK at once, though Msg3 still waits: a blocked client blocks nobody else."),
            WalkStage::all({answered(u"Msg4"_s),
                            [&stage](const Report &report) { stage.waits(u"Msg3"_s, 3, 2, report); }})),
        readStep(stage,
                 Words::tr("The master shows four, secondary-1 still two: what comes after Msg3 is shown "
                           "only after Msg3."),
                 {{M, {u"Msg1"_s, u"Msg2"_s, u"Msg3"_s, u"Msg4"_s}}, {S1, {u"Msg1"_s, u"Msg2"_s}}}),
        {Words::tr("Start secondary-2"),
         Words::tr(
             "It catches up with the log; with it, three nodes hold Msg3, and its client is answered OK."),
         [&stage] { stage.perform(S2, Action::Start); }, answered(u"Msg3"_s)},
        readStep(stage, Words::tr("All three nodes show the four messages in the same order."),
                 {{M, {u"Msg1"_s, u"Msg2"_s, u"Msg3"_s, u"Msg4"_s}},
                  {S1, {u"Msg1"_s, u"Msg2"_s, u"Msg3"_s, u"Msg4"_s}},
                  {S2, {u"Msg1"_s, u"Msg2"_s, u"Msg3"_s, u"Msg4"_s}}}),
    };
}

QList<WalkStep> notDoubled(WalkStage &stage)
{
    return {
        {Words::tr("Start the master and one secondary"),
         Words::tr("Both run, and the secondary joins the master."), [&stage] { stage.openFresh(1, {S1}); },
         [&stage](const Report &report) { stage.membersAnswer({S1}, report); }},
        appendStep(stage, u"First"_s, 2, Words::tr("OK: both nodes hold it."),
                   [&stage](const Report &report) { stage.answered(u"First"_s, report); }),
        {Words::tr("Make secondary-1 fail after storing, and append Once with w=2"),
         Words::tr("Each delivery is stored and then answered with an error. The master cannot know; it "
                   "tries again and again, and the client waits."),
         [&stage] {
             stage.setFaults(S1, {{u"fail_after"_s, 1.0}}, [&stage] { stage.append(u"Once"_s, 2); });
         },
         WalkStage::all({[&stage](const Report &report) { stage.waits(u"Once"_s, 2, 1, report); },
                         [&stage](const Report &report) { stage.retriedAtLeast(S1, 3, report); }})},
        {Words::tr("Look into the log of secondary-1"),
         Words::tr("Once was delivered several times by now, and is there one time."),
         {},
         [&stage](const Report &report) {
             stage.holdsAll(S1, {u"First"_s, u"Once"_s}, report);
         }},
        {Words::tr("Let secondary-1 answer properly again"),
         Words::tr("The next delivery is acknowledged, and the client is answered OK."),
         [&stage] {
             stage.setFaults(S1, {{u"fail_after"_s, 0.0}});
         },
         [&stage](const Report &report) { stage.answered(u"Once"_s, report); }},
        {Words::tr("Compare the nodes"),
         Words::tr("Both show First and Once, each one time, and their logs have the same checksum."),
         {},
         WalkStage::all(
             {[&stage](const Report &report) {
                  stage.shows({{M, {u"First"_s, u"Once"_s}}, {S1, {u"First"_s, u"Once"_s}}}, report);
              },
              [&stage](const Report &report) { stage.sameLogs(M, S1, 2, report); }})},
    };
}

QList<WalkStep> masterKilled(WalkStage &stage)
{
    return {
        {Words::tr("Start the master and one secondary"),
         Words::tr("Both run, and the secondary joins the master. The second secondary stays down."),
         [&stage] { stage.openFresh(2, {S1}); },
         [&stage](const Report &report) { stage.membersAnswer({S1}, report); }},
        appendStep(stage, u"Safe"_s, 2, Words::tr("OK: both nodes hold it."),
                   [&stage](const Report &report) { stage.answered(u"Safe"_s, report); }),
        appendStep(stage, u"Patient"_s, 3,
                   Words::tr("Its client waits: three nodes must hold it, and there are only two."),
                   [&stage](const Report &report) { stage.waits(u"Patient"_s, 2, 2, report); }),
        {Words::tr("Kill the master (kill -9)"),
         Words::tr("The client of Patient loses its connection: it cannot know what became of its message."),
         [&stage] {
             stage.rememberEpoch();
             stage.perform(M, Action::Kill);
         },
         WalkStage::all({[&stage](const Report &report) { stage.stopped(M, report); },
                         [&stage](const Report &report) { stage.clientLost(u"Patient"_s, report); }})},
        {Words::tr("Start the master again"),
         Words::tr("It comes back with a higher epoch, still knows its secondary, and takes up the wait: "
                   "Patient was durable before anybody waited for it."),
         [&stage] { stage.perform(M, Action::Start); },
         WalkStage::all({[&stage](const Report &report) { stage.epochHasRisen(report); },
                         [&stage](const Report &report) { stage.waits(u"Patient"_s, 2, 2, report); }})},
        readStep(
            stage,
            Words::tr("The master shows both messages, secondary-1 the first: Patient is not committed yet."),
            {{M, {u"Safe"_s, u"Patient"_s}}, {S1, {u"Safe"_s}}}),
        {Words::tr("Start secondary-2"), Words::tr("Now three nodes hold Patient: it is committed."),
         [&stage] { stage.perform(S2, Action::Start); },
         [&stage](const Report &report) { stage.committedUpTo(2, report); }},
        readStep(stage, Words::tr("All three nodes show both messages, each one time."),
                 {{M, {u"Safe"_s, u"Patient"_s}},
                  {S1, {u"Safe"_s, u"Patient"_s}},
                  {S2, {u"Safe"_s, u"Patient"_s}}}),
    };
}

} // namespace

const QList<Walk> &allWalks()
{
    static const QList<Walk> walks{Walk::Basics, Walk::NotDoubled, Walk::MasterKilled};
    return walks;
}

QString walkTitle(Walk walk)
{
    switch (walk) {
    case Walk::Basics:
        return Words::tr("Write concerns and total order");
    case Walk::NotDoubled:
        return Words::tr("A message stored but never acknowledged is not doubled");
    case Walk::MasterKilled:
        return Words::tr("The master is killed while a message waits");
    }
    return {};
}

QString walkIntroduction(Walk walk)
{
    switch (walk) {
    case Walk::Basics:
        return Words::tr("Each client chooses how many nodes must hold its message before it is answered "
                         "(w). Four messages show what that means "
                         "for the client, for other clients, and for readers.");
    case Walk::NotDoubled:
        return Words::tr("A secondary stores what it is sent, but its answers get lost. The master has to "
                         "send again; the secondary has to notice.");
    case Walk::MasterKilled:
        return Words::tr("The master dies with kill -9 while a client waits for a third node. What it had "
                         "stored, it must still know afterwards.");
    }
    return {};
}

QList<WalkStep> walkSteps(Walk walk, WalkStage &stage)
{
    switch (walk) {
    case Walk::Basics:
        return basics(stage);
    case Walk::NotDoubled:
        return notDoubled(stage);
    case Walk::MasterKilled:
        return masterKilled(stage);
    }
    return {};
}

} // namespace replog
