// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/window/rowtable.h"

namespace replog {

// The table of the log: follows the end of the log unless the user scrolled away from it, and fits its columns to the
// width. Says in its middle why it is empty.
class LogTable : public RowTable
{
    Q_OBJECT
public:
    explicit LogTable(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    void setEmptyText(const QString &text);
    // Scrolls there and selects it.
    void goToRow(int row);

signals:
    void followingChanged(bool following);
    void copyRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void fitColumns();
    void handleScrolled(int value);
    void handleRangeChanged();

    QString m_emptyText;
    bool m_following = true;
    bool m_ownMove = false;
};

} // namespace replog
