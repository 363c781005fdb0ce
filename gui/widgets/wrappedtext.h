// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextDocument>
#include <QTextEdit>

namespace replog {

// A plain text to read and copy. Unlike QLabel it breaks a word that is longer than a line, so that no text
// from outside makes the window wider.
class WrappedText : public QTextEdit
{
    Q_OBJECT
public:
    explicit WrappedText(QWidget *parent = nullptr);

    QString text() const { return m_text; }
    void setText(const QString &text);
    void setMargin(int pixels);
    // A longer text scrolls. 0: it takes the room that it needs.
    void setMostLines(int lines);
    // Lets the dialog that it is in grow as far as the texts need. A dialog does not by itself, and squeezes
    // its fields.
    void makeRoom();

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    int heightForWidth(int width) const override;

protected:
    void changeEvent(QEvent *event) override;

private:
    void updateInk();

    QString m_text;
    int m_mostLines = 0;
    mutable QTextDocument m_measure; // the text in other widths
};

} // namespace replog
