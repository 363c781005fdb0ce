// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/id128.h"

#include <QHash>
#include <QObject>

#include <deque>
#include <map>
#include <set>
#include <vector>

namespace replog {

// Knows which entries have reached their write concern, and how far the log is committed. Pure: acks come in,
// facts go out.
//
// Acks are cumulative, so the entries with the same `w` are satisfied in id order: those up to the w-th
// largest acked id, the master's own counted in. One queue of pending ids is kept for each distinct w; an ack
// touches only the queues whose threshold it moves, and of these only the entries that it satisfies, however
// many others wait. committedId is the id before the first pending one. A satisfied entry stays satisfied,
// also if an ack is withdrawn.
class ConcernTracker : public QObject
{
    Q_OBJECT
public:
    struct Pending
    {
        quint64 id = 0;
        quint32 w = 1;
        qint64 sinceMs = 0; // when it was appended, to a second
    };

    using QObject::QObject;

    // Begins with a log whose committed part ends at `committedId`; call it before anything else.
    void start(quint64 committedId);
    // Entries first..last were appended, following on from the last ones.
    void open(quint64 first, quint64 last, quint32 w, qint64 nowMs);
    // The entry after the last one was given up before a restart: it holds nothing back.
    void openReleased(quint64 id);
    // The master itself holds everything up to `id` durably.
    void handleLocalDurable(quint64 id);
    // A node's cumulative ack (a node is a node id); lower than before withdraws it.
    void handleAck(const Id128 &node, quint64 id);
    void removeNode(const Id128 &node);
    // The operator gives up the concerns of first..last that are pending.
    void release(quint64 first, quint64 last);
    // Another master's word counts: from now on nothing is satisfied, and committedId() stays. Acks are still
    // counted.
    void stop() { m_isStopped = true; }

    quint64 committedId() const { return m_committedId; }
    bool isPending(quint64 id) const;
    using Ids =
        std::vector<std::pair<quint64, quint64>>; // ranges, in ascending order, none touching the next
    // The pending ones of first..last.
    Ids pendingIn(quint64 first, quint64 last) const;
    // Nodes that hold the entry durably, the master counted in.
    int acks(quint64 id) const;
    quint64 ackedBy(const Id128 &node) const { return m_acked.value(node); }
    quint64 localDurable() const { return m_localDurable; }
    quint64 pendingCount() const { return m_pendingCount; }
    // The pending entries with the lowest ids, at most `limit`.
    std::vector<Pending> oldestPending(int limit) const;

signals:
    // Emitted before the satisfied() of the entries that moved it.
    void committedAdvanced(quint64 committedId);
    void satisfied(quint64 first, quint64 last);

private:
    struct Range
    {
        quint64 first;
        quint64 last;
        qint64 sinceMs;
    };
    using Queue = std::deque<Range>;

    quint64 threshold(quint32 w) const;
    void advance();
    void takeFront(quint32 w, Queue &queue, quint64 upTo);
    void updateCommitted();

    std::map<quint32, Queue> m_pending;             // by w; no empty queues
    std::set<std::pair<quint64, quint32>> m_fronts; // lowest pending id of each queue, and its w
    QHash<Id128, quint64> m_acked;
    std::vector<quint64> m_ackedDescending;               // the values of m_acked
    std::vector<std::pair<quint64, quint64>> m_satisfied; // collected for one event
    quint64 m_localDurable = 0;
    quint64 m_lastId = 0;
    quint64 m_committedId = 0;
    quint64 m_pendingCount = 0;
    bool m_isStopped = false;
};

} // namespace replog
