// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>
#include <QTimer>

namespace replog {

// Shows a text of any length, for reading and copying, without blocking the event loop for long. The text is
// inserted piece by piece, and a very long line as several, because Qt's layout takes time that grows with
// the square of a line's length. Copying gives the original text.
class LongTextView : public QPlainTextEdit
{
    Q_OBJECT
public:
    // Most that is shown; a note at the end tells what is left out.
    static constexpr qsizetype MostCharacters = 2 * 1024 * 1024;
    static constexpr int MostLines = 100'000;
    static constexpr qsizetype LineCharacters = 1024; // of a piece of a line

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
    QTimer m_more;
};

} // namespace replog
