// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/startpage.h"

#include "gui/widgets/plainlabel.h"

#include <QAction>
#include <QEvent>
#include <QGridLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

void clear(QLayout *layout)
{
    while (QLayoutItem *item = layout->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
}

} // namespace

StartPage::StartPage(QWidget *parent)
    : QWidget(parent), m_heading(new PlainLabel(this)), m_ways(new QGridLayout),
      m_recentHeading(new PlainLabel(this)), m_recent(new QVBoxLayout)
{
    auto *const outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    auto *const scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto *const page = new QWidget;
    auto *const row = new QHBoxLayout(page);
    auto *const column = new QVBoxLayout;
    row->addStretch(1);
    row->addLayout(column, 8);
    row->addStretch(1);
    column->setSpacing(10);
    column->addStretch(2);
    column->addWidget(m_heading);
    column->addSpacing(6);
    m_ways->setHorizontalSpacing(16);
    m_ways->setVerticalSpacing(10);
    m_ways->setColumnStretch(1, 1);
    column->addLayout(m_ways);
    column->addSpacing(14);
    column->addWidget(m_recentHeading);
    column->addLayout(m_recent);
    column->addStretch(3);
    scroll->setWidget(page);
    outer->addWidget(scroll);
    m_recentHeading->hide();
    updateFonts();
}

void StartPage::setHeading(const QString &heading)
{
    m_heading->setText(heading);
}

void StartPage::setActions(const QList<QAction *> &actions)
{
    clear(m_ways);
    int row = 0;
    for (QAction *action : actions) {
        auto *const button = new QPushButton(this);
        button->setObjectName(action->objectName() + "Button"_L1);
        button->setIcon(action->icon());
        button->setDefault(row == 0);
        auto *const sentence = new PlainLabel(this);
        sentence->setWordWrap(true);
        sentence->setForegroundRole(QPalette::PlaceholderText);
        const auto update = [button, sentence, action] {
            button->setText(action->iconText());
            button->setEnabled(action->isEnabled());
            sentence->setText(action->toolTip());
        };
        update();
        connect(action, &QAction::changed, button, update);
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        m_ways->addWidget(button, row, 0);
        m_ways->addWidget(sentence, row, 1);
        ++row;
    }
}

void StartPage::setRecent(const QString &heading, const QList<QAction *> &actions)
{
    clear(m_recent);
    m_recentHeading->setText(heading);
    m_recentHeading->setVisible(!actions.isEmpty());
    for (QAction *action : actions) {
        auto *const button = new QPushButton(action->text(), this); // an "&" in a place stays one
        button->setObjectName(action->objectName() + "Button"_L1);
        button->setFlat(true);
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        m_recent->addWidget(button, 0, Qt::AlignLeft);
    }
}

void StartPage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange)
        updateFonts();
}

void StartPage::updateFonts()
{
    QFont heading = font();
    heading.setPointSizeF(heading.pointSizeF() * 1.5);
    heading.setBold(true);
    m_heading->setFont(heading);
    QFont recent = font();
    recent.setBold(true);
    m_recentHeading->setFont(recent);
}

} // namespace replog
