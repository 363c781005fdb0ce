// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/answerqueue.h"

#include "shared/base/bytewriter.h"
#include "shared/http/problem.h"
#include "shared/http/replyslot.h"
#include "shared/http/requesthead.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace replog {

namespace {
constexpr qsizetype CopiedBody = 16 * 1024; // bodies up to this share one buffer with their head
constexpr qint64 LingerMs = 2000;           // how long a closed client may take to read its last answer
} // namespace

AnswerQueue::AnswerQueue(HttpOutlet &outlet, const HttpServerState &state)
    : m_outlet(outlet), m_state(state), m_writtenAt(state.nowMs)
{
    connect(&outlet, &HttpOutlet::written, this, &AnswerQueue::handleWritten);
}

std::shared_ptr<ReplySlot> AnswerQueue::add(const RequestHead &head)
{
    auto slot = std::make_shared<ReplySlot>();
    slot->queue = this;
    slot->sequence = nextSequence();
    slot->isHead = head.request.method == HttpMethod::Head;
    slot->isHttp10 = head.isHttp10;
    slot->keepAlive = head.keepAlive;
    if (slot->sequence == m_owedContinue)
        m_owedContinue = None; // its body came unasked
    m_queue.emplace_back().slot = slot.get();
    return slot;
}

bool AnswerQueue::isFull()
{
    m_wasFull = qsizetype(m_queue.size()) >= m_state.limits.pipelined;
    return m_wasFull;
}

void AnswerQueue::sendContinue(quint64 sequence)
{
    if (sequence == m_firstSequence)
        put("HTTP/1.1 100 Continue\r\n\r\n");
    else
        m_owedContinue = sequence;
}

void AnswerQueue::bodyBroken(int status, const Error &error)
{
    const quint64 sequence = std::exchange(m_unreadBody, None);
    if (sequence == None)
        return;
    Pending &pending = m_queue[sequence - m_firstSequence];
    pending.closesAfter = true;
    ReplySlot *slot = pending.slot;
    if (slot != nullptr && slot->state == ReplySlot::State::Waiting)
        answer(*slot, status, "application/problem+json", problemJson(status, error.text), {});
}

AnswerQueue::Pending &AnswerQueue::pendingOf(const ReplySlot &slot)
{
    return m_queue[slot.sequence - m_firstSequence];
}

// ---- whole answers

void AnswerQueue::appendHead(QByteArray &out, const ReplySlot &slot, int status, QByteArrayView contentType,
                             const HttpHeaders &extra, qint64 length, bool closes) const
{
    qsizetype extraBytes = 0;
    for (const auto &[name, value] : extra)
        extraBytes += name.size() + value.size() + 4;
    const QByteArrayView reason = httpReason(status);
    ByteWriter to(out, 128 + reason.size() + m_state.date.size() + contentType.size() + extraBytes +
                           2 * ByteWriter::NumberBytes);
    to << "HTTP/1.1 " << quint64(status) << ' ' << reason << "\r\n" << m_state.date;
    if (!contentType.isEmpty())
        to << "Content-Type: " << contentType << "\r\n";
    if (length >= 0 && status != 204)
        to << "Content-Length: " << quint64(length) << "\r\n";
    else if (length < 0 && !slot.isHttp10)
        to << "Transfer-Encoding: chunked\r\n";
    for (const auto &[name, value] : extra)
        to << name << ": " << value << "\r\n";
    if (closes)
        to << "Connection: close\r\n";
    else if (slot.isHttp10)
        to << "Connection: keep-alive\r\n";
    to << "\r\n";
}

void AnswerQueue::answer(ReplySlot &slot, int status, QByteArrayView contentType, const QByteArray &body,
                         const HttpHeaders &extra)
{
    const Cork cork(*this);
    Pending &pending = pendingOf(slot);
    const quint64 sequence = slot.sequence;
    pending.closesAfter =
        pending.closesAfter || !slot.keepAlive || sequence == m_unreadBody || m_state.isShuttingDown;
    pending.isWhole = true;
    const qsizetype sent = slot.isHead ? 0 : body.size();
    const bool isFirst = sequence == m_firstSequence;
    const bool isLarge = isFirst && sent > CopiedBody;
    QByteArray &out = isFirst ? m_corked : pending.out;
    out.reserve(out.size() + 384 + (isLarge ? 0 : sent));
    appendHead(out, slot, status, contentType, extra, body.size(), pending.closesAfter);
    if (sent > 0 && !isLarge)
        out += body;
    if (isFirst && out.size() + (isLarge ? sent : 0) > CopiedBody)
        writeOut(isLarge ? body : QByteArray());
    settle(slot);
    endBodyOf(sequence);
    if (isFirst)
        flush();
}

// The slot's right is used up; nothing of it is touched afterwards.
void AnswerQueue::settle(ReplySlot &slot)
{
    pendingOf(slot).slot = nullptr;
    slot.state = ReplySlot::State::Done;
    slot.queue = nullptr;
    if (slot.drained.call)
        slot.drained = {};
    if (slot.gone.call)
        const ContextCallback gone = std::exchange(slot.gone, {}); // it may hold the last Reply
}

void AnswerQueue::endBodyOf(quint64 sequence)
{
    if (sequence != m_unreadBody)
        return;
    m_unreadBody = None;
    emit bodyUnwanted();
}

// Sends all that has its turn.
void AnswerQueue::flush()
{
    const Cork cork(*this);
    while (!m_queue.empty() && !m_isClosing) {
        Pending &front = m_queue.front();
        if (!front.out.isEmpty())
            put(std::exchange(front.out, {}));
        if (!front.isWhole)
            break;
        const bool closes = front.closesAfter;
        m_queue.pop_front();
        ++m_firstSequence;
        if (closes)
            closeWhenWritten();
    }
    if (m_owedContinue == m_firstSequence && !m_isClosing) {
        m_owedContinue = None;
        put("HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (m_queue.empty() && m_closesWhenEmpty)
        closeWhenWritten();
    if (m_wasFull && qsizetype(m_queue.size()) < m_state.limits.pipelined) {
        m_wasFull = false;
        emit hasRoom();
    }
}

// `more` is not copied, so it may be large.
void AnswerQueue::put(const QByteArray &bytes, const QByteArray &more)
{
    const Cork cork(*this);
    m_corked += bytes;
    if (m_corked.size() + more.size() > CopiedBody)
        writeOut(more);
    else
        m_corked += more;
}

void AnswerQueue::writeOut(const QByteArray &more)
{
    if (m_outlet.pending() == 0)
        m_writtenAt = m_state.nowMs;
    m_outlet.write(std::exchange(m_corked, {}), more);
}

// One write for all that became ready together, without waiting for a turn of the event loop.
void AnswerQueue::uncork()
{
    if (--m_corks > 0)
        return;
    if (!m_corked.isEmpty())
        writeOut();
    if (m_isClosing)
        finishWhenWritten();
    else if (!m_queue.empty() && m_queue.front().slot != nullptr && m_queue.front().slot->isFull &&
             m_outlet.pending() == 0)
        QMetaObject::invokeMethod(this, &AnswerQueue::tellDrained, Qt::QueuedConnection);
}

// ---- streamed answers

void AnswerQueue::startStream(ReplySlot &slot, int status, QByteArrayView contentType,
                              const HttpHeaders &extra)
{
    Pending &pending = pendingOf(slot);
    pending.closesAfter = pending.closesAfter || !slot.keepAlive || slot.isHttp10 || m_state.isShuttingDown;
    slot.state = ReplySlot::State::Streaming;
    if (slot.sequence == m_owedContinue)
        m_owedContinue = None; // may not follow the final status
    appendHead(pending.out, slot, status, contentType, extra, -1, pending.closesAfter);
    if (slot.sequence == m_firstSequence)
        flush();
}

qsizetype AnswerQueue::streamRoom(ReplySlot &slot)
{
    const qsizetype waiting =
        slot.sequence == m_firstSequence ? m_outlet.pending() + m_corked.size() : pendingOf(slot).out.size();
    const qsizetype room = m_state.limits.streamBytes - waiting;
    if (room <= 0)
        slot.isFull = true;
    return room;
}

void AnswerQueue::writeStream(ReplySlot &slot, const QByteArray &piece)
{
    if (slot.isHead)
        return;
    const bool isFirst = slot.sequence == m_firstSequence;
    QByteArray own;
    QByteArray &out = isFirst ? own : pendingOf(slot).out;
    if (slot.isHttp10) {
        out += piece;
    } else {
        out.reserve(out.size() + piece.size() + 24);
        out.append(QByteArray::number(piece.size(), 16)).append("\r\n").append(piece).append("\r\n");
    }
    if (isFirst)
        put(own);
}

void AnswerQueue::finishStream(ReplySlot &slot)
{
    Pending &pending = pendingOf(slot);
    const quint64 sequence = slot.sequence;
    if (!slot.isHttp10 && !slot.isHead)
        pending.out += "0\r\n\r\n";
    pending.isWhole = true;
    pending.closesAfter = pending.closesAfter || sequence == m_unreadBody;
    settle(slot);
    endBodyOf(sequence);
    if (sequence == m_firstSequence)
        flush();
}

void AnswerQueue::abortStream(ReplySlot &slot)
{
    settle(slot);
    emit aborted();
}

void AnswerQueue::handleWritten()
{
    m_writtenAt = m_state.nowMs;
    if (m_isClosing)
        finishWhenWritten();
    else
        tellDrained();
}

void AnswerQueue::tellDrained()
{
    if (m_queue.empty() || m_queue.front().slot == nullptr)
        return;
    ReplySlot &slot = *m_queue.front().slot;
    if (!slot.isFull || streamRoom(slot) <= m_state.limits.streamBytes / 2)
        return;
    slot.isFull = false;
    if (slot.drained.context && slot.drained.call) {
        const auto drained = slot.drained.call;
        drained();
    }
}

// ---- the end

bool AnswerQueue::probe()
{
    const bool mayProbe = !m_queue.empty() && m_outlet.pending() == 0 && m_queue.front().slot != nullptr &&
                          m_queue.front().slot->state == ReplySlot::State::Waiting &&
                          !m_queue.front().slot->isHttp10;
    if (mayProbe)
        put("HTTP/1.1 100 Continue\r\n\r\n");
    return mayProbe;
}

bool AnswerQueue::isOverdue() const
{
    if (m_outlet.pending() > 0)
        return m_state.nowMs - m_writtenAt > m_state.limits.stallMs;
    return m_isClosing && m_state.nowMs - std::max(m_closingSince, m_writtenAt) > LingerMs;
}

void AnswerQueue::closeWhenEmpty()
{
    m_closesWhenEmpty = true;
    if (m_queue.empty())
        closeWhenWritten();
}

void AnswerQueue::closeWhenWritten()
{
    if (m_isClosing)
        return;
    m_isClosing = true;
    m_closingSince = m_state.nowMs;
    hangUp();
    if (m_corks == 0)
        finishWhenWritten();
}

void AnswerQueue::close()
{
    m_isClosing = true;
}

void AnswerQueue::finishWhenWritten()
{
    if (m_outlet.pending() > 0 || m_isFinished)
        return;
    m_isFinished = true;
    emit finished();
}

void AnswerQueue::hangUp()
{
    std::vector<ContextCallback> callbacks;
    for (Pending &pending : m_queue) {
        ReplySlot *slot = std::exchange(pending.slot, nullptr);
        if (slot == nullptr)
            continue;
        slot->queue = nullptr;
        slot->drained = {};
        callbacks.push_back(std::exchange(slot->gone, {}));
    }
    for (ContextCallback &gone : callbacks)
        gone.fireOnce();
}

void AnswerQueue::abandon()
{
    for (const Pending &pending : m_queue) {
        if (pending.slot != nullptr)
            pending.slot->queue = nullptr;
    }
}

} // namespace replog
