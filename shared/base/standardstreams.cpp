// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/standardstreams.h"

#include <QDeadlineTimer>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace replog {

void prepareStandardStreams()
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
        // open() returns the lowest free number: the missing one, because those below it are open.
        if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF) [[maybe_unused]]
            const int opened = ::open("/dev/null", O_RDWR);
    }
}

bool writeLine(int descriptor, QByteArrayView line, int waitMs)
{
    const QDeadlineTimer deadline(waitMs);
    while (!line.isEmpty()) {
        pollfd ready{descriptor, POLLOUT, 0};
        const int count = ::poll(&ready, 1, int(std::max<qint64>(deadline.remainingTime(), 0)));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        // A pipe that is ready takes that much without blocking.
        const ssize_t written =
            ::write(descriptor, line.data(), std::min(size_t(line.size()), size_t(PIPE_BUF)));
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        if (written > 0)
            line = line.sliced(written);
    }
    return true;
}

} // namespace replog
