// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/admission.h"
#include "master/appender.h"
#include "master/durabletimes.h"
#include "master/logtrimmer.h"
#include "master/membership.h"
#include "shared/base/vocabulary.h"

#include <QObject>

#include <optional>

namespace replog {

// Connects the master's state machines: their signals reach each other in the order on which the guarantees
// depend. The parts take all decisions. Pure but for what it is handed; single-threaded.
class MasterNode : public QObject
{
    Q_OBJECT
public:
    using Mode = NodeMode; // ReadWrite, ReadOnly, Fenced or Failed

    struct Config
    {
        QByteArray name = "master";
        Id128 nodeId = {};
        Appender::Config append;
        Replicator::Config replication;
        Retention::Config retention;
        bool quorumAppend = false;
        int maxNodes = 64;   // members
        bool newLog = false; // this log may begin anew beside another one; remembered in the store
    };

    // `store` was opened and found to hold `state`. Everything handed in must outlive the node.
    MasterNode(const Config &config, LogStore &store, const StoreState &state,
               Membership::TransportFactory transports, Scheduler &scheduler, RandomSource &random,
               QObject *parent = nullptr);

    // Raises the epoch, reads unfinished concerns and members; started() or failed() follows.
    void start();
    // Answers every waiter, at the latest after four seconds: nobody is told that an entry is in the log
    // before it is durable. Nothing is accepted any more.
    void shutDown();

    const QByteArray &name() const { return m_config.name; }
    const Id128 &nodeId() const { return m_config.nodeId; }
    // Also Failed, for the time being, while the store waits for room on its disk; ReadOnly while there is
    // less room than must be left.
    Mode mode() const
    {
        const bool isLow = m_mode == Mode::ReadWrite && !m_lowOnSpace.isEmpty();
        return m_stalled ? Mode::Failed : isLow ? Mode::ReadOnly : m_mode;
    }
    QByteArray modeWord() const { return toWord(mode()); }
    QString modeReason() const
    {
        const bool isLow = m_mode == Mode::ReadWrite && !m_lowOnSpace.isEmpty();
        return m_stalled ? *m_stalled : isLow ? m_lowOnSpace : m_modeReason;
    }
    // Why there is too little room to take appends; empty: there is enough.
    void setLowOnSpace(const QString &reason);
    int knownNodes() const { return m_members.size() + 1; }

    const Id128 &logId() const { return m_log.logId(); }
    MasterLog &log() { return m_log; }
    Appender &appender() { return m_appender; }
    Membership &members() { return m_members; }
    const Membership &members() const { return m_members; }
    Admission &admission() { return m_admission; }
    ConcernTracker &concerns() { return m_concerns; }
    Waiters &waiters() { return m_waiters; }
    const DurableTimes &durableTimes() const { return m_durableTimes; }
    LogTrimmer &trimmer() { return m_trimmer; }
    // Why entries beyond the limits are kept, for a person; null if none are.
    QString retainedBy() const;

signals:
    void started();
    void failed(const replog::Error &error);
    void modeChanged(replog::MasterNode::Mode mode, const QString &reason);

private:
    struct Unfinished
    {
        quint64 id;
        quint32 w;
    };

    void readUnfinished(quint64 from);
    void openConcerns(const std::vector<Unfinished> &entries);
    void begin();
    void become(Mode mode, const QString &reason);
    void fence(const QString &why);
    void setStalled(const std::optional<QString> &reason);
    void announceMode();
    void judgeQuorum();

    const Config m_config;
    LogStore &m_store;
    StoreState m_found; // emptied once start() has read it
    Scheduler &m_scheduler;
    Mode m_mode = Mode::ReadWrite;
    QString m_modeReason;
    std::optional<QString> m_stalled;
    QString m_lowOnSpace;
    bool m_shuttingDown = false;
    MasterLog m_log;
    ConcernTracker m_concerns;
    Waiters m_waiters;
    DurableTimes m_durableTimes;
    Appender m_appender;
    Membership m_members;
    Admission m_admission;
    LogTrimmer m_trimmer;
};

} // namespace replog
