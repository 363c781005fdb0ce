// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace replog {

// What a disk has lost when it works again.
enum class Loss {
    Nothing,  // the process ended, and the machine did not
    Unsynced, // what was written and not synced
    Some,     // a part of that: there is some of what was appended, and any sectors of what was overwritten
};

// A disk in memory that keeps its promises and no more: at a power loss it loses what no sync covered, names
// (files created, renamed, removed) as well as content. It can lose power at the nth write, run full, fail,
// or lie about syncs. Any thread.
class LossyFileSystem final : public rocksdb::FileSystemWrapper
{
public:
    LossyFileSystem();

    // The `count`-th write, sync or change of a name from now on fails, and so does each that follows, as in
    // a machine that has lost its power. 0: never.
    void losePowerAfter(std::uint64_t count);
    bool hasPower() const;
    // Writes, syncs and changes of names so far.
    std::uint64_t operations() const;
    // What is found when it works again. `random` chooses if some is lost.
    void restart(Loss loss = Loss::Unsynced, std::mt19937 *random = nullptr);

    // Syncs say that they worked, and do nothing.
    void setSyncsLie(bool lie);
    // Room for this many more bytes of appended data.
    void setRoom(std::uint64_t bytes);
    // Every sync fails.
    void setSyncsFail(bool fail);
    // Whether files can have two names (hard links); not at first.
    void setLinks(bool has);
    // Files that are mapped into memory, by their paths: the machine's disk has them, too, at the same place.
    // What was written through a mapping is not synced.
    void setMapped(std::set<std::string> paths);
    // No file can be opened.
    void setNoDescriptors(bool none);

    const char *Name() const override { return "LossyFileSystem"; }
    using Options = rocksdb::IOOptions;
    using Debug = rocksdb::IODebugContext;
    rocksdb::IOStatus NewSequentialFile(const std::string &name, const rocksdb::FileOptions &,
                                        std::unique_ptr<rocksdb::FSSequentialFile> *result, Debug *) override;
    rocksdb::IOStatus NewRandomAccessFile(const std::string &name, const rocksdb::FileOptions &,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile> *result,
                                          Debug *) override;
    rocksdb::IOStatus NewWritableFile(const std::string &name, const rocksdb::FileOptions &,
                                      std::unique_ptr<rocksdb::FSWritableFile> *result, Debug *) override;
    rocksdb::IOStatus ReopenWritableFile(const std::string &name, const rocksdb::FileOptions &,
                                         std::unique_ptr<rocksdb::FSWritableFile> *result, Debug *) override;
    rocksdb::IOStatus ReuseWritableFile(const std::string &, const std::string &,
                                        const rocksdb::FileOptions &,
                                        std::unique_ptr<rocksdb::FSWritableFile> *, Debug *) override;
    rocksdb::IOStatus NewDirectory(const std::string &name, const Options &,
                                   std::unique_ptr<rocksdb::FSDirectory> *result, Debug *) override;
    rocksdb::IOStatus NewLogger(const std::string &name, const Options &,
                                std::shared_ptr<rocksdb::Logger> *result, Debug *) override;
    rocksdb::IOStatus FileExists(const std::string &name, const Options &, Debug *) override;
    rocksdb::IOStatus GetChildren(const std::string &dir, const Options &, std::vector<std::string> *result,
                                  Debug *) override;
    rocksdb::IOStatus GetChildrenFileAttributes(const std::string &dir, const Options &,
                                                std::vector<rocksdb::FileAttributes> *result,
                                                Debug *) override;
    rocksdb::IOStatus DeleteFile(const std::string &name, const Options &, Debug *) override;
    rocksdb::IOStatus Truncate(const std::string &name, size_t size, const Options &, Debug *) override;
    rocksdb::IOStatus CreateDir(const std::string &name, const Options &, Debug *) override;
    rocksdb::IOStatus CreateDirIfMissing(const std::string &name, const Options &, Debug *) override;
    rocksdb::IOStatus DeleteDir(const std::string &name, const Options &, Debug *) override;
    rocksdb::IOStatus GetFileSize(const std::string &name, const Options &, std::uint64_t *size,
                                  Debug *) override;
    rocksdb::IOStatus GetFileModificationTime(const std::string &name, const Options &, std::uint64_t *time,
                                              Debug *) override;
    rocksdb::IOStatus RenameFile(const std::string &from, const std::string &to, const Options &,
                                 Debug *) override;
    rocksdb::IOStatus LinkFile(const std::string &, const std::string &, const Options &, Debug *) override;
    rocksdb::IOStatus LockFile(const std::string &name, const Options &, rocksdb::FileLock **lock,
                               Debug *) override;
    rocksdb::IOStatus UnlockFile(rocksdb::FileLock *lock, const Options &, Debug *) override;
    rocksdb::IOStatus IsDirectory(const std::string &name, const Options &, bool *is, Debug *) override;
    rocksdb::IOStatus GetFreeSpace(const std::string &, const Options &, std::uint64_t *free,
                                   Debug *) override;

private:
    friend class LossyReader;
    friend class LossyWriter;
    friend class LossyDirectory;
    class Lock;

    struct Content
    {
        std::string now;
        std::string synced;
        std::string mappedAt = {}; // its path on the machine's disk; empty: it is not there
    };
    using File = std::shared_ptr<Content>;
    using Files = std::map<std::string, File>;

    rocksdb::IOStatus operate(); // m_mutex is held
    rocksdb::IOStatus write(Content &content, std::uint64_t at, const rocksdb::Slice &data);
    rocksdb::IOStatus sync(Content &content);
    rocksdb::IOStatus syncFolder(const std::string &name);
    rocksdb::IOStatus takeDescriptor(const std::string &name) const; // m_mutex is held, here and below
    rocksdb::IOStatus createFolder(const std::string &name);
    File find(const std::string &name) const;
    bool hasFolder(const std::string &name) const;
    void giveName(const File &file, const std::string &name);
    static void pull(Content &content);
    static void push(const Content &content);
    static void moveFolder(Files &files, const std::string &from, const std::string &to);
    static void dropFolder(Files &files, const std::string &name);

    mutable std::mutex m_mutex; // guards everything, contents included
    Files m_files;
    Files m_syncedFiles;
    std::set<std::string> m_locks;
    std::uint64_t m_operations = 0;
    std::uint64_t m_powerUntil = UINT64_MAX;
    std::uint64_t m_room = UINT64_MAX;
    bool m_syncsLie = false;
    bool m_syncsFail = false;
    bool m_noDescriptors = false;
    bool m_hasLinks = false;
    std::set<std::string> m_mapped;
    // Of folders, and not synced.
    std::vector<std::pair<std::string, std::string>> m_renamed;
    std::set<std::string> m_created;
    std::set<std::string> m_removed;
};

} // namespace replog
