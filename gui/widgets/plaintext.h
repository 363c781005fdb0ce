// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace replog {

// Texts that come from outside (messages, names, addresses, errors), made fit to be shown: never longer than
// their place bears, never taken for HTML, and nothing in them can hide or reorder what stands beside them.
class PlainText
{
public:
    static constexpr qsizetype LineCharacters = 1000;
    static constexpr qsizetype TipColumns = 100;
    static constexpr int TipLines = 12;

    // On one line: line ends become signs, control characters their pictures; cut after `limit` characters.
    static QString oneLine(const QString &text, qsizetype limit = LineCharacters);
    // For tool tips: broken into at most TipLines lines of TipColumns.
    static QString tip(const QString &text);
    // For the desktop's notices, which may read markup.
    static QString notice(const QString &text);
    // For the few places of Qt that always read HTML, such as the names in a chart's legend.
    static QString html(const QString &text, qsizetype limit = LineCharacters);
};

} // namespace replog
