// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/store/patience.h"
#include "shared/store/positionfile.h"

#include <rocksdb/file_system.h>

#include <memory>
#include <mutex>
#include <string>

namespace replog {

// Notices that the end of the MANIFEST was lost, the file in which RocksDB lists its files. RocksDB reads a
// list that was cut short as a complete one, and deletes the files that are missing in it. So each synced
// length of the list is noted in the position file, with a hash. Any thread.
class ManifestGuard
{
public:
    // Whether the list that the folder's CURRENT names still matches the note. A newer list than the noted
    // one is fine: the note may be as old as the last sync of the position file.
    static Result<void> check(rocksdb::FileSystem &files, const std::string &folder,
                              const PositionFile::Manifest &noted);
    // Makes the note for the list that the folder's CURRENT names.
    static Result<PositionFile::Manifest> read(rocksdb::FileSystem &files, const std::string &folder);
    // The number of a list's file name; 0 if it is the name of another file.
    static quint64 numberOf(const std::string &path);

    // A note that cannot be written is waited for with `patience`; if that does not help, RocksDB is told
    // that its list could not be synced.
    explicit ManifestGuard(Patience &patience) : m_patience(patience) {}

    // Sets the note of the list in use, which is the one written last, and from now on notes each change of
    // it.
    void arm(PositionFile &position);

    // Wraps a new list, to see what is written to it.
    static std::unique_ptr<rocksdb::FSWritableFile> watch(const std::shared_ptr<ManifestGuard> &guard,
                                                          quint64 number,
                                                          std::unique_ptr<rocksdb::FSWritableFile> file);

private:
    class File;

    rocksdb::IOStatus handleSynced(const PositionFile::Manifest &now);

    Patience &m_patience;
    std::mutex m_mutex; // guards the next two
    PositionFile *m_position = nullptr;
    PositionFile::Manifest m_last;
};

} // namespace replog
