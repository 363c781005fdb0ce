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

namespace {

QString withoutSlash(const QString &path)
{
    QString given = path;
    while (given.size() > 1 && given.endsWith(u'/'))
        given.chop(1);
    return given;
}

} // namespace

Result<std::unique_ptr<DataFolder>> DataFolder::open(const QString &path)
{
    const QString given = withoutSlash(path);
    if (!QFileInfo::exists(given)) {
        if (auto created = create(given); !created)
            return created.error();
    }
    return lock(given, LOCK_EX);
}

Result<std::unique_ptr<DataFolder>> DataFolder::openToRead(const QString &path)
{
    return lock(withoutSlash(path), LOCK_SH);
}

Result<std::unique_ptr<DataFolder>> DataFolder::lock(const QString &given, int operation)
{
    const int fd = openFolder(given);
    if (fd < 0 && errno == ENOTDIR)
        return Error{Errc::Io, QStringLiteral("%1 is not a folder").arg(given)};
    if (fd < 0 && errno == ENOENT)
        return Error{Errc::NotFound, QStringLiteral("there is no folder %1").arg(given)};
    if (fd < 0)
        return ioError(QStringLiteral("open data"), given, errno);
    std::unique_ptr<DataFolder> folder(new DataFolder(given, fd));
    // Some network file systems cannot lock a folder; there only RocksDB's own lock protects it.
    if (::flock(fd, operation | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return Error{Errc::InUse, QStringLiteral("data folder %1 is in use by another process").arg(given)};
    return folder;
}

std::unique_ptr<DataFolder> DataFolder::unlocked(const QString &path)
{
    return std::unique_ptr<DataFolder>(new DataFolder(withoutSlash(path), -1));
}

DataFolder::~DataFolder()
{
    if (m_fd >= 0)
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
