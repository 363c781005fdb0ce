// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/widgets/rowtable.h"

#include <QTimer>

namespace replog {

// The table of the nodes. Columns are as wide as their contents. If they do not fit, long names are cut, and
// then the columns are hidden whose contents the window shows elsewhere, so that no horizontal scrolling is
// needed. When the selected node goes, none is selected until the user chooses one: what is done to the
// selected node is done at once.
class NodesTable : public RowTable
{
    Q_OBJECT
public:
    explicit NodesTable(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;

protected slots:
    void rowsAboutToBeRemoved(const QModelIndex &parent, int first, int last) override;

protected:
    int entryRow() const override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    int neededWidth(int column) const;
    void fitColumns();
    void forgetWidths();

    QList<int> m_widths; // the largest widths so far: columns do not shrink with each figure
    QTimer m_fit;
};

} // namespace replog
