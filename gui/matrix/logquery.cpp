// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logquery.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

LogQuery LogQuery::parse(const QString &text)
{
    LogQuery query;
    query.m_source = text.trimmed();
    QStringList rest;
    const QStringList words = query.m_source.split(u' ', Qt::SkipEmptyParts);
    for (const QString &word : words) {
        if (!query.take(word))
            rest.append(word);
    }
    QString pattern = rest.join(u' ');
    if (rest.size() == words.size())
        pattern = query.m_source; // with its spaces unchanged
    if (pattern.size() > 2 && pattern.startsWith(u'/') && pattern.endsWith(u'/'))
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
    } else if (word.startsWith("key:"_L1)) {
        m_key = word.sliced(4);
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

bool LogQuery::matches(const LogMessage &message, const Waits &waits) const
{
    if (message.id < m_first || (m_last > 0 && message.id > m_last))
        return false;
    if (m_waiting || !m_compare.isNull()) {
        const WaitInfo *wait = waits(message.id);
        if (!wait)
            return false;
        if ((m_compare == u'>' && wait->w <= m_concern) || (m_compare == u'<' && wait->w >= m_concern) ||
            (m_compare == u'=' && wait->w != m_concern))
            return false;
    }
    if (!m_key.isEmpty() && !message.key.contains(m_key, Qt::CaseInsensitive))
        return false;
    return m_hits.pattern().isEmpty() || m_hits.match(message.text).hasMatch();
}

} // namespace replog
