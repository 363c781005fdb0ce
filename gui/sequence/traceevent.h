// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>

#include <optional>

class QJsonObject;

namespace replog {

// What a node's GET /api/v1/trace tells of, one event.
struct TraceEvent
{
    enum class What { Appended, Sent, Retried, Received, Durable, Acked, Committed, Answered, Missed };

    QString node;      // who tells it
    double timeMs = 0; // by that node's clock, UTC
    What what = What::Appended;
    quint64 first = 0; // of the messages it is about; 0 where only `last` is known
    quint64 last = 0;
    quint32 w = 0;        // of Appended
    QString peer;         // of Sent, Retried, Acked
    QString end;          // of a master's Answered: "satisfied", "timed-out", …
    bool accepted = true; // of a secondary's Answered
    quint64 missed = 0;   // of Missed: so many events were not told, since we read too slowly

    // Nothing, if it is none that we know.
    static std::optional<TraceEvent> read(const QString &node, const QJsonObject &document);
};

} // namespace replog

Q_DECLARE_METATYPE(replog::TraceEvent)
