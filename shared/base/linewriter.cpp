// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/linewriter.h"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace replog {

struct LineWriter::State
{
    State(int to, qsizetype max, LostLine line)
        : descriptor(::fcntl(to, F_DUPFD_CLOEXEC, 3)), maxBytes(max), lostLine(std::move(line))
    {
    }
    ~State() { ::close(descriptor); }

    const int descriptor;
    const qsizetype maxBytes;
    const LostLine lostLine;

    std::mutex mutex;
    std::condition_variable linesReady; // signalled when lines arrive or isEnding is set
    std::condition_variable allWritten; // signalled when `lines` is empty
    std::deque<QByteArray> lines;       // the first stays until it is written
    qsizetype bytes = 0;                // of `lines`, <= maxBytes
    quint64 lost = 0;
    quint64 lostTold = 0; // <= lost
    bool isEnding = false;
};

namespace {

// Blocks until all is written. False if the descriptor refuses it.
bool writeWhole(int descriptor, const QByteArray &line)
{
    qsizetype at = 0;
    while (at < line.size()) {
        const ssize_t count = ::write(descriptor, line.constData() + at, size_t(line.size() - at));
        if (count > 0) {
            at += count;
        } else if (errno == EAGAIN) { // another process that shares the pipe made it non-blocking
            pollfd ready{descriptor, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

} // namespace

LineWriter::LineWriter(int descriptor, qsizetype maxBytes, LostLine lostLine)
    : m_state(std::make_shared<State>(descriptor, maxBytes, std::move(lostLine)))
{
    std::thread([state = m_state] { run(state); }).detach();
}

LineWriter::~LineWriter()
{
    const std::lock_guard lock(m_state->mutex);
    m_state->isEnding = true;
    m_state->linesReady.notify_one();
}

void LineWriter::write(const QByteArray &line)
{
    const std::lock_guard lock(m_state->mutex);
    QByteArray out = line;
    const quint64 untold = m_state->lost - m_state->lostTold;
    if (untold > 0)
        out.prepend(m_state->lostLine(untold));
    if (m_state->bytes + out.size() > m_state->maxBytes) {
        ++m_state->lost;
        return;
    }
    m_state->lostTold += untold;
    m_state->bytes += out.size();
    m_state->lines.push_back(std::move(out));
    m_state->linesReady.notify_one();
}

bool LineWriter::flush(int waitMs)
{
    std::unique_lock lock(m_state->mutex);
    return m_state->allWritten.wait_for(lock, std::chrono::milliseconds(waitMs),
                                        [this] { return m_state->lines.empty(); });
}

quint64 LineWriter::lost() const
{
    const std::lock_guard lock(m_state->mutex);
    return m_state->lost;
}

void LineWriter::run(const std::shared_ptr<State> &state)
{
    std::unique_lock lock(state->mutex);
    for (;;) {
        state->linesReady.wait(lock, [&state] { return !state->lines.empty() || state->isEnding; });
        if (state->lines.empty())
            return;
        const QByteArray line = state->lines.front();
        lock.unlock();
        const bool isOut = writeWhole(state->descriptor, line);
        lock.lock();
        state->lines.pop_front();
        state->bytes -= line.size();
        if (!isOut)
            ++state->lost;
        if (state->lines.empty())
            state->allWritten.notify_all();
    }
}

} // namespace replog
