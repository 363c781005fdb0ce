// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace replog {

// Takes a chunked body (RFC 9112, 7.1) apart as it arrives, whatever the boundaries of the pieces. Bounded
// memory: it keeps at most one line of framing.
class ChunkDecoder
{
public:
    // Takes bytes from the front of `input`, appends their payload to `out` and returns how many it took: all
    // of them, unless the body ended or is malformed.
    qsizetype decode(QByteArrayView input, QByteArray &out);
    bool isEnd() const { return m_state == State::End; }
    // Payload bytes that the current chunk has announced and that are still to come.
    quint64 announced() const { return m_state == State::Data ? m_left : 0; }
    // Chunks so far.
    qint64 chunks() const { return m_chunks; }
    bool isBroken() const { return m_state == State::Broken; }

private:
    enum class State { Size, Data, DataEnd, Trailer, End, Broken };
    void takeLine();

    State m_state = State::Size;
    qint64 m_chunks = 0;
    quint64 m_left = 0; // payload bytes of the current chunk still to come
    QByteArray m_line;  // the framing line so far, without its LF
    qsizetype m_trailerBytes = 0;
};

} // namespace replog
