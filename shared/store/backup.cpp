// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/backup.h"

#include "shared/store/folders.h"
#include "shared/store/statustext.h"
#include "shared/store/storedatabase.h"
#include "shared/store/storefilesystem.h"

#include <rocksdb/utilities/checkpoint.h>

#include <QFileInfo>
#include <QScopeGuard>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace replog {

namespace {

using rocksdb::FileSystem;

Error failed(const QString &what, const QString &name, const rocksdb::Status &status)
{
    return {status.IsNoSpace() ? Errc::NoSpace : Errc::Io,
            QStringLiteral("cannot %1 backup %2: %3").arg(what, name, statusText(status))};
}

// A backup begins with a flush of what is in memory only, to a table in the node's own folder. There calls
// wait for room (Patience), and nothing more becomes durable meanwhile: a backup does not bring that about.
std::optional<Error> lackOfRoom(StoreDatabase &database, FileSystem &files, const QString &name)
{
    using Properties = rocksdb::DB::Properties;
    constexpr std::uint64_t Margin = 1024 * 1024; // for the list of files, and a log that is begun
    std::uint64_t active = 0, waiting = 0, bytes = 0, room = 0;
    database.db().GetAggregatedIntProperty(Properties::kNumEntriesActiveMemTable, &active);
    database.db().GetAggregatedIntProperty(Properties::kNumEntriesImmMemTables, &waiting);
    database.db().GetAggregatedIntProperty(Properties::kCurSizeAllMemTables, &bytes);
    if (active + waiting == 0 ||
        !files.GetFreeSpace(database.dataDir().toStdString(), {}, &room, nullptr).ok() ||
        room >= bytes + Margin)
        return {};
    return Error{
        Errc::NoSpace,
        QStringLiteral("cannot make backup %1: the disk of the data folder has %2 bytes left, and the "
                       "backup needs %3 there")
            .arg(name)
            .arg(room)
            .arg(bytes + Margin)};
}

// Removes what an earlier, interrupted backup of this node left.
void removeLeftOvers(FileSystem &files, const std::string &dir, const std::string &suffix)
{
    std::vector<std::string> names;
    files.GetChildren(dir, {}, &names, nullptr).PermitUncheckedError();
    for (const std::string &name : names) {
        if (name.starts_with('.') && name.ends_with(suffix))
            removeFolder(files, dir + '/' + name).PermitUncheckedError();
    }
}

// The tables hold all that was flushed; the newest write-ahead log was copied while it was being written to.
// An older one ended before RocksDB's list of its files was copied, which may name it, and is whole.
rocksdb::Status dropNewestLog(FileSystem &files, const std::string &folder)
{
    std::vector<std::string> names;
    rocksdb::Status status = files.GetChildren(folder, {}, &names, nullptr);
    std::erase_if(names, [](const std::string &name) { return !name.ends_with(".log"); });
    const auto newest = std::max_element(names.begin(), names.end(), [](const auto &one, const auto &other) {
        return std::pair(one.size(), one) < std::pair(other.size(), other); // numbers
    });
    if (status.ok() && newest != names.end())
        status = files.DeleteFile(folder + '/' + *newest, {}, nullptr);
    return status.ok() ? syncFolder(files, folder) : status;
}

rocksdb::Status writePosition(FileSystem &files, const std::string &path, quint64 committedId,
                              const PositionFile::Durable &durable, const PositionFile::Manifest &manifest)
{
    const QByteArray content = PositionFile::content(committedId, durable, manifest);
    return writeWhole(files, path, content.toStdString());
}

} // namespace

Result<Backup> makeBackup(StoreDatabase &database, const QString &dir, const QString &name,
                          quint64 committedId, const std::function<bool()> &mayFinish)
{
    FileSystem &files = database.files().disk();
    const std::string folder = dir.toStdString();
    const std::string whole = folder + '/' + name.toStdString();
    const std::string suffix = '.' + database.state().nodeId.toHex().toStdString() + ".partial";
    const std::string partial = folder + "/." + name.toStdString() + suffix;
    if (files.FileExists(whole, {}, nullptr).ok())
        return Error{Errc::Conflict, QStringLiteral("name: there is a backup %1 already").arg(name),
                     QStringLiteral("name")};
    if (const auto lack = lackOfRoom(database, files, name))
        return *lack;
    rocksdb::Status status = createFolder(files, folder);
    // A power loss could take the folder, with the backup in it, whoever made it: an attempt that ended here,
    // or an operator a moment ago.
    if (status.ok())
        status = syncFolder(files, QFileInfo(dir).absolutePath().toStdString());
    if (!status.ok())
        return failed(QStringLiteral("make"), name, status);
    removeLeftOvers(files, folder, suffix);

    auto removed = qScopeGuard([&] { removeFolder(files, partial).PermitUncheckedError(); });
    status = createFolder(files, partial);
    rocksdb::Checkpoint *checkpoint = nullptr;
    if (status.ok())
        status = rocksdb::Checkpoint::Create(&database.db(), &checkpoint);
    const std::unique_ptr<rocksdb::Checkpoint> owned(checkpoint);
    if (status.ok()) {
        database.trimmedFiles().keep(true);
        const auto released = qScopeGuard([&database] { database.trimmedFiles().keep(false); });
        status = checkpoint->CreateCheckpoint(partial + "/log");
    }
    if (status.ok())
        status = dropNewestLog(files, partial + "/log");
    if (!status.ok())
        return failed(QStringLiteral("make"), name, status);

    const auto manifest = ManifestGuard::read(files, partial + "/log");
    if (!manifest)
        return manifest.error();
    const std::string position = partial + "/position";
    status = writePosition(files, position, committedId, {}, *manifest);
    if (!status.ok())
        return failed(QStringLiteral("make"), name, status);
    // Read it back, so that what is reported is what the backup holds.
    std::optional<Error> finding;
    Backup backup;
    PositionFile::Durable durable;
    {
        const auto made = StoreDatabase::inspect(
            QString::fromStdString(partial), [&finding](const Error &error) { finding = error; },
            database.fileSystem());
        if (finding)
            return *finding;
        const StoreState &state = made->state();
        durable = {state.last.id, made->db().GetLatestSequenceNumber()};
        committedId = state.committedId;
        backup = {QString::fromStdString(whole), state.firstId, state.last.id, state.epoch,
                  made->digest().toHex()};
    }
    status = writePosition(files, position, committedId, durable, *manifest);
    if (status.ok())
        status =
            writeWhole(files, partial + '/' + BackupMark, "A backup: a node is made of it with --restore.\n");
    if (status.ok())
        status = syncFolder(files, partial);
    if (status.ok() && !mayFinish())
        return Error{Errc::Unavailable, QStringLiteral("backup %1 was given up").arg(name)};
    if (status.ok())
        status = files.RenameFile(partial, whole, {}, nullptr);
    if (status.ok()) {
        removed.dismiss();
        status = syncFolder(files, folder);
    }
    if (!status.ok())
        return failed(QStringLiteral("finish"), name, status);
    return backup;
}

} // namespace replog
