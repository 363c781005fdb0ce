// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <charconv>
#include <cstring>

namespace replog {

// Appends many small pieces to a byte array with one check of its capacity: the caller gives an upper bound
// of their total size. The destructor sets the array's final size.
class ByteWriter
{
public:
    static constexpr qsizetype NumberBytes = 20; // at most, of a quint64 in decimal

    ByteWriter(QByteArray &out, qsizetype atMost) : m_out(out)
    {
        const qsizetype held = out.size();
        out.resize(held + atMost);
        m_at = out.data() + held;
        m_end = m_at + atMost;
    }
    ~ByteWriter() { m_out.truncate(m_at - m_out.constData()); }
    Q_DISABLE_COPY_MOVE(ByteWriter)

    ByteWriter &operator<<(char byte)
    {
        Q_ASSERT(m_at < m_end);
        *m_at++ = byte;
        return *this;
    }
    ByteWriter &operator<<(QByteArrayView bytes)
    {
        Q_ASSERT(bytes.size() <= m_end - m_at);
        if (!bytes.isEmpty())
            std::memcpy(m_at, bytes.data(), static_cast<std::size_t>(bytes.size()));
        m_at += bytes.size();
        return *this;
    }
    ByteWriter &operator<<(quint64 number)
    {
        const auto [end, error] = std::to_chars(m_at, m_end, number);
        Q_ASSERT(error == std::errc());
        m_at = end;
        return *this;
    }

private:
    QByteArray &m_out;
    char *m_at;
    char *m_end;
};

} // namespace replog
