// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/bytewriter.h"

namespace replog {

// Appends CBOR (RFC 8949) to a byte array with one check of its capacity: the caller says in advance how many
// bytes it comes to at most.
class CborWriter
{
public:
    static constexpr qsizetype HeadBytes = 9; // at most, of a number or of the head of a text

    CborWriter(QByteArray &out, qsizetype atMost) : m_out(out, atMost) {}

    CborWriter &map(quint64 pairs) { return head(0xa0, pairs); }
    // Of any count, until end().
    CborWriter &map()
    {
        m_out << static_cast<char>(0xbf);
        return *this;
    }
    CborWriter &array(quint64 elements) { return head(0x80, elements); }
    CborWriter &number(quint64 value) { return head(0x00, value); }
    CborWriter &bytes(QByteArrayView value)
    {
        head(0x40, static_cast<quint64>(value.size()));
        m_out << value;
        return *this;
    }
    CborWriter &text(QByteArrayView utf8)
    {
        head(0x60, static_cast<quint64>(utf8.size()));
        m_out << utf8;
        return *this;
    }
    CborWriter &null()
    {
        m_out << static_cast<char>(0xf6);
        return *this;
    }
    // Of a map or array that began without a count.
    CborWriter &end()
    {
        m_out << static_cast<char>(0xff);
        return *this;
    }

private:
    CborWriter &head(unsigned major, quint64 value)
    {
        if (value < 24) {
            m_out << static_cast<char>(major | value);
            return *this;
        }
        const int size = value <= 0xff ? 1 : value <= 0xffff ? 2 : value <= 0xffffffff ? 4 : 8;
        m_out << static_cast<char>(major | (size == 1 ? 24U : size == 2 ? 25U : size == 4 ? 26U : 27U));
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
            m_out << static_cast<char>((value >> shift) & 0xff);
        return *this;
    }

    ByteWriter m_out;
};

} // namespace replog
