// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httpconnection.h"

#include <QTimer>

#include <algorithm>
#include <utility>

namespace replog {

using namespace Qt::StringLiterals;

namespace {
constexpr int ProbeMs = 5;             // what a reset takes to come back on this machine or the next
constexpr qint64 ProbeEveryMs = 15000; // a client whose end could not be seen
} // namespace

HttpConnection::HttpConnection(std::unique_ptr<Channel> channel, const QHostAddress &peer,
                               HttpServerState &state, QObject *parent)
    : QObject(parent), m_channel(std::move(channel)), m_peer(peer), m_state(state),
      m_answers(*m_channel, state), m_reader(*m_channel, state, m_answers, {peer, m_channel->isTls()})
{
    connect(&m_reader, &RequestReader::ended, this, &HttpConnection::handleEnded);
    connect(&m_reader, &RequestReader::halfClosed, this, &HttpConnection::handleHalfClosed);
    connect(m_channel.get(), &Channel::failed, this, &HttpConnection::abort);
    connect(&m_answers, &AnswerQueue::aborted, this, &HttpConnection::abort);
    connect(&m_answers, &AnswerQueue::finished, this, &HttpConnection::handleFinished);
}

// A body that is released may own a Reply, which must not answer here.
HttpConnection::~HttpConnection()
{
    m_answers.abandon();
}

void HttpConnection::sweep()
{
    m_reader.countHeld();
    const bool mayHaveGone = m_isHalfClosed || m_reader.mayHaveGone();
    const Channel::End ahead = mayHaveGone ? m_channel->endAhead() : Channel::End::None;
    const bool isHandshakeOverdue =
        !m_channel->isReady() && m_state.nowMs - m_reader.activeAt() > m_state.limits.handshakeMs;
    if (m_answers.isOverdue() || isHandshakeOverdue || ahead == Channel::End::HungUp) {
        abort();
        return;
    }
    if (ahead == Channel::End::HalfClosed && !m_isHalfClosed) {
        handleHalfClosed();
    } else if (mayHaveGone && m_state.nowMs - std::max(m_probedAt, m_reader.activeAt()) > ProbeEveryMs) {
        // Its end may come after data that we do not read.
        m_probedAt = m_state.nowMs;
        m_answers.probe();
    }
    if (m_answers.isClosing())
        return;
    m_reader.checkTime();
    const qint64 quietMs = m_state.nowMs - std::max(m_reader.activeAt(), m_answers.writtenAt());
    if (m_answers.isEmpty() && m_reader.isIdle() && quietMs > m_state.limits.idleMs)
        m_answers.closeWhenWritten();
}

void HttpConnection::finish()
{
    m_reader.finish();
}

void HttpConnection::abort()
{
    m_answers.close();
    m_isAborting = true;
    QMetaObject::invokeMethod(this, &HttpConnection::end, Qt::QueuedConnection);
}

qint64 HttpConnection::stalledSince() const
{
    if (m_isAborting || m_hasEnded || (m_reader.isInLine() && m_answers.unread() == 0))
        return 0;
    if (m_answers.isEmpty() && m_reader.isIdle() && m_answers.unread() == 0)
        return std::max(m_reader.activeAt(), m_answers.writtenAt());
    qint64 since = m_reader.held() > 0 ? m_reader.requestSince() : 0;
    if (m_answers.unread() > 0)
        since = since == 0 ? m_answers.writtenAt() : std::min(since, m_answers.writtenAt());
    if (since == 0 && m_reader.held() > 0)
        since = m_reader.activeAt();
    return since;
}

// Ends our half; the client ends its half, or else the sweep ends the connection.
void HttpConnection::handleFinished()
{
    if (m_isHalfClosed || m_state.isShuttingDown)
        QMetaObject::invokeMethod(this, &HttpConnection::end, Qt::QueuedConnection);
    else if (!m_channel->isTls() || !m_reader.isBodyLeft())
        m_channel->shutdown();
    // TLS has no half to end: what the client still sends would make the kernel reset the connection, and the
    // answer with it. It is read, until the client ends or the sweep does.
}

// A client that ended its half may still read: its open requests go on and are answered.
void HttpConnection::handleEnded(bool isReset)
{
    if (isReset || !m_answers.isOwing() || m_isAborting || m_answers.isFinished() ||
        m_channel->endAhead() == Channel::End::HungUp) {
        end();
        return;
    }
    handleHalfClosed();
    m_reader.close({Errc::Unavailable, u"the client ended the request before it was whole"_s});
}

// A client that is gone altogether looks the same until something is sent to it. An interim answer is
// harmless to one that listens, and makes the kernel of any other reset the connection: at once on this
// machine or the next, else the sweep sees it.
void HttpConnection::handleHalfClosed()
{
    if (!std::exchange(m_isHalfClosed, true) && m_answers.probe())
        QTimer::singleShot(ProbeMs, this, &HttpConnection::sweep);
}

void HttpConnection::end()
{
    if (std::exchange(m_hasEnded, true))
        return;
    m_answers.close();
    m_reader.close({Errc::Unavailable, u"the client hung up"_s});
    m_channel->close();
    m_answers.hangUp();
    m_reader.endQt();
    emit closed(this);
    deleteLater();
}

} // namespace replog
