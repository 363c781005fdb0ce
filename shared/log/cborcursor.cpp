// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/cborcursor.h"

#include <QVarLengthArray>
#include <QtEndian>

#include <limits>

namespace replog {

bool CborCursor::next(Container &container)
{
    if (!m_ok)
        return false;
    if (container.untilBreak) {
        if (!atBreak())
            return m_ok = m_at != m_end;
        ++m_at;
        return false;
    }
    if (container.left == 0)
        return false;
    --container.left;
    return true;
}

quint64 CborCursor::number()
{
    const auto read = head();
    if (!read || read->major != 0) {
        m_ok = false;
        return 0;
    }
    return read->value;
}

bool CborCursor::takeNull()
{
    constexpr unsigned char Null = 0xf6;
    if (!m_ok || m_at == m_end || static_cast<unsigned char>(*m_at) != Null)
        return false;
    ++m_at;
    return true;
}

QByteArrayView CborCursor::string(unsigned char major, QByteArray &scratch)
{
    const auto read = head();
    if (!read || read->major != major) {
        m_ok = false;
        return {};
    }
    if (!read->indefinite)
        return take(read->value);
    scratch.resize(0);
    while (m_ok && !atBreak()) {
        const auto piece = head();
        if (!piece || piece->major != major || piece->indefinite) {
            m_ok = false;
            return {};
        }
        scratch.append(take(piece->value));
    }
    if (m_ok)
        ++m_at;
    return scratch;
}

void CborCursor::skip()
{
    constexpr quint64 UntilBreak = std::numeric_limits<quint64>::max();
    constexpr qsizetype MaxDepth = 64;
    QVarLengthArray<quint64, MaxDepth> open{1}; // items still to come, of each container that is open
    while (m_ok && !open.isEmpty()) {
        quint64 &left = open.last();
        if (left == 0 || (left == UntilBreak && atBreak())) {
            m_at += left == 0 ? 0 : 1;
            open.removeLast();
            continue;
        }
        if (left != UntilBreak)
            --left;
        const auto read = head();
        if (!read)
            return;
        const bool isContainer = read->major == 4 || read->major == 5;
        if (read->indefinite) {
            open.append(UntilBreak);
        } else if (isContainer) {
            if (read->value > static_cast<quint64>(m_end - m_at)) // each item takes at least a byte
                m_ok = false;
            open.append(read->major == 5 ? read->value * 2 : read->value);
        } else if (read->major == 2 || read->major == 3) {
            take(read->value);
        } else if (read->major == 6) {
            open.append(1);
        }
        m_ok = m_ok && open.size() < MaxDepth;
    }
}

std::optional<CborCursor::Head> CborCursor::head()
{
    if (!m_ok || m_at == m_end) {
        m_ok = false;
        return std::nullopt;
    }
    const auto initial = static_cast<unsigned char>(*m_at++);
    Head read;
    read.major = initial >> 5;
    const unsigned char info = initial & 31;
    if (info < 24) {
        read.value = info;
        return read;
    }
    if (info == 31 && read.major >= 2 && read.major <= 5) {
        read.indefinite = true;
        return read;
    }
    const int bytes = 1 << (info - 24);
    if (info > 27 || m_end - m_at < bytes) {
        m_ok = false;
        return std::nullopt;
    }
    switch (bytes) {
    case 1:
        read.value = static_cast<unsigned char>(*m_at);
        break;
    case 2:
        read.value = qFromBigEndian<quint16>(m_at);
        break;
    case 4:
        read.value = qFromBigEndian<quint32>(m_at);
        break;
    default:
        read.value = qFromBigEndian<quint64>(m_at);
        break;
    }
    m_at += bytes;
    return read;
}

CborCursor::Container CborCursor::enter(unsigned char major)
{
    const auto read = head();
    if (!read || read->major != major ||
        (!read->indefinite && read->value > static_cast<quint64>(m_end - m_at))) {
        m_ok = false;
        return {};
    }
    return {read->value, read->indefinite};
}

QByteArrayView CborCursor::take(quint64 bytes)
{
    if (!m_ok || bytes > static_cast<quint64>(m_end - m_at)) {
        m_ok = false;
        return {};
    }
    const QByteArrayView taken(m_at, static_cast<qsizetype>(bytes));
    m_at += bytes;
    return taken;
}

} // namespace replog
