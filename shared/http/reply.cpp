// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/reply.h"

#include "shared/http/answerqueue.h"
#include "shared/http/problem.h"
#include "shared/http/replyslot.h"

#include <QObject>

namespace replog {

using namespace Qt::StringLiterals;

ReplySlot::~ReplySlot()
{
    if (queue == nullptr)
        return;
    if (state == State::Waiting) {
        queue->answer(*this, 500, "application/problem+json",
                      problemJson(500, u"the request was left unanswered"_s), {});
    } else if (state == State::Streaming) {
        queue->abortStream(*this);
    }
}

Reply::Reply(std::shared_ptr<ReplySlot> slot) : m_slot(std::move(slot)) {}

bool Reply::isOpen() const
{
    return m_slot && m_slot->queue != nullptr && m_slot->state == ReplySlot::State::Waiting;
}

void Reply::send(int status, QByteArrayView contentType, const QByteArray &body, const HttpHeaders &extra)
{
    const std::shared_ptr<ReplySlot> slot = m_slot; // letting go of callbacks may let go of this Reply
    if (isOpen())
        slot->queue->answer(*slot, status, contentType, body, extra);
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
    m_slot->queue->startStream(*m_slot, status, contentType, extra);
    return ReplyStream(m_slot);
}

void Reply::onHangUp(QObject *context, std::function<void()> gone)
{
    if (isOpen())
        m_slot->gone = {context, std::move(gone)};
}

ReplyStream::ReplyStream(std::shared_ptr<ReplySlot> slot) : m_slot(std::move(slot)) {}

bool ReplyStream::isOpen() const
{
    return m_slot && m_slot->queue != nullptr && m_slot->state == ReplySlot::State::Streaming;
}

qsizetype ReplyStream::room() const
{
    return isOpen() ? m_slot->queue->streamRoom(*m_slot) : 0;
}

void ReplyStream::write(const QByteArray &piece)
{
    if (isOpen() && !piece.isEmpty())
        m_slot->queue->writeStream(*m_slot, piece);
}

void ReplyStream::finish()
{
    const std::shared_ptr<ReplySlot> slot = m_slot;
    if (isOpen())
        slot->queue->finishStream(*slot);
}

void ReplyStream::abort()
{
    const std::shared_ptr<ReplySlot> slot = m_slot;
    if (isOpen())
        slot->queue->abortStream(*slot);
}

void ReplyStream::onDrained(QObject *context, std::function<void()> drained)
{
    if (isOpen())
        m_slot->drained = {context, std::move(drained)};
}

} // namespace replog
