// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace replog {

// The page that the window shows without a cluster: the ways to begin, each a button with a sentence, and
// recent clusters.
class StartPage : public QWidget
{
    Q_OBJECT
public:
    explicit StartPage(QWidget *parent = nullptr);

    void setHeading(const QString &heading);
    // The sentence is the tool tip of the action. A button's object name is that of its action, with "Button"
    // added.
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
