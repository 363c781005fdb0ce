// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logtable.h"

#include "gui/matrix/logdelegate.h"
#include "gui/matrix/logheader.h"

#include <QEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLocale>
#include <QScrollBar>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int SentenceCharacters = 28; // of a message that stay readable before node columns get words
}

LogTable::LogTable(QWidget *parent) : RowTable(9, parent), m_delegate(new LogDelegate(this))
{
    setItemDelegate(m_delegate);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setCornerButtonEnabled(false);
    setHorizontalHeader(new LogHeader(this));
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &LogTable::handleScrolled);
    connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, &LogTable::handleRangeChanged);
}

void LogTable::setModel(QAbstractItemModel *newModel)
{
    RowTable::setModel(newModel);
    connect(newModel, &QAbstractItemModel::columnsInserted, this, &LogTable::fitColumns);
    connect(newModel, &QAbstractItemModel::columnsRemoved, this, &LogTable::fitColumns);
    connect(newModel, &QAbstractItemModel::rowsInserted, this, [this] {
        if (columnWidth(LogModel::IdColumn) < idWidth())
            fitColumns();
    });
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

void LogTable::setHits(const QList<QRegularExpression> &hits)
{
    m_delegate->setHits(hits);
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

int LogTable::idWidth() const
{
    const quint64 last = model()->index(model()->rowCount() - 1, LogModel::IdColumn).data().toULongLong();
    return fontMetrics().horizontalAdvance(
               QString(std::max<qsizetype>(5, QString::number(last).size()), u'0')) +
           24;
}

void LogTable::fitColumns()
{
    if (!model() || model()->columnCount() < LogModel::FirstNodeColumn)
        return;
    const QFontMetrics metrics = fontMetrics();
    const auto widthOf = [&](const QString &text) { return metrics.horizontalAdvance(text) + 24; };
    setColumnWidth(LogModel::IdColumn, idWidth());

    // Node columns show words if that leaves half of the width to the text, else signs and the ends of the
    // names, else signs alone. The text column keeps room for a sentence as long as possible.
    const int nodes = model()->columnCount() - LogModel::FirstNodeColumn;
    int wide = LogDelegate::roomyWidth(metrics);
    int header = wide;
    for (int i = 0; i < nodes; ++i) {
        const QString name = model()->headerData(LogModel::FirstNodeColumn + i, Qt::Horizontal).toString();
        header = std::max(header, widthOf(name) + 2 * metrics.height() + 4); // with the sign before it
    }
    wide = std::min(header, wide * 3 / 2);
    const int narrow = metrics.height() + metrics.horizontalAdvance(nodes < 10 ? u"…9"_s : u"…99"_s) + 28;
    const int signs = metrics.height() + 20;
    const int sentence = metrics.averageCharWidth() * SentenceCharacters;
    int room = viewport()->width() - columnWidth(LogModel::IdColumn);
    const auto fact = [&](int column, const QString &widest) {
        setColumnHidden(column, !m_shown.contains(column));
        if (!m_shown.contains(column))
            return;
        const QString title = model()->headerData(column, Qt::Horizontal).toString();
        setColumnWidth(column, std::max(widthOf(title), widthOf(widest)));
        room -= columnWidth(column);
    };
    fact(LogModel::TimeColumn, u"0000-00-00 00:00:00.000"_s);
    fact(LogModel::SizeColumn, QLocale().formattedDataSize(999, 1, QLocale::DataSizeSIFormat));
    fact(LogModel::TypeColumn, u"application/json"_s);
    fact(LogModel::ConcernColumn, u"64"_s);
    setColumnHidden(LogModel::WaitColumn, !m_waitsShown);
    const int waits =
        m_waitsShown ? std::clamp((room - nodes * wide) / 2, widthOf(tr("Waits for")) + 8, 260) : 0;
    setColumnWidth(LogModel::WaitColumn, waits);
    int each = nodes == 0 ? wide : std::clamp((room - waits) * 6 / 10 / nodes, narrow, wide);
    if (nodes > 0 && room - waits - nodes * each < sentence)
        each = std::max(signs, (room - waits - sentence) / nodes);
    for (int i = 0; i < nodes; ++i)
        setColumnWidth(LogModel::FirstNodeColumn + i, each);
    const int text = room - waits - nodes * each;
    setColumnWidth(LogModel::TextColumn, std::max(text, 100));
}

void LogTable::setColumnShown(int column, bool shown)
{
    if (shown)
        m_shown.insert(column);
    else
        m_shown.remove(column);
    fitColumns();
}

void LogTable::setWaitsShown(bool shown)
{
    if (shown == m_waitsShown)
        return;
    m_waitsShown = shown;
    fitColumns();
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
