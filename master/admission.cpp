// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/admission.h"

#include <QPointer>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// If nodes fight over a place all the time, the next registration decides.
constexpr int MaxQuestions = 4;
constexpr std::size_t MaxPending = 64;
constexpr std::size_t MaxAskers = 8; // registrations of one process that wait for the same outcome

QString text(const Id128 &id)
{
    return QString::fromLatin1(id.toHex());
}

QString text(QByteArrayView name)
{
    return QString::fromUtf8(name);
}

Error conflict(const QString &field, const QString &what)
{
    return {Errc::Conflict, u"%1: %2"_s.arg(field, what), field};
}

} // namespace

Admission::Admission(const Config &config, LogSource &log, Membership &members,
                     Membership::TransportFactory transports, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_config(config), m_log(log), m_members(members), m_transports(std::move(transports)),
      m_scheduler(scheduler)
{
}

void Admission::handleRegistration(const Registration &registration, LogStore::Done done)
{
    const auto open = m_pending.find(registration.node.instance);
    if (open != m_pending.end()) {
        if (open->second.done.size() >= MaxAskers)
            done(Error{Errc::Exhausted, u"this registration is being settled already"_s});
        else
            open->second.done.push_back(std::move(done));
        return;
    }
    if (m_pending.size() >= MaxPending) {
        done(Error{Errc::Exhausted, u"%1 registrations are being settled already"_s.arg(m_pending.size())});
        return;
    }
    Pending &pending = m_pending[registration.node.instance];
    pending.registration = registration;
    pending.done.push_back(std::move(done));
    settle(pending);
}

// Checks all that contradicts the registration, again after each answer, since members may have changed.
void Admission::settle(Pending &pending)
{
    const Registration &newcomer = pending.registration;
    const Id128 instance = newcomer.node.instance;
    if (!newcomer.node.logId.isNull() && newcomer.node.logId != m_log.logId() && pending.questions == 0 &&
        mayBeEmptied(newcomer.node.committedId)) {
        ask(pending, newcomer.node.nodeId, newcomer.url, newcomer.node.instance);
        return;
    }
    if (const Refused refused = refusalWithoutAsking(newcomer)) {
        finish(instance, refused);
        return;
    }
    if (const Refused diverged = divergence(newcomer)) {
        refuse(instance, *diverged);
        return;
    }
    const Membership::Member *const sameNode = m_members.byId(newcomer.node.nodeId);
    const Membership::Member *const sameName = m_members.byName(newcomer.node.name);
    bool isAsking = false;
    Refused refused;
    if (sameNode && sameNode->instance != newcomer.node.instance)
        refused = judgePlace(pending, *sameNode, isAsking);
    if (!refused && !isAsking && sameName && sameName != sameNode)
        refused = judgePlace(pending, *sameName, isAsking);
    if (!isAsking)
        finish(instance, refused);
}

Admission::Refused Admission::refusalWithoutAsking(const Registration &newcomer) const
{
    if (newcomer.node.nodeId == m_config.nodeId)
        return conflict(u"node_id"_s, u"is the master's own: this node runs on a copy of its data folder"_s);
    if (newcomer.node.name == m_config.name)
        return conflict(u"name"_s, u"%1 is the master's own name"_s.arg(text(newcomer.node.name)));
    if (!newcomer.node.logId.isNull() && newcomer.node.logId != m_log.logId())
        return conflict(u"log_id"_s, u"this node holds log %1, the master's is %2: it is of another cluster, "
                                     "or the master's folder began anew"_s.arg(text(newcomer.node.logId),
                                                                               text(m_log.logId())));
    const bool isKnown = m_members.byId(newcomer.node.nodeId) || m_members.byName(newcomer.node.name);
    if (!isKnown && m_members.size() >= m_config.maxNodes)
        return conflict(u"node_id"_s, u"is no member's, and %1 nodes are members already (--max-nodes)"_s.arg(
                                          m_members.size()));
    return std::nullopt;
}

Admission::Refused Admission::judgePlace(Pending &pending, const Membership::Member &held, bool &isAsking)
{
    const Registration &newcomer = pending.registration;
    const auto known = pending.findings.find(held.nodeId);
    if (known == pending.findings.end() || known->second.url != held.url ||
        known->second.instance != held.instance) {
        if (pending.questions == MaxQuestions)
            return Error{Errc::Unavailable, u"others register in its place all the time"_s};
        isAsking = true;
        ask(pending, held.nodeId, held.url, held.instance);
        return std::nullopt;
    }
    const Finding &finding = known->second;
    const QString place = held.url.toString();
    const bool isSameNode = held.nodeId == newcomer.node.nodeId;
    switch (finding.found) {
    case Found::Nobody:
    case Found::Newcomer:
        return std::nullopt;
    case Found::OtherNode:
        // Of two nodes that swapped their addresses each finds the other. A name alone is no proof: its node
        // may have moved, and not have registered yet.
        if (isSameNode)
            return std::nullopt;
        return conflict(u"name"_s,
                        u"is that of node %1, and another node answers at its address, %2: give this one "
                        "another --name, or forget the one that is gone"_s.arg(text(held.nodeId), place));
    case Found::HeldNode:
        if (isSameNode)
            return conflict(u"node_id"_s,
                            u"%1 is that of a process at %2, too: one of the two runs on a copy "
                            "of the other's data folder"_s.arg(text(held.nodeId), place));
        if (finding.name != held.name)
            return conflict(
                u"name"_s,
                u"%1 is the name of node %2, which answers at %3 as %4 now, and has not registered so: "
                "names cannot be exchanged at once"_s.arg(text(held.name), text(held.nodeId), place,
                                                          text(finding.name)));
        return conflict(u"name"_s, u"%1 is the name of node %2, which answers at %3: give this one another "
                                   "--name"_s.arg(text(held.name), text(held.nodeId), place));
    case Found::NoNode:
        // Something else answers at the address that both claim: then the newcomer may have it.
        if (isSameNode && held.url == newcomer.url)
            return std::nullopt;
        return conflict(isSameNode ? u"node_id"_s : u"name"_s,
                        u"belongs to node %1 at %2, where something else answers: %3"_s.arg(
                            text(held.nodeId), place, finding.text));
    }
    Q_UNREACHABLE();
}

void Admission::ask(Pending &pending, const Id128 &node, const QUrl &url, const Id128 &instance)
{
    ++pending.questions;
    if (pending.transport)
        close(std::move(pending.transport));
    pending.transport = m_transports();
    pending.transport->setUrl(url);
    const Id128 asker = pending.registration.node.instance;
    connect(
        pending.transport.get(), &PeerTransport::answered, this,
        [this, asker, node, url, instance](quint64, const ReplicateAnswer &answer) {
            const auto it = m_pending.find(asker);
            if (it == m_pending.end())
                return;
            const Registration &newcomer = it->second.registration;
            Finding finding{url, instance, Found::NoNode, QString::fromUtf8(answer.text), answer.node.name};
            if (!answer.node.nodeId.isNull()) {
                finding.found = answer.node.nodeId == newcomer.node.nodeId &&
                                        answer.node.instance == newcomer.node.instance
                                    ? Found::Newcomer
                                : answer.node.nodeId == node ? Found::HeldNode
                                                             : Found::OtherNode;
                judgeStranger(newcomer, answer);
            }
            handleFound(asker, node, std::move(finding));
        });
    connect(pending.transport.get(), &PeerTransport::failed, this,
            [this, asker, node, url, instance](quint64, const Error &error) {
                const Found found = error.code == Errc::Protocol ? Found::NoNode : Found::Nobody;
                handleFound(asker, node, {url, instance, found, error.text, {}});
            });
    Delivery question;
    question.master = m_config.name;
    question.logId = m_log.logId();
    question.to = node;
    question.epoch = m_log.questionEpoch();
    question.committedId = m_log.committedId();
    question.epochs = {question.epoch};
    pending.transport->send(1, question);
}

void Admission::handleFound(const Id128 &asker, const Id128 &asked, Finding finding)
{
    const auto it = m_pending.find(asker);
    if (it == m_pending.end())
        return;
    it->second.findings[asked] = std::move(finding);
    settle(it->second);
}

// Destroys it later: its own signal may have called this.
void Admission::close(std::unique_ptr<PeerTransport> transport)
{
    m_closed.push_back(std::move(transport));
    m_scheduler.defer([this, alive = QPointer<Admission>(this)] {
        if (alive)
            m_closed.clear();
    });
}

bool Admission::mayBeEmptied(quint64 committedElsewhere) const
{
    return !m_config.newLog && !m_members.wasEverAcked() && committedElsewhere > m_log.flushedId();
}

void Admission::judgeStranger(const Registration &stranger, const ReplicateAnswer &answer)
{
    const bool isOfAnotherLog = answer.node.nodeId == stranger.node.nodeId && !answer.node.logId.isNull() &&
                                answer.node.logId != m_log.logId() &&
                                stranger.node.logId == answer.node.logId;
    if (isOfAnotherLog && mayBeEmptied(answer.node.committedId))
        emit fencedBy(
            u"%1 at %2 holds %3 committed entries of another log, and no node has acked this one, "
            "which ends at %4: this data folder may have been emptied. Put the folder back, promote a "
            "secondary, or start with --new-log if the log shall begin anew"_s
                .arg(text(stranger.node.name), stranger.url.toString())
                .arg(answer.node.committedId)
                .arg(m_log.flushedId()));
}

// A member that has nothing new to say of itself.
Admission::Refused Admission::divergence(const Registration &registration) const
{
    const NodeStanding &node = registration.node;
    const Membership::Member *const member = m_members.byId(node.nodeId);
    if (!member || member->instance != node.instance || member->name != node.name ||
        member->url != registration.url)
        return std::nullopt;
    const QString why = member->replicator->divergenceUnknownThere(node.last);
    if (why.isEmpty())
        return std::nullopt;
    return conflict(u"log_id"_s,
                    u"the log of this node has diverged from the master's: %1. Decide which one is "
                    "right; started with --reset, this node takes up the master's"_s.arg(why));
}

void Admission::finish(const Id128 &instance, const Refused &refused)
{
    const Registration registration = m_pending.find(instance)->second.registration;
    if (refused) {
        note(registration, refused->text);
        refuse(instance, *refused);
        return;
    }
    std::erase_if(m_refused, [&registration](const Refusal &each) {
        return each.nodeId == registration.node.nodeId && each.url == registration.url;
    });
    m_members.admit(registration, [askers = take(instance).done](const Result<void> &result) {
        for (const LogStore::Done &done : askers)
            done(result);
    });
}

void Admission::refuse(const Id128 &instance, const Error &why)
{
    const Pending pending = take(instance);
    for (const LogStore::Done &done : pending.done)
        done(why);
}

// It is settled; what comes after it is another one.
Admission::Pending Admission::take(const Id128 &instance)
{
    const auto it = m_pending.find(instance);
    Pending pending = std::move(it->second);
    m_pending.erase(it);
    if (pending.transport)
        close(std::move(pending.transport));
    return pending;
}

void Admission::note(const Registration &newcomer, const QString &reason)
{
    ++m_refusals;
    Refusal refusal{newcomer.node.name, newcomer.node.nodeId, newcomer.url, reason, m_scheduler.utcMs(), 1};
    const auto before = std::find_if(m_refused.begin(), m_refused.end(), [&newcomer](const Refusal &each) {
        return each.nodeId == newcomer.node.nodeId && each.url == newcomer.url;
    });
    if (before != m_refused.end()) {
        if (before->reason == reason)
            refusal.times = before->times + 1;
        m_refused.erase(before);
    }
    m_refused.push_back(refusal);
    if (m_refused.size() > MaxRefused)
        m_refused.pop_front();
    emit refusedNode(refusal);
}

} // namespace replog
