// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/matrix/logmodel.h"
#include "gui/theme/texts.h"

#include <QWidget>

namespace replog {

class ElidedLabel;

// The line below the log: what is known of the log as a whole, at the right, and left of it the legend of the
// matrix. The former has its place first; the legend has words for as many signs as there is room for, from
// the first on. The others' words are in the tool tip.
class LogFooter : public QWidget
{
    Q_OBJECT
public:
    explicit LogFooter(QWidget *parent = nullptr);

    ElidedLabel *status() const { return m_status; }
    int words() const { return m_words; } // how many signs have their words

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool event(QEvent *event) override;

private:
    int legendWidth(int words) const;
    int lineHeight() const;
    void arrange();

    ElidedLabel *m_status;
    int m_words = 0;
    Texts m_texts;
};

} // namespace replog
