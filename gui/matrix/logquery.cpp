// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logquery.h"

#include <algorithm>
#include <bit>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// Steps of an expression times characters of the text. A step can look at all of the text (".*"), so that
// this much takes some 30 ms, and an expression like /.*.*x/ without a bound many seconds.
constexpr quint64 MostWork = 4'000'000'000;
constexpr int LeastPower = 10;                 // shorter texts than 1024 characters count as so long
constexpr qsizetype ShownCharacters = 1 << 20; // fewer steps for what is drawn again and again

} // namespace

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
            query.addText(query.m_source.sliced(begin, end - begin));
        begin = -1;
    };
    for (auto words = term.globalMatch(query.m_source); words.hasNext();) {
        const QRegularExpressionMatch word = words.next();
        if (word.hasCaptured(1)) {
            endWords();
            query.addExpression(word.captured(1));
        } else if (word.hasCaptured(2)) {
            endWords();
            query.addText(word.captured(2));
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

void LogQuery::addText(const QString &text)
{
    m_texts.append({QRegularExpression::escape(text)});
}

void LogQuery::addExpression(const QString &pattern)
{
    Sought sought{pattern, true};
    if (const QRegularExpression &expression = sought.forLength(0); !expression.isValid())
        m_problem = m_problem.isEmpty()
                        ? tr("The regular expression is wrong: %1").arg(expression.errorString())
                        : m_problem;
    m_texts.append(sought);
}

const QRegularExpression &LogQuery::Sought::forLength(qsizetype length)
{
    const int power = std::max(LeastPower, int(std::bit_width(quint64(length))));
    const auto known = byLength.constFind(power);
    if (known != byLength.cend())
        return *known;
    const QString limit = isBounded ? u"(*LIMIT_MATCH=%1)"_s.arg(MostWork >> power) : QString();
    return *byLength.insert(
        power, QRegularExpression(limit + pattern, QRegularExpression::CaseInsensitiveOption |
                                                       QRegularExpression::UseUnicodePropertiesOption));
}

QList<QRegularExpression> LogQuery::hits()
{
    QList<QRegularExpression> all;
    for (Sought &sought : m_texts)
        all.append(sought.forLength(ShownCharacters));
    return all;
}

LogQuery::Answer LogQuery::matchesText(const QString &text)
{
    Answer all = Answer::Yes;
    for (Sought &sought : m_texts) {
        const QRegularExpressionMatch match = sought.forLength(text.size()).match(text);
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
