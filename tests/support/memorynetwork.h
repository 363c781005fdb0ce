// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/membership.h"
#include "master/peertransport.h"
#include "shared/base/scheduler.h"

#include <QHash>
#include <QPointer>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace replog {

class MemoryNetwork;

// A PeerTransport whose messages wait in a MemoryNetwork until the test delivers or drops them. Its address
// is a URL of the form mem://NODE.
class MemoryTransport final : public PeerTransport
{
    Q_OBJECT
public:
    MemoryTransport(MemoryNetwork &network, QByteArray owner);
    ~MemoryTransport() override;

    void setUrl(const QUrl &url) override { m_peer = url.host().toUtf8(); }
    void send(quint64 ticket, const Delivery &delivery) override;
    void abort() override;

    const QByteArray &owner() const { return m_owner; }
    const QByteArray &peer() const { return m_peer; }

    // An answer from the network. Answers to tickets from before an abort, and repeated answers, are ignored.
    void bringAnswer(quint64 ticket, int status, const QByteArray &contentType, const QByteArray &body);
    void bringFailure(quint64 ticket, const QString &why);
    // The connection breaks: all open requests fail.
    void reset();
    int openTickets() const { return static_cast<int>(m_timers.size()); }

private:
    MemoryNetwork &m_network;
    const QByteArray m_owner;
    QByteArray m_peer;
    QHash<quint64, Scheduler::TimerId> m_timers; // open tickets and their attempt timeouts
};

// Messages between addresses, encoded as on the wire, in the order of sending. The test moves each of them.
class MemoryNetwork
{
public:
    using Registered = std::function<void(const Result<Id128> &)>; // success: the id of the master's log

    struct Message
    {
        enum class Kind { Request, Answer, Register, Registered };

        quint64 number = 0;
        Kind kind = Kind::Request;
        QByteArray from;
        QByteArray to;
        QPointer<MemoryTransport> transport; // of a request: gets its answer
        quint64 ticket = 0;
        qint64 dueMs = 0; // earliest arrival, on the scheduler's clock
        int status = 0;
        QByteArray contentType;
        QByteArray body;
        Registration registration;
        Registered registered;           // of a registration: callback of the secondary
        Result<Id128> outcome = Id128(); // its argument
        bool failAfter = false;          // its answer is replaced by a 500
    };
    // How a node handles messages. `answer` may be called later, or never.
    struct Endpoint
    {
        using Answer = std::function<void(int status, const QByteArray &contentType, const QByteArray &body)>;
        std::function<void(const QByteArray &body, Answer answer)> replicate;
        std::function<void(const Registration &, Registered done)> registerNode;
    };

    explicit MemoryNetwork(Scheduler &scheduler, qint64 attemptMs = 2000)
        : m_scheduler(scheduler), m_attemptMs(attemptMs)
    {
    }

    // An address is up while something is attached to it.
    void attach(const QByteArray &address, Endpoint endpoint)
    {
        m_endpoints.insert(address, std::move(endpoint));
    }
    void detach(const QByteArray &address);
    bool isTaken(const QByteArray &address) const { return m_endpoints.contains(address); }
    std::unique_ptr<PeerTransport> makeTransport(const QByteArray &owner)
    {
        return std::make_unique<MemoryTransport>(*this, owner);
    }
    // `registered` is called once with the result, unless the message is dropped with its node.
    void sendRegistration(const QByteArray &from, const QByteArray &to, const Registration &registration,
                          Registered registered);

    // Latency of messages sent from now on.
    void setLatency(const QByteArray &from, const QByteArray &to, qint64 ms) { m_latencies[{from, to}] = ms; }
    // Attempt timeout of deliveries sent from now on.
    void setAttemptMs(qint64 ms) { m_attemptMs = ms; }

    const std::deque<Message> &messages() const { return m_messages; }
    // The index of the first message that is due; null if none is.
    std::optional<size_t> arrived() const;
    // Each acts on one message, by its index in messages().
    void deliver(size_t at);
    void drop(size_t at);
    void duplicate(size_t at); // adds a copy at the end
    void delay(size_t at);     // moves it to the end
    void rewrite(size_t at, const QByteArray &body) { m_messages[at].body = body; }
    void failBefore(size_t at); // a request: answered with 500, not delivered
    void failAfter(size_t at);  // a request: delivered, answered with 500
    // Breaks the connection from `owner` to `peer`: requests sent before may still arrive, their answers do
    // not.
    void reset(const QByteArray &owner, const QByteArray &peer);

    Scheduler &scheduler() { return m_scheduler; }
    qint64 attemptMs() const { return m_attemptMs; }

private:
    friend class MemoryTransport;

    void send(Message message);
    Message take(size_t at);

    Scheduler &m_scheduler;
    qint64 m_attemptMs;
    QHash<std::pair<QByteArray, QByteArray>, qint64> m_latencies; // by both addresses
    std::deque<Message> m_messages;
    QHash<QByteArray, Endpoint> m_endpoints;
    std::vector<MemoryTransport *> m_transports;
    quint64 m_lastNumber = 0;
};

} // namespace replog
