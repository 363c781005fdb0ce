// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masterservice.h"

#include "master/httppeertransport.h"
#include "master/masteroptions.h"
#include "master/masterstatus.h"
#include "shared/base/log.h"
#include "shared/node/nodeoptions.h"
#include "shared/node/processapi.h"

#include <QJsonObject>

#include <algorithm>
#include <random>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
Q_LOGGING_CATEGORY(lcMaster, "replog.master")
Q_LOGGING_CATEGORY(lcReplication, "replog.replication")
constexpr int ShutdownGraceMs = 5000;
}

MasterService::MasterService(QObject *parent) : QObject(parent), m_random(std::random_device()()) {}

MasterService::~MasterService() = default;

Result<void> MasterService::start(const Options &options)
{
    const auto config = masterConfig(options);
    const auto parserConfig = appendParserConfig(options);
    const auto host = hostOf(options);
    if (!config || !parserConfig)
        return config ? parserConfig.error() : config.error();
    if (!host)
        return host.error();
    m_host = *host;
    m_port = static_cast<quint16>(options.number(u"port"_s));
    m_startedMs = m_scheduler.nowMs();

    RocksLogStore::OpenOptions storeOptions;
    storeOptions.dataDir = options.text(u"data"_s);
    storeOptions.role = "master";
    storeOptions.name = config->name;
    storeOptions.promote = options.flag(u"promote"_s);
    auto store = RocksLogStore::open(storeOptions);
    if (!store)
        return store.error();
    m_store = std::move(*store);

    const int attemptMs = static_cast<int>(options.number(u"attempt-timeout"_s));
    m_node = std::make_unique<MasterNode>(*config, *m_store, m_store->state(),
                                          [attemptMs] { return std::make_unique<HttpPeerTransport>(attemptMs); },
                                          m_scheduler, m_random);
    m_server = std::make_unique<HttpServer>(httpLimitsOf(options));
    m_reads = std::make_unique<ReadApi>(ReadApi::View::All, m_node->log().visible(), *m_store, m_scheduler);
    m_status = std::make_unique<StatusFeed>(
        [this] {
            const qint64 now = m_scheduler.nowMs();
            return masterStatus(*m_node, now, now - m_startedMs);
        },
        m_scheduler);
    m_api = std::make_unique<MasterApi>(*m_node, *m_store, *parserConfig, m_metrics);
    m_api->addRoutes(*m_server);
    m_reads->addRoutes(*m_server);
    m_status->addRoutes(*m_server);
    addProcessRoutes(*m_server, m_metrics, [this] { return m_node->mode() != MasterNode::Mode::Failed; });
    declareMetrics();
    connectLog();
    connectStatus();
    connect(m_node.get(), &MasterNode::started, this, &MasterService::serve);
    connect(m_node.get(), &MasterNode::failed, this, &MasterService::failed);
    m_node->start();
    return {};
}

void MasterService::shutDown()
{
    if (std::exchange(m_shuttingDown, true))
        return;
    qCInfo(lcMaster) << "shutting down";
    m_node->shutDown();
    m_reads->shutDown();
    m_status->shutDown();
    connect(m_server.get(), &HttpServer::drained, this, [this] {
        const Result<void> closed = m_store->close();
        if (closed)
            emit finished();
        else
            emit failed(closed.error());
    });
    m_server->shutdown(ShutdownGraceMs);
}

void MasterService::serve()
{
    const auto listens = m_server->listen(m_host, m_port);
    if (listens)
        emit listening(m_node->name(), urlOf(m_host, m_server->port()));
    else
        emit failed(listens.error());
}

void MasterService::connectLog()
{
    connect(m_node.get(), &MasterNode::modeChanged, this, [this](MasterNode::Mode, const QString &reason) {
        qCWarning(lcMaster).noquote() << "mode" << m_node->modeWord() << logField(u"reason", reason);
    });
    const Membership *members = &m_node->members();
    connect(members, &Membership::memberAdded, this, [](const QByteArray &node) {
        qCInfo(lcReplication).noquote() << "member" << logField(u"node", QString::fromUtf8(node));
    });
    connect(members, &Membership::memberRemoved, this, [](const QByteArray &node) {
        qCInfo(lcReplication).noquote() << "member forgotten" << logField(u"node", QString::fromUtf8(node));
    });
    connect(members, &Membership::healthChanged, this, [](const QByteArray &node, const QByteArray &health) {
        qCInfo(lcReplication).noquote() << "health" << QString::fromUtf8(health) << logField(u"node", QString::fromUtf8(node));
    });
    connect(members, &Membership::failedAttempt, this, [](const QByteArray &node, const QString &error, int failures) {
        // The first, and each hundredth: a node that is down for a day must not fill the disk.
        if (failures == 1 || failures % 100 == 0)
            qCWarning(lcReplication).noquote() << "delivery failed" << logField(u"node", QString::fromUtf8(node))
                                               << logField(u"failures", failures) << logField(u"error", error);
    });
    connect(members, &Membership::recovered, this, [](const QByteArray &node, int failures) {
        qCInfo(lcReplication).noquote() << "recovered" << logField(u"node", QString::fromUtf8(node))
                                        << logField(u"failures", failures);
    });
}

void MasterService::connectStatus()
{
    const auto changed = [this] { m_status->markChanged(); };
    const Membership *members = &m_node->members();
    connect(&m_node->log().visible(), &VisibleLog::durableChanged, m_status.get(), changed);
    connect(&m_node->log().visible(), &VisibleLog::committedChanged, m_status.get(), changed);
    connect(&m_node->appender(), &Appender::appended, m_status.get(), changed);
    connect(&m_node->concerns(), &ConcernTracker::satisfied, m_status.get(), changed);
    connect(m_node.get(), &MasterNode::modeChanged, m_status.get(), changed);
    connect(members, &Membership::acked, m_status.get(), changed);
    connect(members, &Membership::memberAdded, m_status.get(), changed);
    connect(members, &Membership::memberRemoved, m_status.get(), changed);
    connect(members, &Membership::healthChanged, m_status.get(), changed);
    connect(members, &Membership::failedAttempt, m_status.get(), changed);
    connect(members, &Membership::recovered, m_status.get(), changed);
}

void MasterService::declareMetrics()
{
    using Emit = MetricsRegistry::Emit;
    const auto idOf = [](quint64 id) { return static_cast<double>(id); };
    m_metrics.gauge("replog_last_id", "Last entry held durably.", [this, idOf] { return idOf(m_node->log().visible().durableId()); });
    m_metrics.gauge("replog_committed_id", "Last committed entry.", [this, idOf] { return idOf(m_node->log().committedId()); });
    m_metrics.gauge("replog_epoch", "Epoch of this run.", [this, idOf] { return idOf(m_node->log().epoch()); });
    m_metrics.gauge("replog_writable", "1 while appends are taken.",
                    [this] { return m_node->mode() == MasterNode::Mode::ReadWrite ? 1.0 : 0.0; });
    m_metrics.gauge("replog_pending_concerns", "Entries whose write concern is not reached.",
                    [this, idOf] { return idOf(m_node->concerns().pendingCount()); });
    m_metrics.gauge("replog_waiting_clients", "Clients that wait for a write concern.",
                    [this] { return static_cast<double>(m_node->waiters().count()); });
    m_metrics.gauge("replog_undurable_bytes", "Bytes handed to the store and not synced yet.",
                    [this] { return static_cast<double>(m_node->log().undurableBytes()); });
    m_metrics.gauge("replog_http_connections", "Open HTTP connections.", [this] { return static_cast<double>(m_server->connectionCount()); });
    m_metrics.counter("replog_http_requests_total", "HTTP requests.", [this] { return static_cast<double>(m_server->requestCount()); });

    const auto perNode = [this](auto value) {
        return [this, value](const Emit &emitSample) {
            for (const auto &[name, member] : m_node->members().members())
                emitSample({{"node", name}}, value(*member.replicator));
        };
    };
    m_metrics.gauges("replog_node_acked_id", "Last entry that a secondary has acked.",
                     perNode([](const Replicator &r) { return static_cast<double>(r.ackedId()); }));
    m_metrics.gauges("replog_node_lag_entries", "Entries that a secondary is behind.", perNode([this](const Replicator &r) {
                         const quint64 last = m_node->log().visible().durableId();
                         return static_cast<double>(last - std::min(last, r.ackedId()));
                     }));
    m_metrics.gauges("replog_node_healthy", "1 while a secondary is healthy.",
                     perNode([](const Replicator &r) { return r.healthWord() == "healthy" ? 1.0 : 0.0; }));
    m_metrics.gauges("replog_node_consecutive_failures", "Failed deliveries to a secondary in a row.",
                     perNode([](const Replicator &r) { return static_cast<double>(r.counters().consecutiveFailures); }));
    m_metrics.counters("replog_node_attempts_total", "Deliveries sent to a secondary.",
                       perNode([](const Replicator &r) { return static_cast<double>(r.counters().attempts); }));
    m_metrics.counters("replog_node_retries_total", "Deliveries sent to a secondary because one had failed.",
                       perNode([](const Replicator &r) { return static_cast<double>(r.counters().retries); }));
}

} // namespace replog
