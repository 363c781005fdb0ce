// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/emptystate.h"

#include "gui/widgets/plainlabel.h"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

EmptyState::EmptyState(QWidget *parent)
    : QWidget(parent), m_heading(new PlainLabel(this)), m_hint(new PlainLabel(this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 24, 12, 24);
    column->setSpacing(12);
    column->addStretch(2);
    for (QLabel *label : {m_heading, m_hint}) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
        column->addWidget(label);
    }
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    column->addStretch(3);
    updateFonts();
}

void EmptyState::setText(const QString &heading, const QString &hint)
{
    m_heading->setText(heading);
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
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
