// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace replog {

// A label that shows its text as it is. Qt's own guesses, and takes anything with a tag in it for HTML,
// images from any path included.
class PlainLabel : public QLabel
{
    Q_OBJECT
public:
    explicit PlainLabel(QWidget *parent = nullptr) : QLabel(parent) { setTextFormat(Qt::PlainText); }
    explicit PlainLabel(const QString &text, QWidget *parent = nullptr) : PlainLabel(parent)
    {
        setText(text);
    }
};

} // namespace replog
