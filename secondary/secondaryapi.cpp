// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/secondaryapi.h"

#include "shared/http/problem.h"
#include "shared/log/jsondocument.h"
#include "shared/log/jsontext.h"
#include "shared/node/documentcall.h"
#include "shared/node/queryargs.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QPointer>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qint64 MaxDelayMs = 3600 * 1000;
// The largest message that a master can be told to take (64 MiB), and what goes with it.
constexpr qsizetype MaxDeliveryBytes = 65 * 1024 * 1024;
// The largest in JSON: reading it takes several times its size, and much longer than reading CBOR.
constexpr qsizetype MaxJsonDeliveryBytes = 8 * 1024 * 1024;
constexpr qsizetype SmallBodyBytes = 64 * 1024; // of PUT faults

Errc errcOf(ReplicateAnswer::Kind kind)
{
    using Kind = ReplicateAnswer::Kind;
    switch (kind) {
    case Kind::Mismatch:
        return Errc::Conflict;
    case Kind::Diverged:
        return Errc::Diverged;
    case Kind::StaleEpoch:
        return Errc::StaleEpoch;
    case Kind::Misdirected:
        return Errc::Misdirected;
    case Kind::RefusedWire:
    case Kind::Rejected:
        return Errc::InvalidArgument;
    case Kind::Accepted:
    case Kind::Unavailable:
        return Errc::Unavailable;
    }
    Q_UNREACHABLE();
}

} // namespace

SecondaryApi::SecondaryApi(ReplicaLog &log, ReadApi &reads, WaitRoom &room, FaultInjector &faults,
                           const QUrl &master, Scheduler &scheduler, MetricsRegistry &metrics,
                           QObject *parent)
    : QObject(parent), m_log(log), m_reads(reads), m_room(room), m_faults(faults), m_master(master),
      m_scheduler(scheduler), m_messages(reads, log.visible(), concerns()),
      m_deliveries(
          metrics.counter("replog_deliveries_total", "Deliveries from the master, heartbeats included.")),
      m_entries(metrics.counter("replog_delivered_entries_total",
                                "Entries in deliveries, repeated ones included.")),
      m_injected(metrics.counter("replog_injected_faults_total", "Deliveries that met an injected fault."))
{
}

void SecondaryApi::addRoutes(HttpServer &server, bool withFaults)
{
    server.route({HttpMethod::Post, "/internal/v1/replicate", Lane::Fast, Right::Cluster, MaxDeliveryBytes,
                  [this] { emit deliveryHead(); }},
                 [this](HttpRequest &&request, Reply reply) {
                     handleReplicate(std::move(request), std::move(reply));
                 });
    server.route({HttpMethod::Post, "/api/v1/messages", Lane::Fast, Right::Append},
                 [this](HttpRequest &&request, Reply reply) { redirect(request, std::move(reply)); });
    // A stream may have no end: its sender is told as it begins.
    server.routeStream({HttpMethod::Post, "/api/v1/messages", Lane::Fast, Right::Append},
                       "application/x-ndjson",
                       [this](HttpRequest &&request, const std::shared_ptr<BodyStream> &, Reply reply) {
                           redirect(request, std::move(reply));
                       });
    m_messages.addRoutes(server);
    if (!withFaults) {
        for (const HttpMethod method : {HttpMethod::Get, HttpMethod::Put}) {
            server.route(
                {method, "/api/v1/faults", Lane::Qt,
                 method == HttpMethod::Get ? Right::Read : Right::Operate},
                [](HttpRequest &&, Reply reply) {
                    reply.sendProblem({Errc::NotFound, u"this node was started without --enable-faults"_s});
                });
        }
        return;
    }
    server.route(
        {HttpMethod::Get, "/api/v1/faults", Lane::Qt, Right::Read},
        withoutParameters([this](HttpRequest &&, Reply reply) { reply.sendJson(200, faultsText()); }));
    server.route({HttpMethod::Put, "/api/v1/faults", Lane::Qt, Right::Operate, SmallBodyBytes},
                 withoutParameters(withJson([this](HttpRequest &&request, Reply reply) {
                     handleSetFaults(request, std::move(reply));
                 })));
}

void SecondaryApi::handleReplicate(HttpRequest &&request, Reply reply)
{
    m_deliveries.add();
    // After a delayed delivery all others are delayed, too, so that their order stays.
    const qint64 delayMs = m_faults.faults().delayMs;
    UnderWay underWay = beginDelivery();
    if (delayMs == 0 && m_delayed.empty()) {
        takeDelivery(request, std::move(reply), underWay);
        return;
    }
    // Of one whose sender hangs up nothing is kept but its place.
    const auto delayed = std::make_shared<Delayed>(Delayed{std::move(request), reply, std::move(underWay)});
    m_delayed.push_back(delayed);
    reply.onHangUp(this, [weak = std::weak_ptr(delayed)] {
        if (const auto gone = weak.lock())
            *gone = {};
    });
    m_scheduler.schedule(delayMs, [this, alive = QPointer<SecondaryApi>(this)] {
        if (alive)
            takeDelayed();
    });
}

std::shared_ptr<void> SecondaryApi::beginDelivery()
{
    emit deliveryBegun();
    return {this, [self = QPointer<SecondaryApi>(this)](void *) {
                if (self)
                    emit self->deliveryEnded();
            }};
}

void SecondaryApi::takeDelayed()
{
    const auto delayed = std::move(m_delayed.front());
    m_delayed.pop_front();
    if (delayed->reply.isOpen())
        takeDelivery(delayed->request, std::move(delayed->reply), delayed->underWay);
}

void SecondaryApi::takeDelivery(const HttpRequest &request, Reply reply, const UnderWay &underWay)
{
    const auto fate = m_faults.decide();
    if (fate != FaultInjector::Fate::Pass)
        m_injected.add();
    switch (fate) {
    case FaultInjector::Fate::Refuse:
        reply.sendProblem({Errc::Unavailable, u"fault injection: blocked"_s});
        return;
    case FaultInjector::Fate::FailBefore:
        reply.sendProblem({Errc::Io, u"fault injection: failed before storing"_s});
        return;
    case FaultInjector::Fate::Drop: {
        const auto dropped = std::make_shared<Reply>(std::move(reply));
        m_dropped.push_back(dropped);
        dropped->onHangUp(this, [this, weak = std::weak_ptr(dropped)] {
            std::erase_if(m_dropped, [gone = weak.lock()](const auto &each) { return each == gone; });
        });
        return;
    }
    case FaultInjector::Fate::FailAfter:
    case FaultInjector::Fate::Pass:
        break;
    }

    const bool isCbor = request.isOfType("application/cbor");
    if (const auto json = isCbor ? Result<void>() : checkJson(request); !json) {
        reply.sendProblem(json.error());
        return;
    }
    const WireForm form = isCbor ? WireForm::Cbor : WireForm::Json;
    if (const QueryArgs args(request, {}); args.error()) {
        answerReplicate(std::move(reply), m_log.rejection(*args.error()), form);
        return;
    }
    if (form == WireForm::Json && request.body.size() > MaxJsonDeliveryBytes) {
        reply.sendProblem(
            {Errc::TooLarge,
             u"a delivery in JSON is limited to %1 bytes; one in CBOR (application/cbor) may have %2"_s
                 .arg(MaxJsonDeliveryBytes)
                 .arg(MaxDeliveryBytes),
             u"body"_s});
        return;
    }
    Result<ReplicateRequest> delivery = decodeReplicate(request.body, form);
    if (!delivery) {
        const ReplicateAnswer refusal = m_log.rejection(delivery.error());
        answerReplicate(std::move(reply), refusal, form);
        return;
    }
    m_entries.add(delivery->entries.size());
    emit delivered(delivery->prev.id + 1, delivery->prev.id + delivery->entries.size());
    m_log.handleReplicate(std::move(*delivery),
                          [this, reply, form, fate, underWay](const ReplicateAnswer &answer) mutable {
                              emit answered(answer);
                              if (fate == FaultInjector::Fate::FailAfter)
                                  reply.sendProblem({Errc::Io, u"fault injection: failed after storing"_s});
                              else
                                  answerReplicate(std::move(reply), answer, form);
                          });
}

void SecondaryApi::answerReplicate(Reply reply, const ReplicateAnswer &answer, WireForm form)
{
    const bool accepted = answer.kind == ReplicateAnswer::Kind::Accepted;
    const int status = accepted ? 200 : httpStatus(errcOf(answer.kind));
    const QByteArrayView type = form == WireForm::Cbor ? "application/cbor"
                                : accepted             ? "application/json"
                                                       : "application/problem+json";
    HttpHeaders headers;
    if (status == 503)
        headers.emplaceBack("Retry-After", "1");
    reply.send(status, type, encodeAnswer(answer, form, status, httpReason(status)), headers);
}

MessageApi::Concerns SecondaryApi::concerns()
{
    MessageApi::Concerns concerns;
    concerns.appendFacts = [this](QByteArray &body, const Entry &entry) {
        body.append(",\"w\":");
        appendNumber(body, entry.w);
        body.append(m_log.visible().committedId() >= entry.id ? ",\"satisfied\":true"
                                                              : ",\"satisfied\":false");
    };
    concerns.watch = [this](quint64 id, qint64 waitMs,
                            MessageApi::Concerns::Done done) -> Result<std::function<void()>> {
        if (m_log.visible().committedId() >= id) {
            done({});
            return std::function<void()>([] {});
        }
        if (const auto room = m_room.forOther(); !room)
            return room.error();
        const auto handle =
            m_reads.waits().add(View::Committed, id, waitMs, [done = std::move(done)](ViewWaits::End end) {
                if (end == ViewWaits::End::ShuttingDown)
                    done(Error{Errc::Unavailable, u"the node is shutting down"_s});
                else
                    done({});
            });
        return std::function<void()>([this, weak = std::weak_ptr(handle)] {
            if (const auto gone = weak.lock())
                m_reads.waits().cancel(gone);
        });
    };
    return concerns;
}

void SecondaryApi::handleSetFaults(const HttpRequest &request, Reply reply)
{
    enum { DelayMs, FailBefore, FailAfter, Drop, Block };
    constexpr std::array<Field, 5> Fields{{{"delay_ms", false},
                                           {"fail_before", false},
                                           {"fail_after", false},
                                           {"drop", false},
                                           {"block", false}}};
    JsonDocument document(request.body);
    Faults faults = m_faults.faults();
    readObject(document, Fields, [&](size_t field) {
        switch (field) {
        case DelayMs:
            faults.delayMs = static_cast<qint64>(document.number(0, MaxDelayMs));
            return;
        case FailBefore:
            faults.failBefore = document.real(0, 1);
            return;
        case FailAfter:
            faults.failAfter = document.real(0, 1);
            return;
        case Drop:
            faults.drop = document.real(0, 1);
            return;
        case Block:
            faults.block = document.boolean();
            return;
        }
    });
    if (!document.finish()) {
        reply.sendProblem(document.error());
        return;
    }
    m_faults.setFaults(faults);
    emit faultsChanged();
    reply.sendJson(200, faultsText());
}

void SecondaryApi::redirect(const HttpRequest &request, Reply reply)
{
    if (!m_refusal.isEmpty()) {
        reply.sendProblem({Errc::Unavailable, u"the master refuses this node: %1"_s.arg(m_refusal)});
        return;
    }
    QUrl target = m_master;
    target.setPath(u"/api/v1/messages"_s);
    QByteArrayList query;
    for (const auto &[name, value] : request.query)
        query.append(name.toPercentEncoding() + '=' + value.toPercentEncoding());
    if (!query.isEmpty())
        target.setQuery(QString::fromLatin1(query.join('&')));
    const QByteArray location = target.toEncoded();
    QByteArray body = "{\"master\":";
    appendJsonString(body, location);
    body.append('}');
    reply.sendJson(307, body, {{"Location", location}});
}

QByteArray SecondaryApi::faultsText() const
{
    return QJsonDocument(toJson(m_faults.faults())).toJson(QJsonDocument::Compact);
}

QJsonObject toJson(const Faults &faults)
{
    return {{u"delay_ms"_s, faults.delayMs},
            {u"fail_before"_s, faults.failBefore},
            {u"fail_after"_s, faults.failAfter},
            {u"drop"_s, faults.drop},
            {u"block"_s, faults.block}};
}

} // namespace replog
