// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QLabel;
class QHBoxLayout;

namespace replog {

// What stands where content will be: a heading, a sentence on how to get there, and the buttons to do it.
class EmptyState : public QWidget
{
    Q_OBJECT
public:
    explicit EmptyState(QWidget *parent = nullptr);

    void setText(const QString &heading, const QString &hint);
    void setActions(const QList<QAction *> &actions);

protected:
    void changeEvent(QEvent *event) override;

private:
    void updateFonts();

    QLabel *m_heading;
    QLabel *m_hint;
    QHBoxLayout *m_buttons;
};

} // namespace replog
