// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

#include <algorithm>

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
    // A label that wraps asks for no more width than a usual word has: QLabel wants the room of the longest
    // one, and a text from outside may have a word that is wider than the screen.
    QSize minimumSizeHint() const override
    {
        const QSize size = QLabel::minimumSizeHint();
        if (!wordWrap())
            return size;
        return {std::min(size.width(), fontMetrics().averageCharWidth() * MostWord), size.height()};
    }

private:
    static constexpr int MostWord = 24; // characters
};

} // namespace replog
