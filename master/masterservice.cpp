// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masterservice.h"

#include "master/httppeertransport.h"
#include "master/masterconfig.h"
#include "master/masterstatus.h"
#include "master/mastertrace.h"
#include "shared/base/log.h"
#include "shared/node/backupapi.h"
#include "shared/node/nodeoptions.h"

#include <QJsonObject>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
Q_LOGGING_CATEGORY(lcMaster, "replog.master")
Q_LOGGING_CATEGORY(lcReplication, "replog.replication")
} // namespace

MasterService::MasterService(QObject *parent) : QObject(parent) {}

MasterService::~MasterService() = default;

Result<void> MasterService::start(const Options &options)
{
    auto config = masterConfig(options);
    const auto host = hostOf(options);
    if (!config)
        return config.error();
    if (!host)
        return host.error();
    const auto backupDir = backupDirOf(options);
    if (!backupDir)
        return backupDir.error();
    auto access = NodeAccess::load(options, *host);
    if (!access)
        return access.error();
    m_access = std::make_unique<NodeAccess>(std::move(*access));
    m_startedMs = m_scheduler.nowMs();

    RocksLogStore::OpenOptions storeOptions;
    storeOptions.dataDir = options.text(u"data"_s);
    storeOptions.role = "master";
    storeOptions.name = config->name;
    storeOptions.commitDelay = true;
    storeOptions.restoreFrom = options.text(u"restore"_s);
    storeOptions.promote = options.flag(u"promote"_s);
    auto store = RocksLogStore::open(storeOptions);
    if (!store)
        return store.error();
    m_store = std::move(*store);

    config->nodeId = m_store->state().nodeId;
    const int attemptMs = static_cast<int>(options.number(u"attempt-timeout"_s));
    m_node = std::make_unique<MasterNode>(
        *config, *m_store, m_store->state(),
        [this, attemptMs] {
            return std::make_unique<HttpPeerTransport>(attemptMs, m_access->credentials(), m_scheduler);
        },
        m_scheduler, m_random);
    const auto status = [this] {
        const qint64 now = m_scheduler.nowMs();
        return masterStatus(*m_node, now, now - m_startedMs);
    };
    m_server = std::make_unique<NodeServer>(
        httpLimitsOf(options),
        NodeServer::Parts{
            View::All, m_node->log().visible(), *m_store, m_scheduler, *m_access, m_node->appender().room(),
            status,
            [this](QObject *watched, TraceFeed &trace) { connectMasterTrace(*m_node, watched, trace); },
            [this] { return m_node->mode() != MasterNode::Mode::Failed; },
            [this] { return masterHealth(*m_node); }, storeOptions.dataDir, minFreeOf(options)});
    m_api = std::make_unique<MasterApi>(*m_node, m_server->reads(), appendParserConfig(options),
                                        m_server->metrics(), m_access->policy());
    m_api->addRoutes(m_server->http());
    addBackupRoute(m_server->http(), *m_store, *backupDir);
    const auto judgeSpace = [this] { m_node->setLowOnSpace(m_server->space().lowReason()); };
    connect(&m_server->space(), &SpaceWatch::lowChanged, m_node.get(), judgeSpace);
    judgeSpace();
    declareMetrics();
    connectLog();
    connectStatus();
    connect(m_node.get(), &MasterNode::started, this,
            [this] { emit listening(m_node->name(), m_server->serve()); });
    connect(m_node.get(), &MasterNode::failed, this, &MasterService::failed);
    // A start raises the epoch for good: one that cannot serve must not.
    const auto held = m_server->hold(*host, static_cast<quint16>(options.number(u"port"_s)));
    if (!held)
        return held.error();
    m_node->start();
    return {};
}

void MasterService::shutDown()
{
    if (std::exchange(m_shuttingDown, true))
        return;
    qCInfo(lcMaster) << "shutting down";
    m_node->shutDown();
    connect(m_server.get(), &NodeServer::closed, this, [this](const Result<void> &closed) {
        if (closed)
            emit finished();
        else
            emit failed(closed.error());
    });
    m_server->shutDown();
}

void MasterService::reload()
{
    m_server->reloadAccess();
}

void MasterService::connectLog()
{
    connect(m_node.get(), &MasterNode::modeChanged, this, [this](MasterNode::Mode, const QString &reason) {
        qCWarning(lcMaster).noquote() << "mode" << m_node->modeWord() << logField(u"reason", reason);
    });
    connect(&m_node->trimmer(), &LogTrimmer::failed, this, [](const Error &error) {
        qCWarning(lcMaster).noquote()
            << "cannot tell what is past its limits" << logField(u"error", error.text);
    });
    const Membership *members = &m_node->members();
    connect(members, &Membership::memberAdded, this, [](const QByteArray &node) {
        qCInfo(lcReplication).noquote() << "member" << logField(u"node", QString::fromUtf8(node));
    });
    connect(members, &Membership::memberMoved, this, [](const QByteArray &node, const QUrl &url) {
        qCInfo(lcReplication).noquote() << "member moved" << logField(u"node", QString::fromUtf8(node))
                                        << logField(u"url", url.toString());
    });
    connect(members, &Membership::memberRenamed, this, [](const QByteArray &before, const QByteArray &node) {
        qCInfo(lcReplication).noquote() << "member renamed" << logField(u"node", QString::fromUtf8(node))
                                        << logField(u"before", QString::fromUtf8(before));
    });
    connect(members, &Membership::memberReplaced, this, [](const QByteArray &node) {
        qCWarning(lcReplication).noquote()
            << "another node took the name of one that is gone, whose acks count no more"
            << logField(u"node", QString::fromUtf8(node));
    });
    connect(&m_node->admission(), &Admission::refusedNode, this, [](const Refusal &refusal) {
        // The node asks again every few seconds: log the first and each hundredth refusal.
        if (refusal.times == 1 || refusal.times % 100 == 0)
            qCWarning(lcReplication).noquote()
                << "node refused" << logField(u"node", QString::fromUtf8(refusal.name))
                << logField(u"url", refusal.url.toString()) << logField(u"times", refusal.times)
                << logField(u"reason", refusal.reason);
    });
    connect(members, &Membership::memberRemoved, this, [](const QByteArray &node) {
        qCInfo(lcReplication).noquote() << "member forgotten" << logField(u"node", QString::fromUtf8(node));
    });
    connect(members, &Membership::healthChanged, this, [](const QByteArray &node, NodeHealth health) {
        qCInfo(lcReplication).noquote()
            << "health" << QString::fromLatin1(toWord(health)) << logField(u"node", QString::fromUtf8(node));
    });
    connect(members, &Membership::failedAttempt, this,
            [](const QByteArray &node, const QString &error, int failures) {
                // Log the first and each hundredth: a node that is down for a day must not fill the disk.
                if (failures == 1 || failures % 100 == 0)
                    qCWarning(lcReplication).noquote()
                        << "delivery failed" << logField(u"node", QString::fromUtf8(node))
                        << logField(u"failures", failures) << logField(u"error", error);
            });
    connect(members, &Membership::recovered, this, [](const QByteArray &node, int failures) {
        qCInfo(lcReplication).noquote()
            << "recovered" << logField(u"node", QString::fromUtf8(node)) << logField(u"failures", failures);
    });
}

void MasterService::connectStatus()
{
    StatusFeed *const feed = &m_server->status();
    const auto changed = [feed] { feed->markChanged(); };
    const Membership *members = &m_node->members();
    connect(&m_node->appender(), &Appender::appended, feed, changed);
    connect(&m_node->concerns(), &ConcernTracker::satisfied, feed, changed);
    connect(&m_node->waiters(), &Waiters::clientsChanged, feed, changed);
    connect(m_node.get(), &MasterNode::modeChanged, feed, changed);
    connect(members, &Membership::acked, feed, changed);
    connect(members, &Membership::memberAdded, feed, changed);
    connect(members, &Membership::memberRemoved, feed, changed);
    connect(members, &Membership::memberMoved, feed, changed);
    connect(members, &Membership::memberRenamed, feed, changed);
    connect(members, &Membership::memberReplaced, feed, changed);
    connect(&m_node->admission(), &Admission::refusedNode, feed, changed);
    connect(&m_node->log().visible(), &VisibleLog::firstChanged, feed, changed);
    connect(&m_node->trimmer().retention(), &Retention::heldBackChanged, feed, changed);
    connect(members, &Membership::healthChanged, feed, changed);
    connect(members, &Membership::failedAttempt, feed, changed);
    connect(members, &Membership::recovered, feed, changed);
}

void MasterService::declareMetrics()
{
    using Emit = MetricsRegistry::Emit;
    MetricsRegistry &metrics = m_server->metrics();
    const auto idOf = [](quint64 id) { return static_cast<double>(id); };
    metrics.gauge("replog_epoch", "Epoch of this run.",
                  [this, idOf] { return idOf(m_node->log().epoch().number); });
    metrics.gauge("replog_writable", "1 while appends are taken.",
                  [this] { return m_node->mode() == MasterNode::Mode::ReadWrite ? 1.0 : 0.0; });
    metrics.gauge("replog_pending_concerns", "Entries whose write concern is not reached.",
                  [this, idOf] { return idOf(m_node->appender().waitCount()); });
    metrics.gauge("replog_oldest_wait_seconds",
                  "How long the oldest entry below its write concern has waited; 0 if there is none.",
                  [this] {
                      const auto oldest = m_node->appender().oldestWaits(1);
                      return oldest.empty()
                                 ? 0.0
                                 : static_cast<double>(m_scheduler.nowMs() - oldest.front().sinceMs) / 1000;
                  });
    metrics.gauge("replog_waiting_clients", "Clients that wait for a write concern.",
                  [this] { return static_cast<double>(m_node->waiters().count()); });
    metrics.gauge("replog_undurable_bytes", "Bytes handed to the store and not synced yet.",
                  [this] { return static_cast<double>(m_node->log().undurableBytes()); });

    metrics.gauge("replog_retention_held_back",
                  "1 while entries beyond the limits stay, as a member lacks them or they are not committed.",
                  [this] { return m_node->retainedBy().isEmpty() ? 0.0 : 1.0; });

    const auto perNode = [this](auto value) {
        return [this, value](const Emit &emitSample) {
            for (const auto &[name, member] : m_node->members().members())
                emitSample({{"node", name}}, value(*member.replicator));
        };
    };
    metrics.gauges("replog_node_acked_id", "Last entry that a secondary has acked.",
                   perNode([](const Replicator &r) { return static_cast<double>(r.ackedId()); }));
    metrics.gauges("replog_node_lag_entries", "Entries that a secondary is behind.",
                   perNode([this](const Replicator &r) {
                       const quint64 last = m_node->log().visible().durableId();
                       return static_cast<double>(last - std::min(last, r.ackedId()));
                   }));
    metrics.gauges("replog_node_lag_seconds",
                   "How long the first entry that a secondary has not acked has been durable on the master.",
                   perNode([this](const Replicator &r) {
                       const qint64 ms = m_node->durableTimes().lagMs(r.ackedId(), m_scheduler.nowMs());
                       return static_cast<double>(ms) / 1000;
                   }));
    metrics.gauges("replog_node_healthy", "1 while a secondary is healthy.", perNode([](const Replicator &r) {
                       return r.nodeHealth() == NodeHealth::Healthy ? 1.0 : 0.0;
                   }));
    metrics.gauges("replog_node_health", "1 for the word that a secondary's health has now.",
                   [this](const Emit &emitSample) {
                       for (const auto &[name, member] : m_node->members().members())
                           emitSample({{"node", name}, {"health", member.replicator->healthWord()}}, 1.0);
                   });
    metrics.counters(
        "replog_refused_registrations_total", "Registrations of nodes that were not taken in.",
        [this, idOf](const Emit &emitSample) { emitSample({}, idOf(m_node->admission().refusals())); });
    metrics.gauges(
        "replog_node_consecutive_failures", "Failed deliveries to a secondary in a row.",
        perNode([](const Replicator &r) { return static_cast<double>(r.counters().consecutiveFailures); }));
    metrics.counters("replog_node_attempts_total", "Deliveries sent to a secondary.",
                     perNode([](const Replicator &r) { return static_cast<double>(r.counters().attempts); }));
    metrics.counters("replog_node_retries_total", "Deliveries sent to a secondary because one had failed.",
                     perNode([](const Replicator &r) { return static_cast<double>(r.counters().retries); }));
}

} // namespace replog
