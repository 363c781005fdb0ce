// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QPair>
#include <QSslConfiguration>
#include <QUrl>

#include <memory>

namespace replog {

// One request of the client API.
struct ClientCall
{
    QByteArray verb = "GET";
    QString path; // from the slash on, with the query
    QByteArray body;
    QByteArray contentType = "application/json";
    QList<QPair<QByteArray, QByteArray>> headers;
    // From sending to the answer's first PieceSize bytes, and again for each further piece: a slow link is no
    // failure, a drip is. 0: as long as it takes.
    int limitMs = 5000;
};

struct ClientAnswer
{
    int status = 0; // 0: no answer
    QByteArray body;
    QByteArray location;  // where a 307 leads
    Error error;          // set where there is no answer
    bool reached = false; // the node was connected: the call may have come to it
    bool tooMuch = false; // it was too long, or came too slowly: a shorter one may come through
    bool silent = false;  // it hung up before it sent a byte, as what wants TLS or a certificate may do
    QUrl node;            // that was asked
    double wireMs = 0;    // from handing the request to the socket to the last byte of the answer

    bool isOk() const { return status >= 200 && status < 300; }
};

// A kept-alive HTTP/1.1 connection to one node, over TCP or TLS. Calls are pipelined: sent at once, in the
// order of send(), and answered in that order. Connects when first needed and again after a failure. Its
// event loop's thread.
class ClientConnection : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype AnswerLimit = 256 * 1024 * 1024;
    static constexpr qsizetype PieceSize = 64 * 1024; // of an answer's body

    // `connectMs`: how long connecting takes at most, TLS included.
    ClientConnection(const QUrl &base, const QSslConfiguration &tls, const QByteArray &token, int connectMs,
                     QObject *parent = nullptr);
    ~ClientConnection() override;

    QUrl base() const;
    // Exactly one answered() follows, from the event loop, never from inside this call; `ticket` is the
    // caller's. A call that was under way when the connection broke may have reached the node. A call with a
    // field that would not stay within its place in the request is not sent: InvalidArgument, with the field.
    void send(quint64 ticket, const ClientCall &call);
    // Ends the connection; every open call is answered with an error.
    void abort();
    int begun() const;                 // how often it has begun to connect
    int pending() const;               // calls not answered yet
    bool isOpen(quint64 ticket) const; // it is one of these

signals:
    void answered(quint64 ticket, const replog::ClientAnswer &answer);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace replog
