// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/filesync.h"

#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace replog {

Result<void> syncFolder(const QString &path)
{
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || ::fsync(fd) != 0) {
        const Error error{Errc::Io, QStringLiteral("cannot sync folder %1: %2")
                                        .arg(path, QString::fromLocal8Bit(std::strerror(errno)))};
        if (fd >= 0)
            ::close(fd);
        return error;
    }
    ::close(fd);
    return {};
}

} // namespace replog
