// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secondary/faultinjector.h"
#include "secondary/replicalog.h"
#include "shared/base/metrics.h"
#include "shared/base/scheduler.h"
#include "shared/http/httpserver.h"
#include "shared/log/replicatecodec.h"
#include "shared/node/messageapi.h"
#include "shared/node/readapi.h"

#include <QObject>
#include <QUrl>

#include <deque>
#include <memory>
#include <vector>

namespace replog {

// As status and `/api/v1/faults` tell them.
QJsonObject toJson(const Faults &faults);

// The secondary's part of the HTTP API: deliveries from the master (through the fault injection), one
// message, and redirecting appends to the master.
class SecondaryApi : public QObject
{
    Q_OBJECT
public:
    SecondaryApi(ReplicaLog &log, ReadApi &reads, WaitRoom &room, FaultInjector &faults, const QUrl &master,
                 Scheduler &scheduler, MetricsRegistry &metrics, QObject *parent = nullptr);

    // `withFaults`: also the calls that set the faults.
    void addRoutes(HttpServer &server, bool withFaults);
    // Why the master does not take this node in; empty: it does, or has not answered yet. An append is led to
    // no master that refuses this node, since it may lead another log.
    void setRefusal(const QString &why) { m_refusal = why; }

signals:
    void faultsChanged();
    void deliveryHead(); // the head of a delivery was admitted
    // A delivery came in whole; it was answered, or will never be. Each Begun is followed by one Ended.
    void deliveryBegun();
    void deliveryEnded();
    // A delivery came; no entries: last is first - 1.
    void delivered(quint64 first, quint64 last);
    void answered(const replog::ReplicateAnswer &answer);

private:
    void handleReplicate(HttpRequest &&request, Reply reply);
    std::shared_ptr<void> beginDelivery();
    void takeDelivery(const HttpRequest &request, Reply reply, const std::shared_ptr<void> &underWay);
    void takeDelayed();
    void answerReplicate(Reply reply, const ReplicateAnswer &answer, WireForm form);
    MessageApi::Concerns concerns();
    void handleSetFaults(const HttpRequest &request, Reply reply);
    void redirect(const HttpRequest &request, Reply reply);
    QByteArray faultsText() const;

    ReplicaLog &m_log;
    ReadApi &m_reads;
    WaitRoom &m_room;
    FaultInjector &m_faults;
    const QUrl m_master;
    QString m_refusal;
    Scheduler &m_scheduler;
    MessageApi m_messages;
    Counter &m_deliveries;
    Counter &m_entries;
    Counter &m_injected;
    using UnderWay = std::shared_ptr<void>; // while somebody has it, a delivery is under way
    struct Delayed
    {
        HttpRequest request;
        Reply reply;
        UnderWay underWay;
    };
    std::deque<std::shared_ptr<Delayed>> m_delayed; // each is taken up by a timer of its own, in this order
    std::vector<std::shared_ptr<Reply>> m_dropped;  // never answered, until the master hangs up
};

} // namespace replog
