// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/answerqueue.h"

#include "shared/http/answerform.h"
#include "shared/http/exchange.h"
#include "shared/http/front.h"
#include "shared/http/problem.h"
#include "shared/http/requesthead.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace replog {

namespace {
constexpr qsizetype CopiedBody = 16 * 1024;   // bodies up to this share one buffer with their head
constexpr qsizetype UnreadBytes = 256 * 1024; // of answers, before no further request is taken
constexpr qint64 LingerMs = 2000;             // how long a closed client may take to read its last answer
} // namespace

AnswerQueue::AnswerQueue(Channel &channel, HttpServerState &state)
    : m_channel(channel), m_state(state), m_memory(state.budget, MemoryBudget::Part::Readers),
      m_writtenAt(state.nowMs)
{
    connect(&channel, &Channel::written, this, &AnswerQueue::handleWritten);
}

AnswerQueue::~AnswerQueue()
{
    dropPieces();
}

std::shared_ptr<Exchange> AnswerQueue::add(const RequestHead &head)
{
    // Its members have initializers; make_shared() would zero all of it before.
    auto exchange = std::make_shared_for_overwrite<Exchange>();
    exchange->queue = this;
    exchange->sequence = nextSequence();
    exchange->isHead = head.request.method == HttpMethod::Head;
    exchange->isHttp10 = head.isHttp10;
    exchange->keepAlive = head.keepAlive;
    if (exchange->sequence == m_owedContinue)
        m_owedContinue = None; // its body came without being asked for
    m_queue.emplace_back().exchange = exchange.get();
    return exchange;
}

bool AnswerQueue::isFull()
{
    m_wasFull = !mayTakeMore();
    return m_wasFull;
}

bool AnswerQueue::mayTakeMore() const
{
    if (m_queue.empty())
        return unread() < UnreadBytes;
    const Exchange *last = m_queue.back().exchange;
    const bool isLastAlone =
        last != nullptr && (last->front || last->isLong || last->state == Exchange::State::Streaming);
    return qsizetype(m_queue.size()) < m_state.limits.pipelined && unread() < UnreadBytes && !isLastAlone;
}

void AnswerQueue::tellRoom()
{
    if (m_wasFull && !m_isClosing && mayTakeMore()) {
        m_wasFull = false;
        emit hasRoom();
    }
}

qsizetype AnswerQueue::unread() const
{
    return m_kept + m_corked.size() + m_channel.pending();
}

// Adds to an answer whose turn has not come.
void AnswerQueue::keep(Pending &pending, const QByteArray &bytes)
{
    pending.out += bytes;
    m_kept += bytes.size();
}

void AnswerQueue::sendContinue(quint64 sequence)
{
    if (sequence == m_firstSequence)
        put("HTTP/1.1 100 Continue\r\n\r\n");
    else
        m_owedContinue = sequence;
}

void AnswerQueue::bodyBroken(const Error &error)
{
    const quint64 sequence = std::exchange(m_unreadBody, None);
    if (sequence == None)
        return;
    Pending &pending = m_queue[sequence - m_firstSequence];
    pending.closesAfter = true;
    Exchange *exchange = pending.exchange;
    if (exchange != nullptr && exchange->state == Exchange::State::Waiting)
        answer(*exchange, httpStatus(error.code), "application/problem+json", problemJson(error), {});
}

AnswerQueue::Pending &AnswerQueue::pendingOf(const Exchange &exchange)
{
    return m_queue[exchange.sequence - m_firstSequence];
}

// ---- whole answers

void AnswerQueue::answer(Exchange &exchange, int status, QByteArrayView contentType, const QByteArray &body,
                         const HttpHeaders &extra)
{
    if (status >= 400)
        ++m_state.errors[status];
    const Cork cork(*this);
    Pending &pending = pendingOf(exchange);
    const quint64 sequence = exchange.sequence;
    pending.closesAfter =
        pending.closesAfter || !exchange.keepAlive || sequence == m_unreadBody || m_state.isShuttingDown;
    pending.isWhole = true;
    const bool isFirst = sequence == m_firstSequence;
    const AnswerForm form{status, contentType, extra, m_state.date, exchange.isHttp10, pending.closesAfter};
    if (exchange.front) {
        const QByteArray bytes = answerByQt(*exchange.front, form, body, exchange.isHead);
        if (isFirst)
            put(bytes);
        else
            keep(pending, bytes);
    } else {
        const qsizetype sent = exchange.isHead ? 0 : body.size();
        const bool isLarge = isFirst && sent > CopiedBody;
        QByteArray own;
        QByteArray &out = isFirst ? m_corked : own;
        out.reserve(out.size() + 384 + (isLarge ? 0 : sent));
        appendAnswerHead(out, form, body.size());
        if (sent > 0 && !isLarge)
            out += body;
        if (!isFirst)
            keep(pending, own);
        else if (out.size() + (isLarge ? sent : 0) > CopiedBody)
            writeOut(isLarge ? body : QByteArray());
    }
    finishExchange(exchange);
    endBodyOf(sequence);
    if (isFirst)
        flush();
    tellRoom();
}

// The exchange has answered; it is not used afterwards.
void AnswerQueue::finishExchange(Exchange &exchange)
{
    pendingOf(exchange).exchange = nullptr;
    exchange.state = Exchange::State::Done;
    exchange.queue = nullptr;
    exchange.front.clear();
    if (exchange.drained.call)
        exchange.drained = {};
    if (exchange.gone.call)
        const ContextCallback gone = std::exchange(exchange.gone, {}); // it may hold the last Reply
}

void AnswerQueue::endBodyOf(quint64 sequence)
{
    if (sequence != m_unreadBody)
        return;
    m_unreadBody = None;
    emit bodyUnwanted();
}

// Sends every answer whose turn has come.
void AnswerQueue::flush()
{
    const Cork cork(*this);
    while (!m_queue.empty() && !m_isClosing) {
        Pending &front = m_queue.front();
        if (!front.out.isEmpty()) {
            m_kept -= front.out.size();
            put(std::exchange(front.out, {}));
        }
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
    tellRoom();
}

// `more` is not copied if it is large.
void AnswerQueue::put(const QByteArray &bytes, const QByteArray &more, const QByteArray &last)
{
    const Cork cork(*this);
    m_corked += bytes;
    if (m_corked.size() + more.size() > CopiedBody) {
        writeOut(more, last);
    } else {
        m_corked += more;
        m_corked += last;
    }
}

void AnswerQueue::writeOut(const QByteArray &more, const QByteArray &last)
{
    if (m_channel.pending() == 0)
        m_writtenAt = m_state.nowMs;
    m_given += m_corked.size() + more.size() + last.size();
    m_channel.write(std::exchange(m_corked, {}), more, last);
    if (more.size() > CopiedBody && m_channel.pending() > 0) {
        m_pieces.push_back({more, m_given - last.size()});
        m_state.pieces.hold(more);
    }
}

void AnswerQueue::countHeld()
{
    const qint64 sent = m_given - m_channel.pending();
    while (!m_pieces.empty() && m_pieces.front().end <= sent) {
        m_state.pieces.release(m_pieces.front().bytes);
        m_pieces.pop_front();
    }
    qint64 own = unread();
    for (const Piece &piece : m_pieces)
        own -= std::min<qint64>(piece.end - sent, piece.bytes.size());
    m_memory.set(std::max<qint64>(own, 0));
}

void AnswerQueue::dropPieces()
{
    for (const Piece &piece : std::exchange(m_pieces, {}))
        m_state.pieces.release(piece.bytes);
}

// One write for all that became ready together, without waiting for a turn of the event loop.
void AnswerQueue::uncork()
{
    if (--m_corks > 0)
        return;
    if (!m_corked.isEmpty())
        writeOut();
    countHeld();
    if (unread() > 0 && m_state.budget.isShort())
        m_state.relieve();
    if (m_isClosing)
        finishWhenWritten();
    else if (!m_queue.empty() && m_queue.front().exchange != nullptr && m_queue.front().exchange->isFull &&
             m_channel.pending() == 0)
        QMetaObject::invokeMethod(this, &AnswerQueue::tellDrained, Qt::QueuedConnection);
}

// ---- streamed answers

void AnswerQueue::startStream(Exchange &exchange, int status, QByteArrayView contentType,
                              const HttpHeaders &extra)
{
    Pending &pending = pendingOf(exchange);
    pending.closesAfter =
        pending.closesAfter || !exchange.keepAlive || exchange.isHttp10 || m_state.isShuttingDown;
    exchange.state = Exchange::State::Streaming;
    if (exchange.front)
        exchange.front->end(); // Qt cannot stream: its next request makes a new front
    exchange.front.clear();
    if (exchange.sequence == m_owedContinue)
        m_owedContinue = None; // may not follow the final status
    QByteArray head;
    appendAnswerHead(head, {status, contentType, extra, m_state.date, exchange.isHttp10, pending.closesAfter},
                     OpenLength);
    keep(pending, head);
    if (exchange.isHead) {
        finishStream(exchange); // there is nothing more to send, however long the stream would be
        return;
    }
    if (exchange.sequence == m_firstSequence)
        flush();
}

qsizetype AnswerQueue::streamRoom(Exchange &exchange)
{
    // A stream whose turn has not come must not fill memory meanwhile.
    const qsizetype room = exchange.sequence == m_firstSequence
                               ? m_state.limits.streamBytes - m_channel.pending() - m_corked.size()
                               : 0;
    if (room <= 0)
        exchange.isFull = true;
    return room;
}

void AnswerQueue::writeStream(Exchange &exchange, const QByteArray &piece)
{
    QByteArray before;
    QByteArray after;
    if (!exchange.isHttp10) {
        before = QByteArray::number(piece.size(), 16) + "\r\n";
        after = QByteArrayLiteral("\r\n");
    }
    if (exchange.sequence == m_firstSequence)
        put(before, piece, after);
    else
        keep(pendingOf(exchange), before + piece + after);
}

void AnswerQueue::finishStream(Exchange &exchange)
{
    Pending &pending = pendingOf(exchange);
    const quint64 sequence = exchange.sequence;
    if (!exchange.isHttp10 && !exchange.isHead)
        keep(pending, "0\r\n\r\n");
    pending.isWhole = true;
    pending.closesAfter = pending.closesAfter || sequence == m_unreadBody;
    finishExchange(exchange);
    endBodyOf(sequence);
    if (sequence == m_firstSequence)
        flush();
    tellRoom();
}

void AnswerQueue::abortStream(Exchange &exchange)
{
    finishExchange(exchange);
    emit aborted();
}

void AnswerQueue::handleWritten()
{
    m_writtenAt = m_state.nowMs;
    countHeld();
    if (m_isClosing) {
        finishWhenWritten();
        return;
    }
    tellDrained();
    tellRoom();
}

void AnswerQueue::tellDrained()
{
    if (m_queue.empty() || m_queue.front().exchange == nullptr)
        return;
    Exchange &exchange = *m_queue.front().exchange;
    if (!exchange.isFull || streamRoom(exchange) <= m_state.limits.streamBytes / 2)
        return;
    exchange.isFull = false;
    if (exchange.drained.context && exchange.drained.call) {
        const auto drained = exchange.drained.call;
        drained();
    }
}

// ---- the end

bool AnswerQueue::probe()
{
    const bool mayProbe =
        !m_queue.empty() && m_channel.pending() == 0 && m_queue.front().exchange != nullptr &&
        m_queue.front().exchange->state == Exchange::State::Waiting && !m_queue.front().exchange->isHttp10;
    if (mayProbe)
        put("HTTP/1.1 100 Continue\r\n\r\n");
    return mayProbe;
}

bool AnswerQueue::isOverdue() const
{
    if (m_channel.pending() > 0)
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
    // The reader of a later request's body is gone, too: it gets nothing more of it.
    if (std::exchange(m_unreadBody, None) != None)
        emit bodyUnwanted();
    if (m_corks == 0)
        finishWhenWritten();
}

void AnswerQueue::close()
{
    m_isClosing = true;
    dropPieces();
}

void AnswerQueue::finishWhenWritten()
{
    if (m_channel.pending() > 0 || m_isFinished)
        return;
    m_isFinished = true;
    emit finished();
}

void AnswerQueue::hangUp()
{
    std::vector<ContextCallback> callbacks;
    std::vector<ContextCallback> dropped; // `drained` may own what owns its exchange
    for (Pending &pending : m_queue) {
        Exchange *exchange = std::exchange(pending.exchange, nullptr);
        if (exchange == nullptr)
            continue;
        exchange->queue = nullptr;
        exchange->front.clear();
        callbacks.push_back(std::exchange(exchange->gone, {}));
        dropped.push_back(std::exchange(exchange->drained, {}));
    }
    for (ContextCallback &gone : callbacks)
        gone.fireOnce();
}

void AnswerQueue::abandon()
{
    for (const Pending &pending : m_queue) {
        if (pending.exchange != nullptr)
            pending.exchange->queue = nullptr;
    }
}

} // namespace replog
