// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/masterlog.h"
#include "master/retention.h"
#include "shared/base/scheduler.h"
#include "shared/store/logstore.h"

#include <QObject>

#include <memory>
#include <vector>

namespace replog {

// Keeps the master's log within its limits: tells Retention how large the log is and what is past its age,
// and gives up what it says, at most once a second. How large the log is stands in the store's meta, but for
// its end, which is read at the start beside all else; without it (a secondary's log that was promoted, or
// the first start with a limit) all of the log is read once. Pure but for the store and the clock that it is
// handed.
class LogTrimmer : public QObject
{
    Q_OBJECT
public:
    LogTrimmer(const Retention::Config &config, MasterLog &log, LogStore &store, Scheduler &scheduler,
               QObject *parent = nullptr);
    ~LogTrimmer() override;

    // Takes up a log as it was found.
    void start(const StoreState &found);
    // Nothing is given up any more: others lead this log, or nothing more becomes durable.
    void stop();
    Retention &retention() { return m_retention; }
    const Retention &retention() const { return m_retention; }

signals:
    // The log's size or age cannot be told now; what is past its limits may stay.
    void failed(const replog::Error &error);

private:
    struct Measured;

    void measure(quint64 from, quint64 to, std::shared_ptr<Measured> measured);
    void storeParts();
    void handleTrim(quint64 firstId);
    void trim();
    void judgeAge();

    const Retention::Config m_config;
    MasterLog &m_log;
    LogStore &m_store;
    Scheduler &m_scheduler;
    Retention m_retention;
    bool m_isMeasured = false;
    bool m_stopped = false;
    quint64 m_wanted = 1;
    Scheduler::TimerId m_trimTimer = 0;
    Scheduler::TimerId m_ageTimer = 0;
};

} // namespace replog
