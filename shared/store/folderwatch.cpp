// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/folderwatch.h"

#include "shared/store/datafolder.h"
#include "shared/store/folders.h"
#include "shared/store/storefilesystem.h"

#include <QFile>

#include <cerrno>

#include <sys/stat.h>

namespace replog {

FolderWatch::FolderWatch(const DataFolder &folder, StoreFileSystem &files)
    : m_folder(folder.path()), m_position(folder.positionPath()), m_log(folder.logFolder()),
      m_folderIdentity(identityOf(m_folder)), m_positionIdentity(identityOf(m_position)), m_files(files)
{
}

std::optional<FolderWatch::Identity> FolderWatch::identityOf(const QString &path)
{
    struct stat info = {};
    if (::stat(QFile::encodeName(path).constData(), &info) != 0)
        return {};
    return Identity{info.st_dev, info.st_ino};
}

// A path that cannot be looked at (of a disk that fails, or with other permissions) tells nothing.
bool FolderWatch::isAnother(const QString &path, const std::optional<Identity> &known)
{
    errno = 0;
    const auto now = identityOf(path);
    return now ? known && *now != *known : errno == ENOENT || errno == ENOTDIR;
}

std::optional<Error> FolderWatch::lost() const
{
    const auto path = lostPath();
    if (!path)
        return {};
    return Error{
        Errc::Io,
        QStringLiteral("%1 was removed or replaced while this node ran: it stores nothing more. What it "
                       "still reads may be lost when it ends: copy that, or promote a secondary, before "
                       "it is stopped")
            .arg(*path)};
}

std::optional<QString> FolderWatch::lostPath() const
{
    if (isAnother(m_folder, m_folderIdentity))
        return m_folder;
    if (isAnother(m_position, m_positionIdentity))
        return m_position;
    // RocksDB replaces it by renaming another one, so there is one at any time.
    const QString current = m_log + QStringLiteral("/CURRENT");
    if (const auto there = isThere(m_files.disk(), current.toStdString()); there && !*there)
        return current;
    // RocksDB removes one that it has ended, but only after it has begun another one.
    for (std::string path = m_files.writeAheadLog(); !path.empty();) {
        const auto there = isThere(m_files.disk(), path);
        if (!there || *there)
            return {};
        const std::string now = m_files.writeAheadLog();
        if (now == path)
            return QString::fromStdString(path);
        path = now;
    }
    return {};
}

} // namespace replog
