// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/patience.h"

#include "shared/store/statustext.h"

#include <cerrno>
#include <chrono>
#include <cstring>

namespace replog {

using rocksdb::IOStatus;

namespace {

constexpr std::chrono::milliseconds Pause{200};

} // namespace

void Patience::begin(Tell tell)
{
    const std::lock_guard lock(m_mutex);
    m_tell = std::move(tell);
}

void Patience::end()
{
    const std::lock_guard lock(m_mutex);
    m_tell = {};
    m_ended.notify_all();
}

// RocksDB has a code for a full disk only; for other errors it gives the C library's text.
bool Patience::passes(const IOStatus &status)
{
    if (status.IsNoSpace())
        return true;
    if (!status.IsIOError())
        return false;
    const std::string text = status.ToString();
    for (const int failure : {EMFILE, ENFILE, EDQUOT}) {
        if (text.find(std::strerror(failure)) != std::string::npos)
            return true;
    }
    return false;
}

IOStatus Patience::wait(IOStatus status, const Repeat &call)
{
    std::unique_lock lock(m_mutex);
    if (!m_tell)
        return status;
    if (++m_waiting == 1) {
        m_tell(
            Error{Errc::Exhausted, QStringLiteral("the store waits for its disk, and goes on by itself: %1")
                                       .arg(statusText(status))});
    }
    while (m_tell && !status.ok() && passes(status)) {
        m_ended.wait_for(lock, Pause);
        lock.unlock();
        status = call();
        lock.lock();
    }
    if (--m_waiting == 0 && m_tell)
        m_tell({});
    return status;
}

} // namespace replog
