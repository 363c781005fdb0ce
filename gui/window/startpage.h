// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace replog {

// What the window shows without a cluster: each way to begin as a button with a sentence, and the clusters
// that were open before.
class StartPage : public QWidget
{
    Q_OBJECT
public:
    explicit StartPage(QWidget *parent = nullptr);

    void setHeading(const QString &heading);
    // Each action's tool tip is its sentence. Names of the buttons are those of the actions, and "Button".
    void setActions(const QList<QAction *> &actions);
    void setRecent(const QString &heading, const QList<QAction *> &actions);

protected:
    void changeEvent(QEvent *event) override;

private:
    void updateFonts();

    QLabel *m_heading;
    QGridLayout *m_ways;
    QLabel *m_recentHeading;
    QVBoxLayout *m_recent;
};

} // namespace replog
