// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/plaintext.h"

namespace replog {

namespace {

constexpr QChar Ellipsis(u'…');
constexpr QChar WordJoiner(0x2060);

bool endsLine(char16_t unit)
{
    return unit == u'\n' || unit == u'\r' || unit == 0x0B || unit == 0x0C || unit == 0x85 || unit == 0x2028 ||
           unit == 0x2029;
}

// The replacement for an invisible or dangerous character; 0 if the character may be shown.
char16_t signFor(char16_t unit)
{
    if (unit == u'\t')
        return u' ';
    if (unit < 0x20)
        return char16_t(0x2400 + unit);
    if (unit == 0x7F)
        return 0x2421;
    if ((unit >= 0x80 && unit < 0xA0) || PlainText::turnsText(unit))
        return 0xFFFD;
    return 0;
}

// Calls `take` with each character to show and whether it ends a line; stops when that returns false.
template <typename Take>
void walk(const QString &text, Take take)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t unit = text[i].unicode();
        if (endsLine(unit)) {
            if (unit == u'\r' && i + 1 < text.size() && text[i + 1] == u'\n')
                ++i;
            if (!take(QStringView(), true))
                return;
            continue;
        }
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            if (!take(QStringView(text).sliced(i, 2), false))
                return;
            ++i;
            continue;
        }
        const char16_t sign = text[i].isSurrogate() ? char16_t(0xFFFD) : signFor(unit);
        const QChar shown(sign == 0 ? unit : sign);
        if (!take(QStringView(&shown, 1), false))
            return;
    }
}

} // namespace

bool PlainText::turnsText(QChar character)
{
    const char16_t unit = character.unicode();
    return unit == 0x061C || unit == 0x200E || unit == 0x200F || (unit >= 0x202A && unit <= 0x202E) ||
           (unit >= 0x2066 && unit <= 0x2069);
}

QString PlainText::oneLine(const QString &text, qsizetype limit)
{
    QString line;
    line.reserve(std::min(text.size(), limit + 1));
    walk(text, [&](QStringView shown, bool isEnd) {
        if (line.size() >= limit) {
            line += Ellipsis;
            return false;
        }
        if (isEnd)
            line += u'⏎';
        else
            line += shown;
        return true;
    });
    return line;
}

QString PlainText::tip(const QString &text)
{
    QString all;
    qsizetype column = 0;
    int lines = 1;
    walk(text, [&](QStringView shown, bool isEnd) {
        if (isEnd || column >= TipColumns) {
            if (++lines > TipLines) {
                all += Ellipsis;
                return false;
            }
            all += u'\n';
            column = 0;
        }
        all += shown;
        // Qt recognises HTML by what follows "<" or "&"; the invisible WordJoiner prevents that.
        if (shown == u"<" || shown == u"&")
            all += WordJoiner;
        ++column;
        return true;
    });
    return all;
}

QString PlainText::notice(const QString &text)
{
    QString said = oneLine(text, 300);
    said.replace(u'<', QChar(0x2039)).replace(u'>', QChar(0x203A)).replace(u'&', QChar(0xFF06));
    return said;
}

QString PlainText::html(const QString &text, qsizetype limit)
{
    return oneLine(text, limit).toHtmlEscaped();
}

} // namespace replog
