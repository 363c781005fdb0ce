// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logfooter.h"

#include "gui/matrix/logdelegate.h"
#include "gui/widgets/elidedlabel.h"

#include <QEvent>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr std::array States{CellState::Committed, CellState::Held,    CellState::Stored,
                            CellState::OnItsWay,  CellState::Missing, CellState::Unknown};
constexpr int SideMargin = 10;
constexpr int EdgeMargin = 5;
constexpr int WordGap = 5;    // between a sign and its word
constexpr int SignGap = 10;   // between two signs
constexpr int StatusGap = 20; // between the legend and what follows

QStringList allWords()
{
    QStringList words;
    for (CellState state : States)
        words.append(LogModel::cellWord(state));
    return words;
}

} // namespace

LogFooter::LogFooter(QWidget *parent) : QWidget(parent), m_status(new ElidedLabel(this)), m_texts(this)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_status->setObjectName(u"logStatus"_s);
    m_status->setForegroundRole(QPalette::PlaceholderText);
    m_status->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_texts.add([this] {
        setAccessibleName(tr("Signs of the log matrix: %1").arg(allWords().join(u", "_s)));
        arrange();
    });
}

int LogFooter::lineHeight() const
{
    return fontMetrics().height();
}

int LogFooter::legendWidth(int words) const
{
    int width = 0;
    for (int i = 0; i < int(States.size()); ++i) {
        width += lineHeight() + (i > 0 ? SignGap : 0);
        if (i < words)
            width += WordGap + fontMetrics().horizontalAdvance(LogModel::cellWord(States[std::size_t(i)]));
    }
    return width;
}

QSize LogFooter::sizeHint() const
{
    const int width = legendWidth(int(States.size())) + StatusGap + m_status->sizeHint().width();
    return {width + 2 * SideMargin, lineHeight() + 2 * EdgeMargin};
}

QSize LogFooter::minimumSizeHint() const
{
    return {legendWidth(0) + 2 * SideMargin, lineHeight() + 2 * EdgeMargin};
}

void LogFooter::arrange()
{
    const int room = width() - 2 * SideMargin - StatusGap;
    const int wanted = m_status->sizeHint().width();
    m_words = int(States.size());
    while (m_words > 0 && legendWidth(m_words) + wanted > room)
        --m_words;
    const int status = std::clamp(room - legendWidth(m_words), 0, wanted);
    m_status->setGeometry(width() - SideMargin - status, 0, status, height());
    update();
}

void LogFooter::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const int side = lineHeight();
    int x = SideMargin;
    for (int i = 0; i < int(States.size()); ++i) {
        const CellState state = States[std::size_t(i)];
        drawGlyph(&painter, QRect(x, (height() - side) / 2, side, side), LogDelegate::glyphOf(state),
                  toneColor(palette(), LogDelegate::toneOf(state)));
        x += side;
        if (i < m_words) {
            const QString word = LogModel::cellWord(state);
            const int wide = fontMetrics().horizontalAdvance(word);
            painter.setPen(palette().color(QPalette::PlaceholderText));
            painter.drawText(QRect(x + WordGap, 0, wide + 1, height()), Qt::AlignVCenter | Qt::TextSingleLine,
                             word);
            x += WordGap + wide;
        }
        x += SignGap;
    }
}

void LogFooter::resizeEvent(QResizeEvent *)
{
    arrange();
}

void LogFooter::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        updateGeometry();
        arrange();
    }
}

bool LogFooter::event(QEvent *event)
{
    if (event->type() == QEvent::LayoutRequest) // there is another text in the status
        arrange();
    if (event->type() == QEvent::ToolTip) {
        const auto *const help = static_cast<QHelpEvent *>(event);
        if (help->pos().x() > SideMargin + legendWidth(m_words))
            return false;
        QToolTip::showText(help->globalPos(), allWords().join(u" · "_s), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace replog
