// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QString>

#include <optional>
#include <utility>

#include <sys/types.h>

namespace replog {

class DataFolder;
class StoreFileSystem;

// Notices that somebody removed or replaced files of a running node. Every write to a file that has lost its
// name succeeds, and is gone when the process ends.
class FolderWatch
{
public:
    // Of a folder whose log and position file are open.
    FolderWatch(const DataFolder &folder, StoreFileSystem &files);

    // What is gone: the folder, the position file, the file with which RocksDB begins, or the one to which it
    // writes now. Nothing if they are there, and if that cannot be told. Looks at four names. Any thread.
    std::optional<Error> lost() const;

private:
    using Identity = std::pair<dev_t, ino_t>;

    static std::optional<Identity> identityOf(const QString &path);
    static bool isAnother(const QString &path, const std::optional<Identity> &known);
    std::optional<QString> lostPath() const;

    const QString m_folder;
    const QString m_position;
    const QString m_log;
    const std::optional<Identity> m_folderIdentity;
    const std::optional<Identity> m_positionIdentity;
    StoreFileSystem &m_files;
};

} // namespace replog
