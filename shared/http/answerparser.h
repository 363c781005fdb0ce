// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/chunkdecoder.h"

#include <QByteArray>
#include <QByteArrayView>

namespace replog {

// Cuts one connection's bytes into HTTP/1.1 answers, whatever the boundaries of the pieces.
class AnswerParser
{
public:
    enum class State { Head, Body, Ready, Broken };

    explicit AnswerParser(qsizetype limit) : m_limit(limit) {}

    // Takes bytes from the front of `input` and returns how many; stops after an answer that became ready.
    qsizetype feed(QByteArrayView input);
    // The peer closed: ends an answer that had no length; any other that is not whole is broken.
    void feedEnd();
    // Begins the next answer.
    void next();

    State state() const { return m_state; }
    const char *fault() const { return m_fault; }
    bool isTooLong() const { return m_isTooLong; } // what it is broken for
    int status() const { return m_status; }
    bool keepAlive() const { return m_keepAlive; }
    const QByteArray &contentType() const { return m_contentType; }
    const QByteArray &location() const { return m_location; } // where a redirect leads; empty: nowhere
    const QByteArray &body() const { return m_body; }

private:
    // Takes what of `input` belongs to the head, up to a line at least, and returns how many bytes.
    qsizetype feedHead(QByteArrayView input);
    // Whether an answer can begin so; breaks off if not.
    bool mayBegin(QByteArrayView head);
    void parseHead(QByteArrayView whole);
    void breakOff(const char *fault);
    void breakOffTooLong();

    qsizetype m_limit;
    State m_state = State::Head;
    QByteArray m_head; // as far as it came, if it comes in pieces
    QByteArray m_body;
    QByteArray m_contentType;
    QByteArray m_location;
    ChunkDecoder m_chunks;
    int m_status = 0;
    qint64 m_left = -1; // of the body; -1: until the peer closes
    bool m_isChunked = false;
    bool m_keepAlive = true;
    bool m_isTooLong = false;
    const char *m_fault = "";
};

} // namespace replog
