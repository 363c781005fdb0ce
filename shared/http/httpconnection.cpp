// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httpconnection.h"

#include <QTimer>

#include <algorithm>
#include <utility>

namespace replog {

using namespace Qt::StringLiterals;

namespace {
constexpr int ProbeMs = 5; // what a reset takes to come back on this machine or the next
}

HttpConnection::HttpConnection(QTcpSocket *socket, HttpServerState &state, QObject *parent)
    : QObject(parent), m_socket(socket), m_state(state), m_outlet(int(socket->socketDescriptor())),
      m_input(socket, m_outlet.descriptor(), state.received), m_answers(m_outlet, state),
      m_reader(m_input, state, m_answers, socket->peerAddress())
{
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(socket, &QTcpSocket::disconnected, this, &HttpConnection::end); // before it has sent anything
    connect(&m_input, &HttpInput::ended, this, &HttpConnection::handleEnded);
    connect(&m_outlet, &HttpOutlet::failed, this, &HttpConnection::abort);
    connect(&m_answers, &AnswerQueue::aborted, this, &HttpConnection::abort);
    connect(&m_answers, &AnswerQueue::finished, this, &HttpConnection::handleFinished);
}

// Bodies that are let go of may hold a Reply, which must not answer here.
HttpConnection::~HttpConnection()
{
    m_answers.abandon();
}

void HttpConnection::refuse(int status, const QString &detail)
{
    m_reader.refuse(status, detail, {{"Retry-After", "1"}});
}

void HttpConnection::sweep()
{
    if (m_answers.isOverdue() || (m_isHalfClosed && m_outlet.isReset())) {
        abort();
        return;
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

// Ends our half; the client ends the other, or the sweep does.
void HttpConnection::handleFinished()
{
    if (m_isHalfClosed || m_state.isShuttingDown)
        QMetaObject::invokeMethod(this, &HttpConnection::end, Qt::QueuedConnection);
    else
        m_outlet.shutdown();
}

// A client that ended its half may still read: what remains to be answered goes on over the outlet.
void HttpConnection::handleEnded(bool isReset)
{
    if (isReset || !m_answers.isOwing() || m_isAborting || m_answers.isFinished() || m_outlet.isReset()) {
        end();
        return;
    }
    m_isHalfClosed = true;
    m_outlet.watchForReset();
    // A client that is gone altogether looks the same until something is sent to it. An interim answer is
    // harmless to one that listens, and makes the kernel of any other reset the connection: at once on this
    // machine or the next, else the sweep sees it.
    if (m_answers.probe())
        QTimer::singleShot(ProbeMs, this, &HttpConnection::sweep);
    m_reader.close({Errc::Unavailable, u"the client ended the request before it was whole"_s});
}

void HttpConnection::end()
{
    if (std::exchange(m_hasEnded, true))
        return;
    m_answers.close();
    m_reader.close({Errc::Unavailable, u"the client hung up"_s});
    m_outlet.close();
    if (m_socket)
        m_socket->abort(); // Qt's server lets go of it
    m_answers.hangUp();
    emit closed(this);
    deleteLater();
}

} // namespace replog
