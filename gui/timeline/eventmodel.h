// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QDateTime>
#include <QHash>
#include <QSet>

#include <deque>
#include <functional>

namespace replog {

enum class EventKind {
    Cluster,
    Registered,
    Appended,
    Acked,
    Committed,
    Wait,
    Retry,
    State,
    Contact,
    Epoch,
    Action,
    Process,
    Problem
};

// The word for a kind, in the user's language.
QString eventKindName(EventKind kind);
const QList<EventKind> &allEventKinds();

struct Event
{
    EventKind kind = EventKind::Cluster;
    QDateTime time;
    QString node; // empty: the cluster as a whole
    QString text;
    quint64 first = 0; // first id of the range of a continued event
};

// The events, oldest first. Bounded: beyond `maxEvents` the oldest are dropped.
class EventModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { TimeColumn, NodeColumn, KindColumn, TextColumn, ColumnCount };
    enum Role { KindRole = Qt::UserRole };
    static constexpr int maxEvents = 5000;
    // Acks, appends and commits arrive many times a second: such an event replaces the row of its predecessor
    // if that is younger than this.
    static constexpr qint64 mergeMs = 1000;

    using QAbstractTableModel::QAbstractTableModel;

    void add(const Event &event);
    // As add(), with text(event.first). If the last event of that kind and node is younger than mergeMs, its
    // row gets a new text from its own `first` instead. It does not if a row of what causes such events was
    // added since: effects stand below their causes.
    void addOrContinue(Event event, const std::function<QString(quint64 first)> &text);
    void clear();
    const Event &at(int row) const { return m_events[std::size_t(row)]; }
    QStringList nodes() const; // nodes with events, sorted

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    void nodesChanged();

private:
    void endEffectsOf(EventKind cause);

    std::deque<Event> m_events;
    qint64 m_dropped = 0;                            // rows removed from the front so far
    QHash<std::pair<int, QString>, qint64> m_lastOf; // by kind and node: row + m_dropped
    QSet<QString> m_nodes;
};

} // namespace replog
