// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/replicalog.h"

#include "shared/log/highestepoch.h"

#include <QPointer>

#include <algorithm>
#include <numeric>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

using Kind = ReplicateAnswer::Kind;

namespace {
constexpr char DivergedKey[] = "diverged";
// No master raises its epoch that far at once. One that does is broken or malicious.
constexpr quint64 MaxEpochStep = 1000 * 1000;
constexpr char LogNotNamed[] = "this node holds nothing, and its master has not named its log yet";
constexpr char TimeNotRead[] = "the entry before those that were dropped is still to be read";
constexpr char DiskBehind[] = "too much of what was delivered waits for the disk";
// How two masters can come to the same epoch number, for the operator.
constexpr char SameEpochCauses[] =
    "a master runs on a copy of an older folder, or two secondaries were promoted apart";
constexpr char ShuttingDown[] = "the secondary is shutting down";

QByteArray number(quint64 value)
{
    return QByteArray::number(value);
}

qsizetype costOf(Entries::const_iterator from, Entries::const_iterator to)
{
    return std::accumulate(from, to, qsizetype(0),
                           [](qsizetype bytes, const Entry &entry) { return bytes + entry.cost(); });
}
} // namespace

ReplicaLog::ReplicaLog(LogStore &store, const StoreState &state, const Config &config, QObject *parent)
    : QObject(parent), m_store(store), m_config(config), m_epoch(state.epoch), m_heldId(state.last.id),
      m_heldTimeMs(state.lastTimeMs), m_committedHeard(state.committedId),
      m_epochs(EpochIndex::fromMeta(state.meta))
{
    m_visible.setFirstId(state.firstId);
    m_visible.setDurableId(state.last.id);
    m_visible.setCommittedId(state.committedId);
    if (auto highest = HighestEpoch::fromMeta(state.meta)) {
        m_logId = highest->logId;
        m_epoch = highest->epoch;
        m_epochMaster = std::move(highest->master);
    }
    if (const auto it = state.meta.constFind(DivergedKey); it != state.meta.cend()) {
        m_mode = Mode::Diverged;
        m_modeReason = QString::fromUtf8(*it);
        m_divergedDurable = true;
    }
    // A crash may have left the lines of entries that were dropped, or not stored yet.
    dropEpochLines(m_heldId + 1);
    connect(&m_store, &LogStore::durable, this, &ReplicaLog::handleDurable);
    connect(&m_store, &LogStore::failed, this, [this](const Error &error) {
        become(Mode::Failed, error.text);
        refuseOpen("the store failed: " + error.text.toUtf8());
    });
    connect(&m_store, &LogStore::stalled, this, [this](const Error &why) {
        setStalled(why.text);
        refuseOpen("the store failed: " + why.text.toUtf8());
    });
    connect(&m_store, &LogStore::resumed, this, [this] { setStalled({}); });
}

void ReplicaLog::handleReplicate(ReplicateRequest request, Answer reply)
{
    if (const auto refusal = refuse(request)) {
        reply(*refusal);
        return;
    }
    if (const auto refusal = refuseBase(request)) {
        reply(*refusal);
        return;
    }
    if (m_heldId == 0 && request.logId != m_mastersLog) {
        takeUnnamed(std::move(request), std::move(reply));
        return;
    }
    adopt(request);
    emit heardFromMaster(request.master);
    if (m_mode == Mode::Diverged) {
        answerDiverged(reply);
        return;
    }
    if (request.prev.id > m_heldId) {
        takeAhead(std::move(request), std::move(reply));
        return;
    }
    if (!matchPrev(request, reply))
        return;
    // Logs that agree at an entry agree before it: up to there the master's first_id is believed.
    const quint64 proven = std::min(request.firstId, request.prev.id + request.entries.size() + 1);
    takeNext(std::move(request), std::move(reply));
    if (m_mode == Mode::Following) {
        m_firstHeard = std::max(m_firstHeard, proven);
        trim();
    }
}

void ReplicaLog::handleRegistered(const Id128 &mastersLog)
{
    m_mastersLog = mastersLog;
    if (auto early = std::exchange(m_early, {}))
        handleReplicate(
            std::move(early->request),
            early->answer ? std::move(early->answer) : [](const ReplicateAnswer &) {});
}

// Takes a delivery of a log that the node's own master has not named, while nothing is held.
void ReplicaLog::takeUnnamed(ReplicateRequest request, Answer reply)
{
    if (!m_mastersLog.isNull()) {
        reply(unjoined(Kind::Mismatch, "the master of this node has log " + m_mastersLog.toHex() + ", not " +
                                           request.logId.toHex()));
    } else if (!request.entries.empty() || request.base) {
        keepEarly(std::move(request), std::move(reply));
    } else {
        reply(unjoined(Kind::Accepted));
        if (!m_early)
            m_early = Early{std::move(request), {}};
    }
}

// Keeps one at a time: a master that sends a second one has given up the first, or it is another master.
void ReplicaLog::keepEarly(ReplicateRequest request, Answer reply)
{
    if (costOf(request.entries.begin(), request.entries.end()) > m_config.aheadBytes)
        reply(unjoined(Kind::Unavailable, LogNotNamed));
    else
        refuseEarly(LogNotNamed, std::exchange(m_early, Early{std::move(request), std::move(reply)}));
}

void ReplicaLog::refuseEarly(const QByteArray &why, const std::optional<Early> &early) const
{
    if (early && early->answer)
        early->answer(unjoined(Kind::Unavailable, why));
}

// Why a delivery is refused, if it is; then it changes nothing here.
std::optional<ReplicateAnswer> ReplicaLog::refuse(const ReplicateRequest &request) const
{
    const bool mayJoin = m_heldId == 0 && request.logId != m_logId;
    const auto refusal = [this, mayJoin](Kind kind, const QByteArray &text) {
        return mayJoin ? unjoined(kind, text) : answer(kind, text);
    };
    if (mode() == Mode::Failed)
        return refusal(Kind::Unavailable, "the store failed: " + modeReason().toUtf8());
    if (m_shuttingDown)
        return refusal(Kind::Unavailable, ShuttingDown);
    if (request.to != m_config.nodeId)
        return refusal(Kind::Misdirected,
                       "this is node " + m_config.nodeId.toHex() + ", not " + request.to.toHex());
    if (mayJoin)
        return std::nullopt;
    // Ids and epochs of another log (an emptied master's new one, another cluster's) mean nothing for this
    // one.
    if (request.logId != m_logId)
        return refusal(Kind::Mismatch,
                       "this node holds log " + m_logId.toHex() + ", not " + request.logId.toHex());
    return refuseRival(request);
}

// Of two masters of one log the one with the higher epoch counts. If masters that do not know of each other
// raised their epochs to the same number, the one that came first counts.
std::optional<ReplicateAnswer> ReplicaLog::refuseRival(const ReplicateRequest &request) const
{
    const quint64 theirs = request.epoch.number;
    if (theirs < m_epoch.number) {
        QByteArray seen = "epoch " + number(m_epoch.number);
        if (!m_epochMaster.isEmpty())
            seen += " of the master " + m_epochMaster;
        return answer(Kind::StaleEpoch, seen + " has been seen, this is " + number(theirs));
    }
    if (theirs == m_epoch.number && !request.epoch.matches(m_epoch))
        return answer(Kind::StaleEpoch, "epoch " + number(theirs) +
                                            " is that of another start, of the master " + m_epochMaster +
                                            ": " + SameEpochCauses);
    if (theirs - m_epoch.number > MaxEpochStep) {
        ReplicateAnswer refusal = answer(Kind::Rejected, "epoch: " + number(theirs) + " is too far above " +
                                                             number(m_epoch.number) + ", the highest seen");
        refusal.field = u"epoch"_s;
        return refusal;
    }
    return std::nullopt;
}

// A base stands for entries that this node never sees: its fields must fit the delivery and this log.
std::optional<ReplicateAnswer> ReplicaLog::refuseBase(const ReplicateRequest &request) const
{
    if (!request.base)
        return std::nullopt;
    const Position &at = request.base->at;
    QByteArray why;
    if (at.id > request.committedId)
        why =
            "is beyond committed_id " + number(request.committedId) + ": only what is committed is given up";
    else if (at.epoch.number > request.epoch.number ||
             (at.epoch.number == request.epoch.number && !at.epoch.matches(request.epoch)))
        why = "is of an epoch that does not come before that of the delivery";
    else if (request.logId == m_logId && at.id > m_heldId &&
             at.epoch.number < m_epochs.epochAt(m_heldId).number)
        why = "is of epoch " + number(at.epoch.number) + ", entries of a later one are held before it";
    if (why.isEmpty())
        return std::nullopt;
    ReplicateAnswer refusal = answer(Kind::Rejected, "base: " + why);
    refusal.field = u"base"_s;
    return refusal;
}

void ReplicaLog::adopt(const ReplicateRequest &request)
{
    const bool isOtherLog = request.logId != m_logId;
    m_logId = request.logId;
    if (isOtherLog || request.epoch.number > m_epoch.number) {
        follow(request.epoch, request.master);
        raiseEpoch();
    } else if (m_epoch.start == 0 && request.epoch.start != 0) {
        follow(request.epoch, request.master);
    }
}

// Whether this node holds the entry before those of the request; if not, answers so.
bool ReplicaLog::matchPrev(const ReplicateRequest &request, const Answer &reply)
{
    const Position &prev = request.prev;
    // Entries that were given up cannot be compared: the master is told where this log ends, and goes on
    // there.
    const quint64 first = std::max(m_visible.firstId(), m_baseId + 1);
    if (prev.id + 1 < first && !request.base && (prev.id > 0 || !request.entries.empty())) {
        reply(answer(Kind::Mismatch, "entries before " + number(first) + " are not kept here"));
        return false;
    }
    const Epoch held = m_epochs.epochAt(prev.id);
    if (held.matches(prev.epoch))
        return true;
    if (prev.id <= m_visible.committedId())
        diverge(committedDiffers(prev), reply);
    else
        reply(answer(Kind::Mismatch, "entry " + number(prev.id) + " is held with epoch " +
                                         number(held.number) +
                                         (held.number == prev.epoch.number ? " of another start" : "")));
    return false;
}

void ReplicaLog::takeEntries(ReplicateRequest request, Answer reply)
{
    const quint64 end = request.prev.id + request.entries.size();
    // Entries already held with the same epoch are the same entries. The first that differs, and all after
    // it, were never committed.
    const auto fresh =
        std::find_if(request.entries.begin(), request.entries.end(), [this, &request](const Entry &entry) {
            return entry.id > m_heldId ||
                   !m_epochs.epochAt(entry.id).matches(epochOf(request.epochs, entry.epoch));
        });
    if (fresh != request.entries.end()) {
        // A master that waits for its answers never comes here.
        if (m_unsynced.bytes() > 0 &&
            m_unsynced.bytes() + costOf(fresh, request.entries.end()) > m_config.unsyncedBytes) {
            reply(answer(Kind::Unavailable, DiskBehind));
            return;
        }
        if (fresh->id <= m_heldId) {
            if (fresh->id <= m_committedHeard) {
                diverge(committedDiffers({fresh->id, epochOf(request.epochs, fresh->epoch)}), reply);
                return;
            }
            truncateFrom(fresh->id);
        }
        if (!m_heldTimeMs) {
            takeUntimed(std::move(request), std::move(reply));
            return;
        }
        if (fresh->timeMs < *m_heldTimeMs) {
            reply(timeGoesBack("entries", "the time of entry " + number(fresh->id), fresh->timeMs));
            return;
        }
        request.entries.erase(request.entries.begin(), fresh);
        store(std::move(request.entries), request.epochs);
        closeGap();
    }
    learnCommitted(std::min(request.committedId, end));
    answerWhenDurable(end, std::move(reply));
}

// Keeps one at a time, as keepEarly() does.
void ReplicaLog::takeUntimed(ReplicateRequest request, Answer reply)
{
    refuseUntimed(TimeNotRead);
    m_untimed = Early{std::move(request), std::move(reply)};
    learnHeldTime();
}

// Reads the time of the last entry held, once that is durable, and then takes what waits for it.
void ReplicaLog::learnHeldTime()
{
    if (!m_untimed || m_isReadingTime)
        return;
    if (m_heldTimeMs) {
        auto untimed = std::exchange(m_untimed, {});
        handleReplicate(std::move(untimed->request), std::move(untimed->answer));
        return;
    }
    if (m_visible.durableId() < m_heldId)
        return;
    m_isReadingTime = true;
    if (m_heldId < m_visible.firstId())
        m_store.readBase([this, alive = QPointer<ReplicaLog>(this),
                          id = m_heldId](const Result<LogBase> &base) {
            if (alive)
                handleHeldTime(id, base && base->at.id == id ? std::optional(base->timeMs) : std::nullopt);
        });
    else
        m_store.read(m_heldId, m_heldId, 1,
                     [this, alive = QPointer<ReplicaLog>(this), id = m_heldId](const Result<Entries> &read) {
                         if (alive)
                             handleHeldTime(id, read && !read->empty() ? std::optional(read->front().timeMs)
                                                                       : std::nullopt);
                     });
}

void ReplicaLog::handleHeldTime(quint64 id, std::optional<qint64> timeMs)
{
    m_isReadingTime = false;
    if (!m_heldTimeMs && m_heldId == id) { // else the log ends elsewhere by now
        if (timeMs)
            m_heldTimeMs = timeMs;
        else
            refuseUntimed(TimeNotRead);
    }
    learnHeldTime();
}

void ReplicaLog::refuseUntimed(const QByteArray &why)
{
    if (const auto untimed = std::exchange(m_untimed, {}))
        untimed->answer(answer(Kind::Unavailable, why));
}

void ReplicaLog::takeNext(ReplicateRequest request, Answer reply)
{
    if (request.base && request.entries.empty() && request.base->at.id > m_heldId)
        takeBase(std::move(request), std::move(reply));
    else
        takeEntries(std::move(request), std::move(reply));
}

// The master knows where this log ends: on an entry of its own log that it has given up. The log goes on
// after the base.
void ReplicaLog::takeBase(ReplicateRequest request, Answer reply)
{
    if (request.prev.id != m_heldId) {
        // This log has grown since the master asked where it ends.
        answerWhenDurable(m_heldId, std::move(reply));
        return;
    }
    if (!m_heldTimeMs) {
        takeUntimed(std::move(request), std::move(reply));
        return;
    }
    const LogBase &base = *request.base;
    if (base.timeMs < *m_heldTimeMs) {
        reply(timeGoesBack("base", "its time", base.timeMs));
        return;
    }
    // Store the epoch's line before the base: without it the base would get an earlier epoch. Ids in between
    // get no epoch, unless only one is possible.
    if (base.at.id > m_heldId + 1 && m_heldId > 0 && !m_epochs.epochAt(m_heldId).matches(base.at.epoch))
        noteEpoch(m_heldId + 1, {});
    noteEpoch(base.at.id, base.at.epoch);
    m_heldId = m_committedHeard = m_baseId = base.at.id;
    m_heldTimeMs = base.timeMs;
    m_store.beginAt(base, {});
    emit begunAt(m_baseId);
    closeGap();
    answerWhenDurable(m_baseId, std::move(reply));
}

ReplicateAnswer ReplicaLog::timeGoesBack(const char *field, const QByteArray &what, qint64 timeMs) const
{
    ReplicateAnswer refusal = answer(
        Kind::Rejected, field + (": " + what) + ", " + QByteArray::number(timeMs) +
                            ", is before that of the entry before, " + QByteArray::number(*m_heldTimeMs));
    refusal.field = QString::fromLatin1(field);
    return refusal;
}

// Entries after a gap: kept aside, neither visible nor acked.
void ReplicaLog::takeAhead(ReplicateRequest request, Answer reply)
{
    keepAhead(std::move(request.entries), request.epochs);
    reply(answer(Kind::Accepted));
}

Registration ReplicaLog::registration(const QUrl &url) const
{
    Registration registration{standing(), url};
    if (m_heldId == 0)
        registration.node.logId = {}; // without entries any log may be joined
    return registration;
}

ReplicateAnswer ReplicaLog::rejection(const Error &error) const
{
    ReplicateAnswer refusal =
        answer(error.field == "wire"_L1 ? Kind::RefusedWire : Kind::Rejected, error.text.toUtf8());
    refusal.field = error.field;
    if (m_heldId == 0)
        refusal.node.logId = {}; // nobody knows which log the request was of
    return refusal;
}

void ReplicaLog::shutDown()
{
    m_shuttingDown = true;
    refuseOpen(ShuttingDown);
}

// Persists the new epoch and its master before anything from it is acknowledged.
void ReplicaLog::follow(const Epoch &epoch, const QByteArray &master)
{
    m_epoch = epoch;
    m_epochMaster = master;
    m_epochDurable = false;
    m_store.putMeta(HighestEpoch::MetaKey, HighestEpoch{m_logId, epoch, master}.toMeta(), {});
    m_store.setEpoch(epoch.number,
                     [this, alive = QPointer<ReplicaLog>(this), epoch](const Result<void> &stored) {
                         if (!alive || !stored || epoch != m_epoch)
                             return;
                         m_epochDurable = true;
                         handleDurable(m_visible.durableId());
                     });
}

void ReplicaLog::raiseEpoch()
{
    // A master that has been superseded gets no more acks.
    for (Open &open : std::exchange(m_open, {}))
        open.answer(
            answer(ReplicateAnswer::Kind::StaleEpoch, "epoch " + number(m_epoch.number) + " has begun"));
    // Entries that an older master sent after a gap may not be in the new master's log.
    m_ahead.clear();
    m_aheadBytes = 0;
    m_firstHeard = 1;
    emit epochRaised(m_epoch.number);
}

void ReplicaLog::store(Entries entries, const Epochs &epochs)
{
    quint64 current = 0;
    for (const Entry &entry : entries) {
        if (entry.epoch == current)
            continue;
        current = entry.epoch;
        noteEpoch(entry.id, epochOf(epochs, current));
    }
    m_heldId = entries.back().id;
    m_heldTimeMs = entries.back().timeMs;
    m_unsynced.add(m_heldId, costOf(entries.begin(), entries.end()));
    m_store.append(std::move(entries));
}

// Notes the epoch of an entry at the end of the log.
void ReplicaLog::noteEpoch(quint64 id, const Epoch &epoch)
{
    if (m_epochs.append(id, epoch))
        m_store.putMeta(EpochIndex::metaKey(id), EpochIndex::metaValue(epoch), {});
}

void ReplicaLog::closeGap()
{
    Entries entries;
    Epochs epochs;
    quint64 next = m_heldId + 1;
    for (auto it = m_ahead.begin(); it != m_ahead.end() && it->first <= next; it = m_ahead.erase(it)) {
        m_aheadBytes -= it->second.entry.cost();
        if (it->first < next)
            continue;
        // It is dropped: the master sends it again when nothing is between, and is told what is wrong.
        if (it->second.entry.timeMs < (entries.empty() ? *m_heldTimeMs : entries.back().timeMs))
            continue;
        const Epoch before = epochs.isEmpty() ? m_epochs.epochAt(m_heldId) : epochs.back();
        if (it->second.epoch.number < before.number ||
            (it->second.epoch.number == before.number && !it->second.epoch.matches(before)))
            continue;
        if (epochs.isEmpty() || epochs.back().number != it->second.epoch.number)
            epochs.append(it->second.epoch);
        entries.push_back(std::move(it->second.entry));
        ++next;
    }
    if (!entries.empty())
        store(std::move(entries), epochs);
}

void ReplicaLog::keepAhead(Entries entries, const Epochs &epochs)
{
    for (Entry &entry : entries) {
        if (m_aheadBytes + entry.cost() > m_config.aheadBytes)
            return;
        const quint64 id = entry.id;
        if (m_ahead.contains(id))
            continue;
        m_aheadBytes += entry.cost();
        const Epoch epoch = epochOf(epochs, entry.epoch);
        m_ahead.emplace(id, Ahead{std::move(entry), epoch});
    }
}

void ReplicaLog::truncateFrom(quint64 id)
{
    m_heldId = id - 1;
    m_heldTimeMs = m_heldId == 0 ? std::optional<qint64>(0) : std::nullopt;
    m_store.truncateFrom(
        id, [this, alive = QPointer<ReplicaLog>(this), dropped = m_unsynced.drop(id)](const Result<void> &) {
            if (alive)
                m_unsynced.noteDropped(dropped);
        });
    // Remove the lines after the entries: after a crash in between, entries without their line would seem to
    // be of the epoch before.
    dropEpochLines(id);
    m_visible.setDurableId(std::min(m_visible.durableId(), m_heldId));
    // Earlier deliveries that wait for dropped entries to become durable were of an older epoch.
    std::deque<Open> dropped;
    for (auto it = m_open.begin(); it != m_open.end();) {
        if (it->needed >= id) {
            dropped.push_back(std::move(*it));
            it = m_open.erase(it);
        } else {
            ++it;
        }
    }
    for (Open &open : dropped)
        open.answer(answer(ReplicateAnswer::Kind::StaleEpoch, "a newer master replaced these entries"));
    emit truncated(id);
}

void ReplicaLog::dropEpochLines(quint64 fromId)
{
    for (const quint64 first : m_epochs.truncateFrom(fromId))
        m_store.removeMeta(EpochIndex::metaKey(first), {});
}

void ReplicaLog::learnCommitted(quint64 id)
{
    m_committedHeard = std::max(m_committedHeard, std::min(id, m_heldId));
    const quint64 committed = std::min(m_committedHeard, m_visible.durableId());
    if (committed <= m_visible.committedId())
        return;
    m_store.setCommittedId(committed);
    m_visible.setCommittedId(committed);
}

void ReplicaLog::trim()
{
    if (m_mode != Mode::Following || m_firstHeard <= m_visible.firstId() ||
        m_firstHeard > m_visible.committedId())
        return;
    m_visible.setFirstId(m_firstHeard);
    m_store.trimTo(m_firstHeard, {});
}

void ReplicaLog::handleDurable(quint64 id)
{
    if (id >= m_baseId)
        m_visible.setFirstId(m_baseId + 1);
    m_visible.setDurableId(id);
    m_unsynced.noteDurable(id);
    learnCommitted(m_committedHeard);
    trim();
    while (!m_open.empty() && m_epochDurable && m_open.front().needed <= m_visible.durableId()) {
        const Open open = std::move(m_open.front());
        m_open.pop_front();
        open.answer(answer(ReplicateAnswer::Kind::Accepted));
    }
    learnHeldTime();
}

void ReplicaLog::answerWhenDurable(quint64 needed, Answer reply)
{
    if (m_epochDurable && needed <= m_visible.durableId()) {
        reply(answer(ReplicateAnswer::Kind::Accepted));
        return;
    }
    const auto behind =
        std::upper_bound(m_open.begin(), m_open.end(), needed,
                         [](quint64 wanted, const Open &open) { return wanted < open.needed; });
    m_open.insert(behind, {needed, std::move(reply)});
}

// Says how the master's entry at a committed place differs.
QString ReplicaLog::committedDiffers(const Position &theirs) const
{
    const Epoch held = m_epochs.epochAt(theirs.id);
    QString why =
        u"entry %1 is committed here with epoch %2, the master has it with epoch %3"_s.arg(theirs.id)
            .arg(held.number)
            .arg(theirs.epoch.number);
    if (held.number == theirs.epoch.number)
        why += u" of another start: "_s + QLatin1StringView(SameEpochCauses);
    return why;
}

// The answer makes the master treat this node as diverged: so that is stored before it is told.
void ReplicaLog::diverge(const QString &why, const Answer &reply)
{
    m_store.putMeta(DivergedKey, why.toUtf8(),
                    [this, alive = QPointer<ReplicaLog>(this)](const Result<void> &stored) {
                        if (!alive || !stored)
                            return;
                        m_divergedDurable = true;
                        for (const Answer &open : std::exchange(m_divergedOpen, {}))
                            answerDiverged(open);
                    });
    become(Mode::Diverged, why);
    answerDiverged(reply);
}

void ReplicaLog::answerDiverged(const Answer &reply)
{
    if (m_divergedDurable)
        reply(answer(Kind::Diverged, m_modeReason.toUtf8()));
    else
        m_divergedOpen.push_back(reply);
}

void ReplicaLog::become(Mode mode, const QString &reason)
{
    if (m_mode == mode || m_mode == Mode::Failed)
        return;
    m_mode = mode;
    m_modeReason = reason;
    emit modeChanged(this->mode(), modeReason());
}

void ReplicaLog::setStalled(const std::optional<QString> &reason)
{
    m_stalled = reason;
    emit modeChanged(mode(), modeReason());
}

// The entries of these deliveries are with the store; the master learns of them from later answers.
void ReplicaLog::refuseOpen(const QByteArray &why)
{
    for (Open &open : std::exchange(m_open, {}))
        open.answer(answer(Kind::Unavailable, why));
    for (const Answer &open : std::exchange(m_divergedOpen, {}))
        open(answer(Kind::Unavailable, why));
    refuseEarly(why, std::exchange(m_early, {}));
    refuseUntimed(why);
}

// The answer to a delivery whose log this node has not joined: it holds nothing of that log.
ReplicateAnswer ReplicaLog::unjoined(ReplicateAnswer::Kind kind, const QByteArray &text) const
{
    ReplicateAnswer given = answer(kind, text);
    given.node.logId = {};
    return given;
}

ReplicateAnswer ReplicaLog::answer(ReplicateAnswer::Kind kind, const QByteArray &text) const
{
    return {kind, standing(), text, {}};
}

NodeStanding ReplicaLog::standing() const
{
    return {m_config.nodeId, m_config.name, m_config.instance,      m_logId, WireVersion,
            m_epoch,         last(),        m_visible.committedId()};
}

} // namespace replog
