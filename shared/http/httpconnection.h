// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/chunkdecoder.h"
#include "shared/http/httpoutlet.h"
#include "shared/http/httprouter.h"
#include "shared/http/httpserver.h"
#include "shared/http/requesthead.h"

#include <QObject>
#include <QPointer>
#include <QTcpSocket>

#include <deque>
#include <memory>

namespace replog {

class HttpBody;
class ReplySlot;

// What all connections of one server share.
struct HttpServerState
{
    HttpLimits limits;
    HttpRouter router;
    std::function<Result<void>(const HttpRequest &)> gate;
    QByteArray date;              // the Date header's line, renewed each second
    qint64 nowMs = 0;             // coarse steady time, renewed by the server's sweep
    qint64 requests = 0;
    bool isShuttingDown = false;
};

// One client: cuts what arrives into requests within the limits, gives each to its route, and sends the answers in
// request order. It reads in the socket's readyRead before Qt's server does; see QtHttpFrontend. Lives until the
// socket is gone, then says closed() and deletes itself.
//
//   Head ──(no body)──────────────────────────▶ handler
//     ├──(body fits)──▶ Collect ──(whole)─────▶ handler
//     ├──(stream route)▶ handler ▶ Stream ──▶ its data/end/broken
//     ├──(refused, small body)──▶ Skip ──▶ Head
//     └──(malformed, too large, too slow)──▶ Deaf: answers, reads on to nothing, closes
class HttpConnection : public QObject
{
    Q_OBJECT
public:
    HttpConnection(QTcpSocket *socket, HttpServerState &state, QObject *parent);
    ~HttpConnection() override;

    // Refuses whatever the client is about to send, and closes.
    void refuseConnection(int status, const QString &detail);
    // Time limits; called by the server every now and then.
    void sweep();
    // No more requests; closes once the open answers are out.
    void finish();
    // Ends the connection from the event loop.
    void abort();

    // For Reply, ReplyStream and HttpBody.
    void answer(ReplySlot &slot, int status, QByteArrayView contentType, const QByteArray &body, const HttpHeaders &extra);
    void startStream(ReplySlot &slot, int status, QByteArrayView contentType, const HttpHeaders &extra);
    qsizetype streamRoom(ReplySlot &slot);
    void writeStream(ReplySlot &slot, const QByteArray &piece);
    void finishStream(ReplySlot &slot);
    void abortStream(ReplySlot &slot);
    void resumeReading();

signals:
    void closed(replog::HttpConnection *self);

private:
    enum class Phase { Head, Collect, Stream, Skip, Deaf };
    struct Pending
    {
        ReplySlot *slot = nullptr;    // null once answered, or once its owner is gone
        QByteArray out;               // what waits for its turn
        bool isWhole = false;
        bool closesAfter = false;
    };

    void handleReadyRead();
    void handleDisconnected();
    void handleWritten();
    void end();

    void pull();
    bool step();
    bool readHead();
    bool readCollected();
    bool readStream();
    bool skipBody();
    qsizetype fill();
    void hideRest();
    QByteArrayView input() const { return QByteArrayView(m_in).sliced(m_inAt); }
    void consume(qsizetype bytes);

    void beginRequest(RequestHead &&head);
    void refuse(const RequestHead *head, int status, const QByteArray &problem, const HttpHeaders &extra = {});
    void dispatch();
    std::shared_ptr<ReplySlot> makeSlot(const RequestHead &head, HttpMethod method);
    void sendContinue();
    void breakBody(const Error &error, int status);
    void goDeaf();

    Pending &pendingOf(const ReplySlot &slot);
    void settle(ReplySlot &slot);
    void endBodyOf(quint64 sequence);
    void flushQueue();
    void put(const QByteArray &bytes, const QByteArray &more = {});
    void uncork();
    void tellDrained();
    void closeWhenWritten();
    void shutdownWhenWritten();
    void dropPending();
    void appendHead(QByteArray &out, const ReplySlot &slot, int status, QByteArrayView contentType,
                    const HttpHeaders &extra, qint64 length, bool closes) const;

    QPointer<QTcpSocket> m_socket;    // null once the client has ended its half
    HttpOutlet m_outlet;
    HttpServerState &m_state;

    Phase m_phase = Phase::Head;
    QByteArray m_in;                  // read from the socket, not yet taken
    qsizetype m_inAt = 0;
    qsizetype m_scanned = 0;
    RequestHead m_head;               // of the request whose body is being read
    const HttpRoute *m_route = nullptr;
    qint64 m_bodyLeft = 0;
    ChunkDecoder m_chunks;
    std::shared_ptr<HttpBody> m_body;
    quint64 m_bodySequence = 0;
    bool m_isLastRequest = false;
    bool m_owesContinue = false;
    bool m_isPulling = false;
    bool m_isBlocked = false;         // too many answers pending: input waits

    std::deque<Pending> m_queue;
    quint64 m_firstSequence = 0;
    QByteArray m_corkedOut;
    int m_corks = 0;
    bool m_isClosing = false;         // the last answer is written or on its way
    bool m_isShutDown = false;        // nothing more can be sent
    bool m_isHalfClosed = false;      // the client has ended its half, and may still read
    bool m_isAborting = false;
    bool m_hasEnded = false;

    qint64 m_requestSince = 0;        // when the first byte of the request that is being read came; 0: none
    qint64 m_activeAt = 0;
    qint64 m_writtenAt = 0;
    qint64 m_closingSince = 0;
};

} // namespace replog
