// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace replog {

// A table that is read row by row: whole rows are selected, nothing is edited, Tab leaves it, and its rows
// are as high as the font and some air need. The keyboard finds a row selected that it can go on from. Says
// in its middle why it is empty.
class RowTable : public QTableView
{
    Q_OBJECT
public:
    // `air`: pixels that a row is higher than its text.
    explicit RowTable(int air, QWidget *parent = nullptr);

    void setEmptyText(const QString &text);

protected:
    void focusInEvent(QFocusEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    int entryRow() const;
    void updateRowHeight();

    const int m_air;
    QString m_emptyText;
};

} // namespace replog
