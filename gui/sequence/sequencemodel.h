// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/sequence/traceevent.h"

#include <QHash>
#include <QList>
#include <QObject>
#include <QSet>

#include <deque>
#include <limits>
#include <optional>

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
        Missed,    // mark: events that the node left out
        Silent     // mark: from here on nothing is heard of the node
    };
    Kind kind = Kind::Append;
    QString from;            // name of a node; empty: the client
    QString to;              // likewise; for marks the same as `from`
    double begin = 0;        // ms UTC, on the master's clock
    double end = 0;          // when the arrow arrives; -1: not yet
    bool lost = false;       // it never arrives: the delivery was retried
    bool unknown = false;    // who would tell whether it arrives is silent, or is the master no more
    bool outdated = false;   // a clock that it is told by was set back since: it is not of the last seconds
    bool endFromAck = false; // its arrival was not told; it came before the ack that proves it
    quint64 first = 0;
    quint64 last = 0;
    // Messages beyond it were lost with their master: others have their ids now.
    quint64 kept = std::numeric_limits<quint64>::max();
    quint64 reign = 0; // ascends with each change of the master
    quint32 w = 0;     // of Append
    QString how;       // of Answer: how the wait ended
    quint64 missed = 0;

    bool isMark() const
    {
        return kind == Kind::Durable || kind == Kind::Committed || kind == Kind::Missed ||
               kind == Kind::Silent;
    }
    bool isUnderWay() const { return end < 0 && !lost && !unknown; }
    bool concerns(quint64 id) const { return first <= id && id <= last && id <= kept; }
};

// Merges the traces of all nodes: a Sent event of one and the Received event of another become one arrow.
// Events of one node come in order, those of different nodes in any order. Clocks that disagree are corrected
// so that nothing arrives before it was sent. A plain state machine. Bounded: beyond MostSteps the oldest
// steps are dropped, and only of the cluster's nodes is anything kept besides.
class SequenceModel : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype MostSteps = 3000;
    static constexpr qsizetype MostShown = 600; // laying them out takes some 10 ms

    using QObject::QObject;

    // This window's time, ms UTC, for what follows. Without it the newest event stands for now.
    void setNow(double ms) { m_now = ms; }
    void handleAdded(const QString &node); // it is a node of the cluster from now on
    void add(const TraceEvent &event);     // of such a node
    // Events of `node` are missing before this point: its stream has just begun, or the node left some out.
    void handleGap(const QString &node);
    void handleLost(const QString &node,
                    double ms);              // nothing is heard of it since then, ms UTC of this window
    void handleHeard(const QString &node);   // again
    void handleRemoved(const QString &node); // it left the cluster
    void handleRenamed(const QString &from, const QString &to);
    // Another node has that name from now on: what the one before it did is no part of any message's way.
    void handleReplaced(const QString &node);
    // `master` leads from now on, or again, and holds messages up to `lastId`. Beyond that, and if another
    // one led before, beyond `committedId`, too, messages are not those that had these ids before.
    void handleCut(const QString &master, quint64 lastId, quint64 committedId);
    // This program looked up message `id` while its append waits. The master's trace reports the lookup as a
    // client that timed out, before this call or after it. That answer is not drawn.
    void handleLocated(quint64 id);
    void clear();         // begins anew with the same nodes
    void handleCleared(); // without any

    bool isEmpty() const { return m_steps.empty(); }
    // Steps that begin in the last `ms` before now, by their beginnings, at most MostShown; and in addition
    // since when a node is silent.
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
        std::optional<double> aheadOfUs; // its clock minus ours, as the event that came the fastest tells
        bool isGap = false;              // since the last event: its clock may have been set meanwhile
        std::deque<TraceEvent> answers;  // not yet matched with an ack
        std::deque<TraceEvent> arrivals; // not yet matched with a delivery
    };

    Peer *peerOf(const QString &node); // nullptr: it is no node of the cluster
    void push(SequenceStep step);
    void follow(const TraceEvent &event, Peer &peer);
    void forgetWay(const QString &node);
    void lead(const QString &master);
    void handleSent(const TraceEvent &event);
    void handleReceived(const TraceEvent &event);
    bool matchArrival(const TraceEvent &event);
    void handleAcked(const TraceEvent &event);
    void handleAnswered(const TraceEvent &event);
    void setClock(Peer &peer, double back);
    double now() const;
    QList<SequenceStep> corrected(QList<SequenceStep> steps) const;

    std::deque<SequenceStep> m_steps;
    QHash<QString, Peer> m_peers; // the nodes of the cluster, whoever else is told of
    QString m_master;
    double m_now = 0;
    quint64 m_reign = 0;
    bool m_isLedAnew = false;        // the master's events were read before its status
    QHash<QString, double> m_silent; // by node: since when, by its own clock
    QSet<quint64> m_located;         // ids whose time-out has not been reported yet
};

} // namespace replog
