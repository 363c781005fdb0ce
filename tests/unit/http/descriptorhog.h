// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace replog {

// Opens all descriptors that the process may have. Frees them one by one, or all in the destructor, which
// restores the old limit.
class DescriptorHog
{
public:
    DescriptorHog()
    {
        ::getrlimit(RLIMIT_NOFILE, &m_old);
        rlimit low = m_old;
        low.rlim_cur = std::min<rlim_t>(low.rlim_cur, 256);
        ::setrlimit(RLIMIT_NOFILE, &low);
        int taken = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        for (; taken >= 0; taken = ::fcntl(m_taken.front(), F_DUPFD_CLOEXEC, 0))
            m_taken.push_back(taken);
        m_isFull = errno == EMFILE || errno == EINVAL; // EINVAL: the limit is below a number already open
    }
    ~DescriptorHog() { giveBack(); }
    Q_DISABLE_COPY_MOVE(DescriptorHog)

    bool isFull() const { return m_isFull; }
    bool free(int count)
    {
        for (; count > 0 && !m_taken.empty(); --count)
            freeOne();
        return count == 0;
    }
    void giveBack()
    {
        while (!m_taken.empty())
            freeOne();
        ::setrlimit(RLIMIT_NOFILE, &m_old);
    }

private:
    void freeOne()
    {
        ::close(m_taken.back());
        m_taken.pop_back();
    }
    rlimit m_old{};
    std::vector<int> m_taken;
    bool m_isFull = false;
};

} // namespace replog
