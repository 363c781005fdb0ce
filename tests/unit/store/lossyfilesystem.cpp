// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/store/lossyfilesystem.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace replog {

using rocksdb::FileOptions;
using rocksdb::FSDirectory;
using rocksdb::FSRandomAccessFile;
using rocksdb::FSSequentialFile;
using rocksdb::FSWritableFile;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

constexpr std::size_t SectorSize = 512;

std::string normal(std::string name)
{
    for (std::size_t at = 0; (at = name.find("//")) != std::string::npos;)
        name.erase(at, 1);
    if (name.ends_with('/'))
        name.pop_back();
    return name;
}

std::string folderOf(const std::string &name)
{
    return name.substr(0, name.rfind('/'));
}

IOStatus missing(const std::string &name)
{
    return IOStatus::PathNotFound("no such file", name);
}

class SilentLogger final : public rocksdb::Logger
{
public:
    using Logger::Logv;
    void Logv(const char *, va_list) override {}
    size_t GetLogFileSize() const override { return 0; }
};

} // namespace

class LossyReader final : public FSSequentialFile, public FSRandomAccessFile
{
public:
    LossyReader(LossyFileSystem &disk, LossyFileSystem::File file) : m_disk(disk), m_file(std::move(file)) {}

    IOStatus Read(std::uint64_t at, size_t count, const rocksdb::IOOptions &, Slice *result, char *scratch,
                  rocksdb::IODebugContext *) const override
    {
        const std::lock_guard lock(m_disk.m_mutex);
        const std::string &content = m_file->now;
        at = std::min<std::uint64_t>(at, content.size());
        count = std::min<std::uint64_t>(count, content.size() - at);
        std::memcpy(scratch, content.data() + at, count);
        *result = Slice(scratch, count);
        return IOStatus::OK();
    }

    IOStatus Read(size_t count, const rocksdb::IOOptions &options, Slice *result, char *scratch,
                  rocksdb::IODebugContext *debug) override
    {
        IOStatus status = Read(m_at, count, options, result, scratch, debug);
        m_at += result->size();
        return status;
    }

    IOStatus Skip(std::uint64_t count) override
    {
        m_at += count;
        return IOStatus::OK();
    }

    // Both base classes have these functions, with the same meaning.
    bool use_direct_io() const override { return false; }
    size_t GetRequiredBufferAlignment() const override { return 4096; }
    IOStatus InvalidateCache(size_t, size_t) override { return IOStatus::OK(); }

private:
    LossyFileSystem &m_disk;
    LossyFileSystem::File m_file;
    std::uint64_t m_at = 0;
};

class LossyWriter final : public FSWritableFile
{
public:
    LossyWriter(LossyFileSystem &disk, LossyFileSystem::File file, std::uint64_t at)
        : m_disk(disk), m_file(std::move(file)), m_at(at)
    {
    }

    using FSWritableFile::Append;
    using FSWritableFile::PositionedAppend;
    IOStatus Append(const Slice &data, const rocksdb::IOOptions &options,
                    rocksdb::IODebugContext *debug) override
    {
        return PositionedAppend(data, m_at, options, debug);
    }

    IOStatus PositionedAppend(const Slice &data, std::uint64_t at, const rocksdb::IOOptions &,
                              rocksdb::IODebugContext *) override
    {
        const std::lock_guard lock(m_disk.m_mutex);
        IOStatus status = m_disk.write(*m_file, at, data);
        if (status.ok())
            m_at = at + data.size();
        return status;
    }

    IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions &, rocksdb::IODebugContext *) override
    {
        const std::lock_guard lock(m_disk.m_mutex);
        IOStatus status = m_disk.operate();
        if (status.ok()) {
            m_file->now.resize(size);
            LossyFileSystem::push(*m_file);
        }
        return status;
    }

    IOStatus Close(const rocksdb::IOOptions &, rocksdb::IODebugContext *) override { return IOStatus::OK(); }
    IOStatus Flush(const rocksdb::IOOptions &, rocksdb::IODebugContext *) override { return IOStatus::OK(); }

    IOStatus Sync(const rocksdb::IOOptions &, rocksdb::IODebugContext *) override
    {
        const std::lock_guard lock(m_disk.m_mutex);
        return m_disk.sync(*m_file);
    }

    bool IsSyncThreadSafe() const override { return true; }
    std::uint64_t GetFileSize(const rocksdb::IOOptions &, rocksdb::IODebugContext *) override { return m_at; }

private:
    LossyFileSystem &m_disk;
    LossyFileSystem::File m_file;
    std::uint64_t m_at;
};

class LossyDirectory final : public FSDirectory
{
public:
    LossyDirectory(LossyFileSystem &disk, std::string name) : m_disk(disk), m_name(std::move(name)) {}

    IOStatus Fsync(const rocksdb::IOOptions &, rocksdb::IODebugContext *) override
    {
        return m_disk.syncFolder(m_name);
    }

private:
    LossyFileSystem &m_disk;
    std::string m_name;
};

class LossyFileSystem::Lock final : public rocksdb::FileLock
{
public:
    explicit Lock(std::string lockName) : name(std::move(lockName)) {}
    std::string name;
};

LossyFileSystem::LossyFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

void LossyFileSystem::losePowerAfter(std::uint64_t count)
{
    const std::lock_guard lock(m_mutex);
    m_powerUntil = count == 0 ? UINT64_MAX : m_operations + count - 1;
}

bool LossyFileSystem::hasPower() const
{
    const std::lock_guard lock(m_mutex);
    return m_operations < m_powerUntil;
}

std::uint64_t LossyFileSystem::operations() const
{
    const std::lock_guard lock(m_mutex);
    return m_operations;
}

void LossyFileSystem::restart(Loss loss, std::mt19937 *random)
{
    const std::lock_guard lock(m_mutex);
    for (const auto &[name, file] : m_files) {
        pull(*file);
        if (!file->sharedAt.empty())
            std::filesystem::remove(file->sharedAt);
        if (loss == Loss::Nothing)
            file->synced = file->now;
    }
    if (loss == Loss::Nothing)
        m_syncedFiles = m_files;
    else
        for (const std::string &folder : m_created)
            dropFolder(m_syncedFiles, folder);
    m_files = m_syncedFiles;
    m_renamed.clear();
    m_created.clear();
    m_removed.clear();
    m_powerUntil = UINT64_MAX;
    m_locks.clear();
    for (auto &[name, file] : m_files) {
        std::string found = file->synced;
        const std::string &lost = file->now;
        if (loss == Loss::Some) {
            const std::size_t common = std::min(found.size(), lost.size());
            for (std::size_t at = 0; at < common; at += SectorSize) {
                const std::size_t size = std::min(SectorSize, common - at);
                if ((*random)() % 2)
                    found.replace(at, size, lost, at, size);
            }
            if (lost.size() > found.size()) {
                const std::size_t more = (*random)() % (lost.size() - found.size() + 1);
                found.append(lost, found.size(), more);
            }
        }
        // Create a new file: open readers and writers of the old one keep it.
        giveName(std::make_shared<Content>(Content{found, found}), name);
    }
    m_syncedFiles = m_files;
}

void LossyFileSystem::setShared(std::set<std::string> paths)
{
    const std::lock_guard lock(m_mutex);
    m_shared = std::move(paths);
}

// Stores the file under that name.
void LossyFileSystem::giveName(const File &file, const std::string &name)
{
    file->sharedAt = m_shared.contains(name) ? name : std::string();
    push(*file);
    m_files[name] = file;
}

// Reads what was written in place.
void LossyFileSystem::pull(Content &content)
{
    if (content.sharedAt.empty())
        return;
    if (std::ifstream file(content.sharedAt, std::ios::binary); file)
        content.now.assign(std::istreambuf_iterator<char>(file), {});
}

void LossyFileSystem::push(const Content &content)
{
    if (content.sharedAt.empty())
        return;
    std::filesystem::create_directories(folderOf(content.sharedAt));
    std::ofstream(content.sharedAt, std::ios::binary) << content.now;
}

void LossyFileSystem::setSyncsLie(bool lie)
{
    const std::lock_guard lock(m_mutex);
    m_syncsLie = lie;
}

void LossyFileSystem::setRoom(std::uint64_t bytes)
{
    const std::lock_guard lock(m_mutex);
    m_room = bytes;
}

void LossyFileSystem::setSyncsFail(bool fail)
{
    const std::lock_guard lock(m_mutex);
    m_syncsFail = fail;
}

void LossyFileSystem::setNoDescriptors(bool none)
{
    const std::lock_guard lock(m_mutex);
    m_noDescriptors = none;
}

IOStatus LossyFileSystem::takeDescriptor(const std::string &name) const
{
    return m_noDescriptors ? IOStatus::IOError("While open a file: " + name, std::strerror(EMFILE))
                           : IOStatus::OK();
}

IOStatus LossyFileSystem::operate()
{
    if (m_operations >= m_powerUntil)
        return IOStatus::IOError("power lost");
    ++m_operations;
    return IOStatus::OK();
}

IOStatus LossyFileSystem::write(Content &content, std::uint64_t at, const Slice &data)
{
    if (IOStatus status = operate(); !status.ok())
        return status;
    const std::uint64_t end = at + data.size();
    if (end > content.now.size()) {
        const std::uint64_t growth = end - content.now.size();
        if (growth > m_room)
            return IOStatus::NoSpace("no room");
        m_room -= growth;
        content.now.resize(end);
    }
    content.now.replace(at, data.size(), data.data(), data.size());
    push(content);
    return IOStatus::OK();
}

IOStatus LossyFileSystem::sync(Content &content)
{
    if (IOStatus status = operate(); !status.ok())
        return status;
    if (m_syncsFail)
        return IOStatus::IOError("sync failed");
    if (!m_syncsLie)
        content.synced = content.now;
    return IOStatus::OK();
}

IOStatus LossyFileSystem::syncFolder(const std::string &name)
{
    const std::lock_guard lock(m_mutex);
    if (IOStatus status = operate(); !status.ok())
        return status;
    if (m_syncsLie)
        return IOStatus::OK();
    // Renamed folders keep their synced files.
    std::erase_if(m_renamed, [&](const auto &renamed) {
        if (folderOf(renamed.second) != name)
            return false;
        moveFolder(m_syncedFiles, renamed.first, renamed.second);
        return true;
    });
    std::erase_if(m_removed, [&](const std::string &removed) {
        if (folderOf(removed) != name)
            return false;
        dropFolder(m_syncedFiles, removed);
        return true;
    });
    std::erase_if(m_created, [&](const std::string &created) { return folderOf(created) == name; });
    std::erase_if(m_syncedFiles, [&](const auto &file) { return folderOf(file.first) == name; });
    for (const auto &[path, file] : m_files) {
        if (folderOf(path) == name)
            m_syncedFiles[path] = file;
    }
    return IOStatus::OK();
}

LossyFileSystem::File LossyFileSystem::find(const std::string &name) const
{
    const auto it = m_files.find(normal(name));
    if (it == m_files.end())
        return nullptr;
    pull(*it->second);
    return it->second;
}

IOStatus LossyFileSystem::NewSequentialFile(const std::string &name, const FileOptions &,
                                            std::unique_ptr<FSSequentialFile> *result, Debug *)
{
    const std::lock_guard lock(m_mutex);
    if (IOStatus status = takeDescriptor(name); !status.ok())
        return status;
    const File file = find(name);
    if (!file)
        return missing(name);
    *result = std::make_unique<LossyReader>(*this, file);
    return IOStatus::OK();
}

IOStatus LossyFileSystem::NewRandomAccessFile(const std::string &name, const FileOptions &,
                                              std::unique_ptr<FSRandomAccessFile> *result, Debug *)
{
    const std::lock_guard lock(m_mutex);
    if (IOStatus status = takeDescriptor(name); !status.ok())
        return status;
    const File file = find(name);
    if (!file)
        return missing(name);
    *result = std::make_unique<LossyReader>(*this, file);
    return IOStatus::OK();
}

IOStatus LossyFileSystem::NewWritableFile(const std::string &name, const FileOptions &,
                                          std::unique_ptr<FSWritableFile> *result, Debug *)
{
    const std::lock_guard lock(m_mutex);
    if (IOStatus status = takeDescriptor(name); !status.ok())
        return status;
    if (IOStatus status = operate(); !status.ok())
        return status;
    const File file = std::make_shared<Content>();
    giveName(file, normal(name));
    *result = std::make_unique<LossyWriter>(*this, file, 0);
    return IOStatus::OK();
}

IOStatus LossyFileSystem::ReopenWritableFile(const std::string &name, const FileOptions &,
                                             std::unique_ptr<FSWritableFile> *result, Debug *)
{
    const std::lock_guard lock(m_mutex);
    const File file = find(name);
    if (!file)
        return missing(name);
    *result = std::make_unique<LossyWriter>(*this, file, file->now.size());
    return IOStatus::OK();
}

IOStatus LossyFileSystem::ReuseWritableFile(const std::string &, const std::string &, const FileOptions &,
                                            std::unique_ptr<FSWritableFile> *, Debug *)
{
    return IOStatus::NotSupported("reusing files");
}

IOStatus LossyFileSystem::NewDirectory(const std::string &name, const Options &,
                                       std::unique_ptr<FSDirectory> *result, Debug *)
{
    *result = std::make_unique<LossyDirectory>(*this, normal(name));
    return IOStatus::OK();
}

IOStatus LossyFileSystem::NewLogger(const std::string &, const Options &,
                                    std::shared_ptr<rocksdb::Logger> *result, Debug *)
{
    *result = std::make_shared<SilentLogger>();
    return IOStatus::OK();
}

IOStatus LossyFileSystem::FileExists(const std::string &name, const Options &, Debug *)
{
    const std::lock_guard lock(m_mutex);
    return find(name) || hasFolder(name) ? IOStatus::OK() : IOStatus::NotFound(name);
}

bool LossyFileSystem::hasFolder(const std::string &name) const
{
    const std::string prefix = normal(name) + '/';
    const auto it = m_files.lower_bound(prefix);
    return it != m_files.end() && it->first.starts_with(prefix);
}

IOStatus LossyFileSystem::GetChildren(const std::string &dir, const Options &,
                                      std::vector<std::string> *result, Debug *)
{
    const std::lock_guard lock(m_mutex);
    result->clear();
    const std::string prefix = normal(dir) + '/';
    for (auto it = m_files.lower_bound(prefix); it != m_files.end() && it->first.starts_with(prefix); ++it) {
        const std::string name = it->first.substr(prefix.size());
        const std::string child = name.substr(0, name.find('/'));
        if (result->empty() || result->back() != child)
            result->push_back(child);
    }
    return IOStatus::OK();
}

IOStatus LossyFileSystem::GetChildrenFileAttributes(const std::string &dir, const Options &,
                                                    std::vector<rocksdb::FileAttributes> *result, Debug *)
{
    const std::lock_guard lock(m_mutex);
    result->clear();
    for (const auto &[path, file] : m_files) {
        if (folderOf(path) == normal(dir))
            result->push_back({path.substr(path.rfind('/') + 1), file->now.size()});
    }
    return IOStatus::OK();
}

IOStatus LossyFileSystem::DeleteFile(const std::string &name, const Options &, Debug *)
{
    const std::lock_guard lock(m_mutex);
    if (IOStatus status = operate(); !status.ok())
        return status;
    const File file = find(name);
    if (!file)
        return missing(name);
    if (!file->sharedAt.empty())
        std::filesystem::remove(file->sharedAt);
    m_files.erase(normal(name));
    return IOStatus::OK();
}

IOStatus LossyFileSystem::Truncate(const std::string &name, size_t size, const Options &, Debug *)
{
    const std::lock_guard lock(m_mutex);
    if (IOStatus status = operate(); !status.ok())
        return status;
    const File file = find(name);
    if (!file)
        return missing(name);
    file->now.resize(size);
    return IOStatus::OK();
}

IOStatus LossyFileSystem::CreateDir(const std::string &name, const Options &, Debug *)
{
    const std::lock_guard lock(m_mutex);
    return createFolder(normal(name));
}

IOStatus LossyFileSystem::CreateDirIfMissing(const std::string &name, const Options &, Debug *)
{
    const std::lock_guard lock(m_mutex);
    return createFolder(normal(name));
}

IOStatus LossyFileSystem::createFolder(const std::string &name)
{
    // Files on the machine's disk count as created and synced.
    if (hasFolder(name) || m_created.contains(name) || std::filesystem::exists(name))
        return IOStatus::OK();
    if (IOStatus status = operate(); !status.ok())
        return status;
    if (m_removed.erase(name) == 0) // else the disk has a folder of that name in any case
        m_created.insert(name);
    return IOStatus::OK();
}

IOStatus LossyFileSystem::DeleteDir(const std::string &name, const Options &, Debug *)
{
    const std::lock_guard lock(m_mutex);
    if (IOStatus status = operate(); !status.ok())
        return status;
    if (hasFolder(name))
        return IOStatus::IOError("the folder is not empty", name);
    m_created.erase(normal(name));
    m_removed.insert(normal(name));
    return IOStatus::OK();
}

IOStatus LossyFileSystem::GetFileSize(const std::string &name, const Options &, std::uint64_t *size, Debug *)
{
    const std::lock_guard lock(m_mutex);
    const File file = find(name);
    if (!file)
        return missing(name);
    *size = file->now.size();
    return IOStatus::OK();
}

IOStatus LossyFileSystem::GetFileModificationTime(const std::string &, const Options &, std::uint64_t *time,
                                                  Debug *)
{
    *time = 0;
    return IOStatus::OK();
}

IOStatus LossyFileSystem::RenameFile(const std::string &from, const std::string &to, const Options &, Debug *)
{
    const std::lock_guard lock(m_mutex);
    if (IOStatus status = operate(); !status.ok())
        return status;
    const File file = find(from);
    if (!file && !hasFolder(from))
        return missing(from);
    if (!file) {
        if (hasFolder(to))
            return IOStatus::IOError("the folder is there already", to);
        moveFolder(m_files, normal(from), normal(to));
        m_renamed.emplace_back(normal(from), normal(to));
        std::set<std::string> created;
        for (const std::string &folder : m_created) {
            const bool isMoved = (folder + '/').starts_with(normal(from) + '/');
            created.insert(isMoved ? normal(to) + folder.substr(normal(from).size()) : folder);
        }
        m_created.swap(created);
        return IOStatus::OK();
    }
    if (!file->sharedAt.empty())
        std::filesystem::remove(file->sharedAt);
    giveName(file, normal(to));
    m_files.erase(normal(from));
    return IOStatus::OK();
}

void LossyFileSystem::moveFolder(Files &files, const std::string &from, const std::string &to)
{
    const std::string prefix = from + '/';
    Files moved;
    for (auto it = files.lower_bound(prefix); it != files.end() && it->first.starts_with(prefix);) {
        moved[to + '/' + it->first.substr(prefix.size())] = it->second;
        it = files.erase(it);
    }
    files.merge(moved);
}

void LossyFileSystem::dropFolder(Files &files, const std::string &name)
{
    std::erase_if(files, [prefix = name + '/'](const auto &file) { return file.first.starts_with(prefix); });
}

IOStatus LossyFileSystem::LinkFile(const std::string &from, const std::string &to, const Options &, Debug *)
{
    const std::lock_guard lock(m_mutex);
    if (!m_hasLinks)
        return IOStatus::NotSupported("links");
    if (IOStatus status = operate(); !status.ok())
        return status;
    const File file = find(from);
    if (!file)
        return missing(from);
    m_files[normal(to)] = file;
    return IOStatus::OK();
}

void LossyFileSystem::setLinks(bool has)
{
    const std::lock_guard lock(m_mutex);
    m_hasLinks = has;
}

IOStatus LossyFileSystem::LockFile(const std::string &name, const Options &, rocksdb::FileLock **lock,
                                   Debug *)
{
    const std::lock_guard guard(m_mutex);
    if (!m_locks.insert(name).second)
        return IOStatus::IOError("While lock file: " + name, std::strerror(EAGAIN));
    m_files.try_emplace(normal(name), std::make_shared<Content>());
    *lock = new Lock(name);
    return IOStatus::OK();
}

IOStatus LossyFileSystem::UnlockFile(rocksdb::FileLock *lock, const Options &, Debug *)
{
    const std::lock_guard guard(m_mutex);
    const std::unique_ptr<Lock> held(static_cast<Lock *>(lock));
    m_locks.erase(held->name);
    return IOStatus::OK();
}

IOStatus LossyFileSystem::IsDirectory(const std::string &name, const Options &, bool *is, Debug *)
{
    const std::lock_guard lock(m_mutex);
    *is = !find(name);
    return IOStatus::OK();
}

IOStatus LossyFileSystem::GetFreeSpace(const std::string &, const Options &, std::uint64_t *free, Debug *)
{
    const std::lock_guard lock(m_mutex);
    *free = m_room;
    return IOStatus::OK();
}

} // namespace replog
