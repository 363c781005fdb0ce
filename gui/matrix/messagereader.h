// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/matrix/messagepages.h"

#include <QObject>

namespace replog {

// Ids from `first` to `last`, both included.
struct IdSpan
{
    quint64 first = 1;
    quint64 last = 0;
};

// Reads whole messages of the log in order, in batches: many small messages, or few large ones. For filter,
// copy and export. Messages that have been trimmed are skipped. One reading at a time; GUI thread.
class MessageReader : public QObject
{
    Q_OBJECT
public:
    explicit MessageReader(MessagePages::Fetch fetch, QObject *parent = nullptr);

    // Spans ascend and do not touch. Cancels the reading before, without a signal.
    void read(const QList<IdSpan> &spans);
    void stop();
    // In a slot of batch(): nothing more is read before goOn(), so that batches do not pile up.
    void hold() { m_held = true; }
    void goOn(); // of a reading that is held
    bool isReading() const { return m_reading; }
    static QList<IdSpan> spansOf(const QList<quint64> &ascendingIds);

signals:
    void batch(const QList<replog::LogMessage> &messages); // without messages between the spans
    void finished();
    // No signal follows. `missingFrom`: all messages below it have been handed out, and the node that is read
    // ends there: another one, which is not heard, told of more. 0: for another reason.
    void failed(const QString &error, quint64 missingFrom);

private:
    void next();
    void handleFetched(quint64 end, const MessagePage &page);
    void handleGone(quint64 firstId);

    MessagePages::Fetch m_fetch;
    QList<IdSpan> m_spans;
    qsizetype m_at = 0; // index of the span being read
    quint64 m_from = 1; // the next id in it
    int m_limit = 0;
    quint64 m_generation = 0;
    bool m_reading = false;
    bool m_held = false;
};

} // namespace replog
