// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/timeline/eventmodel.h"

#include "gui/cluster/clustertext.h"
#include "gui/widgets/plaintext.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

QString eventKindName(EventKind kind)
{
    switch (kind) {
    case EventKind::Cluster:
        return EventModel::tr("cluster");
    case EventKind::Registered:
        return EventModel::tr("registered");
    case EventKind::Appended:
        return EventModel::tr("appended");
    case EventKind::Acked:
        return EventModel::tr("acked");
    case EventKind::Committed:
        return EventModel::tr("committed");
    case EventKind::Wait:
        return EventModel::tr("wait");
    case EventKind::Retry:
        return EventModel::tr("retry");
    case EventKind::State:
        return EventModel::tr("state");
    case EventKind::Contact:
        return EventModel::tr("contact");
    case EventKind::Epoch:
        return EventModel::tr("epoch");
    case EventKind::Action:
        return EventModel::tr("action");
    case EventKind::Process:
        return EventModel::tr("process");
    case EventKind::Problem:
        return EventModel::tr("problem");
    }
    return {};
}

const QList<EventKind> &allEventKinds()
{
    static const QList<EventKind> kinds{EventKind::Cluster, EventKind::Registered, EventKind::Appended,
                                        EventKind::Acked,   EventKind::Committed,  EventKind::Wait,
                                        EventKind::Retry,   EventKind::State,      EventKind::Contact,
                                        EventKind::Epoch,   EventKind::Action,     EventKind::Process,
                                        EventKind::Problem};
    return kinds;
}

void EventModel::add(const Event &event)
{
    if (m_events.size() >= std::size_t(maxEvents)) {
        beginRemoveRows({}, 0, 0);
        m_events.pop_front();
        ++m_dropped;
        endRemoveRows();
    }
    const int row = int(m_events.size());
    beginInsertRows({}, row, row);
    m_events.push_back(event);
    endEffectsOf(event.kind);
    m_lastOf.insert({int(event.kind), event.node}, row + m_dropped);
    endInsertRows();
    if (!event.node.isEmpty() && !m_nodes.contains(event.node)) {
        m_nodes.insert(event.node);
        emit nodesChanged();
    }
}

// A message is appended, then acked, then committed.
void EventModel::endEffectsOf(EventKind cause)
{
    if (cause != EventKind::Appended && cause != EventKind::Acked)
        return;
    m_lastOf.removeIf([cause](const auto &last) {
        const auto kind = EventKind(last.key().first);
        return kind == EventKind::Committed || (kind == EventKind::Acked && cause == EventKind::Appended);
    });
}

void EventModel::addOrContinue(Event event, const std::function<QString(quint64)> &text)
{
    const qint64 last = m_lastOf.value({int(event.kind), event.node}, -1) - m_dropped;
    if (last < 0 || m_events[std::size_t(last)].time.msecsTo(event.time) >= mergeMs) {
        event.text = text(event.first);
        add(event);
        return;
    }
    Event &before = m_events[std::size_t(last)];
    before.text = text(before.first);
    emit dataChanged(index(int(last), TextColumn), index(int(last), TextColumn));
}

void EventModel::clear()
{
    beginResetModel();
    m_events.clear();
    m_lastOf.clear();
    m_nodes.clear();
    m_dropped = 0;
    endResetModel();
    emit nodesChanged();
}

QStringList EventModel::nodes() const
{
    QStringList names(m_nodes.begin(), m_nodes.end());
    names.sort();
    return names;
}

int EventModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_events.size());
}

int EventModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant EventModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Event &event = at(index.row());
    if (role == KindRole)
        return int(event.kind);
    if (role == Qt::ToolTipRole && index.column() == TextColumn)
        return PlainText::tip(event.text);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case TimeColumn:
        return ClusterText::moment(event.time, ClusterText::Fineness::Milliseconds);
    case NodeColumn:
        return PlainText::oneLine(event.node);
    case KindColumn:
        return eventKindName(event.kind);
    case TextColumn:
        return PlainText::oneLine(event.text);
    default:
        return {};
    }
}

QVariant EventModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::ToolTipRole && section == TimeColumn)
        return tr("When this window heard of it");
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TimeColumn:
        return tr("Time");
    case NodeColumn:
        return tr("Node");
    case KindColumn:
        return tr("Kind");
    case TextColumn:
        return tr("What happened");
    default:
        return {};
    }
}

} // namespace replog
