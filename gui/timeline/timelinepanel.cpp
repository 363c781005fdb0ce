// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/timeline/timelinepanel.h"

#include "gui/widgets/emptystate.h"
#include "gui/widgets/plaintext.h"
#include "gui/widgets/rowtable.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qsizetype NameCharacters = 100; // of a node
}

TimelinePanel::TimelinePanel(EventModel &events, QWidget *parent)
    : QWidget(parent), m_events(events), m_filter(new EventFilter(&events, this)), m_texts(this)
{
    auto *const layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    auto *const bar = new QHBoxLayout;
    layout->addLayout(bar);

    auto *const kinds = new QToolButton(this);
    kinds->setObjectName(u"eventKinds"_s);
    kinds->setPopupMode(QToolButton::InstantPopup);
    auto *const menu = new QMenu(kinds);
    QAction *const all = menu->addAction(QString());
    m_texts.add([kinds, all] {
        kinds->setText(tr("Kinds"));
        kinds->setToolTip(tr("Which kinds of events are shown"));
        all->setText(tr("Show &All"));
    });
    menu->addSeparator();
    QList<QAction *> toggles;
    for (EventKind kind : allEventKinds()) {
        QAction *const toggle = menu->addAction(QString());
        m_texts.add([toggle, kind] { toggle->setText(eventKindName(kind)); });
        toggle->setCheckable(true);
        toggle->setChecked(true);
        connect(toggle, &QAction::toggled, this, [this, kind](bool on) {
            m_filter->setKindShown(kind, on);
            updateEmpty();
        });
        toggles.append(toggle);
    }
    connect(all, &QAction::triggered, this, [toggles] {
        for (QAction *toggle : toggles)
            toggle->setChecked(true);
    });
    kinds->setMenu(menu);
    bar->addWidget(kinds);

    m_node = new QComboBox(this);
    m_node->setObjectName(u"eventNode"_s);
    m_node->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    bar->addWidget(m_node);

    m_text = new QLineEdit(this);
    m_text->setObjectName(u"eventText"_s);
    m_text->setClearButtonEnabled(true);
    bar->addWidget(m_text, 1);

    auto *const clear = new QToolButton(this);
    bar->addWidget(clear);

    m_table = new RowTable(6, this);
    m_table->setObjectName(u"events"_s);
    m_table->setModel(m_filter);
    m_table->setAlternatingRowColors(true);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto *const copy = new QAction(m_table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    m_table->addAction(copy);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);

    auto *const empty = new EmptyState(this);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_table);
    m_stack->addWidget(empty);
    layout->addWidget(m_stack, 1);

    connect(m_text, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_filter->setText(text);
        updateEmpty();
    });
    connect(m_node, &QComboBox::currentIndexChanged, this, [this] {
        m_filter->setNode(m_node->currentData().toString());
        updateEmpty();
    });
    connect(clear, &QToolButton::clicked, &m_events, &EventModel::clear);
    connect(copy, &QAction::triggered, this, &TimelinePanel::copySelected);
    connect(&m_events, &EventModel::nodesChanged, this, &TimelinePanel::updateNodes);
    // New rows and resizing change the range of the scroll bar; only the user changes its value.
    const QScrollBar *scroll = m_table->verticalScrollBar();
    connect(scroll, &QScrollBar::valueChanged, this,
            [this, scroll] { m_atEnd = scroll->value() >= scroll->maximum(); });
    connect(scroll, &QScrollBar::rangeChanged, this, [this] {
        if (m_atEnd)
            m_table->scrollToBottom();
    });
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, &TimelinePanel::updateEmpty);
    connect(m_filter, &QAbstractItemModel::modelReset, this, &TimelinePanel::updateEmpty);
    setFocusProxy(m_table);
    m_texts.add([this, clear, copy, empty] {
        m_node->setAccessibleName(tr("Node whose events are shown"));
        m_text->setPlaceholderText(tr("Filter by text"));
        m_text->setAccessibleName(tr("Filter events by text"));
        clear->setText(tr("Clear"));
        clear->setToolTip(tr("Forgets the events shown so far"));
        copy->setText(tr("Copy"));
        m_table->setAccessibleName(tr("Events"));
        empty->setText(
            tr("Nothing to show"),
            tr("What happens in the cluster is listed here, as far as the filters let it through."));
        fitColumns();
        updateNodes();
    });
    updateEmpty();
}

void TimelinePanel::fitColumns()
{
    const QFontMetrics metrics = fontMetrics();
    int kind = 0;
    for (EventKind each : allEventKinds())
        kind = qMax(kind, metrics.horizontalAdvance(eventKindName(each)));
    const bool isOld = m_events.rowCount() > 0 && m_events.at(0).time.date() != QDate::currentDate();
    m_table->setColumnWidth(
        EventModel::TimeColumn,
        metrics.horizontalAdvance(isOld ? u"0000-00-00 00:00:00.000"_s : u"00:00:00.000"_s) + 20);
    m_table->setColumnWidth(EventModel::NodeColumn, metrics.horizontalAdvance(u"secondary-10"_s) + 20);
    m_table->setColumnWidth(EventModel::KindColumn, kind + 20);
}

void TimelinePanel::updateNodes()
{
    const QString chosen = m_node->currentData().toString();
    const QSignalBlocker blocker(m_node);
    m_node->clear();
    m_node->addItem(tr("All nodes"), QString());
    for (const QString &node : m_events.nodes())
        m_node->addItem(PlainText::oneLine(node, NameCharacters), node);
    m_node->setCurrentIndex(qMax(0, m_node->findData(chosen)));
    m_filter->setNode(m_node->currentData().toString());
}

void TimelinePanel::updateEmpty()
{
    m_stack->setCurrentIndex(m_filter->rowCount() == 0 ? 1 : 0);
}

void TimelinePanel::copySelected()
{
    QStringList lines;
    QModelIndexList rows = m_table->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    for (const QModelIndex &row : std::as_const(rows)) {
        QStringList cells;
        for (int column = 0; column < EventModel::ColumnCount; ++column)
            cells.append(row.siblingAtColumn(column).data().toString());
        lines.append(cells.join(u'\t'));
    }
    if (!lines.isEmpty())
        QApplication::clipboard()->setText(lines.join(u'\n'));
}

} // namespace replog
