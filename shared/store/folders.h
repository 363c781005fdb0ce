// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <rocksdb/file_system.h>

#include <string>

namespace replog {

// What RocksDB's file layer lacks. All functions wait for the disk.

// Whether there is a file or a folder of that name. Error: Io, if it cannot be told.
Result<bool> isThere(rocksdb::FileSystem &files, const std::string &path);
// Creates a folder for its owner alone; an existing one stays as it is. Its name is durable once its parent
// is synced.
rocksdb::Status createFolder(rocksdb::FileSystem &files, const std::string &path);
// Makes the names of the files in it durable.
rocksdb::Status syncFolder(rocksdb::FileSystem &files, const std::string &path);
// Removes a folder with all that is in it.
rocksdb::Status removeFolder(rocksdb::FileSystem &files, const std::string &path);
// Writes a new file, for its owner alone, and syncs it.
rocksdb::Status writeWhole(rocksdb::FileSystem &files, const std::string &path, const std::string &content);
// Copies a file's content into a new one, for its owner alone, and syncs it.
rocksdb::Status copyFile(rocksdb::FileSystem &files, const std::string &from, const std::string &to);

} // namespace replog
