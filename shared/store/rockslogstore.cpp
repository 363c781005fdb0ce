// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/rockslogstore.h"

#include "shared/store/logdigest.h"
#include "shared/store/logwriter.h"
#include "shared/store/readerpool.h"
#include "shared/store/record.h"
#include "shared/store/storedatabase.h"
#include "shared/store/storekeys.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>

namespace replog {

namespace {

constexpr int ReaderThreads = 2;
constexpr qsizetype LongScanBytes = 256 * 1024;
constexpr std::size_t LongScanReadahead = 1024 * 1024;

Error trimmed(quint64 id, quint64 firstId)
{
    return {Errc::NotFound,
            QStringLiteral("entry %1 was given up; the log begins with %2").arg(id).arg(firstId)};
}

} // namespace

RocksLogStore::RocksLogStore() = default;

Result<std::unique_ptr<RocksLogStore>> RocksLogStore::open(const OpenOptions &options)
{
    std::unique_ptr<RocksLogStore> store(new RocksLogStore);
    RocksLogStore *const self = store.get();
    auto database = StoreDatabase::open(options);
    if (!database)
        return database.error();
    store->m_database = std::move(*database);
    store->m_committedId = store->state().committedId;
    store->m_epoch = store->state().epoch;
    store->m_firstId = store->m_durableFirstId = store->state().firstId;
    store->m_writer =
        std::make_unique<LogWriter>(*store->m_database, options.commitDelay, [self] { self->wake(); });
    store->m_readers = std::make_unique<ReaderPool>(ReaderThreads);
    store->m_database->setFailureHandler([self](const Error &error) { self->m_writer->fail(error); });
    store->m_database->setStallHandler([self](const std::optional<Error> &reason) {
        {
            const std::lock_guard lock(self->m_stallMutex);
            self->m_stall = reason;
        }
        self->wake();
    });
    return store;
}

RocksLogStore::~RocksLogStore()
{
    stopThreads();
}

const StoreState &RocksLogStore::state() const
{
    return m_database->state();
}

Result<void> RocksLogStore::close()
{
    stopThreads();
    handleOutcome();
    if (m_failed)
        return m_failure;
    return m_database->position().sync();
}

void RocksLogStore::stopThreads()
{
    m_stopping = true;
    if (m_writer) {
        m_database->setStallHandler({});
        m_writer->close();
        m_database->setFailureHandler({});
    }
    if (m_readers)
        m_readers->close();
    if (m_backup.joinable())
        m_backup.join();
}

void RocksLogStore::measure(SpaceMeasured done)
{
    m_readers->submit([this, done = std::move(done)]() mutable {
        if (const auto lost = m_database->lost())
            m_writer->fail(*lost);
        answer<Space>(std::move(done), measureSpace(m_database->dataDir()));
    });
}

void RocksLogStore::backUp(const QString &dir, const QString &name, BackupMade done)
{
    if (m_stallTold) {
        const std::lock_guard lock(m_stallMutex);
        if (m_stall) {
            answer<Backup>(std::move(done), *m_stall);
            return;
        }
    }
    if (m_isBackingUp) {
        answer<Backup>(std::move(done),
                       Error{Errc::Exhausted, QStringLiteral("another backup is being made")});
        return;
    }
    if (m_backup.joinable())
        m_backup.join(); // it has finished
    m_isBackingUp = true;
    m_backupMade = std::move(done);
    m_backupMayFinish = std::make_shared<std::atomic_bool>(true);
    // Not for entries whose ids still belong to others that are being dropped.
    const quint64 committed = m_database->position().committed();
    m_backup = std::thread([this, dir, name, committed, mayFinish = m_backupMayFinish] {
        answer<Backup>(
            [this](Result<Backup> made) {
                m_isBackingUp = false;
                if (m_backupMade)
                    std::exchange(m_backupMade, {})(std::move(made));
            },
            makeBackup(*m_database, dir, name, committed,
                       [mayFinish] { return mayFinish->exchange(false); }));
    });
}

// While the disk is full a flush waits as long as it takes, and a backup with it. Who asked for it is not
// kept waiting; whatever comes of the backup is removed. One that has its name already is told of as ever.
void RocksLogStore::giveUpBackup(const Error &reason)
{
    if (m_backupMade && m_backupMayFinish->exchange(false))
        std::exchange(m_backupMade,
                      {})(Error{reason.code, QStringLiteral("the backup was given up: %1").arg(reason.text)});
}

void RocksLogStore::append(Entries entries)
{
    if (!entries.empty())
        m_writer->submit(
            {.kind = LogWrite::Kind::Append, .number = nextNumber(), .entries = std::move(entries)});
}

void RocksLogStore::probeWriter(std::function<void()> answered)
{
    m_writer->submit({.kind = LogWrite::Kind::Append,
                      .number = nextNumber(),
                      .done = [answered = std::move(answered)](const Result<void> &) { answered(); }});
}

void RocksLogStore::truncateFrom(quint64 id, Done done)
{
    if (id <= m_committedId)
        m_writer->fail(
            {Errc::Diverged, QStringLiteral("entry %1 is committed and cannot be dropped").arg(id)});
    const quint64 number = nextNumber();
    m_truncations.push_back({number, std::max<quint64>(id, 1)});
    m_writer->submit(
        {.kind = LogWrite::Kind::Truncate, .number = number, .value = id, .done = std::move(done)});
}

void RocksLogStore::trimTo(quint64 firstId, Done done)
{
    m_firstId = std::max(m_firstId.load(), std::min(firstId, m_committedId));
    const quint64 now = m_firstId;
    m_writer->submit({.kind = LogWrite::Kind::Trim,
                      .number = nextNumber(),
                      .value = now,
                      .done = [this, now, done = std::move(done)](const Result<void> &stored) {
                          if (stored) {
                              m_durableFirstId = std::max(m_durableFirstId.load(), now);
                              dropBelow(now);
                          }
                          if (done)
                              done(stored);
                      }});
}

void RocksLogStore::beginAt(const LogBase &base, Done done)
{
    m_writer->submit(
        {.kind = LogWrite::Kind::Begin,
         .number = nextNumber(),
         .base = toStored(base),
         .done = [this, first = base.at.id + 1, done = std::move(done)](const Result<void> &stored) {
             if (stored) {
                 m_firstId = std::max(m_firstId.load(), first);
                 m_durableFirstId = std::max(m_durableFirstId.load(), first);
                 dropBelow(first);
             }
             if (done)
                 done(stored);
         }});
}

void RocksLogStore::dropBelow(quint64 firstId)
{
    m_readers->submit([this, firstId] { m_database->trimmedFiles().dropBelow(firstId); });
}

void RocksLogStore::put(std::string name, const QByteArray &value, Done done)
{
    m_writer->submit({.kind = LogWrite::Kind::Put,
                      .number = nextNumber(),
                      .name = std::move(name),
                      .bytes = value,
                      .done = std::move(done)});
}

void RocksLogStore::putMeta(const QByteArray &key, const QByteArray &value, Done done)
{
    put(storekeys::MetaPrefix + key.toStdString(), value, std::move(done));
}

void RocksLogStore::removeMeta(const QByteArray &key, Done done)
{
    m_writer->submit({.kind = LogWrite::Kind::Remove,
                      .number = nextNumber(),
                      .name = storekeys::MetaPrefix + key.toStdString(),
                      .done = std::move(done)});
}

void RocksLogStore::setEpoch(quint64 epoch, Done done)
{
    m_epoch = std::max(m_epoch, epoch);
    put(storekeys::Epoch, QByteArray::fromStdString(encodeNumber(m_epoch)), std::move(done));
    // Behind it: a crash in between costs a number of an epoch.
    if (m_database->isTakenOver())
        m_writer->submit(
            {.kind = LogWrite::Kind::Remove, .number = nextNumber(), .name = storekeys::TakenOver});
}

void RocksLogStore::setCommittedId(quint64 id)
{
    if (id <= m_committedId)
        return;
    m_committedId = id;
    noteCommittedId();
    m_writer->setCommitted(id);
}

// Notes it in the position file at once, but not for entries whose ids on the disk still belong to others.
void RocksLogStore::noteCommittedId()
{
    quint64 id = m_committedId;
    for (const Truncation &truncation : m_truncations)
        id = std::min(id, truncation.id - 1);
    PositionFile &position = m_database->position();
    if (id <= position.committed())
        return;
    position.setCommitted(id);
    if (position.write().ok() || std::exchange(m_isNoteOwed, true))
        return;
    // The writer writes it: it may wait for room on the disk, and tells if it has to, or that it failed.
    m_writer->submit({.kind = LogWrite::Kind::Append,
                      .number = nextNumber(),
                      .done = [this](const Result<void> &) { m_isNoteOwed = false; }});
}

void RocksLogStore::handleOutcome()
{
    LogWriter::Outcome outcome = m_writer->collect();
    while (!m_truncations.empty() && m_truncations.front().number <= outcome.upTo)
        m_truncations.pop_front();
    noteCommittedId();
    // Do not report entries that a truncation in progress will drop: other entries may take their ids.
    for (const Truncation &truncation : m_truncations)
        outcome.durableId = std::min(outcome.durableId, truncation.id - 1);
    if (outcome.durableId > 0)
        emit durable(outcome.durableId);
    for (const LogWriter::Outcome::Group &group : outcome.groups)
        emit groupSynced(static_cast<qint64>(group.entries),
                         std::chrono::duration<double>(group.took).count());
    if (outcome.failure) {
        m_failed = true;
        m_failure = *outcome.failure;
        emit failed(m_failure);
    }
    for (const LogWriter::Outcome::Call &call : outcome.calls)
        call.done(call.error ? Result<void>(*call.error) : Result<void>());
}

void RocksLogStore::wake()
{
    QCoreApplication::postEvent(this, new QEvent(QEvent::User));
}

void RocksLogStore::customEvent(QEvent *)
{
    handleStall();
    handleOutcome();
    handleAnswers();
}

void RocksLogStore::handleStall()
{
    std::optional<Error> stall;
    {
        const std::lock_guard lock(m_stallMutex);
        stall = m_stall;
    }
    if (stall.has_value() == m_stallTold)
        return;
    m_stallTold = stall.has_value();
    if (stall)
        giveUpBackup(*stall);
    if (stall)
        emit stalled(*stall);
    else
        emit resumed();
}

void RocksLogStore::handleAnswers()
{
    std::vector<std::function<void()>> answers;
    {
        const std::lock_guard lock(m_answersMutex);
        answers.swap(m_answers);
    }
    for (const auto &answer : answers)
        answer();
}

template <typename T>
void RocksLogStore::answer(std::function<void(Result<T>)> done, Result<T> result)
{
    bool first = false;
    {
        const std::lock_guard lock(m_answersMutex);
        first = m_answers.empty();
        m_answers.push_back([done = std::move(done), result = std::move(result)] { done(result); });
    }
    if (first)
        wake();
}

void RocksLogStore::scan(quint64 from, quint64 to, qsizetype maxBytes, Visit visit, ScanDone done)
{
    m_readers->submit([this, from, to, maxBytes, visit = std::move(visit), done = std::move(done)]() mutable {
        answer<quint64>(std::move(done), visitEntries(from, to, maxBytes, visit));
    });
}

Result<quint64> RocksLogStore::visitEntries(quint64 from, quint64 to, qsizetype maxBytes, const Visit &visit)
{
    from = std::max<quint64>(from, 1);
    if (const quint64 first = m_firstId; from < first)
        return trimmed(from, first);
    rocksdb::ReadOptions options;
    if (maxBytes >= LongScanBytes && to - from > 1000) {
        // It is read once, in order: caching it would help nobody.
        options.fill_cache = false;
        options.readahead_size = LongScanReadahead;
    }
    std::unique_ptr<rocksdb::Iterator> it(m_database->db().NewIterator(options, m_database->entries()));
    quint64 id = from;
    qsizetype bytes = 0;
    const auto wanted = [&] { return id <= to && (id == from || bytes < maxBytes); };
    for (it->Seek(toSlice(RecordKey(from).view())); it->Valid() && wanted(); it->Next()) {
        if (m_stopping.load(std::memory_order_relaxed))
            return Error{Errc::Unavailable, QStringLiteral("the store is closing")};
        RecordReader record(RecordKey::idOf(it->key().ToStringView()), it->value().ToStringView());
        if (record.isIntact() && (id == from ? record.firstId() > id : record.firstId() != id))
            return Error{Errc::Corrupt, QStringLiteral("entry %1 is missing in the log").arg(id)};
        for (EntryView entry; wanted() && record.next(entry);) {
            if (entry.id < id)
                continue; // the record began before `from`
            bytes += entry.cost();
            visit(entry);
            ++id;
        }
        if (!record.isIntact())
            return Error{Errc::Corrupt, QStringLiteral("entry %1 of the log is damaged").arg(id)};
    }
    if (!it->status().ok())
        return storeError(it->status(), QStringLiteral("cannot read entry %1 of the log").arg(id));
    return id - 1;
}

void RocksLogStore::findTime(qint64 timeMs, IdFound done)
{
    m_readers->submit([this, timeMs, done = std::move(done)]() mutable {
        answer<quint64>(std::move(done), searchTime(timeMs));
    });
}

// Times never go back in a log, so a binary search works: it reads 25 records of a log of 10^7.
Result<quint64> RocksLogStore::searchTime(qint64 timeMs)
{
    std::unique_ptr<rocksdb::Iterator> it(m_database->db().NewIterator({}, m_database->entries()));
    it->SeekToLast();
    quint64 low = m_firstId;
    quint64 high = it->Valid() ? RecordKey::idOf(it->key().ToStringView()) + 1 : low;
    while (low < high) {
        const quint64 middle = low + (high - low) / 2;
        it->Seek(toSlice(RecordKey(middle).view()));
        if (!it->Valid())
            break;
        const quint64 last = RecordKey::idOf(it->key().ToStringView());
        RecordReader record(last, it->value().ToStringView());
        quint64 found = 0;
        for (EntryView entry; found == 0 && record.next(entry);) {
            if (entry.id >= low && entry.timeMs >= timeMs)
                found = entry.id;
        }
        if (!record.isIntact())
            return Error{Errc::Corrupt, QStringLiteral("entry %1 of the log is damaged").arg(middle)};
        if (found == 0)
            low = last + 1;
        else if (found > std::max(record.firstId(), low))
            return found;
        else
            high = found;
    }
    if (!it->status().ok())
        return storeError(it->status(), QStringLiteral("cannot read the log"));
    return low;
}

void RocksLogStore::findKey(const QByteArray &key, KeyFound done)
{
    m_readers->submit(
        [this, key, done = std::move(done)]() mutable { answer<KeyRange>(std::move(done), lookUpKey(key)); });
}

Result<LogStore::KeyRange> RocksLogStore::lookUpKey(const QByteArray &key)
{
    std::string value;
    const rocksdb::Status status = m_database->db().Get({}, m_database->keys(), toSlice(key), &value);
    if (status.IsNotFound())
        return KeyRange{};
    if (!status.ok())
        return storeError(status, QStringLiteral("cannot look up an idempotency key"));
    const KeyRuns runs = decodeRuns(value);
    if (runs.empty())
        return Error{Errc::Corrupt, QStringLiteral("the record of an idempotency key is damaged")};
    // As long as its first entry, and until that is durably gone: what carries the key next comes behind the
    // trim on every node.
    return runs.front().first < m_durableFirstId ? KeyRange{} : runs.front();
}

void RocksLogStore::digest(quint64 to, DigestRead done)
{
    m_readers->submit([this, to, done = std::move(done)]() mutable {
        answer<QByteArray>(std::move(done), computeDigest(to));
    });
}

void RocksLogStore::readBase(BaseRead done)
{
    m_readers->submit([this, done = std::move(done)]() mutable {
        const Result<StoredBase> base = storedBase();
        answer<LogBase>(std::move(done), base ? Result<LogBase>(fromStored(*base)) : base.error());
    });
}

Result<StoredBase> RocksLogStore::storedBase()
{
    std::string value;
    const rocksdb::Status status = m_database->db().Get({}, m_database->meta(), storekeys::Base, &value);
    if (status.IsNotFound())
        return StoredBase();
    if (!status.ok())
        return storeError(status, QStringLiteral("cannot read the place before the log"));
    const auto base = decodeBase(value);
    if (!base)
        return Error{Errc::Corrupt, QStringLiteral("the place before the log is damaged")};
    return *base;
}

// The record that holds the entry knows the digest before it.
Result<QByteArray> RocksLogStore::computeDigest(quint64 to)
{
    const Result<StoredBase> base = storedBase();
    if (!base || base->id == to)
        return base ? Result<QByteArray>(base->digest.toHex()) : base.error();
    if (const quint64 first = m_firstId; to + 1 < first)
        return trimmed(to, first);
    std::unique_ptr<rocksdb::Iterator> it(m_database->db().NewIterator({}, m_database->entries()));
    it->Seek(toSlice(RecordKey(to).view()));
    if (!it->status().ok())
        return storeError(it->status(), QStringLiteral("cannot read entry %1 of the log").arg(to));
    if (!it->Valid())
        return Error{Errc::NotFound, QStringLiteral("entry %1 is beyond the end of the log").arg(to)};
    RecordReader record(RecordKey::idOf(it->key().ToStringView()), it->value().ToStringView());
    LogDigest digest = record.digestBefore();
    EntryView entry;
    while (record.next(entry) && entry.id <= to)
        digest = digest.with(entry);
    // The entry itself may be gone with its file before the trimming is durable: the record of the next entry
    // has its digest.
    if (!record.isIntact() || record.firstId() > to + 1)
        return Error{Errc::Corrupt, QStringLiteral("entry %1 of the log is damaged").arg(to)};
    return digest.toHex();
}

} // namespace replog
