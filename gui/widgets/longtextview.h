// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>
#include <QTimer>

namespace replog {

// Shows a text of any length and shape, to be read and copied, and never keeps the event loop for long: a
// text goes in piece by piece, and a line that is too long to be laid out at once (Qt takes a time that grows
// with its square) goes in as several. What is copied out is the text as it was.
class LongTextView : public QPlainTextEdit
{
    Q_OBJECT
public:
    static constexpr qsizetype MostCharacters = 2 * 1024 * 1024; // shown; what is left out is told at the end
    static constexpr int MostLines = 100'000;
    static constexpr qsizetype LineCharacters = 1024; // laid out at once

    explicit LongTextView(QWidget *parent = nullptr);

    void showText(const QString &text);
    // Whether all that will be shown is there.
    bool isComplete() const { return !m_more.isActive(); }

protected:
    QMimeData *createMimeDataFromSelection() const override;

private:
    void addPiece();

    QString m_text;
    qsizetype m_at = 0; // what comes before is shown
    int m_lines = 0;
    QTimer m_more;
};

} // namespace replog
