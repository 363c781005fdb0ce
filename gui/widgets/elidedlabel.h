// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/widgets/plainlabel.h"

namespace replog {

// A label of one line that takes the room there is: a longer text ends with "…", and the tool tip has all of
// it.
class ElidedLabel : public PlainLabel
{
    Q_OBJECT
public:
    explicit ElidedLabel(QWidget *parent = nullptr);

    // It is as wide as its text where there is room for that, beside others in a row.
    void wantItsWidth();

    // What is painted: the text, or as much of it as there is room for.
    QString shownText() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;
};

} // namespace replog
