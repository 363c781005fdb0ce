// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/backup.h"
#include "shared/store/logstore.h"
#include "shared/store/space.h"
#include "shared/store/storeoptions.h"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace replog {

class LogWriter;
class ReaderPool;
class StoreDatabase;
struct StoredBase;

// The LogStore of the services, on RocksDB: one thread writes and syncs, two read. See StoreDatabase for what
// the data folder holds, LogWriter for the group commit.
class RocksLogStore final : public LogStore
{
    Q_OBJECT
public:
    using OpenOptions = StoreOptions;

    // Blocks while it opens, well below a second whatever the log's length. Errors: InUse (another process
    // has the folder, or it belongs to another role or name), Corrupt, Io.
    static Result<std::unique_ptr<RocksLogStore>> open(const OpenOptions &options);
    // Commits what was handed in; callbacks not yet called are dropped. Call close() to hear of them.
    ~RocksLogStore() override;

    // What was found at opening. `role` and `name` are empty if the folder was new.
    const StoreState &state() const;

    // `answered` is called once the writer has come past all that was handed in, durable or failed. Writes
    // and syncs nothing: a sign of life for a watchdog.
    void probeWriter(std::function<void()> answered);

    using SpaceMeasured = std::function<void(Result<Space>)>;
    // measureSpace() of the data folder, on a reader thread. If files there were removed or replaced, the
    // store fails: see FolderWatch.
    void measure(SpaceMeasured done);

    using BackupMade = std::function<void(Result<Backup>)>;
    // makeBackup() on a thread of its own; appends and reads go on. Errors also: Exhausted, one is being
    // made; NoSpace and Exhausted at once where the store waits for its disk (stalled()), or begins to.
    void backUp(const QString &dir, const QString &name, BackupMade done);

    // Commits what was handed in, gives what it still owes (signals and callbacks of writes) from inside the
    // call, and ends the threads; reads not yet answered are dropped. Blocks. No calls after it.
    Result<void> close();

    void append(Entries entries) override;
    void truncateFrom(quint64 id, Done done) override;
    void trimTo(quint64 firstId, Done done) override;
    void beginAt(const LogBase &base, Done done) override;
    void putMeta(const QByteArray &key, const QByteArray &value, Done done) override;
    void removeMeta(const QByteArray &key, Done done) override;
    void setEpoch(quint64 epoch, Done done) override;
    void setCommittedId(quint64 id) override;
    void scan(quint64 from, quint64 to, qsizetype maxBytes, Visit visit, ScanDone done) override;
    void findTime(qint64 timeMs, IdFound done) override;
    void findKey(const QByteArray &key, KeyFound done) override;
    void readBase(BaseRead done) override;
    void digest(quint64 to, DigestRead done) override;

signals:
    // A group of entries was written and synced, which took so long. For metrics: nothing is promised of its
    // order among the other signals.
    void groupSynced(qint64 entries, double seconds);

private:
    // A truncation handed in and not yet durable.
    struct Truncation
    {
        quint64 number = 0;
        quint64 id = 0;
    };

    RocksLogStore();

    quint64 nextNumber() { return ++m_lastNumber; }
    void put(std::string name, const QByteArray &value, Done done);
    void customEvent(QEvent *) override; // what wake() comes to, in the owner's thread
    void wake();                         // any thread
    void handleStall();
    void giveUpBackup(const Error &reason);
    void handleOutcome();
    void handleAnswers();
    void noteCommittedId();
    void dropBelow(quint64 firstId);
    void stopThreads();
    // On reader threads.
    Result<quint64> visitEntries(quint64 from, quint64 to, qsizetype maxBytes, const Visit &visit);
    Result<quint64> searchTime(qint64 timeMs);
    Result<KeyRange> lookUpKey(const QByteArray &key);
    Result<StoredBase> storedBase();
    Result<QByteArray> computeDigest(quint64 to);
    template <typename T>
    void answer(std::function<void(Result<T>)> done, Result<T> result);

    std::unique_ptr<StoreDatabase> m_database;
    std::unique_ptr<LogWriter> m_writer;
    std::unique_ptr<ReaderPool> m_readers;
    std::thread m_backup;
    bool m_isBackingUp = false;
    BackupMade m_backupMade; // who waits for it; null: nobody
    std::shared_ptr<std::atomic_bool> m_backupMayFinish;
    std::atomic_bool m_stopping = false;
    // The oldest entry that is read, and the oldest one that a crash would leave: durable <= first. Both are
    // written by the owner.
    std::atomic<quint64> m_firstId = 1;
    std::atomic<quint64> m_durableFirstId = 1;
    quint64 m_lastNumber = 0;
    quint64 m_committedId = 0;
    bool m_isNoteOwed = false; // its note could not be written yet; the writer is asked to
    quint64 m_epoch = 0;
    std::deque<Truncation> m_truncations;
    std::mutex m_answersMutex;
    std::vector<std::function<void()>> m_answers; // of reads, to be given in the owner's thread; guarded
    std::mutex m_stallMutex;
    std::optional<Error> m_stall; // what writes wait for now; guarded by m_stallMutex
    bool m_stallTold = false;
    bool m_failed = false;
    Error m_failure;
};

} // namespace replog
