// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace replog {

// A read-only table of rows: selects whole rows, is left with Tab, and derives the row height from the font.
// When it gets the focus by keyboard it selects a visible row. An empty table shows the reason in the middle.
class RowTable : public QTableView
{
    Q_OBJECT
public:
    // `air`: row height minus text height, in pixels.
    explicit RowTable(int air, QWidget *parent = nullptr);

    void setEmptyText(const QString &text); // while there are no rows
    QString emptyText() const { return m_emptyText; }

protected:
    virtual int entryRow() const; // to select when it gets the focus by keyboard and none is; -1: none
    void focusInEvent(QFocusEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void updateRowHeight();

    const int m_air;
    QString m_emptyText;
};

} // namespace replog
