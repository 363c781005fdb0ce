// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>

namespace replog {

// Most characters of a text from a peer (reason, name, error) in logs and statuses.
constexpr qsizetype MaxPeerText = 500;

// `text`, or its beginning with an ellipsis if it is longer than MaxPeerText; never splits a surrogate pair.
inline QString boundedText(QStringView text)
{
    if (text.size() <= MaxPeerText)
        return text.toString();
    qsizetype end = MaxPeerText - 1;
    if (text[end - 1].isHighSurrogate())
        --end;
    return text.first(end).toString() + QChar(0x2026);
}

// A peer's text for logs and statuses: one line of bounded plain text, whatever was sent. What would end the
// line, control a terminal or turn the direction of the text is a space.
inline QString peerText(QStringView text)
{
    QString line = boundedText(text);
    for (QChar &c : line) {
        if (c.category() == QChar::Other_Control || c.category() == QChar::Other_Format ||
            c.category() == QChar::Separator_Line || c.category() == QChar::Separator_Paragraph)
            c = u' ';
    }
    return line;
}

} // namespace replog
