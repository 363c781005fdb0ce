// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logdelegate.h"

#include "gui/cluster/clustertext.h"
#include "gui/widgets/plaintext.h"

#include <QPainter>
#include <QTextLayout>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int Margin = 7;
constexpr int Gap = 6;
constexpr qsizetype LeastNameEnd = 3; // characters of a name that tell something

} // namespace

Glyph LogDelegate::glyphOf(CellState state)
{
    switch (state) {
    case CellState::Committed:
        return Glyph::CheckedDisc;
    case CellState::Held:
        return Glyph::HalfDisc;
    case CellState::Stored:
        return Glyph::Disc;
    case CellState::OnItsWay:
        return Glyph::Arrow;
    case CellState::Missing:
        return Glyph::DashedRing;
    case CellState::Unknown:
        break;
    }
    return Glyph::Ring;
}

Tone LogDelegate::toneOf(CellState state)
{
    switch (state) {
    case CellState::Committed:
        return Tone::Good;
    case CellState::Held:
        return Tone::Info;
    case CellState::Stored:
    case CellState::OnItsWay:
    case CellState::Unknown:
        return Tone::Muted;
    case CellState::Missing:
        break;
    }
    return Tone::Bad;
}

int LogDelegate::roomyWidth(const QFontMetrics &metrics)
{
    int widest = 0;
    for (CellState state :
         {CellState::Held, CellState::Stored, CellState::OnItsWay, CellState::Missing, CellState::Unknown})
        widest = std::max(widest, metrics.horizontalAdvance(LogModel::cellWord(state)));
    return 2 * Margin + metrics.height() - 1 + Gap + widest;
}

QString LogDelegate::shortWait(const QString &text, bool isNames, const QFontMetrics &metrics, int width)
{
    const QString between = u" · "_s;
    const qsizetype at = text.indexOf(between);
    if (at < 0 || metrics.horizontalAdvance(text) <= width)
        return metrics.elidedText(text, Qt::ElideRight, width);
    const QString counts = text.left(at);
    const int room = width - metrics.horizontalAdvance(counts + between);
    const QString names =
        metrics.elidedText(text.sliced(at + between.size()), isNames ? Qt::ElideLeft : Qt::ElideRight, room);
    if (names.size() > LeastNameEnd)
        return counts + between + names;
    return metrics.elidedText(counts, Qt::ElideRight, width);
}

void LogDelegate::setHits(const QList<QRegularExpression> &hits)
{
    m_hits = hits;
}

void LogDelegate::markHits(QPainter *painter, const QStyleOptionViewItem &option, const QRect &place,
                           const QString &text) const
{
    if (m_hits.isEmpty())
        return;
    // Laid out once: to measure the text before each hit would take milliseconds of each row.
    QTextLayout layout(text, option.font);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    line.setNumColumns(int(text.size()));
    layout.endLayout();
    const QColor ground = toneGround(option.palette, Tone::Warning);
    for (const QRegularExpression &sought : m_hits) {
        auto all = sought.isValid() ? sought.globalMatch(text) : QRegularExpressionMatchIterator();
        while (all.hasNext()) {
            const QRegularExpressionMatch hit = all.next();
            if (hit.capturedLength() == 0)
                continue;
            const qreal begin = line.cursorToX(int(hit.capturedStart()));
            const qreal end = line.cursorToX(int(hit.capturedEnd()));
            const QRectF mark(place.left() + std::min(begin, end), place.top() + 2, std::abs(end - begin),
                              place.height() - 4);
            painter->fillRect(mark.toAlignedRect(), ground);
        }
    }
}

void LogDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QRect rect = option.rect;
    const QPalette &palette = option.palette;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const int column = index.column();
    const bool waiting = index.data(LogModel::WaitingRole).toBool();
    const bool waitingRow = index.siblingAtColumn(LogModel::IdColumn).data(LogModel::WaitingRole).toBool();

    painter->save();
    if (selected)
        painter->fillRect(rect, palette.brush(QPalette::Active, QPalette::Highlight));
    else if (waitingRow)
        painter->fillRect(rect, toneGround(palette, Tone::Warning));
    if (waiting && column >= LogModel::FirstNodeColumn)
        painter->fillRect(rect, toneGround(palette, Tone::Warning)); // the message waits for this node
    const auto ink = [&](Tone tone) { return toneColor(palette, tone); };
    const int glyphSize = option.fontMetrics.height() - 1;

    if (column >= LogModel::FirstNodeColumn) {
        const auto state = CellState(index.data(LogModel::CellRole).toInt());
        const Tone tone = waiting ? Tone::Warning : toneOf(state);
        // The normal state gets no word, so that the others stand out; the legend explains its sign.
        const QString word =
            state == CellState::Committed ? QString() : index.data(Qt::DisplayRole).toString();
        const bool room = rect.width() >= LogDelegate::roomyWidth(option.fontMetrics);
        const int left = room ? rect.left() + Margin : rect.center().x() - glyphSize / 2;
        const QRect glyph(left, rect.center().y() - glyphSize / 2, glyphSize, glyphSize);
        drawCachedGlyph(painter, glyph, glyphOf(state), ink(tone));
        if (room) {
            painter->setPen(ink(tone));
            painter->drawText(rect.adjusted(left - rect.left() + glyphSize + Gap, 0, -2, 0),
                              Qt::AlignVCenter | Qt::AlignLeft, word);
        }
    } else if (column == LogModel::IdColumn) {
        if (waiting)
            painter->fillRect(QRect(rect.left(), rect.top(), 3, rect.height()),
                              toneFill(palette, Tone::Warning));
        painter->setPen(ink(Tone::Muted));
        painter->drawText(rect.adjusted(Margin, 0, -Margin, 0), Qt::AlignVCenter | Qt::AlignRight,
                          QString::number(index.data(Qt::DisplayRole).toULongLong()));
    } else if (column == LogModel::TextColumn && !index.data(LogModel::LoadedRole).toBool()) {
        // The text is still being fetched: draw a bar in its place.
        QColor bar = palette.color(QPalette::Mid);
        bar.setAlphaF(0.35F);
        const int length = std::min(rect.width() - 2 * Margin, 90 + index.row() * 37 % 80);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(bar);
        painter->drawRoundedRect(QRectF(rect.left() + Margin, rect.center().y() - 3, length, 7), 3, 3);
    } else {
        QRect place = rect.adjusted(Margin, 0, -Margin, 0);
        if (column == LogModel::WaitColumn && waiting) {
            drawCachedGlyph(painter,
                            QRect(place.left(), rect.center().y() - glyphSize / 2, glyphSize, glyphSize),
                            Glyph::Hourglass, ink(Tone::Warning));
            place.adjust(glyphSize + Gap, 0, 0, 0);
        }
        QString text = PlainText::oneLine(index.data(Qt::DisplayRole).toString());
        const bool isText = column == LogModel::TextColumn;
        const bool isPlain = isText && !text.isEmpty() && !index.data(LogModel::BinaryRole).toBool();
        painter->setPen(ink(isPlain                                     ? Tone::Normal
                            : column == LogModel::WaitColumn && waiting ? Tone::Warning
                                                                        : Tone::Muted));
        if (isText && text.isEmpty())
            text = tr("(empty)");
        const QString shown =
            column == LogModel::WaitColumn
                ? shortWait(text, index.data(LogModel::NamesRole).toBool(), option.fontMetrics, place.width())
                : option.fontMetrics.elidedText(text, Qt::ElideRight, place.width());
        if (isText)
            markHits(painter, option, place, shown);
        const QVariant alignment = index.data(Qt::TextAlignmentRole);
        const Qt::Alignment across = alignment.isValid() ? alignment.value<Qt::Alignment>() : Qt::AlignLeft;
        painter->drawText(place, int(across | Qt::AlignVCenter) | Qt::TextSingleLine, shown);
    }

    QColor line = palette.color(QPalette::Mid);
    line.setAlphaF(0.30F);
    // Qt's raster engine blends a line of this pen pixel by pixel, and with threads: the half of all
    // painting.
    painter->fillRect(rect.left(), rect.bottom(), rect.width(), 1, line);
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        painter->setPen(QPen(palette.color(QPalette::Link), 1, Qt::DotLine));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(rect.adjusted(1, 1, -2, -2));
    }
    painter->restore();
}

} // namespace replog
