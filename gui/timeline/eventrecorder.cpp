// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/timeline/eventrecorder.h"

#include "gui/cluster/clustertext.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// A wait that ends sooner makes no events: under load there are many.
constexpr int longWaitMs = 300;

} // namespace

EventRecorder::EventRecorder(ClusterSession &session, EventModel &events, QObject *parent)
    : QObject(parent), m_session(session), m_events(events), m_replaced(session.model())
{
    ClusterModel *const model = &session.model();
    connect(&session, &ClusterSession::opened, this, &EventRecorder::handleOpened);
    connect(&session, &ClusterSession::appendFinished, this,
            [this](quint64, const ClientAppendResult &result) { handleAppendFinished(result); });
    connect(&session, &ClusterSession::appendInterrupted, this, [this](quint64, const QString &reason) {
        add(EventKind::Wait, {}, tr("an append lost its connection and is asked for again: %1").arg(reason));
    });
    connect(model, &ClusterModel::nodeRegistered, this, [this](const QString &node) {
        add(EventKind::Registered, node, tr("is a member of the cluster"));
    });
    connect(&m_replaced, &ReplacedNodes::replaced, this, [this](const QString &node) {
        m_heard.remove(node); // what the new one holds is told anew
        m_foundHeld.remove(node);
        add(EventKind::Registered, node, tr("another node has this name now; the one before it is gone"));
    });
    connect(model, &ClusterModel::nodeChanged, this, [this](const QString &name) {
        if (const NodeInfo *node = m_session.model().node(name))
            handleChanged(*node);
    });
    m_openedSoon.setSingleShot(true);
    connect(&m_openedSoon, &QTimer::timeout, this, [this] { m_opening = false; });
    connect(model, &ClusterModel::nodeRenamed, this, [this](const QString &from, const QString &to) {
        if (m_heard.remove(from))
            m_heard.insert(to);
        if (m_processes.contains(from))
            m_processes.insert(to, m_processes.take(from));
    });
    connect(model, &ClusterModel::nodeRemoved, this, [this](const QString &node) {
        m_heard.remove(node);
        m_processes.remove(node);
    });
    connect(model, &ClusterModel::nodeForgotten, this, [this](const QString &node) {
        add(EventKind::Registered, node, tr("is no longer a member of the cluster"));
    });
    connect(model, &ClusterModel::messagesAppended, this,
            [this](quint64, quint64 last) { tellAppended(last); });
    connect(model, &ClusterModel::nodeHeldChanged, this, &EventRecorder::handleHeld);
    m_committedSoon.setSingleShot(true);
    connect(&m_committedSoon, &QTimer::timeout, this, &EventRecorder::tellCommitted);
    connect(model, &ClusterModel::committedChanged, this, [this] { m_committedSoon.start(0); });
    connect(model, &ClusterModel::nodeCommittedChanged, this, [this] { m_committedSoon.start(0); });
    connect(model, &ClusterModel::nodeRetried, this, &EventRecorder::handleRetried);
    connect(model, &ClusterModel::nodeStateChanged, this,
            [this](const QString &node, NodeState from, NodeState to) {
                add(EventKind::State, node,
                    tr("%1 → %2").arg(ClusterText::state(from), ClusterText::state(to)));
            });
    connect(model, &ClusterModel::connectionLost, this, [this](const QString &node, const QString &error) {
        add(EventKind::Contact, node,
            error.isEmpty() ? tr("the connection is lost") : tr("the connection is lost: %1").arg(error));
    });
    connect(model, &ClusterModel::connectionRestored, this,
            [this](const QString &node) { add(EventKind::Contact, node, tr("connected")); });
    connect(model, &ClusterModel::epochChanged, this, [this](quint64 epoch) {
        if (epoch > 0)
            add(EventKind::Epoch, {}, tr("epoch %1 has begun").arg(epoch));
    });
    connect(model, &ClusterModel::logReplaced, this, [this] {
        m_forgets = true;
        add(EventKind::Problem, {}, tr("the master has begun another log; what was known is forgotten"));
    });
    connect(model, &ClusterModel::logReset, this, [this](quint64 lastId) {
        m_appended = lastId;
        m_committed = std::min(m_committed, lastId);
        if (!std::exchange(m_forgets, false))
            add(EventKind::Problem, {}, tr("the master's log has been cut back to %1").arg(lastId));
    });
    connect(model, &ClusterModel::waitOpened, this,
            [this](quint64 id) { QTimer::singleShot(longWaitMs, this, [this, id] { handleLongWait(id); }); });
    connect(model, &ClusterModel::waitClosed, this, [this](const WaitInfo &wait) {
        if (m_longWaits.remove(wait.id))
            add(EventKind::Wait, {}, tr("message %1 waits no longer").arg(wait.id));
    });
}

void EventRecorder::add(EventKind kind, const QString &node, const QString &text)
{
    m_events.add({kind, QDateTime::currentDateTime(), node, text});
}

void EventRecorder::handleOpened()
{
    m_events.clear();
    m_longWaits.clear();
    m_heard.clear();
    m_foundHeld.clear();
    m_appended = 0;
    m_committed = 0;
    m_opening = true;
    m_openedSoon.stop();
    m_processes.clear();
    for (const NodeInfo &node : m_session.model().nodes())
        m_processes.insert(node.name, node.process);
    add(EventKind::Cluster, {}, tr("“%1” is open").arg(m_session.title()));
    NodeControl *const control = m_session.control();
    if (!control)
        return;
    connect(control, &NodeControl::performed, this, &EventRecorder::handleAction);
    connect(control, &NodeControl::failed, this,
            [this](const QString &node, const QString &text) { add(EventKind::Problem, node, text); });
}

void EventRecorder::handleChanged(const NodeInfo &node)
{
    // Stands above the change of state that follows from it.
    if (m_processes.value(node.name) != node.process) {
        m_processes[node.name] = node.process;
        handleProcess(node.name, node.process);
    }
    if (node.known || node.uptimeMs >= 0) {
        if (!m_heard.contains(node.name))
            handleFirstWord(node);
        if (m_opening && node.role == NodeRole::Master && !m_openedSoon.isActive())
            m_openedSoon.start(0);
    }
}

void EventRecorder::handleFirstWord(const NodeInfo &node)
{
    m_heard.insert(node.name);
    m_committed = std::max(m_committed, node.committedId);
    if (node.heldId() == 0)
        return;
    m_foundHeld.insert(node.name);
    if (node.heldId() <= m_appended)
        return;
    m_appended = node.heldId();
    add(EventKind::Cluster, {}, tr("the log reaches up to message %1").arg(m_appended));
}

// The first node that reports a message makes its append event, so that the append stands before the acks
// that followed from it, whichever node is heard first.
void EventRecorder::tellAppended(quint64 upTo)
{
    if (upTo <= m_appended)
        return;
    const quint64 first = std::exchange(m_appended, upTo) + 1;
    m_events.addOrContinue(
        {EventKind::Appended, QDateTime::currentDateTime(), {}, {}, first}, [upTo](quint64 from) {
            return from == upTo ? tr("message %1").arg(upTo) : tr("messages %1 to %2").arg(from).arg(upTo);
        });
}

void EventRecorder::handleHeld(const QString &node, quint64 from, quint64 to)
{
    if (to < from) {
        const NodeInfo *info = m_session.model().node(node);
        if (info && info->told) // else it was only forgotten what another node or log held
            add(EventKind::Problem, node, tr("its log has been cut back from %1 to %2").arg(from).arg(to));
        return;
    }
    if (m_foundHeld.remove(node)) {
        // It may have held that for long, but others may be waiting for what it holds.
        if (!m_opening)
            add(EventKind::Acked, node, tr("holds everything up to message %1").arg(to));
        return;
    }
    tellAppended(to);
    m_events.addOrContinue({EventKind::Acked, QDateTime::currentDateTime(), node, {}, from + 1},
                           [to](quint64 first) {
                               return first == to ? tr("holds message %1").arg(to)
                                                  : tr("holds messages %1 to %2").arg(first).arg(to);
                           });
}

// A secondary may be heard before the master that counted the acks: the master's status has both.
void EventRecorder::tellCommitted()
{
    const ClusterModel &model = m_session.model();
    const NodeInfo *master = model.master();
    const quint64 upTo = master && master->isHeard() ? master->committedId : model.committedId();
    if (upTo <= m_committed)
        return;
    m_committed = upTo;
    tellAppended(upTo);
    m_events.addOrContinue({EventKind::Committed, QDateTime::currentDateTime(), {}, {}, upTo},
                           [upTo](quint64) { return tr("everything up to message %1").arg(upTo); });
}

void EventRecorder::handleLongWait(quint64 id)
{
    if (const WaitInfo *wait = m_session.model().wait(id)) {
        m_longWaits.insert(id);
        add(EventKind::Wait, {},
            tr("message %1 waits: %2 of %3 nodes hold it").arg(id).arg(wait->acks).arg(wait->w));
    }
}

void EventRecorder::handleRetried(const QString &node, quint64 retries, const QString &error)
{
    m_events.addOrContinue(
        {EventKind::Retry, QDateTime::currentDateTime(), node, {}, retries}, [&](quint64 first) {
            const QString number = first == retries ? tr("retry %1").arg(retries)
                                                    : tr("retries %1 to %2").arg(first).arg(retries);
            return error.isEmpty() ? number : u"%1: %2"_s.arg(number, error);
        });
}

void EventRecorder::handleAppendFinished(const ClientAppendResult &result)
{
    const QString id = result.id > 0 ? QString::number(result.id) : u"?"_s;
    switch (result.state) {
    case ClientAppendResult::State::Ok:
        return; // the append event comes from the log
    case ClientAppendResult::State::TimedOut:
        add(EventKind::Problem, {}, tr("the client of message %1 gave up waiting").arg(id));
        break;
    case ClientAppendResult::State::Refused:
        add(EventKind::Problem, {}, tr("an append failed: %1").arg(result.error));
        break;
    case ClientAppendResult::State::Unknown:
        add(EventKind::Problem, {}, tr("whether an append is in the log is not known: %1").arg(result.error));
        break;
    case ClientAppendResult::State::GivenUp:
        add(EventKind::Wait, {},
            result.error.isEmpty() ? tr("an append was cancelled here; its message may be in the log")
                                   : tr("the wait for message %1 was given up: %2").arg(id, result.error));
        break;
    }
}

void EventRecorder::handleAction(const QString &node, NodeControl::Action action)
{
    switch (action) {
    case NodeControl::Action::Start:
        add(EventKind::Action, node, tr("start"));
        break;
    case NodeControl::Action::Stop:
        add(EventKind::Action, node, tr("stop (TERM)"));
        break;
    case NodeControl::Action::Kill:
        add(EventKind::Action, node, tr("kill (-9)"));
        break;
    case NodeControl::Action::Freeze:
        add(EventKind::Action, node, tr("freeze"));
        break;
    case NodeControl::Action::Thaw:
        add(EventKind::Action, node, tr("thaw"));
        break;
    }
}

void EventRecorder::handleProcess(const QString &node, ProcessState state)
{
    switch (state) {
    case ProcessState::Starting:
        add(EventKind::Process, node, tr("the process is starting"));
        break;
    case ProcessState::Running:
        add(EventKind::Process, node, tr("the process runs"));
        break;
    case ProcessState::Frozen:
        add(EventKind::Process, node, tr("the process is frozen"));
        break;
    case ProcessState::Stopping:
        add(EventKind::Process, node, tr("the process is stopping"));
        break;
    case ProcessState::Stopped:
        add(EventKind::Process, node, tr("the process has ended"));
        break;
    case ProcessState::Unknown:
        break;
    }
}

} // namespace replog
