// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/sequence/sequenceview.h"

#include <QEvent>
#include <QPainter>
#include <QScrollBar>

#include <cmath>

namespace replog {

SequenceView::SequenceView(QWidget *parent) : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setAutoFillBackground(true);
    verticalScrollBar()->setSingleStep(20);
    horizontalScrollBar()->setSingleStep(20);
    setFocusPolicy(Qt::StrongFocus);
}

void SequenceView::setSteps(const QList<SequenceStep> &steps, const QStringList &nodes)
{
    m_steps = steps;
    m_nodes = nodes;
    rebuild();
}

void SequenceView::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

void SequenceView::rebuild()
{
    QScrollBar *vertical = verticalScrollBar();
    const bool atEnd = vertical->value() >= vertical->maximum();
    m_scene = SequenceScene::build(m_steps, m_nodes, viewport()->width(), fontMetrics());
    const QSizeF size = m_scene.size();
    vertical->setPageStep(viewport()->height());
    vertical->setRange(0, std::max(0, int(std::ceil(size.height())) - viewport()->height()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0, std::max(0, int(std::ceil(size.width())) - viewport()->width()));
    if (atEnd)
        vertical->setValue(vertical->maximum());
    viewport()->update();
}

void SequenceView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    if (m_scene.isEmpty()) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(viewport()->rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap,
                         m_emptyText);
        return;
    }
    const qreal top = verticalScrollBar()->value();
    painter.translate(-horizontalScrollBar()->value(), -top);
    m_scene.paint(&painter, palette(), top, top + viewport()->height());
}

void SequenceView::resizeEvent(QResizeEvent *)
{
    rebuild();
}

void SequenceView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::LanguageChange ||
        event->type() == QEvent::PaletteChange)
        rebuild();
}

} // namespace replog
