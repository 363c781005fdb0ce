// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/sequence/traceevent.h"

#include <QHash>
#include <QList>
#include <QObject>
#include <QSet>

#include <deque>

namespace replog {

// One element of the diagram: an arrow between two life lines, or a mark on one.
struct SequenceStep
{
    enum class Kind {
        Append,    // client to master
        Delivery,  // master to secondary
        Retry,     // a delivery tried again
        Ack,       // secondary to master
        Refusal,   // a secondary's answer without an ack
        Answer,    // master to client
        Durable,   // mark
        Committed, // mark
        Missed     // mark: events that the node left out
    };
    Kind kind = Kind::Append;
    QString from;            // name of a node; empty: the client
    QString to;              // likewise; for marks the same as `from`
    double begin = 0;        // ms UTC, on the master's clock
    double end = 0;          // when the arrow arrives; -1: not yet
    bool lost = false;       // it never arrives: the delivery was retried
    bool endFromAck = false; // its arrival was not told; it came before the ack that proves it
    quint64 first = 0;
    quint64 last = 0;
    quint32 w = 0; // of Append
    QString how;   // of Answer: how the wait ended
    quint64 missed = 0;

    bool isMark() const { return kind == Kind::Durable || kind == Kind::Committed || kind == Kind::Missed; }
    bool concerns(quint64 id) const { return first <= id && id <= last; }
};

// Merges the traces of all nodes: a Sent event of one and the Received event of another become one arrow.
// Events of one node come in order, those of different nodes in any order. Clocks that disagree are corrected
// so that nothing arrives before it was sent. A plain state machine. Bounded: beyond MostSteps the oldest
// steps are dropped.
class SequenceModel : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype MostSteps = 3000;

    using QObject::QObject;

    void add(const TraceEvent &event);
    // Events of `node` are missing before this point: its stream has just begun, or the node left some out.
    void handleGap(const QString &node);
    // This program looked up message `id` while its append waits. The master's trace reports the lookup as a
    // client that timed out, before this call or after it. That answer is not drawn.
    void handleLocated(quint64 id);
    void clear();

    bool isEmpty() const { return m_steps.empty(); }
    // Steps that begin in the last `ms` before the newest, by their beginnings.
    QList<SequenceStep> lastMs(double ms) const;
    // The steps of one message.
    QList<SequenceStep> ofMessage(quint64 id) const;
    // Since when each node holds it durably, in ms UTC by its own clock; nodes without such an event are left
    // out.
    QHash<QString, double> durableTimes(quint64 id) const;

signals:
    void changed();

private:
    struct Peer
    {
        quint64 durable = 0;
        quint64 committed = 0;
        quint64 acked = 0;
        quint64 since = 0; // the first message appended since we listen to it; 0: none
        double ahead = 0;  // its clock minus the master's, ms
        double there = 0;  // arrival by its clock minus sending by the master's, of the last delivery, ms
        bool hasThere = false;
        std::deque<TraceEvent> answers;  // not yet matched with an ack
        std::deque<TraceEvent> arrivals; // not yet matched with a delivery
    };

    void push(SequenceStep step);
    void handleSent(const TraceEvent &event);
    void handleReceived(const TraceEvent &event);
    bool matchArrival(const TraceEvent &event);
    void handleAcked(const TraceEvent &event);
    void handleAnswered(const TraceEvent &event);
    void setClock(Peer &peer, double back);
    double newest(const QList<SequenceStep> &steps) const;
    QList<SequenceStep> corrected(QList<SequenceStep> steps) const;

    std::deque<SequenceStep> m_steps;
    QHash<QString, Peer> m_peers;
    QString m_master;
    QSet<quint64> m_located; // ids whose time-out has not been reported yet
};

} // namespace replog
