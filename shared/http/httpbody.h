// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httpserver.h"

namespace replog {

class HttpConnection;

// A streamed request body. The connection feeds it; `close()` ends it from either side, after which the handler is
// let go as soon as it is not running (it usually holds a reference to this very object).
class HttpBody final : public BodyStream
{
public:
    explicit HttpBody(HttpConnection *connection) : m_connection(connection) {}

    void setHandler(Handler handler) override;
    void setPaused(bool paused) override;

    bool wantsData() const { return !m_isPaused && m_handler.data; }
    bool isClosed() const { return m_connection == nullptr; }
    void data(const QByteArray &piece);
    void end();
    void broken(const Error &error);
    void close();

private:
    void leave();

    HttpConnection *m_connection;
    Handler m_handler;
    int m_calls = 0;
    bool m_isPaused = false;
};

} // namespace replog
