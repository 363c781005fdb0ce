// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/manifestguard.h"

#include "shared/store/storeerror.h"
#include "shared/store/xxh3.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace replog {

using rocksdb::DataVerificationInfo;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

constexpr std::string_view NamePrefix = "MANIFEST-";

Error damaged(const std::string &file)
{
    return {Errc::Corrupt, QStringLiteral("%1 is damaged").arg(QString::fromStdString(file))};
}

// Damage only if the file is not there.
Error unread(const std::string &file, const rocksdb::Status &status)
{
    return storeError(status, QStringLiteral("cannot read %1").arg(QString::fromStdString(file)));
}

} // namespace

class ManifestGuard::File final : public rocksdb::FSWritableFileOwnerWrapper
{
public:
    File(std::unique_ptr<FSWritableFile> file, std::shared_ptr<ManifestGuard> guard, quint64 number)
        : FSWritableFileOwnerWrapper(std::move(file)), m_guard(std::move(guard)), m_number(number)
    {
    }

    IOStatus Append(const Slice &data, const IOOptions &options, IODebugContext *debug) override
    {
        IOStatus status = target()->Append(data, options, debug);
        if (status.ok()) {
            m_hash.add(data.data(), data.size());
            m_size += data.size();
        }
        return status;
    }

    IOStatus Append(const Slice &data, const IOOptions &options, const DataVerificationInfo &,
                    IODebugContext *debug) override
    {
        return Append(data, options, debug);
    }

    IOStatus Sync(const IOOptions &options, IODebugContext *debug) override
    {
        return noted(target()->Sync(options, debug));
    }

    IOStatus Fsync(const IOOptions &options, IODebugContext *debug) override
    {
        return noted(target()->Fsync(options, debug));
    }

private:
    IOStatus noted(IOStatus status)
    {
        return status.ok() ? m_guard->handleSynced({m_number, m_size, m_hash.value()}) : status;
    }

    const std::shared_ptr<ManifestGuard> m_guard;
    const quint64 m_number;
    quint64 m_size = 0;
    RunningXxh3 m_hash;
};

quint64 ManifestGuard::numberOf(const std::string &path)
{
    std::string_view name(path);
    name.remove_prefix(name.rfind('/') + 1); // npos + 1 == 0
    if (!name.starts_with(NamePrefix))
        return 0;
    name.remove_prefix(NamePrefix.size());
    quint64 number = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
    return failure == std::errc() && end == name.data() + name.size() ? number : 0;
}

namespace {

struct List
{
    quint64 number = 0; // 0: CURRENT names no list
    std::string path;
};

Result<List> currentList(rocksdb::FileSystem &files, const std::string &folder)
{
    const std::string current = folder + "/CURRENT";
    std::string name;
    if (auto status = rocksdb::ReadFileToString(&files, current, &name); !status.ok())
        return unread(current, status);
    if (name.ends_with('\n'))
        name.pop_back();
    return List{ManifestGuard::numberOf(name), folder + '/' + name};
}

} // namespace

Result<void> ManifestGuard::check(rocksdb::FileSystem &files, const std::string &folder,
                                  const PositionFile::Manifest &noted)
{
    if (noted.number == 0)
        return {};
    const auto list = currentList(files, folder);
    if (!list)
        return list.error();
    if (list->number < noted.number)
        return damaged(folder + "/CURRENT");
    if (list->number > noted.number)
        return {};
    std::string content;
    if (auto status = rocksdb::ReadFileToString(&files, list->path, &content); !status.ok())
        return unread(list->path, status);
    if (content.size() < noted.size || xxh3(content.data(), std::size_t(noted.size), 0) != noted.hash)
        return damaged(list->path);
    return {};
}

Result<PositionFile::Manifest> ManifestGuard::read(rocksdb::FileSystem &files, const std::string &folder)
{
    const auto list = currentList(files, folder);
    if (!list)
        return list.error();
    if (list->number == 0)
        return damaged(folder + "/CURRENT");
    std::string content;
    if (auto status = rocksdb::ReadFileToString(&files, list->path, &content); !status.ok())
        return unread(list->path, status);
    return PositionFile::Manifest{list->number, content.size(), xxh3(content.data(), content.size(), 0)};
}

void ManifestGuard::arm(PositionFile &position)
{
    const std::lock_guard lock(m_mutex);
    m_position = &position;
    if (m_last.number > 0)
        m_position->setManifest(m_last);
}

IOStatus ManifestGuard::handleSynced(const PositionFile::Manifest &now)
{
    PositionFile *position = nullptr;
    {
        const std::lock_guard lock(m_mutex);
        // At its first sync a list that begins is not yet the one that CURRENT names.
        const bool inUse = now.number == m_last.number;
        m_last = now;
        position = inUse ? m_position : nullptr;
        if (position)
            position->setManifest(now);
    }
    return position ? m_patience.repeat([position] { return position->write(); }) : IOStatus::OK();
}

std::unique_ptr<FSWritableFile> ManifestGuard::watch(const std::shared_ptr<ManifestGuard> &guard,
                                                     quint64 number, std::unique_ptr<FSWritableFile> file)
{
    return std::make_unique<File>(std::move(file), guard, number);
}

} // namespace replog
