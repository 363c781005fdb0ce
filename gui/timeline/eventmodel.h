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
    quint64 first = 0; // of the range that a continued event tells of
};

// What happened, oldest first. Bounded: beyond `maxEvents` the oldest go.
class EventModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { TimeColumn, NodeColumn, KindColumn, TextColumn, ColumnCount };
    enum Role { KindRole = Qt::UserRole };
    static constexpr int maxEvents = 5000;
    // An event that goes on (acks, appends, commits arrive many times a second) takes its predecessor's row
    // while that is younger than this.
    static constexpr qint64 mergeMs = 1000;

    using QAbstractTableModel::QAbstractTableModel;

    void add(const Event &event);
    // As add(), with the text made from `event.first`; but if the last event of that kind and node is young
    // enough, its text is made anew, from its own `first`.
    void addOrContinue(Event event, const std::function<QString(quint64 first)> &text);
    void clear();
    const Event &at(int row) const { return m_events[std::size_t(row)]; }
    QStringList nodes() const; // those that have events, by name

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    void nodesChanged();

private:
    std::deque<Event> m_events;
    qint64 m_dropped = 0;                            // rows that went from the front so far
    QHash<std::pair<int, QString>, qint64> m_lastOf; // by kind and node: row + m_dropped
    QSet<QString> m_nodes;
};

} // namespace replog
