// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/bodystream.h"

#include "shared/http/requestreader.h"

namespace replog {

void BodyStream::setHandler(Handler handler)
{
    if (isClosed())
        return;
    m_handler = std::move(handler);
    m_reader->resume();
}

void BodyStream::setPaused(bool paused)
{
    if (m_isPaused == paused)
        return;
    m_isPaused = paused;
    if (!paused && !isClosed())
        m_reader->resume();
}

void BodyStream::setHeld(qsizetype bytes)
{
    if (!isClosed())
        m_reader->setHeld(bytes);
}

void BodyStream::data(const QByteArray &piece)
{
    ++m_calls;
    m_handler.data(piece);
    leave();
}

void BodyStream::end()
{
    m_reader = nullptr;
    ++m_calls;
    if (m_handler.end)
        m_handler.end();
    leave();
}

void BodyStream::broken(const Error &error)
{
    m_reader = nullptr;
    ++m_calls;
    if (m_handler.broken)
        m_handler.broken(error);
    leave();
}

void BodyStream::close()
{
    m_reader = nullptr;
    ++m_calls;
    leave();
}

void BodyStream::leave()
{
    if (--m_calls == 0 && isClosed())
        std::exchange(m_handler, {});
}

} // namespace replog
