// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/requestreader.h"

#include "shared/http/answerqueue.h"
#include "shared/http/canonicalrequest.h"
#include "shared/http/exchange.h"

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
// Qt reads a head byte by byte and keeps a request until the next one of its connection: larger ones go to
// the same handler by the fast lane.
constexpr qsizetype QtLaneBytes = 8 * 1024;
// Of a body or a line: with each that has come the time begins anew, so that a slow link is no slow client.
constexpr qsizetype TimedBody = 256 * 1024;
constexpr int TurnRequests = 64; // of one connection, before others have their turn

HttpRefusal tooLarge(const HttpRoute &route)
{
    return {413, u"the body is limited to %1 bytes here"_s.arg(route.bodyLimit), u"body"_s};
}
} // namespace

RequestReader::RequestReader(Channel &channel, HttpServerState &state, AnswerQueue &answers,
                             const Client &client)
    : m_state(state), m_answers(answers), m_channel(channel), m_input(channel, state.received),
      m_client(client), m_qt(state, client.address), m_memory(state.budget, MemoryBudget::Part::Idle),
      m_activeAt(state.nowMs)
{
    channel.onReadable([this] { handleReadable(); });
    countHeld();
    connect(&answers, &AnswerQueue::hasRoom, this, &RequestReader::resume);
    connect(&answers, &AnswerQueue::bodyUnwanted, this, &RequestReader::handleBodyUnwanted);
}

RequestReader::~RequestReader()
{
    m_qt.end();
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
    if (m_isPulling || m_isInLine || !m_input.isOpen())
        return;
    bool isTurnOver = false;
    {
        const QScopedValueRollback pulling(m_isPulling, true);
        const AnswerQueue::Cork cork(m_answers);
        m_input.beginTurn();
        m_turnRequests = 0;
        do
            isTurnOver = !mayServe();
        while (!isTurnOver && step());
    }
    m_input.endTurn();
    countHeld();
    m_isInLine = isTurnOver;
    if (isTurnOver)
        m_state.turns.wait(this);
    else
        tellEnd();
}

// The first request of a turn is served in any case, and each one that was begun.
bool RequestReader::mayServe() const
{
    if (m_turnRequests == 0 || m_phase != Phase::Head || m_input.bytes().isEmpty())
        return true;
    return m_turnRequests < TurnRequests && m_state.turns.isTimeLeft();
}

// A client that has gone meanwhile is not served: nobody would read the answers.
void RequestReader::takeTurn()
{
    m_isInLine = false;
    if (m_input.isOpen() && m_channel.endAhead() == Channel::End::HungUp) {
        if (!std::exchange(m_hasToldEnd, true))
            emit ended(true);
        return;
    }
    pull();
}

// Requests that a client sent before it ended its half are served all the same.
void RequestReader::tellEnd()
{
    const Channel::End end = m_channel.end();
    if (!m_input.isOpen() || end == Channel::End::None || m_hasToldEnd)
        return;
    const bool isServing = end == Channel::End::HalfClosed && m_isHeldBack && !m_input.bytes().isEmpty();
    if (!isServing) {
        m_hasToldEnd = true;
        emit ended(end == Channel::End::HungUp);
    } else if (!std::exchange(m_hasToldHalfClosed, true)) {
        emit halfClosed();
    }
}

bool RequestReader::mayHaveGone() const
{
    return m_input.isStuffed() || (m_channel.end() != Channel::End::None && !m_hasToldEnd);
}

// Takes the next piece; false if there is nothing to take now.
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
    if (const auto *known = m_knownHeads.find(input)) {
        m_input.consume(known->text.size());
        m_scanned = 0;
        beginRequest(RequestHead(known->head));
        return true;
    }
    const qsizetype length = RequestHead::find(input, m_scanned);
    if (length > m_state.limits.headerBytes || (length == 0 && input.size() > m_state.limits.headerBytes)) {
        refuse({431, u"request line and headers together are limited to %1 bytes"_s.arg(
                         m_state.limits.headerBytes)});
        return true;
    }
    if (length == 0) {
        if (!RequestHead::mayBegin(input)) {
            refuse({400, u"this is no HTTP request"_s});
            return true;
        }
        return m_input.fill();
    }
    RequestHead head;
    const HttpRefusal why = head.parse(input.first(length));
    if (why.status == 0)
        m_knownHeads.remember(input.first(length), head);
    m_input.consume(length);
    m_scanned = 0;
    if (why.status != 0)
        refuse(why);
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
        refuseRequest(head, {404, u"no such path: %1"_s.arg(QString::fromUtf8(head.request.path))});
        return;
    }
    if (route == nullptr) {
        refuseRequest(head, {405, u"this path answers %1"_s.arg(QString::fromLatin1(allow))},
                      {{"Allow", allow}});
        return;
    }
    if (!m_state.hasRoomFor(*route, head.hasBody(), m_memory)) {
        refuseForRoom(head, *route);
        return;
    }
    join(*route, head.hasBody());
    m_head = std::move(head);
    m_head.request.peer = m_client.address;
    m_route = route;
    m_framing = BodyFraming(m_head.chunked, m_head.contentLength);
    if (!route->streams.empty() && beginStream())
        return;
    if (m_head.contentLength > route->bodyLimit) {
        refuseRequest(m_head, tooLarge(*route));
        return;
    }
    if (route->begun)
        route->begun();
    if (!m_head.hasBody()) {
        dispatch();
        return;
    }
    m_phase = Phase::Collect;
    m_head.request.body.reserve(std::clamp<qint64>(m_head.contentLength, 0, FirstReserve));
    if (m_head.expectContinue && m_input.bytes().isEmpty())
        m_answers.sendContinue(m_answers.nextSequence());
}

// From now on the client counts with those that use this route. A reader does so at least until it is
// answered, whatever it asks for meanwhile.
void RequestReader::join(const HttpRoute &route, bool hasBody)
{
    const bool isStillReading = m_memory.part() == MemoryBudget::Part::Readers && !m_answers.isEmpty();
    if (isStillReading || (route.right == Right::None && !hasBody))
        return;
    m_memory.setPart(route.right == Right::Read ? MemoryBudget::Part::Readers : MemoryBudget::Part::Others);
}

// Whether the gate admits the request; if not, refuses it.
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
    const Error &error = allowed.error();
    const int status = httpStatus(error.code);
    HttpHeaders extra;
    if (status == 401)
        extra.emplaceBack("WWW-Authenticate", "Bearer");
    refuseRequest(head, {status, error.text, error.field}, extra);
    return false;
}

// False if the route's handler gets bodies of this media type whole, not as a stream.
bool RequestReader::beginStream()
{
    const auto &streams = m_route->streams;
    const auto stream = std::find_if(streams.begin(), streams.end(), [this](const auto &each) {
        return m_head.request.isOfType(each.first);
    });
    if (stream == streams.end()) {
        if (m_route->handler)
            return false;
        refuseRequest(m_head, {415, u"this path takes %1"_s.arg(QString::fromLatin1(streams.front().first)),
                               u"Content-Type"_s});
        return true;
    }
    const std::shared_ptr<Exchange> exchange = m_answers.add(m_head);
    m_answers.expectBody(exchange->sequence);
    m_streamed = exchange;
    m_body = std::shared_ptr<BodyStream>(new BodyStream(this));
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
    const qsizetype before = body.size();
    if (!m_framing.take(m_input, body))
        return false;
    if (body.size() / TimedBody != before / TimedBody)
        m_requestSince = m_state.nowMs;
    countHeld();
    if (m_framing.isBroken())
        refuse({400, u"the chunked body is malformed"_s, u"body"_s});
    else if (m_framing.isPetty())
        refuse({400, u"the body comes in too many small chunks"_s, u"body"_s});
    else if (quint64(body.size()) + m_framing.announced() > quint64(m_route->bodyLimit))
        refuse(tooLarge(*m_route));
    else if (m_framing.isWhole())
        dispatch();
    else if (!m_state.hasRoomFor(*m_route, true, m_memory))
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
    if (!m_framing.isWhole()) {
        if (!body->wantsData()) {
            m_requestSince = 0;
            return false;
        }
        if (m_input.bytes().isEmpty() && !m_input.fill()) {
            if (m_requestSince == 0)
                m_requestSince = m_state.nowMs;
            return false;
        }
        QByteArray piece;
        m_framing.takeFrom(m_input, StreamPiece, piece);
        // What is begun is to be finished in time, byte by byte or not. Chunk headers begin nothing.
        if (m_requestSince == 0 || (m_lineHeld == 0 && !piece.isEmpty()))
            m_requestSince = m_state.nowMs;
        if (!piece.isEmpty())
            body->data(piece);
        if (m_framing.isBroken() && !body->isClosed())
            breakBody({Errc::InvalidArgument, u"the chunked body is malformed"_s, u"body"_s});
        else if (m_lineHeld > 0 && !body->isClosed() && !m_state.hasRoomFor(*m_route, true, m_memory))
            breakBody({Errc::Exhausted, u"there is no memory left for what is being sent"_s});
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
    QByteArray skipped;
    if (!m_framing.take(m_input, skipped))
        return false;
    if (m_framing.isWhole()) {
        m_phase = Phase::Head;
        m_requestSince = 0;
    }
    return true;
}

void RequestReader::dispatch()
{
    m_phase = Phase::Head;
    m_requestSince = 0;
    std::shared_ptr<Exchange> exchange = m_answers.add(m_head);
    if (m_route->lane == Lane::Qt) {
        const QByteArray request = canonicalRequest(m_head, *m_route);
        if (request.size() <= QtLaneBytes) {
            serveByQt(request, exchange);
            return;
        }
    }
    exchange->isLong = m_route->isLong;
    HttpRequest request = std::move(m_head.request);
    m_route->handler(std::move(request), Reply(std::move(exchange)));
}

void RequestReader::serveByQt(const QByteArray &request, const std::shared_ptr<Exchange> &exchange)
{
    m_head.request = {};
    if (m_qt.serve(request, exchange))
        return;
    // Qt has read it in another way than the gate.
    if (exchange->state == Exchange::State::Waiting && exchange->queue != nullptr) {
        exchange->front.clear();
        exchange->keepAlive = false;
        m_answers.answer(*exchange, 400, "application/problem+json",
                         problemJson({400, u"the request can be read in more than one way"_s}), {});
    }
    discardRest();
    m_qt.end();
}

void RequestReader::refuse(const HttpRefusal &why, const HttpHeaders &extra)
{
    static const RequestHead Unknown;
    const std::shared_ptr<Exchange> exchange = m_answers.add(Unknown);
    exchange->keepAlive = false;
    discardRest();
    m_answers.answer(*exchange, why.status, "application/problem+json", problemJson(why), extra);
}

void RequestReader::refuseForRoom()
{
    refuse({503, u"no memory is left for what is being sent"_s}, {{"Retry-After", "1"}});
}

// A reader beyond the readers' part goes, so that those within it are served; from then on it does not count.
// Not where it has sent more already: that may be an append.
void RequestReader::refuseForRoom(RequestHead &head, const HttpRoute &route)
{
    m_state.relieve();
    const bool isReaderTooMany = route.right == Right::Read && m_state.budget.hasRoom();
    if (isReaderTooMany && m_input.bytes().isEmpty()) {
        head.keepAlive = false;
        m_isLastRequest = true;
    }
    const QString why =
        isReaderTooMany ? u"no memory is left for more readers"_s : u"no memory is left for more requests"_s;
    refuseRequest(head, {503, why}, {{"Retry-After", "1"}});
    if (m_answers.isClosing())
        m_memory.setPart(MemoryBudget::Part::Idle);
}

void RequestReader::setHeld(qsizetype bytes)
{
    // A line that ends gives time for the next; one that goes on, only with what is sent of it.
    if (bytes == 0 ? m_lineHeld > 0 : m_lineHeld == 0 || bytes / TimedBody != m_lineHeld / TimedBody)
        m_requestSince = m_state.nowMs;
    m_lineHeld = bytes;
    countHeld();
}

void RequestReader::countHeld()
{
    m_memory.set(m_channel.footprint() + m_qt.held() + held());
}

// After a request with a well-formed head and a small body the connection goes on; after any other nobody
// knows where the next one begins.
void RequestReader::refuseRequest(const RequestHead &head, const HttpRefusal &why, const HttpHeaders &extra)
{
    const std::shared_ptr<Exchange> exchange = m_answers.add(head);
    if (!head.chunked && !head.expectContinue && head.contentLength <= SkippableBody) {
        m_framing = BodyFraming(false, head.contentLength);
        m_phase = head.hasBody() ? Phase::Skip : Phase::Head;
        m_requestSince = head.hasBody() ? m_requestSince : 0;
    } else {
        exchange->keepAlive = false;
        discardRest();
        m_isBodyLeft = true;
    }
    m_answers.answer(*exchange, why.status, "application/problem+json", problemJson(why), extra);
}

void RequestReader::breakBody(const Error &error)
{
    const auto body = std::exchange(m_body, nullptr);
    discardRest();
    // Whoever reads it is asked first: there may be more to tell than the reason.
    const std::shared_ptr<Exchange> exchange = m_streamed.lock();
    if (body)
        body->broken(error);
    m_answers.bodyBroken(error);
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
    if (m_phase == Phase::Collect || m_phase == Phase::Stream)
        m_isBodyLeft = !m_framing.isWhole();
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
    if (m_phase == Phase::Skip) { // it was answered when its head came
        discardRest();
        return;
    }
    if (m_phase == Phase::Stream) {
        breakBody(
            {Errc::TooSlow,
             u"the stream came too slowly: it may pause for %1 ms, and as much is for each %2 bytes of a line"_s
                 .arg(m_state.limits.requestMs)
                 .arg(TimedBody)});
        return;
    }
    refuse({httpStatus(Errc::TooSlow),
            u"the request came too slowly: %1 ms are for its head, and for each %2 bytes of its body"_s
                .arg(m_state.limits.requestMs)
                .arg(TimedBody)});
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
