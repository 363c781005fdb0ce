// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace replog {

// Every action of a window that has a key, by its key. Made from the actions themselves, so that none is
// missing.
class KeysDialog : public QDialog
{
    Q_OBJECT
public:
    explicit KeysDialog(QWidget *window);
};

} // namespace replog
