// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/matrix/messagereader.h"

#include <QTimer>

namespace replog {

// Finds the messages that contain a text, case-insensitively: reads the log from its begin and goes on with
// what is appended. GUI thread.
class LogFilter : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype MatchLimit = 1'000'000;

    explicit LogFilter(MessagePages::Fetch fetch, QObject *parent = nullptr);

    void start(const QString &text);
    void stop();
    void setLastId(quint64 lastId);
    QString text() const { return m_text; }
    quint64 scanned() const { return m_scanned; }
    bool isFull() const { return m_matches >= MatchLimit; } // there may be more, they are not looked for

signals:
    void matched(const QList<quint64> &ids);
    void progressed();
    void failed(const QString &error); // tried again shortly

private:
    void goOn();
    void handleBatch(const QList<Message> &messages);

    MessageReader m_reader;
    QString m_text;
    quint64 m_lastId = 0;
    quint64 m_scanned = 0;
    qsizetype m_matches = 0;
    QTimer m_again;
};

} // namespace replog
