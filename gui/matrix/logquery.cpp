// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logquery.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

LogQuery LogQuery::parse(const QString &text)
{
    LogQuery query;
    query.m_source = text.trimmed();
    static const QRegularExpression term(u"/.+/(?=\\s|$)|\"([^\"]+)\"(?=\\s|$)|\\S+"_s);
    QStringList rest;
    QString quoted;
    bool takesAll = true; // no term is anything but text
    for (auto words = term.globalMatch(query.m_source); words.hasNext();) {
        const QRegularExpressionMatch word = words.next();
        if (query.take(word.captured())) {
            takesAll = false;
            continue;
        }
        rest.append(word.captured());
        quoted = word.captured(1);
    }
    QString pattern = takesAll ? query.m_source : rest.join(u' '); // with its spaces unchanged
    if (rest.size() == 1 && !quoted.isEmpty())
        pattern = QRegularExpression::escape(quoted);
    else if (pattern.size() > 2 && pattern.startsWith(u'/') && pattern.endsWith(u'/'))
        pattern = pattern.sliced(1, pattern.size() - 2);
    else
        pattern = QRegularExpression::escape(pattern);
    query.m_hits = QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption |
                                                   QRegularExpression::UseUnicodePropertiesOption);
    if (!query.m_hits.isValid() && query.m_problem.isEmpty())
        query.m_problem = tr("The regular expression is wrong: %1").arg(query.m_hits.errorString());
    return query;
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
    m_first = std::max<quint64>(1, match.captured(1).toULongLong());
    m_last = match.captured(2).isEmpty() ? m_first : match.captured(3).toULongLong();
    return m_last == 0 || m_last >= m_first;
}

bool LogQuery::matchesWait(const WaitInfo &wait) const
{
    if (wait.id < m_first || (m_last > 0 && wait.id > m_last))
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
