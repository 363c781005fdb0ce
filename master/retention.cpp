// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/retention.h"

#include <algorithm>
#include <utility>

namespace replog {

void Retention::start(quint64 firstId, quint64 committedId)
{
    m_firstId = m_trimmableTo = firstId;
    m_committedId = committedId;
}

void Retention::handleAppended(quint64 last, quint64 bytes)
{
    m_open.last = last;
    m_open.bytes += bytes;
    if (m_open.bytes < partBytes())
        return;
    m_parts.push_back(std::exchange(m_open, {}));
    judgeSize();
}

void Retention::handleFound(const std::vector<Part> &parts)
{
    const auto kept =
        std::find_if(parts.begin(), parts.end(), [this](const Part &part) { return part.last >= m_firstId; });
    m_parts.insert(m_parts.begin(), kept, parts.end());
    judgeSize();
}

void Retention::handleExpired(quint64 firstId)
{
    m_expired = std::max(m_expired, firstId);
    decide();
}

void Retention::handleCommitted(quint64 id)
{
    m_committedId = id;
    decide();
}

void Retention::handleAck(const Id128 &node, quint64 id)
{
    m_acked[node] = id;
    decide();
}

void Retention::removeNode(const Id128 &node)
{
    m_acked.remove(node);
    decide();
}

void Retention::handleTrimmed(quint64 firstId)
{
    m_firstId = firstId;
    while (!m_parts.empty() && m_parts.front().last < m_firstId)
        m_parts.pop_front();
}

void Retention::judgeSize()
{
    // If a node holds everything back for long, the log's size is known less exactly.
    if (m_parts.size() > MaxParts) {
        std::deque<Part> merged;
        for (size_t i = 0; i < m_parts.size(); ++i) {
            if (i % 2 == 0)
                merged.push_back(m_parts[i]);
            else
                merged.back() = {m_parts[i].last, merged.back().bytes + m_parts[i].bytes};
        }
        m_parts = std::move(merged);
    }
    quint64 total = 0;
    for (const Part &part : m_parts)
        total += part.bytes;
    for (const Part &part : m_parts) {
        if (total <= m_config.bytes)
            break;
        total -= part.bytes;
        m_tooMuch = std::max(m_tooMuch, part.last + 1);
    }
    decide();
    emit partsChanged();
}

// Called with every ack: in a log within its limits there is nothing to do.
void Retention::decide()
{
    const quint64 wanted = std::max(m_expired, m_tooMuch);
    std::optional<HeldBack> heldBack;
    m_trimmableTo = m_firstId;
    if (wanted > m_firstId) {
        HeldBack bound{m_committedId, {}};
        if (!m_config.force) {
            for (auto it = m_acked.cbegin(); it != m_acked.cend(); ++it) {
                if (*it + 1 < bound.id)
                    bound = {*it + 1, it.key()};
            }
        }
        m_trimmableTo = std::max(m_firstId, std::min(wanted, bound.id));
        // The last committed entry stays in any case, and is no reason to tell of.
        if (bound.node ? wanted > bound.id : wanted > bound.id + 1)
            heldBack = bound.node ? bound : HeldBack{bound.id + 1, {}};
    }
    if (heldBack != m_heldBack) {
        m_heldBack = heldBack;
        emit heldBackChanged();
    }
    if (m_trimmableTo > m_firstId)
        emit trimmable();
}

} // namespace replog
