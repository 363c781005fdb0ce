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

// RocksDB has a code for a full disk only; for other errors it gives the C library's text.
bool says(const IOStatus &status, int failure)
{
    return status.ToString().find(std::strerror(failure)) != std::string::npos;
}

bool isOfDescriptors(const IOStatus &status)
{
    return says(status, EMFILE) || says(status, ENFILE);
}

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

bool Patience::passes(const IOStatus &status)
{
    return status.IsNoSpace() || (status.IsIOError() && (isOfDescriptors(status) || says(status, EDQUOT)));
}

IOStatus Patience::wait(IOStatus status, const Repeat &call)
{
    std::unique_lock lock(m_mutex);
    if (!m_tell)
        return status;
    const Errc code = isOfDescriptors(status) ? Errc::Exhausted : Errc::NoSpace;
    if (++m_waiting == 1) {
        m_tell(Error{code, QStringLiteral("the store waits for its disk, and goes on by itself: %1")
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
