// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httpinput.h"

#include <algorithm>

namespace replog {

namespace {
constexpr qsizetype ReadBuffer = 128 * 1024;   // what the socket may hold that nobody has asked for yet
constexpr qsizetype KeptBuffer = 16 * 1024;
}

HttpInput::HttpInput(QTcpSocket *socket) : m_socket(socket)
{
    socket->setReadBufferSize(ReadBuffer);
}

bool HttpInput::fill()
{
    if (m_socket->isTransactionStarted())
        m_socket->rollbackTransaction();
    const qsizetype available = m_socket->bytesAvailable();
    if (available <= 0)
        return false;
    if (m_at > 0) {
        m_bytes.remove(0, m_at);
        m_at = 0;
    }
    const qsizetype held = m_bytes.size();
    m_bytes.resize(held + available);
    const qsizetype read = m_socket->read(m_bytes.data() + held, available);
    m_bytes.resize(held + std::max<qsizetype>(read, 0));
    return read > 0;
}

qsizetype HttpInput::readInto(QByteArray &out, qint64 limit)
{
    Q_ASSERT(bytes().isEmpty());
    if (m_socket->isTransactionStarted())
        m_socket->rollbackTransaction();
    const qsizetype take = std::min<qint64>(limit, m_socket->bytesAvailable());
    if (take <= 0)
        return 0;
    const qsizetype held = out.size();
    out.resize(held + take);
    const qsizetype read = std::max<qint64>(m_socket->read(out.data() + held, take), 0);
    out.resize(held + read);
    return read;
}

void HttpInput::drop()
{
    m_bytes = {};
    m_at = 0;
}

// Qt's server reads the same socket after us, inside a transaction. What we leave in the socket's buffer must not
// reach its parser: a transaction moved to the end of the buffer shows it an empty socket, while the bytes stay
// counted against the read buffer's size, which is what stops a client that sends on.
void HttpInput::settle()
{
    if (m_at == m_bytes.size()) {
        m_at = 0;
        if (m_bytes.capacity() > KeptBuffer)
            m_bytes = {};
        else
            m_bytes.resize(0);
    }
    if (!m_socket)
        return;
    const qint64 rest = m_socket->bytesAvailable();
    if (rest <= 0)
        return;
    if (!m_socket->isTransactionStarted())
        m_socket->startTransaction();
    m_socket->skip(rest);
}

void HttpInput::close()
{
    m_socket.clear();
    drop();
}

} // namespace replog
