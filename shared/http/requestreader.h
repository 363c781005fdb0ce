// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/bodyframing.h"
#include "shared/http/httpserverstate.h"
#include "shared/http/inputbuffer.h"
#include "shared/http/knownheads.h"
#include "shared/http/qtclient.h"
#include "shared/http/requesthead.h"

#include <QHostAddress>
#include <QObject>

#include <memory>

namespace replog {

class AnswerQueue;
class Exchange;

// The gate: splits what one client sends into requests, within the limits. Each whole and well-formed request
// gets a place in the queue of answers and goes to its route, by the lane that the table of routes names.
//
//   Head ──(no body: handler)──────────────────────────────────▶ Head
//    ├──(body within the limit)──▶ Collect ──(whole: handler)──▶ Head
//    ├──(handler of a stream)──▶ Stream ──(whole: its end)─────▶ Head
//    └──(refused, small body)──▶ Skip ──(skipped)──────────────▶ Head
//
//   any ──(malformed, too large, too slow, last request, connection closing)──▶ Discard
//
// Discard is the end: what still comes is read and dropped, since unread data would make the kernel reset the
// connection before the client has read its last answer.
class RequestReader : public QObject
{
    Q_OBJECT
public:
    struct Client
    {
        QHostAddress address;
        bool isTls = false;
    };

    RequestReader(Channel &channel, HttpServerState &state, AnswerQueue &answers, const Client &client);
    ~RequestReader() override;

    // Refuses whatever is being read or comes next, and lets the connection close.
    void refuse(const HttpRefusal &why, const HttpHeaders &extra = {});
    // Refuses a request that takes too long to arrive.
    void checkTime();
    // What the client still sends belongs to a request that was answered before it was whole.
    bool isBodyLeft() const { return m_isBodyLeft; }
    // Whether it is between two requests.
    bool isInLine() const { return m_isInLine; } // it waits for us, with requests that have come
    bool isIdle() const { return m_phase == Phase::Head && m_requestSince == 0; }
    qint64 activeAt() const { return m_activeAt; }
    // Takes no further requests; one that is being read is still served.
    void finish();
    // The input has ended, or cannot be used any more: the handler of a body that is being read is told
    // `why`.
    void close(const Error &why);
    // Nothing will be answered any more: Qt releases the client. Call it after the handlers were told.
    void endQt() { m_qt.end(); }
    // The client may have ended although ended() was not emitted: there is data before its end that cannot be
    // read yet.
    bool mayHaveGone() const;
    // Since when an unfinished request has been arriving; 0 if none is.
    qint64 requestSince() const { return m_requestSince; }
    // Bytes kept of requests that are not whole.
    qint64 held() const { return m_input.held() + m_head.request.body.size() + m_lineHeld; }
    // What this client takes, with these bytes and without its answers.
    const MemoryBudget::Share &memory() const { return m_memory; }
    // Counts it anew: it grows with what is sent.
    void countHeld();

    // For ServingTurns: it is this connection's turn again.
    void takeTurn();
    // For BodyStream: reads on, from the event loop.
    void resume();
    void setHeld(qsizetype bytes);

signals:
    void ended(bool isReset); // the client ended its half or the whole connection; emitted once, last
    void halfClosed();        // the client ended its half; requests before that still wait, ended() follows

private:
    enum class Phase { Head, Collect, Stream, Skip, Discard };

    void handleReadable();
    void handleBodyUnwanted();
    void pull();
    bool mayServe() const;
    void tellEnd();
    bool step();
    bool readHead();
    bool readCollected();
    bool readStream();
    bool skipBody();

    void beginRequest(RequestHead &&head);
    bool mayEnter(const RequestHead &head, const HttpRoute *route);
    void join(const HttpRoute &route, bool hasBody);
    bool beginStream();
    void dispatch();
    void serveByQt(const QByteArray &request, const std::shared_ptr<Exchange> &exchange);
    void refuseForRoom();
    void refuseForRoom(RequestHead &head, const HttpRoute &route);
    void refuseRequest(const RequestHead &head, const HttpRefusal &why, const HttpHeaders &extra = {});
    void breakBody(const Error &error);
    void discardRest();

    HttpServerState &m_state;
    AnswerQueue &m_answers;
    Channel &m_channel;
    InputBuffer m_input;
    const Client m_client;
    QtClient m_qt;

    Phase m_phase = Phase::Head;
    KnownHeads m_knownHeads;
    qsizetype m_scanned = 0; // of the input, for the end of the head
    RequestHead m_head;      // of the request whose body is being read
    const HttpRoute *m_route = nullptr;
    BodyFraming m_framing;
    std::weak_ptr<Exchange> m_streamed; // whose body is handed on in pieces
    bool m_isBodyLeft = false;
    qsizetype m_lineHeld = 0;     // what the handler of a streamed body keeps of an unfinished line
    MemoryBudget::Share m_memory; // see memory()
    int m_turnRequests = 0;
    std::shared_ptr<BodyStream> m_body; // null: none is being streamed
    bool m_isLastRequest = false;
    bool m_isPulling = false;
    bool m_isInLine = false; // for a turn: it is not this connection's now
    bool m_hasToldEnd = false;
    bool m_hasToldHalfClosed = false;
    bool m_isHeldBack = false; // the next request waits for answers to the ones before it
    qint64 m_requestSince = 0; // when the first byte of the request that is being read came; 0: none
    qint64 m_activeAt;         // when something came last
};

} // namespace replog
