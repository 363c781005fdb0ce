// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secondary/faultinjector.h"
#include "secondary/replicalog.h"
#include "shared/base/metrics.h"
#include "shared/base/scheduler.h"
#include "shared/http/httpserver.h"
#include "shared/log/replicatecodec.h"
#include "shared/node/readapi.h"

#include <QObject>
#include <QUrl>

#include <deque>
#include <memory>
#include <vector>

namespace replog {

// The secondary's part of the HTTP API: deliveries from the master (through the fault injection), one
// message, and the way to the master for appends.
class SecondaryApi : public QObject
{
    Q_OBJECT
public:
    SecondaryApi(ReplicaLog &log, LogStore &store, const ReadApi &reads, FaultInjector &faults,
                 const QUrl &master, Scheduler &scheduler, MetricsRegistry &metrics,
                 QObject *parent = nullptr);

    // `withFaults`: also the calls that set the faults.
    void addRoutes(HttpServer &server, bool withFaults);

signals:
    void faultsChanged();

private:
    void handleReplicate(HttpRequest &&request, Reply reply);
    void takeDelivery(const HttpRequest &request, Reply reply);
    void takeDelayed();
    void answerReplicate(Reply reply, const ReplicateAnswer &answer, WireForm form);
    void handleMessage(const HttpRequest &request, Reply reply);
    void handleSetFaults(const HttpRequest &request, Reply reply);
    void redirect(const HttpRequest &request, Reply reply);
    QByteArray faultsJson() const;

    ReplicaLog &m_log;
    LogStore &m_store;
    const ReadApi &m_reads;
    FaultInjector &m_faults;
    const QUrl m_master;
    Scheduler &m_scheduler;
    Counter &m_deliveries;
    Counter &m_entries;
    Counter &m_injected;
    struct Delayed
    {
        HttpRequest request;
        Reply reply;
    };
    std::deque<Delayed> m_delayed;                 // each is taken up by a timer of its own, in this order
    std::vector<std::shared_ptr<Reply>> m_dropped; // never answered, until the master hangs up
};

} // namespace replog
