// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/storecheck.h"

#include "shared/log/highestepoch.h"
#include "shared/store/record.h"
#include "shared/store/statustext.h"
#include "shared/store/storedatabase.h"
#include "shared/store/storekeys.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace replog {

namespace {

constexpr int MostFindings = 100; // of entries and keys: one fault can show in each of millions
constexpr quint64 ProgressEntries = 8192;
constexpr std::size_t Readahead = 1024 * 1024;

rocksdb::ReadOptions onceThrough()
{
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = Readahead;
    return options;
}

} // namespace

struct StoreCheck::Run
{
    QByteArray key;
    quint64 epoch = 0;
    quint64 first = 0;
    quint64 last = 0;
};

StoreCheck::StoreCheck(Watch watch, std::shared_ptr<rocksdb::FileSystem> files)
    : m_watch(std::move(watch)), m_files(std::move(files))
{
}

Result<StoreCheck::Report> StoreCheck::run(const QString &folder)
{
    std::unique_ptr<DataFolder> held;
    if (!m_files) { // else the disk is simulated
        auto opened = DataFolder::openToRead(folder);
        if (!opened)
            return opened.error();
        held = std::move(*opened);
    }
    m_report = {};
    m_epoch = 0;
    m_timeMs = 0;
    m_runs = 0;
    std::optional<Error> unread;
    const auto database = StoreDatabase::inspect(
        folder,
        [this, &unread](const Error &error) {
            if (error.code != Errc::Io)
                find(error.text);
            else if (!unread)
                unread = error;
        },
        m_files);
    if (unread)
        return withDiskAdvice(*unread);
    if (!database)
        return m_report;
    m_report.state = database->state();
    m_epochs = EpochIndex::fromMeta(m_report.state.meta);
    if (const auto highest = HighestEpoch::fromMeta(m_report.state.meta);
        highest && highest->epoch.number < m_report.state.last.epoch.number)
        find(QStringLiteral("the highest epoch is said to be %1, but the last entry is of epoch %2")
                 .arg(highest->epoch.number)
                 .arg(m_report.state.last.epoch.number));
    for (const auto step : {&StoreCheck::checkEntries, &StoreCheck::checkKeys, &StoreCheck::checkFiles}) {
        (this->*step)(*database);
        if (const auto failure = database->readFailure())
            return withDiskAdvice(*failure);
    }
    return m_report;
}

void StoreCheck::find(const QString &what)
{
    if (++m_report.findings <= MostFindings)
        m_watch.finding(what.simplified());
    else if (m_report.findings == MostFindings + 1)
        m_watch.finding(QStringLiteral("there are more findings than the first %1").arg(MostFindings));
}

void StoreCheck::checkEntries(StoreDatabase &database)
{
    const quint64 firstId = m_report.state.firstId;
    const quint64 lastId = m_report.state.last.id;
    quint64 next = firstId;
    const LogDigest base = toStored(m_report.state.base).digest;
    m_report.digest = base;
    bool isChained = true; // m_report.digest is that of the entries before `next`
    Run run;
    std::unique_ptr<rocksdb::Iterator> it(database.db().NewIterator(onceThrough(), database.entries()));
    for (it->Seek(toSlice(RecordKey(firstId).view())); it->Valid(); it->Next()) {
        const quint64 recordLast = RecordKey::idOf(it->key().ToStringView());
        RecordReader record(recordLast, it->value().ToStringView());
        if (!record.isIntact()) {
            find(QStringLiteral("the record that ends with entry %1 is damaged").arg(recordLast));
            next = recordLast + 1;
            isChained = false;
            continue;
        }
        if (record.firstId() > next)
            find(QStringLiteral("entries %1 to %2 are missing").arg(next).arg(record.firstId() - 1));
        else if (next > firstId && record.firstId() < next)
            find(QStringLiteral("entry %1 is there twice").arg(record.firstId()));
        if (isChained && record.firstId() == next && record.digestBefore() != m_report.digest)
            find(QStringLiteral("the digest of the entries up to %1 is not the one that the next record has")
                     .arg(record.firstId() - 1));
        m_report.digest = record.digestBefore();
        for (EntryView entry; record.next(entry);) {
            m_report.digest = m_report.digest.with(entry);
            if (entry.id + 1 == firstId && m_report.digest != base)
                find(QStringLiteral("the digest of what was given up is not that of the entries up to %1")
                         .arg(entry.id));
            if (entry.id < firstId)
                continue;
            checkEntry(entry);
            if (run.key.isEmpty() || entry.key != run.key || entry.epoch != run.epoch ||
                entry.id != run.last + 1) {
                checkRun(database, run);
                run = {entry.key.toByteArray(), entry.epoch, entry.id, entry.id};
            }
            run.last = entry.id;
            if (m_watch.progress && entry.id % ProgressEntries == 0)
                m_watch.progress(entry.id - firstId + 1, lastId - firstId + 1);
        }
        if (!record.isIntact())
            find(QStringLiteral("the record that ends with entry %1 is damaged").arg(recordLast));
        isChained = record.isIntact();
        next = recordLast + 1;
    }
    checkRun(database, run);
    if (!it->status().ok())
        find(QStringLiteral("entry %1 and what follows cannot be read: %2")
                 .arg(next)
                 .arg(statusText(it->status())));
    else if (next <= lastId)
        find(QStringLiteral("entries %1 to %2 are missing").arg(next).arg(lastId));
}

void StoreCheck::checkEntry(const EntryView &entry)
{
    const quint64 before = std::exchange(m_epoch, entry.epoch);
    if (entry.epoch < before)
        find(QStringLiteral("entry %1 is of epoch %2, the one before it of %3")
                 .arg(entry.id)
                 .arg(entry.epoch)
                 .arg(before));
    if (const quint64 noted = m_epochs.epochAt(entry.id).number;
        noted != entry.epoch && entry.epoch != before)
        find(QStringLiteral("entry %1 is of epoch %2, the list of epochs says %3")
                 .arg(entry.id)
                 .arg(entry.epoch)
                 .arg(noted));
    else if (noted != entry.epoch && m_epochs.epochAt(entry.id - 1).number == entry.epoch)
        find(QStringLiteral("the list of epochs begins epoch %1 with entry %2, which is of epoch %3")
                 .arg(noted)
                 .arg(entry.id)
                 .arg(entry.epoch));
    if (entry.timeMs < std::exchange(m_timeMs, entry.timeMs))
        find(QStringLiteral("the time of entry %1 is before that of the entry before it").arg(entry.id));
}

// A run that may have begun with entries that are gone need have no key, since it went with them. But an
// append that went on with the run after that may have noted its own entries as a run.
void StoreCheck::checkRun(StoreDatabase &database, const Run &run)
{
    if (run.key.isEmpty())
        return;
    const bool mayBeCut = run.first == m_report.state.firstId && run.first > 1;
    std::string found;
    const rocksdb::Status status = database.db().Get({}, database.keys(), toSlice(run.key), &found);
    const KeyRuns runs = status.ok() ? decodeRuns(found) : KeyRuns();
    // The one that ends where this one does.
    const auto range = std::find_if(runs.begin(), runs.end(),
                                    [&run](const LogStore::KeyRange &each) { return each.last == run.last; });
    if (!status.ok() && !status.IsNotFound())
        find(QStringLiteral("the idempotency key of entry %1 cannot be read: %2")
                 .arg(run.first)
                 .arg(statusText(status)));
    else if (mayBeCut)
        m_runs += range != runs.end() && range->first > run.first ? 1 : 0;
    else if (range == runs.end() || range->first != run.first)
        find(QStringLiteral("the idempotency key of entries %1 to %2 does not lead to them")
                 .arg(run.first)
                 .arg(run.last));
    else
        ++m_runs;
}

void StoreCheck::checkKeys(StoreDatabase &database)
{
    const StoreState &state = m_report.state;
    quint64 records = 0;
    std::unique_ptr<rocksdb::Iterator> it(database.db().NewIterator(onceThrough(), database.keys()));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
        const KeyRuns runs = decodeRuns(it->value());
        if (runs.empty())
            find(QStringLiteral("the record of an idempotency key is damaged"));
        else if (runs.front().last > state.last.id)
            find(QStringLiteral("an idempotency key leads to entry %1, beyond the end")
                     .arg(runs.front().last));
        else
            records += static_cast<quint64>(
                std::count_if(runs.begin(), runs.end(), [&state](const LogStore::KeyRange &run) {
                    return run.first > state.firstId || state.firstId == 1;
                }));
    }
    if (!it->status().ok())
        find(QStringLiteral("the idempotency keys cannot be read: %1").arg(statusText(it->status())));
    else if (records > m_runs && m_report.findings == 0)
        find(QStringLiteral("%1 idempotency keys lead to entries that do not have them")
                 .arg(records - m_runs));
}

// Also checks what the reading above does not need: indexes, filters, tables of what was replaced.
void StoreCheck::checkFiles(StoreDatabase &database)
{
    rocksdb::ReadOptions options;
    options.readahead_size = Readahead;
    const rocksdb::Status status = database.db().VerifyChecksum(options);
    // After a failed read RocksDB may say what is not so.
    if (!status.ok() && !database.readFailure())
        find(QStringLiteral("a file of the log is damaged: %1").arg(statusText(status)));
}

} // namespace replog
