// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QString>

#include <memory>

namespace replog {

// A node's data folder, locked against other processes as long as the object lives. The lock is on the folder
// itself, not on a file in it that somebody could remove.
class DataFolder
{
public:
    // Creates the folder, for its owner alone, if it is missing. Errors: InUse, Io.
    static Result<std::unique_ptr<DataFolder>> open(const QString &path);
    // Locks a folder that exists, to read it; others may read it meanwhile. Creates nothing. Errors:
    // NotFound, InUse (somebody has open()ed it), Io.
    static Result<std::unique_ptr<DataFolder>> openToRead(const QString &path);
    // Without a lock, for a folder that nobody else uses; it may be read-only.
    static std::unique_ptr<DataFolder> unlocked(const QString &path);
    ~DataFolder();
    Q_DISABLE_COPY_MOVE(DataFolder)

    // Absolute or relative, as it was given; so are the next two.
    const QString &path() const { return m_path; }
    QString logFolder() const { return m_path + QStringLiteral("/log"); }
    QString positionPath() const { return m_path + QStringLiteral("/position"); }

    Result<void> createLogFolder();
    // Makes the names of its files durable.
    Result<void> sync();

private:
    static Result<std::unique_ptr<DataFolder>> lock(const QString &path, int operation);
    DataFolder(const QString &path, int fd) : m_path(path), m_fd(fd) {}

    QString m_path;
    int m_fd; // -1: not locked
};

} // namespace replog
