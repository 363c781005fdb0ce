// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace replog {

// A label for plain text. QLabel guesses the format and interprets a text with a tag as HTML, which can even
// load images from any path.
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
