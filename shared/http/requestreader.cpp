// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/requestreader.h"

#include "shared/http/answerqueue.h"
#include "shared/http/canonicalrequest.h"
#include "shared/http/exchange.h"
#include "shared/http/front.h"
#include "shared/http/httpbody.h"
#include "shared/http/problem.h"
#include "shared/http/qtlane.h"

#include <QScopedValueRollback>

#include <algorithm>
#include <utility>

namespace replog {

using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype StreamPiece = 64 * 1024;
constexpr qsizetype SkippableBody =
    64 * 1024; // a refused request's body up to this does not cost the connection
constexpr qsizetype FirstReserve = 64 * 1024; // believed of a Content-Length before any of the body is there
constexpr int TurnRequests = 64;              // of one connection, before others have their turn
constexpr qint64 FewChunks = 4096;            // that a collected body may come in, however small they are
constexpr qint64 AverageChunk = 16;           // bytes, beyond those
} // namespace

RequestReader::RequestReader(Channel &channel, HttpServerState &state, AnswerQueue &answers,
                             const Client &client)
    : m_state(state), m_answers(answers), m_channel(channel), m_input(channel, state.received),
      m_client(client), m_memory(state.budget), m_activeAt(state.nowMs)
{
    channel.onReadable([this] { handleReadable(); });
    connect(&answers, &AnswerQueue::hasRoom, this, &RequestReader::resume);
    connect(&answers, &AnswerQueue::bodyUnwanted, this, &RequestReader::handleBodyUnwanted);
}

RequestReader::~RequestReader()
{
    endFront();
    if (m_body)
        m_body->close();
}

void RequestReader::handleReadable()
{
    m_activeAt = m_state.nowMs;
    pull();
}

void RequestReader::resume()
{
    QMetaObject::invokeMethod(this, &RequestReader::pull, Qt::QueuedConnection);
}

void RequestReader::pull()
{
    if (m_isPulling || !m_input.isOpen())
        return;
    {
        const QScopedValueRollback pulling(m_isPulling, true);
        const AnswerQueue::Cork cork(m_answers);
        m_input.beginTurn();
        m_turnRequests = 0;
        while (m_turnRequests < TurnRequests && step()) {
        }
    }
    m_input.endTurn();
    countHeld();
    if (m_turnRequests >= TurnRequests)
        resume();
    else
        tellEnd();
}

// What a client sent before it ended its half is served all the same, if only later.
void RequestReader::tellEnd()
{
    const Channel::End end = m_channel.end();
    const bool isServing = end == Channel::End::HalfClosed && m_isHeldBack && !m_input.bytes().isEmpty();
    if (m_input.isOpen() && end != Channel::End::None && !isServing && !std::exchange(m_hasToldEnd, true))
        emit ended(end == Channel::End::HungUp);
}

bool RequestReader::mayHaveGone() const
{
    return m_input.isStuffed() || (m_channel.end() != Channel::End::None && !m_hasToldEnd);
}

// Takes the next piece; false once there is nothing to be taken now.
bool RequestReader::step()
{
    if (!m_input.isOpen())
        return false;
    if (m_answers.isClosing() && m_phase != Phase::Discard)
        discardRest();
    switch (m_phase) {
    case Phase::Head:
        return readHead();
    case Phase::Collect:
        return readCollected();
    case Phase::Stream:
        return readStream();
    case Phase::Skip:
        return skipBody();
    case Phase::Discard:
        m_input.drop();
        return m_input.fill();
    }
    return false;
}

bool RequestReader::readHead()
{
    if (m_isLastRequest || m_state.isShuttingDown) {
        discardRest();
        return true;
    }
    m_isHeldBack = m_answers.isFull();
    if (m_isHeldBack || (m_input.bytes().isEmpty() && !m_input.fill())) {
        m_requestSince = 0;
        return false;
    }
    if (m_requestSince == 0)
        m_requestSince = m_state.nowMs;
    const QByteArrayView input = m_input.bytes();
    const qsizetype length = RequestHead::find(input, m_scanned);
    if (length > m_state.limits.headerBytes || (length == 0 && input.size() > m_state.limits.headerBytes)) {
        refuse(431, u"request line and headers together are limited to %1 bytes"_s.arg(
                        m_state.limits.headerBytes));
        return true;
    }
    if (length == 0) {
        if (!RequestHead::mayBegin(input)) {
            refuse(400, u"this is no HTTP request"_s);
            return true;
        }
        return m_input.fill();
    }
    RequestHead head;
    QString detail;
    const int status = head.parse(input.first(length), detail);
    m_input.consume(length);
    m_scanned = 0;
    if (status != 0)
        refuse(status, detail);
    else
        beginRequest(std::move(head));
    return true;
}

void RequestReader::beginRequest(RequestHead &&head)
{
    ++m_state.requests;
    ++m_turnRequests;
    if (!head.keepAlive)
        m_isLastRequest = true;
    QByteArray allow;
    const HttpRoute *route = m_state.router.find(head.request, head.rawPath, allow);
    if (!mayEnter(head, route))
        return;
    if (route == nullptr && allow.isEmpty()) {
        refuseRequest(head, 404,
                      problemJson(404, u"no such path: %1"_s.arg(QString::fromUtf8(head.request.path))));
        return;
    }
    if (route == nullptr) {
        refuseRequest(head, 405, problemJson(405, u"this path answers %1"_s.arg(QString::fromLatin1(allow))),
                      {{"Allow", allow}});
        return;
    }
    if (!hasRoomFor(*route, head)) {
        refuseForRoom(head);
        return;
    }
    m_head = std::move(head);
    m_head.request.peer = m_client.address;
    m_route = route;
    m_bodyLeft = std::max<qint64>(m_head.contentLength, 0);
    m_chunks = {};
    if (!route->streams.empty() && beginStream())
        return;
    if (m_bodyLeft > route->bodyLimit) {
        refuseRequest(m_head, 413,
                      problemJson(413, u"the body is limited to %1 bytes here"_s.arg(route->bodyLimit)));
        return;
    }
    if (route->begun)
        route->begun();
    if (!m_head.hasBody()) {
        dispatch();
        return;
    }
    m_phase = Phase::Collect;
    const QByteArrayView input = m_input.bytes();
    if (!m_head.chunked && input.size() >= m_bodyLeft) {
        m_head.request.body = input.first(m_bodyLeft).toByteArray();
        m_input.consume(m_bodyLeft);
        dispatch();
        return;
    }
    m_head.request.body.reserve(std::min<qint64>(m_bodyLeft, FirstReserve));
    if (m_head.expectContinue && input.isEmpty())
        m_answers.sendContinue(m_answers.nextSequence());
}

// Whether the gate lets the request in; if not, it is refused.
bool RequestReader::mayEnter(const RequestHead &head, const HttpRoute *route)
{
    Result<void> allowed;
    if (m_state.gate) {
        allowed =
            m_state.gate({head.request.method, head.request.path, head.request.headers, m_client.address,
                          m_client.isTls, route != nullptr ? route->right : Right::None});
    }
    if (allowed && head.hasBody())
        allowed = head.checkContent();
    if (allowed)
        return true;
    const int status = httpStatus(allowed.error().code);
    HttpHeaders extra;
    if (status == 401)
        extra.emplaceBack("WWW-Authenticate", "Bearer");
    refuseRequest(head, status, problemJson(allowed.error()), extra);
    return false;
}

// False if the route takes this media type as a whole.
bool RequestReader::beginStream()
{
    const auto &streams = m_route->streams;
    const auto stream = std::find_if(streams.begin(), streams.end(), [this](const auto &each) {
        return m_head.request.isOfType(each.first);
    });
    if (stream == streams.end()) {
        if (m_route->handler)
            return false;
        refuseRequest(
            m_head, 415,
            problemJson(415, u"this path takes %1"_s.arg(QString::fromLatin1(streams.front().first))));
        return true;
    }
    const std::shared_ptr<Exchange> exchange = m_answers.add(m_head);
    m_answers.expectBody(exchange->sequence);
    m_body = std::make_shared<HttpBody>(this);
    m_phase = Phase::Stream;
    if (m_head.expectContinue)
        m_answers.sendContinue(exchange->sequence);
    const auto body = m_body;
    stream->second(std::move(m_head.request), body, Reply(exchange));
    return true;
}

bool RequestReader::readCollected()
{
    QByteArray &body = m_head.request.body;
    if (m_head.chunked) {
        if (m_input.bytes().isEmpty() && !m_input.fill())
            return false;
        m_input.consume(m_chunks.decode(m_input.bytes(), body));
        countHeld();
        if (m_chunks.isBroken())
            refuse(400, u"the chunked body is malformed"_s);
        else if (m_chunks.chunks() > FewChunks + body.size() / AverageChunk)
            refuse(400, u"the body comes in too many small chunks"_s);
        else if (quint64(body.size()) + m_chunks.announced() > quint64(m_route->bodyLimit))
            refuse(413, u"the body is limited to %1 bytes here"_s.arg(m_route->bodyLimit));
        else if (m_chunks.isEnd())
            dispatch();
        else if (!hasRoomFor(*m_route, m_head))
            refuseForRoom();
        return true;
    }
    if (const QByteArrayView input = m_input.bytes(); !input.isEmpty()) {
        const qsizetype take = std::min<qint64>(m_bodyLeft, input.size());
        body.append(input.first(take));
        m_input.consume(take);
        m_bodyLeft -= take;
    } else {
        const qsizetype read = m_input.readInto(body, m_bodyLeft);
        if (read == 0)
            return false;
        m_bodyLeft -= read;
    }
    countHeld();
    if (m_bodyLeft == 0)
        dispatch();
    else if (!hasRoomFor(*m_route, m_head))
        refuseForRoom();
    return true;
}

bool RequestReader::readStream()
{
    const auto body = m_body;
    if (!body || body->isClosed()) {
        discardRest();
        return true;
    }
    const bool isWhole = m_head.chunked ? m_chunks.isEnd() : m_bodyLeft == 0;
    if (!isWhole) {
        if (!body->wantsData()) {
            m_requestSince = 0;
            return false;
        }
        if (m_input.bytes().isEmpty() && !m_input.fill()) {
            if (m_requestSince == 0)
                m_requestSince = m_state.nowMs;
            return false;
        }
        if (m_lineHeld == 0)
            m_requestSince = m_state.nowMs; // what is begun is to be finished in time, byte by byte or not
        const QByteArrayView input = m_input.bytes();
        QByteArray piece;
        if (m_head.chunked) {
            m_input.consume(m_chunks.decode(input.first(std::min(input.size(), StreamPiece)), piece));
        } else {
            piece = input.first(std::min<qint64>({m_bodyLeft, input.size(), StreamPiece})).toByteArray();
            m_input.consume(piece.size());
            m_bodyLeft -= piece.size();
        }
        if (!piece.isEmpty())
            body->data(piece);
        if (m_chunks.isBroken() && !body->isClosed())
            breakBody(400, {Errc::InvalidArgument, u"the chunked body is malformed"_s});
        else if (m_lineHeld > 0 && !body->isClosed() && !hasRoomFor(*m_route, m_head))
            breakBody(503, {Errc::Exhausted, u"there is no memory left for what is being sent"_s});
        return true;
    }
    if (!body->wantsData())
        return false;
    m_body.reset();
    m_answers.bodyRead();
    m_phase = Phase::Head;
    m_requestSince = 0;
    m_lineHeld = 0;
    body->end();
    return true;
}

bool RequestReader::skipBody()
{
    if (m_input.bytes().isEmpty() && !m_input.fill())
        return false;
    const qsizetype take = std::min<qint64>(m_bodyLeft, m_input.bytes().size());
    m_input.consume(take);
    m_bodyLeft -= take;
    if (m_bodyLeft == 0)
        m_phase = Phase::Head;
    return true;
}

void RequestReader::dispatch()
{
    m_phase = Phase::Head;
    m_requestSince = 0;
    std::shared_ptr<Exchange> exchange = m_answers.add(m_head);
    if (m_route->lane == Lane::Qt) {
        serveByQt(exchange);
        return;
    }
    exchange->isLong = m_route->isLong;
    HttpRequest request = std::exchange(m_head.request, {});
    m_route->handler(std::move(request), Reply(std::move(exchange)));
}

void RequestReader::serveByQt(const std::shared_ptr<Exchange> &exchange)
{
    if (!m_front)
        m_front = m_state.qtLane->connectClient(m_client.address);
    const QPointer<Front> front = m_front;
    exchange->front = front;
    const QByteArray request = canonicalRequest(m_head, *m_route);
    m_head.request = {};
    if (m_state.qtLane->serve(*front, request, exchange))
        return;
    // Qt has read it in another way than the gate.
    if (exchange->state == Exchange::State::Waiting && exchange->queue != nullptr) {
        exchange->front.clear();
        exchange->keepAlive = false;
        m_answers.answer(*exchange, 400, "application/problem+json",
                         problemJson(400, u"the request can be read in more than one way"_s), {});
    }
    discardRest();
    endFront();
}

void RequestReader::endFront()
{
    if (const QPointer<Front> front = std::exchange(m_front, {}))
        front->end();
}

void RequestReader::refuse(int status, const QString &detail, const HttpHeaders &extra)
{
    static const RequestHead Unknown;
    const std::shared_ptr<Exchange> exchange = m_answers.add(Unknown);
    exchange->keepAlive = false;
    discardRest();
    m_answers.answer(*exchange, status, "application/problem+json", problemJson(status, detail), extra);
}

// Other nodes have room where clients have none left; and who asks nothing of the store (is this node
// alive?) is answered in any case.
bool RequestReader::hasRoomFor(const HttpRoute &route, const RequestHead &head) const
{
    if (m_state.budget.hasRoom() || (route.right == Right::None && !head.hasBody()))
        return true;
    if (route.right == Right::Cluster) {
        if (!m_state.budget.hasRoomForCluster())
            m_state.relieve();
        return true;
    }
    return false;
}

void RequestReader::refuseForRoom()
{
    refuse(503, u"no memory is left for what is being sent"_s, {{"Retry-After", "1"}});
}

void RequestReader::refuseForRoom(const RequestHead &head)
{
    m_state.relieve();
    refuseRequest(head, 503, problemJson(503, u"no memory is left for more requests"_s),
                  {{"Retry-After", "1"}});
}

void RequestReader::setHeld(qsizetype bytes)
{
    if (m_lineHeld == 0 && bytes > 0)
        m_requestSince = m_state.nowMs;
    m_lineHeld = bytes;
    countHeld();
}

void RequestReader::countHeld()
{
    m_memory.set(m_input.held() + m_head.request.body.size() + m_lineHeld);
}

// A request whose head is sound and whose body is small costs only itself; after any other nobody knows where
// the next one begins.
void RequestReader::refuseRequest(const RequestHead &head, int status, const QByteArray &problem,
                                  const HttpHeaders &extra)
{
    const std::shared_ptr<Exchange> exchange = m_answers.add(head);
    if (!head.chunked && !head.expectContinue && head.contentLength <= SkippableBody) {
        m_bodyLeft = std::max<qint64>(head.contentLength, 0);
        m_phase = m_bodyLeft > 0 ? Phase::Skip : Phase::Head;
        m_requestSince = m_bodyLeft > 0 ? m_requestSince : 0;
    } else {
        exchange->keepAlive = false;
        discardRest();
    }
    m_answers.answer(*exchange, status, "application/problem+json", problem, extra);
}

void RequestReader::breakBody(int status, const Error &error)
{
    const auto body = std::exchange(m_body, nullptr);
    discardRest();
    m_answers.bodyBroken(status, error);
    if (body)
        body->broken(error);
}

// The request was answered before its body was whole.
void RequestReader::handleBodyUnwanted()
{
    const auto body = std::exchange(m_body, nullptr);
    discardRest();
    if (body)
        body->close();
}

void RequestReader::discardRest()
{
    m_phase = Phase::Discard;
    m_requestSince = 0;
    m_lineHeld = 0;
    m_head.request.body = {};
    countHeld();
    m_answers.closeWhenEmpty();
}

void RequestReader::checkTime()
{
    if (m_requestSince == 0 || m_state.nowMs - m_requestSince <= m_state.limits.requestMs)
        return;
    const QString detail = u"the request did not arrive within %1 ms"_s.arg(m_state.limits.requestMs);
    if (m_phase == Phase::Stream)
        breakBody(408, {Errc::Timeout, detail});
    else
        refuse(408, detail);
}

void RequestReader::finish()
{
    if (isIdle())
        discardRest();
}

void RequestReader::close(const Error &why)
{
    m_input.close();
    discardRest();
    if (const auto body = std::exchange(m_body, nullptr)) {
        m_answers.bodyRead();
        body->broken(why);
    }
}

} // namespace replog
