// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

namespace replog {

// The head of the log. A node's column that has no room for the sign of its state and the end of its name
// shows the end of the name alone, in the colour of the state: without any name nobody could tell the columns
// apart.
class LogHeader : public QHeaderView
{
    Q_OBJECT
public:
    explicit LogHeader(QWidget *parent = nullptr);

    // Whether the column has room for a sign beside its name.
    bool hasSign(int column) const;

protected:
    void initStyleOptionForIndex(QStyleOptionHeader *option, int column) const override;
};

} // namespace replog
