// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/theme/texts.h"

#include <QMenu>

namespace replog {

class LogTable;

// Chooses the optional columns of the log. The choice is stored by name, so that a later version with other
// columns keeps it. The menu also opens on the header.
class ColumnMenu : public QMenu
{
    Q_OBJECT
public:
    explicit ColumnMenu(LogTable &table, QWidget *parent = nullptr);

private:
    QAction *addColumn(LogTable &table, int column, const QString &name);
    void store() const;

    Texts m_texts;
};

} // namespace replog
