// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/nodeserver.h"

#include "shared/base/log.h"
#include "shared/node/nodeoptions.h"
#include "shared/node/processmetrics.h"
#include "shared/node/queryargs.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLoggingCategory>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
Q_LOGGING_CATEGORY(lcHttp, "replog.http")
constexpr qint64 HandshakeNoteMs = 60'000;
constexpr int ShutdownGraceMs = 5000; // longer than a master waits for its store

// resources/openapi.yaml, which is compiled into the program.
QByteArray apiDescription()
{
    QFile file(u":/api/openapi.yaml"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}
} // namespace

NodeServer::NodeServer(const HttpLimits &limits, const Parts &parts, QObject *parent)
    : QObject(parent), m_store(parts.store), m_access(parts.access), m_scheduler(parts.scheduler),
      m_wantedConnections(limits.connections), m_http(parts.scheduler, limits),
      m_reads(parts.defaultView, parts.log, parts.store, parts.room, parts.scheduler),
      m_space(
          parts.minFree,
          [&store = parts.store](SpaceWatch::Measured done) { store.measure(std::move(done)); },
          parts.scheduler),
      m_status(
          [this, build = parts.status, &access = parts.access] {
              QJsonObject status = build();
              m_space.addTo(status);
              status[u"insecure"_s] = access.isInsecure();
              return status;
          },
          parts.room, parts.scheduler),
      m_trace(parts.trace, parts.room, parts.scheduler),
      m_notifier(parts.scheduler,
                 [this](std::function<void()> answered) { m_store.probeWriter(std::move(answered)); })
{
    m_http.setGate(
        [&policy = parts.access.policy()](const GateRequest &request) { return policy.check(request); });
    m_reads.addRoutes(m_http);
    m_status.addRoutes(m_http);
    m_trace.addRoutes(m_http);
    addProcessRoutes(parts);
    declareMetrics(parts.log);
    m_space.declareMetrics(m_metrics);
    m_space.start(measureSpace(parts.dataDir));
    connect(&m_space, &SpaceWatch::lowChanged, &m_status, &StatusFeed::markChanged);
    connect(&m_space, &SpaceWatch::lowChanged, this, [this](bool isLow) {
        if (isLow)
            qCWarning(lcHttp).noquote() << m_space.lowReason();
        else
            qCInfo(lcHttp) << "there is room on the disk again";
    });
    connect(&m_store, &LogStore::stalled, this, [this] { m_notifier.setWriterWaits(true); });
    connect(&m_store, &LogStore::resumed, this, [this] { m_notifier.setWriterWaits(false); });
    connect(&parts.log, &VisibleLog::durableChanged, &m_status, &StatusFeed::markChanged);
    connect(&parts.log, &VisibleLog::committedChanged, &m_status, &StatusFeed::markChanged);
    connect(&m_http, &HttpServer::handshakeFailed, this, &NodeServer::noteFailedHandshake);
    connect(&m_http, &HttpServer::drained, this, [this] { emit closed(m_store.close()); });
}

Result<void> NodeServer::hold(const QHostAddress &host, quint16 port)
{
    const std::optional<QSslConfiguration> &tls = m_access.tls().server();
    if (tls)
        m_http.setTls(*tls);
    if (const auto listens = m_http.listen(host, port); !listens)
        return listens.error();
    m_http.pauseAccepting();
    m_host = host;
    return {};
}

QString NodeServer::serve()
{
    if (m_http.connectionLimit() < m_wantedConnections)
        qCWarning(lcHttp).noquote() << "descriptors suffice for fewer connections than asked for"
                                    << logField(u"connections", m_http.connectionLimit())
                                    << logField(u"asked", m_wantedConnections);
    m_http.resumeAccepting();
    const QString url = urlOf(m_host, m_http.port(), m_access.tls().server().has_value());
    m_notifier.ready(u"listening on "_s + url);
    return url;
}

// A line a minute at most: anybody who reaches the port can make a handshake fail.
void NodeServer::noteFailedHandshake(const QHostAddress &peer, const QString &why)
{
    const qint64 nowMs = m_scheduler.nowMs();
    if (m_handshakeNotedMs && nowMs - *m_handshakeNotedMs < HandshakeNoteMs)
        return;
    m_handshakeNotedMs = nowMs;
    qCWarning(lcHttp).noquote() << "a TLS handshake failed" << logField(u"peer", peer.toString())
                                << logField(u"error", why) << logField(u"failed", m_http.failedHandshakes());
}

void NodeServer::reloadAccess()
{
    if (m_access.reload() && m_access.tls().server())
        m_http.setTls(*m_access.tls().server());
}

void NodeServer::shutDown()
{
    m_notifier.stopping();
    m_reads.shutDown();
    m_status.shutDown();
    m_trace.shutDown();
    m_http.shutdown(ShutdownGraceMs);
}

void NodeServer::addProcessRoutes(const Parts &parts)
{
    const auto health = [this, healthy = parts.healthy, members = parts.members](const HttpRequest &request,
                                                                                 Reply reply) {
        if (!healthy()) {
            reply.sendProblem({Errc::Unavailable, u"the store failed"_s});
            return;
        }
        QJsonObject document{{u"status"_s, u"ok"_s}};
        if (members && m_access.policy().allows(Right::Read, request.headers))
            document[u"nodes"_s] = members();
        reply.sendJson(200, QJsonDocument(document).toJson(QJsonDocument::Compact));
    };
    m_http.route({HttpMethod::Get, "/health"}, withoutParameters(health));
    m_http.route({HttpMethod::Get, "/metrics", Lane::Qt, Right::Read},
                 withoutParameters([this](HttpRequest &&, Reply reply) {
                     reply.send(200, MetricsRegistry::contentType(), m_metrics.text());
                 }));
    m_http.route({HttpMethod::Get, "/api/v1/openapi.yaml", Lane::Qt, Right::None},
                 withoutParameters([description = apiDescription()](HttpRequest &&, Reply reply) {
                     reply.send(200, "application/yaml", description);
                 }));
}

void NodeServer::declareMetrics(const VisibleLog &log)
{
    declareProcessMetrics(m_metrics, m_scheduler);
    m_metrics.gauges("replog_build_info", "1, labelled with what this node was built from.",
                     [](const MetricsRegistry::Emit &emitSample) {
                         emitSample({{"version", REPLOG_VERSION}, {"qt", qVersion()}}, 1);
                     });
    m_metrics.counter("replog_log_lines_lost_total", "Lines of this process' log that nobody read.",
                      [] { return static_cast<double>(logLinesLost()); });
    m_metrics.gauge("replog_last_id", "Last entry held durably.",
                    [&log] { return static_cast<double>(log.durableId()); });
    m_metrics.gauge("replog_first_id", "Oldest entry kept.",
                    [&log] { return static_cast<double>(log.firstId()); });
    m_metrics.gauge("replog_committed_id", "Last committed entry.",
                    [&log] { return static_cast<double>(log.committedId()); });
    Histogram &syncSeconds =
        m_metrics.histogram("replog_store_sync_seconds", "Time to write and sync a group of entries.",
                            Histogram::latencyBounds());
    Histogram &groupEntries =
        m_metrics.histogram("replog_store_group_entries", "Entries written with one sync.",
                            {1, 4, 16, 64, 256, 1024, 4096, 16384, 65536});
    connect(&m_store, &RocksLogStore::groupSynced, this,
            [&syncSeconds, &groupEntries](qint64 entries, double seconds) {
                syncSeconds.observe(seconds);
                groupEntries.observe(static_cast<double>(entries));
            });
    m_metrics.gauge("replog_http_connections", "Open HTTP connections.",
                    [this] { return static_cast<double>(m_http.connectionCount()); });
    m_metrics.counter("replog_http_refused_connections_total", "Connections beyond a limit.",
                      [this] { return static_cast<double>(m_http.refusedConnections()); });
    m_metrics.counter("replog_tls_handshakes_failed_total",
                      "Clients that TLS refused, or that refused this node's certificate.",
                      [this] { return static_cast<double>(m_http.failedHandshakes()); });
    m_metrics.gauge("replog_http_memory_bytes", "What clients make the node hold.",
                    [this] { return static_cast<double>(m_http.budget().used()); });
    m_metrics.counters("replog_http_errors_total", "Requests answered with an error, by status.",
                       [this](const MetricsRegistry::Emit &emitSample) {
                           for (const auto &[status, count] : m_http.errorAnswers())
                               emitSample({{"code", QByteArray::number(status)}}, static_cast<double>(count));
                       });
    m_metrics.counter("replog_http_requests_total", "HTTP requests.",
                      [this] { return static_cast<double>(m_http.requestCount()); });
}

} // namespace replog
