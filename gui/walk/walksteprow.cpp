// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/walk/walksteprow.h"

#include "gui/theme/glyphs.h"
#include "gui/widgets/plainlabel.h"
#include "gui/widgets/plaintext.h"
#include "gui/widgets/wrappedtext.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>

using namespace Qt::StringLiterals;

namespace replog {

WalkStepRow::WalkStepRow(int number, QWidget *parent)
    : QFrame(parent), m_number(number), m_sign(new PlainLabel(this)), m_title(new PlainLabel(this)),
      m_expectation(new PlainLabel(this)), m_finding(new WrappedText(this))
{
    auto *const grid = new QGridLayout(this);
    grid->setContentsMargins(8, 5, 8, 5);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(2);
    grid->addWidget(m_sign, 0, 0, Qt::AlignTop);
    grid->addWidget(m_title, 0, 1);
    grid->addWidget(m_expectation, 1, 1);
    grid->addWidget(m_finding, 2, 1);
    grid->setColumnStretch(1, 1);
    for (QLabel *label : {m_title, m_expectation})
        label->setWordWrap(true);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Window); // not the background of a list
    update();
}

void WalkStepRow::setTexts(const QString &title, const QString &expectation)
{
    m_title->setText(u"%1. %2"_s.arg(m_number).arg(title));
    m_expectation->setText(tr("Expect: %1").arg(expectation));
    update();
}

void WalkStepRow::setMark(Mark mark, const QString &finding)
{
    const QString found = PlainText::oneLine(finding); // it quotes what nodes say
    if (m_mark == mark && m_finding->text() == found)
        return;
    m_mark = mark;
    m_finding->setText(found);
    update();
}

void WalkStepRow::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
}

void WalkStepRow::update()
{
    QString word;
    Glyph glyph = Glyph::Ring;
    Tone tone = Tone::Muted;
    switch (m_mark) {
    case Mark::Ahead:
        word = tr("to come");
        break;
    case Mark::Next:
        word = tr("next");
        glyph = Glyph::Arrow;
        tone = Tone::Info;
        break;
    case Mark::Looking:
        word = tr("looking");
        glyph = Glyph::Hourglass;
        tone = Tone::Info;
        break;
    case Mark::AsExpected:
        word = tr("as expected");
        glyph = Glyph::CheckedDisc;
        tone = Tone::Good;
        break;
    case Mark::Wrong:
        word = tr("not as expected");
        glyph = Glyph::Cross;
        tone = Tone::Bad;
        break;
    }
    const int size = fontMetrics().height();
    const QPalette colors = parentWidget() ? parentWidget()->palette() : palette();
    m_sign->setPixmap(
        glyphIcon(glyph, toneColor(colors, tone)).pixmap(QSize(size, size), devicePixelRatioF()));
    m_sign->setToolTip(word);
    m_sign->setAccessibleName(word);
    setAccessibleName(u"%1: %2"_s.arg(m_title->text(), word));
    QFont titleFont = font();
    titleFont.setBold(m_mark != Mark::Ahead);
    m_title->setFont(titleFont);
    m_expectation->setVisible(m_mark != Mark::Ahead);
    m_finding->setVisible(m_mark != Mark::Ahead && m_mark != Mark::Next && !m_finding->text().isEmpty());
    QPalette finding = m_finding->palette();
    finding.setColor(QPalette::WindowText, toneColor(colors, tone));
    m_finding->setPalette(finding);
    QPalette ground = colors;
    const bool current = m_mark == Mark::Next || m_mark == Mark::Looking || m_mark == Mark::Wrong;
    ground.setColor(QPalette::Window, current ? toneGround(colors, tone) : Qt::transparent);
    if (palette() != ground)
        setPalette(ground);
}

} // namespace replog
