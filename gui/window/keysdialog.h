// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace replog {

// Lists all actions of a window that have a shortcut. It reads them from the actions themselves, so none is
// missing.
class KeysDialog : public QDialog
{
    Q_OBJECT
public:
    explicit KeysDialog(QWidget *window);
};

} // namespace replog
