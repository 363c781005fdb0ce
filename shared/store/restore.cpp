// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/restore.h"

#include "shared/store/datafolder.h"
#include "shared/store/folders.h"
#include "shared/store/statustext.h"
#include "shared/store/storecheck.h"
#include "shared/store/storedatabase.h"
#include "shared/store/storeerror.h"

#include <QFileInfo>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace replog {

namespace {

using rocksdb::FileSystem;
using rocksdb::Status;

// Identifies a backup, wherever it was copied to.
QByteArray identityOf(StoreDatabase &database)
{
    const StoreState &state = database.state();
    return state.nodeId.toHex() + ' ' + QByteArray::number(state.last.id) + ' ' + database.digest().toHex() +
           ' ' + QByteArray::number(database.db().GetLatestSequenceNumber());
}

Error failed(const StoreOptions &options, const Status &status)
{
    return withDiskAdvice({Errc::Io, QStringLiteral("cannot restore %1 from %2: %3")
                                         .arg(options.dataDir, options.restoreFrom, statusText(status))});
}

Status readNames(FileSystem &files, const std::string &folder, std::vector<std::string> &names)
{
    Status status = files.GetChildren(folder, {}, &names, nullptr);
    std::erase_if(names, [](const std::string &name) {
        return name == "." || name == ".." || name == "lost+found"; // the last one: of a disk of its own
    });
    return status;
}

Status copyLog(FileSystem &files, const std::string &from, const std::string &to)
{
    Status status = createFolder(files, to);
    if (status.ok())
        status = createFolder(files, to + "/log");
    std::vector<std::string> names;
    if (status.ok())
        status = readNames(files, from + "/log", names);
    if (!status.ok())
        return status;
    for (const std::string &name : names) {
        if (name == "LOCK")
            continue;
        status = copyFile(files, from + "/log/" + name, to + "/log/" + name);
        if (!status.ok())
            return status;
    }
    status = syncFolder(files, to + "/log");
    if (status.ok())
        status = copyFile(files, from + "/position", to + "/position");
    if (status.ok())
        status = syncFolder(files, to);
    return status;
}

// Moves everything to its place; the log last, since without it the folder does not look like a store.
Status moveIntoPlace(FileSystem &files, const std::string &from, const std::string &to)
{
    Status status = files.RenameFile(from + "/position", to + "/position", {}, nullptr);
    if (status.ok())
        status = files.RenameFile(from + "/log", to + "/log", {}, nullptr);
    if (status.ok())
        status = syncFolder(files, to);
    if (status.ok())
        status = removeFolder(files, from);
    if (status.ok())
        status = syncFolder(files, to);
    return status;
}

// Removes what an earlier, interrupted restoration left.
Status removeLeftOvers(FileSystem &files, const std::string &folder, const std::vector<std::string> &content)
{
    Status status;
    for (const char *const name : {"log", "position"}) {
        const std::string path = folder + '/' + name;
        if (status.ok() && std::find(content.begin(), content.end(), name) != content.end())
            status = name == std::string("log") ? removeFolder(files, path)
                                                : Status(files.DeleteFile(path, {}, nullptr));
    }
    // Last, since this folder marks an unfinished restoration.
    if (status.ok())
        status = syncFolder(files, folder);
    return status.ok() ? removeFolder(files, folder + '/' + RestoringFolder) : status;
}

// From some backup, to its end.
bool wasRestored(const StoreOptions &options)
{
    if (QFileInfo::exists(options.dataDir + QLatin1Char('/') + QLatin1String(RestoringFolder)))
        return false;
    const auto held = StoreDatabase::inspect(
        options.dataDir, [](const Error &) {}, options.fileSystem);
    return held && !held->restoredFrom().isEmpty();
}

Result<void> makeNode(const StoreOptions &options, const QString &folder, const QByteArray &identity)
{
    std::optional<Error> finding;
    StoreCheck check({[&finding](const QString &what) {
                         if (!finding)
                             finding = Error{Errc::Corrupt, what};
                     }},
                     options.fileSystem);
    const auto report = check.run(folder);
    if (!report)
        return report.error();
    if (finding)
        return Error{Errc::Corrupt,
                     QStringLiteral("the backup %1 is damaged: %2").arg(options.restoreFrom, finding->text)};
    StoreOptions own = options;
    own.dataDir = folder;
    own.restoreFrom.clear();
    own.role = report->state.role;
    own.name = report->state.name;
    own.promote = false;
    own.reset = false;
    auto database = StoreDatabase::open(own);
    if (!database)
        return database.error();
    return (*database)->becomeNewNode(identity);
}

} // namespace

Result<void> restoreStore(const StoreOptions &options)
{
    const auto files = options.fileSystem ? options.fileSystem : FileSystem::Default();
    auto backup = DataFolder::openToRead(options.restoreFrom);
    // The command line stays as it was when the backup is long gone.
    if (!backup && backup.error().code == Errc::NotFound && wasRestored(options))
        return {};
    if (!backup)
        return Error{backup.error().code, QStringLiteral("cannot restore: %1").arg(backup.error().text)};
    std::optional<Error> finding;
    QByteArray identity;
    QByteArray role;
    bool isEmpty = false;
    {
        const auto found = StoreDatabase::inspect(
            (*backup)->path(), [&finding](const Error &error) { finding = error; }, options.fileSystem);
        if (finding) {
            const Error error{finding->code, QStringLiteral("cannot restore: %1").arg(finding->text)};
            return error.code == Errc::Io ? withDiskAdvice(error) : error;
        }
        identity = identityOf(*found);
        role = found->state().role;
        isEmpty = found->state().last.id == 0;
    }

    auto folder = DataFolder::open(options.dataDir);
    if (!folder)
        return folder.error();
    const std::string path = (*folder)->path().toStdString();
    const std::string restoring = path + '/' + RestoringFolder;
    std::vector<std::string> content;
    if (const Status read = readNames(*files, path, content); !read.ok() && !read.IsNotFound())
        return failed(options, read);
    const bool isHalfMade = std::find(content.begin(), content.end(), RestoringFolder) != content.end();
    if (!content.empty() && !isHalfMade) {
        const auto held = StoreDatabase::inspect(
            (*folder)->path(), [&finding](const Error &error) { finding = error; }, options.fileSystem);
        if (held && held->restoredFrom() == identity)
            return {};
        if (finding && finding->code == Errc::Io)
            return withDiskAdvice(*finding);
        return Error{Errc::InUse,
                     QStringLiteral("data folder %1 is not empty, and was not restored from %2")
                         .arg(options.dataDir, options.restoreFrom),
                     QStringLiteral("data")};
    }
    // Each entry that a member holds is one that such a leader lacks.
    if (options.role == "master" && isEmpty)
        return Error{
            Errc::InUse,
            QStringLiteral("%1 holds no entries, so no master is made of it: promote a secondary that "
                           "holds some, or begin a new log without --restore")
                .arg(options.restoreFrom)};
    if (options.role == "master" && role == "secondary" && !options.promote)
        return Error{Errc::InUse,
                     QStringLiteral("%1 is the backup of a secondary: a master is made of it with --promote")
                         .arg(options.restoreFrom)};

    Status status;
    if (isHalfMade)
        status = removeLeftOvers(*files, path, content);
    if (status.ok())
        status = createFolder(*files, restoring);
    if (status.ok())
        status = syncFolder(*files, path);
    if (status.ok())
        status = copyLog(*files, (*backup)->path().toStdString(), restoring);
    if (!status.ok())
        return failed(options, status);
    if (auto made = makeNode(options, QString::fromStdString(restoring), identity); !made)
        return made;
    status = moveIntoPlace(*files, restoring, path);
    if (!status.ok())
        return failed(options, status);
    return {};
}

} // namespace replog
