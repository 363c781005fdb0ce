// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/theme/texts.h"

#include <QEvent>
#include <QWidget>

#include <utility>

namespace replog {

Texts::Texts(QWidget *widget)
{
    widget->installEventFilter(this);
}

void Texts::add(std::function<void()> setter)
{
    setter();
    m_setters.push_back(std::move(setter));
}

bool Texts::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        for (const auto &set : m_setters)
            set();
    }
    return QObject::eventFilter(watched, event);
}

} // namespace replog
