// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/datafolder.h"

#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace replog {

namespace {

constexpr mode_t OwnerOnly = 0700;

Error ioError(const QString &what, const QString &path, int failure)
{
    return {Errc::Io, QStringLiteral("cannot %1 folder %2: %3")
                          .arg(what, path, QString::fromLocal8Bit(std::strerror(failure)))};
}

int openFolder(const QString &path)
{
    return ::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

Result<void> create(const QString &path)
{
    const QString parent = QFileInfo(path).absolutePath();
    std::error_code failure;
    std::filesystem::create_directories(parent.toStdString(), failure);
    if (failure)
        return ioError(QStringLiteral("create"), parent, failure.value());
    if (::mkdir(QFile::encodeName(path).constData(), OwnerOnly) != 0 && errno != EEXIST)
        return ioError(QStringLiteral("create"), path, errno);
    const int fd = openFolder(parent);
    const bool synced = fd >= 0 && ::fsync(fd) == 0;
    const int syncFailure = errno;
    if (fd >= 0)
        ::close(fd);
    if (!synced)
        return ioError(QStringLiteral("sync"), parent, syncFailure);
    return {};
}

} // namespace

Result<std::unique_ptr<DataFolder>> DataFolder::open(const QString &path)
{
    QString given = path;
    while (given.size() > 1 && given.endsWith(u'/'))
        given.chop(1);
    if (!QFileInfo::exists(given)) {
        if (auto created = create(given); !created)
            return created.error();
    }
    const int fd = openFolder(given);
    if (fd < 0 && errno == ENOTDIR)
        return Error{Errc::Io, QStringLiteral("%1 is not a folder").arg(given)};
    if (fd < 0)
        return ioError(QStringLiteral("open data"), given, errno);
    std::unique_ptr<DataFolder> folder(new DataFolder(given, fd));
    // Some network file systems cannot lock a folder; RocksDB's own lock has to do there.
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return Error{Errc::InUse, QStringLiteral("data folder %1 is in use by another process").arg(given)};
    return folder;
}

DataFolder::~DataFolder()
{
    ::close(m_fd);
}

Result<void> DataFolder::createLogFolder()
{
    if (::mkdir(QFile::encodeName(logFolder()).constData(), OwnerOnly) != 0 && errno != EEXIST)
        return ioError(QStringLiteral("create"), logFolder(), errno);
    return {};
}

Result<void> DataFolder::sync()
{
    if (::fsync(m_fd) != 0)
        return ioError(QStringLiteral("sync"), m_path, errno);
    return {};
}

} // namespace replog
