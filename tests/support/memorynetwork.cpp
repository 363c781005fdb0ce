// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/memorynetwork.h"

#include "shared/log/replicatecodec.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

MemoryTransport::MemoryTransport(MemoryNetwork &network, QByteArray owner)
    : m_network(network), m_owner(std::move(owner))
{
    m_network.m_transports.push_back(this);
}

MemoryTransport::~MemoryTransport()
{
    abort();
    std::erase(m_network.m_transports, this);
}

void MemoryTransport::send(quint64 ticket, const Delivery &delivery)
{
    m_timers.insert(ticket, m_network.scheduler().schedule(m_network.attemptMs(), [this, ticket] {
        bringFailure(ticket, u"no answer within %1 ms"_s.arg(m_network.attemptMs()));
    }));
    MemoryNetwork::Message message;
    message.from = m_owner;
    message.to = m_peer;
    message.transport = this;
    message.ticket = ticket;
    message.body = encodeDelivery(delivery);
    m_network.send(std::move(message));
}

void MemoryTransport::abort()
{
    for (const Scheduler::TimerId timer : std::exchange(m_timers, {}))
        m_network.scheduler().cancel(timer);
}

void MemoryTransport::bringAnswer(quint64 ticket, int status, const QByteArray &contentType,
                                  const QByteArray &body)
{
    if (!m_timers.contains(ticket))
        return;
    m_network.scheduler().cancel(m_timers.take(ticket));
    if (const auto answer = decodeAnswer(status, contentType, body))
        emit answered(ticket, *answer);
    else
        emit failed(ticket, answer.error());
}

void MemoryTransport::bringFailure(quint64 ticket, const QString &why)
{
    if (!m_timers.contains(ticket))
        return;
    m_network.scheduler().cancel(m_timers.take(ticket));
    emit failed(ticket, {Errc::Unavailable, why});
}

void MemoryTransport::reset()
{
    QList<quint64> tickets = m_timers.keys();
    std::sort(tickets.begin(), tickets.end());
    for (const quint64 ticket : std::as_const(tickets))
        bringFailure(ticket, u"the connection was reset"_s);
}

void MemoryNetwork::detach(const QByteArray &address)
{
    m_endpoints.remove(address);
    // Registrations of a dead node are dropped; deliveries of a dead master may still arrive.
    std::erase_if(m_messages, [&address](const Message &m) {
        return (m.kind == Message::Kind::Registered && m.to == address) ||
               (m.kind == Message::Kind::Answer && m.to == address);
    });
    for (Message &message : m_messages) {
        if (message.kind == Message::Kind::Register && message.from == address)
            message.registered = {};
    }
}

void MemoryNetwork::sendRegistration(const QByteArray &from, const QByteArray &to,
                                     const Registration &registration, Registered registered)
{
    Message message;
    message.kind = Message::Kind::Register;
    message.from = from;
    message.to = to;
    message.registration = registration;
    message.registered = std::move(registered);
    send(std::move(message));
}

std::optional<size_t> MemoryNetwork::arrived() const
{
    const auto first = std::find_if(m_messages.begin(), m_messages.end(), [this](const Message &message) {
        return message.dueMs <= m_scheduler.nowMs();
    });
    if (first == m_messages.end())
        return {};
    return static_cast<size_t>(first - m_messages.begin());
}

void MemoryNetwork::deliver(size_t at)
{
    Message message = take(at);
    const auto endpoint = m_endpoints.constFind(message.to);
    const bool up = endpoint != m_endpoints.cend();
    switch (message.kind) {
    case Message::Kind::Request: {
        if (!up) {
            if (message.transport)
                message.transport->bringFailure(message.ticket, u"connection refused"_s);
            return;
        }
        const auto replicate = endpoint->replicate;
        replicate(
            message.body, [this, message](int status, const QByteArray &contentType, const QByteArray &body) {
                Message answer;
                answer.kind = Message::Kind::Answer;
                answer.from = message.to;
                answer.to = message.from;
                answer.transport = message.transport;
                answer.ticket = message.ticket;
                answer.status = message.failAfter ? 500 : status;
                answer.contentType = message.failAfter ? "application/problem+json" : contentType;
                answer.body =
                    message.failAfter ? R"({"title":"Internal Server Error","detail":"told to fail"})" : body;
                send(std::move(answer));
            });
        return;
    }
    case Message::Kind::Answer:
        if (message.transport)
            message.transport->bringAnswer(message.ticket, message.status, message.contentType, message.body);
        return;
    case Message::Kind::Register: {
        const auto reply = [this, message](const Result<Id128> &outcome) {
            if (!message.registered)
                return;
            Message answer;
            answer.kind = Message::Kind::Registered;
            answer.from = message.to;
            answer.to = message.from;
            answer.outcome = outcome;
            answer.registered = message.registered;
            send(std::move(answer));
        };
        if (up && endpoint->registerNode) {
            const auto registerNode = endpoint->registerNode;
            registerNode(message.registration, reply);
        } else if (message.registered) {
            message.registered(Error{Errc::Unavailable, u"connection refused"_s});
        }
        return;
    }
    case Message::Kind::Registered:
        message.registered(message.outcome);
        return;
    }
}

void MemoryNetwork::drop(size_t at)
{
    const Message message = take(at);
    // The attempt timeout detects a lost request or answer; a registration has no timeout here.
    if (message.registered)
        message.registered(Error{Errc::Timeout, u"no answer"_s});
}

void MemoryNetwork::duplicate(size_t at)
{
    Message copy = m_messages[at];
    copy.registered = {};
    if (copy.kind != Message::Kind::Registered)
        send(std::move(copy));
}

void MemoryNetwork::delay(size_t at)
{
    m_messages.push_back(take(at));
}

void MemoryNetwork::failBefore(size_t at)
{
    const Message message = take(at);
    if (message.transport)
        message.transport->bringAnswer(message.ticket, 500, "application/problem+json",
                                       R"({"title":"Internal Server Error","detail":"told to fail"})");
}

void MemoryNetwork::failAfter(size_t at)
{
    m_messages[at].failAfter = true;
    deliver(at);
}

void MemoryNetwork::reset(const QByteArray &owner, const QByteArray &peer)
{
    const std::vector<MemoryTransport *> all = m_transports;
    for (MemoryTransport *const transport : all) {
        if (transport->owner() == owner && transport->peer() == peer)
            transport->reset();
    }
}

void MemoryNetwork::send(Message message)
{
    message.number = ++m_lastNumber;
    message.dueMs = m_scheduler.nowMs() + m_latencies.value({message.from, message.to});
    m_messages.push_back(std::move(message));
}

MemoryNetwork::Message MemoryNetwork::take(size_t at)
{
    Message message = std::move(m_messages[at]);
    m_messages.erase(m_messages.begin() + static_cast<std::ptrdiff_t>(at));
    return message;
}

} // namespace replog
