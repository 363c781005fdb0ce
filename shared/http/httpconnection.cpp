// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httpconnection.h"

#include "shared/base/bytewriter.h"
#include "shared/http/httpbody.h"
#include "shared/http/problem.h"
#include "shared/http/replyslot.h"

#include <QScopedValueRollback>
#include <QTimer>

#include <algorithm>

namespace replog {

using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype ReadBuffer = 128 * 1024;       // what the socket may hold that nobody has asked for yet
constexpr qsizetype StreamPiece = 64 * 1024;
constexpr qsizetype SkippableBody = 64 * 1024;     // a refused request's body up to this does not cost the connection
constexpr qsizetype FirstReserve = 256 * 1024;     // believed of a Content-Length before any of the body is there
constexpr qsizetype CopiedBody = 16 * 1024;        // bodies up to this share one buffer with their head
constexpr qsizetype KeptBuffer = 16 * 1024;
constexpr int ProbeMs = 5;
constexpr qint64 LingerMs = 2000;                  // how long a closed client may take to read its last answer
}

HttpConnection::HttpConnection(QTcpSocket *socket, HttpServerState &state, QObject *parent)
    : QObject(parent), m_socket(socket), m_outlet(int(socket->socketDescriptor())), m_state(state),
      m_activeAt(state.nowMs), m_writtenAt(state.nowMs)
{
    socket->setReadBufferSize(ReadBuffer);
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(socket, &QTcpSocket::readyRead, this, &HttpConnection::handleReadyRead);
    connect(socket, &QTcpSocket::disconnected, this, &HttpConnection::handleDisconnected);
    connect(&m_outlet, &HttpOutlet::written, this, &HttpConnection::handleWritten);
    connect(&m_outlet, &HttpOutlet::failed, this, &HttpConnection::abort);
}

HttpConnection::~HttpConnection()
{
    if (m_body)
        m_body->close();
    for (const Pending &pending : m_queue) {
        if (pending.slot != nullptr)
            pending.slot->connection = nullptr;
    }
}

// ---- reading

void HttpConnection::handleReadyRead()
{
    m_activeAt = m_state.nowMs;
    pull();
}

void HttpConnection::pull()
{
    if (m_isPulling || !m_socket)
        return;
    {
        const QScopedValueRollback pulling(m_isPulling, true);
        m_isBlocked = false;
        ++m_corks;
        while (step()) { }
        uncork();
    }
    if (m_inAt == m_in.size()) {
        m_inAt = 0;
        if (m_in.capacity() > KeptBuffer)
            m_in = {};
        else
            m_in.resize(0);
    }
    hideRest();
}

bool HttpConnection::step()
{
    if (!m_socket)
        return false;
    switch (m_phase) {
    case Phase::Head: return readHead();
    case Phase::Collect: return readCollected();
    case Phase::Stream: return readStream();
    case Phase::Skip: return skipBody();
    case Phase::Deaf:
        m_in = {};
        m_inAt = 0;
        if (fill() > 0)
            return true;
        return false;
    }
    return false;
}

// Moves what the socket holds into m_in.
qsizetype HttpConnection::fill()
{
    if (m_socket->isTransactionStarted())
        m_socket->rollbackTransaction();
    const qsizetype available = m_socket->bytesAvailable();
    if (available <= 0)
        return 0;
    if (m_inAt > 0) {
        m_in.remove(0, m_inAt);
        m_inAt = 0;
    }
    const qsizetype held = m_in.size();
    m_in.resize(held + available);
    const qsizetype read = m_socket->read(m_in.data() + held, available);
    m_in.resize(held + std::max<qsizetype>(read, 0));
    return read;
}

// Qt's server reads the same socket after us, inside a transaction. What we leave in the socket's buffer must not
// reach its parser: a transaction moved to the end of the buffer shows it an empty socket, while the bytes stay
// counted against the read buffer's size, which is what stops a client that sends on.
void HttpConnection::hideRest()
{
    if (!m_socket)
        return;
    const qint64 rest = m_socket->bytesAvailable();
    if (rest <= 0)
        return;
    if (!m_socket->isTransactionStarted())
        m_socket->startTransaction();
    m_socket->skip(rest);
}

void HttpConnection::consume(qsizetype bytes)
{
    m_inAt += bytes;
    m_scanned = 0;
}

bool HttpConnection::readHead()
{
    if (m_isLastRequest || m_isClosing || m_state.isShuttingDown) {
        goDeaf();
        return true;
    }
    if (qsizetype(m_queue.size()) >= m_state.limits.pipelined) {
        m_isBlocked = true;
        m_requestSince = 0;
        return false;
    }
    if (input().isEmpty() && fill() <= 0) {
        m_requestSince = 0;
        return false;
    }
    if (m_requestSince == 0)
        m_requestSince = m_state.nowMs;
    const qsizetype length = RequestHead::find(input(), m_scanned);
    if (length > m_state.limits.headerBytes || (length == 0 && input().size() > m_state.limits.headerBytes)) {
        refuse(nullptr, 431, problemJson(431, u"request line and headers together are limited to %1 bytes"_s
                                                  .arg(m_state.limits.headerBytes)));
        return true;
    }
    if (length == 0) {
        if (!RequestHead::mayBegin(input())) {
            refuse(nullptr, 400, problemJson(400, u"this is no HTTP request"_s));
            return true;
        }
        return fill() > 0;
    }
    RequestHead head;
    QString detail;
    const int status = head.parse(input().first(length), detail);
    consume(length);
    if (status != 0)
        refuse(nullptr, status, problemJson(status, detail));
    else
        beginRequest(std::move(head));
    return true;
}

void HttpConnection::beginRequest(RequestHead &&head)
{
    ++m_state.requests;
    if (!head.keepAlive)
        m_isLastRequest = true;
    QByteArray allow;
    const HttpRoute *route = m_state.router.find(head.request, head.rawPath, allow);
    if (route == nullptr && allow.isEmpty()) {
        refuse(&head, 404, problemJson(404, u"no such path: %1"_s.arg(QString::fromUtf8(head.request.path))));
        return;
    }
    if (route == nullptr) {
        refuse(&head, 405, problemJson(405, u"this path answers %1"_s.arg(QString::fromLatin1(allow))), {{"Allow", allow}});
        return;
    }
    if (m_state.gate) {
        if (const Result<void> allowed = m_state.gate(head.request); !allowed) {
            const int status = httpStatus(allowed.error().code);
            HttpHeaders extra;
            if (status == 401)
                extra.emplaceBack("WWW-Authenticate", "Bearer");
            refuse(&head, status, problemJson(allowed.error()), extra);
            return;
        }
    }
    m_head = std::move(head);
    m_route = route;
    m_bodyLeft = std::max<qint64>(m_head.contentLength, 0);
    m_chunks = {};
    if (!route->streams.empty()) {
        const QByteArray type = m_head.request.contentType();
        const auto stream = std::find_if(route->streams.begin(), route->streams.end(),
                                         [&](const auto &s) { return s.first == type; });
        if (stream != route->streams.end()) {
            const std::shared_ptr<ReplySlot> slot = makeSlot(m_head, m_head.request.method);
            m_bodySequence = slot->sequence;
            m_body = std::make_shared<HttpBody>(this);
            m_phase = Phase::Stream;
            sendContinue();
            const auto body = m_body;
            stream->second(std::move(m_head.request), body, Reply(slot));
            return;
        }
        if (!route->handler) {
            refuse(&m_head, 415, problemJson(415, u"this path takes %1"_s.arg(QString::fromLatin1(route->streams.front().first))));
            return;
        }
    }
    if (m_bodyLeft > route->bodyLimit) {
        refuse(&m_head, 413, problemJson(413, u"the body is limited to %1 bytes here"_s.arg(route->bodyLimit)));
        return;
    }
    if (!m_head.hasBody()) {
        dispatch();
        return;
    }
    m_phase = Phase::Collect;
    if (!m_head.chunked && input().size() >= m_bodyLeft) {
        m_head.request.body = input().first(m_bodyLeft).toByteArray();
        consume(m_bodyLeft);
        dispatch();
        return;
    }
    m_head.request.body.reserve(std::min<qint64>(m_bodyLeft, FirstReserve));
    if (input().isEmpty())
        sendContinue();
}

bool HttpConnection::readCollected()
{
    QByteArray &body = m_head.request.body;
    if (m_head.chunked) {
        if (input().isEmpty() && fill() <= 0)
            return false;
        consume(m_chunks.decode(input(), body));
        if (m_chunks.isBroken()) {
            refuse(nullptr, 400, problemJson(400, u"the chunked body is malformed"_s));
        } else if (quint64(body.size()) + m_chunks.announced() > quint64(m_route->bodyLimit)) {
            refuse(nullptr, 413, problemJson(413, u"the body is limited to %1 bytes here"_s.arg(m_route->bodyLimit)));
        } else if (m_chunks.isEnd()) {
            dispatch();
        }
        return true;
    }
    if (!input().isEmpty()) {
        const qsizetype take = std::min<qint64>(m_bodyLeft, input().size());
        body.append(input().first(take));
        consume(take);
        m_bodyLeft -= take;
    } else {
        // Straight from the socket's buffer into the body.
        if (m_socket->isTransactionStarted())
            m_socket->rollbackTransaction();
        const qsizetype take = std::min<qint64>(m_bodyLeft, m_socket->bytesAvailable());
        if (take <= 0)
            return false;
        const qsizetype held = body.size();
        body.resize(held + take);
        const qsizetype read = std::max<qint64>(m_socket->read(body.data() + held, take), 0);
        body.resize(held + read);
        m_bodyLeft -= read;
        if (read == 0)
            return false;
    }
    if (m_bodyLeft == 0)
        dispatch();
    return true;
}

bool HttpConnection::readStream()
{
    const auto body = m_body;
    if (!body || body->isClosed()) {
        goDeaf();
        return true;
    }
    const bool isWhole = m_head.chunked ? m_chunks.isEnd() : m_bodyLeft == 0;
    if (!isWhole) {
        if (!body->wantsData()) {
            m_requestSince = 0;
            return false;
        }
        if (input().isEmpty() && fill() <= 0) {
            if (m_requestSince == 0)
                m_requestSince = m_state.nowMs;
            return false;
        }
        m_requestSince = m_state.nowMs;
        QByteArray piece;
        if (m_head.chunked) {
            consume(m_chunks.decode(input().first(std::min(input().size(), StreamPiece)), piece));
        } else {
            piece = input().first(std::min<qint64>({m_bodyLeft, input().size(), StreamPiece})).toByteArray();
            consume(piece.size());
            m_bodyLeft -= piece.size();
        }
        if (!piece.isEmpty())
            body->data(piece);
        if (m_chunks.isBroken() && !body->isClosed())
            breakBody({Errc::InvalidArgument, u"the chunked body is malformed"_s}, 400);
        return true;
    }
    if (!body->wantsData())
        return false;
    m_body.reset();
    m_phase = Phase::Head;
    m_requestSince = 0;
    body->end();
    return true;
}

bool HttpConnection::skipBody()
{
    if (input().isEmpty() && fill() <= 0)
        return false;
    const qsizetype take = std::min<qint64>(m_bodyLeft, input().size());
    consume(take);
    m_bodyLeft -= take;
    if (m_bodyLeft == 0)
        m_phase = Phase::Head;
    return true;
}

void HttpConnection::resumeReading()
{
    QMetaObject::invokeMethod(this, &HttpConnection::pull, Qt::QueuedConnection);
}

// ---- requests

std::shared_ptr<ReplySlot> HttpConnection::makeSlot(const RequestHead &head, HttpMethod method)
{
    const auto slot = std::make_shared<ReplySlot>();
    slot->connection = this;
    slot->sequence = m_firstSequence + m_queue.size();
    slot->isHead = method == HttpMethod::Head;
    slot->isHttp10 = head.isHttp10;
    slot->keepAlive = head.keepAlive;
    m_queue.emplace_back().slot = slot.get();
    return slot;
}

void HttpConnection::dispatch()
{
    m_phase = Phase::Head;
    m_requestSince = 0;
    m_owesContinue = false;
    HttpRequest request = std::exchange(m_head.request, {});
    Reply reply(makeSlot(m_head, request.method));
    m_route->handler(std::move(request), std::move(reply));
}

// Answers without a handler. A request whose head is sound and whose body is small costs only itself; after any other
// nobody knows where the next one begins, so the connection closes.
void HttpConnection::refuse(const RequestHead *head, int status, const QByteArray &problem, const HttpHeaders &extra)
{
    static const RequestHead Unknown;
    const bool survives = head != nullptr && !head->chunked && !head->expectContinue && head->contentLength <= SkippableBody;
    m_owesContinue = false;
    const std::shared_ptr<ReplySlot> slot = makeSlot(head != nullptr ? *head : Unknown, head != nullptr ? head->request.method : HttpMethod::Other);
    if (survives) {
        m_bodyLeft = std::max<qint64>(head->contentLength, 0);
        m_phase = m_bodyLeft > 0 ? Phase::Skip : Phase::Head;
        m_requestSince = m_bodyLeft > 0 ? m_requestSince : 0;
    } else {
        slot->keepAlive = false;
        goDeaf();
    }
    answer(*slot, status, "application/problem+json", problem, extra);
}

void HttpConnection::refuseConnection(int status, const QString &detail)
{
    refuse(nullptr, status, problemJson(status, detail), {{"Retry-After", "1"}});
}

// From here on what the client sends is read and dropped, so that it can take its last answer before the connection
// is reset under it.
void HttpConnection::goDeaf()
{
    m_phase = Phase::Deaf;
    m_requestSince = 0;
    if (m_queue.empty())
        closeWhenWritten();
}

void HttpConnection::sendContinue()
{
    if (!m_head.expectContinue)
        return;
    // It may not overtake the answers to earlier requests.
    const bool isFirst = m_queue.empty() || (m_queue.size() == 1 && m_phase == Phase::Stream);
    m_owesContinue = !isFirst;
    if (isFirst)
        put("HTTP/1.1 100 Continue\r\n\r\n");
}

void HttpConnection::breakBody(const Error &error, int status)
{
    const auto body = std::exchange(m_body, nullptr);
    const quint64 sequence = m_bodySequence;
    goDeaf();
    if (sequence >= m_firstSequence) {
        Pending &pending = m_queue[sequence - m_firstSequence];
        pending.closesAfter = true;
        ReplySlot *slot = pending.slot;
        if (slot != nullptr && slot->state == ReplySlot::State::Waiting)
            answer(*slot, status, "application/problem+json", problemJson(status, error.text), {});
    }
    if (body)
        body->broken(error);
}

// ---- answers

HttpConnection::Pending &HttpConnection::pendingOf(const ReplySlot &slot)
{
    return m_queue[slot.sequence - m_firstSequence];
}

void HttpConnection::appendHead(QByteArray &out, const ReplySlot &slot, int status, QByteArrayView contentType,
                                const HttpHeaders &extra, qint64 length, bool closes) const
{
    qsizetype extraBytes = 0;
    for (const auto &[name, value] : extra)
        extraBytes += name.size() + value.size() + 4;
    const QByteArrayView reason = httpReason(status);
    ByteWriter to(out, 128 + reason.size() + m_state.date.size() + contentType.size() + extraBytes + 2 * ByteWriter::NumberBytes);
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

void HttpConnection::answer(ReplySlot &slot, int status, QByteArrayView contentType, const QByteArray &body,
                            const HttpHeaders &extra)
{
    Pending &pending = pendingOf(slot);
    const quint64 sequence = slot.sequence;
    const bool isBodyUnread = m_body && sequence == m_bodySequence;
    pending.closesAfter = pending.closesAfter || !slot.keepAlive || isBodyUnread || m_state.isShuttingDown;
    pending.isWhole = true;
    const qsizetype sent = slot.isHead ? 0 : body.size();
    const bool copied = sent > 0 && sent <= CopiedBody;
    QByteArray out;
    out.reserve(384 + (copied ? sent : 0));
    appendHead(out, slot, status, contentType, extra, body.size(), pending.closesAfter);
    if (copied)
        out += body;
    const bool isFirst = sequence == m_firstSequence;
    if (isFirst) {
        ++m_corks;
        put(out, sent > CopiedBody ? body : QByteArray());
    } else {
        if (sent > CopiedBody)
            out += body;
        pending.out = std::move(out);
    }
    settle(slot);
    endBodyOf(sequence);
    if (isFirst) {
        flushQueue();
        uncork();
    }
}

// The slot's right is used up; nothing of it is touched afterwards.
void HttpConnection::settle(ReplySlot &slot)
{
    pendingOf(slot).slot = nullptr;
    slot.state = ReplySlot::State::Done;
    slot.connection = nullptr;
    slot.drained = {};
    const ContextCallback gone = std::exchange(slot.gone, {});   // goes last: it may hold the last Reply
}

// Answered before its body was whole: the rest of it does not matter any more.
void HttpConnection::endBodyOf(quint64 sequence)
{
    if (!m_body || sequence != m_bodySequence)
        return;
    const auto body = std::exchange(m_body, nullptr);
    goDeaf();
    body->close();
}

// Sends all that has its turn.
void HttpConnection::flushQueue()
{
    ++m_corks;
    while (!m_queue.empty() && !m_isClosing) {
        Pending &front = m_queue.front();
        if (!front.out.isEmpty())
            put(std::exchange(front.out, {}));
        if (!front.isWhole)
            break;
        const bool closes = front.closesAfter;
        m_queue.pop_front();
        ++m_firstSequence;
        if (closes) {
            goDeaf();
            closeWhenWritten();
        }
    }
    const bool bodyIsNext = m_phase == Phase::Stream && !m_queue.empty() && m_bodySequence == m_firstSequence;
    if (m_owesContinue && (m_queue.empty() || bodyIsNext)) {
        m_owesContinue = false;
        put("HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (m_queue.empty() && (m_phase == Phase::Deaf || m_isHalfClosed))
        closeWhenWritten();
    uncork();
    if (m_isBlocked && !m_isPulling && qsizetype(m_queue.size()) < m_state.limits.pipelined) {
        m_isBlocked = false;
        resumeReading();
    }
}

// `more` is not copied, so it may be large.
void HttpConnection::put(const QByteArray &bytes, const QByteArray &more)
{
    ++m_corks;
    m_corkedOut += bytes;
    if (m_corkedOut.size() + more.size() > CopiedBody) {
        if (m_outlet.pending() == 0)
            m_writtenAt = m_state.nowMs;
        m_outlet.write(std::exchange(m_corkedOut, {}), more);
    } else {
        m_corkedOut += more;
    }
    uncork();
}

// One write for all that became ready together, without waiting for a turn of the event loop.
void HttpConnection::uncork()
{
    if (--m_corks > 0)
        return;
    if (!m_corkedOut.isEmpty()) {
        if (m_outlet.pending() == 0)
            m_writtenAt = m_state.nowMs;
        m_outlet.write(std::exchange(m_corkedOut, {}));
    }
    if (m_isClosing)
        shutdownWhenWritten();
    else if (!m_queue.empty() && m_queue.front().slot != nullptr && m_queue.front().slot->isFull && m_outlet.pending() == 0)
        QMetaObject::invokeMethod(this, &HttpConnection::tellDrained, Qt::QueuedConnection);
}

// Ends our half once everything is sent; the client ends the other, or the sweep does.
void HttpConnection::closeWhenWritten()
{
    if (m_isClosing)
        return;
    m_isClosing = true;
    m_closingSince = m_state.nowMs;
    dropPending();
    if (m_corks == 0)
        shutdownWhenWritten();
}

// Whoever still wants to answer is told that nobody listens.
void HttpConnection::dropPending()
{
    std::vector<ContextCallback> callbacks;
    for (Pending &pending : m_queue) {
        ReplySlot *slot = std::exchange(pending.slot, nullptr);
        if (slot == nullptr)
            continue;
        slot->connection = nullptr;
        slot->drained = {};
        callbacks.push_back(std::exchange(slot->gone, {}));
    }
    for (ContextCallback &gone : callbacks)
        gone.fireOnce();
}

void HttpConnection::shutdownWhenWritten()
{
    if (m_outlet.pending() > 0 || m_isShutDown)
        return;
    m_isShutDown = true;
    if (m_isHalfClosed) {
        QMetaObject::invokeMethod(this, &HttpConnection::end, Qt::QueuedConnection);
    } else if (m_state.isShuttingDown) {
        QMetaObject::invokeMethod(m_socket, &QTcpSocket::disconnectFromHost, Qt::QueuedConnection);
    } else {
        m_outlet.shutdown();
    }
}

void HttpConnection::handleWritten()
{
    m_writtenAt = m_state.nowMs;
    if (m_isClosing)
        shutdownWhenWritten();
    else
        tellDrained();
}

void HttpConnection::tellDrained()
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

// ---- streamed answers

void HttpConnection::startStream(ReplySlot &slot, int status, QByteArrayView contentType, const HttpHeaders &extra)
{
    Pending &pending = pendingOf(slot);
    pending.closesAfter = pending.closesAfter || !slot.keepAlive || slot.isHttp10 || m_state.isShuttingDown;
    slot.state = ReplySlot::State::Streaming;
    appendHead(pending.out, slot, status, contentType, extra, -1, pending.closesAfter);
    if (slot.sequence == m_firstSequence)
        flushQueue();
}

qsizetype HttpConnection::streamRoom(ReplySlot &slot)
{
    const qsizetype waiting = slot.sequence == m_firstSequence ? m_outlet.pending() + m_corkedOut.size()
                                                               : pendingOf(slot).out.size();
    const qsizetype room = m_state.limits.streamBytes - waiting;
    if (room <= 0)
        slot.isFull = true;
    return room;
}

void HttpConnection::writeStream(ReplySlot &slot, const QByteArray &piece)
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

void HttpConnection::finishStream(ReplySlot &slot)
{
    Pending &pending = pendingOf(slot);
    const quint64 sequence = slot.sequence;
    if (!slot.isHttp10 && !slot.isHead)
        pending.out += "0\r\n\r\n";
    pending.isWhole = true;
    if (m_body && sequence == m_bodySequence)
        pending.closesAfter = true;
    settle(slot);
    endBodyOf(sequence);
    if (sequence == m_firstSequence)
        flushQueue();
}

void HttpConnection::abortStream(ReplySlot &slot)
{
    settle(slot);
    abort();
}

// ---- limits and the end

void HttpConnection::sweep()
{
    const HttpLimits &limits = m_state.limits;
    const qint64 now = m_state.nowMs;
    const bool isWriting = m_outlet.pending() > 0;
    const bool lingers = m_isClosing && !isWriting && now - std::max(m_closingSince, m_writtenAt) > LingerMs;
    const bool isStalled = isWriting && now - m_writtenAt > limits.stallMs;
    if (lingers || isStalled || (m_isHalfClosed && m_outlet.isReset())) {
        abort();
        return;
    }
    if (m_requestSince != 0 && now - m_requestSince > limits.requestMs) {
        const QString detail = u"the request did not arrive within %1 ms"_s.arg(limits.requestMs);
        if (m_phase == Phase::Stream)
            breakBody({Errc::Timeout, detail}, 408);
        else
            refuse(nullptr, 408, problemJson(408, detail));
        return;
    }
    const bool isIdle = m_queue.empty() && m_phase == Phase::Head && m_requestSince == 0;
    if (isIdle && now - std::max(m_activeAt, m_writtenAt) > limits.idleMs)
        closeWhenWritten();
}

void HttpConnection::finish()
{
    if (m_phase == Phase::Head && m_requestSince == 0)
        goDeaf();
}

void HttpConnection::abort()
{
    m_isClosing = true;
    m_isAborting = true;
    QMetaObject::invokeMethod(this, [this] {
        if (m_socket)
            m_socket->abort();
        end();
    }, Qt::QueuedConnection);
}

// A client that ended its half may still read, though QTcpSocket closes both: what remains to be answered goes on over
// the outlet.
void HttpConnection::handleDisconnected()
{
    const bool isByClient = m_socket && m_socket->error() == QAbstractSocket::RemoteHostClosedError;
    const bool isOwed = !m_queue.empty() || m_outlet.pending() > 0;
    m_socket.clear();
    if (!isByClient || !isOwed || m_isAborting || m_isShutDown || m_outlet.isReset()) {
        end();
        return;
    }
    m_isHalfClosed = true;
    m_outlet.watchForReset();
    // A client that is gone altogether looks the same until something is sent to it. An interim answer is harmless to
    // one that listens, and makes the kernel of any other reset the connection: at once on this machine or the next,
    // else the sweep sees it.
    const bool mayProbe = !m_queue.empty() && m_outlet.pending() == 0 && m_queue.front().slot != nullptr
        && m_queue.front().slot->state == ReplySlot::State::Waiting && !m_queue.front().slot->isHttp10;
    if (mayProbe) {
        put("HTTP/1.1 100 Continue\r\n\r\n");
        QTimer::singleShot(ProbeMs, this, &HttpConnection::sweep);
    }
    m_phase = Phase::Deaf;
    m_requestSince = 0;
    m_in = {};
    m_inAt = 0;
    if (const auto body = std::exchange(m_body, nullptr))
        body->broken({Errc::Unavailable, u"the client ended the request before it was whole"_s});
    if (m_queue.empty())
        closeWhenWritten();
}

void HttpConnection::end()
{
    if (std::exchange(m_hasEnded, true))
        return;
    m_isClosing = true;
    m_socket.clear();
    m_outlet.close();
    if (const auto body = std::exchange(m_body, nullptr))
        body->broken({Errc::Unavailable, u"the client hung up"_s});
    dropPending();
    emit closed(this);
    deleteLater();
}

} // namespace replog
