// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/theme/texts.h"

#include <QMenu>

namespace replog {

class LogTable;

// Which of the columns that need not be there the log shows. Kept by name, so that a column more or less
// moves none of the choices. It opens over the header, too.
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
