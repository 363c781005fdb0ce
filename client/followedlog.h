// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QUrl>

#include <optional>

namespace replog {

// What a follower has seen of a log, and whether what a node answers now is still that log. A plain value.
//
// What counts as evidence, and why:
// - Another log_id: that is another log.
// - The entry that was read last is asked for again before those after it (askFrom()), in the same answer. If
//   it has another epoch, time or message, then what follows it does not follow what was read: the log was
//   cut below it and grew again. Equal logs answer equal entries, on every node, so a node that is behind
//   never fails this: it waits until it holds that entry.
// - A log that ends below what was read proves nothing by itself: a secondary that is behind, and an old
//   master that comes back and does not know yet of its successor, look the same. But a node's log does not
//   get shorter unless it is cut. So what an answer is compared with is what the same address showed before.
//   At a secondary's address the node must be the same, too: an emptied or new secondary (with a node id of
//   its own) fills up again from its master. A master fills up from nobody.
// Compared is last_id, never committed_id: a promoted master may hold entries for a while before it knows
// that they are committed.
class FollowedLog
{
public:
    // Follows from that id on; 0: from the first one kept.
    explicit FollowedLog(quint64 from) : m_next(from) {}

    quint64 next() const { return m_next; }   // the id that is wanted
    quint64 lastRead() const;                 // 0: nothing was read
    quint64 askFrom() const;                  // where the next page begins
    void forget() { m_last = QJsonObject(); } // the last entry is gone by retention: nothing to compare with

    // Whether the ids of a page go on by one, from `from` on if that is not 0, and are not more than `most`.
    // Any node's do: a reader of one whose ids stand still would never end, and would miss what is left out.
    static bool goesOn(const QJsonArray &page, quint64 from, qsizetype most);
    // The entries of a page of that node that are new. Nullopt: what was read last is another entry by now.
    std::optional<QJsonArray> take(const QUrl &node, const QJsonArray &page);
    // What is wrong with the log of the node with this status; null if nothing.
    QString fault(const QUrl &node, const QJsonObject &status);

private:
    struct Shown
    {
        quint64 last = 0; // the highest id that this address has shown
        QString nodeId;   // of the node there; null: not known
    };

    quint64 m_next;
    QJsonObject m_last; // the entry that was read last; empty: none
    QString m_logId;    // null: not known
    QHash<QUrl, Shown> m_shown;
};

} // namespace replog
