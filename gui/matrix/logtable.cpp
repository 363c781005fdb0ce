// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logtable.h"

#include "gui/matrix/logdelegate.h"

#include <QEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

using namespace Qt::StringLiterals;

namespace replog {

LogTable::LogTable(QWidget *parent) : RowTable(9, parent)
{
    setItemDelegate(new LogDelegate(this));
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setCornerButtonEnabled(false);
    horizontalHeader()->setSectionsClickable(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setMinimumSectionSize(36);
    horizontalHeader()->setTextElideMode(Qt::ElideLeft);   // nodes' names differ in their ends
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &LogTable::handleScrolled);
    connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, &LogTable::handleRangeChanged);
}

void LogTable::setModel(QAbstractItemModel *newModel)
{
    RowTable::setModel(newModel);
    connect(newModel, &QAbstractItemModel::columnsInserted, this, &LogTable::fitColumns);
    connect(newModel, &QAbstractItemModel::columnsRemoved, this, &LogTable::fitColumns);
    connect(newModel, &QAbstractItemModel::modelReset, this, [this] {
        fitColumns();
        setFollowing(true);
    });
    fitColumns();
}

void LogTable::setFollowing(bool following)
{
    if (following) {
        m_ownMove = true;
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
        m_ownMove = false;
    }
    if (following == m_following)
        return;
    m_following = following;
    emit followingChanged(following);
}

void LogTable::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

void LogTable::goToRow(int row)
{
    const QModelIndex index = model()->index(row, LogModel::TextColumn);
    setFollowing(false);
    selectRow(row);
    setCurrentIndex(index);
    scrollTo(index, PositionAtCenter);
}

void LogTable::paintEvent(QPaintEvent *event)
{
    RowTable::paintEvent(event);
    if (!model() || model()->rowCount() > 0 || m_emptyText.isEmpty())
        return;
    QPainter painter(viewport());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(viewport()->rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
}

void LogTable::resizeEvent(QResizeEvent *event)
{
    RowTable::resizeEvent(event);
    fitColumns();
}

void LogTable::changeEvent(QEvent *event)
{
    RowTable::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::LanguageChange)
        fitColumns();
}

void LogTable::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        emit copyRequested();
        return;
    }
    RowTable::keyPressEvent(event);
}

void LogTable::fitColumns()
{
    if (!model() || model()->columnCount() < LogModel::FirstNodeColumn)
        return;
    const QFontMetrics metrics = fontMetrics();
    const auto widthOf = [&](const QString &text) { return metrics.horizontalAdvance(text) + 24; };
    const quint64 rows = quint64(std::max(1, model()->rowCount()));
    setColumnWidth(LogModel::IdColumn, widthOf(QString(std::max<qsizetype>(5, QString::number(rows).size()), u'0')));

    // Node columns: with words while these leave the text its half of the room, then signs alone.
    const int nodes = model()->columnCount() - LogModel::FirstNodeColumn;
    int wide = LogDelegate::roomyWidth(metrics);
    int header = wide;
    for (int i = 0; i < nodes; ++i) {
        const QString name = model()->headerData(LogModel::FirstNodeColumn + i, Qt::Horizontal).toString();
        header = std::max(header, widthOf(name) + 2 * metrics.height() + 4);   // with the sign before it
    }
    wide = std::min(header, wide * 3 / 2);
    const int narrow = metrics.height() + metrics.horizontalAdvance(u"…-10"_s) + 30;
    const int room = viewport()->width() - columnWidth(LogModel::IdColumn);
    const int waits = std::clamp((room - nodes * wide) / 2, widthOf(tr("Waits for")) + 8, 260);
    setColumnWidth(LogModel::WaitColumn, waits);
    const int each = nodes == 0 ? wide : std::clamp((room - waits) * 6 / 10 / nodes, narrow, wide);
    for (int i = 0; i < nodes; ++i)
        setColumnWidth(LogModel::FirstNodeColumn + i, each);
    const int text = room - waits - nodes * each;
    setColumnWidth(LogModel::TextColumn, std::max(text, 160));
}

void LogTable::handleScrolled(int value)
{
    if (m_ownMove)
        return;
    const bool atEnd = value >= verticalScrollBar()->maximum();
    if (atEnd == m_following)
        return;
    m_following = atEnd;
    emit followingChanged(atEnd);
}

void LogTable::handleRangeChanged()
{
    if (m_following)
        setFollowing(true);
}

} // namespace replog
