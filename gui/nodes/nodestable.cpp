// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/nodes/nodestable.h"

#include "gui/cluster/clustertext.h"
#include "gui/nodes/nodesmodel.h"

#include <QEvent>
#include <QHeaderView>
#include <QItemSelectionModel>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int FitMs = 100;          // figures change often, so widths are checked at intervals
constexpr int ErrorCharacters = 14; // the least width of the error column
constexpr int NameCharacters = 20;  // of a longer name, if there is not enough room

} // namespace

NodesTable::NodesTable(QWidget *parent) : RowTable(11, parent)
{
    setSelectionMode(SingleSelection);
    horizontalHeader()->setMinimumSectionSize(30);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setSectionsClickable(false);
    m_fit.setSingleShot(true);
    m_fit.setInterval(FitMs);
    connect(&m_fit, &QTimer::timeout, this, &NodesTable::fitColumns);
}

void NodesTable::setModel(QAbstractItemModel *newModel)
{
    RowTable::setModel(newModel);
    forgetWidths();
    connect(newModel, &QAbstractItemModel::dataChanged, this, [this] {
        if (!m_fit.isActive())
            m_fit.start();
    });
    connect(newModel, &QAbstractItemModel::rowsInserted, this, &NodesTable::fitColumns);
    connect(newModel, &QAbstractItemModel::modelReset, this, &NodesTable::forgetWidths);
}

// Qt would select a neighbour.
void NodesTable::rowsAboutToBeRemoved(const QModelIndex &parent, int first, int last)
{
    if (const int row = currentIndex().row(); row >= first && row <= last)
        selectionModel()->clear();
    RowTable::rowsAboutToBeRemoved(parent, first, last);
}

// The window gets the focus back by itself, too.
int NodesTable::entryRow() const
{
    return -1;
}

void NodesTable::resizeEvent(QResizeEvent *event)
{
    RowTable::resizeEvent(event);
    fitColumns();
}

void NodesTable::changeEvent(QEvent *event)
{
    RowTable::changeEvent(event);
    if (model() && (event->type() == QEvent::FontChange || event->type() == QEvent::LanguageChange))
        forgetWidths();
}

void NodesTable::forgetWidths()
{
    m_widths = QList<int>(NodesModel::ColumnCount, 0);
    fitColumns();
}

int NodesTable::neededWidth(int column) const
{
    const QFontMetrics metrics = fontMetrics();
    const int margins = 17;
    const int title =
        metrics.horizontalAdvance(model()->headerData(column, Qt::Horizontal).toString()) + margins;
    if (column == NodesModel::ErrorColumn)
        return std::max(title, metrics.averageCharWidth() * ErrorCharacters);
    int widest = std::max(title, sizeHintForColumn(column));
    // Countdown and state change often: reserve the width of their longest usual text.
    if (column == NodesModel::NextAttemptColumn)
        widest = std::max(widest, metrics.horizontalAdvance(NodesModel::countdown(9900)) + margins);
    if (column == NodesModel::StateColumn)
        widest = std::max(widest, metrics.horizontalAdvance(ClusterText::state(NodeState::Unhealthy)) +
                                      metrics.height() + 2 * margins);
    return widest;
}

void NodesTable::fitColumns()
{
    if (!model())
        return;
    int needed = 0;
    for (int column = 0; column < NodesModel::ColumnCount; ++column) {
        m_widths[column] = std::max(m_widths[column], neededWidth(column));
        needed += m_widths[column];
    }
    const int room = viewport()->width();
    // Whoever has a long name is found by its beginning, too; the figures would be found nowhere.
    const int nameMargins = 17 + fontMetrics().height() + 4;
    const int leastName = std::min(m_widths[NodesModel::NameColumn],
                                   fontMetrics().averageCharWidth() * NameCharacters + nameMargins);
    const int nameWidth = std::max(leastName, std::min(m_widths[NodesModel::NameColumn],
                                                       m_widths[NodesModel::NameColumn] - (needed - room)));
    needed -= m_widths[NodesModel::NameColumn] - nameWidth;
    // The tool tip of the name has them, too.
    for (int column : {NodesModel::RoleColumn, NodesModel::EpochColumn, NodesModel::AttemptsColumn,
                       NodesModel::ErrorColumn}) {
        const bool goes = needed > room;
        if (isColumnHidden(column) != goes)
            setColumnHidden(column, goes);
        if (goes)
            needed -= m_widths[column];
    }
    for (int column = 0; column < NodesModel::ColumnCount; ++column) {
        int width = column == NodesModel::NameColumn ? nameWidth : m_widths[column];
        if (column == NodesModel::ErrorColumn)
            width += std::max(0, room - needed);
        if (!isColumnHidden(column) && columnWidth(column) != width)
            setColumnWidth(column, width);
    }
}

} // namespace replog
