// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/front.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace replog {

Front::Front(const QHostAddress &peer, QObject *parent) : QTcpSocket(parent)
{
    setPeerAddress(peer);
    setSocketState(ConnectedState);
    setOpenMode(ReadWrite);
}

Front::~Front() = default;

bool Front::feed(const QByteArray &request)
{
    Q_ASSERT(!m_isFeeding && !isBusy());
    m_request = request;
    m_read = 0;
    m_isAnswered = false;
    m_isFeeding = true;
    emit readyRead();
    m_isFeeding = false;
    const bool isTaken = m_responder != nullptr && bytesAvailable() == 0 && !m_isRefused;
    m_request = {};
    m_read = 0;
    if (m_isAnswered)
        m_responder.reset();
    if (m_isEnding) {
        m_isEnding = false;
        end();
    }
    return isTaken;
}

void Front::setResponder(std::unique_ptr<QtResponder> responder)
{
    m_responder = std::move(responder);
}

QByteArray Front::answer(int status, const QByteArray &contentType, const QByteArray &body,
                         const HttpHeaders &headers)
{
    m_written.clear();
    m_responder->send(status, contentType, body, headers);
    m_isAnswered = true;
    if (!m_isFeeding)
        m_responder.reset();
    return std::exchange(m_written, {});
}

void Front::end()
{
    if (m_isFeeding) {
        m_isEnding = true;
        return;
    }
    if (state() == UnconnectedState)
        return;
    m_responder.reset();
    setSocketState(UnconnectedState);
    emit disconnected();
}

qint64 Front::bytesAvailable() const
{
    return m_request.size() - m_read + QIODevice::bytesAvailable();
}

qint64 Front::readData(char *to, qint64 room)
{
    const qint64 count = std::min<qint64>(room, m_request.size() - m_read);
    std::memcpy(to, m_request.constData() + m_read, std::size_t(count));
    m_read += count;
    return count;
}

qint64 Front::skipData(qint64 bytes)
{
    const qint64 count = std::min<qint64>(bytes, m_request.size() - m_read);
    m_read += count;
    return count;
}

qint64 Front::writeData(const char *bytes, qint64 count)
{
    m_written.append(bytes, count);
    return count;
}

} // namespace replog
