// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QList>
#include <QPair>

#include <functional>
#include <memory>

class QObject;

namespace replog {

using HttpHeaders = QList<QPair<QByteArray, QByteArray>>;

class Exchange; // one request and the place of its answer

// A body that is sent in pieces. Pieces are kept until the connection takes them. Write only while room() >
// 0, and go on when the drained callback is called: then a slow reader costs one bounded buffer. A reader
// that takes nothing for the server's stall limit is cut off. Event loop's thread only.
class ReplyStream
{
public:
    ReplyStream() = default;
    bool isOpen() const;    // false: the client is gone; writes are ignored
    qsizetype room() const; // bytes that may be written now, <= 0: wait for drained
    void write(const QByteArray &piece);
    void finish();
    void abort(); // ends the connection, so that the client sees the body is not whole
    // `drained` is called from the event loop whenever there is room again, until finish(); dropped with
    // `context`.
    void onDrained(QObject *context, std::function<void()> drained);

private:
    friend class Reply;
    explicit ReplyStream(std::shared_ptr<Exchange> exchange);
    std::shared_ptr<Exchange> m_exchange;
};

// The right to answer one request, once, at any time. It may outlive the client's hang-up; then every call
// does nothing. Copies share the right. Answers go out in request order on each connection. If the last copy
// is destroyed without an answer, the client gets 500. Event loop's thread only.
class Reply
{
public:
    Reply() = default;
    bool isOpen() const; // not yet answered and the client still there
    // Answers with a body of the given content type. HEAD, Content-Length, keep-alive and HTTP/1.0 are
    // handled here.
    void send(int status, QByteArrayView contentType, const QByteArray &body, const HttpHeaders &extra = {});
    void sendJson(int status, const QByteArray &json, const HttpHeaders &extra = {});
    // RFC 9457 problem+json, by the mapping in problem.cpp. `members` is added to it as raw JSON, such as
    // "\"id\":7,\"w\":3".
    void sendProblem(const Error &error, const QByteArray &members = {}, const HttpHeaders &extra = {});
    // Starts an answer of unknown length: chunked for HTTP/1.1, ended by close for HTTP/1.0.
    ReplyStream startStream(int status, QByteArrayView contentType, const HttpHeaders &extra = {});
    // `gone` is called once if the client hangs up before the answer is sent; dropped with `context`.
    void onHangUp(QObject *context, std::function<void()> gone);

private:
    friend class QtLane;
    friend class RequestReader;
    explicit Reply(std::shared_ptr<Exchange> exchange);
    std::shared_ptr<Exchange> m_exchange;
};

} // namespace replog
