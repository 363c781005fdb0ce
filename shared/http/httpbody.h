// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httpserver.h"

namespace replog {

class RequestReader;

// A streamed request body. The reader of its request feeds it; `close()` ends it from either side, after
// which the handler is let go as soon as it is not running (it usually holds a reference to this very
// object).
class HttpBody final : public BodyStream
{
public:
    explicit HttpBody(RequestReader *reader) : m_reader(reader) {}

    void setHandler(Handler handler) override;
    void setPaused(bool paused) override;
    void setHeld(qsizetype bytes) override;

    bool wantsData() const { return !m_isPaused && m_handler.data; }
    bool isClosed() const { return m_reader == nullptr; }
    void data(const QByteArray &piece);
    void end();
    void broken(const Error &error);
    void close();

private:
    void leave();

    RequestReader *m_reader;
    Handler m_handler;
    int m_calls = 0;
    bool m_isPaused = false;
};

} // namespace replog
