// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/storedatabase.h"

#include "shared/store/backup.h"
#include "shared/store/failurelistener.h"
#include "shared/store/folders.h"
#include "shared/store/logends.h"
#include "shared/store/restore.h"
#include "shared/store/statustext.h"
#include "shared/store/storefilesystem.h"
#include "shared/store/storekeys.h"
#include "shared/store/storetuning.h"

#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include <QFile>
#include <QRandomGenerator>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace replog {

namespace {

// RocksDB's environment with the given files and clock.
class StoreEnv final : public rocksdb::EnvWrapper
{
public:
    StoreEnv(const std::shared_ptr<rocksdb::FileSystem> &files,
             const std::shared_ptr<rocksdb::SystemClock> &clock)
        : EnvWrapper(rocksdb::NewCompositeEnv(files))
    {
        file_system_ = files;
        system_clock_ = clock ? clock : rocksdb::SystemClock::Default();
    }
};

// The log of an earlier run that ended before it had stored anything does not count.
Result<bool> holdsData(rocksdb::Env &env, const std::string &folder)
{
    std::vector<rocksdb::Env::FileAttributes> files;
    const rocksdb::Status status = env.GetChildrenFileAttributes(folder, &files);
    if (!status.ok() && !status.IsNotFound() && !status.IsPathNotFound())
        return storeError(status, QStringLiteral("cannot read %1").arg(QString::fromStdString(folder)));
    return std::any_of(files.begin(), files.end(), [](const rocksdb::Env::FileAttributes &file) {
        return file.size_bytes > 0 && (file.name.ends_with(".sst") || file.name.ends_with(".log"));
    });
}

// Whether RocksDB says that somebody else has its lock, and not that it could not ask.
bool isLocked(const QString &text)
{
    const auto says = [&text](int failure) {
        return text.endsWith(QString::fromLocal8Bit(std::strerror(failure)));
    };
    return text.contains(QStringLiteral("LOCK")) &&
           (text.contains(QStringLiteral("lock hold by")) ||
            (text.contains(QStringLiteral("While lock file")) && (says(EAGAIN) || says(EACCES))));
}

Error nothingToPromote(const QString &folder)
{
    return {Errc::NotFound,
            QStringLiteral("--promote: data folder %1 holds no log to take over; without --promote a master "
                           "begins a new log there")
                .arg(folder),
            QStringLiteral("promote")};
}

constexpr char NewlyRestored[] = " new";
constexpr char Joined[] = " followed";

// Whether there is a log. If its first file is missing but something of it is there, the folder must not look
// like a new, empty one.
Result<bool> holdsLog(rocksdb::FileSystem &files, rocksdb::Env &env, const QString &folder)
{
    const std::string path = folder.toStdString();
    auto isLog = isThere(files, path + "/CURRENT");
    if (!isLog || *isLog)
        return isLog;
    const auto holds = holdsData(env, path);
    if (holds && *holds)
        return Error{Errc::Corrupt,
                     QStringLiteral("%1 holds a log whose file CURRENT is missing").arg(folder)};
    return holds;
}

std::string logFolderOf(const QString &dataDir)
{
    return DataFolder::unlocked(dataDir)->logFolder().toStdString();
}

} // namespace

StoreDatabase::StoreDatabase(const StoreOptions &options)
    : m_options(options), m_listener(std::make_shared<FailureListener>()),
      m_files(std::make_shared<StoreFileSystem>(m_options.fileSystem ? m_options.fileSystem
                                                                     : rocksdb::FileSystem::Default(),
                                                logFolderOf(m_options.dataDir))),
      m_env(std::make_unique<StoreEnv>(m_files, m_options.clock))
{
}

StoreDatabase::~StoreDatabase()
{
    for (rocksdb::ColumnFamilyHandle *family : {m_meta, m_entries, m_keys}) {
        if (family)
            m_db->DestroyColumnFamilyHandle(family).PermitUncheckedError();
    }
}

Result<std::unique_ptr<StoreDatabase>> StoreDatabase::open(const StoreOptions &options)
{
    if (!options.restoreFrom.isEmpty()) {
        if (auto restored = restoreStore(options); !restored)
            return restored.error();
    }
    if (options.promote) {
        // A mistyped folder must not become a new log, whose master takes appends. Nothing is made there.
        const auto found = isThere(*rocksdb::FileSystem::Default(), options.dataDir.toStdString());
        if (!found || !*found)
            return found ? nothingToPromote(options.dataDir) : found.error();
    }
    auto folder = DataFolder::open(options.dataDir);
    if (!folder)
        return folder.error();
    std::unique_ptr<StoreDatabase> database(new StoreDatabase(options));
    database->m_folder = std::move(*folder);
    auto opened = database->openFolder();
    if (!opened)
        opened = database->judged(opened.error());
    const bool isDamaged = !opened && opened.error().code == Errc::Corrupt;
    // Another node's folder is refused, and not emptied. If the log can be opened, it says whose it is.
    const Result<void> owned = isDamaged ? database->checkOwnerFile() : Result<void>();
    if (!owned && (owned.error().code == Errc::InUse || owned.error().code == Errc::Io))
        return database->withAdvice(owned.error(), owned);
    if (options.reset && (opened || isDamaged) && owned) {
        auto held = std::move(database->m_folder);
        database.reset();
        database.reset(new StoreDatabase(options));
        database->m_folder = std::move(held);
        opened = database->dropAll();
        if (opened)
            opened = database->openFolder();
    }
    if (!opened)
        return database->withAdvice(database->judged(opened.error()), owned);
    return database;
}

// What an operator can do about it. `owned`: whether the folder is known to be this node's.
Error StoreDatabase::withAdvice(Error error, const Result<void> &owned) const
{
    if (error.code == Errc::Io)
        return withDiskAdvice(std::move(error));
    if (error.code != Errc::Corrupt)
        return error;
    if (m_options.role != "secondary")
        error.text += QStringLiteral("; a secondary's data folder can take its place (--promote)");
    else if (owned)
        error.text += QStringLiteral("; with --reset this node begins anew and catches up from its master");
    else
        error.text +=
            QStringLiteral("; --reset does not empty it, since nothing says whose it is (%1): if it is this "
                           "node's, delete the folder %2 by hand, and the node begins anew and catches up "
                           "from its master")
                .arg(owned.error().text, m_options.dataDir);
    return error;
}

std::optional<Error> StoreDatabase::readFailure() const
{
    const rocksdb::IOStatus failure = m_files->reads().failure();
    if (failure.ok())
        return {};
    return storeError(failure, QStringLiteral("cannot read the log in %1").arg(m_folder->logFolder()));
}

// What could not be read shows no damage, and nor does what was concluded from it.
Error StoreDatabase::judged(const Error &error) const
{
    return error.code == Errc::Corrupt ? readFailure().value_or(error) : error;
}

std::unique_ptr<StoreDatabase> StoreDatabase::inspect(const QString &folder, const FailureHandler &finding,
                                                      const std::shared_ptr<rocksdb::FileSystem> &fileSystem)
{
    StoreOptions options;
    options.dataDir = folder;
    options.promote = true; // accept it whoever wrote it
    options.fileSystem = fileSystem;
    std::unique_ptr<StoreDatabase> database(new StoreDatabase(options));
    database->m_folder = DataFolder::unlocked(folder);
    const std::string logFolder = database->m_folder->logFolder().toStdString();
    const auto holds = [&finding, &database](const Result<void> &step) {
        if (!step)
            finding(database->judged(step.error()));
        return bool(step);
    };
    const auto hasLog = holdsLog(*database->m_files, *database->m_env, database->m_folder->logFolder());
    if (!hasLog || !*hasLog) {
        finding(hasLog
                    ? Error{Errc::Corrupt, QStringLiteral("%1 holds no log").arg(database->m_folder->path())}
                    : hasLog.error());
        return {};
    }
    if (holds(database->readPosition())) {
        if (const int damaged = database->m_position->damagedCopies(); damaged > 0)
            finding({Errc::Corrupt, QStringLiteral("%1 has %2 damaged places; what it keeps there is kept "
                                                   "again elsewhere in it, and is not lost")
                                        .arg(database->m_folder->positionPath())
                                        .arg(damaged)});
        holds(ManifestGuard::check(*database->m_files, logFolder, database->m_position->manifest()));
    }
    if (!holds(database->openDatabase(Access::Read)))
        return {};
    holds(database->load());
    if (!database->m_position) // without it the log cannot be compared with the notes
        database->m_position = *PositionFile::of({}, PositionFile::content(0, {}, {}));
    holds(database->checkWrites());
    holds(database->checkEntries());
    return database;
}

void StoreDatabase::setFailureHandler(FailureHandler handler)
{
    m_listener->setHandler(std::move(handler));
}

void StoreDatabase::setStallHandler(Patience::Tell handler)
{
    if (handler)
        m_files->patience().begin(std::move(handler));
    else
        m_files->patience().end();
}

rocksdb::IOStatus StoreDatabase::writePosition()
{
    return m_files->patience().repeat([this] { return m_position->write(); });
}

rocksdb::IOStatus StoreDatabase::syncPosition()
{
    return m_files->patience().repeat([this] { return m_position->writeSynced(); });
}

Result<void> StoreDatabase::openFolder()
{
    const std::string path = m_folder->path().toStdString();
    const auto isRestoring = isThere(*m_files, path + '/' + RestoringFolder);
    if (!isRestoring)
        return isRestoring.error();
    if (*isRestoring)
        return Error{Errc::InUse, QStringLiteral("a restoration of data folder %1 was cut short: start with "
                                                 "--restore again, or empty the folder")
                                      .arg(m_options.dataDir)};
    const auto isBackup = isThere(*m_files, path + '/' + BackupMark);
    if (!isBackup)
        return isBackup.error();
    if (*isBackup)
        return Error{Errc::InUse,
                     QStringLiteral("%1 is a backup, and a node that ran on it would be taken for the one "
                                    "it was made of: give --restore %1 and another --data")
                         .arg(m_options.dataDir)};
    const std::string logFolder = m_folder->logFolder().toStdString();
    const auto hasLog = holdsLog(*m_files, *m_env, m_folder->logFolder());
    if (!hasLog)
        return hasLog.error();
    if (!*hasLog && m_options.promote)
        return nothingToPromote(m_options.dataDir);
    if (auto opened = openPosition(*hasLog); !opened)
        return opened;
    if (auto checked = ManifestGuard::check(*m_files, logFolder, m_position->manifest()); !checked)
        return checked;
    if (auto opened = openDatabase(*hasLog ? Access::Write : Access::Create); !opened)
        return opened;
    if (auto loaded = load(); !loaded)
        return loaded;
    if (m_options.promote && m_state.role.isEmpty()) // its first start was interrupted
        return nothingToPromote(m_options.dataDir);
    if (auto checked = checkWrites(); !checked)
        return checked;
    if (auto checked = checkEntries(); !checked)
        return checked;
    if (auto checked = checkLeader(); !checked)
        return checked;
    return takeOver();
}

Result<void> StoreDatabase::openPosition(bool hasLog)
{
    const QString path = m_folder->positionPath();
    const auto found = isThere(*rocksdb::FileSystem::Default(), path.toStdString());
    if (!found)
        return found.error();
    if (!*found) {
        if (hasLog)
            return Error{Errc::Corrupt, QStringLiteral("%1 is missing beside the log").arg(path)};
        if (auto created = PositionFile::create(path); !created)
            return created;
    }
    if (!hasLog) {
        if (auto created = m_folder->createLogFolder(); !created)
            return created;
        if (auto synced = m_folder->sync(); !synced)
            return synced;
    }
    auto position = PositionFile::open(path, *m_files);
    if (!position)
        return position.error();
    m_position = std::move(*position);
    return {};
}

Result<void> StoreDatabase::readPosition()
{
    const QString path = m_folder->positionPath();
    std::string content;
    const rocksdb::Status status = rocksdb::ReadFileToString(m_env.get(), path.toStdString(), &content);
    if (status.IsNotFound() || status.IsPathNotFound())
        return Error{Errc::Corrupt, QStringLiteral("%1 is missing beside the log").arg(path)};
    if (!status.ok())
        return storeError(status, QStringLiteral("cannot read %1").arg(path));
    auto position = PositionFile::of(path, QByteArray::fromStdString(content));
    if (!position)
        return position.error();
    m_position = std::move(*position);
    return {};
}

Result<void> StoreDatabase::openDatabase(Access access)
{
    StoreTuning tuning;
    rocksdb::DBOptions options = tuning.database();
    options.env = m_env.get();
    options.create_if_missing = access == Access::Create;
    options.create_missing_column_families = access != Access::Read;
    options.listeners = {m_listener};
    const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
        {rocksdb::kDefaultColumnFamilyName, tuning.meta()},
        {"entries", tuning.entries()},
        {"keys", tuning.keys(m_keyFilter)},
    };
    std::vector<rocksdb::ColumnFamilyHandle *> handles;
    rocksdb::DB *db = nullptr;
    const std::string folder = m_folder->logFolder().toStdString();
    const rocksdb::Status status =
        access == Access::Read ? rocksdb::DB::OpenForReadOnly(options, folder, families, &handles, &db)
                               : rocksdb::DB::Open(options, folder, families, &handles, &db);
    if (!status.ok()) {
        const QString text = statusText(status);
        if (status.IsIOError() && isLocked(text))
            return Error{
                Errc::InUse,
                QStringLiteral("data folder %1 is in use by another process").arg(m_options.dataDir)};
        if (status.IsInvalidArgument())
            return Error{Errc::Corrupt,
                         QStringLiteral("%1 is not a log of ours: %2").arg(m_folder->logFolder(), text)};
        if (status.IsCorruption() && text.contains(QStringLiteral("WAL")))
            return Error{Errc::Corrupt, QStringLiteral("the log in %1 has lost a part of its writes: %2")
                                            .arg(m_folder->logFolder(), text)};
        return storeError(status, QStringLiteral("cannot open the log in %1").arg(m_folder->logFolder()));
    }
    m_db.reset(db);
    m_meta = handles[0];
    m_entries = handles[1];
    m_keys = handles[2];
    m_trimmedFiles = std::make_unique<TrimmedFiles>(*m_db, m_entries, m_keyFilter);
    return {};
}

Result<void> StoreDatabase::load()
{
    std::optional<QByteArray> format;
    std::optional<QByteArray> unknown;
    std::unique_ptr<rocksdb::Iterator> it(m_db->NewIterator({}, m_meta));
    bool any = false;
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
        any = true;
        const QByteArray key = toBytes(it->key());
        const QByteArray value = toBytes(it->value());
        const auto number = decodeNumber(it->value());
        const auto id = decodeId(it->value());
        const auto base = decodeBase(it->value());
        if (key == storekeys::Format)
            format = value;
        else if (key == storekeys::Role)
            m_state.role = value;
        else if (key == storekeys::Name)
            m_state.name = value;
        else if (key == storekeys::Restored)
            readRestored(value);
        else if (key == storekeys::TakenOver)
            m_isTakenOver = true;
        else if (key == storekeys::NodeId && id)
            m_state.nodeId = *id;
        else if (key == storekeys::Epoch && number)
            m_state.epoch = *number;
        else if (key == storekeys::Base && base)
            m_state.base = fromStored(*base);
        else if (key == storekeys::Committed && number)
            m_state.committedId = *number;
        else if (key.startsWith(storekeys::MetaPrefix))
            m_state.meta.insert(key.mid(qsizetype(std::strlen(storekeys::MetaPrefix))), value);
        else
            unknown = key;
    }
    if (!it->status().ok())
        return storeError(it->status(), QStringLiteral("cannot read %1").arg(m_folder->logFolder()));
    // Before the content is checked: another node's folder must not be reset, whatever its format.
    if (auto checked = checkOwner(m_state.role, m_state.name); !checked)
        return checked;
    m_state.firstId = m_state.base.at.id + 1;
    // A database without any record: the process that created it ended before it wrote the first one.
    if (any && (!format || *format != storekeys::FormatVersion))
        return Error{
            Errc::Corrupt,
            QStringLiteral("%1 has the format version \"%2\", which this program does not know (it knows %3)")
                .arg(m_folder->logFolder(), QString::fromUtf8(format.value_or(QByteArray())),
                     QString::fromLatin1(storekeys::FormatVersion))};
    if (unknown)
        return Error{Errc::Corrupt,
                     QStringLiteral("%1 holds an unknown record \"%2\"")
                         .arg(m_folder->logFolder(), QString::fromUtf8(unknown->toPercentEncoding()))};
    return {};
}

// Whether every write that was reported durable is there. RocksDB opens a log whose end is damaged without
// that end.
Result<void> StoreDatabase::checkWrites()
{
    const quint64 sequence = m_db->GetLatestSequenceNumber();
    const quint64 stored = m_position->durable().sequence;
    if (sequence >= stored)
        return {};
    return Error{Errc::Corrupt, QStringLiteral("the log in %1 has lost its end: of %2 writes %3 are left")
                                    .arg(m_folder->logFolder())
                                    .arg(stored)
                                    .arg(sequence)};
}

Result<void> StoreDatabase::checkOwnerFile() const
{
    const auto owner = OwnerFile(m_files->disk(), m_folder->path()).read();
    if (!owner)
        return owner.error();
    return checkOwner(owner->role, owner->name);
}

// It comes before the log: a folder that a crash leaves between the two is kept from its last owner's
// --reset.
Result<void> StoreDatabase::noteOwner()
{
    OwnerFile file(m_files->disk(), m_folder->path());
    const Owner owner{m_options.role, m_options.name, m_state.nodeId};
    const auto known = file.read();
    if (known ? *known == owner : known.error().code == Errc::Io)
        return known ? Result<void>() : known.error();
    return file.write(owner);
}

Result<void> StoreDatabase::checkOwner(const QByteArray &role, const QByteArray &name) const
{
    const bool fresh = role.isEmpty();
    const bool isTaken = m_state.isFreshlyRestored && !m_options.restoreFrom.isEmpty();
    // The master knows a secondary by its node id, so its name may change; but what is deleted is one's own.
    const bool mayRename = m_options.role == "secondary" && !m_options.reset;
    const bool isOwner = role == m_options.role && (mayRename || name == m_options.name);
    if (fresh || isTaken || m_options.promote || isOwner)
        return {};
    return Error{Errc::InUse,
                 QStringLiteral("data folder %1 belongs to the %2 \"%3\", not to the %4 \"%5\"")
                     .arg(m_options.dataDir, QString::fromUtf8(role), QString::fromUtf8(name),
                          QString::fromUtf8(m_options.role), QString::fromUtf8(m_options.name)),
                 QStringLiteral("data")};
}

Result<void> StoreDatabase::checkEntries()
{
    LogEnds ends;
    const auto found = findLogEnds(*m_db, m_entries, m_state.base, m_position->durable().lastId,
                                   m_folder->logFolder(), ends);
    m_state.last = ends.last;
    m_state.lastTimeMs = ends.lastTimeMs;
    m_digest = ends.digest;
    if (!found)
        return found;
    m_state.epoch = std::max(m_state.epoch, m_state.last.epoch.number);
    // Only what is committed is trimmed.
    m_state.committedId = std::min(
        std::max({m_state.committedId, m_position->committed(), m_state.base.at.id}), m_state.last.id);
    return {};
}

// The same as restoreStore() asks of a backup that a master is made of at once.
Result<void> StoreDatabase::checkLeader() const
{
    if (isMasters() && m_state.last.id == 0 && !m_restoredFrom.isEmpty() && !m_hasJoined)
        return Error{
            Errc::InUse,
            QStringLiteral("data folder %1 was restored from a backup without entries, and has got none from "
                           "a master since: promote a secondary that holds some, or begin a new log")
                .arg(m_options.dataDir),
            QStringLiteral("data")};
    return {};
}

Result<void> StoreDatabase::takeOver()
{
    const QString log = m_folder->logFolder();
    // A crash may come before the master's first epoch: the next start begins where this one did.
    if (m_isTakenOver && m_options.role == "master")
        m_state.role = "secondary";
    const bool isMade = m_options.role == "master" &&
                        (m_state.role == "secondary" || (m_state.isFreshlyRestored && m_state.last.id > 0));
    const bool isNew = m_state.nodeId.isNull();
    if (isNew) {
        auto *const random = QRandomGenerator::system();
        m_state.nodeId = {random->generate64(), random->generate64()};
    }
    if (auto noted = noteOwner(); !noted)
        return noted;
    if (isNew || m_state.isFreshlyRestored || m_state.role != m_options.role ||
        m_state.name != m_options.name) {
        rocksdb::WriteBatch batch;
        rocksdb::Status status;
        for (const auto &[name, value] :
             {std::pair(storekeys::Format, QByteArray(storekeys::FormatVersion)),
              std::pair(storekeys::NodeId, encodeId(m_state.nodeId)),
              std::pair(storekeys::Role, m_options.role), std::pair(storekeys::Name, m_options.name)}) {
            if (status.ok())
                status = batch.Put(m_meta, name, toSlice(value));
        }
        const bool follows = m_options.role == "secondary";
        if (status.ok() && m_state.isFreshlyRestored)
            status = batch.Put(m_meta, storekeys::Restored, toSlice(m_restoredFrom));
        // What the master of the backup gave up may have become another entry since.
        for (auto it = m_state.meta.cbegin(); it != m_state.meta.cend(); ++it) {
            if (status.ok() && follows && m_state.isFreshlyRestored && it.key().startsWith("released/"))
                status = batch.Delete(m_meta, storekeys::MetaPrefix + it.key().toStdString());
            // The others diverge from a secondary that leads, not it from them.
            if (status.ok() && isMade && it.key() == "diverged")
                status = batch.Delete(m_meta, storekeys::MetaPrefix + it.key().toStdString());
        }
        if (status.ok())
            status = isMade ? batch.Put(m_meta, storekeys::TakenOver, "")
                            : batch.Delete(m_meta, storekeys::TakenOver);
        rocksdb::WriteOptions synced;
        synced.sync = true;
        if (status.ok())
            status = m_db->Write(synced, &batch);
        if (!status.ok())
            return storeError(status, QStringLiteral("cannot write to %1").arg(log));
        m_isTakenOver = isMade;
    }
    m_watch = std::make_unique<FolderWatch>(*m_folder, *m_files);
    m_files->manifests().arm(*m_position);
    m_trimmedFiles->dropBelow(m_state.firstId);
    const bool differs =
        m_position->durable().lastId != m_state.last.id || m_position->committed() != m_state.committedId;
    m_position->setDurable({m_state.last.id, m_db->GetLatestSequenceNumber()});
    if (differs) {
        m_position->setCommitted(m_state.committedId);
        // Sync the note: a committed id beyond the log's end must not come back once the log has grown past
        // it.
        return m_position->sync();
    }
    if (const rocksdb::IOStatus status = m_position->write(); !status.ok())
        return storeError(status, QStringLiteral("cannot write %1").arg(m_folder->positionPath()));
    return {};
}

void StoreDatabase::readRestored(const QByteArray &value)
{
    m_state.isFreshlyRestored = value.endsWith(NewlyRestored);
    m_hasJoined = value.endsWith(Joined);
    m_restoredFrom = m_state.isFreshlyRestored ? value.chopped(qsizetype(std::strlen(NewlyRestored)))
                     : m_hasJoined             ? value.chopped(qsizetype(std::strlen(Joined)))
                                               : value;
    m_state.restoredTo = m_hasJoined ? 0 : m_restoredFrom.split(' ').value(1).toULongLong();
}

// Until then the members may hold entries that the backup lacks, and nothing here tells of them.
QByteArray StoreDatabase::joinedMark() const
{
    return isMasters() || m_restoredFrom.isEmpty() || m_hasJoined ? QByteArray() : m_restoredFrom + Joined;
}

Result<void> StoreDatabase::becomeNewNode(const QByteArray &backup)
{
    auto *const random = QRandomGenerator::system();
    rocksdb::WriteBatch batch;
    rocksdb::Status status =
        batch.Put(m_meta, storekeys::NodeId, toSlice(encodeId({random->generate64(), random->generate64()})));
    const QByteArray restored = backup + NewlyRestored;
    if (status.ok())
        status = batch.Put(m_meta, storekeys::Restored, toSlice(restored));
    // Another node's members, and the epochs that it raised itself: see MasterLog::hasLed().
    for (auto it = m_state.meta.cbegin(); it != m_state.meta.cend(); ++it) {
        if (status.ok() && (it.key().startsWith("member/") || it.key().startsWith("led/")))
            status = batch.Delete(m_meta, storekeys::MetaPrefix + it.key().toStdString());
    }
    rocksdb::WriteOptions synced;
    synced.sync = true;
    if (status.ok())
        status = m_db->Write(synced, &batch);
    if (!status.ok())
        return storeError(status, QStringLiteral("cannot write to %1").arg(m_folder->logFolder()));
    return m_position->sync();
}

Result<void> StoreDatabase::dropAll()
{
    rocksdb::Options options;
    options.env = m_env.get();
    const rocksdb::Status status = rocksdb::DestroyDB(m_folder->logFolder().toStdString(), options);
    if (!status.ok())
        return storeError(status, QStringLiteral("cannot drop %1").arg(m_folder->logFolder()));
    // Last, so that an interrupted drop is continued and not mistaken for an empty log.
    const QString position = m_folder->positionPath();
    if (QFile file(position); !file.remove() && QFile::exists(position))
        return Error{Errc::Io, QStringLiteral("cannot remove %1: %2").arg(position, file.errorString())};
    return m_folder->sync();
}

} // namespace replog
