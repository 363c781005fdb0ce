// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/wrappedtext.h"

#include <QDialog>
#include <QEvent>
#include <QLayout>
#include <QScrollBar>
#include <QTextOption>

#include <cmath>

namespace replog {

namespace {
constexpr int HintColumns = 60;
}

WrappedText::WrappedText(QWidget *parent) : QTextEdit(parent)
{
    setFrameShape(QFrame::NoFrame);
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFocusPolicy(Qt::ClickFocus);
    setTabChangesFocus(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_measure.setDefaultTextOption(document()->defaultTextOption());
    m_measure.setUndoRedoEnabled(false);
    setMargin(0);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setForegroundRole(QPalette::WindowText);
    updateInk();
}

void WrappedText::setText(const QString &text)
{
    if (text == m_text)
        return; // a selection stays
    m_text = text;
    setPlainText(text);
    m_measure.setPlainText(text);
    updateGeometry();
    makeRoom();
}

void WrappedText::makeRoom()
{
    auto *const dialog = qobject_cast<QDialog *>(window());
    QLayout *const layout = dialog ? dialog->layout() : nullptr;
    if (!layout || !dialog->isVisible())
        return;
    layout->activate();
    const int needed = layout->hasHeightForWidth() ? layout->totalHeightForWidth(dialog->width())
                                                   : layout->totalSizeHint().height();
    if (needed > dialog->height())
        dialog->resize(dialog->width(), needed);
}

void WrappedText::setMargin(int pixels)
{
    document()->setDocumentMargin(pixels);
    m_measure.setDocumentMargin(pixels);
    updateGeometry();
}

void WrappedText::setMostLines(int lines)
{
    if (lines == m_mostLines)
        return;
    m_mostLines = lines;
    setVerticalScrollBarPolicy(lines > 0 ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    setFocusPolicy(lines > 0 ? Qt::StrongFocus : Qt::ClickFocus); // what scrolls is scrolled by keys, too
    updateGeometry();
}

QSize WrappedText::sizeHint() const
{
    const int width = fontMetrics().averageCharWidth() * HintColumns;
    return {width, heightForWidth(width)};
}

QSize WrappedText::minimumSizeHint() const
{
    return {0, fontMetrics().lineSpacing() + int(2 * document()->documentMargin())};
}

int WrappedText::heightForWidth(int width) const
{
    m_measure.setDefaultFont(font());
    m_measure.setTextWidth(std::max(1, width));
    const int needed = int(std::ceil(m_measure.size().height()));
    if (m_mostLines == 0)
        return needed;
    return std::min(needed,
                    m_mostLines * fontMetrics().lineSpacing() + int(2 * document()->documentMargin()));
}

// As a label: the ink is that of the foreground role, on what lies behind.
void WrappedText::updateInk()
{
    QPalette colors = palette();
    const QColor ink = colors.color(foregroundRole());
    if (colors.color(QPalette::Text) == ink && colors.color(QPalette::Base) == Qt::transparent)
        return;
    colors.setColor(QPalette::Text, ink);
    colors.setColor(QPalette::Base, Qt::transparent);
    setPalette(colors);
}

void WrappedText::changeEvent(QEvent *event)
{
    QTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateInk();
    else if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        updateGeometry();
}

} // namespace replog
