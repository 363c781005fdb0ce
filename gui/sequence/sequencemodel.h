// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/sequence/traceevent.h"

#include <QHash>
#include <QList>
#include <QObject>
#include <QSet>

#include <deque>

namespace replog {

// One thing to draw: an arrow between two life lines, or a mark on one.
struct SequenceStep
{
    enum class Kind {
        Append,    // client to master
        Delivery,  // master to secondary
        Retry,     // a delivery tried again
        Ack,       // secondary to master
        Refusal,   // a secondary's answer that is no ack
        Answer,    // master to client
        Durable,   // mark
        Committed, // mark
        Missed     // mark: events that were not told
    };
    Kind kind = Kind::Append;
    QString from;      // a node; empty: the client
    QString to;        // the same for marks
    double begin = 0;  // ms UTC, on the master's clock
    double end = 0;    // where an arrow arrives; -1: it has not, so far
    bool lost = false; // it will not: the delivery was tried again
    quint64 first = 0;
    quint64 last = 0;
    quint32 w = 0; // of Append
    QString how;   // of Answer: how the wait ended
    quint64 missed = 0;

    bool isMark() const { return kind == Kind::Durable || kind == Kind::Committed || kind == Kind::Missed; }
    bool concerns(quint64 id) const { return first <= id && id <= last; }
};

// Puts the traces of all nodes together: what one sent and another received is one arrow. Events may come in
// any order between nodes, and in order from each. Clocks that disagree are set right by the arrows, since
// nothing arrives before it is sent. A plain state machine; bounded: beyond MostSteps the oldest go.
class SequenceModel : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype MostSteps = 3000;

    using QObject::QObject;

    void add(const TraceEvent &event);
    // What `node` did meanwhile is not known: it begins to tell, or has left something out.
    void handleGap(const QString &node);
    // This program has asked beside the wait where message `id` stands: the master tells of that as of a
    // client that timed out, before this call or after it. It is none, and is not drawn.
    void handleLocated(quint64 id);
    void clear();

    bool isEmpty() const { return m_steps.empty(); }
    // Steps that begin in the last `ms` before the newest, by their beginnings.
    QList<SequenceStep> lastMs(double ms) const;
    // The way of one message.
    QList<SequenceStep> ofMessage(quint64 id) const;
    // Since when nodes hold it durably, in ms UTC, each by its own clock; of those that told.
    QHash<QString, double> durableTimes(quint64 id) const;

signals:
    void changed();

private:
    struct Peer
    {
        quint64 durable = 0;
        quint64 committed = 0;
        quint64 acked = 0;
        double ahead = 0; // of its clock before the master's, ms
        double there = 0; // of the last delivery, by both clocks
        bool hasThere = false;
        std::deque<TraceEvent> answers;  // not matched with an ack yet
        std::deque<TraceEvent> arrivals; // of deliveries that the master has not told of yet
    };

    void push(SequenceStep step);
    void handleSent(const TraceEvent &event);
    void handleReceived(const TraceEvent &event);
    bool matchArrival(const TraceEvent &event);
    void handleAcked(const TraceEvent &event);
    void handleAnswered(const TraceEvent &event);
    void setClock(Peer &peer, double back);
    QList<SequenceStep> corrected(QList<SequenceStep> steps) const;

    std::deque<SequenceStep> m_steps;
    QHash<QString, Peer> m_peers;
    QString m_master;
    QSet<quint64> m_located; // whose answer is still to come
};

} // namespace replog
