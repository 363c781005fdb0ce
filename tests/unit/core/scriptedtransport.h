// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/peertransport.h"

#include <vector>

namespace replog {

// An answer of a node that stands there.
inline ReplicateAnswer answerOf(ReplicateAnswer::Kind kind, const Position &last, quint64 committedId,
                                const QByteArray &text = {}, quint64 epoch = 1)
{
    ReplicateAnswer answer;
    answer.kind = kind;
    answer.node.last = last;
    answer.node.committedId = committedId;
    answer.node.epoch = epoch;
    answer.text = text;
    return answer;
}

// Deliveries as they were sent; the test answers them.
class ScriptedTransport final : public PeerTransport
{
    Q_OBJECT
public:
    struct Sent
    {
        quint64 ticket;
        Delivery delivery;
    };

    void setUrl(const QUrl &) override {}
    void send(quint64 ticket, const Delivery &delivery) override { sent.push_back({ticket, delivery}); }
    void abort() override { ++aborts; }

    const Delivery &last() const { return sent.back().delivery; }
    void accept(Position at, quint64 committedId = 0) { accept(sent.back().ticket, at, committedId); }
    void accept(quint64 ticket, Position at, quint64 committedId)
    {
        answer(ticket, answerOf(ReplicateAnswer::Kind::Accepted, at, committedId));
    }
    void answer(quint64 ticket, const ReplicateAnswer &given) { emit answered(ticket, given); }
    void answer(const ReplicateAnswer &given) { answer(sent.back().ticket, given); }
    void fail() { emit failed(sent.back().ticket, {Errc::Unavailable, QStringLiteral("refused")}); }

    std::vector<Sent> sent;
    int aborts = 0;
};

} // namespace replog
