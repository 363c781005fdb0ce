// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;

namespace replog {

// A placeholder for missing content: a heading, and a sentence on how to get content.
class EmptyState : public QWidget
{
    Q_OBJECT
public:
    explicit EmptyState(QWidget *parent = nullptr);

    void setText(const QString &heading, const QString &hint);

protected:
    void changeEvent(QEvent *event) override;

private:
    void updateFonts();

    QLabel *m_heading;
    QLabel *m_hint;
};

} // namespace replog
