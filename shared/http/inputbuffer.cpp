// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/inputbuffer.h"

#include <algorithm>

namespace replog {

namespace {
constexpr qsizetype KeptBytes = 128 * 1024; // so much may be kept until somebody takes it
constexpr qsizetype SpareBytes = 4 * 1024;  // so much more may stay allocated between turns
constexpr qsizetype BodyPiece = 256 * 1024;
constexpr qsizetype TurnBytes = 256 * 1024;
} // namespace

bool InputBuffer::mayRead() const
{
    return m_isOpen && !m_isDrained && m_turnBytes < TurnBytes;
}

// Bytes read, 0 if there are none.
qsizetype InputBuffer::read(char *to, qsizetype room)
{
    if (!mayRead())
        return 0;
    const qsizetype got = m_channel.read(to, room);
    m_isDrained = got < room;
    m_turnBytes += got;
    return got;
}

bool InputBuffer::fill()
{
    if (m_bytes.isEmpty()) {
        const qsizetype got = read(m_shared.data(), m_shared.size());
        m_bytes = QByteArrayView(m_shared).first(got);
        return got > 0;
    }
    if (!mayRead())
        return false;
    QByteArray longer;
    const qsizetype held = m_bytes.size();
    longer.reserve(held + m_shared.size());
    longer.append(m_bytes);
    longer.resize(held + m_shared.size());
    const qsizetype got = read(longer.data() + held, m_shared.size());
    longer.resize(held + got);
    m_kept = std::move(longer);
    m_bytes = m_kept;
    return got > 0;
}

qsizetype InputBuffer::readInto(QByteArray &out, qint64 limit)
{
    Q_ASSERT(m_bytes.isEmpty());
    const qsizetype held = out.size();
    const qsizetype take = std::min<qint64>(limit, BodyPiece);
    out.resize(held + take);
    const qsizetype got = read(out.data() + held, take);
    out.resize(held + got);
    return got;
}

void InputBuffer::drop()
{
    m_kept = {};
    m_bytes = {};
}

void InputBuffer::endTurn()
{
    // Read on, so that the client's end is seen even if nobody takes what comes before it.
    while (m_bytes.size() < KeptBytes && fill()) {
    }
    if (m_bytes.isEmpty()) {
        m_kept = {};
    } else if (m_bytes.size() != m_kept.size() || m_bytes.data() != m_kept.constData() ||
               m_kept.capacity() > 2 * m_kept.size() + SpareBytes) {
        m_kept = m_bytes.toByteArray();
        m_bytes = m_kept;
    }
    m_isStuffed = !m_isDrained && m_bytes.size() >= KeptBytes;
    if (m_isOpen)
        m_channel.setReading(!m_isStuffed);
}

void InputBuffer::close()
{
    m_isOpen = false;
    m_channel.setReading(false);
    drop();
}

} // namespace replog
