// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/reply.h"

#include "shared/http/answerqueue.h"
#include "shared/http/exchange.h"
#include "shared/http/problem.h"

#include <QObject>

namespace replog {

using namespace Qt::StringLiterals;

Exchange::~Exchange()
{
    if (queue == nullptr)
        return;
    if (state == State::Waiting) {
        queue->answer(*this, 500, "application/problem+json",
                      problemJson({500, u"the request was left unanswered"_s}), {});
    } else if (state == State::Streaming) {
        queue->abortStream(*this);
    }
}

Reply::Reply(std::shared_ptr<Exchange> exchange) : m_exchange(std::move(exchange)) {}

bool Reply::isOpen() const
{
    return m_exchange && m_exchange->queue != nullptr && m_exchange->state == Exchange::State::Waiting;
}

void Reply::send(int status, QByteArrayView contentType, const QByteArray &body, const HttpHeaders &extra)
{
    const std::shared_ptr<Exchange> exchange = m_exchange; // dropping callbacks may destroy this Reply
    if (isOpen())
        exchange->queue->answer(*exchange, status, contentType, body, extra);
}

void Reply::sendJson(int status, const QByteArray &json, const HttpHeaders &extra)
{
    send(status, "application/json", json, extra);
}

void Reply::sendProblem(const Error &error, const QByteArray &members, const HttpHeaders &extra)
{
    if (!isOpen())
        return;
    const int status = httpStatus(error.code);
    HttpHeaders headers = extra;
    if (status == 503)
        headers.emplaceBack("Retry-After", "1");
    else if (status == 401)
        headers.emplaceBack("WWW-Authenticate", "Bearer");
    send(status, "application/problem+json", problemJson(error, members), headers);
}

ReplyStream Reply::startStream(int status, QByteArrayView contentType, const HttpHeaders &extra)
{
    if (!isOpen())
        return ReplyStream(nullptr);
    m_exchange->queue->startStream(*m_exchange, status, contentType, extra);
    return ReplyStream(m_exchange);
}

void Reply::onHangUp(QObject *context, std::function<void()> gone)
{
    if (isOpen())
        m_exchange->gone = {context, std::move(gone)};
}

ReplyStream::ReplyStream(std::shared_ptr<Exchange> exchange) : m_exchange(std::move(exchange)) {}

bool ReplyStream::isOpen() const
{
    return m_exchange && m_exchange->queue != nullptr && m_exchange->state == Exchange::State::Streaming;
}

qsizetype ReplyStream::room() const
{
    return isOpen() ? m_exchange->queue->streamRoom(*m_exchange) : 0;
}

void ReplyStream::write(const QByteArray &piece)
{
    if (isOpen() && !piece.isEmpty())
        m_exchange->queue->writeStream(*m_exchange, piece);
}

void ReplyStream::finish()
{
    const std::shared_ptr<Exchange> exchange = m_exchange;
    if (isOpen())
        exchange->queue->finishStream(*exchange);
}

void ReplyStream::abort()
{
    const std::shared_ptr<Exchange> exchange = m_exchange;
    if (isOpen())
        exchange->queue->abortStream(*exchange);
}

void ReplyStream::onDrained(QObject *context, std::function<void()> drained)
{
    if (isOpen())
        m_exchange->drained = {context, std::move(drained)};
}

} // namespace replog
