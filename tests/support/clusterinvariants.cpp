// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterinvariants.h"

#include "shared/log/epochindex.h"
#include "shared/log/highestepoch.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

bool isGivenUp(const Entry &entry)
{
    return entry.epoch == 0;
}

// Also true for an entry that the node held and has trimmed.
bool holds(const Entries &log, const Entry &entry)
{
    return log.size() >= entry.id && (log[entry.id - 1] == entry || isGivenUp(log[entry.id - 1]));
}

QString text(const QByteArray &name)
{
    return QString::fromUtf8(name);
}

} // namespace

ClusterInvariants::ClusterInvariants(SimulatedCluster &cluster) : m_cluster(cluster)
{
    connect(&m_cluster, &SimulatedCluster::answered, this, &ClusterInvariants::handleAnswered);
    connect(&m_cluster, &SimulatedCluster::wiped, this, [this](const QByteArray &key) {
        keepEarlier(m_cluster.nodes().at(key));
        m_committedOf.erase(key);
        m_divergent.erase(key);
    });
    connect(&m_cluster, &SimulatedCluster::puttingBack, this, &ClusterInvariants::handlePuttingBack);
    connect(&m_cluster, &SimulatedCluster::fenced, this, [this](const QByteArray &key) {
        m_endWhenFenced[key] = m_cluster.nodes().at(key).master->log().flushedId();
    });
}

const QString &ClusterInvariants::check()
{
    noteEpochs();
    for (const auto &[key, node] : m_cluster.nodes()) {
        quint64 &seen = m_revisions[key];
        if (seen != node.store->revision() && !m_divergent.contains(key)) {
            seen = node.store->revision();
            checkLog(node);
        }
    }
    for (const auto &[key, node] : m_cluster.nodes()) {
        if (node.isUp() && !m_divergent.contains(key)) {
            checkCommitted(node);
            checkFirst(node);
        }
        if (node.serving && node.master->mode() == NodeMode::Fenced &&
            std::exchange(m_fencedAtStart[key], node.starts) != node.starts)
            checkFenced(node);
    }
    return m_violation;
}

void ClusterInvariants::forgetPromises()
{
    for (auto &[id, log] : m_logs) {
        log.histories.assign(1, {});
        log.answered.clear();
    }
    m_committedOf.clear();
}

// Answered entries that the copy does not hold are lost, even if other nodes hold them, because the restored
// master does not know them. Nothing else is lost: entries committed on a secondary stay there.
void ClusterInvariants::handlePuttingBack(const QByteArray &key, const MemoryLogStore::Content &copy)
{
    const SimulatedCluster::Node &self = m_cluster.nodes().at(key);
    m_committedOf.erase(key);
    keepEarlier(self);
    if (self.store->state().role != "master")
        return;
    const auto highest = HighestEpoch::fromMeta(copy.meta);
    Log &log = m_logs[highest ? highest->logId : Id128()];
    std::erase_if(log.answered, [&copy](const auto &each) { return !holds(copy.entries, each.second); });
    History history;
    const History &before = log.histories.back();
    for (quint64 id = 1; id <= copy.committedId; ++id) {
        if (!isGivenUp(copy.entries[id - 1]))
            history.emplace(id, copy.entries[id - 1]);
        else if (const auto known = before.find(id); known != before.end())
            history.insert(*known);
    }
    log.histories.push_back(std::move(history));
    // The copy may have acks for entries that nodes have dropped since for another master.
    for (const auto &[other, node] : m_cluster.nodes())
        keepEarlier(node);
}

void ClusterInvariants::keepEarlier(const SimulatedCluster::Node &node)
{
    if (!node.store->entries().empty())
        m_earlier.push_back({node.nodeId(), node.logId(), node.store->entries()});
}

// The highest of everything that proves to a master that it is stale.
void ClusterInvariants::noteEpochs()
{
    for (const auto &[key, node] : m_cluster.nodes()) {
        if (!node.isUp() || (node.master && !node.serving))
            continue;
        const Id128 logId = node.master ? node.master->log().logId() : node.replica->logId();
        if (logId.isNull())
            continue;
        Log &log = m_logs[logId];
        const Epoch epoch = node.master ? node.master->log().epoch() : node.replica->epoch();
        log.epochs.emplace(epoch.number, epoch.start);
        log.committed = std::max(log.committed, node.visible()->committedId());
        log.firstId = std::max(log.firstId, node.visible()->firstId());
        if (node.master && !m_divergent.contains(key))
            log.masterCommitted = std::max(log.masterCommitted, node.visible()->committedId());
    }
}

void ClusterInvariants::handlePromotion(const QByteArray &promoted, const QByteArray &old)
{
    const SimulatedCluster::Node &node = m_cluster.nodes().at(promoted);
    const Entries &log = node.store->entries();
    Log &promises = m_logs[node.logId()];
    for (const auto &[id, entry] : promises.answered) {
        if (entry.w > 1 && !holds(log, entry))
            violated(u"entry %1 was answered with w %2 and %3, the longest log, does not hold it"_s.arg(id)
                         .arg(entry.w)
                         .arg(text(promoted)));
    }
    const auto lost = [&log](const auto &each) { return !holds(log, each.second); };
    std::erase_if(promises.answered, lost);
    std::erase_if(promises.histories.back(), lost);
    expectDivergence(old);
}

void ClusterInvariants::handleSubmitted(const QByteArray &master, const AppendRequest &request)
{
    const MasterLog &masterLog = m_cluster.nodes().at(master).master->log();
    Log &log = m_logs[masterLog.logId()];
    for (const auto &[message, type, headers] : request.messages)
        log.sentTo[message].insert(masterLog.epoch().start);
    // The entries of a key may be trimmed, and the key with them.
    if (!request.key.isEmpty() && !log.keys.insert(request.key).second &&
        !m_cluster.config().master.retention.isLimited())
        return;
    for (const auto &[message, type, headers] : request.messages)
        ++m_sent[message];
}

void ClusterInvariants::handleAnswered(const SimulatedCluster::Client &client)
{
    if (client.state != SimulatedCluster::Client::State::Answered)
        return;
    const AppendOutcome &outcome = client.outcome;
    const SimulatedCluster::Node &node = m_cluster.nodes().at(client.node);
    const Entries &log = node.store->entries();
    const Id128 logId = node.logId();
    if (outcome.end != WaitEnd::Satisfied)
        return;
    if (outcome.last + 1 - outcome.first != client.request.messages.size())
        violated(u"client %1 got ids %2 to %3 for %4 messages"_s.arg(client.number)
                     .arg(outcome.first)
                     .arg(outcome.last)
                     .arg(client.request.messages.size()));
    for (quint64 id = outcome.first; id <= outcome.last; ++id) {
        // The beginning of a batch, or of its repeat, may be trimmed before its end is satisfied.
        if (log.size() >= id && isGivenUp(log[id - 1]))
            continue;
        if (log.size() < id) {
            violated(
                u"entry %1 was answered and %2 does not hold it durably"_s.arg(id).arg(text(client.node)));
            return;
        }
        const Entry &entry = log[id - 1];
        if (entry.message != client.request.messages[id - outcome.first].body ||
            entry.key != client.request.key)
            violated(u"entry %1 was answered to the sender of another message"_s.arg(id));
        if (const int nodes = holders(logId, entry); nodes < static_cast<int>(entry.w))
            violated(
                u"entry %1 was answered with w %2 and %3 nodes hold it durably"_s.arg(id).arg(entry.w).arg(
                    nodes));
        if (entry.w != outcome.w)
            violated(u"entry %1 was answered with w %2 and holds w %3"_s.arg(id).arg(outcome.w).arg(entry.w));
        m_logs[logId].answered[id] = entry;
    }
}

void ClusterInvariants::checkLog(const SimulatedCluster::Node &node)
{
    if (node.store->entries().empty())
        return;
    const EpochIndex epochs = EpochIndex::fromMeta(node.store->state().meta);
    const quint64 firstId = node.store->state().firstId;
    Log &log = m_logs[node.logId()];
    quint64 expected = 1;
    quint64 epoch = 0;
    EntryName before;
    std::map<QByteArray, int> messages;
    std::map<QByteArray, std::pair<quint64, quint64>> runs; // by key
    for (const Entry &entry : node.store->entries()) {
        if (entry.id != expected++)
            violated(
                u"%1 holds entry %2 where %3 follows"_s.arg(text(node.key)).arg(entry.id).arg(expected - 1));
        if (isGivenUp(entry)) {
            if (entry.id >= firstId)
                violated(u"%1 lacks entry %2, its log begins with %3"_s.arg(text(node.key))
                             .arg(entry.id)
                             .arg(firstId));
            continue;
        }
        if (entry.epoch < epoch)
            violated(u"%1 holds entry %2 of epoch %3 after epoch %4"_s.arg(text(node.key))
                         .arg(entry.id)
                         .arg(entry.epoch)
                         .arg(epoch));
        epoch = entry.epoch;
        const Epoch its = epochs.epochAt(entry.id);
        if (its.number != entry.epoch || !log.sentTo[entry.message].contains(its.start))
            violated(u"%1 holds '%2' as entry %3 of epoch %4/%5, it was not sent to that master of its log"_s
                         .arg(text(node.key), text(entry.message))
                         .arg(entry.id)
                         .arg(its.number)
                         .arg(its.start));
        const EntryName name(entry.id, its.number, its.start);
        // Entries before the first are trimmed; an earlier check saw the entry with its predecessor.
        const auto shown = log.entries.find(name);
        const bool isFirst = entry.id == firstId && firstId > 1;
        if (isFirst && shown == log.entries.end()) {
            before = name;
            continue;
        }
        if (isFirst)
            before = shown->second.second;
        const auto [known, isNew] = log.entries.try_emplace(name, entry, before);
        if (!isNew && known->second.first != entry)
            violated(u"%1 holds '%2' as entry %3 of epoch %4/%5, which is '%6' elsewhere"_s
                         .arg(text(node.key), text(entry.message))
                         .arg(entry.id)
                         .arg(its.number)
                         .arg(its.start)
                         .arg(text(known->second.first.message)));
        if (!isNew && known->second.second != before)
            violated(
                u"%1 holds entry %2 of epoch %3/%4 behind another one than elsewhere"_s.arg(text(node.key))
                    .arg(entry.id)
                    .arg(its.number)
                    .arg(its.start));
        before = name;
        if (++messages[entry.message] > m_sent[entry.message])
            violated(
                u"%1 holds '%2' %3 times, it was sent %4 times"_s.arg(text(node.key), text(entry.message))
                    .arg(messages[entry.message])
                    .arg(m_sent[entry.message]));
        if (!entry.key.isEmpty()) {
            const auto [it, first] = runs.try_emplace(entry.key, entry.id, entry.id);
            auto &run = it->second;
            if (!first && run.second + 1 != entry.id) {
                // If the first entry of a key is trimmed, a repeat is a new message.
                if (run.first > log.firstId)
                    violated(u"%1 holds key '%2' at entry %3 and again at %4"_s
                                 .arg(text(node.key), text(entry.key))
                                 .arg(run.second)
                                 .arg(entry.id));
                run.first = entry.id;
            }
            run.second = entry.id;
        }
    }
    if (node.master) {
        for (const auto &[id, entry] : log.answered) {
            if (!holds(node.store->entries(), entry)) {
                violated(u"%1 lost entry %2, which was answered"_s.arg(text(node.key)).arg(id));
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
        violated(u"%1 shows entries up to %2, its store ends at %3"_s.arg(text(node.key))
                     .arg(visible.durableId())
                     .arg(log.size()));
    if (visible.committedId() > visible.durableId())
        violated(u"%1 has committed up to %2, it shows entries up to %3"_s.arg(text(node.key))
                     .arg(visible.committedId())
                     .arg(visible.durableId()));
    if (!m_violation.isEmpty())
        return;

    quint64 &before = m_committedOf[node.key];
    if (visible.committedId() < before)
        violated(u"the committed id of %1 went back from %2 to %3"_s.arg(text(node.key))
                     .arg(before)
                     .arg(visible.committedId()));
    quint64 &judged = m_judgedRevisions[node.key];
    if (visible.committedId() == before && judged == node.store->revision())
        return;
    judged = node.store->revision();
    History &history = historyOf(node, visible.committedId());
    for (quint64 id = 1; id <= visible.committedId(); ++id) {
        const Entry &entry = log[id - 1];
        if (isGivenUp(entry) || id < visible.firstId())
            continue;
        const auto [known, isNew] = history.try_emplace(id, entry);
        if (!isNew && known->second != entry)
            violated(u"entry %1 is committed as '%2' of epoch %3 and, on %4, as '%5' of epoch %6"_s.arg(id)
                         .arg(text(known->second.message))
                         .arg(known->second.epoch)
                         .arg(text(node.key), text(entry.message))
                         .arg(entry.epoch));
        if (isNew && node.master && !node.master->appender().isReleased(id)) {
            if (const int nodes = holders(node.logId(), entry); nodes < static_cast<int>(entry.w))
                violated(u"entry %1 is committed with w %2 and %3 nodes hold it durably"_s.arg(id)
                             .arg(entry.w)
                             .arg(nodes));
        }
    }
    before = visible.committedId();
    const quint64 masterCommitted = m_logs[node.logId()].masterCommitted;
    if (visible.committedId() > masterCommitted)
        violated(u"%1 has committed up to %2, no master has reached more than %3"_s.arg(text(node.key))
                     .arg(visible.committedId())
                     .arg(masterCommitted));
}

// The history of which the node shows a part; if there is none, the expected one.
ClusterInvariants::History &ClusterInvariants::historyOf(const SimulatedCluster::Node &node,
                                                         quint64 committedId)
{
    std::vector<History> &histories = m_logs[node.logId()].histories;
    if (!node.master) {
        const Entries &log = node.store->entries();
        // Logs that agree at an entry agree before it, as checkLog() ensures: comparing the last entry is
        // enough. Entries that were trimmed as soon as they were committed are in no history.
        quint64 last = committedId;
        while (last > 0 && isGivenUp(log[last - 1]))
            --last;
        for (History &history : histories) {
            const auto known = history.find(last);
            if (last > 0 && known != history.end() && known->second == log[last - 1])
                return history;
        }
    }
    return histories.back();
}

void ClusterInvariants::checkFirst(const SimulatedCluster::Node &node)
{
    const VisibleLog &visible = *node.visible();
    const quint64 first = visible.firstId();
    auto &[start, before] = m_firstOf[node.key];
    if (std::exchange(start, node.starts) != node.starts)
        before = 1;
    if (first == before)
        return;
    if (first < before)
        violated(u"the first id of %1 went back from %2 to %3"_s.arg(text(node.key)).arg(before).arg(first));
    // A base that was just taken becomes visible before its consequences.
    if (node.master && first > visible.committedId() + 1)
        violated(u"%1 begins with entry %2, it has committed up to %3"_s.arg(text(node.key))
                     .arg(first)
                     .arg(visible.committedId()));
    before = first;
    if (!node.serving || m_cluster.config().master.retention.force)
        return;
    for (const auto &[name, member] : node.master->members().members()) {
        if (member.replicator->ackedId() == 0)
            continue; // the node came when that entry was trimmed
        if (!everHeld(member.nodeId, node.logId(), first - 1))
            violated(
                u"%1 gave up what its member %2 lacks, it begins with %3"_s.arg(text(node.key), text(name))
                    .arg(first));
    }
}

bool ClusterInvariants::everHeld(const Id128 &nodeId, const Id128 &logId, quint64 id) const
{
    for (const auto &[key, node] : m_cluster.nodes()) {
        if (node.nodeId() == nodeId && node.logId() == logId && node.store->entries().size() >= id)
            return true;
    }
    return std::any_of(m_earlier.begin(), m_earlier.end(), [&](const Earlier &earlier) {
        return earlier.nodeId == nodeId && earlier.logId == logId && earlier.entries.size() >= id;
    });
}

void ClusterInvariants::checkFenced(const SimulatedCluster::Node &node)
{
    const MasterLog &own = node.master->log();
    const Log &log = m_logs[own.logId()];
    const QHash<QByteArray, QByteArray> meta = node.store->state().meta;
    const quint64 leadsFrom = meta.value("leads-from").toULongLong();
    const bool isStale = std::any_of(log.epochs.begin(), log.epochs.end(), [&](const auto &seen) {
        const bool isOwn = meta.value("led/" + QByteArray::number(seen.first)).toULongLong() == seen.second;
        return seen.first > own.epoch().number || (seen.first >= leadsFrom && !isOwn);
    });
    // Entries appended in the same turn still go into its log.
    const quint64 end = m_endWhenFenced.at(node.key);
    const bool isShort = log.committed > end;
    const bool mayBeEmptied = !node.master->members().wasEverAcked() &&
                              std::any_of(m_logs.begin(), m_logs.end(), [&](const auto &other) {
                                  return other.first != own.logId() && other.second.committed > end;
                              });
    // Entries of an earlier master that the backup lacks, committed or not.
    const quint64 restoredTo = node.store->state().restoredTo;
    const auto outgrewBackup = [&](const Id128 &nodeId, const Id128 &logId, const Entries &entries) {
        return logId == own.logId() && nodeId != node.nodeId() && entries.size() > restoredTo;
    };
    const bool isOutgrown =
        restoredTo > 0 &&
        (std::any_of(m_cluster.nodes().begin(), m_cluster.nodes().end(),
                     [&](const auto &each) {
                         const SimulatedCluster::Node &other = each.second;
                         return outgrewBackup(other.nodeId(), other.logId(), other.store->entries());
                     }) ||
         std::any_of(m_earlier.begin(), m_earlier.end(), [&](const Earlier &earlier) {
             return outgrewBackup(earlier.nodeId, earlier.logId, earlier.entries);
         }));
    if (!isStale && !isShort && !mayBeEmptied && !isOutgrown)
        violated(u"%1 is fenced and nothing speaks against it: %2"_s.arg(text(node.key),
                                                                         node.master->modeReason()));
}

int ClusterInvariants::holders(const Id128 &logId, const Entry &entry) const
{
    std::set<Id128> nodes;
    for (const auto &[key, node] : m_cluster.nodes()) {
        if (holds(node.store->entries(), entry) && node.logId() == logId)
            nodes.insert(node.nodeId());
    }
    // An ack outlives its disk until the node's next answer, and concerns satisfied by it stay satisfied.
    for (const Earlier &earlier : m_earlier) {
        if (earlier.logId == logId && holds(earlier.entries, entry))
            nodes.insert(earlier.nodeId);
    }
    return static_cast<int>(nodes.size());
}

void ClusterInvariants::violated(const QString &what)
{
    if (m_violation.isEmpty())
        m_violation = what;
}

} // namespace replog
