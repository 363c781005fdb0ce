// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logquery.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

LogQuery LogQuery::parse(const QString &text)
{
    LogQuery query;
    query.m_source = text.trimmed();
    static const QRegularExpression term(u"/(.+?)/(?=\\s|$)|\"([^\"]+)\"(?=\\s|$)|\\S+"_s);
    // Words in a row are one text, with the spaces between them.
    qsizetype begin = -1;
    qsizetype end = 0;
    const auto endWords = [&] {
        if (begin >= 0)
            query.addHit(QRegularExpression::escape(query.m_source.sliced(begin, end - begin)));
        begin = -1;
    };
    for (auto words = term.globalMatch(query.m_source); words.hasNext();) {
        const QRegularExpressionMatch word = words.next();
        if (word.hasCaptured(1)) {
            endWords();
            query.addHit(word.captured(1));
        } else if (word.hasCaptured(2)) {
            endWords();
            query.addHit(QRegularExpression::escape(word.captured(2)));
        } else if (query.take(word.captured())) {
            endWords();
        } else {
            begin = begin < 0 ? word.capturedStart() : begin;
            end = word.capturedEnd();
        }
    }
    endWords();
    return query;
}

void LogQuery::addHit(const QString &pattern)
{
    const QRegularExpression hit(pattern, QRegularExpression::CaseInsensitiveOption |
                                              QRegularExpression::UseUnicodePropertiesOption);
    if (!hit.isValid() && m_problem.isEmpty())
        m_problem = tr("The regular expression is wrong: %1").arg(hit.errorString());
    m_hits.append(hit);
}

LogQuery::Answer LogQuery::matchesText(const QString &text) const
{
    Answer all = Answer::Yes;
    for (const QRegularExpression &hit : m_hits) {
        const QRegularExpressionMatch match = hit.match(text);
        if (!match.isValid())
            all = Answer::Unknown;
        else if (!match.hasMatch())
            return Answer::No;
    }
    return all;
}

bool LogQuery::take(const QString &word)
{
    static const QRegularExpression concern(u"^w([<>=])(\\d{1,6})$"_s);
    if (word.startsWith("id:"_L1)) {
        if (!takeIds(word.sliced(3)))
            m_problem = tr("“%1” names no ids: like id:7, id:10..20, id:10..").arg(word);
    } else if (word == "waiting"_L1) {
        m_waiting = true;
    } else if (const QRegularExpressionMatch match = concern.match(word); match.hasMatch()) {
        m_compare = match.captured(1).front();
        m_concern = match.captured(2).toUInt();
    } else {
        return false;
    }
    return true;
}

bool LogQuery::takeIds(const QString &span)
{
    static const QRegularExpression pattern(u"^(\\d{0,19})(\\.\\.)?(\\d{0,19})$"_s);
    const QRegularExpressionMatch match = pattern.match(span);
    if (!match.hasMatch() || (match.captured(1).isEmpty() && match.captured(3).isEmpty()))
        return false;
    const bool isSpan = !match.captured(2).isEmpty();
    const QString first = match.captured(1);
    const QString last = isSpan ? match.captured(3) : first;
    m_first = first.isEmpty() ? 1 : first.toULongLong();
    m_last = last.toULongLong();
    return m_first > 0 && (last.isEmpty() ? isSpan : m_last >= m_first);
}

bool LogQuery::matchesWait(const WaitInfo &wait) const
{
    if (!wait.isAwaited() || wait.id < m_first || (m_last > 0 && wait.id > m_last))
        return false;
    switch (m_compare.unicode()) {
    case u'<':
        return wait.w < m_concern;
    case u'=':
        return wait.w == m_concern;
    case u'>':
        return wait.w > m_concern;
    default:
        return true;
    }
}

} // namespace replog
