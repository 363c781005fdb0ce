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
    // The column that tells who waits takes no room while nobody does.
    void setWaitsShown(bool shown);
    // Columns that are shown only if asked for: LogModel's from TimeColumn to ConcernColumn.
    void setColumnShown(int column, bool shown);
    // What is marked in the messages.
    void setHits(const QRegularExpression &hits);
    // Scrolls there and selects it.
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
    QSet<int> m_shown; // of those that need not be
    bool m_following = true;
    bool m_ownMove = false;
};

} // namespace replog
