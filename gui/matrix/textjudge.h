// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/matrix/logquery.h"

#include <QThread>

#include <atomic>

namespace replog {

// Judges messages by a LogQuery in a thread of its own: an expression can take some 30 ms of each message,
// for which the window must not stand still. Calls and signals belong to the thread that made it; it is
// destroyed as soon as the message under way is judged.
class TextJudge : public QObject
{
    Q_OBJECT
public:
    explicit TextJudge(QObject *parent = nullptr);
    ~TextJudge() override;

    // Messages are judged by this text from now on. What is under way is dropped without a signal.
    void setQuery(const QString &text);
    void judge(const QList<LogMessage> &messages);

signals:
    // In the order of the messages.
    void judged(const QList<replog::LogMessage> &messages, const QList<replog::LogQuery::Answer> &answers);

private:
    QList<LogQuery::Answer> answersFor(const QList<LogMessage> &messages, quint64 generation);

    QThread m_thread;
    QObject m_worker;                     // lives in m_thread: what is invoked on it runs there
    LogQuery m_query;                     // that thread's own
    std::atomic<quint64> m_generation{0}; // of the query
};

} // namespace replog
