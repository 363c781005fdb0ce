// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace replog {

// Reads CBOR (RFC 8949) in one pass over bytes in memory. The replication path reads every entry with it,
// since QCborStreamReader costs several times as much. It ends at the first item that does not fit: from then
// on ok() is false and every read gives nothing. Views point into the bytes that it was given.
class CborCursor
{
public:
    explicit CborCursor(QByteArrayView cbor) : m_at(cbor.data()), m_end(cbor.data() + cbor.size()) {}

    bool ok() const { return m_ok; }
    qsizetype remaining() const { return m_end - m_at; }
    bool atEnd() const { return m_at == m_end; }

    // A container that is being read: how many items are left, or that it ends with a break.
    struct Container
    {
        quint64 left = 0;
        bool untilBreak = false;
    };
    Container enterMap() { return enter(5); } // `left` counts pairs
    Container enterArray() { return enter(4); }
    // Whether another element (or pair) follows; counts it.
    bool next(Container &container);

    quint64 number();
    // A text string; the pieces of one of indefinite length are joined in `scratch`.
    QByteArrayView text(QByteArray &scratch) { return string(Text, scratch); }
    // Whether the text string that comes next is `expected`, written in the usual way; skips it if so.
    bool takeText(QByteArrayView expected)
    {
        constexpr qsizetype InHead = 24; // sizes below this stand in the first byte
        const qsizetype size = expected.size();
        if (size == 0 || size >= InHead || m_end - m_at <= size ||
            static_cast<unsigned char>(*m_at) != (Text << 5 | size) ||
            std::memcmp(m_at + 1, expected.data(), static_cast<size_t>(size)) != 0)
            return false;
        m_at += size + 1;
        return true;
    }
    // Like text(), of a byte string or a text string.
    QByteArrayView bytes(QByteArray &scratch) { return string(nextMajor() == Text ? Text : Bytes, scratch); }
    // Whether null comes next; skips it.
    bool takeNull();
    // Skips one item, however nested.
    void skip();

private:
    static constexpr unsigned char Bytes = 2;
    static constexpr unsigned char Text = 3;

    struct Head
    {
        unsigned char major = 0;
        bool indefinite = false;
        quint64 value = 0;
    };
    std::optional<Head> head();
    Container enter(unsigned char major);
    QByteArrayView take(quint64 bytes);
    QByteArrayView string(unsigned char major, QByteArray &scratch);
    unsigned char nextMajor() const { return m_at != m_end ? static_cast<unsigned char>(*m_at) >> 5 : 0; }
    bool atBreak() const { return m_at != m_end && static_cast<unsigned char>(*m_at) == 0xff; }

    const char *m_at;
    const char *m_end;
    bool m_ok = true;
};

} // namespace replog
