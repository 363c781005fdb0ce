// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>

#include <optional>

class QJsonObject;

namespace replog {

// One event of a node's GET /api/v1/trace.
struct TraceEvent
{
    enum class What { Appended, Sent, Retried, Received, Durable, Acked, Committed, Answered, Missed };

    QString node;      // the node that reports it
    double timeMs = 0; // by that node's clock, UTC
    What what = What::Appended;
    quint64 first = 0; // the event is about first..last; 0: only `last` is known
    quint64 last = 0;
    quint32 w = 0;        // of Appended
    QString peer;         // of Sent, Retried, Acked
    QString end;          // of a master's Answered: "satisfied", "timed-out", …
    bool accepted = true; // of a secondary's Answered
    quint64 missed = 0;   // of Missed: number of events left out because we read too slowly

    // Null if the event is unknown.
    static std::optional<TraceEvent> read(const QString &node, const QJsonObject &document);
};

} // namespace replog

Q_DECLARE_METATYPE(replog::TraceEvent)
