// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/id128.h"
#include "shared/base/result.h"

#include <rocksdb/file_system.h>

#include <QByteArray>
#include <QString>

namespace replog {

// Whose a data folder is.
struct Owner
{
    QByteArray role;
    QByteArray name;
    Id128 nodeId;

    friend bool operator==(const Owner &, const Owner &) = default;
};

// The file `owner` in a data folder: the owner once more, readable when the database is not. A folder that is
// to be emptied since its log is damaged must be known to be the node's own.
class OwnerFile
{
public:
    OwnerFile(rocksdb::FileSystem &files, const QString &folder);

    // Errors: NotFound, Corrupt, Io.
    Result<Owner> read() const;
    // Waits for the disk; a crash leaves the file as it was or as it is to be. Error: Io.
    Result<void> write(const Owner &owner);

private:
    rocksdb::FileSystem &m_files;
    const std::string m_folder;
    const std::string m_path;
};

} // namespace replog
