// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"

#include <QCoreApplication>
#include <QHash>
#include <QRegularExpression>

namespace replog {

// A search in the log. Terms are separated by spaces, and a message must match all of them:
//
//   text          that the message contains, upper and lower case are one; words in a row are one text
//   "text"        the same, and none of the words in it is a term of this list
//   /text/        a regular expression that it matches; a slash before a space ends it
//   id:10..20     messages 10 to 20 (id:7, id:10.., id:..20)
//   waiting       whose clients wait
//   w>1 (w=2 …)   of those that wait, by the nodes asked for
class LogQuery
{
    Q_DECLARE_TR_FUNCTIONS(LogQuery)
public:
    static LogQuery parse(const QString &text);

    bool isEmpty() const { return m_source.isEmpty(); }
    QString source() const { return m_source; }
    QString problem() const { return m_problem; } // why it cannot be parsed; empty if it can
    quint64 first() const { return m_first; }
    quint64 last() const { return m_last; } // 0: the end of the log
    // Whether only messages that wait can match. Then it judges waits too, else messages alone.
    bool asksForWaits() const { return m_waiting || !m_compare.isNull(); }
    bool matchesWait(const WaitInfo &wait) const;
    bool asksForText() const { return !m_texts.isEmpty(); }
    // Unknown: an expression needs more steps or memory for this text than the search allows it, which is
    // some 30 ms.
    enum class Answer { No, Yes, Unknown };
    Answer matchesText(const QString &text);
    // The parts of a matching message to highlight.
    QList<QRegularExpression> hits();

private:
    // What is sought in texts. How many steps an expression may take depends on the length of the text, and
    // is a part of its pattern.
    struct Sought
    {
        QString pattern;
        bool isBounded = false;
        QHash<int, QRegularExpression> byLength = {}; // by the length's power of two
        const QRegularExpression &forLength(qsizetype length);
    };

    bool take(const QString &word);
    void addText(const QString &text);
    void addExpression(const QString &pattern);
    bool takeIds(const QString &span);

    QString m_source;
    QString m_problem;
    quint64 m_first = 1;
    quint64 m_last = 0;
    bool m_waiting = false;
    QChar m_compare; // of w: '<', '=' or '>'; null: any
    quint32 m_concern = 0;
    QList<Sought> m_texts; // a text must match all of them
};

} // namespace replog
