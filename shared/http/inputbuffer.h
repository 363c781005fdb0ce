// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/channel.h"

#include <QByteArrayView>

namespace replog {

// What a client has sent and nobody has taken yet. Reads in turns, with one system call for what has come,
// into a buffer that all connections share and that is this connection's until the turn ends.
class InputBuffer
{
public:
    // `shared` is the buffer, of the size that is read at once.
    InputBuffer(Channel &channel, QByteArray &shared) : m_channel(channel), m_shared(shared) {}
    Q_DISABLE_COPY_MOVE(InputBuffer)

    bool isOpen() const { return m_isOpen; } // false after close()
    QByteArrayView bytes() const { return m_bytes; }
    void consume(qsizetype bytes) { m_bytes = m_bytes.sliced(bytes); }
    // Appends to bytes() what has come; false if that is nothing.
    bool fill();
    // Reads up to `limit` bytes directly to the end of `out`; bytes() must be empty. Returns how many.
    qsizetype readInto(QByteArray &out, qint64 limit);
    // Forgets bytes().
    void drop();
    // Begins a turn of reading: something may have come since fill() found nothing.
    void beginTurn()
    {
        m_isDrained = false;
        m_turnBytes = 0;
    }
    // Ends a turn: keeps what was not taken. While that is much, nothing more is read.
    void endTurn();
    // Bytes kept between turns.
    qsizetype held() const { return m_kept.size(); }
    // So much is kept that nothing more is read, so that the client's end is not seen either.
    bool isStuffed() const { return m_isStuffed; }
    void close();

private:
    bool mayRead() const;
    qsizetype read(char *to, qsizetype room);

    Channel &m_channel;
    QByteArray &m_shared;
    QByteArray m_kept; // what bytes() shows unless that is in m_shared
    QByteArrayView m_bytes;
    qsizetype m_turnBytes = 0; // read in this turn: bounded, so that a fast client does not hold up others
    bool m_isOpen = true;
    bool m_isDrained = false; // all that had come was read
    bool m_isStuffed = false;
};

} // namespace replog
