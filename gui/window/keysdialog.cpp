// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/keysdialog.h"

#include "gui/widgets/plainlabel.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <map>

using namespace Qt::StringLiterals;

namespace replog {

KeysDialog::KeysDialog(QWidget *window) : QDialog(window)
{
    setObjectName(u"keysDialog"_s);
    setWindowTitle(tr("Keys"));
    std::map<QString, QString> keys; // by the text of the action
    const auto actions = window->findChildren<QAction *>();
    for (const QAction *action : actions) {
        QStringList all;
        const auto shortcuts = action->shortcuts();
        for (const QKeySequence &shortcut : shortcuts)
            all.append(shortcut.toString(QKeySequence::NativeText));
        all.removeAll(QString());
        if (!all.isEmpty() && !action->iconText().isEmpty())
            keys[action->iconText()] = all.join(u", "_s);
    }
    auto *const column = new QVBoxLayout(this);
    auto *const scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto *const page = new QWidget;
    auto *const grid = new QGridLayout(page);
    grid->setColumnStretch(1, 1);
    grid->setHorizontalSpacing(24);
    int row = 0;
    for (const auto &[what, key] : keys) {
        auto *const left = new PlainLabel(key, page);
        left->setForegroundRole(QPalette::PlaceholderText);
        grid->addWidget(left, row, 0);
        grid->addWidget(new PlainLabel(what, page), row, 1);
        ++row;
    }
    scroll->setWidget(page);
    column->addWidget(scroll, 1);
    auto *const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    resize(fontMetrics().averageCharWidth() * 64, fontMetrics().height() * 28);
}

} // namespace replog
