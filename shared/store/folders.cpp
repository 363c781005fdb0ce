// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/folders.h"

#include "shared/store/storeerror.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace replog {

using rocksdb::FileSystem;
using rocksdb::Status;

namespace {
constexpr std::size_t CopyBytes = 1024 * 1024;
} // namespace

Result<bool> isThere(FileSystem &files, const std::string &path)
{
    const QString what = QStringLiteral("cannot look for %1").arg(QString::fromStdString(path));
    const Status status = files.FileExists(path, {}, nullptr);
    if (!status.ok() && !status.IsNotFound())
        return storeError(status, what);
    // RocksDB says the same of a file that it may not see. A simulated disk has its files nowhere else.
    if (!status.ok() && ::access(path.c_str(), F_OK) != 0 && errno != ENOENT && errno != ENOTDIR)
        return Error{Errc::Io,
                     QStringLiteral("%1: %2").arg(what, QString::fromLocal8Bit(std::strerror(errno)))};
    return status.ok();
}

Status createFolder(FileSystem &files, const std::string &path)
{
    if (files.FileExists(path, {}, nullptr).ok())
        return Status::OK();
    Status status = files.CreateDirIfMissing(path, {}, nullptr);
    // A simulated disk has no such folder.
    if (status.ok())
        ::chmod(path.c_str(), 0700);
    return status;
}

Status syncFolder(FileSystem &files, const std::string &path)
{
    std::unique_ptr<rocksdb::FSDirectory> folder;
    if (Status status = files.NewDirectory(path, {}, &folder, nullptr); !status.ok())
        return status;
    return folder->Fsync({}, nullptr);
}

Status removeFolder(FileSystem &files, const std::string &path)
{
    std::vector<std::string> names;
    if (Status status = files.GetChildren(path, {}, &names, nullptr); !status.ok())
        return status;
    for (const std::string &name : names) {
        if (name == "." || name == "..")
            continue;
        const std::string child = path + '/' + name;
        bool isFolder = false;
        Status status = files.IsDirectory(child, {}, &isFolder, nullptr);
        if (status.ok())
            status = isFolder ? removeFolder(files, child) : Status(files.DeleteFile(child, {}, nullptr));
        if (!status.ok())
            return status;
    }
    return files.DeleteDir(path, {}, nullptr);
}

Status writeWhole(FileSystem &files, const std::string &path, const std::string &content)
{
    std::unique_ptr<rocksdb::FSWritableFile> file;
    Status status = files.NewWritableFile(path, {}, &file, nullptr);
    if (!status.ok())
        return status;
    ::chmod(path.c_str(), 0600);
    status = file->Append(content, {}, nullptr);
    if (status.ok())
        status = file->Fsync({}, nullptr);
    if (status.ok())
        status = file->Close({}, nullptr);
    return status;
}

Status copyFile(FileSystem &files, const std::string &from, const std::string &to)
{
    std::unique_ptr<rocksdb::FSSequentialFile> source;
    if (Status status = files.NewSequentialFile(from, {}, &source, nullptr); !status.ok())
        return status;
    std::unique_ptr<rocksdb::FSWritableFile> target;
    if (Status status = files.NewWritableFile(to, {}, &target, nullptr); !status.ok())
        return status;
    ::chmod(to.c_str(), 0600);
    std::string buffer(CopyBytes, '\0');
    for (;;) {
        rocksdb::Slice piece;
        Status status = source->Read(buffer.size(), {}, &piece, buffer.data(), nullptr);
        if (status.ok() && piece.empty())
            break;
        if (status.ok())
            status = target->Append(piece, {}, nullptr);
        if (!status.ok())
            return status;
    }
    Status status = target->Fsync({}, nullptr);
    return status.ok() ? Status(target->Close({}, nullptr)) : status;
}

} // namespace replog
