// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/chunkdecoder.h"
#include "shared/http/httpinput.h"
#include "shared/http/httpserverstate.h"
#include "shared/http/requesthead.h"

#include <QObject>

#include <memory>

namespace replog {

class AnswerQueue;
class HttpBody;

// Cuts what one client sends into requests within the limits, and gives each to its route with a place in the
// queue of answers.
//
//   Head ──(no body: handler)──────────────────────────────────▶ Head
//    ├──(body within the limit)──▶ Collect ──(whole: handler)──▶ Head
//    ├──(handler of a stream)──▶ Stream ──(whole: its end)─────▶ Head
//    └──(refused, small body)──▶ Skip ──(skipped)──────────────▶ Head
//
//   any ──(malformed, too large, too slow, last request, connection closing)──▶ Deaf
//
// Deaf is the end: what still comes is read and dropped, so that the client can take its last answer before
// the connection is reset under it.
class RequestReader : public QObject
{
    Q_OBJECT
public:
    RequestReader(HttpInput &input, HttpServerState &state, AnswerQueue &answers, const QHostAddress &peer);
    ~RequestReader() override;

    // Refuses whatever is being read or comes next, and lets the connection close.
    void refuse(int status, const QString &detail, const HttpHeaders &extra = {});
    // Refuses a request that takes too long to arrive.
    void checkTime();
    // Between two requests.
    bool isIdle() const { return m_phase == Phase::Head && m_requestSince == 0; }
    qint64 activeAt() const { return m_activeAt; }
    // Takes no further requests; one that is being read is still served.
    void finish();
    // The input has ended, or is of no use any more: a body that is being read is broken by `why`.
    void close(const Error &why);

    // For HttpBody: reads on, from the event loop.
    void resume();

private:
    enum class Phase { Head, Collect, Stream, Skip, Deaf };

    void handleReadable();
    void handleBodyUnwanted();
    void pull();
    bool step();
    bool readHead();
    bool readCollected();
    bool readStream();
    bool skipBody();

    void beginRequest(RequestHead &&head);
    bool beginStream();
    void dispatch();
    void refuseForRoom();
    void refuseRequest(const RequestHead &head, int status, const QByteArray &problem,
                       const HttpHeaders &extra = {});
    void breakBody(int status, const Error &error);
    void goDeaf();
    void countCollected(qsizetype bytes);

    HttpServerState &m_state;
    AnswerQueue &m_answers;
    HttpInput &m_input;
    const QHostAddress m_peer;

    Phase m_phase = Phase::Head;
    qsizetype m_scanned = 0; // of the input, for the end of the head
    RequestHead m_head;      // of the request whose body is being read
    const HttpRoute *m_route = nullptr;
    qint64 m_bodyLeft = 0;
    qsizetype m_collected = 0; // what the body has in the state's count
    ChunkDecoder m_chunks;
    std::shared_ptr<HttpBody> m_body; // null: none is being streamed
    bool m_isLastRequest = false;
    bool m_isPulling = false;
    qint64 m_requestSince = 0; // when the first byte of the request that is being read came; 0: none
    qint64 m_activeAt;         // when something came last
};

} // namespace replog
