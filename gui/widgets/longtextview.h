// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>
#include <QTimer>

#include <utility>

namespace replog {

// Shows a text of any length, for reading and copying, without blocking the event loop for long. The text is
// inserted piece by piece, and a very long line as several, because Qt's layout takes time that grows with
// the square of a line's length. Characters that would turn the text around them are shown as a sign. Copying
// gives the original text.
class LongTextView : public QPlainTextEdit
{
    Q_OBJECT
public:
    // Most that is shown; a note at the end tells what is left out.
    static constexpr qsizetype MostCharacters = 2 * 1024 * 1024;
    static constexpr int MostLines = 100'000;
    static constexpr qsizetype LineCharacters =
        1024; // of a piece of a line, which ends with a word if it can

    explicit LongTextView(QWidget *parent = nullptr);

    void showText(const QString &text);
    // Whether all pieces are inserted.
    bool isComplete() const { return !m_more.isActive(); }

protected:
    QMimeData *createMimeDataFromSelection() const override;

private:
    void addPiece();

    QString m_text;
    qsizetype m_at = 0; // characters before it are inserted
    int m_lines = 0;
    QList<std::pair<int, QChar>> m_hidden; // place in the document, and what a sign stands for; ascending
    QTimer m_more;
};

} // namespace replog
