// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/columnmenu.h"

#include "gui/matrix/logmodel.h"
#include "gui/matrix/logtable.h"

#include <QAction>
#include <QHeaderView>
#include <QSettings>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr auto Key = "matrix/columns"_L1;
}

ColumnMenu::ColumnMenu(LogTable &table, QWidget *parent) : QMenu(parent), m_texts(this)
{
    QAction *time = addColumn(table, LogModel::TimeColumn, u"time"_s);
    QAction *size = addColumn(table, LogModel::SizeColumn, u"size"_s);
    QAction *type = addColumn(table, LogModel::TypeColumn, u"type"_s);
    QAction *concern = addColumn(table, LogModel::ConcernColumn, u"w"_s);
    const QStringList chosen = QSettings().value(Key).toStringList();
    const QList<QAction *> all = actions();
    for (QAction *action : all)
        action->setChecked(chosen.contains(action->data().toString()));
    for (QAction *action : all)
        connect(action, &QAction::toggled, this, &ColumnMenu::store);
    QHeaderView *header = table.horizontalHeader();
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QWidget::customContextMenuRequested, this,
            [this, header](const QPoint &at) { popup(header->mapToGlobal(at)); });
    m_texts.add([this, time, size, type, concern] {
        setTitle(tr("Co&lumns"));
        time->setText(tr("&Time of arrival"));
        size->setText(tr("&Size"));
        type->setText(tr("T&ype"));
        concern->setText(tr("Nodes &asked for (w), while it waits"));
    });
}

QAction *ColumnMenu::addColumn(LogTable &table, int column, const QString &name)
{
    QAction *action = addAction(QString());
    action->setObjectName(u"column-"_s + name);
    action->setCheckable(true);
    action->setData(name);
    connect(action, &QAction::toggled, &table,
            [&table, column](bool shown) { table.setColumnShown(column, shown); });
    return action;
}

void ColumnMenu::store() const
{
    QStringList names;
    const QList<QAction *> all = actions();
    for (const QAction *action : all) {
        if (action->isChecked())
            names.append(action->data().toString());
    }
    QSettings().setValue(Key, names);
}

} // namespace replog
