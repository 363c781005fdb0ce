// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/rockslogstore.h"

#include "shared/store/logdigest.h"
#include "shared/store/logwriter.h"
#include "shared/store/readerpool.h"
#include "shared/store/recordformat.h"
#include "shared/store/recordreader.h"
#include "shared/store/storedatabase.h"
#include "shared/store/storekeys.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>
#include <limits>

namespace replog {

namespace {

constexpr int ReaderThreads = 2;
constexpr qsizetype LongScanBytes = 256 * 1024;
constexpr std::size_t LongScanReadahead = 1024 * 1024;

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

void RocksLogStore::putMeta(const QByteArray &key, const QByteArray &value, Done done)
{
    m_writer->submit({.kind = LogWrite::Kind::PutMeta,
                      .number = nextNumber(),
                      .key = key,
                      .bytes = value,
                      .done = std::move(done)});
}

void RocksLogStore::removeMeta(const QByteArray &key, Done done)
{
    m_writer->submit(
        {.kind = LogWrite::Kind::RemoveMeta, .number = nextNumber(), .key = key, .done = std::move(done)});
}

void RocksLogStore::setEpoch(quint64 epoch, Done done)
{
    m_epoch = std::max(m_epoch, epoch);
    m_writer->submit(
        {.kind = LogWrite::Kind::Epoch, .number = nextNumber(), .value = m_epoch, .done = std::move(done)});
}

void RocksLogStore::setCommittedId(quint64 id)
{
    if (id <= m_committedId)
        return;
    m_committedId = id;
    noteCommittedId();
    m_writer->setCommitted(id);
}

// In the position file at once, but not of entries whose place on the disk is still taken by others.
void RocksLogStore::noteCommittedId()
{
    quint64 id = m_committedId;
    for (const Truncation &truncation : m_truncations)
        id = std::min(id, truncation.id - 1);
    PositionFile &position = m_database->position();
    if (id > position.committed())
        position.setCommitted(id);
}

void RocksLogStore::handleOutcome()
{
    LogWriter::Outcome outcome = m_writer->collect();
    while (!m_truncations.empty() && m_truncations.front().number <= outcome.upTo)
        m_truncations.pop_front();
    noteCommittedId();
    // What a truncation that is under way will drop, and another entry may take the id of, is not told of.
    for (const Truncation &truncation : m_truncations)
        outcome.durableId = std::min(outcome.durableId, truncation.id - 1);
    if (outcome.durableId > 0)
        emit durable(outcome.durableId);
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
    rocksdb::ReadOptions options;
    if (maxBytes >= LongScanBytes && to - from > 1000) {
        // Read once, in order: no use in keeping it.
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
    const auto range = decodeRange(value);
    if (!range)
        return Error{Errc::Corrupt, QStringLiteral("the record of an idempotency key is damaged")};
    return *range;
}

void RocksLogStore::digest(quint64 to, DigestRead done)
{
    m_readers->submit([this, to, done = std::move(done)]() mutable {
        answer<QByteArray>(std::move(done), computeDigest(to));
    });
}

Result<QByteArray> RocksLogStore::computeDigest(quint64 to)
{
    LogDigest digest;
    const auto last = visitEntries(1, to, std::numeric_limits<qsizetype>::max(),
                                   [&digest](const EntryView &entry) { digest.add(entry); });
    if (!last)
        return last.error();
    if (*last != to)
        return Error{Errc::NotFound, QStringLiteral("entry %1 is beyond the end of the log").arg(to)};
    return digest.result();
}

} // namespace replog
