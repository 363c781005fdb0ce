// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/channel.h"

#include <QList>

#include <algorithm>
#include <cstring>

namespace replog {

// A channel without a network: the test provides what the client sends and reads what the client gets.
class MemoryChannel final : public Channel
{
public:
    ~MemoryChannel() override
    {
        if (left != nullptr)
            *left = sent + kept;
    }
    void setReading(bool isOn) override { isReading = isOn; }
    qsizetype read(char *to, qsizetype room) override
    {
        const qsizetype count = std::min(room, incoming.size());
        std::memcpy(to, incoming.constData(), std::size_t(count));
        incoming.remove(0, count);
        return count;
    }
    End end() const override { return incoming.isEmpty() ? ahead : End::None; }
    End endAhead() const override { return ahead; }
    void write(const QByteArray &first, const QByteArray &second = {}, const QByteArray &third = {}) override
    {
        (isTaking ? sent : kept) += first + second + third;
        for (const QByteArray *part : {&first, &second, &third})
            shared.append(*part);
    }
    qsizetype pending() const override { return kept.size(); }
    void shutdown() override { isShutDown = true; }
    void close() override
    {
        isClosed = true;
        kept.clear();
    }
    bool isTls() const override { return false; }

    QByteArray *left = nullptr; // gets the sent bytes at the end

    // Actions of the client.
    void receive(const QByteArray &bytes)
    {
        incoming += bytes;
        if (isReading)
            tellReadable();
    }
    void endWith(End how)
    {
        ahead = how;
        if (isReading)
            tellReadable();
    }

    QByteArray incoming;
    QByteArray sent;
    QByteArray kept;          // sent bytes that the client does not read
    QList<QByteArray> shared; // the same as it was given, without a copy
    bool isTaking = true;     // whether the client reads
    bool isReading = true;
    bool isShutDown = false;
    bool isClosed = false;
    End ahead = End::None;
};

} // namespace replog
