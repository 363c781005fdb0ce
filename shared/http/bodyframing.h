// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/chunkdecoder.h"

namespace replog {

class InputBuffer;

// Where the body of one request ends: after so many bytes, or as its chunks say. Moves its payload out of the
// input.
class BodyFraming
{
public:
    BodyFraming() = default;
    // `length` is that of a body that is not chunked; below 0: there is no body.
    BodyFraming(bool isChunked, qint64 length) : m_isChunked(isChunked), m_left(length < 0 ? 0 : length) {}

    // Appends to `out` what has come; false if that is nothing.
    bool take(InputBuffer &input, QByteArray &out);
    // The same, but only of the bytes() that the input has already (some), and at most `most` of them.
    void takeFrom(InputBuffer &input, qsizetype most, QByteArray &out);

    bool isWhole() const { return m_isChunked ? m_chunks.isEnd() : m_left == 0; }
    bool isBroken() const { return m_chunks.isBroken(); }
    // Bytes that are known to follow.
    quint64 announced() const { return m_isChunked ? m_chunks.announced() : quint64(m_left); }
    // Whether it comes in so many small chunks that a byte costs us many times what it costs the client.
    bool isPetty() const { return m_chunks.chunks() > FewChunks + m_taken / AverageChunk; }

private:
    static constexpr qint64 FewChunks = 4096;  // so many chunks may be of any size
    static constexpr qint64 AverageChunk = 16; // bytes; if there are more chunks, the least on average

    bool m_isChunked = false;
    ChunkDecoder m_chunks;
    qint64 m_left = 0; // of a body that is not chunked
    qint64 m_taken = 0;
};

} // namespace replog
