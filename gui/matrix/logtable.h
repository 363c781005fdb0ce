// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/widgets/rowtable.h"

#include <QSet>

class QRegularExpression;

namespace replog {

class LogDelegate;

// The table of the log: follows the end of the log unless the user scrolled away from it, and fits its
// columns to the width.
class LogTable : public RowTable
{
    Q_OBJECT
public:
    explicit LogTable(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    // Hides the wait column while no client waits.
    void setWaitsShown(bool shown);
    // Shows or hides an optional column: LogModel::TimeColumn to ConcernColumn.
    void setColumnShown(int column, bool shown);
    // The matches to highlight in messages.
    void setHits(const QList<QRegularExpression> &hits);
    // Scrolls to that message and selects it.
    void goToRow(int row);

signals:
    void followingChanged(bool following);
    void copyRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    int idWidth() const;
    void fitColumns();
    void handleScrolled(int value);
    void handleRangeChanged();

    LogDelegate *m_delegate;
    bool m_waitsShown = false;
    QSet<int> m_shown; // optional columns that are shown
    bool m_following = true;
    bool m_ownMove = false;
};

} // namespace replog
