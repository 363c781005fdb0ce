// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/widgets/rowtable.h"

#include <QTimer>

namespace replog {

// The table of the nodes. Its columns are as wide as what they say; where there is no room for all of them,
// those go first that the window tells elsewhere too, so that nothing has to be scrolled sideways.
class NodesTable : public RowTable
{
    Q_OBJECT
public:
    explicit NodesTable(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    int neededWidth(int column) const;
    void fitColumns();
    void forgetWidths();

    QList<int> m_widths; // that were needed so far: columns do not jump to and fro with each figure
    QTimer m_fit;
};

} // namespace replog
