// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/plainmessagebox.h"

#include <QLabel>

namespace replog {

PlainMessageBox::PlainMessageBox(Icon icon, const QString &title, const QString &text, const QString &more,
                                 StandardButtons buttons, QWidget *parent)
    : QMessageBox(icon, title, QString(), buttons, parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setTextFormat(Qt::PlainText);
    setText(text);
    setInformativeText(more);
    // The text format of a QMessageBox does not apply to its informative text.
    const QList<QLabel *> labels = findChildren<QLabel *>();
    for (QLabel *label : labels)
        label->setTextFormat(Qt::PlainText);
}

} // namespace replog
