// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMessageBox>

namespace replog {

// A message box with plain text (see PlainLabel) that is deleted when it closes.
class PlainMessageBox : public QMessageBox
{
    Q_OBJECT
public:
    PlainMessageBox(Icon icon, const QString &title, const QString &text, const QString &more,
                    StandardButtons buttons, QWidget *parent);
};

} // namespace replog
