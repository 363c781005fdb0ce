// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMessageBox>

namespace replog {

// A message box whose texts are shown as they are (see PlainLabel), deleted when it closes.
class PlainMessageBox : public QMessageBox
{
    Q_OBJECT
public:
    PlainMessageBox(Icon icon, const QString &title, const QString &text, const QString &more,
                    StandardButtons buttons, QWidget *parent);
};

} // namespace replog
