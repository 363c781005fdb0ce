// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/matrix/logquery.h"
#include "gui/matrix/messagereader.h"
#include "gui/matrix/textjudge.h"

#include <QHash>
#include <QTimer>

namespace replog {

// Finds the messages that match a LogQuery: scans the log from its oldest entry and goes on as entries are
// appended. A query that asks for waits reads the waiting messages alone, and judges again when the waits
// change. GUI thread; texts are judged in a thread of their own, one batch at a time.
class LogFilter : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype MatchLimit = 1'000'000;

    explicit LogFilter(MessagePages::Fetch fetch, QObject *parent = nullptr);

    void start(const QString &text);
    void stop();
    // Forgets what was found, and begins again in the next turn of the event loop: by then it is settled who
    // is read. For when texts that were read may be others now.
    void restart();
    void setFirstId(quint64 firstId); // the oldest entry kept
    void setLastId(quint64 lastId);
    void setWaits(const QList<WaitInfo> &waits); // ascending by id
    const LogQuery &query() const { return m_query; }
    QList<QRegularExpression> hits() { return m_query.hits(); }
    QString text() const { return m_query.source(); }
    bool isComplete() const;
    int percent() const; // of the messages to scan
    // Messages of which it is not known whether they match (see LogQuery::Answer), and the first of them.
    qsizetype unjudged() const { return m_unjudged; }
    quint64 firstUnjudged() const { return m_firstUnjudged; }
    // The scan stops there; later messages may match, too.
    bool isFull() const { return m_matches >= MatchLimit; }

signals:
    void matched(const QList<quint64> &ids);   // further ones
    void rematched(const QList<quint64> &ids); // these and no others
    void progressed();
    void failed(const QString &error); // a read failed; it is repeated shortly

private:
    void forget();
    quint64 end() const; // the last id to scan
    void goOn();
    void judgeWaits();
    void handleJudged(const QList<LogMessage> &messages, const QList<LogQuery::Answer> &answers);
    void handleFinished();
    void noteUnjudged(quint64 id);

    MessageReader m_reader;
    TextJudge m_judge;
    LogQuery m_query;
    quint64 m_firstId = 1;
    quint64 m_lastId = 0;
    quint64 m_scanned = 0; // nothing up to this id is to be scanned any more
    quint64 m_readTo = 0;  // end of the reading under way
    qsizetype m_matches = 0;
    qsizetype m_unjudged = 0;
    quint64 m_firstUnjudged = 0;
    QList<WaitInfo> m_waits;
    QHash<quint64, LogQuery::Answer>
        m_judged;             // of a query that asks for waits: whether the text of that id matches
    QList<quint64> m_reading; // likewise: ids of the reading under way
    QList<quint64> m_waiting; // likewise: the matches that were signalled last
    QTimer m_again;
};

} // namespace replog
