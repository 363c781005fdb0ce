// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/matrix/logquery.h"
#include "gui/matrix/messagereader.h"

#include <QTimer>

namespace replog {

// Finds the messages that match a LogQuery: scans the log from its oldest entry and goes on as entries are
// appended. GUI thread.
class LogFilter : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype MatchLimit = 1'000'000;

    // `waits(id)` tells whether a client waits for that message.
    explicit LogFilter(MessagePages::Fetch fetch, LogQuery::Waits waits = {}, QObject *parent = nullptr);

    void start(const QString &text);
    void stop();
    void setFirstId(quint64 firstId); // the oldest entry kept
    void setLastId(quint64 lastId);
    const LogQuery &query() const { return m_query; }
    QString text() const { return m_query.source(); }
    bool isComplete() const { return m_scanned >= end(); }
    int percent() const; // of the messages to scan
    // The scan stops there; later messages may match, too.
    bool isFull() const { return m_matches >= MatchLimit; }

signals:
    void matched(const QList<quint64> &ids);
    void progressed();
    void failed(const QString &error); // a read failed; it is repeated shortly

private:
    quint64 end() const; // the last id to scan
    void goOn();
    void handleBatch(const QList<LogMessage> &messages);

    MessageReader m_reader;
    LogQuery::Waits m_waits;
    LogQuery m_query;
    quint64 m_firstId = 1;
    quint64 m_lastId = 0;
    quint64 m_scanned = 0; // nothing up to this id is to be scanned any more
    quint64 m_readTo = 0;  // end of the reading under way
    qsizetype m_matches = 0;
    QTimer m_again;
};

} // namespace replog
