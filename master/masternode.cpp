// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masternode.h"

#include "shared/log/highestepoch.h"

#include <memory>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qsizetype ReadBytes = 4 * 1024 * 1024;
constexpr quint64 PromotionStride = 1000;
constexpr quint64 MaxEpoch = (quint64(1) << 53) - 1; // what JSON tells exactly
// So long a shutdown waits for the store to sync what clients wait for. The server leaves their connections
// open for a second longer.
constexpr qint64 ShutdownSyncMs = 4000;
constexpr char NewLogKey[] = "new-log";

// Whether this is the first start of a master that was made of a secondary's folder or of a backup.
bool isMade(const StoreState &state)
{
    return state.role == "secondary" || state.isFreshlyRestored;
}

// A restart raises the epoch by one. A promotion or restoration raises it by more, so that an old master that
// comes back is stale at once; that it stays so however often it is restarted, its members tell
// (LogSource::wasTakenOver()). The start is stored with the first entry of the epoch,
// before that is acked anywhere.
Epoch nextEpoch(const StoreState &state, RandomSource &random)
{
    quint64 seen = state.epoch;
    if (const auto highest = HighestEpoch::fromMeta(state.meta))
        seen = std::max(seen, highest->epoch.number);
    if (seen >= MaxEpoch)
        return {MaxEpoch + 1, random.start()}; // start() refuses it
    const quint64 number = isMade(state) ? (seen / PromotionStride + 1) * PromotionStride : seen + 1;
    return {number, random.start()};
}

// The id of the log that was found, or a new one.
Id128 logIdOf(const StoreState &state, RandomSource &random)
{
    const auto highest = HighestEpoch::fromMeta(state.meta);
    return highest ? highest->logId : random.id128();
}
} // namespace

MasterNode::MasterNode(const Config &config, LogStore &store, const StoreState &state,
                       Membership::TransportFactory transports, Scheduler &scheduler, RandomSource &random,
                       QObject *parent)
    : QObject(parent), m_config(config), m_store(store), m_found(state),
      m_scheduler(scheduler), m_log{store, state, nextEpoch(state, random), logIdOf(state, random),
                                    scheduler},
      m_waiters(scheduler), m_appender(config.append, m_log, store, m_concerns, m_waiters, scheduler),
      m_members(config.name, config.replication, m_log, store, transports, scheduler, random),
      m_admission(
          {config.name, config.nodeId, config.maxNodes, config.newLog || state.meta.contains(NewLogKey)},
          m_log, m_members, transports, scheduler),
      m_trimmer(config.retention, m_log, store, scheduler)
{
    connect(&m_store, &LogStore::failed, this, [this](const Error &error) {
        become(Mode::Failed, error.text);
        m_waiters.endBeyond(m_log.visible().durableId(), WaitEnd::StoreFailed);
    });
    connect(&m_store, &LogStore::stalled, this, [this](const Error &why) { setStalled(why.text); });
    connect(&m_store, &LogStore::resumed, this, [this] { setStalled({}); });
}

void MasterNode::start()
{
    const Epoch epoch = m_log.epoch();
    if (epoch.number > MaxEpoch) {
        emit failed({Errc::Corrupt, u"epoch %1 is beyond the highest there is: this data folder has seen one "
                                    "that no master raises"_s.arg(epoch.number)});
        return;
    }
    m_store.putMeta(HighestEpoch::MetaKey, HighestEpoch{m_log.logId(), epoch, m_config.name}.toMeta(), {});
    m_log.noteLeads(isMade(m_found) || m_found.epoch == 0);
    if (m_config.newLog)
        m_store.putMeta(NewLogKey, "1", {});
    if (isMade(m_found)) {
        // Who held what was committed here, only the master before this one knows.
        m_appender.takeOver(m_found.committedId);
        if (m_found.last.id > 0)
            m_members.noteAcked();
    }
    m_store.setEpoch(epoch.number, [this, alive = QPointer<MasterNode>(this)](const Result<void> &stored) {
        if (!alive)
            return;
        if (!stored) {
            emit failed(stored.error());
            return;
        }
        m_appender.start(m_found.meta);
        m_concerns.start(m_found.committedId);
        readUnfinished(m_found.committedId + 1);
    });
}

void MasterNode::readUnfinished(quint64 from)
{
    if (from > m_found.last.id) {
        begin();
        return;
    }
    auto entries = std::make_shared<std::vector<Unfinished>>();
    m_store.scan(
        from, m_found.last.id, ReadBytes,
        [entries](const EntryView &entry) {
            entries->push_back({entry.id, entry.w});
        },
        [this, alive = QPointer<MasterNode>(this), entries](const Result<quint64> &last) {
            if (!alive)
                return;
            if (!last || entries->empty()) {
                emit failed(last
                                ? Error{Errc::Corrupt, u"the log ends before entry %1"_s.arg(m_found.last.id)}
                                : last.error());
                return;
            }
            openConcerns(*entries);
            readUnfinished(*last + 1);
        });
}

void MasterNode::openConcerns(const std::vector<Unfinished> &entries)
{
    const qint64 now = m_scheduler.nowMs();
    for (const Unfinished &entry : entries) {
        if (m_appender.isReleased(entry.id))
            m_concerns.openReleased(entry.id);
        else
            m_concerns.open(entry.id, entry.id, entry.w, now);
    }
}

void MasterNode::begin()
{
    connect(&m_log.visible(), &VisibleLog::durableChanged, &m_concerns, &ConcernTracker::handleLocalDurable);
    connect(&m_log.visible(), &VisibleLog::durableChanged, this,
            [this](quint64 id) { m_waiters.handleDurable(id); });
    m_durableTimes.note(m_log.visible().durableId(), m_scheduler.nowMs());
    connect(&m_log.visible(), &VisibleLog::durableChanged, this,
            [this](quint64 id) { m_durableTimes.note(id, m_scheduler.nowMs()); });
    connect(&m_log, &MasterLog::sendable, &m_members, &Membership::handleAppended);
    connect(&m_members, &Membership::acked, &m_concerns, &ConcernTracker::handleAck);
    connect(&m_members, &Membership::acked, &m_appender, &Appender::handleAck);
    connect(&m_members, &Membership::dropped, &m_concerns, &ConcernTracker::removeNode);
    connect(&m_members, &Membership::dropped, &m_appender, &Appender::handleDropped);
    // The new committed id goes to the secondaries first, then the clients are answered.
    connect(&m_concerns, &ConcernTracker::committedAdvanced, this, [this](quint64 id) {
        m_log.setCommittedId(id);
        m_members.handleCommitted();
    });
    if (m_config.retention.isLimited()) {
        Retention *const retention = &m_trimmer.retention();
        connect(&m_concerns, &ConcernTracker::committedAdvanced, retention, &Retention::handleCommitted);
        connect(&m_members, &Membership::acked, retention, &Retention::handleAck);
        connect(&m_members, &Membership::dropped, retention, &Retention::removeNode);
    }
    connect(&m_concerns, &ConcernTracker::satisfied, this,
            [this](quint64 first, quint64 last) { m_waiters.satisfy(first, last); });
    connect(&m_members, &Membership::fencedBy, this, &MasterNode::fence);
    connect(&m_admission, &Admission::fencedBy, this, &MasterNode::fence);
    connect(&m_members, &Membership::healthChanged, this, &MasterNode::judgeQuorum);
    connect(&m_members, &Membership::memberAdded, this, &MasterNode::judgeQuorum);
    connect(&m_members, &Membership::dropped, this, &MasterNode::judgeQuorum);

    m_waiters.handleDurable(m_found.last.id);
    m_concerns.handleLocalDurable(m_found.last.id);
    const StoreState found = std::exchange(m_found, {});
    m_members.start(found.meta);
    m_trimmer.start(found); // once it is known what each member holds
    judgeQuorum();
    emit started();
}

QString MasterNode::retainedBy() const
{
    const auto &heldBack = m_trimmer.retention().heldBack();
    if (!heldBack)
        return {};
    if (!heldBack->node)
        return u"entry %1 is not committed"_s.arg(heldBack->id);
    const Membership::Member *const member = m_members.byId(*heldBack->node);
    return u"%1 lacks entry %2"_s.arg(member ? QString::fromUtf8(member->name) : u"a member"_s)
        .arg(heldBack->id);
}

void MasterNode::shutDown()
{
    m_shuttingDown = true;
    m_appender.refuse(Error{Errc::Unavailable, u"the master is shutting down"_s});
    m_waiters.shutDown();
    m_scheduler.schedule(ShutdownSyncMs, [this, alive = QPointer<MasterNode>(this)] {
        if (alive)
            m_waiters.endBeyond(m_log.visible().durableId(), WaitEnd::NotSynced);
    });
}

void MasterNode::become(Mode mode, const QString &reason)
{
    // Failed is final, and Fenced is left only for Failed.
    const bool isSame = m_mode == mode && (mode != Mode::ReadOnly || m_modeReason == reason);
    if (isSame || m_mode == Mode::Failed || (m_mode == Mode::Fenced && mode != Mode::Failed))
        return;
    m_mode = mode;
    m_modeReason = reason;
    if (mode == Mode::Fenced || mode == Mode::Failed)
        m_trimmer.stop();
    announceMode();
}

// The log goes on elsewhere, perhaps without what is not committed here: nobody is told OK any more, and
// members are told nothing. This is so also where the mode stays Failed.
void MasterNode::fence(const QString &why)
{
    m_concerns.stop();
    m_members.stop();
    become(Mode::Fenced, why);
    m_waiters.endBeyond(0, WaitEnd::Fenced);
}

// Entries that were handed to the store wait there meanwhile, and so do their clients.
void MasterNode::setStalled(const std::optional<QString> &reason)
{
    m_stalled = reason;
    announceMode();
}

void MasterNode::setLowOnSpace(const QString &reason)
{
    if (reason == m_lowOnSpace)
        return;
    m_lowOnSpace = reason;
    announceMode();
}

void MasterNode::announceMode()
{
    const QString reason = modeReason();
    switch (mode()) {
    case Mode::ReadWrite:
        if (!m_shuttingDown)
            m_appender.refuseNothing();
        break;
    case Mode::ReadOnly:
        m_appender.refuseNew(Error{m_mode == Mode::ReadOnly ? Errc::Unavailable : Errc::NoSpace,
                                   u"read-only: %1"_s.arg(reason)});
        break;
    case Mode::Fenced:
        m_appender.refuse(Error{Errc::Unavailable, u"fenced: %1"_s.arg(reason)});
        break;
    case Mode::Failed:
        m_appender.refuse(Error{Errc::Unavailable, u"the store failed: %1"_s.arg(reason)});
        break;
    default:
        Q_UNREACHABLE();
    }
    emit modeChanged(mode(), reason);
}

void MasterNode::judgeQuorum()
{
    if (!m_config.quorumAppend || m_shuttingDown)
        return;
    const int known = knownNodes();
    const int healthy = m_members.healthyCount() + 1;
    if (healthy >= known / 2 + 1)
        become(Mode::ReadWrite, {});
    else
        become(
            Mode::ReadOnly,
            u"%1 of %2 nodes are healthy, a majority is needed (--quorum-append)"_s.arg(healthy).arg(known));
}

} // namespace replog
