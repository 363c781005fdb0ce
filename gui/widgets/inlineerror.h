// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QWidget>

namespace replog {

// The place in a dialog where it says what is wrong with its input: a sign and a text, hidden while all is
// well.
class InlineError : public QWidget
{
    Q_OBJECT
public:
    explicit InlineError(QWidget *parent = nullptr);
    void setText(const QString &text); // empty: nothing is wrong
    QString text() const { return m_text->text(); }

private:
    void makeRoom(); // the dialog grows, rather than squeeze what is in it

    QLabel *m_text;
};

} // namespace replog
