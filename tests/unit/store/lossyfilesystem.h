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

// What the disk loses in a failure.
enum class Loss {
    Nothing,  // only the process ended
    Unsynced, // everything that was not synced
    Some,     // a part of that: of appended data a prefix is kept, of overwritten data any sectors
};

// A disk in memory that guarantees only what POSIX does: a power loss undoes everything that no sync covered,
// names (files created, renamed, removed) as well as content. It can lose power at the nth write, be full,
// fail, or ignore syncs. Any thread.
class LossyFileSystem final : public rocksdb::FileSystemWrapper
{
public:
    LossyFileSystem();

    // From now on, the `count`-th write, sync or change of a name and all later ones fail, as after a power
    // loss. 0: never.
    void losePowerAfter(std::uint64_t count);
    bool hasPower() const;
    // Writes, syncs and changes of names so far.
    std::uint64_t operations() const;
    // Restores power. `random` chooses what is lost with Loss::Some.
    void restart(Loss loss = Loss::Unsynced, std::mt19937 *random = nullptr);

    // Syncs report success and do nothing.
    void setSyncsLie(bool lie);
    // Limits further appended data to this many bytes.
    void setRoom(std::uint64_t bytes);
    // Every sync fails.
    void setSyncsFail(bool fail);
    // Whether files can have two names (hard links); initially not.
    void setLinks(bool has);
    // Paths of files that are written in place (NewRandomRWFile), on the machine's disk: it has them, too,
    // under the same path. Data written in place is never synced.
    void setShared(std::set<std::string> paths);
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
        std::string sharedAt = {}; // its path on the machine's disk; empty: it is not there
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

    mutable std::mutex m_mutex; // guards all members and the contents of files
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
    std::set<std::string> m_shared;
    // Changes of folders that are not synced.
    std::vector<std::pair<std::string, std::string>> m_renamed;
    std::set<std::string> m_created;
    std::set<std::string> m_removed;
};

} // namespace replog
