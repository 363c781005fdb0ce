// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/scenario/scenario.h"

#include "shared/log/replicatecodec.h"

using namespace Qt::StringLiterals;

namespace replog {

namespace {

QByteArray number(quint64 value)
{
    return QByteArray::number(value);
}

SimulatedCluster::Config scenarioConfig()
{
    SimulatedCluster::Config config;
    // Multiples of 100 ms keep histories readable; the jitter depends on the seed.
    config.master.replication.retry.baseMs = 100;
    config.master.replication.retry.maxMs = 1000;
    return config;
}

QByteArray describe(const MemoryNetwork::Message &message)
{
    using Kind = MemoryNetwork::Message::Kind;
    QByteArray text = message.from + "->" + message.to + " ";
    switch (message.kind) {
    case Kind::Request: {
        const auto request = decodeReplicate(message.body, WireForm::Cbor);
        if (!request)
            return text + "not a request";
        if (request->firstId > 1)
            text += "first " + number(request->firstId) + ", ";
        if (request->base)
            text +=
                "base " + number(request->base->at.id) + "/" + number(request->base->at.epoch.number) + ", ";
        text += "epoch " + number(request->epoch.number) + ", after " + number(request->prev.id) + "/" +
                number(request->prev.epoch.number);
        if (!request->entries.empty())
            text += ", entries " + number(request->entries.front().id) + ".." +
                    number(request->entries.back().id);
        return text + ", committed " + number(request->committedId);
    }
    case Kind::Answer: {
        const auto answer = decodeAnswer(message.status, message.contentType, message.body);
        text += "answer " + number(static_cast<quint64>(message.status));
        if (answer && message.status != 500)
            text += ", last " + number(answer->node.last.id) + "/" + number(answer->node.last.epoch.number) +
                    ", committed " + number(answer->node.committedId);
        return text;
    }
    case Kind::Register:
        return text + "register, last " + number(message.registration.node.last.id) + "/" +
               number(message.registration.node.last.epoch.number) + ", committed " +
               number(message.registration.node.committedId);
    case Kind::Registered:
        return text + (message.outcome ? "registered" : "not registered");
    }
    Q_UNREACHABLE();
}

} // namespace

Scenario::Scenario() : m_cluster(scenarioConfig()), m_invariants(m_cluster)
{
    connect(&m_cluster, &SimulatedCluster::happened, this, &Scenario::tell);
    connect(&m_cluster, &SimulatedCluster::turned, this, &Scenario::check);
}

QString Scenario::run(const QString &text)
{
    QStringList out;
    bool skipping = false; // while reading the expected output
    for (const QString &line : text.split(u'\n')) {
        if (skipping) {
            if (!line.isEmpty())
                continue;
            skipping = false;
        } else if (line == "----"_L1) {
            out.append(line);
            out.append(std::exchange(m_told, {}));
            skipping = true;
            continue;
        } else if (!line.isEmpty() && !line.startsWith(u'#')) {
            execute(line);
        }
        out.append(line);
    }
    return out.join(u'\n');
}

void Scenario::execute(const QString &line)
{
    QStringList words = line.split(u' ', Qt::SkipEmptyParts);
    const QString command = words.takeFirst();
    const QByteArray name = words.isEmpty() ? QByteArray() : words.front().toUtf8();
    if (command == "config"_L1) {
        configure(words);
    } else if (command == "start"_L1) {
        start(words, false);
    } else if (command == "promote"_L1) {
        start(words, true);
    } else if (command == "foreign"_L1) {
        m_cluster.startForeign(name, words.value(1).toInt(), words.mid(2).join(u' ').toUtf8());
    } else if (command == "foreign-gone"_L1) {
        m_cluster.stopForeign(name);
    } else if (command == "master"_L1) {
        m_master = name;
    } else if (command == "crash"_L1) {
        const bool machine = words.size() > 1;
        m_cluster.crash(name, machine ? MemoryLogStore::Crash::Machine : MemoryLogStore::Crash::Process);
        if (machine)
            m_invariants.handleMachineCrash(name);
    } else if (command == "wipe"_L1) {
        m_cluster.wipe(name);
    } else if (command == "copy"_L1) {
        m_copies[words.value(1)] = m_cluster.copyDisk(name);
    } else if (command == "put-back"_L1) {
        m_cluster.putBack(name, m_copies.value(words.value(1)));
    } else if (command == "fail-disk"_L1) {
        m_cluster.node(name).store->fail({Errc::Io, u"no space left on device"_s});
    } else if (command == "send"_L1) {
        send(words);
    } else if (command == "run"_L1) {
        if (!m_cluster.run(name.toLongLong()))
            tell("it never comes to rest");
    } else if (command == "advance"_L1) {
        m_cluster.scheduler().advance(name.toLongLong());
    } else if (command == "sync"_L1) {
        SimulatedCluster::Node &node = m_cluster.node(name);
        node.store->sync(words.size() > 1 ? words[1].toULongLong() : node.store->unsyncedCount());
    } else if (command == "reads"_L1) {
        m_cluster.node(name).store->answerReads(words.size() > 1 ? words[1].toULongLong() : ~size_t(0));
    } else if (command == "release"_L1) {
        const quint64 id = name.toULongLong();
        if (!master().master->appender().release(id, id, [](const Result<quint64> &) {}))
            tell("no such wait");
    } else if (command == "retry"_L1) {
        master().master->members().retryNow(name);
    } else if (command == "forget"_L1) {
        master().master->members().forget(name, [](const Result<void> &) {});
    } else if (command == "promises-given-up"_L1) {
        m_invariants.forgetPromises();
    } else if (command == "expect-divergence"_L1) {
        m_invariants.expectDivergence(name);
    } else if (command == "show"_L1) {
        show(words);
    } else if (command == "digest"_L1) {
        showDigests(words);
    } else if (command == "log"_L1) {
        showLog(words);
    } else if (command == "members"_L1) {
        showMembers();
    } else if (command == "messages"_L1) {
        showMessages();
    } else if (command == "waits"_L1) {
        showWaits();
    } else {
        move(command, words);
    }
    m_cluster.scheduler().advance(0);
    check();
}

// start|promote NODE [of MASTER] [name=NAME] [at=ADDRESS] [advertise=ADDRESS] [new-log]
void Scenario::start(const QStringList &words, bool promote)
{
    const QByteArray node = words.value(0).toUtf8();
    SimulatedCluster::Told told;
    QByteArray follows;
    for (qsizetype i = 1; i < words.size(); ++i) {
        const QString &word = words[i];
        const QByteArray value = word.section(u'=', 1).toUtf8();
        if (word == "of"_L1)
            follows = words.value(++i).toUtf8();
        else if (word == "new-log"_L1)
            told.newLog = true;
        else if (word.startsWith("name="_L1))
            told.name = value;
        else if (word.startsWith("at="_L1))
            told.address = value;
        else if (word.startsWith("advertise="_L1))
            told.advertise = value;
        else
            tell("unknown word " + word.toUtf8());
    }
    if (!promote && (!follows.isEmpty() || node.startsWith('s'))) {
        m_cluster.startSecondary(node, follows.isEmpty() ? m_master : follows, told);
    } else {
        m_master = node;
        m_cluster.startMaster(node, promote, told);
    }
}

void Scenario::configure(const QStringList &words)
{
    SimulatedCluster::Config &config = m_cluster.config();
    for (const QString &word : words) {
        const QString name = word.section(u'=', 0, 0);
        const int value = word.section(u'=', 1).toInt();
        if (name == "retry-limit"_L1)
            config.master.replication.retry.limit = value;
        else if (name == "quorum-append"_L1)
            config.master.quorumAppend = true;
        else if (name == "batch"_L1)
            config.master.replication.batchBytes = value;
        else if (name == "probe"_L1)
            config.master.replication.probeBytes = value;
        else if (name == "ahead"_L1)
            config.replica.aheadBytes = value;
        else if (name == "retain-bytes"_L1)
            config.master.retention.bytes = static_cast<quint64>(value);
        else if (name == "retain-age"_L1)
            config.master.retention.ageMs = static_cast<quint64>(value);
        else if (name == "retain-force"_L1)
            config.master.retention.force = true;
        else if (name == "attempt-timeout"_L1)
            m_cluster.network().setAttemptMs(value);
        else if (name == "heartbeat"_L1)
            config.master.replication.heartbeatMs = value;
        else if (name == "max-nodes"_L1)
            config.master.maxNodes = value;
        else if (name == "max-waits"_L1)
            config.master.append.maxWaits = value;
        else
            tell("unknown setting " + name.toUtf8());
    }
}

void Scenario::send(const QStringList &words)
{
    AppendRequest request;
    QByteArray to = m_master;
    for (const QString &word : words) {
        const QString value = word.section(u'=', 1);
        if (word == "w=majority"_L1)
            request.concern.asked = Asked::Majority;
        else if (word == "w=all"_L1)
            request.concern.asked = Asked::All;
        else if (word.startsWith("w="_L1))
            request.concern = {Asked::Number, value.toUInt()};
        else if (word.startsWith("key="_L1))
            request.key = value.toUtf8();
        else if (word.startsWith("timeout="_L1))
            request.timeoutMs = value.toLongLong();
        else if (word.startsWith("to="_L1))
            to = value.toUtf8();
        else
            request.messages.push_back(word.toUtf8());
    }
    if (!m_cluster.node(to).serving) {
        tell(to + " does not serve");
        return;
    }
    m_invariants.handleSubmitted(to, request);
    m_cluster.submit(to, std::move(request));
}

// deliver|drop|duplicate|delay|fail-before|fail-after FROM->TO [which, from 1, or all]; reset FROM->TO;
// latency FROM->TO MS
void Scenario::move(const QString &how, const QStringList &words)
{
    const QStringList ends = words.value(0).split("->"_L1);
    if (ends.size() != 2) {
        tell("unknown command " + how.toUtf8());
        return;
    }
    const QByteArray from = ends[0].toUtf8();
    const QByteArray to = ends[1].toUtf8();
    MemoryNetwork &network = m_cluster.network();
    if (how == "reset"_L1) {
        network.reset(from, to);
        return;
    }
    if (how == "latency"_L1) {
        network.setLatency(from, to, words.value(1).toLongLong());
        return;
    }
    const bool all = words.value(1) == "all"_L1;
    int which = all || words.size() < 2 ? 1 : words[1].toInt();
    int left = all ? static_cast<int>(network.messages().size()) : 1;
    bool found = false;
    for (size_t at = 0; at < network.messages().size() && left > 0;) {
        const auto &message = network.messages()[at];
        if (message.from != from || message.to != to || (!all && --which > 0)) {
            ++at;
            continue;
        }
        found = true;
        --left;
        if (how == "deliver"_L1)
            network.deliver(at);
        else if (how == "drop"_L1)
            network.drop(at);
        else if (how == "duplicate"_L1)
            network.duplicate(at);
        else if (how == "delay"_L1)
            network.delay(at);
        else if (how == "fail-before"_L1)
            network.failBefore(at);
        else if (how == "fail-after"_L1)
            network.failAfter(at);
        else
            tell("unknown command " + how.toUtf8());
    }
    if (!found)
        tell("no such message");
}

// A node's messages, with the id of the last trimmed one before them and a bar behind the last committed one.
void Scenario::show(const QStringList &names)
{
    for (const QString &each : names) {
        const SimulatedCluster::Node &node = m_cluster.node(each.toUtf8());
        QByteArray line = node.key + ":";
        if (const VisibleLog *const visible = node.visible()) {
            const Entries &entries = node.store->entries();
            const quint64 before = visible->firstId() - 1;
            if (before > 0)
                line += " [" + number(before) + "]";
            for (quint64 id = before; id <= visible->durableId(); ++id) {
                if (id > before)
                    line += " " + entries[id - 1].message;
                if (id == visible->committedId())
                    line += " |";
            }
        } else {
            line += " down";
        }
        tell(line);
    }
}

// The content of a node's disk: id/epoch and message of each entry.
void Scenario::showLog(const QStringList &names)
{
    for (const QString &each : names) {
        const SimulatedCluster::Node &node = m_cluster.node(each.toUtf8());
        QByteArray line = node.key + ":";
        for (const Entry &entry : node.store->entries()) {
            if (entry.epoch == 0)
                continue; // trimmed
            line += " " + number(entry.id) + "/" + number(entry.epoch) + " " + entry.message;
        }
        tell(line);
    }
}

// The digests of the nodes' disks, and whether they are equal.
void Scenario::showDigests(const QStringList &names)
{
    QByteArray first;
    bool same = true;
    QByteArray line;
    for (const QString &each : names) {
        const SimulatedCluster::Node &node = m_cluster.node(each.toUtf8());
        const QByteArray digest = node.store->digestNow();
        if (first.isEmpty())
            first = digest;
        same = same && digest == first;
        line += (line.isEmpty() ? "" : ", ") + node.key + " up to " + number(node.store->state().last.id);
    }
    tell(line + (same ? ": the same digest" : ": digests differ"));
}

void Scenario::showMembers()
{
    const MasterNode &node = *master().master;
    tell(m_master + ": " + node.modeWord());
    for (const auto &[name, member] : master().master->members().members()) {
        const Replicator &replicator = *member.replicator;
        const Replicator::Counters &counters = replicator.counters();
        QByteArray line = name + ": " + replicator.healthWord() + ", acked " + number(replicator.ackedId()) +
                          ", attempts " + number(counters.attempts) + ", retries " +
                          number(counters.retries) + ", failures " +
                          number(static_cast<quint64>(counters.consecutiveFailures));
        if (replicator.hasRecentError())
            line += ", last error: " + counters.lastError.toUtf8();
        tell(line);
    }
    if (const QString why = node.retainedBy(); !why.isEmpty())
        tell("retained: " + why.toUtf8());
    for (const Refusal &refusal : master().master->admission().refused())
        tell("refused " + refusal.name + " at " + refusal.url.host().toUtf8() + ", " + number(refusal.times) +
             " times: " + refusal.reason.toUtf8());
}

void Scenario::showMessages()
{
    for (const MemoryNetwork::Message &message : m_cluster.network().messages())
        tell(describe(message));
}

void Scenario::showWaits()
{
    const ConcernTracker &concerns = master().master->concerns();
    for (const ConcernTracker::Pending &pending : concerns.oldestPending(100))
        tell("entry " + number(pending.id) + ": " + number(static_cast<quint64>(concerns.acks(pending.id))) +
             " of " + number(pending.w));
}

// Replaces ids of nodes and logs by readable names: <s1>, <log of m>.
void Scenario::tell(QByteArray line)
{
    for (const auto &[key, node] : m_cluster.nodes()) {
        const QByteArray shown = '<' + key + '>';
        if (!node.nodeId().isNull())
            line.replace(node.nodeId().toHex(), shown);
        const MasterNode *const master = node.master.get();
        if (master && !m_logNames.contains(master->logId()))
            m_logNames.insert(master->logId(), "<log of " + key + ">");
    }
    for (auto it = m_logNames.cbegin(); it != m_logNames.cend(); ++it)
        line.replace(it.key().toHex(), it.value());
    m_told.append(QString::fromUtf8(line));
}

void Scenario::check()
{
    const QString &violation = m_invariants.check();
    if (violation.isEmpty() || !m_violation.isEmpty())
        return;
    m_violation = violation;
    tell("VIOLATED: " + violation.toUtf8());
}

} // namespace replog
