// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/logsource.h"
#include "tests/unit/core/scriptedtransport.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

namespace replog {

// A log with entries of 1 byte; the newest are in memory.
class ScriptedLog final : public LogSource
{
public:
    Epoch epoch() const override { return m_epoch; }
    const Id128 &logId() const override { return ScriptedLogId; }
    quint64 flushedId() const override { return m_flushedId; }
    quint64 restoredTo() const override { return m_restoredTo; }
    bool hasLed(const Epoch &epoch) const override
    {
        return epoch.matches(m_epoch) ||
               std::any_of(m_led.begin(), m_led.end(), [&](const Epoch &led) { return epoch.matches(led); });
    }
    Epoch epochAt(quint64 id) const override
    {
        return id == 0 ? Epoch() : id < m_epochFrom ? m_firstEpoch : m_epoch;
    }
    Epochs epochsOf(quint64 first, quint64 last) const override
    {
        Epochs epochs;
        for (quint64 id = std::max<quint64>(first, 1); id <= last; ++id) {
            if (epochs.isEmpty() || epochs.back() != epochAt(id))
                epochs.append(epochAt(id));
        }
        return epochs;
    }
    quint64 committedId() const override { return m_committedId; }
    std::optional<WireBatch> recent(quint64 from, qsizetype maxBytes) const override
    {
        if (from < m_recentFrom)
            return std::nullopt;
        return batch(from, maxBytes);
    }
    void read(quint64 from, qsizetype maxBytes, BatchRead done) override
    {
        m_reads.push_back([this, from, maxBytes, done = std::move(done)] {
            if (from < m_firstId)
                done(Error{Errc::NotFound, QStringLiteral("given up")});
            else
                done(batch(from, maxBytes));
        });
    }
    quint64 firstId() const override { return m_firstId; }
    quint64 durableFirstId() const override { return m_firstId; }
    void readBase(BaseRead done) override
    {
        m_reads.push_back([this, done = std::move(done)] {
            done(LogBase{{m_firstId - 1, {epochAt(m_firstId - 1).number}}, 17, QByteArray(32, 'd')});
        });
    }
    // Each entry counts as one byte of maxBytes.
    WireBatch batch(quint64 from, qsizetype maxBytes) const
    {
        const quint64 last = std::min(m_flushedId, from + static_cast<quint64>(maxBytes) - 1);
        return {from, last, QByteArray(static_cast<qsizetype>(last + 1 - from), 'x')};
    }

    Epoch m_firstEpoch = 1;
    Epoch m_epoch = 1;
    quint64 m_epochFrom = 1;
    quint64 m_flushedId = 0;
    quint64 m_committedId = 0;
    quint64 m_recentFrom = 1;
    quint64 m_firstId = 1;
    quint64 m_restoredTo = 0;
    std::vector<Epoch> m_led;
    std::vector<std::function<void()>> m_reads;
};

} // namespace replog
