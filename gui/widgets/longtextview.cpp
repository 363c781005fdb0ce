// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/longtextview.h"

#include "gui/widgets/plaintext.h"

#include <QLocale>
#include <QMimeData>
#include <QTextBlock>

#include <algorithm>
#include <utility>

namespace replog {

namespace {

// Size of one piece: inserting it takes some milliseconds.
constexpr qsizetype PieceCharacters = 16 * 1024;
constexpr int PieceLines = 500;
constexpr qsizetype WordCharacters = 128; // a longer word is broken at the end of a piece of a line
constexpr int GoesOn = 1;                 // user state of a block whose line continues in the next one

// Characters at which Qt begins a new block or a new line.
bool endsLine(QChar c)
{
    return c == u'\n' || c == u'\r' || c == QChar::LineSeparator || c == QChar::ParagraphSeparator ||
           c == QChar(0xFDD0) || c == QChar(0xFDD1);
}

} // namespace

LongTextView::LongTextView(QWidget *parent) : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    m_more.setSingleShot(true);
    m_more.setInterval(0);
    connect(&m_more, &QTimer::timeout, this, &LongTextView::addPiece);
}

void LongTextView::showText(const QString &text)
{
    m_more.stop();
    clear();
    m_text = text;
    m_at = 0;
    m_lines = 0;
    m_hidden.clear();
    addPiece();
}

void LongTextView::addPiece()
{
    QString piece;
    QList<int> parts; // blocks whose line continues in the next one
    const int first = document()->blockCount() - 1;
    int lines = 0;
    qsizetype inLine = 0;
    const int begin = document()->characterCount() - 1;
    const qsizetype hiddenBefore = m_hidden.size();
    const auto endLine = [&] {
        piece += u'\n';
        ++lines;
        inLine = 0;
    };
    const auto isFull = [&] { return m_at >= MostCharacters || m_lines + lines >= MostLines; };
    while (m_at < m_text.size()) {
        if (inLine == 0 && (lines >= PieceLines || piece.size() >= PieceCharacters || isFull()))
            break;
        const QChar c = m_text[m_at++];
        const bool isLast = m_at == m_text.size();
        if (endsLine(c)) {
            if (c == u'\r' && !isLast && m_text[m_at] == u'\n')
                ++m_at;
            endLine();
            continue;
        }
        if (PlainText::turnsText(c))
            m_hidden.append({begin + int(piece.size()), c});
        piece += PlainText::turnsText(c) ? QChar(QChar::ReplacementCharacter) : c;
        if (++inLine < LineCharacters || isLast || endsLine(m_text[m_at]) ||
            (c.isHighSurrogate() && m_text[m_at].isLowSurrogate()))
            continue;
        parts.append(first + lines);
        const qsizetype space = piece.lastIndexOf(u' ');
        const qsizetype rest = piece.size() - space - 1;
        if (space < 0 || rest >= std::min(inLine, WordCharacters)) {
            endLine();
            continue;
        }
        if (lines >= PieceLines || piece.size() >= PieceCharacters || isFull()) {
            // The piece ends here, with a whole line: the word begins the next one.
            m_at -= rest;
            piece.chop(rest);
            while (m_hidden.size() > hiddenBefore && m_hidden.last().first > begin + space)
                m_hidden.removeLast();
            endLine();
            continue;
        }
        piece.insert(space + 1, u'\n');
        for (qsizetype i = m_hidden.size(); i > hiddenBefore && m_hidden[i - 1].first > begin + space; --i)
            ++m_hidden[i - 1].first;
        ++lines;
        inLine = rest;
    }
    const bool isEnd = m_at >= m_text.size();
    const bool isCut = !isEnd && isFull();
    m_lines += lines;
    if (isCut)
        piece += tr("… %L1 more character(s)").arg(m_text.size() - m_at);
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(piece);
    for (const int part : std::as_const(parts))
        document()->findBlockByNumber(part).setUserState(GoesOn);
    if (isEnd || isCut)
        m_text.clear();
    else
        m_more.start();
}

QMimeData *LongTextView::createMimeDataFromSelection() const
{
    const QTextCursor selected = textCursor();
    QString text;
    for (QTextBlock block = document()->findBlock(selected.selectionStart());
         block.isValid() && block.position() < selected.selectionEnd(); block = block.next()) {
        const qsizetype from = std::max(0, selected.selectionStart() - block.position());
        const qsizetype to = std::min(block.length() - 1, selected.selectionEnd() - block.position());
        QString part = block.text().sliced(from, std::max<qsizetype>(0, to - from));
        const int begin = block.position() + int(from);
        auto hidden = std::lower_bound(m_hidden.begin(), m_hidden.end(), begin,
                                       [](const auto &one, int place) { return one.first < place; });
        for (; hidden != m_hidden.end() && hidden->first < begin + part.size(); ++hidden)
            part[hidden->first - begin] = hidden->second;
        text += part;
        if (block.userState() != GoesOn && block.position() + block.length() <= selected.selectionEnd())
            text += u'\n';
    }
    auto *const copied = new QMimeData;
    copied->setText(text);
    return copied;
}

} // namespace replog
