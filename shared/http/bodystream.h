// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>

#include <functional>

namespace replog {

class RequestReader;

// A request body of any length that is handed on as it arrives, in bounded memory. All callbacks run in the
// event loop.
class BodyStream
{
public:
    struct Handler
    {
        std::function<void(const QByteArray &piece)> data;
        std::function<void()> end;                 // the body is whole
        std::function<void(const Error &)> broken; // hang-up, malformed chunk, or too slow; nothing follows
    };
    // The handler is released when the body is over and it is not running: it usually holds a reference to
    // this very object.
    void setHandler(Handler handler);
    // While paused nothing is read from the connection: back-pressure reaches the client through TCP.
    void setPaused(bool paused);
    // Bytes that the handler keeps until more has come (an unfinished line). They count as memory, and while
    // there are any the client has HttpLimits::requestMs for each 256 KiB of the rest.
    void setHeld(qsizetype bytes);

private:
    friend class RequestReader; // of its request, which feeds it
    explicit BodyStream(RequestReader *reader) : m_reader(reader) {}

    bool wantsData() const { return !m_isPaused && m_handler.data; }
    bool isClosed() const { return m_reader == nullptr; }
    void data(const QByteArray &piece);
    void end();
    void broken(const Error &error);
    void close();
    void leave();

    RequestReader *m_reader;
    Handler m_handler;
    int m_calls = 0;
    bool m_isPaused = false;
};

} // namespace replog
