// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/emptystate.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

EmptyState::EmptyState(QWidget *parent)
    : QWidget(parent), m_heading(new QLabel(this)), m_hint(new QLabel(this)), m_buttons(new QHBoxLayout)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(12);
    column->addStretch(2);
    for (QLabel *label : {m_heading, m_hint}) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        column->addWidget(label);
    }
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_buttons->setSpacing(12);
    column->addSpacing(4);
    column->addLayout(m_buttons);
    column->addStretch(3);
    updateFonts();
}

void EmptyState::setText(const QString &heading, const QString &hint)
{
    m_heading->setText(heading);
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

void EmptyState::setActions(const QList<QAction *> &actions)
{
    while (QLayoutItem *item = m_buttons->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_buttons->addStretch();
    for (QAction *action : actions) {
        auto *button = new QPushButton(action->icon(), action->text(), this);
        button->setObjectName(action->objectName() + "Button"_L1);
        button->setToolTip(action->toolTip());
        button->setDefault(m_buttons->count() == 1);
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        connect(action, &QAction::changed, button, [button, action] {
            button->setText(action->text());
            button->setToolTip(action->toolTip());
            button->setEnabled(action->isEnabled());
        });
        m_buttons->addWidget(button);
    }
    m_buttons->addStretch();
}

void EmptyState::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange)
        updateFonts();
}

void EmptyState::updateFonts()
{
    QFont heading = font();
    heading.setPointSizeF(heading.pointSizeF() * 1.5);
    heading.setBold(true);
    m_heading->setFont(heading);
}

} // namespace replog
