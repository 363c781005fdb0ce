// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterinvariants.h"

#include "shared/log/epochindex.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

bool holds(const Entries &log, const Entry &entry)
{
    return log.size() >= entry.id && log[entry.id - 1] == entry;
}

QString text(const QByteArray &name)
{
    return QString::fromUtf8(name);
}

} // namespace

ClusterInvariants::ClusterInvariants(SimulatedCluster &cluster) : m_cluster(cluster)
{
    connect(&m_cluster, &SimulatedCluster::answered, this, &ClusterInvariants::handleAnswered);
    connect(&m_cluster, &SimulatedCluster::wiped, this, [this](const QByteArray &name) {
        m_heldBefore[name].push_back(m_cluster.nodes().at(name).store->entries());
        m_committedOf.erase(name);
        m_divergent.erase(name);
    });
    connect(&m_cluster, &SimulatedCluster::puttingBack, this, &ClusterInvariants::handlePuttingBack);
}

const QString &ClusterInvariants::check()
{
    for (const auto &[name, node] : m_cluster.nodes()) {
        quint64 &seen = m_revisions[name];
        if (seen != node.store->revision() && !m_divergent.contains(name)) {
            seen = node.store->revision();
            checkLog(node);
        }
    }
    for (const auto &[name, node] : m_cluster.nodes()) {
        if (node.master && !m_divergent.contains(name))
            m_masterCommitted = std::max(m_masterCommitted, node.master->log().committedId());
    }
    for (const auto &[name, node] : m_cluster.nodes()) {
        if (node.isUp() && !m_divergent.contains(name))
            checkCommitted(node);
    }
    return m_violation;
}

void ClusterInvariants::forgetPromises()
{
    m_histories.assign(1, {});
    m_answered.clear();
    m_committedOf.clear();
}

// What the node had answered and the copy does not hold is lost, whoever else holds it: its new master does
// not know of it. Nothing else is: what a secondary shows as committed stays there.
void ClusterInvariants::handlePuttingBack(const QByteArray &name, const MemoryLogStore::Content &copy)
{
    std::erase_if(m_answered, [&copy](const auto &each) { return !holds(copy.entries, each.second); });
    History history;
    for (quint64 id = 1; id <= copy.committedId; ++id)
        history.emplace(id, copy.entries[id - 1]);
    m_histories.push_back(std::move(history));
    m_committedOf.erase(name);
    // The copy knows acks that were given for entries which another master may have had dropped since.
    for (const auto &[other, node] : m_cluster.nodes())
        m_heldBefore[other].push_back(node.store->entries());
}

void ClusterInvariants::handlePromotion(const QByteArray &promoted, const QByteArray &old)
{
    const Entries &log = m_cluster.nodes().at(promoted).store->entries();
    for (const auto &[id, entry] : m_answered) {
        if (entry.w > 1 && !holds(log, entry))
            violated(u"entry %1 was answered with w %2 and %3, the longest log, does not hold it"_s.arg(id)
                         .arg(entry.w)
                         .arg(text(promoted)));
    }
    const auto lost = [&log](const auto &each) { return !holds(log, each.second); };
    std::erase_if(m_answered, lost);
    std::erase_if(m_histories.back(), lost);
    expectDivergence(old);
}

void ClusterInvariants::handleSubmitted(const QByteArray &master, const AppendRequest &request)
{
    for (const QByteArray &message : request.messages)
        m_sentTo[message].insert(m_cluster.nodes().at(master).master->log().epoch().start);
    if (!request.key.isEmpty() && !m_keys.insert(request.key).second)
        return;
    for (const QByteArray &message : request.messages)
        ++m_sent[message];
}

void ClusterInvariants::handleAnswered(const SimulatedCluster::Client &client)
{
    if (client.state != SimulatedCluster::Client::State::Answered)
        return;
    const AppendOutcome &outcome = client.outcome;
    const Entries &log = m_cluster.nodes().at(client.node).store->entries();
    if (outcome.end != WaitEnd::Satisfied)
        return;
    if (outcome.last + 1 - outcome.first != client.request.messages.size())
        violated(u"client %1 got ids %2 to %3 for %4 messages"_s.arg(client.number)
                     .arg(outcome.first)
                     .arg(outcome.last)
                     .arg(client.request.messages.size()));
    for (quint64 id = outcome.first; id <= outcome.last; ++id) {
        if (log.size() < id) {
            violated(
                u"entry %1 was answered and %2 does not hold it durably"_s.arg(id).arg(text(client.node)));
            return;
        }
        const Entry &entry = log[id - 1];
        if (entry.message != client.request.messages[id - outcome.first] || entry.key != client.request.key)
            violated(u"entry %1 was answered to the sender of another message"_s.arg(id));
        if (const int nodes = holders(entry); nodes < static_cast<int>(entry.w))
            violated(
                u"entry %1 was answered with w %2 and %3 nodes hold it durably"_s.arg(id).arg(entry.w).arg(
                    nodes));
        if (entry.w != outcome.w)
            violated(u"entry %1 was answered with w %2 and holds w %3"_s.arg(id).arg(outcome.w).arg(entry.w));
        m_answered[id] = entry;
    }
}

void ClusterInvariants::checkLog(const SimulatedCluster::Node &node)
{
    const EpochIndex epochs = EpochIndex::fromMeta(node.store->state().meta);
    quint64 expected = 1;
    quint64 epoch = 0;
    EntryName before;
    std::map<QByteArray, int> messages;
    std::map<QByteArray, quint64> keyEnds;
    for (const Entry &entry : node.store->entries()) {
        if (entry.id != expected++)
            violated(
                u"%1 holds entry %2 where %3 follows"_s.arg(text(node.name)).arg(entry.id).arg(expected - 1));
        if (entry.epoch < epoch)
            violated(u"%1 holds entry %2 of epoch %3 after epoch %4"_s.arg(text(node.name))
                         .arg(entry.id)
                         .arg(entry.epoch)
                         .arg(epoch));
        epoch = entry.epoch;
        const Epoch its = epochs.epochAt(entry.id);
        if (its.number != entry.epoch || !m_sentTo[entry.message].contains(its.start))
            violated(u"%1 holds '%2' as entry %3 of epoch %4/%5, it was not sent to that master"_s
                         .arg(text(node.name), text(entry.message))
                         .arg(entry.id)
                         .arg(its.number)
                         .arg(its.start));
        const EntryName name(entry.id, its.number, its.start);
        const auto [known, isNew] = m_entries.try_emplace(name, entry, before);
        if (!isNew && known->second.first != entry)
            violated(u"%1 holds '%2' as entry %3 of epoch %4/%5, which is '%6' elsewhere"_s
                         .arg(text(node.name), text(entry.message))
                         .arg(entry.id)
                         .arg(its.number)
                         .arg(its.start)
                         .arg(text(known->second.first.message)));
        if (!isNew && known->second.second != before)
            violated(
                u"%1 holds entry %2 of epoch %3/%4 behind another one than elsewhere"_s.arg(text(node.name))
                    .arg(entry.id)
                    .arg(its.number)
                    .arg(its.start));
        before = name;
        if (++messages[entry.message] > m_sent[entry.message])
            violated(
                u"%1 holds '%2' %3 times, it was sent %4 times"_s.arg(text(node.name), text(entry.message))
                    .arg(messages[entry.message])
                    .arg(m_sent[entry.message]));
        if (!entry.key.isEmpty()) {
            const auto [end, first] = keyEnds.try_emplace(entry.key, entry.id);
            if (!first && end->second + 1 != entry.id)
                violated(
                    u"%1 holds key '%2' at entry %3 and again at %4"_s.arg(text(node.name), text(entry.key))
                        .arg(end->second)
                        .arg(entry.id));
            end->second = entry.id;
        }
    }
    if (node.master) {
        for (const auto &[id, entry] : m_answered) {
            if (!holds(node.store->entries(), entry)) {
                violated(u"%1 lost entry %2, which was answered"_s.arg(text(node.name)).arg(id));
                break;
            }
        }
    }
}

void ClusterInvariants::checkCommitted(const SimulatedCluster::Node &node)
{
    const VisibleLog &visible = *node.visible();
    const Entries &log = node.store->entries();
    if (visible.durableId() > log.size())
        violated(u"%1 shows entries up to %2, its store ends at %3"_s.arg(text(node.name))
                     .arg(visible.durableId())
                     .arg(log.size()));
    if (visible.committedId() > visible.durableId())
        violated(u"%1 has committed up to %2, it shows entries up to %3"_s.arg(text(node.name))
                     .arg(visible.committedId())
                     .arg(visible.durableId()));
    if (!m_violation.isEmpty())
        return;

    quint64 &before = m_committedOf[node.name];
    if (visible.committedId() < before)
        violated(u"the committed id of %1 went back from %2 to %3"_s.arg(text(node.name))
                     .arg(before)
                     .arg(visible.committedId()));
    quint64 &judged = m_judgedRevisions[node.name];
    if (visible.committedId() == before && judged == node.store->revision())
        return;
    judged = node.store->revision();
    History &history = historyOf(node, visible.committedId());
    for (quint64 id = 1; id <= visible.committedId(); ++id) {
        const Entry &entry = log[id - 1];
        const auto [known, isNew] = history.try_emplace(id, entry);
        if (!isNew && known->second != entry)
            violated(u"entry %1 is committed as '%2' of epoch %3 and, on %4, as '%5' of epoch %6"_s.arg(id)
                         .arg(text(known->second.message))
                         .arg(known->second.epoch)
                         .arg(text(node.name), text(entry.message))
                         .arg(entry.epoch));
        if (isNew && node.master && !node.master->appender().isReleased(id)) {
            if (const int nodes = holders(entry); nodes < static_cast<int>(entry.w))
                violated(u"entry %1 is committed with w %2 and %3 nodes hold it durably"_s.arg(id)
                             .arg(entry.w)
                             .arg(nodes));
        }
    }
    before = visible.committedId();
    if (visible.committedId() > m_masterCommitted)
        violated(u"%1 has committed up to %2, no master has reached more than %3"_s.arg(text(node.name))
                     .arg(visible.committedId())
                     .arg(m_masterCommitted));
}

// The history that a node shows a part of; if it is none, the one that it should be.
ClusterInvariants::History &ClusterInvariants::historyOf(const SimulatedCluster::Node &node,
                                                         quint64 committedId)
{
    if (!node.master) {
        const Entries &log = node.store->entries();
        for (History &history : m_histories) {
            bool inside = true;
            for (quint64 id = 1; id <= committedId && inside; ++id) {
                const auto known = history.find(id);
                inside = known != history.end() && known->second == log[id - 1];
            }
            if (inside)
                return history;
        }
    }
    return m_histories.back();
}

int ClusterInvariants::holders(const Entry &entry) const
{
    int nodes = 0;
    for (const auto &[name, node] : m_cluster.nodes()) {
        // An ack outlives its disk until the node registers anew, and what was satisfied by it stays
        // satisfied.
        const auto earlier = m_heldBefore.find(name);
        const bool held = earlier != m_heldBefore.end() &&
                          std::any_of(earlier->second.begin(), earlier->second.end(),
                                      [&entry](const Entries &log) { return holds(log, entry); });
        if (held || holds(node.store->entries(), entry))
            ++nodes;
    }
    return nodes;
}

void ClusterInvariants::violated(const QString &what)
{
    if (m_violation.isEmpty())
        m_violation = what;
}

} // namespace replog
