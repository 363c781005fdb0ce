// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/masterlog.h"
#include "master/retention.h"
#include "shared/base/scheduler.h"
#include "shared/store/logstore.h"

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace replog {

// Keeps the master's log within its limits: tells Retention how large the log is and which entries are too
// old, and gives up what it decides, at most once a second. Entries that were appended together with an
// idempotency key are given up together: their key is free from then on, and if the log still ended with
// some of them, those and an append that uses the key anew would look like one. The size of the log is in the
// store's meta, except for the log's end, which is read after the start, while the node serves. Without it (a
// promoted secondary's log, or the first start with a limit) all of the log is read once. After the calendar
// clock jumped ahead nothing is too old for an hour: it may be set back. Pure but for the store and the
// clock.
class LogTrimmer : public QObject
{
    Q_OBJECT
public:
    LogTrimmer(const Retention::Config &config, MasterLog &log, LogStore &store, Scheduler &scheduler,
               QObject *parent = nullptr);
    ~LogTrimmer() override;

    // Begins with a log as it was found.
    void start(const StoreState &found);
    // From now on nothing is given up: another master leads this log, or nothing more becomes durable.
    void stop();
    Retention &retention() { return m_retention; }
    const Retention &retention() const { return m_retention; }

signals:
    // The log's size or age is not known now; entries beyond the limits may stay.
    void failed(const replog::Error &error);

private:
    struct Measured;

    void measure(quint64 from, quint64 to, std::shared_ptr<Measured> measured);
    void storeParts();
    void trim();
    void giveUpAround(quint64 first, const QByteArray &key);
    void giveUp(quint64 firstId);
    bool isClockAhead();
    void judgeAge();
    void judgeAgeLater();

    const Retention::Config m_config;
    MasterLog &m_log;
    LogStore &m_store;
    Scheduler &m_scheduler;
    Retention m_retention;
    bool m_isMeasured = false;
    bool m_stopped = false;
    Scheduler::TimerId m_trimTimer = 0;
    Scheduler::TimerId m_ageTimer = 0;
    std::optional<qint64>
        m_clockOffsetMs; // of the calendar clock from the monotonic one, as it was trusted last
    std::optional<qint64> m_jumpedAtMs; // by the monotonic clock
};

} // namespace replog
