// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/answerqueue.h"
#include "shared/http/channel.h"
#include "shared/http/httpserverstate.h"
#include "shared/http/requestreader.h"

#include <QObject>

#include <memory>

namespace replog {

// One client, from its arrival to its end: connects the reader of its requests with the queue of its answers,
// and decides when and how both end. Emits closed() once, and deletes itself.
//
//   open ──(an answer that closes, or nothing to come)──▶ closing ──(all sent)──▶ our half ended ──(client's
//   too)──▶ closed
//    └──(client ends its half)──▶ half closed ──(open answers sent, or client found gone)──▶ closed
//
// At the end the channel is closed first, then handlers that have not answered are told, then Qt releases the
// client, then this object is deleted.
class HttpConnection : public QObject
{
    Q_OBJECT
public:
    HttpConnection(std::unique_ptr<Channel> channel, const QHostAddress &peer, HttpServerState &state,
                   QObject *parent);
    ~HttpConnection() override;

    const QHostAddress &peer() const { return m_peer; }
    // Enforces the time limits; the server calls it every now and then.
    void sweep();
    // No more requests; closes once the open answers are out.
    void finish();
    // Ends the connection from the event loop.
    void abort();
    // Since when the client has not taken what we hold for it, or has had nothing open; 0 if it waits for us,
    // or has been dropped.
    qint64 stalledSince() const;
    qint64 heldBytes() const { return m_reader.memory().bytes() + m_answers.unread(); }
    // What it holds is of the readers' part.
    bool isReader() const { return m_reader.memory().part() == MemoryBudget::Part::Readers; }

signals:
    void closed(replog::HttpConnection *self);

private:
    void handleEnded(bool isReset);
    void handleHalfClosed();
    void handleFinished();
    void end();

    const std::unique_ptr<Channel> m_channel;
    const QHostAddress m_peer;
    const HttpServerState &m_state;
    AnswerQueue m_answers;
    RequestReader m_reader;
    qint64 m_probedAt = 0;
    bool m_isHalfClosed = false; // the client has ended its half, and may still read
    bool m_isAborting = false;
    bool m_hasEnded = false;
};

} // namespace replog
