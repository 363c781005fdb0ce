// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace replog {

// Prepares texts from outside (messages, names, addresses, errors) for display: bounded in length, not
// interpreted as HTML, and without characters that hide or reorder the text around them.
class PlainText
{
public:
    static constexpr qsizetype LineCharacters = 1000;
    static constexpr qsizetype TipColumns = 100;
    static constexpr int TipLines = 12;

    // Whether the character orders the text around it anew, or hides so.
    static bool turnsText(QChar character);
    // On one line: line ends become a sign, control characters their Unicode pictures; cut after `limit`
    // characters.
    static QString oneLine(const QString &text, qsizetype limit = LineCharacters);
    // For tool tips: at most TipLines lines of at most TipColumns characters.
    static QString tip(const QString &text);
    // For desktop notifications, which may interpret markup.
    static QString notice(const QString &text);
    // For the places where Qt always interprets HTML, such as the names in a chart's legend.
    static QString html(const QString &text, qsizetype limit = LineCharacters);
};

} // namespace replog
