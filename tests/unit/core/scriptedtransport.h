// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/peertransport.h"

#include <vector>

namespace replog {

// Node and log of the answers in these suites, unless a test gives others.
inline constexpr Id128 ScriptedNode{1, 1};
inline constexpr Id128 ScriptedInstance{2, 1};
inline constexpr Id128 ScriptedLogId{7, 7};

// An answer from that node.
inline ReplicateAnswer scriptedAnswer(ReplicateAnswer::Kind kind, const Position &last, quint64 committedId,
                                      const Epoch &epoch = 1, const QByteArray &text = {})
{
    return {kind,
            {ScriptedNode, "s1", ScriptedInstance, ScriptedLogId, WireVersion, epoch, last, committedId},
            text,
            {}};
}

// Records deliveries; the test answers them.
class ScriptedTransport final : public PeerTransport
{
    Q_OBJECT
public:
    struct Sent
    {
        quint64 ticket;
        Delivery delivery;
    };

    void setUrl(const QUrl &to) override { url = to; }
    void send(quint64 ticket, const Delivery &delivery) override { sent.push_back({ticket, delivery}); }
    void abort() override { ++aborts; }

    const Delivery &last() const { return sent.back().delivery; }
    void accept(Position at, quint64 committedId = 0) { accept(sent.back().ticket, at, committedId); }
    void accept(quint64 ticket, Position at, quint64 committedId)
    {
        answer(ticket, scriptedAnswer(ReplicateAnswer::Kind::Accepted, at, committedId));
    }
    void answer(quint64 ticket, const ReplicateAnswer &given) { emit answered(ticket, given); }
    void answer(const ReplicateAnswer &given) { answer(sent.back().ticket, given); }
    void fail(Errc code = Errc::Unavailable)
    {
        emit failed(sent.back().ticket, {code, QStringLiteral("refused")});
    }

    QUrl url;
    std::vector<Sent> sent;
    int aborts = 0;
};

} // namespace replog
