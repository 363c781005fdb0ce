// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/storedatabase.h"

#include "shared/store/filesync.h"
#include "shared/store/recordformat.h"
#include "shared/store/recordreader.h"
#include "shared/store/storekeys.h"
#include "shared/store/storetuning.h"
#include "shared/store/walfilesystem.h"

#include <rocksdb/file_system.h>
#include <rocksdb/listener.h>

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>

namespace replog {

// Tells of a failure in the background; RocksDB refuses every write from then on.
class FailureListener final : public rocksdb::EventListener
{
public:
    void setHandler(StoreDatabase::FailureHandler handler)
    {
        const std::lock_guard lock(m_mutex);
        m_handler = std::move(handler);
        if (m_handler && m_error)
            m_handler(*m_error);
    }

    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status *status) override
    {
        const std::lock_guard lock(m_mutex);
        m_error = storeError(*status, QStringLiteral("cannot write the log"));
        if (m_handler)
            m_handler(*m_error);
    }

    // A store that failed stays so until it is opened again: its owner has stopped accepting.
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool *autoRecovery) override
    {
        *autoRecovery = false;
    }

private:
    std::mutex m_mutex;
    StoreDatabase::FailureHandler m_handler;
    std::optional<Error> m_error;
};

namespace {

// The log of an earlier run that ended before it had stored anything does not count.
bool holdsData(rocksdb::Env &env, const std::string &folder)
{
    std::vector<rocksdb::Env::FileAttributes> files;
    if (!env.GetChildrenFileAttributes(folder, &files).ok())
        return false;
    return std::any_of(files.begin(), files.end(), [](const rocksdb::Env::FileAttributes &file) {
        return file.size_bytes > 0 && (file.name.ends_with(".sst") || file.name.ends_with(".log"));
    });
}

} // namespace

Error storeError(const rocksdb::Status &status, const QString &what)
{
    const QString text = QString::fromStdString(status.ToString());
    if (status.IsCorruption())
        return {Errc::Corrupt, QStringLiteral("%1: %2").arg(what, text)};
    return {Errc::Io, QStringLiteral("%1: %2").arg(what, text)};
}

StoreDatabase::StoreDatabase(const StoreOptions &options)
    : m_options(options), m_listener(std::make_shared<FailureListener>())
{
    const auto fileSystem = m_options.fileSystem ? m_options.fileSystem : rocksdb::FileSystem::Default();
    m_env = rocksdb::NewCompositeEnv(std::make_shared<WalFileSystem>(fileSystem));
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
    std::unique_ptr<StoreDatabase> database(new StoreDatabase(options));
    auto opened = database->openFolder();
    if (options.reset && (opened || opened.error().code == Errc::Corrupt)) {
        // Opened first: somebody else's folder is refused, not dropped.
        database.reset();
        database.reset(new StoreDatabase(options));
        opened = database->drop();
        if (opened)
            opened = database->openFolder();
    }
    if (!opened)
        return opened.error();
    return database;
}

void StoreDatabase::setFailureHandler(FailureHandler handler)
{
    m_listener->setHandler(std::move(handler));
}

Result<void> StoreDatabase::openFolder()
{
    if (!QFileInfo::exists(m_options.dataDir)) {
        std::error_code failure;
        std::filesystem::create_directories(m_options.dataDir.toStdString(), failure);
        if (failure)
            return Error{Errc::Io, QStringLiteral("cannot create data folder %1: %2")
                                       .arg(m_options.dataDir, QString::fromStdString(failure.message()))};
        if (auto synced = syncFolder(QFileInfo(m_options.dataDir).absolutePath()); !synced)
            return synced;
    }
    if (!QFileInfo(m_options.dataDir).isDir())
        return Error{Errc::Io, QStringLiteral("data folder %1 is not a folder").arg(m_options.dataDir)};

    // A log that is not there although something of it is must never look like a new, empty one.
    const bool hasLog = m_env->FileExists(logFolder().toStdString() + "/CURRENT").ok();
    if (!hasLog && holdsData(*m_env, logFolder().toStdString()))
        return Error{Errc::Corrupt,
                     QStringLiteral("%1 holds a log whose file CURRENT is missing").arg(logFolder())};
    if (hasLog && !PositionFile::exists(positionPath()))
        return Error{Errc::Corrupt, QStringLiteral("%1 is missing beside the log").arg(positionPath())};
    if (!PositionFile::exists(positionPath())) {
        if (auto created = PositionFile::create(positionPath()); !created)
            return created;
        if (auto status = m_env->CreateDirIfMissing(logFolder().toStdString()); !status.ok())
            return storeError(status, QStringLiteral("cannot create folder %1").arg(logFolder()));
        if (auto synced = syncFolder(m_options.dataDir); !synced)
            return synced;
    }
    if (auto opened = openDatabase(!hasLog); !opened)
        return opened;
    auto position = PositionFile::open(positionPath());
    if (!position)
        return position.error();
    m_position = std::move(*position);

    if (auto loaded = load(); !loaded)
        return loaded;
    if (auto checked = checkEntries(); !checked)
        return checked;
    return takeOver();
}

Result<void> StoreDatabase::openDatabase(bool fresh)
{
    StoreTuning tuning;
    rocksdb::DBOptions options = tuning.database();
    options.env = m_env.get();
    options.create_if_missing = fresh;
    options.create_missing_column_families = true;
    options.listeners = {m_listener};
    const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
        {rocksdb::kDefaultColumnFamilyName, tuning.meta()},
        {"entries", tuning.entries()},
        {"keys", tuning.keys()},
    };
    std::vector<rocksdb::ColumnFamilyHandle *> handles;
    rocksdb::DB *db = nullptr;
    const rocksdb::Status status =
        rocksdb::DB::Open(options, logFolder().toStdString(), families, &handles, &db);
    if (!status.ok()) {
        const QString text = QString::fromStdString(status.ToString());
        if (status.IsIOError() && text.contains(QStringLiteral("LOCK")) &&
            (text.contains(QStringLiteral("While lock file")) ||
             text.contains(QStringLiteral("lock hold by"))))
            return Error{
                Errc::InUse,
                QStringLiteral("data folder %1 is in use by another process").arg(m_options.dataDir)};
        if (status.IsInvalidArgument())
            return Error{Errc::Corrupt, QStringLiteral("%1 is not a log of ours: %2").arg(logFolder(), text)};
        return storeError(status, QStringLiteral("cannot open the log in %1").arg(logFolder()));
    }
    m_db.reset(db);
    m_meta = handles[0];
    m_entries = handles[1];
    m_keys = handles[2];
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
        if (key == storekeys::Format)
            format = value;
        else if (key == storekeys::Role)
            m_state.role = value;
        else if (key == storekeys::Name)
            m_state.name = value;
        else if (key == storekeys::Epoch && number)
            m_state.epoch = *number;
        else if (key == storekeys::Committed && number)
            m_state.committedId = *number;
        else if (key.startsWith(storekeys::MetaPrefix))
            m_state.meta.insert(key.mid(qsizetype(std::strlen(storekeys::MetaPrefix))), value);
        else
            unknown = key;
    }
    if (!it->status().ok())
        return storeError(it->status(), QStringLiteral("cannot read %1").arg(logFolder()));
    // Before what it holds is judged: somebody else's folder is not ours to reset, whatever its format.
    if (auto checked = checkOwner(); !checked)
        return checked;
    // Without any record it was created and the process ended before it had written the first one.
    if (any && (!format || *format != storekeys::FormatVersion))
        return Error{
            Errc::Corrupt,
            QStringLiteral("%1 has the format version \"%2\", which this program does not know (it knows %3)")
                .arg(logFolder(), QString::fromUtf8(format.value_or(QByteArray())),
                     QString::fromLatin1(storekeys::FormatVersion))};
    if (unknown)
        return Error{Errc::Corrupt, QStringLiteral("%1 holds an unknown record \"%2\"")
                                        .arg(logFolder(), QString::fromUtf8(unknown->toPercentEncoding()))};
    return {};
}

Result<void> StoreDatabase::checkOwner()
{
    const bool fresh = m_state.role.isEmpty();
    if (fresh || m_options.promote || (m_state.role == m_options.role && m_state.name == m_options.name))
        return {};
    return Error{Errc::InUse,
                 QStringLiteral("data folder %1 belongs to the %2 \"%3\", not to the %4 \"%5\"")
                     .arg(m_options.dataDir, QString::fromUtf8(m_state.role), QString::fromUtf8(m_state.name),
                          QString::fromUtf8(m_options.role), QString::fromUtf8(m_options.name)),
                 QStringLiteral("data")};
}

// Whether the log begins with 1 and ends where it must; no scan, whatever its length.
Result<void> StoreDatabase::checkEntries()
{
    std::unique_ptr<rocksdb::Iterator> it(m_db->NewIterator({}, m_entries));
    const auto recordHere = [&it] {
        return RecordReader(RecordKey::idOf(it->key().ToStringView()), it->value().ToStringView());
    };
    it->SeekToFirst();
    if (it->Valid()) {
        const RecordReader first = recordHere();
        if (!first.isIntact() || first.firstId() != 1)
            return Error{
                Errc::Corrupt,
                QStringLiteral("the log in %1 does not begin with an intact entry 1").arg(logFolder())};
    } else if (!it->status().ok()) {
        return storeError(it->status(), QStringLiteral("cannot read %1").arg(logFolder()));
    }
    it->SeekToLast();
    if (it->Valid()) {
        RecordReader record = recordHere();
        for (EntryView entry; record.next(entry);)
            m_state.last = {entry.id, entry.epoch};
        if (!record.isIntact())
            return Error{Errc::Corrupt,
                         QStringLiteral("the last entry of the log in %1 is damaged").arg(logFolder())};
    }
    if (!it->status().ok())
        return storeError(it->status(), QStringLiteral("cannot read %1").arg(logFolder()));
    if (m_position->last() > m_state.last.id)
        return Error{Errc::Corrupt,
                     QStringLiteral("the log in %1 ends with entry %2, but entry %3 was stored")
                         .arg(logFolder())
                         .arg(m_state.last.id)
                         .arg(m_position->last())};
    m_state.epoch = std::max(m_state.epoch, m_state.last.epoch.number);
    m_state.committedId = std::min(std::max(m_state.committedId, m_position->committed()), m_state.last.id);
    return {};
}

Result<void> StoreDatabase::takeOver()
{
    if (m_position->last() != m_state.last.id || m_position->committed() != m_state.committedId) {
        m_position->setLast(m_state.last.id);
        m_position->setCommitted(m_state.committedId);
        // What lay beyond the log's end must not come back when the log has grown past it again.
        if (auto synced = m_position->sync(); !synced)
            return synced;
    }
    if (m_state.role == m_options.role && m_state.name == m_options.name)
        return {};
    rocksdb::WriteBatch batch;
    rocksdb::WriteOptions synced;
    synced.sync = true;
    rocksdb::Status status = batch.Put(m_meta, storekeys::Format, storekeys::FormatVersion);
    if (status.ok())
        status = batch.Put(m_meta, storekeys::Role, toSlice(m_options.role));
    if (status.ok())
        status = batch.Put(m_meta, storekeys::Name, toSlice(m_options.name));
    if (status.ok())
        status = m_db->Write(synced, &batch);
    if (!status.ok())
        return storeError(status, QStringLiteral("cannot write to %1").arg(logFolder()));
    return {};
}

Result<void> StoreDatabase::drop()
{
    rocksdb::Options options;
    options.env = m_env.get();
    const rocksdb::Status status = rocksdb::DestroyDB(logFolder().toStdString(), options);
    if (!status.ok())
        return storeError(status, QStringLiteral("cannot drop %1").arg(logFolder()));
    // Last, so that a drop cut short is taken up again and not mistaken for an empty log.
    if (PositionFile::exists(positionPath()) && !QFile::remove(positionPath()))
        return Error{Errc::Io, QStringLiteral("cannot remove %1").arg(positionPath())};
    return syncFolder(m_options.dataDir);
}

QString StoreDatabase::logFolder() const
{
    return QDir(m_options.dataDir).filePath(QStringLiteral("log"));
}

QString StoreDatabase::positionPath() const
{
    return QDir(m_options.dataDir).filePath(QStringLiteral("position"));
}

} // namespace replog
