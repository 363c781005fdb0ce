// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/metrics.h"
#include "shared/http/httpserver.h"
#include "shared/node/nodeaccess.h"
#include "shared/node/readapi.h"
#include "shared/node/servicenotifier.h"
#include "shared/node/spacewatch.h"
#include "shared/node/statusfeed.h"
#include "shared/node/tracefeed.h"
#include "shared/store/rockslogstore.h"

#include <QJsonArray>
#include <QObject>

#include <functional>

namespace replog {

// What master and secondary both serve: reads, status, health and metrics on one HTTP server; also stops that
// server and the store. Everything handed in must outlive it.
class NodeServer : public QObject
{
    Q_OBJECT
public:
    struct Parts
    {
        View defaultView = View::All;
        VisibleLog &log;
        RocksLogStore &store;
        Scheduler &scheduler;
        NodeAccess &access;
        WaitRoom &room;
        StatusFeed::Build status;
        TraceFeed::Connect trace;
        std::function<bool()> healthy; // GET /health: 200 while it is, else 503
        // GET /health shows these to those who may read: [{name, health}]. Empty on a secondary.
        std::function<QJsonArray()> members = {};
        QString dataDir = {};
        MinFree minFree = {};
    };

    NodeServer(const HttpLimits &limits, const Parts &parts, QObject *parent = nullptr);

    // For the node's own routes; add them before hold().
    HttpServer &http() { return m_http; }
    MetricsRegistry &metrics() { return m_metrics; }
    ReadApi &reads() { return m_reads; }
    StatusFeed &status() { return m_status; }
    SpaceWatch &space() { return m_space; }

    // Takes the port; who connects waits until serve().
    Result<void> hold(const QHostAddress &host, quint16 port);
    // After hold(). Returns the URL under which others reach the server.
    QString serve();
    // Reads tokens and certificates again; if a file is unusable, logs that and changes nothing.
    void reloadAccess();
    // Ends long polls and streams, lets open answers go out, then syncs and closes the store. closed()
    // follows.
    void shutDown();

signals:
    void closed(const replog::Result<void> &result);

private:
    void addProcessRoutes(const Parts &parts);
    void declareMetrics(const VisibleLog &log);
    void noteFailedHandshake(const QHostAddress &peer, const QString &why);

    RocksLogStore &m_store;
    NodeAccess &m_access;
    Scheduler &m_scheduler;
    std::optional<qint64> m_handshakeNotedMs;
    QHostAddress m_host;
    MetricsRegistry m_metrics;
    const int m_wantedConnections;
    HttpServer m_http;
    ReadApi m_reads;
    SpaceWatch m_space; // before m_status, which shows it
    StatusFeed m_status;
    TraceFeed m_trace;
    ServiceNotifier m_notifier;
};

} // namespace replog
