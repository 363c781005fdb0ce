// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/log/epochindex.h"
#include "shared/store/logdigest.h"
#include "shared/store/logstore.h"

#include <QString>

#include <functional>
#include <memory>

namespace rocksdb {
class FileSystem;
}

namespace replog {

class StoreDatabase;

// Reads all of a closed store or of a backup, and reports what is wrong with it. It checks what a
// start checks; each entry's checksum, order, epoch, time and place in the digest's chain; each idempotency
// key against its entries; and the checksums of every file of the log. Nothing in the folder changes.
class StoreCheck
{
public:
    struct Watch
    {
        std::function<void(const QString &finding)> finding;            // one line
        std::function<void(quint64 entries, quint64 of)> progress = {}; // after each few thousand entries
    };
    struct Report
    {
        int findings = 0;
        StoreState state;
        LogDigest digest; // of the entries that were read
    };

    // `files`: the file layer; the machine's own if null.
    explicit StoreCheck(Watch watch, std::shared_ptr<rocksdb::FileSystem> files = {});

    // Blocks as long as it takes to read the folder. Errors: InUse, NotFound, and Io, if something could not
    // be read: that is no damage. Whatever else is wrong is a finding.
    Result<Report> run(const QString &folder);

private:
    struct Run; // of entries with one idempotency key

    void find(const QString &what);
    void checkEntries(StoreDatabase &database);
    void checkEntry(const EntryView &entry);
    void checkRun(StoreDatabase &database, const Run &run);
    void checkKeys(StoreDatabase &database);
    void checkFiles(StoreDatabase &database);

    const Watch m_watch;
    const std::shared_ptr<rocksdb::FileSystem> m_files;
    Report m_report;
    EpochIndex m_epochs;
    quint64 m_epoch = 0; // of the entry before, as is the next
    qint64 m_timeMs = 0;
    quint64 m_runs = 0; // that have their record
};

} // namespace replog
