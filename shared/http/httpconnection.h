// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/answerqueue.h"
#include "shared/http/httpinput.h"
#include "shared/http/httpoutlet.h"
#include "shared/http/httpserverstate.h"
#include "shared/http/requestreader.h"

#include <QObject>
#include <QPointer>
#include <QTcpSocket>

namespace replog {

// One client, from its arrival to its end: joins what reads its requests with what sends the answers, and
// decides when and how both are over. Lives until the socket is gone, then says closed() and deletes itself.
//
//   open ──(an answer that closes, or nothing to come)──▶ closing ──(all sent)──▶ our half ended ──(client's
//   too)──▶ closed
//    └──(client ends its half)──▶ half closed ──(open answers sent, or client found gone)──▶ closed
class HttpConnection : public QObject
{
    Q_OBJECT
public:
    HttpConnection(QTcpSocket *socket, HttpServerState &state, QObject *parent);
    ~HttpConnection() override;

    // Refuses whatever the client is about to send, and closes.
    void refuse(int status, const QString &detail);
    // Time limits; called by the server every now and then.
    void sweep();
    // No more requests; closes once the open answers are out.
    void finish();
    // Ends the connection from the event loop.
    void abort();

signals:
    void closed(replog::HttpConnection *self);

private:
    void handleEnded(bool isReset);
    void handleFinished();
    void end();

    QPointer<QTcpSocket> m_socket;
    const HttpServerState &m_state;
    HttpOutlet m_outlet;
    HttpInput m_input;
    AnswerQueue m_answers;
    RequestReader m_reader;
    bool m_isHalfClosed = false; // the client has ended its half, and may still read
    bool m_isAborting = false;
    bool m_hasEnded = false;
};

} // namespace replog
