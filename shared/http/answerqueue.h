// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/channel.h"
#include "shared/http/httpserverstate.h"
#include "shared/http/reply.h"

#include <QObject>

#include <deque>
#include <memory>

namespace replog {

class Exchange;
struct RequestHead;

// The answers of one connection: sends them in the order of the requests, whenever they are given. An answer
// whose turn has not come is kept; those that become ready together go out in one write. Closing (the last
// answer is out or on its way) is final: handlers that have not answered yet are told so, and all else is
// dropped.
class AnswerQueue : public QObject
{
    Q_OBJECT
public:
    // As long as it lives, answers are held back, and then written together.
    class Cork
    {
    public:
        explicit Cork(AnswerQueue &queue) : m_queue(queue) { ++m_queue.m_corks; }
        ~Cork() { m_queue.uncork(); }
        Q_DISABLE_COPY_MOVE(Cork)

    private:
        AnswerQueue &m_queue;
    };

    AnswerQueue(Channel &channel, HttpServerState &state);
    ~AnswerQueue() override;

    // Adds a place for the answer to a request, after all others.
    std::shared_ptr<Exchange> add(const RequestHead &head);
    quint64 nextSequence() const
    {
        return m_firstSequence + m_queue.size();
    } // of the place that add() would give
    bool isEmpty() const { return m_queue.empty(); }
    // Whether no further request may be taken now: too many answers are open or unread, or the last request
    // must be finished first (a stream, which may take long; one that Qt serves, which serves one at a time).
    // If so, hasRoom() follows.
    bool isFull();
    // Has the client send the body of that request, once the answers before it are out.
    void sendContinue(quint64 sequence);
    // The body of that request is being read. If the answer comes before bodyRead(), it is the last one.
    void expectBody(quint64 sequence) { m_unreadBody = sequence; }
    void bodyRead() { m_unreadBody = None; }
    // It will never be read to its end: the connection closes after its answer, which is this one if there is
    // none yet.
    void bodyBroken(const Error &error);

    // For Reply and ReplyStream.
    void answer(Exchange &exchange, int status, QByteArrayView contentType, const QByteArray &body,
                const HttpHeaders &extra);
    void startStream(Exchange &exchange, int status, QByteArrayView contentType, const HttpHeaders &extra);
    qsizetype streamRoom(Exchange &exchange);
    void writeStream(Exchange &exchange, const QByteArray &piece);
    void finishStream(Exchange &exchange);
    void abortStream(Exchange &exchange);

    // Sends an interim answer if that is harmless now; a client that is gone altogether then resets the
    // connection.
    bool probe();
    bool isOwing() const
    {
        return !m_queue.empty() || m_channel.pending() > 0;
    } // something has yet to be sent
    // The client takes nothing, or does not end its half after the last answer.
    bool isOverdue() const;
    qint64 writtenAt() const { return m_writtenAt; }
    qsizetype unread() const; // bytes of answers that the client has not taken

    void closeWhenEmpty();   // when all open answers are sent
    void closeWhenWritten(); // when all that was given to the channel is sent
    void close();            // sends nothing further
    bool isClosing() const { return m_isClosing; }
    bool isFinished() const { return m_isFinished; }
    // Tells everyone who still wants to answer that nobody listens.
    void hangUp();
    // From now on every Reply does nothing; nobody is told.
    void abandon();

signals:
    void hasRoom();
    void bodyUnwanted(); // the answer to the request whose body is being read is given
    void aborted();      // an answer cannot be completed: the connection must end
    void finished();     // closing, and everything is sent; once

private:
    static constexpr quint64 None = ~quint64(0);
    struct Piece
    {
        QByteArray bytes;
        qint64 end; // of all that was given to the channel
    };
    struct Pending
    {
        Exchange *exchange = nullptr; // null once answered, or once its owner is gone
        QByteArray out;               // what waits for its turn
        bool isWhole = false;
        bool closesAfter = false;
    };

    Pending &pendingOf(const Exchange &exchange);
    bool mayTakeMore() const;
    void tellRoom();
    void keep(Pending &pending, const QByteArray &bytes);
    void finishExchange(Exchange &exchange);
    void endBodyOf(quint64 sequence);
    void flush();
    void put(const QByteArray &bytes, const QByteArray &more = {}, const QByteArray &last = {});
    void writeOut(const QByteArray &more = {}, const QByteArray &last = {});
    void countHeld();
    void dropPieces();
    void uncork();
    void finishWhenWritten();
    void handleWritten();
    void tellDrained();

    Channel &m_channel;
    HttpServerState &m_state;
    std::deque<Pending> m_queue;
    quint64 m_firstSequence = 0;
    quint64 m_unreadBody = None;   // sequence of the request whose body is being read
    quint64 m_owedContinue = None; // sequence of the request whose client waits to send the body
    QByteArray m_corked;
    int m_corks = 0;
    qsizetype m_kept = 0;         // bytes of answers that wait for their turn
    qint64 m_given = 0;           // to the channel
    std::deque<Piece> m_pieces;   // large ones that the channel has not sent, and others may hold as well
    MemoryBudget::Share m_memory; // of what is unread and in no such piece
    bool m_wasFull = false;
    bool m_closesWhenEmpty = false;
    bool m_isClosing = false;
    bool m_isFinished = false;
    qint64 m_writtenAt; // when the kernel last took something, or was first given it
    qint64 m_closingSince = 0;
};

} // namespace replog
