// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/inlineerror.h"

#include "gui/widgets/plainlabel.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QStyle>

namespace replog {

InlineError::InlineError(QWidget *parent) : QWidget(parent), m_text(new WrappedText(this))
{
    auto *const layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto *const sign = new PlainLabel(this);
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    sign->setPixmap(style()->standardIcon(QStyle::SP_MessageBoxWarning, nullptr, this).pixmap(size));
    layout->addWidget(sign, 0, Qt::AlignTop);
    layout->addWidget(m_text, 1);
    setVisible(false);
}

void InlineError::setText(const QString &text)
{
    m_text->setText(text);
    m_text->setAccessibleName(text);
    setVisible(!text.isEmpty());
    m_text->makeRoom();
    if (!text.isEmpty()) {
        QAccessibleEvent event(this, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }
}

} // namespace replog
