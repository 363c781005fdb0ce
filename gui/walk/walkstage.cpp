// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/walk/walkstage.h"

#include "gui/cluster/clustertext.h"
#include "gui/control/clusterlauncher.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QScopedValueRollback>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

using Verdict = WalkFinding::Verdict;

constexpr int callLimitMs = 3000;

QString quoted(const QStringList &messages)
{
    return messages.isEmpty() ? WalkStage::tr("nothing") : messages.join(u", "_s);
}

} // namespace

WalkStage::WalkStage(ClusterLauncher &launcher, ClusterSession &session, QObject *parent)
    : QObject(parent), m_launcher(launcher), m_session(session)
{
    connect(&session, &ClusterSession::appendFinished, this,
            [this](quint64 ticket, const ClientAppendResult &result) { m_outcomes.insert(ticket, result); });
    connect(&session, &ClusterSession::appendInterrupted, this,
            [this](quint64 ticket) { m_interrupted.insert(ticket); });
    connect(&session, &ClusterSession::opened, this, &WalkStage::handleSession);
    connect(&session, &ClusterSession::closed, this, &WalkStage::handleSession);
}

void WalkStage::handleSession()
{
    if (!m_isOpening)
        emit clusterChanged();
}

void WalkStage::openFresh(int secondaries, const QStringList &started)
{
    m_tickets.clear();
    m_outcomes.clear();
    m_interrupted.clear();
    if (m_session.isOpen()) {
        m_problem = tr("another cluster is open");
        return;
    }
    LocalCluster::Options options;
    options.secondaries = secondaries;
    const QScopedValueRollback opening(m_isOpening, true);
    const Result<void> opened = m_launcher.openLocal(options, started);
    m_problem = opened ? QString() : opened.error().text;
}

void WalkStage::append(const QString &message, int w)
{
    ClientAppend append;
    append.message = message.toUtf8();
    append.w = QString::number(w);
    m_tickets.insert(message, m_session.append(append));
}

void WalkStage::perform(const QString &node, NodeControl::Action action)
{
    if (NodeControl *control = m_session.control())
        control->perform(node, action);
}

void WalkStage::setFaults(const QString &node, const QJsonObject &faults, std::function<void()> then)
{
    m_problem.clear();
    m_session.writeFaults(node, faults, this, [this, then = std::move(then)](const CallResult &result) {
        m_problem = result.error;
        if (result.ok() && then)
            then();
    });
}

void WalkStage::rememberEpoch()
{
    m_epochBefore = m_session.model().epoch();
}

void WalkStage::membersAnswer(const QStringList &nodes, Report report) const
{
    if (!m_problem.isEmpty()) {
        report({Verdict::Wrong, m_problem});
        return;
    }
    const NodeInfo *const master = m_session.model().master();
    if (!master || master->contact != Contact::Connected) {
        report({Verdict::NotYet, tr("the master does not answer yet")});
        return;
    }
    for (const QString &name : nodes) {
        const NodeInfo *const node = m_session.model().node(name);
        if (!node || !node->known || node->health != NodeHealth::Healthy) {
            report({Verdict::NotYet, tr("%1 has not joined yet").arg(name)});
            return;
        }
    }
    report({Verdict::AsExpected, nodes.isEmpty()
                                     ? tr("The master runs.")
                                     : tr("The master runs, and %1 has joined.").arg(nodes.join(u", "_s))});
}

void WalkStage::answered(const QString &message, Report report) const
{
    const auto outcome = m_outcomes.constFind(m_tickets.value(message));
    if (outcome == m_outcomes.constEnd())
        report({Verdict::NotYet, tr("the client of %1 is still waiting").arg(message)});
    else if (outcome->state == ClientAppendResult::State::Ok)
        report({Verdict::AsExpected, tr("%1: OK after %2, held by %n node(s).", nullptr, outcome->acks)
                                         .arg(message, ClusterText::fineLatency(outcome->wireMs))});
    else
        report({Verdict::Wrong, tr("%1 failed: %2").arg(message, outcome->error)});
}

void WalkStage::waits(const QString &message, quint64 id, quint32 acks, Report report) const
{
    if (m_tickets.contains(message)) {
        const auto outcome = m_outcomes.constFind(m_tickets.value(message));
        if (outcome != m_outcomes.constEnd() && outcome->state == ClientAppendResult::State::Ok) {
            report({Verdict::Wrong, tr("%1 was answered OK, though it should wait").arg(message)});
            return;
        }
    }
    const WaitInfo *const wait = m_session.model().wait(id);
    if (!wait)
        report({Verdict::NotYet, tr("the master does not tell of a wait for message %1 yet").arg(id)});
    else if (wait->acks < acks)
        report(
            {Verdict::NotYet, tr("%1 is held by %2 of %3 nodes").arg(message).arg(wait->acks).arg(wait->w)});
    else
        report({Verdict::AsExpected,
                tr("%1 waits: held by %2 of %3 nodes.").arg(message).arg(wait->acks).arg(wait->w)});
}

void WalkStage::clientLost(const QString &message, Report report) const
{
    const quint64 ticket = m_tickets.value(message);
    if (m_interrupted.contains(ticket))
        report(
            {Verdict::AsExpected, tr("The client of %1 lost its connection, and asks again.").arg(message)});
    else if (m_outcomes.contains(ticket))
        report({Verdict::Wrong, tr("%1 was answered, though it should not be").arg(message)});
    else
        report({Verdict::NotYet, tr("the client of %1 still hopes for an answer").arg(message)});
}

void WalkStage::shows(const QList<std::pair<QString, QStringList>> &nodes, Report report)
{
    QList<std::function<void(Report)>> looks;
    for (const auto &[node, expected] : nodes) {
        looks.append([this, node = node, expected = expected](const Report &reportOne) {
            read(node, QString(), [node, expected, reportOne](const QStringList &seen, const QString &error) {
                if (!error.isEmpty())
                    reportOne({Verdict::NotYet, tr("%1 does not answer: %2").arg(node, error)});
                else if (seen == expected)
                    reportOne({Verdict::AsExpected, tr("%1 shows %2.").arg(node, quoted(seen))});
                else
                    reportOne({Verdict::NotYet,
                               tr("%1 shows %2 instead of %3").arg(node, quoted(seen), quoted(expected))});
            });
        });
    }
    all(looks)(std::move(report));
}

void WalkStage::holdsAll(const QString &node, const QStringList &messages, Report report)
{
    read(node, u"?view=all"_s,
         [node, messages, report = std::move(report)](const QStringList &seen, const QString &error) {
             if (!error.isEmpty())
                 report({Verdict::NotYet, tr("%1 does not answer: %2").arg(node, error)});
             else if (seen == messages)
                 report({Verdict::AsExpected, tr("%1 holds %2: each once.").arg(node, quoted(seen))});
             else
                 report({seen.size() > messages.size() ? Verdict::Wrong : Verdict::NotYet,
                         tr("%1 holds %2").arg(node, quoted(seen))});
         });
}

void WalkStage::retriedAtLeast(const QString &node, quint64 times, Report report) const
{
    const NodeInfo *const info = m_session.model().node(node);
    const quint64 retries = info ? info->retries : 0;
    report({retries >= times ? Verdict::AsExpected : Verdict::NotYet,
            tr("%n retry(s) so far.", nullptr, int(retries))});
}

void WalkStage::epochHasRisen(Report report) const
{
    const quint64 epoch = m_session.model().epoch();
    const NodeInfo *const master = m_session.model().master();
    if (master && master->contact == Contact::Connected && epoch > m_epochBefore)
        report({Verdict::AsExpected,
                tr("The master is back, with epoch %1 after %2.").arg(epoch).arg(m_epochBefore)});
    else
        report({Verdict::NotYet, tr("the master is not back yet")});
}

void WalkStage::stopped(const QString &node, Report report) const
{
    const NodeInfo *const info = m_session.model().node(node);
    if (info && info->state() == NodeState::Stopped)
        report({Verdict::AsExpected, tr("The process of %1 is gone.").arg(node)});
    else
        report({Verdict::NotYet, tr("%1 still runs").arg(node)});
}

void WalkStage::committedUpTo(quint64 id, Report report) const
{
    const quint64 committed = m_session.model().committedId();
    report({committed >= id ? Verdict::AsExpected : Verdict::NotYet,
            tr("Everything up to message %1 is committed.").arg(committed)});
}

void WalkStage::sameLogs(const QString &one, const QString &other, quint64 to, Report report)
{
    const QString path = u"/api/v1/digest?to=%1"_s.arg(to);
    m_session.call(
        one, "GET", path, {}, callLimitMs, this,
        [this, one, other, path, report = std::move(report)](const CallResult &first) {
            m_session.call(
                other, "GET", path, {}, callLimitMs, this,
                [one, other, first, report](const CallResult &second) {
                    const QString digest = first.json()[u"digest"_s].toVariant().toString();
                    if (!first.ok() || !second.ok())
                        report({Verdict::NotYet, first.ok() ? second.error : first.error});
                    else if (!digest.isEmpty() && digest == second.json()[u"digest"_s].toVariant().toString())
                        report({Verdict::AsExpected,
                                tr("The logs of %1 and %2 have the same checksum.").arg(one, other)});
                    else
                        report({Verdict::Wrong, tr("the logs of %1 and %2 differ").arg(one, other)});
                });
        });
}

std::function<void(WalkStage::Report)> WalkStage::all(const QList<std::function<void(Report)>> &looks)
{
    return [looks](const Report &report) {
        // Each check begins when the one before has reported. The callbacks hold the only references to the
        // chain.
        struct Chain : std::enable_shared_from_this<Chain>
        {
            QList<std::function<void(Report)>> looks;
            Report report;
            QStringList texts;

            void go()
            {
                if (texts.size() == looks.size()) {
                    report({Verdict::AsExpected, texts.join(u' ')});
                    return;
                }
                looks[texts.size()]([chain = shared_from_this()](const WalkFinding &finding) {
                    if (finding.verdict != Verdict::AsExpected) {
                        chain->report(finding);
                        return;
                    }
                    chain->texts.append(finding.text);
                    chain->go();
                });
            }
        };
        const auto chain = std::make_shared<Chain>();
        chain->looks = looks;
        chain->report = report;
        chain->go();
    };
}

void WalkStage::read(const QString &node, const QString &query,
                     std::function<void(const QStringList &, const QString &)> done)
{
    m_session.call(node, "GET", u"/api/v1/messages"_s + query, {}, callLimitMs, this,
                   [done = std::move(done)](const CallResult &result) {
                       QStringList texts;
                       const QJsonArray messages = result.json()[u"messages"_s].toArray();
                       for (const QJsonValue &message : messages)
                           texts.append(message[u"message"_s].toString());
                       done(texts, result.error);
                   });
}

} // namespace replog
