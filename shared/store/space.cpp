// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/space.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <sys/stat.h>
#include <sys/statvfs.h>

namespace replog {

Result<Space> measureSpace(const QString &dataDir)
{
    constexpr qint64 BlockBytes = 512; // of st_blocks, whatever the file system
    const auto ioError = [&dataDir](int failure) {
        return Error{Errc::Io, QStringLiteral("cannot measure %1: %2")
                                   .arg(dataDir, QString::fromLocal8Bit(std::strerror(failure)))};
    };
    const std::string path = dataDir.toStdString();
    struct statvfs disk = {};
    if (::statvfs(path.c_str(), &disk) != 0)
        return ioError(errno);
    Space space;
    space.freeBytes = qint64(disk.f_bavail) * qint64(disk.f_frsize);
    space.capacityBytes = qint64(disk.f_blocks) * qint64(disk.f_frsize);
    std::error_code failure;
    std::filesystem::recursive_directory_iterator it(path, failure);
    for (const std::filesystem::recursive_directory_iterator end; !failure && it != end;
         it.increment(failure)) {
        // Files come and go meanwhile.
        struct stat info = {};
        if (::lstat(it->path().c_str(), &info) == 0 && S_ISREG(info.st_mode))
            space.storeBytes += qint64(info.st_blocks) * BlockBytes;
    }
    if (failure && failure.value() != ENOENT)
        return ioError(failure.value());
    return space;
}

} // namespace replog
