// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secondary/unsyncedbytes.h"
#include "shared/base/vocabulary.h"
#include "shared/log/epochindex.h"
#include "shared/log/registration.h"
#include "shared/log/replicate.h"
#include "shared/log/visiblelog.h"
#include "shared/store/logstore.h"

#include <QObject>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace replog {

// The secondary's copy of the log: takes deliveries, whatever the network did to them, and keeps exactly the
// master's entries, once, in order, without a visible gap. Pure but for the store that it is handed.
//
// A delivery is answered when everything up to its end is durable. Entries that come after a gap are kept
// aside, in bounded memory, neither visible nor acked, until the gap closes. What waits for the disk is
// bounded, too: a delivery beyond it is refused as unavailable. Entries of an older epoch at the
// end of the log are dropped for what the master has in their place, but only above committedId: if that is
// not enough, the node is diverged and takes nothing more until it is reset. Epochs of one number and
// different starts are different epochs. A delivery for another node, or of another log, changes nothing.
//
// A node that holds no entries takes the log that its own master names in answer to its registration, and no
// other: another cluster that knew this node may still be sending to it. Until the master has named a log, a
// delivery with entries or a base waits. One without is answered at once, since the master may ask who is
// here before it answers the registration; such an answer names no log and acks nothing.
//
// Entries that the master gave up are given up here once they are committed here. A node whose log ends below
// the oldest entry kept goes on after the base that it is sent, if the master knows exactly where that log
// ends.
class ReplicaLog : public QObject
{
    Q_OBJECT
public:
    using Mode = NodeMode; // Following, Diverged or Failed
    using Answer = std::function<void(const ReplicateAnswer &)>;

    struct Config
    {
        Id128 nodeId; // of its data folder
        QByteArray name;
        Id128 instance; // of this run of its process
        // So much is kept aside after a gap, or until the master names its log; the rest must be sent again.
        qsizetype aheadBytes = 16 * 1024 * 1024;
        // So much may wait to become durable; a delivery beyond that must be sent again, unless it is alone.
        qsizetype unsyncedBytes = 64 * 1024 * 1024;
    };

    ReplicaLog(LogStore &store, const StoreState &state, const Config &config, QObject *parent = nullptr);

    // `answer` is called once, possibly from inside this call.
    void handleReplicate(ReplicateRequest request, Answer answer);
    // The node's own master took it in, and says which log the node follows.
    void handleRegistered(const Id128 &mastersLog);
    // What the node says of itself in answers, and to the master as it asks to be reached at `url`.
    NodeStanding standing() const;
    Registration registration(const QUrl &url) const;
    // The answer to a request that is no valid delivery.
    ReplicateAnswer rejection(const Error &error) const;
    // Every open delivery is answered as unavailable, and all that follow.
    void shutDown();

    // Also Failed, for the time being, while the store waits for room on its disk.
    Mode mode() const { return m_stalled ? Mode::Failed : m_mode; }
    QByteArray modeWord() const { return toWord(mode()); }
    QString modeReason() const { return m_stalled ? *m_stalled : m_modeReason; }
    // The highest seen.
    const Epoch &epoch() const { return m_epoch; }
    // The name of the master that this epoch belongs to, for a person; empty if none was heard of.
    const QByteArray &epochMaster() const { return m_epochMaster; }
    // End of the durable prefix.
    Position last() const { return {m_visible.durableId(), m_epochs.epochAt(m_visible.durableId())}; }
    const Id128 &logId() const { return m_logId; } // null: none joined yet
    VisibleLog &visible() { return m_visible; }
    const VisibleLog &visible() const { return m_visible; }
    quint64 aheadCount() const { return m_ahead.size(); }

signals:
    void heardFromMaster(const QByteArray &master); // any delivery of the current epoch
    void epochRaised(quint64 epoch);
    void truncated(quint64 fromId);
    void begunAt(quint64 baseId); // its log goes on after a base, not yet durably
    void modeChanged(replog::ReplicaLog::Mode mode, const QString &reason);

private:
    struct Open
    {
        quint64 needed; // durable up to here: answer
        Answer answer;
    };

    struct Ahead
    {
        Entry entry;
        Epoch epoch; // the entry's
    };

    // A delivery that is taken later: it came before the master had named its log, or after entries were
    // dropped, and the time of the entry before them is being read.
    struct Early
    {
        ReplicateRequest request;
        Answer answer; // null: it was answered
    };

    std::optional<ReplicateAnswer> refuse(const ReplicateRequest &request) const;
    std::optional<ReplicateAnswer> refuseRival(const ReplicateRequest &request) const;
    void takeUnnamed(ReplicateRequest request, Answer reply);
    void keepEarly(ReplicateRequest request, Answer reply);
    void adopt(const ReplicateRequest &request);
    bool matchPrev(const ReplicateRequest &request, const Answer &reply);
    void takeEntries(ReplicateRequest request, Answer reply);
    std::optional<ReplicateAnswer> refuseBase(const ReplicateRequest &request) const;
    void takeNext(ReplicateRequest request, Answer reply);
    void takeBase(ReplicateRequest request, Answer reply);
    ReplicateAnswer timeGoesBack(const char *field, const QByteArray &what, qint64 timeMs) const;
    void takeAhead(ReplicateRequest request, Answer reply);

    void raiseEpoch();
    void follow(const Epoch &epoch, const QByteArray &master);
    void store(Entries entries, const Epochs &epochs);
    void takeUntimed(ReplicateRequest request, Answer reply);
    void learnHeldTime();
    void refuseUntimed(const QByteArray &why);
    void handleHeldTime(quint64 id, std::optional<qint64> timeMs);
    void closeGap();
    void keepAhead(Entries entries, const Epochs &epochs);
    QString committedDiffers(const Position &theirs) const;
    void truncateFrom(quint64 id);
    void dropEpochLines(quint64 fromId);
    void learnCommitted(quint64 id);
    void noteEpoch(quint64 id, const Epoch &epoch);
    void trim();
    void handleDurable(quint64 id);
    void answerWhenDurable(quint64 needed, Answer answer);
    void diverge(const QString &why, const Answer &reply);
    void answerDiverged(const Answer &reply);
    void become(Mode mode, const QString &reason);
    void setStalled(const std::optional<QString> &reason);
    void refuseOpen(const QByteArray &why);
    void refuseEarly(const QByteArray &why, const std::optional<Early> &early) const;
    ReplicateAnswer unjoined(ReplicateAnswer::Kind kind, const QByteArray &text = {}) const;
    ReplicateAnswer answer(ReplicateAnswer::Kind kind, const QByteArray &text = {}) const;

    LogStore &m_store;
    const Config m_config;
    Mode m_mode = Mode::Following;
    QString m_modeReason;
    std::optional<QString> m_stalled;
    bool m_shuttingDown = false;
    Epoch m_epoch; // highest seen
    QByteArray m_epochMaster;
    bool m_epochDurable = true;
    quint64 m_heldId = 0;               // end of what was handed to the store, durable or not
    std::optional<qint64> m_heldTimeMs; // time of that entry; none: what came after it was dropped
    quint64 m_committedHeard = 0;       // committed, and proven to be in this log; visible once durable
    quint64 m_firstHeard = 1; // the master's first_id; entries below it go once they are committed here
    quint64 m_baseId = 0;     // the last base taken; the log is seen from there on once it is durable
    EpochIndex m_epochs;
    Id128 m_logId;      // which log it is; null: not known yet
    Id128 m_mastersLog; // the log that the node's own master named last in this run; null: none yet
    std::optional<Early> m_early;
    std::optional<Early> m_untimed; // waits for m_heldTimeMs
    bool m_isReadingTime = false;
    VisibleLog m_visible;
    UnsyncedBytes m_unsynced;
    std::deque<Open> m_open;
    bool m_divergedDurable = false;
    std::vector<Answer> m_divergedOpen; // to be given once that is durable
    std::map<quint64, Ahead> m_ahead;
    qsizetype m_aheadBytes = 0;
};

} // namespace replog
